"""``tutor doctor``: what it says on each kind of terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.end_to_end.terminal import terminal
from tests.runs.test_registry import FINISHED, make
from tutor.foundation import paths
from tutor.foundation.terminal import colour_depth
from tutor.foundation.text import cell_width
from tutor.foundation.translate import use_language
from tutor.plain.doctor import examine
from tutor.runs.registry import Runs


@pytest.mark.parametrize(
    ("variables", "number", "by"),
    [
        ({"TERM": "xterm-256color"}, "256", "TERM"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "16777216", "COLORTERM"),
        ({"TERM": "xterm-kitty"}, "16777216", "TERM"),
        ({"TERM": "linux"}, "16", "TERM"),
        ({"TERM": "dumb"}, "none", "TERM"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1", "COLORTERM": "truecolor"}, "none", "NO_COLOR"),
    ],
)
def test_how_many_colours_there_are(
    variables: dict[str, str], number: str, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert colour_depth() == (number, by)


@pytest.mark.parametrize("variables", [{"TERM": "xterm-256color"}, {"TERM": "linux"}, {"COLORTERM": "truecolor"}])
def test_the_colours_are_those_that_the_screens_use(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.console import Console

    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    system = Console(force_terminal=True).color_system
    assert {"16": "standard", "256": "256", "16777216": "truecolor"}[colour_depth()[0]] == system


def test_it_tells_where_files_lie_and_what_was_given_up(
    own_home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(Runs(paths.runs_folder()), "20260101-100000-aaaa", FINISHED)
    for name, value in {"TERM": "xterm\x1b[2J", "LANG": "C", "SSH_CONNECTION": "a b"}.items():
        monkeypatch.setenv(name, value)
    for name in ("LC_ALL", "LC_CTYPE", "TUTOR_DRIVER"):
        monkeypatch.delenv(name, raising=False)
    assert examine() == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert str(own_home / "progress.sqlite3") in out
    assert "1 kept, 0 running" in out
    assert "the locale is not UTF-8" in out
    assert "over SSH" in out
    assert "pipe or a file" in out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_word_of_it_is_there(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    use_language(language)
    examine()
    assert "doctor." not in capsys.readouterr().out


def test_on_a_terminal_it_asks_and_leaves_no_answer_behind() -> None:
    with terminal("doctor") as screen:

        def reply(data: str) -> None:
            os.write(screen.master, data.encode())

        screen.screen.write_process_input = reply  # type: ignore[method-assign]
        assert screen.ended() == 0
        assert "80x24" in screen.sentence
        assert "after" in screen.sentence
        assert sys.executable.rpartition("/")[2] in screen.sentence


def test_who_asked_for_no_colours_is_not_told_to_set_colorterm(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    use_language("en")
    examine()
    out = capsys.readouterr().out
    assert "NO_COLOR is set" in out
    assert "COLORTERM" not in out


def test_the_size_is_the_terminals_and_not_what_a_shell_exported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "33")
    monkeypatch.setenv("LINES", "5")
    with terminal("doctor") as screen:
        assert screen.ended() == 0
        assert "80x24" in screen.sentence


@pytest.mark.parametrize(("locale", "words"), [("en_US.UTF-8", "over SSH"), ("zh_CN.UTF-8", "SSH")])
@pytest.mark.parametrize("columns", [40, 80])
def test_long_lines_go_on_under_themselves(locale: str, words: str, columns: int, tmp_path: Path) -> None:
    home = tmp_path / "a-home"
    with terminal(
        "doctor", columns=columns, lines=100, LC_ALL=locale, SSH_CONNECTION="a b", TUTOR_HOME=str(home)
    ) as screen:
        screen.ended()
        rows = [row for row in screen.text.split("\n") if row.strip()]
    assert words in screen.text
    sections = [row for row in rows if not row.startswith(" ")]
    assert len(sections) == 6  # no row went on at the left edge
    printed = [row for row in screen.output.decode().replace("\r", "").split("\n") if row.startswith(" ")]
    assert all(cell_width(row) < columns for row in printed)
    notes = rows[rows.index(sections[1]) + 1 : rows.index(sections[2])]
    assert len(notes) > len([row for row in notes if row.startswith("  · ")]) > 0
    assert all(row.startswith(("  · ", "    ")) for row in notes)
