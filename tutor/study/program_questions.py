"""Questions about a program with one of the listed mistakes in it: which line is wrong, and what comes of it.

So an exercise comes back in reviews without being written anew, and every listed mistake is a question that nobody had
to write.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import blake2b
from pathlib import Path

from tutor.course.lesson import Exercise, Mistake, Option, Options, Place, Question
from tutor.course.questions.multiple import MULTIPLE
from tutor.course.questions.single import SINGLE
from tutor.foundation.markdown import fenced, inline_code
from tutor.foundation.translate import translate
from tutor.progress.renames import program_key

_NOWHERE = Place(Path())
_MOST_OPTIONS = 6
_ASKS = {
    (False, False): "review.line-wrong",
    (False, True): "review.lines-wrong",
    (True, False): "review.line-missing",
    (True, True): "review.lines-missing",
}
"""What is asked, by whether lines are missing, and whether there are several answers."""


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Which lines of a program are wrong.

    Args:
        lines: Their numbers, from 0; none of them is blank.
        is_gap: Whether something is missing behind these lines instead.
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
    options = tuple(Option(inline_code(each.name), False, each.feedback, None, _NOWHERE) for each in exercise.mistakes)
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
    shown, right = fenced("\n".join(program), "python"), fenced(exercise.solution.strip("\n"), "python")
    return Question(
        id=program_key(exercise.id, blake2b(mistake.name.encode(), digest_size=4).hexdigest()),
        kind=(MULTIPLE if several else SINGLE).name, title=exercise.title,
        prompt=f"{exercise.task}\n\n{shown}\n\n{translate(_ASKS[wrong.is_gap, several])}", hints=(),
        explanation=f"{mistake.feedback}\n\n{translate('review.right-program')}\n\n{right}",
        content=Options(options), labs=(), place=_NOWHERE, lesson_id=exercise.lesson_id, variant_of=exercise.id,
    )  # fmt: skip


def _lines(program: str) -> list[str]:
    return [line.rstrip() for line in program.strip("\n").split("\n")]


def _wrong_lines(solution: Sequence[str], program: Sequence[str]) -> _Wrong | None:
    """Return the lines of ``program`` that differ from the solution; None if there are none to point at."""
    lines: list[int] = []
    gaps: list[int] = []
    for kind, _, _, start, end in SequenceMatcher(None, solution, program, autojunk=False).get_opcodes():
        if kind == "delete":
            gaps += [number for number in range(start) if program[number].strip()][-1:]
        elif kind != "equal":
            lines += [number for number in range(start, end) if program[number].strip()]
    if lines:
        return _Wrong(tuple(lines), is_gap=False)
    return _Wrong(tuple(gaps), is_gap=True) if gaps else None


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
        Option(inline_code(each), each in asked, "" if each in asked else said, None, _NOWHERE)
        for each in dict.fromkeys(line.strip() for line in program)
        if each in kept
    )
