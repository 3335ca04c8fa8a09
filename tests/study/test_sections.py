"""The sections of a lesson, and the one that questions come from."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

from tutor.course.lesson import Lesson, Section
from tutor.course.reader import read_lesson
from tutor.study.sections import appendix_begin, source_of, top_sections


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


TERMS = "## Terms\n\n### Ball\n\n<!-- term: ball -->\n\nIt rolls.\n\n"
"""A list of terms, as lessons end with."""


def read(folder: Path, text: str) -> Lesson:
    path = folder / "01-lesson.md"
    path.write_text(f"---\nid: lesson\ntitle: Lesson\n---\n\n## Start\n\nText.\n\n{text}", encoding="utf-8")
    found = read_lesson(path, "en").lesson
    assert found is not None
    return found


def test_terms_and_sources_at_the_end_are_no_sections_to_read(tmp_path: Path) -> None:
    lesson = read(tmp_path, TERMS + "## Sources\n\nA book.\n")
    assert top_sections(lesson) == [0]
    assert appendix_begin(lesson) == 1
    assert appendix_begin(read(tmp_path, TERMS)) == 1


def test_terms_with_text_or_a_question_after_them_belong_to_the_lesson(tmp_path: Path) -> None:
    asked = read(tmp_path, TERMS + "## Which?\n\n<!-- q: which -->\n\n1. [x] This\n2. [ ] That\n")
    assert appendix_begin(asked) == len(asked.blocks)
    told = read(tmp_path, TERMS.replace("## Terms", "## Terms\n\nThey are told here."))
    assert appendix_begin(told) == len(told.blocks)
