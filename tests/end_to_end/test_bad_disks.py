"""Disks that are really full, folders that really cannot be written, files that are really broken.

The installed program, on the screen and as lines of text: one sentence says it, and the course goes on.
"""

from __future__ import annotations

import os
import random
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.memory import answers
from tests.end_to_end.terminal import Terminal, program, terminal
from tests.stores import open_store
from tutor.foundation import paths
from tutor.foundation.errors import ExitCode
from tutor.progress.records import Answer

LESSON = "gradient-descent"
RIGHT = "It depends on where you start"
"""The right answer to its first question."""
CANNOT = "progress cannot be saved"
LOST = "could not be saved"


@pytest.fixture
def before(own_home: Path) -> Path:
    """A memory with one answer."""
    store = open_store().store
    store.record_answer(Answer(LESSON, "one-step", "numeric", ("1",), correct=False))
    store.close()
    return own_home


def full_in_the_middle(_home: Path) -> list[str]:
    """No file may grow beyond 40 KiB: the first writes still fit into the log, the next ones do not.

    Python would cut off the bytecode that it keeps, too, and all that starts afterwards would stumble over it.
    """
    return ["sh", "-c", 'ulimit -f 80; export PYTHONDONTWRITEBYTECODE=1; exec "$0" "$@"']


def full_from_the_start(home: Path) -> list[str]:
    """A small disk without a free byte, over the home as it was."""
    kept, place = shlex.quote(f"{home}-kept"), shlex.quote(str(home))
    mount = f"mount -t tmpfs -o size=600k tmpfs {place} && cp -r {kept}/* {place}/"
    fill = f"cat /dev/zero > {place}/filler 2>/dev/null"
    script = f'rm -rf {kept} && cp -r {place} {kept} && {mount} && {{ {fill}; exec "$0" "$@"; }}'
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", script]


def read_only(_home: Path) -> list[str]:
    """Root may write anywhere, unless it gives the power up."""
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else ["env"]


def works(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


OWN_DISK = works("unshare", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs -o size=8k tmpfs /mnt")
BAD_DISKS = [
    full_in_the_middle,
    pytest.param(
        full_from_the_start, marks=pytest.mark.skipif(not OWN_DISK, reason="a disk of its own cannot be had here")
    ),
    pytest.param(read_only, marks=pytest.mark.skipif(not works(*read_only(Path()), "true"), reason="no setpriv")),
]


@pytest.fixture(params=BAD_DISKS)
def bad_disk(
    request: pytest.FixtureRequest, before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[object]:
    """``tutor`` finds such a disk; which one."""
    start = [*request.param(before), program()]
    script = tmp_path / "tutor"
    script.write_text(f'#!/bin/sh\nexec {shlex.join(start)} "$@"\n')
    script.chmod(0o755)
    monkeypatch.setattr("tests.end_to_end.terminal.program", lambda: str(script))
    folders = [before, *(each for each in before.rglob("*") if each.is_dir())] if request.param is read_only else []
    for folder in folders:
        folder.chmod(0o555)
    yield request.param
    for folder in folders:
        folder.chmod(0o755)


def answer_the_first_question(screen: Terminal) -> None:
    """In the quiz of the lesson that is selected on the course map."""
    screen.press("t")
    screen.wait("1 of ", "enter commit", RIGHT)
    row = next(row for row in screen.text.split("\n") if RIGHT in row)
    screen.press(row.replace("▸", " ").split()[0], "enter")
    screen.wait("Correct")


def wait_for_the_sentence(screen: Terminal, sentence: str) -> None:
    """Over as many lines as it takes."""
    screen.wait_until(lambda: sentence in " ".join(screen.text.split()))


def test_the_screen_says_it_in_a_sentence_and_the_course_goes_on(bad_disk: object) -> None:
    with terminal() as screen:
        screen.wait("3 Gradient descent", "continue  enter")
        if bad_disk is not full_in_the_middle:
            wait_for_the_sentence(screen, CANNOT)
        answer_the_first_question(screen)
        if bad_disk is full_in_the_middle:
            wait_for_the_sentence(screen, CANNOT)
        screen.press("enter")
        screen.wait("2 of ")
        screen.look_for("2 Model and loss", "escape", most=3)
        assert screen.leave() == ExitCode.OK
        assert LOST in screen.sentence
    assert answers(LESSON)[0].question_id == "one-step", "what was there is untouched"


@pytest.mark.usefixtures("bad_disk")
def test_lines_of_text_say_it_and_the_exit_code_tells_it(tmp_path: Path) -> None:
    from tests.end_to_end import terminal as module

    asked = "".join(f"{number}\n\n" for number in range(1, 30))
    done = subprocess.run(
        [module.program(), "quiz", LESSON], input=asked, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert CANNOT in done.stdout
    assert done.returncode == ExitCode.CANNOT_WRITE, done.stderr
    assert LOST in done.stderr
    assert "Your answers are saved" not in done.stdout
    told = subprocess.run([module.program(), "progress"], capture_output=True, text=True, check=False)
    assert told.returncode == ExitCode.OK
    assert "Answers:" in told.stdout


def kept_aside(home: Path) -> list[Path]:
    """The files that were kept, without what SQLite had beside them."""
    return [each for each in home.glob("progress.sqlite3.corrupt-*") if not each.name.endswith(("-wal", "-shm"))]


def random_bytes(content: bytes) -> bytes:
    return random.Random(1).randbytes(len(content))


def cut_short(content: bytes) -> bytes:
    return content[: len(content) // 2]


def emptied(_content: bytes) -> bytes:
    return b""


def overwritten_in_the_middle(content: bytes) -> bytes:
    return content[:4096] + random.Random(2).randbytes(8 * 4096) + content[9 * 4096 :]


@pytest.mark.parametrize("damage", [random_bytes, cut_short, emptied, overwritten_in_the_middle])
def test_a_broken_file_is_kept_aside_and_a_new_one_works(before: Path, damage: Callable[[bytes], bytes]) -> None:
    file = paths.progress_file()
    broken = damage(file.read_bytes())
    file.write_bytes(broken)
    said = damage is not emptied  # an empty file is how a new one begins
    with terminal() as screen:
        screen.wait("3 Gradient descent")
        if said:
            wait_for_the_sentence(screen, "was damaged")
        screen.press("3")
        answer_the_first_question(screen)
        screen.look_for("2 Model and loss", "escape", most=3)
        assert screen.leave() == ExitCode.OK
        assert LOST not in screen.sentence
    salvaged = [False] if damage is cut_short else []  # the one answer lies in the first half
    assert [answer.correct for answer in answers(LESSON)] == [*salvaged, True]
    kept = [each.read_bytes() for each in kept_aside(before)]
    assert kept == ([broken] if said else [])


@pytest.mark.parametrize("damage", [random_bytes, cut_short, emptied, overwritten_in_the_middle])
def test_a_broken_file_is_told_of_as_lines_of_text(before: Path, damage: Callable[[bytes], bytes]) -> None:
    file = paths.progress_file()
    file.write_bytes(damage(file.read_bytes()))
    done = subprocess.run([sys.executable, "-m", "tutor", "progress"], capture_output=True, text=True, check=False)
    assert done.returncode == ExitCode.OK
    assert ("was damaged" in done.stderr) == (damage is not emptied)
    salvaged = int(damage is cut_short)
    assert f"Answers: {salvaged}" in done.stdout
    assert (f"answers: {salvaged}" in done.stderr) == bool(salvaged)
    assert len(kept_aside(before)) == (damage is not emptied)
