"""What goes wrong with disks and files, and that nothing is lost or damaged by it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from tutor.foundation.translate import use_language
from tutor.progress.database import Database
from tutor.progress.records import Answer
from tutor.progress.schema import SCHEMA, Schema
from tutor.progress.store import ProgressStore, open_store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "progress.sqlite3"


def record(store: ProgressStore, question: str) -> None:
    store.record_answer(Answer("lesson", question, "single", (0,), correct=True))


def questions(path: Path) -> list[str]:
    """The questions answered, as an independent reader sees them."""
    connection = sqlite3.connect(path)
    try:
        return [row[0] for row in connection.execute("SELECT question FROM answers ORDER BY id")]
    finally:
        connection.close()


def store_on(path: Path, **options: float) -> ProgressStore:
    return ProgressStore(Database(path, **options))  # type: ignore[arg-type]


# -- two tutors ------------------------------------------------------------------------------------------

WRITER = """
    import sys
    import time
    from pathlib import Path
    from tutor.progress.records import Answer
    from tutor.progress.store import open_store

    path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    store = open_store(path).store
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(count):
        store.record_answer(Answer("lesson", f"{name}{number}", "single", (number,), correct=True))
        if number % 5 == 0:
            time.sleep(0.001)  # the other's turn: whoever has just written is the quickest to write again
        if len(sys.argv) > 4:
            print(number, flush=True)
    assert not store.in_memory, store.take_notices()
    store.close()
"""


def start_writer(path: Path, name: str, count: int, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(path), name, str(count), *more]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_two_tutors_interleave_2000_writes_and_lose_none(file: Path) -> None:
    writers = [start_writer(file, name, 1000) for name in ("a", "b")]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=120)
        assert writer.returncode == 0
    found = questions(file)
    assert sorted(found) == sorted(f"{name}{number}" for name in "ab" for number in range(1000))
    turns = sum(one[0] != next_[0] for one, next_ in pairwise(found))
    assert turns > 20, "the two never met, so nothing was tried"


def test_what_was_acknowledged_survives_kill_9(file: Path) -> None:
    for round_ in range(5):
        name = f"r{round_}-"
        writer = start_writer(file, name, 100_000, "tell")
        assert writer.stdin is not None
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        writer.stdin.write("go\n")
        writer.stdin.flush()
        for _ in range(7 + 5 * round_):
            writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        told = 7 + 5 * round_ + len(writer.communicate()[0].split("\n")[:-1])
        mine = [question for question in questions(file) if question.startswith(name)]
        assert mine[:told] == [f"{name}{number}" for number in range(told)]
        assert len(mine) - told in {0, 1}
        assert open_store(file).notices == ()


def test_threads_of_one_tutor_share_the_store(file: Path) -> None:
    store = open_store(file).store

    def record_fifty(name: str) -> None:
        for number in range(50):
            record(store, f"{name}{number}")

    threads = [threading.Thread(target=record_fifty, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(questions(file))) == 200


def test_a_tutor_that_holds_the_file_is_waited_for(file: Path) -> None:
    store = open_store(file).store
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.6, lambda: other.execute("COMMIT")).start()
    record(store, "patient")
    assert not store.in_memory
    assert questions(file) == ["patient"]
    other.close()


def test_a_file_held_for_ever_is_given_up_for_memory_and_saved_when_it_is_free(file: Path) -> None:
    store = store_on(file, patience=0.05)
    record(store, "before")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    record(store, "during")
    record(store, "during too")
    assert [str(file) in notice for notice in store.take_notices()] == [True]
    assert [answer.question_id for answer in store.answers()] == ["before", "during", "during too"]
    assert questions(file) == ["before"]
    other.close()
    assert store.close() is True
    assert questions(file) == ["before", "during", "during too"]


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
    filler = Database(file)
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
    assert questions(file) == ["after"]
    assert open_store(file).notices == ()


def test_something_else_altogether_is_kept_aside(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute(f"PRAGMA user_version = {len(SCHEMA.migrations)}")
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
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


# -- nowhere to write ------------------------------------------------------------------------------------


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
    database = Database(file)
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


# -- versions --------------------------------------------------------------------------------------------


def test_a_newer_tutors_file_is_shown_and_never_touched(file: Path) -> None:
    store = open_store(file).store
    record(store, "from the future")
    store.close()
    with sqlite3.connect(file) as connection:
        connection.execute("ALTER TABLE answers ADD COLUMN mood TEXT")
        connection.execute("PRAGMA user_version = 99")
    connection.close()
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
    Database(file, schema=OLD).close()
    database = Database(file, schema=GOOD)
    assert database.take_notices() == []
    assert database.read("SELECT text, stars FROM notes") == [("kept", 3)]
    assert database.read("PRAGMA user_version") == [(3,)]


def test_a_migration_that_fails_leaves_the_version_before_it_whole(file: Path) -> None:
    Database(file, schema=OLD).close()
    with pytest.raises(sqlite3.OperationalError):
        Database(file, schema=BAD)
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert [row[1] for row in connection.execute("PRAGMA table_info(notes)")] == ["text"]
    connection.close()


def open_into(stores: list[ProgressStore], file: Path) -> None:
    stores.append(open_store(file).store)


def test_two_tutors_that_start_on_a_new_home_at_once_both_get_a_store(tmp_path: Path) -> None:
    for round_ in range(5):
        file = tmp_path / f"home{round_}" / "progress.sqlite3"
        stores: list[ProgressStore] = []
        threads = [threading.Thread(target=partial(open_into, stores, file)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [store.in_memory for store in stores] == [False] * 4
        for number, store in enumerate(stores):
            record(store, f"q{number}")
            store.close()
        assert sorted(questions(file)) == ["q0", "q1", "q2", "q3"]


def test_the_settings_and_records_load_no_sqlite() -> None:
    script = "import sys, tutor.progress.settings, tutor.progress.store; print('sqlite3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "False\n"
