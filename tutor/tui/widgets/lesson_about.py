"""What a lesson holds, beside the course map where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tutor.charts.cells import Row, Rows, Span
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import shorten, wrapped
from tutor.foundation.translate import language, translate
from tutor.tui.glyphs import AGAIN, RIGHT
from tutor.tui.widgets.rows import look_of, strip_of, tutor_app

if TYPE_CHECKING:
    from tutor.course.catalogue import LessonHeader
    from tutor.course.lesson import Lesson
    from tutor.progress.records import LessonState

_READ_AFTER = 0.15
"""Seconds that a lesson must stay selected before its file is read: moving through the map reads nothing."""


class LessonAbout(Widget):
    """Title, minutes, what it needs, its sections and terms, how far one is."""

    DEFAULT_CSS = "LessonAbout { width: 44; padding: 1 2 0 2; border-left: solid $rule; }"

    def __init__(self) -> None:
        super().__init__()
        self._header: LessonHeader | None = None
        self._state: LessonState | None = None
        self._lesson: Lesson | None = None
        self._timer: Timer | None = None

    def show_lesson(self, header: LessonHeader | None, state: LessonState | None) -> None:
        """Tell of another lesson."""
        if header != self._header:
            self._lesson = None
        self._header, self._state = header, state
        self.refresh()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_READ_AFTER, self._read)

    def _read(self) -> None:
        course = tutor_app(self).services.course
        if course is not None and self._header is not None:
            self._lesson = course.lesson(self._header.id, self._header.language)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """A row of what is told."""
        width = self.size.width
        rows = about_rows(self._header, self._state, self._lesson, self._titles(), width) if self._header else []
        return strip_of(rows[y] if y < len(rows) else [], look_of(self), width)

    def _titles(self) -> dict[str, str]:
        course = tutor_app(self).services.course
        headers = course.headers(language()) if course is not None else []
        return {header.id: harmless_line(header.numbered_title) for header in headers}


def about_rows(
    header: LessonHeader | None, state: LessonState | None, lesson: Lesson | None, titles: dict[str, str], width: int
) -> Rows:
    """The rows for a lesson; those of its contents join when ``lesson`` is there.

    Args:
        header: The lesson's head.
        state: How far the learner is.
        lesson: The lesson, once it has been read.
        titles: The titles of all lessons by id.
        width: Cells a row may take.
    """
    if header is None:
        return []
    rows: Rows = [[Span(line, "title")] for line in wrapped(harmless_line(header.title), width)]
    rows += [[], [Span(translate("home.minutes", minutes=header.minutes), "muted")]]
    for need in header.needs:
        rows.append([Span(shorten(translate("home.needs", lesson=titles.get(need, need)), width), "muted")])
    rows += _score_rows(state, lesson)
    if lesson is not None:
        rows += _list_rows(
            translate("home.sections"), [each.title for each in lesson.sections if each.level <= 2], width
        )
        rows += _list_rows(translate("home.terms"), [term.name for term in lesson.terms], width)
    return rows


def _score_rows(state: LessonState | None, lesson: Lesson | None) -> Rows:
    if state is not None and state.questions_answered:
        total = max(state.questions_total, state.questions_answered)
        row: Row = [Span(f"{RIGHT} ", "good"), Span(f"{state.questions_right}/{total}")]
        if state.wrong_ids:
            row += [Span(f"   {AGAIN} ", "bad"), Span(translate("home.to-try-again", count=len(state.wrong_ids)))]
        return [row]
    if lesson is not None and lesson.questions:
        return [[Span(translate("home.questions", count=len(lesson.questions)), "muted")]]
    return []


def _list_rows(heading: str, names: list[str], width: int) -> Rows:
    if not names:
        return []
    return [[], [Span(heading, "muted")], *([Span(shorten(f"  {harmless_line(name)}", width))] for name in names)]
