"""Reads plain values, as TOML gives them, into a `LabConfig`, and reports every fault with its line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tutor.foundation.safe_text import harmless_json, harmless_line
from tutor.foundation.suggest import nearest
from tutor.foundation.toml_text import line_of
from tutor.foundation.translate import listed, sentences, translate
from tutor.labs.controls import limits_text, read_control, widened
from tutor.labs.faults import LabError, LabFault
from tutor.labs.lab_config import ControlConfig, LabConfig
from tutor.labs.mine import fault_of_slot
from tutor.labs.settings import SETTINGS, TABLES, TOP_LEVEL, Setting, find_setting, names_in, short_names
from tutor.labs.validate import validate

_NO_TEXT = re.compile("[\\0\ud800-\udfff]")


class LabReader:
    """Reads the values of a lab and collects every fault.

    Args:
        values: Nested tables of plain values, as `tomllib` gives them.
        path: The file that they come from; None for overrides alone.
        lines: The line of each dotted key; empty for overrides alone.
        from_settings: The dotted keys that overrides have set; their faults are reported without a line.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        path: Path | None = None,
        lines: Mapping[str, int] | None = None,
        from_settings: frozenset[str] = frozenset(),
    ) -> None:
        self._values = values
        self._path = path
        self._lines = dict(lines or {})
        self._from_settings = from_settings
        self.faults: list[LabFault] = []
        self._unknown_keys: dict[str, str] = {}

    def read(self) -> LabConfig:
        """The lab.

        Raises:
            LabError: With every fault.
        """
        found: dict[str, Any] = {}
        for key, value in self._values.items():
            if key in TABLES:
                found[key] = self._table(key, value)
            elif key == "controls":
                found[key] = self._controls(value)
            elif key == "mine":
                found[key] = self._mine(value)
            elif key in TOP_LEVEL:
                found[key] = self._value(TOP_LEVEL[key], value)
            else:
                self._unknown("", key)
        if not self.faults:
            spec = widened(msgspec.convert(found, LabConfig), self._from_settings)
            for fault in validate(spec):
                self.fault(fault.key, fault.message, fault.hint)
        self._name_controls(found)
        if self.faults:
            raise LabError(sorted(self.faults, key=lambda fault: fault.line))
        return spec

    def fault(self, key: str, message: str, hint: str = "") -> None:
        """Add a fault at the place of ``key``."""
        setting = self._path is None or any(key == each or each.startswith(f"{key}.") for each in self._from_settings)
        self.faults.append(
            LabFault(
                message=harmless_line(message),
                hint=harmless_line(hint),
                key=key,
                path=None if setting else self._path,
                line=0 if setting else line_of(key, self._lines),
            )
        )

    def _table(self, table: str, values: object) -> dict[str, Any]:
        if not isinstance(values, Mapping):
            self.fault(table, translate("runs.not-a-table", key=table))
            return {}
        found = {}
        for name, value in values.items():
            setting = SETTINGS.get(f"{table}.{name}")
            if setting is not None:
                found[name] = self._value(setting, value)
            else:
                self._unknown(table, name)
        return found

    def _value(self, setting: Setting, value: object) -> Any:
        key = setting.key
        if isinstance(value, Mapping) and key not in {"title", "about"}:
            # A table in place of a value, such as [optimizer.learning_rate].
            self.fault(key, translate("runs.wrong-value", key=key, expected=setting.expected(), found="{…}"))
            return None
        if isinstance(value, str) and _NO_TEXT.search(value):
            # Neither a text file nor the name of a file can have such characters, so no worker could be given them.
            found = harmless_line(value[:40])
            message = translate("runs.wrong-value", key=key, expected=setting.expected(), found=found)
            self.fault(key, message, translate("runs.bad-characters"))
            return None
        try:
            return setting.convert(value)
        except ValueError as error:
            message = translate("runs.wrong-value", key=key, expected=setting.expected(), found=shown(value))
            self.fault(key, message, str(error))
            return None

    def _unknown(self, table: str, name: str) -> None:
        key = f"{table}.{name}" if table else name
        known = names_in(table)
        match = nearest(name, known)
        elsewhere = find_setting(name)
        if match is None and elsewhere is not None and elsewhere.key != key:
            hint = translate("runs.did-you-mean", name=elsewhere.key)
        elif match is None:
            hint = translate("runs.known-keys", names=listed(known))
        else:
            hint = translate("runs.did-you-mean", name=f"{table}.{match}" if table else match)
        self.fault(key, translate("runs.unknown-key", key=key), hint)
        self._unknown_keys[key] = name

    def _name_controls(self, found: Mapping[str, Any]) -> None:
        """Let the faults of unknown settings name what can be set in this lab, rather than every key of a lab file."""
        controls = msgspec.convert(found.get("controls", {}), dict[str, ControlConfig])
        knobs = listed(f"{name} ({limits_text(each)})" for name, each in controls.items())
        if not knobs:
            return
        for index, fault in enumerate(self.faults):
            if fault.path is None and fault.key in self._unknown_keys:
                name = self._unknown_keys[fault.key]
                near = nearest(name, short_names())
                hints = [translate("runs.did-you-mean", name=near)] if near else []
                hint = sentences(*hints, translate("runs.knobs", names=knobs))
                message = translate("runs.unknown-knob", key=fault.key)
                self.faults[index] = msgspec.structs.replace(fault, message=message, hint=harmless_line(hint))

    def _controls(self, values: object) -> dict[str, Any]:
        if not isinstance(values, Mapping):
            self.fault("controls", translate("runs.not-a-table", key="controls"))
            return {}
        found = {}
        for name, value in values.items():
            control = read_control(
                name, value, lambda message, hint="", name=name: self.fault(f"controls.{name}", message, hint)
            )
            if control is not None:
                found[name] = msgspec.to_builtins(control)
        return found

    def _mine(self, values: object) -> dict[str, Any]:
        if not isinstance(values, Mapping):
            self.fault("mine", translate("runs.not-a-table", key="mine"))
            return {}
        for slot, exercise in values.items():
            message, hint = fault_of_slot(slot, exercise)
            if message:
                self.fault(f"mine.{slot}", message, hint)
        return dict(values)


def shown(value: object) -> str:
    """A value as a fault quotes it: short, on one line."""
    text = harmless_json(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str))
    return text if len(text) <= 40 else text[:39] + "…"
