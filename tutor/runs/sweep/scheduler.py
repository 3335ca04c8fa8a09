"""Runs the cells of a sweep on a pool of workers and writes down their results.

A pool is any executor that `concurrent.futures` knows: processes of this machine, or a Dask cluster (the optional
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
from tutor.runs.log import Writer
from tutor.runs.processes import hold
from tutor.runs.registry import Runs
from tutor.runs.sweep.cell import CellJob, CellOutcome, run_cell
from tutor.runs.sweep.plan import SweepPlan
from tutor.runs.sweep.results import RUNS_FOLDER, Begun, CellResult, CellState, SweepEvent
from tutor.runs.worker.limits import limit_memory

_LOOK_SECONDS = 0.05
"""How long the scheduler waits for a result before it looks whether it shall stop."""
_CONNECT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class WorkerPool:
    """Who runs the cells.

    Args:
        executor: takes `run_cell`.
        room: how many cells may be given out at a time, now.
        shares_files: whether it writes into the same folders as we do; else logs come back with the outcome.
    """

    executor: Executor
    room: Callable[[], int]
    shares_files: bool = True


@dataclass(frozen=True, slots=True)
class _Given:
    """A cell that somebody is at. Its lock is ours: it lives as long as the sweep does."""

    cell: int
    folder: Path
    lock: int | None


class SweepScheduler:
    """Runs the cells of a sweep that have no result yet.

    Args:
        plan: The sweep.
        folder: Its folder.
        pool: Who runs the cells.
        data_folder: Where data sets lie.
        log: Takes results. An exception of its own ends the sweep.
        stopping: Whether to stop, asked many times a second.
    """

    def __init__(
        self,
        plan: SweepPlan,
        folder: Path,
        pool: WorkerPool,
        *,
        data_folder: Path,
        log: Writer[SweepEvent],
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._plan = plan
        self._runs = Runs(folder / RUNS_FOLDER)
        self._pool = pool
        self._data_folder = data_folder
        self._log = log
        self._stopping = stopping
        self._given: dict[Future[CellOutcome], _Given] = {}

    def run(self, cells: list[int]) -> bool:
        """Run ``cells``, in their order, and return when all have ended or it was asked to stop.

        Returns:
            Whether all were run.

        Raises:
            TutorError: the executor cannot go on; what had a result by then keeps it.
            OSError: the folder cannot be written to.
        """
        waiting = deque(cells)
        try:
            while waiting or self._given:
                if self._stopping():
                    self._stop()
                    return not waiting and not self._given
                while waiting and len(self._given) < self._pool.room():
                    self._give(waiting.popleft())
                done, _ = wait(self._given, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
                for future in done:
                    self._take(future)
        finally:
            for future in list(self._given):
                future.cancel()
                self._let_go(self._given.pop(future))
        return True

    def _give(self, cell: int) -> None:
        try:
            spec = self._plan.spec_of(cell)
        except LabError as error:
            self._log.write(CellResult(cell=cell, run="", state="failed", message=str(error)))
            return
        folder = self._runs.make(spec)
        given = _Given(cell, folder, hold(folder / LOCK_FILE))
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
            self._let_go(given)
            raise _broken() from error
        self._given[future] = given

    def _take(self, future: Future[CellOutcome]) -> None:
        given = self._given.pop(future)
        try:
            event = self._result(future, given)
        finally:
            self._let_go(given)
        self._log.write(event)

    def _result(self, future: Future[CellOutcome], given: _Given) -> SweepEvent:
        """What to write down of a cell that came back.

        Raises:
            TutorError: whoever runs cells cannot.
        """
        run = given.folder.name
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
            return CellResult(cell=given.cell, run=run, state="stopped")
        except OSError as error:
            # The disk is full, most likely: the next cell would say the same.
            reason = error.strerror or str(error)
            raise TutorError(translate("runs.failed-disk", reason=reason)) from error
        except Exception as error:
            reason = harmless_line(f"{type(error).__name__}: {error}")[:500]
            return CellResult(cell=given.cell, run=run, state="failed", message=translate("runs.failed", reason=reason))
        if outcome.log:
            (given.folder / EVENTS_FILE).write_bytes(outcome.log)
        return CellResult(
            cell=given.cell,
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
        """Ask every cell to end soon, and wait for those that hear it."""
        for future, given in self._given.items():
            if not future.cancel() and self._pool.shares_files:
                with suppress(TutorError):
                    send(given.folder, Stop())
        if not self._pool.shares_files:
            return
        for future in list(self._given):
            if not future.cancelled():
                wait([future])
                self._take(future)

    def _let_go(self, given: _Given) -> None:
        if given.lock is not None:
            os.close(given.lock)


def _broken() -> TutorError:
    return TutorError(translate("sweep.broken"), hint=translate("sweep.broken-hint"))


@contextmanager
def local_pool(jobs: int, memory: int) -> Iterator[WorkerPool]:
    """Processes of this machine, one cell each, which end with this process, however it ends.

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
    """Find out whether Dask is installed, without importing it.

    Raises:
        TutorError: it is not.
    """
    if importlib.util.find_spec("distributed") is None:
        raise TutorError(translate("sweep.no-dask"), hint=translate("sweep.no-dask-hint"), exit_code=ExitCode.USAGE)


@contextmanager
def dask_pool(address: str) -> Iterator[WorkerPool]:
    """The workers of the scheduler at ``address``.

    They need a tutor of the same version, but none of our files: logs travel with the outcomes.

    Raises:
        TutorError: Dask is not installed, there is no scheduler at this address, or it has no workers.
    """
    require_dask()
    # Untyped, and not installed everywhere.
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
