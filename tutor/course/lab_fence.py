"""A ``toml lab`` fence: which lab it shows, its name here, and the values that replace those in the lab's file."""

from __future__ import annotations

import re

from tutor.course.lesson import LabFence, Place
from tutor.course.source import LONGEST_IDENTIFIER, Element, Source, is_reference
from tutor.foundation.safe_text import harmless_line, harmless_value
from tutor.foundation.toml_text import TomlError, key_lines, load_toml
from tutor.foundation.translate import translate

_INFO = re.compile(r"toml\s+lab")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,19}")
_MOST_KEYS = 60
_MOST_CHARACTERS = 8_000
_DEEPEST = 6
_MOST_PARTS = 40
"""Parts of a key; the standard library's reader takes a time that grows with their square."""


def is_lab_fence(element: Element) -> bool:
    """Return whether a block is a lab."""
    return element.kind == "fence" and is_lab_info(element.info)


def is_lab_info(info: str) -> bool:
    """Return whether the info string of a fence makes it a lab."""
    return _INFO.fullmatch(info.strip()) is not None


def read_lab_fence(source: Source, element: Element) -> LabFence | None:
    """Return the lab of a fence, or None if it cannot be read; then `Source.faults` says why."""
    place = source.place(element.start)
    if len(element.content) > _MOST_CHARACTERS:
        source.fault(place, translate("course.lab-too-large", most=_MOST_CHARACTERS))
        return None
    for number, line in enumerate(element.content.split("\n"), element.start + 1):
        if line.partition("=")[0].count(".") >= _MOST_PARTS:
            source.fault(source.place(number), translate("course.toml-too-deep", most=_DEEPEST))
            return None
    try:
        table = load_toml(element.content)
    except TomlError as error:
        wrong = Place(source.path, place.line + error.line, error.column or 1) if error.line else place
        source.fault(wrong, translate("course.toml-fault", problem=harmless_line(error.reason)))
        return None
    if _is_too_deep(table):
        source.fault(place, translate("course.toml-too-deep", most=_DEEPEST))
        return None
    lab, name = table.pop("use", None), table.pop("name", "")
    if not isinstance(lab, str) or not lab.strip():
        source.fault(place, translate("course.lab-without-use"), translate("course.lab-without-use-hint"))
        return None
    lab = lab.strip()
    if not is_reference(lab):
        # With a path, a downloaded lesson could make the program read any file, such as /dev/zero.
        source.fault(place, translate("course.lab-not-an-id", id=harmless_line(lab[:LONGEST_IDENTIFIER])))
        return None
    if not isinstance(name, str) or (name and _NAME.fullmatch(name) is None):
        source.fault(place, translate("course.lab-name", name=harmless_line(str(name)[:40])))
        name = ""
    overrides = dict(_flat(table))
    if len(overrides) > _MOST_KEYS:
        source.fault(place, translate("course.lab-too-long", most=_MOST_KEYS))
        return None
    lines = {harmless_line(key): line + place.line for key, line in key_lines(element.content).items()}
    return LabFence(lab, name, overrides, place, lines)


def _is_too_deep(table: dict[str, object]) -> bool:
    level: list[object] = [table]
    for _ in range(_DEEPEST + 1):
        tables = [each for each in level if isinstance(each, dict)]
        lists = [each for each in level if isinstance(each, list)]
        level = [value for each in tables for value in each.values()] + [value for each in lists for value in each]
    return any(isinstance(each, dict | list) for each in level)


def _flat(table: dict[str, object], before: str = "") -> list[tuple[str, object]]:
    """Return nested tables as dotted keys."""
    flat: list[tuple[str, object]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            flat += _flat(value, f"{before}{key}.")
        else:
            flat.append((harmless_line(f"{before}{key}"), harmless_value(value)))
    return flat
