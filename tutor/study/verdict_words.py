"""What is said first to an answer: right, nearly right, or not."""

from __future__ import annotations

from tutor.foundation.translate import translate
from tutor.study.attempt import Attempt

# Each as it is said, and as it is said to one who was unsure.
_RIGHT = ("quiz.right", "quiz.right-but-unsure")
_NEARLY = ("quiz.not-quite", "quiz.not-quite-unsure")
_NO = ("quiz.no", "quiz.no-unsure")
_OTHERWISE = ("quiz.run-otherwise", "quiz.run-otherwise-unsure")


def first_words(attempt: Attempt) -> str:
    """The verdict in a sentence, with what there is to add, such as how many lines are in place.

    Empty where there is no verdict. What a run decided is not the learner's fault, and is said in other words.
    """
    verdict = attempt.verdict
    if verdict is None:
        return ""
    if attempt.given_up:
        return translate("review.here-it-is")
    if verdict.correct:
        keys = _RIGHT
    elif verdict.nearly:
        keys = _NEARLY
    else:
        keys = _OTHERWISE if attempt.question.predicts else _NO
    return translate("quiz.space").join([translate(keys[attempt.unsure]), *verdict.notes])
