"""A sweep on a Dask cluster: a real scheduler and two workers on this machine."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runs.sweeping import DATA, small_plan
from tests.runs.test_sweep_registry import at_its_end, begun, follow, openings
from tutor.foundation.errors import TutorError
from tutor.runs.control import Stop, send
from tutor.runs.follower import RunFollower
from tutor.runs.in_process import run_to_end
from tutor.runs.sweep.cluster import require_dask
from tutor.runs.sweep.registry import Sweeps
from tutor.runs.sweep.results import RUNS_FOLDER

needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None,
    reason="Dask is not installed: pip install -e '.[cluster]'",
)
pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("dask")]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with two workers, each in a folder that knows nothing of our files."""
    folder = tmp_path_factory.mktemp("cluster")
    address = f"tcp://127.0.0.1:{free_port()}"
    environment = {**os.environ, "TUTOR_HOME": str(folder / "home")}
    dask = [sys.executable, "-m", "dask"]
    quiet = ["--no-dashboard"]
    worker = [*dask, "worker", address, "--nthreads", "1", "--no-nanny", "--local-directory", str(folder), *quiet]
    commands = [[*dask, "scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2], *quiet]]
    commands += [worker, worker]
    with (folder / "said").open("wb") as said:
        processes = [subprocess.Popen(each, stdout=said, stderr=said, cwd=folder, env=environment) for each in commands]
    try:
        yield address
    finally:
        for each in processes:
            each.kill()
            each.wait()


@needs_dask
def test_cells_are_run_by_the_cluster_and_their_logs_come_back(scheduler: str, tmp_path: Path) -> None:
    plan = small_plan()
    sweeps = Sweeps(tmp_path / "sweeps")
    # The workers may not be there yet: that is told, and the sweep is started again.
    while True:
        folder = sweeps.start(plan, data_folder=DATA, dask=scheduler)
        follower = follow(folder, at_its_end)
        if follower.state.trouble is None:
            break
        assert scheduler in follower.state.trouble.message
    assert sorted(follower.state.results) == list(range(6))
    for cell, result in follower.state.results.items():
        alone = run_to_end(plan.spec_of(cell), DATA)
        assert (result.state, result.train_loss) == ("finished", alone.train_losses[-1])
        run = follower.run_folder(cell)
        assert run is not None
        assert list(RunFollower(run).catch_up().train_losses) == list(alone.train_losses)
    assert sorted(begun(folder)) == list(range(6))


@needs_dask
def test_a_stopped_sweep_leaves_the_workers_free_and_goes_on(scheduler: str, tmp_path: Path) -> None:
    plan = small_plan("epochs=1,10000000", "seed=1..12")
    sweeps = Sweeps(tmp_path / "sweeps")
    folder = sweeps.start(plan, data_folder=DATA, dask=scheduler)
    # The short cells have their results though the long ones that follow them never end.
    follower = follow(folder, lambda each: len(each.state.results) == 12 and len(each.state.going) >= 2)
    send(folder, Stop())
    stopped = follow(folder, at_its_end).state
    assert stopped.trouble is None
    assert stopped.waiting(plan.count) == list(range(12, 24))
    assert len(list((folder / RUNS_FOLDER).iterdir())) == 12
    # Each worker has one thread: it would train nothing else if the long cells still went on.
    short = sweeps.start(small_plan("seed=1..40"), data_folder=DATA, dask=scheduler)
    assert len(follow(short, at_its_end).state.results) == 40
    assert follower.alive is False


@needs_dask
def test_what_a_killed_client_left_running_ends_and_no_result_is_lost(scheduler: str, tmp_path: Path) -> None:
    plan = small_plan("epochs=1,10000000", "seed=1..4")
    sweeps = Sweeps(tmp_path / "sweeps")
    folder = sweeps.start(plan, data_folder=DATA, dask=scheduler)
    follow(folder, lambda each: len(each.state.results) == 4 and len(each.state.going) >= 2)
    os.kill(openings(folder)[-1], signal.SIGKILL)
    follow(folder, at_its_end)
    short = sweeps.start(small_plan("seed=1..4"), data_folder=DATA, dask=scheduler)
    assert len(follow(short, at_its_end).state.results) == 4
    assert follow(folder, at_its_end).state.waiting(plan.count) == [4, 5, 6, 7]


@needs_dask
def test_where_there_is_no_scheduler_it_is_told(tmp_path: Path) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    folder = Sweeps(tmp_path / "sweeps").start(small_plan("seed=1"), data_folder=DATA, dask=address)
    trouble = follow(folder, at_its_end).state.trouble
    assert trouble is not None
    assert address in trouble.message
    assert "tcp://" in trouble.hint


def test_without_dask_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(TutorError, match="Dask") as told:
        require_dask()
    assert ".[cluster]" in told.value.hint
