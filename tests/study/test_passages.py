"""Passages: notes find theirs again after small edits, and text is found inside lessons."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.course.writing import write_lesson
from tutor.course.catalogue import Course
from tutor.course.lesson import Lesson
from tutor.progress.notes import LONGEST_NOTE, Note
from tutor.progress.store import ProgressStore
from tutor.study.digest import digest
from tutor.study.lesson_session import LessonSession
from tutor.study.passages import (
    Passage,
    TextSearch,
    find_again,
    note_on,
    notes_as_markdown,
    passages,
    plain,
    toggle_star,
)  # fmt: skip

BODY = """
The way down begins *here*.

## One step

The slope of the loss says which way is down, and the [learning rate](#rate) says how far.

```text
not a passage

nor this one
```

A second paragraph stands below.

## Two parameters

The slope now has two parts, one for each parameter.

## A question

<!-- q: first -->

- [x] right
- [ ] wrong
  > Wrong, because it is.

<details><summary>Why</summary>

So it is.

</details>
"""


def lesson(folder: Path, body: str = BODY, name: str = "en/01-a.md") -> Lesson:
    write_lesson(folder / "course", name, body)
    found = Course(folder / "course").lesson("a", name[:2])
    assert found is not None
    return found


def passage(of: Lesson, start: str) -> Passage:
    return next(each for each in passages(of) if each.text.startswith(start))


def test_paragraphs_are_passages_and_headings_and_code_are_not(tmp_path: Path) -> None:
    found = passages(lesson(tmp_path))
    assert [(each.section, each.text) for each in found] == [
        ("", "The way down begins here."),
        ("one-step", "The slope of the loss says which way is down, and the learning rate says how far."),
        ("one-step", "A second paragraph stands below."),
        ("two-parameters", "The slope now has two parts, one for each parameter."),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The slope of the loss says which way is down", "The slope of a loss says which direction is down"),
        ("how far.", "how far to go. A sentence follows."),
        ("## One step", "## The first step"),
        ("## One step\n\n", "## One step\n\nSomething stands before it now.\n\n"),
        ("The slope of the loss", "The **slope** of\nthe loss"),
    ],
)
def test_a_note_finds_its_passage_after_a_small_edit(tmp_path: Path, old: str, new: str) -> None:
    note = note_on(lesson(tmp_path), passage(lesson(tmp_path), "The slope of"), "mine")
    edited = lesson(tmp_path, BODY.replace(old, new))
    found = find_again(note, edited)
    assert found is not None
    assert "down, and the learning rate says how far" in found.text


def test_a_note_is_kept_when_its_passage_is_gone(tmp_path: Path, store: ProgressStore) -> None:
    note = note_on(lesson(tmp_path), passage(lesson(tmp_path), "The slope of"), "mine")
    store.notes.keep(note)
    gone = lesson(tmp_path, "\nSomething quite different.\n")
    assert find_again(note, gone) is None
    assert store.notes.all("a") == [note]
    assert "The slope of the loss" in digest(gone, store)
    assert "mine" in digest(gone, store)


def test_a_star_is_set_and_taken_away(tmp_path: Path, store: ProgressStore) -> None:
    here = lesson(tmp_path)
    place = passage(here, "A second")
    store.notes.keep(note_on(here, place, "a note stays"))
    assert toggle_star(store, here, place)
    assert [note.starred for note in store.notes.all()] == [False, True]
    assert not toggle_star(store, here, place)
    assert [note.text for note in store.notes.all()] == ["a note stays"]


def test_a_note_is_bounded_and_cleaned(tmp_path: Path, store: ProgressStore) -> None:
    store.notes.keep(Note("a", "", "q" * 999, "\x1b[31m" + "x" * 9999))
    (kept,) = store.notes.all()
    assert len(kept.text) <= LONGEST_NOTE
    assert "\x1b" not in kept.text
    assert len(kept.quote) == 300


@given(st.text(max_size=200))
def test_no_text_breaks_a_passage_or_a_search(text: str) -> None:
    assert "\n" not in plain(text)
    assert find_again(Note("x", "", text), Lesson("x", "X", 1, "en", (), 1, (), Path("x.md"))) is None


def test_text_is_found_in_lessons_word_by_word(tmp_path: Path) -> None:
    lesson(tmp_path)
    lesson(tmp_path, "\n学习率决定一步走多远。\n", "zh/01-a.md")
    search = TextSearch(Course(tmp_path / "course"), "en")
    assert [each.passage.text[:11] for each in search.find("SLOPE way")] == ["The slope o"]
    assert [each.passage.section for each in search.find("slope")] == ["one-step", "two-parameters"]
    assert search.find("slope", most=1) == search.find("slope")[:1]
    assert search.find("no such thing") == search.find(" ?! ") == []
    for query in ("学习率", "學習率"):
        assert [each.lesson_id for each in TextSearch(Course(tmp_path / "course"), "zh").find(query)] == ["a"]


def test_a_search_that_is_not_wanted_any_more_reads_no_further(tmp_path: Path) -> None:
    for name in ("en/01-a.md", "en/02-b.md", "en/03-c.md"):
        lesson(tmp_path, "\nThe slope.\n", name)
    course = Course(tmp_path / "course")
    search = TextSearch(course, "en")
    asked = iter([False, True])
    assert [each.lesson_id for each in search.find("slope", stop=lambda: next(asked))] == ["a"]
    assert not course.has_read("b", "en")
    assert [each.lesson_id for each in search.find("slope", most=2)] == ["a", "b"]
    assert not course.has_read("c", "en"), "enough was found"


def test_notes_as_markdown_follow_the_course(tmp_path: Path) -> None:
    here = lesson(tmp_path)
    note = note_on(here, passage(here, "A second"), "mine")
    other = replace(note, lesson_id="gone", text="", key="other")
    assert notes_as_markdown([other, note], {"a": "1 A lesson"}) == (
        "## 1 A lesson\n\n> A second paragraph stands below.\n\nmine\n\n## gone\n\n> A second paragraph stands below.\n"
    )
    assert notes_as_markdown([], {}) == ""


def test_a_digest_has_terms_mistakes_with_their_why_and_notes(tmp_path: Path, store: ProgressStore) -> None:
    here = lesson(tmp_path)
    session = LessonSession(here, store)
    for _ in range(2):
        exercise = session.again("first")
        exercise.attempt.choose(1)
        assert exercise.commit()
    store.notes.keep(note_on(here, passage(here, "A second"), "mine"))
    text = digest(here, store)
    for said in ("## Your mistakes", "### A question", "Answered wrong 2 times.", "Your answer: wrong",
                 "> Wrong, because it is.", "Correct answer: right", "So it is.", "## Your notes", "mine"):  # fmt: skip
        assert said in text, said
    assert "## Your best runs" not in text


def test_a_list_shows_bullets_and_formulas_and_code_keep_their_backslashes() -> None:
    listed = "- the *rate* $\\eta$ and `a * b\\n`\n- costs 5 \\* [x](#y)\n"
    assert plain(listed) == "the rate $\\eta$ and a * b\\n • costs 5 * x"
    assert plain("-5 is **negative**") == "-5 is negative"
