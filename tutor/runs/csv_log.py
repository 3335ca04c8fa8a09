"""A log that another program wrote as CSV, read as a run: Keras, Lightning, or a loop of one's own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.runs.csv_rows import Epoch, Gatherer, Rows, metrics_of
from tutor.runs.recording import Recording
from tutor.runs.registry import Runs

_MOST_BYTES = 1 << 30


def epochs_of_csv(path: Path) -> Iterator[Epoch]:
    """Each epoch's numbers. Rows of the same epoch are one (some programs write one row for each part of it).

    Raises:
        TutorError: the file cannot be read, or has no loss; with file and line.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise TutorError(translate("watch.csv-too-large", path=path))
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows, gatherer = Rows(path, file.readline()), Gatherer()
            for number, line in enumerate(file, 2):
                if row := rows.read(line, number):
                    yield from gatherer.take(row)
            if rest := gatherer.rest():
                yield rest
    except (OSError, UnicodeDecodeError) as error:
        reason = harmless_line(getattr(error, "strerror", None) or str(error))
        raise TutorError(translate("runs.cannot-read", path=path, reason=reason)) from error


def tell(run: Recording, epoch: Epoch, columns: Collection[str]) -> None:
    """Tell ``run`` of an epoch of a file with these columns; without a training loss the validation loss is shown."""
    run.epoch(
        train_loss=epoch.get("train_loss" if "train_loss" in columns else "valid_loss"),
        valid_loss=epoch.get("valid_loss"),
        train_accuracy=epoch.get("train_accuracy"),
        valid_accuracy=epoch.get("valid_accuracy"),
        learning_rate=epoch.get("learning_rate"),
        **metrics_of(epoch),
    )


def import_csv(path: Path, runs: Runs, name: str = "") -> str:
    """Keep a CSV log as a run that has ended.

    Args:
        path: The file; its heading names the columns.
        runs: Where the run is kept.
        name: What it is called; the file's name where empty.

    Returns:
        The run's id.

    Raises:
        TutorError: it cannot be read as a log; nothing is kept then.
    """
    epochs = list(epochs_of_csv(path))
    known = set().union(*epochs)
    with Recording(name or path.stem, epochs=len(epochs), runs=runs) as run:
        for each in epochs:
            tell(run, each, known)
    return run.id
