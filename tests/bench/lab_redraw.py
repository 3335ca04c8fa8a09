"""The lab while it trains flat out: CPU of one chart update in the running app, and the longest pause of its loop.

Aims: at most 6 ms of CPU per update (an empty Static of the same size costs about 2.7 ms), and no pause over 30 ms.
Each update is measured twice: followed by the pilot's pause, which sends a message to every widget, so that a lab
seems dearer than an app of one Static by that alone; and as the app does it by itself, less what it does when idle.
"""

from __future__ import annotations

import asyncio
import math
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from textual.app import App, ComposeResult
from textual.widgets import Static

from tests.tui.lab_fakes import FakeRuns
from tests.tui.screen_rows import lab_opened, make_workspace, running
from tutor.tui.routes import Lab
from tutor.tui.screens.lab import screen_for

_UPDATES = 60
_SECONDS = 8.0
_GAP = 0.05
"""Seconds in which an update is painted for sure."""

FAKE = """
id = "bench"
[data]
name = "views"
[train]
epochs = 10000000
[show]
panels = ["loss"]
"""
REAL = """
id = "bench-real"
[data]
name = "moons"
rows = 500
[model]
name = "mlp"
hidden = [16, 16]
[loss]
name = "cross-entropy"
[optimizer]
name = "adam"
[train]
epochs = 1000000
batch_size = 32
[show]
panels = ["loss", "boundary", "confusion"]
[controls]
learning_rate = [1e-5, 10.0]
"""


class _Plain(App[None]):
    """An app with one empty Static, to compare with."""

    def compose(self) -> ComposeResult:
        """The Static."""
        yield Static("")


async def by_itself(update: Callable[[], object], prepare: Callable[[], object] = int) -> float:
    """CPU seconds of one update until it is painted, less those of an idle app in the same time, median."""
    idle, busy = [], []
    for _ in range(_UPDATES):
        begin = time.process_time()
        await asyncio.sleep(_GAP)
        idle.append(time.process_time() - begin)
        prepare()
        begin = time.process_time()
        update()
        await asyncio.sleep(_GAP)
        busy.append(time.process_time() - begin)
    return statistics.median(busy) - statistics.median(idle)


async def static_update() -> tuple[float, float]:
    """CPU seconds of one update of a Static, median: with the pilot's pause, and by itself."""
    app = _Plain()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        static = app.query_one(Static)
        times = []
        for number in range(_UPDATES):
            begin = time.process_time()
            static.update(str(number))
            await pilot.pause()
            times.append(time.process_time() - begin)
        return statistics.median(times), await by_itself(lambda: static.update(str(time.process_time())))


async def chart_update(epochs: int) -> tuple[float, float]:
    """CPU seconds of one update of the lab's chart after ``epochs`` epochs, median: with the pilot's pause, and not."""
    folder = Path(tempfile.mkdtemp())
    path = folder / "bench.toml"
    path.write_text(FAKE, encoding="utf-8")
    workspace = make_workspace(folder / "home")
    runs = FakeRuns(folder / "runs")
    workspace.__dict__["runs"] = runs
    async with running(workspace, first=lambda: screen_for(Lab(str(path)))) as pilot:
        screen = await lab_opened(pilot)
        await pilot.press("space")
        losses = [0.3 + math.exp(-6 * epoch / epochs) + 0.01 * math.sin(epoch * 12.9898) for epoch in range(epochs)]
        runs.last.train(losses, losses)
        screen.tick()
        await pilot.pause()
        times = []
        for number in range(_UPDATES):
            losses = [0.3 + 0.02 * math.sin(number)] * max(1, epochs // 500)
            runs.last.train(losses, losses)
            begin = time.process_time()
            screen.tick()
            await pilot.pause()
            times.append(time.process_time() - begin)

        def more() -> None:
            losses = [0.3 + 0.02 * math.sin(time.process_time())] * max(1, epochs // 500)
            runs.last.train(losses, losses)

        return statistics.median(times), await by_itself(screen.tick, more)


async def longest_pause() -> tuple[list[float], int]:
    """Pauses of the event loop in milliseconds, longest first, while a real worker trains flat out; epochs done."""
    folder = Path(tempfile.mkdtemp())
    path = folder / "bench-real.toml"
    path.write_text(REAL, encoding="utf-8")
    async with running(make_workspace(folder / "home"), first=lambda: screen_for(Lab(str(path)))) as pilot:
        session = (await lab_opened(pilot)).session
        await pilot.press("space")
        while len(session.train) < 10:
            await pilot.pause(0.02)
        pauses = []
        end = time.perf_counter() + _SECONDS
        while time.perf_counter() < end:
            begin = time.perf_counter()
            await asyncio.sleep(0.001)
            pauses.append((time.perf_counter() - begin - 0.001) * 1000)
        session.stop()
        return sorted(pauses, reverse=True), len(session.train)


async def main() -> None:
    """Measure and print."""
    static, alone = await static_update()
    print(f"an empty Static: {static * 1000:.2f} ms CPU an update, {alone * 1000:.2f} by itself")
    for epochs in (100, 10_000, 1_000_000):
        chart, itself = await chart_update(epochs)
        print(
            f"lab chart, {epochs:>9,} epochs: {chart * 1000:5.2f} ms CPU an update, {chart / static:.1f}x a Static; "
            f"{itself * 1000:5.2f} by itself, {itself / alone:.1f}x"
        )
    pauses, epochs = await longest_pause()
    shown = ", ".join(f"{pause:.1f}" for pause in pauses[:5])
    print(f"longest pauses in {_SECONDS:.0f} s of training flat out ({epochs:,} epochs): {shown} ms")


if __name__ == "__main__":
    asyncio.run(main())
