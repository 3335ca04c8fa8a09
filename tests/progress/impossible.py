"""Memories in whose rows stands what no tutor ever wrote."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from tutor.progress.schema import SCHEMA

VALUES: dict[str, object] = {
    "far": 10**15, "long-ago": -(10**15), "largest": 2**63 - 1, "least": -(2**63), "infinite": float("inf"),
    "minus-infinite": float("-inf"), "half": 0.5, "none": 0, "word": "word", "empty": "", "bytes": b"\xff\x00\xfe",
    "list": '[1e999, NaN, {"a": "\\ud800"}, "\\ud800", null, true, -1, 99999]', "texts": '["\\ud800", "\\u001b[2J"]',
    "mapping": '{"at": 1e999, "asked": [{"id": "loss-first", "spent": NaN, "attempt": {"seed": 1e999}}], "a": NaN}',
    "deep": "[" * 100_000, "numbers": f"[{'9' * 5000}]",
}  # fmt: skip
"""By name. Half of them are text where a number should stand, or the other way round."""


def spoil(path: Path, value: object, *, tables: Iterable[str] = SCHEMA.columns) -> None:
    """Write ``value`` into one column of each row, the next row's into the next column, and once into all."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for table in tables:
            columns = SCHEMA.columns[table]
            rows = [rowid for (rowid,) in connection.execute(f"SELECT rowid FROM {table} ORDER BY rowid")]
            for place, rowid in enumerate(rows):
                for name in columns if place == len(rows) - 1 else [columns[place % len(columns)]]:
                    connection.execute(f"UPDATE OR IGNORE {table} SET {name} = ? WHERE rowid = ?", (value, rowid))
