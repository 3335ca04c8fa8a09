"""A sweep of a lab: which values, then a map of the final losses that fills in; each cell opens its run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult

from tutor.charts.cells import Row, Rows, Span, fit_rows
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, sentences, translate
from tutor.runs.sweep.choice import SweepChoice
from tutor.tui import router, routes
from tutor.tui.commands import Command
from tutor.tui.screen import TutorScreen
from tutor.tui.widgets.chart import Room, RowsView

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.labs.lab_config import LabConfig
    from tutor.runs.sweep.plan import SweepPlan
    from tutor.runs.sweep.results import SweepFollower

_EVERY = 0.2
_GROUP = "sweepscreen.group"
_CHOOSING = frozenset({"tick", "start"})
_PAGED = frozenset({"next_page", "previous_page"})
_MAPPED = frozenset({"open_cell", "left", "right", "stop", "values"})


class SweepScreen(TutorScreen):
    """The sweeps of one lab.

    Args:
        spec: The lab as its controls stand.
    """

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("sweep.start", ("enter",), "sweepscreen.start", "sweepscreen.start-help", footer=1, group=_GROUP),
        Command("sweep.open-cell", ("enter",), "sweepscreen.open", "sweepscreen.open-help", footer=1, group=_GROUP),
        Command("sweep.tick", ("space",), "sweepscreen.tick", "sweepscreen.tick-help", footer=2, group=_GROUP),
        Command("sweep.next-page", ("pagedown", "tab"), "sweepscreen.next-page", "sweepscreen.next-page-help", footer=2,
                group=_GROUP, shown="tab"),
        Command("sweep.previous-page", ("pageup", "shift+tab"), "sweepscreen.previous-page", group=_GROUP,
                palette=False),
        Command("sweep.stop", ("x",), "sweepscreen.stop", "sweepscreen.stop-help", footer=3, group=_GROUP),
        Command("sweep.values", ("v",), "sweepscreen.values", "sweepscreen.values-help", footer=4, group=_GROUP),
        Command("sweep.up", ("up", "k"), "keys.up", group=_GROUP, palette=False),
        Command("sweep.down", ("down", "j"), "keys.down", group=_GROUP, palette=False),
        Command("sweep.left", ("left", "h"), "sweepscreen.left", group=_GROUP, palette=False),
        Command("sweep.right", ("right", "l"), "sweepscreen.right", group=_GROUP, palette=False),
    )  # fmt: skip

    def __init__(self, spec: LabConfig) -> None:
        super().__init__()
        self._spec = spec
        self.choice = SweepChoice(spec)
        self.plan: SweepPlan | None = None
        """What is shown as a map; None while values are chosen."""
        self.follower: SweepFollower | None = None
        self.cell = 0
        self._starting = False

    def breadcrumb(self) -> list[str]:
        """The lab and its sweep."""
        title = harmless_line(self._spec.title_in(language()))
        return [translate("lab.crumb", title=title), translate("sweepscreen.title")]

    def status(self) -> Row:
        """How many cells have ended."""
        if self.plan is None or self.follower is None:
            return []
        done, count = self.follower.state.ended(self.plan.count), self.plan.count
        going = self.follower.alive
        sign, ink = ("▶", "accent") if going else ("✓", "good") if done == count else ("■", "muted")
        return [Span(f"{sign} ", ink), Span(translate("sweepscreen.done", done=done, count=count), "muted")]

    def compose_body(self) -> ComposeResult:
        """Everything is drawn in one place."""
        yield RowsView(self._draw, id="sweep")

    def on_mount(self) -> None:
        """Look for cells that have ended."""
        self.set_interval(_EVERY, self._look)

    def renew(self) -> None:
        """Another language or look."""
        super().renew()
        self.show_all()

    def show_all(self) -> None:
        """Draw what changed."""
        if self.is_attached:
            self.query_one("#sweep", RowsView).redraw()
            self.refresh_frame()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Values are chosen, or the map is walked."""
        mapped = self.plan is not None
        if action in _CHOOSING:
            return not mapped
        if action in _PAGED:
            return self.plan is not None and len(self.plan.axes) > 2
        if action in _MAPPED:
            return mapped and (action != "stop" or (self.follower is not None and self.follower.alive))
        return super().check_action(action, parameters)

    # -- choosing ---------------------------------------------------------------------------------------

    def action_tick(self) -> None:
        """Take these values, or leave them."""
        self.choice.toggle()
        self.show_all()

    def action_values(self) -> None:
        """Choose other values; a sweep that goes on goes on."""
        self.plan = self.follower = None
        self.show_all()

    def action_start(self) -> None:
        """Train every combination that has no result yet."""
        try:
            plan = self.choice.plan()
        except TutorError as error:
            self.notice(harmless_line(str(error)), "warning")
            return
        if not self._starting:
            self._starting = True
            self.run_worker(partial(self._start, plan), thread=True, exit_on_error=False)

    def _start(self, plan: SweepPlan) -> None:
        """Beside the event loop: it writes files and starts a process."""
        course = self.services.course
        try:
            if course is None:
                raise TutorError(translate("quiz.no-course"))
            folder = self.services.sweeps.start(plan, data_folder=course.data_folder)
        except TutorError as error:
            self.app.call_from_thread(self._cannot_start, error)
            return
        self.app.call_from_thread(self._started, plan, folder)

    def _cannot_start(self, error: TutorError) -> None:
        self._starting = False
        self.notice(harmless_line(str(error)), "warning")

    def _started(self, plan: SweepPlan, folder: Path) -> None:
        from tutor.runs.sweep.results import SweepFollower

        self._starting = False
        self.plan, self.follower, self.cell = plan, SweepFollower(folder), 0
        self._look()
        self.show_all()

    # -- the map ----------------------------------------------------------------------------------------

    def _look(self) -> None:
        if self.follower is None or not self.is_attached or not self.is_current or self.tutor.unseen:
            return
        before = (self.follower.alive, self.follower.state.trouble)
        if self.follower.poll() or before != (self.follower.alive, self.follower.state.trouble):
            trouble = self.follower.state.trouble
            if trouble is not None:
                self.notice(harmless_line(sentences(trouble.message, trouble.hint)), "warning")
        self.show_all()

    def _go(self, across: int, down: int, pages: int = 0) -> None:
        from tutor.tui.screens.sweep_rows import Page

        if self.plan is None:
            self.choice.move(down)
        else:
            self.cell = Page.of(self.plan, self.cell).go(self.cell, across, down, pages)
        self.show_all()

    def action_next_page(self) -> None:
        """The map for the next value of what has no room in rows and columns."""
        self._go(0, 0, 1)

    def action_previous_page(self) -> None:
        """The map before."""
        self._go(0, 0, -1)

    def action_up(self) -> None:
        """Up."""
        self._go(0, -1)

    def action_down(self) -> None:
        """Down."""
        self._go(0, 1)

    def action_left(self) -> None:
        """To the left."""
        self._go(-1, 0)

    def action_right(self) -> None:
        """To the right."""
        self._go(1, 0)

    def action_stop(self) -> None:
        """End the sweep; what it found is kept."""
        from tutor.runs.control import Stop, send

        if self.follower is not None:
            send(self.follower.folder, Stop())

    def action_open_cell(self) -> None:
        """The run of the cell."""
        folder = self.follower.run_folder(self.cell) if self.follower is not None else None
        if folder is None:
            self.notice(translate("sweepscreen.no-run"))
            return
        router.go(self.tutor, routes.Cell(folder))

    def on_click(self, event: events.Click) -> None:
        """A click on a cell goes there and opens its run; on a row of values it takes them."""
        if event.widget is None or event.widget.id != "sweep":
            return
        from tutor.tui.screens.sweep_rows import cell_at, choice_at

        if self.plan is not None and self.follower is not None:
            width, height = event.widget.size
            cell = cell_at(self.plan, self.follower.state, self.cell, width, height, event.x, event.y)
            if cell is not None:
                self.cell = cell
                self.action_open_cell()
        elif (index := choice_at(self.choice, event.y)) is not None:
            self.choice.cursor = index
            self.action_tick()
        self.show_all()

    def _draw(self, room: Room) -> Rows:
        from tutor.tui.screens.sweep_rows import choice_rows, map_rows

        if self.plan is None or self.follower is None:
            return fit_rows(choice_rows(self.choice, room.width), room.width, room.height)
        width, height, colour, ascii = room
        rows = map_rows(self.plan, self.follower.state, self.cell, width, height, colour=colour, ascii=ascii)
        return fit_rows(rows, width, height)


def screen_for(route: routes.Sweep) -> SweepScreen:
    """The screen of a route."""
    return SweepScreen(route.spec)
