"""What a watcher was told is there after ``kill -9``, and a killed sweep finds what an undisturbed one does.

`tests/bench/kills.py` does the same some hundred times.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench.kills import kill_sweeps, kill_workers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks the system for its processes by /proc")


def test_what_a_killed_worker_told_is_kept(tmp_path: Path) -> None:
    tally = kill_workers(3, tmp_path, seed=2)
    assert tally.kills == 3
    assert tally.faults == 0, str(tally)


def test_a_killed_sweep_finds_what_an_undisturbed_one_does(tmp_path: Path) -> None:
    tally = kill_sweeps(1, tmp_path, seed=3)
    assert tally.kills >= 1
    assert tally.faults == 0, str(tally)
