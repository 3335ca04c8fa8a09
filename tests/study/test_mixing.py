"""The order of a review: a permutation, the same for the same seed, and no two siblings side by side if avoidable."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise, permutations

from hypothesis import example, given
from hypothesis import strategies as st

from tutor.study.mixing import Mixable, are_siblings, mixed

FIRST = date(2026, 11, 1)


def card(key: int, lesson: str, **more: object) -> Mixable:
    return Mixable(f"k{key}", lesson, FIRST, **more)  # type: ignore[arg-type]


def neighbours(cards: list[Mixable]) -> int:
    return sum(are_siblings(*pair) for pair in pairwise(cards))


@st.composite
def cards(draw: st.DrawFn, most: int = 40, days: int = 3, labs: str = "xy") -> list[Mixable]:
    return [
        Mixable(
            f"k{number}", draw(st.sampled_from("abcd")), FIRST + timedelta(days=draw(st.integers(0, days - 1))),
            labs=draw(st.frozensets(st.sampled_from(labs), max_size=1)) if labs else frozenset(),
            of_term=draw(st.booleans()), sure_miss=draw(st.booleans()) if days > 1 else False,
        )
        for number in range(draw(st.integers(0, most)))
    ]  # fmt: skip


SEEDS = st.integers(0, 2**31 - 1)


@given(cards(), SEEDS)
def test_it_is_a_permutation_and_the_same_for_the_same_seed(some: list[Mixable], seed: int) -> None:
    order = mixed(some, seed)
    assert Counter(order) == Counter(some)
    assert mixed(reversed(some), seed) == order


@given(cards(), SEEDS)
def test_sure_misses_come_first_and_then_the_days_follow_each_other(some: list[Mixable], seed: int) -> None:
    groups = [(not each.sure_miss, each.day if not each.sure_miss else FIRST) for each in mixed(some, seed)]
    assert groups == sorted(groups)


@given(cards(most=60, days=1, labs=""), SEEDS)
def test_no_two_cards_of_a_lesson_are_neighbours_if_that_can_be_avoided(some: list[Mixable], seed: int) -> None:
    largest = max(Counter(each.lesson_id for each in some).values(), default=0)
    least = max(0, 2 * largest - len(some) - 1)
    assert neighbours(mixed(some, seed)) == least


@given(cards(most=6, days=1), SEEDS)
@example([card(0, "a", labs=frozenset("x")), card(1, "b", labs=frozenset("x")), card(2, "c")], 0)
def test_no_two_siblings_are_neighbours_if_any_order_avoids_it(some: list[Mixable], seed: int) -> None:
    avoidable = any(not neighbours(list(order)) for order in permutations(some))
    assert not avoidable or not neighbours(mixed(some, seed))


@given(SEEDS)
def test_questions_are_spread_among_terms(seed: int) -> None:
    some = [card(number, f"lesson-{number}", of_term=number < 20) for number in range(40)]
    order = [each.of_term for each in mixed(some, seed)]
    assert all(abs(2 * sum(order[:end]) - end) <= 1 for end in range(1, 41))


def test_another_seed_gives_another_order() -> None:
    some = [card(number, f"lesson-{number}") for number in range(12)]
    assert len({tuple(mixed(some, seed)) for seed in range(20)}) == 20


def test_many_cards_take_no_time_to_speak_of() -> None:
    some = [card(number, f"lesson-{number % 20}", labs=frozenset({f"lab-{number % 7}"})) for number in range(2000)]
    assert neighbours(mixed(some, 1)) == 0
