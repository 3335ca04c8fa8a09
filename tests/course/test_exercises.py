"""Exercises in a lesson: what is read, and every fault with its line."""
# ruff: noqa: E501 - a row of faults is easier to read on one line

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.course.writing import HEAD_LINES, lesson_of, reading_of
from tutor.course.catalogue import Course
from tutor.course.checks import check_course
from tutor.course.exercises.code import LONGEST_LITERAL, is_literal
from tutor.course.exercises.finding import find_exercises
from tutor.course.exercises.mistakes import pairs_of, replaced
from tutor.course.exercises.page import first_sentence, text_of
from tutor.course.exercises.parity import faults_between
from tutor.course.lesson import Exercise

BODY = '''\
## Double it

<!-- x: double -->

Return twice the array. It is easy.

```python exercise
def double(x, times=2):
    """x: array (n,). Return an array (n,)."""
    ...
```

| case | x | gives |
|------|---|-------|
| by hand | [1.0, 2.0] | [2.0, 4.0] |
| whole | [3] | |

```python cases
def cases(random):
    yield "random", dict(x=random.normal(size=3))
```

> Hint: Multiply.

```toml lab
use = "one-lag"
mine.model = "double"
```

<details><summary>Solution</summary>

```python
def double(x, times=2):
    return times * x
```

Each number is multiplied.

</details>

<details><summary>Mistakes</summary>

- `times * x` → `times + x`
  > Added, not multiplied.
- `times * ` → ``
  > Nothing is multiplied.
- `return times` → `return -times`, `x, times` → `x, times`
  > Turned round.
- ```python
  def double(x, times=2):
      return x ** 2
  ```
  > A square
  > is something else.

</details>

## What follows

Text.
'''
BODY = BODY.replace("`return -times`, `x, times` → `x, times`", "`return -times`, `* x` → `* +x`")


def exercise_of(body: str = BODY) -> Exercise:
    (exercise,) = lesson_of(body).exercises
    return exercise


def told(body: str) -> list[tuple[int, str]]:
    return [(fault.place.line - HEAD_LINES, fault.message) for fault in reading_of(body).faults]


def line_of(body: str, text: str) -> int:
    return body[: body.index(text)].count("\n") + 1


def test_every_part_is_read() -> None:
    exercise = exercise_of()
    assert (exercise.id, exercise.function, exercise.parameters) == ("double", "double", ("x", "times"))
    assert exercise.task == "Return twice the array. It is easy."
    assert [(case.name, case.arguments, case.gives) for case in exercise.cases] == [
        ("by hand", (("x", "[1.0, 2.0]"),), "[2.0, 4.0]"),
        ("whole", (("x", "[3]"),), ""),
    ]
    assert exercise.hints == ("Multiply.",)
    assert exercise.why == "Each number is multiplied."
    assert [lab.lab for lab in exercise.labs] == ["one-lag"]
    assert dict(exercise.labs[0].overrides) == {}
    assert dict(exercise.slots) == {"model": "double"}
    assert "yield" in exercise.more_cases
    lines = [mistake.source.split("\n")[1].strip() for mistake in exercise.mistakes]
    assert lines == ["return times + x", "return x", "return -times * +x", "return x ** 2"]
    assert exercise.mistakes[3].feedback == "A square\nis something else."
    assert exercise.mistakes[0].name == "times * x → times + x"
    assert exercise.cases[0].gives_place.line - HEAD_LINES == line_of(BODY, "| by hand")


def test_what_follows_is_prose_again() -> None:
    lesson = lesson_of(BODY)
    assert [type(block).__name__ for block in lesson.blocks] == ["Exercise", "Prose"]


def test_options_stand_behind_the_id() -> None:
    body = BODY.replace(
        "x: double", "x: double; tolerance: 1e-5; seconds: 3; memory: 64; lines: 4; forbid: for, np.linalg"
    )
    options = exercise_of(body).options
    assert (options.tolerance, options.seconds, options.memory, options.lines) == (1e-5, 3.0, 64, 4)
    assert options.forbid == ("for", "np.linalg")


def test_chinese_names_of_the_parts() -> None:
    body = BODY.replace("Solution", "解答").replace("Mistakes", "常见错误").replace("> Hint:", "> 提示：")
    assert len(exercise_of(body).mistakes) == 4


def test_a_lesson_shows_no_solution() -> None:
    shown = text_of(exercise_of())
    assert "times * x" not in shown
    assert "tutor exercise double" in shown
    assert first_sentence(exercise_of()) == "Return twice the array."


@pytest.mark.parametrize(
    ("was", "becomes", "at", "said"),
    [
        ("```python exercise", "```python", "## Double", "has no starter"),
        ("def double(x, times=2):\n    \"\"\"", "def double(x, times=2)\n    \"\"\"", "def double", "This is no Python"),
        ("\"\"\"x: array (n,). Return an array (n,).\"\"\"", "pass", "def double", "has no docstring"),
        ("| case | x | gives |", "| name | x | gives |", "## Double", "has no cases"),
        ("| case | x | gives |", "| case | y | gives |", "| case", "no parameter called “y”"),
        ("| case | x | gives |", "| case | x | x |", "| case", "the same name"),
        ("| [3] |", "| np.ones(3) |", "| whole", "no value of Python"),
        ("| [2.0, 4.0] |", "| |", "| case", "worked out by hand"),
        ("| whole |", "| |", "| | [3]", "has no name"),
        ("> Hint: Multiply.\n", "", "## Double", "has no hint"),
        ("Return twice the array. It is easy.\n", "", "## Double", "has no task"),
        ("<summary>Solution", "<summary>Answers", "<details><summary>Answers", "neither the solution nor"),
        ("Each number is multiplied.\n", "", "```python\ndef double", "why it is right"),
        ("def double(x, times=2):\n    return times * x", "def double(y):\n    return y", "```python\ndef", "same parameters"),
        ("`times * x` → `times + x`", "`times / x` → `times + x`", "- `times / x`", "does not stand in the solution"),
        ("`times * x` → `times + x`", "`times * x` becomes `y`", "- `times * x`", "neither a pair nor a fence"),
        ("`times * x` → `times + x`", "`times * x` → `(`", "- `times * x`", "no Python any more"),
        ("  > Added, not multiplied.\n", "", "- `times * x`", "no quotation"),
        ("x: double", "x: Double!", "<!-- x", "is not an id"),
        ("x: double", "x: double; seconds: 1e9", "<!-- x", "must be a number from 0.1 to 20"),
        ("x: double", "x: double; second: 3", "<!-- x", "second"),
        ("def cases(random)", "def case(random)", "```python cases", "called cases"),
        ("> Hint: Multiply.\n", "> Hint: Multiply.\n\n```python cases\ndef cases(random): pass\n```\n", "```python cases\ndef cases(random): pass", "already has this part"),
        ("> Hint: Multiply.\n", "> Hint: Multiply.\n\n<div>\n", "<div>", "no meaning in an exercise"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_line(was: str, becomes: str, at: str, said: str) -> None:
    body = BODY.replace(was, becomes, 1)
    assert body != BODY
    faults = told(body)
    assert any(said in message and line == line_of(body, at) for line, message in faults), faults


def test_fewer_than_three_mistakes_are_a_fault() -> None:
    start, end = BODY.index("- `times * ` → ``"), BODY.rindex("\n</details>")
    assert any("lists 1 wrong solutions" in message for _, message in told(BODY[:start] + BODY[end:]))


def test_an_exercise_without_its_solution_is_left_out_whole() -> None:
    reading = reading_of(BODY.replace("<summary>Solution", "<summary>Nothing"))
    assert reading.lesson is not None
    assert reading.lesson.exercises == ()
    assert "times * x" not in str(reading.lesson.blocks)


def test_an_id_is_not_shared_with_a_question() -> None:
    question = "## Which?\n\n<!-- q: double -->\n\n1. [ ] a\n2. [x] b\n\n"
    assert any("used twice" in message for _, message in told(question + BODY))


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("`a` → `b`", (("a", "b"),)),
        ("`a` -> `b`", (("a", "b"),)),
        ("`2 *` → ``", (("2 *", ""),)),
        ("`a` → ``, `c` → `d`", (("a", ""), ("c", "d"))),
        ("`` a`b `` → `c`", (("a`b", "c"),)),
        ("`a` → `b`，`c` → `d`", (("a", "b"), ("c", "d"))),
        ("`a` `b`", None),
        ("`a` → `a`", None),
        ("`` → `a`", None),
        ("`a` → b", None),
        ("a → b", None),
        ("`a` → `b` and more", None),
        ("", None),
    ],
)
def test_pairs(text: str, pairs: tuple[tuple[str, str], ...] | None) -> None:
    assert pairs_of(text) == pairs


@given(st.text(alphabet="`→ ab,-> \\", max_size=40))
def test_pairs_of_any_text_are_pairs(text: str) -> None:
    pairs = pairs_of(text)
    assert pairs is None or all(right and right != wrong for right, wrong in pairs)


CODE = st.text(alphabet="abc *+()[]:=.", min_size=1, max_size=12).filter(lambda text: text == text.strip())


@given(CODE, CODE)
def test_a_pair_that_is_written_is_read(right: str, wrong: str) -> None:
    assert right == wrong or pairs_of(f"`{right}` → `{wrong}`") == ((right, wrong),)


@given(st.text(max_size=60), CODE, CODE)
def test_a_replacement_leaves_nothing_of_what_was_replaced(program: str, right: str, wrong: str) -> None:
    found = replaced(program, ((right, wrong),))
    assert (found is None) == (right not in program)
    assert found is None or found == wrong.join(program.split(right))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=8))
def test_a_literal_is_one(value: object) -> None:
    assert is_literal(repr(value)) or len(repr(value)) > LONGEST_LITERAL


@pytest.mark.parametrize("text", ["", "f()", "[" * 500, "1 +", "__import__('os')", "x", "1" * 5_000, "\0", "np.inf"])
def test_what_is_no_literal_is_refused(text: str) -> None:
    assert not is_literal(text)


@given(st.data())
def test_a_damaged_exercise_is_read_without_an_exception(data: st.DataObject) -> None:
    lines = BODY.split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        change = data.draw(st.sampled_from(["drop", "double", "cut", "swap"]))
        if change == "drop":
            lines[place] = ""
        elif change == "double":
            lines.insert(place, lines[place])
        elif change == "cut":
            lines[place] = lines[place][: data.draw(st.integers(0, 12))]
        else:
            other = data.draw(st.integers(0, len(lines) - 1))
            lines[place], lines[other] = lines[other], lines[place]
    reading = reading_of("\n".join(lines))
    assert reading.lesson is not None
    last = len(lines) + HEAD_LINES + 1
    assert all(1 <= fault.place.line <= last for fault in reading.faults)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"starter": "def double(x):\n    pass\n"}, "python exercise"),
        ({"solution": "def double(x):\n    return x\n"}, "(python)"),
        ({"hints": ()}, "number of hints"),
        ({"mistakes": ()}, "wrong solutions"),
        ({"slots": {}}, "labs"),
    ],
)
def test_translations_hold_the_same_code(change: dict[str, object], said: str) -> None:
    ours = exercise_of()
    theirs = replace(ours, task="另一个", hints=tuple("啊" for _ in ours.hints))
    assert list(faults_between(ours, theirs, "en/03.md")) == []
    (fault,) = faults_between(ours, replace(theirs, **change), "en/03.md")  # type: ignore[arg-type]
    assert said in fault.message


def test_a_course_tells_of_differences_between_its_languages(tmp_path: Path) -> None:
    head = '---\nid: sample\ntitle: "A"\nminutes: 5\n---\n\n'
    for language, body in (("en", BODY), ("zh", BODY.replace("[3]", "[4]"))):
        (tmp_path / language).mkdir()
        (tmp_path / language / "01-sample.md").write_text(head + body)
    assert [fault.message for fault in check_course(tmp_path)] == ["The cases of “double” differ from en/01-sample.md."]


@pytest.mark.parametrize(
    "comment", ["<!-- x: double -->", "<!--x:double-->", "<!--  X : double -->", "<!-- x：double -->"]
)
def test_whatever_comment_makes_an_exercise_is_found(tmp_path: Path, comment: str) -> None:
    (tmp_path / "en").mkdir()
    head = '---\nid: sample\ntitle: "A"\nminutes: 5\n---\n\n'
    (tmp_path / "en" / "01-sample.md").write_text(head + BODY.replace("<!-- x: double -->", comment))
    (tmp_path / "en" / "02-other.md").write_text(
        head.replace("sample", "other") + "No exercise, only its id: double.\n"
    )
    found = [each.exercise.id for each in find_exercises(Course(tmp_path), "en", "double")]
    read = reading_of(BODY.replace("<!-- x: double -->", comment)).lesson
    assert read is not None
    assert found == [each.id for each in read.exercises] == ["double"]


def of_two_files(body: str) -> str:
    """An exercise whose starter and solution have another file before their own."""
    for mark, text in (("```python exercise\n", '"""y: a number."""'), ("</summary>\n\n```python\n", "return y / 2")):
        body = body.replace(mark, f"{mark}# --- one.py ---\ndef half(y):\n    {text}\n\n\n# --- two.py ---\n")
    return body


SEVERAL = of_two_files(BODY)


def test_a_case_without_a_name_calls_the_first_function_of_the_last_file() -> None:
    assert exercise_of(SEVERAL).function == "double"
    assert [message for _, message in told(SEVERAL.replace("| x |", "| y |"))] == [
        "The function has no parameter called “y”; its parameters are x, times."
    ]


def test_a_harness_that_is_no_python_is_told_once() -> None:
    broken = SEVERAL.replace("> Hint", "```python harness\ndef steps(:\n```\n\n> Hint")
    assert [line for line, _ in told(broken)] == [line_of(broken, "def steps(:")]
