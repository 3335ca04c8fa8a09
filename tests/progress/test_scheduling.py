"""Grades read off answers, and the dates that follow from them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.progress.scheduling import SOON, Grade, Review, day_starts, grade_of, schedule_of, start_of_day, study_day

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def review(days: float = 0.0, *, correct: bool = True, **more: object) -> Review:
    return Review(NOON + timedelta(days=days), correct, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given_review", "grade"),
    [
        (review(correct=False, seconds=1.0), Grade.AGAIN),
        (review(correct=False, unsure=True), Grade.AGAIN),
        (review(unsure=True, seconds=1.0), Grade.HARD),
        (review(hints=1, seconds=1.0), Grade.HARD),
        (review(seconds=5.0), Grade.EASY),
        (review(seconds=20.0), Grade.GOOD),
        (review(seconds=100.0), Grade.HARD),
        (review(seconds=100.0, kind="numeric"), Grade.GOOD),
        (review(seconds=0.0), Grade.GOOD),
        (review(seconds=3600.0), Grade.GOOD),
    ],
)
def test_the_grade_follows_from_right_wrong_unsure_hints_and_time(given_review: Review, grade: Grade) -> None:
    assert grade_of(given_review) is grade


def test_what_was_known_from_the_start_makes_no_card() -> None:
    assert schedule_of([review(), review(3)], from_first_miss=True) is None
    assert schedule_of([], from_first_miss=False) is None


def test_a_miss_is_asked_again_soon_and_then_at_growing_distances() -> None:
    answers = [review(-5), review(0, correct=False, seconds=20)]
    schedule = schedule_of(answers, from_first_miss=True)
    assert schedule is not None
    assert schedule.due == NOON + SOON
    assert (schedule.reviews, schedule.lapses) == (1, 1)
    gaps = []
    for _ in range(5):
        at = schedule.due + timedelta(hours=3)
        answers.append(Review(at, True, seconds=20.0))
        schedule = schedule_of(answers, from_first_miss=True)
        assert schedule is not None
        gaps.append((schedule.due - at).days)
    assert gaps == sorted(gaps)
    assert gaps[-1] > 10
    forgotten = schedule_of([*answers, Review(schedule.due, False)], from_first_miss=True)
    assert forgotten is not None
    assert forgotten.due == schedule.due + SOON
    assert forgotten.lapses == 2


def test_unsure_comes_back_before_sure() -> None:
    history = [review(0, correct=False), review(1)]
    sure = schedule_of([*history, review(4, seconds=20)], from_first_miss=True)
    unsure = schedule_of([*history, review(4, seconds=20, unsure=True)], from_first_miss=True)
    assert sure is not None
    assert unsure is not None
    assert unsure.due < sure.due


reviews = st.lists(
    st.builds(
        review,
        st.floats(0, 400),
        correct=st.booleans(),
        unsure=st.booleans(),
        hints=st.integers(0, 2),
        seconds=st.floats(0, 1e5),
        kind=st.sampled_from(["single", "fill-in", "?"]),
    ),
    min_size=1,
    max_size=12,
)


@given(reviews, st.randoms(use_true_random=False))
def test_the_order_in_which_answers_arrive_does_not_matter(given_reviews: list[Review], chance: object) -> None:
    unique = list({each.at: each for each in given_reviews}.values())
    shuffled = list(unique)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert schedule_of(shuffled, from_first_miss=True) == schedule_of(unique, from_first_miss=True)


@given(reviews)
def test_a_card_is_never_due_before_it_was_asked(given_reviews: list[Review]) -> None:
    schedule = schedule_of(given_reviews, from_first_miss=False)
    assert schedule is not None
    assert schedule.reviewed == max(each.at for each in given_reviews)
    assert schedule.due > schedule.reviewed
    assert schedule.reviews == len(given_reviews)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_moment_lies_in_its_day(moment: datetime) -> None:
    day = study_day(moment)
    first, after = day_starts(day, 1)
    assert first == start_of_day(day)
    assert first <= moment < after
