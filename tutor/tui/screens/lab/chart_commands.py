"""What the keys of the lab do to what is seen: axes, zoom, reading off, and the runs kept side by side."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tutor.charts.cells import Rows, fit_rows
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.tui.screen import TutorScreen
from tutor.tui.widgets.rows import Room, RowsView

if TYPE_CHECKING:
    from tutor.charts.chart_view import ChartView
    from tutor.runs.session.pins import Pinned
    from tutor.runs.session.session import LabSession

_MOST_SAID = 2
"""Deeds of others that one notice tells of: the last ones."""


class LabViewActions(TutorScreen):
    """Actions for a screen that shows `session` and redraws with `show_all`."""

    session: LabSession | None
    glass: ChartView
    comparing: bool
    _refused = ""

    def show_all(self) -> None:
        """Draw everything that may have changed."""
        raise NotImplementedError

    def look_soon(self) -> None:
        """Look for the effect of a key shortly."""
        raise NotImplementedError

    def look_ahead(self) -> None:
        """Show what the next run would begin with."""
        raise NotImplementedError

    def turn_panels(self) -> None:
        """Bring the next panel to the top."""
        raise NotImplementedError

    def say_others(self) -> None:
        """Say what was done to the run from other terminals."""
        said = self.session.other_terminals.take() if self.session is not None else []
        if said:
            self.notice("  ·  ".join(said[-_MOST_SAID:]))

    def say_refusal(self) -> None:
        """Say why the worker did not do what it was asked."""
        summary = self.session.summary if self.session is not None else None
        message = summary.message if summary is not None and not summary.ended else ""
        if message and message != self._refused:
            self.notice(harmless_line(message), "warning")
        self._refused = message

    # -- runs side by side ------------------------------------------------------------------------------

    def recall_pins(self, session: LabSession) -> None:
        """Bring the runs back that were kept in this lab before."""
        if session.pins.lasting:
            self.run_worker(partial(self._read_pins, session), thread=True, exit_on_error=False)

    def _read_pins(self, session: LabSession) -> None:
        """Beside the event loop: logs may be long."""
        found = session.pins.recall(session.original, stopped=lambda: not self.is_attached)
        if found:
            self.app.call_from_thread(self._recalled_pins, session, found)

    def _recalled_pins(self, session: LabSession, found: list[Pinned]) -> None:
        session.pins.adopt(found)
        if self.is_attached:
            self.show_all()

    def action_pin(self) -> None:
        """Keep this run beside the next ones, or let it go."""
        session = self.session
        if session is None:
            return
        before = list(session.pinned)
        try:
            session.pin()
        except TutorError as error:
            self.notice(harmless_line(str(error)), "warning")
        else:
            self._say_pinned(session, before)
        self.show_all()

    def _say_pinned(self, session: LabSession, before: list[Pinned]) -> None:
        gone = [each for each in before if each not in session.pinned]
        if len(session.pinned) > len(before) - len(gone):
            key = "lab.pinned-now" if not gone else "compare.pinned-instead"
            key = "compare.pinned-recorded" if session.recorded else key
            self.notice(translate(key, name=session.run_name()), "good")
        elif gone:
            self.notice(translate("lab.unpinned"))
        else:
            self.notice(translate("lab.nothing-to-pin"))

    def action_unpin_all(self) -> None:
        """Let go of every run that is kept."""
        try:
            count = self.session.pins.release_all() if self.session is not None else 0
        except TutorError as error:
            self.notice(harmless_line(str(error)), "warning")
        else:
            self.notice(translate("compare.unpinned-all", count=count))
        self.show_all()

    def action_compare(self) -> None:
        """The table of runs, or away with it."""
        self.comparing = not self.comparing
        self.show_all()

    def lay_out_table(self, height: int) -> int:
        """Give the table of runs its rows, at most half of ``height``. Returns how many."""
        table = self.query_one("#table", RowsView)
        table.display = self.comparing and self.session is not None
        if not table.display or self.session is None:
            return 0
        from tutor.tui.screens.lab.compare import rows_needed

        lines = min(rows_needed(self.session), max(1, height // 2))
        table.styles.height = lines
        return lines

    def draw_table(self, room: Room) -> Rows:
        """The table of runs."""
        if self.session is None:
            return fit_rows([], room.width, room.height)
        from tutor.tui.screens.lab.compare import compare_rows

        rows = compare_rows(self.session, room, in_updates=self.glass.axis.in_updates)
        return fit_rows(rows, room.width, room.height)

    # -- the charts -------------------------------------------------------------------------------------

    def action_panel(self) -> None:
        """Bring the next panel to the top."""
        self.turn_panels()

    def action_log(self) -> None:
        """A logarithmic axis upwards, or a plain one."""
        self.glass.logarithmic = not self.glass.logarithmic
        self.show_all()

    def action_log_across(self) -> None:
        """A logarithmic axis across, or a plain one."""
        self.glass.turn_log_across()
        self.show_all()

    def action_updates(self) -> None:
        """Updates across, or epochs."""
        self.glass.turn_updates()
        self.show_all()

    def _last(self) -> int:
        return self.session.last_place(in_updates=self.glass.axis.in_updates) if self.session is not None else 0

    def action_zoom_in(self) -> None:
        """Fewer epochs."""
        self.glass.closer(self._last())
        self.show_all()

    def action_zoom_out(self) -> None:
        """More epochs."""
        self.glass.further()
        self.show_all()

    def action_zoom_off(self) -> None:
        """All epochs."""
        self.glass.all()
        self.show_all()

    def action_cursor_left(self) -> None:
        """Read off further left."""
        self.glass.move(-1, self._last())
        self.show_all()

    def action_cursor_right(self) -> None:
        """Read off further right."""
        self.glass.move(1, self._last())
        self.show_all()

    def action_cursor_back(self) -> None:
        """Read off one epoch earlier."""
        self.glass.move(-1, self._last(), single=True)
        self.show_all()

    def action_cursor_on(self) -> None:
        """Read off one epoch later."""
        self.glass.move(1, self._last(), single=True)
        self.show_all()
