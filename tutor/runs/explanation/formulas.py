r"""The formulas of activations, losses and optimizers, each in LaTeX and with numbers put in.

Whoever adds an activation, a loss or an optimizer to `tutor.ml` adds its formula here; tests find a missing one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tutor.ml.network.update_trace import UpdateTrace
from tutor.runs.explanation.equations import Equation
from tutor.runs.explanation.notation import factor, number, product, terms


@dataclass(frozen=True, slots=True)
class ActivationFormula:
    """An activation a = f(r).

    Args:
        tex: f(r) in LaTeX.
        slope_tex: f'(r) in LaTeX, in terms of a or r.
        value: f(r) with the number r put in.
        slope: f'(r) with the numbers r and a put in.
    """

    tex: str
    slope_tex: str
    value: Callable[[float], str]
    slope: Callable[[float, float], str]


ACTIVATION_FORMULAS: Mapping[str, ActivationFormula] = {
    "relu": ActivationFormula(
        r"\max(0, r)",
        r"\begin{cases} 1 & r > 0 \\ 0 & r \le 0 \end{cases}",
        lambda r: f"max(0, {number(r)})",
        lambda r, _a: "1" if r > 0 else "0",
    ),
    "tanh": ActivationFormula(
        r"\tanh(r)", "1 - a^2", lambda r: f"tanh({number(r)})", lambda _r, a: f"(1 − {factor(a)}²)"
    ),
    "sigmoid": ActivationFormula(
        r"\sigma(r) = \frac{1}{1 + e^{-r}}",
        "a (1 - a)",
        lambda r: f"σ({number(r)})",
        lambda _r, a: f"{factor(a)} · (1 − {factor(a)})",
    ),
    "hard-sigmoid": ActivationFormula(
        r"\min(1, \max(0, \frac{r}{4} + \frac{1}{2}))",
        r"\begin{cases} \frac{1}{4} & 0 < a < 1 \\ 0 & \text{else} \end{cases}",
        lambda r: f"min(1, max(0, {number(r)} / 4 + 1/2))",
        lambda _r, a: "1/4" if 0 < a < 1 else "0",
    ),
    "none": ActivationFormula("r", "1", number, lambda _r, _a: "1"),
}


@dataclass(frozen=True, slots=True)
class LossFormula:
    """A loss. ℓ is the loss of one example, L the mean over the batch.

    Args:
        tex: ℓ in LaTeX, without what it equals.
        slope_tex: The slope of ℓ with respect to the outputs of the network.
        value: ℓ of an example, with numbers put in.
        slope: The slope with respect to an output, given the example and the output, with numbers put in.
    """

    tex: str
    slope_tex: str
    value: Callable[[UpdateTrace, int], tuple[str, ...]]
    slope: Callable[[UpdateTrace, int, int], str]


def _probability(trace: UpdateTrace, example: int, output: int) -> float:
    return float(trace.probabilities[output, example]) if trace.probabilities is not None else 0.0


def _difference(trace: UpdateTrace, example: int, output: int) -> str:
    """What the model says minus what is true."""
    outputs = trace.layers[-1].outputs if trace.probabilities is None else trace.probabilities
    return f"{number(outputs[output, example])} − {factor(trace.labels[output, example])}"


def _of_true_class(trace: UpdateTrace, example: int) -> tuple[str, ...]:
    return (f"−ln {number(_probability(trace, example, int(trace.labels[:, example].argmax())))}",)


def _mean_of_squares(trace: UpdateTrace, example: int) -> tuple[str, ...]:
    squares = [f"({_difference(trace, example, output)})²" for output in range(len(trace.labels))]
    first, *others = terms(squares)
    inner = (f"1/{len(squares)} · ({first}", *others)
    return (*inner[:-1], f"{inner[-1]})")


def _slope_through_softmax(trace: UpdateTrace, example: int, output: int) -> str:
    """The slope pᵢ (dᵢ − Σ pⱼ dⱼ)."""
    p = [_probability(trace, example, each) for each in range(len(trace.labels))]
    d = [2 * (each - float(y)) / len(p) for each, y in zip(p, trace.labels[:, example], strict=True)]
    total = sum(one * other for one, other in zip(p, d, strict=True))
    return f"{number(p[output])} · ({number(d[output])} − {factor(total)})"


LOSS_FORMULAS: Mapping[str, LossFormula] = {
    "mse": LossFormula(
        r"(\hat y - y)^2",
        r"2 (\hat y - y)",
        lambda trace, n: (f"({_difference(trace, n, 0)})²",),
        lambda trace, n, k: f"2 · ({_difference(trace, n, k)})",
    ),
    "mae": LossFormula(
        r"|\hat y - y|",
        r"\begin{cases} 1 & \hat y > y \\ -1 & \hat y < y \end{cases}",
        lambda trace, n: (f"|{_difference(trace, n, 0)}|",),
        lambda trace, n, k: f"sign({_difference(trace, n, k)})",
    ),
    "cross-entropy": LossFormula(r"-\sum_k y_k \ln p_k", "p - y", _of_true_class, _difference),
    "softmax-mse": LossFormula(
        r"\frac{1}{K} \sum_k (p_k - y_k)^2",
        r"p_k (d_k - \sum_j p_j d_j), \quad d = \frac{2}{K} (p - y)",
        _mean_of_squares,
        _slope_through_softmax,
    ),
}
"""By the names of `tutor.ml.losses.LOSSES`."""


# -- optimizers ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """One parameter in an update, as an optimizer's formula needs it.

    Args:
        trace: The update.
        index: The place of the parameter in θ.
        name: Its name.
    """

    trace: UpdateTrace
    index: int
    name: str

    @property
    def rate(self) -> float:
        return self.trace.learning_rate

    @property
    def gradient(self) -> float:
        return float(self.trace.used_gradient[self.index])

    @property
    def before(self) -> float:
        return float(self.trace.before[self.index])

    @property
    def after(self) -> float:
        return float(self.trace.after[self.index])

    def state(self, name: str) -> tuple[float, float]:
        """A part of the optimizer's state, before and after."""
        return float(self.trace.state_before[name][self.index]), float(self.trace.state_after[name][self.index])

    def moved(self, step: str) -> Equation:
        """The parameter minus a step, with numbers put in."""
        return Equation(self.name, ((number(self.before), f"− {step}"), (number(self.after),)), "←")


def _kept(letter: str, symbol: str, old: float, weight: float, new: float, after: float) -> Equation:
    """A running mean: α s + (1 − α) g²."""
    keep = (product(weight, old), f"+ {product(1 - weight, new)}")
    return Equation(letter, ((f"{symbol} {letter}", f"+ (1 − {symbol})", "g" if letter == "m" else "g²"), keep,
                             (number(after),)), "←")  # fmt: skip


def _gradient_descent(move: Move) -> list[Equation]:
    return [move.moved(product(move.rate, move.gradient))]


def _momentum(move: Move) -> list[Equation]:
    old, new = move.state("velocity")
    beta = move.trace.constants["momentum"]
    step = terms([product(beta, old), f"−{product(move.rate, move.gradient)}"])
    theta = terms([number(move.before), number(new)])
    return [
        Equation("v", (("β v", "− η g"), step, (number(new),)), "←"),
        Equation(move.name, (theta, (number(move.after),)), "←"),
    ]


def _divided(move: Move, root: str) -> Equation:
    return move.moved(f"{product(move.rate, move.gradient)} / ({root} + ε)")


def _adagrad(move: Move) -> list[Equation]:
    old, new = move.state("sum_of_squares")
    added = (number(old), f"+ {factor(move.gradient)}²")
    return [Equation("s", (("s", "+ g²"), added, (number(new),)), "←"), _divided(move, f"√{number(new)}")]


def _adagrad_mean(move: Move) -> list[Equation]:
    total, _ = _adagrad(move)
    _, new = move.state("sum_of_squares")
    return [total, _divided(move, f"√({number(new)} / {move.trace.steps})")]


def _rmsprop(move: Move) -> list[Equation]:
    old, new = move.state("mean_square")
    if move.trace.steps == 1:
        mean_square = Equation("s", (("g²",), (f"{factor(move.gradient)}²",), (number(new),)), "←")
    else:
        mean_square = _kept("s", "α", old, move.trace.constants["alpha"], move.gradient**2, new)
    return [mean_square, _divided(move, f"√{number(new)}")]


def _adam(move: Move) -> list[Equation]:
    equations, m_hat, root = _moments(move)
    return [*equations, move.moved(f"{product(move.rate, m_hat)} / ({root} + ε)")]


def _adamw(move: Move) -> list[Equation]:
    if not move.trace.names[move.index].startswith("W"):  # biases do not decay
        return _adam(move)
    equations, m_hat, root = _moments(move)
    step = f"{number(m_hat)} / ({root} + ε)"
    decay = product(move.trace.constants["weight_decay"], move.before)
    return [*equations, move.moved(f"{number(move.rate)} · ({step} + {decay})")]


def _moments(move: Move) -> tuple[list[Equation], float, str]:
    """The equations of both moments, the corrected first one, and the root of the corrected second one."""
    constants, t = move.trace.constants, move.trace.steps
    beta1, beta2 = constants["beta1"], constants["beta2"]
    (old_m, m), (old_s, s) = move.state("first_moment"), move.state("second_moment")
    m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)

    def corrected(letter: str, value: float, beta: float, hat: float) -> Equation:
        power = f"{number(beta)}{str(t).translate(_HIGH)}"
        return Equation(letter, ((f"{number(value)} / (1 − {power})",), (number(hat),)))

    equations = [
        _kept("m", "β₁", old_m, beta1, move.gradient, m),
        _kept("s", "β₂", old_s, beta2, move.gradient**2, s),
        corrected("m̂", m, beta1, m_hat),
        corrected("ŝ", s, beta2, s_hat),
    ]
    return equations, m_hat, f"√{number(s_hat)}"


_HIGH = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class OptimizerFormula:
    """How an optimizer moves a parameter.

    Args:
        tex: Its formulas, one line each.
        equations: The same for one parameter, with numbers put in.
        letters: The letter of each part of its state, by the part's name.
        constants: The symbol of each of its own numbers, by the number's name.
    """

    tex: tuple[str, ...]
    equations: Callable[[Move], list[Equation]]
    letters: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


_ROOT = r"\theta \leftarrow \theta - \eta \frac{g}{\sqrt{s} + \epsilon}"
_MOMENTS = (
    r"m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad s \leftarrow \beta_2 s + (1 - \beta_2) g^2",
    r"\hat m = \frac{m}{1 - \beta_1^t}, \quad \hat s = \frac{s}{1 - \beta_2^t}",
)
_MOMENT_LETTERS = {"first_moment": "m", "second_moment": "s"}
_MOMENT_CONSTANTS = {"beta1": "β₁", "beta2": "β₂", "epsilon": "ε"}
_DESCENT = OptimizerFormula((r"\theta \leftarrow \theta - \eta g",), _gradient_descent)

OPTIMIZER_FORMULAS: Mapping[str, OptimizerFormula] = {
    "gd": _DESCENT,
    "sgd": _DESCENT,
    "momentum": OptimizerFormula(
        (r"v \leftarrow \beta v - \eta g, \quad \theta \leftarrow \theta + v",),
        _momentum,
        {"velocity": "v"},
        {"momentum": "β"},
    ),
    "adagrad": OptimizerFormula(
        (rf"s \leftarrow s + g^2, \quad {_ROOT}",), _adagrad, {"sum_of_squares": "s"}, {"epsilon": "ε"}
    ),
    "adagrad-mean": OptimizerFormula(
        (r"s \leftarrow s + g^2, \quad \theta \leftarrow \theta - \eta \frac{g}{\sqrt{s / t} + \epsilon}",),
        _adagrad_mean,
        {"sum_of_squares": "s"},
        {"epsilon": "ε"},
    ),
    "rmsprop": OptimizerFormula(
        (rf"s \leftarrow \alpha s + (1 - \alpha) g^2, \quad {_ROOT}",),
        _rmsprop,
        {"mean_square": "s"},
        {"alpha": "α", "epsilon": "ε"},
    ),
    "adam": OptimizerFormula(
        (*_MOMENTS, r"\theta \leftarrow \theta - \eta \frac{\hat m}{\sqrt{\hat s} + \epsilon}"),
        _adam,
        _MOMENT_LETTERS,
        _MOMENT_CONSTANTS,
    ),
    "adamw": OptimizerFormula(
        (*_MOMENTS, r"\theta \leftarrow \theta - \eta (\frac{\hat m}{\sqrt{\hat s} + \epsilon} + \lambda \theta)"),
        _adamw,
        _MOMENT_LETTERS,
        {**_MOMENT_CONSTANTS, "weight_decay": "λ"},
    ),
}
"""By the names of `tutor.ml.optimizers.OPTIMIZERS`."""
