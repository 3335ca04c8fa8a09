"""The chart of the learning rate: its axis suits the range, and the plan differs from what was used."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.charts.shapes import text_of
from tutor.charts.learning_rate import learning_rate_chart

UPDATES = np.arange(1, 2001)
DECAY = 1 - (UPDATES - 1) / 2000
COSINE = (1 + np.cos(np.pi * (UPDATES - 1) / 2000)) / 2
ROOT = 1 / np.sqrt(UPDATES)
TURNED = np.where(UPDATES < 500, 1.0, 1e-3)


def rows_of(used: np.ndarray, planned: np.ndarray | None = None, upto: int = 2000) -> list[str]:
    plan = UPDATES[: len(planned)] if planned is not None else ()
    rows = learning_rate_chart(
        (UPDATES[:upto], used[:upto]), 60, 14, planned=(plan, () if planned is None else planned), ascii=True
    )
    return text_of(rows, 60, 14).splitlines()


@pytest.mark.parametrize(
    ("rates", "logarithmic"),
    [(DECAY, False), (COSINE, False), (np.ones(2000), False), (ROOT, True), (TURNED, True), (np.zeros(2000), False)],
    ids=["decay", "cosine", "constant", "inverse root", "turned down", "zero"],
)
def test_the_axis_is_logarithmic_if_the_range_is_wide(rates: np.ndarray, logarithmic: bool) -> None:
    labels = [float(row.split("+")[0]) for row in rows_of(rates)[1:-2] if "+" in row]
    assert min(labels) >= 0
    assert (0 not in labels) == logarithmic


def test_a_linear_decay_is_a_straight_line_down_to_zero() -> None:
    places = [re.split(r"[|+]", row, maxsplit=1)[1].find("*") for row in rows_of(DECAY)[2:-3]]
    assert places == sorted(places)
    steps = np.diff(places)
    assert steps.max() - steps.min() <= 2


def test_what_is_planned_goes_on_where_what_was_used_ends() -> None:
    rows = rows_of(DECAY, DECAY, upto=1000)
    body = "".join(rows[1:-2])
    left, right = ("".join(row[4:][part] for row in rows[1:-2]) for part in (slice(0, 25), slice(30, None)))
    assert "learning rate 0.5" in rows[0]
    assert {"*", "."} <= set(body)
    assert "*" in left
    assert "*" not in right
    assert "." in right


def test_before_the_first_epoch_there_is_the_plan_alone() -> None:
    rows = text_of(learning_rate_chart(((), ()), 60, 14, planned=(UPDATES, ROOT), ascii=True), 60, 14)
    assert "." in rows
    assert "*" not in "".join(rows.splitlines()[1:])
    assert "Nothing" in text_of(learning_rate_chart(((), ()), 60, 14), 60, 14)
