"""Several choices: a list with bullets in which all right options are ticked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tutor.course.lesson import Question
from tutor.course.questions.base import Draft, places_in
from tutor.course.questions.choices import ChoiceQuestion
from tutor.foundation.translate import translate


class Multiple(ChoiceQuestion):
    """Any number of options is chosen."""

    name = "multiple"
    how, how_in_lines = "quiz.choose-all", "ask.choose-all"
    not_ready_in_lines = "ask.some-numbers"
    row_kind = "many"
    list_kind = "bullet_list"
    wrong_ticks = ("course.multiple-ticks", "course.multiple-ticks-hint")

    def choose(self, question: Question, draft: Draft, index: int, place: int = 0) -> Draft:
        """Tick the option, or take its tick away."""
        return replace(draft, chosen=draft.chosen ^ {index}) if 0 <= index < self.size(question) else draft

    @staticmethod
    def worth_of_wrong(chosen: frozenset[int], right: frozenset[int]) -> tuple[float, tuple[str, ...]]:
        """Each wrong tick takes one right tick away, so that ticking everything is worth nothing."""
        found, wrong = len(chosen & right), len(chosen - right)
        score = max(0.0, (found - wrong) / len(right)) if right else 0.0
        key = "course.right-and-wrong-chosen" if wrong else "course.right-ones-chosen"
        notes = (translate(key, found=found, all=len(right), wrong=wrong),) if found else ()
        return min(score, 0.99), notes

    def read_line(
        self, question: Question, shown: Sequence[int], draft: Draft, line: str, step: int = 0
    ) -> Draft | None:
        """The numbers of all options that apply."""
        places = places_in(line, len(shown))
        return Draft(chosen=frozenset(shown[place] for place in places)) if places is not None else None


MULTIPLE = Multiple()
