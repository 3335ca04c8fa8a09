"""Goals of labs: how much of one is met, and which attempt is the best."""

from __future__ import annotations

from itertools import pairwise

from tutor.labs.goals import Challenge, Verdict, read_goal


def test_a_goal_is_cut_at_its_ands() -> None:
    goal = read_goal("final.valid_loss < 0.5 and updates <= 400")
    assert goal is not None
    assert [part.text for part in goal.parts] == ["final.valid_loss < 0.5", "updates <= 400"]
    assert (goal.measure, goal.lower_is_better) == ("final.valid_loss", True)
    assert goal.holding({"final.valid_loss": 0.4}) == [True, None]
    assert goal.verdict({"final.valid_loss": 0.4}) is None
    assert goal.verdict({"final.valid_loss": 0.4, "updates": 500}) == Verdict(False, 1, 0.4)


def test_what_or_and_brackets_bind_stays_whole() -> None:
    for text in ("(updates > 3 and epochs > 1) or diverged", "diverged or updates > 3 and epochs > 2"):
        goal = read_goal(text)
        assert goal is not None
        assert [part.text for part in goal.parts] == [text]
    bracket = read_goal("(updates > 3 and epochs > 1)")
    assert bracket is not None
    assert len(bracket.parts) == 1
    assert read_goal("updates >") is None
    assert read_goal("abs(final.w) < 1").measure == ""  # type: ignore[union-attr]


def test_met_beats_not_met_and_then_the_measure_counts() -> None:
    goal = read_goal("final.valid_accuracy >= 0.97 and updates <= 300")
    assert goal is not None
    order = [Verdict(False, 0, 0.99), Verdict(False, 1, 0.9), Verdict(False, 1, 0.98), Verdict(True, 2, 0.971)]
    for one, other in pairwise(order):
        assert goal.is_better(other, one)
        assert not goal.is_better(one, other)
    assert goal.is_better(order[0], None)
    assert not goal.is_better(order[0], order[0])


def test_a_challenge_keeps_the_best_and_says_what_it_beat() -> None:
    challenge = Challenge("one-lag", "final.valid_loss < 0.5")
    first = challenge.judge("a", {"final.valid_loss": 0.6}, {"optimizer.learning_rate": 0.1})
    assert first is not None
    assert (first.met, first.value, first.settings) == (False, 0.6, {"optimizer.learning_rate": 0.1})
    assert challenge.judge("b", {"final.valid_loss": 0.7}, {}) is None
    second = challenge.judge("c", {"final.valid_loss": 0.4}, {})
    assert second is not None
    assert second.met
    assert challenge.beaten == first
    assert challenge.judge("c", {"final.valid_loss": 0.3}, {}) is not None
    assert challenge.beaten == first, "the same run getting better beats no other"
    assert challenge.judge("d", {"final.valid_loss": float("nan")}, {}) is None
    assert Challenge("x", "").judge("a", {"updates": 1}, {}) is None
