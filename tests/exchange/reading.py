"""Reading a file of another program in a test, and the lesson that comes of it."""

from __future__ import annotations

from pathlib import Path

from tutor.course.lesson import Lesson, Question
from tutor.course.reader import read_text
from tutor.exchange.detect import read_foreign
from tutor.exchange.items import Collection
from tutor.exchange.lesson_text import lesson_text


def lesson_of(found: Collection, language: str = "en") -> Lesson:
    """The lesson made of what was read, which must be without fault."""
    made = lesson_text(found, lesson_id="sample-quiz", title="Sample", language=language)
    reading = read_text(Path(f"{language}/01-sample-quiz.md"), made.text.encode(), language)
    assert reading.faults == (), made.text
    assert reading.lesson is not None
    assert len(reading.lesson.questions) == made.questions
    assert len(reading.lesson.terms) == made.terms
    return reading.lesson


def imported(content: str | bytes) -> tuple[list[Question], list[str]]:
    """The questions of a file, and what was not carried over."""
    found = read_foreign(content.encode() if isinstance(content, str) else content)
    lesson = lesson_of(found)
    return list(lesson.questions), [str(loss) for loss in found.losses]


def ticks(question: Question) -> list[tuple[str, bool]]:
    return [(option.text, option.ticked) for option in question.options]
