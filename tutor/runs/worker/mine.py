"""The parts of a training that a learner has written. Each is computed in a process that may do no harm.

What a function does there, a hang, a crash or a wrong shape, ends the run with a sentence and a line, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import sentences, translate
from tutor.labs.mine import RATE, STEP_NUMBER, MineProgram, Programs, step_parameters, takes_classes
from tutor.ml.activations import Activation
from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import CLASSIFICATION, Dataset, Floats, Ints
from tutor.ml.datasets.prepare import Split
from tutor.ml.divergence import divergence_limit, has_diverged
from tutor.ml.losses import Loss
from tutor.ml.optimizers import Optimizer
from tutor.ml.parts import LineGradient, NetworkGradient, Order, Parts
from tutor.ml.schedules import Factor
from tutor.ml.settings import OptimizerSettings, TrainSettings
from tutor.ml.training import EpochResult
from tutor.sandbox.explain import explain
from tutor.sandbox.function_process import SECONDS, FunctionFailedError, FunctionProcess, Plan, Value

_A_AND_G = 2
"""Parameters of the second function of an activation if it goes back itself; one that gives the slope has a alone."""
_AT_ONCE = 1 << 16
"""Numbers that an activation is given at once."""
_EPOCH_SECONDS = 20.0
"""How long an epoch of a training loop may take."""


class MineParts(Parts):
    """Makes parts of learners' programs, and the built-in ones for the other slots. Call `close` after the training.

    Args:
        programs: By slot; `tutor.labs.mine.refuse_unfit` has refused those that do not fit the lab's configuration.
    """

    can_repeat = False

    def __init__(self, programs: Programs) -> None:
        self._programs = programs
        self._functions: list[_Function] = []

    def close(self) -> None:
        """End the processes."""
        for each in self._functions:
            each.close()

    def _function(
        self, slot: str, arguments: tuple[Value, ...], results: tuple[Value, ...], *, each: bool = False,
        yields: bool = False, random: np.random.Generator | None = None, more: tuple[Plan, ...] = (),
        seconds: float | None = None,
    ) -> _Function:  # fmt: skip
        program = self._programs[slot]
        first = Plan(program.function, arguments, results, each, yields)
        found = _Function(program, (first, *more), random=random, seconds=SECONDS if seconds is None else seconds)
        self._functions.append(found)
        return found

    def optimizer(
        self, parameters: Array, gradient: Array, settings: OptimizerSettings, is_weight: Array | None
    ) -> Optimizer:
        program = self._programs.get("optimizer")
        if program is None:
            return super().optimizer(parameters, gradient, settings, is_weight)
        array = Value("array", parameters.shape, parameters.dtype.str)
        inputs, state = step_parameters(program)
        kept = tuple(Value("state", parameters.shape, parameters.dtype.str, name=name) for name in state)
        numbers = tuple(Value("number", dtype="<i8" if name == STEP_NUMBER else "<f8") for name in inputs)
        function = self._function("optimizer", (array, array, *kept, *numbers), (array, *kept))
        return _MineOptimizer(parameters, gradient, settings, is_weight, function, inputs)

    def loss(self, loss: Loss, outputs: int, rows: int) -> Loss:
        table = Value("array", (rows, outputs), "<f4", varies=True)
        if "loss" in self._programs:
            function = self._function("loss", (table, table), (Value("number"), table))
            return replace(
                loss,
                mean=lambda given, labels: float(function.of_rows(given.T, labels.T)[0]),
                gradient=lambda given, labels: function.of_rows(given.T, labels.T)[1].T,
            )
        if "output" in self._programs:
            if loss.name != "cross-entropy":
                raise TutorError(translate("mine.needs-cross-entropy"))
            softmax = self._function("output", (table,), (table,))
            return replace(
                loss, gradient=lambda given, labels: (softmax.of_rows(given.T)[0].T - labels) / given.shape[1]
            )
        return loss

    def schedule(self, settings: OptimizerSettings, updates: int) -> Factor:
        if "schedule" not in self._programs:
            return super().schedule(settings, updates)
        numbers = Value("array", (updates,), "<i8", varies=True)
        factors = Value("array", (updates,), "<f8", varies=True)
        function = self._function("schedule", (numbers, Value("number", dtype="<i8")), (factors,), each=True)
        return lambda done, planned: function.of_rows(done + 1, np.asarray(planned))[0].copy()

    def order(self, rows: int, random: np.random.Generator) -> Order:
        if "batches" not in self._programs:
            return super().order(rows, random)
        whole = Value("number", dtype="<i8")
        function = self._function(
            "batches", (whole, whole, Value("random")), (Value("pieces", (2, rows), "<i8"),), random=random
        )

        def order(size: int) -> Array:
            function.write(rows, size)
            found = function.call(rows)[0].copy()
            return function.order_of(found, size)

        return order

    def line_gradient(self, rows: int, *, is_line: bool) -> LineGradient | None:
        if "gradient" not in self._programs:
            return None
        if not is_line:
            raise TutorError(translate("mine.needs-line"))
        column, number = Value("array", (rows,), "<f4", varies=True), Value("number")
        function = self._function("gradient", (number, number, column, column), (number, number))

        def gradient(w: float, b: float, x: Array, y: Array) -> tuple[float, float]:
            slopes = function.of_rows(np.asarray(w), np.asarray(b), x, y)
            return float(slopes[0]), float(slopes[1])

        return gradient

    def network_gradient(self, rows: int, sizes: Sequence[int], *, fits: bool) -> NetworkGradient | None:
        if "backward" not in self._programs:
            return None
        if not fits:
            raise TutorError(translate("mine.needs-sigmoids"))
        features, units, _ = sizes
        x, y = Value("array", (rows, features), "<f4", varies=True), Value("array", (rows,), "<f4", varies=True)
        matrix, vector = Value("array", (units, features), "<f4"), Value("array", (units,), "<f4")
        parameters = matrix, vector, vector, Value("number", dtype="<f4")
        function = self._function("backward", (x, y, *parameters), parameters)

        def gradient(x: Array, y: Array, w: Array, b: Array, c: Array, b0: float) -> tuple[Array, Array, Array, float]:
            x_view, y_view, *views = function.arguments
            x_view[: len(x)], y_view[: len(y)] = x, y
            for view, value in zip(views, (w, b, c, b0), strict=True):
                view[...] = value
            found = function.call(len(x))
            return found[0], found[1], found[2], float(found[3])

        return gradient

    def activation(self, activation: Activation) -> Activation:
        program = self._programs.get("activation")
        if program is None:
            return activation
        values = Value("array", (_AT_ONCE,), "<f4", varies=True)
        back, parameters = program.others[0]
        goes_back = len(parameters) == _A_AND_G
        more = Plan(back, (values, values) if goes_back else (values,), (values,))
        function = self._function("activation", (values,), (values,), more=(more,))

        def slope(a: Array) -> Array:
            return function.of_all(a, *([np.ones_like(a)] if goes_back else []), plan=1)

        def backward(a: Array, gradient: Array) -> Array:
            return function.of_all(a, gradient, plan=1) if goes_back else gradient * slope(a)

        return _MineActivation(activation.name, function.of_all, slope, activation.gain, backward)

    @property
    def splits(self) -> bool:
        """Whether a program splits the rows."""
        return "split" in self._programs

    def split(self, groups: Ints | None, fraction: float, random: np.random.Generator) -> Split:
        """See `tutor.ml.datasets.prepare.Splitter`."""
        if groups is None:
            raise TutorError(translate("ml.no-groups"), hint=translate("ml.no-groups-hint"))
        column = Value("array", (len(groups),), "<i8")
        return self._sides((column, Value("number")), (len(groups),), (groups, fraction), random)[0]

    def folds(self, rows: int, count: int, random: np.random.Generator) -> list[Split]:
        """See `tutor.ml.datasets.prepare.Splitter`."""
        whole = Value("number", dtype="<i8")
        return self._sides((whole, whole), (count, rows), (rows, count), random)

    def _sides(
        self, arguments: tuple[Value, ...], shape: tuple[int, ...], values: tuple[object, ...],
        random: np.random.Generator,
    ) -> list[Split]:  # fmt: skip
        sides = Value("sides", shape, "<i1")
        function = self._function("split", (*arguments, Value("random")), (sides,), random=random)
        function.write(*values)
        found = np.atleast_2d(function.call()[0]).copy()
        function.close()
        return [(np.flatnonzero(each == 0), np.flatnonzero(each == 1)) for each in found]

    def metric(self, dataset: Dataset) -> Metric | None:
        """A figure of the learner's own over the examples; None if there is none.

        Raises:
            TutorError: There is no fixed set of examples to measure on.
        """
        if "metric" not in self._programs:
            return None
        if not len(dataset.x_train) or dataset.lines:
            raise TutorError(translate("mine.does-not-fit", slots="metric"))
        program = self._programs["metric"]
        if takes_classes(program) and not dataset.classes:
            raise TutorError(translate("mine.needs-classes", function=program.function))
        rows, kind = max(len(dataset.x_train), len(dataset.x_valid)), "<i8" if dataset.classes else "<f8"
        column = Value("array", (rows,), kind, varies=True)
        function = self._function("metric", (column, column), (Value("number"),))
        return Metric(dataset, lambda guesses, labels: float(function.of_rows(guesses, labels)[0]), function.name)

    def loop(self, dataset: Dataset, settings: TrainSettings) -> LoopTraining | None:
        """A training whose loop is the learner's own; None if it is not.

        Raises:
            TutorError: The data is not of the kind that a loop takes.
        """
        if "train" not in self._programs:
            return None
        if not len(dataset.x_train) or dataset.lines:
            raise TutorError(translate("mine.does-not-fit", slots="train"))
        examples = [dataset.x_train, _targets(dataset.y_train, dataset), dataset.x_valid]
        examples.append(_targets(dataset.y_valid, dataset))
        arguments = tuple(Value("array", each.shape, "<f8") for each in examples)
        number = Value("number")
        function = self._function(
            "train", (*arguments, Value("random")), (Value("number", dtype="<i8"), number, number, number),
            yields=True, random=np.random.default_rng(settings.seed), seconds=_EPOCH_SECONDS,
        )  # fmt: skip
        function.write(*examples)
        return LoopTraining(dataset, settings, function)


def _targets(y: Array, dataset: Dataset) -> Floats:
    """Labels as a training loop gets them, (n, k): one-hot in a classification, else one column."""
    if dataset.task == CLASSIFICATION:
        return np.asarray(np.eye(dataset.classes)[y])
    return np.asarray(y[:, None], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _MineActivation(Activation):
    """A learner's activation.

    Args:
        back: ∂L/∂z, given a = f(z) and ∂L/∂a.
    """

    back: Callable[[Array, Array], Array] = np.multiply

    def backward(self, a: Array, gradient: Array) -> Array:
        return self.back(a, gradient)


class Metric:
    """A learner's figure over the training and the validation examples, beside those that are built in.

    Args:
        dataset: The examples.
        measure: Gives the figure for guesses and labels, (n,) each: classes, or numbers in the units of the label.
        name: Of the learner's function.
    """

    def __init__(self, dataset: Dataset, measure: Callable[[Array, Array], float], name: str) -> None:
        self._dataset = dataset
        self._measure = measure
        parts = {"mine.metric-train": (dataset.x_train, dataset.y_train)}
        if len(dataset.x_valid):
            parts["mine.metric-valid"] = (dataset.x_valid, dataset.y_valid)
        self._parts = {
            translate(key, function=name): (dataset.raw(x), y if dataset.classes else dataset.label(y))
            for key, (x, y) in parts.items()
        }

    def after(self, result: EpochResult, predict: Callable[[Floats], Floats]) -> EpochResult:
        """The result of an epoch with the learner's figures."""
        found = {}
        for name, (x, y) in self._parts.items():
            outputs = predict(x)
            found[name] = self._measure(outputs.argmax(axis=1) if self._dataset.classes else outputs, y)
        return result._replace(metrics=found)


class LoopTraining:
    """A training loop of the learner's own: it trains, and here its epochs are only counted. See `Training`.

    Nothing but its losses is known of it, so it predicts nothing and has no parameters. An epoch counts as one update.
    """

    def __init__(self, dataset: Dataset, settings: TrainSettings, function: _Function) -> None:
        self.dataset = dataset
        self._settings = settings
        self._function = function

    def epochs(self) -> Iterator[EpochResult]:
        """See `Training.epochs`; also ends when the learner's loop does."""
        limit = None
        for epoch in range(1, self._settings.epochs + 1):
            number, train_loss, valid_loss, has_ended = (each.item() for each in self._function.call())
            if has_ended:
                return
            if number != epoch:
                raise self._function.refused(translate("mine.not-this-epoch", wanted=epoch, got=number))
            limit = divergence_limit(train_loss) if limit is None else limit
            diverged = has_diverged(train_loss, limit)
            valid = valid_loss if len(self.dataset.x_valid) and isfinite(valid_loss) else None
            yield EpochResult(epoch, epoch, train_loss, valid, diverged=diverged)
            if diverged:
                return

    def set(self, name: str, value: object) -> None:
        """There are no settings.

        Raises:
            ValueError: Always.
        """
        raise ValueError(name)

    def predict(self, x: Floats) -> Floats:
        """Nothing is known of the model: nan for each example, (n,) or (n, K)."""
        shape = (len(x), self.dataset.classes) if self.dataset.classes else (len(x),)
        return np.full(shape, np.nan)

    def parameters(self) -> dict[str, Array]:
        """Empty: the model is the learner's."""
        return {}

    def vectors(self) -> list[Array]:
        """Empty, for the same reason."""
        return []

    def small_parameters(self) -> dict[str, float]:
        """Empty, for the same reason."""
        return {}


class _Function:
    """A learner's function in its process, and the words for what stops it."""

    def __init__(
        self, program: MineProgram, plans: tuple[Plan, ...], *, random: np.random.Generator | None, seconds: float
    ) -> None:
        self._program = program
        self.name = program.function
        self._names = [each.function for each in plans]
        self._counts = [0] * len(plans)
        """How often each function of the program was called."""
        self._last = 0
        """The plan of the last call."""
        try:
            self._process = FunctionProcess(program.source, plans, random=random, seconds=seconds)
        except FunctionFailedError as error:
            raise self._as_sentence(error) from error
        except OSError as error:
            raise TutorError(translate("sandbox.not-started")) from error
        self.arguments = self._process.arguments[0]
        """Of the first plan, in the shared memory."""
        self.close = self._process.close

    def write(self, *values: object) -> None:
        """Write arguments that have as many rows as they may have."""
        for view, value in zip(self.arguments, values, strict=True):
            view[...] = value

    def call(self, rows: int = 0, plan: int = 0) -> list[NDArray[Any]]:
        """Call the function of a plan with the arguments that were written, and return its results: not copies.

        Raises:
            TutorError: It gave none, and its process has ended.
        """
        self._last = plan
        self._counts[plan] += 1
        try:
            self._process.call(plan, rows)
        except FunctionFailedError as error:
            raise self._as_sentence(error) from error
        return self._process.results[plan]

    def of_all(self, *values: Array, plan: int = 0) -> Array:
        """Call a function that works element by element, with arrays of one shape. Returns an array of that shape."""
        flat = [each.reshape(-1) for each in values]
        found = np.empty_like(flat[0])
        for start in range(0, found.size, _AT_ONCE):
            piece = slice(start, start + _AT_ONCE)
            found[piece] = self.of_rows(*(each[piece] for each in flat), plan=plan)[0]
        return found.reshape(values[0].shape)

    def of_rows(self, *values: Array, plan: int = 0) -> list[NDArray[Any]]:
        """Call the function with arrays of as many rows as the last one of at least one dimension has.

        Returns:
            Its results, cut to as many rows: not copies.
        """
        rows = max(len(value) for value in values if value.ndim)
        for view, value in zip(self._process.arguments[plan], values, strict=True):
            (view[:rows] if view.ndim else view)[...] = value
        return [each[:rows] if each.ndim else each for each in self.call(rows, plan)]

    def order_of(self, pieces: NDArray[Any], size: int) -> Array:
        """The order of the examples that the batches of an epoch make.

        Args:
            pieces: The rows, one batch after the other, and below them the lengths of the batches, (2, N).
            size: How many rows a batch has.

        Raises:
            TutorError: They are not batches of this size, or hold a row twice.
        """
        rows, lengths = pieces
        full, rest = divmod(len(rows), size)
        wanted = [size] * full + [rest] * (rest > 0)
        if lengths[: len(wanted)].tolist() != wanted or not np.array_equal(np.sort(rows), np.arange(len(rows))):
            raise self.refused(translate("mine.not-batches", size=size))
        return np.asarray(rows)

    def refused(self, problem: str) -> TutorError:
        """End the process, whose last result cannot be used. Returns the error to raise."""
        self.close()
        return TutorError(self._said(problem))

    def _as_sentence(self, error: FunctionFailedError) -> TutorError:
        return TutorError(self._said(explain(error.failure, self._program.source).in_one))

    def _said(self, problem: str) -> str:
        name, count = self._names[self._last], self._counts[self._last]
        if not count:
            return sentences(translate("mine.not-loaded", function=name), problem)
        return sentences(translate("mine.stopped", function=name, count=count), problem)


class _MineOptimizer(Optimizer):
    """A learner's step. Its state stays in its process."""

    def __init__(
        self, parameters: Array, gradient: Array, settings: OptimizerSettings, is_weight: Array | None,
        function: _Function, inputs: tuple[str, ...],
    ) -> None:  # fmt: skip
        super().__init__(parameters, gradient, settings, is_weight)
        self._function = function
        self._inputs = inputs
        self._t = 0

    def step(self, learning_rate: float) -> None:
        self._t += 1
        numbers = {STEP_NUMBER: self._t, RATE: learning_rate}
        self._function.write(self.parameters, self.gradient, *(numbers[name] for name in self._inputs))
        self.parameters[...] = self._function.call()[0]
