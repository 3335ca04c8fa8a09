"""What happens before the first frame, and what does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.conftest import MakeWorkspace
from tests.tui.screen_rows import closed_at_the_end, make_workspace, running, text_of
from tutor.foundation.errors import ExitCode, TutorError
from tutor.tui.startup import find_lesson, lab_screen, own_lab_screen, prepare_environment

_LOADED_BY_THE_MAP = """
import asyncio, sys
from tutor.tui.app import TutorApp
from tutor.tui.screens.home import HomeScreen
class Stop(Exception): pass
seen = []
def look(self):
    seen.extend(sorted({name.partition('.')[0] for name in sys.modules}))
HomeScreen._read_the_rest = look
TutorApp._after_first_frame = lambda self: None
async def main():
    async with TutorApp().run_test(size=(80, 24)) as pilot:
        for _ in range(20):
            await pilot.pause()
asyncio.run(main())
print(chr(10).join(seen))
"""


def test_the_first_frame_loads_nothing_heavy(lessons: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "TUTOR_LESSONS": str(lessons), "TUTOR_HOME": str(tmp_path)}
    loaded: set[str] = set()
    for _ in range(2):  # the first time fills the cache of lesson heads
        result = subprocess.run(
            [sys.executable, "-c", _LOADED_BY_THE_MAP], capture_output=True, text=True, check=True, env=environment
        )
        loaded = set(result.stdout.split())
    assert "textual" in loaded
    assert loaded.isdisjoint({"numpy", "plotext", "sqlite3", "msgspec", "yaml", "pylatexenc", "click"})


@pytest.mark.parametrize(
    ("term", "colorterm", "expected"),
    [
        ("xterm-kitty", None, "truecolor"),
        ("alacritty", None, "truecolor"),
        ("xterm-256color", None, None),
        ("linux", None, None),
        ("foot", "24bit", "24bit"),
    ],
)
def test_terminals_with_24_bit_colour_are_known_over_ssh(
    term: str, colorterm: str | None, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.delenv("COLORTERM", raising=False)
    if colorterm is not None:
        monkeypatch.setenv("COLORTERM", colorterm)
    monkeypatch.setenv("TEXTUAL_SMOOTH_SCROLL", "0")
    prepare_environment()
    assert os.environ.get("COLORTERM") == expected


@pytest.mark.parametrize("name", ["descent", "3", "03"])
def test_a_lesson_is_found_by_id_or_number(workspace_in: MakeWorkspace, name: str) -> None:
    assert find_lesson(workspace_in(), name).id == "descent"


def test_a_lesson_is_found_by_its_file(workspace_in: MakeWorkspace, lessons: Path) -> None:
    assert find_lesson(workspace_in(), str(lessons / "en" / "03-descent.md")).id == "descent"


def test_an_unknown_lesson_is_refused_with_the_nearest_name(workspace_in: MakeWorkspace) -> None:
    with pytest.raises(TutorError) as caught:
        find_lesson(workspace_in(), "decent")
    assert caught.value.exit_code is ExitCode.USAGE
    assert "descent" in caught.value.hint


def test_without_lessons_the_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_LESSONS", str(tmp_path / "nowhere"))
    with pytest.raises(TutorError, match="nowhere"):
        find_lesson(make_workspace(tmp_path / "home"), "descent")


def test_a_lesson_file_anywhere_is_a_pack_of_its_own_and_uses_the_labs_that_ship(tmp_path: Path) -> None:
    from tutor.foundation.paths import lessons_folder
    from tutor.tui.startup import find_lesson, pack_of_file
    from tutor.workspace import Workspace

    path = tmp_path / "mine.md"
    path.write_text('---\nid: mine\ntitle: "Mine"\nminutes: 5\n---\n\nText.\n', encoding="utf-8")
    workspace = closed_at_the_end(Workspace(lessons=pack_of_file(str(path)), home=tmp_path / "home"))
    assert find_lesson(workspace, str(path)).id == "mine"
    assert workspace.course is not None
    assert workspace.course.labs.path("ball") == lessons_folder() / "labs" / "ball.toml"


def test_a_lesson_file_that_is_none_is_told_with_its_first_fault(tmp_path: Path) -> None:
    from tutor.foundation.errors import TutorError
    from tutor.tui.startup import find_lesson, pack_of_file
    from tutor.workspace import Workspace

    path = tmp_path / "mine.md"
    path.write_text("no head\n", encoding="utf-8")
    workspace = closed_at_the_end(Workspace(lessons=pack_of_file(str(path)), home=tmp_path / "home"))
    with pytest.raises(TutorError, match=r"mine\.md:1:1"):
        find_lesson(workspace, str(path))


def test_a_lesson_file_that_is_not_there_is_a_sentence_about_the_file(workspace_in: MakeWorkspace) -> None:
    with pytest.raises(TutorError, match="No such file") as caught:
        find_lesson(workspace_in(), "nowhere/mine.md")
    assert caught.value.exit_code is ExitCode.CANNOT_READ


def test_a_file_of_a_language_is_read_in_it(lessons: Path, tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "home", lessons)
    workspace.speak("zh")
    assert workspace.language == "zh"
    assert find_lesson(workspace, str(lessons / "zh" / "03-descent.md")).language == "zh"
    assert not (tmp_path / "home" / "settings.json").exists()


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
@pytest.mark.parametrize(
    ("language", "title", "said"), [("en", "price from my.csv", "regression"), ("zh", "由 my.csv 预测 price", "回归")]
)
async def test_a_table_of_ones_own_opens_as_a_lab_that_says_what_was_decided(
    language: str, title: str, said: str, size: tuple[int, int], lessons: Path, tmp_path: Path
) -> None:
    table = tmp_path / "my.csv"
    table.write_text("area,price\n" + "".join(f"{n},{2 * n}.5\n" for n in range(40)), encoding="utf-8")
    workspace = make_workspace(tmp_path / "home", lessons, language=language)
    first = own_lab_screen(workspace, table, {"data.target": "price", "hidden": [4]})
    async with running(workspace, first, size) as pilot:
        while title not in text_of(pilot):
            await pilot.pause(0.01)
        assert said in text_of(pilot).replace("\n", "")
    assert (tmp_path / "home" / "labs" / "own-my.toml").is_file()


def test_a_table_that_is_not_there_is_refused_before_any_screen(lessons: Path, tmp_path: Path) -> None:
    with pytest.raises(TutorError, match=r"nowhere\.csv"):
        own_lab_screen(make_workspace(tmp_path, lessons), tmp_path / "nowhere.csv", {"data.target": "y"})


def test_what_changes_nothing_in_a_lab_is_refused_before_it_opens_but_not_what_its_controls_may_wake(
    tmp_path: Path,
) -> None:
    workspace = make_workspace(tmp_path, Path(__file__).resolve().parents[2] / "lessons")
    with pytest.raises(TutorError, match="changes nothing") as caught:
        lab_screen(workspace, "one-lag", {"hidden": [16]})
    assert caught.value.exit_code == ExitCode.USAGE
    with pytest.raises(TutorError, match="mae"):
        lab_screen(workspace, "digits-net", {"loss": "mae"})
    assert callable(lab_screen(workspace, "ball", {"momentum": 0.5}))


async def test_a_lab_opens_with_a_text_of_ones_own_and_one_that_is_not_there_is_refused(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "home", Path(__file__).resolve().parents[2] / "lessons")
    text = tmp_path / "elves.txt"
    with pytest.raises(TutorError, match=r"elves\.txt"):
        lab_screen(workspace, "name-writer", {"data.text": "file", "data.path": str(text)})
    text.write_text("".join(f"galadon{number}\n" for number in range(40)), encoding="utf-8")
    first = lab_screen(workspace, "name-writer", {"data.text": "file", "data.path": str(text)})
    async with running(workspace, first, (80, 24)) as pilot:
        while "temperature" not in text_of(pilot):
            await pilot.pause(0.01)
        assert "‹ file" in text_of(pilot)
