"""Where the course goes on: the same for the course map and for whoever listens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.course.catalogue import LessonHeader
    from tutor.progress.records import LessonState


def lesson_to_continue(
    headers: Sequence[LessonHeader], states: Mapping[str, LessonState], last: str | None
) -> LessonHeader | None:
    """The lesson opened last if it is unfinished, else the first unfinished one; None when all are finished."""
    open_ones = [header for header in headers if not (header.id in states and states[header.id].finished)]
    return next((header for header in open_ones if header.id == last), open_ones[0] if open_ones else None)
