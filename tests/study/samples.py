"""Questions of every kind, made without a lesson file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tutor.course.conditions import parse
from tutor.course.lesson import (
    BLANK,
    Block,
    Content,
    LabFence,
    Lesson,
    Option,
    Options,
    Place,
    Prose,
    Question,
    Section,
)
from tutor.course.questions.fill_in import Blank, Blanks
from tutor.course.questions.match import Pair, Pairs
from tutor.course.questions.numeric import NumericAnswer
from tutor.study.question_attempt import QuestionAttempt

PLACE = Place(Path("lesson.md"), 1, 1)
LESSON = "sample-lesson"


def option(text: str, ticked: bool = False, feedback: str = "", when: str = "") -> Option:
    return Option(text, ticked, feedback, parse(when) if when else None, PLACE)


def question(id: str, kind: str, **more: object) -> Question:
    parts: dict[str, object] = {
        "title": f"Title of {id}", "prompt": f"Prompt of {id}.", "hints": (), "explanation": f"Why of {id}.",
        "content": Content(), "labs": (), "place": PLACE, "lesson_id": LESSON,
    } | more  # fmt: skip
    return Question(id=id, kind=kind, **parts)  # type: ignore[arg-type]


SINGLE = question(
    "single", "single",
    hints=("First hint.", "Second hint."),
    content=Options((
        option("The sum", feedback="That is the sum."), option("The mean", True, "Yes: divide by N."),
        option("The largest"), option("The smallest"),
    )),
)  # fmt: skip
MULTIPLE = question(
    "multiple", "multiple",
    content=Options((option("w", True), option("b", True), option("η", feedback="A person sets it."), option("N"))),
)  # fmt: skip
ORDERING = question("ordering", "ordering", content=Options(tuple(option(text) for text in "ABCD")))
FILL_IN = question(
    "fill-in", "fill-in",
    prompt=f"y = {BLANK} + w·x, where w is the {BLANK}.",
    content=Blanks((Blank(("bias", "偏置")), Blank(("weight", "权重")))),
)  # fmt: skip
NUMERIC = question("numeric", "numeric", content=NumericAnswer(0.71, 0.73, "0.72 ± 0.01"))
MATCH = question(
    "match", "match",
    content=Pairs(
        (Pair("a", "one", PLACE), Pair("b", "two", PLACE), Pair("c", "three", PLACE), Pair("d", "four", PLACE)),
        left_title="letter",
    ),
)  # fmt: skip
PREDICT = question(
    "predict", "single",
    labs=(LabFence("one-lag", "", {"optimizer.learning_rate": 5.0}, PLACE),),
    content=Options((
        option("It falls", when="not diverged and final.train_loss < 0.9", feedback="That needs a smaller step."),
        option("It flies away", True, when="diverged"),
    )),
)  # fmt: skip
COMPARE = question(
    "compare", "single",
    labs=(LabFence("one-lag", "a", {}, PLACE), LabFence("one-lag", "b", {"optimizer.name": "adam"}, PLACE)),
    content=Options((
        option("a wins", when="a.final.valid_loss < b.final.valid_loss"),
        option("b wins", True, when="b.final.valid_loss < a.final.valid_loss"),
    )),
)  # fmt: skip
MEASURE = question(
    "measure", "numeric", content=NumericAnswer(-1.1, -1.0, "-1.05 ± 0.05"), figure="final.w",
    labs=(LabFence("ball", "", {}, PLACE),),
)  # fmt: skip

EVERY = (SINGLE, MULTIPLE, ORDERING, FILL_IN, NUMERIC, MATCH, PREDICT)


def lesson(*blocks: Block, sections: tuple[Section, ...] = (), id: str = LESSON) -> Lesson:
    return Lesson(id, "Sample", 1, "en", (), 10, blocks, Path("lesson.md"), sections=sections)


def prose(lines: int = 10) -> Prose:
    return Prose("x" * 60 * lines, PLACE)


@dataclass
class Stopwatch:
    """A clock that only moves when it is told to."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def commit_wrong(exercise: QuestionAttempt) -> None:
    """Commit a wrong answer that has been given, and another wrong one if there is a second try."""
    assert exercise.commit()
    attempt = exercise.attempt
    if attempt.locked:
        return
    assert attempt.missed is not None
    for wrong in (at for at, option in enumerate(attempt.question.options) if not option.ticked):
        if wrong not in attempt.draft.chosen:
            attempt.choose(wrong)
            break
    else:
        attempt.write("77")
    assert exercise.commit()
    assert attempt.locked
