"""A mode of a lab: what its keys mean. A mode owns its commands, with their keys and texts, and does them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from textual import events

from tutor.foundation.files import free_name, write_text
from tutor.foundation.pack_ids import MARK
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, listed, translate
from tutor.runs.session.session import LabSession
from tutor.tui import router, routes
from tutor.tui.commands import Command
from tutor.tui.screen import TutorScreen
from tutor.tui.screens.lab.view import LabView
from tutor.tui.widgets.lab_charts import loss_figure

if TYPE_CHECKING:
    from textual.screen import Screen

    from tutor.tui.shell import Shell

Result = TypeVar("Result")
LabCommand = partial(Command, action="command", passes_id=True)
"""A command of a mode: the screen has one action for all of them."""
RUN, CONTROLS, CHART = "lab.group-run", "lab.group-controls", "lab.group-chart"
_MOST_IN_FOOTER = 6


class Lab(Protocol):
    """The screen as its modes see it."""

    session: LabSession
    view: LabView
    mode: Mode

    @property
    def tutor(self) -> Shell:
        """The app."""

    @property
    def trained_elsewhere(self) -> bool:
        """Whether this is a run that another program trains."""

    def enter(self, mode: Mode) -> None:
        """Use the keys of ``mode`` from now on."""

    def enter_normal(self) -> None:
        """Return to the normal mode."""

    def show_all(self) -> None:
        """Draw everything. The screen does this by itself after each command."""

    def notice(self, text: str, kind: str = "info", seconds: float | None = None) -> None:
        """Show a sentence for some seconds."""

    def attempt(self, act: Callable[[LabSession], Result], then: Callable[[Result], object] = ...) -> None:
        """Call ``act`` with the session and ``then`` with its result; if it fails, show the error."""

    def in_thread(self, work: Callable[[], Result], then: Callable[[Result], object]) -> None:
        """Call ``work`` in a thread, and then, if the lab is still open, ``then`` with its result."""


class Mode:
    """One way of using a lab.

    A mode binds no key that all screens share: Textual would disable the shared command even while the mode's own
    command cannot be used. Escape asks `leave` first.
    """

    commands: ClassVar[tuple[Command, ...]] = ()
    """All commands, whether they can be used now or not. ``action_zoom_in`` does ``lab.zoom-in``."""
    _by_id: ClassVar[dict[str, Command]] = {}

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.session = lab.session
        self.view = lab.view

    def __init_subclass__(cls) -> None:
        cls._by_id = {command.id: command for command in cls.commands}

    def offers(self, command_id: str) -> bool:
        """Whether that command can be used now."""
        command = self._by_id.get(command_id)
        return command is not None and self.possible(command)

    def possible(self, command: Command) -> bool:
        """Whether one of `commands` can be used now."""
        if command.id in {"lab.source", "lab.explain"}:  # we do not have the code of another program
            return not self.session.recorded
        return command.id != "lab.panel" or len(self.session.panels) > 1

    def do(self, command_id: str, key: str = "") -> None:
        """Do a command; ``key`` is the key that was pressed, for a command with ``passes_key``."""
        command = self._by_id[command_id]
        act: Callable[..., Any] = getattr(self, f"action_{command.verb}")
        act(*([key] if command.passes_key else []))

    @property
    def in_footer(self) -> tuple[str, ...]:
        """The verbs of the commands that belong in the footer now, most needed first."""
        return ()

    def footer(self, reachable: Iterable[Command]) -> list[Command]:
        """The commands for the footer that some key reaches, most needed first."""
        found = {command.verb: command for command in reachable if command.id in self._by_id}
        return [found[verb] for verb in self.in_footer if verb in found][:_MOST_IN_FOOTER]

    def leave(self) -> bool:
        """Leave the mode. Returns whether there was one to leave."""
        return False

    def tick(self, _seconds: float) -> bool:
        """Read on in the logs. Returns whether there was anything new."""
        return self.session.poll()

    def on_key(self, _event: events.Key) -> bool:
        """Handle a key that belongs to no command. Returns whether it was used."""
        return False

    def on_click(self, _event: events.Click) -> None:
        """Handle a click on the lab."""

    # -- in every mode ----------------------------------------------------------------------------------

    def action_leave(self) -> None:
        router.go_back(self.lab.tutor)
        screen: Screen[Any] = self.lab.tutor.screen
        if self.session.going and isinstance(screen, TutorScreen):
            title = harmless_line(self.session.spec.title_in(language()))
            screen.notice(translate("lab.says-left", title=title))

    def action_panel(self) -> None:
        self.view.turn_panels()

    def action_source(self) -> None:
        summary = self.session.summary
        task = summary.data.task if summary is not None and summary.data is not None else ""
        choice = self.session.mine
        spec, mine = self.session.running_spec, choice.programs if summary is None else choice.passed
        programs = {slot: each for slot, each in mine.items() if spec.mine.get(slot) == each.exercise}
        router.go(self.lab.tutor, routes.Source(spec, task, programs))

    def action_explain(self) -> None:
        """Explain the next update at the epoch in view."""
        summary = self.session.summary
        if slots := self.session.slots_of_mine:
            self.lab.notice(translate("explain.mine", slots=listed(slots)))
            return
        epoch, changes = (summary.epoch, tuple(summary.changes)) if summary is not None else (0, ())
        router.go(self.lab.tutor, routes.Explain(self.session.running_spec, epoch, changes))

    def action_about(self) -> None:
        about = self.session.spec.about_in(language())
        self.lab.notice(harmless_line(about) or translate("lab.name"))


LEAVE = LabCommand("lab.leave", ("d",), "lab.leave", "lab.leave-help", group=RUN)
PANEL = LabCommand("lab.panel", ("v",), "lab.panel", "lab.panel-help", group=CHART)
SOURCE = LabCommand("lab.source", ("C",), "lab.source", "lab.source-help", group=CHART)
EXPLAIN = LabCommand("lab.explain", ("E",), "explain.explain", "explain.explain-help", group=RUN)
ABOUT = LabCommand("lab.about", ("i",), "lab.about", "lab.about-help", group=CHART)


class ChartMode(Mode):
    """A mode in which the learner can change the view of the charts: axes, zoom, cursor, table of runs."""

    chart_commands: ClassVar[tuple[Command, ...]] = (
        PANEL,
        LabCommand("lab.log", ("l",), "lab.log", "lab.log-help", group=CHART),
        LabCommand("lab.log-across", ("a",), "workbench.log-across", "workbench.log-across-help", group=CHART),
        LabCommand("lab.updates", ("e",), "workbench.updates", "workbench.updates-help", group=CHART),
        LabCommand("lab.smooth", ("f",), "lab.smooth", "lab.smooth-help", group=CHART),
        LabCommand("lab.zoom-in", ("plus", "equals_sign"), "lab.zoom-in", "lab.zoom-in-help", group=CHART),
        LabCommand("lab.zoom-out", ("minus",), "lab.zoom-out", "lab.zoom-out-help", group=CHART),
        LabCommand("lab.zoom-off", ("z",), "lab.zoom-off", "lab.zoom-off-help", group=CHART),
        LabCommand("lab.cursor-left", ("left_square_bracket",), "lab.cursor-left", "lab.cursor-left-help",
                   group=CHART),
        LabCommand("lab.cursor-right", ("right_square_bracket",), "lab.cursor-right", "lab.cursor-right-help",
                   group=CHART),
        LabCommand("lab.cursor-back", ("left_curly_bracket",), "workbench.cursor-back", "workbench.cursor-back-help",
                   group=CHART),
        LabCommand("lab.cursor-on", ("right_curly_bracket",), "workbench.cursor-on", "workbench.cursor-on-help",
                   group=CHART),
        LabCommand("lab.save-chart", ("F",), "lab.save-chart", "lab.save-chart-help", group=CHART),
        SOURCE,
        ABOUT,
    )  # fmt: skip
    compare: ClassVar[Command] = LabCommand("lab.compare", ("c",), "compare.compare", "compare.compare-help", group=RUN)

    @property
    def _last(self) -> int:
        return self.session.last_place(self.view.chart_view.axis.counts)

    def action_compare(self) -> None:
        self.view.comparing = not self.view.comparing

    def action_log(self) -> None:
        self.view.chart_view.turn_heights()

    def action_log_across(self) -> None:
        self.view.chart_view.turn_log_across()

    def action_updates(self) -> None:
        self.view.chart_view.turn_counted()

    def action_smooth(self) -> None:
        self.view.chart_view.smooth = not self.view.chart_view.smooth

    def action_save_chart(self) -> None:
        """Write the loss chart as an SVG figure into the folder that the program was started in."""
        view = self.view.chart_view
        figure = loss_figure(self.session, view)
        if not figure:
            self.lab.notice(translate("charts.no-epoch-yet"))
            return
        path = free_name(Path.cwd(), self.session.original.id.replace(MARK, "-"), ".svg")
        try:
            write_text(path, figure)
        except OSError as error:
            self.lab.notice(translate("watch.cannot-export", reason=error.strerror or str(error)), "warning")
        else:
            self.lab.notice(translate("lab.chart-saved", path=harmless_line(str(path))), "good")

    def action_zoom_in(self) -> None:
        self.view.chart_view.closer(self._last)

    def action_zoom_out(self) -> None:
        self.view.chart_view.further()

    def action_zoom_off(self) -> None:
        self.view.chart_view.all()

    def action_cursor_left(self) -> None:
        self.view.chart_view.move(-1, self._last)

    def action_cursor_right(self) -> None:
        self.view.chart_view.move(1, self._last)

    def action_cursor_back(self) -> None:
        self.view.chart_view.move(-1, self._last, single=True)

    def action_cursor_on(self) -> None:
        self.view.chart_view.move(1, self._last, single=True)
