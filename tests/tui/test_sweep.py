"""The screen of a sweep, over results that the tests write."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot

from tests.runs.test_replay import a_log, written
from tests.tui.lab_fakes import LAB
from tests.tui.screen_rows import app_of, lab_opened, make_workspace, rows_of, running, text_of
from tutor.foundation.text import cell_width
from tutor.labs.lab_files import read_lab, write_config
from tutor.runs.log import LogWriter
from tutor.runs.sweep.plan import SweepPlan
from tutor.runs.sweep.results import PLAN_FILE, RESULTS_FILE, RUNS_FOLDER, Begun, CellResult, SweepEvent
from tutor.tui.screens.sweep import SweepScreen

SPEC = read_lab(LAB, Path("one-lag.toml"))
Size = tuple[int, int]


class FakeSweeps:
    """Sweeps whose results are in the test's hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.plans: list[SweepPlan] = []

    def start(self, plan: SweepPlan, *, data_folder: Path) -> Path:
        """A folder with a plan and no worker."""
        self.plans.append(plan)
        folder = self.folder / plan.identity()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PLAN_FILE).write_bytes(msgspec.json.encode(plan))
        return folder

    def write(self, *events: Begun | CellResult) -> None:
        """Let the results grow."""
        log: LogWriter[SweepEvent] = LogWriter(self.folder / self.plans[-1].identity() / RESULTS_FILE)
        for event in events:
            log.write(event)
        log.close()


class Bench:
    """A sweep on the screen."""

    def __init__(self, pilot: Pilot[int], sweeps: FakeSweeps, screen: SweepScreen) -> None:
        self.pilot, self.sweeps, self.screen = pilot, sweeps, screen

    async def press(self, *keys: str) -> list[str]:
        """Press keys, and wait for what they do."""
        for key in keys:
            await self.pilot.press(key)
        await self.pilot.app.workers.wait_for_complete()
        return await self.look()

    async def look(self) -> list[str]:
        """What the screen shows once it has read the results."""
        self.screen.poll()
        await self.pilot.pause()
        await self.pilot.pause()
        return rows_of(self.pilot)


@asynccontextmanager
async def sweep(tmp_path: Path, size: Size = (80, 24), **settings: object) -> AsyncIterator[Bench]:
    """The sweep of the sample lab."""
    workspace = make_workspace(tmp_path / "home", **settings)  # type: ignore[arg-type]
    sweeps = FakeSweeps(tmp_path / "sweeps")
    workspace.__dict__["sweeps"] = sweeps
    screen = SweepScreen(SPEC)
    async with running(workspace, first=lambda: screen, size=size) as pilot:
        yield Bench(pilot, sweeps, screen)


def done(cell: int, loss: float | None, state: str = "finished") -> CellResult:
    return CellResult(
        cell=cell, run=f"run-{cell}", state=state, train_loss=loss, valid_loss=loss, epochs=200, updates=800  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [(44, 14), (80, 24), (140, 40)])
@pytest.mark.parametrize("ascii", [False, True])
async def test_the_map_fits_any_window_with_the_cell_under_the_cursor_in_it(
    tmp_path: Path, language: str, size: Size, ascii: bool
) -> None:
    async with sweep(tmp_path, size, language=language, ascii=ascii) as bench:
        rows = await bench.look()
        assert max(cell_width(row) for row in rows) <= size[0]
        await bench.press("enter")
        bench.sweeps.write(*(done(cell, 0.5 + cell / 100) for cell in range(28)))
        rows = await bench.press(*["right"] * 3, *["down"] * 6)
        assert max(cell_width(row) for row in rows) <= size[0]
        assert bench.screen.cell == 27
        assert any("0.7700" in row for row in rows)
        if ascii and language == "en":
            assert "\n".join(rows).isascii()


async def test_values_are_chosen_and_the_map_fills_in(tmp_path: Path) -> None:
    async with sweep(tmp_path) as bench:
        text = "\n".join(await bench.look())
        assert "▸ ☑ learning rate" in text
        assert "7 × 4 = 28 runs" in text
        text = "\n".join(await bench.press("up", "space"))
        assert "7 × 4 × 5 = 140 runs" in text
        text = "\n".join(await bench.press("down", "space"))
        assert "4 × 5 = 20 runs" in text
        rows = await bench.press("enter")
        assert "0 of 20 runs" in rows[0]
        assert [axis.key for axis in bench.sweeps.plans[0].axes] == ["data.lags", "train.seed"]
        bench.sweeps.write(Begun(cell=0, run="run-0"), done(1, 0.45), done(2, 0.4), done(3, None, "diverged"))
        rows = await bench.look()
        text = "\n".join(rows)
        assert "3 of 20 runs" in rows[0]
        assert "0.4000★" in text
        assert "▲ " in text
        text = "\n".join(await bench.press("right"))
        assert "look-back 1, seed 2" in text
        assert "validation loss 0.4500" in text
        assert "☑" not in text
        await bench.press("v")
        assert "4 × 5 = 20 runs" in text_of(bench.pilot)


async def test_enter_and_click_open_the_run_of_a_cell(tmp_path: Path) -> None:
    async with sweep(tmp_path) as bench:
        await bench.press("enter")
        text = "\n".join(await bench.press("enter"))
        assert "The run of this cell has not begun yet." in text
        plan = bench.sweeps.plans[-1]
        folder = bench.sweeps.folder / plan.identity() / RUNS_FOLDER / "run-0"
        folder.mkdir(parents=True)
        write_config(folder, plan.spec_of(0))
        written(folder, a_log([1.0, 0.5, 0.25]))
        bench.sweeps.write(done(0, 0.25))
        rows = await bench.look()
        at = next(y for y, row in enumerate(rows) if "0.2500" in row)
        for opening in ("enter", "click"):
            if opening == "enter":
                await bench.press("enter")
            else:
                await bench.pilot.click("#sweep", offset=(rows[at].index("0.2500"), at - 2))
            await lab_opened(bench.pilot)
            assert "0.25" in text_of(bench.pilot)
            assert "finished" in rows_of(bench.pilot)[0]
            await bench.press("escape")
            assert app_of(bench.pilot).screen is bench.screen


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [(44, 14), (80, 24), (140, 40)])
async def test_a_third_kind_of_values_turns_pages(tmp_path: Path, language: str, size: Size) -> None:
    async with sweep(tmp_path, size, language=language) as bench:
        await bench.press("up", "space", "enter")
        plan = bench.sweeps.plans[-1]
        assert plan.shape == (7, 4, 5)
        bench.sweeps.write(done(1, 0.75), done(21, 0.5), done(139, 0.25))
        rows = await bench.look()
        assert max(cell_width(row) for row in rows) <= size[0]
        words = {"en": ("learning rate 1e-05", "page 1 of 7"), "zh": ("学习率 1e-05", "第 1 页，共 7 页")}[language]
        assert all(word in rows[3] for word in words)
        assert "0.7500" in "\n".join(rows)
        assert "0.5000" not in "\n".join(rows)
        rows = await bench.press("right", "tab")
        assert bench.screen.cell == 21  # the same place on the next page
        assert "0.5000" in "\n".join(rows)
        await bench.press("shift+tab", "pageup", *["down"] * 5, *["right"] * 5)
        assert bench.screen.cell == 139
        assert "0.2500★" in "\n".join(await bench.look())


async def test_the_page_of_the_best_run_is_named_and_a_click_finds_a_cell_of_the_page(tmp_path: Path) -> None:
    async with sweep(tmp_path) as bench:
        await bench.press("up", "space", "enter")
        bench.sweeps.write(done(1, 0.75), done(21, 0.5))
        rows = await bench.look()
        assert "★ lowest: page 2" in rows[3]
        rows = await bench.press("tab")
        assert "★ lowest: page" not in rows[3]
        at = next(y for y, row in enumerate(rows) if "0.5000" in row)
        await bench.pilot.click("#sweep", offset=(rows[at].index("0.5000"), at - 2))
        assert bench.screen.cell == 21


async def test_too_many_runs_are_said_before_the_start(tmp_path: Path) -> None:
    async with sweep(tmp_path) as bench:
        bench.screen.choice.candidates[2] = replace(bench.screen.choice.candidates[2], values=tuple(range(20)))
        text = "\n".join(await bench.press("up", "space"))
        assert "7 × 4 × 20 = 560" in text
        assert "at most 400" in text
        await bench.press("enter")
        assert not bench.sweeps.plans


async def test_the_lab_leads_to_its_sweep(tmp_path: Path) -> None:
    from tests.tui.test_lab import lab

    async with lab(tmp_path) as bench:
        await bench.press("right", "G")
        screen = app_of(bench.pilot).screen
        assert isinstance(screen, SweepScreen)
        assert screen.choice.spec.optimizer.learning_rate == 0.2
        await bench.pilot.press("escape")
        assert app_of(bench.pilot).screen is bench.screen
