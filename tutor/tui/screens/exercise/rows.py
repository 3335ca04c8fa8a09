"""The rows around the editor: the folded task, the verdict, and the list of earlier versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tutor.charts.cells import Row, Rows, Span, fit_rows, spread_row
from tutor.course.exercises.page import first_sentence
from tutor.course.lesson import Exercise
from tutor.exercises.files import Version
from tutor.exercises.verdict import Reason, Verdict
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, pad, shorten, wrapped
from tutor.foundation.translate import translate
from tutor.tui.themes import RIGHT, WRONG
from tutor.tui.widgets.row_list import RowItem
from tutor.tui.widgets.rows import Area
from tutor.typeset.page import one_line, plain_lines

_NO_COUNT = {Reason.NOT_LOADED, Reason.EXERCISE, Reason.OFF, Reason.FORBIDDEN}
"""Verdicts without results, so that counting the cases would say nothing."""


def head_rows(exercise: Exercise, area: Area) -> Rows:
    """The title and the first sentence of the task."""
    key = translate("exercise.key-task")
    fold: Row = [Span("t", "key"), Span(f" {key} ", "muted")]
    room = area.width - cell_width(key) - 6
    title = [Span(" "), Span(one_line(exercise.title), "strong")]
    first = [Span(" "), Span(shorten(one_line(first_sentence(exercise)), room))]
    rows = [
        spread_row(title, [Span(f"{exercise.id} ", "muted")], area.width),
        spread_row(first, fold, area.width),
    ]
    return fit_rows(rows, area.width, area.height)


def rule_row(width: int, label: str = "", ink: str = "muted") -> Row:
    """A rule across the screen with a label near its right end."""
    label = shorten(label, max(0, width - 8))
    if not label:
        return [Span(" "), Span("─" * (width - 2), "rule"), Span(" ")]
    line = "─" * max(0, width - cell_width(label) - 6)
    return [Span(" "), Span(line, "rule"), Span(f" {label} ", ink), Span("── ", "rule")]


def verdict_rows(verdict: Verdict, at: datetime, area: Area, lab: str = "") -> Rows:
    """What came of a check: whether it passed, what is wrong, and the first failing case.

    Args:
        verdict: The verdict.
        at: When the program was checked, in the time zone of the learner.
        area: The cells. What does not fit is left out from the end; the details have it all.
        lab: The lab that a program that has passed can train; empty if there is none.
    """
    width = area.width - 2
    sign, ink = (RIGHT, "good") if verdict.passed else (WRONG, "bad")
    took = translate("exercise.checked-at", time=f"{at:%H:%M:%S}", took=_duration(verdict.seconds))
    head: Row = [Span(" "), Span(f"{sign} ", f"{ink} bold"), Span(_counted(verdict), ink)]
    rows: Rows = [spread_row(head, [Span(took, "muted"), Span(" ")], area.width)]
    if not verdict.passed:
        rows += [[Span("   "), Span(line)] for line in wrapped(harmless_line(verdict.said), width - 2)]
    elif lab:
        rows.append([Span("   "), Span(shorten(translate("exercise.trains-lab", lab=lab), width - 2), "muted")])
    # The first line of the text is the one above; those of the place and of the case follow.
    more = (f"  {line.removeprefix('  ')}" for line in verdict.lines()[1:])
    rows += [[Span(" "), Span(shorten(harmless_line(line), width), "muted")] for line in more]
    return fit_rows(rows, area.width, area.height)


def _counted(verdict: Verdict) -> str:
    if verdict.reason in _NO_COUNT:
        heads = {Reason.EXERCISE: "exercise.faulty-head", Reason.OFF: "exercise.off-head"}
        return translate(heads.get(verdict.reason, "exercise.does-not-run"))
    return translate("exercise.counted", count=verdict.passed_count, all=len(verdict.cases))


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{round(1000 * seconds)} ms"


def text_rows(heading: str, markdown: str, area: Area) -> Rows:
    """A hint or another short text below the editor."""
    lines = plain_lines(markdown, max(10, area.width - 4), ascii=area.ascii)
    rows: Rows = [[Span(" "), Span(heading, "accent bold")], *([Span("   "), Span(line)] for line in lines)]
    return fit_rows(rows, area.width, area.height)


def said_rows(text: str, area: Area, ink: str = "muted") -> Rows:
    """A sentence below the editor."""
    rows: Rows = [[Span(" "), Span(line, ink)] for line in wrapped(harmless_line(text), max(10, area.width - 2))]
    return fit_rows(rows, area.width, area.height)


def version_items(versions: Sequence[tuple[Version, bool | None]]) -> list[RowItem]:
    """The kept versions, the newest first, each with whether it passed; the keys are their places, the oldest is 0."""
    return [_version_item(number, *version) for number, version in reversed(list(enumerate(versions)))]


def _version_item(number: int, version: Version, passed: bool | None) -> RowItem:
    sign, ink = {True: (RIGHT, "good"), False: (WRONG, "bad"), None: (" ", "muted")}[passed]
    moment = version.at.astimezone()

    def draw(width: int) -> Row:
        name = translate("exercise.version", number=number + 1)
        when = f"{moment:%m-%d %H:%M}"
        room = max(1, width - len(when) - 6)
        return [Span(f" {sign} ", f"{ink} bold"), Span(pad(shorten(name, room), room)), Span(f" {when}", "muted")]

    return RowItem(str(number), draw)
