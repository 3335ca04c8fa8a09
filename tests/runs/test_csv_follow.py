"""A CSV log that somebody else's loop writes, followed as a run: it grows, is cut, replaced, half written, left."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.foundation.errors import TutorError
from tutor.runs.control import Stop, send
from tutor.runs.export import csv_lines
from tutor.runs.follower import LOCK_FILE
from tutor.runs.imports.csv_run import CsvFollower, import_csv, start_following
from tutor.runs.log import RewritableTail
from tutor.runs.processes import hold
from tutor.runs.recording import recorded_spec
from tutor.runs.registry import Runs
from tutor.runs.summary import RunSummary

HEADING = "epoch,loss,val_loss\n"
PATIENCE = 60.0


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "runs")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.csv"


def add(log: Path, text: str) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.write(text)


class Writer:
    """Time that passes only while the follower waits: each wait is the next thing that happens to the file."""

    def __init__(self, *acts: Callable[[], object]) -> None:
        self.acts = list(acts)
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.acts:
            self.acts.pop(0)()
        elif self.now > 10_000:
            raise AssertionError("it never ends")


def followed(log: Path, runs: Runs, *acts: Callable[[], object]) -> list[RunSummary]:
    """Follow ``log`` while ``acts`` happen, then until it has gone. The runs, by their first loss."""
    writer = Writer(*acts, log.unlink)
    CsvFollower(log, "mine", runs, clock=writer.clock, sleep=writer.sleep).follow()
    found = [runs.follow(entry.id).catch_up() for entry in runs.all()]
    return sorted(found, key=lambda summary: list(summary.train_losses[:1]))


# -- the tail -------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 9), max_size=30))
def test_bytes_come_once_however_they_are_written(tmp_path_factory: pytest.TempPathFactory, cuts: list[int]) -> None:
    path = tmp_path_factory.mktemp("tail") / "log.csv"
    path.touch()
    whole = data = "epoch,loss\r\n0,1.5\n\n1,学\n2,0.25\n3,".encode()
    tail, found = RewritableTail(path), b""
    for cut in [*cuts, len(data)]:
        piece, data = data[:cut], data[cut:]
        with path.open("ab") as file:
            file.write(piece)
        found += tail.read() or b""
    assert found == whole
    tail.close()


def test_a_file_moved_aside_is_read_to_its_end_before_the_new_one(log: Path) -> None:
    add(log, "a\nb\n")
    tail = RewritableTail(log)
    assert tail.read() == b"a\nb\n"
    add(log, "c\n")
    log.rename(log.with_suffix(".1"))
    assert [tail.read(), tail.read(), tail.exists] == [b"c\n", b"", False]
    add(log, "d\n")
    assert [tail.read(), tail.read(), tail.exists] == [None, b"d\n", True]
    tail.close()


@pytest.mark.parametrize("new", ["x\n", "a\nB\n", "other text that is longer than what was there before\n"])
def test_a_file_written_anew_is_read_from_its_top(log: Path, new: str) -> None:
    add(log, "a\nb\nccc\n")
    tail = RewritableTail(log)
    tail.read()
    log.write_text(new, encoding="utf-8")
    assert tail.read() is None
    assert tail.read() == new.encode()
    tail.close()


def test_a_pipe_is_no_file_and_is_not_waited_for(log: Path, runs: Runs) -> None:
    os.mkfifo(log)
    with pytest.raises(TutorError, match=r"cannot be read: it is a .*, not a file"):
        start_following(log, runs)
    with pytest.raises(TutorError, match=r"cannot be read: it is a .*, not a file"):
        import_csv(log, runs)
    assert runs.all() == []


# -- the run --------------------------------------------------------------------------------------------------


def test_a_growing_log_is_a_run_that_grows(log: Path, runs: Runs) -> None:
    log.touch()
    counts: list[int] = []

    def look() -> None:
        (entry,) = runs.all()
        assert entry.alive
        counts.append(entry.epoch)

    (summary,) = followed(
        log, runs,
        lambda: add(log, HEADING), lambda: add(log, "0,1.0,2.0\n1,0.5,"), lambda: add(log, "1.5\n"), look,
        lambda: add(log, "2,0.25,nan\n"), look,
    )  # fmt: skip
    assert counts == [2, 3]
    assert (summary.state, summary.followed, list(summary.train_losses)) == ("finished", True, [1.0, 0.5, 0.25])
    assert [str(each) for each in summary.valid_losses] == ["2.0", "1.5", "nan"]


def test_each_beginning_is_a_run_of_its_own(log: Path, runs: Runs) -> None:
    add(log, HEADING + "0,1,1\n1,0.9,1\n")
    found = followed(
        log, runs,
        lambda: log.write_text(HEADING + "0,2,1\n1,1.9,1\n", encoding="utf-8"),  # cut and written anew
        lambda: add(log, HEADING + "0,3,1\n"),  # appended by another training, with its heading
        lambda: add(log, "1,2.9,1\n0,4,1\n1,3.9,1\n"),  # and by one without
    )  # fmt: skip
    assert [list(each.train_losses) for each in found] == [[1.0, 0.9], [2.0, 1.9], [3.0, 2.9], [4.0, 3.9]]
    assert all(each.state == "finished" for each in found)
    assert ["started again" in each.notes[-1].text for each in found[:-1]] == [True] * 3


def rewrite(log: Path, text: str) -> None:
    log.write_text(text, encoding="utf-8")


def test_a_file_written_anew_with_a_wider_head_goes_on_in_place(log: Path, runs: Runs) -> None:
    add(log, "epoch,step,train_loss\n0,9,2\n1,19,1\n")
    (summary,) = followed(
        log, runs,
        lambda: add(log, "2,29,0.5\n"),
        lambda: rewrite(log, "epoch,step,train_loss,val_loss\n0,9,2,\n1,19,1,\n2,29,0.5,\n2,29,,0.75\n"),
        lambda: add(log, "3,39,0.25,\n3,39,,0.5\n"),
    )  # fmt: skip
    assert list(summary.train_losses) == [2, 1, 0.5, 0.25]
    assert [str(each) for each in summary.valid_losses] == ["nan", "nan", "0.75", "0.5"]
    assert [summary.epoch_text(place) for place in range(1, 5)] == ["0", "1", "2", "3"]


@pytest.mark.parametrize("cut", [0, 1, 30, 60])
def test_a_file_seen_while_it_is_written_anew_goes_on_in_place(log: Path, runs: Runs, cut: int) -> None:
    add(log, "epoch,train_loss\n0,2\n1,1\n2,0.5\n")
    new = "epoch,train_loss,val_loss\n0,2,\n1,1,\n2,0.5,0.75\n"
    (summary,) = followed(log, runs, lambda: rewrite(log, new[:cut]), lambda: rewrite(log, new))
    assert list(summary.train_losses) == [2, 1, 0.5]
    assert str(summary.valid_losses[-1]) == "0.75"


def test_a_column_that_turns_out_to_be_in_percent_is_told_anew(log: Path, runs: Runs) -> None:
    add(log, "epoch,loss,acc\n1,3,0.5\n2,2,0.9\n")
    (summary,) = followed(log, runs, lambda: None, lambda: add(log, "3,1,50\n4,0.5,90\n"))
    assert list(summary.train_accuracies) == [0.005, 0.009, 0.5, 0.9]
    assert any("percent" in note.text for note in summary.notes)


def test_the_validation_of_an_epoch_that_comes_late_is_told(log: Path, runs: Runs) -> None:
    add(log, "epoch,train_loss,val_loss\n0,2,\n")
    later = [lambda: None] * 40  # validating takes four seconds
    (summary,) = followed(log, runs, *later, lambda: add(log, "0,,3\n"), *later, lambda: add(log, "1,1,\n"), *later)
    assert list(summary.train_losses) == [2, 1]
    assert [str(each) for each in summary.valid_losses] == ["3.0", "nan"]


def test_a_training_begun_again_is_another_run_that_is_named(log: Path, runs: Runs) -> None:
    add(log, HEADING + "0,1,1\n1,0.9,1\n2,0.8,1\n")
    found = followed(
        log, runs, lambda: None, lambda: rewrite(log, HEADING + "0,1,1\n"), *[lambda: None] * 40,
    )  # fmt: skip
    assert [list(each.train_losses) for each in found] in ([[1, 0.9, 0.8], [1]], [[1], [1, 0.9, 0.8]])
    first = max(found, key=lambda each: each.epoch)
    other = min(found, key=lambda each: each.epoch)
    assert f"run {other.run[-4:]} continues" in first.notes[-1].text


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 30), max_size=25), st.booleans())
def test_what_is_followed_in_any_pieces_is_what_an_import_gives(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], slowly: bool
) -> None:
    folder = tmp_path_factory.mktemp("pieces")
    log, runs, kept = folder / "log.csv", Runs(folder / "runs"), Runs(folder / "kept")
    text = "step,loss,acc,val_loss\n10,2.5,0.5,\n10,,,3\n20,tensor(1.5),60,\n20,,,2\n30,nan,70,\n"
    log.touch()
    acts: list[Callable[[], object]] = []
    for size in [*sizes, len(text)]:
        piece, text = text[:size], text[size:]
        acts += [lambda piece=piece: add(log, piece), *([lambda: None] * 25 if slowly else [])]  # type: ignore[misc]
    copy = folder / "copy.csv"
    acts.append(lambda: copy.write_bytes(log.read_bytes()))
    (summary,) = followed(log, runs, *acts)
    (run,) = import_csv(copy, kept).runs
    assert list(csv_lines(runs.folder_of(summary.run))) == list(csv_lines(kept.folder_of(run)))


def test_a_row_that_is_none_is_left_out_and_told(log: Path, runs: Runs) -> None:
    add(log, HEADING + "0,1,1\n1,low\x1b[2J,1\n2,0.5,1\n")
    (summary,) = followed(log, runs)
    assert list(summary.train_losses) == [1.0, 0.5]
    assert "log.csv:3" in summary.notes[0].text
    assert "\x1b" not in summary.notes[0].text


def test_a_last_line_without_an_end_counts_where_nothing_more_comes(log: Path, runs: Runs) -> None:
    add(log, HEADING + "0,1,1\n1,0.5,0.25")
    (summary,) = followed(log, runs)
    assert list(summary.train_losses) == [1.0, 0.5]


def test_a_file_without_a_loss_fails_in_a_sentence(log: Path, runs: Runs) -> None:
    add(log, "a,b\n1,2\n")
    with pytest.raises(TutorError, match=":1: no column holds a loss"):
        start_following(log, runs)
    assert runs.all() == []
    with pytest.raises(TutorError, match=":1: no column holds a loss"):
        followed(log, runs)
    (entry,) = runs.all()
    summary = runs.follow(entry.id).catch_up()
    assert summary.state == "failed"
    assert summary.message.startswith(f"{log}:1: no column")


def test_what_is_no_file_is_told(tmp_path: Path, runs: Runs) -> None:
    with pytest.raises(TutorError, match=r"cannot be read: it is a .*, not a file"):
        start_following(tmp_path, runs)
    with pytest.raises(TutorError, match="cannot be read"):
        start_following(tmp_path / "nowhere.csv", runs)


def test_an_hour_without_a_row_is_the_end(log: Path, runs: Runs) -> None:
    add(log, HEADING + "0,1,1\n")
    writer = Writer(*[lambda: None] * 50_000)
    CsvFollower(log, "mine", runs, clock=writer.clock, sleep=writer.sleep).follow()
    (entry,) = runs.all()
    assert (entry.state, entry.epoch) == ("finished", 1)
    assert runs.follow(entry.id).catch_up().reason == "quiet"
    assert 3600 <= writer.now < 3700


def test_a_stop_counts_whenever_it_comes(log: Path, runs: Runs) -> None:
    add(log, HEADING + "0,1,1\n")
    writer = Writer()
    follower = CsvFollower(log, "mine", runs, clock=writer.clock, sleep=writer.sleep)
    writer.acts.append(follower.stop)
    follower.follow()
    (entry,) = runs.all()
    assert (entry.epoch, runs.follow(entry.id).catch_up().reason) == (1, "signal")


def test_a_stop_that_comes_before_the_run_has_begun_ends_it(log: Path, runs: Runs) -> None:
    add(log, HEADING + "0,1,1\n")
    writer = Writer()
    follower = CsvFollower(log, "mine", runs, clock=writer.clock, sleep=writer.sleep)
    follower.stop()
    folder = runs.make(recorded_spec("mine"))
    lock = hold(folder / LOCK_FILE)
    assert lock is not None
    follower.follow((folder, lock))
    assert runs.follow(folder.name).catch_up().reason == "signal"
    assert len(runs.all()) == 1
    assert not runs.running()


_LOOP = """
import csv, sys, time
with open(sys.argv[1], "w", newline="") as file:
    rows = csv.writer(file)
    rows.writerow(["epoch", "loss", "val_loss"])
    for epoch in range(100000):
        rows.writerow([epoch, 1 / (1 + epoch), 2 / (1 + epoch)])
        file.flush()
        time.sleep(0.01)
"""


def wait(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_log_of_a_real_loop_is_followed_by_a_real_process(log: Path, runs: Runs) -> None:
    with subprocess.Popen([sys.executable, "-c", _LOOP, str(log)]) as loop:
        try:
            wait(lambda: log.exists() and log.stat().st_size > 0)
            run_id = start_following(log, runs, "theirs")
            assert start_following(log, runs) == run_id
            follower = runs.follow(run_id)

            def grown(epochs: int) -> bool:
                follower.poll()
                return follower.summary.epoch >= epochs

            wait(lambda: grown(5))
            now = follower.summary.epoch
            wait(lambda: grown(now + 5))
            assert follower.summary.valid_losses[3] == pytest.approx(0.5)
            (entry,) = runs.running()
            assert (entry.title_in("en"), entry.followed, entry.epochs_planned) == ("theirs", True, 0)
            send(runs.folder_of(run_id), Stop())
            wait(lambda: follower.catch_up().ended and not follower.alive)
            assert follower.summary.state == "stopped"
        finally:
            loop.kill()


_LIGHTNING = """
import csv, sys, time
rows, keys = [], ["epoch", "step", "train_loss"]
for epoch in range(8):
    row = {"epoch": epoch, "step": 10 * epoch + 9, "train_loss": 2 / (1 + epoch)}
    for each in [row] if epoch % 3 != 2 else [row, {**row, "train_loss": None, "val_loss": 1 / (1 + epoch)}]:
        rows.append(each)
        keys += [key for key in each if key not in keys]
        with open(sys.argv[1], "w", newline="") as file:
            writer = csv.DictWriter(file, keys)
            writer.writeheader()
            writer.writerows(rows)
        time.sleep(0.05)
"""


def test_a_real_log_that_is_written_whole_at_each_epoch_is_one_run(runs: Runs, tmp_path: Path) -> None:
    log = tmp_path / os.fsdecode(b"log \xff.csv")  # a name that is not UTF-8
    log.touch()
    run_id = start_following(log, runs, columns="epoch=epoch")
    subprocess.run([sys.executable, "-c", _LIGHTNING, str(log)], check=True)
    follower = runs.follow(run_id)
    try:
        wait(lambda: follower.catch_up().epoch == 8)
        assert list(follower.summary.train_losses) == pytest.approx([2 / (1 + epoch) for epoch in range(8)])
        assert follower.summary.valid_losses[5] == pytest.approx(1 / 6)
        assert len(runs.all()) == 1
    finally:
        send(runs.folder_of(run_id), Stop())
        wait(lambda: not runs.running())


def test_a_follower_that_is_killed_has_died_and_is_followed_anew(log: Path, runs: Runs) -> None:
    add(log, HEADING + "0,1,1\n1,0.5,1\n")
    run_id = start_following(log, runs)
    follower = runs.follow(run_id)
    wait(lambda: follower.catch_up().epoch == 2)
    assert follower.summary.versions
    line = (follower.folder / "events.jsonl").read_text(encoding="utf-8").partition("\n")[0]
    os.kill(int(line.partition('"pid":')[2].split("}")[0].split(",")[0]), 9)
    wait(lambda: follower.catch_up().state == "died")
    again = start_following(log, runs)
    assert again != run_id
    send(runs.folder_of(again), Stop())
    wait(lambda: not runs.running())
