"""CSV logs of other programs: imported as runs that have ended, or followed as runs while they grow.

The other program trains without knowing about tutor.
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
from tutor.runs.log import CHUNK_BYTES, RewritableTail
from tutor.runs.processes import hold
from tutor.runs.recording import Recording, recorded_spec
from tutor.runs.registry import COLUMNS_FILE, SOURCE_FILE, Runs
from tutor.tables.report import shown
from tutor.tables.training_log import LogBody, Reading, Training, TrainingLog

_MAX_BYTES = 1 << 29
_NAMES_SHOWN = 6
_POLL_SECONDS = 0.1
_QUIET_SECONDS = 2.0
"""Seconds without a row after which the last epoch is reported, although more rows of it might come."""
_GONE_SECONDS = 5.0
"""Seconds that the file may be missing, because some programs rewrite it by replacing it."""
_IDLE_SECONDS = 3600.0
"""Seconds without a row after which the training counts as over."""
_ENOUGH_LINES = 2
"""A file with at least this many lines that is not a log is refused before anything is started."""


class EpochReporter:
    """Reports the epochs of a training in a log to a run: each once, and again from the first that reads differently.

    Args:
        run: The run.
    """

    def __init__(self, run: Recording) -> None:
        self._run = run
        self._reported: list[tuple[int, int]] = []
        """For each reported epoch, its place in the training and a hash of its values."""
        self._reading: Reading | None = None
        self._noted: set[str] = set()
        self._noted_at: object = None
        """The state of the log when it was last searched for something to note."""

    @property
    def count(self) -> int:
        """How many epochs of the training were reported, including those that have no value."""
        return self._reported[-1][0] + 1 if self._reported else 0

    def report(self, training: Training, *, whole: bool) -> None:
        """Report what is new.

        Args:
            training: The training; always the same one, or the same one read again from its file.
            whole: Whether its last epoch is probably complete.
        """
        if self._reading is not None and training.changed >= len(training.epochs):
            return
        reading = training.reading()
        start = training.changed if reading == self._reading else 0
        self._reading = reading
        done = bisect_left(self._reported, start, key=lambda each: each[0])
        for place in range(start, len(training.epochs) - (not whole)):
            number, values = training.epochs[place].number, training.values(place, reading)
            if not values.keys() - {"learning_rate"}:  # such as a row with the duration of the training
                continue
            epoch = (place, hash(repr((number, values))))
            if self._reported[done : done + 1] != [epoch]:
                self._reported[done:] = [epoch]
                self._run.add_epoch(values, place=done + 1, number=number)
            done += 1
        training.changed = max(0, len(training.epochs) - (not whole))

    def note(self, log: TrainingLog, *, last: bool = False) -> None:
        """Note how the log is read and which rows were left out, each once; the ``last`` time everything."""
        if log.body is None or self._reading is None:
            return
        state = (log.lines, bool(self._reported), self._reading)
        if not last and state == self._noted_at:
            return
        self._noted_at = state
        texts = [*log.body.left_out, *(log.remarks(self._reading) if self._reported else [])]
        if last:
            unsure = log.body.unsure(self._reading)
            texts += [*log.body.rows_left_out(), *([str(unsure)] if unsure is not None else [])]
        for text in texts:
            if text not in self._noted:
                self._noted.add(text)
                self._run.note(text)


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import.

    Args:
        runs: The ids of the runs, one for each training in the file.
        notes: How the file was read and what was left out, as sentences.
    """

    runs: tuple[str, ...]
    notes: tuple[str, ...]


def read_log(path: Path, columns: Mapping[str, str] | None = None) -> tuple[TrainingLog, LogBody]:
    """Read a training log to its end, and return the log and its rows.

    Args:
        path: The file.
        columns: Columns named by hand: see `tutor.tables.log_columns.parse_columns`.

    Raises:
        TutorError: it cannot be read, holds no loss, or has no epoch; with file and line.
    """
    log = TrainingLog(path, columns or {})
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise TutorError(translate("watch.csv-too-large", path=path))
        with closing(RewritableTail(path)) as tail:
            while piece := tail.read():
                log.feed(piece)
        log.end()
    except OSError as error:
        raise _cannot_read(path, error) from error
    if log.problem is not None:
        raise log.problem
    if log.body is not None:
        log.body.put_newest_last()
    if log.body is None or not any(training.epochs for training in log.trainings):
        hint = (" ".join(log.body.rows_left_out()) or _head_hint(log.body)) if log.body is not None else ""
        raise TutorError(translate("follow.no-rows", path=path), hint=hint)
    return log, log.body


def _head_hint(body: LogBody) -> str:
    """The names that were read as the header of a file without any epoch; it may not be a table at all."""
    names = listed(shown(name) for name in body.dialect.names[:_NAMES_SHOWN] if name)
    return translate("follow.no-rows-hint", line=body.dialect.head_line, names=names)


def import_csv(path: Path, runs: Runs, name: str = "", columns: Mapping[str, str] | None = None) -> Imported:
    """Import a training log as a run that has ended; as several if the file has several trainings.

    Args:
        path: The file; its header names the columns.
        runs: The learner's runs.
        name: The title of the run; empty: the name of the file.
        columns: See `read_log`.

    Raises:
        TutorError: it cannot be read as a log; nothing is imported then.
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
            reporter.report(training, whole=True)
            reporter.note(log, last=training is trainings[-1])
        kept.append(run.id)
    notes = [body.used(readings[-1]), *log.remarks(readings[-1]), *body.rows_left_out()]
    return Imported(tuple(kept), tuple(notes))


def start_following(path: Path, runs: Runs, name: str = "", columns: str = "") -> str:
    """Start a process that follows ``path`` as it grows, unless one does so already.

    Args:
        path: The file. It may still be empty; if it has a header, that is checked.
        runs: The learner's runs.
        name: The title of the run; empty: the name of the file.
        columns: Columns named by hand: see `tutor.tables.log_columns.parse_columns`.

    Returns:
        The run's id.

    Raises:
        TutorError: the file cannot be read, is not a log of epochs, or no process can be started.
    """
    from tutor.tables.log_columns import parse_columns

    log = TrainingLog(path, parse_columns(columns))
    try:
        with closing(RewritableTail(path)) as tail:
            log.feed(tail.read(CHUNK_BYTES) or b"")
            if not tail.exists:
                raise TutorError(translate("runs.cannot-read", path=path, reason=translate("follow.not-there")))
    except OSError as error:
        raise _cannot_read(path, error) from error
    if log.problem is not None and log.lines >= _ENOUGH_LINES:
        raise log.problem
    return runs.follow_file(recorded_spec(name or path.stem), path, columns)


def _cannot_read(path: Path, error: OSError) -> TutorError:
    return TutorError(translate("runs.cannot-read", path=path, reason=error.strerror or str(error)))


class CsvFollower:
    """Follows a growing file, with one run for each training in it.

    If the file is rewritten with the same epochs, as some programs do to add a column, it is still the same training.

    Args:
        path: The file.
        name: The title of the runs.
        runs: The learner's runs.
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
        self._tail = RewritableTail(path)
        self._log = TrainingLog(path, self._columns)
        self._number = 0
        """Which training of the file is being reported."""
        self._before: TrainingLog | None = None
        """The file before it was rewritten, until it is known whether the same training continues."""
        self._run: Recording | None = None
        self._stopped = False

    def stop(self) -> None:
        """End the present run, or the first one as soon as it has begun. May be called from a signal handler."""
        self._stopped = True
        if self._run is not None:
            self._run.end("signal")

    def follow(self, place: tuple[Path, int] | None = None) -> None:
        """Follow until somebody stops the run, the file is gone, or nothing was added for an hour.

        Args:
            place: The folder of the first run and the descriptor of its lock, if the caller has made them.

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
        """Write into a run's folder which file it follows."""
        (folder / SOURCE_FILE).write_bytes(os.fsencode(self._path))
        columns = ",".join(f"{role}={name}" for role, name in self._columns.items())
        if columns:
            (folder / COLUMNS_FILE).write_bytes(os.fsencode(columns))

    def _next_place(self, run: Recording) -> tuple[Path, int] | None:
        """Make the run that continues with the file, and note its name in the present run."""
        folder = self._runs.make(recorded_spec(self._name))
        lock = hold(folder / LOCK_FILE)
        run.note(translate("follow.anew-as", run=folder.name[-4:]))
        return None if lock is None else (folder, lock)

    def _one(self, run: Recording, folder: Path) -> bool:
        """Report one training until it ends, another begins, or ``folder``, that of its run, is removed.

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
            seen = now if self._tail.exists else seen
            quiet = now - last >= _QUIET_SECONDS
            if self._before is not None and not self._continues(self._before, reporter.count, quiet=quiet):
                self._before, self._number = None, 0
                return True
            if self._before is None:
                self._check(quiet=quiet)
                if self._report(reporter, quiet=quiet):
                    return True
            if not grown:
                run.listen()
                if not folder.is_dir():  # whoever removed it does not want the run any more
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
        """Read what is new in the file. Return whether there was anything."""
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

    def _continues(self, before: TrainingLog, reported: int, *, quiet: bool) -> bool:
        """Whether a file that was rewritten may still hold the same training.

        It does as soon as all reported epochs are in it again. If they are not after a while, it is another training.
        """
        old, new = self._training(before), self._training(self._log)
        if old is None or not reported:
            self._before = None
            return True
        there = min(reported, len(new.epochs)) if new is not None else 0
        if new is not None and not _same_epochs(old, new, there):
            return False
        if new is not None and there == reported:
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

    def _report(self, reporter: EpochReporter, *, quiet: bool) -> bool:
        """Report what is new. Return whether the file continues with another training."""
        training = self._training(self._log)
        if training is None or self._log.problem is not None:
            return False
        another = self._number + 1 < len(self._log.trainings)
        # An epoch of one row is reported at once if the epochs before it had one row too, else when the next begins.
        numbered = training.epochs and training.epochs[-1].number is not None
        at_once = not numbered or (training.single and len(training.epochs) > 1)
        reporter.report(training, whole=another or quiet or at_once)
        reporter.note(self._log, last=another)
        self._number += another
        return another

    def _end(self, run: Recording, reporter: EpochReporter) -> bool:
        """Report a last line without an end, as nothing more is expected. Return whether it begins another training."""
        if self._before is None:
            stopped = run.stopping
            if not stopped:
                self._log.end()
            self._check(quiet=not stopped)
            if self._report(reporter, quiet=True) and not stopped:
                return True
            reporter.note(self._log, last=True)
        return False


def _same_epochs(before: Training, now: Training, count: int) -> bool:
    """Whether the first ``count`` epochs of a training are the same in another file, which may have more columns."""
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
