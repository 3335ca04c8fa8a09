"""What a learner of the first edition has on the disk is read by this one: nobody loses anything.

The files are never made anew; ``make_first_edition`` shows how they came to be. Where a format has to change, these
tests stay as they are, and the new edition learns to read the old one.
"""

from __future__ import annotations

import csv
import importlib.metadata
import io
import json
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

import tutor
from tutor.cli import run as run_command
from tutor.course.catalogue import Course
from tutor.course.lesson import Lesson
from tutor.foundation.errors import ExitCode
from tutor.foundation.translate import translate
from tutor.labs.lab_files import load_lab, read_config, to_toml
from tutor.labs.panel import DrawStyle
from tutor.labs.panels import draw_panel
from tutor.progress.records import Position
from tutor.progress.settings import Settings, load_settings, save_settings
from tutor.progress.store import ProgressStore, open_store
from tutor.runs.control import Command, Inbox, Note, Pace, Pause, Resume, Set, Step, Stop, send
from tutor.runs.events import (
    Changed,
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
from tutor.runs.export import csv_lines
from tutor.runs.follower import RunFollower
from tutor.runs.registry import RunEntry, Runs
from tutor.runs.replay import Replay
from tutor.runs.sweep.plan import plan_sweep
from tutor.runs.sweep.results import SweepFollower, read_plan
from tutor.study.lesson_session import LessonSession
from tutor.study.quiz_session import QuizSession

KEPT = Path(__file__).parent / "first_edition"
DATA = Path(__file__).resolve().parents[2] / "lessons" / "data"
SWEEPS: dict[str, Any] = json.loads((KEPT / "specs" / "sweeps.json").read_text())
LABS = sorted(SWEEPS["names"])
PANELS = (
    "fit", "curve", "surface", "boundary", "confusion", "series", "autocorrelation", "weights", "threshold", "folds",
    "updates", "gradients", "pieces", "shapes", "gradient-check", "digits", "norms", "text",
)  # fmt: skip
BY = "anna pts/3 4711"


@pytest.fixture
def home(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The learner's home, of which everything may be changed, and the lessons that were learnt from."""
    shutil.copytree(KEPT / "home", own_home, dirs_exist_ok=True)
    (own_home / "settings.json").unlink()
    monkeypatch.setenv("TUTOR_LESSONS", str(KEPT / "lessons"))
    return own_home


@pytest.fixture
def first_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The versions of then: they are part of what names a sweep's folder, and nothing else of it may change."""
    then = SWEEPS["versions"]
    installed = importlib.metadata.version
    monkeypatch.setattr(tutor, "__version__", then["tutor"])
    monkeypatch.setattr(platform, "python_version", lambda: then["python"])
    monkeypatch.setattr(
        importlib.metadata, "version", lambda name: then["numpy"] if name == "numpy" else installed(name)
    )


def lines_of(capsys: pytest.CaptureFixture[str], *words: str, code: int = ExitCode.OK) -> list[str]:
    assert run_command(list(words)) == code
    return capsys.readouterr().out.splitlines()


# -- specs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LABS)
def test_what_a_run_was_asked_is_read_and_written_as_it_was(name: str, tmp_path: Path) -> None:
    shutil.copy(KEPT / "specs" / f"{name}.toml", tmp_path / "spec.toml")
    spec = read_config(tmp_path)
    text = (tmp_path / "spec.toml").read_text(encoding="utf-8")
    written, kept = tomllib.loads(to_toml(spec)), tomllib.loads(text)
    assert {key: _only(written[key], value) for key, value in kept.items()} == kept
    assert load_lab(tmp_path / "spec.toml", tmp_path) == spec


def _only(written: Any, kept: Any) -> Any:
    """What is written now of the keys that were there: new settings may stand beside them."""
    if not isinstance(kept, dict):
        return written
    return {key: _only(written[key], value) for key, value in kept.items()}


@pytest.mark.parametrize("name", LABS)
@pytest.mark.usefixtures("first_versions")
def test_a_sweep_is_found_in_the_folder_that_it_had(name: str, tmp_path: Path) -> None:
    shutil.copy(KEPT / "specs" / f"{name}.toml", tmp_path / "spec.toml")
    assert plan_sweep(read_config(tmp_path), ["seed=1..3"]).identity() == SWEEPS["names"][name]


# -- runs ----------------------------------------------------------------------------------------------------------


def entry(home: Path, end: str) -> RunEntry:
    """The run with that end of its id."""
    return Runs(home / "runs").entry(end)


@pytest.mark.parametrize(
    ("end", "state", "reason", "epoch", "train", "valid"),
    [
        ("39ad", "finished", "epochs", 6, 0.285834621, 0.300315823),
        ("2148", "stopped", "stop", 0, None, None),
        ("f44c", "finished", "epochs", 6, 0.350292187, 0.415888566),
        ("7a3e", "finished", "epochs", 3, 1 / 3, 0.5),
        ("2934", "failed", None, 1, 2.0, None),
        ("e318", "finished", "epochs", 2, 0.25, 0.5),
    ],
)
def test_a_log_tells_what_it_told(
    home: Path, end: str, state: str, reason: str | None, epoch: int, train: float | None, valid: float | None
) -> None:
    summary = RunFollower(entry(home, end).folder).catch_up()
    assert (summary.state, summary.reason, summary.epoch, summary.lost) == (state, reason, epoch, 0)
    assert list(summary.train_losses[-1:]) == ([] if train is None else [pytest.approx(train)])
    assert list(summary.valid_losses[-1:]) == ([] if valid is None else [pytest.approx(valid)])
    assert (entry(home, end).state, entry(home, end).epoch) == (state, epoch)


def test_a_run_that_diverged_is_told_so(home: Path) -> None:
    summary = RunFollower(entry(home, "3d2e").folder).catch_up()
    assert (summary.state, summary.reason, summary.diverged) == ("diverged", "diverged", True)
    assert summary.final_facts == {} or all(isinstance(fact, float) for fact in summary.final_facts.values())


def test_a_program_of_the_learners_own_is_told_as_such(home: Path) -> None:
    mine = RunFollower(entry(home, "7a3e").folder).catch_up()
    assert (mine.recorded, list(mine.metrics["f1"]), mine.notes[0].text) == (True, [0.0, 0.25, 0.5], "the last epoch")
    assert "RuntimeError: no memory left" in RunFollower(entry(home, "2934").folder).catch_up().message


def test_every_kind_of_event_is_read_and_folded(home: Path) -> None:
    folder = entry(home, "e155").folder
    events = list[Event]()
    summary = RunFollower(folder).catch_up(events.append)
    assert [type(event) for event in events if not isinstance(event, View)] == [
        *(Started, Epochs, Changed, Changed, Refused, Paced, Paused, Noted, Resumed, Epochs, Diverged, Failed),
        Finished,
    ]
    assert Changed(epoch=3, updates=12, key="optimizer.learning_rate", value=0.2, epochs=5, by=BY) in events
    assert Failed(epoch=5, message="It could not go on.", hint="Try again.") in events
    assert (summary.lost, summary.log_version, summary.epoch, summary.updates) == (1, 1, 5, 20)
    assert [str(loss) for loss in summary.train_losses] == ["1.0", "nan", "0.5", "0.25", "nan"]
    assert [str(loss) for loss in summary.valid_losses] == ["1.25", "1.0", "0.75", "0.5", "nan"]
    assert list(summary.train_accuracies)[:3] == [0.5, 0.5, 0.75]
    assert list(summary.valid_accuracies)[:3] == [0.25, 0.5, 1.0]
    assert [str(value) for value in summary.metrics["f1"]][:3] == ["0.5", "nan", "0.75"]
    assert [(change.key, change.value, change.epochs, change.by) for change in summary.changes] == [
        ("optimizer.learning_rate", 0.2, 5, BY),
        ("loss.name", "mae", 0, BY),
    ]
    assert [(note.epoch, note.text, note.by) for note in summary.notes] == [(3, "a note", BY)]
    assert summary.data is not None
    assert (summary.data.class_names, summary.data.notes, summary.data.parameters) == (
        ("a", "b"), ("4 rows are kept back.",), 2,
    )  # fmt: skip
    assert (summary.pace, summary.epochs_planned, summary.diverged) == (20.0, 5, True)
    assert (summary.facts()["final.w"], summary.facts()["best.epoch"]) == (1.5, 4)
    assert Replay(folder).at(2).train_losses[0] == 1.0
    assert list(csv_lines(folder))[:3] == [
        "epoch,train_loss,valid_loss,train_accuracy,valid_accuracy,f1\n",
        "1,1.0,1.25,0.5,0.25,0.5\n",
        "2,,1.0,0.5,0.5,\n",
    ]


@pytest.mark.parametrize("panel", PANELS)
def test_every_panel_of_a_log_is_drawn(home: Path, panel: str) -> None:
    view = RunFollower(entry(home, "e155").folder).catch_up().views[panel]
    rows = draw_panel(panel, view.scene, view.frame, DrawStyle(70, 18))
    text = "\n".join("".join(span.text for span in row) for row in rows)
    unreadable = (translate("charts.unreadable"), translate("charts.nothing-yet"))
    assert len(rows) == 18
    assert text.strip()
    assert not any(sentence in text for sentence in unreadable)


def test_the_commands_know_the_runs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = [json.loads(line) for line in lines_of(capsys, "runs", "--json")]
    assert len(listed) == 8
    exported = lines_of(capsys, "run", "export", "f44c")
    assert exported[-1].split(",")[0] == "6"
    assert "0.350292187" in exported[-1]
    told = [json.loads(line) for line in lines_of(capsys, "watch", "39ad", "--json")]
    assert (told[-1]["type"], told[-1]["state"], told[-1]["final.train_loss"]) == ("summary", "finished", 0.285834621)


def test_the_same_run_gives_the_same_losses_again(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = lines_of(capsys, "train", str(entry(home, "f44c").folder / "spec.toml"), "--json")
    assert json.loads(lines[-1])["final.valid_loss"] == pytest.approx(0.415888566, rel=1e-6)


def test_pins_are_where_they_were(home: Path) -> None:
    kept = entry(home, "f44c")
    assert kept.pinned
    assert kept.spec is not None
    assert Runs(home / "runs").compared(kept.spec) == [(2, kept.id)]
    assert not entry(home, "39ad").pinned


# -- steering ------------------------------------------------------------------------------------------------------

COMMANDS: tuple[tuple[Command, str], ...] = (
    (Pause(by=BY), '{"do":"pause","by":"BY"}'),
    (Resume(by=BY), '{"do":"resume","by":"BY"}'),
    (Step(2, by=BY), '{"do":"step","epochs":2,"by":"BY"}'),
    (Stop(by=BY), '{"do":"stop","by":"BY"}'),
    (Pace(200.0, by=BY), '{"do":"pace","pace":200.0,"by":"BY"}'),
    (Set("learning_rate", 0.2, by=BY), '{"do":"set","key":"learning_rate","value":0.2,"by":"BY"}'),
    (Note("a note", by=BY), '{"do":"note","text":"a note","by":"BY"}'),
)


@pytest.mark.parametrize(("command", "line"), COMMANDS)
def test_a_worker_of_the_first_edition_would_obey(command: Command, line: str, tmp_path: Path) -> None:
    """It may go on while the program is updated: what steers it is a line as it was."""
    send(tmp_path, command)
    written = json.loads((tmp_path / "control.jsonl").read_text())
    assert written == json.loads(line.replace("BY", BY))


@pytest.mark.parametrize(("command", "line"), COMMANDS)
def test_a_command_of_the_first_edition_is_read(command: Command, line: str, tmp_path: Path) -> None:
    (tmp_path / "control.jsonl").write_text(line.replace("BY", BY) + "\n")
    with closing(Inbox(tmp_path / "control.jsonl")) as inbox:
        assert inbox.poll() == [command]


def test_a_control_log_is_obeyed(home: Path) -> None:
    folder = entry(home, "39ad").folder
    (folder / "events.jsonl").unlink()
    command = [sys.executable, "-m", "tutor.runs.worker", str(folder), "--data-folder", str(DATA)]
    subprocess.run(command, check=True, timeout=60)
    summary = RunFollower(folder).catch_up()
    assert [(change.value, change.by) for change in summary.changes] == [(0.2, BY), (0.25, "ben 4712")]
    assert [(note.text, note.by) for note in summary.notes] == [("the first note", BY)]
    assert (summary.state, summary.epoch, summary.pace) == ("finished", 6, 200.0)
    log = (folder / "events.jsonl").read_text()
    kinds = [json.loads(line)["type"] for line in log.splitlines()]
    assert [kind for kind in kinds if kind not in {"started", "view", "epochs", "finished"}] == [
        "noted", "paced", "changed", "changed", "refused", "paused", "resumed",
    ]  # fmt: skip
    assert summary.final_facts["final.w"] == pytest.approx(0.6939582833902701)


# -- sweeps --------------------------------------------------------------------------------------------------------


def sweep(capsys: pytest.CaptureFixture[str], *grid: str) -> list[dict[str, Any]]:
    words = [word for each in grid for word in ("--grid", each)]
    return [json.loads(line) for line in lines_of(capsys, "sweep", "small", *words, "--json", "--jobs", "1")]


@pytest.mark.usefixtures("first_versions")
def test_a_sweep_that_is_done_is_told_and_nothing_is_run_again(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = home / "sweeps" / "d2e3a3ab2159" / "results.jsonl"
    before = results.read_bytes()
    told = sweep(capsys, "learning_rate=0.01,0.1", "loss=mse,mae")
    assert (told[-1]["cells"], told[-1]["done"]) == (4, 4)
    assert [(line["values"]["loss.name"], line["valid_loss"]) for line in told if line["type"] == "cell"] == [
        ("mse", 1.11932071), ("mae", 0.947123483), ("mse", 0.415888566), ("mae", 0.72730633),
    ]  # fmt: skip
    assert results.read_bytes() == before
    assert len(list((home / "sweeps").iterdir())) == 2


@pytest.mark.usefixtures("first_versions")
def test_a_sweep_whose_worker_was_killed_goes_on(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = home / "sweeps" / "9c8d8c21423e" / "results.jsonl"
    before = results.read_bytes()
    told = sweep(capsys, "seed=1..3")
    assert (told[-1]["cells"], told[-1]["done"]) == (3, 3)
    ended = [(line["cell"], line["run"]) for line in told if line["type"] == "cell"]
    assert [cell for cell, _ in ended] == [0, 1, 2]
    assert ended[0][1] == "20261129-224545-4f2d"
    assert results.read_bytes().startswith(before)
    assert len(list((home / "sweeps").iterdir())) == 2


def test_a_sweep_that_ran_into_trouble_could_be_taken_up_again(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(KEPT / "troubled-sweep", tmp_path / "20a4921fc90c"))
    plan = read_plan(folder)
    assert plan.shape == (2, 2)
    assert plan.overrides_of(3) == {"optimizer.learning_rate": 0.5, "train.epochs": 2}
    follower = SweepFollower(folder)
    assert len(follower.poll()) == 10
    state = follower.state
    assert (follower.skipped, state.waiting(plan.count), state.best()) == (0, [], 3)
    assert state.trouble is not None
    assert state.trouble.message == "The processes of the sweep ended."
    cell = follower.run_folder(0)
    assert cell is not None
    summary = RunFollower(cell).catch_up()
    assert (summary.state, list(summary.train_losses), summary.lost) == ("finished", [48.0709994], 0)
    assert summary.spec == plan.spec_of(0)
    assert follower.run_folder(1) is None


# -- memory --------------------------------------------------------------------------------------------------------


def lesson() -> Lesson:
    found = Course(KEPT / "lessons").lesson("kept", "en")
    assert found is not None
    return found


@pytest.fixture
def store(home: Path) -> Iterator[ProgressStore]:
    opened = open_store(home / "progress.sqlite3")
    with closing(opened.store):
        assert (opened.notices, opened.store.in_memory) == ((), False)
        yield opened.store


GIVEN: dict[str, tuple[str, tuple[int, ...] | tuple[str, ...], bool | None]] = {
    "single": ("single", (1,), True),
    "multiple": ("multiple", (2,), False),
    "fill-in": ("fill-in", ("偏置", "wait"), False),
    "numeric": ("numeric", ("",), False),
    "predicted": ("single", (1,), None),
}


def test_answers_are_remembered(store: ProgressStore) -> None:
    answers = store.answers()
    assert answers[0].given == (0, 2)
    assert {each.question_id: (each.kind, each.given, each.correct) for each in answers[1:]} == GIVEN
    first = answers[1]
    assert (first.unsure, first.confidence, first.hints, first.score) == (True, 0.75, 1, 1.0)
    assert (first.key, first.quiz_id, first.language) == ("a690b440e26dad30", "458956b65734753f", "en")
    assert answers[3].score == 0.5


def test_a_lesson_is_opened_where_it_was_left(store: ProgressStore) -> None:
    session = LessonSession(lesson(), store)
    assert (session.position, session.fraction_read) == (Position(6, 0.25, ""), 1.0)
    assert session.exercise("multiple").attempt.given() == (2,)
    assert session.exercise("single").attempt.unsure
    assert not session.exercise("ordering").attempt.locked
    marks = {question: session.mark(question).value for question in ("single", "multiple", "fill-in", "ordering")}
    assert marks == {"single": "right", "multiple": "wrong", "fill-in": "wrong", "ordering": "open"}


def test_a_quiz_goes_on_where_it_was_left(store: ProgressStore) -> None:
    quiz = QuizSession.start(lesson().questions, store, scope="lesson:kept", lesson_id="kept")
    assert (quiz.quiz_id, quiz.seed, quiz.round, quiz.number, quiz.count) == ("458956b65734753f", 5, 1, 3, 7)
    exercises = {each.question.id: each for each in quiz.exercises}
    assert {each: quiz.mark(each).value for each in exercises} == {
        "single": "right", "multiple": "wrong", "ordering": "open", "fill-in": "wrong", "numeric": "wrong",
        "predicted": "waiting", "measured": "skipped",
    }  # fmt: skip
    for question, (_, given, _) in GIVEN.items():
        assert exercises[question].attempt.given() == given
    single, half_made = exercises["single"].attempt, exercises["ordering"].attempt
    assert (single.unsure, single.confidence, single.hints_shown, single.seed) == (True, 0.75, 1, 1027563754)
    assert single.shown == (2, 1, 0)
    assert exercises["numeric"].attempt.given_up
    assert exercises["predicted"].runs == ("20261129-224539-f44c",)
    assert not half_made.locked
    # The first line of what was shown was taken down by two.
    shown = half_made.shown
    assert half_made.given() == (shown[1], shown[2], shown[0], shown[3])
    assert exercises["predicted"].settle({"diverged": True, "final.train_loss": 1000.0})
    assert quiz.mark("predicted").value == "right"


def test_the_quiz_command_goes_on_with_it(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    said = "\n".join(lines_of(capsys, "quiz", "kept"))
    assert translate("quiz.resumed") in said
    assert "One step" in said


def test_what_is_asked_again_and_when_is_remembered(store: ProgressStore) -> None:
    cards = {card.key: card for card in store.cards.all()}
    assert set(cards) == {"single", "multiple", "fill-in", "numeric", "term:loss-function:meaning"}
    assert cards["multiple"].schedule.reviews == 2
    assert cards["single"].due > cards["fill-in"].due


def test_best_attempts_and_reading_are_remembered(store: ProgressStore) -> None:
    best = store.attempts.best("small", "final.train_loss < 0.5")
    assert best is not None
    assert (best.met, best.held, best.value, best.settings) == (True, 1, 0.25, {"train.epochs": 6})
    assert best.run == "20261129-224539-f44c"
    other = store.attempts.best("small", "diverged")
    assert other is not None
    assert (other.met, other.value) == (False, None)
    assert [(piece.lesson_id, piece.seconds) for piece in store.reading.pieces()] == [("kept", 61.5)]


def test_what_is_exported_is_what_was_exported(home: Path, tmp_path: Path) -> None:
    json_file, csv_file = tmp_path / "now.json", tmp_path / "now.csv"
    assert run_command(["progress", "export", "-o", str(json_file)]) == ExitCode.OK
    assert run_command(["progress", "export", "--format", "csv", "-o", str(csv_file)]) == ExitCode.OK
    now, kept = json.loads(json_file.read_text()), json.loads((KEPT / "export.json").read_text())
    tables = [table for table, rows in kept.items() if isinstance(rows, list)]
    assert len(tables) == 6
    for table in tables:
        assert [_only(row, old) for row, old in zip(now[table], kept[table], strict=True)] == kept[table]
    rows, before = _table(csv_file), _table(KEPT / "export.csv")
    assert [_only(row, old) for row, old in zip(rows, before, strict=True)] == before


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["export.json", "export.csv"])
def test_what_was_exported_can_be_brought_in(
    name: str, store: ProgressStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = store.answers()
    elsewhere = tmp_path / "elsewhere"
    monkeypatch.setenv("TUTOR_HOME", str(elsewhere))
    assert run_command(["progress", "import", str(KEPT / name)]) == ExitCode.OK
    with closing(open_store(elsewhere / "progress.sqlite3").store) as there:
        assert there.answers() == old
        if name == "export.json":
            saved = there.open_quiz("lesson:kept")
            assert saved is not None
            assert saved.state["at"] == "ordering"
            assert there.position("kept") == Position(6, 0.25, "")
            assert there.attempts.met() == {"small": True}


def test_settings_are_read_and_nothing_of_them_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    shutil.copy(KEPT / "home" / "settings.json", path)
    loaded = load_settings(path)
    assert loaded.notices == ()
    assert loaded.settings == Settings(
        language="zh", theme="tutor-light", ascii=True, motion=False, screen_reader=True, translations=False,
        confidence=True, unknown={"of a later edition": [1]},
    )  # fmt: skip
    save_settings(loaded.settings, path)
    kept = msgspec.json.decode((KEPT / "home" / "settings.json").read_bytes())
    assert _only(msgspec.json.decode(path.read_bytes()), kept) == kept
