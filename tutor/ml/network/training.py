"""Training of linear models, polynomials, softmax regressions and networks, all of which are networks."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from copy import deepcopy
from math import ceil, inf, isfinite

import numpy as np
from msgspec.structs import replace

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate
from tutor.ml.activations import ACTIVATIONS, Activation
from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import CLASSIFICATION, Dataset, Floats
from tutor.ml.diagnostics import (
    BatchGradients,
    BatchLosses,
    GradientCheck,
    batch_gradients,
    check_gradient,
    dead_fractions,
)
from tutor.ml.divergence import divergence_limit, has_diverged
from tutor.ml.gradient_rules import GradientRules
from tutor.ml.losses import LOSSES, loss_for, softmax
from tutor.ml.models.hidden_units import place_along_data, place_hidden_units
from tutor.ml.models.polynomial import PolynomialFeatures
from tutor.ml.network.batches import Batches
from tutor.ml.network.evaluation import BatchMeans, Evaluation, rows_together
from tutor.ml.network.network import Network, with_ones
from tutor.ml.network.passes import INPUTS, both_passes
from tutor.ml.network.tape import LABELS, Run, Steps, X, step, unroll
from tutor.ml.network.update_trace import UpdateTrace, trace_update
from tutor.ml.parts import NetworkGradient, Parts
from tutor.ml.registry import find
from tutor.ml.settings import ModelSettings, OptimizerSettings, TrainSettings
from tutor.ml.training import EpochResult

MOST_MEASURED = 2_000_000_000
"""The loss over all training examples is measured after each epoch up to so many multiplications, some 50 ms of them.
Beyond, the losses of the batches are averaged: to measure would take a third of the time of an epoch."""
_RATES_AHEAD = 256
"""The learning rates of about so many updates are worked out at once: one by one takes longer than a small update."""


class NetworkTraining:
    """See `tutor.ml.training.Training`; the arguments are those of `tutor.ml.factory.make_training`.

    Raises:
        TutorError: The loss does not fit the task, or the optimizer or the placement of hidden units the model.
    """

    def __init__(
        self,
        dataset: Dataset,
        model: ModelSettings,
        loss: str,
        optimizer: OptimizerSettings,
        train: TrainSettings,
        offset: float = 0.0,
        parts: Parts | None = None,
    ) -> None:
        self._parts = parts or Parts()
        self._rates_ahead: list[float] = []
        """The learning rates of updates after this epoch, as far as they are worked out, the next one last."""
        self.dataset = dataset
        self._train = train
        self.polynomial = PolynomialFeatures(model.degree if model.name == "polynomial" else 1, dataset.x_train)
        self._offset = offset
        self._network_gradient: NetworkGradient | None = None
        self._use_loss(loss)
        self.model = model
        activation = self._activation() if model.kind.layers else None
        self.network = _network(
            model, self.polynomial.features, dataset.classes or 1, train.seed, activation=activation
        )
        self._random = np.random.default_rng(train.seed)
        self.network.initialise(self._random)
        if self.network.sizes[1:-1]:
            for linear in self.network.linears:
                linear.weights.value[:] *= model.initial_scale
        self._start_at(model.w, model.b)
        if model.placed:
            place_along_data(self.network, dataset.x_train[:, 0], dataset.y_train)
        if model.pieces:
            place_hidden_units(self.network, model.pieces, dataset)
        self._manual = optimizer.name in {"manual", "none"}
        self._never_updates = optimizer.name == "none"
        self._closed_form = optimizer.name == "least-squares"
        if self._closed_form and (len(self.network.layers) > 1 or dataset.task == CLASSIFICATION):
            raise TutorError(translate("ml.least-squares-needs-line"))
        self._learning_rate = optimizer.learning_rate
        self._factor = self._parts.schedule(optimizer, len(dataset.x_train))
        parameters, gradient = self.network.parameters, self.network.gradient
        is_weight = self.network.is_weight() if optimizer.weight_decay else None
        self._optimizer = self._parts.optimizer(parameters, gradient, optimizer, is_weight)
        self._rules = GradientRules(
            parameters,
            gradient,
            is_weight,
            weight_decay=0.0 if self._optimizer.decays_weights else optimizer.weight_decay,
            clip=optimizer.gradient_clip,
            noise=optimizer.gradient_noise,
            seed=train.seed,
        )
        self._order = self._parts.order(len(dataset.x_train), self._random)
        is_line = self._is_line and not self._loss.classifies
        self._line_gradient = self._parts.line_gradient(len(dataset.x_train), is_line=is_line)
        self._network_gradient = self._parts.network_gradient(
            len(dataset.x_train), self.network.sizes, fits=self._is_one_layer_of_sigmoids
        )
        self._x = with_ones(self.polynomial(dataset.x_train))
        self._labels = _labels(dataset.y_train, dataset)
        # Gradient descent in the strict sense uses all examples in each update.
        size = 0 if optimizer.name == "gd" else train.batch_size
        self._use_batch_size(size)
        self._full_batch = optimizer.name == "gd"
        self.planned_epochs = train.epochs
        """The number of epochs in all; it changes with the batch size if the lab asks for a number of updates."""
        valid = with_ones(self.polynomial(dataset.x_valid)) if len(dataset.x_valid) else None
        self._evaluate_valid = (
            Evaluation(self.network, valid, _labels(dataset.y_valid, dataset), dataset.y_valid, dataset)
            if valid is not None
            else None
        )
        self._epoch = self._updates = 0
        self._rates: Iterator[float] = iter(())
        """The learning rates of the remaining updates of this epoch."""
        self._divergence_limit: float | None = None
        """The loss above which training has diverged; None until it is computed before the next epoch."""
        self.batch_losses: BatchLosses | None = None

    def watch_batches(self) -> BatchLosses:
        """Record the loss of every update from now on."""
        self.batch_losses = BatchLosses(self.network, self._unit)
        return self.batch_losses

    def batch_gradients(self, count: int) -> BatchGradients:
        """The gradients of ``count`` batches compared with the gradient over all examples."""
        return batch_gradients(self.network, self._formula, self._x, self._labels, self.batch_size, count)

    def check_gradient(self, rows: int, indices: Array) -> GradientCheck:
        """Compare backpropagation with finite differences at the current parameters.

        Args:
            rows: How many examples to use, from the first.
            indices: The indices of the parameters to check.
        """
        model = replace(self.model, dropout=0.0)
        copy = _network(model, self.network.sizes[0], self.network.sizes[-1], 0, np.float64)
        copy.parameters[:] = self.network.parameters
        x, labels = self._x[:rows].astype(np.float64), self._labels[:rows].astype(np.float64)
        return check_gradient(copy, self._formula, np.ascontiguousarray(x.T), np.ascontiguousarray(labels.T), indices)

    def dead_fractions(self, most: int) -> list[float]:
        """The fraction of dead units in each hidden layer; see `tutor.ml.diagnostics`.

        Args:
            most: How many training examples to look at, from the first.
        """
        return dead_fractions(self.network, self._x[:most, :-1])

    @property
    def batch_size(self) -> int:
        """B, or the number of all examples if they are one batch."""
        return self._batches.size

    # -- settings ---------------------------------------------------------------------------------------------

    def set(self, name: str, value: object) -> None:
        """Change a setting between two epochs. See `Training.set`."""
        if name == "loss":
            self._use_loss(str(value))
            self._use_batch_size(0 if self._full_batch else self.batch_size)
            self._divergence_limit = None
            return
        number = float(value)  # type: ignore[arg-type]
        if not isfinite(number):
            raise ValueError(name)
        if name == "learning_rate" and number >= 0:
            self._learning_rate = number
            self._rates_ahead.clear()
        elif name == "momentum" and 0 <= number < 1:
            self._optimizer.change_setting(name, number)
        elif name == "batch_size" and number >= 0 and not self._full_batch:
            self._use_batch_size(int(number))
            if self._train.updates:
                left = max(0, self._train.updates - self._updates)
                self.planned_epochs = self._epoch + ceil(left / self._batches.count)
        elif name == "w" and self._is_line:
            self._start_at(number, self.small_parameters()["b"])
        elif name == "b" and self._is_line:
            self._start_at(self.small_parameters()["w"], number)
        else:
            raise ValueError(name)

    def _activation(self) -> Activation:
        return self._parts.activation(find(ACTIVATIONS, self.model.activation))

    def _use_loss(self, name: str) -> None:
        data = self.dataset
        if self._network_gradient is not None and name != "mse":
            raise ValueError("loss")  # That gradient is one of the squared error.
        formula = loss_for(name, classifies=data.task == CLASSIFICATION)
        loss = self._parts.loss(formula, data.classes or 1, max(len(data.x_train), len(data.x_valid)))
        # Both at once: if one of them does not fit, the training goes on as it was.
        self._formula = formula
        """The built-in loss, which diagnoses and explains."""
        self._loss = loss
        """The loss that trains."""

    def _use_batch_size(self, size: int) -> None:
        self._batches = Batches(self._x, self._labels, size, shuffle=self._train.shuffle)
        self._tapes: list[list[tuple[Run, list[tuple[Array, ...]]]]] = []
        self._rates_ahead.clear()
        data, forward = self.dataset, None
        if self._is_whole_batch:
            steps, self._backward, outputs = both_passes(self.network, self.batch_size, self._loss)
            forward = unroll(steps, (X,)), outputs
        self._batch_means = BatchMeans(data) if self.averages_batches else None
        if self._batch_means is None:  # otherwise its copy of the labels would never be read
            self._evaluate_train = Evaluation(self.network, self._x, self._labels, data.y_train, data, forward)
        self._outputs_hold = False
        """Whether the forward pass of a whole batch was run with the present parameters, to measure the loss."""

    @property
    def averages_batches(self) -> bool:
        """Whether the training loss and accuracy of an epoch are means over its batches, each before its update."""
        multiplications = len(self._x) * self.network.parameters.size
        return self._batches.count > 1 and self._passes_forward and multiplications > MOST_MEASURED

    @property
    def _is_whole_batch(self) -> bool:
        """Whether what an update begins with is the forward pass that measured the loss after the update before."""
        return self._batches.count == 1 and self._passes_forward and not (self.model.dropout or self.model.batch_norm)

    @property
    def _passes_forward(self) -> bool:
        """Whether an update begins with a forward pass."""
        return not (self._manual or self._closed_form or self._line_gradient or self._network_gradient)

    def _make_tapes(self) -> None:
        """Compile the updates of an epoch: for each slab, one tape for full batches and one for a shorter last batch.

        This is done once for a batch size and a loss; the inputs are views into a buffer that each epoch refills.
        """
        runs: dict[int, Run] = {}
        for slab in self._batches.slabs:
            by_size: dict[int, list[tuple[Array, ...]]] = {}
            for batch in slab:
                by_size.setdefault(batch.size, []).append((batch.x, batch.x_transposed, batch.labels))
            for size in by_size.keys() - runs.keys():
                runs[size] = unroll(self._update_steps(size), INPUTS)
            self._tapes.append([(runs[size], inputs) for size, inputs in by_size.items()])

    def _update_steps(self, size: int) -> Steps:
        """The steps of one update with a batch of ``size`` examples."""
        if self._line_gradient is not None:
            steps = [step(self._write_line_gradient, X, LABELS)]
        elif self._network_gradient is not None:
            steps = [step(self._write_network_gradient, X, LABELS)]
        elif self._is_whole_batch:
            steps = [step(self._pass_forward), *self._backward]
        else:
            forward, backward, outputs = both_passes(self.network, size, self._loss)
            counting = [] if self._batch_means is None else [step(self._batch_means.add, self._loss, outputs, LABELS)]
            steps = forward + counting + backward
        if self._rules.active:
            steps.append(step(self._rules.apply))
        steps.append(step(self._optimizer_step))
        return steps

    def _pass_forward(self) -> None:
        if not self._outputs_hold:
            self._evaluate_train.run_forward()
        self._outputs_hold = False

    def _write_line_gradient(self, x: Array, labels: Array) -> None:
        assert self._line_gradient is not None  # noqa: S101 - only then it is on the tape
        matrix = self.network.linears[0].matrix
        w, b = matrix.value[0].tolist()
        matrix.gradient[0] = self._line_gradient(w, b, x[0], labels[0])

    def _write_network_gradient(self, x: Array, labels: Array) -> None:
        assert self._network_gradient is not None  # noqa: S101 - only then it is on the tape
        hidden, output = self.network.linears
        values = (
            hidden.weights.value, hidden.bias.value[:, 0], output.weights.value[0], float(output.bias.value[0, 0])
        )  # fmt: skip
        found = self._network_gradient(x[:-1].T, labels[0], *values)
        hidden.weights.gradient[:], hidden.bias.gradient[:, 0] = found[:2]
        output.weights.gradient[0], output.bias.gradient[0, 0] = found[2:]

    def _optimizer_step(self) -> None:
        self._optimizer.step(next(self._rates))

    @property
    def _is_line(self) -> bool:
        """Whether the model is ŷ = b + w x with one feature."""
        return len(self.network.layers) == 1 and self.network.parameters.size == 2

    @property
    def _is_one_layer_of_sigmoids(self) -> bool:
        """Whether this is the network, and the loss, of `tutor.ml.parts.NetworkGradient`."""
        sizes, model = self.network.sizes, self.model
        is_plain = not (model.dropout or model.batch_norm)
        has_shape = len(sizes) == len(("features", "hidden", "output")) and sizes[-1] == 1
        return has_shape and is_plain and model.activation == "sigmoid" and self._formula is LOSSES["mse"]

    def _start_at(self, w: float | None, b: float | None) -> None:
        """Set the parameters of a line, given in the units of the data; None leaves one as it is."""
        if not self._is_line or (w is None and b is None):
            return
        now = self.small_parameters()
        w = now["w"] if w is None else w
        b = now["b"] if b is None else b
        self.network.matrices[0][0] = self._standardised_line(w, b)
        self._divergence_limit = None
        self._outputs_hold = False

    def _standardised_line(self, w: float, b: float) -> tuple[float, float]:
        """W and b of the model of standardised data, for a line in the units of the data."""
        data = self.dataset
        mean, scale = float(data.x_mean[0]), float(data.x_scale[0])
        return w * scale / data.y_scale, (b + w * mean - data.y_mean) / data.y_scale

    # -- training ---------------------------------------------------------------------------------------------

    def epochs(self) -> Iterator[EpochResult]:
        """See `Training.epochs`."""
        # Overflow is a result here, reported as divergence, so NumPy need not warn of it as well. To say so for each
        # epoch would take a tenth of the time of a small one, so a worker says it once.
        is_said = set(np.geterr().values()) == {"ignore"}
        while self._epoch < self.planned_epochs:
            with nullcontext() if is_said else np.errstate(all="ignore"):
                if self._divergence_limit is None and self._batch_means is None:
                    self._divergence_limit = self._limit(self._evaluate_train(self._loss)[0])
                norm, rate = (None, None) if self._manual or self._closed_form else self._run_epoch()
                if self._closed_form:
                    self._solve()
                self._epoch += 1
                result = self._result(norm, rate)
            yield result
            if self._never_updates or result.diverged:
                return

    @property
    def _unit(self) -> float:
        """The factor from a loss of standardised labels to the units of the label."""
        return 1.0 if self._loss.classifies else float(self.dataset.y_scale**self._loss.power)

    def _limit(self, loss: float) -> float:
        """The loss above which a training that now has this one has diverged."""
        # A learner who moves the parameters by hand may come back from any loss.
        return inf if self._manual else divergence_limit(loss, self._unit)

    def _solve(self) -> None:
        """Least squares in closed form: a single update."""
        if self._updates == 0:
            data = self.dataset
            inputs = with_ones(self.polynomial(data.x_train), np.float64)
            self.network.matrices[0][0] = np.linalg.lstsq(inputs, data.y_train, rcond=None)[0]
            self._updates = 1

    def _run_epoch(self) -> tuple[float, float]:
        """Run all updates of one epoch. Returns the norm of the gradient and the learning rate of the last one."""
        if not self._tapes:
            self._make_tapes()
        batches, count = self._batches, self._batches.count
        if len(self._rates_ahead) < count:
            together = min(_RATES_AHEAD, len(self._x)) // count  # A schedule takes no more at once than there are rows.
            self._rates_ahead = self._next_rates(max(1, together))[::-1]
        rates = self._rates_ahead[: -count - 1 : -1]
        del self._rates_ahead[-count:]
        self._rates = iter(rates)
        for slab in batches.fill(self._order):
            for run, inputs in self._tapes[slab]:
                if self.batch_losses is None:
                    run(inputs)
                else:
                    self.batch_losses.run(run, inputs, self._loss)
        self._updates += count
        return self._rules.norm(), rates[-1]

    def _next_rates(self, epochs: int) -> list[float]:
        """The learning rate of each update of the next epochs, of at most so many."""
        count, left = self._batches.count, self.planned_epochs - self._epoch
        updates = np.arange(self._updates, self._updates + max(1, min(epochs, left)) * count)
        return list((self._learning_rate * self._factor(updates, self._updates + left * count)).tolist())

    def trace_update(self) -> UpdateTrace:
        """The next update with every number that goes into it; the training stays as it is.

        If the learner moves the parameters, or nobody does, it is an update by gradient descent.

        Raises:
            TypeError: The network has other layers than linear ones and activations; see
                `tutor.ml.network.update_trace.can_trace`.
        """
        network = _network(self.model, self.network.sizes[0], self.network.sizes[-1], self._train.seed)
        network.parameters[:] = self.network.parameters
        batches = Batches(self._x, self._labels, self._batches.size, shuffle=self._train.shuffle)
        slab = next(batches.fill(lambda _size: deepcopy(self._random).permutation(len(self._x))))
        batch = batches.slabs[slab][0]
        with np.errstate(all="ignore"):
            rate = self._next_rates(1)[0]
            x, labels = np.ascontiguousarray(batch.x[:-1]), np.ascontiguousarray(batch.labels)
            trace = trace_update(network, self._optimizer, self._rules, self._formula, x, labels, rate)
        return dataclasses.replace(trace, number=self._updates + 1, unit=self._unit)

    def _result(self, norm: float | None, rate: float | None) -> EpochResult:
        if self._batch_means is not None:
            train_loss, train_accuracy = self._batch_means.take()
            if self._divergence_limit is None:
                self._divergence_limit = self._limit(self._batch_means.first)
        else:
            train_loss, train_accuracy = self._evaluate_train(self._loss)
            self._outputs_hold = True
        diverged = has_diverged(train_loss, inf if self._divergence_limit is None else self._divergence_limit)
        train_loss -= self._offset
        if self.batch_losses is not None:
            self.batch_losses.end_epoch(train_loss)
        valid_loss = valid_accuracy = None
        if self._evaluate_valid is not None:
            valid_loss, valid_accuracy = self._evaluate_valid(self._loss)
            valid_loss -= self._offset
        return EpochResult(
            self._epoch, self._updates, train_loss, valid_loss, train_accuracy, valid_accuracy, norm, rate, diverged
        )

    # -- the model --------------------------------------------------------------------------------------------

    def predict(self, x: Floats) -> Floats:
        """See `Training.predict`."""
        x = np.asarray(x)
        together = max(1, rows_together(self.network, len(x)))
        pieces = [x[start : start + together] for start in range(0, len(x), together)] or [x]
        with np.errstate(all="ignore"):
            return np.concatenate([self._predict(piece) for piece in pieces])

    def _predict(self, x: Floats) -> Floats:
        outputs = self.network.predict(self.polynomial(self.dataset.standardised(x)).T.astype(np.float32))
        if self.dataset.task == CLASSIFICATION:
            return softmax(outputs).T
        return self.dataset.label(outputs[0])

    def parameters(self) -> dict[str, Array]:
        """See `Training.parameters`."""
        return {name: array.copy() for name, array in self.stored().items()}

    def vectors(self) -> list[Array]:
        """See `Training.vectors`."""
        return [self.network.parameters]

    def stored(self) -> dict[str, Array]:
        """The parameters, running averages and optimizer state by name, not copies: they change with the training."""
        return self.network.learned() | {f"optimizer.{name}": each for name, each in self._optimizer.state().items()}

    def load(self, stored: Mapping[str, Array]) -> None:
        """Take parameters and running averages as `stored` names them; the optimizer's state stays as it is.

        Raises:
            ValueError: One is missing or has another shape.
        """
        for name, array in self.network.learned().items():
            given = stored.get(name)
            if given is None or given.shape != array.shape:
                raise ValueError(name)
            array[...] = given
        self._outputs_hold = False

    def coefficients(self) -> Floats:
        """The coefficients of 1, x, x², ... of a polynomial in one feature, in the units of the data, (degree + 1,)."""
        data, (*w, b) = self.dataset, self.network.matrices[0][0].astype(np.float64)
        found = self.polynomial.coefficients(np.array(w), float(b), float(data.x_mean[0]), float(data.x_scale[0]))
        found *= data.y_scale
        found[0] += data.y_mean
        return found

    def small_parameters(self) -> dict[str, float]:
        """``w`` and ``b`` of a line in the units of the data; empty for larger models."""
        if not self._is_line or self.dataset.task == CLASSIFICATION:
            return {}
        data = self.dataset
        slope, shift = (float(each) for each in self.network.matrices[0][0])
        w = slope * data.y_scale / float(data.x_scale[0])
        return {"w": w, "b": data.y_mean + data.y_scale * shift - w * float(data.x_mean[0])}


def _network(
    model: ModelSettings, features: int, outputs: int, seed: int, dtype: type[np.floating] = np.float32,
    activation: Activation | None = None,
) -> Network:  # fmt: skip
    """The network for a model, with hidden layers if that model may have them; None is the model's activation."""
    return Network(
        features,
        model.hidden * model.depth if model.kind.layers else (),
        outputs,
        activation or model.activation,
        dtype,
        residual=model.residual,
        residual_scaling=model.residual_scaling,
        dropout=model.dropout,
        batch_norm=model.batch_norm,
        sign_bug=model.sign_bug,
        seed=seed,
    )


def _labels(y: Array, dataset: Dataset) -> Array:
    """Labels as the loss takes them, (N, k): one-hot, or one column."""
    if dataset.task == CLASSIFICATION:
        return np.eye(dataset.classes, dtype=np.float32)[y]
    return np.ascontiguousarray(y[:, None], dtype=np.float32)
