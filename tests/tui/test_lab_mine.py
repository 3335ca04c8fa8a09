"""A lab with a slot: what fills it, and the key that switches between the learner's function and the built-in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.lab_fakes import LAB, FakeRuns
from tests.tui.screen_rows import lab_opened, make_workspace, press, running, text_of
from tutor.exercises.files import digest_of
from tutor.labs.lab_files import load_lab
from tutor.runs.session.session import LabSession
from tutor.tui import router
from tutor.tui.routes import Lab
from tutor.workspace import Workspace

SOURCE = "def gradient(w, b, x, y):\n    return 0.0, 0.0\n"


def lab_file(tmp_path: Path) -> Path:
    path = tmp_path / "one-lag.toml"
    path.write_text(f'{LAB}\n[mine]\ngradient = "mse-gradient"\n', encoding="utf-8")
    return path


def write_program(workspace: Workspace, *, passed: bool) -> Path:
    folder = workspace.home / "exercises"
    (folder / ".kept" / "mse-gradient").mkdir(parents=True, exist_ok=True)
    program = folder / "mse-gradient.py"
    program.write_text(SOURCE, encoding="utf-8")
    state = f'{{"passed": "{digest_of(SOURCE) if passed else ""}"}}'
    (folder / ".kept" / "mse-gradient" / "state.json").write_text(state, encoding="utf-8")
    return program


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_m_switches_the_next_run_and_pins_say_which(tmp_path: Path, size: tuple[int, int]) -> None:
    workspace, runs = make_workspace(tmp_path / "home"), FakeRuns(tmp_path / "runs")
    write_program(workspace, passed=True)
    workspace.__dict__["runs"] = runs
    async with running(workspace, first=lambda: router.screen_for(Lab(str(lab_file(tmp_path)))), size=size) as pilot:
        screen = await lab_opened(pilot)
        assert screen.session.mine_lines() == ["gradient: your mse-gradient"]
        assert "your" in text_of(pilot)
        await press(pilot, "E")
        assert "Your own functions train here" in text_of(pilot)
        await press(pilot, "space")
        runs.last.train([0.5, 0.4])
        runs.last.finish()
        screen.tick()
        await press(pilot, "p", "m")
        assert "built-in" in text_of(pilot)
        await press(pilot, "space")
        assert [spec.mine for spec in runs.specs] == [{"gradient": "mse-gradient"}, {}]
        runs.last.train([0.5, 0.3])
        runs.last.finish()
        screen.tick()
        assert screen.session.names() == ["mine (gradient)", "built-in"]
        assert screen.session.mine_lines() == ["gradient: built-in"]
        await press(pilot, "m")
        assert screen.session.mine.is_on


async def test_a_lab_without_slots_has_no_such_key(tmp_path: Path) -> None:
    workspace, runs = make_workspace(tmp_path / "home"), FakeRuns(tmp_path / "runs")
    workspace.__dict__["runs"] = runs
    path = tmp_path / "one-lag.toml"
    path.write_text(LAB, encoding="utf-8")
    async with running(workspace, first=lambda: router.screen_for(Lab(str(path)))) as pilot:
        screen = await lab_opened(pilot)
        await press(pilot, "m")
        assert screen.session.mine.is_on
        assert not screen.mode.offers("lab.mine")


def test_the_next_run_looks_at_the_file_as_it_is_then(tmp_path: Path) -> None:
    workspace, runs = make_workspace(tmp_path / "home"), FakeRuns(tmp_path / "runs")
    path = lab_file(tmp_path)
    session = LabSession(runs, load_lab(path, tmp_path), find_programs=workspace.passed_programs)
    assert session.mine_lines() == ["gradient: built-in, until mse-gradient passes"]
    program = write_program(workspace, passed=True)
    session.start()
    program.write_text(SOURCE + "\n\n# not checked yet\n", encoding="utf-8")
    session.start()
    write_program(workspace, passed=False)
    session.start()
    assert [spec.mine for spec in runs.specs] == [{"gradient": "mse-gradient"}, {}, {}]
    assert session.mine.switch() == "The next run trains with the built-in functions."
    assert session.mine.switch().startswith("None of your functions has passed yet")
