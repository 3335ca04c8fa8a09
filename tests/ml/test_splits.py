"""Splits and folds: nothing lost, nothing twice, no group and no future on both sides."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ml.data_folder import DATA
from tutor.foundation.errors import TutorError
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import CLASSIFICATION, REGRESSION, RawData
from tutor.ml.datasets.prepare import folds, keep_back, kind_of
from tutor.ml.settings import DataSettings

KINDS = ("random", "grouped", "time")


def table(groups: list[int], classes: int = 0) -> RawData:
    count = len(groups)
    y = np.arange(count) % classes if classes else np.linspace(0, 1, count)
    names = tuple(str(label) for label in range(classes))
    task = CLASSIFICATION if classes else REGRESSION
    return RawData(np.arange(count)[:, None] / 1.0, y, ("x",), "y", task, names, groups=np.array(groups))


GROUPS = st.lists(st.integers(0, 9), min_size=12, max_size=80).filter(lambda each: len(set(each)) >= 4)


@given(GROUPS, st.sampled_from(KINDS), st.floats(0.1, 0.5), st.integers(0, 99), st.sampled_from([0, 3]))
def test_a_row_is_trained_on_or_kept_back_and_never_both(
    groups: list[int], kind: str, fraction: float, seed: int, classes: int
) -> None:
    train, valid = keep_back(table(groups, classes), fraction, seed, kind)
    assert sorted([*train, *valid]) == list(range(len(groups)))
    if kind == "grouped":
        assert {groups[row] for row in train}.isdisjoint(groups[row] for row in valid)
        assert len(train) > 0
    if kind == "time" and len(valid):
        assert train.max() < valid.min()


@given(GROUPS, st.sampled_from(KINDS), st.integers(2, 4), st.integers(0, 99), st.sampled_from([0, 3]))
def test_each_row_is_validated_on_once(groups: list[int], kind: str, count: int, seed: int, classes: int) -> None:
    rows = np.arange(2, len(groups))
    if len({groups[row] for row in rows}) < count:
        return
    each = folds(table(groups, classes), rows, count, seed, kind)
    assert len(each) == count
    for train, valid in each:
        assert set(train).isdisjoint(valid)
        assert len(train) > 0
        assert len(valid) > 0
        assert set(train) | set(valid) <= set(rows)
        if kind == "grouped":
            assert {groups[row] for row in train}.isdisjoint(groups[row] for row in valid)
        if kind == "time":
            assert train.max() < valid.min()
    seen = np.sort(np.concatenate([valid for _, valid in each]))
    assert len(set(seen.tolist())) == len(seen)
    if kind != "time":
        assert seen.tolist() == rows.tolist()


def test_random_folds_are_as_large_and_have_every_class_by_its_share() -> None:
    each = folds(table([0] * 90, classes=3), np.arange(90), 5, 1, "random")
    assert [len(valid) for _, valid in each] == [18] * 5
    assert all(np.bincount(valid % 3).tolist() == [6, 6, 6] for _, valid in each)


def test_large_groups_are_shared_out_evenly() -> None:
    groups = [0] * 30 + [1] * 20 + [2] * 10 + [3] * 20 + [4] * 10
    each = folds(table(groups), np.arange(90), 3, 1, "grouped")
    assert [len(valid) for _, valid in each] == [30, 30, 30]


@pytest.mark.parametrize(
    ("name", "asked", "kind"),
    [
        ("views", "auto", "time"),
        ("vowels", "auto", "grouped"),
        ("iris", "auto", "random"),
        ("views", "random", "random"),
    ],
)
def test_rows_are_told_apart_in_the_way_that_suits_the_data(
    name: str, asked: Literal["auto", "random"], kind: str
) -> None:
    data = load_dataset(DataSettings(name=name, split=asked), data_folder=DATA)
    as_table = RawData(
        data.x_train,
        data.y_train,
        (),
        "y",
        data.task,
        ordered=data.ordered,
        groups=np.zeros(1, np.int64) if name == "vowels" else None,
    )
    assert kind_of(as_table, asked) == kind


def test_groups_that_are_not_there_cannot_be_asked_for() -> None:
    with pytest.raises(TutorError, match="no groups"):
        load_dataset(DataSettings(name="iris", split="grouped"), data_folder=DATA)


@pytest.mark.parametrize(("name", "count"), [("vowels", 20), ("quadratic", 13)])
def test_more_folds_than_there_is_to_share_out_is_told(name: str, count: int) -> None:
    with pytest.raises(TutorError, match="too few"):
        load_dataset(DataSettings(name=name, folds=count, split="auto", rows=0), data_folder=None)


def test_no_speaker_is_kept_back_who_was_trained_on() -> None:
    data = load_dataset(DataSettings(name="vowels"), data_folder=None)
    assert (len(data.x_train), len(data.x_valid)) == (792, 198)
    assert np.bincount(data.y_valid).tolist() == [18] * 11


def test_fewer_rows_of_grouped_data_keep_their_groups() -> None:
    data = load_dataset(DataSettings(name="vowels", rows=495, folds=3), data_folder=None)
    assert sum(len(fold.x_valid) for fold in data.folds) + 165 >= 495 - 66


def test_folds_leave_the_test_alone_and_tell_so() -> None:
    once = load_dataset(DataSettings(name="quadratic", rows=30), data_folder=None)
    data = load_dataset(DataSettings(name="quadratic", rows=30, folds=3), data_folder=None)
    assert [len(fold.x_valid) for fold in data.folds] == [10, 10, 10]
    seen = np.sort(np.concatenate([fold.raw(fold.x_valid)[:, 0] for fold in data.folds]))
    assert seen == pytest.approx(np.sort(once.raw(once.x_train)[:, 0]))
    assert "500" in data.folds[0].notes[-1]
    assert np.array_equal(data.x_valid, data.folds[0].x_valid)


def test_a_fold_is_standardised_by_its_own_training_rows() -> None:
    data = load_dataset(DataSettings(name="views", lags=7, folds=4), data_folder=None)
    for fold in data.folds:
        assert abs(fold.x_train.mean()) < 1e-9
        assert float(fold.y_train.std()) == pytest.approx(1)
    lengths = [len(fold.x_train) for fold in data.folds]
    assert lengths == sorted(lengths)


def test_a_time_split_of_any_rows_keeps_their_end() -> None:
    data = load_dataset(DataSettings(name="iris", split="time", standardise=False), data_folder=DATA)
    whole = load_dataset(DataSettings(name="iris", test_fraction=0.0, standardise=False), data_folder=DATA)
    assert np.array_equal(data.x_valid, whole.x_train[-30:])


def test_fewer_validation_rows_are_the_first_of_them() -> None:
    few = load_dataset(DataSettings(name="rebound", lags=28, valid_rows=45), data_folder=None)
    all_of_them = load_dataset(DataSettings(name="rebound", lags=28), data_folder=None)
    assert len(few.x_valid) == 45
    assert np.array_equal(few.x_valid, all_of_them.x_valid[:45])
    assert np.array_equal(few.x_train, all_of_them.x_train)


@pytest.mark.parametrize("folds", [0, 3])
def test_the_groups_of_an_own_table_stay_together_in_every_fold(folds: int, tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    rows = [f"{visit},{visit % 7},{visit * 1.5}" for visit in range(70)]
    path.write_text("\n".join(["x,patient,y", *rows]) + "\n")
    options = DataSettings(
        name="csv", path=str(path), target="y", group="patient", folds=folds, standardise=False, features=("x",)
    )
    data = load_dataset(options, data_folder=None)
    for each in data.folds or (data,):
        patients = [{int(x) % 7 for x in part[:, 0]} for part in (each.x_train, each.x_valid)]
        assert patients[0].isdisjoint(patients[1])
        assert patients[1]
