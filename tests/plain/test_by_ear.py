"""The course as lines and a prompt, and what is said of labs and runs."""

from __future__ import annotations

import io
import json
import math
import re
import shutil
from pathlib import Path

import pytest

from tutor.course.catalogue import Course
from tutor.course.exercises.finding import find_exercises
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.paths import lessons_folder, runs_folder
from tutor.foundation.translate import use_language
from tutor.labs.lab_files import load_lab
from tutor.plain.asking import Asker
from tutor.plain.by_ear import open_by_ear
from tutor.plain.glossary import show_term
from tutor.plain.lab_lines import brief_lines, end_lines, goal_report
from tutor.plain.narrator import Narrator
from tutor.plain.sweep import sweep
from tutor.runs.events import DataFacts, Diverged, Epochs, Finished, Started
from tutor.runs.registry import Runs
from tutor.runs.summary import RunSummary, fold
from tutor.typeset.page import is_read_aloud


def type_in(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_the_front_door_says_what_is_next_and_what_can_be_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "nonsense", "?", "q")
    assert open_by_ear() == ExitCode.OK
    heard = capsys.readouterr().out
    assert "Lessons finished: 0 of" in heard
    assert "Enter: begin lesson 1" in heard
    assert "“nonsense” is nothing that can be typed here" in heard
    assert heard.count("r: review what is due") == 2, "a question mark says it again"
    assert heard.rstrip().endswith("Goodbye. Everything is saved.")
    assert not is_read_aloud()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_is_left_when_the_input_ends(
    language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use_language(language)
    for lines in ((), ("3",), ("3", ""), ("3", "c"), ("g",), ("b", "ball"), ("c",)):
        type_in(monkeypatch, *lines)
        assert open_by_ear() == ExitCode.OK
    assert not re.search(r"ear\.[a-z-]+|\{[a-z]+\}", capsys.readouterr().out)


def test_where_somebody_stopped_reading_they_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "", "2", "", "", "q", "q")
    open_by_ear(lesson="3")
    assert "One step by hand" in capsys.readouterr().out
    type_in(monkeypatch, "", "q", "q")
    open_by_ear(lesson="3")
    heard = capsys.readouterr().out
    assert "Enter: read on" in heard
    assert "One update" in heard, "the question that was not answered"
    assert "You are on a hillside" not in heard


def test_in_a_lab_by_hand_each_move_says_the_loss(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "w 0.5", "bias b = 1", "bogus 3", "w 99", "u", "u", "u", "q")
    open_by_ear(lab="two-sliders")
    heard = capsys.readouterr().out
    assert heard.count("The loss is ") == 2
    assert "w is now 0.5" in heard
    assert "b is now 1" in heard
    assert "“bogus 3” is not the name of a setting and a value" in heard
    assert "…" in heard.split("99")[1], "the limits are said"
    assert heard.count("Undone.") == 2


def test_a_choice_is_refused_with_the_names_that_were_heard_and_no_line_is_wider_than_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "standardise maybe", "q")
    open_by_ear(lab="air-quality")
    assert "standardise must be one of on, off, not maybe." in capsys.readouterr().out
    Asker(None, None).say(f"  {'word ' * 30}", "/" * 90)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "/" * 90
    assert len(lines) == 3
    assert all(len(line) < 80 and line.startswith("  word") for line in lines[:-1])


def test_an_attempt_by_ear_counts_as_one_on_the_screen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "start 0.1", "", "q")
    open_by_ear(lab="ball")
    assert "Goal reached" in capsys.readouterr().out
    type_in(monkeypatch, "q")
    open_by_ear(lab="ball")
    assert "You have reached this goal before." in capsys.readouterr().out


def test_an_exercise_is_heard_and_done_and_its_function_trains_the_lab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = next(find_exercises(Course(lessons_folder()), "en", "mse-gradient")).exercise
    (tmp_path / "mine.py").write_text(f"import numpy as np\n{found.solution}", encoding="utf-8")
    monkeypatch.setenv("VISUAL", f"cp {tmp_path / 'mine.py'}")
    type_in(monkeypatch, "mse-gradient", "", "n", "e", "b1", "", "m", "q", "q", "q")
    open_by_ear()
    heard = " ".join(capsys.readouterr().out.split())
    assert "def gradient(w, b, x, y):" in heard
    assert (
        "by hand: w is 1.0, b is 0.0, x is [1.0, 2.0], y is [3.0, 3.0]. The result is (minus 4.0, minus 3.0)." in heard
    )
    assert "mse-gradient: 0 of 6 cases." in heard, "Enter checks the starter"
    assert "Hint 1 of 2" in heard
    assert "mse-gradient: 6 of 6 cases. Passed." in heard
    assert "gradient: your mse-gradient" in heard
    assert "The next run trains with the built-in functions." in heard
    assert not re.search("[│^]", heard)
    (run,) = Runs(runs_folder()).all()
    assert run.spec is not None
    assert run.spec.mine == {"gradient": "mse-gradient"}


def test_the_project_and_an_exercise_of_several_files_are_heard(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "x", "phones-project", "b", "f", "q", "own-loop", "q", "q")
    open_by_ear()
    heard = " ".join(capsys.readouterr().out.split())
    assert "phones-project: Which sound is it? A whole program with a score" in heard
    assert "Write train(x, y, random) and predict(x)" in heard
    assert "No attempts yet." in heard
    assert "Type f again to hand it in." in heard
    assert "shapes gradients learns eight rows by heart" in heard
    assert "[(4, 64)" not in heard


def test_the_opening_question_is_not_asked_twice_and_its_answer_is_heard_at_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "", "2", "q", "a", "q", "c", "q")
    open_by_ear(lesson="3")
    assert "answered; the end of the lesson says whether it is right" in " ".join(capsys.readouterr().out.split())
    lesson = Course(lessons_folder()).lesson("3", "en")
    assert lesson is not None
    assert lesson.opening_answer is not None
    above = lesson.section_of(lesson.opening_answer)
    type_in(monkeypatch, str(lesson.sections.index(above) + 1) if above is not None else "", "", "q", "q")
    open_by_ear(lesson="3")
    heard = capsys.readouterr().out
    assert "The question that this lesson began with" in heard
    assert "Your answer" in heard


def test_the_way_back_to_the_screens_is_saved(monkeypatch: pytest.MonkeyPatch, own_home: Path) -> None:
    own_home.mkdir(parents=True, exist_ok=True)
    (own_home / "settings.json").write_text(json.dumps({"screen_reader": True}), encoding="utf-8")
    type_in(monkeypatch, "s", "q")
    open_by_ear()
    assert json.loads((own_home / "settings.json").read_text(encoding="utf-8"))["screen_reader"] is False


# -- labs and runs ----------------------------------------------------------------------------------------------------


def test_the_brief_has_the_goal_and_every_setting_with_its_range() -> None:
    lines = brief_lines(load_lab("ball", lessons_folder() / "labs"))
    assert lines[0] == "A ball on a curve"
    assert "Goal: f of w is less than minus 3.5." in lines
    assert "  learning rate (learning_rate): 0.01; from 0.001 to 0.5." in lines
    assert "  optimizer: gd; one of gd, momentum, adam." in lines


@pytest.mark.parametrize("name", sorted(path.stem for path in (lessons_folder() / "labs").glob("*.toml")))
def test_every_lab_can_be_said_in_both_languages(name: str) -> None:
    for language in ("en", "zh"):
        use_language(language)
        said = "\n".join(brief_lines(load_lab(name, lessons_folder() / "labs")))
        assert not re.search("[≤≥≈θη∂]|final\\.|ear\\.", said), said


def test_a_run_that_diverges_is_told_in_words_and_never_as_a_dash() -> None:
    spec = load_lab("one-lag", lessons_folder() / "labs")
    facts = DataFacts(name="views", task="regression", train_rows=4, valid_rows=0)
    out = io.StringIO()
    narrator, summary = Narrator(out, lambda: math.inf), RunSummary()
    for event in (
        Started(run="r", at="", spec=spec, data=facts),
        Epochs(first=1, train=[48.0, 1200.0], updates=2, seconds=0.1),
        Epochs(first=3, train=[None], updates=3, seconds=0.1),
        Diverged(epoch=3, updates=3),
        Finished(reason="diverged", epoch=3, updates=3, seconds=0.1),
    ):
        fold(summary, [event])
        narrator.events([event], summary)
    narrator.end(summary)
    heard = out.getvalue()
    assert "the loss grew beyond" in heard
    assert "from 48 to 1200" in " ".join(heard.split())
    assert "–" not in heard


def test_the_goal_is_told_with_how_far_it_is() -> None:
    spec = load_lab("one-lag", lessons_folder() / "labs")
    near = goal_report(spec, {"final.train_loss": 1.4, "updates": 20})
    assert near is not None
    assert near.met is False
    assert near.text.endswith("1 of its 2 conditions holds.")
    met = goal_report(spec, {"final.train_loss": 1.4, "updates": 9})
    assert met is not None
    assert met.met is True
    unknown = goal_report(spec, {})
    assert unknown is not None
    assert unknown.met is None


def test_a_run_that_failed_has_no_way_to_tell() -> None:
    assert end_lines(RunSummary(state="failed")) == []


def test_a_sweep_is_told_in_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    assert sweep("ball", ["learning_rate=0.01,0.1"], {"epochs": 3}, "narrate", jobs=1) == ExitCode.OK
    heard = capsys.readouterr().out.splitlines()
    assert heard[0] == "Sweeping A ball on a curve: 2 combinations."
    assert [line.partition(":")[0] for line in heard[1:3]] == ["1 of 2 done", "2 of 2 done"]


# -- terms ------------------------------------------------------------------------------------------------------------


def test_a_term_is_said_in_any_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for language in ("en", "zh"):
        (tmp_path / language).mkdir()
        shutil.copy(next((lessons_folder() / language).glob("03-*.md")), tmp_path / language)
    monkeypatch.setenv("TUTOR_LESSONS", str(tmp_path))
    assert show_term("学习率") == ExitCode.OK
    heard = capsys.readouterr().out
    assert heard.startswith("Learning rate\n")
    assert "introduced in lesson" in heard
    assert show_term("") == ExitCode.OK
    assert "Gradient descent" in capsys.readouterr().out.splitlines()
    with pytest.raises(TutorError, match="xyzzy"):
        show_term("xyzzy")
