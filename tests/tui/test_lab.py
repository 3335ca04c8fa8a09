"""The lab screen, with logs that the tests write: no screen test trains."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.lab_fakes import LAB, MANUAL, FakeFollower, FakeRuns, fit_views, surface_views
from tests.tui.screen_rows import app_of, lab_opened, make_workspace, rows_of, running, settled, text_of
from tutor.charts.cells import plain_row
from tutor.foundation.text import cell_width
from tutor.foundation.translate import translate
from tutor.labs import lab_files
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import load_lab
from tutor.runs.events import Changed, Failed, Paced, Paused, Reason, Refused, Resumed, View
from tutor.tui import router
from tutor.tui.routes import Lab
from tutor.tui.screens.lab.screen import LabScreen
from tutor.tui.widgets.rows import RowsView

Size = tuple[int, int]
LESSONS = Path(__file__).resolve().parents[2] / "lessons"


class Bench:
    """A lab on the screen, and the run behind it."""

    def __init__(self, pilot: Pilot[int], runs: FakeRuns, screen: LabScreen) -> None:
        self.pilot, self.runs, self.screen = pilot, runs, screen

    @property
    def run(self) -> FakeFollower:
        """The newest run."""
        return self.runs.last

    async def press(self, *keys: str) -> None:
        """Press keys and wait for what they do."""
        for key in keys:
            await self.pilot.press(key)
        await self.look()

    async def look(self) -> list[str]:
        """What the screen shows once it has read the log."""
        self.screen.tick()
        await self.pilot.pause()
        while self.screen.view.figures.waiting:  # they are told a few times a second
            await self.pilot.pause(0.02)
        await self.pilot.pause()
        return rows_of(self.pilot)

    async def text(self) -> str:
        """`look`, as one text."""
        return "\n".join(await self.look())


@asynccontextmanager
async def lab(
    tmp_path: Path, text: str = LAB, size: Size = (80, 24), runs: FakeRuns | None = None, **settings: object
) -> AsyncIterator[Bench]:
    """The lab that ``text`` defines, opened on a screen of ``size``."""
    path = tmp_path / "one-lag.toml"
    path.write_text(text, encoding="utf-8")
    workspace = make_workspace(tmp_path / "home", **settings)  # type: ignore[arg-type]
    runs = runs or FakeRuns(tmp_path / "runs")
    workspace.__dict__["runs"] = runs
    async with running(workspace, first=lambda: router.screen_for(Lab(str(path))), size=size) as pilot:
        yield Bench(pilot, runs, await lab_opened(pilot))


def falling(epochs: int, to: float = 0.5) -> list[float]:
    """A loss that falls to ``to``."""
    return [to + 0.7 * math.exp(-epoch / 12) for epoch in range(epochs)]


async def test_a_lab_waits_for_space_and_says_what_there_is_to_try(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        rows = await bench.look()
        assert rows[0].split("   ")[0] == "  tutor › Looking back one day"
        assert "0 / 200   ○ ready · full speed · seed 1" in rows[0]
        assert any("Watch the line find its place" in row for row in rows)
        assert "space start" in rows[-1]
        assert not bench.runs.specs


async def opened(bench: Bench) -> list[str]:
    """The rows when the lab shows what its run would begin with."""
    for _ in range(500):
        if not bench.screen.session.wants_preview and not bench.screen.loading_preview:
            break
        await bench.pilot.pause(0.01)
    return await bench.look()


class Opening:
    """A lab that is opened when the test says so."""

    def __init__(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str = LAB) -> None:
        self.path = tmp_path / "one-lag.toml"
        self.path.write_text(text, encoding="utf-8")
        self.workspace = make_workspace(tmp_path / "home")
        self.runs = FakeRuns(tmp_path / "runs")
        self.workspace.__dict__["runs"] = self.runs
        self.may_open = threading.Event()

        def load_late(*arguments: object) -> LabConfig:
            self.may_open.wait(30)
            return load_lab(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(lab_files, "load_lab", load_late)

    @asynccontextmanager
    async def shown(self, size: Size = (80, 24)) -> AsyncIterator[Pilot[int]]:
        """The lab in front, not open yet, over the course map."""
        try:
            async with running(self.workspace, size=size) as pilot:
                router.go(app_of(pilot), Lab(str(self.path)))
                await settled(pilot)
                yield pilot
        finally:
            self.may_open.set()

    async def open(self, pilot: Pilot[int]) -> None:
        """Let it be opened, and wait until it has been."""
        self.may_open.set()
        await pilot.app.workers.wait_for_complete()
        await settled(pilot)


@pytest.fixture
def opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opening:
    return Opening(tmp_path, monkeypatch)


async def test_a_lab_that_was_left_while_it_was_read_starts_nothing(opening: Opening) -> None:
    async with opening.shown() as pilot:
        await pilot.press("space", "escape")
        await opening.open(pilot)
        assert len(pilot.app.screen_stack) == 1
        assert "enter open" in rows_of(pilot)[-1], "the course map is in front"
        assert not opening.runs.specs


async def test_d_leaves_a_lab_that_is_being_opened(opening: Opening) -> None:
    async with opening.shown() as pilot:
        await pilot.press("d")
        await settled(pilot)
        assert len(pilot.app.screen_stack) == 1


async def test_space_starts_a_lab_that_is_still_being_opened(opening: Opening) -> None:
    async with opening.shown() as pilot:
        assert "Opening the lab" in text_of(pilot)
        assert rows_of(pilot)[-1].startswith("  space start")
        await pilot.press("space")
        assert not opening.runs.specs
        await opening.open(pilot)
        await lab_opened(pilot)
        assert len(opening.runs.specs) == 1
        assert len(pilot.app.screen_stack) == 2


@pytest.mark.parametrize("key", ["question_mark", "ctrl+p"])
async def test_what_lies_over_a_lab_that_is_being_opened_stays(opening: Opening, key: str) -> None:
    async with opening.shown() as pilot:
        await pilot.press(key)
        await settled(pilot)
        over = pilot.app.screen
        await opening.open(pilot)
        assert pilot.app.screen is over
        await pilot.press("escape")
        lab = await lab_opened(pilot)
        assert pilot.app.screen_stack[1:] == [lab]
        await pilot.press("escape")
        await settled(pilot)
        assert len(pilot.app.screen_stack) == 1


@pytest.mark.parametrize("opens", ["before", "behind"])
async def test_the_palette_starts_a_lab_that_is_opened_behind_it(opening: Opening, opens: str) -> None:
    async with opening.shown() as pilot:
        await pilot.press("ctrl+p", *"start")
        if opens == "behind":
            await opening.open(pilot)
        await pilot.press("enter")
        await opening.open(pilot)
        await lab_opened(pilot)
        await until(pilot, lambda: len(opening.runs.specs) == 1)


async def test_the_language_can_be_changed_while_a_lab_is_opened(opening: Opening) -> None:
    async with opening.shown() as pilot:
        await pilot.press("L")
        await settled(pilot)
        assert "正在打开实验" in text_of(pilot)
        assert rows_of(pilot)[-1].startswith("  space 开始")


async def test_before_the_start_a_lab_shows_what_it_begins_with(tmp_path: Path) -> None:
    async with lab(tmp_path, MANUAL, (140, 40)) as bench:
        rows = await opened(bench)
        assert rows[2].startswith("  ")
        assert any(row.startswith("  w →  b ↑") and "● now" in row for row in rows)
        figures = [row.rpartition("│ ")[2].split() for row in rows if "│ " in row]
        assert ["w", "0.5000"] in figures
        assert any("You are the optimizer" in row for row in rows[2:6])
        assert not bench.runs.specs


async def test_the_surface_stays_while_the_worker_of_the_first_move_starts(tmp_path: Path) -> None:
    async with lab(tmp_path, MANUAL, (140, 40)) as bench:
        await opened(bench)
        await bench.press("right")
        assert len(bench.runs.specs) == 1
        assert "● now" in (await bench.look())[2]


async def test_moves_made_while_the_worker_starts_are_seen_at_once(tmp_path: Path) -> None:
    async with lab(tmp_path, MANUAL, (140, 40)) as bench:
        await opened(bench)
        await bench.press("right", "right", "down")
        await opened(bench)
        session = bench.screen.session
        assert session.summary is not None
        assert not session.summary.views
        surface = session.view("surface")
        assert surface is not None
        assert surface.frame["path"][-1] == pytest.approx([0.7, 0.4])  # type: ignore[index]
        scene, _ = surface_views([[0.6, 0.5]])
        # The worker begins where the first move led.
        bench.run.write(scene, View(panel="surface", part="frame", epoch=0, data={"path": [[0.6, 0.5]]}))
        await bench.look()
        surface = session.view("surface")
        assert surface is not None
        assert surface.frame["path"][-1] == pytest.approx([0.7, 0.4])  # type: ignore[index]
        bench.run.train([1.0])
        bench.run.write(View(panel="surface", part="frame", epoch=1, data={"path": [[0.6, 0.5], [0.7, 0.4]]}))
        await bench.look()
        surface = session.view("surface")
        assert surface is not None
        assert surface.frame["path"] == [[0.6, 0.5], [0.7, 0.4]]
        await bench.press("right")
        assert not session.wants_preview  # from here on the worker draws


async def test_a_control_turned_before_the_start_moves_what_it_begins_with(tmp_path: Path) -> None:
    text = LAB.replace("lags = [1, 7, 28, 56]", "w = [-1.0, 1.0]").replace('"linear"', '"linear"\nw = 0.5\nb = 0.0')
    async with lab(tmp_path, text.replace('"loss", "fit"', '"loss", "fit", "weights"'), (140, 40)) as bench:
        before = await opened(bench)
        await bench.press("tab", "left")
        after = await opened(bench)
        assert [row for row in before if "0.5000" in row]
        assert not [row for row in after if "0.5000" in row]
        assert [row for row in after if "0.4500" in row]


async def test_the_footer_tells_how_to_end_what_is_being_typed(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("enter", "0", ".", "5")
        assert (await bench.look())[-1].startswith("  enter keep   esc cancel")
        await bench.press("enter")
        assert (await bench.look())[-1].startswith("  space start")


async def test_space_starts_and_the_figures_follow_the_log(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        bench.run.train(falling(86), falling(86, 0.4))
        bench.run.write(*fit_views(86, 0.5))
        rows = await bench.look()
        assert "86 / 200   ▶ full speed · seed 1" in rows[0]
        figures = {row.rpartition("│ ")[2].rsplit(" ", 1)[0].strip(): row.split()[-1] for row in rows if "│ " in row}
        assert figures["✓ updates < 5,000"] == "344"
        assert sum("─ train 0.501" in row for row in rows) == 1
        assert sum("━ valid 0.401" in row for row in rows) == 1
        assert "space pause" in rows[-1]


async def test_eighty_by_twenty_four_shows_everything_unclipped(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        bench.run.train(falling(86), falling(86, 0.4))
        bench.run.write(*fit_views(86, 0.5))
        rows = await bench.look()
        assert len(rows) == 24
        assert all(cell_width(row) <= 80 for row in rows)
        text = "\n".join(rows)
        for wanted in (
            "▌ learning rate    ‹ 0.1 ›",
            "goal            ✓ reached",
            "yesterday →  views ↑",
            "best  ep. 86",
        ):
            assert wanted in text, wanted
        assert rows[1] == rows[22] == " " + "─" * 78
        ends = [row.rstrip()[-1] for row in rows[2:22] if "┬" in row]
        assert ends


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_every_row_has_the_width_of_the_window_at_any_size(tmp_path: Path, language: str) -> None:
    async with lab(tmp_path, language=language) as bench:
        await bench.press("space")
        bench.run.train(falling(86), falling(86, 0.4))
        bench.run.write(*fit_views(86, 0.5))
        for ascii in (False, True):
            bench.screen.tutor.change_settings(ascii=ascii)
            for size in ((44, 12), (60, 20), (80, 24), (120, 30), (140, 40), (200, 60)):
                await bench.pilot.resize_terminal(*size)
                rows = await bench.look()
                assert len(rows) == size[1]
                assert max(cell_width(row) for row in rows) <= size[0]
                words = "\n".join(rows)
                assert ("学习率" if language == "zh" else "learning rate") in words
                if ascii and language == "en":
                    assert words.isascii()


async def test_two_panels_are_stacked_at_80_and_side_by_side_at_160(tmp_path: Path) -> None:
    for size, together in (((80, 24), False), ((160, 40), True)):
        async with lab(tmp_path, size=size, runs=FakeRuns(tmp_path / f"runs{size[0]}")) as bench:
            await bench.press("space")
            bench.run.train(falling(86), falling(86, 0.4))
            bench.run.write(*fit_views(86, 0.5))
            rows = await bench.look()
            assert any("loss (MAE)" in row and "yesterday →  views ↑" in row for row in rows) is together


async def test_only_rows_that_changed_are_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        bench.run.train(falling(120), falling(120, 0.4))
        bench.run.write(*fit_views(86, 0.5))
        await bench.look()
        chart = bench.screen.query_one("#panel0")
        fresh: list[object] = []

        def refresh(*regions: object, **_options: object) -> None:
            fresh.extend(regions)

        monkeypatch.setattr(chart, "refresh", refresh)
        bench.run.train([0.5] * 4, [0.4] * 4)  # so many that the curve reaches the next dot
        bench.screen.tick()
        assert 0 < len(fresh) <= 4
        fresh.clear()
        bench.screen.tick()
        assert not fresh


async def test_what_the_log_tells_is_drawn_by_itself(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        bench.run.train([0.5], [0.4321])
        async with asyncio.timeout(40):
            while "0.4321" not in "\n".join(rows_of(bench.pilot)):
                await bench.pilot.pause(0.01)


async def test_nothing_is_looked_for_in_a_lab_that_was_left(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        await bench.look()
        bench.run.train([0.5])
        await until(bench.pilot, lambda: not bench.run.waiting)
        await bench.pilot.press("escape")
        await settled(bench.pilot)
        bench.run.train([0.4])
        await bench.pilot.pause(0.3)
        assert bench.run.waiting


async def test_pause_resume_step_stop_and_pace_are_asked_of_the_worker(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        await bench.press("space")
        bench.run.write(Paused(epoch=3))
        assert "▮▮ paused" in (await bench.look())[0]
        await bench.press("s")
        await bench.press("space")
        bench.run.write(Resumed(epoch=4))
        await bench.look()
        await bench.press("comma")
        assert "20/s" in (await bench.look())[0]
        await bench.press("comma", "full_stop", "x")
        assert bench.run.asked() == [
            {"do": "pause"},
            {"do": "step", "epochs": 1},
            {"do": "resume"},
            {"do": "pace", "pace": 20.0},
            {"do": "pace", "pace": 5.0},
            {"do": "pace", "pace": 20.0},
            {"do": "stop"},
        ]


async def test_a_live_control_goes_to_the_worker_and_leaves_a_mark_on_the_chart(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        bench.run.train(falling(40))
        await bench.press("right")
        assert bench.run.asked() == [{"do": "set", "key": "optimizer.learning_rate", "value": 0.2}]
        assert "┊" not in await bench.text()
        bench.run.write(Changed(epoch=40, updates=160, key="optimizer.learning_rate", value=0.2))
        bench.run.train([0.5] * 40)
        text = await bench.text()
        assert "┊" in text
        assert "‹ 0.2 ›" in text


async def test_the_end_of_a_warm_up_is_marked_on_the_chart(tmp_path: Path) -> None:
    text = LAB.replace("learning_rate = 0.1\n", 'learning_rate = 0.1\nschedule = "warm-up"\n')
    async with lab(tmp_path, text) as bench:
        await bench.press("space")
        bench.run.train(falling(15))  # a tenth of 200 epochs is still to come
        assert "warmed up" not in await bench.text()
        bench.run.train([0.5] * 25)
        text = await bench.text()
        assert "warmed up" in text
        assert "┊" in text
        await bench.press("e")
        assert "warmed up" in await bench.text(), "updates are another axis"


async def test_a_control_that_needs_a_new_run_says_so_and_restart_uses_it(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        await bench.press("down", "right")
        text = await bench.text()
        assert "takes effect in a new run: press r" in text
        assert "‹ 7 ↻" in text
        assert bench.run.asked() == []
        await bench.press("r")
        assert [spec.data.lags for spec in bench.runs.specs] == [1, 7]
        assert bench.runs.followers["run-1"].asked() == [{"do": "stop"}]
        assert "↻" not in await bench.text()


@pytest.mark.parametrize(("language", "said"), [("en", "momentum changes nothing here"), ("zh", "什么也改变不了")])
async def test_a_control_that_changes_nothing_says_why_and_asks_the_worker_for_nothing(
    language: str, said: str, tmp_path: Path
) -> None:
    ball = (LESSONS / "labs" / "ball.toml").read_text(encoding="utf-8")
    async with lab(tmp_path, ball, language=language) as bench:
        await bench.press("space")
        bench.run.train([6.0, 3.0])
        await bench.press("tab", "tab", "tab", "right")
        assert said in await bench.text()
        assert bench.run.asked() == []
        # The next run has momentum, the present one still has none.
        await bench.press("shift+tab", "right", "tab", "left")
        assert bench.run.asked() == []
        assert "↻" in await bench.text()
        await bench.press("r", "left")
        assert [each["key"] for each in bench.run.asked()] == ["optimizer.momentum"]


async def test_a_value_can_be_typed_and_nonsense_is_refused_in_a_sentence(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("enter", "0", "full_stop", "0", "3", "backspace", "5")
        assert "[ 0.05▏" in await bench.text()
        await bench.press("enter")
        assert "‹ 0.05 ›" in await bench.text()
        await bench.press("enter", *"abc", "enter")
        assert "▲" in await bench.text()
        await bench.press("enter", *"99", "enter")
        assert "▲" in await bench.text()
        await bench.press("enter", *"7", "escape")
        assert "‹ 0.05 ›" in await bench.text()
        await bench.press("space")
        assert bench.runs.specs[-1].optimizer.learning_rate == 0.05


async def test_typing_a_letter_of_a_key_does_not_press_the_key(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("enter", "r", "space", "q", "escape")
        assert not bench.runs.specs
        assert bench.pilot.app.screen is bench.screen


async def test_help_can_be_read_while_a_value_is_typed(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("enter", "7", "tab", "f1")
        await settled(bench.pilot)
        assert "keep" in text_of(bench.pilot)
        await bench.pilot.press("escape")
        await settled(bench.pilot)
        assert "▌ learning rate" in await bench.text()
        assert "[ 7▏" in await bench.text()
        await bench.press("escape")
        assert "[ 7▏" not in await bench.text()
        assert bench.pilot.app.screen is bench.screen


async def test_tab_and_arrows_choose_controls(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        assert "▌ learning rate" in await bench.text()
        await bench.press("tab")
        assert "▌ look-back" in await bench.text()
        await bench.press("down")
        assert "▌ learning rate" in await bench.text()
        await bench.press("k")
        assert "▌ look-back" in await bench.text()


async def test_another_seed_starts_over(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        await bench.press("R")
        assert [spec.train.seed for spec in bench.runs.specs] == [1, 2]
        assert "seed 2" in (await bench.look())[0]


async def test_divergence_is_explained_with_the_rate_that_caused_it(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        bench.run.train([1.0, 9.0, 800.0, None], rate=2.5)
        bench.run.finish("diverged")
        text = await bench.text()
        assert "▲ diverged" in text.splitlines()[0]
        assert "Diverged at epoch 4: with a learning rate of 2.5, each step overshoots" in text
        assert "The loss rose from 1.000 to 800, and then overflowed." in " ".join(text.split())
        assert "space again" in text.splitlines()[-1]
        await bench.press("space")
        bench.run.train([1.0, 9e3, 8e8], rate=2.5)
        bench.run.finish("diverged")
        text = " ".join((await bench.text()).split())
        assert "The loss rose from 1.000 to 8e8, which is useless." in text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Stopped unexpectedly at epoch 12: the training process is gone."), ("zh", "在第 12 回合意外中断")],
)
async def test_a_worker_that_is_killed_shows_as_stopped_unexpectedly(
    tmp_path: Path, language: str, sentence: str
) -> None:
    async with lab(tmp_path, language=language) as bench:
        await bench.press("space")
        bench.run.train(falling(12))
        await bench.look()
        bench.run.die()
        bench.screen.show_all()
        text = await bench.text()
        assert sentence in text
        assert "✗" in text.splitlines()[0]
        await bench.press("r")
        assert len(bench.runs.specs) == 2


async def test_every_end_is_told_in_words(tmp_path: Path) -> None:
    ends: tuple[tuple[Reason, str], ...] = (
        ("epochs", "All 86 epochs done. The lowest validation loss, 0.4006, was at epoch 86. Goal reached."),
        ("no-improvement", "Stopped early at epoch 86, because the validation loss was no longer improving."),
        ("seconds", "Stopped at epoch 86, because it may train for 600 s at most."),
        ("idle", "Stopped at epoch 86, because nobody resumed it for hours"),
        ("log-size", "its log has reached the size limit"),
        ("stop", "Stopped at epoch 86. The results so far are kept."),
    )
    async with lab(tmp_path) as bench:
        for reason, words in ends:
            await bench.press("space")
            bench.run.train(falling(86), falling(86, 0.4))
            bench.run.finish(reason)
            assert words in " ".join((await bench.text()).split()), reason
        await bench.press("space")
        bench.run.write(Failed(epoch=0, message="The file is not there.", hint="Look for it."))
        assert "The run could not continue: The file is not there. Look for it." in await bench.text()


async def test_what_the_worker_refuses_is_said_once(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        bench.run.write(Refused(epoch=1, key="train.batch_size", message="There are not so many examples."))
        assert "There are not so many examples." in await bench.text()


async def test_a_pinned_run_stays_on_the_chart_beside_the_next(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("p")
        assert "There is no loss to pin yet." in await bench.text()
        await bench.press("right", "space")
        bench.run.train(falling(86), falling(86, 0.45))
        await bench.look()
        await bench.press("p")
        assert "Pinned: η 0.2" in await bench.text()
        await bench.press("left", "r")
        bench.run.train(falling(40), falling(40, 0.6))
        text = await bench.text()
        assert "╌1 η 0.2 valid" in text  # which of its losses it is
        assert [row for row in text.splitlines() if "╌1 η 0.2" in row and row.endswith("0.4506")]
        await bench.press("p", "p")
        assert "No longer pinned." in await bench.text()
        assert [pinned.number for pinned in bench.screen.session.pinned] == [1]


async def test_runs_side_by_side_in_a_table_at_equal_epochs_and_updates(tmp_path: Path) -> None:
    async with lab(tmp_path, size=(140, 30)) as bench:
        await bench.press("c")
        assert "p pins this run" in await bench.text()
        await bench.press("space")
        bench.run.train(falling(86), falling(86, 0.45))
        await bench.look()
        await bench.press("p", "right", "r")
        bench.run.train(falling(40), falling(40, 0.6))
        rows = await bench.look()
        text = "\n".join(rows)
        assert "Compare runs  at equal epochs: up to epoch 40" in text
        assert all(cell_width(row) <= 140 for row in rows)
        shown = bench.screen.query_one("#table", RowsView)  # what a notice lies over for a while
        table = [plain_row(shown.row(y)).split() for y in (2, 3)]
        assert [row[:3] for row in table] == [["╌╌1", "η", "0.1"], ["──", "η", "0.2"]]
        assert "0.4506★" in table[0]
        await bench.press("e")
        assert "at equal updates: up to update 160" in await bench.text()
        assert any(row.partition("│")[0].rstrip().endswith(" update") for row in await bench.look())
        await bench.press("e")
        assert any(row.partition("│")[0].rstrip().endswith(" seconds") for row in await bench.look())
        await bench.press("c")
        assert "Compare runs" not in await bench.text()
        await bench.press("P")
        assert "Runs unpinned: 1." in await bench.text()
        assert "╌╌1" not in await bench.text()


async def test_a_change_is_taken_back_in_the_run_that_goes_on(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("u")
        assert "‹ 0.1 ›" in await bench.text()
        await bench.press("space", "right", "down", "right", "u")
        assert "look-back is 1 again." in " ".join((await bench.text()).split())
        await bench.press("u")
        assert "learning rate is 0.1 again." in " ".join((await bench.text()).split())
        assert [each["value"] for each in bench.run.asked()] == [0.2, 0.1]
        await bench.press("U")
        assert "learning rate is 0.2 again." in " ".join((await bench.text()).split())
        assert any(row.split()[-3:] == ["learning", "rate", "0.2"] for row in await bench.look())
        bench.run.train(falling(20))
        bench.run.finish()
        await bench.look()
        await bench.press("u")
        assert bench.run.asked()[-1]["value"] == 0.2


async def test_other_seeds_say_that_the_labs_own_was_chosen(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("R")
        assert "The lab's own seed, 1, was chosen because it shows the effect well" in " ".join(
            (await bench.text()).split()
        )
        await bench.press("D")
        assert "Data seed 1" in await bench.text()
        assert [(spec.train.seed, spec.data.seed) for spec in bench.runs.specs] == [(2, None), (2, 1)]
        await bench.press("u", "u", "r")
        assert bench.runs.specs[-1].train.seed == 1
        assert bench.runs.specs[-1].data.seed is None


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_every_key_of_the_lab_is_in_the_help(tmp_path: Path, language: str) -> None:
    async with lab(tmp_path, size=(100, 70), language=language) as bench:
        await bench.press("space", "right")
        bench.run.train(falling(20))
        await bench.press("p", "question_mark")
        text = text_of(bench.pilot)
        for command in bench.screen.commands():
            words = translate(command.help or command.label)
            assert words[:20] in text, command.id


async def test_the_goal_is_judged_live(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        bench.run.train([1.0], [1.0])
        assert "1 of 2" in await bench.text()
        bench.run.train([0.4], [0.4])
        assert "✓ reached" in await bench.text()
        assert "valid loss < 0.5" in await bench.text()
        assert "updates < 5,000" in await bench.text()


async def kept(bench: Bench) -> None:
    """Wait until what was reached is in the learner's memory."""
    await bench.look()
    await bench.pilot.app.workers.wait_for_complete()


async def test_the_best_attempt_is_kept_and_shown_the_next_time(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        bench.run.train([0.6], [0.6])
        bench.run.finish()
        await kept(bench)
        assert "best attempt 0.6000 ○" in " ".join((await bench.text()).split())
        await bench.press("space")
        bench.run.train([0.4], [0.4])
        await kept(bench)
        assert "best attempt 0.6000 ○" in " ".join((await bench.text()).split()), (
            "a run that goes on may still lose what it has"
        )
        bench.run.finish()
        await kept(bench)
        text = await bench.text()
        assert "best attempt 0.4000 ✓" in " ".join(text.split())
        assert "A new best attempt: 0.4000, before it 0.6000." in " ".join(text.split())
    async with lab(tmp_path, runs=FakeRuns(tmp_path / "more")) as bench:
        assert "best attempt 0.4000 ✓" in " ".join((await bench.text()).split())
        await bench.press("space")
        bench.run.train([0.45], [0.45])
        bench.run.finish()
        await kept(bench)
        assert "best attempt 0.4000 ✓" in " ".join((await bench.text()).split())


async def test_a_paused_run_is_an_attempt_too(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        bench.run.train([0.4], [0.4])
        bench.run.write(Paused(epoch=1))
        await kept(bench)
        assert "best attempt 0.4000 ✓" in " ".join((await bench.text()).split())


async def test_of_a_best_attempt_by_less_than_can_be_seen_nothing_is_told(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        for loss, new in ((0.400004, False), (0.400001, False), (0.3, True)):
            await bench.press("r")
            bench.run.train([loss], [loss])
            bench.run.finish()
            await kept(bench)
            assert ("A new best attempt" in await bench.text()) is new


async def test_the_height_of_a_drawn_function_is_judged_while_it_goes_on(tmp_path: Path) -> None:
    async with lab(tmp_path, text=(LESSONS / "labs" / "ball.toml").read_text(encoding="utf-8")) as bench:
        await bench.press("space")
        bench.run.train([-3.0])
        assert "goal ○ not yet" in " ".join((await bench.text()).split())
        bench.run.train([-3.51])
        assert "goal ✓ reached" in " ".join((await bench.text()).split())


async def test_another_seed_says_so_where_nothing_is_random(tmp_path: Path) -> None:
    async with lab(tmp_path, text=(LESSONS / "labs" / "ball.toml").read_text(encoding="utf-8")) as bench:
        await bench.press("R")
        text = " ".join((await bench.text()).split())
        assert "seed 2 changes nothing here: nothing is drawn at random here." in text
        assert "was chosen because it shows the effect well" not in text


async def test_each_condition_of_a_goal_has_its_own_sign(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        bench.run.train([1.0], [1.0])
        rows = await bench.look()
        assert [row.partition("│ ")[2][0] for row in rows if "valid loss <" in row] == ["○"]
        assert [row.partition("│ ")[2][0] for row in rows if "updates <" in row] == ["✓"]


async def test_log_axis_zoom_and_reading_off(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        bench.run.train([1 / epoch for epoch in range(1, 101)])
        assert " whole range" not in (await bench.look())[2]
        await bench.press("l")
        assert " whole range" in (await bench.look())[2]  # there is a window that is off now
        await bench.press("l")
        assert " log" in (await bench.look())[2]
        await bench.press("plus")
        assert bench.screen.view.chart_view.window(100) == (51, 100)
        await bench.press("left_square_bracket")
        assert "epoch 100" in (await bench.look())[2]
        await bench.press("left_square_bracket")
        assert "epoch 99" in (await bench.look())[2]
        await bench.press("right_square_bracket", "right_square_bracket")
        assert "epoch 1" not in (await bench.look())[2].partition("│")[0]
        await bench.press("z", "l")
        assert bench.screen.view.chart_view.window(100) is None


async def test_v_brings_the_next_panel_to_the_top(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        bench.run.train(falling(86))
        bench.run.write(*fit_views(86, 0.5))
        assert (await bench.look())[2].startswith("  loss (MAE)")
        await bench.press("v")
        assert (await bench.look())[2].startswith("  yesterday →  views ↑")


async def test_leaving_goes_on_and_coming_back_joins(tmp_path: Path) -> None:
    runs = FakeRuns(tmp_path / "runs")
    async with lab(tmp_path, runs=runs) as bench:
        await bench.press("space")
        bench.run.train(falling(20))
        await bench.look()
    runs.last.train(falling(30))
    async with lab(tmp_path, runs=runs) as bench:
        rows = await bench.look()
        assert "50 / 200   ▶ full speed · seed 1" in rows[0]
        assert len(runs.specs) == 1
        assert runs.last.asked() == []


async def test_what_a_run_reached_while_nobody_looked_is_the_best_attempt(tmp_path: Path) -> None:
    runs = FakeRuns(tmp_path / "runs")
    async with lab(tmp_path, runs=runs) as bench:
        await bench.press("space")
        bench.run.train([0.9], [0.9])
        await bench.look()
    runs.last.train([0.4], [0.4])
    runs.last.write(Paused(epoch=2))
    async with lab(tmp_path, runs=runs) as bench:
        await kept(bench)
        assert "best attempt 0.4000 ✓" in " ".join((await bench.text()).split())
    async with lab(tmp_path, runs=FakeRuns(tmp_path / "more")) as bench:  # from the learner's memory
        assert "best attempt 0.4000 ✓" in " ".join((await bench.text()).split())


async def test_coming_back_the_controls_stand_where_the_run_has_them(tmp_path: Path) -> None:
    runs = FakeRuns(tmp_path / "runs")
    async with lab(tmp_path, runs=runs) as bench:
        await bench.press("down", "right", "space")
        bench.run.train(falling(20))
        bench.run.write(Changed(epoch=20, updates=80, key="optimizer.learning_rate", value=0.5))
        await bench.look()
    async with lab(tmp_path, runs=runs) as bench:
        text = await bench.text()
        assert "‹ 0.5 ›" in text
        assert any(row.split()[-2:] == ["look-back", "7"] for row in text.splitlines())
        assert "↻" not in text
        await bench.press("u")
        rows = await bench.look()
        assert any(row.split()[-2:] == ["look-back", "7"] for row in rows), (
            "what was turned before is no step of this visit"
        )


async def test_a_run_that_died_while_nobody_looked_is_shown(tmp_path: Path) -> None:
    runs = FakeRuns(tmp_path / "runs")
    async with lab(tmp_path, runs=runs) as bench:
        await bench.press("space")
        bench.run.train(falling(20))
        await bench.look()
    runs.last.die()
    async with lab(tmp_path, runs=runs) as bench:
        assert "stopped unexpectedly" in (await bench.look())[0]


async def test_where_the_learner_is_the_optimizer_arrows_move_the_parameters(tmp_path: Path) -> None:
    async with lab(tmp_path, text=MANUAL) as bench:
        brief = " ".join(row.partition("│")[0].strip() for row in (await bench.look())[2:6])
        assert "You are the optimizer: ← → change w, ↑ ↓ change b." in brief
        await bench.press("left")
        assert len(bench.runs.specs) == 1
        await bench.press("up", "up", "right", "h")
        assert [(each["key"], each["value"]) for each in bench.run.asked()] == [
            ("model.b", 0.6),
            ("model.b", 0.7),
            ("model.w", 0.5),
            ("model.w", 0.4),
        ]
        bench.run.write(*surface_views([[0.5, 0.5], [0.4, 0.7]]))
        bench.run.train([3.0, 2.0])
        rows = await bench.look()
        assert "w →  b ↑" in rows[2]
        assert sum("●" in row for row in rows[3:]) == 1


async def test_a_lab_that_cannot_be_read_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opening = Opening(tmp_path, monkeypatch, 'id = "x"\n[optimizer]\nlearning_rat = 1\n')
    async with opening.shown() as pilot:
        await opening.open(pilot)
        assert "learning_rat" in text_of(pilot)
        assert "space start" not in rows_of(pilot)[-1]
        assert "esc back" in rows_of(pilot)[-1]
        await pilot.press("space", "r", "p", "right")
        assert not opening.runs.specs
        await pilot.press("escape")
        await settled(pilot)
        assert len(pilot.app.screen_stack) == 1


async def test_the_language_changes_everything_at_once(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        bench.run.train(falling(86), falling(86, 0.4))
        bench.run.write(*fit_views(86, 0.5))
        await bench.press("L")
        rows = await bench.look()
        assert "只看昨天" in rows[0]
        assert "▶ 全速" in rows[0]
        assert any("训练 0.501" in row for row in rows)
        assert "空格" not in rows[-1]
        assert "暂停" in rows[-1]
        await bench.press("L")
        assert "Looking back one day" in (await bench.look())[0]


async def test_text_of_a_lab_never_reaches_the_terminal_as_control_characters(tmp_path: Path) -> None:
    nasty = LAB.replace("Looking back one day", "A\\u001b[2J[bold]B").replace("Watch the line", "\\u009b2J[red]Watch")
    async with lab(tmp_path, text=nasty) as bench:
        text = await bench.text()
        assert "\x1b" not in text
        assert "\x9b" not in text
        assert "[bold]B" in text
        assert "[red]Watch" in text


async def test_resizing_the_window_rearranges_without_losing_anything(tmp_path: Path) -> None:
    async with lab(tmp_path, size=(140, 40)) as bench:
        await bench.press("space")
        bench.run.train(falling(86), falling(86, 0.4))
        bench.run.write(*fit_views(86, 0.5))
        await bench.look()
        for size in ((50, 14), (80, 24), (160, 45)):
            await bench.pilot.resize_terminal(*size)
            rows = await bench.look()
            assert max(cell_width(row) for row in rows) <= size[0]
            assert any(loss in text_of(bench.pilot) for loss in ("0.5006", "0.501"))


async def test_the_pace_of_the_log_is_shown(tmp_path: Path) -> None:
    async with lab(tmp_path) as bench:
        await bench.press("space")
        bench.run.write(Paced(epoch=1, pace=1.0))
        assert "▶ 1/s" in (await bench.look())[0]


REAL = """
id = "real"
title = { en = "A real worker" }
[data]
name = "blobs"
rows = 60
[model]
name = "softmax"
[loss]
name = "cross-entropy"
[optimizer]
name = "gd"
learning_rate = 0.1
[train]
epochs = 100000
[show]
panels = ["loss", "boundary"]
[controls]
learning_rate = [1e-5, 10.0]
"""


async def test_a_real_worker_trains_is_steered_and_outlives_the_screen(tmp_path: Path) -> None:
    """The only test here with a process: everything above stands on logs in the test's hand."""
    path = tmp_path / "real.toml"
    path.write_text(REAL, encoding="utf-8")
    workspace = make_workspace(tmp_path / "home")
    async with running(workspace, first=lambda: router.screen_for(Lab(str(path)))) as pilot:
        session = (await lab_opened(pilot)).session
        await pilot.press("space")
        await until(pilot, lambda: len(session.train) > 50)
        await pilot.press("right")
        await until(pilot, lambda: session.summary is not None and bool(session.summary.changes))
        await pilot.press("space")
        await until(pilot, lambda: session.state == "paused")
        assert session.summary is not None
        epochs = session.summary.epoch
        assert "▮▮ paused" in rows_of(pilot)[0]
        assert "┊" in text_of(pilot)
        assert "▀" in text_of(pilot)
    again = make_workspace(tmp_path / "home")
    async with running(again, first=lambda: router.screen_for(Lab(str(path)))) as pilot:
        joined = (await lab_opened(pilot)).session
        assert (joined.state, len(joined.train)) == ("paused", epochs)
        await pilot.press("x")
        await until(pilot, lambda: joined.state == "stopped")
        assert f"Stopped at epoch {epochs}. The results so far are kept." in text_of(pilot)


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    for _ in range(1500):
        if holds():
            await pilot.pause(0.15)
            return
        await pilot.pause(0.02)
    raise AssertionError(text_of(pilot))


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "Done. The validation loss is 1.100."), ("zh", "完成。验证损失是 1.100。")]
)
async def test_a_single_epoch_is_not_counted(tmp_path: Path, language: str, sentence: str) -> None:
    async with lab(tmp_path, language=language) as bench:
        await bench.press("space")
        bench.run.train(falling(1), falling(1, 0.4))
        bench.run.finish("epochs")
        assert sentence in " ".join((await bench.text()).split())


@pytest.mark.parametrize(("language", "said"), [("en", "3 lines of the log"), ("zh", "日志中有 3 行")])
async def test_what_could_not_be_read_of_the_log_is_said(tmp_path: Path, language: str, said: str) -> None:
    async with lab(tmp_path, language=language) as bench:
        await bench.press("space")
        bench.run.train([0.5], [0.4])
        bench.run.summary.lost = 3
        assert said in await bench.text()
        bench.run.finish()
        text = await bench.text()
        assert said in text.replace("\n", "")


async def test_a_chart_is_saved_as_a_figure_that_overwrites_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with lab(tmp_path) as bench:
        await bench.press("F")
        assert not list(tmp_path.glob("*.svg"))
        await bench.press("space")
        bench.run.train(falling(86), falling(86, 0.4))
        await bench.look()
        await bench.press("F", "F")
        assert "Chart saved:" in await bench.text()
    saved = sorted(tmp_path.glob("*.svg"))
    assert len(saved) == 2
    assert saved[0].read_text("utf-8").startswith("<svg ")
    assert "validation 0.4006" in saved[0].read_text("utf-8")


async def test_f_smooths_the_curves_over_their_raw_values(tmp_path: Path) -> None:
    async with lab(tmp_path, size=(140, 40)) as bench:
        await bench.press("space")
        bench.run.train([1 / epoch + 0.1 * (epoch % 2) for epoch in range(1, 101)])
        await bench.look()

        def inks() -> set[str]:
            chart = bench.screen.query_one("#panel0", RowsView)
            return {span.ink for y in range(chart.size.height) for span in chart.row(y)}

        assert "train-raw" not in inks()
        await bench.press("f")
        await bench.look()
        assert "train-raw" in inks()
        await bench.press("f")
        await bench.look()
        assert "train-raw" not in inks()
