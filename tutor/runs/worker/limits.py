"""What holds a worker to its limits: memory, the size of its log, and a life no longer than that of its folder."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tutor.labs.limits import FOLDER_LOOK_SECONDS
from tutor.runs.events import Event


def limit_memory(megabytes: int) -> None:
    """Let the system refuse this process more memory; if it cannot, the run goes on without a limit."""
    try:
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        limit = megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (limit if hard < 0 else min(limit, hard), hard))
    except (ImportError, OSError, ValueError) as error:
        print(f"no memory limit: {error}", file=sys.stderr)


def limit_log(
    emit: Callable[[Event], None], log: Path, megabytes: float, full: Callable[[], None]
) -> Callable[[Event], None]:
    """``emit``, which calls ``full`` once the log it writes to has more than so many megabytes.

    What is emitted after that is written too: a run that ends still says why.
    """

    def limited(event: Event) -> None:
        emit(event)
        with suppress(OSError):  # it has gone; `end_with_folder` knows what to do
            if log.stat().st_size > megabytes * 1e6:
                full()

    return limited


def end_with_folder(folder: Path) -> None:
    """End this process, quietly, soon after ``folder`` was removed or another one took its place.

    Whoever removes a run's folder wants the run no more, and nobody could see or stop it. A thread looks, because an
    epoch may be long and a run may wait for hours.

    Raises:
        OSError: the folder is not there now.
    """
    own = folder.stat()

    def look() -> None:
        while True:
            time.sleep(FOLDER_LOOK_SECONDS)
            try:
                there = os.path.samestat(folder.stat(), own)
            except (FileNotFoundError, NotADirectoryError):
                there = False
            except OSError:
                continue  # a disk that does not answer now is no reason
            if not there:
                os._exit(0)

    threading.Thread(target=look, name="end with the folder", daemon=True).start()
