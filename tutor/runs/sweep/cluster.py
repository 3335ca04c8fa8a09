"""The cells of a sweep on a Dask cluster: the optional extra ``cluster``."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.runs.sweep.scheduler import WorkerPool

_CONNECT_SECONDS = 10


def require_dask() -> None:
    """Find out whether Dask is installed, without importing it.

    Raises:
        TutorError: it is not.
    """
    if importlib.util.find_spec("distributed") is None:
        raise TutorError(translate("sweep.no-dask"), hint=translate("sweep.no-dask-hint"), exit_code=ExitCode.USAGE)


@contextmanager
def cluster(address: str) -> Iterator[WorkerPool]:
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
