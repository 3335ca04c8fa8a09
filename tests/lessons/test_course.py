"""The course as a whole: how much it teaches and asks, in what order, and where it comes from."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from tests.lessons.test_lessons import FILES, LESSONS, LINK, lesson_of, name_of, prose_of, questions_of
from tutor.course.lesson import Term
from tutor.course.questions import QUESTION_TYPES

LANGUAGES = ("en", "zh")
ANNOUNCED = {"gradient-descent", "loss-function"}
"""Lesson 1 puts these into a table of words, and says that they have lessons of their own."""
WORDS_A_MINUTE = 50
"""How many words a long lesson may have for each minute that it says it takes; questions and labs come on top."""
ENDINGS = {
    "en": ("Common mistakes", "Summary", "Where next", "Terms", "Sources"),
    "zh": ("常见的误解", "小结", "接下来", "术语", "来源"),
}

each_language = pytest.mark.parametrize("language", LANGUAGES)
each_file = pytest.mark.parametrize("path", FILES, ids=name_of)


def terms_in(language: str) -> list[Term]:
    return list(chain.from_iterable(lesson_of(path).terms for path in FILES if path.parent.name == language))


@each_language
def test_there_are_twenty_one_lessons(language: str) -> None:
    numbers = [path.stem[:2] for path in FILES if path.parent.name == language]
    assert numbers == [f"{number:02}" for number in range(1, 22)]


@each_language
def test_the_glossary_has_a_hundred_and_fifty_terms_each_defined_once(language: str) -> None:
    terms = terms_in(language)
    assert len(terms) >= 150
    assert [term for term, times in Counter(term.id for term in terms).items() if times > 1] == []
    assert [term.id for term in terms if not term.name or len(term.definition) < 5 or not term.see] == []


def test_both_languages_define_the_same_terms_by_their_own_names() -> None:
    english, chinese = ({term.id: term for term in terms_in(language)} for language in LANGUAGES)
    assert english.keys() == chinese.keys()
    assert [id for id, term in english.items() if term.definition == chinese[id].definition] == []
    assert [id for id, term in chinese.items() if not re.search("[一-鿿]", term.definition)] == []


@each_language
def test_no_term_is_used_before_the_lesson_that_defines_it(language: str) -> None:
    known: set[str] = set(ANNOUNCED)
    early = []
    for path in (path for path in FILES if path.parent.name == language):
        lesson = lesson_of(path)
        known |= {term.id for term in lesson.terms}
        asked = [text for question in lesson.questions for text in (question.prompt, question.explanation)]
        links = LINK.findall("\n".join([prose_of(lesson), *asked]))
        early += [f"{path.stem}: {term}" for term in links if term not in known]
    assert early == []


FEW = {"match": 3}
"""Types of which fewer than ten questions are enough, and how many are."""


def test_the_course_asks_a_hundred_and_fifty_questions_and_ten_of_each_kind() -> None:
    asked = list(chain.from_iterable(questions_of(path) for path in FILES if path.parent.name == "en"))
    counts = Counter("predict" if question.predicts else question.kind for question in asked)
    assert len(asked) >= 150
    assert counts["predict"] >= 25
    assert {each.name: counts[each.name] for each in QUESTION_TYPES if counts[each.name] < FEW.get(each.name, 10)} == {}


@each_file
def test_a_lesson_has_a_length_and_an_end(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert [ending for ending in ENDINGS[path.parent.name] if ending not in headings] == []
    if path.parent.name == "en":
        minutes = next(
            int(line.removeprefix("minutes: ")) for line in text.splitlines() if line.startswith("minutes: ")
        )
        described = re.compile(r'^```text alt=".*"$', re.MULTILINE)  # what is said instead of a drawing
        words = described.sub("", prose_of(lesson_of(path))).split()
        assert 900 <= len(words) <= max(1800, WORDS_A_MINUTE * minutes)


def test_the_notes_and_the_book_are_named_where_a_reader_sees_them() -> None:
    for name in ("README.md", "en/01-what-is-ml.md", "zh/01-what-is-ml.md"):
        text = (LESSONS / name).read_text(encoding="utf-8")
        assert "《深度学习详解》" in text
        assert "《读书学习笔记" in text


def test_every_file_of_data_has_its_source_and_licence_told() -> None:
    told = (LESSONS / "data" / "SOURCES.md").read_text(encoding="utf-8")
    files = [path.name for path in (LESSONS / "data").iterdir() if path.suffix in {".csv", ".txt"}]
    assert files
    assert [name for name in files if f"`{name}`" not in told] == []
