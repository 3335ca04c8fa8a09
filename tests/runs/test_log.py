"""Logs under everything that happens to files: any pieces, damage, other files in their place, hostile text."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.foundation.safe_text import harmless
from tutor.labs.lab_config import LabConfig
from tutor.runs import events
from tutor.runs.control import Command, Note, Set
from tutor.runs.events import Changed, DataFacts, Epochs, Event, Failed, Noted, Paused, Refused, Started, View
from tutor.runs.follower import EVENTS_FILE
from tutor.runs.log import RESERVE_BYTES, LineSplitter, LogReader, LogWriter, RewritableTail, Tail

EVIL = "\x1b]52;c;eA==\a\x9b2J\x7f\u202e\u2066\u200e\u2028\ufeff"
LONGEST = 20

a_line = st.binary(max_size=30).map(lambda line: line.replace(b"\n", b""))


def cut(content: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({place % (len(content) + 1) for place in places})
    return [content[start:end] for start, end in zip([0, *ends], [*ends, len(content)], strict=True)]


@given(st.lists(a_line, max_size=8), a_line, st.lists(st.integers(0, 300), max_size=12))
def test_the_same_bytes_in_any_pieces_are_the_same_lines(lines: list[bytes], rest: bytes, places: list[int]) -> None:
    content = b"".join(line + b"\n" for line in lines) + rest
    at_once, by_pieces = LineSplitter(LONGEST), LineSplitter(LONGEST)
    whole = list(at_once.feed(content))
    assert whole == [line for line in lines if len(line) <= LONGEST]
    assert [line for piece in cut(content, places) for line in by_pieces.feed(piece)] == whole
    assert by_pieces.skipped == at_once.skipped == sum(len(line) > LONGEST for line in [*lines, rest])
    assert at_once.pending <= LONGEST
    assert list(by_pieces.feed(b"\n")) == list(at_once.feed(b"\n"))


paused = st.builds(Paused, epoch=st.integers(0, 99))


@given(st.lists(paused, max_size=12), st.data())
def test_damage_anywhere_stops_nothing_that_was_not_hit(log: list[Event], data: st.DataObject) -> None:
    lines = [msgspec.json.encode(event) for event in log]
    hit = data.draw(st.sets(st.integers(0, max(0, len(log) - 1)), max_size=len(log)))
    for index in hit & set(range(len(lines))):
        lines[index] = data.draw(st.binary(min_size=1, max_size=40)).replace(b"\n", b"\0")
    reader: LogReader[Event] = LogReader(Event)
    found = list(reader.events(b"".join(line + b"\n" for line in lines)))
    left = [event for index, event in enumerate(log) if index not in hit]
    assert found == left
    assert reader.skipped == len(log) - len(left)


def texts_in(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for each in pair for text in texts_in(each)]
    return [text for each in value for text in texts_in(each)] if isinstance(value, list | tuple) else []


HOSTILE: list[Event | Command] = [
    Started(
        run=EVIL,
        at=EVIL,
        spec=LabConfig(id=EVIL, title={EVIL: EVIL}, about={"en": EVIL}),
        versions={EVIL: EVIL},
        data=DataFacts(name=EVIL, task=EVIL, train_rows=1, valid_rows=1, class_names=(EVIL,), notes=(EVIL,)),
    ),
    Epochs(first=1, train=[1.0], updates=1, seconds=0.1, metrics={EVIL: [1.0]}),
    View(panel=EVIL, part="frame", epoch=0, data={EVIL: [{"deep": [EVIL]}]}),
    Changed(epoch=1, updates=1, key=EVIL, value=EVIL, by=EVIL),
    Refused(epoch=1, key=EVIL, message=EVIL),
    Noted(epoch=1, text=EVIL),
    Failed(epoch=1, message=EVIL, hint=EVIL),
    Note(text=EVIL, by=EVIL),
    Set(key=EVIL, value=EVIL),
]


@pytest.mark.parametrize("escaped", [True, False])
@pytest.mark.parametrize("event", HOSTILE, ids=lambda event: type(event).__name__)
def test_every_text_of_every_event_comes_in_harmless(event: Event | Command, escaped: bool) -> None:
    line = json.dumps(msgspec.to_builtins(event), ensure_ascii=escaped).encode()
    reader: LogReader[Event | Command] = LogReader(Event if isinstance(event, events.Event) else Command)
    (found,) = list(reader.events(line + b"\n"))
    texts = texts_in(msgspec.to_builtins(found))
    assert any("\ufffd" in text for text in texts)
    assert all(text == harmless(text) for text in texts)


def test_who_writes_json_gets_texts_as_they_were() -> None:
    reader: LogReader[Event] = LogReader(Event, raw=True)
    line = msgspec.json.encode(Noted(epoch=1, text="\x1b[2J"))
    assert list(reader.events(line + b"\n")) == [Noted(epoch=1, text="\x1b[2J")]


@pytest.mark.parametrize(
    "line",
    [
        b'{"type":"epochs","first":0,"train":[1],"updates":1,"seconds":0}',
        b'{"type":"epochs","first":-5,"train":[1],"updates":1,"seconds":0}',
        b'{"type":"epochs","first":1' + b"0" * 400 + b',"train":[1],"updates":1,"seconds":0}',
        b'{"type":"epochs","first":1' + b"0" * 5000 + b',"train":[1],"updates":1,"seconds":0}',
        b'{"type":"epochs","first":1,"train":[1],"updates":-1,"seconds":0}',
        b'{"type":"epochs","first":1,"train":[1e999],"updates":1,"seconds":0}',
        b'{"type":"epochs","first":1,"train":[NaN],"updates":1,"seconds":0}',
        b'{"type":"paused","epoch":99999999999999999999}',
        b'{"type":"view","panel":"x","part":"frame","epoch":0,"data":{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}}",
        b'{"type":"view","data":' + b"[" * 100_000,
        b'{"type":"noted","epoch":0,"text":"\xed\xa0\x80"}',
        b'{"type":"noted","epoch":0,"text":"\\ud800"}',
        b"null",
        b"[]",
        b"\0" * 50,
    ],
)
def test_a_line_that_no_worker_wrote_is_counted(line: bytes) -> None:
    reader: LogReader[Event] = LogReader(Event)
    assert list(reader.events(line + b"\n")) == []
    assert reader.skipped == 1


def test_a_log_that_ends_in_half_a_line_is_written_on_behind_it(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b'{"type":"paus')
    log: LogWriter[Event] = LogWriter(path)
    log.write(Paused(epoch=1))
    log.close()
    reader: LogReader[Event] = LogReader(Event)
    assert list(reader.events(path.read_bytes())) == [Paused(epoch=1)]
    assert reader.skipped == 1


@pytest.mark.parametrize("keep_open", [True, False])
def test_a_tail_reads_on_where_it_was_in_bounded_pieces(tmp_path: Path, keep_open: bool) -> None:
    path = tmp_path / "log"
    tail = Tail(path, keep_open=keep_open)
    assert tail.read(4) == b""
    path.write_bytes(b"abcdef")
    assert [tail.read(4), tail.read(4), tail.read(4)] == [b"abcd", b"ef", b""]
    with path.open("ab") as file:
        file.write(b"g")
    assert (tail.read(4), tail.offset) == (b"g", 7)
    tail.close()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def circle(path: Path) -> None:
    path.symlink_to(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [pipe, folder, circle, device])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(path := tmp_path / "log")
    for keep_open in (True, False):
        with pytest.raises(OSError, match=r"not a file|symbolic links"):
            Tail(path, keep_open=keep_open).read(10)
    with pytest.raises(OSError, match=r"not a file|symbolic links"):
        RewritableTail(path).read(10)
    with pytest.raises(OSError, match=r"not a file|symbolic links"):
        LogWriter(path)


def test_a_file_that_was_cut_or_replaced_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "log"
    tail = RewritableTail(path)
    assert tail.read(100) == b""
    assert not tail.exists
    path.write_bytes(b"one two three")
    assert tail.read(100) == b"one two three"
    path.write_bytes(b"one")  # shorter
    assert [tail.read(100), tail.read(100)] == [None, b"one"]
    path.write_bytes(b"ten and more")  # longer, and other than it was
    assert [tail.read(100), tail.read(100)] == [None, b"ten and more"]
    path.rename(tmp_path / "log.1")
    assert tail.read(100) == b""
    assert not tail.exists
    with (tmp_path / "log.1").open("ab") as file:
        file.write(b" rest")
    path.write_bytes(b"new")
    assert [tail.read(100), tail.read(100), tail.read(100)] == [b" rest", None, b"new"]
    tail.close()


def test_half_a_line_on_a_full_disk_does_not_spoil_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log: LogWriter[Event] = LogWriter(tmp_path / EVENTS_FILE, reserve=RESERVE_BYTES)
    log.write(Paused(epoch=1))
    write, room = os.write, [10]

    def full(descriptor: int, content: bytes) -> int:
        if not room:
            raise OSError(28, "No space left on device")
        return write(descriptor, content[: room.pop()])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space left"):
        log.write(Paused(epoch=2))
    monkeypatch.undo()
    reserve = tmp_path / "events.reserve"
    assert reserve.stat().st_size > 4096
    log.release_reserve()
    assert not reserve.exists()
    log.write(Failed(epoch=2, message="full"))
    log.close()
    reader: LogReader[Event] = LogReader(Event)
    assert list(reader.events((tmp_path / EVENTS_FILE).read_bytes())) == [
        Paused(epoch=1),
        Failed(epoch=2, message="full"),
    ]
    assert reader.skipped == 1
