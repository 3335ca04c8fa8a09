"""The panel of dead units, and what initial weights that are too large do to a gradient."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tutor.foundation.errors import TutorError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab, with_overrides
from tutor.labs.panels.dead_units import DeadUnits
from tutor.ml.diagnostics import dead_fractions
from tutor.ml.network.network import Network
from tutor.runs.in_process import run_to_end
from tutor.runs.worker.adapter import TrainingAdapter

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


def adapter(name: str, **overrides: object) -> TrainingAdapter:
    return TrainingAdapter(load_lab(name, LESSONS / "labs", {"train.pace": 0.0, **overrides}), LESSONS / "data")


@pytest.mark.parametrize("residual", [False, True])
def test_a_unit_is_dead_if_no_example_makes_it_fire(residual: bool) -> None:
    network = Network(2, [4, 4], 1, residual=residual)
    network.initialise(np.random.default_rng(0))
    first, second = network.linears[:2]
    first.weights.value[:] = 1.0
    first.bias.value[:, 0] = [-9.0, -1.0, 0.0, 1.0]  # the inputs add up to 2 at most, so only the first never fires
    second.weights.value[:] = -1.0
    second.bias.value[:] = 0.0
    x = np.random.default_rng(1).random((50, 2))
    x[0] = 1.0
    assert dead_fractions(network, x) == [0.25, 1.0]


def test_dead_units_are_counted_over_all_layers_by_their_widths() -> None:
    trained = adapter("dead-relu", **{"model.hidden": [8, 24]})
    panel = DeadUnits(trained.context)
    network = trained.context.network_training.network
    network.linears[0].weights.value[:] = 0.0
    network.linears[0].bias.value[:] = -1.0
    network.linears[1].bias.value[:] = 1.0
    assert panel.frame() == {"fractions": [1.0, 0.0], "dead": 0.25}
    assert panel.facts() == {"dead_units": 0.25}


def test_a_dead_unit_gets_no_gradient_and_stays_dead_at_any_rate() -> None:
    trained = adapter("dead-relu", **{"optimizer.learning_rate": 0.05, "train.epochs": 2})
    network = trained.context.network_training.network
    network.linears[0].bias.value[:5] = -1000.0
    before = network.linears[0].matrix.value[:5].copy()
    list(trained.epochs())
    assert np.array_equal(network.linears[0].matrix.value[:5], before)
    assert not np.array_equal(network.linears[1].bias.value, np.zeros((10, 1)))


def test_a_training_that_diverged_shows_nothing() -> None:
    trained = adapter("dead-relu")
    trained.context.network_training.network.parameters[:] = np.nan
    panel = DeadUnits(trained.context)
    assert panel.frame() is None
    assert panel.facts() == {}


@pytest.mark.parametrize(
    "overrides",
    [
        {"model.name": "linear"},
        {"model.name": "mlp"},
        {"model.name": "mlp", "model.hidden": [4], "model.activation": "tanh"},
        {"model.name": "mlp", "model.hidden": [4], "data.folds": 3},
    ],
)
def test_only_relus_of_one_training_can_die(overrides: dict[str, object]) -> None:
    with pytest.raises(TutorError):
        with_overrides(LabConfig(), {**overrides, "show.panels": ["dead-units"]})


def test_the_initial_scale_multiplies_every_weight_and_no_bias() -> None:
    plain, large = (
        adapter("very-deep", **{"model.initial_scale": scale}).context.network_training.network for scale in (1.0, 1.5)
    )
    for before, after in zip(plain.linears, large.linears, strict=True):
        assert np.allclose(after.weights.value, 1.5 * before.weights.value)
        assert not after.bias.value.any()


def test_a_gradient_that_explodes_ends_the_run_and_clipping_saves_it() -> None:
    lab = load_lab("very-deep", LESSONS / "labs", {"train.pace": 0.0, "train.epochs": 2, "model.initial_scale": 1.4})
    assert run_to_end(with_overrides(lab, {"optimizer.gradient_clip": 0.0}), LESSONS / "data").state == "diverged"
    assert run_to_end(with_overrides(lab, {"optimizer.gradient_clip": 1.0}), LESSONS / "data").state == "finished"
