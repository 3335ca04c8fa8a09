"""The cells of a sweep on executors of every kind: what comes out, what is kept, what is told."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.runs.sweeping import DATA, SPEC, AtOnce, conduct, small_plan
from tests.runs.test_sweep_registry import begun
from tutor.foundation.errors import TutorError
from tutor.runs.control import Stop, send
from tutor.runs.follower import EVENTS_FILE, LOCK_FILE, RunFollower
from tutor.runs.in_process import run_to_end
from tutor.runs.processes import is_held
from tutor.runs.registry import Runs
from tutor.runs.sweep.cell import CellJob, run_cells
from tutor.runs.sweep.results import RUNS_FOLDER


@pytest.mark.parametrize("shares_files", [True, False])
def test_each_cell_comes_out_as_if_it_were_trained_alone(shares_files: bool, tmp_path: Path) -> None:
    plan = small_plan()
    with ThreadPoolExecutor(3) as pool:
        follower = conduct(plan, tmp_path, pool, room=3, shares_files=shares_files)
    state = follower.state
    assert sorted(state.results) == list(range(6))
    assert not state.waiting(plan.count)
    for cell, result in state.results.items():
        alone = run_to_end(plan.spec_of(cell), DATA)
        assert (result.train_loss, result.valid_loss) == (alone.train_losses[-1], alone.valid_losses[-1])
        assert (result.state, result.epochs, result.updates) == ("finished", 5, alone.updates)
    assert state.best() == min(range(6), key=lambda cell: state.results[cell].loss or 9e9)


@pytest.mark.parametrize("shares_files", [True, False])
def test_each_cell_is_a_run_that_can_be_opened(shares_files: bool, tmp_path: Path) -> None:
    plan = small_plan()
    follower = conduct(plan, tmp_path, AtOnce(), shares_files=shares_files)
    runs = Runs(tmp_path / RUNS_FOLDER)
    assert len(runs.all()) == 6
    assert {entry.state for entry in runs.all()} == {"finished"}
    folder = follower.run_folder(4)
    assert folder is not None
    summary = RunFollower(folder).catch_up()
    assert summary.spec == plan.spec_of(4)
    assert len(summary.train_losses) == 5
    assert not is_held(folder / LOCK_FILE)


def test_a_cell_whose_log_comes_back_needs_no_folder_and_not_our_data(tmp_path: Path) -> None:
    job = CellJob(spec=SPEC, run="r", data_folder=str(tmp_path / "nowhere"), folder="", language="en")
    (outcome,) = run_cells([job], 0.0).outcomes
    assert outcome.state == "finished"
    assert outcome.log.count(b"\n") >= 3
    assert not list(tmp_path.iterdir())


def test_no_cell_waits_long_for_the_others_of_its_batch() -> None:
    def job(epochs: int) -> CellJob:
        return CellJob(small_plan(f"epochs={epochs}").spec_of(0), "r", str(DATA), folder="", language="en")

    assert [each.epochs for each in run_cells([job(2), job(3)], 60.0).outcomes] == [2, 3]
    assert [each.epochs for each in run_cells([job(2), job(3)], 0.0).outcomes] == [2]
    # The second one would go on for days.
    assert [each.epochs for each in run_cells([job(2), job(10_000_000)], 0.1).outcomes] == [2]
    (abandoned,) = run_cells([job(10_000_000), job(2)], 0.0, lambda: True).outcomes
    assert abandoned.state == "stopped"


class _Losing(AtOnce):
    """Loses every batch of several cells."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if len(args[0]) == 1:
            return super().submit(fn, *args, **kwargs)
        future: Future[Any] = Future()
        future.set_exception(RuntimeError("the worker was killed"))
        return future


@pytest.mark.parametrize("executor", [AtOnce(), _Losing()])
def test_cells_go_in_batches_and_those_of_a_lost_one_are_sent_again(executor: AtOnce, tmp_path: Path) -> None:
    plan = small_plan("seed=1..24")
    follower = conduct(plan, tmp_path, executor, shares_files=False, batch_seconds=30.0)
    assert {result.state for result in follower.state.results.values()} == {"finished"}
    assert follower.state.ended(plan.count) == len(list((tmp_path / RUNS_FOLDER).iterdir())) == 24
    assert sorted(begun(tmp_path)) == list(range(24))
    assert len(executor.given) == 24 if isinstance(executor, _Losing) else 4 < len(executor.given) < 20


def test_what_has_a_result_is_not_run_again(tmp_path: Path) -> None:
    plan = small_plan()
    first = AtOnce()
    stop_after_two = iter([False, False, False])
    conduct(plan, tmp_path, first, room=1, stopping=lambda: next(stop_after_two, True))
    assert 0 < len(first.given) < 6
    second = AtOnce()
    follower = conduct(plan, tmp_path, second)
    assert len(first.given) + len(second.given) == 6
    assert follower.state.ended(plan.count) == 6
    third = AtOnce()
    conduct(plan, tmp_path, third)
    assert third.given == []


def test_diverging_is_a_result_with_a_sentence(tmp_path: Path) -> None:
    follower = conduct(small_plan("learning_rate=0.1,100000"), tmp_path, AtOnce())
    result = follower.state.results[1]
    assert (result.state, result.loss, result.done) == ("diverged", None, True)
    assert "diverged" in result.message.lower()
    assert follower.state.best() == 0


@pytest.mark.parametrize("shares_files", [True, False])
def test_a_cell_that_fails_is_told_and_tried_again_and_the_others_go_on(shares_files: bool, tmp_path: Path) -> None:
    words = ("data.name=csv,quadratic", "data.path=/nowhere.csv", "data.target=y")
    plan = small_plan(*words)
    follower = conduct(plan, tmp_path, AtOnce(), shares_files=shares_files)
    assert [follower.state.results[cell].state for cell in (0, 1)] == ["failed", "finished"]
    assert "/nowhere.csv" in follower.state.results[0].message
    again = AtOnce()
    conduct(plan, tmp_path, again)
    assert len(again.given) == 1


@pytest.mark.parametrize("shares_files", [True, False])
def test_a_combination_that_cannot_be_run_is_a_failed_cell_without_a_run(shares_files: bool, tmp_path: Path) -> None:
    plan = small_plan("model=linear,mlp", "optimizer=gd,least-squares")
    executor = AtOnce()
    follower = conduct(plan, tmp_path, executor, shares_files=shares_files)
    # Without shared files, only the worker makes the config and finds out.
    assert len(executor.given) == (3 if shares_files else 4)
    assert follower.state.results[3].state == "failed"
    assert follower.state.results[3].message
    assert follower.run_folder(3) is None
    assert len(list((tmp_path / RUNS_FOLDER).iterdir())) == 3


def test_stopping_ends_the_cells_that_go_on_and_they_are_run_again(tmp_path: Path) -> None:
    long = small_plan("epochs=10000000", "seed=1..4")
    asked: list[bool] = []

    def stopping() -> bool:
        # Once both cells that may go on have written their first words.
        asked.append(True)
        return len(list((tmp_path / RUNS_FOLDER).glob(f"*/{EVENTS_FILE}"))) == 2

    with ThreadPoolExecutor(2) as pool:
        follower = conduct(long, tmp_path, pool, room=2, stopping=stopping)
    assert {result.state for result in follower.state.results.values()} == {"stopped"}
    assert len(follower.state.results) == 2
    assert follower.state.waiting(long.count) == [0, 1, 2, 3]
    assert follower.state.best() is None


def test_a_viewer_may_end_a_run_of_a_sweep_but_change_nothing_in_it(tmp_path: Path) -> None:
    class Impatient(AtOnce):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            folder = Path(args[0][0].folder)
            assert is_held(folder / LOCK_FILE)
            from tutor.runs.control import Set

            send(folder, Set(key="learning_rate", value=9.0))
            if len(self.given) == 1:
                send(folder, Stop())
            return super().submit(fn, *args, **kwargs)

    plan = small_plan("learning_rate=0.01,0.1")
    follower = conduct(plan, tmp_path, Impatient())
    assert [follower.state.results[cell].state for cell in (0, 1)] == ["finished", "stopped"]
    assert follower.state.results[0].train_loss == run_to_end(plan.spec_of(0), DATA).train_losses[-1]


class _Refusing(AtOnce):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if len(self.given) < 2:
            return super().submit(fn, *args, **kwargs)
        future: Future[Any] = Future()
        future.set_exception(self.error)
        return future


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BrokenExecutor("gone"), "was killed"),
        (ModuleNotFoundError("No module named 'tutor'"), "no tutor"),
        (OSError(28, "No space left on device"), "No space left"),
        (ConnectionError("no answer."), r"connection to the Dask cluster is lost: no answer\. Start"),
    ],
)
def test_where_nobody_can_run_cells_it_is_told_and_results_are_kept(
    error: Exception, said: str, tmp_path: Path
) -> None:
    plan = small_plan()
    with pytest.raises(TutorError, match=said):
        conduct(plan, tmp_path, _Refusing(error), room=1)
    follower = conduct(plan, tmp_path, AtOnce())
    assert follower.state.ended(plan.count) == 6
    assert not any(is_held(each / LOCK_FILE) for each in (tmp_path / RUNS_FOLDER).iterdir())


def test_an_error_of_ours_in_a_cell_is_a_failed_cell(tmp_path: Path) -> None:
    plan = small_plan()
    follower = conduct(plan, tmp_path, _Refusing(RuntimeError("a \x1b[2J fault")), room=1)
    failed = [result for result in follower.state.results.values() if result.state == "failed"]
    assert len(failed) == 4
    assert "RuntimeError" in failed[0].message
    assert "\x1b" not in failed[0].message
