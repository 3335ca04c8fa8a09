"""Matching pairs: ``<!-- q: id; match -->`` and a table with two columns.

The left column keeps its order and the right one is shuffled. The learner finds the partner of each line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from tutor.course.conditions import Facts
from tutor.course.lesson import Content, Option, Place, Question
from tutor.course.option_reader import shows_something, without_inline_comments
from tutor.course.questions.base import (
    NO_PARTNER,
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
from tutor.course.source import Element, Source
from tutor.foundation.text import narrow
from tutor.foundation.translate import translate

FEWEST_PAIRS = 2
MOST_PAIRS = 9
"""One digit names a partner, and all pairs fit on a small screen."""

_BAR = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two things that belong together, inline Markdown."""

    left: str
    right: str
    place: Place


@dataclass(frozen=True, slots=True)
class Pairs(Content):
    """The lines of the table, and what its head calls the columns; a title may be empty."""

    pairs: tuple[Pair, ...]
    left_title: str = ""
    right_title: str = ""


class Match(QuestionType[Pairs]):
    """`Draft.order` holds for each pair the index of the pair whose right side it was given."""

    name = "match"
    word = "match"
    content_class = Pairs
    interaction = "pair"
    how, how_in_lines = "quiz.match", "ask.match"
    not_ready, not_ready_in_lines = "quiz.match-first", "ask.partner-numbers"
    missing = ("course.no-pairs", "course.no-pairs-hint")

    # -- reading a lesson ----------------------------------------------------------------------------------------

    def recognise(self, parts: QuestionParts) -> Element | None:
        """The last table with two columns."""
        found = _tables(parts)
        return found[-1] if found else None

    def ambiguous(self, parts: QuestionParts) -> bool:
        """Whether there are two such tables."""
        return len(_tables(parts)) > 1

    def read(self, source: Source, parts: QuestionParts, answering: Element) -> Pairs:
        """The lines of the table, with faults for cells that are empty, doubled or too many."""
        parts.take(answering)
        (_, titles), *lines = _lines_of(answering)
        pairs = tuple(Pair(cells[0], cells[1], source.place(line + source.first)) for line, cells in lines)
        if len(pairs) < FEWEST_PAIRS:
            source.fault(source.place(answering.start), translate("course.too-few-pairs", least=FEWEST_PAIRS))
        if len(pairs) > MOST_PAIRS:
            source.fault(pairs[MOST_PAIRS].place, translate("course.too-many-pairs", most=MOST_PAIRS))
        for pair in pairs:
            if not (shows_something(pair.left) and shows_something(pair.right)):
                source.fault(pair.place, translate("course.empty-pair"), translate("course.empty-pair-hint"))
                parts.gives_away = True
            if len(_BAR.findall(source.lines[pair.place.line - 1].strip().strip("|"))) > 1:
                source.fault(pair.place, translate("course.pair-cells"), translate("course.pair-cells-hint"))
                parts.gives_away = True
        _refuse_doubles(source, pairs)
        return Pairs(pairs[:MOST_PAIRS], *titles)

    def answerable(self, question: Question) -> bool:
        """Whether there are pairs to choose among."""
        return self.size(question) >= FEWEST_PAIRS

    def texts(self, question: Question) -> tuple[str, ...]:
        """Both sides of each pair."""
        return tuple(text for pair in self.content(question).pairs for text in (pair.left, pair.right))

    def differences(self, ours: Question, theirs: Question, other: str) -> Iterator[str]:
        """Another number of pairs, or cells that read the same, such as formulas, in other lines."""
        one, two = self.content(ours).pairs, self.content(theirs).pairs
        if len(one) != len(two):
            yield translate("course.parity-pairs", id=ours.id, count=len(two), other=other, other_count=len(one))
        elif any(
            _is_in_another_line([pair.left for pair in one], [pair.left for pair in two], line)
            or _is_in_another_line([pair.right for pair in one], [pair.right for pair in two], line)
            for line in range(len(one))
        ):
            yield translate("course.parity-pair-lines", id=ours.id, other=other)

    # -- answering -----------------------------------------------------------------------------------------------

    def size(self, question: Question) -> int:
        """How many pairs."""
        return len(self.content(question).pairs)

    def shown(self, question: Question, seed: int) -> tuple[int, ...]:
        """The right column shuffled; never beside its partners from the start."""
        return shuffled(question, seed, self.size(question), never_sorted=True)

    def empty(self, question: Question, shown: Sequence[int]) -> Draft:
        """No line has a partner."""
        return Draft(order=(NO_PARTNER,) * self.size(question))

    def fits(self, question: Question, draft: Draft) -> bool:
        """Whether each line has one partner or none, and no two have the same."""
        size = self.size(question)
        given = [index for index in draft.order if index != NO_PARTNER]
        return (
            not draft.chosen
            and not draft.texts
            and len(draft.order) == size
            and len(set(given)) == len(given)
            and all(0 <= index < size for index in given)
        )

    def ready(self, draft: Draft) -> bool:
        """Whether every line has a partner."""
        return NO_PARTNER not in draft.order

    def choose(self, question: Question, draft: Draft, index: int, place: int = 0) -> Draft:
        """Give line ``place`` the partner ``index``, which another line loses; the same again takes it back."""
        if not (0 <= index < len(draft.order) and 0 <= place < len(draft.order)):
            return draft
        taken = draft.order[place] == index
        order = [NO_PARTNER if each == index else each for each in draft.order]
        order[place] = NO_PARTNER if taken else index
        return Draft(order=tuple(order))

    def grade(self, question: Question, draft: Draft, facts: Facts | None = None) -> Verdict:
        """Each pair counts. Partners that read the same may stand for each other."""
        pairs = self.content(question).pairs
        if not self.fits(question, draft):
            msg = "each line has one partner, and no two lines have the same"
            raise ValueError(msg)
        parts = tuple(
            index != NO_PARTNER and pairs[index].right == pair.right
            for index, pair in zip(draft.order, pairs, strict=True)
        )
        correct = all(parts)
        key = {0: "course.no-pair-right", 1: "course.one-pair-right"}.get(sum(parts), "course.pairs-right")
        notes = () if correct else (translate(key, count=sum(parts), all=len(parts)),)
        score = sum(parts) / len(parts) if parts else 1.0
        return Verdict(correct, score, notes=notes, parts=parts, nearly=any(parts) and not correct)

    def given(self, draft: Draft) -> Given:
        """The partner of each line; nothing if the answer was asked for instead."""
        return draft.order if self.ready(draft) else ()

    def restore(self, question: Question, given: Sequence[int | str]) -> Draft | None:
        """The partners that were given, if there are still as many."""
        if not given:
            return self.empty(question, ())
        draft = Draft(order=tuple(each for each in given if isinstance(each, int)))
        return draft if self.fits(question, draft) and self.ready(draft) else None

    # -- telling -------------------------------------------------------------------------------------------------

    def rows(self, question: Question, shown: Sequence[int], draft: Draft, verdict: Verdict | None) -> list[AnswerRow]:
        """The left column under letters, then the right one as it is shuffled under numbers, each below its title."""
        content = self.content(question)
        marks = verdict.parts if verdict is not None else (None,) * len(content.pairs)
        lines = zip(ascii_lowercase, content.pairs, draft.order, marks, strict=False)
        numbers = {index: str(place) for place, index in enumerate(shown, 1)}
        return [
            AnswerRow("head", content.left_title),
            *(
                AnswerRow(
                    "pair", pair.left, letter, line, index != NO_PARTNER, is_right, partner=numbers.get(index, "")
                )
                for line, (letter, pair, index, is_right) in enumerate(lines)
            ),
            AnswerRow("head", content.right_title),
            *(
                AnswerRow("partner", content.pairs[index].right, numbers[index], index, index in draft.order)
                for index in shown
            ),
        ]

    def rows_without_attempt(self, question: Question) -> list[AnswerRow]:
        """Both columns, the right one shuffled."""
        return self.rows(question, self.shown(question, 0), self.empty(question, ()), None)

    def solution(self, question: Question, shown: Sequence[int], draft: Draft, verdict: Verdict | None) -> Solution:
        """The pairs that were not right, as they belong together."""
        parts = verdict.parts if verdict is not None else ()
        lines = zip(ascii_lowercase, self.content(question).pairs, parts, strict=False)
        wrong = tuple(
            AnswerRow("pair", _together(pair.left, pair.right), letter)
            for letter, pair, is_right in lines
            if not is_right
        )
        return Solution(translate("quiz.right-pairs"), wrong)

    # -- lines of text -------------------------------------------------------------------------------------------

    def steps(self, question: Question) -> tuple[str, ...]:
        """Each line of the left column is asked for its partner."""
        return tuple(
            f"{letter}. {pair.left}"
            for letter, pair in zip(ascii_lowercase, self.content(question).pairs, strict=False)
        )

    def read_line(
        self, question: Question, shown: Sequence[int], draft: Draft, line: str, step: int = 0
    ) -> Draft | None:
        """The number of the partner that no other line has; at first also all numbers, or ``a3 b1 c2``."""
        places = _places_by_line(line, len(shown), step)
        if places is None:
            return None
        order = list(draft.order)
        for at, place in places.items():
            order[at] = shown[place]
        changed = Draft(order=tuple(order))
        return changed if self.fits(question, changed) else None

    def mistakes(self, question: Question, given: Given) -> tuple[Option, ...]:
        """The pairs that do not belong together."""
        pairs = self.content(question).pairs
        draft = self.restore(question, given)
        if draft is None or not given:
            return ()
        return tuple(
            Option(_together(pair.left, pairs[index].right), False, "", None, pair.place)
            for pair, index in zip(pairs, draft.order, strict=True)
            if pairs[index].right != pair.right
        )


MATCH = Match()


def _tables(parts: QuestionParts) -> list[Element]:
    """The tables with two columns."""
    tables = (element for element, _ in parts.prompt if element.kind == "table")
    return [element for element in tables if sum(token.type == "th_open" for token in element.tokens) == 2]


def _lines_of(table: Element) -> list[tuple[int, list[str]]]:
    """The lines of a table, its head first: where each stands below the front matter, and its cells."""
    lines: list[tuple[int, list[str]]] = []
    for token in table.tokens:
        if token.type == "tr_open":
            lines.append((token.map[0] if token.map else 0, []))
        elif token.type == "inline":
            lines[-1][1].append(without_inline_comments(token)[0].strip())
    return lines


def _refuse_doubles(source: Source, pairs: Sequence[Pair]) -> None:
    """Report a cell that two lines share, because it would be unclear which of them is meant."""
    for key, sides in (
        ("course.same-lefts", [pair.left for pair in pairs]),
        ("course.same-rights", [pair.right for pair in pairs]),
    ):
        for line, side in enumerate(sides):
            if side in sides[:line]:
                source.fault(pairs[line].place, translate(key), translate("course.same-sides-hint"))


def _is_in_another_line(ours: Sequence[str], theirs: Sequence[str], line: int) -> bool:
    """Whether a cell of ours stands word for word in another line of theirs, and nowhere else."""
    counts = Counter(theirs)
    return counts[ours[line]] == 1 and list(ours).count(ours[line]) == 1 and theirs[line] != ours[line]


def _together(left: str, right: str) -> str:
    return translate("quiz.pair", left=left, right=right)


def _places_by_line(line: str, count: int, step: int) -> dict[int, int] | None:
    """For each line that an answer names, the place of its partner; None if it is no answer."""
    places = places_in(line, count)
    if places is not None and len(places) == 1:
        return {step: places[0]}
    if places is not None:
        return dict(enumerate(places)) if len(places) == count and not step else None
    signs = "".join(each for each in narrow(line).casefold() if each.isalnum())
    letters, numbers = signs[::2], places_in(signs[1::2], count)
    known = ascii_lowercase[:count]
    if numbers is None or len(numbers) != len(letters) or not all(letter in known for letter in letters):
        return None
    named = dict(zip(map(known.index, letters), numbers, strict=True))
    return named if len(named) == len(letters) else None
