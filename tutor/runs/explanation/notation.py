"""How numbers, parameters and units are written: ``W₁[2,3]`` leads from input 3 to unit 2 of layer 1.

Without hidden layers, the weights and the bias of a model with one output are ``w`` (or ``w₁``, ``w₂``) and ``b``, as
in the lessons.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tutor.charts.numbers import MINUS, figure
from tutor.ml.network.update_trace import UpdateTrace

_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SHOWN = 4
"""How many examples a mean shows; of more, the first three."""


def number(value: float) -> str:
    """A number with four significant digits and no zeros at its end: ``0.5``, ``−1.07``."""
    text = figure(float(value))
    if "." not in text:
        return text
    mantissa, exponent, power = text.partition("e")
    return mantissa.rstrip("0").rstrip(".") + exponent + power


def factor(value: float) -> str:
    """A number as it stands behind an operator: a negative one in parentheses."""
    text = number(value)
    return f"({text})" if text.startswith(MINUS) else text


def product(first: float, *others: float) -> str:
    """A product: ``−1 · (−0.5)``."""
    return " · ".join([number(first), *map(factor, others)])


def terms(texts: Iterable[str]) -> tuple[str, ...]:
    """The terms of a sum, each but the first with its sign: ``2``, ``+ 3``, ``− 0.5 · 4``."""
    texts = list(texts)
    signed = [f"{MINUS} {text[1:]}" if text.startswith(MINUS) else f"+ {text}" for text in texts[1:]]
    return (*texts[:1], *signed)


def mean(texts: Sequence[str]) -> tuple[str, ...]:
    """The terms of the mean over a batch; of a large batch the first ones."""
    if len(texts) == 1:
        return tuple(texts)
    first, *others = terms(texts[: _SHOWN if len(texts) <= _SHOWN else _SHOWN - 1])
    if len(texts) > _SHOWN:
        others.append("+ …")
    inner = [f"1/{len(texts)} · ({first}", *others]
    return (*inner[:-1], f"{inner[-1]})")


def low(index: int) -> str:
    """A number as a subscript."""
    return str(index).translate(_LOW)


class Notation:
    """The names of what takes part in an update. Layers count from 0 here and from 1 in names; units from 0 and 1.

    Args:
        trace: The update.
    """

    def __init__(self, trace: UpdateTrace) -> None:
        self.layers = len(trace.layers)
        self.features = len(trace.layers[0].inputs)
        self.outputs = trace.layers[-1].units
        self.classifies = trace.loss.classifies

    def is_last(self, layer: int) -> bool:
        return layer == self.layers - 1

    @property
    def _is_line(self) -> bool:
        return self.layers == 1 and self.outputs == 1

    def weight(self, layer: int, unit: int, source: int) -> str:
        if self._is_line:
            return "w" if self.features == 1 else f"w{low(source + 1)}"
        return f"W{self._of(layer)}[{unit + 1},{source + 1}]"

    def bias(self, layer: int, unit: int) -> str:
        return "b" if self._is_line else f"b{self._of(layer)}[{unit + 1}]"

    def feature(self, index: int) -> str:
        return "x" if self.features == 1 else f"x{low(index + 1)}"

    def input(self, layer: int, index: int) -> str:
        """What goes into a layer: a feature, or an output of the layer below."""
        return self.feature(index) if layer == 0 else f"a{low(layer)}[{index + 1}]"

    def sum(self, layer: int, unit: int) -> str:
        """A weighted sum; of the output layer the prediction, or in a classification a logit."""
        if self.is_last(layer):
            return f"z[{unit + 1}]" if self.classifies else "ŷ"
        return f"r{low(layer + 1)}[{unit + 1}]"

    def delta(self, layer: int, unit: int) -> str:
        return f"δ{self._of(layer)}" + ("" if self.is_last(layer) and not self.classifies else f"[{unit + 1}]")

    def _of(self, layer: int) -> str:
        return low(layer + 1) if self.layers > 1 else ""

    # -- the same in formulas, for whole layers -----------------------------------------------------------------

    def tex(self, letter: str, layer: int) -> str:
        """The name of a vector or matrix of a layer in LaTeX: ``W_{1}``, or ``W`` if there is one layer only."""
        return f"{letter}_{{{layer + 1}}}" if self.layers > 1 else letter

    def tex_weights(self, layer: int) -> str:
        return "w" if self._is_line else self.tex("W", layer)

    def tex_input(self, layer: int) -> str:
        return "x" if layer == 0 else f"a_{{{layer}}}"

    def tex_sum(self, layer: int) -> str:
        if self.is_last(layer):
            return "z" if self.classifies else "\\hat y"
        return f"r_{{{layer + 1}}}"

    def parameters(self, trace: UpdateTrace) -> list[str]:
        """The names of all parameters, in the order of θ."""
        names: list[str] = []
        for layer, each in enumerate(trace.layers):
            for unit in range(each.units):
                names += [self.weight(layer, unit, source) for source in range(each.weights.shape[1])]
                names.append(self.bias(layer, unit))
        return names
