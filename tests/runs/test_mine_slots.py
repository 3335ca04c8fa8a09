"""The slots for an activation, a split, a metric, a network's gradients and a whole loop, in this process."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tutor.course.catalogue import Course
from tutor.course.lesson import Exercise
from tutor.exercises.mine import exercise_called, program_of
from tutor.foundation.errors import TutorError
from tutor.labs.lab_config import LabConfig, Value
from tutor.labs.lab_files import load_lab
from tutor.labs.mine import MineProgram, read_programs, refuse_unfit, write_programs
from tutor.ml.datasets.dataset import RawData
from tutor.ml.datasets.prepare import folds, keep_back, kind_of
from tutor.runs.in_process import run_to_end
from tutor.runs.summary import RunSummary
from tutor.runs.worker import mine

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
DATA = LESSONS / "data"
COURSE = Course(LESSONS)
SHORT: dict[str, dict[str, Value]] = {
    "relu-and-slope": {"train.epochs": 2, "data.valid_rows": 45},
    "sigmoid-and-slope": {"train.epochs": 5},
    "backward": {"train.epochs": 5},
    "accuracy": {"train.epochs": 5},
    "mse-mae": {},
    "group-split": {"train.epochs": 2},
    "k-fold": {},
}


@cache
def exercise(name: str) -> Exercise:
    found = exercise_called(name, COURSE)
    assert found is not None
    return found


def lab_of(name: str) -> tuple[LabConfig, Exercise, str]:
    """The lab of an exercise with few epochs, the exercise, and its slot."""
    found = exercise(name)
    (fence,) = found.labs
    (slot,) = found.slots
    return load_lab(fence.lab, LESSONS / "labs", {**fence.overrides, **SHORT.get(name, {})}), found, slot


def trained(name: str, source: str = "") -> tuple[RunSummary, RunSummary]:
    """What the solution, or another program, makes of the exercise's lab, and what the built-in makes of it."""
    spec, found, slot = lab_of(name)
    programs = {slot: program_of(found, source or found.solution)}
    return run_to_end(spec, DATA, programs=programs), run_to_end(spec, DATA)


@pytest.mark.parametrize("name", ["relu-and-slope", "sigmoid-and-slope", "backward"])
def test_a_right_function_trains_to_the_losses_of_the_built_in(name: str) -> None:
    own, built_in = trained(name)
    assert (own.state, own.updates) == ("finished", built_in.updates)
    assert own.train_losses == pytest.approx(built_in.train_losses, rel=1e-4)
    assert own.valid_losses == pytest.approx(built_in.valid_losses, rel=1e-4)


def test_a_metric_stands_beside_the_built_in_figure() -> None:
    own, built_in = trained("accuracy")
    assert list(own.metrics) == ["your accuracy, training"]
    assert own.metrics["your accuracy, training"] == pytest.approx(built_in.train_accuracies)
    assert own.train_losses == built_in.train_losses
    own, built_in = trained("mse-mae")
    assert own.metrics["your mse, training"] == pytest.approx(built_in.train_losses)
    assert own.metrics["your mse, validation"] == pytest.approx(built_in.valid_losses)


def test_the_same_folds_give_the_same_losses() -> None:
    spec, found, slot = lab_of("k-fold")
    table = spec.data.source.load(spec.data, DATA)
    assert isinstance(table, RawData)
    rows, _ = keep_back(table, table.test_fraction, spec.data.seed or 0, kind_of(table, "auto"))
    cut = folds(table, rows, 3, spec.data.seed or 0, kind_of(table, spec.data.split))
    places = [[np.searchsorted(rows, side).tolist() for side in pair] for pair in cut]
    same = f"def folds(n, k, random):\n    return [tuple(map(np.array, each)) for each in {places}]\n"
    own = run_to_end(spec, DATA, programs={slot: program_of(found, same)})
    assert own.valid_losses == run_to_end(spec, DATA).valid_losses


def test_other_folds_train_too_and_groups_stay_together() -> None:
    own, built_in = trained("k-fold")
    assert own.state == "finished"
    assert own.valid_losses != built_in.valid_losses
    own, _ = trained("group-split")
    assert own.data is not None
    assert (own.state, own.data.train_rows + own.data.valid_rows, own.data.valid_rows % 66) == ("finished", 990, 0)


@pytest.mark.parametrize(
    ("name", "source", "says"),
    [
        ("relu-and-slope", "def forward(z):\n    return z[:1]\n\n\ndef backward(a, g):\n    return g", "(1,)"),
        ("relu-and-slope", "def forward(z):\n    return z\n\n\ndef backward(a, g):\n    return g @ a @ g", "ine 6"),
        ("k-fold", "def folds(n, k, random):\n    return [([0, 1], [1, 2])] * k", "row 1 on both sides"),
        ("k-fold", "def folds(n, k, random):\n    return [([0, 1], [n])] * k", "rows 30 to 30 of 30"),
        ("k-fold", "def folds(n, k, random):\n    return [([0, 1], [2])]", "1 pairs, not 3"),
        ("group-split", "def split(groups, share, random):\n    return [0], []", "not the numbers"),
        ("accuracy", "def accuracy(guesses, labels):\n    return guesses", "not ()"),
        ("backward", "def backward(X, y, W, b, c, b0):\n    return W.T, b, c, b0", "not (3, 3)"),
    ],
)
def test_what_does_not_fit_ends_the_run_with_a_sentence(name: str, source: str, says: str) -> None:
    own, _ = trained(name, f"{source}\n".replace("W.T", "W.T[:2]"))
    assert own.state == "failed"
    assert says in own.message


def test_an_activation_that_hangs_ends_the_run_and_keeps_the_epochs_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mine, "SECONDS", 0.2)
    source = exercise("sigmoid-and-slope").solution + "\n\ncalls = []\n\n\ndef slope(a):\n    calls.append(1)\n"
    own, built_in = trained(
        "sigmoid-and-slope", f"{source}    while len(calls) > 3:\n        pass\n    return a * (1 - a)\n"
    )
    assert (own.state, own.epoch) == ("failed", 3)
    assert own.train_losses == pytest.approx(built_in.train_losses[:3], rel=1e-4)
    assert "never ends" in own.message
    assert "Your slope was stopped in call 4." in own.message


def test_slots_that_a_lab_does_not_have_are_refused_in_words() -> None:
    split = program_of(exercise("group-split"), exercise("group-split").solution)
    spec, _, _ = lab_of("k-fold")
    assert "data.folds" in run_to_end(spec, DATA, programs={"split": split}).message
    relu = program_of(exercise("relu-and-slope"), exercise("relu-and-slope").solution)
    assert "activation" in run_to_end(spec, DATA, programs={"activation": relu}).message
    backward = program_of(exercise("backward"), exercise("backward").solution)
    spec = load_lab("depth-width", LESSONS / "labs", {"train.epochs": 1})
    assert "sigmoids" in run_to_end(spec, DATA, programs={"backward": backward}).message
    assert "slope" in run_to_end(spec, DATA, programs={"activation": replace(relu, others=())}).message


def refusal(lab: str, slot: str, name: str, **overrides: object) -> str:
    """Why an exercise's solution is refused in a slot of a lab; empty if it is not."""
    found = exercise(name)
    try:
        refuse_unfit(load_lab(lab, LESSONS / "labs", overrides), {slot: program_of(found, found.solution)})
    except TutorError as error:
        return error.message
    return ""


@pytest.mark.parametrize(
    ("lab", "slot", "name", "says"),
    [
        ("one-lag", "activation", "relu-and-slope", "no place"),
        ("two-weight-net", "backward", "backward", "no place"),
        ("moons-net", "backward", "backward", "sigmoids"),
        ("speakers", "split", "group-split", "data.folds to 0"),
        ("moons-net", "split", "group-split", "groups"),
        ("moons-net", "activation", "adam-step", "of adam_step: 9"),
        ("one-lag", "metric", "accuracy", "compares classes"),
        ("digits-net", "gradient", "mse-gradient", "one feature"),
    ],
)
def test_what_a_lab_has_no_place_for_is_refused_before_there_is_a_run(
    lab: str, slot: str, name: str, says: str
) -> None:
    assert says in refusal(lab, slot, name)


def test_no_slot_of_an_exercise_is_refused_in_its_lab() -> None:
    names = (
        "accuracy", "mse-mae", "mse-gradient", "sigmoid-and-slope", "backward", "batches", "relu-and-slope", "k-fold",
        "group-split", "momentum-step", "adam-step", "own-loop", "softmax", "cross-entropy-loss",
    )  # fmt: skip
    for name in names:
        spec, found, slot = lab_of(name)
        assert refusal(spec.id, slot, name, **found.labs[0].overrides) == ""


LOOP = """import numpy as np


def train(x, y, x_valid, y_valid, random):
    w = random.normal(size=(x.shape[1], y.shape[1])) / 100
    for epoch in range(1, 100):
        w = w - 0.01 * x.T @ (x @ w - y) / len(x)
        yield epoch, ((x @ w - y) ** 2).mean(), ((x_valid @ w - y_valid) ** 2).mean()
"""
PARAMETERS = ("x", "y", "x_valid", "y_valid", "random")


def own_loop(source: str = LOOP, lab: str = "digits-net", **overrides: Value) -> RunSummary:
    spec = load_lab(lab, LESSONS / "labs", {"train.epochs": 4, "mine.train": "own-loop", **overrides})
    return run_to_end(spec, DATA, programs={"train": MineProgram("own-loop", "train", PARAMETERS, source)})


def test_a_loop_of_ones_own_paces_and_logs_and_repeats() -> None:
    own = own_loop()
    assert (own.state, own.epoch) == ("finished", 4)
    assert own.train_losses[3] < own.train_losses[0]
    assert len(own.valid_losses) == 4
    assert own_loop().train_losses == own.train_losses
    early = own_loop(LOOP.replace("100)", "3)"))
    assert (early.epoch, early.message) == (2, "Your loop ended by itself after epoch 2 of 4.")
    assert (own.message, early.end_sentence) == ("", early.message)


@pytest.mark.parametrize(
    ("old", "new", "epoch", "says"),
    [
        ("yield epoch,", "yield 5,", 0, "epoch 5"),
        ("x @ w - y)", "x @ w + y[epoch > 2 and 3 :])", 2, "ine 7"),
        ("yield epoch, ", "yield ", 0, "3 results, not 2"),
        ("yield epoch", "return epoch", 0, "use yield"),
    ],
)
def test_what_a_loop_does_wrong_ends_the_run(old: str, new: str, epoch: int, says: str) -> None:
    own = own_loop(LOOP.replace(old, new, 1))
    assert (own.state, own.epoch) == ("failed", epoch)
    assert says in own.message


def test_programs_with_several_functions_are_kept_and_read(tmp_path: Path) -> None:
    programs = {"activation": program_of(exercise("relu-and-slope"), exercise("relu-and-slope").solution)}
    write_programs(tmp_path, programs)
    assert programs["activation"].others == (("backward", ("a", "g")),)
    assert read_programs(tmp_path, {"activation": "relu-and-slope"}) == programs
