"""Replays a run that has ended: its state after any epoch, and a player that moves through the epochs.

The losses are in memory; of the views only the position in the log is, and each is read when it is shown.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, nan
from pathlib import Path
from typing import NamedTuple

from tutor.foundation.errors import TutorError
from tutor.foundation.files import open_file
from tutor.foundation.translate import translate
from tutor.runs.events import Epochs, Event, View
from tutor.runs.follower import EVENTS_FILE
from tutor.runs.log import MAX_LINE_BYTES, LogReader
from tutor.runs.summary import PanelView, RunSummary, fold

_SECONDS = 12.0
"""How long a replay takes at its first speed."""
_SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


class _Mark(NamedTuple):
    """What the log says after the last epoch of an `Epochs` event."""

    epoch: int
    updates: int
    seconds: float
    learning_rate: float | None
    gradient_norm: float | None


class _ViewPlace(NamedTuple):
    """Where a view is in the log."""

    epoch: int
    offset: int
    length: int


class Replay:
    """The log of a run, open at any epoch.

    Args:
        folder: The run's folder.

    Raises:
        TutorError: there is no log, or it has no epoch.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / EVENTS_FILE
        self._reader: LogReader[Event] = LogReader(Event)
        self.whole = RunSummary()
        """The run as it ended."""
        self._marks = [_Mark(0, 0, 0.0, None, None)]
        self._views: dict[tuple[str, str], list[_ViewPlace]] = {}
        self._loaded: dict[int, dict[str, object]] = {}
        self._read()
        self._bests = _records(self.whole.valid_losses, lower=True)
        self._worsts = _records(self.whole.train_losses, lower=False)
        if not self.whole.train_losses:
            raise TutorError(translate("replay.nothing"))
        self.player = Player(self.last)
        self._shown = self.at(0)

    @property
    def last(self) -> int:
        """The last epoch."""
        return len(self.whole.train_losses)

    @property
    def summary(self) -> RunSummary:
        """The run as it stood at the position of `player`."""
        if self._shown.epoch != self.player.position:
            self._shown = self.at(self.player.position)
        return self._shown

    def _read(self) -> None:
        try:
            with os.fdopen(open_file(self._path), "rb") as log:
                offset, begins = 0, True
                while line := log.readline(MAX_LINE_BYTES + 1):
                    if begins and len(line) <= MAX_LINE_BYTES:
                        self._take(line, offset)
                    offset += len(line)
                    begins = line.endswith(b"\n")
        except OSError as error:
            reason = error.strerror or str(error)
            raise TutorError(translate("runs.cannot-read", path=str(self._path), reason=reason)) from error

    def _take(self, line: bytes, offset: int) -> None:
        event = self._reader.decode(line)
        if event is None:
            return
        if isinstance(event, View):
            places = self._views.setdefault((event.panel, event.part), [])
            places.append(_ViewPlace(event.epoch, offset, len(line)))
            return
        fold(self.whole, [event])
        if isinstance(event, Epochs):
            while self._marks[-1].epoch >= event.first > 0 and len(self._marks) > 1:  # this event replaces those
                self._marks.pop()
            last = event.first + len(event.train) - 1
            self._marks.append(_Mark(last, event.updates, event.seconds, event.learning_rate, event.gradient_norm))

    def at(self, epoch: int) -> RunSummary:
        """The state of the run after ``epoch`` epochs (0: before the first)."""
        whole = self.whole
        epoch = max(0, min(epoch, self.last))
        summary = RunSummary(
            state=whole.state,
            run=whole.run, started_at=whole.started_at, spec=whole.spec, versions=whole.versions, data=whole.data,
            epoch=epoch, pace=whole.pace,
            train_losses=whole.train_losses[:epoch], valid_losses=whole.valid_losses[:epoch],
            train_accuracies=whole.train_accuracies[:epoch], valid_accuracies=whole.valid_accuracies[:epoch],
            metrics={name: series[:epoch] for name, series in whole.metrics.items()}, numbers=whole.numbers[:epoch],
            not_finite={
                name: {place: value for place, value in odd.items() if place <= epoch}
                for name, odd in whole.not_finite.items()
            },
            changes=[each for each in whole.changes if each.epoch <= epoch],
            diverged=whole.diverged and epoch == self.last,
            final_facts=whole.final_facts if epoch == self.last else {},
            version=-1 - epoch,
        )  # fmt: skip
        self._fill(summary)
        summary.best_epoch, summary.best_valid_loss = self._bests[self._before(self._bests, epoch)]
        summary.worst_epoch, summary.worst_train_loss = self._worsts[self._before(self._worsts, epoch)]
        return summary

    @staticmethod
    def _before(records: list[tuple[int, float]], epoch: int) -> int:
        """The index of the last of ``records`` set by ``epoch``; the record at index 0 stands for none."""
        return bisect_right(records, epoch, key=lambda record: record[0]) - 1

    def _fill(self, summary: RunSummary) -> None:
        """Fill in what the log records only now and then: updates, time, learning rate, views."""
        epoch = summary.epoch
        after = bisect_right(self._marks, epoch, key=lambda mark: mark.epoch)
        before = self._marks[after - 1]
        later = self._marks[after] if before.epoch < epoch and after < len(self._marks) else before
        fraction = (epoch - before.epoch) / max(1, later.epoch - before.epoch)
        summary.updates = before.updates + round(fraction * (later.updates - before.updates))
        summary.seconds = before.seconds + fraction * (later.seconds - before.seconds)
        summary.learning_rate = later.learning_rate
        summary.gradient_norm = before.gradient_norm
        for panel in {panel for panel, _ in self._views}:
            scene, frame = self._view_at(panel, "scene", epoch), self._view_at(panel, "frame", epoch)
            if scene or frame:
                version = -1 - (frame.offset if frame else 0) - (scene.offset if scene else 0)
                drawn = frame.epoch if frame is not None else epoch  # a scene alone is the same at every epoch
                view = PanelView(scene=self._load(scene), frame=self._load(frame), epoch=drawn, version=version)
                summary.views[panel] = view

    def _view_at(self, panel: str, part: str, epoch: int) -> _ViewPlace | None:
        """The newest view at ``epoch``. Before the first scene, that first scene, though it came later."""
        places = self._views.get((panel, part), [])
        at = bisect_right(places, epoch, key=lambda place: place.epoch)
        if at:
            return places[at - 1]
        return places[0] if places and part == "scene" else None

    def _load(self, place: _ViewPlace | None) -> dict[str, object]:
        if place is None:
            return {}
        if place.offset not in self._loaded:
            if len(self._loaded) > 64:
                self._loaded.clear()
            self._loaded[place.offset] = self._data_at(place)
        return self._loaded[place.offset]

    def _data_at(self, place: _ViewPlace) -> dict[str, object]:
        try:
            descriptor = open_file(self._path)
        except OSError:
            return {}
        try:
            event = self._reader.decode(os.pread(descriptor, place.length, place.offset))
        finally:
            os.close(descriptor)
        return event.data if isinstance(event, View) else {}


def _records(losses: Sequence[float], *, lower: bool) -> list[tuple[int, float]]:
    """The epochs with the lowest loss so far, or the highest, and that loss; first an entry that stands for none."""
    records: list[tuple[int, float]] = [(0, nan)]
    held = inf if lower else -inf
    for epoch, loss in enumerate(losses, 1):
        if (loss < held) if lower else (loss > held):
            held = loss
            records.append((epoch, loss))
    return records


@dataclass(slots=True)
class Player:
    """Moves through the epochs of a replay.

    Args:
        last: The last epoch.
    """

    last: int
    position: int = 0
    """Epochs that are shown."""
    playing: bool = True
    speed: float = 1.0
    """1: the whole run in `_SECONDS`, however long it was."""
    _part: float = 0.0

    def tick(self, seconds: float) -> bool:
        """Advance by ``seconds``. Return whether the position moved."""
        if not self.playing:
            return False
        self._part += seconds * self.speed * max(self.last / _SECONDS, 1.0)
        steps, self._part = int(self._part), self._part % 1.0
        before = self.position
        self.to(self.position + steps)
        if self.position == self.last:
            self.playing = False
        return self.position != before

    def toggle(self) -> None:
        """Play or pause; at the end, play from the beginning."""
        if not self.playing and self.position >= self.last:
            self.position = 0
        self.playing = not self.playing

    def to(self, epoch: int) -> None:
        """Go to an epoch."""
        self.position = max(0, min(self.last, epoch))

    def scrub(self, steps: int) -> None:
        """Move by fortieths of the run, and pause there."""
        self.playing = False
        self.to(self.position + steps * max(1, self.last // 40))

    def to_fraction(self, fraction: float) -> None:
        """Go to a fraction of the run, from 0 to 1, and pause there."""
        self.playing = False
        self.to(round(fraction * self.last))

    def change_speed(self, steps: int) -> None:
        """Play faster, or slower if ``steps`` is negative."""
        at = _SPEEDS.index(self.speed) + steps
        self.speed = _SPEEDS[max(0, min(len(_SPEEDS) - 1, at))]
