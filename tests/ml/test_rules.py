"""Mails, a keyword rule written by hand, and the threshold that learns."""

from __future__ import annotations

import numpy as np
import pytest

from tutor.foundation.errors import TutorError
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import Dataset
from tutor.ml.factory import make_training
from tutor.ml.models.keyword_rule import KeywordRule
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings
from tutor.ml.training import EpochResult, Training


def mails(tricky: float = 0.0, seed: int | None = None) -> Dataset:
    return load_dataset(DataSettings(name="mails", tricky_share=tricky, seed=seed), data_folder=None)


def rule(data: Dataset, threshold: float = 1.0, keyword: str = "free") -> Training:
    model = ModelSettings(name="keyword-rule", threshold=threshold, keyword=keyword)
    return make_training(data, model, "mistakes", OptimizerSettings(name="none"), TrainSettings(epochs=1))


def learner(data: Dataset, epochs: int = 40) -> Training:
    model = ModelSettings(name="threshold")
    return make_training(data, model, "mistakes", OptimizerSettings(name="search"), TrainSettings(epochs=epochs))


def last(training: Training) -> EpochResult:
    *_, result = training.epochs()
    return result


def test_two_mails_of_five_are_spam() -> None:
    data = mails()
    assert len(data.y_train) == 200
    assert data.class_names[1] == "spam"
    assert int(data.y_train.sum()) == 80


def test_more_tricky_mails_leave_the_others_as_they_were() -> None:
    few, many = mails(0.1), mails(0.3)
    raw = [np.rint(each.raw(each.x_train)) for each in (mails(), few, many)]
    changed = [(raw[0] != each).any(axis=1) for each in raw[1:]]
    assert 0 < changed[0].sum() < changed[1].sum()
    assert not (changed[0] & ~changed[1]).any()


@pytest.mark.parametrize("seed", [None, 1, 2, 3, 4, 5])
def test_tricky_mails_break_the_rule_and_the_learner_moves(seed: int | None) -> None:
    plain, tricky = mails(0.0, seed), mails(0.3, seed)
    rule_before, rule_after = last(rule(plain)), last(rule(tricky))
    assert rule_before.train_accuracy is not None
    assert rule_after.train_accuracy is not None
    assert rule_after.train_accuracy < rule_before.train_accuracy - 0.05
    before, after = learner(plain), learner(tricky)
    last(before)
    learnt = last(after)
    assert learnt.train_loss < rule_after.train_loss
    assert after.small_parameters()["threshold"] > before.small_parameters()["threshold"]


def test_mistakes_are_counted_as_the_rule_reads() -> None:
    data = mails(0.3)
    counts = np.rint(data.raw(data.x_train)[:, data.feature_names.index("free")])
    for threshold in (0.0, 1.0, 2.0, 6.0):
        result = last(rule(data, threshold))
        wrong = (counts >= threshold) != (data.y_train == 1)
        assert result.train_loss == pytest.approx(wrong.mean())
        assert result.train_accuracy == pytest.approx(1 - wrong.mean())


def test_search_tries_one_threshold_an_epoch_and_ends_with_the_best() -> None:
    data = mails(0.3)
    training = learner(data)
    assert isinstance(training, KeywordRule)
    results = list(training.epochs())
    losses = [each.train_loss for each in results]
    assert len(results) == len(training.candidates())
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] == min(last(rule(data, threshold)).train_loss for threshold in training.candidates())


def test_a_rule_is_sure_of_itself() -> None:
    data = mails()
    training = rule(data, threshold=2.0)
    answers = training.predict(np.array([[0.0, 0, 0, 0], [1, 0, 0, 0], [2, 0, 0, 0], [9, 0, 0, 0]]))
    assert answers[:, 1].tolist() == [0, 0, 1, 1]
    assert answers.sum(axis=1).tolist() == [1, 1, 1, 1]


def test_word_and_threshold_can_be_turned() -> None:
    data = mails()
    model = ModelSettings(name="keyword-rule")
    training = make_training(data, model, "mistakes", OptimizerSettings(name="none"), TrainSettings(epochs=3))
    epochs = training.epochs()
    first = next(epochs).train_loss
    training.set("keyword", "meeting")
    assert next(epochs).train_loss == last(rule(data, 1.0, "meeting")).train_loss > first
    training.set("threshold", 99.0)
    assert next(epochs).train_loss == pytest.approx(0.4)
    with pytest.raises(ValueError, match="keyword"):
        training.set("keyword", "rosebud")
    with pytest.raises(ValueError, match="threshold"):
        training.set("threshold", float("inf"))


def test_an_unknown_word_is_told_with_the_nearest_one() -> None:
    with pytest.raises(TutorError) as told:
        rule(mails(), keyword="meating")
    assert "meeting" in told.value.hint


@pytest.mark.parametrize(
    ("threshold", "as_if"), [(1.2, 2.0), (1.35, 2.0), (1.95, 2.0), (2.0 + 4e-16, 2.0), (2.05, 3.0)]
)
def test_between_two_counts_the_threshold_is_met_by_the_larger_one(threshold: float, as_if: float) -> None:
    data = mails()
    assert last(rule(data, threshold)).train_loss == last(rule(data, as_if)).train_loss
    counts = np.array([[1.0, 0, 0, 0], [as_if, 0, 0, 0]])
    assert rule(data, threshold).predict(counts)[:, 1].tolist() == [0.0, 1.0]
