"""Training programs of the learner's own: told in the same log, watched, paused and stopped like any run."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.foundation import paths
from tutor.foundation.clock import monotonic_seconds
from tutor.foundation.errors import TutorError
from tutor.runs import record
from tutor.runs.control import Note, Pause, Resume, Set, Stop, send
from tutor.runs.export import csv_lines
from tutor.runs.log import LogWriter
from tutor.runs.recording import Recording
from tutor.runs.registry import Runs
from tutor.runs.replay import Replay

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


class _Screen(StringIO):
    def isatty(self) -> bool:
        return True


def test_its_end_rings_if_the_settings_want_it(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for way, rings in (("", 0), ("bell", 1)):
        (own_home / "settings.json").write_text(f'{{"notify": "{way}"}}', encoding="utf-8")
        monkeypatch.setattr("sys.stderr", screen := _Screen())
        with record("my model") as run:
            run.epoch(train_loss=1.0)
        with Recording("imported", runs=Runs(paths.runs_folder())) as run:
            run.epoch(train_loss=1.0)
        assert screen.getvalue() == "\a" * rings


def test_tensors_and_the_like_are_taken_and_text_is_not(runs: Runs) -> None:
    with Recording("numbers", runs=runs) as run:
        run.epoch(train_loss=np.float32(0.5), valid_loss=np.array(0.25))
        with pytest.raises(ValueError, match="train_loss: “low” is not a number"):
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
    assert "ZeroDivisionError" in summary.worker_message
    assert "\x1b" not in summary.worker_message


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


class Tensor:
    """A scalar of another library: it has ``item``, and no ``float``."""

    def __init__(self, value: object) -> None:
        self.value = value

    def item(self) -> object:
        return self.value


class Broken:
    """A value that cannot even be printed."""

    def __float__(self) -> float:
        raise RuntimeError("no")

    def __str__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize(
    "seven", [7, 7.0, "7", np.int64(7), np.float32(7), np.array([7]), Tensor(7), Tensor(7.0), Fraction(7), Decimal(7)]
)
def test_a_whole_number_of_any_kind_is_one(runs: Runs, seven: Any) -> None:
    with Recording("kinds", runs=runs, epochs=seven) as run:
        run.epoch(train_loss=seven, f1=seven, updates=seven)
    summary = runs.follow(run.id).catch_up()
    assert (summary.epochs_planned, summary.updates, list(summary.train_losses)) == (7, 7, [7.0])
    assert list(summary.metrics["f1"]) == [7.0]


@pytest.mark.parametrize(
    "bad", [7.5, "seven", "", -1, float("nan"), float("inf"), 2**70, 1j, [7], np.array([7, 7]), Tensor("x"), Broken()]
)
def test_what_is_no_whole_number_is_a_value_error_for_that_call_alone(runs: Runs, bad: Any) -> None:
    with pytest.raises(ValueError, match="epochs"):
        Recording("kinds", epochs=bad)
    with Recording("kinds", runs=runs) as run:
        run.epoch(train_loss=1.0, updates=10)
        with pytest.raises(ValueError, match="updates"):
            run.epoch(train_loss=0.75, updates=bad)
        run.epoch(train_loss=0.5, updates=20)
    summary = runs.follow(run.id).catch_up()
    assert (summary.state, summary.updates, list(summary.train_losses)) == ("finished", 20, [1.0, 0.5])


@pytest.mark.parametrize("bad", ["x", None, [1], np.array([1, 2]), Tensor([1, 2]), Broken(), "\ud800"])
def test_a_metric_that_is_no_number_is_one_too(runs: Runs, bad: Any) -> None:
    with Recording("kinds", runs=runs) as run:
        run.epoch(train_loss=1.0)
        if bad is not None:  # not measured
            with pytest.raises(ValueError, match=r"f1: .* is not a number"):
                run.epoch(train_loss=0.75, f1=bad)
        run.epoch(train_loss=0.5, f1=None)
    assert list(runs.follow(run.id).catch_up().train_losses) == [1.0, 0.5]


@pytest.mark.parametrize(
    ("bad", "message"),
    [(80.1, "valid_accuracy is 80.1, .* percent, give 0.801"), (-0.5, "0 to 1"), (float("inf"), "0 to 1"),
     (np.float64(101), "0 to 1")],
)  # fmt: skip
def test_an_accuracy_in_percent_is_refused_with_what_to_give(runs: Runs, bad: float, message: str) -> None:
    with Recording("percent", runs=runs) as run:
        run.epoch(train_loss=1.0, valid_accuracy=0.5)
        with pytest.raises(ValueError, match=message):
            run.epoch(train_loss=0.5, valid_accuracy=bad)
        run.epoch(train_loss=0.25, valid_accuracy=np.float32(1.0000001), train_accuracy=float("nan"))
    summary = runs.follow(run.id).catch_up()
    assert list(summary.valid_accuracies) == [0.5, 1.0]


@pytest.mark.parametrize("call", ["epoch", "note", "listen", "stopping"])
def test_a_call_outside_the_block_gets_a_sentence(runs: Runs, call: str) -> None:
    run = Recording("outside", runs=runs)

    def outside() -> None:
        match call:
            case "epoch":
                run.epoch(train_loss=1.0)
            case "note":
                run.note("x")
            case "listen":
                run.listen()
            case _:
                assert not run.stopping

    with pytest.raises(RuntimeError, match=r"with record\("):
        outside()
    with run:
        run.epoch(train_loss=1.0)
    if call in {"epoch", "note"}:
        with pytest.raises(RuntimeError, match="not after it"):
            outside()
    with pytest.raises(RuntimeError, match="already begun"), run:
        pass


def test_a_call_after_the_block_writes_into_no_other_file(runs: Runs, tmp_path: Path) -> None:
    with Recording("over", runs=runs) as run:
        run.epoch(train_loss=1.0)
    others = [(tmp_path / f"other{number}").open("w+", encoding="utf-8") for number in range(8)]
    with pytest.raises(RuntimeError):
        run.epoch(train_loss=0.5)
    for other in others:
        assert other.read() == ""
        other.close()
    assert runs.follow(run.id).catch_up().epoch == 1


def test_several_threads_tell_of_one_run(runs: Runs) -> None:
    with Recording("threads", runs=runs) as run:

        def tell() -> None:
            for _ in range(500):
                run.epoch(train_loss=1.0, f1=0.5)

        threads = [threading.Thread(target=tell) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    summary = runs.follow(run.id).catch_up()
    assert (summary.epoch, len(summary.train_losses), summary.lost) == (2000, 2000, 0)


def test_a_loss_that_is_not_finite_is_kept_as_what_it_was(runs: Runs) -> None:
    with Recording("infs", runs=runs) as run:
        for loss in (1.0, float("inf"), float("nan"), 0.5):
            run.epoch(train_loss=loss, valid_loss=-float("inf"), f1=float("nan"))
        run.epoch(train_loss=0.25)
    rows = "".join(csv_lines(runs.folder_of(run.id))).splitlines()
    assert rows[1:] == ["1,1.0,-inf,,,nan", "2,inf,-inf,,,nan", "3,nan,-inf,,,nan", "4,0.5,-inf,,,nan", "5,0.25,,,,"]
    assert runs.entry(run.id).state == "finished"


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0.5, 9)), min_size=1, max_size=40), st.booleans())
def test_epochs_told_anew_replace_those_told_before_for_every_reader(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[int, float]], at_once: bool
) -> None:
    runs = Runs(tmp_path_factory.mktemp("runs"))
    expected: list[float] = []
    with Recording("anew", runs=runs, clock=Ticks() if at_once else monotonic_seconds) as run:
        for back, loss in told:
            place = max(1, len(expected) + 1 - back)
            expected[place - 1 :] = [loss]
            run.add_epoch({"train_loss": loss, "valid_loss": loss + 1, "f1": loss}, place=place, number=49.0 + place)
    rounded = [float(f"{loss:.9g}") for loss in expected]
    folder = runs.folder_of(run.id)
    for summary in (runs.follow(run.id).catch_up(), Replay(folder).at(len(expected))):
        assert list(summary.train_losses) == list(summary.metrics["f1"]) == rounded
        assert summary.epoch == len(expected)
        assert summary.epoch_text() == str(49 + len(expected))
        assert summary.best_valid_loss == min(summary.valid_losses)
        assert summary.valid_losses[summary.best_epoch - 1] == summary.best_valid_loss
        assert summary.train_losses[summary.worst_epoch - 1] == max(rounded)
    rows = [line.split(",")[:2] for line in csv_lines(folder)][1:]
    assert rows == [[str(50 + index), str(loss)] for index, loss in enumerate(rounded)]


@pytest.mark.parametrize("name", ["", "\ud800", "x" * 10_000, "a\x1b]52;c;aGk=\x07b", "line\nline", 7, None])
def test_any_name_and_note_is_made_harmless_and_bounded(runs: Runs, name: Any) -> None:
    with Recording(name, runs=runs) as run:
        run.epoch(train_loss=1.0)
        run.note(name)
        run.epoch(train_loss=0.5)
    entry = runs.entry(run.id)
    assert 0 < len(entry.title_in("en")) <= 200
    summary = runs.follow(run.id).catch_up()
    assert list(summary.train_losses) == [1.0, 0.5]
    for text in (entry.title_in("en"), summary.notes[0].text):
        assert len(text) <= 1000
        assert not set(text) & set("\x1b\n\x07")


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
        run.epoch(train_loss=0.5, f1=0.25, **{"top-5, all": 0.75})
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
            run.epoch(train_loss=1.0, **{name: 1.0})
        return
    with pytest.raises(ValueError, match="cannot be the name of a metric") as told, run:
        run.epoch(train_loss=1.0, **{name: 1.0})
    assert "\x1b" not in str(told.value)
    assert runs.entry(run.id).state == "failed"


def test_twenty_metrics_are_enough(runs: Runs) -> None:
    with Recording("metrics", runs=runs) as run:
        run.epoch(train_loss=1.0, **{f"m{number}": 1.0 for number in range(20)})
        with pytest.raises(ValueError, match="at most 20"):
            run.epoch(train_loss=1.0, one_more=1.0)
    assert runs.entry(run.id).epoch == 1


def test_an_epoch_that_is_refused_does_not_count(runs: Runs) -> None:
    with Recording("numbers", runs=runs) as run:
        run.epoch(train_loss=1.0)
        with pytest.raises(ValueError, match="is not a number"):
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
        with pytest.warns(RuntimeWarning, match="The training continues, but .* No space left"):
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
        monkeypatch.setattr(LogWriter, "write", full)
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


def test_the_example_of_the_manual_runs_as_it_stands(own_home: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "tutor" / "manual" / "en" / "logs.md").read_text(encoding="utf-8")
    (block,) = (each for each in page.split("```python\n")[1:] if "tutor.runs import record" in each)
    code = block.partition("```")[0]
    before = "train_loss, valid_loss = 0.5, 0.75\n"
    result = subprocess.run(
        [sys.executable, "-c", before + code], env=os.environ.copy(), capture_output=True, text=True, check=False
    )
    assert result.stderr == ""
    (entry,) = Runs(paths.runs_folder()).all()
    assert (entry.state, entry.epoch, entry.epochs_planned, entry.valid_loss) == ("finished", 50, 50, 0.75)
