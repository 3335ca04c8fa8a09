"""From the key that commits an answer to its feedback on the screen, in a real pseudo-terminal.

    python -m tests.bench.answering [ANSWERS]

In a lesson: a wrong number is committed to the first question in the text of lesson 3, over and over. In the quiz and
in the review: one question after another of a course made for it, each with a hint, three options, what is said to
each, and a paragraph of why. Each time the answer is written to the disk and synced, its card worked out, and the
feedback painted. What is measured is the time until the bytes that show it have come; emulating the terminal is not
counted. Aim: 50 ms for 95 of 100.
"""

from __future__ import annotations

import select
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles

from tests.bench.keys import Taken, press_until
from tests.end_to_end.terminal import Terminal, terminal
from tutor.foundation import clock
from tutor.progress.records import Answer
from tutor.progress.store import open_store

_AIM = 50.0
_LESSON = """\
---
id: errors
title: "Errors"
needs: []
minutes: 5
---

How wrong is a guess?
"""
_QUESTION = """
## Mean of {number}

<!-- q: mean-{number} -->

Two errors are $0.4$ and ${number}.6$; the loss is the **mean** absolute error. Which number is it?

> Hint: The M stands for mean.

1. [ ] {number}.0, the sum of both
   > That is the sum: the mean divides by $N$.
2. [x] {number}.0 / 2
   > The sum of both, divided by two.
3. [ ] {number}.2, the difference
   > That is the difference: errors do not cancel.

<details><summary>Why</summary>

$\\text{{MAE}} = (|0.4| + |{number}.6|) / 2$. A sum would grow with the number of days, so that two data sets could not
be compared; the mean stays what it is. Each error counts by its size, whatever its sign.

</details>
"""


def course(folder: Path, questions: int) -> Path:
    """A lesson of ``questions`` questions under ``folder``."""
    (folder / "en").mkdir(parents=True)
    text = _LESSON + "".join(_QUESTION.format(number=number) for number in range(1, questions + 1))
    (folder / "en" / "01-errors.md").write_text(text, encoding="utf-8")
    return folder


def settle(screen: Terminal) -> None:
    """Wait until nothing is painted any more."""
    while select.select([screen.master], [], [], 0.2)[0]:
        screen.read()


def to_the_first_question(screen: Terminal) -> None:
    """Tab by tab, each with time enough to show where it leads: one too many would lead to the second question."""
    while "enter commit" not in screen.text:
        screen.press("tab")
        end = time.monotonic() + 3.0
        while "enter commit" not in screen.text and time.monotonic() < end:
            screen.read()


def in_a_lesson(count: int) -> list[Taken]:
    """One wrong number committed ``count`` times, each time taken up again by ``r``."""
    taken = []
    with tempfile.TemporaryDirectory() as home, terminal("3", TUTOR_HOME=home) as screen:
        screen.wait("You are on a hillside")
        settle(screen)
        to_the_first_question(screen)
        screen.press("tab")  # past the question that the lesson opens with
        screen.wait("Question 2")
        for _ in range(count):
            screen.press("7")
            screen.wait("7")
            settle(screen)
            taken += press_until(screen, b"\r", "your answer")
            screen.press("r")
            screen.wait("enter commit", absent="your answer")
    return taken


def one_after_another(screen: Terminal, count: int) -> list[Taken]:
    """The first option committed ``count`` times, each time with another question."""
    taken = []
    for _ in range(count):
        screen.press("1")
        screen.wait("◉")
        settle(screen)
        taken += press_until(screen, b"\r", "whatever its sign")
        settle(screen)
        screen.press("enter")
        screen.wait("○", absent="whatever its sign")
    return taken


def in_a_quiz(count: int) -> list[Taken]:
    """The quiz of a lesson with more questions than are answered."""
    with tempfile.TemporaryDirectory() as name:
        lessons = course(Path(name) / "lessons", count + 1)
        with terminal(TUTOR_HOME=name, TUTOR_LESSONS=str(lessons)) as screen:
            screen.wait("Errors", "? help")
            screen.press("t")
            screen.wait("enter commit")
            return one_after_another(screen, count)


def in_a_review(count: int) -> list[Taken]:
    """A review of as many questions, each of them missed twice before."""
    with tempfile.TemporaryDirectory() as name:
        lessons = course(Path(name) / "lessons", count + 1)
        store = open_store(Path(name) / "progress.sqlite3").store
        for days in (9, 3):
            for number in range(1, count + 2):
                at = clock.utc_now() - timedelta(days=days)
                store.record_answer(Answer("errors", f"mean-{number}", "single", (0,), correct=False, at=at))
        store.close()
        with terminal(TUTOR_HOME=name, TUTOR_LESSONS=str(lessons)) as screen:
            screen.wait("Errors", "? help")
            screen.press("r")
            screen.wait("due")
            screen.press("a")
            screen.wait("enter commit")
            return one_after_another(screen, count)


def tell(where: str, taken: list[Taken]) -> None:
    """How long it took, and how much of it the program computed."""
    p95, computing = (quantiles(each, n=20)[-1] for each in zip(*((t.wall, t.computing) for t in taken), strict=True))
    print(
        f"{where:<12} {len(taken)} answers to feedback painted: median {median(t.wall for t in taken):.1f} ms, "
        f"p95 {p95:.1f} ms ({p95 / _AIM:.2f} of the aim); computing {median(t.computing for t in taken):.1f} ms, "
        f"p95 {computing:.1f} ms"
    )


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    for where, measure in (("in a lesson", in_a_lesson), ("in a quiz", in_a_quiz), ("in a review", in_a_review)):
        tell(where, measure(count))


if __name__ == "__main__":
    main()
