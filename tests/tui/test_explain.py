"""``E`` in a lab: the next update, stage by stage."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.runs.test_replay import a_log
from tests.tui.lab_fakes import LAB, MANUAL, started
from tests.tui.screen_rows import settled, text_of
from tests.tui.test_lab import Bench, Size, lab, until
from tests.tui.test_lab_replay import replayed
from tutor.foundation.text import cell_width
from tutor.runs.events import Changed, Paused
from tutor.tui.screens.explain import ExplainScreen

LABS = Path(__file__).resolve().parents[2] / "lessons" / "labs"
ONE_STEP = (LABS / "one-step.toml").read_text(encoding="utf-8")


def screen_of(bench: Bench) -> ExplainScreen:
    screen = bench.pilot.app.screen
    assert isinstance(screen, ExplainScreen)
    return screen


async def explained(bench: Bench, *keys: str) -> str:
    """The screen once the update is explained and ``keys`` have been pressed."""
    await bench.pilot.press("E")
    await until(bench.pilot, lambda: isinstance(bench.pilot.app.screen, ExplainScreen))
    screen = screen_of(bench)
    await until(bench.pilot, lambda: bool(screen._walk.stages or screen._problem))
    await bench.pilot.press(*keys)
    await settled(bench.pilot)
    return text_of(bench.pilot)


async def test_before_the_start_the_first_update_is_explained(tmp_path: Path) -> None:
    async with lab(tmp_path, ONE_STEP) as bench:
        text = await explained(bench)
        assert " tutor › One step at a time › One update" in text
        assert "before training" in text.splitlines()[0]
        assert "The batch   stage 1 of 8" in text
        assert "W₁[1,1] = 0.2444" in text
        assert not bench.runs.specs


async def test_keys_lead_through_the_stages_and_back(tmp_path: Path) -> None:
    async with lab(tmp_path, ONE_STEP) as bench:
        await explained(bench)
        for key, shown in (
            ("right", "Forward: layer 1 of 2 (hidden)"), ("space", "Forward: layer 2 of 2 (output)"),
            ("enter", "The loss"), ("l", "Backward: layer 2 of 2"), ("left", "The loss"), ("h", "Forward: layer 2"),
            ("end", "After the update   stage 8 of 8"), ("right", "After the update"), ("home", "The batch"),
            ("left", "The batch"),
        ):  # fmt: skip
            await bench.pilot.press(key)
            await settled(bench.pilot)
            assert shown in text_of(bench.pilot).splitlines()[2], key
        await bench.pilot.press("escape")
        await settled(bench.pilot)
        assert bench.pilot.app.screen is bench.screen


async def test_tab_puts_in_the_numbers_of_the_next_example(tmp_path: Path) -> None:
    async with lab(tmp_path, ONE_STEP) as bench:
        assert "Example 1 of 4:" in await explained(bench, "right")
        for key, example in (("tab", 2), ("n", 3), ("p", 2), ("shift+tab", 1), ("p", 4)):
            await bench.pilot.press(key)
            await settled(bench.pilot)
            assert f"Example {example} of 4:" in text_of(bench.pilot), key
        assert "0.2444 · 4.722" in text_of(bench.pilot)


async def test_a_long_stage_scrolls_and_the_next_one_begins_at_its_top(tmp_path: Path) -> None:
    async with lab(tmp_path, ONE_STEP) as bench:
        text = await explained(bench, *["right"] * 5)
        assert "Backward: layer 1 of 2 (hidden)" in text
        assert "∂ℓ/∂a₁ = W₂ᵀ δ₂" in text
        assert "∂L/∂b₁[2]" not in text
        await bench.pilot.press("pagedown", "pagedown")
        await settled(bench.pilot)
        assert "∂L/∂b₁[2]   = 1/4 · (" in text_of(bench.pilot)
        await bench.pilot.press("up", "k", "j", "down", "right")
        await settled(bench.pilot)
        assert "θ ← θ − η g" in text_of(bench.pilot)


async def test_a_paused_run_is_explained_at_its_epoch_with_its_changes(tmp_path: Path) -> None:
    async with lab(tmp_path, ONE_STEP) as bench:
        await bench.press("space")
        bench.run.train([3.0, 2.0])
        bench.run.write(Changed(epoch=2, updates=2, key="optimizer.learning_rate", value=0.05), Paused(epoch=2))
        await bench.look()
        text = await explained(bench)
        assert "after epoch 2" in text.splitlines()[0]
        assert "Update 3 looks at all 4 training examples." in text
        await bench.pilot.press(*["right"] * 6)
        await settled(bench.pilot)
        assert "η = 0.05" in text_of(bench.pilot)
        assert bench.run.asked() == []


async def test_in_a_replay_the_epoch_in_view_is_explained(tmp_path: Path) -> None:
    async with lab(tmp_path, ONE_STEP) as bench:
        await replayed(bench, events=[started("x", bench.screen.session.spec), *a_log([1.0] * 5)[1:]])
        await bench.press("right", "right")
        text = await explained(bench)
        assert "after epoch 2" in text.splitlines()[0]
        assert "Update 3 looks at" in text


async def test_a_lab_by_hand_says_that_nothing_else_moves_the_parameters(tmp_path: Path) -> None:
    async with lab(tmp_path, MANUAL) as bench:
        text = await explained(bench, "end", "left")
        assert "no optimizer moves the parameters" in text
        assert "w ← " in text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ((LABS / "ball.toml").read_text(encoding="utf-8"), "another kind of model"),
        (LAB.replace('name = "linear"', 'name = "mlp"\nhidden = [99]'), "This model has 298 parameters."),
    ],
)
async def test_a_sentence_says_why_a_lab_cannot_be_explained(tmp_path: Path, text: str, reason: str) -> None:
    async with lab(tmp_path, text) as bench:
        assert reason in await explained(bench, "right", "tab", "end")
        await bench.pilot.press("escape")
        await settled(bench.pilot)
        assert bench.pilot.app.screen is bench.screen


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [(44, 12), (80, 24), (140, 40)])
async def test_every_stage_fits_its_window(tmp_path: Path, size: Size, language: str) -> None:
    async with lab(tmp_path, ONE_STEP, size, language=language) as bench:
        await explained(bench)
        for _ in range(8):
            rows = text_of(bench.pilot).splitlines()
            assert max(map(cell_width, rows)) <= size[0]
            assert len(rows) <= size[1]
            await bench.pilot.press("right")
            await settled(bench.pilot)
        await bench.pilot.resize_terminal(60, 20)
        await settled(bench.pilot)
        assert max(map(cell_width, text_of(bench.pilot).splitlines())) <= 60


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("Forward: layer 1 of 2", "→ next")), ("zh", ("前向传播：第 1 层，共 2 层（隐藏层）", "→ 下一步"))],
)
async def test_it_speaks_the_language_in_use_and_follows_a_change(
    tmp_path: Path, language: str, words: tuple[str, str]
) -> None:
    async with lab(tmp_path, ONE_STEP, language=language) as bench:
        text = await explained(bench, "right")
        assert words[0] in text
        assert words[1] in text.splitlines()[-1]
        await bench.pilot.press("L")
        await settled(bench.pilot)
        assert words[0] not in text_of(bench.pilot)
        await bench.pilot.press("L")
        await settled(bench.pilot)
        assert words[0] in text_of(bench.pilot)


async def test_a_wide_window_has_a_drawing_with_the_layer_of_the_stage(tmp_path: Path) -> None:
    async with lab(tmp_path, ONE_STEP, (140, 40)) as bench:
        text = await explained(bench)
        assert "a₁[1]" in text
        assert "0.9725" not in text
        await bench.pilot.press("right")
        await settled(bench.pilot)
        row = next(row for row in text_of(bench.pilot).splitlines() if "a₁[2]" in row[90:])
        assert "a₁[1]" in row[90:]
        await bench.pilot.resize_terminal(80, 24)
        await settled(bench.pilot)
        assert not screen_of(bench)._network.is_on_screen


async def test_in_ascii_formulas_are_spelled_out(tmp_path: Path) -> None:
    async with lab(tmp_path, ONE_STEP, (140, 40), ascii=True) as bench:
        text = await explained(bench, "right")
        assert "r_1[1] = b_1[1] + W_1[1,1] x_1" in text


@pytest.mark.parametrize(("parameters", "offered"), [(9, True), (5801, False)])
async def test_a_small_lab_offers_it_in_its_footer_once_it_waits(
    tmp_path: Path, parameters: int, offered: bool
) -> None:
    async with lab(tmp_path, ONE_STEP) as bench:
        await bench.press("space")
        begun = started("run-1", bench.screen.session.spec)
        bench.run.write(replace(begun, data=replace(begun.data, parameters=parameters)))
        bench.run.train([3.0])
        bench.run.finish()
        assert ("E explain" in (await bench.look())[-1]) == offered


@pytest.mark.parametrize(("language", "words"), [("en", "Explain the next update"), ("zh", "详解下一次更新")])
async def test_help_and_palette_know_it(tmp_path: Path, language: str, words: str) -> None:
    async with lab(tmp_path, ONE_STEP, (80, 60), language=language) as bench:
        await bench.pilot.press("question_mark")
        await settled(bench.pilot)
        assert words in text_of(bench.pilot)
        await bench.pilot.press("escape", "ctrl+p", *("explain" if language == "en" else "详解"))
        await settled(bench.pilot)
        await bench.pilot.press("enter")
        await until(bench.pilot, lambda: isinstance(bench.pilot.app.screen, ExplainScreen))


async def test_the_script_marks_the_lines_of_the_stage_and_both_walk_together(tmp_path: Path) -> None:
    def marked() -> list[str]:
        rows = [row[1:76].strip() for row in text_of(bench.pilot).splitlines()[3:] if row.startswith("▸")]
        return [row.split(maxsplit=1)[1] for row in rows]

    async with lab(tmp_path, ONE_STEP) as bench:
        await explained(bench, "right", "C")
        await until(bench.pilot, lambda: "outputs = [x]" in marked())
        rows = text_of(bench.pilot).splitlines()
        assert "Forward: layer 1 of 2 (hidden)  stage 2 of 8  marked: 34–37, 62" in "\n".join(rows[:5])
        assert "z = outputs[-1] @ W.T + b" in marked()
        await bench.pilot.press(*["enter"] * 5)  # here it does not go to the next code, but on
        await until(bench.pilot, lambda: "theta -= LEARNING_RATE * g" in marked())
        assert len(marked()) == 2
        await bench.pilot.press("space", "space", "left", "h")
        await until(bench.pilot, lambda: "return gradients" in marked())
        await bench.pilot.press("n")
        await settled(bench.pilot)
        assert not marked()
        await bench.pilot.press("escape")
        await settled(bench.pilot)
        assert "Backward: layer 1 of 2 (hidden)   stage 6 of 8" in text_of(bench.pilot).splitlines()[2]
