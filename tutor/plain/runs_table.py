"""``tutor runs``: every run, one per line."""

from __future__ import annotations

import sys
from datetime import datetime
from math import isfinite

from tutor.charts.sparkline import sparkline
from tutor.foundation import paths
from tutor.foundation.clock import short_duration, utc_now
from tutor.foundation.safe_text import harmless_json
from tutor.foundation.terminal import terminal_size, terminal_speaks_unicode
from tutor.foundation.text import pad, pad_left, shorten
from tutor.foundation.translate import language, translate
from tutor.plain.reporters import figure
from tutor.runs.registry import RunEntry, Runs
from tutor.runs.words import STATE_SIGNS, state_in_a_list

_COLUMNS = (
    ("watch.head-run", 6), ("watch.head-lab", 24), ("watch.head-state", 14), ("watch.head-epoch", -11),
    ("watch.head-train", -10), ("watch.head-valid", -10), ("watch.head-age", -7), ("watch.head-size", -8),
)  # fmt: skip
"""Headings and widths in cells; a negative width means right-aligned."""
_SHAPE = 12
"""Width of the loss curve at the end of a line, in cells."""
_SHORTEST_LAB = 10
_GIVEN_UP = ("watch.head-size", "watch.head-age", "watch.head-train", "watch.head-epoch", "watch.head-valid")
"""Columns that are left out on a narrow terminal, in this order."""


def show_runs(*, json: bool = False) -> int:
    """Print the runs, newest first.

    Args:
        json: Print one JSON object per line instead of a table.

    Returns:
        The exit code, always 0.
    """
    entries = Runs(paths.runs_folder()).all()
    if json:
        _print_json(entries)
        return 0
    if not entries:
        print(translate("runs.none"), translate("runs.none-hint"), sep="\n")
        return 0
    size = terminal_size()
    columns, shape = columns_for(size.columns if size else None)
    print(" ".join(_fit(translate(key), width) for key, width in columns.items()).rstrip())
    now = utc_now()
    ascii = not terminal_speaks_unicode()
    for entry in entries:
        print(_line(entry, now, columns, sparkline(entry.shape, shape, ascii=ascii) if shape else ""))
        if entry.problem:
            print(f"{'':7}{entry.title_in(language())}")
    return 0


def columns_for(room: int | None) -> tuple[dict[str, int], int]:
    """The columns that fit, with their widths, and the width of the loss curve after them.

    Args:
        room: The width of the terminal in cells; None for a pipe, which has room for everything.
    """
    columns = dict(_COLUMNS)
    over = 0
    for key in ("", *_GIVEN_UP):
        columns.pop(key, None)
        over = sum(abs(width) + 1 for width in columns.values()) - 1 - room if room is not None else -_SHAPE - 1
        if over <= columns["watch.head-lab"] - _SHORTEST_LAB:
            break
    columns["watch.head-lab"] = max(_SHORTEST_LAB, columns["watch.head-lab"] - max(0, over))
    return columns, _SHAPE if over < -_SHAPE else 0


def _fit(text: str, width: int) -> str:
    return pad_left(text, -width) if width < 0 else pad(shorten(text, width), width)


def _line(entry: RunEntry, now: datetime, widths: dict[str, int], shape: str) -> str:
    cells = (
        entry.short_id + (" *" if entry.pinned else ""),
        (entry.title_in(language()) if not entry.problem else "") or "?",
        f"{STATE_SIGNS[entry.state][0]} {state_in_a_list(entry.state)}",
        entry.place,
        figure(entry.train_loss if isfinite(entry.train_loss) else None),
        figure(entry.valid_loss if isfinite(entry.valid_loss) else None),
        short_duration((now - entry.started_at).total_seconds()),
        size_text(entry.size),
    )
    columns = [_fit(text, widths[key]) for text, (key, _) in zip(cells, _COLUMNS, strict=True) if key in widths]
    return " ".join([*columns, shape]).rstrip()


def size_text(size: int) -> str:
    """A size in at most seven cells."""
    return f"{size / 1e6:.1f} MB" if size >= 1_000_000 else f"{size / 1e3:.0f} kB"


def _print_json(entries: list[RunEntry]) -> None:
    import msgspec

    def number(value: float) -> float | None:
        return value if isfinite(value) else None

    for entry in entries:
        line = {
            "run": entry.id, "lab": entry.lab, "title": entry.title_in(language()), "state": entry.state,
            "epoch": entry.epoch, "epochs_planned": entry.epochs_planned, "train_loss": number(entry.train_loss),
            "valid_loss": number(entry.valid_loss), "started_at": entry.started_at.isoformat(), "bytes": entry.size,
            "pinned": entry.pinned, "folder": str(entry.folder), "problem": entry.problem,
        }  # fmt: skip
        sys.stdout.write(harmless_json(msgspec.json.encode(line).decode()) + "\n")
