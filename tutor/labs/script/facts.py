"""What a script has to know about a lab besides its settings, and the arrays that are written with the script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.labs.lab_config import LabConfig
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import CLASSIFICATION, Dataset, Floats
from tutor.ml.network.training import NetworkTraining

GIVEN, SHARED, EACH, NONE = "given", "shared", "each", "none"
"""How a script standardises features: it gets them standardised, with one scale, with one for each, or not at all."""
_CLOSE = 1e-9
_MOST_ORDERS = 20_000_000
"""How many numbers an order of batches may have, if it is to be written with a script."""


@dataclass(frozen=True, slots=True)
class ScriptFacts:
    """What is known about a lab once its data is loaded.

    Args:
        features: d, before powers are made.
        outputs: k.
        rows: N.
        has_valid: Whether there are validation examples.
        classifies: Whether labels are classes.
        epochs: The planned number of epochs.
        batch_size: B; 0 if each update takes all examples.
        scaling: How features are standardised: `GIVEN`, `SHARED`, `EACH` or `NONE`.
        scales_labels: Whether the labels of a regression are standardised.
        constant: Whether a feature has the same value in all training rows.
        first_is_kept: Whether the first parameters are not simply drawn, so that the script reads them.
        has_orders: Whether the orders of the batches are in the arrays.
    """

    features: int
    outputs: int
    rows: int
    has_valid: bool
    classifies: bool
    epochs: int
    batch_size: int
    scaling: str
    scales_labels: bool
    constant: bool
    first_is_kept: bool
    has_orders: bool


Arrays = Mapping[str, NDArray[Any]]


def look_at(config: LabConfig, data_folder: Path | None, *, with_orders: bool) -> tuple[ScriptFacts, Arrays]:
    """Load the data of a lab that trains a network, and return the facts and the arrays for its script.

    Args:
        config: The lab.
        data_folder: The folder of the data sets.
        with_orders: Whether the script cannot draw as NumPy does, so that it needs the first parameters and the orders.

    Raises:
        TutorError: The data cannot be loaded, or the settings contradict each other.
    """
    data = load_dataset(config.data, data_folder=data_folder)
    training = NetworkTraining(data, config.model, config.loss.name, config.optimizer, config.train)
    rows, size = len(data.x_train), training.batch_size
    epochs = config.epochs_with(rows)
    arrays, scaling, scales_labels = _examples(data)
    kept = _first_is_kept(config)
    shuffles = size < rows and config.train.shuffle
    has_orders = with_orders and shuffles and epochs * rows <= _MOST_ORDERS
    if kept or with_orders:
        arrays |= {name: array.copy() for name, array in training.network.named().items()}
    if has_orders:
        arrays["orders"] = _orders(training, config.train.seed, rows, epochs)
    facts = ScriptFacts(
        features=data.features,
        outputs=data.classes or 1,
        rows=rows,
        has_valid=len(data.x_valid) > 0,
        classifies=data.task == CLASSIFICATION,
        epochs=epochs,
        batch_size=size if size < rows else 0,
        scaling=scaling,
        scales_labels=scales_labels,
        constant=bool((np.ptp(data.x_train, axis=0) == 0).any()),
        first_is_kept=kept,
        has_orders=has_orders,
    )
    return facts, arrays


def _first_is_kept(config: LabConfig) -> bool:
    model = config.model
    return model.placed or bool(model.pieces) or model.w is not None or model.b is not None


def _examples(data: Dataset) -> tuple[dict[str, NDArray[Any]], str, bool]:
    """The examples in the units of the data, if standardising them again gives the same; and how to do so."""
    scaling = _scaling(data)
    as_is = scaling in {GIVEN, NONE}
    x_train, x_valid = (each if as_is else data.raw(each) for each in (data.x_train, data.x_valid))
    scales_labels = (data.y_mean, data.y_scale) != (0.0, 1.0)
    y_train, y_valid = (data.label(each) if scales_labels else each for each in (data.y_train, data.y_valid))
    named = {"x_train": x_train, "y_train": y_train}
    if len(x_valid):
        named |= {"x_valid": x_valid, "y_valid": y_valid}
    return {name: _small(array) for name, array in named.items()}, scaling, scales_labels


def _scaling(data: Dataset) -> str:
    mean, scale = data.x_mean, data.x_scale
    if not mean.any() and (scale == 1).all():
        return NONE
    raw = data.raw(data.x_train)
    for name, axis in ((SHARED, None), (EACH, 0)):
        std = raw.std(axis=axis)
        again = (raw - raw.mean(axis=axis)) / np.where(std > 0, std, 1.0)
        if np.abs(again - data.x_train).max() < _CLOSE:
            return name
    return GIVEN


def _small(array: Floats) -> NDArray[Any]:
    """The array with whole numbers as such, which take less room; the others keep every bit."""
    for kind in (np.uint8, np.int16, np.int32):
        with np.errstate(invalid="ignore"):
            whole = array.astype(kind)
        if np.array_equal(whole, array):
            return whole
    return array


def _orders(training: NetworkTraining, seed: int, rows: int, epochs: int) -> NDArray[Any]:
    """The order of the examples in each epoch, (epochs, N), drawn as the lab draws it: after the first parameters."""
    random = np.random.default_rng(seed)
    training.network.initialise(random)
    kind = np.uint16 if rows <= np.iinfo(np.uint16).max else np.int32
    return np.stack([random.permutation(rows) for _ in range(epochs)]).astype(kind)
