"""One choice: a numbered list in which one option is ticked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tutor.course.lesson import Question
from tutor.course.questions.base import Draft, places_in
from tutor.course.questions.choices import ChoiceQuestion


class Single(ChoiceQuestion):
    """One option is chosen, and one is right."""

    name = "single"
    how, how_in_lines = "quiz.choose-one", "ask.choose-one"
    not_ready_in_lines = "ask.one-number"
    enter_chooses = True
    row_kind = "one"
    list_kind = "ordered_list"
    wrong_ticks = ("course.single-ticks", "course.single-ticks-hint")

    @staticmethod
    def right_number_of_ticks(ticked: int) -> bool:
        """Whether one option is right."""
        return ticked == 1

    def fits(self, question: Question, draft: Draft) -> bool:
        """Whether at most one option is ticked."""
        return len(draft.chosen) <= 1 and super().fits(question, draft)

    def choose(self, question: Question, draft: Draft, index: int, place: int = 0) -> Draft:
        """Tick the option instead of the one before."""
        return replace(draft, chosen=frozenset({index})) if 0 <= index < self.size(question) else draft

    @staticmethod
    def is_right(chosen: frozenset[int], right: frozenset[int]) -> bool:
        """Whether the chosen option is right; if a run bears out two, either is."""
        return len(chosen) == 1 and chosen <= right

    def read_line(
        self, question: Question, shown: Sequence[int], draft: Draft, line: str, step: int = 0
    ) -> Draft | None:
        """The number of one option."""
        places = places_in(line, len(shown))
        return Draft(chosen=frozenset({shown[places[0]]})) if places is not None and len(places) == 1 else None


SINGLE = Single()
