"""One table gives keys, footer, palette and help."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from textual.binding import Binding

from tutor.charts.cells import plain_row
from tutor.foundation.text import cell_width
from tutor.foundation.translate import translate, use_language
from tutor.tui import screens, widgets
from tutor.tui.commands import SHARED, Command, bindings_of, footer_commands
from tutor.tui.keymap import key_name
from tutor.tui.screen import Commanded
from tutor.tui.screens.help import command_items
from tutor.tui.screens.lab.building import BuildingMode
from tutor.tui.screens.lab.mode import Mode
from tutor.tui.screens.lab.normal import NormalMode, TypingMode
from tutor.tui.screens.lab.replaying import ReplayingMode
from tutor.tui.screens.lab.screen import LabScreen


def classes_with_keys() -> list[type]:
    found: dict[str, type] = {}
    for package in (screens, widgets):
        for module_info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(module_info.name)
            for value in vars(module).values():
                if isinstance(value, type) and "KEYS" in value.__dict__ and value.__module__.startswith("tutor.tui"):
                    found[f"{value.__module__}.{value.__name__}"] = value
    return [found[name] for name in sorted(found)]


CLASSES = classes_with_keys()


def keys_of(cls: type) -> tuple[Command, ...]:
    keys: tuple[Command, ...] = cls.__dict__["KEYS"]
    return keys


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_a_key_means_two_things_only_where_the_moment_decides_between_them(cls: type) -> None:
    keys = [key for command in keys_of(cls) for key in command.keys]
    decided = any("check_action" in base.__dict__ for base in cls.__mro__ if base.__module__.startswith("tutor."))
    assert decided or len(keys) == len(set(keys))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_key_does_is_told_whole_at_eighty_columns(language: str) -> None:
    use_language(language)
    commands = [*SHARED, *(command for cls in CLASSES for command in keys_of(cls))]
    most = max(cell_width(command.keys_shown) for command in commands)
    for command in commands:
        said = translate(command.help or command.label)
        assert len(command_items(command, most, 79)) == 1, f"{command.id} has more than one row: {said}"
        narrow = [plain_row(item.draw(59)) for item in command_items(command, most, 59)]
        assert "".join(row[4 + most :].replace(" ", "") for row in narrow) == said.replace(" ", "")
        assert max(map(cell_width, narrow)) <= 59


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_command_has_an_action(cls: type) -> None:
    for command in keys_of(cls):
        if issubclass(cls, Commanded) and command.action_name == "palette":
            continue
        assert hasattr(cls, f"action_{command.action_name}"), command.id


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if issubclass(cls, Commanded)], ids=lambda cls: cls.__name__)
def test_no_screen_takes_a_shared_key_for_something_else(cls: type) -> None:
    """The same key means the same everywhere."""
    shared = {key: command.action_name for command in SHARED for key in command.keys}
    for command in keys_of(cls):
        for key in command.keys:
            assert shared.get(key, command.action_name) == command.action_name, command.id


@pytest.mark.parametrize("mode", [NormalMode, TypingMode, BuildingMode, ReplayingMode])
def test_every_command_of_a_lab_s_mode_is_done_by_it_and_takes_no_shared_key(mode: type[Mode]) -> None:
    shared = {key for command in SHARED for key in command.keys}
    assert len({command.id for command in mode.commands}) == len(mode.commands)
    for command in mode.commands:
        assert callable(getattr(mode, f"action_{command.verb}", None)), command.id
        assert not shared & set(command.keys), command.id
        assert command in LabScreen.KEYS


def test_bindings_say_the_same_as_the_commands() -> None:
    commands = (
        Command("x.play", ("space", "p"), "keys.open"),
        Command("x.pick", ("1", "2"), "keys.up", passes_key=True),
        Command("x.go-on", ("n",), "keys.up", "", "command", passes_id=True),
        Command("x.move", ("left",), "keys.up", "", "command", passes_id=True, passes_key=True),
        Command("x.read-by-the-screen", (), "keys.up", shown="esc"),
    )
    bindings = [binding for binding in bindings_of(commands) if isinstance(binding, Binding)]
    assert [(binding.key, binding.action) for binding in bindings] == [
        ("space", "play"), ("p", "play"), ("1", "pick('1')"), ("2", "pick('2')"), ("n", "command('x.go-on')"),
        ("left", "command('x.move', 'left')"),
    ]  # fmt: skip


def test_the_footer_takes_the_five_most_needed() -> None:
    commands = [Command(f"x.c{rank}", ("a",), "keys.open", footer=rank) for rank in (9, 3, 0, 5, 1, 7, 8)]
    assert [command.footer for command in footer_commands(commands)] == [1, 3, 5, 7, 8]


@pytest.mark.parametrize(
    ("key", "name"),
    [("question_mark", "?"), ("ctrl+p", "ctrl+p"), ("escape", "esc"), ("shift+up", "shift+↑"), ("L", "L")],
)
def test_keys_are_named_as_people_write_them(key: str, name: str) -> None:
    assert key_name(key) == name
