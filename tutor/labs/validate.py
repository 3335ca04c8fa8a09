"""What is wrong with a lab before any run of it starts: settings that do not go together, or that change nothing.

What concerns one setting alone is declared with it, in `tutor.ml.settings`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from tutor.course.conditions import ConditionError, parse
from tutor.foundation.translate import listed, translate
from tutor.labs.faults import LabError, LabFault
from tutor.labs.lab_config import ControlConfig, LabConfig
from tutor.labs.panels import panel_class
from tutor.labs.settings import SETTINGS, key_of

_STOP = re.compile(r"no-improvement ([1-9]\d{0,6})")


class Fault(NamedTuple):
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


def validate(spec: LabConfig) -> list[Fault]:
    """Every reason why ``spec`` cannot be run.

    What its panels can show follows from its data, model and loss, so it is only asked if these go together.
    """
    found = [fault for check in _CHECKS for fault in check(spec)]
    return [*(found or _panels(spec)), *_goal(spec), *_controls(spec)]


def _csv(spec: LabConfig) -> Iterator[Fault]:
    for key in ("path", "target"):
        if spec.data.name == "csv" and not getattr(spec.data, key):
            yield Fault(f"data.{key}", translate("runs.csv-needs", key=f"data.{key}"))


def _drawn(spec: LabConfig) -> Iterator[Fault]:
    drawn = {
        "data.name": spec.data.name == "curve",
        "model.name": spec.model.name == "function",
        "loss.name": spec.loss.name == "function",
    }
    if any(drawn.values()) and not all(drawn.values()):
        wrong = next(key for key, each in drawn.items() if not each)
        yield Fault(wrong, translate("runs.drawn-together", key=wrong))


def _pairs(spec: LabConfig) -> Iterator[Fault]:
    task, model, loss, kind = spec.task, spec.model.name, spec.loss.name, spec.model.kind
    if model == "softmax" and task == "regression":
        yield Fault("model.name", translate("runs.softmax-needs-classes", data=spec.data.name))
    elif kind.numbers and task == "classification":
        yield Fault("model.name", translate("runs.model-gives-numbers", model=model))
    elif loss == "cross-entropy" and (task == "regression" or kind.numbers or model == "naive"):
        yield Fault("loss.name", translate("runs.cross-entropy-needs-classes"))
    if model == "keyword-rule" and spec.data.name != "mails":
        yield Fault("model.name", translate("runs.keyword-needs-mails"))
    if (model == "coin-flips") != (spec.data.name == "coins"):
        yield Fault("model.name", translate("runs.coin-flips-and-coins"))
    if spec.loss.offset and loss in {"mistakes", "function"}:
        yield Fault("loss.offset", translate("runs.offset-needs-data"))
    if (loss == "mistakes") != kind.guesses:
        yield Fault("loss.name", translate("runs.mistakes-need-rule"))


def _optimizers(spec: LabConfig) -> Iterator[Fault]:
    name, known = spec.optimizer.name, spec.model.kind.optimizers()
    if name in known:
        return
    if spec.manual:
        yield Fault("optimizer.name", translate("runs.manual-needs-small"))
    else:
        names = listed(known)
        message = translate("runs.optimizer-does-not-fit", optimizer=name, model=spec.model.name, names=names)
        yield Fault("optimizer.name", message)


def _classes(spec: LabConfig) -> Iterator[Fault]:
    data, count = spec.data, spec.data.source.classes
    if spec.loss.name == "mae" and spec.task == "classification":
        yield Fault("loss.name", translate("effects.mae-needs-numbers"))
    if count and data.class_order and sorted(data.class_order) != list(range(count)):
        message = translate("ml.not-an-order", order=list(data.class_order), count=count - 1)
        yield Fault("data.class_order", message)
    if spec.model.kind.guesses and data.target_as == "class-number":
        yield Fault("data.target_as", translate("effects.rule-needs-classes", model=spec.model.name))


def _keyword(spec: LabConfig) -> Iterator[Fault]:
    if not spec.model.kind.rule or spec.data.name != "mails":
        return
    from tutor.ml.datasets.sources.mails import MAIL_WORDS

    words = spec.data.features or MAIL_WORDS
    if spec.model.keyword not in words:
        message = translate("effects.no-such-keyword", keyword=spec.model.keyword, known=listed(words))
        yield Fault("model.keyword", message)


def _splits(spec: LabConfig) -> Iterator[Fault]:
    data = spec.data
    if data.split == "grouped" and not data.source.grouped and not ("group" in data.source.uses and data.group):
        yield Fault("data.split", translate("ml.no-groups"), translate("ml.no-groups-hint"))
    if data.target and data.source.targets and data.target not in data.source.targets:
        message = translate("effects.no-such-target", target=data.target, known=listed(data.source.targets))
        yield Fault("data.target", message)


def _folds(spec: LabConfig) -> Iterator[Fault]:
    if spec.data.folds and spec.data.name == "curve":
        yield Fault("data.folds", translate("runs.folds-need-data"))
    if spec.data.folds == 1:
        yield Fault("data.folds", translate("runs.one-fold"))


def _naive(spec: LabConfig) -> Iterator[Fault]:
    if spec.model.name == "naive" and not spec.data.source.series:
        yield Fault("model.name", translate("runs.naive-needs-series", data=spec.data.name))
    elif spec.model.name == "naive" and not spec.data.looks_back:
        yield Fault("data.features", translate("runs.naive-needs-label", label=spec.data.source.label))


def _writing(spec: LabConfig) -> Iterator[Fault]:
    writes = spec.model.name == "char-mlp"
    if writes != (spec.data.name == "text"):
        yield Fault("data.name" if writes else "model.name", translate("writing.text-and-char-mlp"))
    if spec.data.name == "text" and spec.data.text == "file" and not spec.data.path:
        yield Fault("data.path", translate("writing.file-needs-path"))
    if spec.data.name == "text" and spec.data.folds:
        yield Fault("data.folds", translate("writing.no-folds"))


def _batch_norm(spec: LabConfig) -> Iterator[Fault]:
    if spec.model.batch_norm and spec.train.batch_size == 1:
        yield Fault("train.batch_size", translate("runs.batch-norm-needs-batch"))


def _placed(spec: LabConfig) -> Iterator[Fault]:
    if spec.model.placed and not spec.sums_sigmoids:
        yield Fault("model.placed", translate("runs.placed-needs-bends"))
    if spec.model.pieces and not (spec.sums_sigmoids and len(spec.model.pieces) == 3 * sum(spec.model.hidden) + 1):
        yield Fault("model.pieces", translate("runs.pieces-need-bends"))
    if spec.model.sign_bug and (spec.model.name != "mlp" or not spec.model.hidden):
        yield Fault("model.sign_bug", translate("runs.sign-bug-needs-layers"))


def _panels(spec: LabConfig) -> Iterator[Fault]:
    for panel in spec.show.panels:
        if reason := panel_class(panel).refusal(spec):
            message = translate("runs.impossible-panel", panel=panel, model=spec.model.name)
            yield Fault("show.panels", message, reason)


def _steps(spec: LabConfig) -> Iterator[Fault]:
    if not spec.optimizer.eigenvector_step:
        return
    from tutor.ml.models.drawn_function import FUNCTIONS

    curved = sorted(name for name, function in FUNCTIONS.items() if function.hessian is not None)
    if spec.model.name != "function" or spec.model.function not in curved:
        message = translate("runs.eigenvector-needs-curvature", functions=listed(curved))
        yield Fault("optimizer.eigenvector_step", message)


def _stop(spec: LabConfig) -> Iterator[Fault]:
    try:
        patience_of(spec.train.stop)
    except ValueError:
        expected = translate("runs.expect-stop")
        message = translate("runs.wrong-value", key="train.stop", expected=expected, found=spec.train.stop)
        yield Fault("train.stop", message)


def _goal(spec: LabConfig) -> Iterator[Fault]:
    if spec.challenge.goal:
        try:
            parse(spec.challenge.goal)
        except ConditionError as error:
            yield Fault("challenge.goal", translate("runs.wrong-goal", reason=str(error)))


def _controls(spec: LabConfig) -> Iterator[Fault]:
    for name, control in spec.controls.items():
        value = SETTINGS[control.key].get(spec)
        if value is not None and not control.allows(value):
            message = translate("runs.default-outside", name=name, key=control.key, value=value)
            reason = SETTINGS[control.key].idle_reason(spec)
            hint = translate("effects.idle", key=control.key, reason=reason) if reason else ""
            yield Fault(f"controls.{name}", message, hint)


_CHECKS: tuple[Callable[[LabConfig], Iterator[Fault]], ...] = (
    _csv,
    _drawn,
    _pairs,
    _optimizers,
    _classes,
    _keyword,
    _splits,
    _naive,
    _placed,
    _folds,
    _batch_norm,
    _writing,
    _steps,
    _stop,
)


def refuse_idle(spec: LabConfig, lab: LabConfig, overrides: Mapping[str, object] | Iterable[str]) -> None:
    """See to it that everything that was set for this run changes something in it.

    Args:
        spec: what is to be run.
        lab: the same without the overrides: what says what the lab says already is no mistake.
        overrides: what was set, by dotted key or short name.

    Raises:
        LabError: with every setting that changes nothing.
    """
    faults = []
    for key in dict.fromkeys(map(key_of, overrides)):
        setting = SETTINGS.get(key)
        reason = setting.idle_reason(spec) if setting is not None else ""
        if setting is not None and reason and setting.get(spec) != setting.get(lab):
            faults.append(LabFault(message=translate("effects.idle", key=key, reason=reason), key=key))
    if faults:
        raise LabError(faults)


def idle_in_lab(lab: LabConfig, keys: Iterable[str]) -> dict[str, str]:
    """What a lab file sets to no purpose: by dotted key, the sentence that says so.

    A value that is the default says nothing that is not so anyway. One that some control of the lab can bring into
    force, such as the momentum of a lab whose optimizer can be turned to ``momentum``, has a purpose.

    Args:
        lab: The lab as its file has it.
        keys: The dotted keys that the file gives.
    """
    given = [SETTINGS[key] for key in keys]
    reasons = {each: each.idle_reason(lab) for each in given if each.get(lab) != each.default}
    idle = {setting: reason for setting, reason in reasons.items() if reason}
    if not idle:
        return {}
    turned = [way for control in lab.controls.values() for way in ways(lab, control)]
    return {
        setting.key: translate("effects.idle", key=setting.key, reason=reason)
        for setting, reason in idle.items()
        if all(setting.idle_reason(way) for way in turned)
    }


def ways(lab: LabConfig, control: ControlConfig) -> Iterator[LabConfig]:
    """The lab with ``control`` turned to each of its choices, or to both ends of its range."""
    for value in control.choices or (control.low, control.high):
        yield SETTINGS[control.key].with_value(lab, value)
