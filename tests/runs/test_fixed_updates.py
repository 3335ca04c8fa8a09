"""So many updates were asked for: there are as many, and viewers know it, after the batch size was turned."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab
from tutor.runs.control import Command, Set
from tutor.runs.events import Changed, Event, Refused
from tutor.runs.in_process import run_to_end
from tutor.runs.summary import RunSummary, fold
from tutor.runs.worker.job import TrainingJob

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


def bench(**overrides: object) -> LabConfig:
    """1,280 digits: 40 updates an epoch in batches of 32."""
    changes = {"pace": 0.0, "batch_size": 32, "show.panels": ["loss"], "hidden": [4], **overrides}
    return load_lab("batch-bench", LESSONS / "labs", changes)


def turned(spec: LabConfig, turns: Mapping[int, tuple[str, float]]) -> tuple[RunSummary, list[Event]]:
    """A run of ``spec`` in which a key is turned after some epochs."""
    summary, events = RunSummary(), []
    left = dict(turns)

    def emit(event: Event) -> None:
        events.append(event)
        fold(summary, [event])

    def commands(epoch: int) -> list[Command]:
        return [Set(*left.pop(epoch))] if epoch in left else []

    TrainingJob(spec, LESSONS / "data", emit=emit, run_id="r", commands=commands, every_epoch=True).run()
    return summary, events


@pytest.mark.parametrize(
    ("size", "epochs"),
    [
        # 80 updates are done after two epochs; 240 are left: 2 epochs of 128, 60 of 4, or 240 of one.
        (10, 2 + 2),
        (320, 2 + 60),
        (1280, 2 + 240),
    ],
)
def test_the_rest_of_the_updates_is_made_with_the_new_batch_size(size: int, epochs: int) -> None:
    summary, _ = turned(bench(updates=320), {2: ("train.batch_size", size)})
    assert summary.state == "finished"
    assert (summary.epoch, summary.epochs_planned) == (epochs, epochs)
    assert 320 <= summary.updates < 320 + 1280 // size


def test_where_epochs_were_asked_for_there_are_as_many_whatever_the_batch_size() -> None:
    summary, events = turned(bench(updates=0, epochs=5), {2: ("train.batch_size", 320)})
    assert (summary.epoch, summary.epochs_planned, summary.updates) == (5, 5, 2 * 40 + 3 * 4)
    assert [event.epochs for event in events if isinstance(event, Changed)] == [0]


def test_a_run_that_was_turned_is_repeated_bit_for_bit_and_its_rate_falls_to_the_end() -> None:
    spec = bench(updates=160, **{"optimizer.schedule": "linear-decay"})
    first, events = turned(spec, {1: ("train.batch_size", 320), 5: ("train.batch_size", 100)})
    changes = [event for event in events if isinstance(event, Changed)]
    assert [change.epochs for change in changes] == [1 + 30, 5 + 8]
    again = run_to_end(spec, LESSONS / "data", changes=changes)
    assert again.train_losses.tobytes() == first.train_losses.tobytes()
    assert again.learning_rate == first.learning_rate
    assert first.learning_rate is not None
    assert 0 < first.learning_rate < 0.05 / 100


def test_a_batch_size_turned_while_gradient_descent_sees_all_examples_is_refused_with_the_reason() -> None:
    summary, events = turned(bench(updates=0, epochs=3, optimizer="gd"), {1: ("train.batch_size", 10)})
    refused = [event for event in events if isinstance(event, Refused)]
    assert len(refused) == 1
    assert "each update looks at all examples" in refused[0].message
    assert summary.updates == 3
