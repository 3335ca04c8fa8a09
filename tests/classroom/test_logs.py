"""What a learner's home may hold: nothing of it stops a teacher's screen, and what is refused is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tutor.classroom.desk import Desk
from tutor.classroom.export import safe_cell, write_answers
from tutor.classroom.folder import ClassFolder
from tutor.classroom.items import items_of
from tutor.classroom.logs import MOST_BYTES, teacher_log

GOOD = b'{"type":"help","at":5,"wanted":true}\n'


def home(folder: ClassFolder, name: str) -> Path:
    path = folder.learners / name
    path.mkdir(parents=True)
    return path / "class.jsonl"


@pytest.fixture
def folder(tmp_path: Path) -> ClassFolder:
    return ClassFolder(tmp_path)


def test_a_pipe_a_link_a_folder_and_a_flood_are_refused_and_told(folder: ClassFolder, tmp_path: Path) -> None:
    home(folder, "good").write_bytes(GOOD)
    os.mkfifo(home(folder, "pipe"))
    secret = tmp_path / "secret"
    secret.write_bytes(GOOD)
    home(folder, "link").symlink_to(secret)
    home(folder, "folder").mkdir()
    with home(folder, "flood").open("wb") as flood:
        flood.truncate(MOST_BYTES + 1)  # a file of holes, which takes no room
    home(folder, "nothing")
    (folder.learners / "home-link").symlink_to(folder.learners / "good")
    desk = Desk(folder)
    desk.catch_up()
    learners = desk.room.learners
    assert set(learners) == {"good", "pipe", "link", "folder", "flood", "nothing"}
    assert {name for name, each in learners.items() if each.problem} == {"pipe", "link", "folder", "flood"}
    assert [name for name, each in learners.items() if each.help_since] == ["good"]


def test_garbage_between_the_lines_is_counted_and_the_rest_is_read(folder: ClassFolder) -> None:
    bad = (
        b'{"type":"vote","at":1,"poll":"p","round":1,"indices":[1e99]}\n'
        b'{"type":"vote","at":1,"poll":"' + b"p" * 500 + b'","round":1}\n'
        b'{"type":"answered","at":-1,"key":"k","lesson":"l","question":"q","kind":"single"}\n'
        b'{"type":"present","at":1,"session":"s","place":"' + b"x" * 9000 + b'"}\n'
        b"[[[[[[[[\n\xff\xfe\n" + b"[" * 5000 + b"\n"
    )
    home(folder, "bo").write_bytes(bad + GOOD + b'{"type":"seen","at":1,"what":"\\u001b[2J\\u202e"}\n')
    desk = Desk(folder)
    desk.catch_up()
    bo = desk.room.learners["bo"]
    assert bo.help_since == 5
    assert bo.skipped == 7
    assert not bo.votes
    assert not bo.answers
    assert list(bo.seen) == ["\ufffd[2J\ufffd"]


def test_a_log_that_shrinks_or_is_replaced_stops_nothing(folder: ClassFolder) -> None:
    log = home(folder, "bo")
    log.write_bytes(GOOD * 100)
    desk = Desk(folder)
    desk.catch_up()
    log.write_bytes(b"")
    desk.look()
    log.unlink()
    desk.look()
    assert desk.room.learners["bo"].help_since == 5


def test_a_class_log_that_is_no_file_is_told(folder: ClassFolder) -> None:
    os.mkfifo(folder.log)
    log = teacher_log(folder.log)
    assert list(log.events()) == []
    assert log.problem == "The log is not a file."


def test_an_export_holds_every_answer_and_no_formula(folder: ClassFolder) -> None:
    folder.log.write_bytes(
        b'{"type":"opened","at":1,"poll":"named","lesson":"l","question":"q"}\n'
        b'{"type":"opened","at":1,"poll":"secret","lesson":"l","question":"r","anonymous":true}\n'
    )
    home(folder, "-bo").write_bytes(
        b'{"type":"answered","at":3,"key":"a","lesson":"=1+1","question":"q","kind":"fill-in","texts":["@SUM(A1)"],'
        b'"correct":false,"hints":2}\n'
        b'{"type":"vote","at":4,"poll":"named","round":1,"indices":[2],"key":"v"}\n'
        b'{"type":"answered","at":5,"key":"v","lesson":"l","question":"q","kind":"single","indices":[2],"correct":true}\n'
        b'{"type":"vote","at":6,"poll":"secret","round":1,"indices":[0],"key":"w"}\n'
    )
    desk = Desk(folder)
    desk.catch_up()
    path, count = write_answers(desk.room, folder, 0.0)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert count == 3
    assert lines[1] == "1970-01-01T00:00:03.000Z,'-bo,'=1+1,q,,fill-in,'@SUM(A1),0,0,2,0.0,,"
    assert lines[2] == "1970-01-01T00:00:04.000Z,'-bo,l,q,,poll,3,1,,,,named,1"
    assert lines[3] == ",,l,r,,poll,1,,,,,secret,1"
    assert safe_cell(" \t=1") == "' \t=1"
    assert [(item.question, item.learners, item.right, item.hints) for item in items_of(desk.room)] == [
        ("q", 1, 0, 2),
        ("q", 1, 1, 0),
    ]
