"""A CSV log that grows, followed as a run that goes on: the training is another program's, and knows nothing of us."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tutor.foundation.clock import monotonic_seconds
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate
from tutor.runs.csv_log import tell
from tutor.runs.csv_rows import Epoch, Gatherer, Rows
from tutor.runs.csv_tail import CsvTail
from tutor.runs.entries import SOURCE_FILE
from tutor.runs.events import FOLLOWED
from tutor.runs.recording import Recording, recorded_spec
from tutor.runs.registry import Runs

_EVERY = 0.1
_QUIET = 2.0
"""Seconds after which the first epoch is told though nobody knows yet whether more rows of it will come."""
_GONE = 5.0
"""Seconds that a file may be away: some programs write anew by putting another one in its place."""
_IDLE = 3600.0
"""Seconds without a row after which the training is taken to be over."""
_MOST_NOTES = 3
_LONGEST_HEADING = 1 << 16


def start_following(path: Path, runs: Runs, name: str = "") -> str:
    """Start a process that tells of ``path`` as it grows, where none does so already.

    Args:
        path: The file. It may be empty still; where its heading is there, it is looked at.
        runs: Where the run is kept.
        name: What it is called; the file's name where empty.

    Returns:
        The run's id.

    Raises:
        TutorError: the file cannot be read, is no log of epochs, or no process can be started.
    """
    try:
        if path.exists() and not path.is_file():
            raise TutorError(translate("follow.no-file", path=path))
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            heading = file.readline(_LONGEST_HEADING)
    except OSError as error:
        reason = error.strerror or str(error)
        raise TutorError(translate("runs.cannot-read", path=path, reason=reason)) from error
    if heading.endswith("\n"):
        Rows(path, heading)
    return runs.follow_file(recorded_spec(name or path.stem), path)


class CsvFollower:
    """Tells of a growing file, one run for each time that it begins anew.

    Args:
        path: The file.
        name: What it is called.
        runs: Where the runs are kept.
        clock: Seconds that never run backwards.
        sleep: Waits for some seconds.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        runs: Runs,
        *,
        clock: Callable[[], float] = monotonic_seconds,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path, self._name, self._runs = path, name, runs
        self._clock, self._sleep = clock, sleep
        self._tail = CsvTail(path)
        self._waiting: list[str] = []
        self._left: tuple[Rows | None, int] = (None, 0)
        self._run: Recording | None = None
        self._stopped = False

    def stop(self) -> None:
        """Let the run that goes on end, the first as soon as it has begun; from a signal handler too."""
        self._stopped = True
        if self._run is not None:
            self._run.end("signal")

    def follow(self, place: tuple[Path, int] | None = None) -> None:
        """Follow until somebody stops the run, the file has gone, or nothing has come for an hour.

        Args:
            place: The folder of the first run and the descriptor of its lock, where somebody has made them.

        Raises:
            TutorError: no column of the file holds a loss, or it cannot be read; the run's log says so too.
        """
        anew = True
        with closing(self._tail):
            while anew and (place is not None or not self._stopped):
                with Recording(self._name, runs=self._runs, place=place, task=FOLLOWED) as run:
                    folder = self._runs.folder_of(run.id)
                    (folder / SOURCE_FILE).write_text(str(self._path), encoding="utf-8")
                    self._run = run
                    if self._stopped:  # while there was no run yet
                        run.end("signal")
                    anew = self._one(run, folder)
                    if anew:
                        run.note(translate("follow.anew"))
                place = None

    def _one(self, run: Recording, folder: Path) -> bool:
        """Tell of the file until it ends or begins anew, or ``folder``, the run's own, is removed.

        Returns:
            Whether the file began anew.
        """
        sheet = _Sheet(self._path, run, *self._left)
        self._left = (None, 0)
        last = seen = self._clock()
        over = False
        while not run.stopping:
            lines = self._look()
            if lines is None:
                sheet.end("")
                return True
            now = self._clock()
            last = now if lines else last
            seen = now if self._tail.there else seen
            for index, line in enumerate(lines):
                if not sheet.take(line):
                    self._waiting, self._left = lines[index:], sheet.left(line)
                    sheet.end("")
                    return True
            if not lines:
                if now - last >= _QUIET:
                    sheet.quiet()
                run.listen()
                if not folder.is_dir():  # whoever removed it wants the run no more
                    run.end("stop")
                    break
                if now - seen >= _GONE or now - last >= _IDLE:
                    over = True
                    run.end("gone" if now - seen >= _GONE else "quiet")
                    break
                self._sleep(_EVERY)
        sheet.end(self._tail.rest() if over else "")
        return False

    def _look(self) -> list[str] | None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            return waiting
        try:
            return self._tail.poll()
        except OSError as error:
            reason = error.strerror or str(error)
            raise TutorError(translate("runs.cannot-read", path=self._path, reason=reason)) from error


class _Sheet:
    """What one training wrote into the file: a heading, then rows.

    Args:
        path: The file.
        run: Is told of it.
        rows: How its rows are read, where it has no heading of its own.
        number: Lines of the file before it.
    """

    def __init__(self, path: Path, run: Recording, rows: Rows | None, number: int) -> None:
        self._path, self._run = path, run
        self._rows, self._number = rows, number
        self._gatherer = Gatherer(at_once=True)
        self._notes = 0

    def take(self, line: str) -> bool:
        """Take a line; False where it is the first of another training, and was not taken."""
        row: Epoch = {}
        if self._rows is None:
            self._rows = Rows(self._path, line) if line.strip() else None
        elif line.strip() == self._rows.heading:
            return False
        else:
            row = self._read(self._rows, line)
            if self._gatherer.goes_back(row):
                return False
        self._number += 1
        if row and self._rows is not None:
            for epoch in self._gatherer.take(row):
                tell(self._run, epoch, self._rows.columns)
        return True

    def _read(self, rows: Rows, line: str) -> Epoch:
        try:
            return rows.read(line, self._number + 1)
        except TutorError as error:
            self._notes += 1
            if self._notes <= _MOST_NOTES:
                self._run.note(translate("follow.left-out", reason=error.message))
            return {}

    def left(self, line: str) -> tuple[Rows | None, int]:
        """What the training that begins with ``line``, in the same file, takes over: see `_Sheet`."""
        again = self._rows is not None and line.strip() == self._rows.heading
        return None if again else self._rows, self._number

    def quiet(self) -> None:
        """Nothing has come for a while: tell what there is."""
        if self._rows is not None and (rest := self._gatherer.rest()):
            tell(self._run, rest, self._rows.columns)

    def end(self, half: str) -> None:
        """Nothing more will come; ``half`` is a last line without an end."""
        if half and self._rows is not None and self._rows.is_whole(half):
            self.take(half)
        self.quiet()
