"""The learner's own keys are read, told apart from what is wrong, and take effect everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.tui.commands import Command, bindings_of, while_typing
from tutor.tui.key_list import all_commands, faults_of, print_keys
from tutor.tui.keymap import LearnersKeys, key_from, key_name, read_keys


def learn(monkeypatch: pytest.MonkeyPatch, **keys: tuple[str, ...]) -> None:
    own = LearnersKeys({id.replace("_", "."): each for id, each in keys.items()})
    monkeypatch.setattr("tutor.tui.commands.learners_keys", lambda: own)


def keys_in(folder: Path, text: str) -> LearnersKeys:
    path = folder / "keys.toml"
    path.write_text(text, encoding="utf-8")
    return read_keys(path)


def test_every_key_in_use_can_be_written_as_it_is_shown() -> None:
    for commands in all_commands().values():
        for command in commands:
            for key in command.keys:
                assert key_from(key_name(key)) == key, key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("x", "x"), ("X", "X"), ("?", "question_mark"), ("+", "plus"), ("ctrl+X", "ctrl+x"), ("Ctrl+Up", "ctrl+up"),
        ("F5", "f5"), ("esc", "escape"), ("PgDn", "pagedown"), ("*", "asterisk"), ("，", "fullwidth_comma"),
        ("shift+tab", "shift+tab"), ("shift+ctrl+a", "ctrl+shift+a"),
    ],
)  # fmt: skip
def test_keys_are_written_as_people_call_them(name: str, key: str) -> None:
    assert key_from(name) == key


@pytest.mark.parametrize("name", ["", "hyper+x", "F99", "nonsense", "ctrl+", "\x1b", "\u0301x", "a b"])
def test_what_is_no_key_is_refused(name: str) -> None:
    assert key_from(name) is None


@given(st.text(max_size=30))
def test_no_name_stops_it(name: str) -> None:
    key = key_from(name)
    assert key is None or key.isprintable()


def test_tables_and_dotted_names_say_the_same(tmp_path: Path) -> None:
    read = keys_in(tmp_path, '"lab.pin" = "P"\nlab.step = ["n", "F6"]\n[list]\ndown = "ctrl+n"\n')
    assert read == LearnersKeys({"lab.pin": ("P",), "lab.step": ("n", "f6"), "list.down": ("ctrl+n",)})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('\n"lab.pin" = P', "keys.toml:2"),
        ('"lab.pin" = "nokey"', "“nokey”, given to lab.pin, is no key"),
        ('"lab.pin" = 7', "“7”, given to lab.pin"),
        ('"lab.pin" = []', "given to lab.pin"),
        ('"lab.pni" = "P"', "no command “lab.pni”. Did you mean lab.pin?"),
        ('"review.\x1b[31m" = "P"', "keys.toml:1"),
        ('"home.number" = "n"', "cannot be changed"),
        ('"lab.pin" = "r"', "lab.pin now has r, which lab.restart had"),
        ('"list.down" = "ctrl+n"', ""),
    ],
)
def test_each_mistake_gets_its_sentence(tmp_path: Path, text: str, said: str) -> None:
    faults = faults_of(keys_in(tmp_path, text), all_commands())
    assert any(said in fault for fault in faults) if said else not faults
    assert all(fault.isprintable() for fault in faults)


def test_a_file_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert read_keys(tmp_path / "keys.toml") == LearnersKeys()


def test_a_file_that_is_too_large_or_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    for content in (b"#" * 100_000, b"\xff\xfe"):
        path.write_bytes(content)
        assert len(read_keys(path).faults) == 1


def test_the_chosen_key_is_bound_and_taken_from_others(monkeypatch: pytest.MonkeyPatch) -> None:
    learn(monkeypatch, a_one=("y",))
    one = Command("a.one", ("x",), "keys.up", shown="x X")
    two = Command("a.two", ("y", "z"), "keys.down")
    assert (one.keys_shown, two.keys) == ("y", ("y", "z"))
    bound = [(binding.key, binding.action) for binding in bindings_of([one, two])]  # type: ignore[union-attr]
    assert bound == [("y", "one"), ("z", "two")]


def test_while_typing_a_chosen_letter_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    learn(monkeypatch, a_one=("y", "f2"))
    one = Command("a.one", ("x",), "keys.up")
    left = while_typing(one, lambda _key, character: character is not None and character.isprintable())
    assert left is not None
    assert left.keys == ("f2",)


def test_the_list_of_keys_names_each_command_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_keys() == 0
    lines = capsys.readouterr().out.splitlines()
    ids = [line.split()[0] for line in lines if line.startswith("  ")]
    assert len(ids) == len(set(ids)) > 100
    assert "keys.toml" in lines[-1]
