"""The ids that are read line by line, for the course map, are those of the lesson read whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.lessons import any_text, scraps, sound_lessons
from tutor.course.id_fields import id_lines, read_id
from tutor.course.lesson import Exercise, Question, Term
from tutor.course.reader import read_text
from tutor.foundation.safe_text import harmless

SHIPPED = sorted((Path(__file__).resolve().parents[2] / "lessons").glob("[ez][nh]/*.md"))


def ids_of(raw: bytes) -> tuple[list[str], list[str]]:
    """The ids of questions, exercises and terms, line by line and of the lesson read whole."""
    lines = harmless(raw.decode("utf-8-sig")).split("\n")
    lesson = read_text(Path("en/01-a.md"), raw, "en").lesson
    assert lesson is not None
    blocks: list[Question | Exercise | Term] = [*lesson.every_question, *lesson.exercises, *lesson.terms]
    whole = [(each.place, each.id) for each in blocks]
    return [line.fields.id for line in id_lines(lines)], [identifier for _, identifier in sorted(whole)]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_of_every_lesson_that_ships(path: Path) -> None:
    quick, whole = ids_of(path.read_bytes())
    assert quick == whole
    names = {line.fields.id: line.title for line in id_lines(path.read_text(encoding="utf-8").split("\n"))}
    lesson = read_text(path, path.read_bytes(), "en").lesson
    assert lesson is not None
    assert {term.id: term.name for term in lesson.terms}.items() <= names.items()


@given(sound_lessons())
def test_of_every_sound_lesson(text: str) -> None:
    quick, whole = ids_of(text.encode())
    assert quick == whole


@given(st.one_of(any_text, scraps))
def test_any_text_has_ids_or_none(text: str) -> None:
    for line in id_lines(text.split("\n")):
        assert line.title is not None
        assert "\n" not in line.fields.id


@given(st.text(st.sampled_from("ab;；:：,，、 -/"), max_size=40))
def test_any_comment_can_be_read(said: str) -> None:
    fields = read_id(said)
    assert not set(fields.id) & set(";；")
    assert all(each for name in fields.values for each in fields.listed(name))
