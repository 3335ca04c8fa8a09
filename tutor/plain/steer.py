"""``tutor run …``: send commands to a run and print its reaction; keep, delete, import and export runs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from tutor.foundation import paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import free_name, require_file
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.runs.control import Command, Note, Pace, Pause, Resume, Set, Stop, send
from tutor.runs.events import Changed, Event, Finished, Noted, Paced, Paused, Refused, Resumed
from tutor.runs.registry import Runs
from tutor.runs.words import describe, other_author_of

_ANSWER_SECONDS = 10.0
"""Seconds to wait for the worker's answer. It reads commands between epochs, so a slow epoch may take longer."""
_POLL_SECONDS = 0.02
_ANSWERS: dict[type[Command], tuple[type[Event], ...]] = {
    Pause: (Paused,),
    Resume: (Resumed,),
    Pace: (Paced,),
    Set: (Changed, Refused),
    Note: (Noted,),
    Stop: (Finished,),
}


def _runs() -> Runs:
    return Runs(paths.runs_folder())


def steer(name: str | None, command: Command) -> int:
    """Send ``command`` to a run and print its answer.

    Args:
        name: The id or short id of a run; the newest running one if None.
        command: The command.

    Returns:
        The exit code: 2 if the run refuses.

    Raises:
        TutorError: there is no such run, it has ended, or it cannot be written to.
    """
    runs = _runs()
    run_id = runs.pick(name, alive=True)
    short = run_id[-4:]
    follower = runs.follow(run_id)
    summary = follower.catch_up()
    if summary.ended:
        raise TutorError(translate("watch.has-ended", run=short), exit_code=ExitCode.USAGE)
    if summary.followed and not isinstance(command, Stop | Note):
        raise TutorError(translate("follow.only-followed", run=short), exit_code=ExitCode.USAGE)
    already = (isinstance(command, Pause) and summary.state == "paused") or (
        isinstance(command, Resume) and summary.state == "running"
    )
    if already:
        print(translate("watch.as-it-was", run=short))
        return int(ExitCode.OK)
    send(follower.folder, command)
    return _report_answer(follower.poll, lambda: follower.summary.ended, command, short)


def _report_answer(poll: Callable[[], list[Event]], ended: Callable[[], bool], command: Command, short: str) -> int:
    """Wait for the run's answer and print it."""
    end = time.monotonic() + _ANSWER_SECONDS
    while time.monotonic() < end:
        events = poll()
        for event in events:
            if isinstance(event, _ANSWERS[type(command)]) and _answers(event, command):
                text = translate("watch.stopped", run=short, epoch=event.epoch) if isinstance(event, Finished) else ""
                print(text or f"{short}: {describe(event)}")
                return int(ExitCode.USAGE if isinstance(event, Refused) else ExitCode.OK)
        if ended():
            raise TutorError(translate("watch.has-ended", run=short), exit_code=ExitCode.USAGE)
        if not events:
            time.sleep(_POLL_SECONDS)
    print(translate("watch.no-answer-yet", run=short))
    return int(ExitCode.OK)


def _answers(event: Event, command: Command) -> bool:
    """Whether ``event`` answers our own change, note or pace. A pause or stop counts, whoever asked for it."""
    return not isinstance(command, Set | Note | Pace) or not other_author_of(event)


def set_value(name: str, words: Sequence[str]) -> int:
    """Change settings of a run, given as ``KEY=VALUE`` words. See `steer`."""
    from tutor.labs.lab_files import parse_setting

    code = int(ExitCode.OK)
    for word in words:
        key, value = parse_setting(word)
        if not isinstance(value, str | int | float):
            raise TutorError(translate("runs.not-a-setting", word=harmless_line(word)), exit_code=ExitCode.USAGE)
        command = (
            Pace(float(value)) if key in {"pace", "train.pace"} and not isinstance(value, str) else Set(key, value)
        )
        code = max(code, steer(name, command))
    return code


def delete(names: Sequence[str]) -> int:
    """Delete runs that have ended. Raises `TutorError` for the first that cannot be deleted."""
    runs = _runs()
    for name in names:
        run_id = runs.pick(name)
        runs.delete(run_id)
        print(translate("watch.deleted", run=run_id[-4:]))
    return int(ExitCode.OK)


def pin(name: str, *, pinned: bool) -> int:
    """Pin or unpin a run. Raises `TutorError` if there is no such run."""
    runs = _runs()
    run_id = runs.pick(name)
    runs.pin(run_id, pinned=pinned)
    print(translate("watch.pinned" if pinned else "watch.unpinned", run=run_id[-4:]))
    return int(ExitCode.OK)


def follow_log(path: Path, name: str, columns: str = "") -> int:
    """Follow the CSV log of another program as it grows. Raises `TutorError` if it is not such a log."""
    from tutor.runs.imports.csv_run import start_following

    run = start_following(path, _runs(), name, columns)[-4:]
    print(translate("follow.going", run=run, path=path))
    return int(ExitCode.OK)


def import_log(path: Path, name: str, columns: str = "") -> int:
    """Save a CSV log of another program as a run and print how it was read. Raises `TutorError` if it is not a log."""
    from tutor.runs.imports.csv_run import import_csv
    from tutor.tables.log_columns import parse_columns

    try:
        require_file(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise TutorError(translate("runs.cannot-read", path=path, reason=reason)) from error
    imported = import_csv(path, _runs(), name, parse_columns(columns))
    for note in imported.notes:
        print(note)
    for run_id in imported.runs:
        print(translate("watch.imported", run=run_id[-4:]))
    return int(ExitCode.OK)


def export(name: str | None, kind: str, to: Path | None, epoch: Literal["final", "best"] = "final") -> int:
    """Write a run's epochs as CSV, TensorBoard event files or an SVG figure, or its model as npz.

    Args:
        name: The id or short id of a run; the newest if None.
        kind: ``csv`` (to standard output without ``to``), ``svg``, ``tensorboard`` or ``npz``.
        to: The file or folder to write.
        epoch: With ``npz``: whether to write the parameters after the last epoch or after the best one.

    Raises:
        TutorError: there is no such run, or it cannot be written there.
    """
    from tutor.runs.export import csv_lines, write_csv, write_event_file

    runs = _runs()
    folder = runs.folder_of(runs.pick(name))
    try:
        if kind == "tensorboard":
            print(translate("watch.exported", path=write_event_file(folder, to or Path("tensorboard") / folder.name)))
        elif kind == "npz":
            from tutor.runs.trained import trained_run, write_model

            path = to or free_name(Path(), folder.name, ".npz")
            write_model(trained_run(folder, epoch), path)
            print(translate("watch.exported", path=path))
        elif kind == "svg":
            from tutor.runs.figure import write_figure

            print(translate("watch.exported", path=write_figure(folder, to or free_name(Path(), folder.name, ".svg"))))
        elif to is None:
            sys.stdout.writelines(csv_lines(folder))
        else:
            write_csv(folder, to)
            print(translate("watch.exported", path=to))
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = f"{error.strerror or error}"
        raise TutorError(translate("watch.cannot-export", reason=reason), exit_code=ExitCode.CANNOT_WRITE) from error
    return int(ExitCode.OK)
