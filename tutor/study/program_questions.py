"""Questions about a program with one of the listed mistakes in it: which line is wrong, and what comes of it.

So an exercise comes back in reviews without being written anew, and every listed mistake is a question that nobody had
to write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import blake2b
from pathlib import Path

from tutor.course.lesson import Exercise, Mistake, Option, Options, Place, Question
from tutor.course.questions.multiple import MULTIPLE
from tutor.course.questions.single import SINGLE
from tutor.foundation.translate import translate
from tutor.progress.renames import program_key

_NOWHERE = Place(Path())
_MOST_OPTIONS = 6
_TICKS = re.compile("`+")


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Which lines of a program are wrong.

    Args:
        lines: Their numbers, from 0.
        is_gap: Whether something is missing behind the line instead.
    """

    lines: tuple[int, ...]
    is_gap: bool


def program_questions(exercise: Exercise) -> list[Question]:
    """Return the questions about an exercise, in the order of its mistakes.

    A mistake that leaves no right line to tell the wrong one from makes no question.
    """
    return list(_questions(exercise))


def mistakes_as_question(exercise: Exercise) -> Question:
    """Return an exercise as a question whose wrong options are its listed mistakes."""
    options = tuple(Option(_code(each.name), False, each.feedback, None, _NOWHERE) for each in exercise.mistakes)
    return Question(
        id=exercise.id, kind=SINGLE.name, title=exercise.title, prompt=exercise.task, hints=exercise.hints,
        explanation=exercise.why, content=Options(options), labs=(), place=exercise.place, lesson_id=exercise.lesson_id,
    )  # fmt: skip


def _questions(exercise: Exercise) -> Iterator[Question]:
    solution = _lines(exercise.solution)
    for mistake in exercise.mistakes:
        program = _lines(mistake.source)
        wrong = _wrong_lines(solution, program)
        if wrong is None:
            continue
        options = _options(program, wrong)
        if sum(each.ticked for each in options) < len(options):
            yield _question(exercise, mistake, program, wrong, options)


def _question(
    exercise: Exercise, mistake: Mistake, program: Sequence[str], wrong: _Wrong, options: tuple[Option, ...]
) -> Question:
    several = sum(each.ticked for each in options) > 1
    asks = "review.line-missing" if wrong.is_gap else "review.lines-wrong" if several else "review.line-wrong"
    return Question(
        id=program_key(exercise.id, blake2b(mistake.name.encode(), digest_size=4).hexdigest()),
        kind=(MULTIPLE if several else SINGLE).name, title=exercise.title,
        prompt=f"{exercise.task}\n\n{_fenced(program)}\n\n{translate(asks)}", hints=(),
        explanation=f"{mistake.feedback}\n\n{translate('review.right-program')}\n\n{_fenced(_lines(exercise.solution))}",
        content=Options(options), labs=(), place=_NOWHERE, lesson_id=exercise.lesson_id, variant_of=exercise.id,
    )  # fmt: skip


def _lines(program: str) -> list[str]:
    return [line.rstrip() for line in program.strip("\n").split("\n")]


def _wrong_lines(solution: Sequence[str], program: Sequence[str]) -> _Wrong | None:
    """Return the lines of ``program`` that differ from the solution; None if there are none."""
    lines: list[int] = []
    gap = -1
    for kind, _, _, start, end in SequenceMatcher(None, solution, program, autojunk=False).get_opcodes():
        if kind == "delete":
            gap = max(0, start - 1)
        elif kind != "equal":
            lines += [number for number in range(start, end) if program[number].strip()]
    if lines:
        return _Wrong(tuple(lines), is_gap=False)
    return _Wrong((gap,), is_gap=True) if gap >= 0 else None


def _options(program: Sequence[str], wrong: _Wrong) -> tuple[Option, ...]:
    """Return the wrong lines and the lines around them, in the order of the program, each text only once."""
    asked = {program[number].strip() for number in wrong.lines}
    near = sorted(
        (number for number in range(len(program)) if program[number].strip()),
        key=lambda number: min(abs(number - each) for each in wrong.lines),
    )
    chosen = dict.fromkeys(program[number].strip() for number in near)
    kept = [*asked, *(each for each in chosen if each not in asked)][: max(_MOST_OPTIONS, len(asked) + 1)]
    said = translate("review.line-is-right")
    return tuple(
        Option(_code(each), each in asked, "" if each in asked else said, None, _NOWHERE)
        for each in dict.fromkeys(line.strip() for line in program)
        if each in kept
    )


def _code(line: str) -> str:
    """A line as inline code."""
    longest = max(map(len, _TICKS.findall(line)), default=0)
    ticks = "`" * (longest + 1)
    return f"{ticks} {line} {ticks}" if longest else f"`{line}`"


def _fenced(lines: Sequence[str]) -> str:
    fence = "~" * (max((len(line) for line in lines if line.strip() and not line.strip().strip("~")), default=2) + 1)
    return "\n".join([f"{fence}python", *lines, fence])
