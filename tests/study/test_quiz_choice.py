"""What the quiz of a lesson leaves out because it is known, and what it asks in another form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.course.test_drawing import question
from tests.study.samples import LESSON, SINGLE
from tutor.progress.records import Answer
from tutor.study.quiz_choice import choose, draws

PLAIN = replace(SINGLE, id="plain")
DRAWN = replace(question(), id="drawn")


def newest(*answers: Answer) -> dict[str, Answer]:
    return {each.question_id: each for each in answers}


def right(id: str, **more: object) -> Answer:
    return Answer(LESSON, id, "single", (1,), **{"correct": True, **more})  # type: ignore[arg-type]


def test_a_question_that_draws_its_numbers_is_asked_with_others_than_on_the_page() -> None:
    assert (draws(PLAIN), draws(DRAWN)) == (False, True)
    on_the_page = choose((PLAIN, DRAWN), (), newest(right("plain"), right("drawn")))
    assert (on_the_page.asked, set(on_the_page.known)) == ((DRAWN,), {"plain"})
    in_a_quiz = choose((PLAIN, DRAWN), (), newest(right("drawn", quiz_id="quiz")))
    assert (in_a_quiz.asked, set(in_a_quiz.known)) == ((PLAIN,), {"drawn"})


@pytest.mark.parametrize("more", [{"correct": False}, {"unsure": True}, {"hints": 1}])
def test_what_is_not_known_for_sure_is_asked(more: dict[str, object]) -> None:
    assert choose((PLAIN, DRAWN), (), newest(right("plain", **more))).asked == (PLAIN, DRAWN)
