"""Looking again and again: at its own pace, until it is over, and never in silence."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App

from tutor.tui.poll_timer import PollTimer


class Bare(App[None]):
    """An app with nothing in it."""


async def test_it_looks_again_after_as_long_as_the_look_said() -> None:
    async with Bare().run_test() as pilot:
        seen: list[int] = []
        over = asyncio.Event()

        def look() -> float:
            seen.append(len(seen))
            if len(seen) == 3:
                over.set()
                return 3600.0
            return 0.0

        poll_timer = PollTimer(pilot.app, look)
        poll_timer.start()
        await asyncio.wait_for(over.wait(), 20)
        for _ in range(5):
            await asyncio.sleep(0)
        assert seen == [0, 1, 2]
        poll_timer.stop()


async def test_it_is_over_once_a_look_says_so() -> None:
    async with Bare().run_test() as pilot:
        seen: list[int] = []

        def look() -> float | None:
            seen.append(len(seen))
            return 0.0 if len(seen) < 2 else None

        PollTimer(pilot.app, look).start()
        for _ in range(50):
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)
        assert seen == [0, 1]


async def test_it_is_over_when_stopped_and_a_new_start_forgets_the_old_one() -> None:
    async with Bare().run_test() as pilot:
        seen: list[str] = []
        over = asyncio.Event()

        def look() -> float:
            seen.append("look")
            over.set()
            return 3600.0

        poll_timer = PollTimer(pilot.app, look)
        poll_timer.start()
        poll_timer.stop()
        poll_timer.stop()
        await asyncio.sleep(0)
        assert seen == []
        poll_timer.start(3600.0)
        poll_timer.start()
        await asyncio.wait_for(over.wait(), 20)
        assert seen == ["look"]
        poll_timer.stop()


async def test_what_goes_wrong_is_raised_where_textual_tells_of_it() -> None:
    def look() -> float:
        raise ZeroDivisionError("looked")

    async def run() -> None:
        async with Bare().run_test() as pilot:
            PollTimer(pilot.app, look).start()
            for _ in range(20):
                await pilot.pause()

    with pytest.raises(ZeroDivisionError, match="looked"):
        await run()
