"""Whatever lies in a lesson file, reading it ends well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.course.writing import grade
from tests.properties.lessons import HEAD, SECRET, raw_files, scraps, sound_lessons
from tutor.course.lesson import LabFence, Lesson, Prose, Question, Term
from tutor.course.questions import question_type
from tutor.course.questions.base import Draft
from tutor.course.questions.fill_in import FILL_IN, Blank
from tutor.course.questions.numeric import NUMERIC
from tutor.course.reader import Reading, read_text
from tutor.foundation.safe_text import harmless

PATH = Path("lessons/en/03-sample.md")


def read(text: str) -> Reading:
    return read_text(PATH, text.encode("utf-8", "surrogatepass"), "en")


def blanks_of(question: Question) -> tuple[Blank, ...]:
    return FILL_IN.content(question).blanks if question.kind == "fill-in" else ()


def texts_of(lesson: Lesson) -> Iterator[str]:
    """Every text of a lesson that may be shown."""
    yield from (lesson.title, lesson.part, *(section.title for section in lesson.sections))
    for block in lesson.blocks:
        match block:
            case Prose():
                yield block.markdown
            case Term():
                yield from (block.name, block.definition, block.formula, *block.also, *block.see)
            case LabFence():
                yield from (block.lab, block.name, *map(str, block.overrides))
            case Question():
                yield from (block.title, block.prompt, block.explanation, *block.hints)
                yield from (text for option in block.options for text in (option.text, option.feedback))
                yield from (text for blank in blanks_of(block) for text in blank.accepted)


@given(raw_files)
@example(b'---\nid: a\ntitle: "\\e[31m"\nminutes: 3\n---\n```toml lab\nuse = "\\u001b"\n```\n')
def test_any_bytes_are_read_without_failing_and_without_control_characters(raw: bytes) -> None:
    reading = read_text(PATH, raw, "en")
    assert reading.lesson is not None or reading.faults
    for fault in reading.faults:
        assert fault.place.line >= 1
        assert fault.place.column >= 1
        assert harmless(fault.message) == fault.message
    for text in texts_of(reading.lesson) if reading.lesson is not None else ():
        assert harmless(text) == text


@given(scraps)
def test_every_question_that_was_read_without_fault_can_be_answered(text: str) -> None:
    reading = read(HEAD + text)
    assert reading.lesson is not None
    if reading.faults:
        return
    for question in reading.lesson.questions:
        match question.kind:
            case "single" | "multiple":
                right = frozenset(index for index, option in enumerate(question.options) if option.ticked)
                verdict = grade(question, Draft(chosen=right))
            case "ordering" | "match":
                verdict = grade(question, Draft(order=tuple(range(question_type(question.kind).size(question)))))
            case "fill-in":
                verdict = grade(question, Draft(texts=tuple(blank.accepted[0] for blank in blanks_of(question))))
            case "numeric":
                verdict = grade(question, Draft(texts=(repr(NUMERIC.content(question).low),)))
        assert verdict.correct


@given(sound_lessons())
def test_no_answer_hint_feedback_or_explanation_leaks_into_prose_or_prompt(text: str) -> None:
    reading = read(text)
    assert reading.faults == ()
    assert reading.lesson is not None
    assert len(reading.lesson.questions) == text.count("<!-- q:")
    for block in reading.lesson.blocks:
        shown = block.markdown if isinstance(block, Prose) else block.prompt if isinstance(block, Question) else ""
        for hidden in (SECRET, "77123", "[x]", "[ ]", "<!--", "<details", "Why"):
            assert hidden not in shown


@given(sound_lessons(), scraps)
def test_what_is_wrong_behind_a_question_does_not_change_those_before(text: str, behind: str) -> None:
    before = read(text).lesson
    after = read(f"{text}\n\n# Behind\n\n{behind}").lesson
    assert before is not None
    assert after is not None
    assert after.questions[: len(before.questions)] == before.questions


@given(st.lists(st.sampled_from(["q1", "q2", "q3", "q4"]), min_size=1, max_size=8))
def test_each_id_that_comes_again_is_told_once(names: list[str]) -> None:
    body = "".join(f"## H\n\n<!-- q: {name} -->\n\n1. [ ] A\n2. [x] B\n\n" for name in names)
    assert len(read(HEAD + body).faults) == len(names) - len(set(names))


@given(sound_lessons(), st.data())
@settings(max_examples=300)
def test_one_damaged_character_gives_no_answer_away(text: str, data: st.DataObject) -> None:
    body = text.index("Prose.")
    signs = [at for at in range(body, len(text)) if not text[at].isalpha() and text[at] != "\r"]
    at = data.draw(st.sampled_from(signs))
    other = data.draw(st.sampled_from(["", "", "", "q", "-", " ", "：", "—", "[", "\n", "<", text[at] * 2]))
    reading = read(text[:at] + other + text[at + 1 :])
    for block in reading.lesson.blocks if reading.lesson is not None else ():
        shown = block.markdown if isinstance(block, Prose) else block.prompt if isinstance(block, Question) else ""
        for hidden in (SECRET, "77123", "[x]"):
            assert hidden not in shown
