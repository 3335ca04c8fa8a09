"""How it stands: lessons, accuracy, days in a row, what is mixed up, how sure one is, and what authors ask."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypedDict

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical

from tutor.charts.cells import Row, Rows, Span
from tutor.foundation import clock
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, translate
from tutor.tui import router, routes
from tutor.tui.commands import Command, bindings_of
from tutor.tui.row_pages import blank, sentence_items
from tutor.tui.screen import TutorScreen
from tutor.tui.screens.progress_pages import (
    confidence_items,
    miss_items,
    overview_items,
    report_items,
    tabs_row,
    topic_items,
)
from tutor.tui.widgets.chart import Room, RowsView
from tutor.tui.widgets.row_list import MOVES, RowItem, RowList

if TYPE_CHECKING:
    from tutor.course.lesson import Question
    from tutor.study.progress_report import Overview

_PAGES = (
    "stats.page-overview", "stats.page-topics", "stats.page-misses", "stats.page-confidence", "stats.page-items",
)  # fmt: skip
_OVERVIEW, _TOPICS, _MISSES, _CONFIDENCE, _ITEMS = range(len(_PAGES))


class _Look(TypedDict):
    """How charts are drawn, and whether they can be yet."""

    drawable: bool
    ascii: bool


_Draw = Callable[[int, _Look], list[RowItem]]
"""The rows of a page at a width."""


class ProgressList(RowList, inherit_bindings=False):
    """A page; left and right turn it, so only enter chooses."""

    KEYS: ClassVar[tuple[Command, ...]] = (
        *(command for command in MOVES if command.id != "list.choose"),
        Command("list.choose", ("enter",), "keys.open", footer=1, group="keys.group-move", palette=False),
    )
    BINDINGS = bindings_of(KEYS)


class ProgressScreen(TutorScreen):
    """Five pages, turned by left and right, tab, or their numbers."""

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("stats.next-page", ("right", "l", "tab"), "stats.key-next-page", footer=2),
        Command("stats.previous-page", ("left", "h", "shift+tab"), "stats.key-previous-page"),
        Command("stats.page", tuple("12345"), "stats.key-page", shown="1–5", footer=3, tells_key=True, palette=False),
    )
    CSS = """
    ProgressScreen #progress-tabs { height: 1; }
    ProgressScreen RowList { height: 1fr; max-width: 96; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.page = 0
        self._overview: Overview | None = None
        self._ready: dict[int, _Draw] = {}
        self._questions: dict[str, Question] = {}
        self._drawable = False

    def compose_body(self) -> ComposeResult:
        """The names of the pages, and one of them."""
        with Vertical():
            yield RowsView(self._tabs, id="progress-tabs")
            yield ProgressList(id="progress-page")

    @property
    def pages_read(self) -> set[int]:
        """The pages whose figures are there, counted from 0."""
        return set(self._ready)

    def breadcrumb(self) -> list[str]:
        """``tutor › Progress``."""
        return [translate("stats.title")]

    def on_mount(self) -> None:
        """Count while the frame is painted."""
        self.query_one(RowList).focus()
        self._show_page()
        self._count()

    def on_resize(self, event: events.Resize) -> None:
        """Sentences are broken for the width."""
        self._show_page()

    def renew(self) -> None:
        """Titles and options are of the language in use."""
        super().renew()
        self._show_page()
        self._count()

    def on_screen_resume(self) -> None:
        """Back from a lesson: it stands differently now."""
        super().on_screen_resume()
        if self._ready:
            self._count()

    # -- counting ----------------------------------------------------------------------------------------

    def _count(self) -> None:
        # All answers are gone through, and lessons read for their options: not for the event loop.
        self.run_worker(self._work, thread=True, exit_on_error=False, exclusive=True)

    def _work(self) -> None:
        # The page that shows comes first; one that was never looked at is not read at all.
        self._read(self.page)
        for page in {_OVERVIEW, *self._ready} - {self.page}:
            self._read(page)
        if not self._drawable:
            # The figures are painted before plotext is imported: a thread that imports holds the painter up.
            self.app.call_from_thread(self.call_after_refresh, self._prepare_charts)

    def _prepare_charts(self) -> None:
        self.run_worker(self._import_charts, thread=True, exit_on_error=False, exclusive=True, group="charts")

    def _import_charts(self) -> None:
        from tutor.charts.plot import preload

        preload()
        import tutor.charts.loss  # noqa: F401 - imported here, so that the first chart does not wait for them

        self.app.call_from_thread(self._can_draw)

    def _read(self, page: int) -> None:
        read = (self._read_overview, self._read_topics, self._read_misses, self._read_confidence, self._read_items)
        self.app.call_from_thread(self._show_read, page, read[page]())

    def _read_overview(self) -> _Draw:
        from tutor.study.progress_report import overview

        found = overview(self.services.store, self.services.course, language(), clock.utc_now())
        self._overview = found
        return lambda width, look: overview_items(found, width, **look)

    def _read_topics(self) -> _Draw:
        from tutor.study.progress_report import topics

        found = topics(self.services.store, self.services.course, language())
        return lambda width, look: topic_items(found, width, **look)

    def _read_misses(self) -> _Draw:
        from tutor.study.progress_report import mix_ups

        found, titles = mix_ups(self.services.store, self.services.course, language()), self._titles()
        self._questions |= {f"miss:{number}": each.question for number, each in enumerate(found)}
        return lambda width, _look: miss_items(found, width, titles)

    def _read_confidence(self) -> _Draw:
        from tutor.study.calibration import confidence

        found = confidence(self.services.store.statistics.estimates())
        return lambda width, look: confidence_items(found, width, **look)

    def _read_items(self) -> _Draw:
        from tutor.study.misconceptions import item_reports

        course = self.services.course
        items = self.services.store.statistics.items()
        found, titles = (item_reports(items, course, language()) if course is not None else []), self._titles()
        self._questions |= {f"item:{number}": each.question for number, each in enumerate(found)}
        return lambda width, _look: report_items(found, width, titles)

    def _show_read(self, page: int, draw: _Draw) -> None:
        self._ready[page] = draw
        if page == self.page:
            self._show_page()
        if page == _OVERVIEW:
            self.refresh_frame()
        self.say_notices()

    def _can_draw(self) -> None:
        self._drawable = True
        self._show_page()

    # -- pages -------------------------------------------------------------------------------------------

    def _tabs(self, room: Room) -> Rows:
        return [tabs_row([translate(name) for name in _PAGES], self.page, room.width)]

    def _show_page(self) -> None:
        page = self.query_one(RowList)
        page.set_items(self._rows(page.scrollable_content_region.width or self.size.width))
        self.query_one("#progress-tabs", RowsView).redraw()

    def _rows(self, width: int) -> list[RowItem]:
        draw = self._ready.get(self.page)
        if draw is None:
            return [blank(), *sentence_items(translate("stats.reading"), width)]
        return draw(width, {"drawable": self._drawable, "ascii": self.tutor.ascii})

    def _titles(self) -> dict[str, str]:
        course = self.services.course
        headers = course.headers(language()) if course is not None else []
        return {header.id: header.numbered_title for header in headers}

    def status(self) -> Row:
        """Days in a row."""
        if self._overview is None or not self._overview.streak:
            return []
        return [Span(f"{translate('stats.row-streak')} ", "muted"), Span(str(self._overview.streak), "strong")]

    # -- keys --------------------------------------------------------------------------------------------

    def _turn_to(self, page: int) -> None:
        self.page = page % len(_PAGES)
        if self.page not in self._ready:
            self.run_worker(partial(self._read, self.page), thread=True, exit_on_error=False)
        self._show_page()
        self.query_one(RowList).scroll_to(y=0, animate=False)
        self.refresh_frame()

    def action_next_page(self) -> None:
        """The page after this one."""
        self._turn_to(self.page + 1)

    def action_previous_page(self) -> None:
        """The page before."""
        self._turn_to(self.page - 1)

    def action_page(self, key: str) -> None:
        """The page of that number."""
        self._turn_to(int(key) - 1)

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Open the lesson, at the question where there is one."""
        kind, _, rest = event.key.partition(":")
        if kind == "lesson":
            router.go(self.tutor, routes.Lesson(rest))
        elif question := self._questions.get(event.key):
            router.go(self.tutor, routes.Lesson(harmless_line(question.lesson_id), question.id))


def screen_for(_route: routes.Progress) -> ProgressScreen:
    """The screen of a route."""
    return ProgressScreen()
