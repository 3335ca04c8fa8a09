"""Locks say which process is alive, however another one ended."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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
