from __future__ import annotations

import pytest

from tests.study.samples import COMPARE, MEASURE, PREDICT, SINGLE
from tutor.foundation.translate import use_language
from tutor.study.predictions import Figure, deciding_figures, facts_of_runs, shown_fact


def test_the_only_runs_facts_stand_as_they_are() -> None:
    assert facts_of_runs(PREDICT.labs, [{"diverged": True}]) == {"diverged": True}


def test_two_runs_facts_are_told_apart_by_name() -> None:
    facts = facts_of_runs(COMPARE.labs, [{"final.valid_loss": 1.0}, {"final.valid_loss": 0.5}])
    assert facts == {"a.final.valid_loss": 1.0, "b.final.valid_loss": 0.5}


def test_the_figures_that_decide_are_those_that_the_conditions_name() -> None:
    facts = {"diverged": True, "final.train_loss": float("inf"), "updates": 12}
    assert deciding_figures(PREDICT, facts) == (
        Figure("diverged", "yes"),
        Figure("training loss at the end", "not a finite number"),
    )
    assert deciding_figures(MEASURE, {"final.w": -1.0702, "diverged": False}) == (Figure("w at the end", "−1.07"),)
    assert deciding_figures(SINGLE, facts) == ()


def test_figures_of_two_runs_name_the_run_in_both_languages() -> None:
    facts = {"a.final.valid_loss": 0.51234, "b.final.valid_loss": 2e9}
    assert deciding_figures(COMPARE, facts) == (
        Figure("run a, validation loss at the end", "0.5123"),
        Figure("run b, validation loss at the end", "2.00e+09"),
    )
    use_language("zh")
    assert deciding_figures(COMPARE, facts)[0] == Figure("训练 a，最终验证损失", "0.5123")


def test_a_fact_that_the_run_does_not_tell_is_left_out() -> None:
    assert deciding_figures(PREDICT, {"diverged": False}) == (Figure("diverged", "no"),)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(200, "200"), (200.0, "200"), (-3, "−3"), (0.0, "0"), (0.48031, "0.4803"), (1e-9, "1.00e−09"), (12.0, "12"),
     (-0.28, "−0.28"), (1e12, "1.00e+12"), (float("nan"), "not a finite number"), ("stopped", "stopped")],
)  # fmt: skip
def test_facts_are_shown_as_people_write_them(value: float | str, shown: str) -> None:
    assert shown_fact(value) == shown
