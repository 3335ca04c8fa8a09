"""A lesson for its author: shown again after each save of its file, with its faults below the text."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.worker import get_current_worker

from tutor.charts.cells import Row, Rows, Span
from tutor.course.files import pack_of
from tutor.course.lesson import Fault
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, wrapped
from tutor.foundation.translate import language, sentences, translate
from tutor.tui import routes
from tutor.tui.commands import Command
from tutor.tui.editor import edit_file
from tutor.tui.screens.lesson.screen import LessonScreen
from tutor.tui.themes import RIGHT, WRONG
from tutor.tui.widgets.rows import Area, RowsView

_EVERY = 0.3
"""Seconds between two looks at the file: a save shows before its author has turned to this terminal."""
_MOST_ROWS = 7
_MOST_FAULTS = 200


class WatchedLessonScreen(LessonScreen):
    """The lesson of a file, shown again whenever the file changes.

    Args:
        path: The lesson file, which may have faults.
    """

    KEYS: ClassVar[tuple[Command, ...]] = (Command("watch.edit", ("E",), "read.edit", "read.edit-help", footer=2),)
    CSS_PATH = "lesson_watch.tcss"

    def __init__(self, path: Path) -> None:
        super().__init__("")
        self._path = path
        self._stamp = _stamp_of(path)
        self._faults: list[Fault] | None = None

    def compose_body(self) -> ComposeResult:
        yield from super().compose_body()
        yield RowsView(self._draw_faults, id="faults")

    def breadcrumb(self) -> list[str]:
        """The file's name, by which its author knows it."""
        return [harmless_line(self._path.name)]

    def on_mount(self) -> None:
        """Read the lesson, then look at its file again and again."""
        self._name_lesson()
        self.set_interval(_EVERY, self._look)
        self._check()

    def refresh_texts(self) -> None:
        """Check again: the language of the faults may have changed."""
        super().refresh_texts()
        self._check()

    def on_resize(self) -> None:
        """Break the faults for the new width."""
        if self._faults is not None:
            self._show_faults(self._faults)

    def action_edit(self) -> None:
        """Open the file in the author's editor, on this terminal."""
        try:
            edit_file(self.app, self._path)
        except TutorError as error:
            self.notice(str(error), "warning")
        self._look()

    def _look(self) -> None:
        stamp = _stamp_of(self._path)
        if stamp is None or stamp == self._stamp:
            return
        self._stamp = stamp
        if self.workspace.course is not None:
            self.workspace.course.forget(self._path)
        self._name_lesson()
        self._view.open()
        self._check()

    def _name_lesson(self) -> None:
        """Read the lesson's id from the file, since it may change with each save."""
        course = self.workspace.course
        lesson = course.reading(self._path, language()).lesson if course is not None else None
        self._view.lesson_id = lesson.id if lesson is not None else ""

    def _check(self) -> None:
        self.run_worker(self._find_faults, group="faults", exclusive=True, thread=True, exit_on_error=False)

    def _find_faults(self) -> None:
        """Run in a thread: to check links and repeated ids, all lessons are read the first time."""
        from tutor.course.checks import faults_of_course
        from tutor.labs.check import faults_of_fences, faults_of_lab, fences_of
        from tutor.study.formulas import faults_of_formulas

        worker = get_current_worker()
        course = self.workspace.course
        if course is None:
            return
        faults = [fault for fault in faults_of_course(course) if fault.place.path == self._path]
        lesson = course.reading(self._path, language()).lesson
        if lesson is not None:
            faults += faults_of_fences(lesson, course.labs)
            faults += faults_of_formulas(lesson)
            for name in dict.fromkeys(fence.lab for fence in fences_of(lesson)):
                path = course.labs.path(name)
                faults += faults_of_lab(path, course.data_folder) if path is not None else []
        if not worker.is_cancelled:
            self.app.call_from_thread(self._show_faults, sorted(set(faults)))

    def _show_faults(self, faults: list[Fault]) -> None:
        self._faults = faults
        view = self.query_one("#faults", RowsView)
        rows = len(fault_rows(faults, self.size.width))
        view.styles.height = 1 + max(1, min(rows, _MOST_ROWS, self.size.height // 3))  # a rule, and the rows
        view.redraw()
        self.call_after_refresh(view.redraw)

    def _draw_faults(self, area: Area) -> Rows:
        if self._faults is None:
            return [[Span(f" {translate('read.checking')}", "muted")]]
        rows = fault_rows(self._faults, area.width)
        if len(rows) > area.height:
            left = len(rows) - area.height + 1
            rows = [*rows[: area.height - 1], [Span(f"   {translate('read.more-lines', count=left)}", "muted")]]
        return rows


def fault_rows(faults: list[Fault], width: int) -> list[Row]:
    """The faults of one file, each at its line and column, in rows of at most ``width`` cells."""
    if not faults:
        return [[Span(f" {RIGHT} ", "good"), Span(translate("read.no-faults"), "muted")]]
    rows: list[Row] = []
    for fault in faults[:_MOST_FAULTS]:
        place = f"{fault.place.line}:{fault.place.column} "
        if fault.place.path.suffix == ".toml":  # a lab that the lesson uses
            place = f"{harmless_line(fault.place.path.name)}:{place}"
        text = harmless_line(sentences(fault.message, fault.hint))
        indent = 3 + cell_width(place)
        for number, line in enumerate(wrapped(text, max(10, width - indent - 1))):
            head = [Span(f" {WRONG} ", "bad"), Span(place, "accent")] if not number else [Span(" " * indent)]
            rows.append([*head, Span(line)])
    return rows


def _stamp_of(path: Path) -> tuple[tuple[int, int], ...] | None:
    """A value that changes with every save of the lesson or of a lab in the same folder.

    None while the file does not exist, as for a moment while some editors save.
    """
    try:
        labs = sorted((pack_of(path) / "labs").glob("*.toml"))
        found = [each.stat() for each in (path, *labs)]
    except OSError:
        return None
    return tuple((each.st_mtime_ns, each.st_size) for each in found)


def screen_for(route: routes.WatchedLesson) -> WatchedLessonScreen:
    """The screen of a route."""
    return WatchedLessonScreen(route.path)
