"""A key that is held goes further with each press; a single press goes one step."""

from __future__ import annotations

from tutor.tui.held_key import HeldKey


def test_steps_grow_while_a_key_is_held_and_begin_again_after_a_pause() -> None:
    now = 0.0
    held = HeldKey(lambda: now)
    steps = []
    for _ in range(30):
        steps.append(held.steps("w 1"))
        now += 0.03
    assert steps == sorted(steps)
    assert steps[:8] == [1] * 8
    assert steps[-1] > 2
    assert held.steps("w -1") == 1, "the other way is another key"
    for _ in range(20):
        held.steps("w -1")
    now += 0.5
    assert held.steps("w -1") == 1, "nobody held it meanwhile"
    for _ in range(40):
        now += 0.2
        assert held.steps("w -1") == 1, "tapping goes step by step"
