"""The lab: a model trains while the learner watches its loss fall and turns the controls."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from tutor.charts.cells import Row
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, translate
from tutor.tui import routes
from tutor.tui.commands import Command
from tutor.tui.lab_attempts import keep_attempt, know_best
from tutor.tui.poll_timer import Pulse
from tutor.tui.screens.lab.bench import BESIDE, LabBench
from tutor.tui.screens.lab.commands import LAB_KEYS, TYPING_KEYS, footer_of

if TYPE_CHECKING:
    from tutor.charts.chart_view import ChartView
    from tutor.runs.session.session import LabSession

_EVERY = 0.1
"""Seconds between two looks at the log: a chart moves at most ten times a second."""
_PEEK = 1 / 30
"""Seconds between two looks while nothing comes: what comes then is shown at once."""
_SOON = 0.04
"""Seconds after a key until its effect is looked for."""

_OF_OUR_OWN_RUNS = {
    "start", "step", "restart", "reroll", "reroll_data", "faster", "slower", "undo", "redo", "nudge", "type", "less",
    "more", "next", "previous",
}  # fmt: skip
"""What only a worker of ours can do."""
LabRoute = routes.Lab | routes.Run | routes.Cell


class LabScreen(LabBench):
    """One lab. The run is a process of its own: leaving the screen leaves it going, and coming back joins it.

    A run, and a cell of a sweep, are shown on it too. A run that a program of the learner's own trains is watched,
    paused and stopped here, and begun there.

    Args:
        route: The lab, run or cell to open.
        play: Start at once where there is nothing to join.
    """

    KEYS: ClassVar[tuple[Command, ...]] = LAB_KEYS
    CSS_PATH = "lab.tcss"

    def __init__(self, route: LabRoute, *, play: bool = False) -> None:
        super().__init__()
        self.route = route
        self.session: LabSession | None = None
        self.chosen = 0
        self.typed: str | None = None
        self.comparing = False
        self._play = play
        self._glass: ChartView | None = None
        self._looking_ahead = False
        self._frame_shown: tuple[object, ...] = ()
        self._drawn_at = 0.0
        self._pulse = Pulse(self, self._look)

    @property
    def glass(self) -> ChartView:  # type: ignore[override]
        """How the learner looks at the loss."""
        from tutor.charts.chart_view import ChartView

        if self._glass is None:
            self._glass = ChartView()
        return self._glass

    # -- the frame --------------------------------------------------------------------------------------

    def breadcrumb(self) -> list[str]:
        """The lab's title; what another program trains is a run, and no lab."""
        session = self.session
        if session is None:
            return [translate("lab.crumb", title=_short_name(self.route))]
        if isinstance(self.route, routes.Run) and session.recorded:
            title = harmless_line(session.running_spec.title_in(language()))
            return [translate("record.run", run=_short_name(self.route), title=title)]
        return [translate("lab.crumb", title=harmless_line(session.spec.title_in(language())))]

    def status(self) -> Row:
        """State, pace and seed."""
        if self.session is None:
            return []
        from tutor.tui.widgets.lab_words import state_row

        row = state_row(self.session)
        return row if self.size.width >= BESIDE else row[:2]

    def footer(self) -> list[Command]:
        """What matters as the run stands."""
        if self.typed is not None:
            return list(TYPING_KEYS)
        session = self.session
        state, by_hand = (session.state, session.spec.manual) if session is not None else ("ready", False)
        if session is not None and session.builder is not None:
            return footer_of(self.commands_in_reach(), "building")
        if session is not None and session.replay is not None:
            return footer_of(self.commands_in_reach(), "replay")
        return footer_of(self.commands_in_reach(), state, by_hand=by_hand)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What another program trains cannot be begun or turned from here."""
        summary = self.session.summary if self.session is not None else None
        if isinstance(self.route, routes.Run) and summary is not None:
            if summary.recorded and action in _OF_OUR_OWN_RUNS:
                return False
            if summary.followed and action in {"pause", "resume"}:
                return False
        return super().check_action(action, parameters)

    def shows_runs(self) -> bool:
        """The lab tells of its run itself."""
        return False

    def renew(self) -> None:
        """Another language or look: draw anew."""
        super().renew()
        self.show_all()

    # -- opening ----------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Read the lab, import NumPy and plotext, and find a run to join, all beside the event loop."""
        self._lay_out()
        self.run_worker(self._open, thread=True, exit_on_error=False)

    def _open(self) -> None:
        try:
            session = self._make_session()
            know_best(session, self.services.store)
        except TutorError as error:
            self.app.call_from_thread(self._cannot_open, error)
            return
        from tutor.charts.plot import preload

        preload()
        self.app.call_from_thread(self._opened, session)

    def _make_session(self) -> LabSession:
        from tutor.labs.lab_files import load_lab
        from tutor.runs.session.opening import open_cell, open_lab, open_run

        route, runs, course = self.route, self.services.runs, self.services.course
        data_folder = course.data_folder if course is not None else None
        if isinstance(route, routes.Run):
            return open_run(runs, route.run_id, route.beside, data_folder=data_folder)
        if isinstance(route, routes.Cell):
            return open_cell(runs, route.folder, data_folder=data_folder)
        spec = load_lab(route.name, course.labs_folder if course is not None else Path(), route.overrides)
        return open_lab(runs, spec, route.overrides, route.shown, data_folder=data_folder)

    def _cannot_open(self, error: TutorError) -> None:
        self._problem = harmless_line(str(error))
        if self.is_attached:
            self.show_all()

    def _opened(self, session: LabSession) -> None:
        if not self.is_attached:  # left while it was read: nobody looks, and nothing is to be started
            return
        self.session = session
        self.tutor.tidying.settle()
        if self._play and session.state == "ready":
            self.action_start()
        keep_attempt(self, session)  # what a run has reached while nobody looked
        self.show_all()
        self.look_ahead()
        self.recall_pins(session)
        self._pulse.start(_EVERY)

    def on_unmount(self) -> None:
        """Look no more."""
        self._pulse.stop()

    # -- before the start -------------------------------------------------------------------------------

    def look_ahead(self) -> None:
        """Before the first run, show what it would begin with; a control turned meanwhile is looked at after that."""
        session = self.session
        if session is None or self._looking_ahead or not session.wants_preview:
            return
        self._looking_ahead = True
        self.run_worker(partial(self._read_ahead, session), thread=True, exit_on_error=False)

    def _read_ahead(self, session: LabSession) -> None:
        session.read_preview()
        self.app.call_from_thread(self._looked_ahead)

    def _looked_ahead(self) -> None:
        self._looking_ahead = False
        if self.is_attached:
            self.show_all()
            self.look_ahead()

    # -- following --------------------------------------------------------------------------------------

    def _look(self) -> float:
        """Look whether there is anything to draw. Returns the seconds until the next look."""
        session = self.session
        if session is None or not self.is_current:
            return _EVERY
        if session.replay is None and (early := self._drawn_at + _EVERY - monotonic()) > 0:
            return early
        if session.replay is not None or session.poll() or self._figures.overdue:
            self.call_next(self._tick if session.replay is not None else self._show_news)
            return _EVERY
        return _PEEK if session.going else _EVERY

    def _tick(self) -> None:
        if self.session is None or not self.is_attached or not self.is_current:
            return
        if self.session.replay is not None:
            if self.session.replay.player.tick(_EVERY):
                self._show_run()
        elif self.session.poll():
            self._show_news()

    def _show_news(self) -> None:
        if self.session is not None and self.is_attached:
            keep_attempt(self, self.session)
            self.say_others()
            self._show_run()

    def look_soon(self) -> None:
        """Look for the effect of a key before the next tick."""
        self.set_timer(_SOON, self._tick)

    def on_screen_resume(self) -> None:
        """Back in front: draw what happened meanwhile."""
        super().on_screen_resume()
        if self.session is not None:
            self.session.pins.drop_gone()
            self.session.poll()
            self.show_all()

    def show_all(self) -> None:
        """Draw everything; what is the same as before costs nothing on the line."""
        self._versions.clear()
        self._figures.hurry()
        self._lay_out()
        self._show_run()

    def _show_run(self) -> None:
        """Draw what the log has changed."""
        self._drawn_at = monotonic()
        session = self.session
        typing = self.typed is not None
        frame = (*session.headline, language(), typing) if session is not None else ()
        if frame != self._frame_shown:
            self._frame_shown = frame
            self.refresh_frame()
            self._lay_out()
        last = session.train.last if session is not None and session.going else None
        told = self._figures.tell(frame, last)
        for place, view in enumerate(self._charts):
            if view.display and self._is_stale(place):
                view.redraw()
        for view in self._words:
            if view.display and told:
                view.redraw()
        self.say_refusal()


def _short_name(route: LabRoute) -> str:
    """What a route is called before its session tells."""
    if isinstance(route, routes.Run):
        return route.run_id[-4:]
    return route.folder.name[-4:] if isinstance(route, routes.Cell) else route.name


def screen_for(route: LabRoute) -> LabScreen:
    """The screen of a route."""
    return LabScreen(route)
