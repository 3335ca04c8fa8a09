"""Figures that no lab shows are recomputed; the slow ones only have to be quoted as the lessons say them."""

from __future__ import annotations

from importlib import import_module

import pytest

from tests.lessons.figures import FAST, SLOW, Quoted, faults, faults_of


@pytest.mark.parametrize("name", FAST)
def test_a_figure_is_what_the_lesson_says(name: str) -> None:
    assert faults_of(name) == []


@pytest.mark.parametrize("name", SLOW)
def test_a_slow_figure_is_quoted_where_its_script_says(name: str) -> None:
    quoted = import_module(f"tests.lessons.figures.{name}").QUOTED
    assert faults(quoted, {each.figure: each.low for each in quoted}) == []


def test_a_wrong_figure_and_a_sentence_that_is_gone_are_faults() -> None:
    said = Quoted("adaptive-lr", "0.0001 (Adam)", "adam", 0.5e-4, 1.5e-4)
    assert faults([said], {"adam": 1e-4}) == []
    assert len(faults([said], {"adam": 2e-4})) == 1
    assert len(faults([Quoted("adaptive-lr", "0.0003 (Adam)", "adam", 0, 1)], {"adam": 1e-4})) == 1
