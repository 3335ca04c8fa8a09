"""What `tests.leaks` finds: else a test that leaves something open would pass unseen."""

from __future__ import annotations

import gc
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.leaks import LeakCheck


@pytest.fixture(autouse=True)
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.leaks.GRACE", 0.0)


def test_nothing_is_found_where_everything_was_closed(tmp_path: Path) -> None:
    check = LeakCheck()
    sqlite3.connect(tmp_path / "x").close()
    (tmp_path / "y").write_text("y", encoding="utf-8")
    subprocess.run([sys.executable, "-c", ""], check=True)
    assert check.left() == []


def test_a_connection_is_found_though_nobody_holds_it_any_more() -> None:
    check = LeakCheck()
    connection = sqlite3.connect(":memory:")
    (left,) = check.left()
    assert ":memory:" in left
    assert "test_leaks.py" in left
    connection.close()
    assert check.left() == []


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="Python itself warns of it, and that is an error")
def test_garbage_collection_is_no_closing() -> None:
    from tests import leaks

    check = LeakCheck()
    sqlite3.connect(":memory:")
    gc.collect()
    assert len(check.left()) == 1
    leaks.forget()
    assert check.left() == []


def test_a_file_is_found_with_its_name(tmp_path: Path) -> None:
    check = LeakCheck()
    descriptor = os.open(tmp_path / "left", os.O_CREAT | os.O_WRONLY)
    (left,) = check.left()
    assert str(tmp_path / "left") in left
    os.close(descriptor)
    assert check.left() == []


def test_a_child_is_found_while_it_runs_and_until_somebody_has_waited_for_it() -> None:
    check = LeakCheck()
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert any(f"child process {child.pid}" in left for left in check.left())
    child.communicate()
    assert check.left() == []
