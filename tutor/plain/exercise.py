"""``tutor exercise``: list the exercises in code, or check one, as lines of text."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.course.catalogue import Course
from tutor.course.exercises.finding import FoundExercise, find_exercises
from tutor.course.exercises.line_order import line_order_question
from tutor.course.lesson import Exercise
from tutor.course.source import is_identifier
from tutor.exercises.files import joined_files, read_program
from tutor.exercises.judge import Judge
from tutor.exercises.mine import train_command
from tutor.exercises.session import ExerciseSession, passed_source
from tutor.exercises.verdict import Verdict
from tutor.foundation import paths
from tutor.foundation.editor import editor_command, editor_not_started
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import named_path
from tutor.foundation.safe_text import harmless, harmless_json, harmless_line
from tutor.foundation.suggest import nearest
from tutor.foundation.text import pad, wrapped
from tutor.foundation.translate import language, translate
from tutor.plain.asking import Asker
from tutor.plain.progress import closing_progress
from tutor.sandbox.sandbox import Sandbox
from tutor.study.attempt import TRIES, Attempt
from tutor.study.course_store import open_course_store
from tutor.study.question_attempt import AttemptContext, QuestionAttempt
from tutor.study.quiz_session import new_seed
from tutor.typeset.page import plain_lines

if TYPE_CHECKING:
    from tutor.progress.store import ProgressStore

EVERY = 0.25
"""Seconds between two looks at the file."""
_WIDTH = 76


class Wish(StrEnum):
    """What to do with an exercise besides checking it, or instead of that."""

    CHECK = "check"
    WATCH = "watch"
    EDIT = "edit"
    HINT = "hint"
    SOLUTION = "solution"
    RESET = "reset"
    COPY_MINE = "copy-mine"
    ORDER = "order"


def list_exercises(*, as_json: bool = False) -> int:
    """Print every exercise: its id, its lesson, how it stands, and the learner's file.

    Returns:
        The exit code, 0.
    """
    with _judge() as judge:
        sessions = [(found, _session(found, judge)) for found in _all()]
    if as_json:
        print(_as_json([_facts(found, session) for found, session in sessions]))
        return int(ExitCode.OK)
    if not sessions:
        print(translate("exercise.none"))
    width = max((len(found.exercise.id) for found, _ in sessions), default=0)
    for found, session in sessions:
        state = translate(_STATES[_state(session)])
        lesson = f"{found.lesson.number:2d} {found.lesson.id}"
        print(harmless_line(f"{pad(found.exercise.id, width)} {pad(lesson, 26)} {pad(state, 10)} {session.file.path}"))
    return int(ExitCode.OK)


def check_exercise(name: str, wish: Wish = Wish.CHECK, *, file: str | None = None, as_json: bool = False) -> int:
    """Check the learner's file of an exercise, or another file; make it first if there is none.

    Args:
        name: The id of the exercise.
        wish: What to do besides.
        file: The file to check instead; then nothing is recorded.
        as_json: Whether to print JSON.

    Returns:
        0 if it passed, 1 if not.

    Raises:
        TutorError: There is no such exercise, or a file cannot be read or written.
    """
    course = Course(paths.lessons_folder())
    found = _named(course, name)
    with _judge() as judge:
        if file is not None:
            verdict = judge.check(found.exercise, _program_at(named_path(file), found.exercise))
            _say(verdict, as_json)
            return _code(verdict)
        opened = open_course_store(course)
        for notice in opened.notices:
            print(harmless_line(notice), file=sys.stderr)
        with closing_progress(opened.store):
            if wish is Wish.ORDER:
                return _order(found, opened.store)
            session = ExerciseSession(found.exercise, paths.exercises_folder(), judge, opened.store)
            return _WISHES[wish](found, session, as_json)


def _check(found: FoundExercise, session: ExerciseSession, as_json: bool) -> int:
    session.file.make(found.lesson.title)
    if not as_json:
        _introduce(found, session)
    return _checked(session, as_json)


def _checked(session: ExerciseSession, as_json: bool) -> int:
    verdict = session.check()
    assert verdict is not None  # noqa: S101 - a new session has checked nothing yet
    _say(verdict, as_json)
    if not as_json:
        _say_how_to_train(session.exercise, verdict)
    return _code(verdict)


def _say_how_to_train(exercise: Exercise, verdict: Verdict) -> None:
    command = train_command(exercise)
    if verdict.passed and command:
        print(harmless_line(translate("exercise.see-it-train", command=command)), flush=True)


def _watch(found: FoundExercise, session: ExerciseSession, as_json: bool) -> int:
    """Print a verdict now and after every save, until Ctrl-C."""
    session.file.make(found.lesson.title)
    if not as_json:
        _introduce(found, session)
        print(translate("exercise.watching"))
    seen = checked = None
    while True:
        stamp = session.file.stamp()
        # Twice the same, so that a file that is being written is not checked half.
        if stamp is not None and stamp == seen and stamp != checked:
            checked = stamp
            try:
                verdict = session.check()
            except TutorError as error:
                print(error, flush=True)
                verdict = None
            if verdict is not None:
                _say(verdict, as_json)
                if not as_json:
                    _say_how_to_train(session.exercise, verdict)
        seen = stamp
        time.sleep(EVERY)


def _edit(found: FoundExercise, session: ExerciseSession, as_json: bool) -> int:
    session.file.make(found.lesson.title)
    command = editor_command()
    try:
        subprocess.run([*command, *map(str, session.file.paths)], check=False)
    except (OSError, ValueError) as error:
        raise editor_not_started(command[0], getattr(error, "strerror", None) or str(error)) from error
    return _checked(session, as_json)


def _hint(found: FoundExercise, session: ExerciseSession, as_json: bool) -> int:
    hint = session.next_hint()
    if as_json:
        print(_as_json({"hint": hint, "given": len(session.hints), "all": len(found.exercise.hints)}))
    elif hint is None:
        print(translate("exercise.no-more-hints"))
    else:
        said = translate("exercise.hint", number=len(session.hints), all=len(found.exercise.hints), hint=hint)
        print("\n".join(plain_lines(said, _WIDTH)))
    return int(ExitCode.OK)


def _solution(found: FoundExercise, session: ExerciseSession, as_json: bool) -> int:
    if not session.may_see_solution:
        print(translate("exercise.solution-not-yet", count=session.versions_until_solution))
        return int(ExitCode.FAULTS_FOUND)
    is_asked = not session.has_passed and sys.stdin.isatty() and not as_json
    if is_asked and input(translate("exercise.solution-really")).strip().casefold() not in {"y", "yes"}:
        return int(ExitCode.FAULTS_FOUND)
    session.see_solution()
    if as_json:
        print(_as_json({"solution": found.exercise.solution, "why": found.exercise.why}))
    else:
        print(harmless(found.exercise.solution).rstrip() + "\n")
        print("\n".join(plain_lines(found.exercise.why, _WIDTH)))
    return int(ExitCode.OK)


def _reset(found: FoundExercise, session: ExerciseSession, as_json: bool) -> int:
    kept = session.reset(found.lesson.title)
    if as_json:
        print(_as_json({"kept": str(kept) if kept is not None else None, "file": str(session.file.path)}))
    else:
        said = translate("exercise.reset", path=kept) if kept is not None else translate("exercise.reset-new")
        print(harmless_line(said))
    return int(ExitCode.OK)


def _copy_mine(found: FoundExercise, session: ExerciseSession, as_json: bool) -> int:
    """Copy the learner's programs of earlier exercises beside the files of this one."""
    session.file.make(found.lesson.title)
    names = found.exercise.options.copies
    earlier = {each.exercise.id: each.exercise for each in _all() if each.exercise.id in names}
    folder = paths.exercises_folder()
    programs = {name: source for name in earlier if (source := passed_source(earlier[name], folder)) is not None}
    added = session.file.copy_in(programs)
    if as_json:
        print(_as_json({"copied": [f"{name}.py" for name in added]}))
    elif added:
        files = ", ".join(f"{name}.py" for name in added)
        print(harmless_line(translate("exercise.copied-in", names=files, first=added[0])))
    elif names:
        print(harmless_line(translate("exercise.nothing-to-copy", names=", ".join(names))))
    else:
        print(translate("exercise.nothing-to-copy-here"))
    return int(ExitCode.OK)


def _program_at(path: Path, exercise: Exercise) -> str:
    """The program of a file, or of a folder with the files of an exercise of several."""
    return joined_files(path, exercise.files) if exercise.files and path.is_dir() else read_program(path)


def _order(found: FoundExercise, store: ProgressStore) -> int:
    """Ask for the order of the solution's lines. The answer is kept, and comes back in reviews as a question."""
    if found.exercise.files:
        raise TutorError(translate("exercise.order-files"), exit_code=ExitCode.USAGE)
    attempt = Attempt(line_order_question(found.exercise), new_seed(), tries=TRIES)
    asker = Asker(None, None)
    asker.ask(QuestionAttempt(attempt, AttemptContext(store)), translate("exercise.order-lines"))
    asker.say(*store.take_notices())
    verdict = attempt.verdict
    return int(ExitCode.OK if verdict is not None and verdict.correct else ExitCode.FAULTS_FOUND)


_WISHES = {
    Wish.CHECK: _check,
    Wish.WATCH: _watch,
    Wish.EDIT: _edit,
    Wish.HINT: _hint,
    Wish.SOLUTION: _solution,
    Wish.RESET: _reset,
    Wish.COPY_MINE: _copy_mine,
}
_STATES = {"open": "exercise.state-open", "begun": "exercise.state-begun", "passed": "exercise.state-passed"}


def _all() -> list[FoundExercise]:
    return list(find_exercises(Course(paths.lessons_folder()), language()))


def exercise_ids() -> list[str]:
    """Return the ids of all exercises, for completion; nothing if there is no course."""
    try:
        return [found.exercise.id for found in _all()]
    except TutorError:
        return []


def _named(course: Course, name: str) -> FoundExercise:
    found = next(find_exercises(course, language(), name), None) if is_identifier(name) else None
    if found is not None:
        return found
    near = nearest(name, exercise_ids())
    hint = translate("app.did-you-mean", name=near) if near else translate("exercise.no-such-hint")
    raise TutorError(translate("exercise.no-such", id=name), hint=hint, exit_code=ExitCode.USAGE)


@contextmanager
def _judge() -> Iterator[Judge]:
    with Sandbox() as sandbox:
        yield Judge(sandbox)


def _session(found: FoundExercise, judge: Judge) -> ExerciseSession:
    return ExerciseSession(found.exercise, paths.exercises_folder(), judge)


def _state(session: ExerciseSession) -> str:
    return "passed" if session.has_passed else "begun" if session.file.exists else "open"


def _facts(found: FoundExercise, session: ExerciseSession) -> dict[str, object]:
    return {
        "exercise": found.exercise.id,
        "lesson": found.lesson.id,
        "state": _state(session),
        "file": str(session.file.path),
        "versions": len(session.versions()),
        "hints": len(session.hints),
    }


def _introduce(found: FoundExercise, session: ExerciseSession) -> None:
    print("\n".join(plain_lines(f"**{found.exercise.title}**\n\n{found.exercise.task}", _WIDTH)))
    print("\n".join(wrapped(harmless_line(translate("exercise.file", path=session.file.path)), _WIDTH)))
    print()


def _say(verdict: Verdict, as_json: bool) -> None:
    if as_json:
        print(_as_json(_verdict_facts(verdict)), flush=True)
        return
    for line in verdict.lines():
        print(harmless_line(line), flush=True)


def _verdict_facts(verdict: Verdict) -> Mapping[str, object]:
    stopped = verdict.explanation
    return {
        "exercise": verdict.exercise,
        "passed": verdict.passed,
        "reason": verdict.reason.value,
        "said": verdict.said,
        "mistakes": list(verdict.mistakes),
        "line": stopped.line if stopped is not None and stopped.line else None,
        "cases": [
            {"name": each.name, "passed": each.passed, "inputs": each.inputs, "wanted": each.wanted, "got": each.got}
            for each in verdict.cases
        ],
        "results": verdict.results,
        "printed": verdict.printed,
        "printed_count": verdict.printed_count,
        "seconds": round(verdict.seconds, 4),
    }


def _code(verdict: Verdict) -> int:
    return int(ExitCode.OK if verdict.passed else ExitCode.FAULTS_FOUND)


def _as_json(value: object) -> str:
    return harmless_json(json.dumps(value, ensure_ascii=False))
