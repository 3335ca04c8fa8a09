"""The driver on a real terminal that lags, stops, is suspended, or is continued for no reason."""

from __future__ import annotations

import os
import random
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyte
import pytest

from tests.end_to_end.processes import workers_of
from tests.end_to_end.terminal import PATIENCE_SECONDS, Terminal, terminal
from tests.tui.terminal.referee import looks_of

_JOB = """
import os, signal, subprocess, sys, fcntl, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
def job():
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
child = subprocess.Popen(sys.argv[1:], preexec_fn=job)
print(child.pid, file=open(os.environ["PID_FILE"], "w"), flush=True)
sys.exit(child.wait())
"""
"""A shell's way to start a job: a process group of its own, in front."""


_LIVE = """
id = "live"
[data]
name = "moons"
[model]
name = "mlp"
hidden = [8]
[loss]
name = "cross-entropy"
[optimizer]
name = "adam"
[train]
epochs = 100000
pace = 10.0
[show]
panels = ["loss"]
"""


@pytest.fixture(autouse=True)
def no_ssh(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSH_CONNECTION", "LC_CTYPE", "TUTOR_DRIVER", "TEXTUAL_DRIVER"):
        monkeypatch.delenv(name, raising=False)


def state_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def reads_in_a_second(pid: int) -> int:
    """How often a process reads anything in a second."""

    def count() -> int:
        fields = Path(f"/proc/{pid}/io").read_text(encoding="utf-8").splitlines()
        return int(next(line for line in fields if line.startswith("syscr")).split()[1])

    before = count()
    time.sleep(1)
    return count() - before


def epoch_of(screen: Terminal) -> int:
    found = re.search(r" ([\d,]+) / [\d,]+ ", screen.text)
    return int(found[1].replace(",", "")) if found else -1


def pending(screen: Terminal) -> int:
    """Reads everything that is there now; how many bytes it was."""
    before = len(screen.output)
    while select.select([screen.master], [], [], 0.3)[0] and screen.read():
        pass
    return len(screen.output) - before


def answering(screen: Terminal) -> None:
    """Let the terminal answer what it is asked, when it has come to the question."""

    def reply(data: str) -> None:
        os.write(screen.master, data.encode())

    screen.screen.write_process_input = reply  # type: ignore[method-assign]


def test_a_terminal_that_stops_reading_gets_one_picture_when_it_reads_again() -> None:
    with terminal() as screen:
        answering(screen)
        screen.wait("1 What learning means", "? help")
        pending(screen)
        before = len(screen.output)
        for _ in range(60):  # nobody reads meanwhile: 120 pages, a quarter of a megabyte
            os.write(screen.master, b"\x1b[6~\x1b[5~")
            time.sleep(0.02)
        os.write(screen.master, b"S")
        screen.wait("Language")
        pending(screen)
        assert len(screen.output) - before < 40_000
        os.write(screen.master, b"q")
        assert screen.ended() == 0


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="needs /proc")
def test_while_a_terminal_takes_nothing_the_log_is_not_read_and_then_the_run_is_shown_as_it_is(
    tmp_path: Path,
) -> None:
    lab = tmp_path / "live.toml"
    lab.write_text(_LIVE, encoding="utf-8")
    with terminal("lab", str(lab), TUTOR_HOME=str(tmp_path / "home")) as screen:
        answering(screen)
        try:
            screen.wait("space start")
            screen.press("space")
            screen.wait("▶ ", "space pause")
            end = time.monotonic() + PATIENCE_SECONDS
            while reads_in_a_second(screen.process.pid) > 8:  # it looks at the log ten times a second while it is seen
                assert time.monotonic() < end
            assert reads_in_a_second(screen.process.pid) <= 8
            before = epoch_of(screen)
            os.write(screen.master, b" ")
            screen.wait("paused")
            screen.wait_until(lambda: epoch_of(screen) > before)
        finally:
            for pid in workers_of(tmp_path):
                os.kill(pid, signal.SIGKILL)


def test_a_terminal_that_never_reads_again_does_not_keep_it(tmp_path: Path) -> None:
    with terminal() as screen:
        screen.wait("1 What learning means")
        for _ in range(40):
            os.write(screen.master, b"S\x1b")
            time.sleep(0.01)
        screen.process.send_signal(signal.SIGTERM)
        assert screen.process.wait(20) != 0


def test_a_terminal_that_answers_is_asked_and_not_a_key_is_made_of_its_answers() -> None:
    with terminal() as screen:
        answering(screen)
        screen.wait("1 What learning means", "? help")
        screen.wait_until(lambda: b"\x1b[5n" in screen.output)
        for _ in range(10):
            screen.press("S")
            screen.wait("Language")
            screen.press("escape")
            screen.wait("1 What learning means")
        screen.wait_until(lambda: screen.output.count(b"\x1b[5n") >= 2)
        os.write(screen.master, b"q")
        assert screen.ended() == 0


def test_a_resize_paints_everything_anew() -> None:
    with terminal() as screen:
        screen.wait("1 What learning means", "? help")
        for columns, lines in ((120, 40), (60, 15), (300, 100), (80, 24)):
            screen.screen.reset()
            screen.resize(columns, lines)
            screen.wait("1 What learning means", "? help")


@pytest.mark.parametrize(("words", "locale"), [([], "zh_CN.UTF-8"), (["open", "3"], "C")])
def test_a_window_that_is_resized_all_the_time_ends_with_the_picture_that_a_new_one_has(
    words: list[str], locale: str
) -> None:
    sizes = random.Random(7)
    with terminal(*words, LC_ALL=locale) as screen:
        answering(screen)
        screen.wait(" ? ")
        for _ in range(25):
            screen.resize(sizes.randint(20, 300), sizes.randint(6, 100))
            for _ in range(sizes.randint(1, 4)):
                screen.read(sizes.random() * 0.05)
            os.write(screen.master, sizes.choice([b"", b"\x1b[B", b"\x1b[6~", b"\x1b[5~"]))
        screen.resize(90, 30)
        fed = len(screen.output)
        other = pyte.Screen(90, 30)
        stream = pyte.ByteStream(other)

        def same() -> bool:
            nonlocal fed
            stream.feed(re.sub(rb"\x1b\[[<>=][^a-zA-Z]*[a-zA-Z]", b"", screen.output[fed:]))
            fed = len(screen.output)
            looks = looks_of(other)
            return " ? " in "".join(str(look[0]) for look in looks[-1]) and looks == looks_of(screen.screen)

        screen.wait_until(same)


def test_a_stray_sigcont_changes_nothing() -> None:
    with terminal() as screen:
        screen.wait("1 What learning means", "? help")
        screen.process.send_signal(signal.SIGCONT)
        screen.press("S")
        screen.wait("Language")
        assert screen.output.count(b"\x1b[?1049h") == 1


def test_where_nobody_could_wake_it_it_is_not_stopped() -> None:
    with terminal() as screen:
        screen.wait("1 What learning means", "? help")
        screen.process.send_signal(signal.SIGTSTP)
        screen.press("S")
        screen.wait("Language")
        assert state_of(screen.process.pid) != "T"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_job_is_suspended_and_comes_back(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    with Job(pid_file) as screen:
        screen.wait("1 What learning means", "? help")
        pid = int(pid_file.read_text(encoding="utf-8"))
        os.write(screen.master, b"\x1a")
        end = time.monotonic() + 20
        while state_of(pid) != "T":
            assert time.monotonic() < end
            screen.read()
        pending(screen)
        assert b"\x1b[?1049l" in screen.output
        screen.screen.reset()
        os.kill(pid, signal.SIGCONT)
        screen.wait("1 What learning means", "? help")
        screen.press("S")
        screen.wait("Language")
        os.write(screen.master, b"q")
        assert screen.ended() == 0


class Job(Terminal):
    """`tutor` as a job of a shell."""

    def __init__(self, pid_file: Path) -> None:
        self.screen = pyte.Screen(80, 24)
        self.output = b""
        self._stream = pyte.ByteStream(self.screen)
        self.master, slave = os.openpty()
        self._tell_size(80, 24)
        program = str(Path(sys.executable).with_name("tutor"))
        self.process = subprocess.Popen(
            [sys.executable, "-c", _JOB, program], stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env={**os.environ, "LC_ALL": "C.UTF-8", "PID_FILE": str(pid_file)},
        )  # fmt: skip
        os.close(slave)

    def __enter__(self) -> Job:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def test_the_bytes_a_second_are_told_on_request() -> None:
    with terminal() as screen:
        screen.wait("1 What learning means", "? help")
        screen.press("\x0f")
        screen.wait("B/s")
        screen.press("\x0f")
        screen.wait("1 What learning means", absent="B/s")


def test_the_stock_driver_is_there_on_request() -> None:
    with terminal("--driver", "textual") as screen:
        screen.wait("1 What learning means", "? help")
        assert b"\x1b[5n" not in screen.output
        screen.press("q")
        assert screen.ended() == 0


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_at_rest_it_rests() -> None:
    with terminal() as screen:
        answering(screen)
        screen.wait("1 What learning means", "? help")
        end = time.monotonic() + PATIENCE_SECONDS
        while not rests(screen):  # the lessons are read in the background first
            assert time.monotonic() < end


def rests(screen: Terminal) -> bool:
    """Whether two seconds pass with next to no work and nothing sent."""
    before, sent = cpu_seconds(screen.process.pid), len(screen.output)
    end = time.monotonic() + 2
    while time.monotonic() < end:
        screen.read()
    return cpu_seconds(screen.process.pid) - before < 0.2 and len(screen.output) - sent < 100
