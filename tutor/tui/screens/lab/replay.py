"""A run seen again: the bar that tells where it is, and what the keys do meanwhile."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import events

from tutor.charts.cells import Row, Rows, Span, fit_rows
from tutor.charts.numbers import count
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width
from tutor.foundation.translate import translate
from tutor.tui.screens.lab.chart_commands import LabViewActions
from tutor.tui.widgets.rows import Room

if TYPE_CHECKING:
    from tutor.runs.replay import Player, Replay
    from tutor.runs.session.session import LabSession

_EVERY = 0.1
REPLAY_ACTIONS = frozenset({
    "replay_play", "replay_pause", "scrub_back", "scrub_on", "scrub_start", "scrub_end", "replay_faster",
    "replay_slower", "replay_end",
})  # fmt: skip
"""What can be done only while a run is seen again."""


class LabReplay(LabViewActions):
    """The actions of a replay, for a screen with a bar ``#scrub``."""

    def replay_offers(self, action: str) -> bool:
        """Whether an action of `REPLAY_ACTIONS` makes sense now."""
        replay = self.session.replay if self.session is not None else None
        if replay is None:
            return False
        return action not in {"replay_play", "replay_pause"} or (action == "replay_pause") == replay.player.playing

    def action_replay(self) -> None:
        """See the run again, from its log."""
        session = self.session
        if session is not None and session.can_replay and session.follower is not None:
            self.run_worker(partial(self._read_replay, session), thread=True, exit_on_error=False)

    def _read_replay(self, session: LabSession) -> None:
        """Beside the event loop: a log may be long."""
        from tutor.runs.replay import Replay

        follower = session.follower
        if follower is None:
            return
        try:
            found = Replay(follower.folder)
        except TutorError as error:
            self.app.call_from_thread(self.notice, harmless_line(str(error)), "warning")
            return
        self.app.call_from_thread(self._begin_replay, session, found)

    def _begin_replay(self, session: LabSession, replay: Replay) -> None:
        if session.can_replay and self.is_attached:
            session.replay = replay
            self.glass.cursor = None
            self.show_all()

    def action_replay_end(self) -> None:
        """Back to the run as it ended."""
        if self.session is not None:
            self.session.replay = None
        self.show_all()

    def action_back(self) -> None:
        """Leave the replay, else the screen."""
        if self.session is not None and self.session.replay is not None:
            self.action_replay_end()
        else:
            super().action_back()

    def _player(self) -> Player | None:
        return self.session.replay.player if self.session is not None and self.session.replay is not None else None

    def action_replay_play(self) -> None:
        """Play, or hold."""
        if (player := self._player()) is not None:
            player.toggle()
            self.show_all()

    def action_replay_pause(self) -> None:
        """Play, or hold."""
        self.action_replay_play()

    def action_scrub_back(self) -> None:
        """To an earlier epoch."""
        self._scrub(-1)

    def action_scrub_on(self) -> None:
        """To a later epoch."""
        self._scrub(1)

    def _scrub(self, steps: int) -> None:
        if (player := self._player()) is not None:
            player.scrub(steps)
            self.show_all()

    def action_scrub_start(self) -> None:
        """To the first epoch."""
        self._go_to(0.0)

    def action_scrub_end(self) -> None:
        """To the last epoch."""
        self._go_to(1.0)

    def _go_to(self, share: float) -> None:
        if (player := self._player()) is not None:
            player.to_share(share)
            self.show_all()

    def action_replay_faster(self) -> None:
        """Twice as fast."""
        self._change_speed(1)

    def action_replay_slower(self) -> None:
        """Half as fast."""
        self._change_speed(-1)

    def _change_speed(self, steps: int) -> None:
        if (player := self._player()) is not None:
            player.change_speed(steps)
            self.show_all()

    def on_click(self, event: events.Click) -> None:
        """A click on the bar goes there."""
        if event.widget is not None and event.widget.id == "scrub":
            bar = self.bar_place(event.widget.size.width)
            if bar[1] > 1:
                self._go_to((event.x - bar[0]) / (bar[1] - 1))

    def bar_place(self, width: int) -> tuple[int, int]:
        """First cell and length of the bar in a row of ``width`` cells."""
        player = self._player()
        return (3, max(2, width - 5 - cell_width(self._where(player)))) if player is not None else (0, 0)

    def draw_scrub(self, room: Room) -> Rows:
        """The bar."""
        player = self._player()
        if player is None:
            return fit_rows([], room.width, room.height)
        start, length = self.bar_place(room.width)
        at = round(player.position / max(1, player.last) * (length - 1))
        sign = "⏸" if player.playing else "▶"
        row: Row = [
            Span(f" {sign}".ljust(start), "accent"),
            Span("━" * at, "bar"), Span("●", "accent bold"), Span("─" * (length - 1 - at), "bar-rest"),
            Span(f"  {self._where(player)}", "muted"),
        ]  # fmt: skip
        return fit_rows([row], room.width, room.height)

    def _where(self, player: Player) -> str:
        """Epoch, that of the pictures, and speed; as wide at the first epoch as at the last."""
        last, position = count(player.last), count(player.position)
        if (
            self.session is not None
            and self.session.replay is not None
            and (whole := self.session.replay.whole).numbers
        ):
            last, position = whole.epoch_text(), whole.epoch_text(player.position) if player.position else "–"
        place = f"{translate('lab.epoch')} {position.rjust(len(last))} / {last}"
        drawn = self._epoch_of_pictures()
        if drawn is not None:
            place += f"  {translate('replay.pictures', epoch=count(drawn).rjust(len(last)))}"
        return f"{place}  {f'{player.speed:g}×':>5}"

    def _epoch_of_pictures(self) -> int | None:
        """Of which epoch the oldest picture in view is: the log has one now and then. None where there are none."""
        if self.session is None or self.session.replay is None:
            return None
        views = self.session.replay.summary.views
        shown = (views[panel] for panel in self.session.spec.show.panels if panel in views)
        return min((view.epoch for view in shown), default=None)
