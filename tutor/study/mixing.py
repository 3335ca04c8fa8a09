"""The order of a review: shuffled, with siblings apart and questions among terms.

What a learner missed while they were sure comes first, because a confident error that is corrected is remembered best
(Butterfield and Metcalfe 2001, "Errors committed with high confidence are hypercorrected"). After that the days on
which cards became due follow each other, the longest overdue first. Practice that mixes topics teaches more than
practice in blocks (Rohrer and Taylor 2007), so cards of one lesson or one lab do not follow each other if any other
order exists.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

_MOST_STEPS = 20_000
"""How many places are tried before the best order so far is taken; only labs that lessons share ever need many."""


@dataclass(frozen=True, slots=True)
class Mixable:
    """What the order of a review depends on, of one card.

    Args:
        key: The key of the card.
        lesson_id: The lesson of the card.
        labs: The labs of its question.
        of_term: Whether it asks about a term.
        day: The day on which it became due.
        sure_miss: Whether its last answer was wrong although the learner was sure.
    """

    key: str
    lesson_id: str
    day: date
    labs: frozenset[str] = frozenset()
    of_term: bool = False
    sure_miss: bool = False


def are_siblings(one: Mixable, other: Mixable) -> bool:
    """Whether two cards belong to the same lesson or the same lab, so that one helps with the other."""
    return one.lesson_id == other.lesson_id or not one.labs.isdisjoint(other.labs)


def mixed(cards: Iterable[Mixable], seed: int) -> list[Mixable]:
    """The order in which to ask ``cards``.

    Args:
        cards: The cards, in any order and each key once.
        seed: Decides the shuffle; the same cards with the same seed come in the same order.
    """

    def group_of(card: Mixable) -> tuple[bool, date]:
        return (False, date.min) if card.sure_miss else (True, card.day)

    order: list[Mixable] = []
    for number, (_, group) in enumerate(groupby(sorted(cards, key=lambda card: (*group_of(card), card.key)), group_of)):
        order += _spread(list(group), random.Random(f"{seed} {number}"), order[-1:])  # noqa: S311 - a shuffle
    return order


def _spread(cards: list[Mixable], shuffle: random.Random, before: Sequence[Mixable]) -> list[Mixable]:
    """``cards`` shuffled, with siblings apart.

    Cards of one lesson, one set of labs and one sort are alike for this, so whole heaps of them are tried, not single
    cards. A search steps back where it would have to put two siblings side by side. If it finds no order without
    siblings, it takes a simple one that puts the largest lesson into every gap.
    """
    shuffle.shuffle(cards)
    heaps: dict[tuple[str, frozenset[str], bool], list[Mixable]] = {}
    for card in cards:
        heaps.setdefault((card.lesson_id, card.labs, card.of_term), []).append(card)
    kinds = list(heaps)
    shuffle.shuffle(kinds)
    samples = {kind: heaps[kind][0] for kind in kinds}
    counts = {kind: len(heaps[kind]) for kind in kinds}
    # The card before counts only if the cards can be apart from it, too.
    found = _without_neighbours(samples, dict(counts), before, shuffle)
    if found is None and before:
        found = _without_neighbours(samples, dict(counts), (), shuffle)
    return [heaps[kind].pop() for kind in found or _with_few_neighbours(samples, counts, before)]


_Kind = tuple[str, frozenset[str], bool]


def _without_neighbours(
    samples: dict[_Kind, Mixable], left: dict[_Kind, int], before: Sequence[Mixable], shuffle: random.Random
) -> list[_Kind] | None:
    """An order of kinds in which no two siblings follow each other; None if there is none or none was found in time."""
    total, steps = sum(left.values()), 0
    per_lesson: Counter[str] = Counter()
    for kind, count in left.items():
        per_lesson[kind[0]] += count
    terms = sum(count for kind, count in left.items() if kind[2])
    order: list[_Kind] = []
    choices: list[list[_Kind]] = []

    def candidates() -> list[_Kind]:
        last = samples[order[-1]] if order else next(iter(before), None)
        rest = total - len(order) - 1
        # A lesson with more cards than there are gaps for it leaves no choice: it must come now.
        pressing = {lesson: count for lesson, count in per_lesson.items() if count > (rest + 1) // 2}
        if len(pressing) > 1 or any(count - 1 > rest // 2 for count in pressing.values()):
            return []
        fitting = [
            kind for kind, count in left.items()
            if count and not (pressing and kind[0] not in pressing)
            and (last is None or not are_siblings(samples[kind], last))
        ]  # fmt: skip
        asked_terms = sum(kind[2] for kind in order)
        wants_term = asked_terms * total <= terms * len(order)
        weights = {kind: (kind[2] == wants_term, shuffle.random() * left[kind]) for kind in fitting}
        return sorted(fitting, key=lambda kind: weights[kind])  # the best one last, where it is popped

    while len(order) < total:
        if len(choices) == len(order):
            choices.append(candidates())
        steps += 1
        if steps > _MOST_STEPS:
            return None
        if choices[-1]:
            kind = choices[-1].pop()
            order.append(kind)
            left[kind] -= 1
            per_lesson[kind[0]] -= 1
        else:
            choices.pop()
            if not order:
                return None
            kind = order.pop()
            left[kind] += 1
            per_lesson[kind[0]] += 1
    return order


def _with_few_neighbours(
    samples: dict[_Kind, Mixable], left: dict[_Kind, int], before: Sequence[Mixable]
) -> list[_Kind]:
    """An order for cards that cannot all be apart: the largest lesson goes into every gap that there is."""
    per_lesson: Counter[str] = Counter()
    for kind, count in left.items():
        per_lesson[kind[0]] += count
    order: list[_Kind] = []
    last = next(iter(before), None)
    while any(left.values()):
        kind = max(
            (kind for kind, count in left.items() if count),
            key=lambda kind: (last is None or not are_siblings(samples[kind], last), per_lesson[kind[0]], left[kind]),
        )
        order.append(kind)
        left[kind] -= 1
        per_lesson[kind[0]] -= 1
        last = samples[kind]
    return order
