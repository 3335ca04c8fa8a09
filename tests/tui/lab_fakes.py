"""Runs without workers: a test says what the log holds, and reads what the screen asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tutor.foundation.errors import TutorError
from tutor.labs.lab_config import LabConfig
from tutor.labs.mine import Programs
from tutor.runs.control import this_author
from tutor.runs.events import DataFacts, Diverged, Epochs, Event, Finished, Reason, Started, View
from tutor.runs.registry import RunEntry
from tutor.runs.summary import RunSummary, fold

LAB = """
id = "one-lag"
title = { en = "Looking back one day", zh = "只看昨天" }
[about]
en = "Watch the line find its place. What happens with a larger learning rate?"
zh = "看直线怎样找到自己的位置。学习率更大会怎样？"
[data]
name = "views"
[model]
name = "linear"
[loss]
name = "mae"
[optimizer]
name = "gd"
learning_rate = 0.1
[train]
epochs = 200
[show]
panels = ["loss", "fit"]
[controls]
learning_rate = [1e-5, 10.0]
lags = [1, 7, 28, 56]
[challenge]
goal = "final.valid_loss < 0.5 and updates < 5000"
"""

MANUAL = """
id = "by-hand"
title = { en = "You are the optimizer" }
[data]
name = "views"
[model]
name = "linear"
w = 0.5
b = 0.5
[optimizer]
name = "manual"
[train]
epochs = 1000
[show]
panels = ["surface", "loss"]
[controls]
w = [-2.0, 2.0]
b = [-2.0, 2.0]
"""


@dataclass
class FakeFollower:
    """A log that the test writes."""

    folder: Path
    summary: RunSummary = field(default_factory=RunSummary)
    waiting: list[Event] = field(default_factory=list)

    def poll(self, limit_bytes: int = 0) -> list[Event]:
        """What the test has written since the last poll."""
        events, self.waiting = self.waiting, []
        fold(self.summary, events)
        return events

    def catch_up(
        self, hear: Callable[[Event], object] | None = None, stopped: Callable[[], bool] | None = None
    ) -> RunSummary:
        """All that the test has written."""
        for event in self.poll() if stopped is None or not stopped() else []:
            if hear is not None:
                hear(event)
        return self.summary

    def asked(self) -> list[dict[str, Any]]:
        """What the screen asked of the worker, each signed with this process's hand."""
        log = self.folder / "control.jsonl"
        asked = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        assert all(each.pop("by") == this_author() for each in asked)
        return asked

    def write(self, *events: Event) -> None:
        """Let the log grow."""
        self.waiting.extend(events)

    def train(self, losses: Sequence[float | None], valid: Sequence[float | None] = (), rate: float = 0.1) -> None:
        """Let some epochs pass."""
        first = len(self.summary.train_losses) + sum(len(e.train) for e in self.waiting if isinstance(e, Epochs)) + 1
        updates = (first + len(losses) - 1) * 4
        self.write(
            Epochs(
                first=first,
                train=list(losses),
                valid=list(valid),
                updates=updates,
                seconds=1.0,
                learning_rate=rate,
                gradient_norm=0.0121,
            )
        )

    def finish(self, reason: Reason = "epochs", **facts: float) -> None:
        """Let the run end."""
        done = len(self.summary.train_losses) + sum(len(e.train) for e in self.waiting if isinstance(e, Epochs))
        if reason == "diverged":
            self.write(Diverged(epoch=done, updates=done * 4))
        self.write(Finished(reason=reason, epoch=done, updates=done * 4, seconds=2.0, facts=facts))

    def die(self) -> None:
        """Let the worker be killed."""
        self.poll()
        self.summary.state = "died"
        self.summary.version += 1


class FakeRuns:
    """Starts runs that are only logs in the test's hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.followers: dict[str, FakeFollower] = {}
        self.specs: list[LabConfig] = []
        self.kept: dict[str, int] = {}
        """The runs kept for comparison, and their numbers."""

    @property
    def last(self) -> FakeFollower:
        """The newest run."""
        return list(self.followers.values())[-1]

    def start(self, spec: LabConfig, *, data_folder: Path | None = None, programs: Programs | None = None) -> str:
        """A run that says it has begun."""
        spec = replace(spec, mine={slot: each.exercise for slot, each in (programs or {}).items()})
        run_id = f"run-{len(self.specs) + 1}"
        folder = self.folder / run_id
        folder.mkdir(parents=True)
        self.specs.append(spec)
        follower = self.followers[run_id] = FakeFollower(folder)
        follower.write(started(run_id, spec))
        return run_id

    def follow(self, run_id: str) -> FakeFollower:
        """The run's log."""
        return self.followers[run_id]

    def keep_compared(self, run_id: str, number: int | None) -> None:
        """Keep a run for comparison, or no longer."""
        self.kept.pop(run_id, None)
        if number is not None:
            self.kept[run_id] = number

    def compared(self, spec: LabConfig) -> list[tuple[int, str]]:
        """The runs kept for comparison."""
        return [(number, run_id) for run_id, number in self.kept.items()]

    def folder_of(self, run_id: str) -> Path:
        """Where the run lies."""
        if run_id not in self.followers:
            raise TutorError(f"no run {run_id}")
        return self.followers[run_id].folder

    def _entry(self, run_id: str) -> RunEntry:
        follower = self.followers[run_id]
        follower.poll()
        summary = follower.summary
        assert summary.spec is not None
        return RunEntry(
            id=run_id,
            folder=follower.folder,
            spec=summary.spec,
            state=summary.state,
            epoch=summary.epoch,
            train_loss=0.0,
            valid_loss=0.0,
            started_at=datetime(2025, 1, 1, tzinfo=UTC),
        )

    def running(self) -> list[RunEntry]:
        """Runs that have not ended, newest first."""
        return [entry for entry in self.all() if entry.state in {"starting", "running", "paused"}]

    def all(self) -> list[RunEntry]:
        """All runs, newest first."""
        return [self._entry(run_id) for run_id in reversed(self.followers)]


def started(run_id: str, spec: LabConfig) -> Started:
    """The first line of a log."""
    data = DataFacts(name=spec.data.name, task="regression", train_rows=100, valid_rows=30)
    return Started(run=run_id, at="2025-01-01T00:00:00Z", spec=spec, data=data)


def fit_views(epoch: int, slope: float) -> list[Event]:
    """Scene and frame of a line through some points."""
    xs = [index / 10 for index in range(40)]
    scene: dict[str, object] = {
        "points_x": xs, "points_y": [1 + 0.5 * x + (index % 5) / 10 for index, x in enumerate(xs)],
        "valid_x": [0.55, 2.15], "valid_y": [1.5, 2.2], "x_name": "yesterday", "y_name": "views",
    }  # fmt: skip
    frame: dict[str, object] = {"x": [0.0, 4.0], "y": [1.0, 1.0 + 4 * slope]}
    return [
        View(panel="fit", part="scene", epoch=0, data=scene),
        View(panel="fit", part="frame", epoch=epoch, data=frame),
    ]


def surface_views(path: list[list[float]]) -> list[Event]:
    """Scene and frame of a bowl and a way into it."""
    columns, rows = 24, 16
    levels = [
        min(63, int(((column / 12 - 1) ** 2 + (row / 8 - 1) ** 2) * 31))
        for row in range(rows)
        for column in range(columns)
    ]
    scene: dict[str, object] = {
        "x_name": "w", "y_name": "b", "x_low": -2.0, "x_high": 2.0, "y_low": -2.0, "y_high": 2.0,
        "columns": columns, "rows": rows, "levels": levels, "loss_low": 0.1, "loss_high": 9.0,
    }  # fmt: skip
    return [
        View(panel="surface", part="scene", epoch=0, data=scene),
        View(panel="surface", part="frame", epoch=len(path), data={"path": path}),
    ]
