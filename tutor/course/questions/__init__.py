"""Question types: one object in one file, shared by the screens, the lines of text, the cards and the checks.

`base` says what a type is, `choices` and `typed` hold what two types share, and each other module holds one type.
A new type is a module with a subclass of `QuestionType`, its object here in `QUESTION_TYPES`, its words in the
translations, and a test. Only a new way to answer (`QuestionType.interaction`) also touches the fronts.
"""

from __future__ import annotations

from typing import Any

from tutor.course.questions.base import QuestionType
from tutor.course.questions.fill_in import FILL_IN
from tutor.course.questions.match import MATCH
from tutor.course.questions.multiple import MULTIPLE
from tutor.course.questions.numeric import NUMERIC
from tutor.course.questions.ordering import ORDERING
from tutor.course.questions.program_lines import PROGRAM_LINES
from tutor.course.questions.single import SINGLE

QUESTION_TYPES: tuple[QuestionType[Any], ...] = (
    SINGLE,
    MULTIPLE,
    NUMERIC,
    FILL_IN,
    ORDERING,
    MATCH,
)
"""In the order in which their shapes are tried."""

DERIVED_TYPES: tuple[QuestionType[Any], ...] = (PROGRAM_LINES,)
"""Types of questions that no author writes, because they are made of something else in a lesson."""

_BY_NAME = {each.name: each for each in (*QUESTION_TYPES, *DERIVED_TYPES)}


def question_type(name: str) -> QuestionType[Any]:
    """The type of that name.

    Raises:
        ValueError: There is none.
    """
    found = _BY_NAME.get(name)
    if found is None:
        msg = f"no question type {name!r}; there are {', '.join(_BY_NAME)}"
        raise ValueError(msg)
    return found
