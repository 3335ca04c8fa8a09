"""Gives the cells of a sweep to an executor, any that `concurrent.futures` knows, and writes down what comes back."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, translate
from tutor.labs.faults import SpecError
from tutor.runs.control import Stop, send
from tutor.runs.follower import EVENTS_FILE, LOCK_FILE
from tutor.runs.log import Writer
from tutor.runs.processes import hold
from tutor.runs.registry import Runs
from tutor.runs.sweep.cell import CellJob, CellOutcome, run_cell
from tutor.runs.sweep.plan import SweepPlan
from tutor.runs.sweep.results import RUNS_FOLDER, Begun, CellResult, CellState, SweepEvent

_LOOK_SECONDS = 0.05
"""How long the scheduler waits for a result before it looks whether it shall stop."""


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
        except SpecError as error:
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
