"""The labs of the course by lesson, each with its goal and the best attempt; enter opens one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from tutor.charts.cells import Row, Span, row_width, spread_row
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, shorten
from tutor.foundation.translate import language, translate
from tutor.tui import router, routes
from tutor.tui.screen import TutorScreen
from tutor.tui.themes import RIGHT
from tutor.tui.widgets.lab_best import best_cells
from tutor.tui.widgets.row_list import RowItem, RowList, blank, ruled_heading, sentence_items

if TYPE_CHECKING:
    from tutor.course.catalogue import LessonHeader
    from tutor.runs.lab_list import ListedLab


class LabsScreen(TutorScreen):
    """Every lab. The lessons are read in the background, if that has not happened yet."""

    def __init__(self) -> None:
        super().__init__()
        self._labs: Sequence[ListedLab] | None = None

    def compose_body(self) -> ComposeResult:
        yield RowList(self._items(), id="labs")

    def breadcrumb(self) -> list[str]:
        """``tutor › Labs``."""
        return [translate("home.labs-title")]

    def status(self) -> Row:
        """How many goals are reached."""
        goals = [each for each in self._labs or () if each.heading.goal]
        if not goals:
            return []
        met = sum(each.best is not None and each.best.met for each in goals)
        return [Span(f"{RIGHT} ", "good"), Span(translate("home.goals-met", count=met, goals=len(goals)), "muted")]

    def on_mount(self) -> None:
        """Read the labs after the first frame."""
        self.query_one(RowList).focus()
        self.call_after_refresh(self._read)

    def on_screen_resume(self) -> None:
        """Read them again: the learner may come back from a lab."""
        super().on_screen_resume()
        if self._labs is not None:
            self._read()

    def refresh_texts(self) -> None:
        super().refresh_texts()
        self._read()

    def _read(self) -> None:
        self.run_worker(self._work, thread=True, exit_on_error=False, exclusive=True)

    def _work(self) -> None:
        from tutor.runs.lab_list import labs_by_lesson

        course = self.workspace.course
        found = labs_by_lesson(course, self.workspace.store, language()) if course is not None else []
        self.app.call_from_thread(self._show, found)

    def _show(self, found: Sequence[ListedLab]) -> None:
        self._labs = found
        self.query_one(RowList).set_items(self._items())
        self.refresh_frame()

    def _items(self) -> list[RowItem]:
        if self._labs is None:
            return [blank(), *sentence_items(translate("stats.reading"), self.size.width)]
        return lab_items(self._labs, ascii=self.tutor.ascii)

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Open the lab as its lesson does."""
        lab = next((each for each in self._labs or () if each.heading.name == event.key), None)
        if lab is not None:
            overrides = lab.fence.overrides if lab.fence is not None else {}
            router.go(self.tutor, routes.Lab(lab.heading.name, overrides))


def lab_items(labs: Sequence[ListedLab], *, ascii: bool) -> list[RowItem]:
    """The rows of the list: a heading for each lesson, and its labs."""
    items: list[RowItem] = []
    before: LessonHeader | None = None
    for number, lab in enumerate(labs):
        if number == 0 or lab.lesson != before:
            items += [blank()] if items else []
            name = lab.lesson.numbered_title if lab.lesson is not None else translate("home.labs-alone")
            items.append(ruled_heading(harmless_line(name)))
            before = lab.lesson
        items.append(_lab_item(lab, ascii=ascii))
    return items


def _lab_item(lab: ListedLab, *, ascii: bool) -> RowItem:
    def draw(width: int) -> Row:
        from tutor.runs.goal_words import goal_lines

        ends = [*best_cells(lab, ascii=ascii), Span(" ")]
        title = shorten(lab.heading.title, max(8, width // 2 - 4))
        left: Row = [Span("    "), Span(title)]
        if lab.heading.goal:
            goal = " ".join(goal_lines(lab.heading.goal, lab.heading.function, ascii=ascii))
            room = width - row_width(ends) - max(width // 2, 6 + cell_width(title)) - 3
            left.append(Span(" " * max(2, width // 2 - 4 - cell_width(title))))
            left.append(Span(shorten(goal, room) if room > 6 else "", "muted"))
        return spread_row(left, ends, width)

    return RowItem(lab.heading.name, draw)


def screen_for(_route: routes.Labs) -> LabsScreen:
    """The screen of a route."""
    return LabsScreen()
