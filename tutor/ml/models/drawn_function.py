"""Functions of one or two parameters that are minimised in place of a loss: a landscape without data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import hypot, inf, isfinite

import numpy as np

from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import Dataset, Floats
from tutor.ml.divergence import divergence_limit, has_diverged
from tutor.ml.gradient_rules import GradientRules, norm
from tutor.ml.parts import Parts
from tutor.ml.registry import find
from tutor.ml.settings import ModelSettings, OptimizerSettings, TrainSettings
from tutor.ml.training import EpochResult


@dataclass(frozen=True, slots=True)
class DrawnFunction:
    """A function of one or two parameters, its gradient beside it.

    Args:
        names: The names of the parameters, as settings have them.
        value: f(θ); each parameter may be an array. It may be negative.
        gradient: ∂f/∂θ, one number for each parameter.
        start: θ at the start, unless a lab says otherwise.
        symbols: What the parameters are called in the interface, if that is not their names.
        box: The lowest and the highest value of each parameter that a chart shows.
        facts: Other functions of θ that are reported, by name.
        hessian: ∂²f/∂x², ∂²f/∂x∂y and ∂²f/∂y² of a function of two parameters; None if it is not needed.
    """

    names: tuple[str, ...]
    value: Callable[..., Floats]
    gradient: Callable[..., tuple[float, ...]]
    start: tuple[float, ...]
    symbols: tuple[str, ...] = ()
    box: tuple[tuple[float, float], ...] = ()
    facts: Mapping[str, Callable[..., Floats]] = field(default_factory=dict)
    hessian: Callable[..., tuple[float, float, float]] | None = None

    @property
    def aliases(self) -> tuple[str, ...]:
        """The names of the parameters if the interface shows symbols in their place; else empty."""
        return self.names if self.symbols else ()

    def curvatures(self, *point: float) -> tuple[Array, Array]:
        """Eigenvalues of the Hessian at ``point``, (2,), the smaller first, and the eigenvectors as columns, (2, 2).

        Raises:
            LinAlgError: The Hessian is not finite.
        """
        xx, xy, yy = self.hessian(*point) if self.hessian is not None else (0.0, 0.0, 0.0)
        values, vectors = np.linalg.eigh(np.array([[xx, xy], [xy, yy]]))
        return values, vectors


LEVEL = 1e-3
"""A point with a shorter gradient is taken for a critical point."""
_FAR = 1e6
_THIRD_LOGIT = -1000.0


def _probabilities(z1: Floats, z2: Floats) -> tuple[Floats, Floats, Floats]:
    """Softmax of (z1, z2, −1000). The logarithm of the sum is subtracted, so that nothing overflows."""
    total = np.logaddexp(np.logaddexp(z1, z2), _THIRD_LOGIT)
    return np.exp(z1 - total), np.exp(z2 - total), np.exp(_THIRD_LOGIT - total)


def _cross_entropy(z1: Floats, z2: Floats) -> Floats:
    return np.logaddexp(np.logaddexp(z1, z2), _THIRD_LOGIT) - np.asarray(z1)


def _cross_entropy_slopes(z1: Floats, z2: Floats) -> tuple[float, ...]:
    p1, p2, _ = _probabilities(z1, z2)
    return float(p1) - 1.0, float(p2)


def _squared_error(z1: Floats, z2: Floats) -> Floats:
    p1, p2, p3 = _probabilities(z1, z2)
    return (p1 - 1) ** 2 + p2**2 + p3**2


def _squared_error_slopes(z1: Floats, z2: Floats) -> tuple[float, ...]:
    """∂/∂zᵢ = pᵢ (dᵢ − Σ pⱼ dⱼ) with d = 2 (p − y): the factor pᵢ is what makes a corner flat."""
    p1, p2, p3 = (float(each) for each in _probabilities(z1, z2))
    mean = p1 * 2 * (p1 - 1) + p2 * 2 * p2 + p3 * 2 * p3
    return p1 * (2 * (p1 - 1) - mean), p2 * (2 * p2 - mean)


def _corner(value: Callable[..., Floats], gradient: Callable[..., tuple[float, ...]]) -> DrawnFunction:
    """A loss over two of three logits of one example of class 1; its fact ``p`` is the probability of that class."""
    return DrawnFunction(
        ("w", "b"),
        value,
        gradient,
        start=(-5.0, 5.0),
        symbols=("z1", "z2"),
        box=((-12.0, 12.0), (-12.0, 12.0)),
        facts={"p": lambda z1, z2: _probabilities(z1, z2)[0]},
    )


FUNCTIONS: dict[str, DrawnFunction] = {
    # Minima at w = −1.301 (f = −3.514) and w = 1.131 (f = −1.070); a hill between them at w = 0.170.
    "ball": DrawnFunction(
        ("w",),
        lambda w: w**4 - 3 * w**2 + w,
        lambda w: (4 * w**3 - 6 * w + 1,),
        start=(2.0,),
    ),
    # A long valley: condition number 10⁴, so that gradient descent is stable below η = 0.1 and slow along u.
    "bowl": DrawnFunction(
        ("w", "b"),
        lambda u, v: 0.5 * (0.002 * u**2 + 20 * v**2),
        lambda u, v: (0.002 * u, 20 * v),
        start=(-80.0, 4.0),
        symbols=("u", "v"),
        box=((-100.0, 100.0), (-8.0, 8.0)),
        hessian=lambda u, v: (0.002, 0.0, 20.0),
    ),
    # An oval bowl: curvatures 1 and 10, so that gradient descent is stable below η = 0.2.
    "oval": DrawnFunction(
        ("w", "b"),
        lambda u, v: 0.5 * (u**2 + 10 * v**2),
        lambda u, v: (u, 10 * v),
        start=(-8.0, 3.0),
        symbols=("u", "v"),
        box=((-10.0, 10.0), (-4.0, 4.0)),
        hessian=lambda u, v: (1.0, 0.0, 10.0),
    ),
    # The net ŷ = w₂ w₁ x and one example (1, 1): a saddle at the origin, minima where w₁ w₂ = 1.
    "saddle": DrawnFunction(
        ("w", "b"),
        lambda w1, w2: (1 - w1 * w2) ** 2,
        lambda w1, w2: (-2 * (1 - w1 * w2) * w2, -2 * (1 - w1 * w2) * w1),
        start=(0.5, -0.5),
        symbols=("w1", "w2"),
        box=((-2.0, 2.0), (-2.0, 2.0)),
        hessian=lambda w1, w2: (2 * w2**2, 4 * w1 * w2 - 2, 2 * w1**2),
    ),
    "cross-entropy": _corner(_cross_entropy, _cross_entropy_slopes),
    # The sum over the three classes, not their mean.
    "squared-error": _corner(_squared_error, _squared_error_slopes),
}


class FunctionDescent:
    """Minimises a drawn function; one update per epoch, in float64. See `tutor.ml.training.Training`."""

    def __init__(
        self,
        dataset: Dataset,
        model: ModelSettings,
        optimizer: OptimizerSettings,
        train: TrainSettings,
        parts: Parts | None = None,
    ) -> None:
        parts = parts or Parts()
        self.dataset = dataset
        self.function = find(FUNCTIONS, model.function)
        self._train = train
        self._theta: Array = np.array(self.function.start, dtype=np.float64)
        for index, value in enumerate((model.w, model.b)[: len(self._theta)]):
            if value is not None:
                self._theta[index] = value
        self._gradient: Array = np.zeros_like(self._theta)
        self._manual = optimizer.name == "manual"
        self._learning_rate = optimizer.learning_rate
        self._factor = parts.schedule(optimizer, 1)
        self._optimizer = parts.optimizer(self._theta, self._gradient, optimizer, None)
        self._rules = GradientRules(
            self._theta,
            self._gradient,
            weight_decay=0.0 if self._optimizer.decays_weights else optimizer.weight_decay,
            clip=optimizer.gradient_clip,
            noise=optimizer.gradient_noise,
            seed=train.seed,
        )
        self._eigenvector_step = optimizer.eigenvector_step
        self._epoch = self._updates = 0
        self._divergence_limit: float | None = None
        """The value above which training has diverged; None if it must be computed before the next epoch."""

    def _point(self) -> tuple[float, ...]:
        return tuple(float(each) for each in self._theta)

    def value(self) -> float:
        """The value f(θ); infinite or nan after a divergence."""
        try:
            return float(self.function.value(*self._point()))
        except OverflowError:
            return float("inf")

    def set(self, name: str, value: object) -> None:
        """Change a setting between two epochs. See `Training.set`."""
        number = float(value)  # type: ignore[arg-type]
        if not isfinite(number):
            raise ValueError(name)
        if name == "learning_rate" and number >= 0:
            self._learning_rate = number
        elif name == "momentum" and 0 <= number < 1:
            self._optimizer.change_setting(name, number)
        elif name in self.function.names:
            self._theta[self.function.names.index(name)] = number
            self._divergence_limit = None
        else:
            raise ValueError(name)

    def epochs(self) -> Iterator[EpochResult]:
        """See `Training.epochs`."""
        while self._epoch < self._train.epochs:
            with np.errstate(all="ignore"):
                if self._divergence_limit is None:
                    self._divergence_limit = inf if self._manual else divergence_limit(self.value())
                norm, rate = (None, None) if self._manual else self._update()
                self._epoch += 1
                loss = self.value()
            diverged = has_diverged(loss, self._divergence_limit)
            yield EpochResult(
                self._epoch, self._updates, loss, gradient_norm=norm, learning_rate=rate, diverged=diverged
            )
            if diverged:
                return

    def _update(self) -> tuple[float, float]:
        try:
            self._gradient[:] = self.function.gradient(*self._point())
        except OverflowError:
            self._gradient[:] = np.inf
        rate = self._learning_rate * float(self._factor(np.array([self._updates]), self._train.epochs)[0])
        length = norm(self._gradient)
        if self._rules.active:
            self._rules.apply()
        direction = self._escape_direction() if self._eigenvector_step else None
        if direction is not None:
            self._theta += self._eigenvector_step * direction
        else:
            self._optimizer.step(rate)
        self._updates += 1
        return length, rate

    def _escape_direction(self) -> Array | None:
        """At a critical point, the unit eigenvector of a negative eigenvalue of the Hessian; None elsewhere."""
        point = self._point()
        if self.function.hessian is None or not np.all(np.abs(point) < _FAR):
            return None
        if hypot(*self.function.gradient(*point)) >= LEVEL:
            return None
        values, vectors = self.function.curvatures(*point)
        direction: Array = vectors[:, 0]
        # An eigenvector may have either sign; a positive first entry makes runs repeatable.
        return direction * (1.0 if direction[0] >= 0 else -1.0) if values[0] < 0 else None

    def predict(self, x: Floats) -> Floats:
        """The value of f at each of n points (n, p), (n,)."""
        columns = np.asarray(x, dtype=np.float64).T
        with np.errstate(all="ignore"):
            return np.asarray(self.function.value(*columns))

    def parameters(self) -> dict[str, Array]:
        """See `Training.parameters`."""
        return {"theta": self._theta.copy()}

    def vectors(self) -> list[Array]:
        """See `Training.vectors`."""
        return [self._theta]

    def small_parameters(self) -> dict[str, float]:
        """The parameters by name and by symbol, ``f``, and the function's other facts."""
        point, function = self._point(), self.function
        facts = {name: float(fact(*point)) for name, fact in function.facts.items()}
        places = (*zip(function.names, point, strict=True), *zip(function.symbols, point, strict=False))
        return {**dict(places), "f": self.value(), **facts, **self._curvatures(point)}

    def _curvatures(self, point: tuple[float, ...]) -> dict[str, float]:
        """Both eigenvalues of the Hessian; empty without a Hessian, and after a divergence."""
        if self.function.hessian is None or not np.all(np.abs(point) < _FAR):
            return {}
        low, high = self.function.curvatures(*point)[0]
        return {"lambda1": float(low), "lambda2": float(high)}
