"""Runs of a class take turns: one of each learner, as many as there are turns, and none while it rests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runs.fakes import FakeClock, FakeTraining
from tutor.foundation.errors import TutorError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import with_overrides
from tutor.labs.limits import Limits
from tutor.runs.control import Command, Pause, Resume
from tutor.runs.events import Event, Finished, Queued
from tutor.runs.summary import RunSummary, fold
from tutor.runs.sweep.registry import processors
from tutor.runs.worker.loop import TrainingLoop
from tutor.runs.worker.turns import Turns

BALL = {"data.name": "curve", "model.name": "function", "loss.name": "function", "show.panels": ["curve"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "turns"
    made.mkdir()
    for name in ("0", "1", "waiting"):
        (made / name).touch(0o400)
    return made


@pytest.fixture
def turns(folder: Path, tmp_path: Path) -> Iterator[list[Turns]]:
    """Those of anna's two runs, of ben's and of carla's."""
    made = [Turns(folder, tmp_path / name) for name in ("anna", "anna", "ben", "carla")]
    yield made
    for each in made:
        each.close()


def test_one_of_each_learner_and_as_many_as_there_are_turns(turns: list[Turns]) -> None:
    first, second, ben, carla = turns
    assert [each.take() for each in (first, second, ben, carla)] == [True, False, True, False]
    assert (first.count, first.is_wanted) == (2, True)
    first.give()
    assert second.take()
    ben.give()
    assert carla.take()
    assert not carla.is_wanted


def test_a_run_says_that_it_waits_and_waiting_is_no_time_of_the_run(turns: list[Turns]) -> None:
    ours, theirs = turns[0], turns[1]
    assert theirs.take()
    clock, events = FakeClock(), list[Event]()

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        if clock.now > 110:
            theirs.give()

    spec = with_overrides(LabConfig(), BALL)
    loop = TrainingLoop(spec, FakeTraining(5), emit=events.append, turns=ours, clock=clock, sleep=sleep)
    loop.run()
    assert [each.turns for each in events if isinstance(each, Queued)] == [2]
    waiting = RunSummary(state="running")
    fold(waiting, [each for each in events if isinstance(each, Queued)])
    assert "2 runs compute at once" in waiting.message
    summary = fold(RunSummary(state="running"), events)
    assert (summary.epoch, summary.queued_behind) == (5, 0)
    assert isinstance(events[-1], Finished)
    assert events[-1].seconds < 1 < clock.now - 100


def test_a_run_that_rests_gives_its_turn_to_another(turns: list[Turns]) -> None:
    ours, theirs = turns[0], turns[1]
    clock, free = FakeClock(), list[bool]()

    def commands(epoch: int) -> list[Command]:
        return [Pause()] if epoch == 2 and not free else [Resume()] if len(free) > 3 else []

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        free.append(theirs.take())
        theirs.give()

    spec = with_overrides(LabConfig(), {**BALL, "train.epochs": 5})
    TrainingLoop(
        spec, FakeTraining(5), emit=lambda _: None, commands=commands, every_epoch=True, turns=ours, clock=clock,
        sleep=sleep,
    ).run()  # fmt: skip
    assert free
    assert all(free)


def test_a_long_run_lets_another_one_compute(turns: list[Turns]) -> None:
    ours, theirs = turns[0], turns[1]
    clock = FakeClock(tick=0.01)
    taken = list[int]()

    def commands(epoch: int) -> list[Command]:
        if theirs.take():
            taken.append(epoch)
            theirs.give()
        return []

    spec = with_overrides(LabConfig(), {**BALL, "train.epochs": 400})
    TrainingLoop(
        spec, FakeTraining(400), emit=lambda _: None, commands=commands, every_epoch=True, turns=ours, clock=clock,
        sleep=clock.sleep,
    ).run()  # fmt: skip
    assert taken[0] == 0
    assert 2 < len(taken) < 40


def test_the_environment_names_the_turns(
    folder: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert Turns.of_environment() is None
    monkeypatch.setenv("TUTOR_TURNS", str(folder))
    found = Turns.of_environment()
    assert found is not None
    assert found.take()
    assert (own_home / "turn").exists()
    found.close()
    assert processors() == 1
    monkeypatch.setenv("TUTOR_TURNS", str(tmp_path / "gone"))
    assert Turns.of_environment() is None


def test_a_full_folder_starts_nothing_more(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(os.urandom(10))
    os.truncate(tmp_path / "big", 3_000_000)
    Limits().refuse_full(tmp_path)
    Limits(disk_mb=4).refuse_full(tmp_path)
    with pytest.raises(TutorError, match="holds 3 MB, and no more than 2 MB"):
        Limits(disk_mb=2).refuse_full(tmp_path)
    assert (Limits().kept_mb, Limits(disk_mb=50).kept_mb) == (200, 25)
