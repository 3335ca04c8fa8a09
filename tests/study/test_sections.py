"""The sections of a lesson, and the one that questions come from."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from tutor.course.lesson import Lesson, Section
from tutor.study.sections import source_of


def lesson() -> Lesson:
    """Three sections with two, three and no questions."""
    names = ["", "a", "b", "", "c", "d", "e", ""]
    sections = [Section(f"Part {at}", 2, f"part-{at}", at) for at in (0, 3, 7)]
    sections.insert(1, Section("Deeper", 3, "deeper", 1))
    made = SimpleNamespace(blocks=[SimpleNamespace(id=name) for name in names], sections=sections)
    return cast("Lesson", made)


def test_the_section_with_most_of_the_questions_is_found() -> None:
    found = source_of(lesson(), ["a", "c", "e"])
    assert found is not None
    assert (found.number, found.section.anchor, found.questions) == (2, "part-3", 2)


def test_of_equally_many_the_first_and_of_none_nothing() -> None:
    found = source_of(lesson(), ["a", "c"])
    assert found is not None
    assert found.section.anchor == "part-0", "a subsection counts as its section"
    assert source_of(lesson(), ["elsewhere"]) is None
