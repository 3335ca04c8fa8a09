"""Training of linear models, polynomials, softmax regressions and networks, all of which are networks."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from copy import deepcopy
from itertools import chain, repeat
from itertools import count as counted
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
from tutor.ml.gradient_rules import GradientRules, norms
from tutor.ml.losses import LOSSES, loss_for, softmax
from tutor.ml.models.hidden_units import place_along_data, place_hidden_units
from tutor.ml.models.polynomial import PolynomialFeatures
from tutor.ml.network.batches import Batches
from tutor.ml.network.epochs import EpochTapes, Kept, most_together
from tutor.ml.network.evaluation import BatchMeans, Evaluation, rows_together
from tutor.ml.network.kernels import optimizer_steps
from tutor.ml.network.network import Network, with_ones
from tutor.ml.network.passes import both_passes
from tutor.ml.network.tape import LABELS, Run, Steps, X, step
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
_NOTHING = repeat(None)
"""What epochs have of a figure that a training does not measure."""


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
        """The learning rates of the next updates, as far as they are worked out."""
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
        valid = with_ones(self.polynomial(dataset.x_valid)) if len(dataset.x_valid) else None
        self._evaluate_valid = (
            Evaluation(self.network, valid, _labels(dataset.y_valid, dataset), dataset.y_valid, dataset)
            if valid is not None
            else None
        )
        # Gradient descent in the strict sense uses all examples in each update.
        self._full_batch = optimizer.name == "gd"
        self._use_batch_size(0 if self._full_batch else train.batch_size)
        self.planned_epochs = train.epochs
        """The number of epochs in all; it changes with the batch size if the lab asks for a number of updates."""
        self._epoch = self._updates = self._group = 0
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
            self._rates_ahead = []
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
        self._tapes: EpochTapes | None = None
        self._rates_ahead = []
        self._updates_in_epoch = 0 if self._manual or self._closed_form else self._batches.count
        """0 if the parameters do not follow a gradient."""
        is_plain = not (self.model.dropout or self.model.batch_norm)
        self._is_whole_batch = self._batches.count == 1 and self._passes_forward and is_plain
        """Whether what an update begins with is the forward pass that measured the loss after the update before."""
        data, forward = self.dataset, None
        if self._is_whole_batch:
            steps, self._backward, outputs = both_passes(self.network, self.batch_size, self._loss)
            forward = steps, outputs
        self._batch_means = BatchMeans(data) if self.averages_batches else None
        if self._batch_means is None:  # otherwise its copy of the labels would never be read
            self._evaluate_train = Evaluation(self.network, self._x, self._labels, data.y_train, data, forward)
        self._outputs_hold = False
        """Whether the forward pass of a whole batch was run with the present parameters, to measure the loss."""
        self._most_together = self._find_most_together()

    @property
    def averages_batches(self) -> bool:
        """Whether the training loss and accuracy of an epoch are means over its batches, each before its update."""
        multiplications = len(self._x) * self.network.parameters.size
        return self._batches.count > 1 and self._passes_forward and multiplications > MOST_MEASURED

    @property
    def _passes_forward(self) -> bool:
        """Whether an update begins with a forward pass."""
        return not (self._manual or self._closed_form or self._line_gradient or self._network_gradient)

    def _find_most_together(self) -> int:
        """The most epochs that may be run together, with this batch size."""
        if self._batch_means is not None or not self._parts.can_repeat:
            return 1
        evaluations = [each for each in (self._evaluate_train, self._evaluate_valid) if each is not None]
        outputs = [each.outputs for each in evaluations if each.outputs is not None]
        if len(outputs) < len(evaluations):
            return 1
        return most_together([self.network.gradient, *outputs, *self._judged().values()])

    def _judged(self) -> dict[str, Array]:
        """What was learned, by name, if there are validation examples to judge it by."""
        return self.network.learned() if self._evaluate_valid is not None else {}

    def _make_tapes(self, most: int) -> EpochTapes:
        """Compile the updates of up to ``most`` epochs. It is done again after a change of the batch size or loss."""
        train, learned = self._evaluate_train if self._batch_means is None else None, self._judged()
        self._gradients = Kept(self.network.gradient, most, changes=self._rules.active)
        self._learned = {name: Kept(array, most) for name, array in learned.items()}
        self._train_outputs, self._valid_outputs = _outputs(train, most), _outputs(self._evaluate_valid, most)
        kept, end_steps = [*self._learned.values()], [s for each in self._learned.values() for s in each.copy_steps()]
        for evaluation, rows in ((train, self._train_outputs), (self._evaluate_valid, self._valid_outputs)):
            if evaluation is not None and rows is not None:
                kept.append(rows)
                end_steps += rows.written_by(evaluation.steps)
        gradient_steps: Callable[[int], Steps] = self._gradient_steps
        batches = self._batches
        update_steps, rate_type = optimizer_steps(self._optimizer)
        if self._rules.active:
            update_steps.insert(0, step(self._rules.apply))
        if not self._updates_in_epoch:
            gradient_steps, update_steps, batches = _no_steps, [], Batches(self._x, self._labels, 0, shuffle=False)
        return EpochTapes(
            batches, self._order, gradient_steps, update_steps, rate_type, end_steps, self._gradients, kept
        )

    def _gradient_steps(self, size: int) -> Steps:
        """The steps that compute the gradient of a batch of ``size`` examples."""
        if self._line_gradient is not None:
            return [step(self._write_line_gradient, X, LABELS)]
        if self._network_gradient is not None:
            return [step(self._write_network_gradient, X, LABELS)]
        if self._is_whole_batch:
            assert self._train_outputs is not None  # noqa: S101 - one batch goes through the network at once
            return self._train_outputs.read_by(self._backward)
        forward, backward, outputs = both_passes(self.network, size, self._loss)
        counting = [] if self._batch_means is None else [step(self._batch_means.add, self._loss, outputs, LABELS)]
        return forward + counting + backward

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
        return chain.from_iterable(self.groups(lambda: 1))

    def groups(self, together: Callable[[], int]) -> Iterator[list[EpochResult]]:
        """Train like `epochs`, but plan and run many epochs at once: small ones cost a third of the time that way.

        The results are the same, bit for bit. After each group, the training is as its last epoch left it, and settings
        may be changed.

        Args:
            together: Gives the maximum number of epochs in the next group. There may be fewer.
        """
        # Overflow is a result here, reported as divergence, so NumPy need not warn of it as well. To say so for each
        # epoch would take a tenth of the time of a small one, so a worker says it once.
        is_said = set(np.geterr().values()) == {"ignore"}
        while self._epoch < self.planned_epochs:
            with nullcontext() if is_said else np.errstate(all="ignore"):
                results = self._next_epochs(together())
            yield results
            if self._never_updates or results[-1].diverged:
                return

    def _next_epochs(self, most: int) -> list[EpochResult]:
        """Run up to ``most`` epochs. Only the last one may have diverged."""
        if self._divergence_limit is None and self._batch_means is None:
            self._divergence_limit = self._limit(self._evaluate_train(self._loss)[0])
        alone = self._never_updates or self.batch_losses is not None
        count = 1 if alone else max(1, min(most, self._most_together, self.planned_epochs - self._epoch))
        if self._tapes is None or self._tapes.most < count:
            # If no epochs are ever run together, nothing need be copied into rows.
            self._tapes = self._make_tapes(1 if count == 1 else self._most_together)
        restore = self._snapshot() if count > 1 else None
        results = self._run_epochs(self._tapes, count)
        if restore is None:
            return results
        diverged = next((at for at, result in enumerate(results, start=1) if result.diverged), count)
        if diverged < count:
            # The training ends as it was after this epoch, so the same epochs are run again up to it.
            restore()
            results = self._run_epochs(self._tapes, diverged)
        return results

    def _snapshot(self) -> Callable[[], None]:
        """Keep the training as it is between two epochs. Returns what brings it back."""
        network = self.network
        state = [*network.learned().values(), *(norm.batches_seen for norm in network.norms)]
        arrays = [(array, array.copy()) for array in state]
        randoms = [each.bit_generator for each in (self._random, network.random, self._rules.random)]
        random_states = [each.state for each in randoms]
        restore_optimizer = self._optimizer.snapshot()
        epoch, updates, rates_ahead = self._epoch, self._updates, self._rates_ahead

        def restore() -> None:
            for array, before in arrays:
                array[...] = before
            for each, random_state in zip(randoms, random_states, strict=True):
                each.state = random_state
            restore_optimizer()
            self._epoch, self._updates, self._rates_ahead = epoch, updates, rates_ahead
            self._outputs_hold = False

        return restore

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

    def _run_epochs(self, tapes: EpochTapes, count: int) -> list[EpochResult]:
        """Run ``count`` epochs, and work out their results together."""
        if self._is_whole_batch and not self._outputs_hold:
            self._evaluate_train.run_forward()
        if self._closed_form:
            self._solve()
        rates = self._take_rates(count) if self._updates_in_epoch else [0.0] * count
        last_rates = tapes.run(count, rates, self._perform)
        self._group = count
        self._epoch += count
        self._updates += count * self._updates_in_epoch
        if self._is_whole_batch and self._train_outputs is not None:
            self._train_outputs.take_row(count - 1)
            self._outputs_hold = True
        return self._results(last_rates)

    def _perform(self, run: Run, inputs: Iterable[tuple[Array, ...]]) -> None:
        if self.batch_losses is None:
            run(inputs)
        else:
            self.batch_losses.run(run, inputs, self._loss)

    def _take_rates(self, epochs: int) -> list[float]:
        """The learning rate of each update of the next epochs."""
        updates = epochs * self._batches.count
        while len(self._rates_ahead) < updates:
            # A schedule is asked for no more rates at once than there are rows.
            together = max(1, min(_RATES_AHEAD, len(self._x)) // self._batches.count)
            self._rates_ahead += self._rates_from(self._updates + len(self._rates_ahead), together)
        taken, self._rates_ahead = self._rates_ahead[:updates], self._rates_ahead[updates:]
        return taken

    def _rates_from(self, first: int, epochs: int) -> list[float]:
        """The learning rate of each update from number ``first`` on, for ``epochs`` epochs, or as many as are left."""
        updates = self._batches.count
        planned = self._updates + (self.planned_epochs - self._epoch) * updates
        numbers = np.arange(first, max(first + updates, min(first + epochs * updates, planned)))
        return list((self._learning_rate * self._factor(numbers, planned)).tolist())

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
            rate = self._rates_from(self._updates, 1)[0]
            x, labels = np.ascontiguousarray(batch.x[:-1]), np.ascontiguousarray(batch.labels)
            trace = trace_update(network, self._optimizer, self._rules, self._formula, x, labels, rate)
        return dataclasses.replace(trace, number=self._updates + 1, unit=self._unit)

    def _results(self, rates: list[float]) -> list[EpochResult]:
        """The results of the epochs that were run last, given the learning rate of the last update of each."""
        count, updates = len(rates), self._updates_in_epoch
        losses, accuracies = self._train_losses(count)
        limit = inf if self._divergence_limit is None else self._divergence_limit
        diverged = [has_diverged(loss, limit) for loss in losses]
        losses = [loss - self._offset for loss in losses]
        if self.batch_losses is not None:
            self.batch_losses.end_epoch(losses[-1])
        valid_losses: Iterable[float | None] = _NOTHING
        valid_accuracies: Iterable[float | None] = _NOTHING
        if self._evaluate_valid is not None:
            measured, valid_accuracies = self._measure(self._evaluate_valid, self._valid_outputs, count)
            valid_losses = [loss - self._offset for loss in measured]
        return list(
            map(
                EpochResult,
                range(self._epoch - count + 1, self._epoch + 1),
                counted(self._updates - updates * (count - 1), updates),
                losses,
                valid_losses,
                accuracies,
                valid_accuracies,
                norms(self._gradients.rows[:count]) if updates else _NOTHING,
                rates if updates else _NOTHING,
                diverged,
            )
        )

    def _train_losses(self, count: int) -> tuple[list[float], Sequence[float | None]]:
        """The losses and accuracies over the training examples in the epochs that were run last."""
        if self._batch_means is None:
            return self._measure(self._evaluate_train, self._train_outputs, count)
        loss, accuracy = self._batch_means.take()
        if self._divergence_limit is None:
            self._divergence_limit = self._limit(self._batch_means.first)
        return [loss], [accuracy]

    def _measure(
        self, evaluation: Evaluation, outputs: Kept | None, count: int
    ) -> tuple[list[float], Sequence[float | None]]:
        """The losses and accuracies of the epochs that were run last, over the examples of ``evaluation``."""
        if outputs is not None:
            return evaluation.of_rows(self._loss, outputs.rows[:count])
        loss, accuracy = evaluation(self._loss)
        return [loss], [accuracy]

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

    def learned_after(self, epoch: int) -> dict[str, Array]:
        """The parameters and running averages by name, not copies, as an epoch of the last group left them.

        They are kept if there are validation examples; otherwise this is empty.
        """
        return {name: kept.rows[epoch - self._epoch - 1 + self._group] for name, kept in self._learned.items()}

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


def _outputs(evaluation: Evaluation | None, epochs: int) -> Kept | None:
    """The outputs of so many epochs; None if the examples go through the network in pieces, or there are none."""
    return Kept(evaluation.outputs, epochs) if evaluation is not None and evaluation.outputs is not None else None


def _no_steps(_size: int) -> Steps:
    """The steps of an update if there are no updates."""
    return []


def _labels(y: Array, dataset: Dataset) -> Array:
    """Labels as the loss takes them, (N, k): one-hot, or one column."""
    if dataset.task == CLASSIFICATION:
        return np.eye(dataset.classes, dtype=np.float32)[y]
    return np.ascontiguousarray(y[:, None], dtype=np.float32)
