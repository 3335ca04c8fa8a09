"""The course map: where one is, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.worker import get_current_worker

from tutor.charts.cells import Row, Span
from tutor.foundation import clock
from tutor.foundation.languages import languages
from tutor.foundation.text_width import shorten
from tutor.foundation.translate import language, language_sign, translate
from tutor.tui import router, routes
from tutor.tui.commands import Command
from tutor.tui.course_map import CONTINUE, States, empty_items, lesson_to_continue, lessons_by_number, map_items
from tutor.tui.screen import TutorScreen
from tutor.tui.widgets.lesson_about import LessonAbout
from tutor.tui.widgets.row_list import RowItem, RowList

if TYPE_CHECKING:
    from tutor.course.catalogue import Course, LessonHeader
    from tutor.course.lesson import Fault

_MOST_SIGNS, _SIGN_WIDTH = 4, 4
"""Languages whose signs are all shown, and the cells of a sign."""
WIDE = 120
"""Columns from which the selected lesson is told of beside the map."""
READ_LESSONS_AFTER = 0.8
"""Seconds after the first frame at which the lessons are read for their faults."""
_BREATH = 0.01
"""Seconds between two lessons, left to the learner's keys."""
_DIGITS_WITHIN = 0.9
"""Seconds in which a second digit belongs to the first."""


class HomeScreen(TutorScreen):
    """Lessons by part with the progress in each. Titles are drawn first; progress and faults follow at once."""

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("home.review", ("r",), "review.home", "review.home-help", footer=2),
        Command("home.runs", ("w",), "run-list.open", "run-list.open-help", footer=3),
        Command("home.progress", ("p",), "stats.home", "stats.home-help", footer=4),
        Command("home.quiz", ("t",), "home.quiz", "home.quiz-help", footer=95),
        Command("home.find", ("slash",), "home.find", "home.find-help", action="palette", footer=96, palette=False),
        Command("home.number", tuple("0123456789"), "home.number", "home.number-help", shown="1–9",
                tells_key=True, palette=False),
        Command("app.back", ("escape",), "keys.back", "home.quit-with-q", palette=False),
    )  # fmt: skip

    CSS = "HomeScreen #body { layout: horizontal; } HomeScreen RowList { width: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._headers: Sequence[LessonHeader] = ()
        self._states: States = {}
        self._faults: Sequence[Fault] = ()
        self._last: str | None = None
        self._due = 0
        self._typed = ""
        self._typed_at = 0.0

    def compose_body(self) -> ComposeResult:
        """The map."""
        self._read_headers()
        yield RowList(self._items(), id="map")

    def on_mount(self) -> None:
        """What the first frame does not need comes right after it."""
        self.call_after_refresh(self._read_the_rest)

    def on_resize(self, event: events.Resize) -> None:
        """There is room to tell of the selected lesson, or there is not; sentences are broken for the width."""
        about = self.query(LessonAbout)
        if event.size.width >= WIDE and self._headers and not about:
            self.query_one("#body").mount(LessonAbout())
            self.call_after_refresh(self._show_about)
        for panel in about:
            panel.display = event.size.width >= WIDE
        if not self._headers and self.is_mounted:
            self._show()

    def status(self) -> Row:
        """What is due, and the languages, the one in use first seen."""
        due = [Span(translate("review.due", count=self._due), "accent"), Span("   ")] if self._due else []
        return [*due, Span("L ", "key"), *language_row()]

    def renew(self) -> None:
        """Titles are of the language in use."""
        self._read_headers()
        self._show()
        super().renew()

    def on_screen_resume(self) -> None:
        """Back from a lesson: its progress has changed."""
        super().on_screen_resume()
        if self._states or "store" in self.services.__dict__:
            self._read_progress()
            self._show()

    def _read_headers(self) -> None:
        course = self.services.course
        self._headers = course.headers(language()) if course is not None else ()

    def _read_progress(self) -> None:
        self._states = self.services.store.lesson_states()
        self._last = self.services.store.last_lesson()
        self._due = self.services.store.cards.count_due(clock.utc_now())
        self.refresh_frame()

    def _read_the_rest(self) -> None:
        self._read_progress()
        self._show()
        self.say_notices()
        self.set_timer(READ_LESSONS_AFTER, self._read_lessons)

    def _read_lessons(self) -> None:
        course = self.services.course
        if course is not None:
            self.run_worker(lambda: self._read_in_background(course), thread=True, exit_on_error=False)

    def _read_in_background(self, course: Course) -> None:
        """Read every lesson once: for its faults, and so that glossary and search are there when asked for."""
        worker = get_current_worker()
        faults: dict[Path, tuple[Fault, ...]] = {}
        for name in course.languages:
            for path in course.files(name):
                if worker.is_cancelled:
                    return
                faults.setdefault(path, course.reading(path, name).faults)
                sleep(_BREATH)
        found = [fault for each in faults.values() for fault in each]
        if not worker.is_cancelled:
            self.app.call_from_thread(self._have_read, found)

    def _have_read(self, faults: Sequence[Fault]) -> None:
        self.tutor.tidying.keep()
        if faults:
            self._faults = faults
            self._show()

    def _show(self) -> None:
        self.query_one(RowList).set_items(self._items())

        self._show_about()

    def _show_about(self) -> None:
        lesson = self._selected_lesson()
        header = next((each for each in self._headers if each.id == lesson), None)
        for panel in self.query(LessonAbout):
            panel.show_lesson(header, self._states.get(lesson or ""))

    def on_row_list_highlighted(self) -> None:
        """Another lesson is selected."""
        self._show_about()

    def _items(self) -> list[RowItem]:
        if self._headers or self._faults:
            return map_items(self._headers, self._states, self._last, self._faults)
        course, problem = self.services.course, self.services.course_problem
        if course is None and problem is not None:
            return empty_items(problem.message, problem.hint, self.size.width)
        folder = course.folder if course is not None else ""
        message, hint = translate("home.no-lessons", folder=folder), translate("home.no-lessons-hint")
        return empty_items(message, hint, self.size.width)

    def _selected_lesson(self) -> str | None:
        selected = self.query_one(RowList).selected
        if selected != CONTINUE:
            return selected
        header = lesson_to_continue(self._headers, self._states, self._last)
        return header.id if header is not None else None

    def on_row_list_chosen(self) -> None:
        """Open the lesson."""
        if (lesson := self._selected_lesson()) is not None:
            router.go(self.tutor, routes.Lesson(lesson))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without lessons there is no quiz and no number to go to."""
        return bool(self._headers) or action not in {"quiz", "number"}

    def action_quiz(self) -> None:
        """Open the quiz of the selected lesson."""
        if (lesson := self._selected_lesson()) is not None:
            router.go(self.tutor, routes.Quiz(lesson))

    def action_runs(self) -> None:
        """Open the list of runs."""
        router.go(self.tutor, routes.Runs())

    def action_progress(self) -> None:
        """How it stands."""
        router.go(self.tutor, routes.Progress())

    def action_review(self) -> None:
        """Review what is due."""
        router.go(self.tutor, routes.Review())

    def action_number(self, digit: str) -> None:
        """Select the lesson with that number; a second digit soon after makes it two-digit."""
        now = monotonic()
        self._typed = self._typed + digit if now - self._typed_at < _DIGITS_WITHIN else digit
        self._typed_at = now
        numbers = lessons_by_number(self._headers)
        lesson = numbers.get(int(self._typed)) or numbers.get(int(digit))
        if lesson is not None:
            self.query_one(RowList).select(lesson)

    def action_back(self) -> None:
        """There is nothing behind the map; the learner is told how to leave."""
        self.notice(translate("home.quit-with-q"))


def language_row() -> Row:
    """The signs of the languages in the order in which ``L`` goes round them; of many, the one in use and the next."""
    codes = list(languages())
    if len(codes) > _MOST_SIGNS:
        codes = [language(), codes[(codes.index(language()) + 1) % len(codes)]]
    row: Row = []
    for code in codes:
        row += [Span(" ⇄ ", "muted")] if row else []
        row.append(Span(shorten(language_sign(code), _SIGN_WIDTH), "strong" if code == language() else "muted"))
    return row


def screen_for(_route: routes.Home) -> HomeScreen:
    """The screen of a route."""
    return HomeScreen()
