"""A lesson beside its editor: read anew at each save, its faults below the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.screen_rows import make_workspace, rows_of, running, text_of
from tutor.charts.cells import plain_row
from tutor.course.lesson import Fault, Place
from tutor.foundation.text import cell_width
from tutor.foundation.translate import use_language
from tutor.tui.screens.lesson.watch import WatchedLessonScreen, fault_rows

SIZES = [(80, 24), (140, 40)]
SAID = {"en": "No faults", "zh": "没有错误"}


async def shows(pilot: Pilot[int], *texts: str) -> None:
    """Wait until all ``texts`` are on the screen; the time limit of the test is the only one."""
    while not all(text in text_of(pilot) for text in texts):
        await pilot.pause(0.02)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_each_save_is_shown_with_its_faults(
    language: str, size: tuple[int, int], lessons: Path, tmp_path: Path
) -> None:
    path = lessons / language / "02-loss.md"
    sound = path.read_text(encoding="utf-8")
    workspace = make_workspace(tmp_path / "home", lessons, language=language)
    async with running(workspace, lambda: WatchedLessonScreen(path), size) as pilot:
        await shows(pilot, SAID[language], "02-loss.md")
        path.write_text(sound.replace("Prose of", "A new word in").replace("讲的是", "新写的是") + "\n[x](#nowhere)\n")
        await shows(pilot, "✗", "#nowhere", "A new word in" if language == "en" else "新写的是")
        assert SAID[language] not in text_of(pilot)
        line = sound.count("\n") + 2
        assert any(f"{line}:" in row and "✗" in row for row in rows_of(pilot))
        assert all(cell_width(row) <= size[0] for row in rows_of(pilot))
        path.write_text(sound, encoding="utf-8")
        await shows(pilot, SAID[language])
        assert "✗" not in text_of(pilot)


async def test_a_file_that_is_no_lesson_any_more_says_so_and_comes_back(lessons: Path, tmp_path: Path) -> None:
    path = lessons / "en" / "02-loss.md"
    sound = path.read_text(encoding="utf-8")
    async with running(make_workspace(tmp_path / "home", lessons), lambda: WatchedLessonScreen(path)) as pilot:
        await shows(pilot, SAID["en"])
        path.write_text("---\nid: loss\n")
        await shows(pilot, "This lesson cannot be read", "✗ 1:1")
        path.unlink()
        await pilot.pause(0.4)
        path.write_text(sound, encoding="utf-8")
        await shows(pilot, SAID["en"], "Prose of the lesson")


async def test_a_lab_beside_the_lesson_that_breaks_is_a_fault_of_the_lesson(lessons: Path, tmp_path: Path) -> None:
    path = lessons / "en" / "02-loss.md"
    path.write_text(path.read_text() + '\n## Try\n\n```toml lab\nuse = "ball"\n```\n')
    lab = lessons / "labs" / "ball.toml"
    sound = lab.read_text()
    async with running(make_workspace(tmp_path / "home", lessons), lambda: WatchedLessonScreen(path)) as pilot:
        await shows(pilot, SAID["en"])
        lab.write_text(sound + "[train]\nepochs = -1\n")
        await shows(pilot, "✗", "train.epochs")
        lab.write_text(sound)
        await shows(pilot, SAID["en"])


async def test_more_faults_than_rows_are_counted_and_another_width_wraps_them_anew(
    lessons: Path, tmp_path: Path
) -> None:
    path = lessons / "en" / "02-loss.md"
    path.write_text(path.read_text() + "".join(f"\n[x](#nowhere-{n})\n" for n in range(20)))
    async with running(make_workspace(tmp_path / "home", lessons), lambda: WatchedLessonScreen(path)) as pilot:
        await shows(pilot, "✗", "more lines")
        before = next(row for row in rows_of(pilot) if "more lines" in row)
        await pilot.resize_terminal(60, 40)
        await shows(pilot, "more lines")
        while (after := next(row for row in rows_of(pilot) if "more lines" in row)) == before:
            await pilot.pause(0.02)
        assert int(after.split()[0]) > 0


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [20, 60, 80, 140])
def test_rows_of_faults_are_never_wider_than_the_screen(language: str, width: int) -> None:
    use_language(language)
    faults = [Fault(Place(Path("x.md"), 12, 3), "A \x1b[2Jsentence 一句很长的话 " * 6, "What to do.")]
    rows = fault_rows(faults, width)
    assert all(cell_width(plain_row(row)) <= width for row in rows)
    assert "\x1b" not in "".join(map(plain_row, rows))
    assert "12:3" in plain_row(rows[0])
    assert len(fault_rows([], width)) == 1


def test_a_fault_of_a_lab_names_the_file_of_the_lab() -> None:
    rows = fault_rows([Fault(Place(Path("labs/mine.toml"), 4), "There is no column.")], 80)
    assert "mine.toml:4:1 There is no column." in plain_row(rows[0])
