"""``python -m tutor.runs.worker RUN_FOLDER``: the process that trains.

It holds a lock while it is alive, only appends to its log, reads the control log between epochs, outlives the screen
that started it, and stops by itself. NumPy is imported late, after it has been limited to one thread.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.languages import ENGLISH
from tutor.foundation.outside_languages import speak
from tutor.foundation.processes import ONE_THREAD
from tutor.foundation.translate import translate
from tutor.labs.lab_files import read_config
from tutor.labs.limits import Limits
from tutor.labs.mine import read_programs
from tutor.runs.control import CONTROL_FILE, Inbox
from tutor.runs.events import Event, Failed
from tutor.runs.follower import EVENTS_FILE, LOCK_FILE, WEIGHTS_FILE, unwatched_seconds
from tutor.runs.log import RESERVE_BYTES, LogWriter
from tutor.runs.processes import hold, read_command_line
from tutor.runs.worker.job import LogFullError, TrainingJob
from tutor.runs.worker.limits import end_with_folder, limit_log, limit_memory
from tutor.runs.worker.turns import Turns

_BEHIND_SCREENS = 10
"""How much nicer than the screens of a class a run is, so that a key is never late because somebody trains."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Train the run of a folder.

    Returns:
        The exit code: 0 if the run ended in any way, 5 if it failed, 4 if it cannot write.
    """
    folder, given = read_command_line(sys.argv[1:] if arguments is None else arguments)
    data_folder = Path(given["data-folder"]) if "data-folder" in given else None
    lock = int(given["lock"]) if "lock" in given else None  # the parent holds it already
    os.environ.update(ONE_THREAD)
    speak(given.get("language", ENGLISH))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # Ctrl-C, if somebody has started this process by hand, is a stop like any other.
    try:
        return _work(folder, data_folder, lock)
    except OSError as error:
        print(translate("runs.failed-disk", reason=error.strerror or str(error)), file=sys.stderr)
        return int(ExitCode.CANNOT_WRITE)


def _work(folder: Path, data_folder: Path | None, lock: int | None) -> int:
    if lock is None and hold(folder / LOCK_FILE) is None:
        print(translate("runs.another-worker"), file=sys.stderr)
        return int(ExitCode.USAGE)
    end_with_folder(folder)
    log: LogWriter[Event] = LogWriter(folder / EVENTS_FILE, reserve=RESERVE_BYTES)
    with contextlib.closing(log), contextlib.closing(Inbox(folder / CONTROL_FILE)) as inbox:
        emit = _guarded(log)
        try:
            limits = Limits.of_environment()
            spec = limits.within(read_config(folder))
            programs = read_programs(folder, spec.mine)
        except TutorError as error:
            emit(Failed(epoch=0, message=error.message, hint=error.hint))
            return int(ExitCode.RUN_FAILED)
        limit_memory(spec.train.max_memory_mb)
        turns = Turns.of_environment()
        if turns is not None:
            os.nice(_BEHIND_SCREENS)
        job = TrainingJob(
            spec,
            data_folder,
            emit=limit_log(emit, folder / EVENTS_FILE, limits.log_mb, lambda: job.stop("log-size")),
            run_id=folder.name,
            commands=lambda _epoch: inbox.poll(),
            unwatched=lambda: unwatched_seconds(folder),
            programs=programs,
            turns=turns,
        )
        _stop_on_signals(job)
        done = job.run(folder / WEIGHTS_FILE)
    return int(ExitCode.OK if done else ExitCode.RUN_FAILED)


def _guarded(log: LogWriter[Event]) -> Callable[[Event], None]:
    """``log.write``; once the disk is full, it makes room for the last event."""

    def emit(event: Event) -> None:
        try:
            log.write(event)
        except OSError as error:
            log.release_reserve()
            if isinstance(event, Failed):
                log.write(event)
            else:
                raise LogFullError(error.strerror or str(error)) from error

    return emit


def _stop_on_signals(job: TrainingJob) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        job.stop("signal")

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


if __name__ == "__main__":
    sys.exit(main())
