"""A lab in the text of a lesson: title, a small chart, figures; space plays it, enter opens the lab."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.geometry import Size

from tutor.charts.cells import Row, Rows, Span, fit_row, fit_rows
from tutor.course.lesson import LabFence
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, translate
from tutor.tui import router, routes
from tutor.tui.commands import Command, bindings_of
from tutor.tui.widgets.rows import Area, RowsView, framed_rows, shell_of

if TYPE_CHECKING:
    from textual.timer import Timer

    from tutor.runs.session.session import LabSession

_EVERY = 0.1
_READ_AFTER = 0.1
"""Seconds until the lab is read, so that the text around it does not wait for the imports."""
_HEIGHT = 9
_SMALL_HEIGHT = 7
_SMALL_WINDOW = 16
_FIGURES = 26
_CHART_AT_LEAST = 24

CARD_KEYS: tuple[Command, ...] = (
    Command("card.play", ("space",), "lab.card-play", "lab.start-help", footer=1),
    Command("card.pause", ("space",), "lab.card-pause", "lab.pause-help", footer=1),
    Command("card.open", ("enter",), "lab.card-open", footer=2),
)
"""What a focused card can do."""


class LabCard(RowsView, can_focus=True):
    """A lab that can be played within the lesson.

    Args:
        fence: The lab's name and the values that the lesson sets.
    """

    KEYS: ClassVar[tuple[Command, ...]] = CARD_KEYS
    BINDINGS = bindings_of(CARD_KEYS)
    DEFAULT_CSS = "LabCard { height: auto; width: 1fr; }"

    def __init__(self, fence: LabFence) -> None:
        super().__init__(self._draw_card)
        self.fence = fence
        self.session: LabSession | None = None
        self.problem = ""
        """Why the lab cannot be opened or started."""
        self._timer: Timer | None = None

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The card's height: less in a low window."""
        return _SMALL_HEIGHT if viewport.height < _SMALL_WINDOW else _HEIGHT

    # -- opening ----------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Read the lab in a thread once the card has been drawn, and join its run if one is going."""
        self.set_timer(_READ_AFTER, self._read)

    def came_back(self) -> None:
        """Join a run that was started while another screen was in front."""
        if self.session is not None:
            self._read()

    def _read(self) -> None:
        self.run_worker(self._open, thread=True, exit_on_error=False)

    def _open(self) -> None:
        from tutor.labs.lab_files import load_lab
        from tutor.runs.session.opening import joinable
        from tutor.runs.session.session import LabSession
        from tutor.tui.widgets.lab_charts import know_best

        workspace = shell_of(self).workspace
        course = workspace.course
        if course is None:
            return
        try:
            spec = load_lab(self.fence.lab, course.labs, self.fence.overrides)
            session = LabSession(
                workspace.runs, spec, data_folder=course.data_folder, find_programs=workspace.passed_programs
            )
            know_best(session, workspace.store)
            run_id = None
            if workspace.count_running():
                programs = session.mine.programs
                run_id = joinable(workspace.runs, spec, self.fence.overrides, programs=programs)
            if self.session is not None and run_id in {None, self.session.run_id}:
                return  # nothing is new, and the card keeps what it shows
            if run_id is not None:
                self._join(session, run_id)
        except TutorError as error:
            self.app.call_from_thread(self._cannot, error)
            return
        self.app.call_from_thread(self._opened, session)

    def _join(self, session: LabSession, run_id: str) -> None:
        from tutor.charts.plot import preload

        preload()
        session.join(run_id)
        session.catch_up()

    def _cannot(self, error: TutorError) -> None:
        self.problem = harmless_line(str(error))
        self.redraw()

    def _opened(self, session: LabSession) -> None:
        self.session = session
        self._watch()
        self.redraw()

    # -- playing ----------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer either play or pause."""
        if action in {"play", "pause"}:
            session = self.session
            busy = session is not None and session.state in {"starting", "running"}
            return session is not None and (action == "pause") == busy
        return super().check_action(action, parameters)

    def action_play(self) -> None:
        """Start the run, resume it, or run it again."""
        self.run_worker(self._play, thread=True, exit_on_error=False)

    def action_pause(self) -> None:
        if self.session is not None:
            self.session.toggle()

    def action_open(self) -> None:
        """Open the lab. It joins the run that is shown here, whether going or ended."""
        shown = self.session.run_id or None if self.session is not None else None
        router.go(shell_of(self), routes.Lab(self.fence.lab, self.fence.overrides, shown))

    def on_click(self, _event: events.Click) -> None:
        self.focus()
        if self.check_action("play", ()):
            self.action_play()

    def _play(self) -> None:
        from tutor.charts.plot import preload

        preload()
        self.app.call_from_thread(self._start)

    def _start(self) -> None:
        if self.session is None:
            return
        try:
            self.session.toggle()
        except TutorError as error:
            self.problem = harmless_line(str(error))
        self._watch()
        self.redraw()

    @property
    def watching(self) -> bool:
        """Whether the log of a run is being read."""
        return self._timer is not None

    def _watch(self) -> None:
        """Read the log while the run is going."""
        if self.session is not None and self.session.going and not self.watching:
            self._timer = self.set_interval(_EVERY, self.poll)

    def poll(self) -> None:
        """Read on in the log, and draw what is new."""
        from tutor.tui.widgets.lab_charts import keep_attempt

        session = self.session
        if session is None or not self.screen.is_current or shell_of(self).unseen:
            return
        before = session.state
        if session.poll():
            keep_attempt(self, session)
            self.redraw()
        if session.state != before:
            self.screen.refresh_bindings()
            refresh = getattr(self.screen, "refresh_frame", None)
            if refresh is not None:
                refresh()
        if not session.going and self._timer is not None:
            self._timer.stop()
            self._timer = None

    # -- drawing ----------------------------------------------------------------------------------------

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Draw the frame again: its colour shows the focus."""
        super().watch_has_focus(_has_focus)
        self.redraw()

    def _draw_card(self, area: Area) -> Rows:
        if area.width < 8 or area.height < 3:
            return fit_rows([], area.width, area.height)
        edge = "accent" if self.has_focus else "rule"
        inner = area.width - 4
        body = self._body(Area(inner, area.height - 2, area.colour, area.ascii))
        return framed_rows(body, self._title(), self._keys(), area, edge)

    def _title(self) -> Row:
        name = self.fence.lab if self.session is None else self.session.spec.title_in(language())
        row = [Span(translate("lab.name"), "accent bold"), Span(f" · {harmless_line(name)}", "strong")]
        if self.session is not None and self.session.state != "ready":
            from tutor.tui.widgets.lab_words import STATE_WORDS

            sign, ink, key = STATE_WORDS[self.session.state]
            row.append(Span(f"  {sign} {translate(key)}", ink))
        return row

    def _keys(self) -> Row:
        if self.session is None:
            return []
        state = self.session.state
        key = "lab.card-pause" if state in {"starting", "running"} else "lab.card-play"
        if state in {"finished", "stopped", "diverged", "failed", "died", "unreadable"}:
            key = "lab.card-again"
        return [
            Span("space", "key"), Span(f" {translate(key)}", "muted"),
            Span("   enter", "key"), Span(f" {translate('lab.card-open')}", "muted"),
        ]  # fmt: skip

    def _body(self, area: Area) -> Rows:
        if self.session is None and not self.problem:
            return fit_rows(
                [], area.width, area.height
            )  # the lab is still being read, and what draws it has not been imported
        from tutor.tui.widgets.lab_charts import number_rows, rows_of_text
        from tutor.tui.widgets.lab_words import outcome

        session = self.session
        if self.problem or session is None:
            return fit_rows(rows_of_text(self.problem, "bad", area.width, area.height), area.width, area.height)
        text, ink = outcome(session)
        if session.summary is None:
            return fit_rows(rows_of_text(text, ink, area.width, area.height), area.width, area.height)
        has_figures = area.width >= _FIGURES + _CHART_AT_LEAST + 2
        chart_width = area.width - _FIGURES - 2 if has_figures else area.width
        chart = self._chart(Area(chart_width, area.height, area.colour, area.ascii))
        if not has_figures:
            return chart
        said = rows_of_text(text, ink, _FIGURES, 3)
        figures = [*number_rows(session, _FIGURES)[: max(1, area.height - len(said))], *said]
        right = fit_rows(figures, _FIGURES, area.height)
        return [[*left, Span("  "), *fit_row(row, _FIGURES)] for left, row in zip(chart, right, strict=True)]

    def _chart(self, area: Area) -> Rows:
        from tutor.charts.chart_view import ChartView
        from tutor.tui.widgets.lab_charts import draw_loss, draw_view

        if self.session is None:
            return []
        panel = next(iter(self.session.panels), "loss")
        if panel == "loss":
            return draw_loss(self.session, ChartView(), area)
        return draw_view(self.session, panel, area)
