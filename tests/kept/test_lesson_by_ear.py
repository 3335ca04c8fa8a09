"""Lesson 3 with its lab and its quiz by ear alone: what is heard is what was kept, line by line."""

from __future__ import annotations

from itertools import zip_longest

from tests.kept.make_lesson_by_ear import TRANSCRIPT, TYPED, walk


def test_a_lesson_its_lab_and_its_quiz_are_heard_as_they_were_kept() -> None:
    heard = walk(TYPED.read_text(encoding="utf-8")).splitlines()
    kept = TRANSCRIPT.read_text(encoding="utf-8").splitlines()
    for number, (now, before) in enumerate(zip_longest(heard, kept), 1):
        assert now == before, f"line {number}; `python -m tests.kept.make_lesson_by_ear` keeps what is heard now"


def test_what_is_heard_draws_nothing_and_holds_no_time() -> None:
    kept = TRANSCRIPT.read_text(encoding="utf-8")
    assert "\x1b" not in kept
    drawn = [each for each in kept if 0x2500 <= ord(each) <= 0x259F or 0x2800 <= ord(each) <= 0x28FF]
    assert not drawn, "neither rules nor charts"
    assert not [each for each in kept if each in "ηθ∂∑≤≥≈−±²³⁴₁"], "signs of formulas are words"
    assert "loss –" not in kept
