"""A trained network apart from its training: everything that turns new rows into predictions, as arrays by name.

The arrays are the parameters (``W1``, ``b1``, ..., with batch normalisation ``gamma1`` and ``running.mean1``), the
preprocessing (``input.fill``, ``input.mean``, ``input.scale``, for a polynomial ``powers.mean`` and ``powers.scale``,
for a regression ``output.mean`` and ``output.scale``) and ``about``: the bytes of a JSON object, a `Description`. They
need no pickle, so anybody may load them with `numpy.load` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import msgspec
import numpy as np

from tutor.ml.activations import ACTIVATIONS
from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import CLASSIFICATION, Dataset, Floats, Origin
from tutor.ml.losses import softmax
from tutor.ml.models.polynomial import PolynomialFeatures
from tutor.ml.network.layers import EPSILON
from tutor.ml.network.network import Network
from tutor.ml.network.training import NetworkTraining

FORMAT = 1
ABOUT = "about"
_MAX_LAYER = 1 << 16
_MAX_LAYERS = 10_000


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """What the arrays of a trained model mean.

    Args:
        format: The version of this description.
        task: ``classification`` or ``regression``.
        target: The name of what is predicted.
        classes: The names of the classes, in the order of the outputs; empty in a regression.
        features: The names of the features, in the order of the inputs.
        origins: For each feature its column, and the word that it stands for or null if it is the number in the column.
        sizes: The widths of all layers, from the inputs to the outputs.
        activation: Of the hidden layers.
        residual: Which hidden layers add their input to their output, counted from 1.
        batch_norm: Whether what goes into the hidden activations is normalised.
        epsilon: What batch normalisation adds to a variance.
        degree: The highest power of the features; above 1 only in a polynomial.
        decision_threshold: With two classes: the probability of the second from which on it is predicted.
        epoch: The epoch after which the parameters were like this; 0 if it is not known.
        best_epoch: The epoch with the lowest validation loss; 0 if there is none, or if it is not known.
    """

    format: int = FORMAT
    task: str
    target: str
    classes: tuple[str, ...]
    features: tuple[str, ...]
    origins: tuple[tuple[str, str | None], ...]
    sizes: tuple[int, ...]
    activation: str
    residual: tuple[int, ...]
    batch_norm: bool
    epsilon: float
    degree: int
    decision_threshold: float = 0.5
    epoch: int = 0
    best_epoch: int = 0


def pack(
    training: NetworkTraining, learned: Mapping[str, Array], *, threshold: float, epoch: int, best_epoch: int
) -> dict[str, Array]:
    """The arrays of a trained model; see the module.

    Args:
        training: Gives the data set and the kind of network.
        learned: The parameters and running averages, as `Network.learned` names them.
        threshold: See `Description`.
        epoch: See `Description`.
        best_epoch: See `Description`.
    """
    data, network, powers = training.dataset, training.network, training.polynomial
    hidden = network.sizes[1:-1]
    adds = training.model.residual and training.model.kind.layers
    description = Description(
        task=data.task,
        target=data.target_name,
        classes=data.class_names[: data.classes],
        features=data.feature_names,
        origins=tuple((each.column, each.word) for each in data.origins)
        or tuple((name, None) for name in data.feature_names),
        sizes=network.sizes,
        activation=training.model.activation,
        residual=tuple(at + 2 for at, (below, above) in enumerate(pairwise(hidden)) if adds and below == above),
        batch_norm=bool(network.norms),
        epsilon=EPSILON,
        degree=powers.degree,
        decision_threshold=threshold,
        epoch=epoch,
        best_epoch=best_epoch,
    )
    arrays = dict(learned)
    arrays |= {
        "input.fill": data.x_fill if len(data.x_fill) else data.x_mean,
        "input.mean": data.x_mean,
        "input.scale": data.x_scale,
    }
    if powers.degree > 1:
        arrays |= {"powers.mean": powers.mean, "powers.scale": powers.scale}
    if data.task != CLASSIFICATION:
        arrays |= {"output.mean": np.array(data.y_mean), "output.scale": np.array(data.y_scale)}
    return arrays | {ABOUT: np.frombuffer(msgspec.json.encode(description), dtype=np.uint8)}


class TrainedModel:
    """A model made from the arrays of `pack`.

    Args:
        arrays: The arrays by name; others than those are ignored.

    Raises:
        LookupError: They have no description: an earlier version wrote them, or the model is not a network.
        ValueError: They are damaged, or a later version wrote them.
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        if ABOUT not in arrays:
            raise LookupError(ABOUT)
        about = self.about = _description(arrays[ABOUT])
        self.network = Network(
            about.sizes[0],
            about.sizes[1:-1],
            about.sizes[-1],
            about.activation,
            residual=bool(about.residual),
            batch_norm=about.batch_norm,
        )
        learned = self.network.learned()
        for name, array in learned.items():
            array[...] = _numbers(arrays, name, array.shape)
        count = len(about.features)
        self.fill, self.mean, self.scale = (
            _numbers(arrays, f"input.{name}", (count,)) for name in ("fill", "mean", "scale")
        )
        self._powers = PolynomialFeatures(about.degree, np.zeros((1, count)))
        if about.degree > 1:
            shape = (count * about.degree,)
            self._powers.mean, self._powers.scale = (_numbers(arrays, f"powers.{each}", shape) for each in _MOMENTS)
        self._output = (0.0, 1.0)
        if not about.classes:
            mean, scale = (_numbers(arrays, f"output.{each}", ()) for each in _MOMENTS)
            self._output = float(mean), float(scale)
        self.arrays = {
            name: array for name, array in arrays.items() if name in learned or name == ABOUT or name in _OTHERS
        }
        """The arrays that it is made of, by name, without those that were ignored."""

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Where each feature comes from, d."""
        return tuple(Origin(*each) for each in self.about.origins)

    def is_of(self, dataset: Dataset) -> bool:
        """Whether a data set has the features, the classes and the preprocessing that the model was trained with."""
        about = self.about
        same = (
            about.features == dataset.feature_names
            and about.classes == dataset.class_names[: dataset.classes]
            and np.allclose(self.mean, dataset.x_mean)
            and np.allclose(self.scale, dataset.x_scale)
        )
        return bool(same)

    def predict(self, x: Floats) -> Floats:
        """The predictions for features in the units of the data, (n, d), with nan for missing ones.

        Returns:
            In a regression the labels in their units, (n,); in a classification the probabilities, (n, K).
        """
        filled = np.where(np.isnan(x), self.fill, x)
        inputs = self._powers((filled - self.mean) / self.scale)
        with np.errstate(all="ignore"):
            outputs = self.network.predict(np.ascontiguousarray(inputs.T, dtype=np.float32)).astype(np.float64)
            if self.about.classes:
                return np.asarray(softmax(outputs).T, dtype=np.float64)
            mean, scale = self._output
            return np.asarray(outputs[0] * scale + mean, dtype=np.float64)

    def classes_of(self, probabilities: Floats) -> Array:
        """The number of the class that is predicted, (n,), for probabilities (n, K)."""
        if probabilities.shape[1] == 2:
            return np.asarray(probabilities[:, 1] >= self.about.decision_threshold, dtype=np.int64)
        return np.asarray(probabilities.argmax(axis=1))


_MOMENTS = ("mean", "scale")
_OTHERS = frozenset(
    {"input.fill", *(f"{group}.{each}" for group in ("input", "powers", "output") for each in _MOMENTS)}
)


def _description(array: Array) -> Description:
    """The description in an array of bytes.

    Raises:
        ValueError: There is none that this version understands.
    """
    try:
        about = msgspec.json.decode(np.asarray(array, dtype=np.uint8).tobytes(), type=Description)
    except (msgspec.DecodeError, TypeError, UnicodeError) as error:
        raise ValueError(str(error)) from error
    count = len(about.features)
    sound = (
        about.format == FORMAT
        and 2 <= len(about.sizes) <= _MAX_LAYERS
        and all(0 < size <= _MAX_LAYER for size in about.sizes)
        and about.activation in ACTIVATIONS
        and 1 <= about.degree <= 100
        and count == len(about.origins)
        and about.sizes[0] == count * about.degree
        and about.sizes[-1] == (len(about.classes) or 1)
    )
    if not sound:
        raise ValueError("about")
    return about


def _numbers(arrays: Mapping[str, Array], name: str, shape: tuple[int, ...]) -> Array:
    """An array of numbers of this shape.

    Raises:
        ValueError: There is none.
    """
    array = arrays.get(name)
    if array is None or array.shape != shape or array.dtype.kind != "f":
        raise ValueError(name)
    return array
