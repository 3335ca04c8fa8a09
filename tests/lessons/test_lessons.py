"""The lessons themselves: complete, told apart, linked, and narrow enough for a terminal."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tutor.course.checks import check_course
from tutor.course.lesson import Lesson, Prose, Question
from tutor.course.reader import read_lesson, read_text
from tutor.foundation.text import cell_width
from tutor.typeset.page import read_document

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
FILES = sorted(LESSONS.glob("??/*.md"))
LINK = re.compile(r"\]\(#([^)\s]+)\)")
WIDTH = 76
FIGURE_WIDTH = 72


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


each_file = pytest.mark.parametrize("path", FILES, ids=name_of)


@cache
def lesson_of(path: Path) -> Lesson:
    lesson = read_lesson(path, path.parent.name).lesson
    assert lesson is not None
    return lesson


def questions_of(path: Path) -> tuple[Question, ...]:
    return lesson_of(path).questions


def prose_of(lesson: Lesson) -> str:
    return "\n\n".join(block.markdown for block in lesson.blocks if isinstance(block, Prose))


def test_the_course_has_no_faults_in_either_language() -> None:
    assert {path.parent.name for path in FILES} == {"en", "zh"}
    assert check_course(LESSONS) == []


@each_file
def test_a_lesson_asks_often_and_in_many_ways(path: Path) -> None:
    questions = questions_of(path)
    ways = {"predict" if question.predicts else question.kind for question in questions}
    assert len(questions) >= 7
    assert len(ways) >= 4
    assert "predict" in ways


@each_file
def test_every_question_is_explained_and_every_wrong_option_answered(path: Path) -> None:
    silent = []
    for question in lesson_of(path).every_question:
        if not question.explanation:
            silent.append(question.id)
        if question.kind in {"single", "multiple"}:
            silent += [
                f"{question.id}: {each.text}" for each in question.options if not each.ticked and not each.feedback
            ]
    assert silent == []


@each_file
def test_a_numeric_question_has_two_hints(path: Path) -> None:
    numeric = [question for question in lesson_of(path).every_question if question.kind == "numeric"]
    assert [question.id for question in numeric if len(question.hints) < 2] == []


@each_file
def test_the_right_option_does_not_stand_in_the_same_place_every_time(path: Path) -> None:
    # The screens shuffle; a code host does not.
    single = [question for question in questions_of(path) if question.kind == "single"]
    places = {next(i for i, option in enumerate(question.options) if option.ticked) for question in single}
    assert len(places) > 1


@each_file
def test_every_term_a_lesson_defines_is_linked_in_its_text(path: Path) -> None:
    lesson = lesson_of(path)
    asked = [text for question in lesson.questions for text in (question.prompt, question.explanation)]
    linked = set(LINK.findall("\n".join([prose_of(lesson), *asked])))
    assert [term.id for term in lesson.terms if term.id not in linked] == []


@each_file
def test_nothing_but_a_heading_follows_a_question(path: Path) -> None:
    # Text behind an explanation belongs to the question, so a reader would meet it only inside the frame.
    inside = explained = fenced = False
    stray = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("```"):
            fenced = not fenced
        elif not fenced and line.startswith("#"):
            inside = explained = False
        inside |= line.startswith("<!-- q:")
        if inside and explained and line.strip():
            stray.append(f"{number}: {line}")
        explained |= line.startswith("</details>")
    assert stray == []


@each_file
def test_the_page_fits_and_leaves_no_markup_behind(path: Path) -> None:
    lesson = lesson_of(path)
    texts = [prose_of(lesson)]
    for question in lesson.every_question:
        texts += [question.prompt, question.explanation, *question.hints]
        texts += [text for option in question.options for text in (option.text, option.feedback)]
    for text in texts:
        for line in read_document(text).lines(WIDTH):
            assert line.width <= WIDTH
            words = "".join(span.text for span in line.spans if span.role not in {"code", "code-block"})
            assert not re.search(r"\*\*|\]\(#|\$|<!--|\\[a-z]", words), words


@each_file
def test_tables_and_figures_are_written_narrow_enough(path: Path) -> None:
    wide = []
    figure = of_cases = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        of_cases = line.startswith("|") and (of_cases or line.startswith("| case |"))
        if of_cases:  # The cases of an exercise are checked, and not shown as a table.
            continue
        if line.startswith("```"):
            figure = line == "```text"
            continue
        shown = re.sub(r"\[([^\]]+)\]\(#[^)]+\)", r"\1", line)
        if (figure and cell_width(line) > FIGURE_WIDTH) or (line.startswith("|") and cell_width(shown) > WIDTH):
            wide.append(f"{number}: {line}")
    assert wide == []


@each_file
def test_the_boxes_of_a_figure_are_closed_at_one_width(path: Path) -> None:
    for figure in re.findall(r"^```text\n(\+-.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        assert len({cell_width(line) for line in figure.splitlines()}) == 1


def test_the_lesson_in_the_authors_guide_can_be_read() -> None:
    guide = (LESSONS / "README.md").read_text(encoding="utf-8")
    samples = re.findall(r"^````markdown\n(---\n.*?)^````", guide, re.MULTILINE | re.DOTALL)
    assert len(samples) == 1
    reading = read_text(Path("my-lesson.md"), samples[0].encode(), "en")
    assert reading.faults == ()
    assert reading.lesson is not None
    assert [question.id for question in reading.lesson.questions] == ["my-why"]
    assert [term.id for term in reading.lesson.terms] == ["my-term"]
