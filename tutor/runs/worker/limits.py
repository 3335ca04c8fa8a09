"""The limits of a worker: its memory, the size of its log, and a life no longer than that of its folder."""

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
    """Let the system limit the memory of this process; if it cannot, the run continues without a limit."""
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
    """Wrap ``emit`` so that it calls ``full`` once the file ``log`` is larger than ``megabytes``.

    Later events are still written, so that the run can say why it ends.
    """

    def limited(event: Event) -> None:
        emit(event)
        with suppress(OSError):  # it was removed, and `end_with_folder` will end this process
            if log.stat().st_size > megabytes * 1e6:
                full()

    return limited


def end_with_folder(folder: Path) -> None:
    """End this process silently, soon after ``folder`` was removed or replaced.

    Whoever removes a run's folder does not want the run any more, and could neither see nor stop it. A thread checks,
    because an epoch may be long and a run may be paused for hours.

    Raises:
        OSError: the folder does not exist.
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
                continue  # a disk that fails for a moment is no reason to end
            if not there:
                os._exit(0)

    threading.Thread(target=look, name="end with the folder", daemon=True).start()
