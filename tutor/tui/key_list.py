"""All commands of the program, and what is wrong with the keys that the learner gave to some of them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from tutor.foundation.paths import keys_file
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import translate
from tutor.tui.commands import Command
from tutor.tui.keymap import LearnersKeys, key_name, learners_keys


def all_commands() -> dict[type, tuple[Command, ...]]:
    """The commands of every screen, widget and mode of a lab. Imports all of them."""
    found: dict[type, tuple[Command, ...]] = {}
    for module in pkgutil.walk_packages([str(Path(__file__).parent)], "tutor.tui."):
        if module.name.startswith("tutor.tui.terminal"):
            continue  # drivers, which need a terminal
        for value in vars(importlib.import_module(module.name)).values():
            for attribute in ("KEYS", "commands") if isinstance(value, type) else ():
                commands = value.__dict__.get(attribute)
                if isinstance(commands, tuple) and commands and all(isinstance(each, Command) for each in commands):
                    found[value] = commands
    return found


def faults_of(keys: LearnersKeys, commands: Mapping[type, Iterable[Command]]) -> list[str]:
    """What the learner has to be told about their keys: what cannot be read, unknown commands, and conflicts."""
    by_id = {command.id: command for each in commands.values() for command in each}
    said = list(keys.faults)
    for id in keys.keys:
        if id not in by_id:
            near = nearest(id, by_id)
            said.append(translate("keymap.unknown", command=id))
            if near:
                said[-1] += " " + translate("app.did-you-mean", name=near)
        elif not by_id[id].movable:
            said.append(translate("keymap.fixed", command=id))
    for command, other, key in _conflicts(keys, commands.values()):
        said.append(translate("keymap.conflict", key=key_name(key), command=command, other=other))
    return said


def _conflicts(keys: LearnersKeys, screens: Iterable[Iterable[Command]]) -> dict[tuple[str, str, str], None]:
    """Each command that has taken a key from another one of its screen, with that one and the key, once."""
    found: dict[tuple[str, str, str], None] = {}
    for commands in map(list, screens):
        for taker in commands:
            for key in keys.keys.get(taker.id, ()) if taker.movable else ():
                for other in commands:
                    if other.id != taker.id and key in (keys.keys.get(other.id) or other.usual_keys):
                        both = (taker.id, other.id) if other.id not in keys.keys else sorted((taker.id, other.id))
                        found[both[0], both[1], key] = None
    return found


def print_keys() -> int:
    """Print every command with its keys, where ``keys.toml`` lies, and what is wrong with it.

    Returns:
        The exit code: 0, or 1 if something is wrong.
    """
    commands = all_commands()
    shown: dict[str, Command] = {command.id: command for each in commands.values() for command in each}
    width = max(map(len, shown))
    keys_width = max(len(command.keys_shown) for command in shown.values())
    for id in sorted(shown):
        command = shown[id]
        mark = "*" if id in learners_keys().keys and command.movable else " "
        print(f"{mark} {id:{width}}  {command.keys_shown:{keys_width}}  {translate(command.help or command.label)}")
    print(f"\n{translate('keymap.where', path=keys_file())}")
    faults = faults_of(learners_keys(), commands)
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0
