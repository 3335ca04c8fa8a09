from __future__ import annotations

from pathlib import Path

from tests.stores import open_store
from tests.tui.screen_rows import make_workspace
from tutor.progress.records import Answer

ANSWER = Answer("lesson", "question", "single", (0,), correct=True)


def test_closing_without_having_opened_anything_says_nothing(tmp_path: Path) -> None:
    assert make_workspace(tmp_path / "home").close() == ""
    assert not (tmp_path / "home").exists()


def test_closing_saves_what_had_to_wait(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("in the way")
    workspace = make_workspace(tmp_path / "home")
    workspace.store.record_answer(ANSWER)
    (tmp_path / "home").unlink()
    assert workspace.close() == ""
    assert open_store(tmp_path / "home" / "progress.sqlite3").store.answers() == [ANSWER]


def test_what_could_never_be_saved_is_said_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("in the way")
    workspace = make_workspace(tmp_path / "home", language="zh")
    workspace.store.record_answer(ANSWER)
    assert "无法保存" in workspace.close()
