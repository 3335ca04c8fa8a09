"""Updates a second: against textbook NumPy, scikit-learn, PyTorch and JAX, each with one thread, and against floors.

    python -m tests.bench.training [--quick] [W1 W2 ...]

Peers are measured where they can be imported; the project itself does not depend on them. All sides alternate in one
run, in seconds of the processor, so that neighbours count for little; the median is kept. Trust the ratios. Each side
also works out the loss of the whole data after each epoch, as a learner watches it; scikit-learn, which by itself takes
the mean of the batches' losses, is asked for the probabilities or values of all data. It computes in the precision of
its data: float64, as people give it, and float32, as others do. On W4 tutor averages the losses of its batches,
as it does for learners with such data.

JAX compiles a whole epoch with ``scan``, or an update by itself with ``jit``; PyTorch runs eagerly, or with the loss,
its gradient and the optimizer compiled. All compile before the time is taken. PyTorch needs a C++ compiler for that,
and a minute or two for each workload, which ``--quick`` saves; where a side cannot run, a line says so. The last two
rows are no peers but floors of any training that calls NumPy for each step: the matrix products alone, those of the
loss after each epoch included, and as many calls as an update makes, of one number each.
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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
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
from tutor.ml.losses import LOSSES
from tutor.ml.network.network import Network
from tutor.ml.network.passes import gradient_steps
from tutor.ml.network.training import MOST_MEASURED, NetworkTraining
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings
from tutor.ml.training import Training
from tutor.runs.worker.loop import TrainingLoop

_DATA = Path(__file__).resolve().parents[2] / "lessons" / "data"
_ROUNDS = 5
_RATE = 0.001
_CALLS_OF_ADAM = 12
"""Of NumPy in each step of `tutor.ml.optimizers.Adam`."""


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
    """The same network in PyTorch eager, with the quickest loop: tensors sliced by hand, no DataLoader, Adam fused."""
    return _pytorch(work, is_compiled=False)


def pytorch_compiled(work: Workload) -> Callable[[], float]:
    """The same network in PyTorch, with ``torch.compile`` for the loss with its gradient, and for the optimizer."""
    return _pytorch(work, is_compiled=True)


def _pytorch(work: Workload, *, is_compiled: bool) -> Callable[[], float]:
    import torch  # type: ignore[import-not-found,import-untyped,unused-ignore]

    torch.set_num_threads(1)
    data, sizes = work.data(), work.sizes
    examples = torch.tensor(data.x_train, dtype=torch.float32)
    labels = torch.tensor(data.y_train) if data.classes else torch.tensor(data.y_train, dtype=torch.float32)[:, None]
    layers = [torch.nn.Linear(a, b) for a, b in pairwise(sizes)]
    net = torch.nn.Sequential(*[each for layer in layers for each in (layer, torch.nn.ReLU())][:-1])
    make = torch.optim.SGD if work.line else torch.optim.Adam
    optimizer = make(net.parameters(), lr=_RATE, fused=not is_compiled)
    measure = torch.nn.CrossEntropyLoss() if data.classes else torch.nn.MSELoss()

    def loss(x: Any, y: Any) -> Any:
        return measure(net(x), y)

    # Each of the two sizes of batches and the whole data are compiled for themselves.
    loss_of = torch.compile(loss, dynamic=False) if is_compiled else loss
    move = torch.compile(optimizer.step) if is_compiled else optimizer.step

    def epochs(count: int) -> None:
        for _ in range(count):
            order = torch.randperm(len(examples))
            shuffled, right = examples[order], labels[order]
            for start in range(0, len(shuffled), work.batch_size):
                batch = slice(start, start + work.batch_size)
                optimizer.zero_grad()
                loss_of(shuffled[batch], right[batch]).backward()
                move()
            with torch.no_grad():
                loss_of(examples, labels).item()

    epochs(1)  # This compiles, and makes the state of the optimizer.

    def run() -> float:
        started = time.process_time()
        epochs(work.epochs)
        return time.process_time() - started

    return run


class _InJax:
    """The same network in JAX, not compiled yet: `update` and `loss` are for ``jit``."""

    def __init__(self, work: Workload) -> None:
        import jax  # type: ignore[import-not-found,import-untyped,unused-ignore]
        import jax.numpy as jnp  # type: ignore[import-not-found,import-untyped,unused-ignore]

        data = work.data()
        self._jax, self._jnp, self._work, self._classifies = jax, jnp, work, bool(data.classes)
        self.x = jnp.asarray(data.x_train, jnp.float32)
        labels = np.eye(data.classes)[data.y_train] if data.classes else data.y_train[:, None]
        self.y = jnp.asarray(labels, jnp.float32)
        self.random = np.random.default_rng(1)

    def loss(self, layers: Any, x: Any, y: Any) -> Any:
        """The mean loss over a batch."""
        for w, b in layers[:-1]:
            x = self._jnp.maximum(x @ w + b, 0)
        outputs = x @ layers[-1][0] + layers[-1][1]
        if self._classifies:
            return -(y * self._jax.nn.log_softmax(outputs)).sum(1).mean()
        return ((outputs - y) ** 2).mean()

    def update(self, state: Any, rows: Any) -> Any:
        """The state after an update with the examples ``rows``."""
        jnp, over = self._jnp, self._jax.tree.map
        layers, m, v, t = state
        g = self._jax.grad(self.loss)(layers, self.x[rows], self.y[rows])
        if self._work.line:
            return over(lambda p, g: p - _RATE * g, layers, g), m, v, t
        t = t + 1
        m = over(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = over(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        rate = _RATE * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        return over(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-8), layers, m, v), m, v, t

    def start(self) -> Any:
        """The state before the first update."""
        jnp, zeros = self._jnp, self._jnp.zeros_like
        layers = [(jnp.asarray(self.random.standard_normal(pair) / pair[0] ** 0.5, jnp.float32), jnp.zeros(pair[1]))
                  for pair in pairwise(self._work.sizes)]  # fmt: skip
        return layers, self._jax.tree.map(zeros, layers), self._jax.tree.map(zeros, layers), 0.0

    def orders(self) -> Iterator[Any]:
        """For each epoch, the rows of each batch: full ones only, because compiled code has one shape."""
        count, size = len(self.x) // self._work.batch_size, self._work.batch_size
        for _ in range(self._work.epochs):
            yield self.random.permutation(len(self.x))[: count * size].reshape(count, size)


def jax_jit(work: Workload) -> Callable[[], float]:
    """The same network in JAX: a compiled function that is called for each update."""
    net = _InJax(work)
    import jax

    update, loss = jax.jit(net.update), jax.jit(net.loss)

    def run() -> float:
        state = net.start()
        started = time.process_time()
        for cut in net.orders():
            for rows in cut:
                state = update(state, rows)
            float(loss(state[0], net.x, net.y))
        return time.process_time() - started

    run()
    return run


def jax_scan(work: Workload) -> Callable[[], float]:
    """The same network in JAX: a compiled function for each epoch, which scans over its batches."""
    net = _InJax(work)
    import jax

    @jax.jit  # type: ignore[untyped-decorator,unused-ignore]
    def epoch(state: Any, cut: Any) -> Any:
        state, _ = jax.lax.scan(lambda state, rows: (net.update(state, rows), None), state, cut)
        return state, net.loss(state[0], net.x, net.y)

    def run() -> float:
        state = net.start()
        started = time.process_time()
        for cut in net.orders():
            state, value = epoch(state, cut)
            float(value)
        return time.process_time() - started

    run()
    return run


# -- floors ----------------------------------------------------------------------------------------------------


def products_alone(work: Workload) -> Callable[[], float]:
    """The matrix products of all updates and of the loss after each epoch, in buffers that are there."""

    def product(m: int, inner: int, n: int) -> Callable[[], object]:
        left, right, out = (np.ones(shape, np.float32) for shape in ((m, inner), (inner, n), (m, n)))
        return partial(left.dot, right, out)

    shapes, rows, size = [(m, d + 1) for d, m in pairwise(work.sizes)], len(work.data().y_train), work.batch_size
    update = [product(m, d, size) for m, d in shapes] + [product(m, size, d) for m, d in shapes]
    update += [product(d, m, size) for m, d in shapes[1:]]
    averages = rows * sum(m * d for m, d in shapes) > MOST_MEASURED
    measured = [] if averages or work.line else [product(m, d, rows) for m, d in shapes]

    def run() -> float:
        started = time.process_time()
        for _ in range(work.epochs):
            for _ in range(-(-rows // size)):
                for each in update:
                    each()
            for each in measured:
                each()
        return time.process_time() - started

    return run


def calls_alone(work: Workload) -> Callable[[], float]:
    """As many calls of NumPy as all updates make, of one number each."""
    data, number, out = work.data(), np.zeros(1, np.float32), np.empty(1, np.float32)
    network = Network(data.features, work.hidden, data.classes or 1, "relu")
    loss = LOSSES["cross-entropy" if data.classes else "mse"]
    optimizing = len(("η g", "θ − η g")) if work.line else _CALLS_OF_ADAM
    calls = len(gradient_steps(network, work.batch_size, loss)) + optimizing
    updates = work.epochs * -(-len(data.y_train) // work.batch_size)

    def run() -> float:
        started = time.process_time()
        for _ in range(updates):
            for _ in range(calls):
                np.add(number, number, out)
        return time.process_time() - started

    return run


_SIDES: tuple[tuple[str, Callable[[Workload], Callable[[], float]]], ...] = (
    ("tutor", ours),
    ("textbook", textbook),
    ("scikit-learn", scikit_learn),
    ("scikit-learn 32", lambda work: scikit_learn(work, np.float32)),
    ("PyTorch eager", pytorch),
    ("PyTorch compiled", pytorch_compiled),
    ("JAX jit", jax_jit),
    ("JAX scan", jax_scan),
    ("(its products)", products_alone),
    ("(its calls)", calls_alone),
)


def main() -> None:
    """Measure the workloads that are named, or all, and print microseconds per update and ratios."""
    warnings.simplefilter("ignore")
    named = {argument for argument in sys.argv[1:] if argument != "--quick"}
    for work in _WORKLOADS:
        if named and work.name not in named:
            continue
        updates = work.epochs * -(-len(work.data().y_train) // work.batch_size)
        sides: dict[str, Callable[[], float]] = {}
        for name, make in _SIDES:
            if make is pytorch_compiled and "--quick" in sys.argv:
                continue
            try:
                sides[name] = make(work)
            except ImportError:
                print(f"({name} is not installed here)")
            except RuntimeError as error:  # such as PyTorch without a C++ compiler
                print(f"({name} does not run here: {next(iter(str(error).splitlines()), '')})")
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
