"""Settings, help, palette, the too small window: what lies around the lessons, in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tui.conftest import MakeWorkspace
from tests.tui.screen_rows import (
    app_of,
    closed_at_the_end,
    lab_opened,
    make_workspace,
    note_routes,
    rows_of,
    running,
    settled,
    text_of,
)
from tutor.tui import router
from tutor.tui.routes import Lab, Lesson
from tutor.tui.screens.help import HelpScreen
from tutor.tui.screens.palette import Palette
from tutor.tui.screens.settings import SettingsScreen
from tutor.tui.screens.too_small import TooSmallScreen
from tutor.tui.widgets.row_list import RowList

BOTH = pytest.mark.parametrize("language", ["en", "zh"])


@BOTH
async def test_settings_show_every_choice(workspace_in: MakeWorkspace, language: str) -> None:
    async with running(workspace_in(language), SettingsScreen) as pilot:
        text = text_of(pilot)
        assert ("● English   ○ 中文" if language == "en" else "○ English   ● 中文") in text
        assert ("● dark   ○ light   ○ terminal" if language == "en" else "● 深色   ○ 浅色   ○ 终端") in text
        assert "…" not in text.split("Progress in")[0].split("进度保存在")[0], "every sentence fits 80 columns"


async def test_a_change_holds_at_once_and_is_kept(workspace_in: MakeWorkspace) -> None:
    workspace = workspace_in()
    async with running(workspace, SettingsScreen) as pilot:
        await pilot.press("down", "right")
        await settled(pilot)
        assert app_of(pilot).look.name == "light"
        await pilot.press("down", "left")
        await settled(pilot)
        assert app_of(pilot).ascii
        assert "> Settings" in rows_of(pilot)[0]
        await pilot.press("down", "enter")
        await settled(pilot)
        assert not app_of(pilot).motion
        assert pilot.app.animation_level == "none"
        await pilot.press("down", "space")
        await settled(pilot)
        await pilot.press("home", "space")
        await settled(pilot)
        assert "设置" in rows_of(pilot)[0]
    kept = json.loads((workspace.home / "settings.json").read_text(encoding="utf-8"))
    assert (kept["language"], kept["theme"], kept["ascii"], kept["motion"]) == ("zh", "light", True, False)
    assert kept["screen_reader"] is True


async def test_kept_settings_are_there_at_the_next_start(workspace_in: MakeWorkspace, tmp_path: Path) -> None:
    workspace = workspace_in()
    workspace.change_settings(language="zh", theme="light")
    from tutor.workspace import Workspace

    async with running(closed_at_the_end(Workspace(home=workspace.home, lessons=tmp_path / "lessons"))) as pilot:
        assert app_of(pilot).look.name == "light"
        assert "梯度下降" in text_of(pilot)


async def test_settings_that_cannot_be_kept_still_hold_and_that_is_said(
    workspace_in: MakeWorkspace, tmp_path: Path
) -> None:
    workspace = workspace_in()
    (tmp_path / "home").write_text("a file where the folder should be", encoding="utf-8")
    async with running(workspace, SettingsScreen) as pilot:
        await pilot.press("down", "right")
        await settled(pilot)
        assert app_of(pilot).look.name == "light"
        assert "▲" in text_of(pilot)
        assert "settings.json" in "".join(text_of(pilot).split())


async def test_a_broken_settings_file_is_said_once(lessons: Path, tmp_path: Path) -> None:
    from tutor.workspace import Workspace

    home = tmp_path / "home"
    home.mkdir()
    (home / "settings.json").write_text("{broken", encoding="utf-8")
    async with running(closed_at_the_end(Workspace(home=home, lessons=lessons))) as pilot:
        await settled(pilot)
        assert "settings.json" in "".join(text_of(pilot).split())


@BOTH
async def test_help_lists_every_key_of_the_screen_by_group(workspace_in: MakeWorkspace, language: str) -> None:
    async with running(workspace_in(language), size=(80, 50)) as pilot:
        commands = [*app_of(pilot).screen.commands()]  # type: ignore[attr-defined]
        await pilot.press("question_mark")
        await settled(pilot)
        assert isinstance(pilot.app.screen, HelpScreen)
        text = text_of(pilot)
        for heading in (
            ("On this screen", "Moving", "On every screen") if language == "en" else ("本页", "移动", "所有页面通用")
        ):
            assert f"\n  {heading}\n" in text
        for command in commands:
            assert any(row.strip().startswith(command.keys_shown.split()[0]) for row in rows_of(pilot)), command.id
        await pilot.press("question_mark")
        await settled(pilot)
        assert not isinstance(pilot.app.screen, HelpScreen)


async def test_help_speaks_the_other_language_live(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        await pilot.press("question_mark", "L")
        await settled(pilot)
        assert "本页" in text_of(pilot)


async def open_palette(pilot: object, words: str) -> list[str]:
    await pilot.press("ctrl+p")  # type: ignore[attr-defined]
    await settled(pilot)  # type: ignore[arg-type]
    await pilot.app.workers.wait_for_complete()  # type: ignore[attr-defined]
    await pilot.press(*words)  # type: ignore[attr-defined]
    await settled(pilot)  # type: ignore[arg-type]
    screen = pilot.app.screen  # type: ignore[attr-defined]
    assert isinstance(screen, Palette)
    return [each.key for each in screen.query_one(RowList).items]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("descent", "lesson:descent"),
        ("梯度", "lesson:descent"),
        ("ball", "lab:ball"),
        ("小球", "lab:ball"),
        ("rate", "term:learning-rate"),
        ("学习率", "term:learning-rate"),
        ("settings", "app.settings"),
    ],
)
async def test_the_palette_finds_commands_lessons_labs_and_terms(
    workspace_in: MakeWorkspace, words: str, first: str
) -> None:
    async with running(workspace_in()) as pilot:
        assert (await open_palette(pilot, words))[0] == first


@pytest.mark.parametrize(("language", "title"), [("en", "Ball on a curve"), ("zh", "曲线上的小球")])
async def test_the_palette_calls_a_lab_in_the_language_in_use(
    workspace_in: MakeWorkspace, language: str, title: str
) -> None:
    async with running(workspace_in(language)) as pilot:
        await open_palette(pilot, "ball")
        assert title in text_of(pilot)


@BOTH
async def test_the_help_of_a_lab_gives_each_key_its_own_row(workspace_in: MakeWorkspace, language: str) -> None:
    async with running(workspace_in(language), lambda: router.screen_for(Lab("ball")), size=(80, 60)) as pilot:
        await lab_opened(pilot)
        await pilot.press("question_mark")
        await settled(pilot)
        keys = [row.split()[:2] for row in rows_of(pilot) if row.startswith("    ")]
        more, less = ("More", "Fewer") if language == "en" else ("每秒回合数增加，直到全速", "每秒回合数减少；结果不变")
        assert [".", more] in keys
        assert [",", less] in keys


async def test_what_is_found_is_done(workspace_in: MakeWorkspace, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = note_routes(monkeypatch, Lesson, Lab)
    async with running(workspace_in()) as pilot:
        await open_palette(pilot, "descent")
        await pilot.press("enter")
        await settled(pilot)
        await open_palette(pilot, "ball")
        await pilot.press("enter")
        await settled(pilot)
        await open_palette(pilot, "settings")
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, SettingsScreen)
    assert opened == [Lesson("descent"), Lab("ball")]


async def test_an_older_search_that_ends_last_takes_no_entry_from_the_rows_in_view(
    workspace_in: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = note_routes(monkeypatch, Lesson)
    async with running(workspace_in()) as pilot:
        await open_palette(pilot, "prose")
        await pilot.app.workers.wait_for_complete()
        await settled(pilot)
        palette = pilot.app.screen
        assert isinstance(palette, Palette)
        (key, *_) = [each.key for each in palette.query_one(RowList).items if each.key.startswith("passage:")]
        palette._show_passages("pro", [])
        palette.query_one(RowList).select(key)
        await pilot.press("enter")
        await settled(pilot)
    assert len(opened) == 1


async def test_the_palette_offers_all_commands_even_while_text_is_typed(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        await pilot.press("g")
        await settled(pilot)
        assert "app.language" in await open_palette(pilot, "")


async def test_nothing_found_is_said_and_enter_does_nothing(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        await open_palette(pilot, "qqqq")
        assert "Nothing has that name" in text_of(pilot)
        await pilot.press("enter", "down", "up", "escape")
        await settled(pilot)
        assert not isinstance(pilot.app.screen, Palette)


@BOTH
async def test_a_window_too_small_says_so_and_recovers(workspace_in: MakeWorkspace, language: str) -> None:
    async with running(workspace_in(language)) as pilot:
        await pilot.press("question_mark")
        await settled(pilot)
        await pilot.resize_terminal(20, 5)
        await settled(pilot)
        assert isinstance(pilot.app.screen, TooSmallScreen)
        words = "".join(text_of(pilot).split())
        assert ("too small" if language == "en" else "窗口太小").replace(" ", "") in words
        assert "40x12" in words
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert isinstance(pilot.app.screen, HelpScreen)


async def test_a_start_in_a_window_too_small_recovers_too(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in(), size=(20, 5)) as pilot:
        assert isinstance(pilot.app.screen, TooSmallScreen)
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert "Gradient descent" in text_of(pilot)


async def test_no_colour_reaches_the_terminal_where_none_is_wanted(
    workspace_in: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(workspace_in()) as pilot:
        await pilot.press("down")
        await settled(pilot)
        update = pilot.app.screen._compositor.render_strips()
        for strip in update:
            for segment in strip:
                for colour in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                    assert colour is None or colour.is_default, segment


async def test_every_theme_draws_every_screen(workspace_in: MakeWorkspace) -> None:
    for theme in ("dark", "light", "terminal"):
        async with running(workspace_in(theme=theme)) as pilot:
            for keys in (("S",), ("escape", "question_mark"), ("escape", "g"), ("escape", "ctrl+p")):
                await pilot.press(*keys)
                await settled(pilot)
                alone = theme == "terminal" and "ctrl+p" in keys  # 16 colours: nothing behind a card can be made faint
                assert rows_of(pilot)[0].startswith("  tutor") is not alone
                assert not alone or "╭" in text_of(pilot)


async def test_a_fault_of_ours_is_a_sentence_and_a_file(
    lessons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make_workspace(tmp_path / "home", lessons)

    async def break_something() -> None:
        async with running(workspace) as pilot:
            monkeypatch.setattr(app_of(pilot).screen, "action_settings", lambda: 1 / 0)
            await pilot.press("S")
            await settled(pilot)

    with pytest.raises(ZeroDivisionError):
        await break_something()
    assert "ZeroDivisionError" in (workspace.home / "crash.txt").read_text(encoding="utf-8")


def test_a_fault_of_ours_in_a_home_that_cannot_be_written_is_kept_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tutor.tui.background import keep_traceback

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "a file").write_text("")
    sentence = keep_traceback(ZeroDivisionError("by us"), tmp_path / "a file")
    assert "\n" not in sentence
    assert str(tmp_path / "tutor-crash.txt") in sentence
    assert "by us" in (tmp_path / "tutor-crash.txt").read_text(encoding="utf-8")


async def test_a_key_shows_how_many_bytes_a_second_go_to_the_terminal_and_takes_it_away(
    workspace_in: MakeWorkspace,
) -> None:
    async with running(workspace_in()) as pilot:
        for shown in (True, False):
            await pilot.press("ctrl+o")
            await settled(pilot)
            assert ("B/s" in rows_of(pilot)[0]) is shown
