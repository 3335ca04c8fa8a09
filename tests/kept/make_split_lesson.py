"""How ``split_lesson/progress.sqlite3`` was made, with the course of nineteen lessons: lesson 6 read and answered.

It is not run again: the file has to stay as the version that wrote it left it.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from tutor.course.catalogue import Course
from tutor.progress.records import Answer
from tutor.study.course_store import open_course_store
from tutor.study.lesson_session import LessonSession


def main(lessons: Path, target: Path) -> None:
    """Answer every question of lesson 6 in ``lessons``, and save that in ``target``."""
    lesson = Course(lessons).lesson("network-theta", "en")
    assert lesson is not None
    with closing(open_course_store(None, target).store) as store:
        for number, question in enumerate(lesson.every_question):
            right = number % 3 > 0
            store.record_answer(
                Answer(
                    lesson_id=lesson.id, question_id=question.id, kind=question.kind, given=(number,), correct=right,
                    score=float(right), unsure=False, confidence=None, hints=0, seconds=5.0, language="en", seed=7,
                    quiz_id="",
                )
            )  # fmt: skip
        session = LessonSession(lesson, store)
        session.move(len(lesson.blocks) - 1)
        session.save()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
