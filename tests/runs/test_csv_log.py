"""Training logs of other programs kept as runs: what is shown of them is what stands in the file."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from tutor.cli.commands import dispatch
from tutor.foundation import paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.plain.train import joined_line, watch
from tutor.runs.export import csv_lines, write_event_file
from tutor.runs.imports.csv_run import import_csv
from tutor.runs.recording import Recording
from tutor.runs.registry import Runs
from tutor.runs.replay import Replay
from tutor.runs.summary import RunSummary


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "runs")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.csv"


def imported(log: Path, runs: Runs, text: str) -> RunSummary:
    """The one run that a log gives."""
    log.write_text(text, encoding="utf-8")
    (run_id,) = import_csv(log, runs).runs
    return runs.follow(run_id).catch_up()


def test_a_log_of_keras_is_a_run_with_the_numbers_of_the_file(runs: Runs, log: Path) -> None:
    text = "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.5,1.5,0.4,2\n1,0.75,1,,\n"
    summary = imported(log, runs, text)
    (entry,) = runs.all()
    assert (entry.state, entry.epoch, entry.title_in("en"), entry.recorded) == ("finished", 2, "log", True)
    assert "".join(csv_lines(entry.folder)).splitlines()[1:] == ["0,1.5,2.0,0.5,0.4", "1,1.0,,0.75,"]
    assert summary.best_epoch == 1
    assert summary.facts()["best.epoch"] == 0


def test_a_last_row_without_a_training_loss_has_not_diverged(runs: Runs, log: Path) -> None:
    assert imported(log, runs, "epoch,train_loss,val_loss\n0,0.5,\n1,,0.125\n").state == "finished"


def test_what_we_export_we_read(runs: Runs, log: Path) -> None:
    with Recording("once", runs=runs) as run:
        for number, loss in enumerate((1.0, math.inf, math.nan, 0.5)):
            run.epoch(train_loss=loss, valid_loss=0.5, valid_accuracy=0.5, f1=number)
    text = "".join(csv_lines(runs.folder_of(run.id)))
    log.write_text(text, encoding="utf-8")
    (again,) = import_csv(log, runs).runs
    assert "".join(csv_lines(runs.folder_of(again))) == text


def test_a_resumed_training_keeps_its_numbers_wherever_it_is_shown(
    own_home: Path, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = Runs(paths.runs_folder())
    rows = "".join(f"{50 + index},{1 / (1 + index)},{2 / (1 + index)}\n" for index in range(10))
    summary = imported(log, runs, "epoch,train_loss,val_loss\n" + rows)
    assert summary.epoch_text() == "59"
    assert "epoch 59" in joined_line(summary)
    for style in ("plain", "narrate", "json"):
        assert watch(summary.run, style) == ExitCode.OK
    out = capsys.readouterr().out
    assert "epoch 50 " in out
    assert "epoch 59 " in out
    assert "epoch  1 " not in out
    assert "59/10" not in out
    assert json.loads(out.splitlines()[-1])["best.epoch"] == 59
    replay = Replay(runs.folder_of(summary.run))
    assert replay.at(3).epoch_text() == "52"
    assert runs.all()[0].place == "59"
    assert write_event_file(runs.folder_of(summary.run), log.parent).exists()


def test_half_epochs_are_half_epochs(own_home: Path, log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = Runs(paths.runs_folder())
    summary = imported(log, runs, "epoch,loss,eval_loss\n0.5,2,\n1.0,1,\n1.0,,1.5\n1.5,0.5,\n2.0,0.25,\n2.0,,1\n")
    assert [summary.epoch_text(place) for place in range(1, 5)] == ["0.5", "1", "1.5", "2"]
    assert [str(each) for each in summary.valid_losses] == ["nan", "1.5", "nan", "1.0"]
    watch(summary.run, "plain")
    assert "epoch 0.5 " in capsys.readouterr().out


def test_nan_and_inf_are_told_and_not_shown_as_not_measured(
    own_home: Path, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = Runs(paths.runs_folder())
    summary = imported(log, runs, "epoch,loss,val_loss,f1\n1,1,2,\n2,inf,nan,\n3,nan,,0.5\n4,0.5,,nan\n")
    assert (summary.state, summary.not_finite["train_loss"][2]) == ("finished", math.inf)
    assert str(summary.measured("valid_loss")) == "nan"
    assert summary.measured("train_loss") == 0.5
    watch(summary.run, "plain")
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["epoch", "2", "train", "loss", "inf", "validation", "loss", "nan", "f1", "–"]
    assert "–" in lines[2]
    assert any("Train loss was" in line and "2 epochs, first in epoch 2 (inf)" in line for line in lines)
    assert any("Valid loss was" in line and "not a finite number in epoch 2 (nan)" in line for line in lines)
    assert any("F1 was" in line and "not a finite number in epoch 4" in line for line in lines)


def test_a_file_of_two_trainings_is_two_runs(runs: Runs, log: Path) -> None:
    head = "epoch,loss\n"
    log.write_text(f"{head}1,4\n2,3\n{head}1,2\n2,1\n3,0.5\n", encoding="utf-8")
    found = [list(runs.follow(run).catch_up().train_losses) for run in import_csv(log, runs).runs]
    assert found == [[4, 3], [2, 1, 0.5]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no row"),
        ("a,b\n1,2\n", ":1: no column holds a loss. Its columns are a, b. .*--columns train_loss="),
        ("epoch,loss\n", "no row"),
        ("epoch,loss\n0,low\x1b[2J\n", ":2: .*“low.*” in column “loss” is not a number"),
        ("1,0.5\n2,0.4\n3,0.3\n", "names"),
        (b"\x00\x01\x02\xff\n" * 9, "not a text file"),
        ('epoch,loss\n1,"1,022"\n2,"1,011"\n', "may mean 1022 or 1.022"),
    ],
)
def test_what_is_no_log_is_told_and_not_kept(content: str | bytes, message: str, runs: Runs, log: Path) -> None:
    log.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(TutorError, match=message) as told:
        import_csv(log, runs)
    assert "\x1b" not in str(told.value)
    assert runs.all() == []


def test_a_file_that_is_not_there_is_told(runs: Runs, tmp_path: Path) -> None:
    with pytest.raises(TutorError, match="cannot be read"):
        import_csv(tmp_path / "nowhere.csv", runs)


def test_columns_are_named_by_hand(own_home: Path, log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log.write_text('t,"fit, raw",held,hits\n7,2,3,50\n8,1,2,60\n', encoding="utf-8")
    columns = "train_loss=fit, raw,valid_loss=Held,epoch=t,valid_accuracy=hits"
    assert dispatch(["run", "import", str(log), "--columns", columns]) == ExitCode.OK
    assert "train_loss=fit, raw, valid_loss=held" in capsys.readouterr().out
    (entry,) = Runs(paths.runs_folder()).all()
    assert list(csv_lines(entry.folder))[1:] == ["7,2.0,3.0,,0.5\n", "8,1.0,2.0,,0.6\n"]


@pytest.mark.parametrize("command", [["run", "import"], ["run", "import", "--follow"], ["watch", "--plain", "--csv"]])
@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("train_loss=fitt", "no column “fitt”. .*fit"),
        ("train_los=fit", "“train_los=fit” does not name a column.*train_loss"),
        ("fit", "does not name a column"),
        ("train_loss=", "does not name a column"),
    ],
)
def test_a_column_that_is_not_there_is_told_with_the_nearest(
    own_home: Path, log: Path, command: list[str], columns: str, message: str
) -> None:
    log.write_text("t,fit\n7,2\n8,1\n", encoding="utf-8")
    with pytest.raises(TutorError, match=message):
        dispatch([*command, str(log), "--columns", columns])
    assert Runs(paths.runs_folder()).all() == []


def test_names_from_a_log_are_harmless_and_bounded(runs: Runs, log: Path) -> None:
    name = "a\x1b]52;c;aGk=\x07\u202eb" + "x" * 500
    summary = imported(log, runs, f"epoch,loss,{name},{name}2\n1,1,2,3\n2,0.5,\x9b31m,3\n")
    assert len(summary.metrics) == 2
    for metric in summary.metrics:
        assert len(metric) <= 40
        assert not set(metric) & set("\x1b\x07\u202e")


def test_a_row_that_measures_nothing_is_no_epoch(runs: Runs, log: Path) -> None:
    summary = imported(log, runs, "epoch,loss,train_runtime,train_loss\n0.5,2,,\n1.0,1,,\n1.1,0.5,,\n1.2,,61.5,1.2\n")
    assert list(summary.train_losses) == [2, 1, 0.5]
    assert summary.epoch_text() == "1.1"


@pytest.mark.parametrize(
    "text", ["epoch=1, loss=2.0\nepoch=2, loss=1.0\n", "  Iter  Train Loss  Time\n  1  2.0  0.5s\n"]
)
def test_a_file_without_a_row_that_is_an_epoch_is_told_with_what_was_taken_for_its_head(
    text: str, runs: Runs, log: Path
) -> None:
    log.write_text(text, encoding="utf-8")
    with pytest.raises(TutorError, match="no row that can be read as an epoch") as caught:
        import_csv(log, runs)
    assert "Line 1 was read as the header" in caught.value.hint
    assert runs.all() == []
