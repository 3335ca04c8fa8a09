"""Reading a log while it grows: torn, unknown, soup, one byte at a time, or a million epochs at once."""

from __future__ import annotations

import math
import os
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import use_language
from tutor.labs.lab_config import LabConfig
from tutor.runs.events import (
    LOG_VERSION,
    Changed,
    DataFacts,
    Diverged,
    Epochs,
    Event,
    Failed,
    Finished,
    Noted,
    Paced,
    Paused,
    Refused,
    Resumed,
    Started,
    View,
)
from tutor.runs.follower import EVENTS_FILE, LOCK_FILE, RunFollower, unwatched_seconds
from tutor.runs.log import MAX_LINE_BYTES, LogReader
from tutor.runs.processes import hold
from tutor.runs.summary import RunSummary, fold
from tutor.runs.words import log_faults

STARTED = Started(
    run="20260101-000000-7f3a",
    at="2026-01-01T00:00:00+00:00",
    spec=LabConfig(id="one-lag"),
    data=DataFacts(name="views", task="regression", train_rows=1461, valid_rows=365),
)


def texts(longest: int) -> st.SearchStrategy[str]:
    """Texts that a reader gives as they were written."""
    return st.text(max_size=longest).map(harmless_line)


losses = st.lists(st.none() | st.floats(0, 1e6), min_size=1, max_size=5)
events = st.one_of(
    st.just(STARTED),
    st.builds(
        Epochs,
        first=st.integers(1, 1000),
        train=losses,
        valid=losses,
        updates=st.integers(0, 10**6),
        seconds=st.floats(0, 1e3),
        learning_rate=st.none() | st.floats(0, 10),
    ),
    st.builds(
        View,
        panel=st.sampled_from(["fit", "surface"]),
        part=st.sampled_from(["scene", "frame"]),
        epoch=st.integers(0, 100),
        data=st.dictionaries(texts(3), st.integers(0, 9), max_size=3),
    ),
    st.builds(
        Changed,
        epoch=st.integers(0, 9),
        updates=st.integers(0, 9),
        key=st.sampled_from(["optimizer.learning_rate", "model.w", "loss.name"]),
        value=st.floats(-1, 1) | texts(4) | st.booleans(),
    ),
    st.builds(Refused, epoch=st.integers(0, 9), key=texts(4), message=texts(9)),
    st.builds(Paced, epoch=st.integers(0, 9), pace=st.floats(0, 20)),
    st.builds(Paused, epoch=st.integers(0, 9)),
    st.builds(Resumed, epoch=st.integers(0, 9)),
    st.builds(Noted, epoch=st.integers(0, 9), text=texts(9)),
    st.builds(Diverged, epoch=st.integers(0, 9), updates=st.integers(0, 9)),
    st.builds(
        Finished,
        reason=st.sampled_from(["epochs", "stop", "diverged"]),
        epoch=st.integers(0, 9),
        updates=st.integers(0, 9),
        seconds=st.floats(0, 9),
    ),
    st.builds(Failed, epoch=st.integers(0, 9), message=texts(9)),
)
logs = st.lists(events, max_size=8)


def lines(of: list[Event]) -> bytes:
    return b"".join(msgspec.json.encode(event) + b"\n" for event in of)


def pieces(content: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({cut % (len(content) + 1) for cut in cuts})
    return [content[start:end] for start, end in zip([0, *places], [*places, len(content)], strict=True)]


def a_reader() -> LogReader[Event]:
    return LogReader(Event)


def same(one: RunSummary, other: RunSummary) -> bool:
    # repr, because nan is not equal to itself.
    return repr(one) == repr(other)


@given(logs, st.lists(st.integers(0, 10_000), max_size=12))
def test_cutting_a_log_anywhere_gives_the_same_events(log: list[Event], cuts: list[int]) -> None:
    whole = list(a_reader().events(lines(log)))
    reader = a_reader()
    assert [event for piece in pieces(lines(log), cuts) for event in reader.events(piece)] == whole
    assert len(whole) == len(log)
    assert reader.skipped == 0


@given(logs, st.lists(st.integers(0, 8), max_size=5))
def test_folding_in_any_pieces_gives_the_same_summary(log: list[Event], cuts: list[int]) -> None:
    at_once = fold(RunSummary(), log)
    places = sorted({min(cut, len(log)) for cut in cuts})
    by_pieces = RunSummary()
    for start, end in zip([0, *places], [*places, len(log)], strict=True):
        fold(by_pieces, log[start:end])
    assert same(at_once, by_pieces)


@given(logs)
def test_facts_can_be_told_at_any_time(log: list[Event]) -> None:
    facts = fold(RunSummary(), log).facts()
    assert set(facts) >= {"diverged", "epochs", "updates", "seconds", "state"}


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=6))
def test_soup_alone_stops_nobody(soup: bytes, cuts: list[int]) -> None:
    reader = a_reader()
    assert [event for piece in pieces(soup, cuts) for event in reader.events(piece)] == []


@given(logs, st.integers(1, 200))
def test_a_torn_last_line_is_not_read_until_it_is_whole(log: list[Event], missing: int) -> None:
    content = lines([*log, STARTED])
    missing = min(missing, len(lines([STARTED])))
    reader = a_reader()
    assert list(reader.events(content[:-missing])) == log
    assert list(reader.events(content[-missing:])) == [STARTED]


def test_an_unknown_event_is_skipped_and_counted() -> None:
    reader = a_reader()
    assert list(reader.events(b'{"type":"sung","song":"x"}\n' + lines([STARTED]))) == [STARTED]
    assert reader.skipped == 1


def test_an_unknown_field_of_a_newer_worker_is_passed_over() -> None:
    assert list(a_reader().events(b'{"type":"paused","epoch":3,"why":"new"}\n')) == [Paused(epoch=3)]


@pytest.mark.parametrize("piece", [MAX_LINE_BYTES // 3, 1 << 30])
def test_a_line_without_end_is_never_held_in_memory(piece: int) -> None:
    reader = a_reader()
    content = b"x" * (3 * MAX_LINE_BYTES) + b"\n" + lines([STARTED])
    found: list[Event] = []
    for start in range(0, len(content), piece):
        found += reader.events(content[start : start + piece])
        assert reader.pending <= MAX_LINE_BYTES
    assert found == [STARTED]
    assert reader.skipped == 1


def test_null_is_a_loss_that_is_not_finite() -> None:
    event = Epochs(first=1, train=[1.0, None], valid=[None, 2.0], updates=2, seconds=0.1)
    summary = fold(RunSummary(), [event])
    assert summary.train_losses[0] == 1.0
    assert math.isnan(summary.train_losses[1])
    assert (summary.best_valid_loss, summary.best_epoch) == (2.0, 2)


def test_the_best_epoch_is_the_first_of_the_lowest() -> None:
    events = [
        Epochs(first=1, train=[3.0, 2.0], valid=[3.0, 2.0], updates=2, seconds=0.1),
        Epochs(first=3, train=[1.0, 0.5], valid=[2.0, 2.5], updates=4, seconds=0.2),
    ]
    facts = fold(RunSummary(), events).facts()
    assert (facts["best.valid_loss"], facts["best.epoch"]) == (2.0, 2)
    assert (facts["final.train_loss"], facts["final.valid_loss"], facts["epochs"]) == (0.5, 2.5, 4)


def test_the_worst_epoch_is_the_first_of_the_highest_that_is_a_number() -> None:
    events = [
        Epochs(first=1, train=[3.0, 7.0], valid=[], updates=2, seconds=0.1),
        Epochs(first=3, train=[7.0, 1.0, None], valid=[], updates=5, seconds=0.2),
    ]
    facts = fold(RunSummary(), events).facts()
    assert (facts["worst.train_loss"], facts["worst.epoch"]) == (7.0, 2)
    assert (
        "worst.epoch"
        not in fold(RunSummary(), [Epochs(first=1, train=[None], valid=[], updates=1, seconds=0.1)]).facts()
    )


def test_the_length_of_the_last_gradient_is_a_fact() -> None:
    first = Epochs(first=1, train=[3.0], valid=[], updates=1, seconds=0.1, gradient_norm=4.0)
    last = Epochs(first=2, train=[2.0], valid=[], updates=2, seconds=0.2, gradient_norm=0.5)
    assert fold(RunSummary(), [first, last]).facts()["final.gradient_norm"] == 0.5
    unknown = Epochs(first=1, train=[3.0], valid=[], updates=1, seconds=0.1)
    assert "final.gradient_norm" not in fold(RunSummary(), [unknown]).facts()


def write(folder: Path, content: bytes) -> None:
    with (folder / EVENTS_FILE).open("ab") as log:
        log.write(content)


def test_a_follower_reads_on_where_it_was(tmp_path: Path) -> None:
    lock = hold(tmp_path / LOCK_FILE)
    assert lock is not None
    follower = RunFollower(tmp_path)
    assert follower.poll() == []
    assert str(follower.summary.state) == "starting"
    write(tmp_path, lines([STARTED]))
    assert follower.poll() == [STARTED]
    assert follower.poll() == []
    write(tmp_path, lines([Paused(epoch=0)])[:9])
    assert follower.poll() == []
    write(tmp_path, lines([Paused(epoch=0)])[9:])
    assert follower.poll() == [Paused(epoch=0)]
    assert follower.alive
    assert follower.summary.state == "paused"
    os.close(lock)


def test_a_poll_is_bounded(tmp_path: Path) -> None:
    write(tmp_path, lines([Paused(epoch=n) for n in range(1000)]))
    follower = RunFollower(tmp_path)
    assert 0 < len(follower.poll(limit_bytes=1000)) < 40
    assert follower.catch_up().version >= 1000


def test_a_worker_that_is_gone_without_a_word_has_died(tmp_path: Path) -> None:
    write(tmp_path, lines([STARTED, Epochs(first=1, train=[1.0, 0.5], updates=2, seconds=0.1)]) + b'{"type":"epo')
    summary = RunFollower(tmp_path).catch_up()
    assert summary.state == "died"
    assert list(summary.train_losses) == [1.0, 0.5]
    assert summary.message == "The run stopped unexpectedly. Everything up to epoch 2 is kept."


def test_a_worker_that_said_how_it_ended_has_not_died(tmp_path: Path) -> None:
    write(tmp_path, lines([STARTED, Finished(reason="epochs", epoch=0, updates=0, seconds=0.0)]))
    assert RunFollower(tmp_path).catch_up().state == "finished"


def test_two_followers_show_the_same(tmp_path: Path) -> None:
    content = lines([STARTED, Epochs(first=1, train=[1 / 3] * 50, valid=[0.1] * 50, updates=2, seconds=0.1)])
    write(tmp_path, content)
    one, other = RunFollower(tmp_path), RunFollower(tmp_path)
    for _ in range(len(content)):
        one.poll(limit_bytes=7)
    one.catch_up()
    other.catch_up()
    one.summary.version = other.summary.version
    assert same(one.summary, other.summary)


@given(st.lists(events | st.binary(max_size=20).filter(lambda soup: b"\n" not in soup), max_size=8), st.integers(1, 90))
def test_catching_up_tells_and_shows_what_reading_in_pieces_does(log: list[Event | bytes], size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        parts = [each + b"\n" if isinstance(each, bytes) else lines([each]) for each in log]
        write(Path(folder), b"".join(parts))
        at_once, by_pieces = RunFollower(Path(folder)), RunFollower(Path(folder))
        told: list[Event] = []
        at_once.catch_up(told.append)
        polled: list[Event] = []
        while by_pieces.position < at_once.position:
            polled += by_pieces.poll(size)
        by_pieces.poll(size)
        assert told == polled
        assert at_once.skipped == by_pieces.skipped
        assert same(at_once.summary, by_pieces.summary)


def test_catching_up_goes_on_beyond_a_damage_of_any_length(tmp_path: Path) -> None:
    soup = (b"\0" * 999 + b"\n") * 700
    write(tmp_path, lines([STARTED]) + soup + lines([Finished(reason="stop", epoch=3, updates=3, seconds=0.1)]))
    summary = RunFollower(tmp_path).catch_up()
    assert (summary.state, summary.epoch, summary.lost) == ("stopped", 3, 700)


def test_catching_up_leaves_off_where_nobody_wants_it_any_more_and_can_go_on(tmp_path: Path) -> None:
    write(tmp_path, lines([STARTED, *(Paused(epoch=n) for n in range(20_000))]))
    follower = RunFollower(tmp_path)
    asked = iter([False, True])
    version = follower.catch_up(stopped=lambda: next(asked)).version
    assert 0 < version < 20_001
    assert follower.catch_up().version >= 20_001


def test_a_last_word_that_comes_between_looking_and_asking_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, lines([STARTED]))
    follower = RunFollower(tmp_path)
    follower.poll()

    def ends_meanwhile(_lock: str) -> bool:
        write(tmp_path, lines([Finished(reason="epochs", epoch=0, updates=0, seconds=0.0)]))
        return False

    monkeypatch.setattr("tutor.runs.follower.is_held", ends_meanwhile)
    assert [type(event) for event in follower.poll()] == [Finished]
    assert follower.summary.state == "finished"


def damaged(tmp_path: Path, lost: int) -> RunSummary:
    events: list[Event] = [
        STARTED,
        *(Epochs(first=n, train=[1 / n], valid=[2 / n], updates=n, seconds=0.1) for n in range(1, 9)),
    ]
    pieces = lines(events).splitlines(keepends=True)
    for index in range(lost):
        pieces[3 + index] = b"\x00\xff{soup" + bytes([index]) + b"\n"
    write(tmp_path, b"".join([*pieces, lines([Finished(reason="epochs", epoch=8, updates=8, seconds=0.2)])]))
    return RunFollower(tmp_path).catch_up()


def test_epochs_whose_lines_are_lost_are_gaps_and_the_others_keep_their_places(tmp_path: Path) -> None:
    summary = damaged(tmp_path, 2)
    assert [index for index, loss in enumerate(summary.train_losses, 1) if math.isnan(loss)] == [3, 4]
    assert summary.train_losses[7] == 1 / 8
    assert [index for index, loss in enumerate(summary.valid_losses, 1) if math.isnan(loss)] == [3, 4]
    assert (summary.best_epoch, summary.lost) == (8, 2)


@pytest.mark.parametrize(("language", "one", "two"), [("en", "One line", "2 lines"), ("zh", "有一行", "有 2 行")])
def test_what_is_wrong_with_a_log_is_told(tmp_path: Path, language: str, one: str, two: str) -> None:
    use_language(language)
    for lost, words in ((0, None), (1, one), (2, two)):
        folder = tmp_path / str(lost)
        folder.mkdir()
        faults = log_faults(damaged(folder, lost))
        assert faults == [] if words is None else words in faults[0]
    newer = fold(RunSummary(), [replace(STARTED, version=LOG_VERSION + 1)])
    assert len(log_faults(newer)) == 1


def test_a_number_that_no_worker_wrote_takes_no_memory() -> None:
    far = Epochs(first=10**15, train=[1.0], valid=[1.0], updates=1, seconds=0.1)
    assert len(fold(RunSummary(), [far]).train_losses) == 1


@pytest.mark.parametrize("optimizer", ["manual", "sgd"])
def test_following_a_run_by_hand_says_that_somebody_watches(tmp_path: Path, optimizer: str) -> None:
    spec = replace(STARTED.spec, optimizer=replace(STARTED.spec.optimizer, name=optimizer))
    (tmp_path / EVENTS_FILE).write_bytes(msgspec.json.encode(replace(STARTED, spec=spec)) + b"\n")
    lock = hold(tmp_path / LOCK_FILE)
    assert lock is not None
    try:
        assert unwatched_seconds(tmp_path) == math.inf
        RunFollower(tmp_path).poll()
        assert (unwatched_seconds(tmp_path) < 3600) == (optimizer == "manual")
    finally:
        os.close(lock)
