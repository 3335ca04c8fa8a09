"""``C`` in a lab: the code that trains there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tui.lab_fakes import LAB, MANUAL
from tests.tui.screen_rows import settled, text_of
from tests.tui.test_lab import Bench, Size, lab, until
from tutor.charts.cells import row_width
from tutor.foundation.safe_text import harmless
from tutor.foundation.text import cell_width
from tutor.labs.lab_config import LabConfig
from tutor.labs.mine import MineProgram
from tutor.labs.script.script import reason_against
from tutor.ml.settings import ModelSettings
from tutor.ml.source import Passage
from tutor.tui.routes import Source
from tutor.tui.screens.source import Piece, SourceScreen, code_rows, coloured, read_pieces

ROOT = Path(__file__).resolve().parents[2]
LABS = ROOT / "lessons" / "labs"
MLP = LabConfig(id="deep", model=ModelSettings(name="mlp", hidden=(8,)))


def pieces_in(bench: Bench) -> list[Piece]:
    screen = bench.pilot.app.screen
    return screen._pieces if isinstance(screen, SourceScreen) else []


async def read(bench: Bench, *keys: str) -> list[str]:
    """The rows of the first code of tutor itself, once it is read: the script comes before it, if there is one."""
    await bench.pilot.press("C", *keys)
    await until(bench.pilot, lambda: bool(pieces_in(bench)))
    if pieces_in(bench)[0].note:
        await bench.pilot.press("enter")
    await settled(bench.pilot)
    return text_of(bench.pilot).splitlines()


async def test_the_lab_is_there_as_a_script(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.pilot.press("C")
        await until(bench.pilot, lambda: "import numpy as np" in text_of(bench.pilot))
        rows = text_of(bench.pilot).splitlines()
        assert "script  1 of" in rows[0]
        assert "tutor code one-lag" in "\n".join(rows)
        bench.screen.tutor.switch_language()
        await until(bench.pilot, lambda: "用实验的种子" in text_of(bench.pilot))
        assert "▸1 脚本" in text_of(bench.pilot)
        await bench.pilot.press(*["pagedown"] * 6)
        await settled(bench.pilot)
        assert "print(f" in text_of(bench.pilot)


def test_a_function_that_no_script_can_have_is_told_in_its_place() -> None:
    activation = MineProgram("relu-and-slope", "forward", ("z",), "")
    first = read_pieces(Source(MLP, programs={"activation": activation}))[0]
    assert (first.kind, first.note) == ("script", reason_against(MLP, programs={"activation": activation}))
    assert "leave out --mine" in "".join(span.text for row in code_rows(first, 300) for span in row)


async def test_the_optimizer_comes_first_and_n_and_p_lead_through_the_rest(tmp_path: Path) -> None:
    text = LAB.replace('"gd"', '"adam"').replace('"linear"', '"mlp"\nhidden = [8]\nactivation = "tanh"')
    async with lab(tmp_path, text) as bench:
        rows = await read(bench)
        assert rows[0].startswith("  tutor › Looking back one day › Code")
        assert "optimizer  2 of 8" in rows[0]
        assert "▸2 adam" in rows[2]
        assert re.search(r"\d+  class Adam\(Optimizer\):", "\n".join(rows))
        for key, shown in (
            ("n", "def absolute_error"), ("n", 'Activation("tanh"'), ("n", "class Linear("), ("p", "Activation("),
            ("2", "class Adam"), ("1", "import numpy"), ("p", "class NetworkTraining:"),
        ):  # fmt: skip
            await bench.pilot.press(key)
            await settled(bench.pilot)
            assert shown in text_of(bench.pilot), key


async def test_file_and_line_lead_to_what_is_shown(tmp_path: Path) -> None:
    async with lab(tmp_path, size=(160, 40)) as bench:
        rows = await read(bench)
        found = re.search(r"^  (/\S+\.py):(\d+)$", "\n".join(rows), re.MULTILINE)
        assert found is not None
        line = Path(found[1]).read_text(encoding="utf-8").splitlines()[int(found[2]) - 1]
        assert line == "class GradientDescent(Optimizer):"


async def test_the_run_goes_on_and_escape_leads_back_to_it(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        await read(bench)
        bench.run.train([0.5], [0.4321])
        await bench.pilot.press("escape")
        await settled(bench.pilot)
        assert bench.pilot.app.screen is bench.screen
        assert "0.4321" in text_of(bench.pilot)
        assert bench.run.asked() == []


async def test_what_is_shown_is_what_trains_and_not_what_the_next_run_will_be(tmp_path: Path) -> None:
    text = LAB.replace("[controls]", '[controls]\noptimizer = ["gd", "adam"]')
    async with lab(tmp_path, text) as bench:
        await bench.press("space", "right")
        assert "adam" in await bench.text()
        assert "class GradientDescent" in "\n".join(await read(bench))
        await bench.pilot.press("escape", "r")
        assert "class Adam" in "\n".join(await read(bench))


async def test_while_a_value_is_typed_c_is_a_letter(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("enter", "C")
        assert "[ C▏" in await bench.text()
        assert bench.pilot.app.screen is bench.screen


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_c_is_in_footer_help_and_palette(tmp_path: Path, language: str) -> None:
    words = {"en": ("C code", "Read the code"), "zh": ("C 代码", "读这里")}[language]
    async with lab(tmp_path, language=language, size=(90, 60)) as bench:
        assert words[0] in (await bench.look())[-1]
        await bench.press("space")
        assert words[0] in (await bench.look())[-1]
        await bench.pilot.press("question_mark")
        await settled(bench.pilot)
        assert words[1] in text_of(bench.pilot)
        await bench.pilot.press("escape", "ctrl+p", *("code" if language == "en" else "代码"))
        await settled(bench.pilot)
        await bench.pilot.press("enter")
        await until(bench.pilot, lambda: isinstance(bench.pilot.app.screen, SourceScreen))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [(44, 12), (80, 24), (140, 40)])
@pytest.mark.parametrize("theme", ["dark", "terminal"])
async def test_code_fits_its_window(tmp_path: Path, size: Size, language: str, theme: str) -> None:
    deep = (LABS / "very-deep.toml").read_text(encoding="utf-8")
    async with lab(tmp_path, deep, size, language=language, theme=theme) as bench:
        rows = await read(bench)
        for _ in range(6):
            assert max(map(cell_width, rows)) <= size[0]
            await bench.pilot.press("n", "pagedown")
            await settled(bench.pilot)
            rows = text_of(bench.pilot).splitlines()
        await bench.pilot.resize_terminal(60, 20)
        await settled(bench.pilot)
        assert max(map(cell_width, text_of(bench.pilot).splitlines())) <= 60


@pytest.mark.parametrize("width", [30, 44, 80, 200])
def test_no_character_of_the_code_is_lost_at_any_width(width: int) -> None:
    for piece in read_pieces(Source(MLP)):
        rows = [row for row in code_rows(piece, width) if not any(".py:" in span.text for span in row)]
        assert max(map(row_width, rows)) <= width
        shown = "".join(span.text for row in rows for span in row[1:])  # without the numbers
        code = "".join(passage.text for passage, _ in piece.passages)
        assert "".join(shown.split()) == "".join(code.split())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a = (",
        '"""never closed',
        "def f(:\n  return 1\n\tx",
        "日本 = 'ok'  # 好",
        "x = 1 \\\n  + 2",
        "\x00",
        "'\x1b[31m",
    ],
)
def test_whatever_stands_in_a_file_is_shown(text: str) -> None:
    lines = coloured(Passage(ROOT / "tutor" / "ml" / "x.py", 7, text))
    assert [line.text for line in lines] == harmless(text).splitlines()
    assert [line.number for line in lines] == list(range(7, 7 + len(lines)))
    assert all(len(line.inks) == len(line.text) for line in lines)


def test_keywords_strings_and_comments_have_inks_of_their_own() -> None:
    (line,) = coloured(Passage(ROOT / "tutor" / "ml" / "x.py", 1, "def f(): return 'a'  # b"))
    inks = [line.inks[line.text.index(part)] for part in ("def", "f()", "return", "'a'", "# b", ":")]
    assert inks == ["accent", "strong", "accent", "formula", "muted italic", "text"]


async def test_by_hand_the_loss_and_the_whole_training_are_left(tmp_path: Path) -> None:
    async with lab(tmp_path, MANUAL) as bench:
        rows = await read(bench)
        assert "▸1 mse" in rows[2]
        assert "def squared_error" in "\n".join(rows)
