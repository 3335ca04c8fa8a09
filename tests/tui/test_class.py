"""A class on the screens: the whole life of a poll on a learner's screen, and the teacher's five pages."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from textual.color import Color
from textual.pilot import Pilot

from tests.tui.class_samples import RUN, add_prediction, desk_in, question, run_begins, run_ends, seat_in
from tests.tui.conftest import MakeWorkspace
from tests.tui.screen_rows import app_of, running, text_of
from tutor.classroom.desk import Desk
from tutor.classroom.folder import ClassFolder
from tutor.classroom.room import Poll
from tutor.foundation.translate import use_language
from tutor.runs.follower import LOCK_FILE
from tutor.runs.processes import hold
from tutor.tui import router, routes
from tutor.tui.app import TutorApp
from tutor.tui.questions.ask import AskView
from tutor.workspace import Workspace


@pytest.fixture
def folder(tmp_path: Path) -> ClassFolder:
    (tmp_path / "class").mkdir()
    return ClassFolder(tmp_path / "class")


async def shows(pilot: Pilot[int], *texts: str, absent: str = "", do: Callable[[], object] | None = None) -> str:
    """The screen, as soon as it shows ``texts``; ``do`` is done again and again meanwhile."""
    for _ in range(300):
        if do is not None:
            do()
        await pilot.pause(0.02)
        text = text_of(pilot)
        if all(each in text for each in texts) and not (absent and absent in text):
            return text
    raise AssertionError(f"{texts} never came:\n{text_of(pilot)}")


def count(desk: Desk) -> None:
    """Read everything, and write how the poll stands."""
    desk.look()
    desk.tally(2)


def poll_of(desk: Desk) -> Poll:
    desk.look()
    poll = desk.room.state.poll
    assert poll is not None
    return poll


async def test_a_poll_from_its_question_to_the_verdict_of_the_run(
    workspace_in: MakeWorkspace, lessons: Path, folder: ClassFolder
) -> None:
    add_prediction(lessons)
    workspace, desk = workspace_in(), desk_in(folder)
    workspace.seat = seat_in(folder, "anna")
    async with running(workspace) as pilot:
        await shows(pilot, "You are in a class as anna")
        router.go(app_of(pilot), routes.Glossary())
        await pilot.press("slash", "l", "o", "s")
        desk.open_question(question(workspace, "ball-stops"))
        await shows(pilot, "A question to everybody", "Where does the ball stop", "with your name")
        await shows(pilot, "0 of 1 answered", do=partial(count, desk))
        await pilot.press("1", "enter")
        await shows(pilot, "Your answer is in", "r change the answer")
        await shows(pilot, "1 of 1 answered", do=partial(count, desk))
        first = poll_of(desk)
        (vote,) = desk.room.votes(first).values()
        desk.close_poll(first)
        await shows(pilot, "closed, 1 answered", "100%", "yours", do=partial(count, desk))
        desk.vote_again(first)
        await shows(pilot, "round 2", "enter commit")
        await pilot.press("2", "enter")
        await shows(pilot, "Your answer is in")
        second = poll_of(desk)
        (changed,) = desk.room.votes(second).values()
        assert changed.indices != vote.indices
        desk.close_poll(second)
        run_begins(folder)
        lock = hold(folder.runs / RUN / LOCK_FILE)
        assert lock is not None
        desk.started(second, (RUN,))
        desk.look()
        desk.tally(2)
        lit = await shows(pilot, "holds now", "epoch 1/100")
        assert next(row for row in lit.splitlines() if "holds now" in row).split()[2] == "High"
        run_ends(folder)
        os.close(lock)
        await shows(pilot, "✓", "✗", absent="holds now")
        for _ in range(300):
            if workspace.store.answers():
                break  # it is saved just after it is shown
            await pilot.pause(0.02)
        (answer,) = workspace.store.answers()
        assert (answer.key, answer.correct) == (changed.key, 0 in changed.indices)
        desk.look()
        assert desk.room.learners["anna"].answers[answer.key].correct is answer.correct
        await pilot.press("escape")
        assert "los" in await shows(pilot, "Glossary")  # what was typed is still there
        await pilot.press("ctrl+r")
        await shows(pilot, "A question to everybody")
        desk.put_away(second)
        await shows(pilot, "Glossary")


async def test_an_answer_that_cannot_be_saved_is_not_said_to_be_in(
    workspace_in: MakeWorkspace, folder: ClassFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, desk = workspace_in(), desk_in(folder)
    workspace.seat = seat_in(folder, "anna")
    desk.open_question(question(workspace, "learning-first"))
    async with running(workspace) as pilot:
        await shows(pilot, "A question to everybody", "enter commit")

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(workspace.seat, "vote", full)
        await pilot.press("1", "enter")
        await shows(pilot, "No space left", "enter commit", absent="Your answer is in")
        monkeypatch.undo()
        await pilot.press("enter")
        await shows(pilot, "Your answer is in")


async def test_one_screen_serves_every_poll_and_takes_what_has_changed_while_it_was_away(
    workspace_in: MakeWorkspace, lessons: Path, folder: ClassFolder
) -> None:
    add_prediction(lessons)
    workspace, desk = workspace_in(), desk_in(folder)
    workspace.seat = seat_in(folder, "anna")
    async with running(workspace) as pilot:
        app = app_of(pilot)
        await shows(pilot, "You are in a class as anna")
        desk.open_question(question(workspace, "ball-stops"))
        await shows(pilot, "Where does the ball stop", "enter commit")
        first = app.screen
        (asks,) = first.query(AskView)
        await pilot.press("down", "space", "escape")
        await shows(pilot, "tutor", absent="A question to everybody")
        await pilot.press("ctrl+r")
        await shows(pilot, "A question to everybody")
        assert app.screen is first
        assert asks.attempt.draft.chosen, "an answer that was not committed is still there"
        desk.put_away(poll_of(desk))
        await shows(pilot, "tutor", absent="A question to everybody")
        app.change_settings(language="zh", theme="light")
        await pilot.resize_terminal(100, 14)
        desk.open_question(question(workspace, "learning-first"))
        await shows(pilot, "问全班的题", "一道题", absent="Where does the ball stop")
        while len(text_of(pilot).splitlines()) != 14:  # the size of the window may come a frame later
            await pilot.pause(0.02)
        assert app.screen is first
        assert asks.is_attached
        assert asks.has_focus
        assert not asks.attempt.draft.chosen
        assert first.has_class("-low")
        assert first.styles.background == Color.parse(app.look.ground)


async def test_a_learner_is_told_what_a_teacher_sees_follows_and_asks_for_help(
    workspace_in: MakeWorkspace, folder: ClassFolder
) -> None:
    workspace, desk = workspace_in(), desk_in(folder)
    workspace.seat = seat_in(folder, "anna", new=True)
    async with running(workspace) as pilot:
        await shows(pilot, "Your teacher sees:", "with your name")
        await pilot.press("enter")
        desk.follow(lesson="loss")
        await shows(pilot, "2 Model and loss", "Your teacher asked everybody")
        await pilot.press("escape", "ctrl+g")
        await shows(pilot, "you need help", "b labs")
        desk.catch_up()
        anna = desk.room.learners["anna"]
        assert anna.help_since
        assert "what-a-teacher-sees" in anna.seen
        for _ in range(300):
            await pilot.pause(0.02)
            desk.look()
            if anna.present is not None:
                break
        assert anna.present is not None


def teaching(workspace: Workspace, folder: ClassFolder, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Let the next app be a teacher's."""
    desk, make = desk_in(folder), TutorApp.__init__
    monkeypatch.setattr(TutorApp, "__init__", lambda app, workspace, first: make(app, workspace, first, desk))
    return desk


async def test_the_pages_of_a_teacher(
    workspace_in: MakeWorkspace, lessons: Path, folder: ClassFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_prediction(lessons)
    anna, bo = seat_in(folder, "anna"), seat_in(folder, "bo")
    (folder.learners / "cy").mkdir()
    os.mkfifo(folder.learners / "cy" / "class.jsonl")
    bo.ask_for_help(True)
    workspace = workspace_in()
    desk = teaching(workspace, folder, monkeypatch)
    async with running(workspace, lambda: router.screen_for(routes.Classroom())) as pilot:
        text = await shows(pilot, "2 of 3 here · help wanted: 1", "anna", "course map", "not a file")
        assert text.index("bo ") < text.index("anna")
        await pilot.press("3")
        await shows(pilot, "1 What learning means", "Where does the ball stop", "prediction")
        await pilot.press("enter")
        await shows(pilot, "0 of 2 answered", "Not yet: anna, bo", "c close")
        anna.look()
        poll = anna.state.poll
        assert poll is not None
        anna.vote(poll, (1,), "k")
        await shows(pilot, "1 of 2 answered", "Not yet: bo")
        await pilot.press("c")
        await shows(pilot, "100%", "a vote again", "r decide")
        await pilot.press("a")
        await shows(pilot, "0 of 2 answered")
        await pilot.press("c")
        run_begins(folder)
        lock = hold(folder.runs / RUN / LOCK_FILE)
        assert lock is not None
        monkeypatch.setattr(desk, "run", lambda *_: (RUN,))
        await pilot.press("r")
        await shows(pilot, "ball")
        run_ends(folder)
        os.close(lock)
        await shows(pilot, "✓", "✗", "x put away")
        await pilot.press("x")
        await shows(pilot, "enter open")
        await pilot.press("4")
        await shows(pilot, "the whole class", "ball", "finished")
        await pilot.press("2")
        await shows(pilot, "No answers yet")
        await pilot.press("5", "e")
        await shows(pilot, "Written: answers-")
        (file,) = folder.exports.iterdir()
        assert "anna" in file.read_text(encoding="utf-8")
        await pilot.press("o")
        await shows(pilot, "enter open")
        await pilot.press("enter")
        await shows(pilot, "A first section")
        await pilot.press("ctrl+r")
        await shows(pilot, "Everybody is asked to come here")
        assert desk.room.state.follow is not None
        assert desk.room.state.follow.lesson == "learning"
        await pilot.press("ctrl+g")
        await shows(pilot, "1 Room")


async def test_the_items_name_the_commonest_wrong_option(
    workspace_in: MakeWorkspace, folder: ClassFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tutor.progress.records import Answer

    for name, correct in (("anna", False), ("bo", False), ("cy", True)):
        seat_in(folder, name).answered(
            Answer("learning", "learning-first", "single", (int(not correct),), correct, hints=1)
        )
    teaching(workspace_in("zh"), folder, monkeypatch)
    async with running(workspace_in("zh"), lambda: router.screen_for(routes.Classroom())) as pilot:
        await pilot.press("2")
        await shows(pilot, "33%", "2 次 这个不对 · 不对。")
        await pilot.press("enter")
        await shows(pilot, "什么是学习", "一道题")


def test_every_row_fits_its_width(folder: ClassFolder) -> None:
    from tests.study.samples import SINGLE
    from tutor.charts.cells import row_width
    from tutor.classroom.polls import Counts
    from tutor.tui.questions.poll_rows import PollResult, result_rows
    from tutor.tui.screens.classroom.pages import room_items

    seat_in(folder, "李雷" * 12)
    seat_in(folder, "a" * 60).be_at("lesson", "x" * 90, 3)
    desk = desk_in(folder)
    desk.catch_up()
    for spoken in ("en", "zh"):
        use_language(spoken)
        for width in (40, 60, 80, 140):
            for item in room_items(desk.room, {}, desk.now(), width):
                assert row_width(item.draw(width)) <= width
            for brief in (False, True):
                result = PollResult(
                    SINGLE, (2, 0, 1, 3), Counts((12, 3, 0, 15)), 30, frozenset({1}), (True, False, None, True)
                )
                for row in result_rows(result, width, ascii=False, brief=brief):
                    assert row_width(row) <= width
