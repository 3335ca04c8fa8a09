"""A lab in the text of a lesson, with logs that the tests write."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot

from tests.tui.lab_fakes import LAB, FakeRuns
from tests.tui.screen_rows import lab_opened, make_workspace, rows_of, running
from tests.tui.test_lab import falling
from tutor.course.lesson import LabFence, Place
from tutor.foundation.text import cell_width
from tutor.tui.screen import TutorScreen
from tutor.tui.screens.lesson.lab_card import LabCard


class Page(TutorScreen):
    """A page with a card on it."""

    def __init__(self, card: LabCard) -> None:
        super().__init__()
        self.card = card

    def compose_body(self) -> ComposeResult:
        """The card alone."""
        yield self.card


@asynccontextmanager
async def card_on_page(
    tmp_path: Path,
    runs: FakeRuns,
    size: tuple[int, int] = (80, 24),
    language: str = "en",
    rate: float | str | None = None,
) -> AsyncIterator[tuple[Pilot[int], LabCard]]:
    """A focused card of the lab."""
    lessons = tmp_path / "lessons"
    for name in ("en", "zh", "labs", "data"):
        (lessons / name).mkdir(parents=True, exist_ok=True)
    (lessons / "labs" / "one-lag.toml").write_text(LAB, encoding="utf-8")
    workspace = make_workspace(tmp_path / "home", lessons, language=language)
    workspace.__dict__["runs"] = runs
    overrides: dict[str, object] = {} if rate is None else {"optimizer.learning_rate": rate}
    fence = LabFence("one-lag", "", overrides, Place(lessons / "en" / "x.md", 1, 1))
    card = LabCard(fence)
    async with running(workspace, first=lambda: Page(card), size=size) as pilot:
        for _ in range(400):
            if card.session is not None or card.problem:
                break
            await pilot.pause(0.01)
        card.focus()
        await pilot.pause()
        yield pilot, card


async def _rows(pilot: Pilot[int], card: LabCard) -> list[str]:
    card.poll()
    await pilot.pause()
    await pilot.pause()
    return rows_of(pilot)


async def _play(pilot: Pilot[int], runs: FakeRuns) -> None:
    wanted = len(runs.specs) + 1
    await pilot.press("space")
    for _ in range(400):
        if len(runs.specs) == wanted:
            return
        await pilot.pause(0.01)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_card_shows_title_about_and_its_two_keys(tmp_path: Path, language: str) -> None:
    async with card_on_page(tmp_path, FakeRuns(tmp_path / "runs"), language=language) as (pilot, card):
        text = "\n".join(await _rows(pilot, card))
        titles = {"en": "Lab · Looking back one day", "zh": "实验 · 只看昨天"}
        assert titles[language] in text
        assert ("Watch the line" if language == "en" else "看直线") in text
        assert "space" in text
        assert "enter" in text


async def test_space_plays_in_place_with_the_overrides_of_the_lesson(tmp_path: Path) -> None:
    runs = FakeRuns(tmp_path / "runs")
    async with card_on_page(tmp_path, runs, rate=0.5) as (pilot, card):
        await _play(pilot, runs)
        assert runs.specs[0].optimizer.learning_rate == 0.5
        runs.last.train(falling(60), falling(60, 0.45))
        text = "\n".join(await _rows(pilot, card))
        assert "▶ running" in text
        assert "0.5051" in text
        assert any("⠀" < character <= "⣿" for character in text)
        await pilot.press("space")
        await pilot.pause()
        assert runs.last.asked() == [{"do": "pause"}]
        runs.last.finish()
        text = "\n".join(await _rows(pilot, card))
        assert "✓ finished" in text
        assert "again" in text
        assert not card.watching


@pytest.mark.parametrize("ends", [False, True], ids=["going", "ended"])
async def test_enter_opens_the_lab_which_joins_the_run_of_the_card(tmp_path: Path, ends: bool) -> None:
    runs = FakeRuns(tmp_path / "runs")
    async with card_on_page(tmp_path, runs, rate=0.5) as (pilot, _):
        await _play(pilot, runs)
        runs.last.train(falling(60))
        if ends:
            runs.last.finish()
        await pilot.press("enter")
        await lab_opened(pilot)
        assert ("✓ finished" if ends else "▶ full speed") in rows_of(pilot)[0]
        assert len(runs.specs) == 1


async def test_a_card_joins_a_run_of_exactly_its_lab_only(tmp_path: Path) -> None:
    runs = FakeRuns(tmp_path / "runs")
    async with card_on_page(tmp_path, runs, rate=0.5) as (pilot, _):
        await _play(pilot, runs)
    async with card_on_page(tmp_path, runs, rate=0.5) as (pilot, card):
        assert card.session is not None
        assert card.session.run_id == "run-1"
    async with card_on_page(tmp_path, runs, rate=0.25) as (pilot, card):
        assert card.session is not None
        assert card.session.run_id == ""


async def test_a_card_one_comes_back_to_shows_the_run_that_was_begun_in_the_lab(tmp_path: Path) -> None:
    runs = FakeRuns(tmp_path / "runs")
    async with card_on_page(tmp_path, runs, rate=0.5) as (pilot, card):
        assert card.session is not None
        card.came_back()
        await pilot.app.workers.wait_for_complete()
        assert card.session.run_id == ""
        runs.start(card.session.spec)
        runs.last.train(falling(60))
        card.came_back()
        await pilot.app.workers.wait_for_complete()
        assert card.session.run_id == "run-1"
        assert "▶ running" in "\n".join(await _rows(pilot, card))
        joined = card.session
        card.came_back()
        await pilot.app.workers.wait_for_complete()
        assert card.session is joined


async def test_a_card_whose_lab_is_wrong_says_why(tmp_path: Path) -> None:
    async with card_on_page(tmp_path, FakeRuns(tmp_path / "runs"), rate="fast") as (pilot, card):
        assert "learning_rate" in "\n".join(await _rows(pilot, card))
        await pilot.press("space")
        await pilot.pause()


@pytest.mark.parametrize("size", [(44, 12), (60, 20), (140, 40)])
async def test_a_card_fits_any_window(tmp_path: Path, size: tuple[int, int]) -> None:
    runs = FakeRuns(tmp_path / "runs")
    async with card_on_page(tmp_path, runs, size=size) as (pilot, card):
        await _play(pilot, runs)
        runs.last.train(falling(60), falling(60, 0.45))
        rows = await _rows(pilot, card)
        assert max(cell_width(row) for row in rows) <= size[0]
        assert any(row.startswith("╭") and row.endswith("╮") for row in rows)
        assert any(row.startswith("╰") and row.endswith("╯") for row in rows)
