"""The labs of real tables: what the lessons say of them, and what others have published."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tutor.labs.lab_files import load_lab
from tutor.ml.datasets import load_dataset
from tutor.ml.factory import make_training
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings
from tutor.runs.in_process import run_to_end

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


def figures(name: str, **overrides: object) -> dict[str, float]:
    changes = {key.replace("__", "."): value for key, value in overrides.items()}
    summary = run_to_end(load_lab(name, LESSONS / "labs", changes), LESSONS / "data")
    assert summary.state == "finished", summary.message
    return {key: float(value) for key, value in summary.facts().items() if isinstance(value, int | float)}


@pytest.mark.parametrize(
    ("features", "accuracy"),
    [(["dollar sign"], 0.80), (["free", "dollar sign", "exclamation mark"], 0.83), ([], 0.93)],
)
def test_the_more_of_a_mail_is_seen_the_more_is_judged_rightly(features: list[str], accuracy: float) -> None:
    assert figures("real-mails", features=features)["final.valid_accuracy"] == pytest.approx(accuracy, abs=0.01)


def test_a_net_learns_mails_by_heart() -> None:
    found = figures("real-mails", hidden=[32])
    assert found["final.train_accuracy"] > 0.97
    assert found["final.valid_accuracy"] == pytest.approx(0.94, abs=0.01)
    assert found["final.valid_loss"] > 1.3 * found["best.valid_loss"]
    assert found["best.epoch"] < 12


def test_softmax_over_all_mails_is_right_on_as_many_as_a_logistic_regression_of_scikit_learn() -> None:
    # LogisticRegression(max_iter=5000) of scikit-learn 1.9, standardised, on all 4,601: 0.9304.
    data = load_dataset(DataSettings(name="spambase", test_fraction=0.0), data_folder=LESSONS / "data")
    training = make_training(
        data,
        ModelSettings(name="softmax"),
        "cross-entropy",
        OptimizerSettings(name="adam", learning_rate=0.01),
        TrainSettings(epochs=30, batch_size=64),
    )
    *_, last = training.epochs()
    assert last.train_accuracy == pytest.approx(0.930, abs=0.006)


def test_a_line_over_all_patients_ends_where_least_squares_does() -> None:
    found = figures("diabetes", data__test_fraction=0.0, model__name="linear", optimizer="least-squares", epochs=1)
    assert found["final.train_loss"] == pytest.approx(2859.7, abs=0.1)


def test_the_table_of_the_lesson_on_overfitting_is_a_u() -> None:
    five = ["bmi", "s5", "bp", "sex", "s3"]
    one, some, many, net = (
        figures("diabetes", features=["bmi"]),
        figures("diabetes", features=five),
        figures("diabetes"),
        figures("diabetes", hidden=[64]),
    )
    train = [each["final.train_loss"] for each in (one, some, many, net)]
    assert train == pytest.approx([3878, 2877, 2782, 871], rel=0.02)
    assert list(np.argsort(train)) == [3, 2, 1, 0]
    valid = [each["final.valid_loss"] for each in (one, some, many, net)]
    assert valid == pytest.approx([4001, 3168, 3422, 5133], rel=0.03)
    decayed = figures("diabetes", hidden=[64], optimizer__weight_decay=0.1)
    assert decayed["final.valid_loss"] == pytest.approx(3228, rel=0.03)


def test_penguins_are_told_apart_by_two_measures_of_the_right_kind() -> None:
    assert figures("penguins")["final.valid_accuracy"] == 1
    assert figures("penguins", features=["bill length (mm)"])["final.valid_accuracy"] == pytest.approx(0.72, abs=0.03)
    assert figures("penguins", features=["flipper length (mm)", "body mass (g)"])["final.valid_accuracy"] < 0.85
    assert figures("penguins", features=["bill length (mm)", "flipper length (mm)"])["final.valid_accuracy"] > 0.95
