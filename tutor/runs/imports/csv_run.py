"""Training logs of other programs, as CSV: kept as runs that have ended, or followed as runs while they grow.

The training is the other program's and knows nothing of us.
"""

from __future__ import annotations

import os
import time
from bisect import bisect_left
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tutor.foundation.clock import monotonic_seconds
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import listed, translate
from tutor.runs.events import FOLLOWED
from tutor.runs.follower import LOCK_FILE
from tutor.runs.log import PIECE, RewrittenTail
from tutor.runs.processes import hold
from tutor.runs.recording import Recording, recorded_spec
from tutor.runs.registry import COLUMNS_FILE, SOURCE_FILE, Runs
from tutor.tables.report import shown
from tutor.tables.training_log import LogBody, Reading, Training, TrainingLog

_MOST_BYTES = 1 << 29
_NAMES_SHOWN = 6
_POLL_SECONDS = 0.1
_QUIET_SECONDS = 2.0
"""Seconds after which the last epoch is told though nobody knows yet whether more rows of it will come."""
_GONE_SECONDS = 5.0
"""Seconds that a file may be away: some programs write anew by putting another one in its place."""
_IDLE_SECONDS = 3600.0
"""Seconds without a row after which the training is taken to be over."""
_ENOUGH_LINES = 2
"""Lines by which a file that is no log is known before anything is started."""


class EpochReporter:
    """Tells a run of a training in a log: each epoch once, and anew from the first one that has come to read otherwise.

    Args:
        run: Is told.
    """

    def __init__(self, run: Recording) -> None:
        self._run = run
        self._told: list[tuple[int, int]] = []
        """The place in the training of each epoch that was told, and a hash of what it held."""
        self._reading: Reading | None = None
        self._noted: set[str] = set()
        self._noted_at: object = None
        """How the log stood when it was last looked at for something to note."""

    @property
    def count(self) -> int:
        """How many epochs of the training were told, those with nothing to tell included."""
        return self._told[-1][0] + 1 if self._told else 0

    def tell(self, training: Training, *, whole: bool) -> None:
        """Tell of what is new.

        Args:
            training: The training; always the same one, or the same one read anew from its file.
            whole: Whether its last epoch is whole, as far as anybody knows.
        """
        if self._reading is not None and training.changed >= len(training.epochs):
            return
        reading = training.reading()
        start = training.changed if reading == self._reading else 0
        self._reading = reading
        done = bisect_left(self._told, start, key=lambda each: each[0])
        for place in range(start, len(training.epochs) - (not whole)):
            number, values = training.epochs[place].number, training.values(place, reading)
            if not values.keys() - {"learning_rate"}:  # such as a row that tells how long it took
                continue
            told = (place, hash(repr((number, values))))
            if self._told[done : done + 1] != [told]:
                self._told[done:] = [told]
                self._run.tell(values, place=done + 1, called=number)
            done += 1
        training.changed = max(0, len(training.epochs) - (not whole))

    def note(self, log: TrainingLog, *, last: bool = False) -> None:
        """Tell how the log is read, and of rows that were left out, each once; at the ``last`` time all there is."""
        if log.body is None or self._reading is None:
            return
        state = (log.lines, bool(self._told), self._reading)
        if not last and state == self._noted_at:
            return
        self._noted_at = state
        texts = [*log.body.left_out, *(log.remarks(self._reading) if self._told else [])]
        if last:
            unsure = log.body.unsure(self._reading)
            texts += [*log.body.rows_left_out(), *([str(unsure)] if unsure is not None else [])]
        for text in texts:
            if text not in self._noted:
                self._noted.add(text)
                self._run.note(text)


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import.

    Args:
        runs: The ids of the runs, one for each training in the file.
        notes: How the file was read, and what was left out, as sentences.
    """

    runs: tuple[str, ...]
    notes: tuple[str, ...]


def read_log(path: Path, columns: Mapping[str, str] | None = None) -> tuple[TrainingLog, LogBody]:
    """Read a training log to its end; the log, and its rows.

    Args:
        path: The file.
        columns: Columns named by hand: see `tutor.tables.log_columns.parse_columns`.

    Raises:
        TutorError: it cannot be read, holds no loss, or has no epoch; with file and line.
    """
    log = TrainingLog(path, columns or {})
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise TutorError(translate("watch.csv-too-large", path=path))
        with closing(RewrittenTail(path)) as tail:
            while piece := tail.read():
                log.feed(piece)
        log.end()
    except OSError as error:
        reason = error.strerror or str(error)
        raise TutorError(translate("runs.cannot-read", path=path, reason=reason)) from error
    if log.problem is not None:
        raise log.problem
    if log.body is None or not any(training.epochs for training in log.trainings):
        hint = (" ".join(log.body.rows_left_out()) or _head_hint(log.body)) if log.body is not None else ""
        raise TutorError(translate("follow.no-rows", path=path), hint=hint)
    return log, log.body


def _head_hint(body: LogBody) -> str:
    """What was taken for the head of a file in which no row is an epoch; it may be no table at all."""
    names = listed(shown(name) for name in body.dialect.names[:_NAMES_SHOWN] if name)
    return translate("follow.no-rows-hint", line=body.dialect.head_line, names=names)


def import_csv(path: Path, runs: Runs, name: str = "", columns: Mapping[str, str] | None = None) -> Imported:
    """Keep a training log as a run that has ended; as several if the file holds several trainings.

    Args:
        path: The file; its head names the columns.
        runs: Where the runs are kept.
        name: What it is called; the file's name if empty.
        columns: See `read_log`.

    Raises:
        TutorError: it cannot be read as a log; nothing is kept then.
    """
    log, body = read_log(path, columns)
    trainings = [training for training in log.trainings if training.epochs]
    readings = [training.reading() for training in trainings]
    for reading in readings:
        if (unsure := body.unsure(reading)) is not None:
            raise unsure
    kept: list[str] = []
    for training in trainings:
        plain = all(epoch.number in {None, place} for place, epoch in enumerate(training.epochs, 1))
        with Recording(name or path.stem, epochs=len(training.epochs) if plain else None, runs=runs) as run:
            reporter = EpochReporter(run)
            reporter.tell(training, whole=True)
            reporter.note(log, last=training is trainings[-1])
        kept.append(run.id)
    notes = [body.used(readings[-1]), *log.remarks(readings[-1]), *body.rows_left_out()]
    return Imported(tuple(kept), tuple(notes))


def start_following(path: Path, runs: Runs, name: str = "", columns: str = "") -> str:
    """Start a process that tells of ``path`` as it grows, unless one does so already.

    Args:
        path: The file. It may be empty still; if it has a head, that is looked at.
        runs: Where the run is kept.
        name: What it is called; the file's name if empty.
        columns: Columns named by hand: see `tutor.tables.log_columns.parse_columns`.

    Returns:
        The run's id.

    Raises:
        TutorError: the file cannot be read, is no log of epochs, or no process can be started.
    """
    from tutor.tables.log_columns import parse_columns

    log = TrainingLog(path, parse_columns(columns))
    try:
        with closing(RewrittenTail(path)) as tail:
            log.feed(tail.read(PIECE) or b"")
            if not tail.there:
                raise TutorError(translate("runs.cannot-read", path=path, reason=translate("follow.not-there")))
    except OSError as error:
        raise _cannot_read(path, error) from error
    if log.problem is not None and log.lines >= _ENOUGH_LINES:
        raise log.problem
    return runs.follow_file(recorded_spec(name or path.stem), path, columns)


def _cannot_read(path: Path, error: OSError) -> TutorError:
    return TutorError(translate("runs.cannot-read", path=path, reason=error.strerror or str(error)))


class CsvFollower:
    """Tells of a growing file, one run for each training in it.

    A file that is written anew with the same epochs, as some programs do to add a column, is the same training.

    Args:
        path: The file.
        name: What it is called.
        runs: Where the runs are kept.
        columns: Columns named by hand, by their roles.
        clock: Seconds that never run backwards.
        sleep: Waits for some seconds.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        runs: Runs,
        columns: Mapping[str, str] | None = None,
        *,
        clock: Callable[[], float] = monotonic_seconds,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path, self._name, self._runs = path, name, runs
        self._columns = dict(columns or {})
        self._clock, self._sleep = clock, sleep
        self._tail = RewrittenTail(path)
        self._log = TrainingLog(path, self._columns)
        self._number = 0
        """Which training of the file is told of."""
        self._before: TrainingLog | None = None
        """What the file held before it was written anew, until it is known whether the same training goes on."""
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
            place: The folder of the first run and the descriptor of its lock, if somebody has made them.

        Raises:
            TutorError: no column of the file holds a loss, or it cannot be read; the run's log says so too.
        """
        anew = True
        with closing(self._tail):
            while anew and (place is not None or not self._stopped):
                with Recording(self._name, runs=self._runs, place=place, task=FOLLOWED) as run:
                    self._sign(self._runs.folder_of(run.id))
                    self._run = run
                    if self._stopped:  # while there was no run yet
                        run.end("signal")
                    anew = self._one(run, self._runs.folder_of(run.id)) and not self._stopped
                    place = self._next_place(run) if anew else None

    def _sign(self, folder: Path) -> None:
        """Write into a run's folder what it follows."""
        (folder / SOURCE_FILE).write_bytes(os.fsencode(self._path))
        columns = ",".join(f"{role}={name}" for role, name in self._columns.items())
        if columns:
            (folder / COLUMNS_FILE).write_bytes(os.fsencode(columns))

    def _next_place(self, run: Recording) -> tuple[Path, int] | None:
        """Make the run that goes on with the file, and say its name to whoever watches this one."""
        folder = self._runs.make(recorded_spec(self._name))
        lock = hold(folder / LOCK_FILE)
        run.note(translate("follow.anew-as", run=folder.name[-4:]))
        return None if lock is None else (folder, lock)

    def _one(self, run: Recording, folder: Path) -> bool:
        """Tell of one training until it ends, another begins, or ``folder``, the run's own, is removed.

        Returns:
            Whether another training begins.
        """
        reporter = EpochReporter(run)
        last = seen = self._clock()
        over = gone = False
        while not run.stopping:
            grown = self._read()
            now = self._clock()
            last = now if grown else last
            seen = now if self._tail.there else seen
            quiet = now - last >= _QUIET_SECONDS
            if self._before is not None and not self._goes_on(self._before, reporter.count, quiet=quiet):
                self._before, self._number = None, 0
                return True
            if self._before is None:
                self._check(quiet=quiet)
                if self._tell(reporter, quiet=quiet):
                    return True
            if not grown:
                run.listen()
                if not folder.is_dir():  # whoever removed it wants the run no more
                    run.end("stop")
                    break
                gone = now - seen >= _GONE_SECONDS
                over = gone or now - last >= _IDLE_SECONDS
                if over:
                    break
                self._sleep(_POLL_SECONDS)
        another = self._end(run, reporter)
        if over and not another:
            run.end("gone" if gone else "quiet")
        return another

    def _read(self) -> bool:
        """Take what is new in the file; whether there was anything."""
        try:
            piece = self._tail.read()
        except OSError as error:
            raise _cannot_read(self._path, error) from error
        if piece is None:
            self._before = self._before or self._log
            self._log = TrainingLog(self._path, self._columns)
            return True
        self._log.feed(piece)
        return bool(piece)

    def _goes_on(self, before: TrainingLog, told: int, *, quiet: bool) -> bool:
        """Whether a file that was written anew may still be of the same training.

        It is, as soon as all epochs that were told are there again. If they are not after a while, it is another one.
        """
        old, new = self._training(before), self._training(self._log)
        if old is None or not told:
            self._before = None
            return True
        there = min(told, len(new.epochs)) if new is not None else 0
        if new is not None and not _same_epochs(old, new, there):
            return False
        if new is not None and there == told:
            self._before = None
            new.changed = 0
            return True
        return not quiet

    def _training(self, log: TrainingLog) -> Training | None:
        return log.trainings[self._number] if self._number < len(log.trainings) else None

    def _check(self, *, quiet: bool) -> None:
        problem = self._log.problem
        if problem is not None and (quiet or self._log.is_sure):
            raise problem

    def _tell(self, reporter: EpochReporter, *, quiet: bool) -> bool:
        """Tell of what is new; whether the file goes on with another training."""
        training = self._training(self._log)
        if training is None or self._log.problem is not None:
            return False
        another = self._number + 1 < len(self._log.trainings)
        # An epoch of one row is told at once if those before it had one row too; else when the next one begins.
        numbered = training.epochs and training.epochs[-1].number is not None
        at_once = not numbered or (training.single and len(training.epochs) > 1)
        reporter.tell(training, whole=another or quiet or at_once)
        reporter.note(self._log, last=another)
        self._number += another
        return another

    def _end(self, run: Recording, reporter: EpochReporter) -> bool:
        """Nothing more is expected: tell of a last line without an end. Whether another training begins there."""
        if self._before is None:
            stopped = run.stopping
            if not stopped:
                self._log.end()
            self._check(quiet=not stopped)
            if self._tell(reporter, quiet=True) and not stopped:
                return True
            reporter.note(self._log, last=True)
        return False


def _same_epochs(before: Training, now: Training, count: int) -> bool:
    """Whether the first ``count`` epochs of a training are in another file as they were; there may be more of them."""
    names = before.names
    found = {name: index for index, name in enumerate(now.names)}
    for one, other in zip(before.epochs[:count], now.epochs[:count], strict=True):
        if one.number != other.number:
            return False
        for index, value in one.values.items():
            again = other.values.get(found.get(names[index], -1))
            if again != value and not (value != value and (again is None or again != again)):
                return False
    return True
