"""What a learner may ask for behind ``ssh host``: some commands of tutor, in which nothing can be a path."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

from tutor.foundation.languages import languages

_LONGEST = 1_000
_WORD = re.compile(r"\w[\w.:-]{0,99}")
"""An id, a number or a word: no slash, no ``~``, nothing that begins with a dot or a dash."""
_FILE_ENDINGS = (".md", ".toml", ".csv", ".py")
_NUMBER = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,6})?")
_FRONTS = ("--lines", "--screens")


class RefusedCommandError(Exception):
    """The command is not one that a learner may ask for."""


@dataclass(frozen=True, slots=True)
class _Command:
    """Which arguments a command takes here."""

    most: int = 0
    """How many words that are no options."""
    flags: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    """Options with a number."""
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Options with one of some words."""


_COMMANDS: dict[tuple[str, ...], _Command] = {
    ("list",): _Command(),
    ("read",): _Command(1, flags=("--plain",)),
    ("open",): _Command(1),
    ("quiz",): _Command(1, flags=("--fresh",), numbers=("--seed",)),
    ("exam",): _Command(1, flags=("--fresh",), numbers=("--seed", "--minutes")),
    ("review",): _Command(flags=("--due",), numbers=("--minutes",)),
    ("glossary",): _Command(8),
    ("notes",): _Command(1),
    ("runs",): _Command(flags=("--json",)),
    ("watch",): _Command(1, flags=("--plain", "--narrate", "--json")),
    ("help",): _Command(1),
    ("keys",): _Command(),
    ("progress",): _Command(),
    ("progress", "items"): _Command(1),
    ("progress", "export"): _Command(choices={"--format": ("json", "csv")}),
}


def allowed_arguments(command: str) -> list[str]:
    """Return the arguments of tutor that ``command`` stands for; an empty list for the course's screens.

    A leading ``tutor`` may be left out.

    Raises:
        RefusedCommandError: It is not one of the commands, or an argument could be a path.
    """
    if len(command) > _LONGEST or "\0" in command:
        raise RefusedCommandError
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise RefusedCommandError from error
    if words[:1] == ["tutor"]:
        words = words[1:]
    before, words = _options_before(words)
    if not words:
        return before
    found = next((_COMMANDS[key] for size in (2, 1) if (key := tuple(words[:size])) in _COMMANDS), None)
    if found is None:
        raise RefusedCommandError
    start = 2 if tuple(words[:2]) in _COMMANDS and len(words) > 1 else 1
    _check(found, words[start:])
    return before + words


def _options_before(words: list[str]) -> tuple[list[str], list[str]]:
    """Return the options before the command, and the rest."""
    before: list[str] = []
    while words:
        if words[0] in _FRONTS:
            taken = 1
        elif words[0] == "--lang" and len(words) > 1 and words[1] in languages():
            taken = 2
        else:
            break
        before, words = before + words[:taken], words[taken:]
    return before, words


def _check(command: _Command, words: list[str]) -> None:
    left = list(words)
    count = 0
    while left:
        word = left.pop(0)
        name, has_value, value = word.partition("=")
        if word in command.flags or word in {"-h", "--help"}:
            continue
        if name in command.numbers or name in command.choices:
            if not has_value:
                value = left.pop(0) if left else ""
            fits = value in command.choices.get(name, ()) or (name in command.numbers and _NUMBER.fullmatch(value))
            if not fits:
                raise RefusedCommandError
            continue
        count += 1
        if count > command.most or not _WORD.fullmatch(word) or word.casefold().endswith(_FILE_ENDINGS):
            raise RefusedCommandError
