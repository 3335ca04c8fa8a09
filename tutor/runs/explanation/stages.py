"""The stages of an update: batch, forward pass, loss, backward pass, changes to the gradient, update, new loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from tutor.foundation.text import shorten
from tutor.foundation.translate import sentences, translate
from tutor.labs.lab_config import LabConfig
from tutor.labs.script.stages import StageName
from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import Dataset
from tutor.ml.losses import LOSSES
from tutor.ml.network.update_trace import UpdateTrace
from tutor.ml.settings import WITHOUT_GRADIENT
from tutor.runs.explanation.equations import Equation, equation_lines, flowing_lines, grid_lines
from tutor.runs.explanation.formulas import ACTIVATION_FORMULAS, LOSS_FORMULAS, OPTIMIZER_FORMULAS, Move
from tutor.runs.explanation.notation import Notation, mean, number, product, terms
from tutor.typeset.elements import CodeBlock, Element, Line
from tutor.typeset.layout import lay_out
from tutor.typeset.parse import read_elements
from tutor.typeset.spelling import spell

_TABLE_FEATURES = 4
"""Features up to which a batch is shown as a table."""
_TABLE_ROWS = 12
"""Examples that such a table shows."""
_SYMBOLS_UP_TO = 4
"""Inputs up to which each unit's sum is written in symbols; with more, only the first unit's."""
_IN_FULL = 4
"""Parameters up to which each one's update is written in full; with more, the first one's is."""
_NAME = 30
"""The widest name of a feature in cells."""
_INDENT = 4
"""The indent of a code block."""

_INPUTS = -1
"""The layer of the batch, which goes into the first layer."""

Direction = Literal["", "forward", "backward"]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Equations and lines of figures, set at the width of the page."""

    equations: tuple[Equation, ...] = ()
    items: tuple[str, ...] = ()
    grid: tuple[tuple[str, ...], ...] = ()

    def lines(self, width: int) -> list[str]:
        table = grid_lines(self.grid[0], self.grid[1:], width) if self.grid else []
        return [*equation_lines(self.equations, width), *flowing_lines(self.items, width), *table]


Part = str | Numbers
"""Markdown, or numbers."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of an update.

    Args:
        name: Which one; all hidden layers have the same name.
        title: What happens.
        parts: Formulas, sentences and numbers, in order.
        layer: The layer in which it happens, from 0, or −1 for the inputs; None if in none.
        direction: Which way the numbers go.
    """

    name: StageName
    title: str
    parts: tuple[Part, ...]
    layer: int | None = None
    direction: Direction = ""

    def lines(self, width: int, *, ascii: bool = False) -> tuple[Line, ...]:
        """The stage as a page of ``width`` cells, without its title."""
        elements: list[Element] = []
        for part in self.parts:
            if isinstance(part, str):
                elements += read_elements(part)
            elif lines := part.lines(max(width, 10) - _INDENT):
                elements.append(CodeBlock(tuple(lines)))
        return lay_out(spell(elements) if ascii else elements, width, ascii=ascii)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the stages say besides numbers.

    Args:
        spec: The lab.
        dataset: What is trained on.
        feature_names: Harmless text.
        target_name: Harmless text.
        class_names: Harmless text.
    """

    spec: LabConfig
    dataset: Dataset
    feature_names: Sequence[str]
    target_name: str
    class_names: Sequence[str] = field(default=())


def stages_of(trace: UpdateTrace, facts: Facts, example: int = 0) -> list[Stage]:
    """All stages, with the numbers of one example of the batch, counted from 0, where examples differ."""
    writer = _Writer(trace, facts, example)
    layers = range(len(trace.layers))
    return [
        writer.batch(),
        *(writer.forward(layer) for layer in layers),
        writer.loss(),
        *(writer.backward(layer) for layer in reversed(layers)),
        *writer.rules(),
        writer.update(),
        writer.after(),
    ]


def units_at(trace: UpdateTrace, stage: Stage, example: int) -> list[list[tuple[str, str]]]:
    """The inputs and the units of each layer by name, with what is known of them at a stage.

    On the way forwards that is the outputs up to the layer of the stage, on the way back the slopes δ from there on.
    """
    name = Notation(trace)
    x = trace.layers[0].inputs[:, example]
    columns = [[(name.feature(index), number(value)) for index, value in enumerate(x)]]
    for layer, each in enumerate(trace.layers):
        column = []
        for unit in range(each.units):
            called = name.sum(layer, unit) if name.is_last(layer) else name.input(layer + 1, unit)
            value = number(each.outputs[unit, example])
            if stage.direction == "backward" and stage.layer is not None and layer >= stage.layer:
                called, value = name.delta(layer, unit), number(each.delta[unit, example])
            elif stage.direction == "forward" and stage.layer is not None and layer > stage.layer:
                value = ""
            column.append((called, value))
        columns.append(column)
    return columns


class _Writer:
    """Writes the stages of one update."""

    def __init__(self, trace: UpdateTrace, facts: Facts, example: int) -> None:
        self.trace, self.facts, self.example = trace, facts, example
        self.name = Notation(trace)
        self.x = trace.layers[0].inputs
        formula = next(name for name, loss in LOSSES.items() if loss is trace.loss)
        self.loss_formula = LOSS_FORMULAS[formula]

    @property
    def _example_text(self) -> str:
        return translate("explain.example", number=self.example + 1, count=self.trace.batch_size)

    def _layer_title(self, key: str, layer: int) -> str:
        if len(self.trace.layers) == 1:
            return translate(key)
        kind = translate("explain.output-layer" if self.name.is_last(layer) else "explain.hidden-layer")
        layers = len(self.trace.layers)
        return translate("explain.of-layer", title=translate(key), layer=layer + 1, count=layers, kind=kind)

    # -- the batch ----------------------------------------------------------------------------------------------

    def batch(self) -> Stage:
        """The examples, and the parameters before the update."""
        trace, count = self.trace, len(self.facts.dataset.x_train)
        key = "explain.batch-part" if trace.batch_size < count else "explain.batch-all"
        text = translate(key, number=trace.number, size=trace.batch_size, count=count)
        parameters = zip(self.name.parameters(trace), trace.before, strict=True)
        names = ""
        if len(trace.layers) > 1:
            names = translate("explain.names")
        elif trace.loss.classifies:
            names = translate("explain.names-of-logits")
        return Stage(
            "batch",
            translate("explain.stage-batch"),
            (
                text,
                Numbers(items=tuple(self._legend())),
                self._examples(),
                *self._standardised(),
                sentences(names, translate("explain.parameters-before", count=len(trace.before))),
                Numbers(items=tuple(f"{name} = {number(value)}" for name, value in parameters)),
            ),
            _INPUTS,
            "forward",
        )

    def _legend(self) -> Iterator[str]:
        """What the letters mean."""
        names = self.facts.feature_names
        for index in range(len(self.x)):
            name = names[index] if index < len(names) else ""
            yield f"{self.name.feature(index)}: {shorten(name, _NAME)}" if name else self.name.feature(index)
        yield f"y: {shorten(self.facts.target_name, _NAME)}"

    def _label(self, example: int) -> str:
        column = self.trace.labels[:, example]
        if not self.trace.loss.classifies:
            return number(column[0])
        return shorten(self.facts.class_names[int(column.argmax())], _NAME)

    def _examples(self) -> Numbers:
        """A table of examples; with many features, the numbers of the present one."""
        features = [self.name.feature(index) for index in range(len(self.x))]
        if len(features) > _TABLE_FEATURES:
            items = [f"{name} = {number(value)}" for name, value in zip(features, self.x[:, self.example], strict=True)]
            return Numbers(items=(*items, f"y = {self._label(self.example)}"))
        shown = sorted({*range(min(_TABLE_ROWS, self.trace.batch_size)), self.example})
        rows = [
            (self._number(each), *map(number, self.x[:, each]), self._label(each))
            for each in shown
        ]  # fmt: skip
        more = self.trace.batch_size - len(shown)
        if more:
            rows.append(("…", *("…" for _ in features), "…"))
        return Numbers(grid=((translate("explain.example-head"), *features, "y"), *rows))

    def _number(self, example: int) -> str:
        """The number of an example, with a sign at the present one."""
        here = "▸" if example == self.example and self.trace.batch_size > 1 else " "
        return f"{here}{example + 1}"

    def _standardised(self) -> Iterator[Part]:
        """How the features and the label of the present example became what they are."""
        data, example = self.facts.dataset, self.example
        equations = []
        if self.facts.spec.model.name != "polynomial" and len(self.x) == data.features <= _TABLE_FEATURES:
            for index, (value, shift, scale) in enumerate(
                zip(self.x[:, example], data.x_mean, data.x_scale, strict=True)
            ):
                equations.append(_scaled(self.name.feature(index), float(value), float(shift), float(scale)))
        if not self.trace.loss.classifies:
            equations.append(_scaled("y", float(self.trace.labels[0, example]), data.y_mean, data.y_scale))
        if found := [each for each in equations if each is not None]:
            yield translate("explain.standardised", number=example + 1)
            yield Numbers(tuple(found))

    # -- forwards -----------------------------------------------------------------------------------------------

    def forward(self, layer: int) -> Stage:
        """The sums and outputs of a layer."""
        name, each, example = self.name, self.trace.layers[layer], self.example
        total = name.tex_sum(layer)
        formula = f"{total} = {name.tex('b', layer)} + {name.tex_weights(layer)} {name.tex_input(layer)}"
        parts: list[Part] = []
        if name.is_last(layer):
            parts.append(f"$${formula}$$")
        else:
            kind = ACTIVATION_FORMULAS[each.activation]
            parts += [f"$${formula}$$", f"$$a_{{{layer + 1}}} = f({total}), \\quad f(r) = {kind.tex}$$"]
        parts += [self._example_text, Numbers(tuple(self._sums(layer)))]
        if name.is_last(layer) and self.trace.probabilities is not None:
            parts += [translate("explain.softmax"), r"$$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$$"]
            parts.append(Numbers(tuple(self._probabilities(each.sums[:, example], self.trace.probabilities))))
        stage: StageName = "forward-output" if name.is_last(layer) else "forward-hidden"
        return Stage(stage, self._layer_title("explain.stage-forward", layer), tuple(parts), layer, "forward")

    def _sums(self, layer: int) -> Iterator[Equation]:
        name, each, example = self.name, self.trace.layers[layer], self.example
        inputs = each.inputs[:, example]
        for unit in range(each.units):
            weights, bias, total = each.weights[unit], float(each.bias[unit]), float(each.sums[unit, example])
            symbols = (
                name.bias(layer, unit),
                *(f"+ {name.weight(layer, unit, at)} {name.input(layer, at)}" for at in range(len(inputs))),
            )
            put_in = terms([number(bias), *(product(*pair) for pair in zip(weights, inputs, strict=True))])
            steps = [put_in, (number(total),)]
            if unit == 0 or len(inputs) <= _SYMBOLS_UP_TO:
                steps.insert(0, symbols)
            yield Equation(name.sum(layer, unit), tuple(steps))
            if not name.is_last(layer):
                formula = ACTIVATION_FORMULAS[each.activation]
                value = number(each.outputs[unit, example])
                put_in = (formula.value(total),)
                yield Equation(name.input(layer + 1, unit), (put_in, *(((value,),) if put_in != (value,) else ())))

    def _probabilities(self, logits: Array, probabilities: Array) -> Iterator[Equation]:
        powers = np.exp(logits)
        if not np.isfinite(powers).all():  # the library subtracts the largest logit first, which changes nothing
            logits = logits - logits.max()
            powers = np.exp(logits)
        total = terms([number(power) for power in powers])
        for unit, logit in enumerate(logits):
            ratio = (f"e^{_exponent(float(logit))} / ({total[0]}", *total[1:])
            closed = (*ratio[:-1], f"{ratio[-1]})")
            yield Equation(f"p[{unit + 1}]", (closed, (number(probabilities[unit, self.example]),)))

    # -- the loss -----------------------------------------------------------------------------------------------

    def loss(self) -> Stage:
        """The loss of the example, and the mean over the batch."""
        trace, formula = self.trace, self.loss_formula
        own = Equation("ℓ", (formula.value(trace, self.example), (number(trace.losses[self.example]),)))
        parts: list[Part] = [f"$$\\ell = {formula.tex}$$", self._example_text, Numbers((own,))]
        parts += [translate("explain.mean-loss", count=trace.batch_size), r"$$L = \frac{1}{B} \sum_n \ell_n$$"]
        whole = Equation("L", (mean([number(loss) for loss in trace.losses]), (number(trace.mean_loss),)))
        parts.append(Numbers((whole,)))
        if trace.unit != 1:
            value = number(trace.mean_loss * trace.unit)
            parts.append(translate("explain.in-units", value=value))
        return Stage("loss", translate("explain.stage-loss"), tuple(parts), len(trace.layers) - 1)

    # -- backwards ----------------------------------------------------------------------------------------------

    def backward(self, layer: int) -> Stage:
        """The slopes of a layer's sums, and the gradient of its parameters."""
        name, last = self.name, self.name.is_last(layer)
        delta = name.tex("\\delta", layer)
        if last:
            target = "z" if self.trace.loss.classifies else "\\hat y"
            formulas = [
                f"$${delta} = \\frac{{\\partial \\ell}}{{\\partial {target}}} = {self.loss_formula.slope_tex}$$"
            ]
        else:
            kind = ACTIVATION_FORMULAS[self.trace.layers[layer].activation]
            below = f"\\frac{{\\partial \\ell}}{{\\partial a_{{{layer + 1}}}}}"
            above = f"W_{{{layer + 2}}}^T \\delta_{{{layer + 2}}}"
            formulas = [
                f"$${below} = {above}$$",
                f"$${delta} = {below} \\odot f'(r_{{{layer + 1}}}), \\quad f'(r) = {kind.slope_tex}$$",
            ]
        paths = [translate("explain.paths")] if not last and self.trace.layers[layer + 1].units > 1 else []
        gradient = (
            f"$$\\frac{{\\partial L}}{{\\partial {name.tex_weights(layer)}}} = \\frac{{1}}{{B}} \\sum "
            f"{delta} {name.tex_input(layer)}^T, \\quad "
            f"\\frac{{\\partial L}}{{\\partial {name.tex('b', layer)}}} = \\frac{{1}}{{B}} \\sum {delta}$$"
        )
        return Stage(
            "backward-output" if last else "backward-hidden",
            self._layer_title("explain.stage-backward", layer),
            (
                *formulas,
                sentences(*paths, self._example_text),
                Numbers(tuple(self._deltas(layer))),
                translate("explain.gradient", count=self.trace.batch_size),
                gradient,
                Numbers(tuple(self._gradients(layer))),
            ),
            layer,
            "backward",
        )

    def _deltas(self, layer: int) -> Iterator[Equation]:
        name, each, example = self.name, self.trace.layers[layer], self.example
        for unit in range(each.units):
            value = number(each.delta[unit, example])
            if name.is_last(layer):
                put_in = self.loss_formula.slope(self.trace, example, unit)
                yield Equation(name.delta(layer, unit), ((put_in,), (value,)))
                continue
            slope = float(each.output_gradient[unit, example])
            yield self._paths(layer, unit, slope)
            steep = ACTIVATION_FORMULAS[each.activation].slope(
                float(each.sums[unit, example]), float(each.outputs[unit, example])
            )
            yield Equation(name.delta(layer, unit), ((f"{number(slope)} · {steep}",), (value,)))

    def _paths(self, layer: int, unit: int, slope: float) -> Equation:
        """The slope with respect to the output of a unit: the sum over all paths that lead on from it."""
        name, above = self.name, self.trace.layers[layer + 1]
        ways = range(above.units)
        put_in = terms([product(above.weights[way, unit], above.delta[way, self.example]) for way in ways])
        symbols = terms([f"{name.weight(layer + 1, way, unit)} {name.delta(layer + 1, way)}" for way in ways])
        steps = [put_in, (number(slope),)]
        if unit == 0 or above.units <= _SYMBOLS_UP_TO:
            steps.insert(0, symbols)
        return Equation(f"∂ℓ/∂{name.input(layer + 1, unit)}", tuple(steps))

    def _gradients(self, layer: int) -> Iterator[Equation]:
        name, each = self.name, self.trace.layers[layer]
        for unit in range(each.units):
            delta = each.delta[unit]
            for at, inputs in enumerate(each.inputs):
                products = [product(*pair) for pair in zip(delta, inputs, strict=True)]
                slope = (number(each.weight_gradient[unit, at]),)
                yield Equation(f"∂L/∂{name.weight(layer, unit, at)}", (mean(products), slope))
            slope = (number(each.bias_gradient[unit]),)
            put_in = mean([number(value) for value in delta])
            yield Equation(f"∂L/∂{name.bias(layer, unit)}", (put_in, *((slope,) if put_in != slope else ())))

    # -- the update ---------------------------------------------------------------------------------------------

    def rules(self) -> Iterator[Stage]:
        """What is done to the gradient before the optimizer sees it; a stage only if anything is."""
        trace, optimizer = self.trace, self.facts.spec.optimizer
        parts: list[Part] = []
        if self.facts.spec.model.sign_bug:
            parts += [translate("explain.sign-bug"), r"$$g \leftarrow -g$$"]
        if optimizer.gradient_noise:
            parts += [translate("explain.noise", size=number(optimizer.gradient_noise)), r"$$g \leftarrow g + s n$$"]
        if optimizer.gradient_clip:
            length, most = float(np.linalg.norm(trace.gradient)), number(optimizer.gradient_clip)
            parts.append(translate("explain.clip", most=most, length=number(length)))
            parts.append(r"$$g \leftarrow g \cdot \min(1, \frac{c}{|g|})$$")
        if optimizer.weight_decay and "weight_decay" not in trace.constants:
            parts.append(translate("explain.decay", decay=number(optimizer.weight_decay)))
            parts.append(r"$$g \leftarrow g + \lambda w$$")
        if not parts:
            return
        names = self.name.parameters(trace)
        rows = zip(names, self._backpropagated(), trace.used_gradient, strict=True)
        head = (
            translate("explain.parameter"),
            translate("explain.gradient-before"),
            translate("explain.gradient-used"),
        )
        grid = (head, *((name, number(before), number(used)) for name, before, used in rows))
        yield Stage("rules", translate("explain.stage-rules"), (*parts, Numbers(grid=grid)))

    def _backpropagated(self) -> list[float]:
        """The gradient as the stages before have shown it, in the order of θ."""
        layers = self.trace.layers
        return [value for layer in layers for value in _in_order(layer.weight_gradient, layer.bias_gradient)]

    def update(self) -> Stage:
        """The optimizer's formula, in full for some parameters and as a table for all."""
        trace, spec = self.trace, self.facts.spec
        name = "gd" if spec.optimizer.name in WITHOUT_GRADIENT else spec.optimizer.name
        formula = OPTIMIZER_FORMULAS[name]
        names = self.name.parameters(trace)
        by_hand = [translate("explain.by-hand")] if name != spec.optimizer.name else []
        constants = [f"η = {number(trace.learning_rate)}"]
        constants += [f"{sign} = {number(trace.constants[each])}" for each, sign in formula.constants.items()]
        constants += [f"t = {trace.steps}"] if trace.steps else []
        full = range(len(names) if len(names) <= _IN_FULL else 1)
        parts: list[Part] = [
            *by_hand,
            *(f"$${tex}$$" for tex in formula.tex),
            Numbers(items=tuple(constants)),
        ]
        for index in full:
            parts.append(
                translate("explain.one-parameter", name=names[index], gradient=number(trace.used_gradient[index]))
            )
            parts.append(Numbers(tuple(formula.equations(Move(trace, index, names[index])))))
        if len(names) > 1:
            parts += [translate("explain.all-parameters"), Numbers(grid=tuple(self._moves(names, formula.letters)))]
        return Stage("update", translate("explain.stage-update"), tuple(parts))

    def _moves(self, names: Sequence[str], states: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
        """A table of all parameters; ``states`` are the letters of the optimizer's state."""
        trace = self.trace
        yield (
            translate("explain.parameter"), "g", *states.values(),
            translate("explain.before"), translate("explain.after"),
        )  # fmt: skip
        for index, name in enumerate(names):
            state = [number(trace.state_after[each][index]) for each in states]
            yield (
                name, number(trace.used_gradient[index]), *state, number(trace.before[index]),
                number(trace.after[index]),
            )  # fmt: skip

    def after(self) -> Stage:
        """The loss over the same batch with the new parameters."""
        trace = self.trace
        in_units = [translate("explain.in-units", value=number(trace.new_loss * trace.unit))] if trace.unit != 1 else []
        key = "explain.loss-fell" if trace.new_loss < trace.mean_loss else "explain.loss-rose"
        if trace.new_loss == trace.mean_loss:
            key = "explain.loss-stayed"
        before, after = number(trace.mean_loss), number(trace.new_loss)
        parts: list[Part] = [
            translate("explain.new-loss"),
            Numbers((Equation("L", ((before,),), "="), Equation("L′", ((after,),), "="))),
            *in_units,
            translate(key),
        ]
        if trace.batch_size < len(self.facts.dataset.x_train):
            parts.append(translate("explain.other-batches"))
        return Stage("after", translate("explain.stage-after"), tuple(parts))


def _in_order(weights: Array, bias: Array) -> list[float]:
    """The entries of a layer in the order of θ: each unit's weights, then its bias."""
    return [float(value) for value in np.column_stack([weights, bias]).ravel()]


def _scaled(name: str, value: float, shift: float, scale: float) -> Equation | None:
    """How a value became what it is; None if it is as the data has it."""
    if shift == 0 and scale == 1:
        return None
    raw = value * scale + shift
    above = " ".join(terms([number(raw), number(-shift)]))
    return Equation(name, ((f"({above}) / {number(scale)}",), (number(value),)))


def _exponent(value: float) -> str:
    text = number(value)
    return text if text.isdecimal() else f"({text})"
