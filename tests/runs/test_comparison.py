"""Comparison of runs: names, equal epochs, equal updates."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import msgspec

from tests.tui.lab_fakes import LAB, started
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import read_lab, with_overrides
from tutor.runs.comparison import common_end, epoch_at, knots_of, lowest, names_of, standings
from tutor.runs.events import Changed, DataFacts, Epochs
from tutor.runs.recording import recorded_spec
from tutor.runs.summary import RunSummary, fold

SPEC = read_lab(LAB, Path("one-lag.toml"))
FACTS = DataFacts(name="my model", task="recorded", train_rows=0, valid_rows=0)


def run(losses: list[float], per_epoch: int, spec: LabConfig = SPEC, valid: list[float] | None = None) -> RunSummary:
    epochs = Epochs(first=1, train=list(losses), valid=list(valid or []), updates=len(losses) * per_epoch, seconds=1.0)
    return fold(RunSummary(), [started("x", spec), epochs])


def test_runs_are_named_by_what_tells_them_apart_and_by_nothing_else() -> None:
    faster = with_overrides(SPEC, {"learning_rate": 0.2})
    further = with_overrides(SPEC, {"learning_rate": 0.2, "lags": 7})
    assert names_of([(SPEC, None), (faster, None)]) == ["η 0.1", "η 0.2"]
    assert names_of([(SPEC, None), (faster, None)], ascii=True) == ["learning rate 0.1", "learning rate 0.2"]
    assert names_of([(faster, None), (further, None)]) == ["look-back 1", "look-back 7"]
    assert names_of([(SPEC, None), (SPEC, None)]) == ["seed 1", "seed 1"]
    seeds = [with_overrides(SPEC, {"train.seed": seed}) for seed in (1, 2)]
    assert names_of([(each, None) for each in seeds]) == ["seed 1", "seed 2"]


def test_a_control_turned_while_the_run_went_on_counts() -> None:
    summary = run([1.0], 4)
    fold(summary, [Changed(epoch=1, updates=4, key="optimizer.learning_rate", value=0.5)])
    assert names_of([(SPEC, summary), (SPEC, None)]) == ["η 0.5", "η 0.1"]


def test_at_equal_epochs_and_at_equal_updates_another_one_may_be_ahead() -> None:
    small = run([0.5, 0.4, 0.3, 0.2], 10)
    large = run([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05], 1)
    pair = [(SPEC, small), (SPEC, large)]
    epochs = standings(pair)
    assert [each.train_at for each in epochs] == [0.2, 0.6]
    assert common_end([small, large], in_updates=True) == 10
    updates = standings(pair, in_updates=True)
    assert [each.train_at for each in updates] == [0.5, 0.05]
    assert [each.train for each in updates] == [0.2, 0.05]
    assert all(isnan(each.valid) for each in updates)


def test_a_batch_size_turned_on_the_way_bends_the_count_of_updates() -> None:
    summary = fold(RunSummary(), [started("x", SPEC), Epochs(first=1, train=[1.0] * 10, updates=100, seconds=1.0)])
    fold(summary, [Changed(epoch=10, updates=100, key="train.batch_size", value=8)])
    fold(summary, [Epochs(first=11, train=[1.0] * 10, updates=110, seconds=1.0)])
    assert knots_of(summary) == ((0, 0), (10, 100), (20, 110))
    assert [epoch_at(summary, updates) for updates in (0, 9, 10, 100, 105, 110, 999)] == [0, 0, 1, 10, 15, 20, 20]


def test_nothing_is_lowest_of_one_and_what_is_no_number_never_is() -> None:
    nan = float("nan")
    assert lowest([1.0]) is None
    assert lowest([nan, 1.0]) is None
    assert lowest([nan, 2.0, 1.0]) == 2


def test_a_run_of_another_program_goes_by_its_name_and_claims_no_seed() -> None:
    spec = recorded_spec("my model")
    summary = fold(RunSummary(), [msgspec.structs.replace(started("x", spec), data=FACTS)])
    assert names_of([(spec, summary), (spec, summary)]) == ["my model", "my model"]
