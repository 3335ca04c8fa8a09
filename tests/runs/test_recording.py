"""Training programs of the learner's own: told in the same log, watched, paused and stopped like any run."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tutor.foundation import paths
from tutor.foundation.errors import TutorError
from tutor.runs import record
from tutor.runs.control import Note, Pause, Resume, Set, Stop, send
from tutor.runs.csv_log import epochs_of_csv, import_csv
from tutor.runs.csv_rows import columns_of
from tutor.runs.export import csv_lines
from tutor.runs.log import Writer
from tutor.runs.recording import Recording
from tutor.runs.registry import Runs

_PROGRAM = """
import os, sys
from tutor.runs import record
with record("killed") as run:
    for number in range(5):
        run.epoch(train_loss=1 / (1 + number))
    run.note("before")
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "runs")


class Ticks:
    """A clock on which every epoch takes a second, so that each is written at once."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


def leave_by(run: Recording, error: BaseException) -> None:
    with run:
        run.epoch(train_loss=1.0)
        raise error


def test_any_loop_is_a_run_with_its_losses(own_home: Path) -> None:
    with record("my model", epochs=3) as run:
        for number in range(3):
            assert run.epoch(train_loss=1 / (1 + number), valid_loss=2 / (1 + number), valid_accuracy=0.5)
    (entry,) = Runs(paths.runs_folder()).all()
    assert (entry.id, entry.state, entry.epoch, entry.epochs_planned) == (run.id, "finished", 3, 3)
    assert entry.recorded
    assert entry.title_in("zh") == "my model"
    summary = Runs(paths.runs_folder()).follow(run.id).catch_up()
    assert list(summary.train_losses) == pytest.approx([1, 0.5, 1 / 3])
    assert list(summary.valid_losses) == pytest.approx([2, 1, 2 / 3])
    assert list(summary.valid_accuracies) == [0.5] * 3


def test_tensors_and_the_like_are_taken_and_text_is_not(runs: Runs) -> None:
    import numpy as np

    with Recording("numbers", runs=runs) as run:
        run.epoch(train_loss=np.float32(0.5), valid_loss=np.array(0.25))
        with pytest.raises(ValueError, match="could not convert"):
            run.epoch(train_loss="low")  # type: ignore[arg-type]


def test_a_loss_that_is_no_number_at_the_end_has_diverged(runs: Runs) -> None:
    with Recording("wild", runs=runs) as run:
        run.epoch(train_loss=1.0)
        run.epoch(train_loss=float("inf"))
    assert runs.entry(run.id).state == "diverged"


def test_an_exception_is_written_down_and_goes_on(runs: Runs) -> None:
    run = Recording("broken", runs=runs)
    with pytest.raises(ZeroDivisionError):
        leave_by(run, ZeroDivisionError("division\x1b[2J"))
    summary = runs.follow(run.id).catch_up()
    assert summary.state == "failed"
    assert "ZeroDivisionError" in summary.told
    assert "\x1b" not in summary.told


def test_ctrl_c_is_a_stop(runs: Runs) -> None:
    run = Recording("stopped", runs=runs)
    with pytest.raises(KeyboardInterrupt):
        leave_by(run, KeyboardInterrupt())
    assert runs.entry(run.id).state == "stopped"


def test_a_program_that_is_killed_is_known_to_have_died_and_keeps_what_it_told(own_home: Path) -> None:
    result = subprocess.run([sys.executable, "-c", _PROGRAM], env=os.environ.copy(), check=False)
    assert result.returncode == -9
    (entry,) = Runs(paths.runs_folder()).all()
    assert (entry.state, entry.epoch) == ("died", 5)


def test_it_is_paused_turned_and_stopped_from_outside(runs: Runs) -> None:
    with Recording("steered", runs=runs, clock=Ticks()) as run:
        folder = runs.folder_of(run.id)
        assert runs.entry(run.id).state == "running"
        assert run.setting("learning_rate", 0.1) == 0.1
        for wish in (Set("learning_rate", 0.5), Set("momentum", 0.5), Note("hello"), Pause()):
            send(folder, wish)
        waker = threading.Timer(0.2, lambda: send(folder, Resume()))
        waker.start()
        assert run.epoch(train_loss=1.0)
        waker.join()
        assert run.setting("learning_rate", 0.1) == 0.5
        send(folder, Stop())
        assert not run.epoch(train_loss=0.5)
        assert run.stopping
    summary = runs.follow(run.id).catch_up()
    assert summary.state == "stopped"
    assert [change.key for change in summary.changes] == ["optimizer.learning_rate"]
    assert [note.text for note in summary.notes] == ["hello"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file", encoding="utf-8")
    with pytest.raises(TutorError, match="cannot be started"), Recording("x", runs=Runs(tmp_path / "runs")):
        pass


# -- CSV ------------------------------------------------------------------------------------------------------


def test_a_log_of_keras_is_a_run(runs: Runs, tmp_path: Path) -> None:
    log = tmp_path / "training.csv"
    log.write_text("epoch,accuracy,loss,val_accuracy,val_loss\n0,0.5,1.5,0.4,2\n1,0.75,1,,\n", encoding="utf-8")
    entry = runs.entry(import_csv(log, runs))
    assert (entry.state, entry.epoch, entry.title_in("en"), entry.recorded) == ("finished", 2, "training", True)
    assert "".join(csv_lines(entry.folder)).splitlines()[1:] == ["1,1.5,2.0,0.5,0.4", "2,1.0,,0.75,"]


def test_rows_of_one_epoch_are_one(tmp_path: Path) -> None:
    log = tmp_path / "metrics.csv"
    log.write_text("epoch,step,train_loss,val_loss\n0,9,,0.5\n0,9,0.25,\n1,19,,0.125\n", encoding="utf-8")
    assert list(epochs_of_csv(log)) == [
        {"epoch": 0, "train_loss": 0.25, "valid_loss": 0.5}, {"epoch": 1, "valid_loss": 0.125},
    ]  # fmt: skip


def test_a_last_row_without_a_training_loss_has_not_diverged(runs: Runs, tmp_path: Path) -> None:
    log = tmp_path / "metrics.csv"
    log.write_text("epoch,train_loss,val_loss\n0,0.5,\n1,,0.125\n", encoding="utf-8")
    assert runs.entry(import_csv(log, runs)).state == "finished"


def test_what_we_export_we_read(runs: Runs, tmp_path: Path) -> None:
    with Recording("once", runs=runs) as run:
        for number in range(4):
            run.epoch(train_loss=1 / (1 + number), valid_loss=0.5)
    text = "".join(csv_lines(runs.folder_of(run.id)))
    (tmp_path / "run.csv").write_text(text, encoding="utf-8")
    again = import_csv(tmp_path / "run.csv", runs)
    assert "".join(csv_lines(runs.folder_of(again))) == text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", ":1: no column holds a loss"),
        ("a,b\n1,2\n", ":1: no column holds a loss"),
        ("epoch,loss\n0,1\n1,low\x1b[2J\n", ":3: “low.*” is no number"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_what_is_no_log_is_told_and_not_kept(content: str | bytes, message: str, runs: Runs, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(TutorError, match=message) as told:
        import_csv(log, runs)
    assert "\x1b" not in str(told.value)
    assert runs.all() == []


def test_a_file_that_is_not_there_is_told(runs: Runs, tmp_path: Path) -> None:
    with pytest.raises(TutorError, match="cannot be read"):
        import_csv(tmp_path / "nowhere.csv", runs)


def test_columns_are_found_whatever_their_case() -> None:
    assert columns_of([" Epoch", "Train/Loss", "VAL_LOSS"]) == {"epoch": 0, "train_loss": 1, "valid_loss": 2}


# -- what goes wrong -------------------------------------------------------------------------------------------


def test_what_is_measured_now_and_then_keeps_its_place(runs: Runs) -> None:
    with Recording("sparse", runs=runs) as run:
        for number in range(1, 8):
            run.epoch(train_loss=1 / number, valid_loss=number / 10 if number % 3 == 0 else None)
    summary = runs.follow(run.id).catch_up()
    assert [round(each, 2) for each in summary.valid_losses if each == each] == [0.3, 0.6]
    assert [index for index, each in enumerate(summary.valid_losses, 1) if each == each] == [3, 6]
    assert (summary.best_epoch, runs.entry(run.id).valid_loss) == (3, 0.6)


def test_the_same_written_epoch_by_epoch(runs: Runs) -> None:
    with Recording("sparse", runs=runs, clock=Ticks()) as run:
        for number in range(1, 8):
            run.epoch(train_loss=1 / number, valid_loss=number / 10 if number % 3 == 0 else None)
    valid = runs.follow(run.id).catch_up().valid_losses
    assert [index for index, each in enumerate(valid, 1) if each == each] == [3, 6]


def test_metrics_of_ones_own_names_are_kept_shown_and_exported(runs: Runs) -> None:
    with Recording("metrics", runs=runs) as run:
        run.epoch(train_loss=1.0)
        run.epoch(train_loss=0.5, f1=0.25, **{"top-5, all": 0.75})  # type: ignore[arg-type]
        run.epoch(train_loss=0.25, f1=0.5)
    summary = runs.follow(run.id).catch_up()
    assert [str(each) for each in summary.metrics["f1"]] == ["nan", "0.25", "0.5"]
    assert summary.facts()["final.f1"] == 0.5
    rows = "".join(csv_lines(runs.folder_of(run.id))).splitlines()
    assert rows[0] == 'epoch,train_loss,valid_loss,train_accuracy,valid_accuracy,f1,"top-5, all"'
    assert rows[1:] == ["1,1.0,,,,,", "2,0.5,,,,0.25,0.75", "3,0.25,,,,0.5,"]


@pytest.mark.parametrize("name", ["", "epoch", "train_loss", "a\x1b[2J", "x" * 41])
def test_a_metric_needs_a_possible_name(runs: Runs, name: str) -> None:
    run = Recording("metrics", runs=runs)
    if name == "train_loss":
        with pytest.raises(TypeError), run:
            run.epoch(train_loss=1.0, **{name: 1.0})  # type: ignore[arg-type]
        return
    with pytest.raises(ValueError, match="cannot be the name of a metric") as told, run:
        run.epoch(train_loss=1.0, **{name: 1.0})  # type: ignore[arg-type]
    assert "\x1b" not in str(told.value)
    assert runs.entry(run.id).state == "failed"


def test_twenty_metrics_are_enough(runs: Runs) -> None:
    with Recording("metrics", runs=runs) as run:
        run.epoch(train_loss=1.0, **{f"m{number}": 1.0 for number in range(20)})  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="at most 20"):
            run.epoch(train_loss=1.0, one_more=1.0)
    assert runs.entry(run.id).epoch == 1


def test_an_epoch_that_is_refused_does_not_count(runs: Runs) -> None:
    with Recording("numbers", runs=runs) as run:
        run.epoch(train_loss=1.0)
        with pytest.raises(TypeError):
            run.epoch(train_loss=[1.0, 2.0])  # type: ignore[arg-type]
        run.epoch(train_loss=0.5)
    summary = runs.follow(run.id).catch_up()
    assert (summary.epoch, list(summary.train_losses)) == (2, [1.0, 0.5])


def test_leaving_the_program_is_an_end_and_leaving_it_with_an_error_a_failure(runs: Runs) -> None:
    for code, state in ((0, "finished"), (None, "finished"), (3, "failed")):
        run = Recording("leaving", runs=runs)
        with pytest.raises(SystemExit):
            leave_by(run, SystemExit(code))
        assert runs.entry(run.id).state == state


def test_two_runs_of_one_program_are_two(runs: Runs) -> None:
    with Recording("one", runs=runs) as one, Recording("two", runs=runs) as two:
        one.epoch(train_loss=1.0)
        two.epoch(train_loss=2.0)
        two.epoch(train_loss=3.0)
        assert len(runs.running()) == 2
    assert [runs.entry(each.id).epoch for each in (one, two)] == [1, 2]


def test_thousands_of_epochs_a_second_are_all_there(runs: Runs) -> None:
    with Recording("fast", runs=runs, epochs=20_000) as run:
        for number in range(20_000):
            run.epoch(train_loss=number, valid_loss=-number)
    summary = runs.follow(run.id).catch_up()
    assert list(summary.train_losses) == list(range(20_000))
    assert list(summary.valid_losses) == [-number for number in range(20_000)]


def test_a_full_disk_ends_the_log_and_not_the_training(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    full = True
    write = os.write

    def writes(descriptor: int, data: bytes) -> int:
        if full and b'"type":"epochs"' in data:
            raise OSError(28, "No space left on device")
        return write(descriptor, data)

    with Recording("full", runs=runs, clock=Ticks()) as run:
        run.epoch(train_loss=1.0)
        monkeypatch.setattr(os, "write", writes)
        with pytest.warns(RuntimeWarning, match="The training goes on, but .* No space left"):
            run.epoch(train_loss=0.5)
        run.epoch(train_loss=0.25)
        assert runs.follow(run.id).catch_up().epoch == 1
        full = False
        run.epoch(train_loss=0.125)
        assert list(runs.follow(run.id).catch_up().train_losses) == [1.0, 0.5, 0.25, 0.125]
    assert runs.entry(run.id).state == "finished"


def test_a_disk_that_stays_full_is_the_last_word(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write

    def writes(descriptor: int, data: bytes) -> int:
        if b'"type":"epochs"' in data:
            raise OSError(28, "No space left on device")
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", writes)
    with pytest.warns(RuntimeWarning, match="No space left"), Recording("full", runs=runs) as run:
        run.epoch(train_loss=0.5)
    summary = runs.follow(run.id).catch_up()
    assert summary.state == "failed"
    assert "No space left" in summary.message


def open_files() -> int:
    """How many descriptors this process has open; 0 where the system cannot tell."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


@pytest.mark.parametrize("place", ["the first event", "the reserve"])
def test_a_run_that_cannot_begin_is_not_taken_for_a_living_one(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    before = open_files()
    if place == "the first event":
        monkeypatch.setattr(Writer, "write", full)
    else:
        monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(TutorError, match="No space left"), Recording("full", runs=runs):
        pass
    assert runs.running() == []
    assert [entry.alive for entry in runs.all()] in ([], [False])
    assert open_files() == before


_FORKING = """
import os, sys, time
from tutor.runs import record
with record("forking") as run:
    time.sleep(0.1)  # so that the first epoch is written at once
    run.epoch(train_loss=1.0)
    child = os.fork()
    if child == 0:
        run.epoch(train_loss=99.0)
        run.note("from the child")
        if sys.argv[1] == "leave":
            sys.exit(0)      # through the with, as any child that raises
        print(os.getpid(), flush=True)
        time.sleep(600)
    if sys.argv[1] == "leave":
        os.waitpid(child, 0)
        run.epoch(train_loss=0.5)
    else:
        os.kill(os.getpid(), 9)
"""


def test_a_forked_child_tells_nothing_and_ends_nothing(own_home: Path) -> None:
    result = subprocess.run([sys.executable, "-c", _FORKING, "leave"], env=os.environ.copy(), check=False)
    assert result.returncode == 0
    runs = Runs(paths.runs_folder())
    (entry,) = runs.all()
    summary = runs.follow(entry.id).catch_up()
    assert (entry.state, list(summary.train_losses), summary.notes) == ("finished", [1.0, 0.5], [])


def test_a_killed_program_has_died_though_its_child_lives(own_home: Path) -> None:
    command = [sys.executable, "-c", _FORKING, "kill"]
    with subprocess.Popen(command, env=os.environ.copy(), stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        child = int(program.stdout.readline())
        try:
            assert program.wait(60) == -9
            (entry,) = Runs(paths.runs_folder()).all()
            assert (entry.state, entry.epoch) == ("died", 1)
        finally:
            os.kill(child, 9)


def test_the_example_of_the_readme_runs_as_it_stands(own_home: Path) -> None:
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
    (block,) = (each for each in readme.split("```python\n")[1:] if "tutor.runs import record" in each)
    code = block.partition("```")[0]
    before = "train_loss, valid_loss = 0.5, 0.75\n"
    result = subprocess.run(
        [sys.executable, "-c", before + code], env=os.environ.copy(), capture_output=True, text=True, check=False
    )
    assert result.stderr == ""
    (entry,) = Runs(paths.runs_folder()).all()
    assert (entry.state, entry.epoch, entry.epochs_planned, entry.valid_loss) == ("finished", 50, 50, 0.75)
