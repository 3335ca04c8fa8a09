"""The day of a learner: the goal, what is due by name, and the minutes that are left."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tutor.course.catalogue import LessonHeader
from tutor.progress.records import LessonState
from tutor.progress.scheduling import study_day
from tutor.progress.statistics import Accuracy, Day
from tutor.study.report import Overview
from tutor.study.today import daily_goal, minutes_for_cards, minutes_left

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
TODAY = study_day(NOW)


def report(*, read: float = 0.0, answered: float = 0.0, answers: int = 0) -> Overview:
    days = [Day(date(2026, 11, 1), 50, 40, 4000.0), Day(TODAY, answers, answers, answered)]
    return Overview(NOW, 0, 0, 0, days, Accuracy(50 + answers, 40), 0, 0, {TODAY: read, date(2026, 11, 1): 9999.0})


def header(minutes: int) -> LessonHeader:
    return LessonHeader("one", "One", 1, "en", (), minutes, Path("/course/en/01.md"), "")


def test_reading_and_answering_of_today_count_for_the_goal_and_nothing_else() -> None:
    goal = daily_goal(report(read=300, answered=130), 15)
    assert (goal.learnt, goal.reached) == (7, False)
    assert goal.fraction == pytest.approx(430 / 900)


def test_a_goal_is_reached_when_its_last_minute_is_over() -> None:
    assert not daily_goal(report(read=899), 15).reached
    assert daily_goal(report(read=900), 15).reached
    assert daily_goal(report(read=90000), 15).fraction == 1


def test_without_a_goal_nothing_can_be_reached() -> None:
    goal = daily_goal(report(read=900), 0)
    assert (goal.learnt, goal.fraction, goal.reached) == (15, 0, False)


def test_cards_take_the_learners_own_pace() -> None:
    assert minutes_for_cards(report(), 0) == 0
    assert minutes_for_cards(report(), 3) == 4  # 80 seconds an answer
    new = Overview(NOW, 0, 0, 0, [], Accuracy(0, 0), 0, 0, {})
    assert minutes_for_cards(new, 12) == 4


def test_minutes_left_shrink_with_reading_and_answering_but_one_stays() -> None:
    assert minutes_left(header(25), None) == 25
    assert minutes_left(header(25), LessonState(0.5, 0, 0, 0)) == 12
    assert minutes_left(header(20), LessonState(1.0, 3, 3, 6)) == 5
    assert minutes_left(header(20), LessonState(1.0, 6, 6, 6)) == 1
    assert minutes_left(header(0), LessonState(0.5, 0, 0, 0)) == 0
