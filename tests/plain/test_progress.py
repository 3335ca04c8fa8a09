"""``tutor progress``: told, taken along, brought back, forgotten."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.stores import open_store
from tests.tui.conftest import write_course
from tutor.cli import run
from tutor.foundation import clock, paths
from tutor.foundation.errors import ExitCode
from tutor.foundation.translate import use_language
from tutor.progress.cards import Side, term_key
from tutor.progress.records import Answer


@pytest.fixture(autouse=True)
def learnt(tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_LESSONS", str(write_course(tmp_path / "course")))
    store = open_store().store
    now = clock.utc_now()
    for number, correct in enumerate((False, False, True)):
        at = now - timedelta(days=2 - number)
        given = (0 if correct else 1,)
        store.record_answer(Answer("loss", "loss-first", "single", given, correct, seconds=30.0, confidence=0.9, at=at))
    store.cards.see([term_key("loss-function", side) for side in Side], "loss", now - timedelta(days=1))
    store.close()


def answers() -> int:
    return len(open_store().store.answers())


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ["Answers: 3; correct: 33%.", "Days in a row: 3", "2 Model and loss", "2 × It is not.", "tutor loss"]),
     ("zh", ["回答：3 次；答对：33%。", "连续学习：3 天", "2 模型与损失", "2 × 不对。", "tutor loss"])],
)  # fmt: skip
def test_how_it_stands_in_both_languages(
    language: str, said: list[str], own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own_home / "settings.json").write_text(json.dumps({"language": language}), encoding="utf-8")
    use_language(language)
    assert run(["progress"]) == ExitCode.OK
    out = capsys.readouterr().out
    for each in said:
        assert each in out
    assert str(paths.progress_file()) in out


def test_items_tell_the_author(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["progress", "items", "2"]) == ExitCode.OK
    first, second = capsys.readouterr().out.splitlines()[:2]
    assert first.startswith("A question ")
    assert "33%  of 3  30 s" in first
    assert second == "    2 Model and loss · loss-first"
    assert run(["progress", "items", "nowhere"]) == ExitCode.CANNOT_READ


@pytest.mark.parametrize("format_", ["json", "csv"])
def test_out_and_in_again_on_another_machine(
    format_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"mine.{format_}"
    assert run(["progress", "export", "--format", format_, "-o", str(file)]) == ExitCode.OK
    assert run(["progress", "export", "--format", format_, "-o", str(file)]) == ExitCode.CANNOT_WRITE
    assert "--force" in capsys.readouterr().err
    assert run(["progress", "export", "--format", format_, "-o", str(file), "--force"]) == ExitCode.OK
    before = open_store().store.answers()
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "another"))
    assert run(["progress", "import", str(file)]) == ExitCode.OK
    assert "answers: 3" in capsys.readouterr().out
    assert open_store().store.answers() == before
    run(["progress", "import", str(file)])
    assert "New: nothing." in capsys.readouterr().out


def test_standard_output_is_the_file(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    run(["progress", "export"])
    assert len(json.loads(capsysbinary.readouterr().out)["answers"]) == 3


def test_a_package_for_anki_holds_every_card(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.apkg"
    assert run(["progress", "export", "--format", "anki"]) == ExitCode.USAGE
    assert run(["progress", "export", "--format", "anki", "-o", str(file)]) == ExitCode.OK
    with zipfile.ZipFile(file) as package:
        package.extract("collection.anki2", tmp_path)
    with closing(sqlite3.connect(tmp_path / "collection.anki2")) as connection, connection:
        notes = [row[0] for row in connection.execute("SELECT flds FROM notes")]
    connection.close()
    assert len(notes) == 4
    assert any("Loss function" in note.split("\x1f")[0] for note in notes)
    assert any("损失函数" in note.split("\x1f")[1] for note in notes)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{}", b"hello", b'{"format": "tutor-progress"}'])
def test_another_file_is_refused_in_a_sentence(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "other"
    file.write_bytes(content)
    assert run(["progress", "import", str(file)]) == ExitCode.CANNOT_READ
    assert capsys.readouterr().err.startswith("tutor: ")
    assert answers() == 3


def test_a_missing_file_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["progress", "import", "/nowhere/at-all.json"]) == ExitCode.CANNOT_READ
    assert "/nowhere/at-all.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (["--item", "loss-first"], 0),
        (["--item", "loss-function"], 3),
        (["--lesson", "loss"], 0),
        (["--lesson", "other"], 3),
        (["--all"], 0),
    ],
)
def test_what_is_forgotten_is_kept_in_a_file_that_brings_it_back(
    words: list[str], left: int, own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = open_store().store.dump()
    assert run(["progress", "reset", *words, "--yes"]) == ExitCode.OK
    assert answers() == left
    (kept,) = own_home.glob("progress-before-reset-*.json")
    assert str(kept) in capsys.readouterr().out
    run(["progress", "import", str(kept)])
    after = open_store().store.dump()
    key = {"answers": "key", "cards": "card", "lessons": "lesson", "quizzes": "quiz", "attempts": "lab"}
    assert {t: sorted(rows, key=lambda row, t=t: row[key[t]]) for t, rows in after.items()} == {  # type: ignore[misc]
        t: sorted(rows, key=lambda row, t=t: row[key[t]])  # type: ignore[misc]
        for t, rows in before.items()
    }


def test_nothing_is_forgotten_without_being_sure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert run(["progress", "reset", "--all"]) == ExitCode.USAGE
    assert "--yes" in capsys.readouterr().err
    assert run(["progress", "reset"]) == ExitCode.USAGE
    assert run(["progress", "reset", "--all", "--lesson", "loss", "--yes"]) == ExitCode.USAGE
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: "no")
    assert run(["progress", "reset", "--all"]) == ExitCode.FAULTS_FOUND
    assert answers() == 3
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    assert run(["progress", "reset", "--all"]) == ExitCode.OK
    assert answers() == 0
