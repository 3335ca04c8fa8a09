"""The parts of a training that a learner has written. Each is computed in a process that may do no harm.

What a function does there, a hang, a crash or a wrong shape, ends the run with a sentence and a line, and nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import sentences, translate
from tutor.labs.mine import MineProgram, Programs
from tutor.ml.arrays import Array
from tutor.ml.losses import Loss
from tutor.ml.optimizers import Optimizer
from tutor.ml.parts import LineGradient, Order, Parts
from tutor.ml.schedules import Factor
from tutor.ml.settings import OptimizerSettings
from tutor.sandbox.explain import explain
from tutor.sandbox.function_process import FunctionFailedError, FunctionProcess, Plan, Value

_STEP_NUMBER, _RATE = "t", "lr"
"""Parameters of an optimizer's step. What stands between the gradient and the first of them is its state."""
_THETA_AND_G = 2


class MineParts(Parts):
    """Makes parts of learners' programs, and the built-in ones for the other slots. Call `close` after the training.

    Args:
        programs: By slot.
    """

    def __init__(self, programs: Programs) -> None:
        self._programs = programs
        self._functions: list[_Function] = []

    def close(self) -> None:
        """End the processes."""
        for each in self._functions:
            each.close()

    def _function(
        self, slot: str, arguments: tuple[Value, ...], results: tuple[Value, ...], *, each: bool = False,
        random: np.random.Generator | None = None,
    ) -> _Function:  # fmt: skip
        found = _Function(self._programs[slot], arguments, results, each=each, random=random)
        self._functions.append(found)
        return found

    def optimizer(
        self, parameters: Array, gradient: Array, settings: OptimizerSettings, is_weight: Array | None
    ) -> Optimizer:
        program = self._programs.get("optimizer")
        if program is None:
            return super().optimizer(parameters, gradient, settings, is_weight)
        array = Value("array", parameters.shape, parameters.dtype.str)
        inputs, state = _step_parameters(program)
        kept = tuple(Value("state", parameters.shape, parameters.dtype.str, name=name) for name in state)
        numbers = tuple(Value("number", dtype="<i8" if name == _STEP_NUMBER else "<f8") for name in inputs)
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


def _step_parameters(program: MineProgram) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which of the number of the step and the learning rate a step gets, in its order, and its state's names.

    Raises:
        TutorError: It gets neither, so nobody can tell what is state.
    """
    given = program.parameters[_THETA_AND_G:]
    inputs = tuple(name for name in given if name in {_STEP_NUMBER, _RATE})
    if not inputs or given[given.index(inputs[0]) : given.index(inputs[-1]) + 1] != inputs:
        raise TutorError(translate("mine.not-a-step", function=program.function))
    return inputs, given[: given.index(inputs[0])]


class _Function:
    """A learner's function in its process, and the words for what stops it."""

    def __init__(
        self, program: MineProgram, arguments: tuple[Value, ...], results: tuple[Value, ...], *, each: bool,
        random: np.random.Generator | None,
    ) -> None:  # fmt: skip
        self._program = program
        self._count = 0
        try:
            plan = Plan(program.function, arguments, results, each)
            self._process = FunctionProcess(program.source, [plan], random=random)
        except FunctionFailedError as error:
            raise self._as_sentence(error) from error
        except OSError as error:
            raise TutorError(translate("sandbox.not-started")) from error
        self._arguments, self._results = self._process.arguments[0], self._process.results[0]
        self.close = self._process.close

    def write(self, *values: object) -> None:
        """Write arguments that have as many rows as they may have."""
        for view, value in zip(self._arguments, values, strict=True):
            view[...] = value

    def call(self, rows: int = 0) -> list[NDArray[Any]]:
        """Call the function with the arguments that were written, and return its results: not copies.

        Raises:
            TutorError: It gave none, and its process has ended.
        """
        self._count += 1
        try:
            self._process.call(0, rows)
        except FunctionFailedError as error:
            raise self._as_sentence(error) from error
        return self._results

    def of_rows(self, *values: Array) -> list[NDArray[Any]]:
        """Call the function with arrays of as many rows as the last one of at least one dimension has.

        Returns:
            Its results, cut to as many rows: not copies.
        """
        rows = max(len(value) for value in values if value.ndim)
        for view, value in zip(self._arguments, values, strict=True):
            (view[:rows] if view.ndim else view)[...] = value
        return [each[:rows] if each.ndim else each for each in self.call(rows)]

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
            self.close()
            raise TutorError(self._said(translate("mine.not-batches", size=size)))
        return np.asarray(rows)

    def _as_sentence(self, error: FunctionFailedError) -> TutorError:
        return TutorError(self._said(explain(error.failure, self._program.source).in_one))

    def _said(self, problem: str) -> str:
        if not self._count:
            return sentences(translate("mine.not-loaded", function=self._program.function), problem)
        return sentences(translate("mine.stopped", function=self._program.function, count=self._count), problem)


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
        numbers = {_STEP_NUMBER: self._t, _RATE: learning_rate}
        self._function.write(self.parameters, self.gradient, *(numbers[name] for name in self._inputs))
        self.parameters[...] = self._function.call()[0]
