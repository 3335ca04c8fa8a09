"""The terms and sources after the end of a lesson, and its contents."""

from __future__ import annotations

from pathlib import Path

from tests.tui.lesson_samples import write_course
from tests.tui.screen_rows import rows_of, settled, text_of
from tests.tui.test_lesson import body, reading, until
from tutor.charts.cells import plain_row
from tutor.tui.screens.lesson.contents import contents_items

QUESTION = """\
## Question {name}

<!-- q: {name} -->

1. [x] Right
2. [ ] Wrong

"""
LESSON = (
    """\
---
id: folded
title: "Folded"
minutes: 5
---

## Start

A text.

"""
    + QUESTION.format(name="one")
    + QUESTION.format(name="two")
    + """\
## Summary

All of it.

## Terms

### Ball

<!-- term: ball -->

It rolls.

### Bowl

<!-- term: bowl -->

It holds the ball.

## Sources

A book about marbles.
"""
)


async def test_terms_and_sources_unfold_after_the_end_with_one_key(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "course", c03_folded={"en": LESSON})
    async with reading(tmp_path, lesson="folded", lessons=folder) as (pilot, view):
        await pilot.press(*["space"] * 4)
        await settled(pilot)
        assert "o  Terms (2), Sources ▸" in text_of(pilot)
        assert "It rolls" not in text_of(pilot)
        assert "§ 2 of 2" in rows_of(pilot)[0]
        assert view.session is not None
        assert view.session.fraction_read == 1.0, "nobody has to unfold them"
        await pilot.press("o")
        await until(pilot, lambda: "It holds the ball." in text_of(pilot))
        assert "    Terms" in body(pilot)
        await pilot.press("o")
        await until(pilot, lambda: "Sources ▸" in text_of(pilot))
        assert "It rolls" not in text_of(pilot)
        await pilot.press("slash", *"marbles", "enter")
        await until(pilot, lambda: "A book about marbles." in text_of(pilot))
    async with reading(tmp_path, lesson="folded", lessons=folder, anchor="bowl") as (pilot, _):
        assert "It holds the ball." in text_of(pilot)


async def test_questions_in_a_row_are_one_row_of_the_contents(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "course", c03_folded={"en": LESSON})
    async with reading(tmp_path, lesson="folded", lessons=folder) as (_, view):
        assert view.session is not None
        assert view.lesson is not None
        items = contents_items(view.session, 0, {})
        rows = [plain_row(item.draw(40)).rstrip() for item in items]
        assert rows[:2] == ["  ▸ Start", "    ○○ 2 questions"]
        assert view.lesson.blocks[int(items[1].key)].id == "one"  # type: ignore[union-attr]
