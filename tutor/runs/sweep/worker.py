"""``python -m tutor.runs.sweep.worker SWEEP_FOLDER``: the process that runs a sweep.

It holds a lock while it is alive, only appends to the results, and gives the cells to processes of its own or to a Dask
cluster. It may be killed at any time: started again, it continues with the cells that have no result.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.languages import ENGLISH
from tutor.foundation.outside_languages import speak
from tutor.foundation.processes import ONE_THREAD
from tutor.foundation.translate import translate
from tutor.labs.limits import Limits
from tutor.runs.control import CONTROL_FILE, Inbox, Stop
from tutor.runs.follower import LOCK_FILE
from tutor.runs.log import LogWriter
from tutor.runs.processes import hold
from tutor.runs.sweep.cluster import dask_pool
from tutor.runs.sweep.results import RESULTS_FILE, Opened, SweepEvent, SweepFollower, Troubled, read_plan
from tutor.runs.sweep.scheduler import SweepScheduler, local_pool
from tutor.runs.worker.limits import end_with_folder


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cells of a sweep that have no result.

    Returns:
        The exit code: 0 if the sweep ended in any way, 5 if it could not continue, 4 if it cannot write.
    """
    parser = argparse.ArgumentParser(prog="python -m tutor.runs.sweep.worker", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data-folder", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--dask", default="", help="address of a scheduler")
    parser.add_argument("--language", default=ENGLISH)
    parser.add_argument("--lock", type=int, help="descriptor of the lock, if the parent holds it already")
    given = parser.parse_args(arguments)
    os.environ.update(ONE_THREAD)
    speak(given.language)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        return _work(given)
    except OSError as error:
        print(translate("runs.failed-disk", reason=error.strerror or str(error)), file=sys.stderr)
        return int(ExitCode.CANNOT_WRITE)


def _work(given: argparse.Namespace) -> int:
    folder: Path = given.folder
    if given.lock is None and hold(folder / LOCK_FILE) is None:
        print(translate("sweep.another-worker"), file=sys.stderr)
        return int(ExitCode.USAGE)
    end_with_folder(folder)
    log: LogWriter[SweepEvent] = LogWriter(folder / RESULTS_FILE)
    with contextlib.closing(log):
        log.write(Opened(pid=os.getpid()))
        try:
            _run_cells(given, log)
        except TutorError as error:
            log.write(Troubled(message=error.message, hint=error.hint))
            return int(ExitCode.RUN_FAILED)
    return int(ExitCode.OK)


def _run_cells(given: argparse.Namespace, log: LogWriter[SweepEvent]) -> None:
    folder: Path = given.folder
    plan = read_plan(folder)
    follower = SweepFollower(folder)
    follower.poll()
    cells = follower.state.waiting(plan.count)
    with contextlib.closing(Inbox(folder / CONTROL_FILE)) as inbox:
        stopped = _stop_on_signals()

        def stopping() -> bool:
            if any(isinstance(command, Stop) for command in inbox.poll()):
                stopped.append(0)
            return bool(stopped)

        memory = Limits.of_environment().within(plan.spec).train.max_memory_mb
        with dask_pool(given.dask) if given.dask else local_pool(given.jobs, memory) as pool:
            SweepScheduler(
                plan, folder, pool, data_folder=given.data_folder, log=log, stopping=stopping
            ).run(cells)  # fmt: skip


def _stop_on_signals() -> list[int]:
    """A list that gets an entry when the system asks this process to end."""
    asked: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return asked


if __name__ == "__main__":
    sys.exit(main())
