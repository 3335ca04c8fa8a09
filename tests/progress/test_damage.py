"""What a bad disk leaves of a progress file is kept, whatever it has done to it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.progress.damages import DAMAGES, NOON, PAGE, damaged, fill, plainly_readable
from tests.stores import open_store
from tutor.foundation.translate import use_language
from tutor.progress.records import Answer
from tutor.progress.schema import SCHEMA
from tutor.progress.store import ProgressStore

ANSWERS = 400


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "progress.sqlite3"
    fill(path, ANSWERS)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home" / "progress.sqlite3"


def is_ours(table: str, key: object) -> bool:
    """Whether a key that plain SQLite read is one that `fill` wrote, and not another's whose page lies there now."""
    begins = {"answers": "key-", "lessons": "lesson-", "quizzes": "quiz-", "cards": "question-", "attempts": "lab-"}
    return str(key).startswith(begins.get(table, "r-")) and str(key).isascii()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("damage", [name for name in DAMAGES if name != "flip_bits"])
def test_whatever_sqlite_can_read_is_kept(sound: Path, file: Path, damage: str, seed: int) -> None:
    damaged(sound, file, damage, seed)
    least = plainly_readable(file)
    store = open_store(file).store
    store.record_answer(Answer("new", "new", "single", (0,), correct=True, at=NOON))
    assert not store.in_memory
    there = {table: {row[SCHEMA.columns[table][0]] for row in rows} for table, rows in store.dump().items()}
    for table, keys in least.items():
        assert {key for key in keys if is_ours(table, key)} <= there[table]
    assert len(store.statistics.days()) > 0
    store.close()
    assert open_store(file).notices == (), "the new file is sound"


@pytest.mark.parametrize("seed", range(3))
def test_flipped_bits_cost_little_more_than_the_rows_they_are_in(sound: Path, file: Path, seed: int) -> None:
    damaged(sound, file, "flip_bits", seed)
    opened = open_store(file)
    assert len(opened.store.answers()) > 0.9 * ANSWERS
    assert len(opened.store.cards.all()) > 0


def content_of(store: ProgressStore) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: sorted(tuple(row.values()) for row in rows if table != "cards") for table, rows in store.dump().items()
    }


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("begin", [0, 100])
def test_nothing_is_lost_with_the_first_page(sound: Path, file: Path, begin: int, language: str) -> None:
    """Neither header nor list of tables is needed, and the notice counts what was kept."""
    use_language(language)
    content = bytearray(sound.read_bytes())
    content[begin:PAGE] = b"\xff" * (PAGE - begin)
    file.write_bytes(content)
    opened = open_store(file)
    (notice,) = opened.notices
    whole = open_store(shutil.copyfile(sound, file.with_name("sound.sqlite3")))
    assert content_of(opened.store) == content_of(whole.store)
    rows = sum(map(len, opened.store.dump().values()))
    assert str(rows) in notice
    assert str(ANSWERS) in notice
    (aside,) = file.parent.glob("progress.sqlite3.corrupt-*")
    assert aside.read_bytes() == content
    assert not list(file.parent.glob(".salvage*"))


def test_what_was_forgotten_does_not_come_back(sound: Path, file: Path) -> None:
    shutil.copyfile(sound, file)
    store = open_store(file).store
    for number in range(1, 20):
        store.forget(lesson_id=f"lesson-{number}")
    store.close()
    content = bytearray(file.read_bytes())
    content[100:PAGE] = bytes(PAGE - 100)
    file.write_bytes(content)
    assert {answer.lesson_id for answer in open_store(file).store.answers()} == {"lesson-0"}


def test_what_lies_in_the_write_ahead_log_alone_is_salvaged(sound: Path, file: Path) -> None:
    shutil.copyfile(sound, file)
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:  # keeps the log from being put into the file
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM answers").fetchall()
        store = open_store(file).store
        store.record_answer(Answer("new", "new", "single", (0,), correct=True, at=NOON, key="in the log"))
        other = file.with_name("other.sqlite3")
        shutil.copyfile(file, other)
        shutil.copyfile(f"{file}-wal", f"{other}-wal")
    content = bytearray(other.read_bytes())
    content[:100] = bytes(100)
    content[PAGE * 5 : PAGE * 6] = bytes(PAGE)
    other.write_bytes(content)
    assert "in the log" in {answer.key for answer in open_store(other).store.answers()}


@pytest.mark.parametrize("version", [-1, -(2**31), 0, 2, 4, 2**30])
def test_a_version_that_cannot_be_is_damage(sound: Path, file: Path, version: int) -> None:
    shutil.copyfile(sound, file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    opened = open_store(file)
    assert len(opened.store.answers()) == ANSWERS
    assert not opened.store.in_memory
    assert len(opened.notices) == 1


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TRIGGER foreign_one AFTER INSERT ON answers BEGIN DELETE FROM answers; END"],
        ["DROP TRIGGER answer_came"],
        ["ALTER TABLE lessons RENAME TO others", "CREATE VIEW lessons AS SELECT * FROM others"],
        ["CREATE VIEW foreign_one AS WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n FROM x) SELECT n FROM x"],
    ],
)
def test_triggers_and_views_that_are_not_ours_never_act(sound: Path, file: Path, statements: list[str]) -> None:
    shutil.copyfile(sound, file)
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    opened = open_store(file)
    assert len(opened.notices) == 1
    opened.store.record_answer(Answer("new", "new", "single", (0,), correct=True, at=NOON))
    assert len(opened.store.answers()) == ANSWERS + 1
    assert not opened.store.in_memory
    assert open_store(shutil.copyfile(sound, file.with_name("sound.sqlite3"))).store.position("lesson-3") == (
        opened.store.position("lesson-3")
    )


def test_text_that_is_no_utf8_is_read_as_far_as_it_is(sound: Path, file: Path) -> None:
    shutil.copyfile(sound, file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE answers SET question = CAST(x'71ff80' AS TEXT), given = CAST(x'5bff' AS TEXT)")
        connection.execute("UPDATE lessons SET anchor = CAST(x'ff' AS TEXT)")
    opened = open_store(file)
    assert opened.notices == ()
    assert {answer.question_id for answer in opened.store.answers()} == {"q\ufffd\ufffd"}
    position = opened.store.position("lesson-3")
    assert position is not None
    assert position.anchor == "\ufffd"


def test_an_index_that_has_lost_step_with_its_table_is_damage(sound: Path, file: Path) -> None:
    """The quick check of every opening does not see it; the query that stumbles over it does."""
    shutil.copyfile(sound, file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET name = 'gone' WHERE name = 'answer_went'")
        connection.execute("DELETE FROM sqlite_master WHERE name = 'answers_of_question'")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'answers_of_lesson'").fetchone()[0]
    content = bytearray(file.read_bytes())
    empty_index = b"\x0a\x00\x00\x00\x00\x10\x00\x00"
    content[(root - 1) * PAGE : root * PAGE] = empty_index.ljust(PAGE, b"\0")
    file.write_bytes(content)
    store = open_store(file).store
    assert len(store.answers()) == ANSWERS
    assert store.lesson_states().keys() >= {f"lesson-{number}" for number in range(20)}
