"""A finished run, seen again in the lab."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.runs.test_replay import a_log, written
from tests.tui.test_lab import Bench, Size, lab
from tutor.charts.cells import plain_row
from tutor.foundation.text import cell_width
from tutor.runs.events import Event, View
from tutor.runs.replay import Replay
from tutor.tui.widgets.rows import RowsView


async def replayed(bench: Bench, epochs: int = 40, events: list[Event] | None = None) -> None:
    """Play a run to its end, and see it again, held before the first epoch."""
    await bench.press("space")
    events = events or a_log([1.0 / epoch for epoch in range(1, epochs + 1)])
    written(bench.run.folder, events)
    bench.run.write(*events[1:])
    await bench.look()
    await bench.press("w")
    for _ in range(500):
        if bench.screen.session.replay is not None:
            break
        await bench.pilot.pause(0.01)
    await bench.press("space", "home")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [(60, 20), (80, 24), (140, 40)])
@pytest.mark.parametrize("ascii", [False, True])
async def test_the_bar_tells_where_the_replay_is(tmp_path: Path, size: Size, language: str, ascii: bool) -> None:
    async with lab(tmp_path, size=size, language=language, ascii=ascii) as bench:
        await replayed(bench)
        rows = await bench.look()
        assert max(cell_width(row) for row in rows) <= size[0]
        assert any("  0 / 40" in row for row in rows)
        await bench.press("end")
        rows = await bench.look()
        assert any(" 40 / 40" in row for row in rows)
        assert len(rows) == size[1]


async def test_scrubbing_shows_figures_curve_and_pictures_of_that_epoch(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await replayed(bench)
        assert "◆ replay" in (await bench.look())[0]
        await bench.press(*["right"] * 10)
        text = await bench.text()
        assert "10 / 40" in text
        assert "train 0.100" in " ".join(text.split())
        before = [row[:52] for row in text.splitlines()[2:12]]
        await bench.press("left")
        text = await bench.text()
        assert "train 0.111" in " ".join(text.split())
        assert [row[:52] for row in text.splitlines()[2:12]] != before
        session = bench.screen.session
        view = session.view("fit")
        assert view is not None
        assert view.frame["y"] == [0.0, 9.0]


async def test_the_bar_says_which_epoch_the_pictures_are_of(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        losses: list[float | None] = [1.0 / epoch for epoch in range(1, 41)]
        sparse = [event for event in a_log(losses) if not isinstance(event, View) or event.epoch % 7 == 0]
        await replayed(bench, events=sparse)
        replay = bench.screen.session.replay
        assert replay is not None
        for position, drawn in ((40, 35), (35, 35), (34, 28)):
            replay.player.to(position)
            bench.screen.show_all()
            row = next(row for row in await bench.look() if " / 40" in row)
            assert f"{position} / 40  frames: {drawn}" in row


async def test_a_replay_plays_by_itself_and_changes_nothing_of_the_run(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await replayed(bench)
        await bench.press("space")
        session = bench.screen.session
        assert session.replay is not None
        for _ in range(5):
            bench.screen.tick()
        assert session.replay.player.position > 0
        asked = bench.run.asked()
        await bench.press("x", "r", "R", "p", "u", "s", "tab", "full_stop", "space")
        assert bench.run.asked() == asked
        assert len(bench.runs.specs) == 1
        assert session.replay.player.speed == 2.0
        await bench.press("escape")
        assert bench.pilot.app.screen is bench.screen
        assert "✓ finished" in (await bench.look())[0]
        assert "40 / 200" in await bench.text()


@pytest.mark.parametrize("key", ["space", "enter"])
async def test_a_log_that_is_read_late_interrupts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    may_read, read = threading.Event(), Replay.__init__

    def read_late(replay: Replay, folder: Path) -> None:
        may_read.wait(30)
        read(replay, folder)

    async with lab(tmp_path) as bench:
        await bench.press("space")
        events = a_log([1.0, 0.5])
        written(bench.run.folder, events)
        bench.run.write(*events[1:])
        await bench.look()
        monkeypatch.setattr(Replay, "__init__", read_late)
        await bench.press("w", key)  # a new run, or a value to type
        may_read.set()
        await bench.pilot.app.workers.wait_for_complete()
        await bench.pilot.pause()
        assert bench.screen.session.replay is None
        assert len(bench.runs.specs) == (2 if key == "space" else 1)


async def test_a_click_on_the_bar_goes_there(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await replayed(bench)
        row = next(row for row in await bench.look() if " / 40" in row)
        await bench.pilot.click("#bar", offset=((row.index("●") + row.rindex("─")) // 2, 0))
        session = bench.screen.session
        assert session.replay is not None
        assert abs(session.replay.player.position - 20) <= 1


async def test_a_run_that_goes_on_has_no_replay(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        bench.run.train([1.0])
        await bench.press("w")
        await bench.pilot.app.workers.wait_for_complete()
        assert bench.screen.session.replay is None


async def test_a_figure_that_a_replay_has_not_got_to_is_a_dash(tmp_path: Path) -> None:
    async with lab(tmp_path, size=(140, 40)) as bench:
        await bench.press("space")
        bench.run.train([0.5, 0.4], [0.5, 0.4])
        bench.run.finish()
        await bench.look()
        await bench.press("p")
        await replayed(bench)
        await bench.press("c", "home")
        await bench.look()
        table = bench.screen.query_one("#table", RowsView)
        kept, seen_again = (plain_row(table.row(y)).split() for y in (2, 3))
        assert "0.4000" in kept
        assert seen_again[-1] == "–"
        assert "nan" not in seen_again
