"""Runs the cells of a sweep on a pool of workers, and writes their results.

A pool is an executor of the kind of `concurrent.futures`: processes of this machine, or a Dask cluster, for which see
``cluster``. Where a cell takes less time than its way to a worker and back, cells go in batches: as many as take some
tenths of a second by what the last batch took. Those of a batch that was lost are sent again, each by itself.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, translate
from tutor.labs.faults import LabError
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import SPEC_FILE, write_config
from tutor.runs.control import Stop, send
from tutor.runs.follower import EVENTS_FILE, LOCK_FILE
from tutor.runs.log import LogWriter
from tutor.runs.processes import hold
from tutor.runs.registry import Runs
from tutor.runs.sweep.cell import BatchOutcome, CellJob, CellOutcome, run_cells
from tutor.runs.sweep.plan import SweepPlan
from tutor.runs.sweep.results import RUNS_FOLDER, Begun, CellResult, CellState, SweepEvent
from tutor.runs.worker.limits import limit_memory

_LOOK_SECONDS = 0.05
"""How long the scheduler waits for a result before it checks whether to stop."""
_MOST_IN_BATCH = 128
"""The most cells in a batch: their logs come back in one message."""
_BATCHES_EACH = 2
"""How many batches a worker has at a time: one that it trains, and one so that it need not wait for the next."""


@dataclass(frozen=True, slots=True)
class WorkerPool:
    """The workers that run the cells.

    Args:
        executor: Runs ``run``.
        room: Returns how many cells may run at once at present.
        shares_files: Whether the workers see our files; otherwise the logs come back with the outcomes.
        batch_seconds: How long a batch of cells should take; 0: each cell goes by itself.
        run: `run_cells`, or what calls it on the workers.
    """

    executor: Executor
    room: Callable[[], int]
    shares_files: bool = True
    batch_seconds: float = 0.0
    run: Callable[[Sequence[CellJob], float], BatchOutcome] = run_cells


@dataclass(frozen=True, slots=True)
class _CellRun:
    """The run of a cell that has begun and has no result yet.

    If the workers share our files, this process holds its lock, so the run is alive as long as the sweep. Otherwise its
    folder stays empty until its log comes.
    """

    cell: int
    spec: LabConfig | None
    """None: the worker makes it."""
    folder: Path
    lock: int | None


class SweepScheduler:
    """Runs cells of a sweep.

    Args:
        plan: The sweep.
        folder: Its folder.
        pool: The workers that run the cells.
        data_folder: The folder of the data sets.
        log: Takes the results. If it raises, the sweep ends.
        stopping: Returns whether to stop; called many times a second.
    """

    def __init__(
        self,
        plan: SweepPlan,
        folder: Path,
        pool: WorkerPool,
        *,
        data_folder: Path,
        log: LogWriter[SweepEvent],
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._plan = plan
        self._runs = Runs(folder / RUNS_FOLDER)
        self._pool = pool
        self._data_folder = data_folder
        self._log = log
        self._stopping = stopping
        self._waiting: deque[int] = deque()
        self._returned: deque[_CellRun] = deque()
        """Cells of batches that came back without their outcomes; they are sent again before any other."""
        self._alone: set[int] = set()
        """Cells of lost batches. Each is sent by itself, so that one that kills its worker takes no other with it."""
        self._submitted: dict[Future[BatchOutcome], list[_CellRun]] = {}
        self._cell_seconds: float | None = None
        """How long a cell took in the last batch; None before there was one."""

    def run(self, cells: list[int]) -> bool:
        """Run ``cells`` in their order, and return when all have ended or it has to stop.

        Returns:
            Whether all were run.

        Raises:
            TutorError: the executor cannot continue; results so far are kept.
            OSError: the folder cannot be written.
        """
        self._waiting = deque(cells)
        try:
            while self._waiting or self._returned or self._submitted:
                if self._stopping():
                    self._stop()
                    return not (self._waiting or self._returned or self._submitted)
                self._fill()
                done, _ = wait(self._submitted, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
                for future in done:
                    self._take(future)
        finally:
            for future in list(self._submitted):
                future.cancel()
                for cell_run in self._submitted.pop(future):
                    self._release(cell_run)
            for cell_run in self._returned:
                self._release(cell_run)
        return True

    def _fill(self) -> None:
        """Give the workers as many cells as they have room for."""
        room = self._pool.room()
        most = room if self._cell_seconds is None or not self._pool.batch_seconds else room * _BATCHES_EACH
        while (self._waiting or self._returned) and len(self._submitted) < most:
            self._submit(self._next_batch(most))

    def _next_batch(self, most: int) -> list[_CellRun]:
        """Begin cells for a batch, of which ``most`` are out at a time. It is empty if none of them can be run."""
        size = 1
        if self._pool.batch_seconds and self._cell_seconds is not None:
            size = int(self._pool.batch_seconds / max(self._cell_seconds, 1e-6))
            # Towards the end smaller batches keep every worker busy.
            share = -(-(len(self._waiting) + len(self._returned)) // most)
            size = max(1, min(size, share, _MOST_IN_BATCH))
        batch: list[_CellRun] = []
        while len(batch) < size:
            if self._returned:
                alone = self._returned[0].cell in self._alone
                if batch and alone:
                    break
                batch.append(self._returned.popleft())
                if alone:
                    break
            elif self._waiting:
                begun = self._begin(self._waiting.popleft())
                if begun is not None:
                    batch.append(begun)
            else:
                break
        return batch

    def _begin(self, cell: int) -> _CellRun | None:
        """Make the folder of a cell's run; None if the cell cannot be run, which is its result then."""
        if not self._pool.shares_files:
            # There is no run to watch before its end.
            self._log.write(Begun(cell=cell, run=""))
            return _CellRun(cell, None, self._runs.make_folder(), None)
        try:
            spec = self._plan.spec_of(cell)
        except LabError as error:
            self._log.write(CellResult(cell=cell, run="", state="failed", message=str(error)))
            return None
        folder = self._runs.make_folder()
        write_config(folder, spec, durable=False)
        lock = hold(folder / LOCK_FILE)
        self._log.write(Begun(cell=cell, run=folder.name))
        return _CellRun(cell, spec, folder, lock)

    def _submit(self, batch: list[_CellRun]) -> None:
        if not batch:
            return
        jobs = [
            CellJob(
                spec=cell_run.spec or self._plan.spec,
                run=cell_run.folder.name,
                data_folder=str(self._data_folder.resolve()),
                folder=str(cell_run.folder.resolve()) if self._pool.shares_files else "",
                language=language(),
                changes={} if cell_run.spec else self._plan.changes_of(cell_run.cell),
            )
            for cell_run in batch
        ]
        try:
            future = self._pool.executor.submit(self._pool.run, jobs, self._pool.batch_seconds)
        except BrokenExecutor as error:
            self._returned.extend(batch)
            raise _broken() from error
        self._submitted[future] = batch

    def _take(self, future: Future[BatchOutcome]) -> None:
        """Write the results of a batch that has come back.

        Raises:
            TutorError: the pool cannot run cells.
        """
        batch = self._submitted[future]
        outcomes = self._outcomes(future, batch)
        del self._submitted[future]
        untrained = batch[len(outcomes) :]
        self._returned.extendleft(reversed(untrained))
        if self._pool.batch_seconds and not self._stopping():
            self._fill()  # before the results are written, so that no worker has to wait for that
        for cell_run, outcome in zip(batch, outcomes, strict=False):
            try:
                event = self._result(outcome, cell_run) if isinstance(outcome, CellOutcome) else outcome
            finally:
                self._release(cell_run)
            self._log.write(event)

    def _outcomes(self, future: Future[BatchOutcome], batch: list[_CellRun]) -> Sequence[CellOutcome | CellResult]:
        """The outcomes of the first cells of a batch; none if it was lost and its cells are to be sent again.

        Raises:
            TutorError: the pool cannot run cells.
        """
        try:
            outcome = future.result()
        except BrokenExecutor as error:
            raise _broken() from error
        except (ImportError, AttributeError) as error:
            raise TutorError(
                translate("sweep.other-tutor", reason=harmless_line(str(error))[:200]),
                hint=translate("sweep.other-tutor-hint"),
            ) from error
        except CancelledError:
            return [self._without_outcome(each, "stopped") for each in batch]
        except OSError as error:
            if error.errno is None:  # not of the system: Dask's own error
                raise lost_connection(error) from error
            # Most likely the disk is full, and the next cell would fail in the same way.
            reason = error.strerror or str(error)
            raise TutorError(translate("runs.failed-disk", reason=reason)) from error
        except Exception as error:
            if len(batch) > 1:
                self._alone.update(each.cell for each in batch)
                return []
            reason = harmless_line(f"{type(error).__name__}: {error}")[:500]
            return [self._without_outcome(batch[0], "failed", translate("runs.failed", reason=reason))]
        self._cell_seconds = outcome.seconds / len(outcome.outcomes)
        return outcome.outcomes

    def _without_outcome(self, cell_run: _CellRun, state: CellState, message: str = "") -> CellResult:
        """The result of a cell that did not come back."""
        run = cell_run.folder.name if self._pool.shares_files else ""
        return CellResult(cell=cell_run.cell, run=run, state=state, message=message)

    def _result(self, outcome: CellOutcome, cell_run: _CellRun) -> CellResult:
        """Write the log of a cell if it came back with the outcome, and return the cell's result."""
        has_run = self._pool.shares_files or bool(outcome.config)
        if not self._pool.shares_files and has_run:
            (cell_run.folder / SPEC_FILE).write_text(outcome.config, encoding="utf-8")
            (cell_run.folder / EVENTS_FILE).write_bytes(outcome.log)
        return CellResult(
            cell=cell_run.cell,
            run=cell_run.folder.name if has_run else "",
            state=cast("CellState", outcome.state),
            train_loss=outcome.train_loss,
            valid_loss=outcome.valid_loss,
            valid_accuracy=outcome.valid_accuracy,
            epochs=outcome.epochs,
            updates=outcome.updates,
            seconds=round(outcome.seconds, 4),
            message=outcome.message,
        )

    def _stop(self) -> None:
        """Ask every cell to stop, and wait for those that can be asked."""
        for future, batch in self._submitted.items():
            if not future.cancel() and self._pool.shares_files:
                for cell_run in batch:
                    with suppress(TutorError):
                        send(cell_run.folder, Stop())
        if not self._pool.shares_files:
            return
        for future in list(self._submitted):
            if not future.cancelled():
                wait([future])
                self._take(future)

    def _release(self, cell_run: _CellRun) -> None:
        """Leave a run: its lock, and its folder if nothing ever came into it."""
        if cell_run.lock is not None:
            os.close(cell_run.lock)
        if not self._pool.shares_files:
            with suppress(OSError):
                cell_run.folder.rmdir()


def lost_connection(error: Exception) -> TutorError:
    """The error of a sweep whose workers cannot be reached any more."""
    reason = harmless_line(str(error) or type(error).__name__)[:200].rstrip(".")
    return TutorError(translate("sweep.lost-connection", reason=reason), hint=translate("sweep.lost-connection-hint"))


def _broken() -> TutorError:
    return TutorError(translate("sweep.broken"), hint=translate("sweep.broken-hint"))


@contextmanager
def local_pool(jobs: int, memory: int) -> Iterator[WorkerPool]:
    """A pool of processes of this machine, which end with this process, however it ends.

    Args:
        jobs: How many.
        memory: Megabytes that each may use.
    """
    import multiprocessing

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tutor.runs.sweep.cell", "tutor.runs.worker.adapter"])
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_prepare_process, initargs=(memory,)) as executor:
        yield WorkerPool(executor, lambda: jobs)


def _prepare_process(memory: int) -> None:
    import multiprocessing
    import threading

    limit_memory(memory)
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def end_with_parent() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()
