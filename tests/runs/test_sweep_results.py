"""What a sweep wrote is what every viewer reads, however it was cut short."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runs.sweeping import small_plan
from tutor.foundation.errors import TutorError
from tutor.runs.follower import LOCK_FILE
from tutor.runs.log import LogWriter
from tutor.runs.processes import hold
from tutor.runs.sweep.results import (
    PLAN_FILE,
    RESULTS_FILE,
    Begun,
    CellResult,
    CellState,
    Opened,
    SweepEvent,
    SweepFollower,
    SweepState,
    Troubled,
    fold_sweep,
    read_plan,
)


def result(cell: int, loss: float | None = None, state: CellState = "finished") -> CellResult:
    return CellResult(cell=cell, run=f"run-{cell}", state=state, train_loss=1.0, valid_loss=loss)


def write(folder: Path, *events: SweepEvent) -> None:
    log: LogWriter[SweepEvent] = LogWriter(folder / RESULTS_FILE)
    for event in events:
        log.write(event)
    log.close()


def test_results_are_folded_in_their_order(tmp_path: Path) -> None:
    write(
        tmp_path,
        Opened(pid=1),
        Begun(cell=0, run="a"),
        Begun(cell=1, run="b"),
        result(1, 0.5),
        result(2, 0.25),
        result(3, 0.1, "diverged"),
        result(4, 0.1, "failed"),
        result(5, None),
    )
    lock = hold(tmp_path / LOCK_FILE)
    follower = SweepFollower(tmp_path)
    assert len(follower.poll()) == 8
    state = follower.state
    assert state.going == {0: "a"}
    assert state.best() == 2
    assert state.results[5].loss == 1.0
    assert state.waiting(8) == [0, 4, 6, 7]
    assert state.ended(8) == 5
    assert lock is not None
    import os

    os.close(lock)
    assert follower.poll() == []
    assert state.going == {}


def test_the_last_line_of_a_cell_counts_and_a_new_worker_forgets_trouble(tmp_path: Path) -> None:
    write(tmp_path, result(0, 0.5, "failed"), Troubled(message="no"), Opened(pid=2), result(0, 0.5))
    follower = SweepFollower(tmp_path)
    follower.poll()
    assert follower.state.trouble is None
    assert follower.state.results[0].done


def test_a_line_that_was_torn_spoils_no_other(tmp_path: Path) -> None:
    write(tmp_path, result(0, 0.5))
    with (tmp_path / RESULTS_FILE).open("ab") as file:
        file.write(b'{"type":"cell","cell":1,"ru')
    write(tmp_path, result(2, 0.25))
    follower = SweepFollower(tmp_path)
    follower.poll()
    assert sorted(follower.state.results) == [0, 2]
    assert follower.skipped == 1


def test_a_viewer_keeps_half_a_line_until_the_rest_comes(tmp_path: Path) -> None:
    write(tmp_path, result(0, 0.5), result(1, 0.25))
    whole = (tmp_path / RESULTS_FILE).read_bytes()
    for cut in range(1, len(whole)):
        (tmp_path / RESULTS_FILE).write_bytes(whole[:cut])
        follower = SweepFollower(tmp_path)
        follower.poll()
        (tmp_path / RESULTS_FILE).write_bytes(whole)
        follower.poll()
        assert sorted(follower.state.results) == [0, 1]
        assert follower.skipped == 0


@given(st.lists(st.binary(max_size=60), max_size=10))
def test_any_bytes_are_skipped(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    folder = tmp_path_factory.mktemp("sweep")
    (folder / RESULTS_FILE).write_bytes(b"\n".join([*lines, msgspec.json.encode(result(7, 0.5)), b""]))
    follower = SweepFollower(folder)
    follower.poll()
    assert 7 in follower.state.results


losses = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False, width=32))
states: st.SearchStrategy[CellState] = st.sampled_from(["finished", "diverged", "stopped", "failed"])


@given(st.lists(st.tuples(st.integers(0, 9), losses, states), max_size=30))
def test_the_best_cell_is_finished_and_none_is_better(cells: list[tuple[int, float | None, CellState]]) -> None:
    state = fold_sweep(SweepState(), [result(*each) for each in cells])
    found = {cell: each.loss for cell, each in state.results.items() if each.loss is not None}
    best = state.best()
    assert (best is None) == (not found)
    if best is not None:
        assert found[best] == min(found.values())
    done = {cell for cell, each in state.results.items() if each.done}
    assert set(state.waiting(10)) == set(range(10)) - done


def test_a_folder_of_a_run_cannot_lead_out_of_the_sweep(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    folder = tmp_path / "sweep"
    (folder / "runs").mkdir(parents=True)
    write(folder, CellResult(cell=0, run="../../outside", state="finished"))
    follower = SweepFollower(folder)
    follower.poll()
    assert follower.run_folder(0) is None


def test_a_plan_is_read_back_or_told(tmp_path: Path) -> None:
    plan = small_plan()
    (tmp_path / PLAN_FILE).write_bytes(msgspec.json.encode(plan))
    assert read_plan(tmp_path) == plan
    (tmp_path / PLAN_FILE).write_text("{}")
    with pytest.raises(TutorError, match=PLAN_FILE):
        read_plan(tmp_path)
    with pytest.raises(TutorError, match="No such file"):
        read_plan(tmp_path / "nowhere")
