"""The losses that a learner's function makes in its lab, on the screen of the exercise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.screen_rows import make_workspace, note_routes, press, rows_of, running, settled, text_of
from tutor.course.catalogue import Course
from tutor.course.exercises.finding import find_exercises
from tutor.foundation.text import cell_width
from tutor.tui import routes
from tutor.tui.screens.exercise.screen import ExerciseScreen, screen_for
from tutor.workspace import Workspace

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


@pytest.mark.parametrize(("size", "language"), [((80, 24), "zh"), ((140, 40), "en")])
async def test_after_a_pass_both_losses_are_drawn_until_the_screen_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], language: str
) -> None:
    course = Course(LESSONS)
    monkeypatch.setattr(Workspace, "course", course)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    solution = next(find_exercises(course, "en", "mse-gradient")).exercise.solution
    workspace = make_workspace(tmp_path / "home", LESSONS, language=language)
    workspace.exercises_folder.mkdir(parents=True)
    (workspace.exercises_folder / "mse-gradient.py").write_text(solution, encoding="utf-8")
    async with running(workspace, first=lambda: screen_for(routes.Exercise("mse-gradient")), size=size) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ExerciseScreen)
        for _ in range(3000):
            curves = screen.curves
            if curves is not None and curves.built_in is not None and curves.built_in.ended:
                break
            await pilot.pause(0.01)
        await settled(pilot)
        assert curves is not None
        assert curves.mine is not None
        assert curves.built_in is not None
        assert curves.mine.train_losses == pytest.approx(curves.built_in.train_losses, rel=1e-5)
        await pilot.pause(0.3)
        await settled(pilot)
        assert "one-lag" in text_of(pilot)
        assert max(map(cell_width, rows_of(pilot))) <= size[0]
        assert any("⠀" < each <= "⣿" for each in text_of(pilot))
        (folder,) = tmp_path.glob("tutor-curves-*")
        assert screen.editor.size.height >= 8
        check = screen.query_one("#check")
        assert check.size.height == 2
        noted = note_routes(monkeypatch, routes.Lab)
        await press(pilot, "l")
        assert check.size.height == (7 if size == (80, 24) else 12)
        assert noted == [routes.Lab("one-lag", {"mine.gradient": "mse-gradient"})]
    assert not folder.exists()
    assert not list((workspace.home / "runs").glob("*"))
