"""The curve builder of lesson 5: bends by key, then gradient descent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.test_lab import Size, lab, opened
from tutor.foundation.text import cell_width

TEXT = (Path(__file__).resolve().parents[2] / "lessons" / "labs" / "curve-builder.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [(60, 20), (80, 24), (140, 40)])
@pytest.mark.parametrize("ascii", [False, True])
async def test_the_chosen_bend_is_marked_and_told_at_any_size(
    tmp_path: Path, size: Size, language: str, ascii: bool
) -> None:
    async with lab(tmp_path, TEXT, size, language=language, ascii=ascii) as bench:
        await opened(bench)
        await bench.press("b", "tab", "up")
        rows = await bench.look()
        assert max(cell_width(row) for row in rows) <= size[0]
        assert sum(row.count("@" if ascii else "◆") for row in rows[2:-5]) in {1, 2}
        words = "\n".join(rows)
        assert ("Unit 2 of 5" if language == "en" else "第 2 段") in words


async def test_bends_are_placed_and_gradient_descent_takes_over(tmp_path: Path) -> None:
    async with lab(tmp_path, TEXT) as bench:
        await opened(bench)
        await bench.press("b")
        builder = bench.screen.session.builder
        assert builder is not None
        before = builder.unit
        await bench.press("right", "up", "full_stop", "plus", "pageup")
        assert builder.units[0] != before
        assert len(builder.units) == 6
        assert not bench.runs.specs
        await bench.press("space")
        spec = bench.runs.specs[-1]
        assert spec.model.hidden == (6,)
        assert len(spec.model.pieces) == 19
        assert not spec.model.placed
        assert bench.screen.session.builder is None
        assert "▶" in (await bench.look())[0]


async def test_undo_brings_the_drawing_back_in_one_step(tmp_path: Path) -> None:
    async with lab(tmp_path, TEXT) as bench:
        await opened(bench)
        session = bench.screen.session
        before = session.spec
        await bench.press("b", "right", "up", "plus", "up", "space")
        placed = session.spec.model.pieces
        assert session.spec.optimizer.name != "none"
        bench.run.train([0.5, 0.25])
        await bench.press("u")
        assert "The curve is back as it was" in await bench.text()
        builder = bench.screen.session.builder
        assert builder is not None
        assert len(builder.units) == 6
        assert session.spec == before
        assert [each["do"] for each in bench.run.asked()][-1] == "stop"
        bench.run.finish("stop")
        await bench.press("space")
        assert bench.runs.specs[-1].model.pieces == placed
        await bench.press("u", "escape", "U")
        assert "The next run starts from the curve" in await bench.text()
        assert session.spec.model.pieces == placed


async def test_a_move_of_a_bend_is_taken_back_and_made_again(tmp_path: Path) -> None:
    async with lab(tmp_path, TEXT) as bench:
        await opened(bench)
        await bench.press("b")
        builder = bench.screen.session.builder
        assert builder is not None
        assert not builder.can_undo
        first = builder.frame()
        await bench.press("right", "plus", "pagedown")
        moved = builder.frame()
        await bench.press("u", "u", "u", "u")
        assert builder.frame() == first
        await bench.press("U", "U", "U")
        assert builder.frame() == moved
        assert bench.screen.session.builder is builder


async def test_bends_that_were_left_are_there_again(tmp_path: Path) -> None:
    async with lab(tmp_path, TEXT) as bench:
        await opened(bench)
        await bench.press("b", "right", "plus", "escape", "b")
        assert bench.screen.session.builder is not None
        assert len(bench.screen.session.builder.units) == 6
        await bench.press("escape", "space")
        bench.run.finish("stop")
        await bench.look()
        await bench.press("b")
        assert bench.screen.session.builder is not None
        assert len(bench.screen.session.builder.units) == 5, "a run has moved them"


async def test_escape_leaves_the_bends_and_not_the_lab(tmp_path: Path) -> None:
    async with lab(tmp_path, TEXT) as bench:
        await opened(bench)
        await bench.press("b", "x", "r", "R", "p", "u", "escape")
        assert bench.screen.session.builder is None
        assert bench.pilot.app.screen is bench.screen
        assert not bench.runs.specs


async def test_other_labs_have_no_bends(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("b")
        assert bench.screen.session.builder is None
