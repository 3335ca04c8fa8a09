"""A question as rows of cells: the prompt, what can be ticked, moved or typed, and the verdict.

These functions are pure: the same attempt, cursor and width give the same rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple

from tutor.charts.cells import Row, Span, fit_row, row_width, spread_row
from tutor.course.lesson import BLANK
from tutor.course.questions.base import AnswerRow, Solution
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, pad, wrapped
from tutor.foundation.translate import translate
from tutor.study.attempt import Attempt, Stage
from tutor.study.predictions import deciding_figures
from tutor.study.wording import miss_sentence, verdict_sentence
from tutor.tui.themes import HERE, RIGHT, WARNING, WRONG
from tutor.typeset.elements import Line
from tutor.typeset.page import typeset

INDENT = 2
"""Cells at the left of every line, for a sign or the cursor."""

_MARGIN = 6
"""Cells before an option's text: cursor or sign, number, box."""

_FIELD = 14
"""Least width of a blank in cells: the same for all, so that it does not give away the answer's length."""

# A blank is typeset as one long word of a private-use character, so that lines break around it and never inside.
_FIRST_PRIVATE, _LAST_PRIVATE = 0xE000, 0xF8FF
_PRIVATE = re.compile(f"([{chr(_FIRST_PRIVATE)}-{chr(_LAST_PRIVATE)}])\\1*")

HOW_SURE = {"5": 0.5, "6": 0.6, "7": 0.7, "8": 0.8, "9": 0.9, "0": 1.0}
"""The probability that each digit stands for when a question asks how sure the learner is."""


_WAITS = {Stage.WAITING: "quiz.run-decides", Stage.DEFERRED: "quiz.end-decides"}
"""What is said while a locked answer has no verdict."""


class Zone(NamedTuple):
    """Where something can be clicked: an option or a partner by its place as shown, or a blank by its number.

    In a question about pairs, the lines on the left are options.
    """

    kind: str
    number: int
    line: int
    start: int
    end: int


@dataclass(slots=True)
class DrawnQuestion:
    """Rows, the zones in them, and the column and line of the typing cursor, if there is one."""

    rows: list[Row] = field(default_factory=list)
    zones: list[Zone] = field(default_factory=list)
    caret: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """What the keys act on.

    Args:
        place: The selected option, by its place as shown.
        held: Whether the selected line of an ordering is picked up and moves with the cursor.
        blank: The number of the blank that has the typing cursor.
        caret: How many characters of its text are before the typing cursor.
        active: Whether the question has the focus.
        asking: Whether the question asks how sure the learner is, before it locks the answer.
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
    """Markdown as rows, indented by ``indent`` cells; ``ink`` replaces the ink of plain text."""
    lines = typeset(markdown, max(10, width - indent), ascii=ascii, inline=inline)
    return [line_row(line, indent, ink) for line in lines]


def plain_rows(text: str, width: int, *, indent: int = INDENT, ink: str = "text") -> list[Row]:
    """A sentence of the interface as rows. It is not read as Markdown."""
    return [[Span(" " * indent), Span(line, ink)] for line in wrapped(text, max(10, width - indent))]


def line_row(line: Line, indent: int = INDENT, ink: str = "") -> Row:
    """A typeset line as a row."""
    row = [Span(" " * indent)]
    for text, role, target in line.spans:
        own = ink if ink and role == "text" else role
        row.append(Span(text, f"{own} underline" if target.startswith("#") else own))
    return row


def ask_rows(attempt: Attempt, width: int, cursor: Cursor, *, ascii: bool = False, heading: str = "") -> DrawnQuestion:
    """The question: title, prompt, answer and hints.

    With a ``heading``, how to answer stands beside it if there is room, else below the prompt.
    """
    question = attempt.question
    drawn = DrawnQuestion()
    beside = False
    if heading:
        how = _how_text(attempt)
        beside = cell_width(heading) + cell_width(how) + INDENT + 4 <= width
        left, right = [Span(" " * INDENT), Span(heading, "accent bold")], [Span(how, "muted"), Span(" ")]
        drawn.rows.append(spread_row(left, right if beside else [], width))
    if question.title:
        drawn.rows += page_rows(question.title, width, ascii=ascii, ink="strong", inline=True)
        drawn.rows.append([])
    if BLANK in question.prompt:
        _prompt_with_blanks(drawn, attempt, width, cursor, ascii=ascii)
    elif question.prompt:
        drawn.rows += [*page_rows(question.prompt, width, ascii=ascii), []]
    if not attempt.locked and not beside:
        drawn.rows += [*plain_rows(_how_text(attempt), width, ink="muted"), []]
    _answers(drawn, attempt, width, cursor, ascii=ascii)
    if said := miss_sentence(attempt):
        drawn.rows += [[]] if drawn.rows and drawn.rows[-1] else []
        drawn.rows += plain_rows(harmless_line(said), width, ink="strong")
    for number, hint in enumerate(attempt.hints, 1):
        drawn.rows += [[]] if drawn.rows and drawn.rows[-1] else []
        _hint(drawn, number, hint, width, ascii=ascii)
    while drawn.rows and not drawn.rows[-1]:
        drawn.rows.pop()
    drawn.rows += _what_comes_next(attempt, width, cursor)
    return drawn


def _what_comes_next(attempt: Attempt, width: int, cursor: Cursor) -> list[Row]:
    """The last rows while the question asks how sure the learner is, or waits for a run."""
    if cursor.asking and not attempt.locked:
        return [[], *_how_sure_rows(width)]
    if attempt.stage in _WAITS:
        return [[], *plain_rows(translate(attempt.waits_with or _WAITS[attempt.stage]), width, ink="accent")]
    return []


def _how_text(attempt: Attempt) -> str:
    """How to answer the question, in a sentence or two; nothing once it is answered."""
    if attempt.locked:
        return ""
    how = [translate("quiz.predict")] if attempt.question.predicts else []
    how += [translate("quiz.guess-first")] if attempt.deferred and not attempt.waits_with else []
    how.append(translate(attempt.type.how))
    return translate("quiz.space").join(how)


def _how_sure_rows(width: int) -> list[Row]:
    """The question how sure the learner is, with a digit for each probability; enter skips it."""
    asked: Row = [Span(" " * INDENT), Span(translate("stats.ask-how-sure"), "accent bold")]
    digits: Row = [Span(" " * INDENT)]
    for key, probability in HOW_SURE.items():
        digits += [Span(f"{key} ", "key"), Span(f"{probability:.0%}   ", "text")]
    passes = plain_rows(translate("stats.ask-how-sure-keys"), width, ink="muted")
    return [asked, digits, *passes]


# -- what there is to choose, order or type --------------------------------------------------------------


def _answers(drawn: DrawnQuestion, attempt: Attempt, width: int, cursor: Cursor, *, ascii: bool) -> None:
    """The rows of the answer, which the question's type gives."""
    rows = attempt.rows()
    if attempt.type.interaction == "pair":
        _pairs(drawn, attempt, cursor, rows, width, ascii=ascii)
        return
    beside = _beside_column(attempt, rows, width, ascii=ascii)
    for place, row in enumerate(rows):
        if row.kind == "field":
            if attempt.stage is Stage.WAITING or not attempt.locked:
                _number(drawn, attempt, row.text, width, cursor)
        else:
            _option(drawn, attempt, cursor, place, row, width, beside, ascii=ascii)


def _margin_of(attempt: Attempt) -> int:
    return _MARGIN if len(attempt.shown) < 10 else _MARGIN + 1


def _beside_column(attempt: Attempt, rows: Sequence[AnswerRow], width: int, *, ascii: bool) -> int:
    """The column at which a word beside each option begins after a miss: behind the longest option."""
    if not attempt.trying_again:
        return width
    room = max(10, width - _margin_of(attempt))
    widths = (line.width for row in rows for line in typeset(row.text, room, ascii=ascii, inline=True))
    return _margin_of(attempt) + max(widths, default=0) + 3


def _option(
    drawn: DrawnQuestion, attempt: Attempt, cursor: Cursor, place: int, row: AnswerRow, width: int, beside: int, *,
    ascii: bool,
) -> None:  # fmt: skip
    """An option, or a line to be put in order, with its feedback; after a miss, beside it if there is room."""
    margin = _margin_of(attempt)
    first = len(drawn.rows)
    head, ink = _option_head(attempt, cursor, place, row)
    lines = typeset(row.text, max(10, width - margin), ascii=ascii, inline=True) or (Line(),)
    for number, line in enumerate(lines):
        cells = line_row(line, 0, ink)[1:]
        drawn.rows.append([*head, *cells] if number == 0 else [Span(" " * margin), *cells])
    drawn.zones += [Zone("option", place, line, 0, width) for line in range(first, len(drawn.rows))]
    if attempt.trying_again and row.right is not None:
        _word_beside(drawn, row, first, beside, width, ascii=ascii)
        return
    if row.feedback:
        own = "text" if row.chosen else "muted"
        drawn.rows += page_rows(row.feedback, width, ascii=ascii, indent=margin, ink=own)


def _word_beside(
    drawn: DrawnQuestion, row: AnswerRow, first: int, column: int, width: int, *, ascii: bool
) -> None:  # fmt: skip
    """What a miss tells of an option: its sign and a word beside it, or below it if that has no room."""
    sign, ink = (RIGHT, "good") if row.right else (WRONG, "bad")
    word = (
        row.feedback if not row.right and row.feedback else translate("quiz.word-yes" if row.right else "quiz.word-no")
    )
    lines = typeset(word, max(10, width - column - 3), ascii=ascii, inline=True)
    told = drawn.rows[first]
    if len(lines) == 1 and column + 3 + lines[0].width <= width:
        gap = Span(" " * max(0, column - row_width(told)))
        drawn.rows[first] = [*told, gap, Span(f"{sign} ", f"{ink} bold"), *line_row(lines[0], 0, ink)[1:]]
        return
    below = page_rows(word, width, ascii=ascii, indent=_MARGIN + 2, ink=ink)
    if below:
        below[0] = [Span(" " * _MARGIN), Span(f"{sign} ", f"{ink} bold"), *below[0][1:]]
    drawn.rows += below


def _option_head(attempt: Attempt, cursor: Cursor, place: int, row: AnswerRow) -> tuple[Row, str]:
    """The sign, number and box of an option, and the ink of its text."""
    here = cursor.active and not attempt.locked and place == cursor.place
    held = here and cursor.held
    box = {
        "line": Span("≡ ", "accent bold" if held else "muted"),
        "one": Span("◉ " if row.chosen else "○ ", "accent" if row.chosen else "muted"),
        "many": Span("■ " if row.chosen else "□ ", "accent" if row.chosen else "muted"),
    }[row.kind]
    mark = _sign(None if attempt.trying_again else row.right)
    sign = Span("↕ " if held else f"{HERE} ", "accent bold") if here else mark
    number = Span(f"{row.label} ", "key" if not attempt.locked else "muted")
    ink = "text" if not attempt.locked or row.right is not None else "muted"
    return [sign, number, box], "strong" if here or row.chosen else ink


def _sign(right: bool | None) -> Span:
    if right is None:
        return Span("  ")
    return Span(f"{RIGHT} ", "good bold") if right else Span(f"{WRONG} ", "bad bold")


# -- pairs -----------------------------------------------------------------------------------------------

_BEFORE_LEFT, _SLOT, _GAP, _BEFORE_RIGHT = 4, 4, 3, 2
"""Widths in a line of pairs: sign and letter, the partner's number in brackets, a gap, the number of a partner."""


def _pairs(
    drawn: DrawnQuestion, attempt: Attempt, cursor: Cursor, rows: Sequence[AnswerRow], width: int, *, ascii: bool
) -> None:
    """The lines on the left, each with the number of its partner, and the partners on the right, both with a title."""
    titles = [row.text for row in rows if row.kind == "head"]
    pairs, partners = ([row for row in rows if row.kind == kind] for kind in ("pair", "partner"))
    room = max(20, width - _BEFORE_LEFT - _SLOT - _GAP - _BEFORE_RIGHT)
    wanted = [
        max((line.width for row in side for line in typeset(row.text, room, ascii=ascii, inline=True)), default=0)
        for side in ([*pairs, AnswerRow("head", titles[0])], [*partners, AnswerRow("head", titles[1])])
    ]
    left = min(wanted[0], max(room // 2, room - wanted[1]))
    right = room - left
    if any(titles):
        _pair_rows(drawn, (titles[0], titles[1]), ("muted", "muted"), (left, right), [Span(" " * _BEFORE_LEFT)],
                   [Span(" " * (_SLOT + _GAP + _BEFORE_RIGHT))], ascii=ascii)  # fmt: skip
    for place, (pair, partner) in enumerate(zip(pairs, partners, strict=True)):
        here = cursor.active and not attempt.locked and place == cursor.place
        first = len(drawn.rows)
        ink = "muted" if partner.chosen and not attempt.locked else "text"
        belongs_to_cursor = cursor.active and not attempt.locked and pairs[cursor.place].partner == partner.label
        sign = Span(f"{HERE} ", "accent bold") if here else _sign(pair.right)
        number = Span(f"{partner.label} ", "muted" if attempt.locked else "key")
        inks = "strong" if here else "text", "strong" if belongs_to_cursor else ink
        _pair_rows(
            drawn, (pair.text, partner.text), inks, (left, right), [sign, Span(f"{pair.label} ", "muted")],
            [*_slot(pair, here=here), Span(" " * _GAP), number], ascii=ascii,
        )  # fmt: skip
        start = _BEFORE_LEFT + left + _SLOT + _GAP
        for line in range(first, len(drawn.rows)):
            drawn.zones += [Zone("option", place, line, 0, start - _GAP), Zone("partner", place, line, start, width)]


def _slot(pair: AnswerRow, *, here: bool) -> Row:
    """The number of a line's partner, in brackets."""
    edge = "accent bold" if here else "muted"
    ink = {None: "accent bold", True: "good bold", False: "bad bold"}[pair.right]
    return [Span(" [", edge), Span(pair.partner or " ", ink), Span("]", edge)]


def _pair_rows(
    drawn: DrawnQuestion, texts: tuple[str, str], inks: tuple[str, str], widths: tuple[int, int], before: Row,
    between: Row, *, ascii: bool,
) -> None:  # fmt: skip
    """Two texts side by side, in as many rows as the longer one needs."""
    columns = [
        [line_row(line, 0, ink)[1:] for line in typeset(text, width, ascii=ascii, inline=True)]
        for text, ink, width in zip(texts, inks, widths, strict=True)
    ]
    for number, (one, two) in enumerate(zip_longest(*columns, fillvalue=[])):
        heads = (before, between) if not number else ([Span(" " * row_width(each))] for each in (before, between))
        head, middle = heads
        drawn.rows.append([*head, *fit_row(one, widths[0]), *middle, *two])


# -- typing ----------------------------------------------------------------------------------------------


def _prompt_with_blanks(drawn: DrawnQuestion, attempt: Attempt, width: int, cursor: Cursor, *, ascii: bool) -> None:
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
                    row += _field(drawn, attempt, cursor, blank, column, cell_width(text))
                column += cell_width(text)
        drawn.rows.append(row)
    drawn.rows.append([])


def _split(text: str) -> list[tuple[str, int | None]]:
    """``text`` in pieces, each with the number of the blank that it stands for, or None for text."""
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


def _number(drawn: DrawnQuestion, attempt: Attempt, note: str, width: int, cursor: Cursor) -> None:
    row: Row = [Span(" " * INDENT)]
    room = min(max(_FIELD + 6, cell_width(attempt.draft.texts[0]) + 3), width - INDENT)
    row += _field(drawn, attempt, cursor, 0, INDENT, room)
    if INDENT + room + 3 + cell_width(note) <= width:
        drawn.rows.append([*row, Span("   "), Span(note, "muted")])
    else:
        drawn.rows += [row, [Span(" " * INDENT), Span(note, "muted")]]


def _field(drawn: DrawnQuestion, attempt: Attempt, cursor: Cursor, blank: int, column: int, room: int) -> Row:
    """A blank of ``room`` cells including its brackets; of a long text it shows the part around the cursor."""
    text = harmless_line(attempt.draft.texts[blank])
    line = len(drawn.rows)
    drawn.zones.append(Zone("blank", blank, line, column, column + room))
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
    drawn.caret = (column + 1 + cell_width(before), line)
    under = behind[:1] or " "
    rest = pad(behind[1:], max(0, inner - cell_width(before) - cell_width(under)))
    return [
        Span("[", edge), Span(before, f"{ink} underline"), Span(under, f"{ink} reverse"),
        Span(rest, f"{ink} underline"), Span("]", edge),
    ]  # fmt: skip


def _field_ink(attempt: Attempt, blank: int) -> str:
    verdict = attempt.verdict
    if attempt.trying_again and attempt.missed is not None:
        # What a miss has told holds as long as the text stays the same.
        verdict = attempt.missed.verdict if attempt.draft.texts[blank] == attempt.missed.draft.texts[blank] else None
    if verdict is None or blank >= len(verdict.parts):
        return "strong"
    return "good bold" if verdict.parts[blank] else "bad bold"


# -- hints -----------------------------------------------------------------------------------------------


def _hint(drawn: DrawnQuestion, number: int, hint: str, width: int, *, ascii: bool) -> None:
    name = translate("quiz.hint-number", number=number)
    indent = INDENT + cell_width(name) + 2
    rows = page_rows(hint, width, ascii=ascii, indent=indent)
    rows[0] = [Span(" " * INDENT), Span(name, "accent bold"), Span("  "), *rows[0][1:]]
    drawn.rows += rows


# -- what is said of an answer -----------------------------------------------------------------------------

_DEEPER = 6


def verdict_rows(attempt: Attempt, width: int, *, ascii: bool = False) -> list[Row]:
    """The verdict below a locked question; no rows before that, and while a run decides."""
    if attempt.stage is Stage.OPEN or attempt.stage in _WAITS:
        return []
    rows: list[Row] = [[], *_typed_answers(attempt, width)]
    if attempt.stage is Stage.UNCOUNTED:
        rows += _said(WARNING, "bad", translate("quiz.not-counted"), width)
        rows += plain_rows(harmless_line(attempt.reason), width, indent=_DEEPER, ink="muted")
    else:
        rows += _headline(attempt, width)
        rows += _figures(attempt, width)
        rows += _right_lines(attempt, width, ascii=ascii)
    if attempt.question.explanation:
        rows += [[], [Span(" " * INDENT), Span(translate("quiz.why"), "accent bold")]]
        rows += page_rows(attempt.question.explanation, width, ascii=ascii, indent=_DEEPER)
    return rows


def _said(sign: str, ink: str, text: str, width: int) -> list[Row]:
    """A sign and a sentence, on as many lines as it needs."""
    rows = plain_rows(harmless_line(text), width, indent=_DEEPER, ink="strong")
    rows[0] = [Span(" " * INDENT), Span(pad(sign, _DEEPER - INDENT), f"{ink} bold"), *rows[0][1:]]
    return rows


def _headline(attempt: Attempt, width: int) -> list[Row]:
    verdict = attempt.verdict
    if verdict is None:
        return []
    sign, ink = (RIGHT, "good") if verdict.correct else (WRONG, "bad")
    return _said(sign, ink, verdict_sentence(attempt), width)


def _typed_answers(attempt: Attempt, width: int) -> list[Row]:
    """What was typed, and what would have been right."""
    inks = {None: "strong", True: "good", False: "bad"}
    pairs = [(answer.name, answer.text, inks[answer.right]) for answer in _solution(attempt).typed]
    return [*_two_columns(pairs, width), []] if pairs else []


def _solution(attempt: Attempt) -> Solution:
    return attempt.type.solution(attempt.question, attempt.shown, attempt.draft, attempt.verdict)


def _figures(attempt: Attempt, width: int) -> list[Row]:
    if attempt.facts is None:
        return []
    figures = deciding_figures(attempt.question, attempt.facts)
    pairs = [(figure.name, figure.value, "strong") for figure in figures]
    return [[], *_two_columns(pairs, width)] if pairs else []


def _two_columns(pairs: list[tuple[str, str, str]], width: int) -> list[Row]:
    """Names and values in two columns, or one below the other if they do not fit."""
    name_width = max((cell_width(name) for name, _, _ in pairs), default=0)
    rows: list[Row] = []
    for name, said, ink in pairs:
        value = harmless_line(said)
        if _DEEPER + name_width + 3 + cell_width(value) <= width:
            rows.append([Span(" " * _DEEPER), Span(pad(name, name_width + 3), "muted"), Span(value, ink)])
        else:
            rows += [[Span(" " * _DEEPER), Span(name, "muted")], [Span(" " * (_DEEPER + 2)), Span(value, ink)]]
    return rows


def _right_lines(attempt: Attempt, width: int, *, ascii: bool) -> list[Row]:
    """The right answers, unless the signs in the question show them already."""
    solution = _solution(attempt)
    if attempt.verdict is None or attempt.verdict.correct or solution.marked or not solution.lines:
        return []
    rows: list[Row] = [[], [Span(" " * INDENT), Span(solution.title, "accent bold")]]
    for each in solution.lines:
        lines = page_rows(each.text, width, ascii=ascii, indent=_DEEPER, inline=True)
        lines[0] = [Span(" " * (_DEEPER - 2)), Span(f"{each.label} ", "muted"), *lines[0][1:]]
        rows += lines
    return rows
