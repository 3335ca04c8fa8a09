"""Made the files in ``first_edition``. It is kept to show how; they are never made anew.

    python -m tests.kept.make_first_edition FOLDER

makes a learner's home below FOLDER with everything that the first edition writes: settings, memory, runs, sweeps; and
beside it what it exports, the specs of the labs that ship, and a control log. The lessons and the lab that are learnt
from are written by hand, and lie in ``first_edition/lessons``.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec

from tutor.course.catalogue import Course
from tutor.foundation import paths
from tutor.labs.lab_files import list_labs, load_lab, versions, write_config
from tutor.progress.activity import LabAttempt, ReadingPiece
from tutor.progress.settings import Settings, save_settings
from tutor.progress.store import open_store
from tutor.runs import record
from tutor.runs.control import Command, Note, Pace, Pause, Resume, Set, Step, Stop, send
from tutor.runs.events import (
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
from tutor.runs.in_process import run_to_end
from tutor.runs.registry import Runs
from tutor.runs.sweep.plan import plan_sweep
from tutor.study.lesson_session import LessonSession
from tutor.study.quiz_session import QuizSession

HERE = Path(__file__).parent / "first_edition"
SHIPPED = Path(__file__).resolve().parents[2] / "lessons"
BY = "anna pts/3 4711"
COMMANDS: tuple[Command, ...] = (
    Note("the first note", by=BY),
    Pace(200.0, by=BY),
    Set("learning_rate", 0.2, by=BY),
    Set("optimizer.learning_rate", 0.25, by="ben 4712"),
    Set("model.hidden", (3,), by=BY),
    Pause(by=BY),
    Step(2, by=BY),
    Resume(by=BY),
)


def tutor(*words: str, code: int = 0) -> str:
    done = subprocess.run([sys.executable, "-m", "tutor", *words], capture_output=True, text=True)
    assert done.returncode == code, done
    return done.stdout


def work(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "tutor.runs.worker", folder, "--data-folder", SHIPPED / "data"], check=True)


def make_runs() -> str:
    """Runs of every end, one that was steered, one recorded, one imported; the id of one that finished."""
    runs = Runs(paths.runs_folder())
    small = load_lab("small", HERE / "lessons" / "labs")
    steered = runs.make(small)
    for command in COMMANDS:
        send(steered, command)
    work(steered)
    stopped = runs.make(small)
    send(stopped, Stop(by=BY))
    work(stopped)
    finished = json.loads(tutor("train", "small", "--json").splitlines()[0])["run"]
    tutor("train", "small", "--json", "--set", "learning_rate=10", "--set", "epochs=2000")
    with record("My own model", epochs=3) as run:
        for epoch in range(3):
            run.epoch(train_loss=1 / (epoch + 1), valid_loss=None if epoch == 1 else 0.5, f1=0.25 * epoch)
        run.note("the last epoch")
    with contextlib.suppress(RuntimeError), record("My broken model") as run:
        run.epoch(train_loss=2.0)
        raise RuntimeError("no memory left")
    log = Path("log.csv")
    log.write_text("epoch,loss,val_loss\n0,0.5,0.75\n1,0.25,0.5\n")
    tutor("run", "import", str(log))
    log.unlink()
    runs.pin(finished)
    runs.keep_compared(finished, 2)
    return str(finished)


def make_every_event(runs: Runs) -> None:
    """A log with every kind of event, each of its fields given, and every panel that a lab that ships has."""
    spec = load_lab("small", HERE / "lessons" / "labs")
    folder = runs.make(spec)
    data = DataFacts(
        name="quadratic", task="regression", train_rows=16, valid_rows=4, feature_names=("x",), target_name="y",
        class_names=("a", "b"), parameters=2, epochs=6, notes=("4 rows are kept back.",),
    )  # fmt: skip
    events: list[Event] = [
        Started(run=folder.name, at="2026-11-29T22:50:00.000+00:00", spec=spec, versions=versions(), data=data, pid=7),
        *every_panel(),
        Epochs(
            first=1, train=[1.0, None, 0.5], valid=[1.25, 1.0, 0.75], train_accuracy=[0.5, 0.5, 0.75],
            valid_accuracy=[0.25, 0.5, 1.0], updates=12, seconds=0.25, learning_rate=0.1, gradient_norm=2.5,
            metrics={"f1": [0.5, None, 0.75]},
        ),
        Changed(epoch=3, updates=12, key="optimizer.learning_rate", value=0.2, epochs=5, by=BY),
        Changed(epoch=3, updates=12, key="loss.name", value="mae", by=BY),
        Refused(epoch=3, key="model.hidden", message="model.hidden cannot be changed now.", by=BY),
        Paced(epoch=3, pace=20.0, by=BY),
        Paused(epoch=3, by=BY),
        Noted(epoch=3, text="a note", by=BY),
        Resumed(epoch=3, by=BY),
        Epochs(first=4, train=[0.25, None], valid=[0.5, None], updates=20, seconds=0.5),
        Diverged(epoch=5, updates=20),
        Failed(epoch=5, message="It could not go on.", hint="Try again."),
        Finished(reason="diverged", epoch=5, updates=20, seconds=0.5, facts={"final.w": 1.5}, by=BY),
    ]  # fmt: skip
    lines = [msgspec.json.encode(event) for event in events]
    lines.insert(1, b'{"type":"of a later edition","what":1}')
    (folder / "events.jsonl").write_bytes(b"\n".join(lines) + b"\n")


def every_panel() -> list[Event]:
    """The smallest scene and frame of each panel among the labs that ship."""
    found: dict[tuple[str, str], View] = {}
    for name in list_labs(SHIPPED / "labs"):
        parts: dict[tuple[str, str], View] = {}

        def take(event: Event, parts: dict[tuple[str, str], View] = parts) -> None:
            if isinstance(event, View):
                parts[event.panel, event.part] = event

        run_to_end(load_lab(name, SHIPPED / "labs", {"train.epochs": 2}), SHIPPED / "data", take)
        for panel in {panel for panel, _ in parts}:
            size = sum(len(msgspec.json.encode(view)) for (of, _), view in parts.items() if of == panel)
            before = sum(len(msgspec.json.encode(view)) for (of, _), view in found.items() if of == panel)
            if not before or size < before:
                found = {place: view for place, view in found.items() if place[0] != panel}
                found |= {place: view for place, view in parts.items() if place[0] == panel}
    return [found[place] for place in sorted(found, reverse=True)]


def make_sweeps() -> None:
    """One sweep that is done, and one whose worker was killed while it wrote."""
    tutor("sweep", "small", "--grid", "learning_rate=0.01,0.1", "--grid", "loss=mse,mae", "--jobs", "1", "--plain")
    done = set(paths.sweeps_folder().iterdir())
    tutor("sweep", "small", "--grid", "seed=1..3", "--jobs", "1", "--plain")
    (half,) = set(paths.sweeps_folder().iterdir()) - done
    results = half / "results.jsonl"
    kept = results.read_bytes().splitlines(keepends=True)
    ends = [at for at, line in enumerate(kept) if b'"type":"cell"' in line]
    results.write_bytes(b"".join(kept[: ends[1]]) + kept[ends[1]][:20])


def make_memory(run: str) -> None:
    """A lesson left in the middle, a quiz left in the middle, and everything else that is remembered."""
    opened = open_store()
    store = opened.store
    lesson = Course(HERE / "lessons").lesson("kept", "en")
    assert lesson is not None
    session = LessonSession(lesson, store)
    session.move(6, 0.25, seen_block=len(lesson.blocks) - 1)
    session.save()
    exercise = session.exercise("multiple")
    exercise.attempt.choose(0)
    exercise.attempt.choose(2)
    exercise.commit()
    take_quiz(QuizSession.start(lesson.questions, store, scope="lesson:kept", lesson_id="kept", seed=5), run)
    store.attempts.keep(LabAttempt("small", "final.train_loss < 0.5", True, 1, 0.25, {"train.epochs": 6}, run))
    store.attempts.keep(LabAttempt("small", "diverged", False, 0, None))
    store.reading.keep(ReadingPiece("kept", 61.5))
    store.close()


def take_quiz(quiz: QuizSession, run: str) -> None:
    """Something of everything that can happen to a question; it is left with an order half made."""

    def attempt(question: str) -> None:
        quiz.go([each.question.id for each in quiz.exercises].index(question) + 1)

    attempt("single")
    assert quiz.current is not None
    quiz.current.attempt.hint()
    quiz.current.attempt.choose(1)
    quiz.current.attempt.confidence = 0.75
    quiz.current.commit()
    quiz.current.set_unsure(True)
    attempt("multiple")
    quiz.current.attempt.choose(2)
    quiz.current.commit()
    attempt("fill-in")
    quiz.current.attempt.write("偏置", 0)
    quiz.current.attempt.write("wait", 1)
    quiz.current.commit()
    attempt("numeric")
    quiz.current.give_up()
    attempt("predicted")
    quiz.current.attempt.choose(1)
    quiz.current.commit()
    quiz.current.follow([run])
    attempt("measured")
    quiz.skip()
    attempt("ordering")
    quiz.current.attempt.move(0, 2)
    quiz.leave()


def make_specs(folder: Path) -> None:
    """What a run of each lab that ships stores, and the name of a sweep of it."""
    folder.mkdir()
    names = {}
    for name in list_labs(SHIPPED / "labs"):
        spec = load_lab(name, SHIPPED / "labs")
        write_config(folder, spec)
        (folder / "spec.toml").rename(folder / f"{name}.toml")
        names[name] = plan_sweep(spec, ["seed=1..3"]).identity()
    (folder / "sweeps.json").write_text(json.dumps({"versions": versions(), "names": names}, indent=1) + "\n")


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    home = folder / "home"
    home.mkdir(parents=True)
    os.environ |= {"TUTOR_HOME": str(home), "TUTOR_LESSONS": str(HERE / "lessons")}
    run = make_runs()
    make_every_event(Runs(paths.runs_folder()))
    make_sweeps()
    make_memory(run)
    settings = Settings(language="zh", theme="tutor-light", ascii=True, motion=False, screen_reader=True)
    save_settings(settings.with_(translations=False, confidence=True, unknown={"of a later edition": [1]}))
    tutor("progress", "export", "-o", str(folder / "export.json"))
    tutor("progress", "export", "--format", "csv", "-o", str(folder / "export.csv"))
    make_specs(folder / "specs")


if __name__ == "__main__":
    main()
