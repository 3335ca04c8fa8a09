"""Watching and steering without screens: workers of their own, as a second login sees them."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runs.test_registry import FINISHED, epochs, make
from tutor.cli.commands import dispatch
from tutor.foundation import paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import use_language
from tutor.plain.narrator import SECONDS_BETWEEN, Narrator, trend
from tutor.plain.runs_table import columns_for, show_runs
from tutor.plain.steer import delete, export, pin, set_value, steer
from tutor.plain.train import joined_line, train, watch
from tutor.runs.control import Note, Pause, Resume, Set, Stop
from tutor.runs.events import Epochs, Event, Noted, Paused, Refused
from tutor.runs.recording import Recording
from tutor.runs.registry import Runs
from tutor.runs.summary import RunSummary, fold
from tutor.runs.words import describe


@pytest.fixture
def runs(own_home: Path) -> Runs:
    return Runs(paths.runs_folder())


@pytest.fixture
def going(runs: Runs, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The short id of a run that goes on, slowly, and is ended behind the test."""
    monkeypatch.setattr("tutor.plain.steer._ANSWER_SECONDS", 120.0)  # a busy machine may let the run wait
    assert train("moons-net", {"train.pace": 20, "train.epochs": 100000}, None, detach=True) == ExitCode.OK
    (entry,) = runs.running()
    assert entry.short_id in capsys.readouterr().out
    yield entry.short_id
    if runs.running():
        steer(entry.short_id, Stop())


def test_a_second_login_steers_and_hears_what_became_of_it(
    going: str, runs: Runs, capsys: pytest.CaptureFixture[str]
) -> None:
    assert steer(None, Pause()) == ExitCode.OK
    assert "paused after epoch" in capsys.readouterr().out
    assert steer(going, Pause()) == ExitCode.OK
    assert "nothing to change" in capsys.readouterr().out
    assert set_value(going, ["learning_rate=0.5"]) == ExitCode.OK
    assert "optimizer.learning_rate is now 0.5" in capsys.readouterr().out
    assert set_value(going, ["hidden=3"]) == ExitCode.USAGE
    assert "was not changed" in capsys.readouterr().out
    assert set_value(going, ["pace=50"]) == ExitCode.OK
    assert steer(going, Note("look \x1b[2J here")) == ExitCode.OK
    out = capsys.readouterr().out
    assert "look" in out
    assert "\x1b" not in out
    assert steer(going, Resume()) == ExitCode.OK
    with pytest.raises(TutorError, match="still running"):
        delete([going])
    assert steer(going, Stop()) == ExitCode.OK
    assert "stopped after epoch" in capsys.readouterr().out
    with pytest.raises(TutorError, match="has ended"):
        steer(going, Pause())
    summary = runs.follow(going).catch_up()
    assert [change.value for change in summary.changes] == [0.5]
    assert delete([going]) == ExitCode.OK
    assert runs.all() == []


def test_whoever_watches_lines_joins_where_the_run_stands_and_leaves_it_going(going: str, runs: Runs) -> None:
    command = [sys.executable, "-m", "tutor", "watch", "--plain"]
    runs.follow(going).catch_up()

    def listen() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=listen) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        steer(going, Pause())
        for line in process.stdout:
            lines.append(line)
            if "paused" in line:
                break
        process.send_signal(signal.SIGINT)
        lines += process.stdout.readlines()
        assert process.wait(30) == ExitCode.OK
    text = "".join(lines)
    assert "epoch" in lines[0]
    assert "paused after epoch" in text
    assert f"`tutor watch {going}`" in lines[-1]
    assert [entry.state for entry in runs.running()] == ["paused"]


def test_a_run_that_has_ended_is_told_whole(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    make(runs, "20260101-100000-aaaa", epochs(1, 3), FINISHED)
    assert watch("aaaa", "plain") == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[:3]] == [["epoch", "1"], ["epoch", "2"], ["epoch", "3"]]
    assert lines[3].startswith("Finished after 3 epochs")


def test_a_run_that_died_leaves_with_five(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    make(runs, "20260101-100000-aaaa", epochs(1, 3))
    assert watch("aaaa", "json") == ExitCode.RUN_FAILED
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["state"] == "died"


def test_the_table_of_runs(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    assert show_runs() == ExitCode.OK
    assert "no runs yet" in capsys.readouterr().out
    make(runs, "20260101-100000-aaaa", epochs(1, 3), FINISHED)
    make(runs, "20260101-110000-bbbb", epochs(1, 2), lab="ball\x1b[2J")
    assert pin("aaaa", pinned=True) == ExitCode.OK
    capsys.readouterr()
    assert show_runs() == ExitCode.OK
    heading, newest, oldest = capsys.readouterr().out.splitlines()
    assert heading.split() == ["run", "lab", "state", "epoch", "train", "valid", "age", "size"]
    assert "\x1b" not in newest
    assert newest.split()[0] == "bbbb"
    assert oldest.split()[:2] == ["aaaa", "*"]
    assert "0.3333" in oldest
    assert show_runs(json=True) == ExitCode.OK
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (first["state"], first["epoch"], first["pinned"]) == ("died", 2, False)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_keeps_its_columns_in_both_languages(
    runs: Runs, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    from tutor.foundation.text import cell_width

    make(runs, "20260101-100000-aaaa", FINISHED)
    use_language(language)
    show_runs()
    heading, row = capsys.readouterr().out.splitlines()
    assert cell_width(heading) == cell_width(row)


def test_export_to_a_file_to_the_output_and_to_nowhere(
    runs: Runs, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    make(runs, "20260101-100000-aaaa", epochs(1, 2), FINISHED)
    assert export(None, "csv", None) == ExitCode.OK
    written = capsys.readouterr().out
    assert written.splitlines()[1] == "1,1.0,1.0,,"
    assert export("aaaa", "csv", tmp_path / "run.csv") == ExitCode.OK
    assert (tmp_path / "run.csv").read_text(encoding="utf-8") == written
    assert export("aaaa", "tensorboard", tmp_path / "board") == ExitCode.OK
    assert len(list((tmp_path / "board").iterdir())) == 1
    with pytest.raises(TutorError) as told_of:
        export("aaaa", "csv", Path("/proc/run.csv"))
    assert told_of.value.exit_code is ExitCode.CANNOT_WRITE


# -- narration ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("losses", "heading"),
    [
        ([], ""),
        ([1.0, 0.5], ""),
        ([10 - each for each in range(10)], "falling"),
        ([2.0**-each for each in range(12)], "slowing"),
        ([-float(each**2) for each in range(12)], "faster"),
        ([1.0, 0.5, 0.25] + [0.25] * 60, "flat"),
        ([1.0, 0.5, 0.4, 0.5, 0.7, 0.9], "rising"),
        ([float("nan")] * 9, ""),
        ([5.0] * 9, "flat"),
    ],
)
def test_where_a_loss_is_heading(losses: list[float], heading: str) -> None:
    assert trend(losses) == heading


def test_the_narrator_speaks_seldom_and_in_sentences() -> None:
    now = [0.0]
    out = io.StringIO()
    narrator = Narrator(out, lambda: now[0])
    summary = RunSummary()
    for epoch in range(1, 41):
        event = Epochs(first=epoch, train=[1.5 / epoch], updates=epoch, seconds=0.1)
        fold(summary, [event])
        narrator.events([event], summary)
        now[0] += SECONDS_BETWEEN / 8
    pause = Paused(epoch=40)
    narrator.events([pause, Noted(epoch=40, text="tea\nbreak")], summary)
    assert out.getvalue().splitlines() == [
        "epoch 1: train loss 1.5",
        "epoch 9: 0.167, falling more slowly",
        "epoch 17: 0.0882, falling more slowly",
        "epoch 25: 0.06, falling more slowly",
        "epoch 33: 0.0455, falling more slowly",
        "paused after epoch 40",
        "note at epoch 40: tea break",
    ]


def test_what_others_did_is_told_in_both_languages() -> None:
    events: list[Event] = [Paused(epoch=3), Refused(epoch=3, key="x\x1b[2J", message="no")]
    for language in ("en", "zh"):
        use_language(language)
        texts = [describe(event) for event in events]
        assert all(texts)
        assert "\x1b" not in "".join(texts)
    assert not describe(Epochs(first=1, train=[1.0], updates=1, seconds=0.0))


def test_the_table_of_runs_fits_the_terminal() -> None:
    everything, shape = columns_for(None)
    assert shape
    assert columns_for(110) == (everything, shape)
    for room in range(40, 200):
        columns, shape = columns_for(room)
        assert sum(abs(width) for width in columns.values()) + len(columns) - 1 + (shape + 1 if shape else 0) <= room
        assert {"watch.head-run", "watch.head-lab", "watch.head-state"} <= columns.keys()
    assert "watch.head-valid" in columns_for(80)[0]


def test_a_csv_log_that_grows_is_watched_and_nothing_but_its_end_is_asked_of_it(
    runs: Runs, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log = tmp_path / "log.csv"
    log.write_text("epoch,loss\n0,1\n1,0.5\n2,0.25\n", encoding="utf-8")
    assert dispatch(["run", "import", str(log), "--follow"]) == ExitCode.OK
    (entry,) = runs.running()
    try:
        assert f"`tutor watch {entry.short_id}`" in capsys.readouterr().out
        follower = runs.follow(entry.id)
        end = time.monotonic() + 60
        while follower.catch_up().epoch < 3:
            assert time.monotonic() < end
            time.sleep(0.02)
        for command in (Pause(), Resume(), Set("learning_rate", 0.1)):
            with pytest.raises(TutorError, match="only follows the log"):
                steer(entry.short_id, command)
    finally:
        assert steer(entry.short_id, Stop()) == ExitCode.OK
    assert runs.entry(entry.id).state == "stopped"
    with pytest.raises(TutorError, match="not both"):
        dispatch(["watch", entry.short_id, "--csv", str(log)])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_number_of_epochs_that_nobody_knows_is_not_made_up(
    runs: Runs, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    use_language(language)
    with Recording("open", runs=runs) as run:
        for number in range(12):
            run.epoch(train_loss=1 / (1 + number))
    for style in ("plain", "narrate"):
        assert watch(run.id, style) == ExitCode.OK
    out = capsys.readouterr().out
    assert "12" in out
    assert not any(wrong in out for wrong in ("10000000", "12/0", "…"))
    summary = runs.follow(run.id).catch_up()
    assert "12" in joined_line(summary)
    assert "/" not in joined_line(summary).partition("  ")[0]


def test_a_run_is_exported_as_a_figure(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make(runs, "20260101-100000-aaaa", epochs(1, 2), FINISHED)
    monkeypatch.chdir(tmp_path)
    assert export("aaaa", "svg", tmp_path / "chart.svg") == ExitCode.OK
    assert (tmp_path / "chart.svg").read_text("utf-8").startswith("<svg ")
    assert export("aaaa", "svg", None) == ExitCode.OK
    assert len(list(tmp_path.glob("*aaaa*.svg"))) == 1
    assert "aaaa" in capsys.readouterr().out
