"""Lines to put in order: a plain numbered list, in the true order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.course.conditions import Facts
from tutor.course.lesson import Options, Question
from tutor.course.option_reader import read_options
from tutor.course.questions.base import (
    AnswerRow,
    Draft,
    Given,
    QuestionParts,
    QuestionType,
    Solution,
    Verdict,
    places_in,
    shuffled,
)
from tutor.course.questions.fill_in import has_blank
from tutor.course.source import Element, Source
from tutor.foundation.translate import translate


class Ordering(QuestionType[Options]):
    """The options are lines, and the file holds them in the right order."""

    name = "ordering"
    content_class = Options
    interaction = "arrange"
    how, how_in_lines = "quiz.put-in-order", "ask.put-in-order"
    not_ready, not_ready_in_lines = "quiz.tick-one-first", "ask.all-numbers"
    certain = False

    def recognise(self, parts: QuestionParts) -> Element | None:
        """The last plain numbered list."""
        found = [element for element, text in parts.prompt if element.kind == "ordered_list" and not has_blank(text)]
        return found[-1] if found else None

    def ambiguous(self, parts: QuestionParts) -> bool:
        """Whether numbered lists stand above and below a heading: either may be the one to put in order."""
        kinds = [element.kind for element, _ in parts.prompt if element.kind in {"heading", "ordered_list"}]
        lists = [index for index, kind in enumerate(kinds) if kind == "ordered_list"]
        return bool(lists) and "heading" in kinds[lists[0] : lists[-1]]

    def read(self, source: Source, parts: QuestionParts, answering: Element) -> Options:
        """The lines of the list."""
        parts.take(answering)
        options, unclear = read_options(source, answering, ticked=False)
        parts.gives_away |= unclear
        return Options(options)

    def answerable(self, question: Question) -> bool:
        """Whether there are lines to be put in order."""
        return self.size(question) > 1

    def texts(self, question: Question) -> tuple[str, ...]:
        """The lines."""
        return tuple(option.text for option in self.content(question).options)

    def differences(self, ours: Question, theirs: Question, other: str) -> Iterator[str]:
        """Another number of lines."""
        one, two = self.size(ours), self.size(theirs)
        if one != two:
            yield translate("course.parity-options", id=ours.id, count=two, other=other, other_count=one)

    def size(self, question: Question) -> int:
        """How many lines."""
        return len(self.content(question).options)

    def shown(self, question: Question, seed: int) -> tuple[int, ...]:
        """The lines shuffled; never solved from the start."""
        return shuffled(question, seed, self.size(question), never_sorted=True)

    def empty(self, question: Question, shown: Sequence[int]) -> Draft:
        """The lines as they are shown first."""
        return Draft(order=tuple(shown))

    def fits(self, question: Question, draft: Draft) -> bool:
        """Whether every line is in it once."""
        return not draft.chosen and not draft.texts and sorted(draft.order) == list(range(self.size(question)))

    def ready(self, draft: Draft) -> bool:
        """Always: any order is an answer."""
        return True

    def grade(self, question: Question, draft: Draft, facts: Facts | None = None) -> Verdict:
        """Right if every line is in its place. Lines that read the same may stand for each other."""
        options = self.content(question).options
        if not self.fits(question, draft):
            msg = "an ordering names every line once"
            raise ValueError(msg)
        parts = tuple(options[index].text == option.text for index, option in zip(draft.order, options, strict=True))
        correct = all(parts)
        key = {0: "course.no-line-in-place", 1: "course.one-line-in-place"}.get(sum(parts), "course.lines-in-place")
        notes = () if correct else (translate(key, count=sum(parts), all=len(parts)),)
        score = sum(parts) / len(parts) if parts else 1.0
        nearly = any(parts) and not correct
        return Verdict(correct, score, (), notes, tuple(range(len(options))), parts, nearly)

    def given(self, draft: Draft) -> Given:
        """Every line in the learner's order."""
        return draft.order

    def restore(self, question: Question, given: Sequence[int | str]) -> Draft | None:
        """The order that was given, if the lines are still as many."""
        draft = Draft(order=tuple(each for each in given if isinstance(each, int)))
        return draft if self.fits(question, draft) else None

    def rows(self, question: Question, shown: Sequence[int], draft: Draft, verdict: Verdict | None) -> list[AnswerRow]:
        """The lines in the learner's order."""
        options = self.content(question).options
        marks = verdict.parts if verdict is not None else (None,) * len(options)
        return [
            AnswerRow("line", options[index].text, str(place), index, right=is_right)
            for place, (index, is_right) in enumerate(zip(draft.order, marks, strict=True), 1)
        ]

    def rows_without_attempt(self, question: Question) -> list[AnswerRow]:
        """The lines by their letters, for their order in the file is the answer."""
        texts = sorted(option.text for option in self.content(question).options)
        return [AnswerRow("line", text, "•") for text in texts]

    def solution(self, question: Question, shown: Sequence[int], draft: Draft, verdict: Verdict | None) -> Solution:
        """The lines in their true order."""
        options = enumerate(self.content(question).options)
        lines = tuple(AnswerRow("line", option.text, str(index + 1), index) for index, option in options)
        return Solution(translate("quiz.true-order"), lines)

    def read_line(
        self, question: Question, shown: Sequence[int], draft: Draft, line: str, step: int = 0
    ) -> Draft | None:
        """The numbers of all lines as shown, in the right order."""
        places = places_in(line, len(shown))
        if places is None or sorted(places) != list(range(len(shown))):
            return None
        return Draft(order=tuple(shown[place] for place in places))


ORDERING = Ordering()
