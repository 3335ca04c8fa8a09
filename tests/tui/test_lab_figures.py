"""Figures beside a moving chart: a few times a second, at once where it matters, and the last ones always."""

from __future__ import annotations

import pytest

from tutor.tui.screens.lab.view import SteadyFigures


def test_figures_are_told_five_times_a_second_at_most_and_the_last_ones_always() -> None:
    now = 100.0
    figures = SteadyFigures(lambda: now)
    shown = []
    for epoch in range(100):  # ten epochs a second, looked at thirty times a second
        for _ in range(3):
            now += 1 / 30
            if figures.overdue and figures.take("running", epoch):
                shown.append(now)
        if figures.take("running", epoch):
            shown.append(now)
    assert 45 <= len(shown) <= 53
    assert figures.waiting or figures.epoch == 99
    now += 0.2
    assert not figures.waiting or (figures.overdue and figures.take("running", 99))
    assert figures.epoch == 99
    assert not figures.overdue


def test_another_state_and_whatever_the_learner_did_are_told_at_once() -> None:
    figures = SteadyFigures(lambda: 100.0)
    assert figures.take("running", 1)
    assert not figures.take("running", 2)
    assert figures.waiting
    assert figures.epoch == 1
    assert figures.take("paused", 2)
    assert not figures.take("paused", 3)
    figures.hurry()
    assert figures.take("paused", 3)
    assert not figures.waiting


@pytest.mark.parametrize("late", [0.0, 0.05, 0.12, 0.18])
def test_five_epochs_a_second_are_told_as_they_come_however_late_the_first_was(late: float) -> None:
    now = 0.0
    figures = SteadyFigures(lambda: now)
    lags = []
    next_look = late
    for epoch in range(60):
        written = now = 0.2 * epoch
        now = max(now, next_look)
        while not figures.take("running", epoch):
            now += 1 / 30
        lags.append(now - written)
        next_look = now + 0.1
    assert max(lags[4:]) < 0.05
