"""What is written to the database, as values: making them loads no SQLite."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ForEach:
    """The values of a statement that runs once for each row, so that many rows need no statement each.

    Args:
        rows: The rows. They are not copied.
        values: Returns the values of a row in the order of the statement's marks.
    """

    rows: Collection[Any]
    values: Callable[[Any], Sequence[object]]

    def __iter__(self) -> Iterator[Sequence[object]]:
        return map(self.values, self.rows)


Statement = tuple[str, Sequence[object] | Mapping[str, object] | ForEach]
"""SQL with its values, in order or by name. Running it twice must have the same effect as running it once."""
