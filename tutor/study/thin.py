"""Where the learner is weakest, and what to do about it in each of these lessons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tutor.study.sections import section_at

if TYPE_CHECKING:
    from tutor.course.catalogue import Course
    from tutor.progress.store import ProgressStore
    from tutor.study.report import Topic


@dataclass(frozen=True, slots=True)
class ThinTopic:
    """A lesson with a low accuracy, and what to do about it.

    Args:
        topic: The lesson and its accuracy.
        cards: Its cards that are due: they come first, because a review asks exactly what was missed.
        section: The number of the section in which the learner stopped reading; 0 if the lesson is finished.
        lab: The id of the lesson's first lab; empty if it has none.
    """

    topic: Topic
    cards: int = 0
    section: int = 0
    lab: str = ""


def thin_topics(
    topics: Sequence[Topic], store: ProgressStore, course: Course, moment: datetime, most: int
) -> list[ThinTopic]:
    """At most ``most`` of ``topics`` with a wrong answer, the lowest accuracy first.

    Reads these lessons if that has not happened yet.
    """
    due = Counter(card.lesson_id for card in store.cards.due(moment))
    states = store.lesson_states()
    found = []
    weak = (topic for topic in topics if topic.accuracy.fraction < 1)
    for topic in sorted(weak, key=lambda each: each.accuracy.fraction)[:most]:
        header = topic.header
        lesson, state = course.lesson(header.id, header.language), states.get(header.id)
        section, lab = 0, ""
        if lesson is not None:
            lab = lesson.labs[0].lab if lesson.labs else ""
            if lesson.sections and (state is None or not state.finished):
                position = store.position(header.id)
                section = section_at(lesson, position.block if position is not None else 0)
        found.append(ThinTopic(topic, due[header.id], section, lab))
    return found
