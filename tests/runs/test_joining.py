"""Which run a lab joins when it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tutor.labs.lab_config import LabConfig
from tutor.labs.mine import MineProgram, write_programs
from tutor.runs.registry import RunEntry
from tutor.runs.session.opening import joinable

STEP = MineProgram("adam-step", "step", ("theta", "g", "t", "lr"), "def step(theta, g, t, lr):\n    return theta\n")


class OneRun:
    """A learner's runs: a single one, which is running."""

    def __init__(self, folder: Path, mine: dict[str, str]) -> None:
        self.entry = RunEntry(
            id="one", folder=folder, spec=LabConfig(mine=mine), state="paused", epoch=1, train_loss=0.0,
            valid_loss=0.0, started_at=datetime(2025, 1, 1, tzinfo=UTC),
        )  # fmt: skip

    def running(self) -> Sequence[RunEntry]:
        return [self.entry]

    def all(self) -> Sequence[RunEntry]:
        return [self.entry]


def test_a_lab_joins_only_a_run_that_the_same_functions_train(tmp_path: Path) -> None:
    spec = LabConfig(mine={"optimizer": "adam-step"})
    asked, newer = {"mine.optimizer": "adam-step"}, replace(STEP, source=STEP.source + "\n# faster\n")
    write_programs(tmp_path, {"optimizer": STEP})
    built_in, mine = OneRun(tmp_path, {}), OneRun(tmp_path, {"optimizer": "adam-step"})
    assert joinable(built_in, spec, asked, programs={"optimizer": STEP}) is None
    assert joinable(built_in, spec, asked, programs={}) == "one"  # it has not passed, so the built-in trains
    assert joinable(mine, spec, asked, programs={"optimizer": STEP}) == "one"
    assert joinable(mine, spec, asked, programs={"optimizer": newer}) is None
    assert joinable(mine, LabConfig(), {}, programs={}) is None
