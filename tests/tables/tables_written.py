"""Writes small tables as files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tutor.ml.datasets.dataset import RawData
from tutor.ml.datasets.sources.own_table import load_labelled_table


def written(folder: Path, text: str | bytes, encoding: str = "utf-8") -> Path:
    """A file with that in it."""
    path = folder / "own.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def lines(head: str, rows: Iterable[str]) -> str:
    """A head and its rows."""
    return "\n".join([head, *rows]) + "\n"


def loaded(folder: Path, text: str | bytes, target: str, **options: object) -> RawData:
    """What a learner's table becomes."""
    return load_labelled_table(written(folder, text), target, **options)  # type: ignore[arg-type]


def notes(data: RawData) -> str:
    """All that is told of it."""
    return " ".join(data.notes)
