"""An explained update is that of the library, at any epoch, and its texts fit any width in every language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tutor.foundation.errors import TutorError
from tutor.foundation.languages import languages
from tutor.foundation.translate import language, use_language
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab
from tutor.labs.limits import MOST_EXPLAINED
from tutor.ml.activations import ACTIVATIONS
from tutor.ml.losses import LOSSES
from tutor.ml.network.training import NetworkTraining
from tutor.ml.optimizers import OPTIMIZERS
from tutor.runs.events import Changed
from tutor.runs.explanation.equations import Equation, equation_lines, grid_lines
from tutor.runs.explanation.explained import ExplainedUpdate, explain_update
from tutor.runs.explanation.formulas import ACTIVATION_FORMULAS, LOSS_FORMULAS, OPTIMIZER_FORMULAS
from tutor.runs.explanation.notation import factor, mean, number, product, terms
from tutor.runs.worker.adapter import TrainingAdapter

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
DATA = LESSONS / "data"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    before = language()
    use_language("en")
    yield
    use_language(before)


def load(name: str = "one-step", **overrides: Any) -> LabConfig:
    return load_lab(name, LESSONS / "labs", {key.replace("__", "."): value for key, value in overrides.items()})


def text_of(update: ExplainedUpdate, width: int = 76, example: int = 0) -> str:
    return "\n".join(line.text for stage in update.stages(example) for line in stage.lines(width))


def titles(update: ExplainedUpdate) -> list[str]:
    return [stage.title for stage in update.stages()]


# -- formulas -----------------------------------------------------------------------------------------------------


def test_every_activation_loss_and_optimizer_has_its_formula() -> None:
    assert ACTIVATION_FORMULAS.keys() == ACTIVATIONS.keys()
    assert LOSS_FORMULAS.keys() == LOSSES.keys()
    assert OPTIMIZER_FORMULAS.keys() == OPTIMIZERS.keys()


# -- the numbers are those of the library -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["one-step", "one-lag", "two-sliders", "shapes-and-gradients", "curve-builder"])
def test_the_small_labs_of_the_course_can_be_explained(name: str) -> None:
    update = explain_update(load(name), DATA)
    assert len(update.stages()) == 2 * len(update.trace.layers) + 4


@pytest.mark.parametrize(
    "overrides",
    [
        {},
        {"optimizer": "adam", "train__batch_size": 3},
        {"optimizer": "momentum", "model__hidden": [2, 2], "loss": "mae"},
        {"optimizer": "rmsprop", "optimizer__weight_decay": 0.1, "optimizer__gradient_clip": 0.5},
        {"model__hidden": [], "data__lags": 1, "learning_rate": 0.01, "optimizer__schedule": "cosine"},
    ],
)
@pytest.mark.parametrize("epoch", [0, 1, 7])
def test_it_is_the_update_that_the_run_makes_after_that_epoch(overrides: dict[str, Any], epoch: int) -> None:
    spec = load(**overrides)
    adapter = TrainingAdapter(spec, DATA)
    training = adapter.context.training
    assert isinstance(training, NetworkTraining)
    epochs = adapter.epochs()
    for _ in range(epoch):
        next(epochs)
    trace = explain_update(spec, DATA, epoch).trace
    assert np.array_equal(trace.before, training.network.parameters)
    if not spec.train.batch_size:  # then an epoch is one update
        next(epochs)
        assert np.allclose(trace.after, training.network.parameters, rtol=1e-4, atol=1e-5)


def test_settings_changed_on_the_way_count_from_their_epoch_on() -> None:
    spec = load()
    changes = [Changed(epoch=3, key="optimizer.learning_rate", value=0.5, updates=3)]
    assert explain_update(spec, DATA, 2, changes).trace.learning_rate == pytest.approx(0.1)
    assert explain_update(spec, DATA, 3, changes).trace.learning_rate == pytest.approx(0.5)
    before, after = (explain_update(spec, DATA, 4, each).trace.before for each in ([], changes))
    assert not np.allclose(before, after)


def test_by_hand_the_moved_parameters_are_explained() -> None:
    spec = load("two-sliders")
    moved = explain_update(spec, DATA, 1, [Changed(epoch=1, key="model.w", value=0.25, updates=0)])
    assert moved.trace.before.tolist() == pytest.approx([0.25, 0.0])
    assert "no optimizer moves the parameters" in text_of(moved)


def test_beyond_the_last_epoch_it_stays_at_the_last_one() -> None:
    assert explain_update(load(train__epochs=3), DATA, 99).epoch == 3


def test_training_on_the_way_can_be_stopped() -> None:
    asked = iter([False, False, True])
    assert explain_update(load(), DATA, 20, stopped=lambda: next(asked)).epoch == 2


# -- the texts ----------------------------------------------------------------------------------------------------


def test_a_small_network_has_a_stage_for_each_layer_and_way() -> None:
    assert titles(explain_update(load(), DATA)) == [
        "The batch", "Forward: layer 1 of 2 (hidden)", "Forward: layer 2 of 2 (output)", "The loss",
        "Backward: layer 2 of 2 (output)", "Backward: layer 1 of 2 (hidden)", "The update", "After the update",
    ]  # fmt: skip


def test_numbers_are_put_into_every_formula() -> None:
    text = text_of(explain_update(load(), DATA))
    for line in (
        "r₁ = b₁ + W₁ x",
        "r₁[1] = b₁[1] + W₁[1,1] x₁ + W₁[1,2] x₂",
        "= 0 + 0.2444 · 4.902 + 0.581 · 4.074",
        "a₁[1] = σ(3.565) = 0.9725",
        "ℓ = (0.6442 − 4.658)² = 16.11",
        "L = 1/4 · (16.11 + 28.7 + 16.61 + 27.42) = 22.21",
        "δ₂ = 2 · (0.6442 − 4.658) = −8.027",
        "∂ℓ/∂a₁[1] = W₂[1,1] δ₂ = 0.6402 · (−8.027) = −5.139",
        "δ₁[1]     = −5.139 · 0.9725 · (1 − 0.9725) = −0.1376",
        "W₁[1,1] ← 0.2444 − 0.1 · (−0.5038) = 0.2947",
        "L′ = ",
    ):
        assert line in text, line


def test_another_example_has_other_numbers_and_the_same_gradient() -> None:
    update = explain_update(load(), DATA)
    first, second = (text_of(update, example=example) for example in (0, 1))
    assert "ℓ = (0.6384 − 5.996)² = 28.7" in second
    assert [line for line in first.splitlines() if "∂L/∂b₂[1]" in line] == [
        line for line in second.splitlines() if "∂L/∂b₂[1]" in line
    ]


def test_where_paths_meet_their_sum_is_shown() -> None:
    text = text_of(explain_update(load(model__hidden=[2, 2]), DATA))
    assert "where paths meet they add" in text
    assert "∂ℓ/∂a₁[1] = W₂[1,1] δ₂[1] + W₂[2,1] δ₂[2]" in text


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"optimizer": "momentum"}, ["v ← β v − η g, θ ← θ + v", "β = 0.9"]),
        ({"optimizer": "adam"}, ["m ← β₁ m + (1 − β₁) g", "t = 1", "/ (1 − 0.9¹)"]),
        ({"optimizer": "adamw", "optimizer__weight_decay": 0.5}, ["+ λ θ)", "λ = 0.5"]),
        ({"optimizer": "adagrad"}, ["s ← s + g²"]),
        ({"optimizer": "adagrad-mean"}, ["√(s / t)", "t = 1"]),
        ({"optimizer": "rmsprop"}, ["s ← α s + (1 − α) g²", "s       ← g² = "]),
        ({"optimizer__weight_decay": 0.5}, ["g ← g + λ w", "gradient used"]),
        ({"optimizer__gradient_clip": 0.5}, ["at most c = 0.5"]),
        ({"optimizer__gradient_noise": 0.5}, ["standard deviation s = 0.5"]),
        ({"model__sign_bug": True}, ["wrong sign into the backward pass"]),
        ({"activation": "tanh"}, ["tanh(3.565)", "(1 − "]),
        ({"activation": "relu"}, ["a₁[1] = max(0, "]),
        ({"model__activation": "hard-sigmoid"}, ["min(1, max(0, 3.565 / 4 + 1/2)) = 1"]),
        ({"loss": "mae"}, ["ℓ = |0.6442 − 4.658| = ", "sign(0.6442 − 4.658) = −1"]),
        ({"model__hidden": [], "data__lags": 1}, ["ŷ = b + w x = 0 + ", "∂L/∂w = 1/4 · ("]),
        ({"data__standardise": True}, ["x₁ = (4.902 − ", "In the units of the label"]),
    ],
)
def test_what_a_lab_trains_with_is_said(overrides: dict[str, Any], said: list[str]) -> None:
    text = text_of(explain_update(load(**overrides), DATA))
    assert [each for each in said if each not in text] == []


@pytest.mark.parametrize("loss", ["cross-entropy", "mse"])
def test_a_classification_goes_through_softmax(loss: str) -> None:
    update = explain_update(load("three-species", loss=loss), DATA, 3)
    text = text_of(update)
    assert "pₖ = e^(zₖ)/(∑ⱼ e^(zⱼ))" in text
    assert "p[1] = e^(" in text
    assert ("ℓ = −ln " in text) == (loss == "cross-entropy")
    assert "leads from input 3 to logit 2" in text


@pytest.mark.parametrize("language_code", languages())
@pytest.mark.parametrize("width", [10, 30, 42, 76, 116])
@pytest.mark.parametrize("ascii", [False, True])
def test_every_stage_fits_its_width(language_code: str, width: int, ascii: bool) -> None:
    use_language(language_code)
    for spec in (load(), load(optimizer="adam", model__hidden=[2, 2]), load("three-species"), load("look-back")):
        for stage in explain_update(spec, DATA, 1).stages():
            lines = stage.lines(width, ascii=ascii)
            assert lines
            assert max(line.width for line in lines) <= width


def test_units_are_known_as_far_as_the_stage_has_come() -> None:
    update = explain_update(load(), DATA)
    values = [[value for _, value in layer] for layer in update.units(update.stages()[0])]
    assert values[0][0] == "4.902"
    assert set(values[1]) | set(values[2]) == {""}
    forward, backward = (update.units(update.stages()[at]) for at in (2, 5))
    assert [name for layer in forward for name, _ in layer] == ["x₁", "x₂", "a₁[1]", "a₁[2]", "ŷ"]
    assert [name for layer in backward for name, _ in layer] == ["x₁", "x₂", "δ₁[1]", "δ₁[2]", "δ₂"]


# -- what cannot be explained -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "overrides", "reason"),
    [
        ("very-deep", {}, "parameters"),
        ("ball", {}, "another kind of model"),
        ("spam-rule", {}, "another kind of model"),
        ("two-sliders", {"optimizer": "least-squares"}, "one calculation"),
        ("one-step", {"model__batch_norm": True}, "plain layers"),
        ("one-step", {"model__dropout": 0.5}, "plain layers"),
        ("three-folds", {"model__degree": 2, "optimizer": "gd"}, "Set the folds to 0"),
        (
            "one-step",
            {"model__hidden": [2, 2, 2], "model__activation": "none", "optimizer__learning_rate": 1e6},
            "diverged",
        ),
    ],
)
def test_a_sentence_says_why_an_update_cannot_be_explained(name: str, overrides: dict[str, Any], reason: str) -> None:
    with pytest.raises(TutorError, match=reason):
        explain_update(load(name, **overrides), DATA, 3)


def test_the_bound_is_the_one_of_the_sentence() -> None:
    assert len(explain_update(load(model__hidden=[14]), DATA).trace.before) == 57 <= MOST_EXPLAINED
    with pytest.raises(TutorError, match=f"61 parameters.*{MOST_EXPLAINED}"):
        explain_update(load(model__hidden=[15]), DATA)


# -- how numbers are written --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.5"), (-1.07, "−1.07"), (100.0, "100"), (0.0, "0"), (2.38e-5, "2.38e-5"), (3.0, "3")]
)
def test_numbers_have_no_zeros_at_their_end(value: float, text: str) -> None:
    assert number(value) == text


def test_negative_factors_stand_in_parentheses_and_terms_have_their_sign() -> None:
    assert factor(-2) == "(−2)"
    assert product(-1, -0.5, 2) == "−1 · (−0.5) · 2"
    assert terms(["1", "−2", "3"]) == ("1", "− 2", "+ 3")
    assert " ".join(mean(["1", "−2"])) == "1/2 · (1 − 2)"
    assert " ".join(mean(["7"])) == "7"
    assert " ".join(mean(["1", "2", "3", "4", "5"])) == "1/5 · (1 + 2 + 3 + …)"


def test_a_long_equation_breaks_between_terms_below_its_sign() -> None:
    equation = Equation("name", (("a", "+ bb", "+ ccc"), ("1", "+ 22", "+ 333"), ("5",)))
    assert equation_lines([equation], 60) == ["name = a + bb + ccc = 1 + 22 + 333 = 5"]
    lines = equation_lines([equation], 19)
    assert lines == ["name = a + bb + ccc", "     = 1 + 22 + 333", "     = 5"]
    assert equation_lines([equation], 16) == ["name = a + bb", "    + ccc", "  = 1 + 22 + 333", "  = 5"]


def test_a_table_wider_than_the_page_becomes_a_list() -> None:
    head, rows = ("参数", "before", "after"), [("w", "0.5", "0.25")]
    assert grid_lines(head, rows, 40) == ["参数  before  after", "───────────────────", "w        0.5   0.25"]
    assert grid_lines(head, rows, 14) == ["参数 w", "  before 0.5", "  after 0.25"]
