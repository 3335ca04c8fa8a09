"""The course map: where the course goes on, the lessons and the progress in each; on a wide screen, the day beside."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from time import monotonic, sleep
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.timer import Timer
from textual.worker import get_current_worker

from tutor.charts.cells import Row, Span, row_width, spread_row
from tutor.foundation import clock
from tutor.foundation.languages import languages
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, pad, pad_left, shorten, wrapped
from tutor.foundation.translate import language, language_mark, language_sign, translate
from tutor.study.next_lesson import lesson_to_continue
from tutor.study.today import minutes_left
from tutor.tui import router, routes
from tutor.tui.commands import Command
from tutor.tui.screen import TutorScreen
from tutor.tui.themes import AGAIN, HERE, RIGHT, WARNING, WRONG
from tutor.tui.widgets.row_list import RowItem, RowList, blank, fixed
from tutor.tui.widgets.rows import bar_cells

if TYPE_CHECKING:
    from tutor.course.catalogue import Course, LessonHeader
    from tutor.course.lesson import Fault
    from tutor.progress.records import LessonState
    from tutor.tui.widgets.home_side import HomeSide


_MOST_SIGNS, _SIGN_WIDTH = 4, 4
"""Up to so many languages, every sign is shown; the second number is the width of a sign in cells."""
WIDE = 120
"""Columns that the panel about the day needs beside the map."""
_READ_AFTER = 0.15
"""Seconds that a lesson must stay selected before its file is read, so that moving through the map reads nothing."""
READ_LESSONS_AFTER = 0.8
"""Seconds after the first frame until the lessons are read to find their faults."""
_BREATH = 0.01
"""Seconds of reading, and of pauses in it, in which keys are handled."""
_DIGITS_WITHIN = 0.9
"""Seconds within which a second digit makes a two-digit number with the first."""


class HomeScreen(TutorScreen):
    """The lessons by part. Titles are drawn first; progress and faults follow after the first frame."""

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("home.review", ("r",), "review.home", "review.home-help", footer=2),
        Command("home.labs", ("b",), "home.labs", "home.labs-help", footer=3),
        Command("home.runs", ("w",), "run-list.open", "run-list.open-help", footer=4),
        Command("home.progress", ("p",), "stats.home", "stats.home-help", footer=5),
        Command("home.fold", ("left", "h"), "home.fold", "home.fold-help", palette=False),
        Command("home.notes", ("N",), "notes.key-open", "notes.key-open-help"),
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
        self._going_on: GoingOn | None = None
        self._opened: set[str] = set()
        self._side: HomeSide | None = None
        self._progress_read = self._lessons_read = False
        self._timer: Timer | None = None
        self._typed = ""
        self._typed_at = 0.0

    def compose_body(self) -> ComposeResult:
        self._read_headers()
        yield RowList(self._items(), id="map")

    def on_mount(self) -> None:
        """Read progress after the first frame, which shows titles alone."""
        self.call_after_refresh(self._read_the_rest)

    def on_resize(self, event: events.Resize) -> None:
        """Show the panel if there is space for it, and use the rows and columns of the new size."""
        wide = event.size.width >= WIDE
        if wide and self._headers and self._side is None:
            from tutor.tui.widgets.home_side import HomeSide

            self._side = HomeSide()
            self.query_one("#body").mount(self._side)
            if self._progress_read:
                self.call_after_refresh(self._fill_side)
        if self._side is not None:
            self._side.display = wide
        if self.is_mounted:
            self._show()

    def status(self) -> Row:
        """The languages, with the one in use emphasized."""
        return [Span("L ", "key"), *language_row()]

    def refresh_texts(self) -> None:
        self._read_headers()
        self._show()
        if self._progress_read:  # the panel and the section are read in the language that was in use
            self._find_section()
            self._fill_side()
        super().refresh_texts()

    def on_screen_resume(self) -> None:
        """Read progress again: the learner may come back from a lesson."""
        super().on_screen_resume()
        if self._progress_read or "store" in self.workspace.__dict__:
            self.call_next(self._come_back)

    async def _come_back(self) -> None:
        self._read_progress()
        await asyncio.sleep(0)  # so that the queries and the rows are two steps of the event loop
        self._show()
        self._find_section()
        self._fill_side()

    def _read_headers(self) -> None:
        self._headers = self.workspace.headers()

    def _read_progress(self) -> None:
        self._states = self.workspace.store.lesson_states()
        self._last = self.workspace.store.last_lesson()
        self._due = self.workspace.store.cards.count_due(clock.utc_now())
        self._progress_read = True
        self.refresh_frame()

    def _read_the_rest(self) -> None:
        self._read_progress()
        self._show()
        self._find_section()
        self._fill_side()
        self.say_notices()
        self.set_timer(READ_LESSONS_AFTER, self._read_lessons)

    def _read_lessons(self) -> None:
        course = self.workspace.course
        if course is not None:
            self.run_worker(lambda: self._read_in_background(course), thread=True, exit_on_error=False)
        else:
            self._have_read(())

    def _read_in_background(self, course: Course) -> None:
        """Find the faults of lessons and index their terms, so that the glossary opens at once.

        Only files that are new, have changed or have faults are read, and none of these is kept: the course map does
        without what reads lessons, 5 MB of it.
        """
        worker = get_current_worker()
        found: list[Fault] = []
        breathed = monotonic()
        for each in course.indexed_files():
            if worker.is_cancelled:
                return
            found += each.faults
            if monotonic() - breathed > _BREATH:  # what is indexed takes next to no time
                sleep(_BREATH)
                breathed = monotonic()
        if worker.is_cancelled:
            return
        self.app.call_from_thread(self._have_read, found)
        for name in course.languages:
            course.headers(name)

    def _have_read(self, faults: Sequence[Fault]) -> None:
        self.tutor.garbage.keep("lessons")
        self._lessons_read = True
        self._fill_side()
        if faults:
            self._faults = faults
            self._show()

    # -- where the course goes on ------------------------------------------------------------------------

    def _find_section(self) -> None:
        """Read the lesson in which the course goes on, and name the section there."""
        header = lesson_to_continue(self._headers, self._states, self._last)
        course = self.workspace.course
        if course is None or header is None or header.id not in self._states:
            return
        position = self.workspace.store.position(header.id)
        block = position.block if position is not None else 0
        # Exclusive, because an earlier search may end later, with the title in the former language.
        self.run_worker(
            lambda: self._find_in_background(course, header, block),
            thread=True, exit_on_error=False, group="section", exclusive=True,
        )  # fmt: skip

    def _find_in_background(self, course: Course, header: LessonHeader, block: int) -> None:
        from tutor.study.sections import section_at, top_sections
        from tutor.typeset.page import one_line

        lesson = course.lesson(header.id, header.language)
        if lesson is None or not lesson.sections or get_current_worker().is_cancelled:
            return
        begins = top_sections(lesson)
        number = section_at(lesson, block)
        title = next(each.title for each in lesson.sections if each.block_index == begins[number - 1])
        found = GoingOn(header.id, number, len(begins), one_line(title, inline=True))
        self.app.call_from_thread(self._have_found, found)

    def _have_found(self, found: GoingOn) -> None:
        if found != self._going_on:
            self._going_on = found
            self._show()

    # -- rows and panel ----------------------------------------------------------------------------------

    def _show(self) -> None:
        self.query_one(RowList).set_items(self._items())

    def _fill_side(self) -> None:
        """Read what the panel shows, in the background."""
        if self._side is not None:
            self._side.read(self._selected_lesson(), whole=self._lessons_read)

    def on_row_list_highlighted(self) -> None:
        """Show the selected lesson in the panel, once the selection rests."""
        if self._side is None:
            return
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_READ_AFTER, self._show_selected_lesson)

    def _show_selected_lesson(self) -> None:
        if self._side is not None:
            self._side.show_lesson(self._selected_lesson())

    def _items(self) -> list[RowItem]:
        if self._headers or self._faults:
            return map_items(
                self._headers, self._states, self._last, self._faults,
                due=0 if self.size.width >= WIDE else self._due,  # the panel says it
                going_on=self._going_on, opened=self._opened, height=self.size.height - 4,
            )  # fmt: skip
        course, problem = self.workspace.course, self.workspace.course_problem
        if course is None and problem is not None:
            return empty_items(problem.message, problem.hint, self.size.width)
        folder = course.folder if course is not None else ""
        message, hint = translate("home.no-lessons", folder=folder), translate("home.no-lessons-hint")
        return empty_items(message, hint, self.size.width)

    def _selected_lesson(self) -> str | None:
        selected = self.query_one(RowList).selected
        if selected is None or selected.startswith(_PART):
            return None
        if selected != CONTINUE:
            return selected
        header = lesson_to_continue(self._headers, self._states, self._last)
        return header.id if header is not None else None

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Open a lesson, or unfold or fold a part."""
        if event.key.startswith(_PART):
            self._opened ^= {event.key}
            self._show()
        elif (lesson := self._selected_lesson()) is not None:
            router.go(self.tutor, routes.Lesson(lesson))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without lessons, disable the keys for a quiz and for numbers."""
        if action == "fold":
            return self._part_to_fold() is not None
        return bool(self._headers) or action not in {"quiz", "number", "labs"}

    def _part_to_fold(self) -> Part | None:
        """The unfolded finished part that the selected row belongs to."""
        selected = self.query_one(RowList).selected
        for part in parts_of(self._headers):
            if part.key in self._opened and (selected == part.key or any(each.id == selected for each in part.headers)):
                return part
        return None

    def action_fold(self) -> None:
        part = self._part_to_fold()
        if part is not None:
            self._opened.discard(part.key)
            self.query_one(RowList).set_items(self._items(), select=part.key)

    def action_labs(self) -> None:
        router.go(self.tutor, routes.Labs())

    def action_quiz(self) -> None:
        if (lesson := self._selected_lesson()) is not None:
            router.go(self.tutor, routes.Quiz(lesson))

    def action_runs(self) -> None:
        router.go(self.tutor, routes.Runs())

    def action_notes(self) -> None:
        """Show the notes and stars."""
        router.go(self.tutor, routes.Notes())

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
            folded = [part for part in parts_of(self._headers) if any(each.id == lesson for each in part.headers)]
            if folded[0].finished(self._states) and folded[0].key not in self._opened:
                self._opened.add(folded[0].key)
                self._show()
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
"""Cells before a title: margin, mark, number, spaces."""
_SCORE, _AGAIN = 5, 6
"""Cells for the score of the questions, and for the number of wrong answers."""
_BAR, _WIDE_BAR = 8, 12
_MOST_FAULTS = 8
"""Faults listed on the map; the heading gives the number of all."""
_GAP = "  "
_PART = "part:"


class GoingOn(NamedTuple):
    """Where the course goes on.

    Args:
        lesson_id: The lesson.
        section: The number of the section that was read last, from 1.
        sections: How many sections the lesson has.
        title: The title of that section.
    """

    lesson_id: str
    section: int
    sections: int
    title: str


class Part(NamedTuple):
    """A part of the course with its lessons, in order. The number counts from 1."""

    number: int
    title: str
    headers: tuple[LessonHeader, ...]

    @property
    def key(self) -> str:
        """The key of its row."""
        return f"{_PART}{self.number}"

    def finished(self, states: States) -> bool:
        """Whether every lesson is finished."""
        return all(each.id in states and states[each.id].finished for each in self.headers)


def parts_of(headers: Sequence[LessonHeader]) -> list[Part]:
    """The parts of the course in order. Lessons before the first named part have a part without a title."""
    found: list[Part] = []
    for header in headers:
        if not found or (header.part and header.part != found[-1].title):
            found.append(Part(len(found) + 1, header.part, ()))
        found[-1] = found[-1]._replace(headers=(*found[-1].headers, header))
    return found


def bar(fraction: float, width: int, *, done: bool = False) -> Row:
    """A bar of ``width`` cells. A lesson that was begun fills at least one cell, and only a finished one fills all."""
    full = width if done else min(width - 1, max(int(fraction * width), 1 if fraction > 0 else 0))
    return bar_cells(full, width, "bar-done" if done else "bar")


def map_items(
    headers: Sequence[LessonHeader], states: States, last: str | None, faults: Iterable[Fault] = (), *,
    due: int = 0, going_on: GoingOn | None = None, opened: Collection[str] = (), height: int = 0,
) -> list[RowItem]:  # fmt: skip
    """The rows of the map, top to bottom.

    Args:
        headers: The lessons in order.
        states: The learner's progress.
        last: The lesson opened last.
        faults: Faults in lesson files.
        due: How many cards are due.
        going_on: The section at which the course goes on, once its lesson has been read.
        opened: The keys of the finished parts that are shown in full.
        height: The rows in view; with enough of them, a blank row parts the parts.
    """
    here = lesson_to_continue(headers, states, last)
    items = _continue_items(headers, states, here, due, going_on)
    if headers and not states:
        items += [blank(), *_welcome_items(here)]
    groups = []
    for part in parts_of(headers):
        finished = part.finished(states)
        if finished and part.title and part.key not in opened:
            groups.append([_folded_item(part, states)])
            continue
        heads = [_part_item(part, finished=finished)] if part.title else []
        groups.append([*heads, *(_lesson_item(each, states.get(each.id), here=each is here) for each in part.headers)])
    found = _fault_items(faults)
    airy = len(items) + len(found) + sum(len(group) + 1 for group in groups) <= height
    for group in groups:
        items += [blank(), *group] if airy or (group is groups[0] and not states) else group
    return [*items, *found]


def empty_items(message: str, hint: str, width: int) -> list[RowItem]:
    """The rows shown instead of the map if there are no lessons: sentences broken for ``width`` cells."""

    def item(line: str, sign: str) -> RowItem:
        return fixed(lambda _width: [Span(f"  {sign} ", "bad bold"), Span(line)])

    lines = wrapped(harmless_line(message), width - 6)
    items = [item(line, WARNING if index == 0 else " ") for index, line in enumerate(lines)]
    return [blank(), *items, *(item(line, " ") for line in wrapped(harmless_line(hint), width - 6))]


def _edged(left: Row, right: Row, width: int) -> Row:
    """Two ends of a row, with the margin of the page at the right."""
    return spread_row(left, [*right, Span(" ")], width)


def _continue_items(
    headers: Sequence[LessonHeader], states: States, header: LessonHeader | None, due: int, going_on: GoingOn | None
) -> list[RowItem]:
    """Where the course goes on: the lesson, and below it the section, the cards that are due, the minutes left."""
    if not headers:
        return []
    if header is None:
        return [RowItem(CONTINUE, lambda width: _all_done_row(due, width), selectable=False)]
    state = states.get(header.id)

    def draw(width: int) -> Row:
        word = translate("home.continue") if states else translate("home.start")
        right = [Span(f"{word}{_GAP}", "accent bold"), Span("enter", "key")]
        title = shorten(harmless_line(header.title), width - row_width(right) - _LEFT - 3)
        return _edged([Span(f"    {header.number:>2} ", "accent bold"), Span(title, "strong")], right, width)

    def draw_below(width: int) -> Row:
        right = _due_cells(due)
        minutes = minutes_left(header, state)
        if minutes:
            begun = state is not None and state.begun
            text = translate("home.minutes-left", minutes=minutes) if begun else _minutes(header)
            right += [Span(" · " if right else "", "muted"), Span(text, "muted")]
        where = ""
        if going_on is not None and going_on.lesson_id == header.id:
            where = translate("home.section", section=going_on.section, sections=going_on.sections)
            where += f" · {going_on.title}" if going_on.title else ""
        room = width - row_width(right) - _LEFT - 3
        return _edged([Span(" " * _LEFT), Span(shorten(where, room) if room > 0 else "", "muted")], right, width)

    return [RowItem(CONTINUE, draw), RowItem("", draw_below, selectable=False, joined=True)]


def _due_cells(due: int) -> Row:
    return [Span(translate("home.cards-due", sign=AGAIN, count=due), "valid")] if due else []


def _all_done_row(due: int, width: int) -> Row:
    right = _due_cells(due)
    text = shorten(translate("home.all-done"), width - row_width(right) - 8)
    return _edged([Span(f"  {RIGHT} ", "good bold"), Span(text, "strong")], right, width)


def _welcome_items(header: LessonHeader | None) -> list[RowItem]:
    """What to press, in three lines, for somebody who has not begun."""
    lines = (
        ("enter", translate("home.welcome-enter", number=header.number if header is not None else 1)),
        ("?", translate("home.welcome-help")),
        ("q", translate("home.welcome-quit")),
    )

    def item(key: str, text: str) -> RowItem:
        return fixed(lambda width: [Span(f"  {pad(key, 7)}", "key"), Span(shorten(text, max(0, width - 10)), "muted")])

    return [item(*line) for line in lines]


def _part_item(part: Part, *, finished: bool) -> RowItem:
    """The title of a part and a rule. That of a finished part can be selected, and then folds."""

    def draw(width: int) -> Row:
        text = shorten(harmless_line(part.title), width - 6)
        rest = width - 5 - cell_width(text)
        sign = Span("▾ ", "accent") if finished else Span("  ")
        return [Span("  "), sign, Span(text, "strong"), Span(" "), Span("─" * max(0, rest - 1), "rule")]

    return RowItem(part.key, draw, selectable=finished)


def _folded_item(part: Part, states: States) -> RowItem:
    """A finished part on one row."""
    own = [states[each.id] for each in part.headers]
    right = sum(each.questions_right for each in own)
    total = sum(each.questions_counted for each in own)
    wrong = sum(len(each.wrong_ids) for each in own)

    def draw(width: int) -> Row:
        count = translate("home.lessons", count=len(part.headers))
        ends = [*_score_cells(right, total, wrong), Span(f" {HERE}", "accent")]
        room = width - row_width(ends) - cell_width(count) - 9
        title = shorten(harmless_line(part.title), max(8, room))
        left = [Span("  "), Span(f"{RIGHT} ", "good bold"), Span(title, "strong"), Span(f"{_GAP}{count}", "muted")]
        return spread_row(left, ends, width)

    return RowItem(part.key, draw)


def _minutes(header: LessonHeader) -> str:
    return translate("home.minutes", minutes=header.minutes) if header.minutes else ""


def _lesson_item(header: LessonHeader, state: LessonState | None, *, here: bool) -> RowItem:
    done = state is not None and state.finished
    begun = state is not None and state.begun and not done

    def draw(width: int) -> Row:
        sign, ink = (RIGHT, "good bold") if done else (HERE, "accent bold") if begun else (" ", "text")
        ends = _ends(header, state)
        if state is not None and begun and width >= 60:
            ends = [*bar(state.progress, _BAR if width < 90 else _WIDE_BAR), Span(" "), *ends]
        mark = language_mark(header.language)
        mark = f" {mark}" if mark else ""
        room = width - _LEFT - row_width(ends) - 3 - cell_width(mark)
        title = shorten(harmless_line(header.title), max(8, room)) + mark
        number = Span(f"{header.number:>2} ", "accent bold" if here else "muted")
        return _edged(
            [Span("  "), Span(f"{sign} ", ink), number, Span(title, "strong" if here else "text")], ends, width
        )

    return RowItem(header.id, draw)


def _ends(header: LessonHeader, state: LessonState | None) -> Row:
    """The score and the number of answers to try again; the minutes, if nothing has been answered yet."""
    if state is not None and state.tested_out:
        return [Span(pad_left(translate("exam.tested-out"), _SCORE + _AGAIN), "good")]
    if state is None or not state.questions_answered:
        return [Span(_minutes(header), "muted")]
    return _score_cells(state.questions_right, state.questions_counted, len(state.wrong_ids))


def _score_cells(right: int, total: int, wrong: int) -> Row:
    again = pad_left(f"{AGAIN} {wrong}" if wrong else "", _AGAIN)
    return [Span(pad_left(f"{right}/{total}", _SCORE), "muted" if right < total else "good"), Span(again, "valid")]


def _fault_items(faults: Iterable[Fault]) -> list[RowItem]:
    """The faults of lesson files under a heading, one row each."""
    rows = [(_short_place(fault), harmless_line(fault.message)) for fault in faults]
    if not rows:
        return []
    name_width = min(32, max(cell_width(name) for name, _ in rows))

    def draw_heading(width: int) -> Row:
        text = shorten(translate("home.faults", count=len(rows)), width - 5)
        return [Span(f"  {WRONG} ", "bad bold"), Span(text)]

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
    """Lesson ids by their number on the map. Lessons of packs are not among them: each pack has numbers of its own."""
    return {header.number: header.id for header in headers if not header.pack}
