"""Combinations that no run can make sense of, told before it starts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tutor.course.conditions import ConditionError, parse
from tutor.foundation.translate import listed, translate
from tutor.labs.controls import value_of
from tutor.labs.lab_config import NO_DESCENT, LabConfig
from tutor.ml.options import MAIL_WORDS

SERIES = frozenset({"views", "rebound", "bike-sharing"})
_CLASS_COUNTS = {
    "blobs": 3,
    "moons": 2,
    "spiral": 3,
    "iris": 3,
    "penguins": 3,
    "spambase": 2,
    "digits": 10,
    "mails": 2,
    "phones": 8,
    "japanese-vowels": 9,
    "vowels": 11,
    "coins": 2,
}
CLASSES = frozenset({*_CLASS_COUNTS, "text"})
_GROUPED = frozenset({"vowels"})
"""Data whose rows belong to somebody."""
_HIRED = ("casual", "registered", "total")
"""What may be predicted of bicycles."""
CURVED = frozenset({"saddle", "bowl"})
"""Drawn functions whose Hessian is known."""
NETWORKS = frozenset({"linear", "polynomial", "softmax", "mlp", "char-mlp"})
RULES = frozenset({"threshold", "keyword-rule"})
GUESSES = RULES | {"coin-flips"}
"""The models whose loss is the share of mistakes."""
_DESCENTS = frozenset({"gd", "sgd", "momentum", "adagrad", "adagrad-mean", "rmsprop", "adam", "manual"})
_OPTIMIZERS = {
    "threshold": frozenset({"search", "manual"}),
    "keyword-rule": frozenset({"none", "manual"}),
    "coin-flips": frozenset({"search"}),
    "naive": _DESCENTS | {"least-squares", "none"},
    "mlp": _DESCENTS | {"none"},
    "linear": _DESCENTS | {"least-squares"},
    "polynomial": _DESCENTS | {"least-squares"},
}
_STOP = re.compile(r"no-improvement ([1-9]\d{0,6})")


class Impossible(NamedTuple):
    """Why a spec cannot be run, at which key."""

    key: str
    message: str
    hint: str = ""


def patience_of(stop: str) -> int | None:
    """The N of ``no-improvement N``; None where the run never stops early.

    Raises:
        ValueError: ``stop`` is something else.
    """
    if not stop:
        return None
    match = _STOP.fullmatch(stop.strip())
    if match is None:
        raise ValueError(stop)
    return int(match[1])


def task_of(spec: LabConfig) -> str:
    """``classification``, ``regression``, ``drawn``, or ``""`` where only the data can tell."""
    if spec.data.name == "curve":
        return "drawn"
    if spec.data.name == "csv":
        return "" if spec.data.task == "auto" else spec.data.task
    return "classification" if spec.data.name in CLASSES and spec.data.target_as == "class" else "regression"


def impossibilities(spec: LabConfig) -> list[Impossible]:
    """Every reason why ``spec`` cannot be run."""
    return [impossible for check in _CHECKS for impossible in check(spec)]


def _csv(spec: LabConfig) -> Iterator[Impossible]:
    for key in ("path", "target"):
        if spec.data.name == "csv" and not getattr(spec.data, key):
            yield Impossible(f"data.{key}", translate("runs.csv-needs", key=f"data.{key}"))


def _drawn(spec: LabConfig) -> Iterator[Impossible]:
    drawn = {
        "data.name": spec.data.name == "curve",
        "model.name": spec.model.name == "function",
        "loss.name": spec.loss.name == "function",
    }
    if any(drawn.values()) and not all(drawn.values()):
        wrong = next(key for key, each in drawn.items() if not each)
        yield Impossible(wrong, translate("runs.drawn-together", key=wrong))


def _pairs(spec: LabConfig) -> Iterator[Impossible]:
    task, model, loss = task_of(spec), spec.model.name, spec.loss.name
    if loss == "cross-entropy" and (task == "regression" or model in {"linear", "polynomial", "naive"}):
        yield Impossible("loss.name", translate("runs.cross-entropy-needs-classes"))
    if model == "softmax" and task == "regression":
        yield Impossible("model.name", translate("runs.softmax-needs-classes", data=spec.data.name))
    if model in {"linear", "polynomial"} and task == "classification":
        yield Impossible("model.name", translate("runs.model-gives-numbers", model=model))
    if model == "keyword-rule" and spec.data.name != "mails":
        yield Impossible("model.name", translate("runs.keyword-needs-mails"))
    if (model == "coin-flips") != (spec.data.name == "coins"):
        yield Impossible("model.name", translate("runs.coin-flips-and-coins"))
    if spec.loss.offset and loss in {"mistakes", "function"}:
        yield Impossible("loss.offset", translate("runs.offset-needs-data"))
    if (loss == "mistakes") != (model in GUESSES):
        yield Impossible("loss.name", translate("runs.mistakes-need-rule"))
    if spec.optimizer.name not in _OPTIMIZERS.get(model, _DESCENTS):
        yield Impossible(
            "optimizer.name", translate("runs.optimizer-does-not-fit", optimizer=spec.optimizer.name, model=model)
        )
    if spec.manual and model not in {"linear", "function", *RULES}:
        yield Impossible("optimizer.name", translate("runs.manual-needs-small"))


def _classes(spec: LabConfig) -> Iterator[Impossible]:
    data, count = spec.data, _CLASS_COUNTS.get(spec.data.name, 0)
    if spec.loss.name == "mae" and task_of(spec) == "classification":
        yield Impossible("loss.name", translate("effects.mae-needs-numbers"))
    if count and data.class_order and sorted(data.class_order) != list(range(count)):
        message = translate("ml.not-an-order", order=list(data.class_order), count=count - 1)
        yield Impossible("data.class_order", message)
    if spec.model.name in GUESSES and data.target_as == "class-number":
        yield Impossible("data.target_as", translate("effects.rule-needs-classes", model=spec.model.name))
    if spec.model.name in RULES and data.name == "mails" and spec.model.keyword not in (data.features or MAIL_WORDS):
        known = listed(data.features or MAIL_WORDS)
        message = translate("effects.no-such-keyword", keyword=spec.model.keyword, known=known)
        yield Impossible("model.keyword", message)


def _splits(spec: LabConfig) -> Iterator[Impossible]:
    data = spec.data
    if data.split == "grouped" and data.name not in _GROUPED and not (data.name == "csv" and data.group):
        yield Impossible("data.split", translate("ml.no-groups"), translate("ml.no-groups-hint"))
    if data.name == "bike-sharing" and data.target not in {"", *_HIRED}:
        message = translate("effects.no-such-target", target=data.target, known=listed(_HIRED))
        yield Impossible("data.target", message)


def _folds(spec: LabConfig) -> Iterator[Impossible]:
    if spec.data.folds and spec.data.name == "curve":
        yield Impossible("data.folds", translate("runs.folds-need-data"))
    if spec.data.folds == 1:
        yield Impossible("data.folds", translate("runs.one-fold"))


def _naive(spec: LabConfig) -> Iterator[Impossible]:
    if spec.model.name == "naive" and spec.data.name not in SERIES:
        yield Impossible("model.name", translate("runs.naive-needs-series", data=spec.data.name))


def _writing(spec: LabConfig) -> Iterator[Impossible]:
    writes = spec.model.name == "char-mlp"
    if writes != (spec.data.name == "text"):
        yield Impossible("data.name" if writes else "model.name", translate("writing.text-and-char-mlp"))
    if spec.data.name == "text" and spec.data.text == "file" and not spec.data.path:
        yield Impossible("data.path", translate("writing.file-needs-path"))
    if spec.data.name == "text" and spec.data.folds:
        yield Impossible("data.folds", translate("writing.no-folds"))


def _batch_norm(spec: LabConfig) -> Iterator[Impossible]:
    if spec.model.batch_norm and spec.train.batch_size == 1:
        yield Impossible("train.batch_size", translate("runs.batch-norm-needs-batch"))


def bends_in(spec: LabConfig) -> bool:
    """Whether the model is one hidden layer of (hard) sigmoids: a sum of bends, where the data has one feature."""
    model = spec.model
    one_layer = model.name == "mlp" and len(model.hidden) * model.depth == 1
    return one_layer and model.activation in {"sigmoid", "hard-sigmoid"} and task_of(spec) in {"regression", ""}


def _placed(spec: LabConfig) -> Iterator[Impossible]:
    if spec.model.placed and not bends_in(spec):
        yield Impossible("model.placed", translate("runs.placed-needs-bends"))
    if spec.model.pieces and not (bends_in(spec) and len(spec.model.pieces) == 3 * sum(spec.model.hidden) + 1):
        yield Impossible("model.pieces", translate("runs.pieces-need-bends"))
    if spec.model.sign_bug and (spec.model.name != "mlp" or not spec.model.hidden):
        yield Impossible("model.sign_bug", translate("runs.sign-bug-needs-layers"))


def _panels(spec: LabConfig) -> Iterator[Impossible]:
    task, model = task_of(spec), spec.model.name
    follows = spec.optimizer.name not in NO_DESCENT
    descends = follows and model in NETWORKS
    possible = {
        "fit": task in {"regression", ""},
        "curve": task == "drawn",
        "surface": model in {"linear", "function"},
        "boundary": (task in {"classification", ""} and model != "char-mlp") or spec.data.target_as == "class-number",
        "confusion": (task in {"classification", ""} and model != "char-mlp") or spec.data.target_as == "class-number",
        "updates": descends,
        "gradients": descends,
        "pieces": bends_in(spec),
        "shapes": model in NETWORKS,
        "gradient-check": model in NETWORKS and not spec.model.batch_norm,
        "digits": spec.data.name == "digits",
        "norms": follows and model in {*NETWORKS, "function"} and not spec.data.folds,
        "series": task in {"regression", ""},
        "autocorrelation": spec.data.name in SERIES,
        "threshold": model in RULES,
        "folds": task != "drawn",
        "text": model == "char-mlp",
    }
    for panel in spec.show.panels:
        if not possible.get(panel, True):
            yield Impossible("show.panels", translate("runs.impossible-panel", panel=panel, model=model))


def _steps(spec: LabConfig) -> Iterator[Impossible]:
    if spec.optimizer.eigenvector_step and (spec.model.name != "function" or spec.model.function not in CURVED):
        message = translate("runs.eigenvector-needs-curvature", functions=listed(sorted(CURVED)))
        yield Impossible("optimizer.eigenvector_step", message)


def _stop(spec: LabConfig) -> Iterator[Impossible]:
    try:
        patience_of(spec.train.stop)
    except ValueError:
        expected = translate("runs.expect-stop")
        message = translate("runs.wrong-value", key="train.stop", expected=expected, found=spec.train.stop)
        yield Impossible("train.stop", message)


def _goal(spec: LabConfig) -> Iterator[Impossible]:
    if spec.challenge.goal:
        try:
            parse(spec.challenge.goal)
        except ConditionError as error:
            yield Impossible("challenge.goal", translate("runs.wrong-goal", reason=str(error)))


def _controls(spec: LabConfig) -> Iterator[Impossible]:
    for name, control in spec.controls.items():
        value = value_of(spec, control.key)
        if value is not None and not control.allows(value):
            message = translate("runs.default-outside", name=name, key=control.key, value=value)
            yield Impossible(f"controls.{name}", message)


_CHECKS: tuple[Callable[[LabConfig], Iterator[Impossible]], ...] = (
    _csv,
    _drawn,
    _pairs,
    _classes,
    _splits,
    _naive,
    _placed,
    _folds,
    _batch_norm,
    _writing,
    _panels,
    _steps,
    _stop,
    _goal,
    _controls,
)
