"""How many rows of which table, in words: of a damaged file that was salvaged, of a file that was brought in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tutor.foundation.translate import translate

_COUNTED: Final = {
    "answers": "transfer.answers",
    "lessons": "transfer.lessons",
    "quizzes": "transfer.quizzes",
    "cards": "transfer.cards",
    "attempts": "transfer.attempts",
    "reading": "reading.pieces",
}


def counted(rows: Iterable[tuple[str, int]]) -> str:
    """Counts of rows in words: ``12 answers, 3 lessons``."""
    return translate("transfer.comma").join(
        translate(_COUNTED[table], count=count) for table, count in rows if count
    ) or translate("transfer.nothing")
