"""The learner's own keys: ``keys.toml`` in the settings folder, by command id.

```toml
"lab.pin" = "M"
"list.down" = ["down", "n"]
[review]
leave = "ctrl+w"
```

`Command` asks `learners_keys` when it is made, so bindings, footer, help and palette agree by themselves. A key that
the learner gives to a command is taken from the other commands of that screen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from tutor.foundation.files import read_file
from tutor.foundation.paths import keys_file
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.toml_text import TomlError, load_toml
from tutor.foundation.translate import translate

_MAX_BYTES = 64 * 1024
_MAX_KEYS = 8
"""How many keys a command can have."""

NAMES = {
    "question_mark": "?",
    "underscore": "_",
    "slash": "/",
    "comma": ",",
    "full_stop": ".",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "asterisk": "*",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "escape": "esc",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "delete": "del",
    "backspace": "⌫",
}
"""What people call a key, by the name that Textual gives it, where the two differ."""
_FUNCTION_KEYS = tuple(f"f{number}" for number in range(1, 25))
_NAMED = {
    "up", "down", "left", "right", "pageup", "pagedown", "home", "end", "insert", "delete", "backspace", "enter",
    "escape", "tab", "space", *_FUNCTION_KEYS,
}  # fmt: skip
_MODIFIERS = ("ctrl", "alt", "shift")
_BY_NAME = {
    **{shown.lower(): name for name, shown in NAMES.items()},
    **{name: name for name in _NAMED},
    "page up": "pageup", "page down": "pagedown", "return": "enter", "comma": "comma",
}  # fmt: skip


def key_name(key: str) -> str:
    """A key as people write it: ``question_mark`` is ``?``, ``shift+tab`` stays."""
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, last.upper() if last in _FUNCTION_KEYS else NAMES.get(last, last)])


def key_from(name: str) -> str | None:
    """The key that people call ``name`` (``?``, ``P``, ``ctrl+x``, ``esc``, ``F5``), as Textual names it.

    None if there is no such key.
    """
    *modifiers, last = name.split("+") if len(name) > 1 else (name,)
    held = [modifier.strip().lower() for modifier in modifiers]
    if any(modifier not in _MODIFIERS for modifier in held):
        return None
    if len(last) == 1:
        name_of_sign = _BY_NAME.get(last) or unicodedata.name(last, "").lower()
        key = last if last.isalnum() else re.sub("[- ]", "_", name_of_sign)
        if not key or not last.isprintable() or last.isspace():
            return None
        key = key.lower() if "ctrl" in held else key
    else:
        found = _BY_NAME.get(last.strip().lower())
        if found is None:
            return None
        key = found
    return "+".join([*(modifier for modifier in _MODIFIERS if modifier in held), key])


@dataclass(frozen=True, slots=True)
class LearnersKeys:
    """What ``keys.toml`` says.

    Args:
        keys: The keys of each command that it names, as Textual names them.
        faults: What cannot be used, each a sentence.
    """

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


@lru_cache(1)
def learners_keys() -> LearnersKeys:
    """What the learner's own ``keys.toml`` says, read once."""
    return read_keys(keys_file())


def read_keys(path: Path) -> LearnersKeys:
    """Read a ``keys.toml``. A file that is not there says nothing; a fault leaves the rest in force."""
    try:
        values = load_toml(read_file(path, _MAX_BYTES).decode("utf-8"))
    except FileNotFoundError:
        return LearnersKeys()
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or str(error)) if isinstance(error, OSError) else translate("keymap.not-utf8")
        return LearnersKeys(faults=(translate("keymap.unreadable", path=path, reason=reason),))
    except TomlError as error:
        place = f"{path}:{error.line}" if error.line else str(path)
        return LearnersKeys(faults=(translate("keymap.unreadable", path=place, reason=error.reason),))
    keys: dict[str, tuple[str, ...]] = {}
    faults: list[str] = []
    for command, value in _flat(values):
        names = value if isinstance(value, list) else [value]
        found = [key_from(name) if isinstance(name, str) else None for name in names[:_MAX_KEYS]]
        if names and None not in found:
            keys[command] = tuple(key for key in found if key is not None)
        else:
            wrong = names[found.index(None)] if None in found else "[]"
            faults.append(translate("keymap.no-key", command=command, key=harmless_line(str(wrong))[:40]))
    return LearnersKeys(keys, tuple(faults))


def _flat(table: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        id = harmless_line(f"{above}{name}")
        if isinstance(value, dict):
            yield from _flat(value, f"{id}.")
        else:
            yield id, value
