"""Which values each column of the progress file may hold. Every imported row and every value read is checked here.

An imported row with an impossible value is refused with a reason (`fault_of`). A value that is already in the file is
never refused: an impossible one is read as the nearest possible one (`readable`), so that no row stops a screen.
"""

from __future__ import annotations

import json
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from tutor.foundation import clock
from tutor.foundation.translate import translate

LATEST: Final = 4_102_444_800_000
"""The year 2100 in milliseconds. Nothing can have happened later."""

_LATEST_DUE: Final = 13_569_465_600_000
"""The year 2400, because FSRS schedules nothing more than a hundred years ahead."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_ID: Final = 10_000
_LONGEST_JSON: Final = 4_000_000
_LONGEST_TIME: Final = 1e7
"""Four months in seconds, for a question that was left open."""
_A_DAY: Final = 86_400.0
"""A day in seconds; nobody reads a lesson for longer without a pause."""


@dataclass(frozen=True, slots=True)
class Column(ABC):
    """One column of a table.

    Args:
        may_miss: Whether it may be NULL.
    """

    may_miss: bool = False

    @abstractmethod
    def fault(self, value: object) -> str:
        """Return why ``value``, which is not NULL, is impossible here, as the end of a sentence; empty if it is not."""

    @abstractmethod
    def all_fit(self, values: Sequence[Any]) -> bool:
        """Return whether no value needs `nearest`. This is fast, because it is called for everything that is read."""

    @abstractmethod
    def nearest(self, value: Any) -> Any:
        """Return the possible value that is nearest to ``value``, which may be anything."""


@dataclass(frozen=True, slots=True)
class Text(Column):
    """Text.

    Args:
        longest: The greatest length in characters.
    """

    longest: int = _LONGEST_ID

    def fault(self, value: object) -> str:
        if not isinstance(value, str):
            return translate("transfer.fault-text")
        try:
            value.encode()
        except UnicodeEncodeError:
            return translate("transfer.fault-text")
        return "" if len(value) <= self.longest else translate("transfer.fault-long", longest=self.longest)

    def all_fit(self, values: Sequence[Any]) -> bool:
        return set(map(type, values)) <= {str} and max(map(len, values)) <= self.longest

    def nearest(self, value: Any) -> str:
        if isinstance(value, bytes):
            value = value.decode("utf-8", errors="replace")
        return "" if value is None else str(value)[: self.longest]


@dataclass(frozen=True, slots=True)
class Number(Column):
    """A finite number.

    Args:
        low: The least value.
        high: The greatest value.
        whole: Whether it must be a whole number.
    """

    low: float = 0
    high: float = 0
    whole: bool = False

    def fault(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            return translate("transfer.fault-whole" if self.whole else "transfer.fault-number", value=_shown(value))
        if not self.low <= value <= self.high:  # true of NaN too
            return translate("transfer.fault-range", value=_shown(value), low=f"{self.low:,}", high=f"{self.high:,}")
        return ""

    def all_fit(self, values: Sequence[Any]) -> bool:
        types = set(map(type, values))
        if self.may_miss and type(None) in types:
            values = [value for value in values if value is not None]
            types.discard(type(None))
        allowed = {int} if self.whole else {int, float}
        return types <= allowed and (not values or (self._low() <= min(values) and max(values) <= self._high()))

    def nearest(self, value: Any) -> Any:
        if value is None and self.may_miss:
            return None
        if not isinstance(value, int | float) or math.isnan(value):
            return None if self.may_miss else self.low
        kept = max(self._low(), min(value, self._high()))
        return int(kept) if self.whole else kept

    def _low(self) -> float:
        return self.low

    def _high(self) -> float:
        return self.high


@dataclass(frozen=True, slots=True)
class Past(Number):
    """When something happened, in milliseconds since 1970 in UTC. A time in the future is read as now."""

    low: float = 0
    high: float = LATEST
    whole: bool = True

    def fault(self, value: object) -> str:
        if isinstance(value, int) and not isinstance(value, bool) and not self.low <= value <= self.high:
            last = (_EPOCH + timedelta(milliseconds=self.high)).year
            return translate("transfer.fault-date", value=_shown(value), first=1970, last=last)
        return super(Past, self).fault(value)

    def _high(self) -> float:
        return min(self.high, int(clock.utc_now().timestamp() * 1000))


@dataclass(frozen=True, slots=True)
class Moment(Past):
    """Any moment, also in the future, in milliseconds since 1970 in UTC."""

    def _high(self) -> float:
        return self.high


@dataclass(frozen=True, slots=True)
class DayText(Column):
    """A day, as ``2026-11-29``; empty in rows of older versions, which saved no day."""

    def fault(self, value: object) -> str:
        fits = value == "" or (isinstance(value, str) and _is_day(value))
        return "" if fits else translate("transfer.fault-day", value=_shown(value))

    def all_fit(self, values: Sequence[Any]) -> bool:
        return set(map(type, values)) <= {str} and all(map(_is_day, set(values) - {""}))

    def nearest(self, value: Any) -> str:
        return value if isinstance(value, str) and _is_day(value) else ""


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True, default=str)
    return text if len(text) <= 40 else f"{text[:37]}..."


_ID: Final = Text()
_JSON: Final = Text(longest=_LONGEST_JSON)
_FLAG: Final = Number(low=0, high=1, whole=True)
_PART: Final = Number(low=0.0, high=1.0)
_SECONDS: Final = Number(low=0.0, high=_LONGEST_TIME)
_COUNT: Final = Number(low=0, high=1_000_000, whole=True)
_STAMP: Final = Moment()
_DAY: Final = DayText()

COLUMNS: Final[Mapping[str, Mapping[str, Column]]] = {
    "answers": {
        "key": _ID, "at": _STAMP, "lesson": _ID, "question": _ID, "kind": _ID, "given": _JSON,
        "correct": Number(may_miss=True, low=0, high=1, whole=True), "score": _PART, "unsure": _FLAG,
        "confidence": Number(may_miss=True, low=0.5, high=1.0), "hints": _COUNT, "seconds": _SECONDS, "language": _ID,
        "seed": Number(low=-(2**63), high=2**63 - 1, whole=True), "quiz": _ID, "runs": _JSON, "day": _DAY,
    },
    "lessons": {
        "lesson": _ID, "block": _COUNT, "within": _PART, "anchor": _ID, "furthest": _PART, "questions": _COUNT,
        "at": _STAMP,
    },
    "quizzes": {
        "quiz": _ID, "scope": _ID, "lesson": _ID, "seed": Number(low=-(2**63), high=2**63 - 1, whole=True),
        "state": _JSON, "started": _STAMP, "at": _STAMP, "finished": _FLAG,
    },
    "cards": {
        "card": _ID, "lesson": _ID, "made": _STAMP, "due": Moment(high=_LATEST_DUE),
        "reviewed": Moment(may_miss=True), "state": Number(low=1, high=3, whole=True),
        "step": Number(may_miss=True, low=0, high=100, whole=True),
        "stability": Number(may_miss=True, low=0.0, high=1e6),
        "difficulty": Number(may_miss=True, low=1.0, high=10.0), "reviews": _COUNT, "lapses": _COUNT, "retired": _FLAG,
    },
    "attempts": {
        "lab": _ID, "goal": _ID, "met": _FLAG, "held": _COUNT,
        "value": Number(may_miss=True, low=-1.7e308, high=1.7e308), "settings": _JSON, "run": _ID, "at": _STAMP,
    },
    "reading": {
        "key": _ID, "lesson": _ID, "at": _STAMP, "seconds": Number(low=0.0, high=_A_DAY), "day": _DAY,
    },
    "notes": {
        "key": _ID, "lesson": _ID, "anchor": _ID, "quote": _ID, "note": _ID, "language": _ID, "at": _STAMP,
    },
}  # fmt: skip
"""The columns by table, in the order of `tutor.progress.schema`."""

KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "answers": ("key",), "lessons": ("lesson",), "quizzes": ("quiz",), "cards": ("card",), "attempts": ("lab", "goal"),
    "reading": ("key",), "notes": ("key",),
}  # fmt: skip
"""The columns that identify a row, by table."""

_SUM: Final = Number(low=0, high=2**62, whole=True)
_READ: Final[Mapping[str, Column]] = {
    **{name: column for columns in COLUMNS.values() for name, column in columns.items() if name != "state"},
    # Names that two tables use for different things, and names of sums.
    "correct": Number(may_miss=True, low=0, high=1, whole=True),
    "card_state": COLUMNS["cards"]["state"], "quiz_state": _JSON, "started": Past(), "at": Past(), "raw_at": _STAMP,
    "answers": _SUM, "right_ones": _SUM, "missed": _SUM, "milliseconds": _SUM, "seconds": Number(low=0.0, high=1e12),
}  # fmt: skip
"""The columns by the name that a query gives to what it reads."""


def fault_of(table: str, row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the first impossible column of an imported row, and why, as the end of a sentence; or None."""
    for name, column in COLUMNS[table].items():
        value = row.get(name)
        if value is None:
            if column.may_miss and name in row:
                continue
            return name, translate("transfer.fault-missing")
        if said := column.fault(value):
            return name, said
    return None


def all_possible(table: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether surely no row has a fault. This is fast; if it returns False, `fault_of` says which has one."""
    try:
        for name, column in COLUMNS[table].items():
            values = [row[name] for row in rows]
            if not column.all_fit(values):
                return False
            if isinstance(column, Number):
                # Comparisons say nothing about NaN, which makes every sum NaN.
                if math.isnan(sum(value for value in values if value is not None)):
                    return False
            else:
                "".join(values).encode()
    except (KeyError, UnicodeEncodeError, OverflowError):
        return False
    return True


def count_faults(table: str, row: Mapping[str, Any]) -> int:
    """Return how many columns of a row are impossible. A missing day does not count, because older files have none."""
    return sum(
        name != "day"
        if row[name] is None and not column.may_miss
        else row[name] is not None and bool(column.fault(row[name]))
        for name, column in COLUMNS[table].items()
    )


def nearest_row(table: str, row: Sequence[Any]) -> tuple[Any, ...]:
    """Return a row of a damaged file with each value replaced by the nearest possible one."""
    return tuple(column.nearest(value) for column, value in zip(COLUMNS[table].values(), row, strict=True))


def readable(
    names: Sequence[str], rows: list[tuple[Any, ...]], columns: Mapping[str, Column] | None = None
) -> list[tuple[Any, ...]]:
    """Return the rows of a query with each impossible value replaced by the nearest possible one.

    Args:
        names: The names that the query gives to its columns. Columns with unknown names are left as they are.
        rows: The rows that it found.
        columns: The columns of the one table that is read; by default, those that the names stand for in any table.
    """
    if not rows:
        return rows
    found = list(zip(*rows, strict=True))
    changed = False
    for place, name in enumerate(names):
        column = (_READ if columns is None else columns).get(name)
        if column is not None and not column.all_fit(found[place]):
            found[place] = tuple(map(column.nearest, found[place]))
            changed = True
    return list(zip(*found, strict=True)) if changed else rows
