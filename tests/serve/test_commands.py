"""What may be asked for behind ``ssh host``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.serve.commands import RefusedCommandError, allowed_arguments


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("", []),
        ("tutor", []),
        ("tutor --lines", ["--lines"]),
        ("tutor read 3", ["read", "3"]),
        ("--lang zh read gradient-descent", ["--lang", "zh", "read", "gradient-descent"]),
        ("progress export --format=csv", ["progress", "export", "--format=csv"]),
        ("quiz 3 --seed 4 --fresh", ["quiz", "3", "--seed", "4", "--fresh"]),
        ("glossary 'learning rate'", None),
        ("glossary learning rate", ["glossary", "learning", "rate"]),
    ],
)
def test_a_command_is_taken_as_it_is(command: str, arguments: list[str] | None) -> None:
    if arguments is None:
        with pytest.raises(RefusedCommandError):
            allowed_arguments(command)
    else:
        assert allowed_arguments(command) == arguments


@pytest.mark.parametrize(
    "command",
    [
        "sh", "read", "bash -c id", "read /etc/passwd", "read ../x", "read ~/x", "read x.md", "read 3; id x",
        "lab moons-net",
        "progress export -o x", "progress export --output=x", "progress import x", "progress reset --all --yes",
        "train --data x", "run export --to x", "check", "new x", "code", "doctor", "serve --class x", "'", "read 3 4",
        "notes -o x", "watch --csv x", "exercise", "--driver tutor", "read \0", "x" * 2000, "quiz 3 --seed x",
    ],
)  # fmt: skip
def test_anything_else_is_refused(command: str) -> None:
    if command == "read":  # click says that the lesson is missing
        assert allowed_arguments(command) == ["read"]
        return
    with pytest.raises(RefusedCommandError):
        allowed_arguments(command)


@given(st.one_of(st.text(max_size=80), st.from_regex(r"(tutor )?(read|quiz|watch|notes|glossary)( \S{1,20}){0,3}")))
def test_no_argument_is_ever_a_path(command: str) -> None:
    try:
        arguments = allowed_arguments(command)
    except RefusedCommandError:
        return
    assert not any("/" in each or each.startswith(("~", ".")) or each.endswith(".md") for each in arguments)
