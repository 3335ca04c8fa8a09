"""Updates a second: against textbook NumPy, scikit-learn, PyTorch eager and JAX, each with one thread.

    python -m tests.bench.training [W1 W2 ...]

Peers are measured where they can be imported; the project itself does not depend on them. All sides alternate in one
run, in seconds of the processor, so that neighbours count for little; the median is kept. Trust the ratios. Each side
also works out the loss of the whole data after each epoch, as a learner watches it; scikit-learn, which by itself takes
the mean of the batches' losses, is asked for the probabilities or values of all data. It computes in the precision of
its data: float64, as people give it, and float32, as others do. On W4 tutor averages the losses of its batches,
as it does for learners with such data. JAX compiles a whole epoch with ``scan``, before the time is taken.
"""

from __future__ import annotations

import os

# Before NumPy is imported: with a second BLAS thread a busy neighbour would decide the figures.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace

from tests.bench.textbook import TextbookNet
from tutor.labs.lab_config import LabConfig, Value
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import CLASSIFICATION, REGRESSION, Dataset
from tutor.ml.factory import make_training
from tutor.ml.network.training import NetworkTraining
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings
from tutor.ml.training import Training
from tutor.runs.worker.loop import TrainingLoop

_DATA = Path(__file__).resolve().parents[2] / "lessons" / "data"
_ROUNDS = 5
_RATE = 0.001


@dataclass(frozen=True)
class Workload:
    """A network, its data, and how many epochs of it are timed."""

    name: str
    title: str
    data: Callable[[], Dataset]
    hidden: tuple[int, ...]
    epochs: int
    batch_size: int

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of each layer, the inputs first."""
        data = self.data()
        return (data.features, *self.hidden, data.classes or 1)

    @property
    def line(self) -> bool:
        """Whether it is linear regression by plain gradient descent, rather than a net by Adam."""
        return not self.hidden


def _made(rows: int, features: int, classes: int) -> Dataset:
    """Numbers at random, standardised: the time of an update does not ask what they mean."""
    random = np.random.default_rng(1)
    x = random.standard_normal((rows, features))
    y = random.integers(0, classes, rows) if classes else 2 * x[:, 0] + random.standard_normal(rows)
    names = tuple(map(str, range(classes)))
    task = CLASSIFICATION if classes else REGRESSION
    return Dataset("made", task, x, y, x[:0], y[:0], tuple(f"x{n}" for n in range(features)), class_names=names,
                   x_mean=np.zeros(features), x_scale=np.ones(features))  # fmt: skip


def _loaded(name: str, rows: int) -> Dataset:
    return load_dataset(DataSettings(name=name, rows=rows, test_fraction=0.0), data_folder=_DATA)


_WORKLOADS = (
    Workload("W1", "linear, 1 feature, 32 rows, full batch, GD", lambda: _made(32, 1, 0), (), 2000, 32),
    Workload("W1", "linear, 1 feature, 32 rows, batch 1, SGD", lambda: _made(32, 1, 0), (), 100, 1),
    Workload("W2", "2-16-16-2, two moons, 500 rows, Adam, batch 10", lambda: _loaded("moons", 500), (16, 16), 20, 10),
    Workload("W2", "2-16-16-2, two moons, 500 rows, Adam, batch 32", lambda: _loaded("moons", 500), (16, 16), 60, 32),
    Workload("W3", "64-64-10, digits, 1,797 rows, Adam, batch 32", lambda: _loaded("digits", 0), (64,), 20, 32),
    Workload("W4", "429-256-256-41, 50,000 rows, Adam, batch 512", lambda: _made(50_000, 429, 41), (256, 256), 1, 512),
)


class _Trained:
    """What the loop of a worker trains: a network without panels."""

    def __init__(self, training: Training) -> None:
        assert isinstance(training, NetworkTraining)
        self.groups = training.groups

    def change_setting(self, key: str, value: Value) -> None:
        raise ValueError(key, value)

    def scenes(self) -> Iterable[tuple[str, dict[str, object]]]:
        return []

    def frames(self) -> Iterable[tuple[str, dict[str, object]]]:
        return []

    def facts(self) -> dict[str, float]:
        return {}


def ours(work: Workload) -> Callable[[], float]:
    """Seconds for all updates of a run in the loop of a worker, the loss after each epoch included."""
    dataset = work.data()
    model = ModelSettings(name="linear") if work.line else ModelSettings(name="mlp", hidden=work.hidden)
    loss = "cross-entropy" if dataset.classes else "mse"
    optimizer = OptimizerSettings(name="sgd" if work.line else "adam", learning_rate=_RATE)
    train = TrainSettings(epochs=work.epochs, batch_size=work.batch_size)
    config = replace(LabConfig(), train=replace(train, pace=0.0))

    def run() -> float:
        training = make_training(dataset, model, loss, optimizer, train)
        loop = TrainingLoop(config, _Trained(training), emit=lambda _event: None)
        started = time.process_time()
        with np.errstate(all="ignore"):  # as in a worker
            loop.run()
        return time.process_time() - started

    return run


def textbook(work: Workload) -> Callable[[], float]:
    """The same arithmetic as textbooks write it."""
    data, sizes = work.data(), work.sizes
    x, y = data.x_train, data.y_train
    random = np.random.default_rng(1)

    def run() -> float:
        net = TextbookNet(sizes, classes=bool(data.classes), rate=_RATE, adam=not work.line)
        started = time.process_time()
        for _ in range(work.epochs):
            order = random.permutation(len(x))
            for start in range(0, len(x), work.batch_size):
                batch = order[start : start + work.batch_size]
                net.update(x[batch], y[batch])
            net.loss(x, y)
        return time.process_time() - started

    return run


def scikit_learn(work: Workload, dtype: type[np.floating] = np.float64) -> Callable[[], float]:
    """The same network in scikit-learn, in the precision of ``dtype``."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor  # type: ignore[import-not-found,import-untyped,unused-ignore]

    data = work.data()
    x, y = data.x_train.astype(dtype), data.y_train
    kind = MLPClassifier if data.classes else MLPRegressor
    solver = {"solver": "sgd", "momentum": 0.0} if work.line else {"solver": "adam"}

    def run() -> float:
        net = kind(
            hidden_layer_sizes=work.hidden,
            batch_size=work.batch_size,
            learning_rate_init=_RATE,
            alpha=0.0,
            max_iter=work.epochs,
            tol=0.0,
            n_iter_no_change=10_000,
            random_state=1,
            **solver,
        )
        started = time.process_time()
        net.fit(x, y)
        for _ in range(work.epochs):
            if data.classes:
                net.predict_proba(x)
            else:
                net.predict(x)
        return time.process_time() - started

    return run


def pytorch(work: Workload) -> Callable[[], float]:
    """The same network in PyTorch eager, with the quickest loop: tensors sliced by hand, no DataLoader."""
    import torch  # type: ignore[import-not-found,import-untyped,unused-ignore]

    torch.set_num_threads(1)
    data, sizes = work.data(), work.sizes
    examples = torch.tensor(data.x_train, dtype=torch.float32)
    labels = torch.tensor(data.y_train) if data.classes else torch.tensor(data.y_train, dtype=torch.float32)[:, None]

    def run() -> float:
        layers = [torch.nn.Linear(a, b) for a, b in pairwise(sizes)]
        net = torch.nn.Sequential(*[each for layer in layers for each in (layer, torch.nn.ReLU())][:-1])
        make = torch.optim.SGD if work.line else torch.optim.Adam
        optimizer = make(net.parameters(), lr=_RATE)
        measure = torch.nn.CrossEntropyLoss() if data.classes else torch.nn.MSELoss()
        started = time.process_time()
        for _ in range(work.epochs):
            order = torch.randperm(len(examples))
            shuffled, right = examples[order], labels[order]
            for start in range(0, len(shuffled), work.batch_size):
                batch = slice(start, start + work.batch_size)
                optimizer.zero_grad()
                measure(net(shuffled[batch]), right[batch]).backward()
                optimizer.step()
            with torch.no_grad():
                measure(net(examples), labels).item()
        return time.process_time() - started

    return run


def jax_scan(work: Workload) -> Callable[[], float]:
    """The same network in JAX: a compiled function for each epoch, which scans over its batches."""
    import jax  # type: ignore[import-not-found,import-untyped,unused-ignore]
    import jax.numpy as jnp  # type: ignore[import-not-found,import-untyped,unused-ignore]

    data, sizes = work.data(), work.sizes
    x = jnp.asarray(data.x_train, jnp.float32)
    y = jnp.asarray(np.eye(data.classes)[data.y_train] if data.classes else data.y_train[:, None], jnp.float32)
    batches, size = len(x) // work.batch_size, work.batch_size  # only full ones: a scan has one shape
    random = np.random.default_rng(1)

    def loss(layers: Any, x: Any, y: Any) -> Any:
        for w, b in layers[:-1]:
            x = jnp.maximum(x @ w + b, 0)
        outputs = x @ layers[-1][0] + layers[-1][1]
        return -(y * jax.nn.log_softmax(outputs)).sum(1).mean() if data.classes else ((outputs - y) ** 2).mean()

    def update(state: Any, batch: Any) -> Any:
        layers, m, v, t = state
        g = jax.grad(loss)(layers, *batch)
        if work.line:
            return (jax.tree.map(lambda p, g: p - _RATE * g, layers, g), m, v, t), None
        t = t + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        rate = _RATE * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        layers = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-8), layers, m, v)
        return (layers, m, v, t), None

    @jax.jit  # type: ignore[untyped-decorator,unused-ignore]
    def epoch(state: Any, order: Any) -> Any:
        cut = order[: batches * size].reshape(batches, size)
        state, _ = jax.lax.scan(lambda state, rows: update(state, (x[rows], y[rows])), state, cut)
        return state, loss(state[0], x, y)

    def start() -> Any:
        layers = [(jnp.asarray(random.standard_normal(pair) / pair[0] ** 0.5, jnp.float32), jnp.zeros(pair[1]))
                  for pair in pairwise(sizes)]  # fmt: skip
        return layers, jax.tree.map(jnp.zeros_like, layers), jax.tree.map(jnp.zeros_like, layers), 0.0

    epoch(start(), jnp.arange(len(x)))

    def run() -> float:
        state = start()
        started = time.process_time()
        for _ in range(work.epochs):
            state, value = epoch(state, random.permutation(len(x)))
            float(value)
        return time.process_time() - started

    return run


_SIDES: tuple[tuple[str, Callable[[Workload], Callable[[], float]]], ...] = (
    ("tutor", ours),
    ("textbook", textbook),
    ("scikit-learn", scikit_learn),
    ("scikit-learn 32", lambda work: scikit_learn(work, np.float32)),
    ("PyTorch eager", pytorch),
    ("JAX scan", jax_scan),
)


def main() -> None:
    """Measure the workloads that are named, or all, and print microseconds per update and ratios."""
    warnings.simplefilter("ignore")
    for work in _WORKLOADS:
        if sys.argv[1:] and work.name not in sys.argv[1:]:
            continue
        updates = work.epochs * -(-len(work.data().y_train) // work.batch_size)
        sides: dict[str, Callable[[], float]] = {}
        for name, make in _SIDES:
            try:
                sides[name] = make(work)
            except ImportError:
                print(f"({name} is not installed here)")
        seconds: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(_ROUNDS):
            for name, run in sides.items():
                seconds[name].append(run())
        print(f"{work.name} {work.title}")
        base = statistics.median(seconds["tutor"])
        for name, values in seconds.items():
            median = statistics.median(values)
            print(f"  {name:<16} {median / updates * 1e6:8.1f} µs an update   {median / base:5.1f}x", flush=True)


if __name__ == "__main__":
    main()
