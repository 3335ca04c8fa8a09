"""What is said to an answer: whether it was right, what would have been, which figure decided, and why."""

from __future__ import annotations

from tutor.charts.cells import Row, Span
from tutor.course.questions.base import Solution
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, pad
from tutor.foundation.translate import translate
from tutor.study.attempt import Attempt, Stage
from tutor.study.predictions import deciding_figures
from tutor.study.wording import verdict_sentence
from tutor.tui.questions.rows import INDENT, page_rows, plain_rows
from tutor.tui.themes import RIGHT, WARNING, WRONG

_DEEPER = 6


def verdict_rows(attempt: Attempt, width: int, *, ascii: bool = False) -> list[Row]:
    """The rows below a locked question; none before the lock, and while a run decides."""
    if attempt.stage in {Stage.OPEN, Stage.WAITING}:
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
    """A sign and a sentence that may go over several lines."""
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
    """What was typed beside what would have been right."""
    inks = {None: "strong", True: "good", False: "bad"}
    pairs = [(answer.name, answer.text, inks[answer.right]) for answer in _solution(attempt).typed]
    return [*_pairs(pairs, width), []] if pairs else []


def _solution(attempt: Attempt) -> Solution:
    return attempt.type.solution(attempt.question, attempt.shown, attempt.draft, attempt.verdict)


def _figures(attempt: Attempt, width: int) -> list[Row]:
    if attempt.facts is None:
        return []
    figures = deciding_figures(attempt.question, attempt.facts)
    pairs = [(figure.name, figure.value, "strong") for figure in figures]
    return [[], *_pairs(pairs, width)] if pairs else []


def _pairs(pairs: list[tuple[str, str, str]], width: int) -> list[Row]:
    """Names and what belongs to them, in two columns; one below the other where they do not fit."""
    room = max((cell_width(name) for name, _, _ in pairs), default=0)
    rows: list[Row] = []
    for name, said, ink in pairs:
        value = harmless_line(said)
        if _DEEPER + room + 3 + cell_width(value) <= width:
            rows.append([Span(" " * _DEEPER), Span(pad(name, room + 3), "muted"), Span(value, ink)])
        else:
            rows += [[Span(" " * _DEEPER), Span(name, "muted")], [Span(" " * (_DEEPER + 2)), Span(value, ink)]]
    return rows


def _right_lines(attempt: Attempt, width: int, *, ascii: bool) -> list[Row]:
    """The right lines, unless the signs in the question show them."""
    solution = _solution(attempt)
    if attempt.verdict is None or attempt.verdict.correct or solution.marked or not solution.lines:
        return []
    rows: list[Row] = [[], [Span(" " * INDENT), Span(solution.title, "accent bold")]]
    for each in solution.lines:
        lines = page_rows(each.text, width, ascii=ascii, indent=_DEEPER, inline=True)
        lines[0] = [Span(" " * (_DEEPER - 2)), Span(f"{each.label} ", "muted"), *lines[0][1:]]
        rows += lines
    return rows
