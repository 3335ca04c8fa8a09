"""Which settings change anything in a run: one that no part of it goes by is a mistake, and is told before it starts.

Only what a spec alone tells is judged: what takes a look at the data is left to the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from tutor.foundation.translate import listed, translate
from tutor.labs.controls import value_of
from tutor.labs.faults import SpecError, SpecFault
from tutor.labs.lab_config import NO_DESCENT, SHORT_NAMES, ControlConfig, LabConfig
from tutor.labs.validate import CLASSES, NETWORKS, RULES, SERIES

_LAYERED = frozenset({"mlp", "char-mlp"})
_DRAWN_AT_RANDOM = frozenset({"blobs", "moons", "spiral", "wave", "quadratic", "phones", "vowels"})
_FRAMED = frozenset({"phones", "japanese-vowels"})
_TABLES_WITH_A_LABEL = frozenset({"csv", "bike-sharing"})
_KEPT_BACK = frozenset({"quadratic", "phones", "coins", "japanese-vowels"})
"""Data that comes with its rows for validation."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """When a key changes something, and what to say where it does not: ``only`` names what goes by it."""

    holds: Callable[[LabConfig], bool]
    text: str
    """The key of the sentence."""
    only: frozenset[str] = frozenset()

    def told(self, spec: LabConfig) -> str:
        """Why it changes nothing."""
        found = {
            "effects.model": spec.model.name,
            "effects.data": spec.data.name,
            "effects.optimizer": spec.optimizer.name,
            "effects.schedule": spec.optimizer.schedule,
        }
        names = listed(sorted(self.only))
        return translate(self.text, names=names, found=found.get(self.text, ""), model=spec.model.name)


def _of_model(*names: str) -> _Rule:
    return _Rule(lambda spec: spec.model.name in names, "effects.model", frozenset(names))


def _of_data(names: frozenset[str]) -> _Rule:
    return _Rule(lambda spec: spec.data.name in names, "effects.data", names)


def _of_optimizer(name: str) -> _Rule:
    return _Rule(lambda spec: spec.optimizer.name == name, "effects.optimizer", frozenset({name}))


def _descends(spec: LabConfig) -> bool:
    return spec.optimizer.name not in NO_DESCENT and spec.model.name in {*NETWORKS, "function"}


def _in_batches(spec: LabConfig) -> bool:
    return spec.optimizer.name not in {*NO_DESCENT, "gd"} and spec.model.name in NETWORKS


def _starts_anywhere(spec: LabConfig) -> bool:
    """Whether the model is a line over one feature that is moved, by search or by hand, from where it starts."""
    many = spec.data.name in SERIES and spec.data.lags > 1
    return spec.model.name == "linear" and spec.optimizer.name != "least-squares" and not many


def _anything_random(spec: LabConfig) -> bool:
    model, optimizer = spec.model.name, spec.optimizer
    if model == "function":
        return optimizer.gradient_noise > 0 or optimizer.eigenvector_step > 0
    return model not in {*RULES, "naive"} and optimizer.name != "least-squares"


def _has_data_seed(spec: LabConfig) -> bool:
    data = spec.data
    if data.name == "japanese-vowels":
        return data.folds > 0
    return data.name != "curve" and (data.name != "bike-sharing" or data.split == "random")


def _reads_a_file(spec: LabConfig) -> bool:
    return spec.data.name == "csv" or (spec.data.name == "text" and spec.data.text == "file")


def _is_split(spec: LabConfig) -> bool:
    return spec.data.folds > 0 or spec.data.name not in {*_KEPT_BACK, "curve", "text"}


_LAYERS = _of_model(*sorted(_LAYERED))
_IN_LAYERS = _Rule(lambda spec: spec.model.name in _LAYERED and bool(spec.model.hidden), "effects.no-layers")
_DESCENT = _Rule(_descends, "effects.no-descent")
_BATCHES = _Rule(_in_batches, "effects.whole-batches")
_NUMBERED = _Rule(lambda spec: spec.data.name in {*CLASSES, "csv"} - {"text"}, "effects.no-classes")
_LINES = _of_data(SERIES)
_CSV = _of_data(frozenset({"csv"}))
_TEXTS = _of_data(frozenset({"text"}))

_RULES: dict[str, _Rule] = {
    "model.hidden": _LAYERS,
    "model.depth": _IN_LAYERS,
    "model.activation": _IN_LAYERS,
    "model.residual": _IN_LAYERS,
    "model.dropout": _IN_LAYERS,
    "model.batch_norm": _IN_LAYERS,
    "model.degree": _of_model("polynomial"),
    "model.function": _of_model("function"),
    "model.w": _Rule(lambda spec: spec.model.name == "function" or _starts_anywhere(spec), "effects.no-start"),
    "model.b": _Rule(
        lambda spec: (spec.model.name == "function" and spec.model.function != "ball") or _starts_anywhere(spec),
        "effects.no-start",
    ),
    "model.keyword": _of_model(*sorted(RULES)),
    "model.threshold": _of_model("keyword-rule"),
    "model.temperature": _of_model("char-mlp"),
    "optimizer.name": _Rule(lambda spec: spec.model.name != "naive", "effects.nothing-to-find"),
    "optimizer.learning_rate": _DESCENT,
    "optimizer.schedule": _DESCENT,
    "optimizer.weight_decay": _DESCENT,
    "optimizer.gradient_clip": _DESCENT,
    "optimizer.gradient_noise": _DESCENT,
    "optimizer.momentum": _of_optimizer("momentum"),
    "optimizer.alpha": _of_optimizer("rmsprop"),
    "optimizer.warm_up": _Rule(
        lambda spec: spec.optimizer.schedule == "warm-up" and _descends(spec),
        "effects.schedule",
        frozenset({"warm-up"}),
    ),
    "optimizer.eigenvector_step": _Rule(lambda spec: spec.model.function != "bowl", "effects.curves-up"),
    "train.batch_size": _BATCHES,
    "train.shuffle": _Rule(lambda spec: _in_batches(spec) and spec.train.batch_size > 0, "effects.whole-batches"),
    "train.seed": _Rule(_anything_random, "effects.nothing-random"),
    "data.rows": _Rule(lambda spec: spec.data.name not in {"curve", "text", "japanese-vowels"}, "effects.no-rows"),
    "data.test_fraction": _Rule(lambda spec: spec.data.name not in {*_KEPT_BACK, "curve"}, "effects.kept-back"),
    "data.valid_rows": _Rule(lambda spec: spec.data.name not in {"curve", "text"}, "effects.no-rows"),
    "data.split": _Rule(_is_split, "effects.kept-back"),
    "data.class_order": _NUMBERED,
    "data.target_as": _NUMBERED,
    "data.standardise": _Rule(lambda spec: spec.data.name not in {"curve", "text"}, "effects.no-scale"),
    "data.seed": _Rule(_has_data_seed, "effects.no-data-seed"),
    "data.noise": _of_data(_DRAWN_AT_RANDOM),
    "data.lags": _LINES,
    "data.viral_day": _LINES,
    "data.tricky_share": _of_data(frozenset({"mails"})),
    "data.frames": _of_data(_FRAMED),
    "data.text": _TEXTS,
    "data.context": _TEXTS,
    "data.path": _Rule(_reads_a_file, "effects.no-file"),
    "data.group": _CSV,
    "data.task": _CSV,
    "data.decimal": _CSV,
    "data.target": _of_data(_TABLES_WITH_A_LABEL),
    "data.features": _Rule(lambda spec: spec.data.name not in {*SERIES, "text", "curve"}, "effects.no-columns"),
}
"""By key, when it changes anything. A key that is not here always may."""


def without_effect(spec: LabConfig, key: str) -> str:
    """Why the setting ``key`` changes nothing in a run of ``spec``, in a sentence; empty where it does, or may."""
    rule = _RULES.get(key)
    return "" if rule is None or rule.holds(spec) else rule.told(spec)


def refuse_idle(spec: LabConfig, lab: LabConfig, overrides: Mapping[str, object] | Iterable[str]) -> None:
    """See to it that everything that was set for this run changes something in it.

    Args:
        spec: what is to be run.
        lab: the same without the overrides: what says what the lab says already is no mistake.
        overrides: what was set, by dotted key or short name.

    Raises:
        SpecError: with every setting that changes nothing.
    """
    faults = []
    for key in dict.fromkeys(SHORT_NAMES.get(name, name) for name in overrides):
        reason = without_effect(spec, key)
        if reason and value_of(spec, key) != value_of(lab, key):
            faults.append(SpecFault(message=translate("effects.idle", key=key, reason=reason), key=key))
    if faults:
        raise SpecError(faults)


def idle_in_lab(lab: LabConfig, keys: Iterable[str]) -> dict[str, str]:
    """What a lab file sets to no purpose: by dotted key, the sentence that says so.

    A value that is the default says nothing that is not so anyway. One that some control of the lab can bring into
    force, such as the momentum of a lab whose optimizer can be turned to ``momentum``, has a purpose.

    Args:
        lab: The lab as its file has it.
        keys: The dotted keys that the file gives.
    """
    reasons = {key: without_effect(lab, key) for key in keys if value_of(lab, key) != value_of(LabConfig(), key)}
    idle = {key: reason for key, reason in reasons.items() if reason}
    if not idle:
        return {}
    turned = [way for control in lab.controls.values() for way in _ways(lab, control)]
    return {
        key: translate("effects.idle", key=key, reason=reason)
        for key, reason in idle.items()
        if all(without_effect(way, key) for way in turned)
    }


def _ways(lab: LabConfig, control: ControlConfig) -> Iterator[LabConfig]:
    """The lab with ``control`` turned to each of its choices, or to both ends of its range."""
    table, _, name = control.key.rpartition(".")
    for value in control.choices or (control.low, control.high):
        yield replace(lab, **{table: replace(getattr(lab, table), **{name: value})})
