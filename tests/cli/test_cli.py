"""The command line: what it says, where it says it, and with which exit code."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest

from tutor import __version__
from tutor.cli import OPTIONS_WITH_VALUE, run
from tutor.cli.commands import root
from tutor.cli.fronts import FRONT
from tutor.foundation.errors import ExitCode
from tutor.plain.listing import lab_names

COMMANDS = (
    "open", "lab", "train", "explain", "code", "sweep", "serve", "class", "runs", "watch", "run", "doctor", "quiz",
    "exam", "exercise", "review", "notes", "digest", "progress", "list", "read", "glossary", "new", "check", "import",
    "export", "source", "keys", "help", "completion",
)  # fmt: skip


def test_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == ExitCode.OK
    assert capsys.readouterr().out == f"tutor {__version__}\n"


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == ExitCode.OK
    _, _, listed = capsys.readouterr().out.partition("Commands:\n")
    assert (
        tuple(line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " ") == COMMANDS
    )


def test_the_front_is_read_past_the_values_of_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FRONT, "")
    assert run(["--lang", "en", "--driver", "textual", "--lines", "--version"]) == ExitCode.OK
    assert os.environ[FRONT] == "lines"
    monkeypatch.setenv(FRONT, "")
    assert run(["glossary", "--lines"]) != ExitCode.OK
    assert os.environ[FRONT] == "", "behind a command, it is no option of ours"
    options = [each for each in root.params if isinstance(each, click.Option) and not each.is_flag]
    assert {name for each in options for name in each.opts} == OPTIONS_WITH_VALUE


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_is_in_the_manual(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == ExitCode.OK
    assert f"Usage: tutor {name}" in capsys.readouterr().out
    for language in ("en", "zh"):
        manual = Path(__file__).resolve().parents[2] / "tutor" / "manual" / language / "commands.md"
        assert f"tutor {name}" in manual.read_text(encoding="utf-8")


def test_help_speaks_the_learners_language(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    (own_home / "settings.json").write_text('{"language": "zh"}')
    import subprocess
    import sys

    result = subprocess.run([sys.executable, "-m", "tutor", "--help"], capture_output=True, text=True, check=True)
    assert "不离开终端，学会机器学习。" in result.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nonsense-word"], ExitCode.USAGE, "neither a command nor a lesson"),
        (["trian", "ball"], ExitCode.USAGE, "Did you mean “train”?"),
        (["train"], ExitCode.USAGE, "LAB"),
        (["train", "ball", "--data", "my.csv"], ExitCode.USAGE, "--data"),
        (["train", "--data", "/no/such.csv", "--target", "y"], ExitCode.CANNOT_READ, "/no/such.csv"),
        (["train", "ball", "--epochs", "many"], ExitCode.USAGE, "--epochs"),
        (["lab"], ExitCode.USAGE, "LAB"),
        (["lab", "--data", "my.csv"], ExitCode.NO_TERMINAL, "needs a terminal"),
        (["train", "no-such-lab"], ExitCode.USAGE, "no-such-lab"),
        (["--nonsense"], ExitCode.USAGE, "--nonsense"),
        (["check", "/no/such/folder"], ExitCode.CANNOT_READ, "/no/such/folder"),
        ([], ExitCode.NO_TERMINAL, "needs a terminal"),
        (["gradient-descent"], ExitCode.NO_TERMINAL, "needs a terminal"),
        (["3"], ExitCode.NO_TERMINAL, "needs a terminal"),
        (["lab", "ball"], ExitCode.NO_TERMINAL, "needs a terminal"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_on_stderr(
    words: list[str], code: ExitCode, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert "Traceback" not in captured.err
    assert captured.err.count("\n") == 1


def test_a_missing_lessons_folder_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TUTOR_LESSONS", "/no/such/lessons")
    assert run(["list"]) == ExitCode.CANNOT_READ
    assert "/no/such/lessons" in capsys.readouterr().err


def test_the_list_names_lessons_and_labs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list"]) == ExitCode.OK
    out = capsys.readouterr().out
    assert "gradient-descent" in out
    assert "three-species" in out
    assert {line.split()[0] for line in out.partition("Labs\n")[2].splitlines()} == set(lab_names())  # none is cut


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_program(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == ExitCode.OK
    assert "_TUTOR_COMPLETE" in capsys.readouterr().out


def test_the_tab_key_finds_lessons_and_labs() -> None:
    import os
    import subprocess
    import sys

    def complete(words: str, index: int) -> str:
        environment = os.environ | {"_TUTOR_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(index)}
        command = [sys.executable, "-c", "import sys; sys.argv = ['tutor']; from tutor.__main__ import main; main()"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout

    assert "plain,train" in complete("tutor tr", 1)
    assert "plain,three-species" in complete("tutor train thr", 2)
    assert "plain,gradient-descent" in complete("tutor open grad", 2)
