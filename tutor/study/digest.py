"""The digest of a lesson as Markdown: its terms, the learner's own mistakes and why, best attempts, and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tutor.course.lesson import BLANK
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.study.attempt import attempt_from_answer

if TYPE_CHECKING:
    from tutor.course.lesson import Lesson, Question
    from tutor.progress.records import Answer
    from tutor.progress.store import ProgressStore


def digest(lesson: Lesson, store: ProgressStore) -> str:
    """The digest of a lesson.

    Args:
        lesson: The lesson, in the language of the digest.
        store: The learner's progress.
    """
    parts = [f"# {harmless_line(lesson.title)}"]
    for key, lines in (
        ("digest.terms", list(_terms(lesson))),
        ("digest.mistakes", list(_mistakes(lesson, store))),
        ("digest.runs", list(_runs(lesson, store))),
        ("digest.notes", list(_notes(lesson, store))),
    ):
        if lines:
            parts += [f"## {translate(key)}", *lines]
    if len(parts) == 1:
        parts.append(translate("digest.nothing"))
    return "\n\n".join(parts) + "\n"


def _terms(lesson: Lesson) -> Iterator[str]:
    for term in lesson.terms:
        formula = f"\n\n{term.formula}" if term.formula else ""
        yield f"**{term.name}** {translate('digest.dash')} {term.definition.strip()}{formula}"


def _mistakes(lesson: Lesson, store: ProgressStore) -> Iterator[str]:
    """Every question that was answered wrong at some time, with the last wrong answer and the author's explanation."""
    wrong: dict[str, list[Answer]] = {}
    for answer in store.answers(lesson_id=lesson.id):
        if answer.correct is False:
            wrong.setdefault(answer.question_id, []).append(answer)
    for question in lesson.every_question:
        if question.id in wrong:
            answers = wrong[question.id]
            yield _mistake(question, answers[-1], len(answers))


def _mistake(question: Question, answer: Answer, count: int) -> str:
    attempt = attempt_from_answer(question, answer.seed, answer.given)
    if attempt is not None:
        question = attempt.question  # with the numbers that were drawn
    title = question.title or question.id
    parts = [f"### {title}", question.prompt.replace(BLANK, "______").strip()]
    if count > 1:
        parts.append(translate("digest.missed", count=count))
    if attempt is not None and attempt.verdict is not None and not attempt.given_up:
        rows = attempt.type.rows(attempt.question, attempt.shown, attempt.draft, attempt.verdict)
        chosen = [row for row in rows if row.chosen]
        typed = [harmless_line(text) for text in attempt.draft.texts if text.strip()]
        if said := [row.text for row in chosen] or typed:
            parts.append(f"{translate('quiz.your-answer')}: {'; '.join(said)}")
        parts += [f"> {row.feedback}" for row in chosen if row.feedback and row.right is False]
        solution = attempt.type.solution(attempt.question, attempt.shown, attempt.draft, attempt.verdict)
        right = [row.text for row in solution.lines if row.text] + [
            each.text for each in solution.typed if not each.own
        ]
        if right:
            parts.append(f"{translate('quiz.answer')}: {'; '.join(right)}")
    if question.explanation:
        parts.append(question.explanation.strip())
    return "\n\n".join(part for part in parts if part)


def _runs(lesson: Lesson, store: ProgressStore) -> Iterator[str]:
    for lab in dict.fromkeys(fence.lab for fence in lesson.labs):
        for best in store.attempts.of(lab):
            key = "digest.run-met" if best.met else "digest.run-best"
            value = translate("digest.no-value") if best.value is None else f"{best.value:.6g}"
            yield "- " + translate(
                key, lab=lab, goal=harmless_line(best.goal), value=value, run=harmless_line(best.run)
            )


def _notes(lesson: Lesson, store: ProgressStore) -> Iterator[str]:
    for note in store.notes.all(lesson.id):
        yield f"> {note.quote}"
        if note.text:
            yield note.text
