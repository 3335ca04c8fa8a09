"""The code that trains, for a learner to read: where it stands, its text, and which of it trains in a lab."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.ml import activations, diagnostics, gradient_rules, losses, optimizers, schedules, sequences
from tutor.ml.datasets.dataset import CLASSIFICATION
from tutor.ml.models import coin_flips, drawn_function, keyword_rule, naive_forecast
from tutor.ml.network import layers, network
from tutor.ml.network import training as network_training
from tutor.ml.settings import Lab

_PACKAGE = Path(__file__).resolve().parents[1]


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

    @property
    def place(self) -> str:
        """File and line, from the folder in which the package is: ``tutor/ml/losses.py:74``."""
        return f"{self.path.relative_to(_PACKAGE.parent).as_posix()}:{self.line}"


_PARTS: dict[str, tuple[Callable[..., object], ...]] = {
    "linear": (layers.Linear,),
    "activation-layer": (layers.ActivationLayer,),
    "batch-norm": (layers.BatchNorm,),
    "dropout": (layers.Dropout,),
    "residual": (layers.Sequential, layers.Residual),
    "softmax": (losses.softmax,),
    "network": (layers.Sequential, network.Network),
    "backward": (
        network.Network.backpropagate,
        layers.Sequential.backward,
        layers.Linear,
        layers.ActivationLayer,
    ),
    "viterbi": (sequences.most_probable_states,),
    "gradient-rules": (gradient_rules.GradientRules,),
    "gradient-check": (diagnostics.measured_gradient, diagnostics.check_gradient),
}
_TRAININGS: dict[str, type] = {
    "network-training": network_training.NetworkTraining,
    "drawn-function": drawn_function.FunctionDescent,
    "keyword-rule": keyword_rule.KeywordRule,
    "coin-flips": coin_flips.CoinFlips,
    "naive-forecast": naive_forecast.NaiveForecast,
}


def _optimizer(name: str) -> list[Passage]:
    kinds = inspect.getmro(optimizers.OPTIMIZERS[name])
    return [_passage(kind) for kind in reversed(kinds[: kinds.index(optimizers.Optimizer)])]


def _loss(name: str) -> list[Passage]:
    loss = losses.LOSSES[name]
    formulas: list[Callable[..., object]] = [losses.softmax] if loss.classifies else []
    return [_passage(each) for each in (*formulas, loss.mean, loss.gradient)]


_KINDS: Mapping[str, tuple[Mapping[str, Any], Callable[[str], list[Passage]]]] = {
    "optimizer": (optimizers.OPTIMIZERS, _optimizer),
    "loss": (losses.LOSSES, _loss),
    "activation": (activations.ACTIVATIONS, lambda name: [_table_entry(activations.__file__, name)]),
    "schedule": (schedules.SCHEDULES, lambda name: [_passage(schedules.SCHEDULES[name])]),
    "function": (drawn_function.FUNCTIONS, lambda name: [_table_entry(drawn_function.__file__, name)]),
    "part": (_PARTS, lambda name: [_passage(each) for each in _PARTS[name]]),
    "training": (_TRAININGS, lambda name: [_passage(_TRAININGS[name])]),
}
"""For each kind of code, what there is of it, and what reads one of them."""


def source_names() -> dict[str, tuple[str, ...]]:
    """What `source_of` knows, by kind."""
    return {kind: tuple(names) for kind, (names, _) in _KINDS.items()}


def source_of(name: str, kind: str = "") -> list[Passage]:
    """The code of something in `source_names`; what it builds on first.

    Args:
        name: Its name.
        kind: Its kind; the first that has the name if none is given.

    Raises:
        KeyError: There is none of that name.
    """
    for each, (names, read) in _KINDS.items():
        if kind in {"", each} and name in names:
            return read(name)
    raise KeyError(name)


def parts_of(lab: Lab, task: str = "") -> list[tuple[str, str]]:
    """What trains in a lab, as kind and name for `source_of`: first what moves the parameters, last the whole.

    Args:
        lab: Its settings.
        task: Of the data, as a run tells it; what the data set promises if no run has told yet.
    """
    model, optimizer = lab.model, lab.optimizer
    kind = model.kind
    descends = kind.descends and optimizer.name in optimizers.OPTIMIZERS
    rules = optimizer.gradient_clip or optimizer.gradient_noise or (optimizer.weight_decay and not _decays(lab))
    hidden = kind.layers and bool(model.hidden)
    used = {
        ("optimizer", optimizer.name): descends,
        ("loss", _loss_name(lab, task)): not kind.guesses and model.name != "function",
        ("function", model.function): model.name == "function",
        ("activation", model.activation): hidden,
        ("schedule", optimizer.schedule): descends and optimizer.schedule != "constant",
        ("part", "gradient-rules"): descends and bool(rules),
        ("part", "linear"): kind.network,
        ("part", "activation-layer"): hidden,
        ("part", "batch-norm"): hidden and model.batch_norm,
        ("part", "dropout"): hidden and model.dropout > 0,
        ("part", "residual"): hidden and model.residual,
        ("part", "network"): kind.network,
        ("training", _training(lab)): True,
    }
    return [part for part, holds in used.items() if holds]


def _decays(lab: Lab) -> bool:
    """Whether the optimizer decays weights itself."""
    found = optimizers.OPTIMIZERS.get(lab.optimizer.name)
    return found is not None and found.decays_weights


def _loss_name(lab: Lab, task: str) -> str:
    """The loss as `LOSSES` has it: that of probabilities has a name of its own."""
    if not task:
        task = CLASSIFICATION if lab.data.target_as == "class" and lab.data.source.task == CLASSIFICATION else ""
    of_probabilities = {loss.name: name for name, loss in losses.LOSSES.items() if loss.classifies}
    return of_probabilities.get(lab.loss.name, lab.loss.name) if task == CLASSIFICATION else lab.loss.name


def _training(lab: Lab) -> str:
    """The training that `tutor.ml.factory.make_training` makes."""
    if lab.model.kind.network:
        return "network-training"
    if lab.model.kind.rule:
        return "keyword-rule"
    return {"function": "drawn-function", "naive": "naive-forecast"}.get(lab.model.name, lab.model.name)


def _passage(thing: Callable[..., object]) -> Passage:
    lines, first = inspect.getsourcelines(thing)
    return Passage(Path(inspect.getsourcefile(thing) or ""), first, "".join(lines).rstrip())


def _table_entry(file: str, name: str) -> Passage:
    """What stands in a table under ``name``, be it a key or the first argument of a call, with the comment above it."""
    path = Path(file)
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        for first, last in _entries(node, name):
            start = first
            while lines[start - 2].lstrip().startswith("#"):
                start -= 1
            return Passage(path, start, inspect.cleandoc("\n".join(lines[start - 1 : last])))
    raise KeyError(name)


def _entries(node: ast.AST, name: str) -> list[tuple[int, int]]:
    """First and last line of the entries of a table that are called ``name``."""
    named: list[tuple[ast.expr, ast.expr]]
    if isinstance(node, ast.Call) and node.args:
        named = [(node.args[0], node)]
    elif isinstance(node, ast.Dict):
        named = [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key is not None]
    else:
        return []
    return [
        (min(key.lineno, value.lineno), value.end_lineno or value.lineno)
        for key, value in named
        if isinstance(key, ast.Constant) and key.value == name
    ]
