"""A training log that another program wrote, kept as runs that have ended, and what any such log tells a run."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import listed, translate
from tutor.runs.log import RewrittenTail
from tutor.runs.recording import Recording
from tutor.runs.registry import Runs
from tutor.tables.report import shown
from tutor.tables.training_log import LogBody, Reading, Training, TrainingLog

_MOST_BYTES = 1 << 29
_NAMES_SHOWN = 6


class Teller:
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
            teller = Teller(run)
            teller.tell(training, whole=True)
            teller.note(log, last=training is trainings[-1])
        kept.append(run.id)
    notes = [body.used(readings[-1]), *log.remarks(readings[-1]), *body.rows_left_out()]
    return Imported(tuple(kept), tuple(notes))
