"""Points, tables and how they are prepared: sizes, splits, scales, order of classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.ml.data_folder import DATA
from tutor.foundation.errors import TutorError
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import Dataset, RawData
from tutor.ml.datasets.sources import DATA_SOURCES
from tutor.ml.settings import DataSettings

CLASSES = {"blobs": 3, "moons": 2, "spiral": 3, "iris": 3, "penguins": 3, "spambase": 2, "digits": 10, "mails": 2}
EVERY = (*CLASSES, "diabetes", "views", "rebound", "bike-sharing", "air")


def load(name: str, **options: Any) -> Dataset:
    return load_dataset(DataSettings(name=name, **options), data_folder=DATA)


@pytest.mark.parametrize("name", EVERY)
def test_a_data_set_is_the_same_each_time(name: str) -> None:
    first, second = load(name), load(name)
    assert np.array_equal(first.x_train, second.x_train)
    assert np.array_equal(first.y_valid, second.y_valid)


@pytest.mark.parametrize("name", EVERY)
def test_the_training_rows_are_standardised_and_can_be_read_in_their_own_units(name: str) -> None:
    scaled, raw = load(name, seed=3), load(name, seed=3, standardise=False)
    assert abs(scaled.x_train.mean()) < 0.02
    assert scaled.x_train.std() == pytest.approx(1, abs=0.1)
    assert np.allclose(scaled.raw(scaled.x_train), raw.x_train)
    assert np.allclose(scaled.raw(scaled.x_valid), raw.x_valid)
    assert np.allclose(scaled.standardised(raw.x_valid), scaled.x_valid)
    if scaled.task == "regression":
        assert np.allclose(scaled.label(scaled.y_train), raw.y_train)
        assert np.std(scaled.y_train) == pytest.approx(1)
    else:
        assert np.array_equal(scaled.y_train, raw.y_train)


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_is_in_both_parts_by_its_share(name: str) -> None:
    data = load(name, test_fraction=0.3)
    assert data.classes == len(data.class_names) == CLASSES[name]
    train = np.bincount(data.y_train, minlength=data.classes)
    valid = np.bincount(data.y_valid, minlength=data.classes)
    assert np.allclose(valid / (train + valid), 0.3, atol=0.01)


def test_no_row_is_in_both_parts() -> None:
    data = load("moons", standardise=False)
    rows = {tuple(row) for row in data.x_train.tolist()}
    assert rows.isdisjoint(tuple(row) for row in data.x_valid.tolist())
    assert len(data.x_train) + len(data.x_valid) == 500


def test_the_seed_moves_the_split_of_a_table() -> None:
    assert not np.array_equal(load("iris", seed=1).x_valid, load("iris", seed=2).x_valid)


@pytest.mark.parametrize("name", ["blobs", "moons", "spiral"])
def test_noise_blurs_points(name: str) -> None:
    def spread(noise: float) -> float:
        """How far neighbours of the same class are from each other, in the units of the data."""
        data = load(name, noise=noise, rows=300, test_fraction=0.0, standardise=False, seed=1)
        calm = load(name, noise=0.0, rows=300, test_fraction=0.0, standardise=False, seed=1)
        return float(np.abs(data.x_train - calm.x_train).mean())

    assert spread(0.0) == 0
    assert spread(0.1) < spread(0.4)


@pytest.mark.parametrize(("name", "rows"), [("moons", 60), ("iris", 30), ("digits", 100), ("views", 200), ("air", 300)])
def test_fewer_rows_are_taken_from_every_class_alike(name: str, rows: int) -> None:
    data = load(name, rows=rows)
    assert len(data.y_train) + len(data.y_valid) == rows
    if data.classes:
        counts = np.bincount(np.concatenate([data.y_train, data.y_valid]))
        assert counts.max() - counts.min() <= 1


def test_the_real_tables_are_whole() -> None:
    iris, digits = load("iris", test_fraction=0.0, standardise=False), load("digits", test_fraction=0.0)
    assert iris.x_train.shape == (150, 4)
    # Fisher's means of sepal length, sepal width, petal length and petal width.
    assert iris.x_train.mean(axis=0) == pytest.approx([5.843, 3.057, 3.758, 1.199], abs=1e-3)
    assert iris.class_names == ("setosa", "versicolor", "virginica")
    assert digits.x_train.shape == (1797, 64)
    pixels = digits.raw(digits.x_train)
    assert (np.rint(pixels.min()), np.rint(pixels.max())) == (0, 16)


def test_chosen_features_come_in_the_order_asked_for() -> None:
    names = ("petal width (cm)", "sepal length (cm)")
    data = load("iris", features=names, standardise=False, test_fraction=0.0)
    whole = load("iris", standardise=False, test_fraction=0.0)
    assert data.feature_names == names
    assert np.array_equal(data.x_train, whole.x_train[:, [3, 0]])


def test_classes_can_be_given_other_numbers() -> None:
    plain, turned = load("iris", test_fraction=0.0), load("iris", test_fraction=0.0, class_order=(0, 2, 1))
    assert turned.class_names == ("setosa", "virginica", "versicolor")
    named = [[data.class_names[label] for label in data.y_train] for data in (plain, turned)]
    assert named[0] == named[1]


def test_class_numbers_are_a_regression_that_still_knows_its_classes() -> None:
    data = load("iris", target_as="class-number", class_order=(0, 2, 1))
    assert data.task == "regression"
    assert data.class_numbers.tolist() == [0, 1, 2]
    assert set(np.rint(data.label(data.y_train))) == {0, 1, 2}


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("nonsense", {}, "nonsense"),
        ("iris", {"features": ("petal widht (cm)",)}, "petal width"),
        ("iris", {"class_order": (0, 1, 1)}, "order"),
        ("iris", {"class_order": (0, 1)}, "order"),
        ("bike-sharing", {"target": "casul"}, "casual"),
        ("moons", {"rows": 2, "test_fraction": 0.9}, "rows"),
        ("views", {"rows": 1, "test_fraction": 0.0}, "rows"),
    ],
)
def test_what_cannot_be_had_is_said(name: str, options: dict[str, Any], words: str) -> None:
    with pytest.raises(TutorError) as told:
        load(name, **options)
    assert words in str(told.value)


def test_a_data_set_that_is_nowhere_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(load_dataset(DataSettings(name="iris"), data_folder=tmp_path).x_train) > 0, "the shipped one serves"
    monkeypatch.setattr("tutor.foundation.paths.shipped_lessons", lambda: tmp_path)
    with pytest.raises(TutorError, match=r"iris\.csv") as told:
        load_dataset(DataSettings(name="iris"), data_folder=tmp_path)
    assert told.value.hint


def test_a_damaged_data_file_is_said(tmp_path: Path) -> None:
    for text in ("", "a,b\n1,2\n", "a,b,c,d,species\n1,2,three,4,x\n", "\xff"):
        (tmp_path / "iris.csv").write_text(text, encoding="latin-1")
        with pytest.raises(TutorError, match=r"iris\.csv"):
            load_dataset(DataSettings(name="iris"), data_folder=tmp_path)


def test_a_constant_feature_does_no_harm() -> None:
    data = load("digits", features=("p00", "p33"))
    assert np.isfinite(data.x_train).all()


def test_a_drawn_curve_has_no_examples() -> None:
    data = load("curve")
    assert data.task == "drawn"
    assert data.features == len(data.x_train) == 0


def test_the_spoken_vowels_are_split_by_utterance_and_framed_within_one() -> None:
    one, three = load("japanese-vowels", standardise=False), load("japanese-vowels", frames=3, standardise=False)
    assert (len(one.x_train), len(one.x_valid), one.features, one.classes) == (4274, 5687, 12, 9)
    assert np.bincount(one.y_train).min() > 300
    assert three.features == 36
    assert np.array_equal(three.x_train[:, 12:24], one.x_train)
    # The first frame of an utterance has itself for its left neighbour, whoever spoke before.
    first = [0, *(np.flatnonzero((three.x_train[1:, :12] == three.x_train[1:, 12:24]).all(axis=1)) + 1)]
    assert len(first) == 270
    assert np.array_equal(three.x_train[1, :12], one.x_train[0])


def test_penguins_without_measures_are_left_out_and_words_become_columns() -> None:
    data = load("penguins", test_fraction=0.0, standardise=False)
    assert data.x_train.shape == (342, 9)
    # The means that the authors of the palmerpenguins package give: bill, bill, flipper, mass.
    assert data.x_train[:, :4].mean(axis=0) == pytest.approx([43.92, 17.15, 200.92, 4201.75], abs=0.01)
    assert data.class_names == ("Adelie", "Chinstrap", "Gentoo")
    assert np.bincount(data.y_train).tolist() == [151, 68, 123]
    # Of eleven without a sex, two have no measures either.
    assert int((data.x_train[:, 4] + data.x_train[:, 5] == 0).sum()) == 9
    assert any("2 of 344 rows" in note for note in data.notes)


def test_diabetes_by_least_squares_is_what_scikit_learn_publishes() -> None:
    data = load("diabetes", test_fraction=0.0, standardise=False)
    assert data.x_train.shape == (442, 10)
    inputs = np.column_stack([data.x_train, np.ones(442)])
    weights, (squares,), *_ = np.linalg.lstsq(inputs, data.y_train, rcond=None)
    assert squares / 442 == pytest.approx(2859.696, abs=1e-3)
    # Intercept and the weight of bmi in the units of the patients, and the variance without any model.
    assert (weights[-1], weights[2]) == pytest.approx((-334.567, 5.603), abs=1e-3)
    assert data.y_train.var() == pytest.approx(5929.885, abs=1e-3)


def test_spambase_is_whole() -> None:
    data = load("spambase", test_fraction=0.0, standardise=False)
    assert data.x_train.shape == (4601, 57)
    assert np.bincount(data.y_train).tolist() == [2788, 1813]
    column = dict(zip(data.feature_names, data.x_train.T, strict=True))
    # From the table of statistics that comes with the original.
    assert column["make"].mean() == pytest.approx(0.10455, abs=1e-5)
    assert column["george"].max() == pytest.approx(33.33)
    assert column["capitals total"].mean() == pytest.approx(283.29, abs=0.01)
    spam = data.y_train == 1
    assert min(((column["dollar sign"] >= at) != spam).mean() for at in np.unique(column["dollar sign"])) == (
        pytest.approx(0.2054, abs=1e-4)
    )


OWN = {"csv": {"path": str(DATA / "iris.csv"), "target": "species"}}


@pytest.mark.parametrize("name", DATA_SOURCES)
def test_what_is_said_of_a_data_set_is_so(name: str) -> None:
    """Rules go by what a source says of its data before any of it is loaded."""
    source = DATA_SOURCES[name]
    settings = DataSettings(name=name, **OWN.get(name, {}))  # type: ignore[arg-type]
    assert source.name == name
    loaded = source.load(settings, DATA)
    assert source.whole == isinstance(loaded, Dataset)
    assert source.task in {loaded.task, ""}
    if source.task and not source.whole:
        assert source.classes == len(loaded.class_names)
    if isinstance(loaded, RawData):
        assert source.kept_back == (loaded.valid_rows > 0)
        assert source.grouped == (loaded.groups is not None)
        assert source.series == loaded.ordered
        assert source.targets == () or loaded.target_name in source.targets
    assert set(source.uses) <= set(DataSettings.__struct_fields__)


def test_source_and_licence_of_a_data_set_are_those_that_readers_are_told() -> None:
    told = (DATA / "SOURCES.md").read_text(encoding="utf-8").splitlines()
    files = {path.stem for path in DATA.glob("*.csv")}
    assert files <= set(DATA_SOURCES)
    for name in files:
        source, row = DATA_SOURCES[name], next(line for line in told if line.startswith(f"| `{name}.csv`"))
        assert source.licence in row, name
        assert source.source.partition(",")[0].partition(" (")[0] in row, name
