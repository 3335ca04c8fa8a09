"""What click says by itself is said in the learner's language."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tutor.cli import run
from tutor.cli.help import CLICK_TEXTS
from tutor.foundation.text import cell_width
from tutor.foundation.translate import translate, use_language

_ENGLISH = re.compile(r"\b(Usage|Options|Commands|Show|this|message|exit|Missing|No such|Did you|Invalid|requires)\b")


_LOCALES = {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, own_home: object) -> str:
    """`run` chooses the language by the environment."""
    monkeypatch.setenv("LC_ALL", _LOCALES[request.param])
    return str(request.param)


@pytest.mark.parametrize("words", [["--help"], ["run", "stop", "--help"]])
def test_help(language: str, words: list[str]) -> None:
    # In a process of its own: help is made once in a process, in the language that it began with.
    command = [sys.executable, "-m", "tutor", *words]
    out = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    expected = (
        ("Usage: ", "Show this message and exit.") if language == "en" else ("用法：tutor", "选项：", "显示这段说明")
    )
    assert all(each in out for each in expected)
    if language == "zh":
        assert not _ENGLISH.search(out)


@pytest.mark.parametrize(
    ("words", "english", "chinese"),
    [
        (["train", "--epoch", "3", "ball"], "No such option '--epoch'.", "没有选项 '--epoch'。"),
        (["train", "--epoch", "3", "ball"], "Did you mean", "是不是"),
        (
            ["completion"],
            "Missing argument '{bash|zsh|fish}'. Choose from: bash, zsh, fish. It is written `tutor completion",
            "缺少参数 '{bash|zsh|fish}'。可选：bash, zsh, fish。写法是 `tutor completion",
        ),
        (
            ["run", "note", "x"],
            "Missing argument 'TEXT...'. It is written `tutor run note",
            "缺少参数 'TEXT...'。写法是 `tutor run note",
        ),
        (["completion", "tcsh"], "'tcsh' is not one of 'bash', 'zsh', 'fish'.", "'tcsh' 不在可选值"),
        (["check", "--jobs", "99"], "99 is not in the range 1<=x<=64.", "99 不在范围 1<=x<=64 之内。"),
        (["check", "--jobs", "x"], "'x' is not a valid", "'x' 不是有效的数"),
        (["check", "--jobs"], "Option '--jobs' requires an argument.", "选项 '--jobs' 后面要有一个值。"),
        (["doctor", "--help=1"], "Option '--help' does not take a value.", "选项 '--help' 后面不跟值。"),
        (["doctor", "a"], "Got unexpected extra argument (a)", "多了一个参数（a）。"),
        (["run", "nonsense"], "No such command 'nonsense'.", "没有命令 'nonsense'。"),
    ],
)
def test_what_is_refused(
    language: str, words: list[str], english: str, chinese: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert (english if language == "en" else chinese) in said
    if language == "zh":
        assert not _ENGLISH.search(said)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", ["80", "50"])
@pytest.mark.parametrize("words", [[], ["train"], ["run"], ["sweep"]])
def test_help_fits_the_terminal(language: str, columns: str, words: list[str]) -> None:
    command = [sys.executable, "-m", "tutor", *words, "--help"]
    given = {**os.environ, "LC_ALL": _LOCALES[language], "COLUMNS": columns}
    lines = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, env=given).stdout.splitlines()
    assert max(map(cell_width, lines)) <= int(columns)
    assert not any(re.search(r"\w-$", line) for line in lines), "names such as least-squares stay whole"


def test_a_group_without_a_command_shows_its_help(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("Usage: tutor run" if language == "en" else "用法：tutor run")
    assert ("Commands:" if language == "en" else "命令：") in lines


def test_the_english_words_are_clicks_own() -> None:
    use_language("en")
    assert all(translate(key) == words for words, key in CLICK_TEXTS.items())
