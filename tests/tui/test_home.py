"""The course map on the screen, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.packs import write_pack
from tests.tui.conftest import MakeWorkspace
from tests.tui.screen_rows import app_of, make_workspace, note_routes, rows_of, running, settled, text_of
from tutor.course.catalogue import Course
from tutor.progress.records import Answer, Position
from tutor.tui.routes import Lesson
from tutor.tui.screens import home
from tutor.tui.screens.home import HomeScreen
from tutor.tui.widgets.home_side import read_beside
from tutor.tui.widgets.row_list import RowList

TITLES = {"en": "Gradient descent: which way is down", "zh": "梯度下降"}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_map_shows_parts_and_lessons(workspace_in: MakeWorkspace, language: str) -> None:
    async with running(workspace_in(language)) as pilot:
        rows = rows_of(pilot)
        assert rows[0].startswith("  tutor")
        assert rows[0].endswith("en ⇄ 中")
        assert any(TITLES[language] in row for row in rows)
        assert any(("Looking for a function ──", "寻找一个函数 ──")[language == "zh"] in row for row in rows)
        assert rows[-1].strip().startswith("enter")
        assert len(rows) == 24


async def test_progress_is_shown_as_it_was_left(workspace_in: MakeWorkspace) -> None:
    workspace = workspace_in()
    workspace.store.record_answer(Answer("loss", "loss-first", "single", (1,), correct=False))
    workspace.store.set_position("loss", Position(2), fraction=1.0, questions=1)
    async with running(workspace) as pilot:
        row = next(row for row in rows_of(pilot) if "  2 Model" in row)
        assert row.startswith("  ✓  2 Model and loss")
        assert row.split()[-3:] == ["0/1", "↻", "1"]


async def test_the_language_switches_live_and_is_kept(workspace_in: MakeWorkspace) -> None:
    workspace = workspace_in()
    async with running(workspace) as pilot:
        await pilot.press("L")
        await settled(pilot)
        assert "梯度下降" in text_of(pilot)
        assert "打开" in rows_of(pilot)[-1]
        await pilot.press("L")
        await settled(pilot)
        assert "Gradient descent" in text_of(pilot)
    assert '"language": "en"' in (workspace.home / "settings.json").read_text(encoding="utf-8")


async def test_keys_move_and_digits_go_to_a_lesson(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        rows = pilot.app.screen.query_one(RowList)
        for keys, selected in (
            ("down", "learning"),
            ("j", "loss"),
            ("k", "learning"),
            ("4", "softmax"),
            ("3", "descent"),
        ):
            await pilot.press(keys)
            assert rows.selected == selected


@pytest.mark.parametrize("keys", [("3", "enter"), ("3", "l"), ("down", "down", "down", "enter")])
async def test_enter_opens_the_selected_lesson(
    workspace_in: MakeWorkspace, keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = note_routes(monkeypatch, Lesson)
    async with running(workspace_in()) as pilot:
        await pilot.press(*keys)
        await settled(pilot)
    assert opened == [Lesson("descent")]


async def test_enter_at_once_goes_on_with_the_course(
    workspace_in: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = note_routes(monkeypatch, Lesson)
    workspace = workspace_in()
    workspace.store.set_position("loss", Position(1), fraction=0.3, questions=1)
    async with running(workspace) as pilot:
        await pilot.press("enter")
        await settled(pilot)
    assert opened == [Lesson("loss")]


async def test_a_click_on_a_lesson_opens_it(workspace_in: MakeWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = note_routes(monkeypatch, Lesson)
    async with running(workspace_in()) as pilot:
        line = next(index for index, row in enumerate(rows_of(pilot)) if "Model and loss" in row)
        await pilot.click(offset=(12, line))
        await settled(pilot)
    assert opened == [Lesson("loss")]


async def test_an_empty_folder_is_said_and_nothing_breaks(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    async with running(make_workspace(tmp_path / "home", empty)) as pilot:
        assert f"There are no lessons in {empty}".replace(" ", "") in "".join(text_of(pilot).split())
        assert "t quiz" not in rows_of(pilot)[-1]
        await pilot.press("enter", "down", "t", "1")
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_a_missing_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_LESSONS", "/nowhere")
    async with running(make_workspace(tmp_path / "home")) as pilot:
        assert "▲" in rows_of(pilot)[3]
        assert "nowhere" in text_of(pilot)


async def test_a_lesson_that_cannot_be_read_is_named_and_the_others_work(
    workspace_in: MakeWorkspace, lessons: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "READ_LESSONS_AFTER", 0.01)
    (lessons / "en" / "02-loss.md").write_text("---\nid: [\n---\nText\n", encoding="utf-8")
    async with running(workspace_in()) as pilot:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause(0.2)
        await pilot.app.workers.wait_for_complete()
        await settled(pilot)
        assert "en/02-loss.md:" in text_of(pilot)
        assert "Gradient descent" in text_of(pilot)


async def test_runs_in_the_background_are_told(workspace_in: MakeWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = workspace_in()
    monkeypatch.setattr(type(workspace), "count_running", lambda _self: 2)
    async with running(workspace) as pilot:
        assert "● 2 training" in rows_of(pilot)[0]


async def test_colour_blind_ascii_mode_has_no_other_sign(workspace_in: MakeWorkspace) -> None:
    workspace = workspace_in(ascii=True)
    workspace.store.record_answer(Answer("loss", "loss-first", "single", (1,), correct=False))
    async with running(workspace) as pilot:
        assert text_of(pilot).replace("中", "").isascii()


async def test_the_map_scrolls_to_the_last_lesson_in_a_low_window(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in(), size=(60, 12)) as pilot:
        await pilot.press("end")
        await settled(pilot)
        assert "Softmax" in text_of(pilot)
        await pilot.press("home")
        await settled(pilot)
        assert "start  enter" in text_of(pilot)


async def test_escape_on_the_map_says_how_to_leave(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        await pilot.press("escape")
        await settled(pilot)
        assert "Press q to quit tutor" in text_of(pilot)
        await pilot.press("q")
        await settled(pilot)
        assert app_of(pilot).return_code == 0


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_wide_window_tells_of_the_day_and_of_the_selected_lesson(
    workspace_in: MakeWorkspace, language: str
) -> None:
    workspace = workspace_in(language)
    workspace.store.record_answer(Answer("descent", "descent-first", "single", (1,), correct=False, seconds=130))
    goal, score, named = {
        "en": ("2 of 15 min", "✓ 0/1   ↻ 1 to try again", "Lesson 3"),
        "zh": ("2/15 分钟", "✓ 0/1   ↻ 1 道需要再试", "第 3 课"),
    }[language]
    async with running(workspace, size=(140, 40)) as pilot:

        def panel() -> list[str]:
            return [row.rpartition("│")[2].strip() for row in rows_of(pilot)]

        await pilot.press("3")
        for _ in range(200):
            await pilot.pause(0.05)
            await pilot.app.workers.wait_for_complete()
            if TITLES[language] in panel() and any(goal in row for row in panel()):
                break
        assert any(goal in row for row in panel())
        assert TITLES[language] in panel()
        assert score in panel()
        assert any(row.startswith(named) for row in panel())
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert goal not in text_of(pilot)
        await pilot.resize_terminal(140, 40)
        await settled(pilot)
        assert any(goal in row for row in panel())


def test_the_panel_first_reads_what_needs_no_lesson(
    workspace_in: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = workspace_in()
    workspace.store.record_answer(Answer("descent", "descent-first", "single", (1,), correct=False, seconds=130))
    with monkeypatch.context() as patch:
        patch.delattr(Course, "reading")
        assert read_beside(workspace, whole=False).goal.learnt == 2
    assert [lab.heading.name for lab in read_beside(workspace, whole=True).labs] == ["ball"]


async def test_a_finished_part_opens_and_folds_with_the_arrows(workspace_in: MakeWorkspace) -> None:
    workspace = workspace_in()
    course = workspace.course
    assert course is not None
    first, *others = course.headers("en")
    for header in (first, *(each for each in others if each.part == first.part)):
        workspace.store.set_position(header.id, Position(1), fraction=1.0, questions=0)
    async with running(workspace) as pilot:
        rows = pilot.app.screen.query_one(RowList)
        rows.select("part:1")
        assert first.title not in "".join(rows_of(pilot)[4:])
        await pilot.press("right")
        await settled(pilot)
        assert rows.selected == "part:1"
        assert first.title in "".join(rows_of(pilot)[4:])
        await pilot.press("down")
        assert rows.selected == first.id
        await pilot.press("left")
        await settled(pilot)
        assert rows.selected == "part:1"
        assert first.title not in "".join(rows_of(pilot)[4:])
        await pilot.press("1")
        await settled(pilot)
        assert rows.selected == first.id


async def test_a_click_below_the_first_row_goes_on_too(
    workspace_in: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = note_routes(monkeypatch, Lesson)
    async with running(workspace_in()) as pilot:
        await pilot.click(offset=(12, 3))
        await settled(pilot)
    assert opened == [Lesson("learning")]


async def test_a_pack_is_a_further_part_and_its_lesson_opens(
    workspace_in: MakeWorkspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_pack(tmp_path / "home" / "packs" / "tides")
    routed = note_routes(monkeypatch, Lesson)
    async with running(workspace_in("zh")) as pilot:
        await settled(pilot)
        rows = text_of(pilot).splitlines()
        at = next(index for index, row in enumerate(rows) if row.strip().startswith("潮汐 ──"))
        assert "1 月亮" in rows[at + 1]
        assert "[en]" in next(row for row in rows if "02-water" in row)
        await pilot.press("end", "enter")
        await settled(pilot)
        assert routed == [Lesson("tides:water")]
