"""Disks that are full, read-only or failing: everything goes on in memory, and is saved when that becomes possible."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.progress.files import questions, record
from tests.stores import open_database, open_store, store_on
from tutor.progress.store import ProgressStore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "progress.sqlite3"


def test_a_home_that_is_no_folder_means_memory_said_once(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    opened = open_store(tmp_path / "home" / "tutor" / "progress.sqlite3")
    assert opened.store.in_memory
    assert len(opened.notices) == 1
    record(opened.store, "one")
    record(opened.store, "two")
    assert [answer.question_id for answer in opened.store.answers()] == ["one", "two"]
    assert opened.store.take_notices() == []
    assert opened.store.close() is False


def test_a_home_that_becomes_writable_gets_what_was_kept_in_memory(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("")
    store = store_on(home / "progress.sqlite3", retry_saving=0.05)
    record(store, "one")
    assert store.in_memory
    home.unlink()
    time.sleep(0.06)
    record(store, "two")
    assert len(store.take_notices()) == 2
    record(store, "three")
    assert questions(home / "progress.sqlite3") == ["one", "two", "three"]


def test_a_full_disk_keeps_everything_in_memory_and_on_disk_what_was_there(file: Path) -> None:
    database = open_database(file)
    store = ProgressStore(database)
    record(store, "before")
    pages = database.read("PRAGMA page_count")[0][0]
    database.read(f"PRAGMA max_page_count = {pages}")
    for number in range(200):
        record(store, f"after{number}")
    assert store.in_memory
    assert len(store.take_notices()) == 1
    assert len(store.answers()) == 201
    assert store.close() is True, "there is room again: the limit was the connection's own"
    assert len(set(questions(file))) == 201


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/usr/bin/setpriv").exists(), reason="root can write anywhere")
def test_a_read_only_home_shows_what_was_there_and_goes_on_in_memory(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    file = home / "progress.sqlite3"
    store = open_store(file).store
    record(store, "before")
    store.close()
    before = {path.name: path.read_bytes() for path in home.iterdir()}
    script = """
        import sys
        from pathlib import Path
        from tutor.progress.records import Answer
        from tutor.progress.store import open_store
        opened = open_store(Path(sys.argv[1]))
        opened.store.record_answer(Answer("lesson", "new", "single", (0,), correct=True))
        print(len(opened.notices), opened.store.in_memory, [answer.question_id for answer in opened.store.answers()])
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(file)]
    if os.geteuid() == 0:  # root ignores permissions unless it gives the power up
        command = ["/usr/bin/setpriv", "--bounding-set=-all", "--inh-caps=-all", *command]
    file.chmod(0o444)
    home.chmod(0o555)
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        home.chmod(0o755)
    assert done.stdout == "1 True ['before', 'new']\n", done.stderr
    assert {path.name: path.read_bytes() for path in home.iterdir()} == before


def test_a_disk_that_fails_to_sync_means_memory_and_the_answer_is_there_once(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    store = open_store(file).store
    record(store, "before")
    with monkeypatch.context() as patch:
        patch.setattr("os.fdatasync", fail)
        record(store, "during")
        assert store.in_memory
        assert ["Input/output error" in notice for notice in store.take_notices()] == [True]
        assert [answer.question_id for answer in store.answers()] == ["before", "during"]
    assert store.close() is True
    assert questions(file) == ["before", "during"]
