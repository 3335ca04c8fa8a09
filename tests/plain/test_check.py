"""``tutor check``: faults are told where they stand, and claims are held against real runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.foundation.errors import ExitCode, TutorError
from tutor.plain.check import check

HEAD = '---\nid: sample\ntitle: "A sample"\nneeds: []\nminutes: 5\n---\n\n'
BALL = """\
id = "ball"
title = { en = "A ball", zh = "小球" }
[data]
name = "curve"
[model]
name = "function"
function = "ball"
w = 2.0
[loss]
name = "function"
[optimizer]
name = "gd"
learning_rate = 0.01
[train]
epochs = 100
"""
PREDICTION = """\
## Where does it end?

<!-- q: ends -->

```toml lab
use = "ball"
optimizer.learning_rate = {rate}
```

1. [{left}] left <!-- when: not diverged and final.w < 0 -->
2. [{right}] right <!-- when: not diverged and final.w > 0 -->
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "en").mkdir()
    (tmp_path / "labs").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "labs" / "ball.toml").write_text(BALL)
    return tmp_path


def write(course: Path, body: str) -> Path:
    path = course / "en" / "01-sample.md"
    path.write_text(HEAD + body)
    return path


def test_a_course_without_faults_is_counted(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(course, PREDICTION.format(rate=0.01, left=" ", right="x"))
    assert check(str(course), run_labs=False, jobs=1) == ExitCode.OK
    assert capsys.readouterr().out == "No faults. Lesson files: 1; questions: 1; terms: 0; labs: 1.\n"


def test_an_answer_that_the_run_bears_out_passes(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(course, PREDICTION.format(rate=0.01, left=" ", right="x"))
    assert check(str(course), run_labs=True, jobs=1) == ExitCode.OK
    assert "Questions whose answers agree with them: 1." in capsys.readouterr().out


def test_an_answer_that_the_run_refutes_is_a_fault_at_its_option(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(course, PREDICTION.format(rate=0.1, left=" ", right="x"))
    assert check(str(course), run_labs=True, jobs=1) == ExitCode.FAULTS_FOUND
    lines = path.read_text().splitlines()
    left, right = (next(i for i, line in enumerate(lines, 1) if f"] {word} " in line) for word in ("left", "right"))
    out = capsys.readouterr().out
    assert f"01-sample.md:{left}:1: This option is not ticked, but the run confirms it" in out
    assert f"01-sample.md:{right}:1: This option is ticked, but the run contradicts it" in out


def test_a_numeric_claim_is_held_against_its_figure(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    question = (
        '## How far?\n\n<!-- q: far -->\n<!-- figure: final.w -->\n\n```toml lab\nuse = "ball"\n```\n\n**Answer:** {}\n'
    )
    write(course, question.format("1.13 ± 0.01"))
    assert check(str(course), run_labs=True, jobs=1) == ExitCode.OK
    write(course, question.format("2.0 ± 0.01"))
    assert check(str(course), run_labs=True, jobs=1) == ExitCode.FAULTS_FOUND
    assert "final.w is 1.13" in capsys.readouterr().out


def test_a_condition_over_a_fact_that_no_run_gives_is_told(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = PREDICTION.format(rate=0.01, left=" ", right="x").replace("final.w > 0", "final.wisdom > 0")
    write(course, body)
    assert check(str(course), run_labs=True, jobs=1) == ExitCode.FAULTS_FOUND
    out = capsys.readouterr().out
    assert "“final.wisdom”" in out
    assert "final.w" in out


def test_a_table_that_no_run_would_read_is_told_in_the_lab_file(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (course / "labs" / "mine.toml").write_text("[data]\npath = 'prices.csv'\ntarget = 'price'\n")
    assert check(str(course), run_labs=True, jobs=1) == ExitCode.FAULTS_FOUND
    out = capsys.readouterr().out
    assert "mine.toml:2:1: data.path is read only with the data sets csv and text" in out
    assert "data.target" not in out  # what follows from the one mistake


def test_a_setting_that_changes_nothing_is_told_at_its_fence(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = PREDICTION.format(rate=0.01, left=" ", right="x")
    write(course, body.replace('use = "ball"', 'use = "ball"\ntrain.batch_size = 8'))
    assert check(str(course), run_labs=False, jobs=1) == ExitCode.FAULTS_FOUND
    assert "train.batch_size changes nothing here" in capsys.readouterr().out


def test_an_answer_is_not_held_against_a_run_that_was_cut_short(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (course / "labs" / "ball.toml").write_text(BALL.replace("[train]", "[train]\nmax_seconds = 1e-9"))
    write(course, PREDICTION.format(rate=0.01, left=" ", right="x"))
    assert check(str(course), run_labs=True, jobs=1) == ExitCode.FAULTS_FOUND
    assert "train.max_seconds" in capsys.readouterr().out


def test_a_lab_that_does_not_exist_is_told_at_its_fence(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(course, '```toml lab\nuse = "bal"\n```\n')
    assert check(str(course), run_labs=True, jobs=1) == ExitCode.FAULTS_FOUND
    assert "01-sample.md:9:1:" in capsys.readouterr().out


def test_a_fault_in_a_lab_file_is_told_at_its_line(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(course, "Text.\n")
    (course / "labs" / "ball.toml").write_text(BALL.replace("learning_rate", "lerning_rate"))
    assert check(str(course), run_labs=False, jobs=1) == ExitCode.FAULTS_FOUND
    out = capsys.readouterr().out
    assert "ball.toml:13:" in out
    assert "learning_rate" in out


def test_all_faults_of_a_file_are_told_at_once(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(course, "[a](#nowhere)\n\n## Q\n\n<!-- q: Not An Id -->\n\n1. [x] a\n2. [x] b\n")
    (course / "en" / "02-other.md").write_text("no front matter\n")
    assert check(str(course), run_labs=False, jobs=1) == ExitCode.FAULTS_FOUND
    out = capsys.readouterr().out
    assert "“#nowhere”" in out
    assert "“Not An Id”" in out
    assert "02-other.md:1:1:" in out
    assert check(str(path), run_labs=False, jobs=1) == ExitCode.FAULTS_FOUND
    assert "02-other.md" not in capsys.readouterr().out


def test_a_path_that_is_no_course_is_said(tmp_path: Path) -> None:
    with pytest.raises(TutorError, match="nowhere"):
        check(str(tmp_path / "nowhere"), run_labs=False, jobs=1)


def test_the_course_that_ships_has_no_faults(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(None, run_labs=False, jobs=1) == ExitCode.OK, capsys.readouterr().out


def test_exercises_are_proved_and_a_mistake_that_passes_is_told(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = """\
## Double

<!-- x: double -->

Return twice the number.

```python exercise
def double(x):
    \"\"\"x: a number. Return a number.\"\"\"
    ...
```

| case | x | gives |
|---|--:|--:|
| by hand | 2.0 | 4.0 |

> Hint: Multiply.

<details><summary>Solution</summary>

```python
def double(x):
    return 2 * x
```

Two times.

</details>

<details><summary>Mistakes</summary>

- `2 * x` → `3 * x`
  > Three.
- `2 * x` → `x * x`
  > A square.
- `2 * x` → `-x`
  > Turned round.

</details>
"""
    path = write(course, body)
    assert check(str(path), run_labs=False, jobs=1) == ExitCode.OK
    assert check(str(path), run_labs=True, jobs=1) == ExitCode.FAULTS_FOUND
    assert "01-sample.md:41:1: This wrong solution passes." in capsys.readouterr().out
    path = write(course, body.replace("| by hand | 2.0 | 4.0 |", "| by hand | 2.0 | 4.0 |\n| three | 3.0 | |"))
    assert check(str(path), run_labs=True, jobs=1) == ExitCode.OK
    assert "Exercises whose solutions, mistakes and cases hold: 1" in capsys.readouterr().out
