"""Rows kept small in memory: the rows of an import, of which there may be more than the computer has room for."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

_BLOCK: Final = 1000
"""How many rows are packed together."""


class PackedRows(Collection[dict[str, Any]]):
    """Rows by column, packed in blocks; a block is unpacked while somebody reads it.

    The rows of 100,000 answers take 6 MB in this form, and 90 MB as dictionaries.

    Args:
        columns: The columns of every row.
        rows: The first rows.
    """

    def __init__(self, columns: Sequence[str], rows: Iterable[dict[str, Any]] = ()) -> None:
        self._columns = tuple(columns)
        self._blocks: list[bytes] = []
        self._last: list[tuple[Any, ...]] = []
        self.extend(rows)

    def extend(self, rows: Iterable[dict[str, Any]]) -> None:
        """Add rows, each with all columns and with values that fit into the columns of the database."""
        for row in rows:
            self._last.append(tuple([row[name] for name in self._columns]))
            if len(self._last) >= _BLOCK:
                self._blocks.append(_pack(self._last))
                self._last = []

    def __len__(self) -> int:
        return _BLOCK * len(self._blocks) + len(self._last)

    def __contains__(self, row: object) -> bool:
        return any(row == each for each in self)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        blocks = map(_unpack, itertools.chain(self._blocks, [_pack(self._last)]))
        for row in itertools.chain.from_iterable(blocks):
            yield dict(zip(self._columns, row, strict=True))

    def __eq__(self, other: object) -> bool:
        """Return whether ``other``, which may be a list, has the same rows."""
        return isinstance(other, PackedRows | list) and len(self) == len(other) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"PackedRows({list(self)!r})"


def _pack(rows: list[tuple[Any, ...]]) -> bytes:
    try:
        packed = msgspec.msgpack.encode(rows)
    except OverflowError:  # a column of numbers may hold a whole number of more than 64 bits
        packed = msgspec.msgpack.encode([tuple(map(_as_written, row)) for row in rows])
    return zlib.compress(packed, 1)


def _unpack(block: bytes) -> list[list[Any]]:
    found: list[list[Any]] = msgspec.msgpack.decode(zlib.decompress(block))
    return found


def _as_written(value: Any) -> Any:
    """Return a value as a column of SQLite keeps it: whole numbers of more than 64 bits become floating point."""
    return float(value) if isinstance(value, int) and not -(2**63) <= value < 2**63 else value
