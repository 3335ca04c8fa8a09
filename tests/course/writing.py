"""Lesson files made in a test, and what came of reading them."""

from __future__ import annotations

from pathlib import Path

from tutor.course.conditions import Facts
from tutor.course.lesson import Fault, Lesson, Prose, Question, Term
from tutor.course.questions import question_type
from tutor.course.questions.base import Draft, Verdict
from tutor.course.reader import Reading, read_text
from tutor.foundation.translate import translate

PATH = Path("lessons/en/03-sample.md")
HEAD = '---\nid: sample\ntitle: "A sample"\nneeds: []\nminutes: 20\n---\n'
HEAD_LINES = HEAD.count("\n")
"""The first line of a body is this many lines below the top."""

ANSWERS = "1. [ ] No\n2. [x] Yes\n"


def reading_of(body: str, head: str = HEAD) -> Reading:
    return read_text(PATH, (head + body).encode(), "en")


def lesson_of(body: str) -> Lesson:
    """The lesson with this body, which must be without fault."""
    reading = reading_of(body)
    assert reading.faults == ()
    assert reading.lesson is not None
    return reading.lesson


def question_of(body: str, identifier: str = "q1") -> Question:
    """The one question of a body that begins below its id; it must be without fault."""
    (question,) = lesson_of(f"## The title\n\n<!-- q: {identifier} -->\n\n{body}").questions
    return question


def term_of(body: str, head: str = "learning-rate", name: str = "Learning rate") -> Term:
    (term,) = lesson_of(f"### {name}\n\n<!-- term: {head} -->\n\n{body}").terms
    return term


def prose_of(lesson: Lesson) -> str:
    return "\n".join(block.markdown for block in lesson.blocks if isinstance(block, Prose))


def told(body: str) -> list[tuple[int, str]]:
    """For each fault of a body: the line in the body, from 1, and the message."""
    return [(fault.place.line - HEAD_LINES, fault.message) for fault in reading_of(body).faults]


def told_of_question(body: str) -> list[tuple[int, str]]:
    """For each fault of a question: the line below its id comment and blank line, from 1, and the message."""
    return [(line - 4, message) for line, message in told(f"## The title\n\n<!-- q: q1 -->\n\n{body}")]


def said(key: str, /, **values: object) -> str:
    return translate(f"course.{key}", **values)


def grade(question: Question, draft: Draft, facts: Facts | None = None) -> Verdict:
    return question_type(question.kind).grade(question, draft, facts)


def messages(faults: list[Fault] | tuple[Fault, ...]) -> list[str]:
    return [fault.message for fault in faults]


def write_lesson(folder: Path, name: str, body: str = "", **head: object) -> Path:
    """A lesson file at ``folder/name``; its id is the name's words unless given."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {"id": path.stem.lstrip("0123456789-"), "title": f'"{path.stem}"', "minutes": 10, **head}
    lines = "".join(f"{key}: {value}\n" for key, value in values.items())
    path.write_text(f"---\n{lines}---\n{body}", encoding="utf-8")
    return path
