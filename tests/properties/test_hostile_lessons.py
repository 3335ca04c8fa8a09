"""A few of the hostile lessons of ``tests/bench/hostile_lessons.py``, which tries hundreds of them."""

from __future__ import annotations

from tests.bench.hostile_lessons import campaign, crafted, damaged_lessons


def test_damaged_lessons_neither_fail_nor_give_answers_away() -> None:
    found = campaign(damaged_lessons(8, seed=3))
    assert found == {"lessons": 8}


def test_made_up_traps_neither_fail_nor_get_out() -> None:
    traps = [case for case in crafted() if case.name.split()[0] in {"yaml", "fence", "quotes", "braces"}]
    assert campaign(traps) == {"lessons": len(traps)}
