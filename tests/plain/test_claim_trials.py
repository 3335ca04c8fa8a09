"""Claims are tried over seeds, drawn data and rounding: what is random is repeated, what is not is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plain.test_check import BALL, HEAD, PREDICTION
from tutor.cli import run as run_command
from tutor.course.catalogue import Course
from tutor.course.lesson import Question
from tutor.foundation.errors import ExitCode
from tutor.labs.lab_files import load_lab
from tutor.plain.check import check
from tutor.plain.claim_trials import Trial, trials_of
from tutor.runs.in_process import run_to_end

LINE = """\
id = "line"
title = { en = "A line" }
[data]
name = "quadratic"
rows = 12
[model]
name = "linear"
[optimizer]
name = "gd"
learning_rate = 0.1
[train]
epochs = 3
seed = 5
"""
DRAWN = """\
## Which slope?

<!-- q: slope{fields} -->

```toml lab
use = "line"
```

1. [x] This one <!-- when: final.train_loss == {loss} -->
2. [ ] Another <!-- when: final.train_loss != {loss} -->
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for name in ("en", "labs", "data"):
        (tmp_path / name).mkdir()
    (tmp_path / "labs" / "ball.toml").write_text(BALL)
    (tmp_path / "labs" / "line.toml").write_text(LINE)
    return tmp_path


def write(course: Path, body: str) -> Course:
    (course / "en" / "01-sample.md").write_text(HEAD + body)
    return Course(course)


def question(course: Course) -> Question:
    (lesson,) = course.lessons()
    return lesson.questions[0]


def out(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    return capsys.readouterr()


def test_what_is_not_random_is_tried_once(course: Path) -> None:
    written = write(course, PREDICTION.format(rate=0.01, left=" ", right="x"))
    trials = trials_of(question(written), written, 4)
    assert {changed: len(of) for changed, of in trials.items()} == {"seed": 1, "data-seed": 0, "rounding": 4}


def test_seeds_are_counted_on_from_the_fence_s_own(course: Path) -> None:
    written = write(course, DRAWN.format(fields="", loss=0).replace('use = "line"', 'use = "line"\ndata.seed = 7'))
    asked = question(written)
    assert {changed: len(of) for changed, of in trials_of(asked, written, 3).items()} == {
        "seed": 3, "data-seed": 3, "rounding": 3,
    }  # fmt: skip
    (fence,) = asked.labs
    specs = [Trial(seed, data_seed).training(fence, written).spec for seed, data_seed in ((0, None), (2, 0), (0, 1))]
    assert [b'"seed":5' in spec for spec in specs] == [True, False, True]
    assert b'"seed":7' in specs[1]
    assert b'"seed":8' in specs[2]


def test_an_answer_that_holds_passes_with_its_margin(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(course, PREDICTION.format(rate=0.01, left=" ", right="x"))
    assert check(str(course), run_labs=True, jobs=1, seeds=2) == ExitCode.OK
    table, beforehand = out(capsys)
    assert beforehand == "Trying 1 questions takes 3 trainings, of which 2 have to be run now.\n"
    cells = next(line.split() for line in table.splitlines() if "ends" in line)
    assert cells[:4] == ["ends", "1/1", "–", "2/2"]
    assert cells[4] == "1.000"  # final.w against zero: the whole of the larger side
    assert check(str(course), run_labs=True, jobs=1, seeds=2) == ExitCode.OK
    assert "of which 0 have to be run" in out(capsys)[1]


def loss_of_line(course: Path) -> float:
    """The loss of the lab as it is: a claim about it is true of nothing else."""
    return float(run_to_end(load_lab("line", course / "labs"), course / "data").facts()["final.train_loss"])


def test_an_answer_that_hangs_on_the_data_fails_until_it_says_so(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loss = loss_of_line(course)
    near = f"abs(final.train_loss - {loss}) < 0.001"
    body = DRAWN.replace("final.train_loss == {loss}", near).replace("final.train_loss != {loss}", f"not {near}")
    write(course, body.format(fields=""))
    assert check(str(course), run_labs=True, jobs=1, seeds=3) == ExitCode.FAULTS_FOUND
    table = out(capsys)[0]
    assert "01-sample.md:8:1: The answer of “slope” holds for" in table
    assert "of 3 seeds of the data" in table
    assert next(line for line in table.splitlines() if "slope" in line).startswith("!")
    write(course, body.format(fields="; depends: data-seed, seed"))
    assert check(str(course), run_labs=True, jobs=1, seeds=3) == ExitCode.OK
    table = out(capsys)[0]
    assert next(line for line in table.splitlines() if "slope" in line).startswith("  slope")
    assert "~" in table


def test_a_run_that_fails_holds_in_no_trial(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (course / "labs" / "ball.toml").write_text(BALL.replace("[train]", "[train]\nmax_seconds = 1e-9"))
    write(course, PREDICTION.format(rate=0.01, left=" ", right="x"))
    assert check(str(course), run_labs=True, jobs=1, seeds=1) == ExitCode.FAULTS_FOUND
    assert "0/1" in out(capsys)[0]


def test_seeds_without_run_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check", "--seeds", "3"]) == ExitCode.USAGE
    assert "--run" in out(capsys)[1]


@pytest.mark.parametrize(
    ("fields", "said"),
    [("; depends: weather", "“weather” is nothing"), ("; depends: seed", "this question has no lab")],
)
def test_a_dependence_that_cannot_be_is_told(
    fields: str, said: str, course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab = "" if "no lab" in said else '```toml lab\nuse = "ball"\n```\n\n'
    whens = ("", "") if "no lab" in said else (" <!-- when: diverged -->", " <!-- when: not diverged -->")
    write(course, f"## Q\n\n<!-- q: q1{fields} -->\n\n{lab}1. [ ] a{whens[0]}\n2. [x] b{whens[1]}\n")
    assert check(str(course), run_labs=False, jobs=1) == ExitCode.FAULTS_FOUND
    assert said in out(capsys)[0]
