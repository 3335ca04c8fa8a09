"""The lab: a model trains while the learner watches its loss fall and turns the controls."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult

from tutor.charts.cells import Row
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import shorten
from tutor.foundation.translate import language, translate
from tutor.runs.session.pins import Pinned
from tutor.runs.session.session import LabSession
from tutor.tui import routes
from tutor.tui.commands import Command
from tutor.tui.lab_attempts import keep_attempt
from tutor.tui.poll_timer import Pulse
from tutor.tui.screen import TutorScreen
from tutor.tui.screens.lab.building import BuildingMode
from tutor.tui.screens.lab.mode import Mode
from tutor.tui.screens.lab.normal import NormalMode, TypingMode
from tutor.tui.screens.lab.replaying import ReplayingMode
from tutor.tui.screens.lab.view import BESIDE, LabView
from tutor.tui.widgets.lab_words import state_row

_EVERY = 0.1
"""Seconds between two looks at the log: a chart moves at most ten times a second."""
_PEEK = 1 / 30
"""Seconds between two looks while nothing comes: what comes then is shown at once."""
_SOON = 0.04
"""Seconds after a key until its effect is looked for."""
_LONGEST_WARNING = 200
_MOST_SAID = 2
"""Deeds of others that one notice tells of: the last ones."""
_MODES: tuple[type[Mode], ...] = (NormalMode, ReplayingMode, BuildingMode, TypingMode)
Result = TypeVar("Result")


class LabScreen(TutorScreen):
    """A lab whose session exists. What keys do is for its mode to say; what is seen is drawn by its view.

    The run is a process of its own: leaving the screen leaves it going, and coming back joins it. A run, and a cell of
    a sweep, are shown on it too. A run that a program of the learner's own trains is watched, paused and stopped here,
    and begun there.

    Args:
        session: The lab, with the run that it has joined if there was one.
        route: The way that led here.
        start: Start at once if no run was joined.
    """

    KEYS: ClassVar[tuple[Command, ...]] = tuple(dict.fromkeys(each for mode in _MODES for each in mode.commands))
    CSS_PATH = "lab.tcss"

    def __init__(self, session: LabSession, route: routes.LabRoute, *, start: bool = False) -> None:
        super().__init__()
        self.session = session
        self.route = route
        self.view = LabView(session)
        self.mode: Mode = NormalMode(self)
        self.looking_ahead = False
        """Whether what the next run begins with is being computed."""
        self._start = start
        self._refusal = ""
        self._frame_shown: tuple[object, ...] = ()
        self._drawn_at = 0.0
        self._pulse = Pulse(self, self._look)

    @property
    def trained_elsewhere(self) -> bool:
        """Whether this is a run that another program trains, and no lab."""
        return isinstance(self.route, routes.Run) and self.session.recorded

    # -- the frame --------------------------------------------------------------------------------------

    def breadcrumb(self) -> list[str]:
        if isinstance(self.route, routes.Run) and self.trained_elsewhere:
            title = harmless_line(self.session.running_spec.title_in(language()))
            return [translate("record.run", run=self.route.run_id[-4:], title=title)]
        return [translate("lab.crumb", title=harmless_line(self.session.spec.title_in(language())))]

    def status(self) -> Row:
        """State, pace and seed."""
        row = state_row(self.session)
        return row if self.size.width >= BESIDE else row[:2]

    def footer(self) -> list[Command]:
        return self.mode.footer(self.commands_in_reach())

    def shows_runs(self) -> bool:
        """The lab tells of its run itself."""
        return False

    def compose_body(self) -> ComposeResult:
        yield from self.view.compose()

    def renew(self) -> None:
        super().renew()
        self.show_all()

    # -- keys -------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The mode says which of its commands mean something now."""
        if action == "command":
            return self.mode.offers(str(parameters[0]))
        return super().check_action(action, parameters)

    def action_command(self, command_id: str, key: str = "") -> None:
        self.mode.do(command_id, key)
        self.show_all()

    def action_back(self) -> None:
        """Leave the mode, else the screen."""
        if self.mode.leave():
            self.show_all()
        else:
            super().action_back()

    def on_key(self, event: events.Key) -> None:
        """A mode may take keys as they come, such as the letters of a value."""
        if self.mode.on_key(event):
            event.stop()
            event.prevent_default()
            self.show_all()

    def on_click(self, event: events.Click) -> None:
        self.mode.on_click(event)

    def enter(self, mode: Mode) -> None:
        """From now on keys mean what they mean in ``mode``."""
        self.mode = mode

    def enter_normal(self) -> None:
        """Leave a special mode."""
        self.mode = NormalMode(self)

    def attempt(self, act: Callable[[LabSession], Result], then: Callable[[Result], object] = lambda _: None) -> None:
        """Do something with the session and ``then`` something with what comes of it; say what goes wrong."""
        try:
            result = act(self.session)
        except TutorError as error:
            self._warn(error)
        else:
            then(result)
        self.set_timer(_SOON, self.tick)
        self.look_ahead()

    def _warn(self, error: TutorError) -> None:
        self.notice(shorten(harmless_line(str(error)), _LONGEST_WARNING), "warning")

    def in_thread(self, work: Callable[[], Result], then: Callable[[Result], object]) -> None:
        """Do ``work`` in a thread, and ``then`` something with what comes of it if the lab is still open."""

        def run() -> None:
            try:
                result = work()
            except TutorError as error:
                self.app.call_from_thread(if_open, self._warn, error)
            else:
                self.app.call_from_thread(if_open, then, result)

        def if_open(call: Callable[..., object], *arguments: object) -> None:
            if self.is_attached:
                call(*arguments)

        self.run_worker(run, thread=True, exit_on_error=False)

    # -- beginning --------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.tutor.tidying.settle()
        if self._start and self.session.state == "ready":
            self.mode.do("lab.start")
        keep_attempt(self, self.session)  # what a run has reached while nobody looked
        self._lay_out()
        self.call_after_refresh(self._begin_drawing)
        self.look_ahead()
        self._recall_pins()
        self._pulse.start(_EVERY)

    def _begin_drawing(self) -> None:
        self.view.begun = True
        self.show_all()

    def _recall_pins(self) -> None:
        """Bring the runs back that were kept in this lab before; their logs may be long."""
        pins = self.session.pins
        if pins.lasting:
            recall = partial(pins.recall, self.session.original, stopped=lambda: not self.is_attached)

            def adopt(found: list[Pinned]) -> None:
                if found:
                    pins.adopt(found)
                    self.show_all()

            self.in_thread(recall, adopt)

    def look_ahead(self) -> None:
        """Show what no worker draws, such as what a run would begin with; then what was turned meanwhile."""
        if not self.looking_ahead and self.session.wants_preview:
            self.looking_ahead = True
            self.in_thread(self.session.read_preview, self._looked_ahead)

    def _looked_ahead(self, _: None) -> None:
        self.looking_ahead = False
        keep_attempt(self, self.session)  # a run that has ended may meet its goal now
        self.show_all()
        self.look_ahead()

    def on_unmount(self) -> None:
        """Look no more."""
        self._pulse.stop()

    # -- following --------------------------------------------------------------------------------------

    def _look(self) -> float:
        """Look whether there is anything to draw. Returns the seconds until the next look."""
        if not self.is_current:
            return _EVERY
        if self.session.replay is not None:  # it moves by itself, whatever was drawn meanwhile
            self.call_next(self.tick)
            return _EVERY
        if (early := self._drawn_at + _EVERY - monotonic()) > 0:
            return early
        if self.mode.tick(_EVERY) or self.view.figures.overdue:
            self.call_next(self._show_news)
            return _EVERY
        return _PEEK if self.session.going else _EVERY

    def tick(self) -> None:
        """Read on in the logs, or move on in a replay, and draw what came of it."""
        if self.is_attached and self.is_current and self.mode.tick(_EVERY):
            self._show_news()

    def _show_news(self) -> None:
        if self.is_attached:
            keep_attempt(self, self.session)
            if said := self.session.other_terminals.take():
                self.notice("  ·  ".join(said[-_MOST_SAID:]))
            self._redraw()

    def on_screen_resume(self) -> None:
        """Back in front: draw what happened meanwhile."""
        super().on_screen_resume()
        self.session.pins.drop_gone()
        self.session.poll()
        self.show_all()

    def on_resize(self, _event: events.Resize) -> None:
        """Another size, another arrangement."""
        self.view.hurry()
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        self.view.lay_out(self.app.size)

    def show_all(self) -> None:
        """Draw everything, if it can be seen; what is the same as before costs nothing on the line."""
        if self.is_attached and self.is_current:
            self.view.hurry()
            self._lay_out()
            self._redraw()

    def _redraw(self) -> None:
        """Draw what the log has changed."""
        self._drawn_at = monotonic()
        frame = (*self.session.headline, language(), type(self.mode))
        if frame != self._frame_shown:
            self._frame_shown = frame
            self.refresh_frame()
            self._lay_out()
        self.view.redraw(frame)
        self._say_refusal()

    def _say_refusal(self) -> None:
        """Say why the worker did not do what it was asked."""
        summary = self.session.summary
        refusal = summary.message if summary is not None and not summary.ended else ""
        if refusal and refusal != self._refusal:
            self.notice(harmless_line(refusal), "warning")
        self._refusal = refusal
