"""The lab: a model trains while the learner watches its loss and changes the controls."""

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
from tutor.foundation.text import cell_width, shorten
from tutor.foundation.translate import language, translate
from tutor.runs.news import RunNews
from tutor.runs.session.pins import Pinned
from tutor.runs.session.session import LabSession
from tutor.tui import routes
from tutor.tui.commands import Command
from tutor.tui.poll_timer import PollTimer
from tutor.tui.screen import TutorScreen, Whereabouts
from tutor.tui.screens.lab.building import BuildingMode
from tutor.tui.screens.lab.mode import Mode
from tutor.tui.screens.lab.normal import NormalMode, TypingMode
from tutor.tui.screens.lab.replaying import ReplayingMode
from tutor.tui.screens.lab.view import LabView
from tutor.tui.widgets.frame import MARGIN, TopLine
from tutor.tui.widgets.lab_charts import keep_attempt
from tutor.tui.widgets.lab_words import state_row

_EVERY = 0.1
"""Seconds between two reads of the log: a chart moves at most ten times a second."""
_PEEK = 1 / 30
"""Seconds between two reads while nothing is written, so that the next epoch is shown at once."""
_IDLE = 0.25
"""Seconds between two reads while a run waits for somebody, who may sit at another terminal."""
_AWAITED = 2.0
"""Seconds after a key in which its effect is expected, so that the log is read as often as in a run."""
_RESTS_AFTER_LATE, _LONGEST_REST = 4.0, 0.4
"""On a busy machine, so many times the lateness of a drawing pass until the next one, but at most so many seconds."""
_SOON = 0.04
"""Seconds after a key until the log is read for its effect."""
_LONGEST_WARNING = 200
_MOST_SAID = 2
"""Actions of other people that one notice reports: the last ones."""
_MODES: tuple[type[Mode], ...] = (NormalMode, ReplayingMode, BuildingMode, TypingMode)
Result = TypeVar("Result")


class LabScreen(TutorScreen):
    """A lab whose session exists. Its mode handles the keys, and its view draws.

    The run is a process of its own: it continues when the learner leaves the screen, and opening the lab again joins
    it. The screen also shows a run from the list, and a cell of a sweep. A run that a program of the learner's own
    trains can be watched, paused and stopped here, but not started.

    Args:
        session: The lab, with the run that it has joined, if any.
        route: The route that led here.
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
        self.loading_preview = False
        """Whether the first picture of the next run is being computed."""
        self._start = start
        self._refusal = ""
        self._frame_shown: tuple[object, ...] = ()
        self._drawn_at = 0.0
        self._news = RunNews(joins=True)
        self._poll_timer = PollTimer(self, self._look)
        self._asked_at = 0.0

    @property
    def trained_elsewhere(self) -> bool:
        """Whether another program trains this run, so that there is no lab."""
        return isinstance(self.route, routes.Run) and self.session.recorded

    # -- the frame --------------------------------------------------------------------------------------

    def whereabouts(self) -> Whereabouts | None:
        """The lab."""
        return Whereabouts("lab", lab=self.session.spec.id)

    def breadcrumb(self) -> list[str]:
        if isinstance(self.route, routes.Run) and self.trained_elsewhere:
            title = harmless_line(self.session.running_spec.title_in(language()))
            return [translate("record.run", run=self.route.run_id[-4:], title=title)]
        return [harmless_line(self.session.spec.title_in(language()))]

    def status(self) -> Row:
        trail = sum(map(cell_width, self.trail())) + 3 * len(self.trail())
        return state_row(self.session, self.size.width - trail - 2 * MARGIN)

    def footer(self) -> list[Command]:
        return self.mode.footer(self.commands_in_reach())

    def shows_runs(self) -> bool:
        """The lab shows its own run."""
        return False

    def compose_body(self) -> ComposeResult:
        yield from self.view.compose()

    def refresh_texts(self) -> None:
        super().refresh_texts()
        self.show_all()

    # -- keys -------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The mode decides which of its commands can be used now."""
        if action == "command":
            return self.mode.offers(str(parameters[0]))
        return super().check_action(action, parameters)

    def action_command(self, command_id: str, key: str = "") -> None:
        self.mode.do(command_id, key)
        self.show_all()

    def action_back(self) -> None:
        """Leave the mode if there is one to leave, else the screen."""
        if self.mode.leave():
            self.show_all()
        else:
            super().action_back()

    def on_key(self, event: events.Key) -> None:
        """Let the mode handle a key that belongs to no command, such as a letter of a value."""
        if self.mode.on_key(event):
            event.stop()
            event.prevent_default()
            self.show_all()

    def on_click(self, event: events.Click) -> None:
        self.mode.on_click(event)

    def enter(self, mode: Mode) -> None:
        """Use the keys of ``mode`` from now on."""
        self.mode = mode

    def enter_normal(self) -> None:
        """Return to the normal mode."""
        self.mode = NormalMode(self)

    def attempt(self, act: Callable[[LabSession], Result], then: Callable[[Result], object] = lambda _: None) -> None:
        """Call ``act`` with the session and ``then`` with its result; if it fails, show the error."""
        try:
            result = act(self.session)
        except TutorError as error:
            self._warn(error)
        else:
            then(result)
        self._asked_at = monotonic()
        self._poll_timer.start()
        self.set_timer(_SOON, self.tick)
        self.load_preview()

    def _warn(self, error: TutorError) -> None:
        self.notice(shorten(harmless_line(str(error)), _LONGEST_WARNING), "warning")

    def in_thread(self, work: Callable[[], Result], then: Callable[[Result], object]) -> None:
        """Call ``work`` in a thread, and then, if the lab is still open, ``then`` with its result."""

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
        self.tutor.garbage.keep("labs")
        if self._start and self.session.state == "ready":
            self.mode.do("lab.start")
        keep_attempt(self, self.session)  # the run may have met the goal before this screen was open
        self._lay_out()
        self.call_after_refresh(self._begin_drawing)
        self.load_preview()
        self._recall_pins()
        self._poll_timer.start(_EVERY)

    def _begin_drawing(self) -> None:
        self.view.begun = True
        self.show_all()

    def _recall_pins(self) -> None:
        """Load the runs that were pinned in this lab before. A thread reads their logs, which may be long."""
        pins = self.session.pins
        if pins.lasting:
            recall = partial(pins.recall, self.session.original, stopped=lambda: not self.is_attached)

            def adopt(found: list[Pinned]) -> None:
                if found:
                    pins.adopt(found)
                    self.show_all()

            self.in_thread(recall, adopt)

    def load_preview(self) -> None:
        """Show what no worker draws, such as what a run would begin with; if a control changes meanwhile, once more."""
        if not self.loading_preview and self.session.wants_preview:
            self.loading_preview = True
            self.in_thread(self.session.read_preview, self._preview_loaded)

    def _preview_loaded(self, _: None) -> None:
        self.loading_preview = False
        keep_attempt(self, self.session)  # a run that has ended may meet its goal now
        self.show_all()
        self.load_preview()

    def on_unmount(self) -> None:
        self._poll_timer.stop()

    # -- following --------------------------------------------------------------------------------------

    def _look(self) -> float:
        """Draw if there is anything new. Returns the seconds until the next call."""
        if not self.is_current:
            if self.session.spec.manual:
                self.session.poll()  # whoever reads the help of a lab by hand still watches it
            return _EVERY
        if self.session.replay is not None:  # a replay moves by itself
            self.call_next(self.tick)
            return _EVERY
        # A move by hand is shown as soon as the worker has answered.
        every = _PEEK if self.session.spec.manual else _EVERY
        # Twenty labs that draw on two processors would make every key of a class late: whoever is late draws less.
        every += min(_RESTS_AFTER_LATE * self._poll_timer.late, _LONGEST_REST)
        if (early := self._drawn_at + every - monotonic()) > 0:
            return early
        if self.mode.tick(_EVERY) or self.view.figures.overdue:
            self.call_next(self._show_news)
            return _EVERY
        if not self.session.going:
            return _EVERY
        waits = self.session.state == "paused" or self.session.spec.manual
        return _IDLE if waits and monotonic() - self._asked_at > _AWAITED else _PEEK

    def tick(self) -> None:
        """Read on in the logs, or move on in a replay, and draw the result."""
        if self.is_attached and self.is_current and self.mode.tick(_EVERY):
            self._show_news()

    def _show_news(self) -> None:
        if self.is_attached:
            keep_attempt(self, self.session)
            if (way := self.workspace.settings.notify) and (news := self._news.take(self.session.summary)):
                self.tutor.notify_terminal(news, way)
            if said := self.session.other_terminals.take():
                self.notice("  ·  ".join(said[-_MOST_SAID:]))
            self._redraw()

    def on_screen_resume(self) -> None:
        """Draw what happened while another screen was in front."""
        super().on_screen_resume()
        self.session.pins.drop_gone()
        self.session.poll()
        self.show_all()

    def on_resize(self, _event: events.Resize) -> None:
        self.view.hurry()
        self.call_after_refresh(self._lay_out)

    def _lay_out(self) -> None:
        self.view.lay_out(self.app.size)

    def show_all(self) -> None:
        """Draw everything, if it can be seen. Lines that did not change are not sent again."""
        if self.is_attached and self.is_current:
            self.view.hurry()
            self._lay_out()
            self._redraw()

    def _redraw(self) -> None:
        """Draw what has changed in the log."""
        self._drawn_at = monotonic()
        frame = (*self.session.headline, language(), type(self.mode))
        if frame != self._frame_shown:
            self._frame_shown = frame
            self.refresh_frame()
            self._lay_out()
        if self.view.redraw(frame):
            self.query_one(TopLine).refresh()
        self._say_refusal()

    def _say_refusal(self) -> None:
        """Show why the worker refused a request."""
        summary = self.session.summary
        refusal = summary.message if summary is not None and not summary.ended else ""
        if refusal and refusal != self._refusal:
            self.notice(harmless_line(refusal), "warning")
        self._refusal = refusal
