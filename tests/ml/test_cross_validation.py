"""Cross-validation, and models that flip coins: the figures of lesson 12."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import numpy as np
import pytest

from tutor.foundation.errors import TutorError
from tutor.ml.cross_validation import CrossValidation
from tutor.ml.datasets import load_dataset
from tutor.ml.factory import make_training
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings
from tutor.ml.training import EpochResult, Training


def training(
    data: DataSettings, model: ModelSettings, optimizer: OptimizerSettings, epochs: int = 3, loss: str = "mae"
) -> Training:
    dataset = load_dataset(data, data_folder=None)
    return make_training(dataset, model, loss, optimizer, TrainSettings(epochs=epochs))


def test_the_mean_is_that_of_numpy_fitted_on_each_fold() -> None:
    data = DataSettings(name="quadratic", rows=30, folds=3)
    *_, result = training(
        data, ModelSettings(name="polynomial", degree=3), OptimizerSettings(name="least-squares")
    ).epochs()
    losses = []
    for fold in load_dataset(data, data_folder=None).folds:
        x, y = fold.raw(fold.x_train)[:, 0], fold.label(fold.y_train)
        cubic = np.polynomial.Polynomial.fit(x, y, 3)
        losses.append(np.abs(cubic(fold.raw(fold.x_valid)[:, 0]) - fold.label(fold.y_valid)).mean())
    assert result.valid_loss == pytest.approx(np.mean(losses), rel=1e-3)
    assert result.updates == 3


def test_every_fold_says_what_it_found() -> None:
    model = training(
        DataSettings(name="quadratic", rows=30, folds=5),
        ModelSettings(name="linear"),
        OptimizerSettings(name="gd", learning_rate=0.1),
        20,
    )
    assert isinstance(model, CrossValidation)
    assert not model.fold_results
    *_, result = model.epochs()
    assert len(model.fold_results) == 5
    losses = [each.valid_loss for each in model.fold_results if each.valid_loss is not None]
    assert result.valid_loss == pytest.approx(np.mean(losses))
    assert len(set(losses)) == 5


def test_a_setting_is_turned_in_all_folds() -> None:
    model = training(
        DataSettings(name="quadratic", rows=30, folds=3),
        ModelSettings(name="linear"),
        OptimizerSettings(name="gd", learning_rate=0.1),
        6,
    )
    epochs = model.epochs()
    next(epochs)
    model.set("learning_rate", 0.0)
    still = [result.train_loss for result in epochs]
    assert max(still) == min(still)
    with pytest.raises(ValueError, match="threshold"):
        model.set("threshold", 1.0)


def test_a_fold_that_diverges_ends_them_all() -> None:
    model = training(
        DataSettings(name="quadratic", rows=30, folds=3),
        ModelSettings(name="linear"),
        OptimizerSettings(name="gd", learning_rate=1e5),
        500,
        "mse",
    )
    results = list(model.epochs())
    assert len(results) < 500
    assert results[-1].diverged


def chosen_degree(seed: int) -> int:
    losses = []
    for degree in range(1, 10):
        data = DataSettings(name="quadratic", rows=30, folds=3, seed=seed)
        model = ModelSettings(name="polynomial", degree=degree)
        *_, result = training(data, model, OptimizerSettings(name="least-squares"), 1).epochs()
        losses.append(result.valid_loss)
    return 1 + int(np.argmin([loss for loss in losses if loss is not None]))


def test_three_folds_mostly_choose_the_parabola() -> None:
    chosen = np.bincount([chosen_degree(seed) for seed in range(40)], minlength=10)
    assert chosen.argmax() == 2
    assert chosen[2] >= 16
    assert chosen[1] == 0


def flipped(seed: int, epochs: int, data_seed: int | None = None) -> list[EpochResult]:
    data = load_dataset(DataSettings(name="coins", seed=data_seed), data_folder=None)
    model = ModelSettings(name="coin-flips")
    return list(
        make_training(
            data, model, "mistakes", OptimizerSettings(name="search"), TrainSettings(epochs=epochs, seed=seed)
        ).epochs()
    )


def test_the_best_of_ten_thousand_coin_flips_looks_good_where_it_was_chosen() -> None:
    last = [flipped(seed, 10_000)[-1] for seed in (1, 2, 3)]
    assert all(0.60 <= (result.train_accuracy or 0) <= 0.67 for result in last)
    assert np.mean([result.valid_accuracy or 0 for result in last]) == pytest.approx(0.5, abs=0.06)


def test_the_winner_changes_only_for_a_better_one() -> None:
    results = flipped(1, 500)
    losses = [result.train_loss for result in results]
    assert losses == sorted(losses, reverse=True)
    for before, after in pairwise(results):
        assert (before.train_loss == after.train_loss) <= (before.valid_loss == after.valid_loss)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_coin_knows_nothing_of_data_made_with_its_own_seed(seed: int) -> None:
    assert (flipped(seed, 1, data_seed=seed)[0].train_accuracy or 0) < 0.7


def test_predictions_are_the_answers_of_the_winner() -> None:
    data = load_dataset(DataSettings(name="coins"), data_folder=None)
    model = make_training(
        data, ModelSettings(name="coin-flips"), "mistakes", OptimizerSettings(name="search"), TrainSettings(epochs=50)
    )
    *_, result = model.epochs()
    for x, y, accuracy in (
        (data.x_train, data.y_train, result.train_accuracy),
        (data.x_valid, data.y_valid, result.valid_accuracy),
    ):
        assert (model.predict(data.raw(x)).argmax(axis=1) == y).mean() == pytest.approx(accuracy)


def test_coins_are_flipped_for_coins_only() -> None:
    with pytest.raises(TutorError, match="coins"):
        make_training(
            load_dataset(DataSettings(name="moons"), data_folder=None),
            ModelSettings(name="coin-flips"),
            "mistakes",
            OptimizerSettings(name="search"),
            TrainSettings(),
        )


@pytest.mark.parametrize(("split", "low", "high"), [("random", 0.9, 1.0), ("grouped", 0.5, 0.7)])
def test_random_folds_flatter_where_a_speaker_is_on_both_sides(
    split: Literal["random", "grouped"], low: float, high: float
) -> None:
    data = load_dataset(DataSettings(name="vowels", split=split, folds=5), data_folder=None)
    model = ModelSettings(name="mlp", hidden=(64,))
    *_, result = make_training(
        data,
        model,
        "cross-entropy",
        OptimizerSettings(name="adam", learning_rate=0.005),
        TrainSettings(epochs=30, batch_size=32),
    ).epochs()
    assert low < (result.valid_accuracy or 0) < high
