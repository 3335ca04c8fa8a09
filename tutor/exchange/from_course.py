"""Questions of a lesson as items that other formats can say."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from tutor.course.lesson import Lesson, Question
from tutor.course.questions import question_type
from tutor.course.questions.fill_in import Blanks
from tutor.course.questions.match import Pairs
from tutor.course.questions.numeric import NumericAnswer
from tutor.exchange.items import Choice, Item, ItemKind, Loss, Number
from tutor.foundation.translate import translate


def items_of(lessons: Iterable[Lesson]) -> tuple[list[Item], list[Loss]]:
    """Return the questions of ``lessons`` that do without tutor, and a loss for each that does not."""
    items: list[Item] = []
    losses: list[Loss] = []
    for lesson in lessons:
        for question in lesson.every_question:
            if question.predicts:
                losses.append(Loss(translate("exchange.predicts"), question.id))
                continue
            if isinstance(question.content, NumericAnswer) and question.content.template is not None:
                losses.append(Loss(translate("exchange.drawn"), question.id))
            items.append(item_of(question, lesson.title))
        losses += (Loss(translate("exchange.exercise"), exercise.id) for exercise in lesson.exercises)
    return items, losses


def item_of(question: Question, section: str = "") -> Item:
    """Return one question as an item."""
    kinds: dict[str, ItemKind] = {
        "single": "single", "multiple": "multiple", "ordering": "ordering", "match": "match", "fill-in": "fill-in",
        "numeric": "numeric",
    }  # fmt: skip
    content = question.content
    return Item(
        kinds[question_type(question.kind).name],
        question.prompt,
        question.title,
        choices=tuple(Choice(each.text, each.ticked, each.feedback) for each in question.options),
        pairs=tuple((each.left, each.right) for each in content.pairs) if isinstance(content, Pairs) else (),
        blanks=tuple((*each.accepted, *each.also) for each in content.blanks) if isinstance(content, Blanks) else (),
        number=_number(content) if isinstance(content, NumericAnswer) else None,
        hints=question.hints,
        explanation=question.explanation,
        id=question.id,
        section=section,
        line=question.place.line,
    )


def _number(content: NumericAnswer) -> Number:
    return Number(Decimal(repr(content.low)), Decimal(repr(content.high)))
