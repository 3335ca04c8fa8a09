"""A Dask cluster as the pool of workers of a sweep (the optional extra ``cluster``)."""

from __future__ import annotations

import importlib
import importlib.util
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.runs.sweep.cell import BatchOutcome, CellJob, run_cells
from tutor.runs.sweep.scheduler import WorkerPool, lost_connection

_CONNECT_SECONDS = 10
_BATCH_SECONDS = 0.25
"""How long a batch of cells should take: much longer than its way to a worker and back, and short for whoever waits."""
_ASK_SECONDS = 2.0
"""How often the scheduler is asked for its workers, which takes as long as some cells."""


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

    They need tutor in the same version, but not our files: logs come back with the outcomes. A worker gives up what it
    trains for us when we cancel it, and when this process is gone.

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
        yield WorkerPool(
            executor, _thread_counter(client), shares_files=False, batch_seconds=_BATCH_SECONDS, run=run_cells_on_dask
        )
        executor.shutdown(wait=False)
    finally:
        client.close()


def _thread_counter(client: Any) -> Callable[[], int]:
    """A function that counts the threads of all workers. It asks the scheduler now and then: workers come and go.

    The function raises `TutorError` if the scheduler is gone.
    """
    asked_at, count = -math.inf, 1

    def threads() -> int:
        nonlocal asked_at, count
        if time.monotonic() - asked_at >= _ASK_SECONDS:
            try:
                found = client.ncores()
            except OSError as error:
                raise lost_connection(error) from error
            asked_at, count = time.monotonic(), max(1, sum(found.values()))
        return count

    return threads


def run_cells_on_dask(jobs: Sequence[CellJob], seconds: float) -> BatchOutcome:
    """Run `run_cells` as a task of a Dask worker; its cells end soon after the task was cancelled.

    Dask cannot end a task that is running. It marks it in the worker, also when the client that wanted it is gone.

    Raises:
        OSError: a log cannot be written.
    """
    distributed: Any = importlib.import_module("distributed")
    worker = distributed.get_worker()
    key, tasks = worker.get_current_task(), worker.state.tasks

    def is_cancelled() -> bool:
        task = tasks.get(key)
        return task is None or task.state == "cancelled"

    return run_cells(jobs, seconds, is_cancelled)
