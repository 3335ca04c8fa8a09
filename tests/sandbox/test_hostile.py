"""Hostile programs: each ends with a sentence, and leaves no file, no connection and no process behind."""

from __future__ import annotations

import errno
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.conftest import WatchedStarter
from tests.sandbox.hostile import HOSTILE, SHORT_LIST, Hostile
from tutor.foundation.safe_text import harmless
from tutor.sandbox.explain import explain
from tutor.sandbox.job import Call, Job, Outcome, Program
from tutor.sandbox.limits import Limit
from tutor.sandbox.prefork import PreforkServer
from tutor.sandbox.sandbox import Sandbox


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one file; anybody may write to both."""
    (tmp_path / "kept").write_text("kept")
    for path in (tmp_path, tmp_path / "kept"):
        path.chmod(0o777)
    for parent in tmp_path.parents[:2]:
        parent.chmod(0o755)
    return tmp_path


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def last_outcome(sandbox: Sandbox, source: str, seconds: float) -> Outcome:
    call = Call.of("f", x=1.0)
    (program,) = sandbox.run(Job((Program(source, (call,)),), seconds=seconds)).programs
    return program.outcomes[-1] if program.outcomes else program.loaded


def is_gone(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize(
    ("starter", "name"),
    [*(("prefork", name) for name in HOSTILE), *(("fresh", name) for name in SHORT_LIST)],
    indirect=["starter"],
)
def test_a_hostile_program_ends_with_a_sentence_and_leaves_nothing(
    name: str, sandbox: Sandbox, starter: WatchedStarter, folder: Path, listener: socket.socket
) -> None:
    hostile: Hostile = HOSTILE[name]
    source = hostile.source.replace("FOLDER", str(folder)).replace("PORT", str(listener.getsockname()[1]))
    outcome = last_outcome(sandbox, source, hostile.seconds)
    if hostile.ends:
        assert outcome.failure is not None
        assert outcome.failure.kind in hostile.ends
        if hostile.line:
            assert outcome.failure.line == hostile.line
        said = explain(outcome.failure, source).in_one
        assert len(said) > 10
        assert said == harmless(said)
        assert "\n" not in said
    else:
        assert outcome.failure is None
    assert outcome.printed == harmless(outcome.printed)
    assert len(outcome.printed) <= 64 << 10
    assert [path.name for path in folder.iterdir()] == ["kept"]
    assert (folder / "kept").read_text() == "kept"
    assert not select.select([listener], [], [], 0)[0]
    assert is_gone(starter.pids[-1])


def test_what_is_caught_is_told_all_the_same(sandbox: Sandbox, folder: Path) -> None:
    source = HOSTILE["swallowed write"].source.replace("FOLDER", str(folder))
    outcome = last_outcome(sandbox, source, 60.0)
    assert outcome.forbidden == (("file", 3),)


def test_a_flood_of_printing_is_counted_and_only_its_beginning_kept(sandbox: Sandbox) -> None:
    outcome = last_outcome(sandbox, "def f(x):\n    for _ in range(1000):\n        print('a' * 999)\n", 60.0)
    assert outcome.printed_count == 1_000_000
    assert len(outcome.printed) == 64 << 10


def test_finished_calls_keep_their_values_when_a_later_one_hangs(sandbox: Sandbox) -> None:
    source = "def f(x):\n    while x > 1:\n        pass\n    return x\n"
    calls = tuple(Call.of("f", x=each) for each in (0.0, 1.0, 2.0, 0.0))
    (program,) = sandbox.run(Job((Program(source, calls),), seconds=0.7)).programs
    assert [each.decoded() for each in program.outcomes[:2]] == [0.0, 1.0]
    assert len(program.outcomes) == 3
    assert program.outcomes[2].failure is not None
    assert program.outcomes[2].failure.kind == "Hang"


@pytest.mark.parametrize("starter", ["prefork"], indirect=True)
def test_the_time_of_a_processor_is_limited_for_all_calls_together(sandbox: Sandbox) -> None:
    source = "import time\ndef f(x):\n    end = time.process_time() + x\n    while time.process_time() < end: pass\n"
    calls = Call.of("f", x=0.7), Call.of("f", x=0.7)
    (program,) = sandbox.run(Job((Program(source, calls),), seconds=60.0, cpu_seconds=1)).programs
    first, second = program.outcomes
    assert first.failure is None
    assert second.failure is not None
    assert second.failure.kind == "Killed"


def test_this_machine_limits_what_its_kernel_can(sandbox: Sandbox) -> None:
    given = sandbox.run(Job((Program("pass"),))).given
    if Path("/proc/self/statm").exists():
        assert Limit.MEMORY in given
    if Limit.ACCOUNT in given or os.geteuid() != 0:
        assert Limit.PROCESSES in given


def test_only_what_python_needs_can_be_read(sandbox: Sandbox, folder: Path) -> None:
    path = str(folder / "kept")
    call = Call.of("f", x=1.0)
    source = f"def f(x):\n    return open({path!r}).read()\n"
    report = sandbox.run(Job((Program(source, (call,)),), seconds=60.0))
    if Limit.FILES not in report.given:
        pytest.skip("this kernel has no Landlock")
    (outcome,) = report.programs[0].outcomes
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.line) == ("PermissionError", 2)
    assert "read something that an exercise may not" in explain(outcome.failure, source).sentence


def test_what_python_needs_can_still_be_imported() -> None:
    """In a process of this account: the one without rights cannot read a Python in somebody's home folder anyway."""
    code = (
        "import sys\n"
        "from tutor.sandbox.landlock import restrict_files\nfrom tutor.sandbox.limits import python_folders\n"
        "held = restrict_files(python_folders())\n"
        "import xml.dom.minidom, lzma, zoneinfo, numpy.ma\n"
        "try: open(sys.argv[1]); print('read', not held)\n"
        "except PermissionError: print('kept', held)\n"
    )
    found = subprocess.run([sys.executable, "-c", code, __file__], capture_output=True, text=True, check=True)
    assert found.stdout.split()[1] == "True"


@pytest.mark.parametrize("lacking", ["pipe", "memory"])
def test_a_machine_that_has_nothing_left_is_explained(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files") if lacking == "pipe" else MemoryError

    monkeypatch.setattr(os, "pipe", fail)
    failure = last_outcome(sandbox, "def f(x):\n    return x\n", 60.0).failure
    assert failure is not None
    assert failure.kind == "NotStarted"
    assert "could not be started" in explain(failure, "").sentence


def test_a_warm_process_that_is_gone_is_started_again() -> None:
    server = PreforkServer()
    with Sandbox(server) as sandbox:
        for _ in range(2):
            assert last_outcome(sandbox, "def f(x):\n    return x\n", 60.0).decoded() == 1.0
            assert server.pid is not None
            os.killpg(server.pid, 9)
