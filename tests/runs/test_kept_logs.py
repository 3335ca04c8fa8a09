"""Logs of the first edition: whatever reads logs now must read these, which were kept as that edition wrote them."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest

from tutor.labs.lab_files import read_config
from tutor.runs import control
from tutor.runs.control import Inbox
from tutor.runs.events import (
    Changed,
    Diverged,
    Epochs,
    Event,
    Failed,
    Finished,
    Noted,
    Paced,
    Paused,
    Refused,
    Resumed,
    Started,
    View,
)
from tutor.runs.export import csv_lines
from tutor.runs.follower import RunFollower
from tutor.runs.registry import entry_of
from tutor.runs.replay import Replay
from tutor.runs.sweep.results import SweepFollower, read_plan

KEPT = Path(__file__).parent / "kept"
ANNA = "anna pts/3 4711"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run with every event that there is, and every command, in a folder where locks may be looked for."""
    return Path(shutil.copytree(KEPT / "run", tmp_path / "20260101-120000-7f3a"))


def test_every_event_is_read_as_it_was_written(run: Path) -> None:
    follower, told = RunFollower(run), list[Event]()
    summary = follower.catch_up(told.append)
    assert follower.skipped == 0
    assert [type(event) for event in told] == [
        *(Started, View, View, Epochs, Paced, Paused, Changed, Changed, Refused, Noted, Resumed, View, Epochs),
        *(Diverged, Finished, Failed),
    ]
    assert told[6] == Changed(epoch=3, updates=3, key="optimizer.learning_rate", value=0.05, by=ANNA)
    assert told[7] == Changed(epoch=3, updates=3, key="train.batch_size", value=16, epochs=12)
    assert told[9] == Noted(epoch=3, text="the learner's guess: it falls", by=ANNA)
    assert told[15] == Failed(epoch=5, message="The disk is full.", hint="Make room.")
    assert list(summary.train_losses[:2]) == [3.0, 2.5]
    assert math.isnan(summary.train_losses[2])
    assert list(summary.valid_losses) == [3.5, 2.75, 2.25]
    assert list(summary.train_accuracies[3:]) == [0.5, 0.75]
    assert summary.metrics["f1"][3] == 0.5
    assert summary.views["fit"].frame == {"w": 0.75}
    assert summary.spec == read_config(run)
    assert summary.spec is not None
    assert summary.spec.title_in("zh") == "一个往低处走的点"
    assert summary.data is not None
    assert summary.data.feature_names == ("views −1",)
    assert summary.data.notes == ("One row was left out.",)
    assert summary.final_facts == {"final.w": 0.75, "final.b": 0.125}
    assert (summary.epochs_planned, summary.pace, summary.log_version) == (12, 20.0, 1)


def test_the_list_the_replay_and_the_export_read_it_too(run: Path) -> None:
    entry = entry_of(run)
    assert (entry.state, entry.epoch, entry.train_loss, entry.valid_loss) == ("failed", 5, 1.5, 2.25)
    replay = Replay(run)
    assert replay.last == 5
    assert [replay.at(epoch).views["fit"].frame for epoch in (0, 4)] == [{"w": 0.0}, {"w": 0.75}]
    assert list(csv_lines(run))[:2] == [
        "epoch,train_loss,valid_loss,train_accuracy,valid_accuracy,f1\n",
        "1,3.0,3.5,,,\n",
    ]


def test_every_command_is_obeyed_as_it_was_sent(run: Path) -> None:
    inbox = Inbox(run / control.CONTROL_FILE)
    assert inbox.poll() == [
        control.Pause(by=ANNA),
        control.Step(epochs=3, by=ANNA),
        control.Resume(by=ANNA),
        control.Pace(pace=5.0, by="x"),
        control.Set(key="learning_rate", value=0.05, by="x"),
        control.Set(key="loss", value="mae", by="x"),
        control.Note(text="猜对了", by="x"),
        control.Stop(by="x"),
    ]
    assert inbox.skipped == 0
    inbox.close()


def test_a_sweep_is_read_and_could_be_taken_up_again(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(KEPT / "sweep", tmp_path / "20a4921fc90c"))
    plan = read_plan(folder)
    assert plan.shape == (2, 2)
    assert plan.overrides_of(3) == {"optimizer.learning_rate": 0.5, "train.epochs": 2}
    follower = SweepFollower(folder)
    assert len(follower.poll()) == 10
    state = follower.state
    assert (follower.skipped, state.waiting(plan.count), state.best()) == (0, [], 3)
    assert state.results[0].valid_loss == 43.1392564
    assert state.trouble is not None
    assert state.trouble.message == "The processes of the sweep ended."
    cell = follower.run_folder(0)
    assert cell is not None
    summary = RunFollower(cell).catch_up()
    assert (summary.state, list(summary.train_losses), summary.lost) == ("finished", [48.0709994], 0)
    assert summary.spec == plan.spec_of(0)
    assert follower.run_folder(1) is None
