"""Programs that learners write: right ones in other words, listed mistakes in other words, slips, and what stops."""
# ruff: noqa: E501 - a program is easier to read on one line

from __future__ import annotations

from dataclasses import replace

import pytest

from tutor.course.exercises.code import LONGEST_PROGRAM
from tutor.course.lesson import Exercise, ExerciseOptions
from tutor.exercises.judge import Judge
from tutor.exercises.rules import broken_rule
from tutor.exercises.verdict import Reason, Verdict

Exercises = dict[str, Exercise]

ADAM = "def adam_step(theta, g, m, s, t, lr, beta1=0.9, beta2=0.999, eps=1e-8):\n"

RIGHT = {
    "gradient in loops": ("mse-gradient", """
def gradient(w, b, x, y):
    dw = db = 0.0
    for one, two in zip(x, y):
        error = w * one + b - two
        dw += 2 * error * one / len(x)
        db += 2 * error / len(x)
    return dw, db
"""),
    "gradient as a list, other names": ("mse-gradient", """
def gradient(slope, level, feature, label):
    e = slope * feature + level - label
    n = e.size
    return [np.dot(e, feature) * 2 / n, e.sum() * 2 / n]
"""),
    "gradient as an array": ("mse-gradient", """
def gradient(w, b, x, y):
    X = np.stack([x, np.ones_like(x)])
    return 2 / len(y) * X @ (w * x + b - y)
"""),
    "softmax without keepdims": ("softmax", """
def softmax(z):
    e = np.exp((z.T - z.max(1)).T)
    return (e.T / e.sum(1)).T
"""),
    "softmax with logarithms": ("softmax", """
def softmax(z):
    return np.exp(z - np.logaddexp.reduce(z, axis=1)[:, None])
"""),
    "softmax row by row": ("softmax", """
def softmax(z):
    rows = []
    for row in z:
        e = np.exp(row - max(row))
        rows.append(e / sum(e))
    return rows
"""),
    "adam with the correction in the rate": ("adam-step", ADAM + """
    m, s = m + (1 - beta1) * (g - m), s + (1 - beta2) * (g * g - s)
    return theta - lr * (m / (1 - beta1**t)) / ((s / (1 - beta2**t)) ** 0.5 + eps), m, s
"""),
    "batches by another shuffle": ("batches", """
def batches(n, size, random):
    rows = np.arange(n)
    random.shuffle(rows)
    return np.split(rows, range(size, n, size))
"""),
    "batches as a generator of lists": ("batches", """
def batches(n, size, random):
    rows = list(random.permutation(n))
    while rows:
        yield rows[:size]
        rows = rows[size:]
"""),
}  # fmt: skip

MISTAKES = {
    "error turned round": ("mse-gradient", 0, """
def gradient(w, b, x, y):
    left = [t - (w * f + b) for f, t in zip(x, y)]
    return 2 * np.mean(left * x), 2 * np.mean(left)
"""),
    "no two": ("mse-gradient", 1, """
def gradient(w, b, x, y):
    e = b + x * w - y
    return np.dot(e, x) / len(x), np.average(e)
"""),
    "sum": ("mse-gradient", 2, """
def gradient(w, b, x, y):
    e = b + x * w - y
    return sum(2 * e * x), sum(2 * e)
"""),
    "mean of the parts": ("mse-gradient", 3, """
def gradient(w, b, x, y):
    d = 2 * (w * x + b - y).mean()
    return d * x.mean(), d
"""),
    "a table that is averaged away": ("mse-gradient", 4, """
def gradient(w, b, x, y):
    e = (w * x + b).reshape(-1, 1) - y
    return 2 * (e * x).mean(), 2 * e.mean()
"""),
    "exp of a thousand": ("softmax", 0, """
def softmax(z):
    return np.array([np.exp(row) / np.exp(row).sum() for row in z])
"""),
    "down the columns": ("softmax", 1, """
def softmax(z):
    z = z.T
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return (e / e.sum(axis=1, keepdims=True)).T
"""),
    "one sum": ("softmax", 2, """
def softmax(z):
    e = np.exp((z.T - z.max(1)).T)
    return e / np.sum(e)
"""),
    "raw scores": ("softmax", 3, """
def softmax(z):
    return z / z.sum(1).reshape(-1, 1)
"""),
    "the largest of all": ("softmax", 4, """
def softmax(z):
    e = np.exp(z - np.max(z))
    return (e.T / e.sum(1)).T
"""),
    "no correction": ("adam-step", 0, ADAM + """
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g * g
    return theta - lr / (s**0.5 + eps) * m, m, s
"""),
    "no root": ("adam-step", 1, ADAM + """
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    return theta - lr * m / (1 - beta1**t) / (eps + s / (1 - beta2**t)), m, s
"""),
    "epsilon inside": ("adam-step", 2, ADAM + """
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    return theta - lr * m / (1 - beta1**t) * (s / (1 - beta2**t) + eps) ** -0.5, m, s
"""),
    "t counted from zero": ("adam-step", 3, ADAM + """
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), m, s
"""),
    "exchanged": ("adam-step", 5, ADAM + """
    m = m + (1 - beta2) * (g - m)
    s = s + (1 - beta1) * (g**2 - s)
    return theta - lr * m / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps), m, s
"""),
    "in the order of the file": ("batches", 0, """
def batches(n, size, random):
    return [list(range(a, min(a + size, n))) for a in range(0, n, size)]
"""),
    "last batch lost, another shuffle": ("batches", 1, """
def batches(n, size, random):
    rows = np.arange(n)
    random.shuffle(rows)
    return list(rows[: n // size * size].reshape(-1, size))
"""),
    "a length for a place": ("batches", 2, """
def batches(n, size, random):
    order = random.permutation(n)
    return [order[a:size] for a in range(0, n, size)]
"""),
    "counting from one": ("batches", 3, """
def batches(n, size, random):
    order = random.permutation(n)[1:]
    return [order[a : a + size] for a in range(0, len(order), size)]
"""),
}  # fmt: skip

SLIPS = {
    "Does it lack its return?": ("mse-gradient", "def gradient(w, b, x, y):\n    e = w * x + b - y\n"),
    "fewer results": ("mse-gradient", "def gradient(w, b, x, y):\n    return 2 * ((w * x + b - y) * x).mean()\n"),
    "in another order": (
        "mse-gradient", "def gradient(w, b, x, y):\n    e = w * x + b - y\n    return 2 * e.mean(), 2 * (e * x).mean()\n"
    ),
    "twice what is wanted": (
        "mse-gradient", "def gradient(w, b, x, y):\n    e = w * x + b - y\n    return 4 * (e * x).mean(), 4 * e.mean()\n"
    ),
    "of the size of rounding": (
        "mse-gradient",
        "def gradient(w, b, x, y):\n    e = w * x + b - y\n    return round(2 * (e * x).mean(), 4), round(2 * e.mean(), 4)\n",
    ),
    "one number for each example": (
        "mse-gradient", "def gradient(w, b, x, y):\n    e = w * x + b - y\n    return 2 * e * x, 2 * e\n"
    ),
    "changes its argument theta": (
        "adam-step",
        ADAM + "    m = beta1 * m + (1 - beta1) * g\n    s = beta2 * s + (1 - beta2) * g**2\n"
        "    theta -= lr * m / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + eps)\n    return theta, m, s\n",
    ),
    "function returns fewer results": (
        "momentum-step", "def step(theta, g, v, t, lr, beta=0.9):\n    return theta + beta * v - lr * g\n"
    ),
    "the shape": ("softmax", "def softmax(z):\n    return z[0]\n"),
}  # fmt: skip


def check(judge: Judge, exercise: Exercise, source: str) -> Verdict:
    return judge.check(exercise, source)


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_program_in_other_words_passes(name: str, judge: Judge, exercises: Exercises) -> None:
    exercise, source = RIGHT[name]
    verdict = check(judge, exercises[exercise], source)
    assert verdict.passed, verdict.headline
    assert verdict.passed_count == len(verdict.cases) >= 4


@pytest.mark.parametrize("name", MISTAKES)
def test_a_listed_mistake_in_other_words_is_recognised(name: str, judge: Judge, exercises: Exercises) -> None:
    exercise_id, number, source = MISTAKES[name]
    exercise = exercises[exercise_id]
    verdict = check(judge, exercise, source)
    assert verdict.reason is Reason.MISTAKE, verdict.headline
    assert verdict.mistakes == (exercise.mistakes[number].name,)
    assert exercise.mistakes[number].feedback.split("\n", maxsplit=1)[0] in verdict.headline


def test_two_mistakes_at_once_are_told_both(judge: Judge, exercises: Exercises) -> None:
    source = "def gradient(w, b, x, y):\n    e = y - w * x - b\n    return e @ x / len(x), e.mean()\n"
    verdict = check(judge, exercises["mse-gradient"], source)
    assert verdict.mistakes == tuple(exercises["mse-gradient"].mistakes[number].name for number in (0, 1))
    assert "Two things at once" in verdict.headline


@pytest.mark.parametrize("said", SLIPS)
def test_a_slip_is_told_by_its_numbers(said: str, judge: Judge, exercises: Exercises) -> None:
    exercise, source = SLIPS[said]
    verdict = check(judge, exercises[exercise], source)
    assert not verdict.passed
    assert said.lower() in verdict.headline.lower()


def test_which_of_several_results_is_right_is_told(judge: Judge, exercises: Exercises) -> None:
    source = "def gradient(w, b, x, y):\n    e = w * x + b - y\n    return (e * x).sum() + 1, 2 * e.mean()\n"
    verdict = check(judge, exercises["mse-gradient"], source)
    assert verdict.results == "Right: result 2. Not yet: result 1."
    assert any(line.startswith("  wanted") for line in verdict.lines())
    assert len(verdict.lines()) <= 10


@pytest.mark.parametrize(
    ("source", "reason", "said"),
    [
        ("def softmax(z):\n    return (z\n", Reason.NOT_LOADED, "Line 2: This is not valid Python yet"),
        ("def soft(z):\n    return z\n", Reason.NOT_LOADED, "no function called softmax"),
        ("import tensorflow\n", Reason.NOT_LOADED, "Line 1: There is no module tensorflow"),
        ("def softmax(z):\n    e = np.exp(z - z.max(axis=1))\n    return e\n", Reason.RAISES, "keepdims=True"),
        ("def softmax(z):\n    open('/tmp/x', 'w')\n    return z\n", Reason.FORBIDDEN, "Line 2: An exercise may not write"),
        ("import math\ndef softmax(z):\n    return math.exp(z)\n", Reason.RAISES, "works on one number"),
    ],
)  # fmt: skip
def test_what_stops_a_program_is_told_with_its_line(
    judge: Judge, exercises: Exercises, source: str, reason: Reason, said: str
) -> None:
    verdict = check(judge, exercises["softmax"], source)
    assert verdict.reason is reason
    assert said in verdict.headline


def test_a_caught_attempt_to_write_does_not_pass(judge: Judge, exercises: Exercises) -> None:
    source = exercises["softmax"].solution.replace(
        "    e =", "    try:\n        open('/tmp/x', 'w')\n    except Exception:\n        pass\n    e =", 1
    )
    verdict = check(judge, exercises["softmax"], source)
    assert verdict.reason is Reason.FORBIDDEN
    assert verdict.explanation is not None
    assert verdict.explanation.line == 3


def test_cases_before_one_that_hangs_count(judge: Judge, exercises: Exercises) -> None:
    quick = replace(exercises["softmax"], options=ExerciseOptions(seconds=1.0))
    source = quick.solution.replace("    e =", "    while len(z) == 2:\n        pass\n    e =", 1)
    verdict = check(judge, quick, source)
    assert verdict.reason is Reason.RAISES
    assert verdict.cases[0].passed
    assert verdict.passed_count == 1
    assert "(case “two rows”)" in verdict.headline


@pytest.mark.parametrize(
    ("options", "source", "said", "line"),
    [
        (ExerciseOptions(forbid=("for",)), "def softmax(z):\n    r = [row for row in z]\n", "without for", 4),
        (ExerciseOptions(forbid=("np.exp",)), "", "without np.exp", 2),
        (ExerciseOptions(lines=1), "", "has 2 lines, and 1 are enough", 1),
    ],
)
def test_the_rules_of_a_puzzle_are_held(
    judge: Judge, exercises: Exercises, options: ExerciseOptions, source: str, said: str, line: int
) -> None:
    exercise = exercises["softmax"]
    program = exercise.solution if not source else exercise.solution + "\n" + source.replace("softmax", "other")
    verdict = check(judge, replace(exercise, options=options), program)
    assert verdict.reason is Reason.RULE
    assert said in verdict.headline
    assert verdict.explanation is not None
    assert verdict.explanation.line == (line if not source else 6)


def test_a_program_that_is_too_long_for_the_rules_does_not_pass_by_them(exercises: Exercises) -> None:
    puzzle = replace(exercises["softmax"], options=ExerciseOptions(forbid=("np.exp",)))
    long = puzzle.solution + "#" * LONGEST_PROGRAM
    assert "too long for its rules" in broken_rule(puzzle, long)[0]
    assert broken_rule(exercises["softmax"], long) == ("", 0)


def test_what_was_printed_is_shown_without_control_characters(judge: Judge, exercises: Exercises) -> None:
    source = exercises["softmax"].solution.replace("    e =", "    print('\\x1b[2J', z)\n    e =", 1)
    verdict = check(judge, exercises["softmax"], source)
    assert verdict.passed
    assert verdict.printed_count > 10
    assert "\x1b" not in "".join(verdict.lines())


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("batches", "    ...", "The function returns nothing."),
        ("k-fold", "    ...", "The function returns nothing."),
        ("batches", "    return random.permutation(n)[:size]", "A single array of shape (1,) came back."),
        ("k-fold", "    return np.arange(n), np.arange(n)", "One tuple of 2 values came back, not a list."),
        (
            "group-split",
            "    return np.where(groups > 6), np.where(groups < 6)",
            "looks like this, for example: ([2], [0, 1])",
        ),
    ],
)
def test_a_result_that_a_check_cannot_read_is_answered_by_its_form(
    judge: Judge, exercises: Exercises, name: str, body: str, said: str
) -> None:
    """Never with a line of the check, and the row of what is wanted holds an example."""
    exercise = exercises[name]
    signature = exercise.starter.partition("\n")[0]
    verdict = check(judge, exercise, f"{signature}\n{body}\n")
    assert said in verdict.headline
    assert verdict.reason is Reason.SLIP
    assert "Line" not in verdict.headline
    assert verdict.cases[0].wanted.startswith("for example ")


def test_between_two_whole_numbers_no_factor_and_no_relative_error_is_told(judge: Judge, exercises: Exercises) -> None:
    """In the first case epoch 4 is wanted and 8 returned, which is twice as much by chance only."""
    source = "def stop_at(losses, patience):\n    return {4: 8, 2: 4, 7: 14, 3: 6}.get(stop(losses, patience), 0)\n\n\n"
    verdict = check(
        judge, exercises["early-stop"], source + exercises["early-stop"].solution.replace("stop_at", "stop")
    )
    assert verdict.headline == "early-stop: 0 of 5 cases. The result differs."
    assert verdict.error == ""
