"""Controls: the settings that the learner may change in a lab, with their limits and titles."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from msgspec.structs import replace

from tutor.foundation.data_names import data_name
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import listed, translate
from tutor.labs.lab_config import ControlConfig, LabConfig, Value
from tutor.labs.settings import SETTINGS, TRAINING_TABLES, Setting, find_setting, short_names


class Report(Protocol):
    """Records a fault of a control."""

    def __call__(self, message: str, hint: str = "") -> None:
        """Record a message and a hint."""


def control_title(name: str, control: ControlConfig) -> str:
    """The title of a control in the interface language, such as "learning rate"."""
    if name == "start":
        return translate("setting.start")
    if control.key in {"model.w", "model.b"} and find_setting(name) is None:
        # The symbols of a drawn function, such as z1 and w2, are the same in every language.
        return name
    setting = SETTINGS.get(control.key)
    return setting.title() if setting is not None else name


def setting_text(value: object) -> str:
    """A value as the interface shows it: ``0.01``, ``16, 16``, ``relu``; on and off for booleans."""
    if isinstance(value, bool):
        return translate("runs.on") if value else translate("runs.off")
    if isinstance(value, list | tuple):
        return ", ".join(setting_text(each) for each in value) or "–"
    if value is None:
        return "–"
    return f"{value:.6g}" if isinstance(value, float) else harmless_line(str(value))


def value_text(key: str, value: object) -> str:
    """The value of a dotted key as the interface shows it; columns have their names in the interface language."""
    if key != "data.features" or not isinstance(value, list | tuple):
        return setting_text(value)
    return ", ".join(data_name(str(each)) for each in value) or translate("names.every-column")


def nudge(control: ControlConfig, value: object, steps: int) -> Value:
    """The value ``steps`` to the right of ``value`` (to the left if negative), within the limits.

    A logarithmic range goes 1, 2, 5, 10, ...; a linear one has 40 steps; choices go one by one.
    """
    if control.choices:
        chosen = tuple(value) if isinstance(value, list) else value
        at = control.choices.index(chosen) if chosen in control.choices else -1 if steps > 0 else 0
        return control.choices[max(0, min(len(control.choices) - 1, at + steps))]
    low, high = float(control.low or 0.0), float(control.high or 0.0)
    now = float(value) if isinstance(value, int | float) else low
    now = min(high, max(low, now))
    whole = SETTINGS[control.key].is_integer
    if control.logarithmic:
        rung = min(high, max(low, _on_ladder(now, steps)))
        return round(rung) if whole else rung
    if whole:
        return int(min(high, max(low, round(now) + steps * max(1, round((high - low) / 40)))))
    size = (high - low) / 40
    return round(min(high, max(low, low + (round((now - low) / size) + steps) * size)), 10)


def _on_ladder(now: float, steps: int) -> float:
    """The number of the series 1, 2, 5, 10, ... that is ``steps`` away from the one nearest to ``now``."""
    rungs = (1, 2, 5)
    decade = math.floor(math.log10(now) + 1e-9)
    mantissa = now / 10.0**decade
    index = min(range(4), key=lambda rung: abs(math.log10((*rungs, 10)[rung] / mantissa)))
    total = 3 * decade + index + steps
    return float(f"{rungs[total % 3]}e{total // 3}")


def read_control(name: str, value: object, report: Report) -> ControlConfig | None:
    """One entry of ``[controls]``; None if it is faulty, which is then reported to ``report``."""
    table = dict(value) if isinstance(value, Mapping) else {}
    unknown = set(table) - {"key", "low", "high", "choices"}
    if unknown:
        report(translate("runs.control-shape", name=name))
        return None
    key = table.get("key")
    setting = SETTINGS.get(str(key)) if key else find_setting(name)
    if setting is None or setting.table not in TRAINING_TABLES:
        match = nearest(name, short_names())
        hint = translate("runs.did-you-mean", name=match) if match else ""
        report(
            translate("runs.unknown-control", name=name),
            hint or translate("runs.known-keys", names=listed(short_names())),
        )
        return None
    if isinstance(value, Mapping):
        if table.get("choices"):
            return _choices(name, setting, table["choices"], report)
        return _range(name, setting, [table.get("low"), table.get("high")], report)
    if isinstance(value, list | tuple) and setting.is_number and len(value) == 2:
        return _range(name, setting, value, report)
    return _choices(name, setting, value, report)


def _range(name: str, setting: Setting, limits: Sequence[object], report: Report) -> ControlConfig | None:
    low, high = limits
    numbers = [each for each in (low, high) if isinstance(each, int | float) and not isinstance(each, bool)]
    if len(numbers) != 2 or not setting.is_number or not numbers[0] < numbers[1]:
        report(translate("runs.control-shape", name=name))
        return None
    for each in numbers:
        # A control has its limits as floats, even those of whole numbers.
        whole = setting.is_integer and float(each).is_integer()
        if not _fits(setting, int(each) if whole else each, name, report):
            return None
    return ControlConfig(key=setting.key, low=float(numbers[0]), high=float(numbers[1]))


def _choices(name: str, setting: Setting, values: object, report: Report) -> ControlConfig | None:
    if not isinstance(values, list | tuple) or not values:
        report(translate("runs.control-shape", name=name))
        return None
    for each in values:
        if not _fits(setting, each, name, report):
            return None
    return ControlConfig(
        key=setting.key, choices=tuple(tuple(each) if isinstance(each, list) else each for each in values)
    )


def _fits(setting: Setting, value: object, name: str, report: Report) -> bool:
    try:
        setting.convert(value)
    except ValueError as error:
        message = translate(
            "runs.wrong-value", key=f"controls.{name}", expected=setting.expected(), found=setting_text(value)
        )
        report(message, str(error))
        return False
    return True


def widened(spec: LabConfig, keys: Collection[str]) -> LabConfig:
    """``spec`` with controls widened to allow the values of ``keys``, which were set by overrides."""
    controls = dict(spec.controls)
    for name, control in spec.controls.items():
        setting = SETTINGS[control.key]
        value = setting.get(spec)
        if control.key not in keys or value is None or control.allows(value):
            continue
        if control.choices:
            choices = (*control.choices, value)
            controls[name] = replace(control, choices=tuple(sorted(choices)) if setting.is_number else choices)
        else:
            low, high = float(control.low or 0.0), float(control.high or 0.0)
            controls[name] = replace(control, low=min(low, float(value)), high=max(high, float(value)))
    return replace(spec, controls=controls)


def check_setting(spec: LabConfig, key: str, value: object) -> tuple[str, Any]:
    """The dotted key and the converted value of a setting that a viewer wants to change while ``spec`` runs.

    The limits are those of the setting, narrowed by its control if there is one.

    Raises:
        ValueError: It cannot be set. The text gives the reason in the interface language.
    """
    control = spec.controls.get(key)
    title = control_title(key, control) if control is not None else key
    setting = find_setting(control.key if control is not None else key)
    if setting is None:
        raise ValueError(translate("runs.unknown-key", key=key))
    try:
        converted = setting.convert(value)
    except ValueError as error:
        message = translate("runs.wrong-value", key=title, expected=setting.expected(), found=setting_text(value))
        raise ValueError(f"{message} {error}".rstrip()) from error
    control = control or next((each for each in spec.controls.values() if each.key == setting.key), None)
    if control is not None and not control.allows(converted):
        raise ValueError(translate("runs.outside-control", key=title, limits=limits_text(control)))
    return setting.key, converted


def limits_text(control: ControlConfig) -> str:
    """The limits of a control: ``1e-05 … 10``, or ``1 | 7 | 28``."""
    if control.choices:
        return " | ".join(setting_text(each) for each in control.choices)
    return f"{setting_text(control.low)} … {setting_text(control.high)}"
