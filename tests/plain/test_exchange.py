"""``tutor import`` and ``tutor export``: what is written where, and what is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.cli import run
from tutor.foundation.errors import ExitCode
from tutor.foundation.translate import use_language
from tutor.plain.check import check

GIFT = "// [id:sums]\n::Sums::1+1?{=2 ~3}\n\nWhy?{}\n"


def test_a_lesson_is_written_beside_others_and_never_over_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "quiz.gift").write_text(GIFT)
    target = tmp_path / "en" / "07-first-quiz.md"
    assert run(["import", str(tmp_path / "quiz.gift"), "--out", str(target), "--title", 'The "first"']) == ExitCode.OK
    said = capsys.readouterr()
    assert said.out == ""
    assert "line 4 “Why?{}”: It is left out: an essay" in said.err
    assert "Questions: 1. Terms: 0. Not carried over: 1." in said.err
    assert target.read_text().startswith("---\nid: first-quiz\ntitle: \"The 'first'\"\n")
    assert "<!-- q: sums -->" in target.read_text()
    before = target.read_bytes()
    assert run(["import", str(tmp_path / "quiz.gift"), "-o", str(target)]) != ExitCode.OK
    assert target.read_bytes() == before
    second = tmp_path / "en" / "08-second.md"
    assert run(["import", str(tmp_path / "quiz.gift"), "-o", str(second)]) == ExitCode.OK
    assert "<!-- q: second-1 -->" in second.read_text(), "the id is taken by the lesson beside it"
    assert check(str(tmp_path), run_labs=False, jobs=1) == ExitCode.OK


def test_a_chinese_lesson_has_chinese_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "题.txt").write_text("::和::1+1?{#2####因为}\n", encoding="utf-8")
    assert run(["--lang", "zh", "import", str(tmp_path / "题.txt"), "--lesson", "sums"]) == ExitCode.OK
    out = capsys.readouterr().out
    assert "**答案**： 2" in out
    assert "<summary>为什么</summary>" in out
    use_language("en")


def test_nothing_to_import_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.gift").write_text("Why?{}\n")
    target = tmp_path / "a.md"
    assert run(["import", str(tmp_path / "a.gift"), "-o", str(target)]) == ExitCode.CANNOT_READ
    assert not target.exists()
    assert "an essay" in capsys.readouterr().err


def test_an_export_says_what_it_leaves_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", "gradient-descent"]) == ExitCode.OK
    said = capsys.readouterr()
    assert said.out.count("// [id:") > 10
    assert "Left out, because a run decides the answer (" in said.err
    assert run(["export", "3", "--format", "qti"]) == ExitCode.USAGE
    for name in ("qti", "anki"):
        assert run(["export", "3", "--format", name, "-o", str(tmp_path / name)]) == ExitCode.OK
        assert (tmp_path / name).read_bytes().startswith(b"PK")
