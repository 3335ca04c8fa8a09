"""A poll as rows of cells: what the class has answered, what holds of the run so far, and what is right.

These functions are pure. Learners and teachers see the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from tutor.charts.cells import Row, Span, row_width
from tutor.classroom.polls import Counts
from tutor.course.lesson import BLANK, Question
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, pad, shorten
from tutor.foundation.translate import translate
from tutor.tui.questions.rows import INDENT, line_row, page_rows, plain_rows
from tutor.tui.themes import RIGHT, WRONG
from tutor.tui.widgets.rows import bar_cells
from tutor.typeset.elements import Line
from tutor.typeset.page import typeset

_MARGIN = 6
"""Cells before an option: a sign, its number."""
_WIDEST_BAR = 40
_BESIDE_BAR = 16
"""Cells beside a bar, for its figures."""
LIT, UNLIT = "●", "○"


@dataclass(frozen=True, slots=True)
class PollResult:
    """A poll that is no longer open.

    Args:
        question: What was asked.
        shown: The options in the order in which they are shown.
        counts: What was answered; None if that is not known yet.
        answered: How many have answered.
        mine: The options that the learner chose.
        lights: For each option, whether its condition holds of the run so far; empty before there is one.
        right: The options that are right; None before that is decided.
    """

    question: Question
    shown: tuple[int, ...]
    counts: Counts | None
    answered: int
    mine: frozenset[int] = frozenset()
    lights: tuple[bool | None, ...] = ()
    right: frozenset[int] | None = None


def asked_rows(question: Question, width: int, *, ascii: bool, brief: bool = False) -> list[Row]:
    """What a poll asks: title and prompt; ``brief`` leaves the prompt out if there is a title."""
    rows: list[Row] = []
    if question.title:
        rows += [*page_rows(question.title, width, ascii=ascii, ink="strong", inline=True), []]
    if question.prompt and not (brief and question.title):
        rows += [*page_rows(question.prompt.replace(BLANK, "\\_\\_\\_"), width, ascii=ascii), []]
    return rows


def result_rows(result: PollResult, width: int, *, ascii: bool, brief: bool = False) -> list[Row]:
    """Each option with a bar as long as the part of the class that chose it; without options, the commonest answers.

    With ``brief``, only figures stand beside the options, so that the picture of a run has room below them.
    """
    rows = asked_rows(result.question, width, ascii=ascii, brief=brief)
    counts = result.counts
    if counts is None:
        return [*rows, *plain_rows(translate("class.counting"), width, ink="muted")]
    if not counts.options:
        return rows + _text_rows(counts, result.answered, width)
    for place, index in enumerate(result.shown, 1):
        if index < len(counts.options):
            rows += _option_rows(result, place, index, counts.options[index], width, ascii=ascii, brief=brief)
    return rows


def _option_rows(
    result: PollResult, place: int, index: int, count: int, width: int, *, ascii: bool, brief: bool
) -> list[Row]:
    option = result.question.options[index]
    lit = result.lights[index] if index < len(result.lights) else None
    is_right = result.right is not None and index in result.right
    bright = is_right if result.right is not None else lit is True
    head: Row = [Span(" "), _sign(result, index), Span(pad(f" {place} ", _MARGIN - 2), "key")]
    mark = _mark(result, index, lit)
    if brief:
        part = count / result.answered if result.answered else 0.0
        mark = f"{mark}   {count:>3} {part:>4.0%}"
    room = width - _MARGIN - cell_width(mark) - 2
    lines = typeset(option.text, max(10, room), ascii=ascii, inline=True) or (Line(),)
    rows: list[Row] = []
    for number, line in enumerate(lines):
        cells = line_row(line, 0, "strong" if bright else "text")[1:]
        rows.append([*(head if not number else [Span(" " * _MARGIN)]), *cells])
    if mark:
        gap = max(2, width - row_width(rows[0]) - cell_width(mark) - 1)
        rows[0] = [*rows[0], Span(" " * gap), Span(mark, "good" if bright else "muted")]
    if not brief:
        rows.append(_bar(count, result.answered, width, "bar-done" if bright else "bar"))
    return rows


def _sign(result: PollResult, index: int) -> Span:
    if result.right is not None:
        return Span(RIGHT, "good bold") if index in result.right else Span(WRONG, "muted")
    if not result.lights:
        return Span(" ")
    lit = result.lights[index] if index < len(result.lights) else None
    return Span(LIT, "good bold") if lit else Span(UNLIT, "muted")


def _mark(result: PollResult, index: int, lit: bool | None) -> str:
    """The words at the right of an option: that the learner chose it, and that it holds now."""
    words = [translate("class.yours")] if index in result.mine else []
    if result.right is None and lit:
        words.append(translate("class.holds"))
    return " · ".join(words)


def _bar(count: int, of: int, width: int, ink: str) -> Row:
    room = max(4, min(_WIDEST_BAR, width - _MARGIN - _BESIDE_BAR))
    part = count / of if of else 0.0
    full = min(room, max(round(room * part), 1 if count else 0))
    return [
        Span(" " * _MARGIN),
        *bar_cells(full, room, ink),
        Span(f"  {count}", "strong"),
        Span(f"  {part:.0%}", "muted"),
    ]


def _text_rows(counts: Counts, of: int, width: int) -> list[Row]:
    rows: list[Row] = []
    for text, count in counts.texts:
        rows += [
            [Span(" " * INDENT), Span(shorten(harmless_line(text) or "—", max(4, width - INDENT)), "text")],
            _bar(count, of, width, "bar"),
        ]
    return rows or plain_rows(translate("class.nobody-answered"), width, ink="muted")
