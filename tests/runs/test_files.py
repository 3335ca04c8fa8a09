"""Locks, the control log and the log's writer, each by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tutor.foundation.errors import ExitCode, TutorError
from tutor.runs.control import (
    CONTROL_FILE,
    Command,
    Inbox,
    Note,
    Pace,
    Pause,
    Resume,
    Set,
    Step,
    Stop,
    send,
    this_author,
)
from tutor.runs.events import Event, Failed, Paused
from tutor.runs.follower import EVENTS_FILE
from tutor.runs.log import RESERVE_BYTES, Reader, Writer
from tutor.runs.processes import hold, is_held

HOLDER = """
import sys, time
from pathlib import Path
from tutor.runs.processes import hold

hold(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_lock_is_held_by_one_and_seen_by_all(tmp_path: Path) -> None:
    path = tmp_path / "worker.lock"
    assert not is_held(path)
    mine = hold(path)
    assert mine is not None
    assert hold(path) is None
    assert is_held(path)
    os.close(mine)
    assert not is_held(path)


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "worker.lock"
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert is_held(path)
        process.kill()
        process.wait()
    assert not is_held(path)


def test_commands_come_in_order_each_once(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / CONTROL_FILE)
    commands: list[Command] = [
        Pause(),
        Step(3),
        Set("learning_rate", 0.1),
        Set("hidden", (4, 4)),
        Pace(5.0),
        Note("x"),
        Resume(),
        Stop(),
    ]
    for command in commands:
        send(tmp_path, command)
    assert inbox.poll() == [replace(command, by=this_author()) for command in commands]
    assert inbox.poll() == []
    send(tmp_path, Stop(by="anna pts/3 7"))
    assert inbox.poll() == [Stop(by="anna pts/3 7")]
    inbox.close()


def test_commands_of_many_controllers_all_arrive(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tutor.runs.control import Note, send\n"
        "for n in range(100): send(Path(sys.argv[1]), Note(sys.argv[2] + str(n)))"
    )
    controllers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), who]) for who in "ab"]
    for controller in controllers:
        assert controller.wait(timeout=60) == 0
    inbox = Inbox(tmp_path / CONTROL_FILE)
    found = inbox.poll()
    inbox.close()
    for who in "ab":
        assert [each.text for each in found if isinstance(each, Note) and each.text.startswith(who)] == [
            f"{who}{n}" for n in range(100)
        ]


@given(st.binary(max_size=80))
def test_soup_in_the_control_log_stops_nobody(tmp_path_factory: pytest.TempPathFactory, soup: bytes) -> None:
    path = tmp_path_factory.mktemp("control") / CONTROL_FILE
    path.write_bytes(soup + b"\n")
    inbox = Inbox(path)
    assert inbox.poll() == []
    send(path.parent, Pause())
    assert inbox.poll() == [Pause(by=this_author())]
    inbox.close()


def test_a_control_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(TutorError, match="cannot be steered: No such file") as caught:
        send(tmp_path / "gone", Stop())
    assert caught.value.exit_code is ExitCode.CANNOT_WRITE


def test_half_a_line_on_a_full_disk_does_not_spoil_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log: Writer[Event] = Writer(tmp_path / EVENTS_FILE, reserve=RESERVE_BYTES)
    log.write(Paused(epoch=1))
    write, room = os.write, [10]

    def full(descriptor: int, content: bytes) -> int:
        if not room:
            raise OSError(28, "No space left on device")
        return write(descriptor, content[: room.pop()])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space left"):
        log.write(Paused(epoch=2))
    monkeypatch.undo()
    reserve = tmp_path / "events.reserve"
    assert reserve.stat().st_size > 4096
    log.give_up_reserve()
    assert not reserve.exists()
    log.write(Failed(epoch=2, message="full"))
    log.close()
    reader: Reader[Event] = Reader(Event)
    assert list(reader.each((tmp_path / EVENTS_FILE).read_bytes())) == [
        Paused(epoch=1),
        Failed(epoch=2, message="full"),
    ]
    assert reader.skipped == 1
