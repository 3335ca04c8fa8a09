"""Sentences that the screens and the plain front say alike: the verdict on an answer, and the offers after a quiz."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil
from typing import TYPE_CHECKING

from tutor.foundation.translate import translate
from tutor.study.attempt import Attempt

if TYPE_CHECKING:
    from tutor.study.exam_session import ExamSession
    from tutor.study.question_attempt import QuestionAttempt
    from tutor.study.quiz_session import QuizSession
    from tutor.study.review_session import ReviewSession

# For each verdict, the sentence for a learner who was sure and the one for a learner who was unsure.
_RIGHT = ("quiz.right", "quiz.right-but-unsure")
_NEARLY = ("quiz.not-quite", "quiz.not-quite-unsure")
_NO = ("quiz.no", "quiz.no-unsure")
_OTHERWISE = ("quiz.run-otherwise", "quiz.run-otherwise-unsure")


def verdict_sentence(attempt: Attempt) -> str:
    """Whether the answer is right, in words that cannot be misread, then notes such as how many lines are in place.

    Returns an empty text if there is no verdict. A refuted prediction has a sentence of its own, because the run is the
    judge.
    """
    verdict = attempt.verdict
    if verdict is None:
        return ""
    if attempt.unanswered:
        return translate("exam.unanswered")
    if attempt.given_up:
        return translate("review.here-it-is")
    if verdict.correct:
        keys = _RIGHT
    elif verdict.nearly:
        keys = _NEARLY
    else:
        keys = _OTHERWISE if attempt.question.predicts else _NO
    return translate("quiz.space").join([translate(keys[attempt.unsure]), *verdict.notes])


def miss_sentence(attempt: Attempt) -> str:
    """What is said after a first miss: how far it was right, and that there is another try. Empty without a miss."""
    if not attempt.trying_again or attempt.missed is None:
        return ""
    verdict = attempt.missed.verdict
    said = translate("quiz.miss-nearly" if verdict.nearly else "quiz.miss")
    return translate("quiz.space").join([said, *verdict.notes, translate("quiz.one-more-try")])


def answer_parts(attempt: Attempt) -> tuple[list[str], list[str]]:
    """What was answered and what is right, as inline Markdown: options, or what was typed.

    Both are empty for an order or pairs, which no line can say.
    """
    kind = attempt.type
    solution = kind.solution(attempt.question, attempt.shown, attempt.draft, attempt.verdict)
    own: Iterable[str] = ()
    right: Iterable[str] = ()
    if kind.interaction == "choose":
        own, right = (row.text for row in attempt.rows() if row.chosen), (row.text for row in solution.lines)
    elif kind.interaction == "type":
        own, right = attempt.draft.texts, (each.text for each in solution.typed if not each.own)
    return [text for text in own if text.strip()], [text for text in right if text.strip()]


def retry_label(session: QuizSession, *, unsure: bool = False) -> str:
    """The label of the offer to retry: what `QuizSession.retry_wrong` would ask again, and how many questions."""
    count = len(session.ids_to_retry(unsure=unsure))
    only_wrong = len(session.ids_to_retry()) == len(session.wrong_ids)
    if unsure:
        return translate("quiz.way-unsure" if only_wrong else "quiz.way-unsure-rest", count=count)
    return translate("quiz.way-retry" if only_wrong else "quiz.way-retry-rest", count=count)


def review_place(session: ReviewSession) -> str:
    """Where a review is: ``12 of 24``, and how many cards come again because they were missed."""
    key = "review.place-again" if session.again else "review.place"
    return translate(key, number=session.number, count=session.count, again=session.again)


def exam_state(session: ExamSession, exercise: QuestionAttempt) -> str:
    """How a question of an exam stands: answered or not, and flagged or not; empty after the exam was handed in."""
    if session.handed_in:
        return ""
    answered = translate("exam.answered" if exercise.attempt.answered else "exam.open")
    flagged = [translate("exam.flag")] if exercise.question.id in session.flagged else []
    return translate("quiz.space").join([*flagged, answered])


def exam_remarks(session: ExamSession) -> Iterator[str]:
    """What to say above the overview of an exam: what is open, or after handing in the score and what it means."""
    if session.handed_in:
        score = session.score
        yield translate("quiz.score", right=score.right, total=score.total)
        yield translate("exam.passed" if session.passed else "exam.not-passed")
        return
    if session.unanswered:
        yield translate("exam.unanswered-count", count=len(session.unanswered))
    if session.flagged:
        yield translate("exam.flagged-count", count=len(session.flagged))
    if left := time_left(session):
        yield left


def time_left(session: ExamSession) -> str:
    """The time until an exam hands itself in, in words; empty without a limit or after it was handed in."""
    left = session.seconds_left
    if left is None or session.handed_in:
        return ""
    if left < 60:
        return translate("exam.seconds-left", seconds=ceil(left))
    return translate("exam.minutes-left", minutes=ceil(left / 60))
