"""Which code trains in a lab: what the settings say, and what the factory makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import list_labs, load_lab
from tutor.ml.datasets import load_dataset
from tutor.ml.factory import make_training
from tutor.ml.settings import DataSettings, LossSettings, ModelSettings, OptimizerSettings
from tutor.ml.source import parts_of, source_of

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
LABS = LESSONS / "labs"


def config(model: ModelSettings, loss: str = "mse", data: str = "views", **optimizer: object) -> LabConfig:
    return LabConfig(
        id="x",
        data=DataSettings(name=data),
        model=model,
        loss=LossSettings(name=loss),
        optimizer=OptimizerSettings(**optimizer),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("name", list_labs(LABS))
def test_all_that_trains_in_a_shipped_lab_can_be_read(name: str) -> None:
    lab = load_lab(name, LABS)
    parts = parts_of(lab)
    assert all(source_of(each, kind) for kind, each in parts)
    assert (parts[0] == ("optimizer", lab.optimizer.name)) == any(kind == "optimizer" for kind, _ in parts)


@pytest.mark.parametrize("name", ["ball", "one-lag", "moons-net", "spam-rule", "spam-learner", "coin-flips"])
def test_the_last_of_it_is_the_training_that_is_made(name: str) -> None:
    lab = load_lab(name, LABS)
    dataset = load_dataset(lab.data, data_folder=LESSONS / "data")
    made = type(make_training(dataset, lab.model, lab.loss.name, lab.optimizer, lab.train)).__name__
    kind, whole = parts_of(lab)[-1]
    assert kind == "training"
    assert source_of(whole, kind)[0].text.startswith(f"class {made}:")


def test_a_net_shows_what_is_switched_on_and_nothing_else() -> None:
    plain = config(ModelSettings(name="mlp", hidden=(8,), activation="tanh"), name="adam")
    assert parts_of(plain) == [
        ("optimizer", "adam"), ("loss", "mse"), ("activation", "tanh"), ("part", "linear"),
        ("part", "activation-layer"), ("part", "network"), ("training", "network-training"),
    ]  # fmt: skip
    rich = config(
        ModelSettings(name="mlp", hidden=(8, 8), dropout=0.5, batch_norm=True, residual=True),
        name="sgd", schedule="cosine", gradient_clip=1.0,
    )  # fmt: skip
    assert parts_of(rich)[2:-2] == [
        ("activation", "relu"), ("schedule", "cosine"), ("part", "gradient-rules"), ("part", "linear"),
        ("part", "activation-layer"), ("part", "batch-norm"), ("part", "dropout"), ("part", "residual"),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "rules"), [("adam", True), ("adamw", False)])
def test_an_optimizer_that_decays_weights_itself_needs_no_rule_for_it(name: str, rules: bool) -> None:
    parts = parts_of(config(ModelSettings(name="linear"), name=name, weight_decay=0.1))
    assert (("part", "gradient-rules") in parts) is rules


@pytest.mark.parametrize("name", ["manual", "least-squares"])
def test_what_moves_by_no_gradient_has_no_optimizer_and_no_rules(name: str) -> None:
    parts = parts_of(config(ModelSettings(name="linear"), name=name, gradient_clip=1.0))
    assert parts == [("loss", "mse"), ("part", "linear"), ("part", "network"), ("training", "network-training")]


def test_the_squared_error_of_probabilities_is_told_from_that_of_numbers() -> None:
    softmax = ModelSettings(name="softmax")
    assert ("loss", "softmax-mse") in parts_of(config(softmax, data="moons"))
    assert ("loss", "mse") in parts_of(config(softmax, data="csv"))
    assert ("loss", "softmax-mse") in parts_of(config(softmax, data="csv"), "classification")
    assert ("loss", "mse") in parts_of(config(softmax, data="moons"), "regression")


def test_a_name_of_two_kinds_is_found_by_its_kind() -> None:
    assert "def cross_entropy" in source_of("cross-entropy")[1].text
    assert source_of("cross-entropy", "function")[0].text.startswith('"cross-entropy": _corner(')
    assert source_of("bowl")[0].text.startswith("# A long valley")
    with pytest.raises(KeyError):
        source_of("cross-entropy", "optimizer")
