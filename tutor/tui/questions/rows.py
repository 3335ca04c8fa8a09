"""A question as rows of cells: what is asked, what can be ticked, moved or typed, and where each of it stands.

Pure: the same attempt, cursor and width give the same rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tutor.charts.cells import Row, Span
from tutor.course.lesson import BLANK, QuestionKind
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, pad, wrapped
from tutor.foundation.translate import translate
from tutor.study.attempt import Attempt, Stage
from tutor.study.quiz_words import tolerance_words
from tutor.tui.themes import HERE, RIGHT, WRONG
from tutor.typeset.elements import Line
from tutor.typeset.page import typeset

INDENT = 2
"""Cells at the left of every line; a sign or the cursor may stand there."""

_MARGIN = 6
"""Cells before an option's text: cursor or sign, number, box."""

_FIELD = 14
"""Cells of a blank while little is typed in it: the same for all, so that it gives nothing away."""

# Each blank is set as one long word of a private character, so that lines break around it and never in it.
_FIRST_PRIVATE, _LAST_PRIVATE = 0xE000, 0xF8FF
_PRIVATE = re.compile(f"([{chr(_FIRST_PRIVATE)}-{chr(_LAST_PRIVATE)}])\\1*")

_HOW = {
    QuestionKind.SINGLE: "quiz.choose-one",
    QuestionKind.MULTIPLE: "quiz.choose-all",
    QuestionKind.ORDERING: "quiz.put-in-order",
    QuestionKind.FILL_IN: "quiz.fill-in",
    QuestionKind.NUMERIC: "quiz.type-number",
}

HOW_SURE = {"5": 0.5, "6": 0.6, "7": 0.7, "8": 0.8, "9": 0.9, "0": 1.0}
"""What the digits mean while it is asked how sure one is."""


class Zone(NamedTuple):
    """Where a thing that can be clicked stands: an option by its place as shown, or a blank by its number."""

    kind: str
    number: int
    line: int
    start: int
    end: int


@dataclass(slots=True)
class Laid:
    """Rows, the zones in them, and where the typing cursor is (column, line), if anywhere."""

    rows: list[Row] = field(default_factory=list)
    zones: list[Zone] = field(default_factory=list)
    caret: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """What in the question the keys act on.

    Args:
        place: The option in front, by its place as shown.
        held: Whether the line of an ordering is picked up and moves with the cursor.
        blank: The blank that is typed in.
        caret: How many characters of its text stand before the typing cursor.
        active: Whether the question has the focus.
        asking: Whether it is asked how sure one is, between the answer and its lock.
    """

    place: int = 0
    held: bool = False
    blank: int = 0
    caret: int = 0
    active: bool = True
    asking: bool = False


def page_rows(
    markdown: str, width: int, *, ascii: bool, indent: int = INDENT, ink: str = "", inline: bool = False
) -> list[Row]:
    """Markdown as rows, ``indent`` cells from the left; ``ink`` is used instead of plain text's."""
    lines = typeset(markdown, max(10, width - indent), ascii=ascii, inline=inline)
    return [line_row(line, indent, ink) for line in lines]


def plain_rows(text: str, width: int, *, indent: int = INDENT, ink: str = "text") -> list[Row]:
    """A sentence of ours as rows: never read as Markdown."""
    return [[Span(" " * indent), Span(line, ink)] for line in wrapped(text, max(10, width - indent))]


def line_row(line: Line, indent: int = INDENT, ink: str = "") -> Row:
    """A typeset line as a row."""
    row = [Span(" " * indent)]
    for text, role, target in line.spans:
        own = ink if ink and role == "text" else role
        row.append(Span(text, f"{own} underline" if target.startswith("#") else own))
    return row


def ask_rows(attempt: Attempt, width: int, cursor: Cursor, *, ascii: bool = False) -> Laid:
    """The question: title, prompt, hints, and what there is to tick, order or type."""
    question = attempt.question
    laid = Laid()
    if question.title:
        laid.rows += page_rows(question.title, width, ascii=ascii, ink="strong", inline=True)
        laid.rows.append([])
    if question.kind is QuestionKind.FILL_IN:
        _prompt_with_blanks(laid, attempt, width, cursor, ascii=ascii)
    elif question.prompt:
        laid.rows += [*page_rows(question.prompt, width, ascii=ascii), []]
    if not attempt.locked:
        laid.rows += [*_how_rows(attempt, width), []]
    if question.options:
        _options(laid, attempt, width, cursor, ascii=ascii)
    waiting = attempt.stage is Stage.WAITING
    if question.kind is QuestionKind.NUMERIC and (waiting or not attempt.locked):
        _number(laid, attempt, width, cursor)
    for number, hint in enumerate(attempt.hints, 1):
        laid.rows += [[]] if laid.rows and laid.rows[-1] else []
        _hint(laid, number, hint, width, ascii=ascii)
    while laid.rows and not laid.rows[-1]:
        laid.rows.pop()
    laid.rows += _what_comes_next(attempt, width, cursor)
    return laid


def _what_comes_next(attempt: Attempt, width: int, cursor: Cursor) -> list[Row]:
    """The last rows while something is awaited: how sure one is, or the run's verdict."""
    if cursor.asking and not attempt.locked:
        return [[], *_how_sure_rows(width)]
    if attempt.stage is Stage.WAITING:
        return [[], *plain_rows(translate("quiz.run-decides"), width, ink="accent")]
    return []


def _how_rows(attempt: Attempt, width: int) -> list[Row]:
    """How the question is answered, in a sentence or two."""
    how = [translate("quiz.predict")] if attempt.question.predicts else []
    how.append(translate(_HOW[attempt.kind]))
    return plain_rows(translate("quiz.space").join(how), width, ink="muted")


def _how_sure_rows(width: int) -> list[Row]:
    """How sure one is: a digit for each tenth, and that enter passes."""
    asked: Row = [Span(" " * INDENT), Span(translate("stats.ask-how-sure"), "accent bold")]
    digits: Row = [Span(" " * INDENT)]
    for key, share in HOW_SURE.items():
        digits += [Span(f"{key} ", "key"), Span(f"{share:.0%}   ".replace("%", " %"), "text")]
    passes = plain_rows(translate("stats.ask-how-sure-keys"), width, ink="muted")
    return [asked, digits, *passes]


# -- options ---------------------------------------------------------------------------------------------


def _options(laid: Laid, attempt: Attempt, width: int, cursor: Cursor, *, ascii: bool) -> None:
    ordering = attempt.kind is QuestionKind.ORDERING
    order: Sequence[int] = attempt.draft.order if ordering else attempt.shown
    margin = _MARGIN if len(order) < 10 else _MARGIN + 1
    for place, index in enumerate(order):
        option = attempt.question.options[index]
        first = len(laid.rows)
        head, ink = _option_head(attempt, cursor, place, index)
        lines = typeset(option.text, max(10, width - margin), ascii=ascii, inline=True) or (Line(),)
        for number, line in enumerate(lines):
            row = line_row(line, 0, ink)[1:]
            laid.rows.append([*head, *row] if number == 0 else [Span(" " * margin), *row])
        laid.zones += [Zone("option", place, line, 0, width) for line in range(first, len(laid.rows))]
        if option.feedback and shows_feedback(attempt, index):
            own = "text" if index in attempt.draft.chosen else "muted"
            laid.rows += page_rows(option.feedback, width, ascii=ascii, indent=margin, ink=own)


def shows_feedback(attempt: Attempt, index: int) -> bool:
    """Whether an option's feedback is told: it was chosen, or should have been."""
    if attempt.verdict is None or attempt.kind is QuestionKind.ORDERING:
        return False
    return index in attempt.draft.chosen or index in attempt.verdict.right_options


def _option_head(attempt: Attempt, cursor: Cursor, place: int, index: int) -> tuple[Row, str]:
    """Sign, number and box of an option, and the ink of its text."""
    here = cursor.active and not attempt.locked and place == cursor.place
    number = Span(f"{place + 1} ", "key" if not attempt.locked else "muted")
    if attempt.kind is QuestionKind.ORDERING:
        sign, ink = _part_sign(attempt, place)
        held = here and cursor.held
        lead = Span("↕ " if held else f"{HERE} ", "accent bold") if here else sign
        return [lead, number, Span("≡ ", "accent bold" if held else "muted")], "strong" if here else ink
    chosen = index in attempt.draft.chosen
    if attempt.kind is QuestionKind.SINGLE:
        box = Span("◉ " if chosen else "○ ", "accent" if chosen else "muted")
    else:
        box = Span("■ " if chosen else "□ ", "accent" if chosen else "muted")
    sign, ink = _option_sign(attempt, index, chosen=chosen)
    return [Span(f"{HERE} ", "accent bold") if here else sign, number, box], "strong" if here or chosen else ink


def _option_sign(attempt: Attempt, index: int, *, chosen: bool) -> tuple[Span, str]:
    if attempt.verdict is None:
        return Span("  "), "text" if not attempt.locked or chosen else "muted"
    if index in attempt.verdict.right_options:
        return Span(f"{RIGHT} ", "good bold"), "text"
    return (Span(f"{WRONG} ", "bad bold"), "text") if chosen else (Span("  "), "muted")


def _part_sign(attempt: Attempt, place: int) -> tuple[Span, str]:
    if attempt.verdict is None or place >= len(attempt.verdict.parts):
        return Span("  "), "text"
    if attempt.verdict.parts[place]:
        return Span(f"{RIGHT} ", "good bold"), "text"
    return Span(f"{WRONG} ", "bad bold"), "text"


# -- typing ----------------------------------------------------------------------------------------------


def _prompt_with_blanks(laid: Laid, attempt: Attempt, width: int, cursor: Cursor, *, ascii: bool) -> None:
    markdown = _PRIVATE.sub("\ufffd", attempt.question.prompt)
    for number, text in enumerate(attempt.draft.texts):
        room = min(max(_FIELD, cell_width(text) + 3), width - INDENT)
        markdown = markdown.replace(BLANK, chr(_FIRST_PRIVATE + number) * room, 1)
    for line in typeset(markdown, max(10, width - INDENT), ascii=ascii):
        row: Row = []
        column = 0
        for span in line_row(line):
            for text, blank in _split(span.text):
                if blank is None:
                    row.append(span._replace(text=text))
                else:
                    row += _field(laid, attempt, cursor, blank, column, cell_width(text))
                column += cell_width(text)
        laid.rows.append(row)
    laid.rows.append([])


def _split(text: str) -> list[tuple[str, int | None]]:
    """``text`` in pieces, each with the number of the blank that it stands for, or None."""
    pieces: list[tuple[str, int | None]] = []
    end = 0
    for found in _PRIVATE.finditer(text):
        if found.start() > end:
            pieces.append((text[end : found.start()], None))
        pieces.append((found.group(), ord(found.group()[0]) - _FIRST_PRIVATE))
        end = found.end()
    if end < len(text):
        pieces.append((text[end:], None))
    return pieces


def _number(laid: Laid, attempt: Attempt, width: int, cursor: Cursor) -> None:
    row: Row = [Span(" " * INDENT)]
    room = min(max(_FIELD + 6, cell_width(attempt.draft.texts[0]) + 3), width - INDENT)
    row += _field(laid, attempt, cursor, 0, INDENT, room)
    note = tolerance_words(attempt.question)
    if INDENT + room + 3 + cell_width(note) <= width:
        laid.rows.append([*row, Span("   "), Span(note, "muted")])
    else:
        laid.rows += [row, [Span(" " * INDENT), Span(note, "muted")]]


def _field(laid: Laid, attempt: Attempt, cursor: Cursor, blank: int, column: int, room: int) -> Row:
    """A blank ``room`` cells wide, brackets included; the part of a long text around the cursor is shown."""
    text = harmless_line(attempt.draft.texts[blank])
    line = len(laid.rows)
    laid.zones.append(Zone("blank", blank, line, column, column + room))
    typing = cursor.active and not attempt.locked and cursor.blank == blank
    inner = max(1, room - 2)
    caret = min(cursor.caret, len(text)) if typing else 0
    start = 0
    while cell_width(text[start:caret]) > inner - 1:
        start += 1
    before, behind = text[start:caret], text[caret:]
    ink = _field_ink(attempt, blank)
    edge = "accent bold" if typing else "muted"
    if not typing:
        return [Span("[", edge), Span(pad(text, inner), f"{ink} underline"), Span("]", edge)]
    laid.caret = (column + 1 + cell_width(before), line)
    under = behind[:1] or " "
    rest = pad(behind[1:], max(0, inner - cell_width(before) - cell_width(under)))
    return [
        Span("[", edge), Span(before, f"{ink} underline"), Span(under, f"{ink} reverse"),
        Span(rest, f"{ink} underline"), Span("]", edge),
    ]  # fmt: skip


def _field_ink(attempt: Attempt, blank: int) -> str:
    if attempt.verdict is None or blank >= len(attempt.verdict.parts):
        return "strong"
    return "good bold" if attempt.verdict.parts[blank] else "bad bold"


# -- hints -----------------------------------------------------------------------------------------------


def _hint(laid: Laid, number: int, hint: str, width: int, *, ascii: bool) -> None:
    name = translate("quiz.hint-number", number=number)
    indent = INDENT + cell_width(name) + 2
    rows = page_rows(hint, width, ascii=ascii, indent=indent)
    rows[0] = [Span(" " * INDENT), Span(name, "accent bold"), Span("  "), *rows[0][1:]]
    laid.rows += rows
