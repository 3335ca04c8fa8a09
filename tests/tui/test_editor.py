"""The terminal is lent to the learner's editor and taken back: in a session that has no shell, as under ssh -t."""

from __future__ import annotations

import os
import re
import signal
import stat
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.terminal import Terminal
from tests.tui.conftest import MakeWorkspace
from tests.tui.screen_rows import app_of, running
from tutor.foundation.editor import editor_command
from tutor.foundation.errors import TutorError
from tutor.tui.editor import edit_file

_EDITOR = """\
#!{python}
import os, sys, termios
from pathlib import Path
modes = termios.tcgetattr(0)
cooked = bool(modes[3] & termios.ICANON and modes[3] & termios.ECHO)
print("\\x1b[2J\\x1b[HEDITOR IS HERE", flush=True)
typed = input()
path = Path(sys.argv[-1])
path.write_text(path.read_text(encoding="utf-8").replace("Prose of", typed + " of"), encoding="utf-8")
Path({report!r}).write_text(repr((os.isatty(0), os.isatty(1), cooked, sys.argv[1:-1])), encoding="utf-8")
modes[3] &= ~(termios.ECHO | termios.ICANON)
termios.tcsetattr(0, termios.TCSANOW, modes)  # it leaves the terminal in modes of its own
sys.exit({code})
"""


@pytest.fixture
def screen(lessons: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    """A lesson watched by a tutor that leads its session; the parameter is what its author's editor exits with."""
    script = tmp_path / "my editor"
    report = str(tmp_path / "report")
    script.write_text(_EDITOR.format(python=sys.executable, report=report, code=getattr(request, "param", 0)))
    script.chmod(stat.S_IRWXU)
    path = lessons / "en" / "02-loss.md"
    running = Terminal(
        "read", str(path), "--watch", EDITOR=f"'{script}' --wait", TUTOR_HOME=str(tmp_path / "home"),
        TUTOR_LESSONS=str(lessons), VISUAL="",
    )  # fmt: skip
    try:
        running.wait("Prose of", "No faults", "E edit")
        yield running
    finally:
        running.close()


def test_the_editor_gets_a_terminal_in_its_own_modes_and_tutor_gets_it_back(screen: Terminal, tmp_path: Path) -> None:
    screen.press("E")
    screen.wait("EDITOR IS HERE")
    screen.press("Verse\r")
    shown = screen.wait("Verse of", "No faults")
    assert shown.startswith("  tutor › 02-loss.md"), "drawn whole"
    assert "EDITOR" not in shown
    assert (tmp_path / "report").read_text(encoding="utf-8") == "(True, True, True, ['--wait'])"
    screen.press("?")
    screen.wait("› Help")
    screen.press("escape")
    screen.wait("02-loss.md", absent="› Help")
    screen.press("q")
    assert screen.ended() == 0


@pytest.mark.parametrize("screen", [3], indirect=True)
def test_an_editor_that_fails_is_told(screen: Terminal) -> None:
    screen.press("E")
    screen.wait("EDITOR IS HERE")
    screen.press("Verse\r")
    screen.wait("“my editor” ended with code 3", "Verse of")


def test_what_interrupts_the_editor_leaves_tutor_alone(screen: Terminal) -> None:
    screen.press("E")
    screen.wait("EDITOR IS HERE")
    screen.press("\x03")
    screen.wait("ended with code", "Prose of", "No faults")


def test_ctrl_z_says_that_nobody_could_wake_it(screen: Terminal) -> None:
    screen.press("\x1a")
    screen.wait("ctrl+z is off here")
    os.kill(screen.process.pid, signal.SIGTSTP)
    screen.press("?")
    screen.wait("› Help")


def test_every_mode_is_ended_and_nothing_that_was_typed_is_left(screen: Terminal) -> None:
    screen.press("E")
    screen.wait("EDITOR IS HERE")
    screen.press("Verse\r")
    screen.wait("Verse of")
    os.write(screen.master, b"qrm -rf important\rrm -rf important\r")
    assert screen.ended() == 0
    assert _modes_left(screen.output) == set()
    assert b"important" not in screen.output, "nothing is echoed either"


def _modes_left(output: bytes) -> set[bytes]:
    """The modes that were begun and not ended; the cursor and wrapping count the other way round."""
    begun: set[bytes] = set()
    for codes, what in re.findall(rb"\x1b\[\?([\d;]+)([hl])", output):
        for mode in codes.split(b";"):
            on = (what == b"h") != (mode in {b"25", b"7"})
            (begun.add if on else begun.discard)(mode)
    kitty = len(re.findall(rb"\x1b\[>\d+u", output)) - len(re.findall(rb"\x1b\[<u", output))
    return begun | ({b"kitty"} if kitty else set())


@pytest.mark.parametrize("crash", [False, True])
def test_a_shell_that_waits_for_tutor_runs_nothing_that_was_typed_for_it(
    lessons: Path, tmp_path: Path, crash: bool
) -> None:
    """A shell reads what is left; after a crash also what somebody is in the middle of typing comes to nothing."""
    program = tmp_path / "start.py"
    program.write_text(
        "import sys, tutor.tui.screens.home as home\n"
        + ("home.HomeScreen.action_progress = lambda self: 1 / 0\n" if crash else "")
        + "from tutor.tui import start\nsys.exit(start())\n"
    )
    script = f"{sys.executable} {program}; echo SHELL AGAIN; read -r typed; echo RAN $typed"
    screen = Terminal(
        "-c", script, command="/bin/sh", TUTOR_HOME=str(tmp_path / "home"), TUTOR_LESSONS=str(lessons)
    )  # fmt: skip
    try:
        screen.wait("Gradient descent", "? help")
        os.write(screen.master, b"p" if crash else b"q")
        if crash:
            end = time.monotonic() + 0.8
            while time.monotonic() < end:  # somebody goes on typing, key after key
                os.write(screen.master, b"touch evil\r")
                screen.read(0.1)
        # Where the cursor was decides how the line is broken: the emulator has no second screen to come back from.
        screen.wait_until(lambda: b"SHELL AGAIN" in screen.output)
        assert (b"had to stop" in screen.output) == crash
        modes = termios.tcgetattr(screen.master)
        assert modes[3] & termios.ECHO
        assert modes[3] & termios.ICANON
        os.write(screen.master, b"this\r")
        screen.wait_until(lambda: b"RAN this" in screen.output)
    finally:
        screen.close()


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"VISUAL": "code --wait", "EDITOR": "nano"}, ["code", "--wait"]),
        ({"VISUAL": " ", "EDITOR": "'my editor' -x"}, ["my editor", "-x"]),
    ],
)
def test_the_environment_names_the_editor(environment: dict[str, str], words: list[str]) -> None:
    assert editor_command(environment) == words


def test_without_a_name_the_first_usual_one_that_is_there_is_taken(tmp_path: Path) -> None:
    with pytest.raises(TutorError, match="No editor was found"):
        editor_command({"PATH": str(tmp_path)})
    for name in ("vi", "nano"):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(stat.S_IRWXU)
    assert editor_command({"PATH": str(tmp_path)}) == ["nano"]


def test_quotes_that_are_not_closed_are_told() -> None:
    with pytest.raises(TutorError, match="could not be started"):
        editor_command({"EDITOR": "'vim"})


async def test_where_there_is_no_terminal_to_lend_a_sentence_says_so(
    workspace_in: MakeWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    async with running(workspace_in()) as pilot:
        with pytest.raises(TutorError, match="needs a terminal"):
            edit_file(app_of(pilot), tmp_path / "file")
