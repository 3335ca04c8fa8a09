"""``spec.toml`` in a run's folder: what was asked, complete, with defaults filled in and versions.

It is a lab file like any other, so ``tutor train path/to/spec.toml`` does the same again.
"""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tutor.foundation.files import write_text
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import SPEC_FILE, load_lab

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def versions() -> dict[str, str]:
    """What the bits of a run's losses may depend on, besides its spec."""
    from importlib.metadata import version

    from tutor import __version__

    return {"tutor": __version__, "python": platform.python_version(), "numpy": version("numpy")}


def write_spec(folder: Path, spec: LabConfig) -> None:
    """Write ``spec`` into a run's folder.

    Raises:
        OSError: it cannot be written.
    """
    made_with = ", ".join(f"{name} {version}" for name, version in versions().items())
    write_text(folder / SPEC_FILE, f"# {made_with}\n{to_toml(spec)}")


def read_spec(folder: Path) -> LabConfig:
    """The spec in a run's folder.

    Raises:
        TutorError: it cannot be read.
    """
    return load_lab(folder / SPEC_FILE, folder)


def to_toml(spec: LabConfig) -> str:
    """``spec`` as a lab file."""
    return "\n".join(_lines(msgspec.to_builtins(spec), "")) + "\n"


def _lines(table: Mapping[str, Any], name: str) -> list[str]:
    lines = [f"[{name}]"] if name else []
    inner = []
    for key, value in table.items():
        if isinstance(value, Mapping) and not name and key not in {"title", "about"}:
            inner += ["", *_lines(value, key)]
        elif value is not None:
            lines.append(f"{_key(key)} = {_value(value)}")
    return lines + inner


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _value(key)


def _value(value: object) -> str:
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for the one control character that JSON leaves as it is.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    return repr(value)
