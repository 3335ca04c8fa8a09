"""The curve builder of lesson 5: bends by key, then gradient descent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.test_lab import Size, lab, opened
from tutor.foundation.text_width import cell_width

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
        assert ("Bend 2 of 5" if language == "en" else "第 2 段") in words


async def test_bends_are_placed_and_gradient_descent_takes_over(tmp_path: Path) -> None:
    async with lab(tmp_path, TEXT) as bench:
        await opened(bench)
        await bench.press("b")
        builder = bench.screen.building
        assert builder is not None
        before = builder.bend
        await bench.press("right", "up", "full_stop", "plus", "pageup")
        assert builder.bends[0] != before
        assert len(builder.bends) == 6
        assert not bench.runs.specs
        await bench.press("space")
        spec = bench.runs.specs[-1]
        assert spec.model.hidden == (6,)
        assert len(spec.model.pieces) == 19
        assert not spec.model.placed
        assert bench.screen.building is None
        assert "running" in (await bench.look())[0]


async def test_escape_leaves_the_bends_and_not_the_lab(tmp_path: Path) -> None:
    async with lab(tmp_path, TEXT) as bench:
        await opened(bench)
        await bench.press("b", "x", "r", "R", "p", "u", "escape")
        assert bench.screen.building is None
        assert bench.pilot.app.screen is bench.screen
        assert not bench.runs.specs


async def test_other_labs_have_no_bends(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("b")
        assert bench.screen.building is None
