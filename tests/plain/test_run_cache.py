"""What a check may remember of runs: only what the same code would find again with the same data."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plain.test_check import BALL, HEAD, PREDICTION
from tutor.foundation.errors import ExitCode
from tutor.plain import run_cache
from tutor.plain.check import check
from tutor.plain.run_cache import RunCache

FACTS: run_cache.Facts = {"final.w": 0.1 + 0.2, "diverged": False, "state": "finished", "never": float("inf")}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "table.csv").write_text("a,b\n1,2\n")
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "runs.json"


def test_facts_come_back_exactly(data: Path, file: Path) -> None:
    RunCache(data, file).keep({b"spec": FACTS})
    assert RunCache(data, file).get(b"spec") == FACTS
    assert RunCache(data, file).get(b"another spec") is None


def test_other_data_or_other_code_has_no_memory(data: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    RunCache(data, file).keep({b"spec": FACTS})
    (data / "table.csv").write_text("a,b\n1,3\n")
    assert RunCache(data, file).get(b"spec") is None
    (data / "table.csv").write_text("a,b\n1,2\n")
    assert RunCache(data, file).get(b"spec") == FACTS
    monkeypatch.setattr(run_cache, "_ROOMS", ("ml",))
    assert RunCache(data, file).get(b"spec") is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"ingredients": 1}', b"\xff\xfe", b"null"])
def test_a_damaged_file_is_as_good_as_none(data: Path, file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    cache = RunCache(data, file)
    assert cache.get(b"spec") is None
    cache.keep({b"spec": FACTS})
    assert RunCache(data, file).get(b"spec") == FACTS


def test_a_cache_that_cannot_be_written_is_no_fault(data: Path, file: Path) -> None:
    file.parent.write_text("a file where a folder should be")
    RunCache(data, file).keep({b"spec": FACTS})
    assert RunCache(data, file).get(b"spec") is None


@pytest.fixture
def course(tmp_path: Path, data: Path) -> Path:
    (tmp_path / "en").mkdir()
    (tmp_path / "labs").mkdir()
    (tmp_path / "labs" / "ball.toml").write_text(BALL)
    (tmp_path / "en" / "01-sample.md").write_text(HEAD + PREDICTION.format(rate=0.01, left=" ", right="x"))
    return tmp_path


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_a_second_check_runs_nothing_and_says_so(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(str(course), run_labs=True, jobs=1) == ExitCode.OK
    assert "Runs trained: 1" in said(capsys)
    assert check(str(course), run_labs=True, jobs=1) == ExitCode.OK
    text = said(capsys)
    assert "Runs trained: 0" in text
    assert "Results taken from an earlier check: 1;" in text
    assert check(str(course), run_labs=True, jobs=1, fresh=True) == ExitCode.OK
    assert "Runs trained: 1" in said(capsys)


def test_a_wrong_answer_is_found_from_memory_too(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(str(course), run_labs=True, jobs=1)
    (course / "en" / "01-sample.md").write_text(HEAD + PREDICTION.format(rate=0.01, left="x", right=" "))
    said(capsys)
    assert check(str(course), run_labs=True, jobs=1) == ExitCode.FAULTS_FOUND
    assert "contradicts it" in said(capsys)


def test_another_setting_is_another_run(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(str(course), run_labs=True, jobs=1)
    (course / "en" / "01-sample.md").write_text(HEAD + PREDICTION.format(rate=0.02, left=" ", right="x"))
    said(capsys)
    check(str(course), run_labs=True, jobs=1)
    assert "Runs trained: 1" in said(capsys)
