"""A fence of ``toml lab``: which lab, what it is called here, and what is different from the lab's own file."""

from __future__ import annotations

import re
import tomllib

from tutor.course.lesson import LabFence
from tutor.course.source import Element, Source
from tutor.foundation.translate import translate

_INFO = re.compile(r"toml\s+lab")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,19}")
_MOST_KEYS = 60
_DEEPEST = 6
_ERROR_LINE = re.compile(r"at line (\d+)")


def is_lab_fence(element: Element) -> bool:
    """Whether a block is a lab."""
    return element.kind == "fence" and _INFO.fullmatch(element.info) is not None


def read_lab_fence(source: Source, element: Element) -> LabFence | None:
    """The lab of a fence; None where the fence cannot be read, and `Source.faults` tells why."""
    place = source.place(element.start)
    try:
        table = tomllib.loads(element.content)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _ERROR_LINE.search(str(error))
        line = element.start + int(found[1]) if found else element.start
        source.fault(source.place(line), translate("course.toml-fault", problem=str(error).partition(" (at")[0]))
        return None
    lab, name = table.pop("use", None), table.pop("name", "")
    if not isinstance(lab, str) or not lab.strip():
        source.fault(place, translate("course.lab-without-use"), translate("course.lab-without-use-hint"))
        return None
    if not isinstance(name, str) or (name and _NAME.fullmatch(name) is None):
        source.fault(place, translate("course.lab-name", name=name))
        name = ""
    overrides = dict(_flat(table))
    if len(overrides) > _MOST_KEYS:
        source.fault(place, translate("course.lab-too-long", most=_MOST_KEYS))
        return None
    return LabFence(lab.strip(), name, overrides, place)


def _flat(table: dict[str, object], before: str = "") -> list[tuple[str, object]]:
    """Nested tables as dotted keys."""
    flat: list[tuple[str, object]] = []
    for key, value in table.items():
        if isinstance(value, dict) and before.count(".") < _DEEPEST:
            flat += _flat(value, f"{before}{key}.")
        else:
            flat.append((f"{before}{key}", value))
    return flat
