"""Updates a second, against scikit-learn and PyTorch eager, each with one thread.

    python -m tests.bench.training

Peers are measured where they can be imported; the project itself does not depend on them. Aim: at least 6 times as
many updates a second as each. Both sides alternate in one run, and the median is kept; trust the ratios.
"""

from __future__ import annotations

import os

# Before NumPy is imported: with a second BLAS thread a busy neighbour would decide the figures.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from tutor.ml.datasets import load_dataset
from tutor.ml.options import DataOptions, ModelOptions, OptimizerOptions, TrainOptions
from tutor.ml.training import make_training

_DATA = Path(__file__).resolve().parents[2] / "lessons" / "data"
_ROUNDS = 7
_RATE = 0.001


@dataclass(frozen=True)
class Workload:
    """A network, its data, and as many epochs as its lab runs; ``batch_size`` 32 throughout."""

    title: str
    data: str
    rows: int
    hidden: tuple[int, ...]
    epochs: int
    batch_size: int = 32


_WORKLOADS = (
    Workload("2-16-16-2, two moons, 500 rows, batch 32", "moons", 500, (16, 16), 100),
    Workload("64-64-10, digits, 1,797 rows, batch 32", "digits", 0, (64,), 40),
)


def _data(work: Workload) -> tuple[np.ndarray, np.ndarray]:
    dataset = load_dataset(work.data, data_folder=_DATA, options=DataOptions(rows=work.rows, test_fraction=0.0))
    return dataset.x_train, dataset.y_train


def ours(work: Workload) -> Callable[[], float]:
    """Seconds for all updates of a run, the loss after each epoch included."""
    dataset = load_dataset(work.data, data_folder=_DATA, options=DataOptions(rows=work.rows, test_fraction=0.0))
    model = ModelOptions("mlp", work.hidden)
    train = TrainOptions(work.epochs, work.batch_size)

    def run() -> float:
        training = make_training(dataset, model, "cross-entropy", OptimizerOptions("adam", _RATE), train)
        started = time.perf_counter()
        for _ in training.epochs():
            pass
        return time.perf_counter() - started

    return run


def scikit_learn(work: Workload) -> Callable[[], float]:
    """The same network in scikit-learn's MLPClassifier."""
    from sklearn.neural_network import MLPClassifier  # type: ignore[import-not-found]

    x, y = _data(work)
    x = x.astype(np.float32)

    def run() -> float:
        net = MLPClassifier(work.hidden, batch_size=work.batch_size, learning_rate_init=_RATE, alpha=0.0,
                            max_iter=work.epochs, tol=0.0, n_iter_no_change=10_000, random_state=1)  # fmt: skip
        started = time.perf_counter()
        net.fit(x, y)
        return time.perf_counter() - started

    return run


def pytorch(work: Workload) -> Callable[[], float]:
    """The same network in PyTorch eager, with the quickest loop: tensors sliced by hand, no DataLoader."""
    import torch  # type: ignore[import-not-found]

    torch.set_num_threads(1)
    x, y = _data(work)
    examples, labels = torch.tensor(x, dtype=torch.float32), torch.tensor(y)
    sizes = (x.shape[1], *work.hidden, int(y.max()) + 1)
    layers = [torch.nn.Linear(a, b) for a, b in pairwise(sizes)]
    between = [each for layer in layers for each in (layer, torch.nn.ReLU())][:-1]

    def run() -> float:
        net = torch.nn.Sequential(*between)
        optimizer = torch.optim.Adam(net.parameters(), lr=_RATE)
        measure = torch.nn.CrossEntropyLoss()
        started = time.perf_counter()
        for _ in range(work.epochs):
            order = torch.randperm(len(examples))
            shuffled, right = examples[order], labels[order]
            for start in range(0, len(shuffled), work.batch_size):
                optimizer.zero_grad()
                measure(
                    net(shuffled[start : start + work.batch_size]), right[start : start + work.batch_size]
                ).backward()
                optimizer.step()
        return time.perf_counter() - started

    return run


def main() -> None:
    """Measure every workload and print microseconds per update and ratios."""
    warnings.simplefilter("ignore")
    for work in _WORKLOADS:
        rows = len(_data(work)[1])
        updates = work.epochs * -(-rows // work.batch_size)
        sides: dict[str, Callable[[], float]] = {"tutor": ours(work)}
        for name, make in (("scikit-learn", scikit_learn), ("PyTorch eager", pytorch)):
            try:
                sides[name] = make(work)
            except ImportError:
                print(f"({name} is not installed here)")
        seconds: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(_ROUNDS):
            for name, run in sides.items():
                seconds[name].append(run())
        print(work.title)
        base = statistics.median(seconds["tutor"])
        for name, values in seconds.items():
            median = statistics.median(values)
            print(f"  {name:<14} {median / updates * 1e6:8.1f} µs an update   {median / base:5.1f}x")


if __name__ == "__main__":
    main()
