"""Who is in a class: a TOML file of names and their public keys, which the teacher may edit by hand.

```toml
anna = ["ssh-ed25519 AAAAC3Nz… anna@laptop"]
"李雷" = ["ssh-ed25519 AAAAC3Nz…", "ssh-rsa AAAAB3Nz…"]
```

A name without a key, or without a line, can be taken by whoever knows the join code; the learner's folder stays.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import open_file, read_file, write_text
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.toml_text import TomlError, key_of, load_toml
from tutor.foundation.translate import translate

ROSTER_FILE = "roster.toml"
_LARGEST = 4 << 20
_LONGEST_NAME = 32
_NAME = re.compile(r"[^\W_][\w.-]{0,31}")
_KEY = re.compile(r"(?P<kind>[a-z0-9@.-]{3,60})[ \t]+(?P<body>[A-Za-z0-9+/]{16,6000}={0,2})(?:[ \t].{0,200})?")

_Stamp = tuple[int, int, int]


def learner_name(text: str) -> str | None:
    """Return ``text`` as the name of a learner, which is also the name of a folder; None if it cannot be one.

    Letters of every script, digits, and ``.``, ``-``, ``_`` behind the first; at most 32.
    """
    name = unicodedata.normalize("NFC", text.strip())
    return name if _NAME.fullmatch(name) and len(name.encode()) <= 4 * _LONGEST_NAME else None


def key_text(line: str) -> str | None:
    """Return kind and body of a public key as OpenSSH writes it, without its comment; None if it is not one."""
    found = _KEY.fullmatch(line.strip())
    return f"{found['kind']} {found['body']}" if found is not None else None


class Roster:
    """The roster of a class. It is read again when its file has changed.

    Args:
        folder: The folder of the class.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / ROSTER_FILE
        self.problem = ""
        """What is wrong with the file now; empty if nothing is. The roster before that still holds."""
        self._stamp: _Stamp | None = None
        self._keys: dict[str, tuple[str, ...]] = {}
        self._names: dict[str, str] = {}

    def names(self) -> list[str]:
        """Return the names of all learners, in the order of the file."""
        self._look()
        return list(self._keys)

    def name_of(self, key: str) -> str | None:
        """Return whose key this is, as `key_text` writes it; None if nobody has it."""
        self._look()
        return self._names.get(key)

    def is_taken(self, name: str) -> bool:
        """Return whether somebody has a key under this name, or under one that differs only in capitals."""
        self._look()
        wanted = name.casefold()
        return any(keys for each, keys in self._keys.items() if each.casefold() == wanted)

    def bind(self, name: str, key: str) -> bool:
        """Write a key behind a name that has none. Return False if the name is taken, or the key somebody's.

        Raises:
            TutorError: The file is damaged or cannot be written.
        """
        with self._lock():
            self._look()
            if self.problem:
                raise TutorError(self.problem)
            # A name that was removed comes back with its old capitals, because its folder has them.
            name = next((each for each in self._keys if each.casefold() == name.casefold()), name)
            if self.is_taken(name) or key in self._names:
                return False
            wanted = {**self._keys, name: (key,)}
            try:
                write_text(self.path, _with_line(self._text(), name, key, wanted))
            except OSError as error:
                raise _not_written(error) from error
            self._look()
            return True

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Keep other processes from binding meanwhile."""
        import fcntl

        try:
            descriptor = open_file(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT)
        except OSError as error:
            raise _not_written(error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _text(self) -> str:
        try:
            return read_file(self.path, _LARGEST).decode("utf-8-sig")
        except FileNotFoundError:
            return ""

    def _look(self) -> None:
        """Read the file if it has changed."""
        try:
            status = self.path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        except OSError:
            stamp = None
        if stamp == self._stamp:
            return
        try:
            keys = parse_roster(self._text())
        except (OSError, UnicodeDecodeError, TutorError) as error:
            self.problem = str(error)
        else:
            self.problem = ""
            self._keys = keys
            self._names = {key: name for name, own in keys.items() for key in own}
        self._stamp = stamp


def parse_roster(text: str) -> dict[str, tuple[str, ...]]:
    """Return the keys of each learner, without comments.

    Raises:
        TutorError: The text is not a roster; the message names the place.
    """
    try:
        values = load_toml(text)
    except TomlError as error:
        raise _damaged(f"{error.line}: {error.reason}") from error
    roster: dict[str, tuple[str, ...]] = {}
    seen: set[str] = set()
    for name, listed in values.items():
        if learner_name(name) != name:
            raise _damaged(translate("serve.roster-name", name=harmless_line(name)[:60]))
        keys = [listed] if isinstance(listed, str) else listed
        if not isinstance(keys, list) or not all(isinstance(each, str) for each in keys):
            raise _damaged(translate("serve.roster-keys", name=name))
        found = [key_text(each) for each in keys]
        if None in found or seen.intersection(found):
            raise _damaged(translate("serve.roster-keys", name=name))
        roster[name] = tuple(each for each in found if each is not None)
        seen.update(roster[name])
    return roster


def _with_line(text: str, name: str, key: str, wanted: Mapping[str, tuple[str, ...]]) -> str:
    """Return the roster with a key behind ``name``, and with the teacher's comments if that is possible."""
    lines = text.splitlines()
    added = f'{json.dumps(name, ensure_ascii=False)} = ["{key}"]'
    place = next((index for index, line in enumerate(lines) if key_of(line)[0] == (name,)), None)
    if place is None:
        lines.append(added)
    else:
        lines[place] = added
    changed = "\n".join(lines) + "\n"
    try:
        if parse_roster(changed) == wanted:
            return changed
    except TutorError:
        pass  # a value that takes several lines
    rows = (f"{json.dumps(each, ensure_ascii=False)} = {json.dumps(list(keys))}" for each, keys in wanted.items())
    return "\n".join(rows) + "\n"


def _damaged(reason: str) -> TutorError:
    return TutorError(translate("serve.roster-damaged", reason=reason), exit_code=ExitCode.CANNOT_READ)


def _not_written(error: OSError) -> TutorError:
    reason = error.strerror or str(error)
    return TutorError(translate("serve.roster-not-written", reason=reason), exit_code=ExitCode.CANNOT_WRITE)
