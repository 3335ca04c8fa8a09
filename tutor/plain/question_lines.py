"""A question and its verdict as lines of text: no sign says what a word does not say, too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tutor.course.lesson import BLANK
from tutor.course.questions.base import AnswerRow
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.study.attempt import Attempt, Stage
from tutor.study.predictions import deciding_figures
from tutor.study.wording import verdict_sentence
from tutor.typeset.page import plain_lines

WIDTH = 76


def question_lines(attempt: Attempt) -> Iterator[str]:
    """What is asked, and how it is answered."""
    question = attempt.question
    if question.title:
        yield from plain_lines(f"**{question.title}**", WIDTH)
    if question.prompt:
        yield from plain_lines(_with_numbers(question.prompt), WIDTH)
    yield ""
    yield from answer_lines(attempt.type.rows(question, attempt.shown, attempt.draft, None))
    if not attempt.locked:
        yield from _how_lines(attempt)


_LABEL = "{:>3}. "


def answer_lines(rows: Sequence[AnswerRow], *, label: str = _LABEL) -> Iterator[str]:
    """What there is to choose, order or pair, each under its label; a blank line parts the columns of a table.

    Args:
        rows: Of a question's type.
        label: How the label of a row is written before its text.
    """
    told = [row for row in rows if row.text and row.kind != "field"]
    for before, row in zip([None, *told], told, strict=False):
        if before is not None and before.kind == "pair" != row.kind:
            yield ""
        if row.kind == "head":
            yield from plain_lines(named(row.text), WIDTH, inline=True)
        else:
            head = label.format(row.label) if row.label.isalnum() else f"  {row.label} "
            yield from _indented(head, plain_lines(row.text, WIDTH - len(head), inline=True))


def _how_lines(attempt: Attempt) -> Iterator[str]:
    """How it is answered, and what has to be known before that."""
    how = [translate("quiz.predict")] if attempt.question.predicts else []
    yield translate("quiz.space").join([*how, translate(attempt.type.how_in_lines)])
    if note := attempt.type.note(attempt.question):
        yield translate("ask.tolerance", tolerance=note)


def hint_lines(attempt: Attempt) -> Iterator[str]:
    """The hint shown last."""
    number = attempt.hints_shown
    yield from plain_lines(named(translate("quiz.hint-number", number=number), attempt.hints[-1]), WIDTH)


def verdict_lines(attempt: Attempt) -> Iterator[str]:
    """What is said to the answer: whether it was right, what would have been, and why."""
    if attempt.stage is Stage.UNCOUNTED:
        yield translate("quiz.not-counted")
        yield harmless_line(attempt.reason)
    elif attempt.verdict is not None:
        yield verdict_sentence(attempt)
        yield from _what_was_chosen(attempt)
        yield from _what_was_right(attempt)
        for figure in deciding_figures(attempt.question, attempt.facts or {}):
            yield f"  {named(harmless_line(figure.name), harmless_line(figure.value))}"
    if attempt.question.explanation:
        yield named(translate("quiz.why"))
        yield from (f"  {line}" for line in plain_lines(attempt.question.explanation, WIDTH - 2))


def _what_was_chosen(attempt: Attempt) -> Iterator[str]:
    """The author's word on each option that was chosen."""
    for row in attempt.type.rows(attempt.question, attempt.shown, attempt.draft, attempt.verdict):
        if row.feedback and row.chosen:
            head = _LABEL.format(row.label)
            yield from _indented(head, plain_lines(row.feedback, WIDTH - len(head)))


def _what_was_right(attempt: Attempt) -> Iterator[str]:
    if attempt.verdict is None or attempt.verdict.correct:
        return
    solution = attempt.type.solution(attempt.question, attempt.shown, attempt.draft, attempt.verdict)
    if solution.lines:
        yield named(solution.title)
        yield from answer_lines(solution.lines)
    for answer in solution.typed:
        if not answer.own:
            yield f"  {named(answer.name, harmless_line(answer.text))}"


def named(name: str, value: str = "") -> str:
    """``name: value`` as the language writes it; the name alone with its colon if nothing follows on the line."""
    return translate("ask.named", name=name, value=value).rstrip()


def _indented(head: str, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"{' ' * len(head) if number else head}{line}"


def _with_numbers(prompt: str) -> str:
    """Each blank with its number, for it is asked for by that."""
    pieces = prompt.split(BLANK)
    text = pieces[0]
    for number, piece in enumerate(pieces[1:], 1):
        text += f"\\_\\_({number})\\_\\_{piece}"
    return text
