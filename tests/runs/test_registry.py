"""All runs of a learner: found, listed, deleted and pruned. Logs are written by hand; no worker starts here."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from tutor.foundation.errors import TutorError
from tutor.labs.lab_config import LabConfig
from tutor.runs.events import DataFacts, Epochs, Event, Finished, Paused, Started, View
from tutor.runs.follower import EVENTS_FILE, LOCK_FILE
from tutor.runs.processes import hold
from tutor.runs.registry import COMPARED_FILE, Runs

FINISHED = Finished(reason="epochs", epoch=3, updates=3, seconds=0.1)


def epochs(first: int, count: int) -> Epochs:
    losses: list[float | None] = [1 / (first + each) for each in range(count)]
    return Epochs(first=first, train=losses, valid=losses, updates=first + count - 1, seconds=0.1)


def make(runs: Runs, name: str, *events: Event, lab: str = "one-lag") -> Path:
    folder = runs.folder / name
    folder.mkdir(parents=True)
    started = Started(
        run=name,
        at="2026-01-01T00:00:00+00:00",
        spec=LabConfig(id=lab),
        data=DataFacts(name="views", task="regression", train_rows=1, valid_rows=1),
    )
    lines = [msgspec.json.encode(event) + b"\n" for event in (started, *events)]
    (folder / EVENTS_FILE).write_bytes(b"".join(lines))
    return folder


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "runs")


def test_no_folder_is_no_run(runs: Runs) -> None:
    assert runs.all() == runs.running() == []
    assert runs.prune() == 0


def test_runs_are_listed_newest_first_with_what_became_of_them(runs: Runs) -> None:
    make(runs, "20260101-100000-aaaa", epochs(1, 3), FINISHED)
    make(runs, "20260101-110000-bbbb", epochs(1, 2))
    lock = hold(make(runs, "20260101-120000-cccc", epochs(1, 1), Paused(epoch=1)) / LOCK_FILE)
    assert lock is not None
    entries = runs.all()
    assert [(entry.short_id, entry.state, entry.epoch) for entry in entries] == [
        ("cccc", "paused", 1),
        ("bbbb", "died", 2),
        ("aaaa", "finished", 3),
    ]
    assert entries[2].valid_loss == pytest.approx(1 / 3)
    assert entries[2].started_at == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert [entry.short_id for entry in runs.running()] == ["cccc"]
    os.close(lock)
    assert [entry.state for entry in runs.all()] == ["died", "died", "finished"]


def test_a_long_log_is_read_at_its_two_ends(runs: Runs) -> None:
    many: list[Event] = [epochs(1 + 100 * n, 100) for n in range(200)]
    view = View(panel="fit", part="frame", epoch=1, data={"x": [0.123] * 500})
    folder = make(runs, "20260101-100000-aaaa", *many, view, epochs(20_001, 7), FINISHED)
    assert (folder / EVENTS_FILE).stat().st_size > 300_000
    (entry,) = runs.all()
    assert (entry.state, entry.epoch, entry.lab) == ("finished", 3, "one-lag")
    assert entry.train_loss == pytest.approx(1 / 20_007)


def test_a_run_that_died_before_its_first_word_is_listed_too(runs: Runs) -> None:
    (runs.folder / "20260101-100000-aaaa").mkdir(parents=True)
    (entry,) = runs.all()
    assert (entry.state, entry.lab, entry.epochs_planned) == ("died", "", 0)


def test_what_is_no_run_is_not_listed(runs: Runs) -> None:
    make(runs, "20260101-100000-aaaa")
    (runs.folder / "notes").mkdir()
    (runs.folder / ".removed-20260101-100000-bbbb").mkdir()
    assert len(runs.all()) == 1


def test_a_run_is_found_by_its_id_or_its_last_four(runs: Runs) -> None:
    folder = make(runs, "20260101-100000-aaaa")
    assert runs.folder_of("20260101-100000-aaaa") == runs.folder_of("aaaa") == folder
    make(runs, "20260102-100000-aaaa")
    with pytest.raises(TutorError, match="Several runs are called aaaa"):
        runs.folder_of("aaaa")
    with pytest.raises(TutorError, match="There is no run /etc"):
        runs.folder_of("/etc")


def test_a_run_is_deleted_when_it_has_ended(runs: Runs) -> None:
    lock = hold(make(runs, "20260101-100000-aaaa", epochs(1, 1)) / LOCK_FILE)
    assert lock is not None
    with pytest.raises(TutorError, match="aaaa is still running"):
        runs.delete("aaaa")
    os.close(lock)
    runs.delete("aaaa")
    assert list(runs.folder.iterdir()) == []


def test_the_oldest_go_first_and_what_lives_stays(runs: Runs) -> None:
    for hour in range(10, 20):
        make(runs, f"20260101-{hour}0000-aaaa", FINISHED)
    lock = hold(runs.folder / "20260101-100000-aaaa" / LOCK_FILE)
    assert lock is not None
    assert runs.prune(keep=4) == 5
    assert [entry.id[9:11] for entry in runs.all()] == ["19", "18", "17", "16", "10"]
    os.close(lock)


def test_runs_that_take_too_much_room_go(runs: Runs) -> None:
    for hour in range(10, 14):
        (make(runs, f"20260101-{hour}0000-aaaa", FINISHED) / "weights.npz").write_bytes(b"x" * 400_000)
    assert runs.prune(megabytes=1.0) == 2
    assert [entry.id[9:11] for entry in runs.all()] == ["13", "12"]


def test_a_pinned_run_is_never_pruned(runs: Runs) -> None:
    for hour in range(10, 20):
        make(runs, f"20260101-{hour}0000-aa{hour}", FINISHED)
    runs.pin("aa10")
    assert runs.prune(keep=2) == 7
    assert [(entry.short_id, entry.pinned) for entry in runs.all()] == [
        ("aa19", False),
        ("aa18", False),
        ("aa10", True),
    ]
    runs.pin("aa10", pinned=False)
    assert runs.prune(keep=2) == 1


def test_the_size_and_the_shape_of_a_run(runs: Runs) -> None:
    folder = make(runs, "20260101-100000-aaaa", epochs(1, 64))
    entry = runs.entry("aaaa")
    assert entry.size == (folder / EVENTS_FILE).stat().st_size
    assert entry.valid
    assert entry.shape == pytest.approx([1 / (2 * part) for part in range(1, 33)])


def test_the_shape_of_a_long_run_is_read_in_between_too(runs: Runs) -> None:
    many: list[Event] = []
    for number in range(400):
        many += [epochs(1 + 10 * number, 10), View(panel="fit", part="frame", epoch=1, data={"x": [0.123] * 300})]
    make(runs, "20260101-100000-aaaa", *many)
    shape = runs.entry("aaaa").shape
    known = [loss for loss in shape if loss == loss]
    assert len(shape) == 32
    assert len(known) > 10
    assert known == sorted(known, reverse=True)


def test_without_a_name_the_newest_that_goes_on_is_meant(runs: Runs) -> None:
    with pytest.raises(TutorError, match="no runs yet"):
        runs.pick(None)
    lock = hold(make(runs, "20260101-100000-aaaa", epochs(1, 1)) / LOCK_FILE)
    assert lock is not None
    make(runs, "20260101-110000-bbbb", FINISHED)
    assert runs.pick(None)[-4:] == "aaaa"
    os.close(lock)
    assert runs.pick(None)[-4:] == "bbbb"
    assert runs.pick("aaaa")[-4:] == "aaaa"
    with pytest.raises(TutorError, match="No run is going"):
        runs.pick(None, alive=True)


def test_who_names_no_run_is_told_where_they_are_listed(tmp_path: Path) -> None:
    with pytest.raises(TutorError) as caught:
        Runs(tmp_path).pick("zzzz")
    assert "tutor runs" in (caught.value.hint or "")


def test_runs_kept_side_by_side_are_known_by_their_lab_and_never_pruned(runs: Runs) -> None:
    for hour in range(10, 15):
        make(runs, f"20260101-{hour}0000-aa{hour}", FINISHED)
    spec = runs.entry("aa10").spec
    assert spec is not None
    runs.keep_compared("aa11", 1)
    runs.keep_compared("aa10", 2)
    os.utime(runs.folder_of("aa11") / COMPARED_FILE, (1, 1))
    os.utime(runs.folder_of("aa10") / COMPARED_FILE, (2, 2))
    assert [(number, run[-4:]) for number, run in runs.compared(spec)] == [(1, "aa11"), (2, "aa10")]
    assert runs.compared(replace(spec, id="another")) == []
    assert runs.prune(keep=1) == 2
    assert [(entry.short_id, entry.pinned) for entry in runs.all()] == [
        ("aa14", False),
        ("aa11", True),
        ("aa10", True),
    ]
    runs.keep_compared("aa11", None)
    runs.pin("aa10", pinned=False)
    assert runs.compared(spec) == []
    assert runs.prune(keep=1) == 2


def test_a_run_without_its_log_is_compared_no_longer(runs: Runs) -> None:
    folder = make(runs, "20260101-100000-aaaa", FINISHED)
    spec = runs.entry("aaaa").spec
    assert spec is not None
    runs.keep_compared("aaaa", 1)
    (folder / EVENTS_FILE).unlink()
    assert runs.compared(spec) == []
    assert not (folder / COMPARED_FILE).exists()


def test_a_mark_that_tells_no_number_still_keeps_its_run(runs: Runs) -> None:
    folder = make(runs, "20260101-100000-aaaa", FINISHED)
    spec = runs.entry("aaaa").spec
    assert spec is not None
    (folder / COMPARED_FILE).write_bytes(b"\xff\xfe nonsense")
    assert runs.compared(spec) == [(0, folder.name)]


@pytest.mark.parametrize(
    "line",
    [
        b'{"type":"epochs","first":0,"train":[1.0],"updates":1,"seconds":0.1}',
        b'{"type":"finished","reason":"epochs","epoch":0,"updates":0,"seconds":0.1}',
    ],
)
def test_a_log_that_contradicts_itself_stops_no_list_and_can_be_deleted(tmp_path: Path, line: bytes) -> None:
    runs = Runs(tmp_path)
    folder = tmp_path / "20260101-120000-7f3a"
    folder.mkdir()
    good = b'{"type":"epochs","first":1,"train":[1.0],"updates":1,"seconds":0.1}'
    (folder / "events.jsonl").write_bytes(b"\n".join([good, line, b""]))
    assert [entry.short_id for entry in runs.all()] == ["7f3a"]
    runs.delete("7f3a")
    assert runs.all() == []
