"""What goes wrong with disks and files, and that nothing is lost or damaged by it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.progress.files import questions, record
from tests.stores import open_database, open_store
from tutor.foundation.translate import use_language
from tutor.progress.database import Database
from tutor.progress.schema import SCHEMA, Schema


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "progress.sqlite3"


# -- damage ----------------------------------------------------------------------------------------------


def damage(path: Path, keep: int) -> bytes:
    """Overwrite all but the first ``keep`` bytes with what no page of SQLite is."""
    content = path.read_bytes()
    broken = content[:keep] + b"\xa5" * (len(content) - keep)
    path.write_bytes(broken)
    return broken


@pytest.mark.parametrize("keep", [0, 16, 100, 4096])
def test_a_damaged_file_is_kept_aside_and_a_new_one_begun(file: Path, keep: int) -> None:
    store = open_store(file).store
    for number in range(300):
        record(store, f"q{number}")
    store.close()
    broken = damage(file, keep)
    opened = open_store(file)
    (aside,) = file.parent.glob("progress.sqlite3.corrupt-*")
    assert aside.read_bytes() == broken
    assert [aside.name in notice for notice in opened.notices] == [True]
    record(opened.store, "new")
    assert not opened.store.in_memory
    assert questions(file) == ["new"]


def test_damage_while_the_tutor_is_open_is_survived(file: Path) -> None:
    filler = open_database(file)
    row = "INSERT INTO quizzes VALUES (?, 's', '', 1, ?, 0, 0, 0)"
    filler.write(*[(row, (f"{number}", "x" * 2000)) for number in range(3000)])  # more than SQLite caches
    filler.close()
    store = open_store(file).store
    record(store, "before")
    damage(file, 4096)
    store.open_quiz("s")
    record(store, "after")
    assert len(list(file.parent.glob("progress.sqlite3.corrupt-*"))) == 1
    assert len(store.take_notices()) == 1
    assert not store.in_memory
    store.close()
    assert questions(file) == ["before", "after"], "what was read before the damage is kept, too"
    assert open_store(file).notices == ()


def test_something_else_altogether_is_kept_aside(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(f"PRAGMA user_version = {len(SCHEMA.migrations)}")
        connection.execute("CREATE TABLE recipes (name TEXT)")
    opened = open_store(file)
    assert len(opened.notices) == 1
    assert not opened.store.in_memory
    assert len(list(file.parent.glob("*.corrupt-*"))) == 1


def test_two_damaged_files_in_one_second_are_both_kept(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    monkeypatch.setattr("tutor.foundation.clock.utc_now", lambda: datetime(2026, 7, 1, 9, 30, 0, tzinfo=UTC))
    for content in (b"first" * 100, b"second" * 100):
        file.write_bytes(content)
        open_store(file).store.close()
    kept = sorted(path.name for path in file.parent.glob("*.corrupt-*"))
    assert kept == ["progress.sqlite3.corrupt-20260701-093000", "progress.sqlite3.corrupt-20260701-093000-2"]


# -- versions --------------------------------------------------------------------------------------------


def test_a_newer_tutors_file_is_shown_and_never_touched(file: Path) -> None:
    store = open_store(file).store
    record(store, "from the future")
    store.close()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("ALTER TABLE answers ADD COLUMN mood TEXT")
        connection.execute("PRAGMA user_version = 99")
    before = file.read_bytes()
    use_language("zh")
    opened = open_store(file)
    assert [answer.question_id for answer in opened.store.answers()] == ["from the future"]
    record(opened.store, "not kept")
    assert opened.store.in_memory
    assert len(opened.notices) == 1
    assert "升级" in opened.notices[0]
    assert opened.store.close() is True
    assert file.read_bytes() == before
    assert not list(file.parent.glob("*.corrupt-*"))


OLD = Schema(
    migrations=(("CREATE TABLE notes (text TEXT)", "INSERT INTO notes VALUES ('kept')"),), columns={"notes": ("text",)}
)
GOOD = Schema(
    migrations=(
        *OLD.migrations,
        ("ALTER TABLE notes ADD COLUMN stars INTEGER DEFAULT 3",),
        ("CREATE INDEX i ON notes (stars)",),
    ),
    columns={"notes": ("text", "stars")},
)
BAD = Schema(
    migrations=(*OLD.migrations, ("ALTER TABLE notes ADD COLUMN stars INTEGER", "CREATE TABLE notes (twice TEXT)")),
    columns={"notes": ("text",)},
)


def test_migrations_lead_from_every_version_to_the_newest(file: Path) -> None:
    open_database(file, schema=OLD).close()
    database = open_database(file, schema=GOOD)
    assert database.take_notices() == []
    assert database.read("SELECT text, stars FROM notes") == [("kept", 3)]
    assert database.read("PRAGMA user_version") == [(3,)]


def test_a_migration_that_fails_leaves_the_version_before_it_whole(file: Path) -> None:
    open_database(file, schema=OLD).close()
    with pytest.raises(sqlite3.OperationalError):
        Database(file, schema=BAD)
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert [row[1] for row in connection.execute("PRAGMA table_info(notes)")] == ["text"]
    connection.close()


def test_the_settings_and_records_load_no_sqlite() -> None:
    script = "import sys, tutor.progress.settings, tutor.progress.store; print('sqlite3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "False\n"
