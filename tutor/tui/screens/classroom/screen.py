"""The class on a teacher's screen: five pages; left and right, tab or their numbers switch between them."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical

from tutor.charts.cells import Row, Rows, Span
from tutor.classroom.export import write_answers
from tutor.classroom.items import items_of
from tutor.classroom.polls import choices_of, seed_of
from tutor.course.questions import question_type
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, translate
from tutor.tui import router, routes
from tutor.tui.commands import Command, bindings_of
from tutor.tui.questions.one_question import QuizFlow
from tutor.tui.questions.poll_rows import asked_rows
from tutor.tui.questions.poll_view import PollView, RowsBlock
from tutor.tui.questions.rows import page_rows, plain_rows
from tutor.tui.screen import TutorScreen, Whereabouts
from tutor.tui.screens.classroom.pages import (
    ReadItem,
    RunOfClass,
    export_items,
    item_items,
    lab_in,
    poll_items,
    question_in,
    room_items,
    room_summary,
    run_items,
    waiting_text,
)
from tutor.tui.widgets.row_list import MOVES, RowItem, RowList
from tutor.tui.widgets.rows import Area, RowsView, bar_cells
from tutor.tui.widgets.tabs import tabs_row, underline_row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tutor.classroom.desk import Desk
    from tutor.classroom.items import ItemOfClass
    from tutor.classroom.room import Poll
    from tutor.course.catalogue import LessonHeader
    from tutor.course.lesson import Lesson, Question
    from tutor.tui.classroom import TeacherSide

_PAGES = ("class.page-room", "class.page-items", "class.page-poll", "class.page-runs", "class.page-export")
ROOM, ITEMS, POLL, RUNS, EXPORT = range(5)
_ROOM_EVERY = 1.0
_SLOW_EVERY = 3.0
"""Seconds between two looks at answers and runs, which take longer."""
_RUNS_OF_ONE = 4
_MOST_RUNS = 100
_BAR = 40


class ClassList(RowList, inherit_bindings=False):
    """A page. Left and right go to other pages, so only enter chooses a row."""

    KEYS: ClassVar[tuple[Command, ...]] = (
        *(command for command in MOVES if command.id != "list.choose"),
        Command("list.choose", ("enter",), "keys.open", footer=1, group="keys.group-move", palette=False),
    )
    BINDINGS = bindings_of(KEYS)


class ClassroomScreen(TutorScreen):
    """Room, items, poll, runs and export."""

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("classroom.close", ("c",), "class.key-close", "class.key-close-help", footer=1),
        Command("classroom.decide", ("r",), "class.key-run", "class.key-run-help", footer=1),
        Command("classroom.again", ("a",), "class.key-again", "class.key-again-help", footer=2),
        Command("classroom.put-away", ("x",), "class.key-put-away", "class.key-put-away-help", footer=3),
        Command("classroom.next-lesson", ("right_square_bracket", "n"), "class.key-next-lesson", footer=3),
        Command("classroom.previous-lesson", ("left_square_bracket", "b"), "class.key-previous-lesson", footer=4),
        Command("classroom.export", ("e",), "class.key-export", "class.key-export-help", footer=1),
        Command("classroom.course", ("o",), "class.key-course", "class.key-course-help", footer=6),
        Command("classroom.next-page", ("right", "l", "tab"), "stats.key-next-page", footer=7),
        Command("classroom.previous-page", ("left", "h", "shift+tab"), "stats.key-previous-page"),
        Command("classroom.page", tuple("12345"), "stats.key-page", shown="1–5", footer=8, passes_key=True,
                palette=False),
    )  # fmt: skip
    CSS = """
    ClassroomScreen #class-tabs { height: 2; }
    ClassroomScreen RowList { height: 1fr; }
    ClassroomScreen QuizFlow { height: 1fr; padding: 0 1; align-horizontal: center; scrollbar-size-vertical: 1; }
    ClassroomScreen QuizFlow > Vertical { max-width: 82; height: auto; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.page = ROOM
        self._lesson: Lesson | None = None
        self._lesson_id = ""
        self._items: list[ReadItem] | None = None
        self._runs: list[RunOfClass] | None = None
        self._working = False
        self._looked_at = {ITEMS: 0.0, RUNS: 0.0}
        self._deciding = ""

    # -- the frame ----------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        with Vertical():
            yield RowsView(self._tabs, id="class-tabs")
            yield ClassList(id="class-page")
            with QuizFlow(), Vertical():
                yield RowsBlock(self._open_poll, id="class-open-poll")
                yield PollView(self._desk.folder.runs)

    @property
    def _side(self) -> TeacherSide:
        return cast("TeacherSide", self.tutor.classroom)

    @property
    def _desk(self) -> Desk:
        return self._side.desk

    def breadcrumb(self) -> list[str]:
        """``tutor › Class NAME``."""
        return [translate("class.title-of", name=harmless_line(self._desk.folder.path.name))]

    def whereabouts(self) -> Whereabouts | None:
        """Nobody can be called here."""
        return Whereabouts("classroom")

    def status(self) -> Row:
        """How many are there and who wants help; or that the log cannot be read."""
        if self._desk.problem:
            return [Span(self._desk.problem, "bad")]
        return [Span(room_summary(self._desk.room, self._desk.now()), "muted")]

    def on_mount(self) -> None:
        self.query_one(RowList).focus()
        self.set_interval(_ROOM_EVERY, self._tick)
        self._show_page()

    def on_resize(self, event: events.Resize) -> None:
        self._show_page()

    def refresh_texts(self) -> None:
        super().refresh_texts()
        self._items = self._lesson = None
        self._side.read_question(self.class_changed)
        self._look_slowly(force=True)
        self._show_page()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._show_page()

    def class_changed(self) -> None:
        """Draw again what has changed."""
        if self.is_current:
            self._show_page()
            self.refresh_frame()
            self.refresh_bindings()

    def _tick(self) -> None:
        """Draw what only time changes."""
        if not self.is_current or self.tutor.unseen:
            return
        if self.page == ROOM:
            self._show_page()
        self._look_slowly()
        self.refresh_frame()

    # -- pages --------------------------------------------------------------------------------------------

    def _tabs(self, area: Area) -> Rows:
        names = [translate(name) for name in _PAGES]
        return [tabs_row(names, self.page, area.width), underline_row(names, self.page, area.width)]

    @property
    def _shows_poll(self) -> bool:
        return self.page == POLL and self._side.poll is not None

    def _show_page(self) -> None:
        page, flow = self.query_one(RowList), self.query_one(QuizFlow)
        page.display, flow.display = not self._shows_poll, self._shows_poll
        self.query_one("#class-tabs", RowsView).redraw()
        if self._shows_poll:
            self.run_worker(self._show_poll(), group="poll")
        else:
            width = page.scrollable_content_region.width or self.size.width
            page.set_items(self._rows(width))
            if not page.has_focus:
                page.focus()

    def _rows(self, width: int) -> list[RowItem]:
        desk = self._desk
        if self.page == ROOM:
            return room_items(desk.room, self._titles(), desk.now(), width)
        if self.page == ITEMS:
            return item_items(self._items, self._titles(), width)
        if self.page == POLL:
            header = self._header()
            return poll_items(self._lesson_to_ask(), header.numbered_title if header is not None else "", width)
        if self.page == RUNS:
            return run_items(self._runs, width)
        return export_items(desk.room, desk.folder.exports, width)

    def _titles(self) -> dict[str, str]:
        return {header.id: header.numbered_title for header in self.workspace.headers()}

    def _go_to(self, page: int) -> None:
        self.page = page % len(_PAGES)
        self._look_slowly(force=True)
        self._show_page()
        self.refresh_frame()
        self.refresh_bindings()

    def action_next_page(self) -> None:
        self._go_to(self.page + 1)

    def action_previous_page(self) -> None:
        self._go_to(self.page - 1)

    def action_page(self, key: str) -> None:
        self._go_to(int(key) - 1)

    # -- what takes longer, in a thread -------------------------------------------------------------------

    def _look_slowly(self, *, force: bool = False) -> None:
        """Read the questions of the answers, or the runs, if their page is in view and it is time."""
        now = time.monotonic()
        if self.page not in self._looked_at or self._working or self.tutor.unseen:
            return
        if not force and now - self._looked_at[self.page] < _SLOW_EVERY:
            return
        self._looked_at[self.page] = now
        self._working = True
        if self.page == ITEMS:
            found = items_of(self._desk.room)
            self.run_worker(partial(self._read_items, found), thread=True, exit_on_error=False)
        else:
            self.run_worker(self._read_runs, thread=True, exit_on_error=False)

    def _read_items(self, found: list[ItemOfClass]) -> None:
        from tutor.study.misconceptions import question_in as find

        course, spoken = self.workspace.course, language()
        try:
            items = [
                ReadItem(each, find(course, each.lesson, each.question, spoken) if course is not None else None)
                for each in found
            ]
        finally:
            self._working = False
        if self.is_attached:
            self.app.call_from_thread(self._take_items, items)

    def _take_items(self, items: list[ReadItem]) -> None:
        self._items = items
        if self.page == ITEMS:
            self._show_page()

    def _read_runs(self) -> None:
        from tutor.runs.registry import entry_of

        folder = self._desk.folder
        try:
            found = [
                RunOfClass("", entry_of(path), path)
                for path in sorted(_folders(folder.runs), reverse=True)[:_MOST_RUNS]
            ]
            for name in folder.names():
                found += [RunOfClass(name, entry_of(path), path) for path in folder.runs_of(name, _RUNS_OF_ONE)]
        finally:
            self._working = False
        found.sort(key=lambda each: each.entry.started_at, reverse=True)
        found.sort(key=lambda each: (bool(each.name), not each.entry.alive))
        if self.is_attached:
            self.app.call_from_thread(self._take_runs, found[:_MOST_RUNS])

    def _take_runs(self, found: list[RunOfClass]) -> None:
        self._runs = found
        if self.page == RUNS:
            self._show_page()

    # -- polls --------------------------------------------------------------------------------------------

    def _header(self) -> LessonHeader | None:
        """The lesson whose questions are offered: at first the one where most learners are."""
        headers = self.workspace.headers()
        if not self._lesson_id and headers:
            at = [each.present.lesson for each in self._desk.room.learners.values() if each.present is not None]
            known = [each for each in at if any(each == header.id for header in headers)]
            self._lesson_id = max(set(known), key=known.count) if known else headers[0].id
        return next((each for each in headers if each.id == self._lesson_id), None)

    def _lesson_to_ask(self) -> Lesson | None:
        header = self._header()
        if header is not None and (self._lesson is None or self._lesson.id != header.id):
            self._lesson = self.workspace.lesson(header.id)
            self._desk.pick(header.id)
        return self._lesson

    def _step_lesson(self, by: int) -> None:
        ids = [each.id for each in self.workspace.headers()]
        if self._lesson_id in ids:
            self._lesson_id = ids[(ids.index(self._lesson_id) + by) % len(ids)]
            self._show_page()

    def action_next_lesson(self) -> None:
        self._step_lesson(1)

    def action_previous_lesson(self) -> None:
        self._step_lesson(-1)

    async def _show_poll(self) -> None:
        poll, question = self._side.poll, self._side.question
        if poll is None or not self.query(PollView):
            return
        view, block = self.query_one(PollView), self.query_one("#class-open-poll", RowsBlock)
        block.display = poll.open or question is None
        view.display = not block.display
        if block.display:
            block.renew()
        elif question is not None:
            await view.show(poll, question)
        if view.display:
            view.focus(scroll_visible=False)
        elif self.focused is not None:
            self.set_focus(None)

    def _open_poll(self, width: int) -> list[Row]:
        """A poll that is open: what is asked, how many have answered, and who has not."""
        poll, question, ascii = self._side.poll, self._side.question, self.tutor.ascii
        if poll is None:
            return []
        if question is None:
            key = "class.question-missing" if self._side.question_missing else "class.question-coming"
            return [[], *plain_rows(translate(key), width, ink="muted")]
        rows: list[Row] = [[], *asked_rows(question, width, ascii=ascii), *_options(question, poll, width, ascii=ascii)]
        room, now = self._desk.room, self._desk.now()
        answered = len(room.votes(poll))
        present = max(answered, room.count_here(now))
        full = round(_BAR * answered / present) if present else 0
        key = translate("class.answered-of", answered=answered, present=present)
        rows += [[], [Span("  "), *bar_cells(full, _BAR), Span(f"  {key}", "strong")]]
        if missing := waiting_text(room, poll, now):
            rows += plain_rows(missing, width, ink="muted")
        if poll.opened.anonymous:
            rows += plain_rows(translate("class.is-anonymous"), width, ink="muted")
        return rows

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Open a poll, watch a run, or go to the lesson of a learner or a question."""
        if self.page == POLL:
            self._open_chosen(event.key)
        elif self.page == RUNS:
            self._watch(event.key)
        elif self.page == ITEMS and self._items is not None:
            item = self._items[int(event.key.partition(":")[2])].item
            self._go_to_lesson(item.lesson, item.question)
        elif self.page == ROOM and (learner := self._desk.room.learners.get(event.key)) is not None:
            self._go_to_lesson(learner.present.lesson if learner.present is not None else "")

    def _go_to_lesson(self, lesson_id: str, anchor: str = "") -> None:
        """Open a lesson that this course has."""
        if any(header.id == lesson_id for header in self.workspace.headers()):
            router.go(self.tutor, routes.Lesson(lesson_id, anchor))

    def _open_chosen(self, key: str) -> None:
        lesson = self._lesson
        question = lesson.question(question_in(key)) if lesson is not None and question_in(key) else None
        if question is not None:
            self._side.act(partial(self._desk.open_question, question))
        elif lab := lab_in(key):
            self._side.act(partial(self._open_lab, lab))
        self._side.read_question(self.class_changed)

    def _open_lab(self, lab: str) -> None:
        from tutor.labs.lab_files import load_lab

        course = self.workspace.course
        if course is not None:
            self._desk.open_lab(lab, choices_of(load_lab(lab, course.labs)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done with the poll depends on where it stands."""
        poll = self._side.poll if self._shows_poll else None
        offered = {
            "close": poll is not None and poll.open,
            "decide": poll is not None and not poll.revealed and not poll.open and self._deciding != poll.id,
            "again": poll is not None and not poll.revealed and not poll.open,
            "put_away": poll is not None and not poll.open,
            "next_lesson": self.page == POLL and poll is None,
            "previous_lesson": self.page == POLL and poll is None,
            "export": self.page == EXPORT,
        }
        return offered.get(action, super().check_action(action, parameters))

    def action_close(self) -> None:
        if (poll := self._side.poll) is not None:
            self._side.act(partial(self._desk.close_poll, poll))
            self._side.look()

    def action_again(self) -> None:
        if (poll := self._side.poll) is not None:
            self._side.act(partial(self._desk.vote_again, poll))

    def action_put_away(self) -> None:
        if (poll := self._side.poll) is not None:
            self._side.act(partial(self._desk.put_away, poll))

    def action_decide(self) -> None:
        """Start the runs of the poll in a thread, for everybody; without runs, the answer key decides."""
        poll, question = self._side.poll, self._side.question
        if poll is None or question is None:
            return
        if not question.labs and not poll.opened.lab:
            self._side.act(partial(self._desk.started, poll, ()))
            return
        self._deciding = poll.id
        self.run_worker(partial(self._start_runs, poll, question), thread=True, exit_on_error=False)

    def _start_runs(self, poll: Poll, question: Question) -> None:
        try:
            runs: Sequence[str] = self._desk.run(poll, question, self.workspace.course)
        except (OSError, TutorError) as error:
            self.app.call_from_thread(self._cannot_run, str(error))
            return
        self.app.call_from_thread(self._side.act, partial(self._desk.started, poll, runs))

    def _cannot_run(self, reason: str) -> None:
        self._deciding = ""
        self.notice(translate("class.cannot-run", reason=reason), "warning")

    # -- runs, export, course -----------------------------------------------------------------------------

    def _watch(self, key: str) -> None:
        chosen = next((each for each in self._runs or () if str(each.folder) == key), None)
        if chosen is None:
            return
        if chosen.name:
            router.go(self.tutor, routes.ClassRun(chosen.folder, chosen.name))
        else:
            router.go(self.tutor, routes.Cell(chosen.folder))

    def action_export(self) -> None:
        """Write every answer into a table."""
        desk = self._desk

        def write() -> None:
            path, count = write_answers(desk.room, desk.folder, desk.now())
            desk.exported(path.name, count)

        if self._side.act(write):
            self._show_page()

    def action_course(self) -> None:
        """Open the course, to call everybody to a lesson or a lab."""
        router.go(self.tutor, routes.Home())


def _options(question: Question, poll: Poll, width: int, *, ascii: bool) -> list[Row]:
    """The options under the numbers that every learner sees."""
    rows: list[Row] = []
    for place, index in enumerate(question_type(question.kind).shown(question, seed_of(poll)), 1):
        if index < len(question.options):
            lines = page_rows(question.options[index].text, width, ascii=ascii, indent=6, inline=True)
            lines[0] = [Span(f"  {place}   ", "key"), *lines[0][1:]]
            rows += lines
    return rows


def _folders(folder: Path) -> list[Path]:
    with suppress(OSError):
        return [each for each in folder.iterdir() if each.is_dir() and not each.name.startswith(".")]
    return []
