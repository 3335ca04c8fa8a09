"""The course map: the lessons and the progress in each; on a wide screen, what the selected lesson is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.worker import get_current_worker

from tutor.charts.cells import Row, Rows, Span
from tutor.foundation import clock
from tutor.foundation.languages import languages
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, pad, shorten, wrapped
from tutor.foundation.translate import language, language_mark, language_sign, translate
from tutor.study.next_lesson import lesson_to_continue
from tutor.tui import router, routes
from tutor.tui.commands import Command
from tutor.tui.screen import TutorScreen
from tutor.tui.themes import AGAIN, EMPTY, FULL, HERE, RIGHT, WARNING, WRONG
from tutor.tui.widgets.row_list import RowItem, RowList, blank, fixed
from tutor.tui.widgets.rows import look_of, shell_of, strip_of

if TYPE_CHECKING:
    from tutor.course.catalogue import Course, LessonHeader
    from tutor.course.lesson import Fault, Lesson
    from tutor.progress.records import LessonState


_MOST_SIGNS, _SIGN_WIDTH = 4, 4
"""Up to so many languages, every sign is shown; the second number is the width of a sign in cells."""
WIDE = 120
"""Columns that the panel about the selected lesson needs beside the map."""
READ_LESSONS_AFTER = 0.8
"""Seconds after the first frame until the lessons are read to find their faults."""
_BREATH = 0.01
"""Seconds between two lessons, in which keys are handled."""
_DIGITS_WITHIN = 0.9
"""Seconds within which a second digit makes a two-digit number with the first."""


class HomeScreen(TutorScreen):
    """The lessons by part. Titles are drawn first; progress and faults follow after the first frame."""

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("home.review", ("r",), "review.home", "review.home-help", footer=2),
        Command("home.runs", ("w",), "run-list.open", "run-list.open-help", footer=3),
        Command("home.progress", ("p",), "stats.home", "stats.home-help", footer=4),
        Command("home.quiz", ("t",), "home.quiz", "home.quiz-help", footer=95),
        Command("home.find", ("slash",), "home.find", "home.find-help", action="palette", footer=96, palette=False),
        Command("home.number", tuple("0123456789"), "home.number", "home.number-help", shown="1–9",
                passes_key=True, palette=False),
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
        self._read_headers()
        yield RowList(self._items(), id="map")

    def on_mount(self) -> None:
        """Read progress after the first frame, which shows titles alone."""
        self.call_after_refresh(self._read_the_rest)

    def on_resize(self, event: events.Resize) -> None:
        """Show the panel about the selected lesson if there is space for it, and break sentences for the new width."""
        about = self.query(LessonAbout)
        if event.size.width >= WIDE and self._headers and not about:
            self.query_one("#body").mount(LessonAbout())
            self.call_after_refresh(self._show_about)
        for panel in about:
            panel.display = event.size.width >= WIDE
        if not self._headers and self.is_mounted:
            self._show()

    def status(self) -> Row:
        """The number of cards due, and the languages with the one in use emphasized."""
        due = [Span(translate("review.due", count=self._due), "accent"), Span("   ")] if self._due else []
        return [*due, Span("L ", "key"), *language_row()]

    def refresh_texts(self) -> None:
        self._read_headers()
        self._show()
        super().refresh_texts()

    def on_screen_resume(self) -> None:
        """Read progress again: the learner may come back from a lesson."""
        super().on_screen_resume()
        if self._states or "store" in self.workspace.__dict__:
            self._read_progress()
            self._show()

    def _read_headers(self) -> None:
        course = self.workspace.course
        self._headers = course.headers(language()) if course is not None else ()

    def _read_progress(self) -> None:
        self._states = self.workspace.store.lesson_states()
        self._last = self.workspace.store.last_lesson()
        self._due = self.workspace.store.cards.count_due(clock.utc_now())
        self.refresh_frame()

    def _read_the_rest(self) -> None:
        self._read_progress()
        self._show()
        self.say_notices()
        self.set_timer(READ_LESSONS_AFTER, self._read_lessons)

    def _read_lessons(self) -> None:
        course = self.workspace.course
        if course is not None:
            self.run_worker(lambda: self._read_in_background(course), thread=True, exit_on_error=False)

    def _read_in_background(self, course: Course) -> None:
        """Read every lesson once, to find its faults and so that glossary and search open at once."""
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
        self.tutor.garbage.keep()
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
        self._show_about()

    def _items(self) -> list[RowItem]:
        if self._headers or self._faults:
            return map_items(self._headers, self._states, self._last, self._faults)
        course, problem = self.workspace.course, self.workspace.course_problem
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
        if (lesson := self._selected_lesson()) is not None:
            router.go(self.tutor, routes.Lesson(lesson))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without lessons, disable the keys for a quiz and for numbers."""
        return bool(self._headers) or action not in {"quiz", "number"}

    def action_quiz(self) -> None:
        if (lesson := self._selected_lesson()) is not None:
            router.go(self.tutor, routes.Quiz(lesson))

    def action_runs(self) -> None:
        router.go(self.tutor, routes.Runs())

    def action_progress(self) -> None:
        router.go(self.tutor, routes.Progress())

    def action_review(self) -> None:
        router.go(self.tutor, routes.Review())

    def action_number(self, digit: str) -> None:
        """Select the lesson with that number; a second digit soon after the first makes a two-digit number."""
        now = monotonic()
        self._typed = self._typed + digit if now - self._typed_at < _DIGITS_WITHIN else digit
        self._typed_at = now
        numbers = lessons_by_number(self._headers)
        lesson = numbers.get(int(self._typed)) or numbers.get(int(digit))
        if lesson is not None:
            self.query_one(RowList).select(lesson)

    def action_back(self) -> None:
        """Say how to leave: there is no screen behind the map."""
        self.notice(translate("home.quit-with-q"))


def language_row() -> Row:
    """The signs of the languages in the order in which ``L`` visits them; of many, only the present and next one."""
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


States = Mapping[str, "LessonState"]

CONTINUE = "continue"
"""The key of the first row, where enter continues the course."""

_LEFT = 7
"""Cells before a title: mark, number, spaces."""
_SCORE = 15
"""Cells for the minutes, or for the quiz score and the number of wrong answers."""
_MOST_FAULTS = 8
"""Faults listed on the map; the heading gives the number of all."""
_GAP = "  "


def progress_of(state: LessonState | None) -> float:
    """The progress in a lesson from 0 to 1: half of it is reading, half answering."""
    if state is None:
        return 0.0
    if not state.questions_total:
        return state.read_fraction
    return (state.read_fraction + min(1.0, state.questions_answered / state.questions_total)) / 2


def bar(fraction: float, width: int, *, done: bool = False) -> Row:
    """A bar of ``width`` cells. A lesson that was begun fills at least one cell, and only a finished one fills all."""
    full = width if done else min(width - 1, max(int(fraction * width), 1 if fraction > 0 else 0))
    return [Span(FULL * full, "bar-done" if done else "bar"), Span(EMPTY * (width - full), "bar-rest")]


def map_items(
    headers: Sequence[LessonHeader], states: States, last: str | None, faults: Iterable[Fault] = ()
) -> list[RowItem]:
    """The rows of the map, top to bottom."""
    items = _continue_items(headers, states, last)
    part: str | None = None
    number = 0
    for header in headers:
        if header.part and header.part != part:
            part, number = header.part, number + 1
            items += _part_items(number, header.part, spaced=bool(items))
        items.append(_lesson_item(header, states.get(header.id)))
    return [*items, *_fault_items(faults)]


def empty_items(message: str, hint: str, width: int) -> list[RowItem]:
    """The rows shown instead of the map if there are no lessons: sentences broken for ``width`` cells."""

    def item(line: str, sign: str) -> RowItem:
        return fixed(lambda _width: [Span(f"  {sign} ", "bad bold"), Span(line)])

    lines = wrapped(harmless_line(message), width - 6)
    items = [item(line, WARNING if index == 0 else " ") for index, line in enumerate(lines)]
    return [blank(), *items, *(item(line, " ") for line in wrapped(harmless_line(hint), width - 6))]


def _continue_items(headers: Sequence[LessonHeader], states: States, last: str | None) -> list[RowItem]:
    if not headers:
        return []
    header = lesson_to_continue(headers, states, last)

    def draw(width: int) -> Row:
        if header is None:
            return [Span(f"  {RIGHT} ", "good bold"), Span(shorten(translate("home.all-done"), width - 4), "strong")]
        state = states.get(header.id)
        begun = state is not None and state.begun
        word = translate("home.continue") if begun or states else translate("home.start")
        right = f"{HERE} {progress_of(state):.0%}" if begun else _minutes(header)
        title_room = width - cell_width(word) - cell_width(right) - 16
        title = pad(shorten(_title(header), title_room), title_room)
        return [
            Span(f"  {word}", "accent bold"),
            Span(f"  {title}"),
            Span(f"  {right}  ", "muted"),
            Span(" enter ", "key"),
        ]

    return [RowItem(CONTINUE, draw, selectable=header is not None)]


def _part_items(number: int, title: str, *, spaced: bool) -> list[RowItem]:
    def draw(width: int) -> Row:
        text = translate("home.part", number=number, title=harmless_line(title).upper())
        return [Span(shorten(f"  {text}", width), "muted")]

    heading = RowItem(f"part:{number}", draw, selectable=False)
    return [blank(), heading] if spaced else [heading]


def _title(header: LessonHeader) -> str:
    return harmless_line(header.numbered_title)


def _minutes(header: LessonHeader) -> str:
    return translate("home.minutes", minutes=header.minutes) if header.minutes else ""


def _lesson_item(header: LessonHeader, state: LessonState | None) -> RowItem:
    def draw(width: int) -> Row:
        bar_width = 10 if width < 100 else 16
        room = max(8, min(64, width - _LEFT - bar_width - _SCORE - 2 * len(_GAP)))
        mark = language_mark(header.language)
        title = shorten(harmless_line(header.title), room - (cell_width(mark) + 1 if mark else 0))
        title = pad(f"{title} {mark}", room)
        done = state is not None and state.finished
        begun = state is not None and state.begun
        sign, ink = (RIGHT, "good bold") if done else (HERE, "accent bold") if begun else (" ", "text")
        return [
            Span(f" {sign} ", ink),
            Span(f"{header.number:>2}", "muted"),
            Span(f"  {title}{_GAP}", "text"),
            *bar(progress_of(state), bar_width, done=done),
            Span(_GAP),
            *_score(header, state),
        ]

    return RowItem(header.id, draw)


def _score(header: LessonHeader, state: LessonState | None) -> Row:
    """The quiz score and the number of answers to try again; the minutes, if nothing has been answered yet."""
    if state is None or not state.questions_answered:
        return [Span(_minutes(header), "muted")]
    total = max(state.questions_total, state.questions_answered)
    score = translate("home.quiz-score", right=state.questions_right, total=total)
    wrong = len(state.wrong_ids)
    again = [Span(f" {AGAIN} {wrong}", "bad")] if wrong else []
    return [Span(pad(score, 10), "text" if wrong else "good"), *again]


def _fault_items(faults: Iterable[Fault]) -> list[RowItem]:
    """The faults of lesson files under a heading, one row each."""
    rows = [(_short_place(fault), harmless_line(fault.message)) for fault in faults]
    if not rows:
        return []
    name_width = min(32, max(cell_width(name) for name, _ in rows))

    def draw_heading(width: int) -> Row:
        text = shorten(translate("home.faults", count=len(rows)), width - 4)
        return [Span(f" {WRONG} ", "bad bold"), Span(text)]

    def item(name: str, message: str) -> RowItem:
        def draw(width: int) -> Row:
            room = max(8, width - name_width - 7)
            return [Span(f"    {pad(name, name_width)}  ", "muted"), Span(shorten(message, room))]

        return RowItem(f"fault:{name}", draw, selectable=False)

    items = [blank(), RowItem("faults", draw_heading, selectable=False)]
    return [*items, *(item(*row) for row in rows[:_MOST_FAULTS])]


def _short_place(fault: Fault) -> str:
    path = fault.place.path
    return harmless_line(f"{path.parent.name}/{path.name}:{fault.place.line}")


def lessons_by_number(headers: Sequence[LessonHeader]) -> dict[int, str]:
    """Lesson ids by their number on the map."""
    return {header.number: header.id for header in headers}


_READ_AFTER = 0.15
"""Seconds that a lesson must stay selected before its file is read, so that moving through the map reads nothing."""


class LessonAbout(Widget):
    """The panel about a lesson: title, minutes, lessons it builds on, sections, terms and progress."""

    DEFAULT_CSS = "LessonAbout { width: 44; padding: 1 2 0 2; border-left: solid $rule; }"

    def __init__(self) -> None:
        super().__init__()
        self._header: LessonHeader | None = None
        self._state: LessonState | None = None
        self._lesson: Lesson | None = None
        self._timer: Timer | None = None

    def show_lesson(self, header: LessonHeader | None, state: LessonState | None) -> None:
        """Show another lesson."""
        if header != self._header:
            self._lesson = None
        self._header, self._state = header, state
        self.refresh()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_READ_AFTER, self._read)

    def _read(self) -> None:
        course = shell_of(self).workspace.course
        if course is not None and self._header is not None:
            self._lesson = course.lesson(self._header.id, self._header.language)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        rows = about_rows(self._header, self._state, self._lesson, self._titles(), width) if self._header else []
        return strip_of(rows[y] if y < len(rows) else [], look_of(self), width)

    def _titles(self) -> dict[str, str]:
        course = shell_of(self).workspace.course
        headers = course.headers(language()) if course is not None else []
        return {header.id: harmless_line(header.numbered_title) for header in headers}


def about_rows(
    header: LessonHeader | None, state: LessonState | None, lesson: Lesson | None, titles: dict[str, str], width: int
) -> Rows:
    """The rows about a lesson; those of its contents are added once ``lesson`` has been read.

    Args:
        header: The lesson's front matter.
        state: The learner's progress in it; None if it was never opened.
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
