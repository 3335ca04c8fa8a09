"""Texts as examples, and writing with a model that knows the next character."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.ml.data_folder import DATA
from tutor.foundation.errors import TutorError
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import Dataset, Floats
from tutor.ml.datasets.sources.text import contexts
from tutor.ml.factory import make_training
from tutor.ml.models.text_sampling import LONGEST, sample_lines
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings

CHARACTERS = ("⏎", "a", "b")


def made(folder: Path, text: str, context: int = 2, fraction: float = 0.0) -> Dataset:
    (folder / "names.txt").write_text(text, encoding="utf-8")
    return load_dataset(DataSettings(name="text", context=context, test_fraction=fraction), data_folder=folder)


def read(data: Dataset, x: Floats, y: int) -> tuple[str, str]:
    places = x.reshape(-1, data.classes).argmax(axis=1)
    return "".join(data.class_names[place] for place in places), data.class_names[y]


def test_each_character_and_each_end_is_an_example_of_what_came_before(tmp_path: Path) -> None:
    data = made(tmp_path, "ab\nb\n")
    assert data.class_names == CHARACTERS
    found = [read(data, x, y) for x, y in zip(data.x_train, data.y_train, strict=True)]
    assert found == [("⏎⏎", "a"), ("⏎a", "b"), ("ab", "⏎"), ("⏎⏎", "b"), ("⏎b", "⏎")]
    assert (data.x_train.sum(axis=1) == 2).all()
    assert data.feature_names[:4] == ("-2:⏎", "-2:a", "-2:b", "-1:⏎")


def test_whole_lines_are_kept_for_validation() -> None:
    data = load_dataset(DataSettings(name="text", context=3), data_folder=DATA)
    assert len(data.lines) == 201
    assert len(data.y_train) == sum(len(line) + 1 for line in data.lines)
    held = (DATA / "names.txt").read_text(encoding="utf-8").split()
    assert len(data.y_valid) == sum(len(line) + 1 for line in set(held) - set(data.lines))


@pytest.mark.parametrize("name", ["names", "tale-en", "tale-zh"])
def test_the_texts_have_no_line_twice_and_no_character_that_moves_a_cursor(name: str) -> None:
    lines = (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(set(lines)) > 100
    assert all(line.isprintable() and len(line) <= LONGEST for line in lines)


def test_a_text_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.foundation.paths.shipped_lessons", lambda: tmp_path)
    with pytest.raises(TutorError, match=r"names\.txt"):
        load_dataset(DataSettings(name="text"), data_folder=tmp_path)


def certain(x: Floats) -> Floats:
    """A then b then the end, whatever the dice."""
    follows = {0: 1, 1: 2, 2: 0}
    last = x.reshape(len(x), -1, 3)[:, -1].argmax(axis=1)
    return np.eye(3)[[follows[int(each)] for each in last]]


def test_a_model_that_is_sure_writes_the_same_whatever_the_dice() -> None:
    for seed in range(5):
        assert sample_lines(certain, CHARACTERS, 2, 3, np.random.default_rng(seed)) == ["ab"] * 3


def test_letters_come_as_often_as_their_shares_say() -> None:
    shares = np.array([0.5, 0.4, 0.1])
    lines = sample_lines(lambda x: np.tile(shares, (len(x), 1)), CHARACTERS, 1, 4000, np.random.default_rng(0))
    text = "".join(lines)
    # A line that ends with probability ½ each time has one character on average.
    assert len(text) / len(lines) == pytest.approx(1.0, abs=0.08)
    assert text.count("a") / len(text) == pytest.approx(0.8, abs=0.03)


def test_a_line_that_never_ends_is_cut_and_a_model_that_diverged_writes_nothing() -> None:
    endless = np.array([0.0, 1.0, 0.0])
    assert (
        sample_lines(lambda x: np.tile(endless, (len(x), 1)), CHARACTERS, 1, 2, np.random.default_rng(0))
        == ["a" * LONGEST] * 2
    )
    assert sample_lines(lambda x: np.full((len(x), 3), np.nan), CHARACTERS, 1, 2, np.random.default_rng(0)) == []


def test_a_trained_model_spells_what_it_has_read(tmp_path: Path) -> None:
    data = made(tmp_path, "abba\nabba\nabba\n", context=3)
    model, optimizer = ModelSettings(name="char-mlp", hidden=(16,)), OptimizerSettings(name="adam", learning_rate=0.05)
    training = make_training(data, model, "cross-entropy", optimizer, TrainSettings(epochs=60, seed=1))
    *_, result = training.epochs()
    assert result.train_loss < 0.01
    assert set(sample_lines(training.predict, data.class_names, 3, 20, np.random.default_rng(0))) == {"abba"}


def test_contexts_have_a_single_one_for_each_place() -> None:
    assert contexts(np.array([[2, 0]]), 3).tolist() == [[0, 0, 1, 1, 0, 0]]
