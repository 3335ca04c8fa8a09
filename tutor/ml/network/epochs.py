"""The epochs of a training as tapes: the updates of one or of many epochs, and what is kept of each epoch.

Most of the time of a small epoch goes into the Python around its updates, so one call of a tape runs many epochs. The
last update of each epoch leaves the gradient and the outputs in a row of its own, and the losses, accuracies and norms
of all the epochs are computed together afterwards. Large data leaves no room for a second row, so it goes through the
same code epoch by epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Any

import numpy as np

from tutor.ml.arrays import Array
from tutor.ml.network.batches import Batches
from tutor.ml.network.passes import INPUTS
from tutor.ml.network.tape import RATE, Input, Run, Steps, redirected, step, unroll
from tutor.ml.parts import Order

Perform = Callable[[Run, Iterable[tuple[Array, ...]]], None]
"""Runs a compiled tape on inputs."""
GROUP_BYTES = 1 << 18
"""The rows of all epochs that are run together fit in this many bytes, so that they stay in the processor's cache."""
MOST_TOGETHER = 256
"""The most epochs that are run together; more would hardly be faster."""


def most_together(arrays: Iterable[Array]) -> int:
    """How many epochs may be run together, if copies of ``arrays`` are kept for each."""
    return max(1, min(MOST_TOGETHER, GROUP_BYTES // sum(each.nbytes for each in arrays)))


_numbers = count()
"""Numbers that make the names of places on a tape differ."""


class Kept:
    """An array as each epoch of a group leaves it: ``rows`` (epochs, ...).

    Args:
        array: What the steps write.
        epochs: The most epochs in a group. If it is one, the only row is the array itself.
        changes: Whether the array changes after it has been kept, so that it cannot be its own row.
    """

    def __init__(self, array: Array, epochs: int, *, changes: bool = False) -> None:
        self.array = array
        self._has_rows = epochs > 1 or changes
        self.rows: Array = np.empty((epochs, *array.shape), array.dtype) if self._has_rows else array[None]
        number = next(_numbers)
        self._before, self._after = Input(f"BEFORE{number}"), Input(f"AFTER{number}")
        self.places = (self._before, self._after)
        """The places on a tape for the row of the epoch before, and for the row of this epoch."""

    def copy_steps(self) -> Steps:
        """The steps that copy the array into the row of this epoch."""
        return [step(np.copyto, self._after, self.array)] if self._has_rows else []

    def written_by(self, steps: Steps) -> Steps:
        """The steps, changed so that they write to the row of this epoch instead of the array."""
        return redirected(steps, self.array, self._after) if self._has_rows else steps

    def read_by(self, steps: Steps) -> Steps:
        """The steps, changed so that they read the row of the epoch before instead of the array."""
        return redirected(steps, self.array, self._before) if self._has_rows else steps

    def inputs(self, epoch: int) -> tuple[Array, Array]:
        """What goes into the two `places` in an epoch of a group. The row before the first is the array."""
        return self.rows[epoch - 1] if epoch else self.array, self.rows[epoch]

    def take_row(self, epoch: int) -> None:
        """Copy the row of ``epoch`` into the array."""
        if self._has_rows:
            np.copyto(self.array, self.rows[epoch])


class EpochTapes:
    """Runs some epochs, one after the other.

    Args:
        batches: The batches of an epoch.
        order: Gives the order of the examples of the next epoch.
        gradient_steps: Gives the steps that compute the gradient of a batch of a given size.
        update_steps: The steps that change the parameters by that gradient.
        rate_type: The data type of the learning rate, which these steps take as an input.
        end_steps: What is done after the last update of an epoch.
        gradient: The gradient of the last update of each epoch.
        kept: What else is kept for each epoch.
    """

    def __init__(
        self, batches: Batches, order: Order, gradient_steps: Callable[[int], Steps], update_steps: Steps,
        rate_type: np.dtype[Any], end_steps: Steps, gradient: Kept, kept: Sequence[Kept],
    ) -> None:  # fmt: skip
        self._batches, self._order = batches, order
        self.most = len(gradient.rows)
        """The most epochs in a group."""
        self._rates = np.empty(batches.count - 1, rate_type)
        """The learning rate of each update of the present epoch but the last one."""
        self._last_rates = np.empty(self.most, rate_type)
        """The learning rate of the last update of each epoch."""
        *slabs, (*others, last) = batches.slabs
        rates = (self._rates[index, ...] for index in range(len(self._rates)))
        self._inputs = [[(*each.inputs, next(rates)) for each in slab] for slab in (*slabs, others)]
        """What goes into each update but the last one, for each time the slab is filled."""
        rows = [[row for each in (gradient, *kept) for row in each.inputs(epoch)] for epoch in range(self.most)]
        self._last_inputs = [(*last.inputs, self._last_rates[at, ...], *row) for at, row in enumerate(rows)]
        """What goes into the last update of each epoch."""
        steps = {size: gradient_steps(size) for size in {batches.size, last.size}}
        places = (*INPUTS, RATE)
        self._run = unroll([*steps[batches.size], *update_steps], places) if len(self._rates) else None
        self._run_last = unroll(
            [*steps[last.size], *gradient.copy_steps(), *update_steps, *end_steps],
            (*places, *(place for each in (gradient, *kept) for place in each.places)),
        )

    def run(self, epochs: int, rates: list[float], perform: Perform) -> list[float]:
        """Run some epochs, given the learning rate of each of all their updates. Returns that of the last of each."""
        updates = self._batches.count
        last_rates = rates[updates - 1 :: updates]
        self._last_rates[:epochs] = last_rates
        last_inputs = self._last_inputs[:epochs]
        if self._run is None:
            perform(self._run_last, last_inputs)
        else:
            perform(self._run_last, self._after_others(self._run, rates, last_inputs, perform))
        return last_rates

    def _after_others(
        self, run: Run, rates: list[float], last_inputs: Iterable[tuple[Array, ...]], perform: Perform
    ) -> Iterator[tuple[Array, ...]]:
        """Yield the inputs of the last update of each epoch when all others of that epoch have been run."""
        updates = self._batches.count
        for epoch, last in enumerate(last_inputs):
            self._rates[:] = rates[epoch * updates : (epoch + 1) * updates - 1]
            for slab in self._batches.fill(self._order):
                perform(run, self._inputs[slab])
            yield last
