"""The time of reading: counted on the lesson's screen, told on the progress screen."""

from __future__ import annotations

import pytest

from tests.tui.conftest import MakeWorkspace
from tests.tui.screen_rows import rows_of, running, settled
from tutor.progress.activity import ReadingPiece
from tutor.study.lesson_session import LessonSession
from tutor.tui.screens.lesson.screen import LessonScreen


class Seconds:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    clock = Seconds()
    monkeypatch.setattr(LessonSession.__init__, "__kwdefaults__", {"seconds": clock})
    return clock


async def test_a_lesson_is_read_while_it_is_in_front(workspace_in: MakeWorkspace, seconds: Seconds) -> None:
    workspace = workspace_in()
    async with running(workspace, lambda: LessonScreen("loss")) as pilot:
        await pilot.app.workers.wait_for_complete()
        await settled(pilot)
        seconds.now += 20
        await pilot.press("space")
        seconds.now += 5
        await pilot.press("g")
        await settled(pilot)
        assert sum(piece.seconds for piece in workspace.store.reading.pieces()) == 25.0, "kept when it is left"
        seconds.now += 60
        await pilot.press("down")
        seconds.now += 60
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(pilot.app.screen, LessonScreen)
        seconds.now += 500
        await pilot.press("down")
        seconds.now += 3
        await pilot.press("escape")
        await settled(pilot)
        pieces = workspace.store.reading.pieces()
        assert sum(piece.seconds for piece in pieces) == 25.0 + 120.0 + 3.0, "a pause counts as two minutes at most"
        assert {piece.lesson_id for piece in pieces} == {"loss"}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_reading_is_told_beside_questions(workspace_in: MakeWorkspace, language: str) -> None:
    workspace = workspace_in(language)
    workspace.store.reading.keep(ReadingPiece("loss", 4000.0))
    async with running(workspace) as pilot:
        await pilot.press("p")
        await pilot.app.workers.wait_for_complete()
        await settled(pilot)
        assert ("1 h 07" if language == "en" else "1 小时 07 分") in "\n".join(rows_of(pilot))
