"""Days as a learner counts them: local ones, that end when one sleeps and not at midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from tutor.foundation import clock

DAY_BEGINS: Final = timedelta(hours=4)
"""Whoever learns at one in the morning still learns on the evening's day."""


def study_day(moment: datetime) -> date:
    """The day to which a moment belongs, by the clock on the wall."""
    return (moment.astimezone().replace(tzinfo=None) - DAY_BEGINS).date()


def latest_day() -> date:
    """The day that it is now where the day begins first on earth: no clock that is right is further on."""
    return (clock.utc_now() + timedelta(hours=14) - DAY_BEGINS).date()


def start_of_day(day: date) -> datetime:
    """When a day begins, in UTC."""
    return (datetime.combine(day, time()) + DAY_BEGINS).astimezone().astimezone(UTC)


def day_starts(first: date, count: int) -> list[datetime]:
    """The beginnings of ``count`` days from ``first`` on, in UTC, and of the day after them."""
    return [start_of_day(first + timedelta(days=number)) for number in range(count + 1)]
