"""The code that trains, for a learner to read: its file, its line and its text."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tutor.ml import activations, diagnostics, gradient_rules, losses, optimizers, schedules
from tutor.ml.network import layers, network


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of a file that belong together.

    Args:
        path: The file.
        line: The number of the first line, from 1.
        text: The lines.
    """

    path: Path
    line: int
    text: str


_PARTS: dict[str, tuple[Callable[..., object], ...]] = {
    "linear": (layers.Linear,),
    "activation-layer": (layers.ActivationLayer,),
    "batch-norm": (layers.BatchNorm,),
    "dropout": (layers.Dropout,),
    "residual": (layers.Chain, layers.Residual),
    "softmax": (losses.softmax,),
    "network": (layers.Chain, network.Network),
    "backward": (
        network.Network.backpropagate,
        layers.Chain.backward,
        layers.Linear,
        layers.ActivationLayer,
    ),
    "gradient-rules": (gradient_rules.GradientRules,),
    "gradient-check": (diagnostics.measured_gradient, diagnostics.check_gradient),
}


def source_names() -> dict[str, tuple[str, ...]]:
    """The names that `source_of` knows, by kind."""
    return {
        "optimizer": tuple(optimizers.OPTIMIZERS),
        "loss": tuple(losses.LOSSES),
        "activation": tuple(activations.ACTIVATIONS),
        "schedule": tuple(schedules.SCHEDULES),
        "part": tuple(_PARTS),
    }


def source_of(name: str) -> list[Passage]:
    """The code of an optimizer, a loss, an activation, a schedule or a part of a network, after what it builds on.

    Raises:
        KeyError: Nothing has that name.
    """
    if name in optimizers.OPTIMIZERS:
        kinds = inspect.getmro(optimizers.OPTIMIZERS[name])
        return [_passage(kind) for kind in reversed(kinds[: kinds.index(optimizers.Optimizer)])]
    if name in losses.LOSSES:
        loss = losses.LOSSES[name]
        formulas: list[Callable[..., object]] = [losses.softmax] if loss.classifies else []
        return [_passage(each) for each in (*formulas, loss.mean, loss.gradient)]
    if name in activations.ACTIVATIONS:
        return [_table_entry(activations.__file__, name)]
    if name in schedules.SCHEDULES:
        return [_passage(schedules.SCHEDULES[name])]
    return [_passage(part) for part in _PARTS[name]]


def _passage(thing: Callable[..., object]) -> Passage:
    lines, first = inspect.getsourcelines(thing)
    return Passage(Path(inspect.getsourcefile(thing) or ""), first, "".join(lines).rstrip())


def _table_entry(file: str, name: str) -> Passage:
    """The call in a table whose first argument is ``name``, with the comment above it."""
    path = Path(file)
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        first = node.args[0] if isinstance(node, ast.Call) and node.args else None
        if isinstance(node, ast.Call) and isinstance(first, ast.Constant) and first.value == name:
            start = node.lineno
            while lines[start - 2].lstrip().startswith("#"):
                start -= 1
            return Passage(path, start, inspect.cleandoc("\n".join(lines[start - 1 : node.end_lineno])))
    raise KeyError(name)
