"""Choosing the grid of a sweep from a lab's controls."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.lab_fakes import LAB
from tutor.foundation.errors import TutorError
from tutor.labs.lab_config import ControlConfig
from tutor.labs.lab_files import read_lab
from tutor.runs.sweep.choice import SweepChoice, values_to_try

SPEC = read_lab(LAB, Path("one-lag.toml"))


def test_a_range_gives_a_handful_of_values_with_its_ends_and_choices_give_themselves() -> None:
    rate = values_to_try(ControlConfig(key="optimizer.learning_rate", low=1e-5, high=10.0))
    assert rate == (1e-05, 0.0001, 0.001, 0.01, 0.1, 1.0, 10.0)
    assert values_to_try(ControlConfig(key="data.noise", low=0.0, high=0.5)) == (0.0, 0.125, 0.25, 0.375, 0.5)
    epochs = values_to_try(ControlConfig(key="train.epochs", low=10.0, high=12.0))
    assert epochs == (10, 11, 12)
    assert all(isinstance(value, int) for value in epochs)
    assert values_to_try(ControlConfig(key="data.lags", choices=(1, 7))) == (1, 7)


def test_any_number_of_kinds_is_taken_and_the_last_goes_across() -> None:
    choice = SweepChoice(SPEC)
    assert [candidate.key for candidate in choice.candidates] == ["optimizer.learning_rate", "data.lags", "train.seed"]
    assert choice.chosen == [0, 1]
    assert choice.count == 28
    choice.move(-1)
    choice.toggle()
    assert choice.chosen == [0, 1, 2]
    assert choice.plan().shape == (7, 4, 5)
    choice.move(1)
    choice.toggle()
    plan = choice.plan()
    assert plan.shape == (4, 5)
    assert plan.spec_of(0).data.lags == 1
    assert plan.spec_of(19).train.seed == 5


def test_more_runs_than_a_map_shows_are_refused_before_the_start() -> None:
    text = LAB.replace("lags = [1, 7, 28, 56]", "lags = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]")
    choice = SweepChoice(read_lab(text, Path("x.toml")))
    choice.move(-1)
    choice.toggle()
    assert choice.count == 420
    assert choice.too_many
    with pytest.raises(TutorError, match=r"420 combinations.*at most 400.*Leave one"):
        choice.plan()


def test_nothing_chosen_is_a_sentence() -> None:
    choice = SweepChoice(SPEC)
    choice.toggle()
    choice.move(1)
    choice.toggle()
    assert choice.count == 0
    with pytest.raises(TutorError, match="space"):
        choice.plan()


def test_where_a_walk_starts_is_not_swept() -> None:
    text = LAB.replace("lags = [1, 7, 28, 56]", "w = [-1.0, 1.0]").replace('"linear"', '"linear"\nw = 0.5\nb = 0.0')
    keys = [each.key for each in SweepChoice(read_lab(text, Path("x.toml"))).candidates]
    assert "model.w" not in keys
