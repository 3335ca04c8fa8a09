"""Our questions in another format and back: they ask the same, and look the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exchange.reading import lesson_of
from tutor.course.catalogue import Course
from tutor.exchange.aiken import write_aiken
from tutor.exchange.detect import read_foreign
from tutor.exchange.from_course import item_of, items_of
from tutor.exchange.gift import write_gift
from tutor.exchange.items import Item
from tutor.exchange.moodle import write_moodle
from tutor.exchange.qti import write_qti
from tutor.typeset.page import plain_lines

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


def items(name: str, language: str) -> list[Item]:
    lesson = Course(LESSONS).lesson(name, language)
    assert lesson is not None
    return items_of([lesson])[0]


def shown(text: str) -> str:
    return " ".join(" ".join(plain_lines(text, 10_000)).split())


def seen(item: Item, *, with_hints: bool) -> tuple[object, ...]:
    """What a learner sees of a question."""
    return (
        item.id, item.kind, shown(item.title), shown(item.prompt), shown(item.explanation), item.blanks,
        str(item.number),
        [(shown(each.text), each.right, shown(each.feedback)) for each in item.choices],
        [(shown(left), shown(right)) for left, right in item.pairs],
        [shown(each) for each in item.hints] if with_hints else None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("write", "has_hints", "language", "left_out"),
    [
        (write_gift, False, "en", {"ordering"}),
        (write_gift, False, "zh", {"ordering"}),
        (write_moodle, True, "zh", set()),
        (lambda items: write_qti(items, "A & B"), False, "en", set()),
    ],
)
def test_questions_come_back_as_they_went(
    write: Callable[[list[Item]], tuple[str | bytes, list[object]]], has_hints: bool, language: str, left_out: set[str]
) -> None:
    ours = items("softmax", language)
    assert {each.kind for each in ours} == {"single", "multiple", "ordering", "match", "fill-in", "numeric"}
    content, losses = write(ours)
    found = read_foreign(content if isinstance(content, bytes) else content.encode())
    assert not found.losses
    back = {question.id: item_of(question) for question in lesson_of(found, language).questions}
    wanted = [each for each in ours if each.kind not in left_out and (write is not write_gift or len(each.blanks) < 2)]
    assert [seen(back[each.id], with_hints=has_hints) for each in wanted] == [
        seen(each, with_hints=has_hints) for each in wanted
    ]
    assert len(back) == len(wanted)
    gone = [each for each in ours if each not in wanted]
    assert len(losses) == len(gone) + sum(bool(each.hints) and not has_hints for each in wanted)


def test_aiken_keeps_what_it_can_say() -> None:
    ours = items("softmax", "en")
    text, losses = write_aiken(ours)
    questions = lesson_of(read_foreign(text.encode())).questions
    singles = [each for each in ours if each.kind == "single"]
    assert [[option.ticked for option in each.options] for each in questions] == [
        [choice.right for choice in each.choices] for each in singles
    ]
    assert len([loss for loss in losses if "one right option" in str(loss)]) == len(ours) - len(singles)


def test_what_no_other_program_can_do_is_told() -> None:
    lesson = Course(LESSONS).lesson("gradient-descent", "en")
    assert lesson is not None
    _, losses = items_of([lesson])
    assert {loss.name for loss in losses if "a run decides" in loss.message} == {
        each.id for each in lesson.every_question if each.predicts
    }
    assert {loss.name for loss in losses if "exercise" in loss.message} == {each.id for each in lesson.exercises}
