"""Progress of the first edition counts when the folder of its lessons becomes a pack that `TUTOR_LESSONS` names."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from tests.kept.test_first_edition import KEPT
from tutor.cli import run as run_command
from tutor.course.packs.installed import open_course
from tutor.foundation.errors import ExitCode
from tutor.study.course_store import open_course_store


def test_answers_cards_and_goals_are_found_under_the_ids_of_the_pack(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(KEPT / "home" / "progress.sqlite3", own_home)
    folder = tmp_path / "lessons"
    shutil.copytree(KEPT / "lessons", folder)
    with closing(open_course_store(open_course(folder)).store) as store:
        before = {name: answer.correct for name, answer in store.newest_answers("kept").items()}
        cards = {card.key for card in store.cards.all()}
        goal = store.attempts.best("small", "diverged")
    assert before
    (folder / "pack.toml").write_text('id = "old"\ntitle = "An old course"\n')
    monkeypatch.setenv("TUTOR_LESSONS", str(folder))
    with closing(open_course_store(open_course()).store) as store:
        now = {name: answer.correct for name, answer in store.newest_answers("old:kept").items()}
        assert now == {f"old:{name}": correct for name, correct in before.items()}
        # The shipped course has a term of this id, too, so the card stays where it may belong.
        shipped = "term:loss-function:meaning"
        assert shipped in cards
        assert {card.key for card in store.cards.all()} == {shipped, *(f"old:{key}" for key in cards - {shipped})}
        best = store.attempts.best("old:small", "diverged")
        assert (best is None) == (goal is None)
        assert "old:kept" in store.lesson_states()
        assert store.last_lesson() == "old:kept"
    assert run_command(["list"]) == ExitCode.OK
    assert "old:kept 100% read" in " ".join(capsys.readouterr().out.split())
