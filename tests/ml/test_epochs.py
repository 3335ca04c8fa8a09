"""Epochs that are run together give what they give one by one, bit for bit, whatever happens in their middle."""

from __future__ import annotations

from itertools import chain, cycle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.foundation.errors import TutorError
from tutor.ml.activations import ACTIVATIONS
from tutor.ml.datasets import load_dataset
from tutor.ml.losses import LOSSES, losses_for
from tutor.ml.network import evaluation
from tutor.ml.network.kernels import loss_means
from tutor.ml.network.training import NetworkTraining
from tutor.ml.optimizers import OPTIMIZERS
from tutor.ml.parts import Parts
from tutor.ml.schedules import SCHEDULES
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings
from tutor.ml.training import EpochResult

CHANGES = [("learning_rate", 0.3), ("momentum", 0.5), ("batch_size", 4), ("batch_size", 0), ("loss", "mse")]


def made(
    parts: Parts | None = None, *, classes: bool = False, held_out: float = 0.0, **options: Any
) -> NetworkTraining:
    data = load_dataset(
        DataSettings(name="moons" if classes else "wave", rows=15, test_fraction=held_out), data_folder=None
    )
    model = ModelSettings(
        name="mlp", hidden=(3,), activation=options.get("activation", "none"), dropout=options.get("dropout", 0.0),
        batch_norm=options.get("batch_norm", False),
    )  # fmt: skip
    optimizer = OptimizerSettings(
        name=options.get("optimizer", "sgd"), learning_rate=options.get("rate", 0.01),
        schedule=options.get("schedule", "constant"), weight_decay=options.get("decay", 0.0),
        gradient_clip=options.get("clip", 0.0), gradient_noise=options.get("noise", 0.0),
    )  # fmt: skip
    train = TrainSettings(epochs=20, batch_size=options.get("batch_size", 0))
    return NetworkTraining(data, model, options.get("loss", "mse"), optimizer, train, 0.25, parts)


@st.composite
def all_options(draw: st.DrawFn) -> dict[str, Any]:
    classes = draw(st.booleans())
    choices: dict[str, list[object]] = {
        "held_out": [0.0, 0.4], "activation": list(ACTIVATIONS), "dropout": [0.0, 0.3], "batch_norm": [False, True],
        "optimizer": [*OPTIMIZERS, "manual", "none"], "rate": [0.01, 0.5, 1e9], "schedule": list(SCHEDULES),
        "decay": [0.0, 0.1], "clip": [0.0, 1.0], "noise": [0.0, 0.1], "batch_size": [0, 1, 4, 8],
        "loss": list(losses_for(classes)),
    }  # fmt: skip
    return {"classes": classes} | {name: draw(st.sampled_from(values)) for name, values in choices.items()}


@settings(max_examples=15, deadline=None)
@given(
    options=all_options(),
    sizes=st.lists(st.integers(1, 12), min_size=1, max_size=4),
    changes=st.dictionaries(st.integers(1, 10), st.sampled_from(CHANGES), max_size=2),
)
def test_epochs_together_are_those_one_by_one(
    options: dict[str, Any], sizes: list[int], changes: dict[int, tuple[str, Any]]
) -> None:
    together, alone = made(**options), made(**options)
    singles, size = alone.epochs(), cycle(sizes)
    seen: list[EpochResult] = []

    def until_a_change() -> int:
        return min([next(size), *(at - len(seen) for at in changes if at > len(seen))])

    for results in together.groups(until_a_change):
        seen += results
        done = len(seen)
        assert [repr(each) for each in results] == [repr(next(singles)) for _ in results]
        assert not any(result.diverged for result in results[:-1])
        assert_same(together.stored(), alone.stored())
        if done in changes:
            assert outcome(together, *changes[done]) == outcome(alone, *changes[done])
    assert next(singles, None) is None


def outcome(training: NetworkTraining, name: str, value: object) -> str:
    """What comes of changing a setting, which some trainings refuse."""
    try:
        training.set(name, value)
    except (ValueError, TutorError) as error:
        return repr(error)
    return ""


def assert_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert one.keys() == other.keys()
    assert all(one[name].tobytes() == other[name].tobytes() for name in one)


@pytest.mark.parametrize(
    ("optimizer", "batch_size", "rate"), [("gd", 0, 20.0), ("momentum", 0, 10.0), ("adam", 4, 30.0)]
)
def test_a_training_that_diverges_among_others_is_left_as_that_epoch_left_it(
    optimizer: str, batch_size: int, rate: float
) -> None:
    options: dict[str, Any] = {"optimizer": optimizer, "rate": rate, "batch_size": batch_size}
    together, alone = made(**options), made(**options)
    singles = list(alone.epochs())
    assert singles[-1].diverged
    assert 1 < len(singles) < 20
    assert list(map(repr, chain.from_iterable(together.groups(lambda: 20)))) == list(map(repr, singles))
    assert_same(together.stored(), alone.stored())


def test_what_each_epoch_learned_can_be_read_after_the_last_one() -> None:
    together, alone = made(held_out=0.4, batch_norm=True), made(held_out=0.4, batch_norm=True)
    (results,) = together.groups(lambda: 20)
    for result in alone.epochs():
        assert_same(together.learned_after(result.epoch), alone.network.learned())
    assert len(results) == 20


def test_examples_in_pieces_and_parts_of_ones_own_go_epoch_by_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    class Own(Parts):
        can_repeat = False

    assert [len(group) for group in made(parts=Own()).groups(lambda: 20)] == [1] * 20
    monkeypatch.setattr(evaluation, "MIN_ROWS", 4)
    monkeypatch.setattr(evaluation, "PIECE_BYTES", 1)
    assert [len(group) for group in made(batch_size=4).groups(lambda: 20)] == [1] * 20


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("shape", [(4, 1, 1), (5, 2, 7), (300, 3, 50)])
def test_many_means_have_the_bits_of_each(loss: str, shape: tuple[int, int, int]) -> None:
    random = np.random.default_rng(0)
    outputs = random.normal(0, 3, shape).astype(np.float32)
    labels = np.eye(shape[1], dtype=np.float32)[:, random.integers(0, shape[1], shape[2])]
    assert loss_means(LOSSES[loss], outputs, labels) == [LOSSES[loss].mean(each, labels) for each in outputs]
