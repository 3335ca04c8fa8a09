"""What a number and blanks share: texts that are typed."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.course.lesson import Question
from tutor.course.questions.base import C, Draft, Given, QuestionType

LONGEST_TEXT = 200
"""Characters that a blank or a number takes."""


class TypedQuestion(QuestionType[C]):
    """One text for each blank, or for the number."""

    interaction = "type"

    def shown(self, question: Question, seed: int) -> tuple[int, ...]:
        """Nothing is shuffled."""
        return ()

    def empty(self, question: Question, shown: Sequence[int]) -> Draft:
        """Nothing typed."""
        return Draft(texts=("",) * self.size(question))

    def fits(self, question: Question, draft: Draft) -> bool:
        """Whether there is one text for each blank, and none is too long."""
        return (
            not draft.chosen
            and not draft.order
            and len(draft.texts) == self.size(question)
            and all(len(text) <= LONGEST_TEXT for text in draft.texts)
        )

    def given(self, draft: Draft) -> Given:
        """The texts."""
        return draft.texts

    def restore(self, question: Question, given: Sequence[int | str]) -> Draft | None:
        """The texts that were typed, if there are as many blanks."""
        draft = Draft(texts=tuple(each for each in given if isinstance(each, str)))
        return draft if len(draft.texts) == len(given) and self.fits(question, draft) else None

    def read_line(
        self, question: Question, shown: Sequence[int], draft: Draft, line: str, step: int = 0
    ) -> Draft | None:
        """The line is the text."""
        texts = list(draft.texts)
        texts[step] = line[:LONGEST_TEXT]
        return Draft(texts=tuple(texts))
