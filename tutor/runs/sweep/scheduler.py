"""Runs the cells of a sweep on a pool of workers, and writes their results.

A pool is an executor of the kind of `concurrent.futures`: processes of this machine, or a Dask cluster (the optional
extra ``cluster``).
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections import deque
from collections.abc import Callable, Iterator
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
from typing import Any, cast

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, translate
from tutor.labs.faults import LabError
from tutor.runs.control import Stop, send
from tutor.runs.follower import EVENTS_FILE, LOCK_FILE
from tutor.runs.log import LogWriter
from tutor.runs.processes import hold
from tutor.runs.registry import Runs
from tutor.runs.sweep.cell import CellJob, CellOutcome, run_cell
from tutor.runs.sweep.plan import SweepPlan
from tutor.runs.sweep.results import RUNS_FOLDER, Begun, CellResult, CellState, SweepEvent
from tutor.runs.worker.limits import limit_memory

_LOOK_SECONDS = 0.05
"""How long the scheduler waits for a result before it checks whether to stop."""
_CONNECT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class WorkerPool:
    """The workers that run the cells.

    Args:
        executor: Runs `run_cell`.
        room: Returns how many cells may run at once at present.
        shares_files: Whether the workers see our files; otherwise the logs come back with the outcomes.
    """

    executor: Executor
    room: Callable[[], int]
    shares_files: bool = True


@dataclass(frozen=True, slots=True)
class _Submitted:
    """A cell that was submitted to the pool. This process holds its lock, so it is alive as long as the sweep."""

    cell: int
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
        self._submitted: dict[Future[CellOutcome], _Submitted] = {}

    def run(self, cells: list[int]) -> bool:
        """Run ``cells`` in their order, and return when all have ended or it has to stop.

        Returns:
            Whether all were run.

        Raises:
            TutorError: the executor cannot continue; results so far are kept.
            OSError: the folder cannot be written.
        """
        waiting = deque(cells)
        try:
            while waiting or self._submitted:
                if self._stopping():
                    self._stop()
                    return not waiting and not self._submitted
                while waiting and len(self._submitted) < self._pool.room():
                    self._submit(waiting.popleft())
                done, _ = wait(self._submitted, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
                for future in done:
                    self._take(future)
        finally:
            for future in list(self._submitted):
                future.cancel()
                self._release(self._submitted.pop(future))
        return True

    def _submit(self, cell: int) -> None:
        try:
            spec = self._plan.spec_of(cell)
        except LabError as error:
            self._log.write(CellResult(cell=cell, run="", state="failed", message=str(error)))
            return
        folder = self._runs.make(spec)
        cell_run = _Submitted(cell, folder, hold(folder / LOCK_FILE))
        job = CellJob(
            spec=spec,
            run=folder.name,
            data_folder=str(self._data_folder.resolve()),
            folder=str(folder.resolve()) if self._pool.shares_files else "",
            language=language(),
        )
        self._log.write(Begun(cell=cell, run=folder.name))
        try:
            future = self._pool.executor.submit(run_cell, job)
        except BrokenExecutor as error:
            self._release(cell_run)
            raise _broken() from error
        self._submitted[future] = cell_run

    def _take(self, future: Future[CellOutcome]) -> None:
        cell_run = self._submitted.pop(future)
        try:
            event = self._result(future, cell_run)
        finally:
            self._release(cell_run)
        self._log.write(event)

    def _result(self, future: Future[CellOutcome], cell_run: _Submitted) -> SweepEvent:
        """The event for a cell that has come back.

        Raises:
            TutorError: the pool cannot run cells.
        """
        run = cell_run.folder.name
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
            return CellResult(cell=cell_run.cell, run=run, state="stopped")
        except OSError as error:
            # Most likely the disk is full, and the next cell would fail in the same way.
            reason = error.strerror or str(error)
            raise TutorError(translate("runs.failed-disk", reason=reason)) from error
        except Exception as error:
            reason = harmless_line(f"{type(error).__name__}: {error}")[:500]
            return CellResult(
                cell=cell_run.cell, run=run, state="failed", message=translate("runs.failed", reason=reason)
            )
        if outcome.log:
            (cell_run.folder / EVENTS_FILE).write_bytes(outcome.log)
        return CellResult(
            cell=cell_run.cell,
            run=run,
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
        for future, cell_run in self._submitted.items():
            if not future.cancel() and self._pool.shares_files:
                with suppress(TutorError):
                    send(cell_run.folder, Stop())
        if not self._pool.shares_files:
            return
        for future in list(self._submitted):
            if not future.cancelled():
                wait([future])
                self._take(future)

    def _release(self, cell_run: _Submitted) -> None:
        if cell_run.lock is not None:
            os.close(cell_run.lock)


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


def require_dask() -> None:
    """Check that Dask is installed, without importing it.

    Raises:
        TutorError: it is not.
    """
    if importlib.util.find_spec("distributed") is None:
        raise TutorError(translate("sweep.no-dask"), hint=translate("sweep.no-dask-hint"), exit_code=ExitCode.USAGE)


@contextmanager
def dask_pool(address: str) -> Iterator[WorkerPool]:
    """The workers of the Dask scheduler at ``address``.

    They need tutor in the same version, but not our files: logs come back with the outcomes.

    Raises:
        TutorError: Dask is not installed, there is no scheduler at this address, or it has no workers.
    """
    require_dask()
    # Dask has no types, and is not installed everywhere.
    distributed: Any = importlib.import_module("distributed")
    try:
        client = distributed.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        reason = harmless_line(str(error))[:200]
        raise TutorError(
            translate("sweep.no-scheduler", address=harmless_line(address), reason=reason),
            hint=translate("sweep.no-scheduler-hint"),
        ) from error
    try:
        if not client.ncores():
            raise TutorError(
                translate("sweep.no-workers", address=harmless_line(address)), hint=translate("sweep.no-workers-hint")
            )
        executor = client.get_executor(pure=False, retries=1)
        yield WorkerPool(executor, lambda: max(1, sum(client.ncores().values())), shares_files=False)
        executor.shutdown(wait=False)
    finally:
        client.close()
