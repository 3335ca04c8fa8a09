"""One update of a lab explained: a stage at a time, forwards and back by key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll

from tutor.charts.cells import Row, Rows, Span, fit_rows
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import wrapped
from tutor.foundation.translate import language, translate
from tutor.runs.explanation.walk import StageWalk
from tutor.tui import router, routes
from tutor.tui.commands import Command, footer_commands
from tutor.tui.screen import TutorScreen
from tutor.tui.widgets.prose import MEASURE, ProseView
from tutor.tui.widgets.rows import Area, RowsView, bar_cells
from tutor.typeset.elements import Line
from tutor.typeset.elements import Span as Words
from tutor.typeset.spelling import spelled

if TYPE_CHECKING:
    from tutor.runs.explanation.explained import ExplainedUpdate

_WIDE = 120
"""Columns from which the drawing of the network is beside the text."""
_GROUP, _MOVE = "explain.group", "keys.group-move"


class ExplainScreen(TutorScreen):
    """The stages of one update. The numbers are those of one example of the batch, which can be chosen.

    Args:
        route: The lab and the epoch.
    """

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("explain.on", ("right", "l", "space", "enter"), "explain.on", "explain.on-help", footer=1,
                group=_GROUP),
        Command("explain.back", ("left", "h"), "explain.back", "explain.back-help", "stage_back", footer=2,
                group=_GROUP),
        Command("explain.next-example", ("tab", "n"), "explain.next-example", "explain.next-example-help", footer=3,
                group=_GROUP),
        Command("explain.previous-example", ("shift+tab", "p"), "explain.previous-example",
                "explain.previous-example-help", group=_GROUP),
        Command("explain.source", ("C",), "lab.source", "explain.source-help", footer=4, group=_GROUP),
        Command("explain.first", ("home",), "explain.first", "explain.first-help", group=_GROUP),
        Command("explain.last", ("end",), "explain.last", "explain.last-help", group=_GROUP),
        Command("explain.down", ("down", "j"), "keys.down", group=_MOVE, palette=False),
        Command("explain.up", ("up", "k"), "keys.up", group=_MOVE, palette=False),
        Command("explain.page-down", ("pagedown", "ctrl+d"), "keys.page-down", group=_MOVE, palette=False),
        Command("explain.page-up", ("pageup", "ctrl+u"), "keys.page-up", group=_MOVE, palette=False),
    )  # fmt: skip
    CSS = """
    ExplainScreen #head { height: 2; }
    ExplainScreen #stage { width: 1fr; padding: 0 2; scrollbar-size-vertical: 1; overflow-x: hidden; }
    ExplainScreen #stage ProseView { max-width: 76; }
    ExplainScreen #network { width: 46; display: none; padding: 0 2 0 0; }
    ExplainScreen.wide #network { display: block; }
    """

    def __init__(self, route: routes.Explain) -> None:
        super().__init__()
        self._route = route
        self._update: ExplainedUpdate | None = None
        self._problem = ""
        self._walk = StageWalk()
        self._drawn = self._example = 0
        self._head = RowsView(self._draw_head, id="head")
        self._network = RowsView(self._draw_network, id="network")
        self._prose = ProseView(self._page)
        self._scroll = VerticalScroll(self._prose, id="stage", can_focus=False)

    def breadcrumb(self) -> list[str]:
        title = harmless_line(self._route.spec.title_in(language()))
        return [title, translate("explain.title")]

    def status(self) -> Row:
        """The epoch."""
        if self._update is None:
            return []
        epoch = self._update.epoch
        return [
            Span(translate("explain.after-epoch", epoch=epoch) if epoch else translate("explain.after-none"), "muted")
        ]

    def compose_body(self) -> ComposeResult:
        yield self._head
        yield Horizontal(self._scroll, self._network)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without stages, there is nothing to go to; with one example, no other."""
        if action in {"on", "last"}:
            return not self._walk.is_last
        if action in {"stage_back", "first"}:
            return not self._walk.is_first
        if action == "source":  # while it trains, it is not known whether there are stages to mark
            return bool(self._walk.stages or self._problem)
        if action in {"next_example", "previous_example"}:
            return self._update is not None and self._update.examples > 1
        return super().check_action(action, parameters)

    def footer(self) -> list[Command]:
        """The most needed commands. The way back is one of them; a term can be looked up without a reminder."""
        return footer_commands(each for each in self.commands_in_reach() if each.id != "app.glossary")

    # -- beginning ----------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Train up to the epoch in a thread."""
        self.run_worker(self._explain, thread=True, exit_on_error=False)

    def _explain(self) -> None:
        from tutor.runs.explanation.explained import explain_update

        route, course = self._route, self.workspace.course
        data_folder = course.data_folder if course is not None else None
        try:
            update = explain_update(route.spec, data_folder, route.epoch, route.changes, lambda: not self.is_attached)
        except TutorError as error:
            self.app.call_from_thread(self._refuse, harmless_line(str(error)))
        else:
            self.app.call_from_thread(self._show, update)

    def _refuse(self, problem: str) -> None:
        self._problem = problem
        if self.is_attached:
            self._draw()

    def _show(self, update: ExplainedUpdate) -> None:
        self._update = update
        if self.is_attached:
            self._write()

    def _write(self) -> None:
        """Write the stages for the present example, in the language in use."""
        if self._update is not None:
            self._walk.stages = self._update.stages(self._example)
        self._draw()

    def _draw(self) -> None:
        self._drawn = self._walk.at
        self._head.redraw()
        self._network.redraw()
        self._prose.set_page(self._page)
        self.refresh_frame()

    def on_screen_resume(self) -> None:
        """Follow the script, which may have gone to another stage."""
        super().on_screen_resume()
        if self._drawn != self._walk.at:
            self._go_to(self._walk.at)

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= _WIDE, "wide")

    def refresh_texts(self) -> None:
        super().refresh_texts()
        self._write()

    # -- drawing ------------------------------------------------------------------------------------------------

    def _draw_head(self, area: Area) -> Rows:
        """The number and the title of the stage above a rule."""
        walk = self._walk
        if walk.stage is None:
            return fit_rows([], area.width, area.height)
        count = len(walk.stages)
        place = translate("explain.place", number=walk.at + 1, count=count)
        row = [Span(f"  {walk.stage.title}", "heading"), Span(f"   {place}", "muted")]
        room = area.width - 2  # as wide as the rule above
        done = round((walk.at + 1) / count * room)
        return fit_rows([row, [Span(" "), *bar_cells(done, room)]], area.width, area.height)

    def _page(self, width: int, ascii: bool) -> Sequence[Line]:
        width = min(width, MEASURE)
        if self._walk.stage is not None:
            return self._walk.stage.lines(width, ascii=ascii)
        text = self._problem or translate("explain.loading", epoch=self._route.epoch)
        return [Line((Words(line, "text" if self._problem else "muted"),)) for line in wrapped(text, width)]

    def _draw_network(self, area: Area) -> Rows:
        stage = self._walk.stage
        if self._update is None or stage is None:
            return fit_rows([], area.width, area.height)
        from tutor.charts.diagram import Unit, network_diagram

        layers = [
            [Unit(spelled(name) if area.ascii else name, value) for name, value in layer]
            for layer in self._update.units(stage, self._example)
        ]
        active = stage.layer + 1 if stage.layer is not None else None
        return network_diagram(layers, area.width, area.height, active=active, ascii=area.ascii)

    # -- keys ---------------------------------------------------------------------------------------------------

    def _go_to(self, stage: int) -> None:
        self._walk.go_to(stage)
        self._scroll.scroll_home(animate=False)
        self._draw()

    def action_on(self) -> None:
        self._go_to(self._walk.at + 1)

    def action_stage_back(self) -> None:
        self._go_to(self._walk.at - 1)

    def action_first(self) -> None:
        self._go_to(0)

    def action_last(self) -> None:
        self._go_to(len(self._walk.stages) - 1)

    def action_source(self) -> None:
        """Show the code. If the lab can be explained and is a script, both screens walk through the stages together."""
        task = self._update.facts.dataset.task if self._update is not None else ""
        router.go(self.tutor, routes.Source(self._route.spec, task, walk=self._walk))

    def _choose(self, steps: int) -> None:
        if self._update is not None:
            self._example = (self._example + steps) % self._update.examples
            self._write()

    def action_next_example(self) -> None:
        self._choose(1)

    def action_previous_example(self) -> None:
        self._choose(-1)

    def action_down(self) -> None:
        self._scroll.scroll_relative(y=1, animate=False)

    def action_up(self) -> None:
        self._scroll.scroll_relative(y=-1, animate=False)

    def action_page_down(self) -> None:
        self._scroll.scroll_page_down(animate=False)

    def action_page_up(self) -> None:
        self._scroll.scroll_page_up(animate=False)


def screen_for(route: routes.Explain) -> ExplainScreen:
    """The screen of a route."""
    return ExplainScreen(route)
