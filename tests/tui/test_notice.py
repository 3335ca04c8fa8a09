"""What is said for some seconds lies over the rule above the footer, and over nothing that matters."""

from __future__ import annotations

import pytest

from tests.tui.conftest import MakeWorkspace
from tests.tui.screen_rows import rows_of, running
from tutor.tui.screen import TutorScreen

ONE = "Pinned: seed 1."
TWO = "The worker did not do it: there are not so many examples in this data set. Choose a smaller batch size."


@pytest.mark.parametrize(("text", "hidden"), [(ONE, {22}), (TWO, {22, 23})])
async def test_a_notice_of_one_or_two_lines_hides_no_row_of_the_screen(
    workspace_in: MakeWorkspace, text: str, hidden: set[int]
) -> None:
    async with running(workspace_in()) as pilot:
        before = rows_of(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, TutorScreen)
        screen.notice(text)
        await pilot.pause()
        await pilot.pause()
        after = rows_of(pilot)
        assert {row for row in range(24) if before[row] != after[row]} == hidden
        assert text.split()[0] in after[22]


async def test_a_notice_finds_its_place_again_in_a_window_of_another_width(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, TutorScreen)
        screen.notice(TWO, seconds=60)
        await pilot.resize_terminal(140, 24)
        await pilot.pause()
        await pilot.pause()
        assert TWO in rows_of(pilot)[22]
        assert "help" in rows_of(pilot)[23]
