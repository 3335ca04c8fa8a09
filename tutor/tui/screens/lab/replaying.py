"""Replay a run: what the keys do meanwhile."""

from __future__ import annotations

from typing import ClassVar

from textual import events

from tutor.runs.replay import Replay
from tutor.tui.commands import Command
from tutor.tui.screens.lab.mode import EXPLAIN, LEAVE, ChartMode, Lab, LabCommand

_REPLAY = "replay.group"


class ReplayingMode(ChartMode):
    """Moves through the epochs of a run that has ended.

    Args:
        lab: The screen.
        replay: The run, read from its log.
    """

    commands: ClassVar[tuple[Command, ...]] = (
        LEAVE,
        EXPLAIN,
        ChartMode.compare,
        LabCommand("lab.replay-end", ("w",), "replay.end", "replay.end-help", group=_REPLAY),
        LabCommand("lab.replay-play", ("space",), "replay.play", "replay.play-help", group=_REPLAY),
        LabCommand("lab.replay-pause", ("space",), "replay.pause", "replay.pause-help", group=_REPLAY),
        LabCommand("lab.scrub-back", ("left", "h"), "replay.back", "replay.back-help", group=_REPLAY),
        LabCommand("lab.scrub-on", ("right",), "replay.on", "replay.on-help", group=_REPLAY, shown="← →"),
        LabCommand("lab.scrub-start", ("home",), "replay.start", "replay.start-help", group=_REPLAY),
        LabCommand("lab.scrub-end", ("end",), "replay.last", "replay.last-help", group=_REPLAY),
        LabCommand("lab.replay-faster", ("full_stop",), "replay.faster", "replay.faster-help", group=_REPLAY,
                   shown=", ."),
        LabCommand("lab.replay-slower", ("comma",), "replay.slower", "replay.slower-help", group=_REPLAY),
        *ChartMode.chart_commands,
    )  # fmt: skip

    def __init__(self, lab: Lab, replay: Replay) -> None:
        super().__init__(lab)
        self.session.replay = replay
        self.view.chart_view.cursor = None
        self._player = replay.player

    def possible(self, command: Command) -> bool:
        if command.id in {"lab.replay-play", "lab.replay-pause"}:
            return (command.id == "lab.replay-pause") == self._player.playing
        return super().possible(command)

    @property
    def in_footer(self) -> tuple[str, ...]:
        return "replay_play", "replay_pause", "scrub_on", "replay_faster", "replay_end", "panel", "source"

    def leave(self) -> bool:
        """Return to the end of the run."""
        self.session.replay = None
        self.lab.enter_normal()
        return True

    def tick(self, seconds: float) -> bool:
        """Play on. Returns whether that led to another epoch."""
        return self._player.tick(seconds)

    def on_click(self, event: events.Click) -> None:
        """A click on the bar goes to that epoch."""
        if event.widget is self.view.bar:
            self._player.to_fraction(self.view.bar_fraction(event.x))
            self.lab.show_all()

    def action_replay_end(self) -> None:
        self.leave()

    def action_replay_play(self) -> None:
        self._player.toggle()

    def action_replay_pause(self) -> None:
        self._player.toggle()

    def action_scrub_back(self) -> None:
        self._player.scrub(-1)

    def action_scrub_on(self) -> None:
        self._player.scrub(1)

    def action_scrub_start(self) -> None:
        self._player.to_fraction(0.0)

    def action_scrub_end(self) -> None:
        self._player.to_fraction(1.0)

    def action_replay_faster(self) -> None:
        self._player.change_speed(1)

    def action_replay_slower(self) -> None:
        self._player.change_speed(-1)
