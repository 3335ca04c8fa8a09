"""A question and its verdict as lines of text: no sign says what a word does not say, too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tutor.course.lesson import BLANK, Option, Question, QuestionKind
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.study.attempt import Attempt, Stage
from tutor.study.predictions import deciding_figures
from tutor.study.quiz_words import tolerance_words
from tutor.study.verdict_words import first_words
from tutor.typeset.page import plain_lines

WIDTH = 76

_HOW = {
    QuestionKind.SINGLE: "ask.choose-one",
    QuestionKind.MULTIPLE: "ask.choose-all",
    QuestionKind.ORDERING: "ask.put-in-order",
    QuestionKind.FILL_IN: "ask.fill-in",
    QuestionKind.NUMERIC: "quiz.type-number",
}


def question_lines(attempt: Attempt) -> Iterator[str]:
    """What is asked, and how it is answered."""
    question = attempt.question
    if question.title:
        yield from plain_lines(f"**{question.title}**", WIDTH)
    if question.prompt:
        yield from plain_lines(_with_numbers(question.prompt), WIDTH)
    yield ""
    for place, index in enumerate(attempt.shown, 1):
        yield from _numbered(place, _option_lines(question.options[index]))
    if not attempt.locked:
        yield from _how_lines(question)


def _how_lines(question: Question) -> Iterator[str]:
    """How it is answered; of a number, how near it has to be."""
    how = [translate("quiz.predict")] if question.predicts else []
    yield translate("quiz.space").join([*how, translate(_HOW[question.kind])])
    if question.kind is QuestionKind.NUMERIC:
        yield translate("ask.tolerance", tolerance=tolerance_words(question))


def hint_lines(attempt: Attempt) -> Iterator[str]:
    """The hint shown last."""
    number = attempt.hints_shown
    yield from plain_lines(_named(translate("quiz.hint-number", number=number), attempt.hints[-1]), WIDTH)


def verdict_lines(attempt: Attempt) -> Iterator[str]:
    """What is said to the answer: whether it was right, what would have been, and why."""
    if attempt.stage is Stage.UNCOUNTED:
        yield translate("quiz.not-counted")
        yield harmless_line(attempt.reason)
    elif attempt.verdict is not None:
        yield first_words(attempt)
        yield from _what_was_chosen(attempt)
        yield from _what_was_right(attempt)
        for figure in deciding_figures(attempt.question, attempt.facts or {}):
            yield f"  {_named(harmless_line(figure.name), harmless_line(figure.value))}"
    if attempt.question.explanation:
        yield _named(translate("quiz.why"))
        yield from (f"  {line}" for line in plain_lines(attempt.question.explanation, WIDTH - 2))


def _what_was_chosen(attempt: Attempt) -> Iterator[str]:
    """The author's word on each option that was chosen."""
    for place, index in enumerate(attempt.shown, 1):
        feedback = attempt.question.options[index].feedback
        if feedback and index in attempt.draft.chosen:
            yield from _numbered(place, plain_lines(feedback, WIDTH - 5))


def _what_was_right(attempt: Attempt) -> Iterator[str]:
    verdict, question = attempt.verdict, attempt.question
    if verdict is None or verdict.correct:
        return
    if question.options:
        ordering = question.kind is QuestionKind.ORDERING
        yield _named(translate("quiz.true-order" if ordering else "quiz.answer"))
        order = verdict.right_options if ordering else attempt.shown
        for place, index in enumerate(order, 1):
            if index in verdict.right_options:
                yield from _numbered(place, _option_lines(question.options[index]))
    elif question.answer is not None:
        shown = harmless_line(question.answer.shown).replace("-", "−")
        yield f"  {_named(translate('quiz.answer'), shown)}"
    for number, (blank, right) in enumerate(zip(question.blanks, verdict.parts, strict=False), 1):
        if not right:
            yield f"  {_named(translate('quiz.blank-number', number=number), harmless_line(blank.accepted[0]))}"


def _named(name: str, value: str = "") -> str:
    """``name: value`` as the language writes it; the name alone with its colon where nothing follows on the line."""
    return translate("ask.named", name=name, value=value).rstrip()


def _option_lines(option: Option) -> list[str]:
    return plain_lines(option.text, WIDTH - 5, inline=True)


def _numbered(place: int, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"{place:>3}. {line}" if not number else f"     {line}"


def _with_numbers(prompt: str) -> str:
    """Each blank with its number, for it is asked for by that."""
    pieces = prompt.split(BLANK)
    text = pieces[0]
    for number, piece in enumerate(pieces[1:], 1):
        text += f"\\_\\_({number})\\_\\_{piece}"
    return text
