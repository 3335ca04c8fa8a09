"""The screen of an exercise: writing, checking, hints, versions, and other editors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.screen_rows import make_workspace, note_routes, press, rows_of, running, settled, text_of
from tutor.course.catalogue import Course
from tutor.course.exercises.finding import find_exercises
from tutor.course.lesson import Exercise
from tutor.exercises.files import Version
from tutor.exercises.judge import Judge
from tutor.exercises.session import ExerciseSession
from tutor.foundation.text import cell_width
from tutor.sandbox.job import Job, Program
from tutor.sandbox.sandbox import Sandbox
from tutor.tui import router, routes
from tutor.tui.screens.exercise.screen import ExerciseScreen, screen_for
from tutor.tui.screens.lesson.exercise_card import ExerciseCard
from tutor.workspace import Workspace

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
WRONG = "def softmax(z):\n    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)\n"


@pytest.fixture(scope="module")
def course() -> Course:
    return Course(LESSONS)


@pytest.fixture(scope="module")
def softmax(course: Course) -> Exercise:
    return next(find_exercises(course, "en", "softmax")).exercise


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """A judge for all tests here: starting its warm process takes longer than what is tested."""
    with Sandbox() as sandbox:
        sandbox.run(Job((Program("pass"),)))  # the warm process is there before the first test counts its own
        yield Judge(sandbox, keep=False)


@pytest.fixture(autouse=True)
def _shared(course: Course, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every workspace use the course and the judge that are there already; nothing is trained after a pass."""
    monkeypatch.setattr(ExerciseScreen, "_curves_of", lambda *_: None)
    monkeypatch.setattr(Workspace, "course", course)
    monkeypatch.setattr(Workspace, "judge", judge)


@dataclass
class Bench:
    """An open exercise."""

    pilot: Pilot[int]
    screen: ExerciseScreen
    workspace: Workspace

    @property
    def path(self) -> Path:
        return self.workspace.exercises_folder / "softmax.py"

    async def until(self, condition: Callable[[], bool]) -> None:
        for _ in range(3000):
            if condition():
                await settled(self.pilot)
                return
            await self.pilot.pause(0.01)
        raise AssertionError(text_of(self.pilot))

    async def checked(self) -> None:
        """Wait until no check is going."""
        await self.until(lambda: self.screen.session is not None and self.screen.is_at_rest)

    async def write(self, source: str) -> None:
        """Put a text into the editor, as typing does, and check it."""
        self.screen.editor.replace(source, (0, 0), self.screen.editor.document.end)
        await self.pilot.press("f5")
        await self.checked()

    @property
    def text(self) -> str:
        return text_of(self.pilot)


@asynccontextmanager
async def exercise(tmp_path: Path, size: tuple[int, int] = (80, 24), language: str = "en") -> AsyncIterator[Bench]:
    workspace = make_workspace(tmp_path / "home", LESSONS, language=language)
    async with running(workspace, first=lambda: screen_for(routes.Exercise("softmax")), size=size) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ExerciseScreen)
        bench = Bench(pilot, screen, workspace)
        await bench.checked()
        yield bench


@pytest.mark.parametrize(("size", "language"), [((80, 24), "zh"), ((140, 40), "en")])
async def test_a_wrong_program_then_the_right_one(
    tmp_path: Path, softmax: Exercise, size: tuple[int, int], language: str
) -> None:
    async with exercise(tmp_path, size, language) as bench:
        await press(bench.pilot, "enter")
        await bench.write(f"import numpy as np\n\n\n# 每行减去最大值，再归一化\n{WRONG}")
        rows = rows_of(bench.pilot)
        assert max(map(cell_width, rows)) <= size[0]
        assert "每行减去最大值，再归一化" in bench.text
        assert "✗" in bench.text
        session = bench.screen.session
        assert session is not None
        assert session.verdict is not None
        assert session.verdict.mistakes == (softmax.mistakes[0].name,)
        assert "".join(session.verdict.sentence.split())[:12] in "".join(bench.text.split())
        await bench.write(f"import numpy as np\n\n\n# 每行减去最大值\n{softmax.solution}")
        count = len(session.verdict.cases)
        assert {"en": f"✓ {count} of {count} cases", "zh": f"✓ {count} 个用例通过 {count} 个"}[language] in bench.text
        assert "每行减去最大值" in bench.path.read_text(encoding="utf-8")
        (first, second) = bench.workspace.store.answers(lesson_id=softmax.lesson_id)
        assert (first.correct, second.correct) == (False, True)


async def test_typing_indents_as_python_does(tmp_path: Path) -> None:
    async with exercise(tmp_path) as bench:
        await bench.pilot.press("enter")
        editor = bench.screen.editor
        editor.replace("def f(z):", (0, 0), editor.document.end)
        editor.move_cursor(editor.document.end)
        await bench.pilot.press("enter")
        editor.insert("if z:  # a comment: no")
        await bench.pilot.press("enter")
        editor.insert("pass")
        await bench.pilot.press("enter", "backspace", "r")
        assert editor.text == "def f(z):\n    if z:  # a comment: no\n        pass\n    r"
        await bench.pilot.press("enter", "backspace", "tab", "x")
        assert editor.text.endswith("    r\n    x")
        editor.select_all()
        await bench.pilot.press("tab")
        assert editor.text.startswith("    def f(z):\n        if z:")
        await bench.pilot.press("shift+tab")
        assert editor.text.startswith("def f(z):\n    if z:")
        await bench.pilot.press("escape")
        assert bench.pilot.app.screen is bench.screen
        assert not editor.has_focus


async def test_letters_are_text_in_the_editor_and_commands_outside(tmp_path: Path) -> None:
    async with exercise(tmp_path) as bench:
        await bench.pilot.press("enter", "x", "q", "question_mark")
        assert bench.screen.editor.text.rstrip().endswith("xq?")
        footer = rows_of(bench.pilot)[-1]
        assert "F5 check" in footer
        assert " h " not in footer
        await bench.pilot.press("escape", "t")
        await settled(bench.pilot)
        assert bench.screen.has_class("reading")
        await bench.pilot.press("escape")
        assert not bench.screen.has_class("reading")


async def test_leaving_saves_what_was_typed_and_undo_survives(tmp_path: Path) -> None:
    async with exercise(tmp_path) as bench:
        before = bench.path.read_text()
        await bench.pilot.press("enter", "a", "b", "c", "escape", "escape")
        await bench.until(lambda: bench.pilot.app.screen is not bench.screen)
        await bench.until(lambda: "abc" in bench.path.read_text())
        again = screen_for(routes.Exercise("softmax"))
        bench.pilot.app.push_screen(again)
        bench.screen = again
        await bench.checked()
        await bench.pilot.press("enter", "ctrl+z")
        await settled(bench.pilot)
        assert again.editor.text == before


async def test_text_that_cannot_be_saved_is_asked_about_kept_and_there_again(tmp_path: Path) -> None:
    async with exercise(tmp_path) as bench:
        app = bench.pilot.app
        await bench.pilot.press("enter", "a", "b", "c", "escape")
        bench.path.write_bytes(b"\xff")  # Replacing what cannot be read would lose it.
        await press(bench.pilot, "q")
        assert "cannot be saved" in bench.text
        assert app.screen is bench.screen
        assert app.return_code is None
        await press(bench.pilot, "escape")  # The same wish, in another way.
        assert app.screen is not bench.screen
        assert bench.path.read_bytes() == b"\xff"
        session = bench.screen.session
        assert session is not None
        assert "abc" in session.versions()[-1].path.read_text()
        bench.path.write_text("# mended\n")
        bench.screen = screen_for(routes.Exercise("softmax"))
        app.push_screen(bench.screen)
        await bench.checked()
        assert "abc" in bench.screen.editor.text
        await bench.pilot.press("f5")
        await bench.checked()
        assert "abc" in bench.path.read_text()


def title_of(screen: ExerciseScreen) -> str:
    return screen.exercise.title if screen.exercise is not None else ""


async def test_another_language_leaves_what_was_typed(tmp_path: Path) -> None:
    async with exercise(tmp_path) as bench:
        await bench.pilot.press("enter", "a", "b", "c", "escape")
        bench.screen.action_language()
        await bench.until(lambda: title_of(bench.screen) == "动手写：softmax")
        await bench.checked()
        assert "abc" in bench.screen.editor.text
        await press(bench.pilot, "q")
        assert "abc" in bench.path.read_text()


async def test_kept_versions_are_listed_anew_only_when_one_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with exercise(tmp_path) as bench:
        looked: list[ExerciseSession] = []
        versions = ExerciseSession.versions

        def counted(session: ExerciseSession) -> list[Version]:
            looked.append(session)
            return versions(session)

        monkeypatch.setattr(ExerciseSession, "versions", counted)
        await bench.pilot.press("enter", "a", "b", "escape", "h", "t", "t")
        assert looked == []
        await bench.pilot.press("f5")
        await bench.checked()
        assert looked != []


async def test_a_save_by_another_editor_is_noticed_and_checked(tmp_path: Path, softmax: Exercise) -> None:
    async with exercise(tmp_path) as bench:
        bench.path.write_text(WRONG, encoding="utf-8")
        await bench.until(lambda: bench.screen.verdict is not None and not bench.screen.verdict.passed
                          and bench.screen.editor.text == WRONG and bench.screen.is_at_rest)  # fmt: skip
        await bench.pilot.press("enter", "a")
        bench.path.write_text(softmax.solution, encoding="utf-8")
        await bench.until(lambda: bench.screen.verdict is not None and bench.screen.verdict.passed)
        assert bench.screen.editor.text != softmax.solution  # what was typed and not saved stays
        await bench.pilot.press("f5")
        await bench.checked()
        assert bench.path.read_text(encoding="utf-8") == bench.screen.editor.text
        session = bench.screen.session
        assert session is not None
        assert softmax.solution in [each.path.read_text() for each in session.versions()]


@pytest.mark.parametrize(("size", "language"), [((80, 24), "en"), ((140, 40), "zh"), ((44, 12), "zh")])
async def test_hints_details_versions_solution_and_reset(
    tmp_path: Path, softmax: Exercise, size: tuple[int, int], language: str
) -> None:
    async with exercise(tmp_path, size, language) as bench:
        pilot, screen = bench.pilot, bench.screen
        session = screen.session
        assert session is not None
        await bench.write(WRONG)

        def has_seen() -> bool:
            return session.has_seen_solution

        await pilot.press("h")
        await settled(pilot)
        assert {"en": "Hint 1 of", "zh": "提示 1/"}[language] in bench.text
        await pilot.press("s")
        await settled(pilot)
        assert not has_seen()  # two more versions have to fail
        for number in range(2):
            await bench.write(f"{WRONG}# {number}\n")
        await pilot.press("s")
        await settled(pilot)
        assert not has_seen()  # asked first
        await pilot.press("t" if size[0] < 120 else "y", "s")
        assert not has_seen()  # another key says no
        await pilot.press("s")
        await settled(pilot)
        assert has_seen()
        if size[0] < 120:
            await pilot.press("escape")
        await pilot.press("d")
        await settled(pilot)
        assert max(map(cell_width, rows_of(pilot))) <= size[0]
        if size[0] < 120:
            await pilot.press("escape")
        await pilot.press("z")
        await settled(pilot)
        assert {"en": "version 3", "zh": "版本 3"}[language] in bench.text
        await pilot.press("end", "enter")
        await settled(pilot)
        assert screen.editor.text == WRONG
        await pilot.press("x")
        await bench.checked()
        assert softmax.starter.strip() in bench.path.read_text()
        assert WRONG in [each.path.read_text() for each in session.versions()]


async def test_a_line_that_stops_the_program_is_marked_until_it_changes(tmp_path: Path) -> None:
    async with exercise(tmp_path) as bench:
        await bench.pilot.press("enter")
        await bench.write("def softmax(z):\n    return 1 / 0\n")
        assert any("2✗" in row for row in rows_of(bench.pilot))
        editor = bench.screen.editor
        editor.move_cursor((1, 4))
        await bench.pilot.press("a")
        await settled(bench.pilot)
        assert not any("2✗" in row for row in rows_of(bench.pilot))


async def test_control_characters_in_a_file_do_not_reach_the_terminal(tmp_path: Path) -> None:
    async with exercise(tmp_path) as bench:
        bench.path.write_text("# \x1b[31m red \x07\tafter a tab\n", encoding="utf-8")
        await bench.until(lambda: "after a tab" in bench.text)
        assert "\x1b" not in bench.text
        assert "\x07" not in bench.text


async def test_an_exercise_that_is_not_there_is_explained(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "home", LESSONS)
    async with running(workspace, first=lambda: screen_for(routes.Exercise("nothing"))) as pilot:
        for _ in range(1000):
            if "No exercise called nothing" in text_of(pilot):
                break
            await pilot.pause(0.01)
        assert "No exercise called nothing" in text_of(pilot)
        await pilot.press("f5", "h", "escape")


async def test_a_lesson_shows_a_card_that_opens_the_exercise(
    tmp_path: Path, softmax: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = note_routes(monkeypatch, routes.Exercise)
    workspace = make_workspace(tmp_path / "home", LESSONS, language="zh")
    first = router.screen_for(routes.Lesson(softmax.lesson_id, softmax.id))
    async with running(workspace, first=lambda: first) as pilot:
        for _ in range(1000):
            if "def softmax(z)" in text_of(pilot):
                break
            await pilot.pause(0.01)
        await settled(pilot)
        shown = text_of(pilot)
        assert "练习 · 动手写：softmax" in shown
        assert "未开始" in shown
        card = pilot.app.screen.query_one(ExerciseCard)
        card.focus()
        await pilot.press("enter")
        await settled(pilot)
        assert noted == [routes.Exercise("softmax")]


async def test_the_palette_finds_an_exercise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noted = note_routes(monkeypatch, routes.Exercise)
    async with running(make_workspace(tmp_path / "home", LESSONS)) as pilot:
        await press(pilot, "ctrl+p", *"write it: softmax")
        await press(pilot, "enter")
        assert noted == [routes.Exercise("softmax")]


async def test_the_palette_opens_the_section_of_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noted = note_routes(monkeypatch, routes.Lesson)
    async with running(make_workspace(tmp_path / "home", LESSONS)) as pilot:
        await press(pilot, "ctrl+p", *"phones-project")
        await press(pilot, "enter")
        assert noted == [routes.Lesson("hw2-dnn", "your-own-program")]
