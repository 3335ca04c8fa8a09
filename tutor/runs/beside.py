"""Runs kept side by side for comparison: each says so in its own folder, so that the list cannot outlive a run."""

from __future__ import annotations

from pathlib import Path

from tutor.foundation.files import read_start

BESIDE_FILE = "beside"
"""A run whose folder holds this file is compared with the next ones of its lab. It holds its number."""
_LONGEST = 8


def mark_beside(folder: Path, number: int | None) -> None:
    """Keep the run in ``folder`` as the ``number``-th of those side by side; no longer where None.

    Raises:
        OSError: the folder cannot be written to.
    """
    mark = folder / BESIDE_FILE
    if number is None:
        mark.unlink(missing_ok=True)
    else:
        mark.write_text(f"{number}\n", encoding="ascii")


def place_beside(folder: Path) -> tuple[int, int] | None:
    """When the run in ``folder`` was kept (nanoseconds), and its number, 0 where the file tells none.

    Returns:
        None where it is not kept.
    """
    mark = folder / BESIDE_FILE
    try:
        text = read_start(mark, _LONGEST).strip()
        return mark.stat().st_mtime_ns, int(text) if text.isdigit() else 0
    except OSError:
        return None
