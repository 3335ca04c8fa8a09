"""CPU of one 80x20 frame of the loss chart, with one million epochs against one hundred.

Aim: at most 1.3 times, and about 5 ms. Both sides alternate in one run; trust the ratio. A chart that grows has only
its end drawn again; what a frame takes when all of it is drawn, as after a change of an axis, is measured too.
"""

from __future__ import annotations

import statistics
import time

import numpy as np

from tutor.charts import loss
from tutor.charts.loss import train_line, valid_line
from tutor.charts.loss_history import LossHistory

_ROUNDS = 40


def histories(epochs: int, noise: float) -> tuple[LossHistory, LossHistory]:
    """A loss that falls the same way however many epochs it takes, as noisy as a run's."""
    random = np.random.default_rng(1)
    way = np.linspace(0, 6, epochs)
    train = 0.3 + np.exp(-way) + noise * random.standard_normal(epochs)
    valid = 0.4 + np.exp(-way) + 2 * noise * random.standard_normal(epochs)
    return LossHistory(train), LossHistory(valid)


def seconds(train: LossHistory, valid: LossHistory, *, anew: bool) -> float:
    """CPU seconds of one more epoch and one frame; ``anew``: with nothing kept of the frame before."""
    if anew:
        loss._CANVAS_CACHES.clear()
    begin = time.process_time()
    train.append(0.3)
    valid.append(0.4)
    loss.loss_chart([train_line(train), valid_line(valid)], 80, 20)
    return time.process_time() - begin


def main() -> None:
    """Measure and print."""
    for title, noise in (("smooth", 0.0), ("noisy", 0.01), ("very noisy", 0.1)):
        for anew in (False, True):
            measure(title, noise, anew=anew)


def measure(title: str, noise: float, *, anew: bool) -> None:
    """Measure one kind of loss and print it."""
    sizes = (100, 10_000, 1_000_000)
    data = {epochs: histories(epochs, noise) for epochs in sizes}
    times: dict[int, list[float]] = {epochs: [] for epochs in sizes}
    for _ in range(_ROUNDS):
        for epochs in sizes:
            times[epochs].append(seconds(*data[epochs], anew=anew))
    medians = {epochs: statistics.median(taken) * 1000 for epochs, taken in times.items()}
    shown = ", ".join(f"{epochs:>9,} epochs {medians[epochs]:5.2f} ms" for epochs in sizes)
    ratio = medians[1_000_000] / medians[100]
    print(f"{title:>10}, {'anew' if anew else 'grown'}: {shown}; a million against a hundred: {ratio:.2f}x")


if __name__ == "__main__":
    main()
