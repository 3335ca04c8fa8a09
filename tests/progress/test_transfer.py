"""What is exported comes back as it was, and merging loses nothing."""

from __future__ import annotations

import io
import itertools
import json
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stores import open_database, open_store
from tutor.foundation.errors import TutorError
from tutor.progress.activity import LabAttempt, ReadingPiece
from tutor.progress.cards import Side, term_key
from tutor.progress.notes import Note
from tutor.progress.records import Answer, Position, SavedQuiz
from tutor.progress.store import ProgressStore
from tutor.progress.transfer import Incoming, Tables, read_csv, read_export, read_json, to_csv, to_json

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
BIAS = term_key("bias", Side.MEANING)

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=10) | st.sampled_from(["\n", "a\r\nb", '"'])
answers = st.builds(
    Answer,
    lesson_id=st.sampled_from(["one", "two"]) | texts,
    question_id=st.sampled_from(["q", "r", BIAS]) | texts,
    kind=st.sampled_from(["single", "fill-in"]),
    given=st.lists(st.integers(0, 20), max_size=4).map(tuple) | st.lists(texts, max_size=3).map(tuple),
    correct=st.none() | st.booleans(),
    score=st.floats(0, 1),
    unsure=st.booleans(),
    confidence=st.none() | st.floats(0.5, 1),
    hints=st.integers(0, 9),
    seconds=st.floats(0, 1e6),
    seed=st.integers(0, 2**63 - 1),
    quiz_id=texts,
    runs=st.lists(texts, max_size=2).map(tuple),
    at=st.integers(0, 10**9).map(lambda seconds: NOON + timedelta(milliseconds=seconds)),
)


def a_store(folder: Path, name: str) -> ProgressStore:
    return open_store(folder / f"{name}.sqlite3").store


def filled(store: ProgressStore, given_answers: list[Answer]) -> ProgressStore:
    for answer in given_answers:
        store.record_answer(answer)
    store.set_position("one", Position(12, 0.25, "one-step"), fraction=0.8, questions=6)
    store.save_quiz(SavedQuiz("k1", "lesson:one", "one", 7, {"at": 1, "文": ["字"], "half": 0.5}, started=NOON))
    store.cards.see([BIAS, term_key("weight", Side.NAME)], "one", NOON)
    store.cards.retire([BIAS])
    store.attempts.keep(LabAttempt("ball", "epochs < 9", True, 1, 8.0, {"optimizer.learning_rate": 0.1}, "7f3a", NOON))
    store.reading.keep(ReadingPiece("one", 73.25, NOON, "piece"))
    store.notes.keep(Note("one", "one-step", "A quote", "A note", at=NOON, key="note"))
    return store


def test_every_table_can_be_taken_along(tmp_path: Path) -> None:
    assert all(filled(a_store(tmp_path, "from"), [answer("q", correct=False)]).dump().values())


@given(st.lists(answers, max_size=8))
def test_json_brings_everything_back(tmp_path_factory: pytest.TempPathFactory, given_answers: list[Answer]) -> None:
    folder = tmp_path_factory.mktemp("transfer")
    store = filled(a_store(folder, "from"), given_answers)
    tables = store.dump()
    text = to_json(tables)
    assert read_json(text) == Incoming(tables)
    other = a_store(folder, "to")
    merged = other.merge(read_json(text).tables)
    assert other.dump() == tables
    assert sum(merged.known.values()) == 0
    again = other.merge(read_json(text).tables)
    assert other.dump() == tables
    assert sum(again.added.values()) == 0
    store.close()
    other.close()


@given(st.lists(answers, max_size=8))
def test_csv_brings_every_answer_back(tmp_path_factory: pytest.TempPathFactory, given_answers: list[Answer]) -> None:
    folder = tmp_path_factory.mktemp("transfer")
    store = a_store(folder, "from")
    for answer in given_answers:
        store.record_answer(answer)
    tables = store.dump()
    other = a_store(folder, "to")
    other.merge(read_csv(to_csv(tables)).tables)
    assert other.answers() == store.answers()
    assert [card.key for card in other.cards.all()] == [card.key for card in store.cards.all()]
    assert [card.schedule for card in other.cards.all()] == [card.schedule for card in store.cards.all()]
    store.close()
    other.close()


def answer(question: str, *, correct: bool, hours: float = 0.0, **more: Any) -> Answer:
    made = Answer("one", question, "single", (0,), correct, seconds=20.0, at=NOON + timedelta(hours=hours))
    return replace(made, **more)


def test_two_machines_become_one_memory_and_the_newest_answer_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = NOON + timedelta(days=2)
    monkeypatch.setattr("tutor.foundation.clock.utc_now", lambda: moment)
    desk, laptop = a_store(tmp_path, "desk"), a_store(tmp_path, "laptop")
    desk.record_answer(answer("q", correct=False, hours=0))
    desk.record_answer(answer("q", correct=True, hours=30))
    laptop.record_answer(answer("q", correct=False, hours=20))
    laptop.record_answer(answer("r", correct=False, hours=5))
    desk.set_position("one", Position(3), fraction=0.3, questions=6)
    moment += timedelta(seconds=1)
    laptop.set_position("one", Position(9), fraction=0.9, questions=6)
    merged = desk.merge(laptop.dump())
    assert (merged.added["answers"], merged.known["lessons"]) == (2, 1)
    assert [each.correct for each in desk.answers()] == [False, False, False, True]
    assert desk.lesson_states()["one"].wrong_ids == {"r"}
    assert desk.lesson_states()["one"].read_fraction == 0.9
    assert desk.position("one") == Position(9)
    card = desk.cards.get("q")
    assert card is not None
    assert (card.schedule.reviews, card.schedule.lapses) == (3, 2), "the card follows from the answers of both"
    back = laptop.merge(desk.dump())
    assert back.added["answers"] == 2
    assert laptop.answers() == desk.answers()
    assert laptop.cards.get("q") == card


def test_reading_on_two_machines_adds_up_and_a_piece_that_grew_counts_once(tmp_path: Path) -> None:
    desk, laptop = a_store(tmp_path, "desk"), a_store(tmp_path, "laptop")
    desk.reading.keep(ReadingPiece("one", 30.0, NOON, "a"))
    laptop.merge(desk.dump())
    desk.reading.keep(ReadingPiece("one", 45.0, NOON, "a"))
    laptop.reading.keep(ReadingPiece("one", 60.0, NOON, "b"))
    merged = laptop.merge(desk.dump())
    assert (merged.added["reading"], merged.known["reading"]) == (0, 1)
    desk.merge(laptop.dump())
    for store in (desk, laptop):
        assert sum(store.statistics.reading().values()) == 105.0
        store.close()


def damaged(tables: Tables, path: tuple[Any, ...], value: object) -> str:
    content = json.loads(to_json(tables))
    at = content
    for step in path[:-1]:
        at = at[step]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return json.dumps(content)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("format",), "other", "not written by"),
        (("version",), 99, "newer version"),
        (("cards",), 3, "cards"),
    ],
)
def test_what_is_no_export_at_all_is_refused(tmp_path: Path, path: tuple[Any, ...], value: object, said: str) -> None:
    store = filled(a_store(tmp_path, "from"), [answer("q", correct=False)])
    with pytest.raises(TutorError, match=said):
        read_json(damaged(store.dump(), path, value))


IMPOSSIBLE = [
    *[(("answers", 0, name), value) for name, value in [
        ("correct", 2), ("at", "yesterday"), ("at", 10**15), ("at", -1), ("seed", 2**63), ("unsure", True),
        ("key", None), ("key", "\ud800"), ("lesson", 7), ("score", float("nan")), ("score", 1.5), ("confidence", -0.5),
        ("hints", -1), ("seconds", float("inf")), ("seconds", -2.0), ("given", None), ("day", "tomorrow"),
        ("day", 20_000), ("runs", 3), ("quiz", ["x"]), ("language", "x" * 20_000),
    ]],
    (("answers", 0), "text"), (("answers", 0), [1, 2]),
    *[(("lessons", 0, name), value) for name, value in [
        ("within", float("inf")), ("within", -0.1), ("block", 10**12), ("block", 1.5), ("furthest", 7.0),
        ("questions", -3), ("at", 2**63), ("anchor", None),
    ]],
    *[(("quizzes", 0, name), value) for name, value in [("started", 10**15), ("finished", 5), ("seed", "x")]],
    *[(("cards", 0, name), value) for name, value in [
        ("due", 2**63), ("due", -5), ("made", 10**15), ("reviewed", float("nan")), ("state", 9), ("state", "new"),
        ("step", -1), ("stability", -1.0), ("stability", 1e300), ("difficulty", 0.0), ("reviews", -1), ("retired", 2),
    ]],
    *[(("attempts", 0, name), value) for name, value in [("held", 10**10), ("value", float("inf")), ("met", 2)]],
    *[(("reading", 0, name), value) for name, value in [("seconds", 1e15), ("seconds", "long"), ("at", 1e300)]],
]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), IMPOSSIBLE)
def test_a_row_that_cannot_be_is_left_out_and_told(tmp_path: Path, path: tuple[Any, ...], value: object) -> None:
    tables = filled(a_store(tmp_path, "from"), [answer("q", correct=False), answer("r", correct=True)]).dump()
    incoming = read_json(damaged(tables, path, value))
    table, number, *column = path
    kept = [row for row in tables[table] if row is not tables[table][number]]
    assert incoming.tables == tables | {table: kept}, "everything else comes in"
    assert incoming.left_out == 1
    assert f"row 1 of {table}" in incoming.first_fault
    assert all(f"“{name}”" in incoming.first_fault for name in column)


def test_a_number_of_thousands_of_digits_leaves_out_its_row_alone(tmp_path: Path) -> None:
    tables = filled(a_store(tmp_path, "from"), [answer("q", correct=False)]).dump()
    text = to_json(tables).replace('"hints": 0', f'"hints": {"9" * 5000}')
    incoming = read_json(text)
    assert incoming.tables == tables | {"answers": []}
    assert (incoming.left_out, "“hints”" in incoming.first_fault) == (1, True)


def test_bad_rows_of_a_csv_are_left_out_with_their_lines(tmp_path: Path) -> None:
    tables = filled(a_store(tmp_path, "from"), [answer(each, correct=False) for each in "abcd"]).dump()
    lines = to_csv(tables).splitlines(keepends=True)
    lines[2] = lines[2].replace(",20.0,", ",1e999,")
    lines[4] = "too,short\n"
    incoming = read_csv("".join(lines))
    assert [row["question"] for row in incoming.tables["answers"]] == ["a", "c"]
    assert incoming.left_out == 2
    assert "row 3 of answers: “seconds”" in incoming.first_fault


def test_exports_of_earlier_versions_get_the_days_of_here(tmp_path: Path) -> None:
    tables = filled(a_store(tmp_path, "from"), [answer("q", correct=False)]).dump()
    content = json.loads(to_json(tables))
    content["version"] = 5
    for row in (*content["answers"], *content["reading"]):
        del row["day"]
    assert read_json(json.dumps(content)) == Incoming(tables)
    lines = to_csv(tables).splitlines()
    without = "\n".join(line.rsplit(",", 1)[0] for line in lines)
    assert read_csv(without) == Incoming({"answers": tables["answers"]})


def test_what_comes_from_the_future_neither_wins_nor_stays_for_ever(tmp_path: Path) -> None:
    """A position and a quiz that were kept under a wrong clock give way to those that were not."""
    here, elsewhere = a_store(tmp_path, "here"), a_store(tmp_path, "elsewhere")
    for store, block in ((here, 3), (elsewhere, 9)):
        store.set_position("one", Position(block), fraction=0.3, questions=6)
    tables = elsewhere.dump()
    tables["lessons"][0]["at"] = 4_000_000_000_000
    here.merge(tables)
    assert here.position("one") == Position(3)
    elsewhere.forget()
    elsewhere.merge(tables)
    elsewhere.merge(here.dump())
    assert elsewhere.position("one") == Position(3)


@pytest.mark.parametrize("text", ["", "x,y\n1,2\n", "key\n", 'key,"'])
def test_what_is_no_export_is_refused(text: str) -> None:
    with pytest.raises(TutorError):
        read_csv(text)
    with pytest.raises(TutorError):
        read_json(text)


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    for read in (read_json, read_csv):
        with pytest.raises(TutorError):
            read(text)


def test_an_item_a_lesson_and_everything_can_be_forgotten(tmp_path: Path) -> None:
    store = filled(a_store(tmp_path, "from"), [answer("q", correct=False), answer("r", correct=False)])
    store.record_answer(answer(BIAS, correct=False, hours=3))
    store.record_answer(replace(answer("z", correct=False), lesson_id="two"))
    assert store.forget(item="q") == 1
    assert [each.question_id for each in store.answers()] == ["r", BIAS, "z"]
    assert store.cards.get("q") is None
    assert store.forget(item="bias") == 1
    assert store.cards.get(BIAS) is None
    assert store.forget(lesson_id="one") == 1
    assert store.position("one") is None
    assert store.reading.pieces() == []
    assert store.open_quiz("lesson:one") is None
    assert [card.key for card in store.cards.all()] == ["z"]
    store.forget()
    assert all(rows == [] for rows in store.dump().values())


def test_of_a_note_that_was_changed_on_two_machines_the_newer_one_stays(tmp_path: Path) -> None:
    desk, laptop = a_store(tmp_path, "desk"), a_store(tmp_path, "laptop")
    note = Note("one", "", "A quote", "old", at=NOON, key="note")
    laptop.notes.keep(note)
    desk.notes.keep(replace(note, text="new", at=NOON + timedelta(hours=1)))
    there, here = laptop.dump(), desk.dump()
    desk.merge(there)
    laptop.merge(here)
    assert [each.text for each in (*desk.notes.all(), *laptop.notes.all())] == ["new", "new"]


def test_a_text_that_is_no_json_for_others_is_exported_as_it_is(tmp_path: Path) -> None:
    store = filled(a_store(tmp_path, "from"), [answer("q", correct=False)])
    tables = store.dump()
    tables["answers"][0]["given"] = "[NaN, 1e999]"
    tables["answers"] += [
        {**tables["answers"][0], "key": str(number), "given": '["字", {"a": []}]'} for number in range(3000)
    ]
    text = to_json(tables)
    assert json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n" == text
    assert read_json(text) == Incoming(tables)
    store.close()


def test_rows_in_blocks_are_those_of_one_moment_and_all_there_are(tmp_path: Path) -> None:
    store = filled(a_store(tmp_path, "from"), [answer(f"q{number}", correct=False) for number in range(7)])
    database = open_database(tmp_path / "from.sqlite3")
    blocks = database.read_in_blocks("SELECT question FROM answers ORDER BY rowid", rows=3)
    first = next(blocks)
    store.record_answer(answer("later", correct=True))
    assert [row[0] for row in [*first, *itertools.chain(*blocks)]] == [f"q{number}" for number in range(7)]
    store.close()


@given(st.lists(answers, max_size=6), st.lists(answers, max_size=6), st.booleans())
def test_answers_written_at_once_come_to_the_same_as_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, here: list[Answer], there: list[Answer], both: bool
) -> None:
    folder = tmp_path_factory.mktemp("ways")
    tables = filled(a_store(folder, "from"), [*there, *(here if both else [])]).dump()
    contents = []
    for few in (0, 10**9):
        store = a_store(folder, f"to-{few}")
        for each in here:
            store.record_answer(each)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tutor.progress.transfer._FEW", few)
            merged = store.merge(tables), store.merge(tables)
        assert store.close()
        with closing(sqlite3.connect(folder / f"to-{few}.sqlite3")) as file:
            contents.append((*merged, sorted(file.iterdump())))
    assert contents[0] == contents[1]


def test_rows_read_one_part_after_another_are_those_of_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = filled(
        a_store(tmp_path, "from"), [answer(f"{number}{'字' * 9}", correct=False) for number in range(9)]
    ).dump()
    tables["answers"][5]["score"] = 7.0
    monkeypatch.setattr("tutor.progress.export_parts._CHUNK", 700)
    text = to_json(tables, {"exercise": "x = {\n  },\n ]"})
    found = read_export(io.BytesIO(text.encode()))
    assert found == read_json(text)
    assert found is not None
    assert "row 6 of answers" in found.first_fault
    assert found.programs == {"exercise": "x = {\n  },\n ]"}


EXPORT = to_json(
    {
        "answers": [{"given": "[0]", "key": "a", "runs": "[]"}, {"given": "[1]", "key": "b", "runs": "[]"}],
        "cards": [],
        "notes": [{"key": "n"}],
    }
).encode()


@given(st.data())
def test_a_damaged_export_is_read_as_the_whole_of_it_says_or_left_to_that(data: st.DataObject) -> None:
    """Whatever is cut out, put in or doubled, no part is taken for something that the whole file does not say."""
    start = data.draw(st.integers(0, len(EXPORT)))
    end = data.draw(st.integers(start, min(len(EXPORT), start + 60)))
    new = data.draw(
        st.sampled_from([b"", b"\n", b" ", b",", b"]", b"}", b"[1]", b"\n ],\n", b"\n  },\n  {", EXPORT[start:end] * 2])
    )
    text = EXPORT[:start] + new + EXPORT[end:]
    found = read_export(io.BytesIO(text))
    if found is not None:
        assert found == read_json(text.decode())


def test_an_export_laid_out_by_another_program_is_read_too(tmp_path: Path) -> None:
    tables = filled(a_store(tmp_path, "from"), [answer("q", correct=False)]).dump()
    for text in (json.dumps(json.loads(to_json(tables))), to_json(tables).replace("\n", "\r\n"), to_json(tables)[:-4]):
        assert read_export(io.BytesIO(text.encode())) is None
    assert read_json(json.dumps(json.loads(to_json(tables)))) == Incoming(tables)
    with suppress(TutorError):
        pytest.fail(str(read_json(to_json(tables)[:-4])))


def test_a_whole_number_of_many_digits_in_a_column_of_numbers_is_kept_as_a_number(tmp_path: Path) -> None:
    tables = filled(a_store(tmp_path, "from"), [answer("q", correct=False)]).dump()
    text = to_json(tables).replace('"value": 8.0', f'"value": {10**25}')
    store = a_store(tmp_path, "to")
    store.merge(read_json(text).tables)
    assert [row["value"] for row in store.dump()["attempts"]] == [1e25]
