"""What is due, and what will be, in a sentence and in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from tutor.foundation.translate import translate
from tutor.progress.scheduling import study_day

if TYPE_CHECKING:
    from tutor.progress.store import ProgressStore


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is due, and what will be.

    Args:
        due: Cards due now.
        forecast: Cards that come due on each day from today on; the first one counts what is due now, too.
        today: The first day of the forecast.
        cards: All cards there are.
    """

    due: int
    forecast: Sequence[int]
    today: date
    cards: int


def outlook(store: ProgressStore, moment: datetime) -> Outlook:
    """How it looks at ``moment``, and for the two weeks after."""
    cards = store.cards
    return Outlook(cards.count_due(moment), cards.forecast(moment), study_day(moment), cards.count())


def next_due(ahead: Outlook) -> str:
    """A sentence on when something more is due."""
    later = next((days for days, count in enumerate(ahead.forecast) if count and days), None)
    if ahead.forecast and ahead.forecast[0] > ahead.due:
        return translate("review.next-today", count=ahead.forecast[0] - ahead.due)
    if later is None:
        return translate("review.next-later", days=len(ahead.forecast))
    if later == 1:
        return translate("review.next-tomorrow", count=ahead.forecast[1])
    return translate("review.next-in-days", days=later, count=ahead.forecast[later])
