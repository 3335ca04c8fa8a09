"""Runs pinned in a lab are there again when it is opened next time."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot

from tests.tui.lab_fakes import LAB
from tests.tui.screen_rows import lab_opened, make_workspace, rows_of, running, text_of
from tutor.foundation.text import cell_width
from tutor.labs.lab_files import load_lab
from tutor.runs.events import DataFacts, Epochs, Finished, Started
from tutor.runs.registry import Runs
from tutor.runs.session.pins import MAX_PINNED
from tutor.tui import router
from tutor.tui.routes import Lab
from tutor.tui.screens.lab.screen import LabScreen
from tutor.tui.screens.runs import RunsScreen
from tutor.workspace import Workspace


def lab_file(tmp_path: Path) -> Path:
    path = tmp_path / "one-lag.toml"
    path.write_text(LAB, encoding="utf-8")
    return path


def a_run(runs: Runs, path: Path, hour: int, rate: float, to: float) -> str:
    """A finished run of the lab at ``path`` on the disk, with a loss that falls to ``to``."""
    spec = load_lab(str(path), path.parent, {"optimizer.learning_rate": rate})
    folder = runs.folder / f"20260101-{hour}0000-aa{hour}"
    folder.mkdir(parents=True)
    losses: list[float | None] = [to + 1 / epoch**2 for epoch in range(1, 51)]
    data = DataFacts(name="views", task="regression", train_rows=100, valid_rows=30)
    events = [
        Started(run=folder.name, at="2026-01-01T00:00:00Z", spec=spec, data=data),
        Epochs(first=1, train=losses, valid=losses, updates=200, seconds=1.0, learning_rate=rate),
        Finished(reason="epochs", epoch=50, updates=200, seconds=1.0),
    ]
    (folder / "events.jsonl").write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in events))
    return folder.name


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        await pilot.pause(0.01)
    raise AssertionError(text_of(pilot))


async def opened(pilot: Pilot[int]) -> LabScreen:
    screen = await lab_opened(pilot)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    return screen


def marks(workspace: Workspace) -> dict[str, str]:
    found = workspace.runs.folder.glob("*/beside")
    return {mark.parent.name[-4:]: mark.read_text().strip() for mark in found}


async def test_pins_come_back_after_a_restart_and_go_when_they_are_let_go(tmp_path: Path) -> None:
    path, workspace = lab_file(tmp_path), make_workspace(tmp_path / "home")
    first = a_run(workspace.runs, path, 10, 0.1, to=0.25)
    second = a_run(workspace.runs, path, 11, 0.5, to=0.5)
    workspace.runs.keep_compared(second, 2)
    workspace.runs.keep_compared(first, 1)
    again = make_workspace(tmp_path / "home")  # another start of the program
    async with running(again, first=lambda: router.screen_for(Lab(str(path)))) as pilot:
        screen = await opened(pilot)
        kept = [(each.number, each.run_id) for each in screen.session.pinned]
        assert kept == [(2, second), (1, first)]  # in the order in which they were kept
        assert "╌1 η 0.1" in text_of(pilot)
        await pilot.press("P")
        await pilot.pause()
        assert not marks(again)
        assert "╌1 η 0.1" not in text_of(pilot)


async def open_from_the_list(pilot: Pilot[int], short_id: str) -> None:
    await until(pilot, lambda: short_id in text_of(pilot))
    await pilot.press("enter")
    await opened(pilot)


async def test_a_pin_is_written_down_at_once_and_taken_back_too(tmp_path: Path) -> None:
    path, workspace = lab_file(tmp_path), make_workspace(tmp_path / "home")
    a_run(workspace.runs, path, 10, 0.1, to=0.25)
    async with running(workspace, first=RunsScreen) as pilot:
        await open_from_the_list(pilot, "aa10")
        await pilot.press("p")
        assert marks(workspace) == {"aa10": "1"}
        assert workspace.runs.entry("aa10").pinned
        await pilot.press("p")
        assert marks(workspace) == {}


async def test_the_fifth_pin_takes_the_place_of_the_first_and_that_is_said(tmp_path: Path) -> None:
    path, workspace = lab_file(tmp_path), make_workspace(tmp_path / "home")
    for hour in range(10, 10 + MAX_PINNED):
        workspace.runs.keep_compared(a_run(workspace.runs, path, hour, hour / 100, to=0.25), hour - 9)
    fifth = a_run(workspace.runs, path, 20, 0.5, to=0.5)
    async with running(workspace, first=RunsScreen) as pilot:
        await open_from_the_list(pilot, "aa20")
        await pilot.press("p")
        await pilot.pause()
        assert "in place of the run that was pinned first" in text_of(pilot)
        assert marks(workspace) == {"aa11": "2", "aa12": "3", "aa13": "4", fifth[-4:]: "1"}


async def test_a_pin_whose_run_is_deleted_goes_from_the_lab(tmp_path: Path) -> None:
    path, workspace = lab_file(tmp_path), make_workspace(tmp_path / "home")
    run = a_run(workspace.runs, path, 10, 0.1, to=0.25)
    workspace.runs.keep_compared(run, 1)
    async with running(workspace, first=lambda: router.screen_for(Lab(str(path)))) as pilot:
        screen = await opened(pilot)
        assert screen.session.pinned
        pilot.app.push_screen(RunsScreen())
        await pilot.pause()
        shutil.rmtree(workspace.runs.folder_of(run))
        await pilot.press("escape")
        await pilot.pause()
        assert not screen.session.pinned


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_four_pins_of_before_fit_a_terminal_of_80_by_24(tmp_path: Path, language: str) -> None:
    path, workspace = lab_file(tmp_path), make_workspace(tmp_path / "home", language=language)
    for hour in range(10, 10 + MAX_PINNED):
        workspace.runs.keep_compared(a_run(workspace.runs, path, hour, hour / 100, to=hour / 40), hour - 9)
    async with running(workspace, first=lambda: router.screen_for(Lab(str(path)))) as pilot:
        screen = await opened(pilot)
        await pilot.press("c")
        await pilot.pause()
        screen.notice("Pinned: a run")  # lies over the rule, and hides no row of the table
        await pilot.pause()
        rows = rows_of(pilot)
        assert "Pinned: a run" in rows[22]
        assert len(rows) == 24
        assert max(map(cell_width, rows)) <= 80
        assert all(any(row.startswith(f" ╌╌{number} ") for row in rows) for number in range(1, 5))
