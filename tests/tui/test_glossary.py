"""The glossary and its cards, in both languages."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot

from tests.tui import screen_rows
from tests.tui.conftest import MakeWorkspace
from tests.tui.screen_rows import app_of, make_workspace, note_routes, rows_of, running, text_of
from tutor.course.catalogue import Course
from tutor.course.glossary import Glossary, GlossaryEntry, build_glossary
from tutor.course.lesson import Place, Term
from tutor.tui import router
from tutor.tui.routes import Lesson
from tutor.tui.routes import Term as TermRoute
from tutor.tui.screen import TutorDialog, TutorScreen
from tutor.tui.screens import glossary
from tutor.tui.screens.glossary import GlossaryScreen
from tutor.tui.screens.home import HomeScreen
from tutor.tui.screens.term import TermCard
from tutor.tui.widgets.row_list import RowItem, RowList
from tutor.tui.widgets.term import TermView

BOTH = pytest.mark.parametrize("language", ["en", "zh"])


async def settled(pilot: Pilot[int]) -> None:
    """Wait until the lessons have been read, and all is drawn."""
    await screen_rows.settled(pilot)
    await pilot.app.workers.wait_for_complete()
    await screen_rows.settled(pilot)


@BOTH
async def test_every_term_is_listed_with_both_names(workspace_in: MakeWorkspace, language: str) -> None:
    async with running(workspace_in(language), GlossaryScreen) as pilot:
        await settled(pilot)
        rows = [row for row in rows_of(pilot) if "学习率" in row and "Learning rate" in row]
        assert len(rows) == 1
        assert rows[0].strip("▌ ").startswith("Learning rate" if language == "en" else "学习率")
        assert ("4 terms" if language == "en" else "4 个术语") in rows_of(pilot)[0]


async def test_the_screen_is_there_before_the_lessons_have_been_read(
    workspace_in: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = workspace_in()
    course, read = workspace.course, Event()
    assert course is not None
    read_terms = type(course).glossary

    def slowly(self: Course) -> Glossary:
        read.wait(30)
        return read_terms(self)

    monkeypatch.setattr(Course, "glossary", slowly)
    async with running(workspace, GlossaryScreen) as pilot:
        assert "Reading the lessons" in text_of(pilot)
        await pilot.press(*"learning ra")
        read.set()
        await settled(pilot)
        assert pilot.app.screen.query_one(RowList).selected == "learning-rate", "what was typed meanwhile is found"


async def test_of_very_many_terms_only_those_in_view_are_drawn(
    workspace_in: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = workspace_in()
    course = workspace.course
    assert course is not None
    names = [f"term {number:05}" for number in range(3_000)]
    terms = [Term(f"t{name[-5:]}", name, (), "It is.", "", (), Place(Path()), "descent") for name in names]
    many = build_glossary(("en", term) for term in terms)
    monkeypatch.setattr(course, "glossary", lambda: many)
    monkeypatch.setattr(Course, "has_glossary", True)
    drawn: set[str] = set()
    draw = glossary._item

    def noted(entry: GlossaryEntry, others: int, *, reads_both: bool) -> RowItem:
        drawn.add(entry.id)
        return draw(entry, others, reads_both=reads_both)

    monkeypatch.setattr(glossary, "_item", noted)
    async with running(workspace) as pilot:
        await pilot.press("g")
        await settled(pilot)
        assert "3,000 terms" in rows_of(pilot)[0]
        await pilot.press("tab", "end")
        await settled(pilot)
        assert "term 02999" in text_of(pilot)
        assert len(drawn) < 200
        await pilot.press("escape", "ctrl+p")
        await settled(pilot)
        await pilot.press(*"rm 01234")
        await settled(pilot)
        assert pilot.app.screen.query_one(RowList).selected == "term:t01234"


@pytest.mark.parametrize("words", ["learning ra", "学习率", "LEARNING RATE", "/learning ra"])
@BOTH
async def test_searching_as_one_types_finds_in_both_languages(
    workspace_in: MakeWorkspace, language: str, words: str
) -> None:
    async with running(workspace_in(language), GlossaryScreen) as pilot:
        await pilot.press(*words)
        await settled(pilot)
        assert pilot.app.screen.query_one(RowList).selected == "learning-rate"
        await pilot.press("escape")
        await settled(pilot)
        assert len(pilot.app.screen.query_one(RowList).items) == 4


async def test_nothing_found_is_said(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in(), GlossaryScreen) as pilot:
        await pilot.press(*"xyzzy", "enter")
        await settled(pilot)
        assert "No term has that name" in text_of(pilot)


async def test_from_100_columns_the_card_stands_beside_the_list(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in(), GlossaryScreen, size=(100, 24)) as pilot:
        await pilot.press(*"learning ra")
        await settled(pilot)
        assert "│  What Learning rate means in one" in text_of(pilot)
        await pilot.resize_terminal(120, 24)
        await settled(pilot)
        assert "What Learning rate means in one sentence." in text_of(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(pilot.app.focused, TermView)
        await pilot.press("enter")
        await settled(pilot)
        assert "What Softmax means in one sentence." in text_of(pilot)
        await pilot.press("backspace")
        await settled(pilot)
        assert "What Learning rate means in one sentence." in text_of(pilot)
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert "What Learning rate means" not in text_of(pilot)


@BOTH
async def test_below_100_columns_the_card_opens_over_the_list(workspace_in: MakeWorkspace, language: str) -> None:
    async with running(workspace_in(language), GlossaryScreen) as pilot:
        await pilot.press(*"rate", "enter")
        await settled(pilot)
        assert isinstance(pilot.app.screen, TermCard)
        text = text_of(pilot)
        assert ("┌ Learning rate · 学习率" if language == "en" else "┌ 学习率 · Learning rate") in text
        assert ("introduced in lesson 3" if language == "en" else "首次出现于 3") in text
        (edge,) = (row for row in rows_of(pilot) if "└" in row)
        assert edge.count("esc") == 1, "it closes the card; there is no other way back beside it"
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(pilot.app.screen, GlossaryScreen)


@BOTH
async def test_a_card_in_a_small_window_keeps_its_keys(tmp_path: Path, language: str) -> None:
    workspace = make_workspace(tmp_path, Path("lessons"), language=language)
    async with running(workspace, lambda: TermCard("adagrad"), size=(40, 12)) as pilot:
        assert any("└" in row and "esc" in row for row in rows_of(pilot)), text_of(pilot)


async def test_links_lead_on_and_back(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in(), lambda: TermCard("learning-rate")) as pilot:
        assert "⌫" not in text_of(pilot), "there is no way back yet"
        await pilot.press("1")
        await settled(pilot)
        assert "┌ Softmax" in text_of(pilot)
        await pilot.press("tab", "enter")
        await settled(pilot)
        assert "┌ Machine learning" in text_of(pilot)
        await pilot.press("backspace", "backspace", "backspace")
        await settled(pilot)
        assert "┌ Learning rate" in text_of(pilot)


async def test_a_card_opens_over_any_screen_and_the_screen_stays_visible(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        router.go(app_of(pilot), TermRoute("loss-function"))
        await settled(pilot)
        text = text_of(pilot)
        assert "┌ Loss function · 损失函数" in text
        assert "r review" in text
        crumb = pilot.app.screen._compositor.render_strips()[0]
        assert "tutor" in crumb.text
        inks = [each.style.color for each in crumb if each.style is not None]
        colours = [ink.triplet for ink in inks if ink is not None and ink.triplet is not None]
        assert colours
        assert all(max(colour) < 0xA0 for colour in colours), "what lies below is faint"
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_a_card_speaks_the_other_language_live(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in(), lambda: TermCard("learning-rate")) as pilot:
        await pilot.press("L")
        await settled(pilot)
        assert "用一句话说明学习率" in text_of(pilot)


async def test_a_card_opens_the_lesson_where_the_term_is_first_met(
    workspace_in: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = note_routes(monkeypatch, Lesson)
    async with running(workspace_in()) as pilot:
        router.go(app_of(pilot), TermRoute("learning-rate"))
        await settled(pilot)
        await pilot.press("o")
        await settled(pilot)
        assert isinstance(pilot.app.screen, HomeScreen)
    assert opened == [Lesson("descent", "learning-rate")]


async def test_a_term_that_does_not_exist_is_said(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in(), lambda: TermCard("no-such-term")) as pilot:
        assert "does not have this term" in text_of(pilot)
        await pilot.press("enter", "1", "tab", "o", "backspace", "down")


async def test_the_glossary_opens_at_a_term_from_its_card(workspace_in: MakeWorkspace) -> None:
    async with running(workspace_in()) as pilot:
        router.go(app_of(pilot), TermRoute("softmax-function"))
        await settled(pilot)
        await pilot.press("g")
        await settled(pilot)
        assert isinstance(pilot.app.screen, GlossaryScreen)
        assert pilot.app.screen.query_one(RowList).selected == "softmax-function"


async def cards_after(pilot: Pilot[int], *keys: str) -> list[str]:
    await pilot.press(*keys)
    await settled(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, TutorScreen | TutorDialog)
    return [term for card in screen.workspace.store.cards.all() if (term := card.key.split(":")[1])]


@pytest.mark.parametrize("size", [(80, 24), (120, 24)])
async def test_a_term_that_was_opened_is_asked_in_reviews(workspace_in: MakeWorkspace, size: tuple[int, int]) -> None:
    workspace = workspace_in()
    async with running(workspace, GlossaryScreen, size) as pilot:
        assert await cards_after(pilot, *"learning ra") == [], "one that passes by in the list was not opened"
        assert await cards_after(pilot, "enter") == ["learning-rate"]
        followed = await cards_after(pilot, "enter")
        assert len(followed) == 2, "a link that is followed opens the next"
        assert await cards_after(pilot, "backspace") == followed, "seen twice is one card"
    (card,) = [each for each in workspace.store.cards.all() if "learning-rate" in each.key]
    entry = workspace.course.glossary().get("learning-rate") if workspace.course is not None else None
    assert entry is not None
    assert card.lesson_id == entry.lesson_id
