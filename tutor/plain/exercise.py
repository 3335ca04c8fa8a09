"""``tutor exercise``: list the exercises in code, or check one, as lines of text."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.course.catalogue import Course
from tutor.course.exercises.finding import FoundExercise, find_exercise, find_exercises
from tutor.course.exercises.line_order import line_order_question
from tutor.course.exercises.project import has_project
from tutor.course.lesson import Exercise
from tutor.course.packs.installed import open_course
from tutor.exercises.files import ExerciseFile, joined_files, read_program
from tutor.exercises.memory import Standing, load_memory, memory_file, standing_of
from tutor.exercises.mine import train_command
from tutor.exercises.save_watch import EVERY, SaveWatch
from tutor.exercises.session import ExerciseSession, passed_source
from tutor.exercises.verdict import Verdict
from tutor.foundation import paths
from tutor.foundation.editor import editor_command, editor_not_started
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import named_path
from tutor.foundation.safe_text import harmless, harmless_line, json_line
from tutor.foundation.suggest import nearest
from tutor.foundation.text import cell_width, pad, wrapped
from tutor.foundation.translate import language, translate
from tutor.plain.asking import Asker, named
from tutor.plain.progress import closing_progress
from tutor.study.attempt import TRIES, Attempt
from tutor.study.course_store import open_course_store
from tutor.study.question_attempt import AttemptContext, QuestionAttempt
from tutor.study.quiz_session import new_seed
from tutor.typeset.page import is_read_aloud, plain_lines
from tutor.typeset.speech import spoken_text

if TYPE_CHECKING:
    from tutor.exercises.judge import Judge
    from tutor.progress.store import ProgressStore

_WIDTH = 76
_OF_PROGRAM = re.compile(r" {1,12}[0-9]{0,9} {0,12}│ ")
_ROW = re.compile(r"  \S{1,12} {1,12}")
"""The name of a row of a verdict, such as its case, in front of the text."""


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
    every = _all()
    if as_json:
        print(json_line([_facts(found) for found in every]))
        return int(ExitCode.OK)
    if not every:
        print(translate("exercise.none"))
    width = max((len(found.exercise.id) for found in every), default=0)
    folder = paths.exercises_folder()
    for found in every:
        name = found.exercise.id
        state = translate(_STATES[standing_of(folder, name)])
        lesson = f"{found.lesson.number:2d} {found.lesson.id}"
        path = ExerciseFile(found.exercise, folder).path
        print(harmless_line(f"{pad(name, width)} {pad(lesson, 26)} {pad(state, 10)} {path}"))
    if has_project(open_course(), language()):
        print(f"\n{translate('project.listed')}")
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
    course = open_course()
    found = _named(course, name)
    with new_judge() as judge:
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
    _say_and_how_to_train(session.exercise, verdict, as_json)
    return _code(verdict)


def _say_and_how_to_train(exercise: Exercise, verdict: Verdict, as_json: bool) -> None:
    """Print a verdict and, after a pass, the command that trains the lab of the exercise."""
    _say(verdict, as_json)
    command = train_command(exercise)
    if verdict.passed and command and not as_json:
        print(harmless_line(translate("exercise.see-it-train", command=command)), flush=True)


def _watch(found: FoundExercise, session: ExerciseSession, as_json: bool) -> int:
    """Print a verdict now and after every save, until Ctrl-C."""
    session.file.make(found.lesson.title)
    if not as_json:
        _introduce(found, session)
        print(translate("exercise.watching"))
    watch = SaveWatch(session.file)
    while True:
        if watch.has_news():
            try:
                verdict = session.check()
            except TutorError as error:
                print(error, flush=True)
                verdict = None
            if verdict is not None:
                _say_and_how_to_train(session.exercise, verdict, as_json)
        time.sleep(EVERY)


def _edit(found: FoundExercise, session: ExerciseSession, as_json: bool) -> int:
    session.file.make(found.lesson.title)
    edit(session.file.paths)
    return _checked(session, as_json)


def edit(paths: Sequence[Path]) -> None:
    """Open files in the learner's editor, and wait until they leave it.

    Raises:
        TutorError: There is no editor, or it cannot be started.
    """
    command = editor_command()
    try:
        subprocess.run([*command, *map(str, paths)], check=False)
    except (OSError, ValueError) as error:
        raise editor_not_started(command[0], getattr(error, "strerror", None) or str(error)) from error


def _hint(found: FoundExercise, session: ExerciseSession, as_json: bool) -> int:
    hint = session.next_hint()
    if as_json:
        print(json_line({"hint": hint, "given": len(session.hints), "all": len(found.exercise.hints)}))
    else:
        print("\n".join(hint_lines(session, hint)))
    return int(ExitCode.OK)


def hint_lines(session: ExerciseSession, hint: str | None) -> list[str]:
    """The hint that was given last, or that there are no more."""
    if hint is None:
        return [translate("exercise.no-more-hints")]
    count = len(session.exercise.hints)
    return plain_lines(translate("exercise.hint", number=len(session.hints), all=count, hint=hint), _WIDTH)


def _solution(found: FoundExercise, session: ExerciseSession, as_json: bool) -> int:
    if not session.may_see_solution:
        print(translate("exercise.solution-not-yet", count=session.versions_until_solution))
        return int(ExitCode.FAULTS_FOUND)
    is_asked = not session.has_passed and sys.stdin.isatty() and not as_json
    if is_asked and input(translate("exercise.solution-really")).strip().casefold() not in {"y", "yes"}:
        return int(ExitCode.FAULTS_FOUND)
    session.see_solution()
    if as_json:
        print(json_line({"solution": found.exercise.solution, "why": found.exercise.why}))
    else:
        print("\n".join(solution_lines(found.exercise)))
    return int(ExitCode.OK)


def solution_lines(exercise: Exercise) -> list[str]:
    """The solution, and why it is one."""
    return [*harmless(exercise.solution).rstrip().split("\n"), "", *plain_lines(exercise.why, _WIDTH)]


def _reset(found: FoundExercise, session: ExerciseSession, as_json: bool) -> int:
    kept = session.reset(found.lesson.title)
    if as_json:
        print(json_line({"kept": str(kept) if kept is not None else None, "file": str(session.file.path)}))
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
        print(json_line({"copied": [f"{name}.py" for name in added]}))
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
    verdict = ask_for_order(Asker(None, None), found.exercise, store).verdict
    return int(ExitCode.OK if verdict is not None and verdict.correct else ExitCode.FAULTS_FOUND)


def ask_for_order(asker: Asker, exercise: Exercise, store: ProgressStore) -> Attempt:
    """Ask for the order of the solution's lines. Returns the attempt, which may not have an answer."""
    attempt = Attempt(line_order_question(exercise), new_seed(), tries=TRIES)
    asker.ask(QuestionAttempt(attempt, AttemptContext(store)), translate("exercise.order-lines"))
    asker.say(*store.take_notices())
    return attempt


_WISHES = {
    Wish.CHECK: _check,
    Wish.WATCH: _watch,
    Wish.EDIT: _edit,
    Wish.HINT: _hint,
    Wish.SOLUTION: _solution,
    Wish.RESET: _reset,
    Wish.COPY_MINE: _copy_mine,
}
_STATES = {
    Standing.OPEN: "exercise.state-open",
    Standing.BEGUN: "exercise.state-begun",
    Standing.PASSED: "exercise.state-passed",
}


def _all() -> list[FoundExercise]:
    return list(find_exercises(open_course(), language()))


def exercise_ids() -> list[str]:
    """Return the ids of all exercises, for completion; nothing if there is no course."""
    try:
        return [found.exercise.id for found in _all()]
    except TutorError:
        return []


def _named(course: Course, name: str) -> FoundExercise:
    found = find_exercise(course, language(), name)
    if found is not None:
        return found
    near = nearest(name, exercise_ids())
    hint = translate("app.did-you-mean", name=near) if near else translate("exercise.no-such-hint")
    raise TutorError(translate("exercise.no-such", id=name), hint=hint, exit_code=ExitCode.USAGE)


@contextmanager
def new_judge() -> Iterator[Judge]:
    """A judge, and the processes in which it runs programs, which are ended afterwards."""
    from tutor.exercises.judge import Judge  # late, because listing and completing must not wait for NumPy
    from tutor.sandbox.sandbox import Sandbox

    with Sandbox() as sandbox:
        yield Judge(sandbox)


def _facts(found: FoundExercise) -> dict[str, object]:
    exercise, folder = found.exercise, paths.exercises_folder()
    file = ExerciseFile(exercise, folder)
    return {
        "exercise": exercise.id,
        "lesson": found.lesson.id,
        "state": standing_of(folder, exercise.id).value,
        "file": str(file.path),
        "versions": len(file.versions()),
        "hints": min(load_memory(memory_file(folder, exercise.id)).hints, len(exercise.hints)),
    }


def _introduce(found: FoundExercise, session: ExerciseSession) -> None:
    print("\n".join(plain_lines(f"**{found.exercise.title}**\n\n{found.exercise.task}", _WIDTH)))
    print("\n".join(wrapped(harmless_line(translate("exercise.file", path=session.file.path)), _WIDTH)))
    print()


def _say(verdict: Verdict, as_json: bool) -> None:
    if as_json:
        print(json_line(_verdict_facts(verdict)), flush=True)
        return
    for line in verdict_lines(verdict):
        print(line, flush=True)


def verdict_lines(verdict: Verdict) -> list[str]:
    """A verdict in lines, the first of them complete; for a listener without marks and columns."""
    if not is_read_aloud():
        return [line for each in verdict.lines() for line in _wrapped_row(harmless_line(each))]
    said = [verdict.headline]
    stopped, case = verdict.explanation, verdict.first_failing
    if stopped is not None and stopped.text.strip():
        said.append(translate("ear.line-says", line=stopped.line, text=stopped.text.strip()))
    if case is not None and (case.wanted or case.got) and not verdict.passed:
        rows = (
            ("exercise.case", f"{case.name}: {case.inputs}"),
            ("exercise.wanted", verdict.wanted_in(case)),
            ("exercise.got", case.got),
        )
        said += [named(translate(key), text) for key, text in rows if text]
    said += [each for each in (verdict.error, verdict.results) if each]
    return [line for each in said for line in wrapped(spoken_text(harmless_line(each)), _WIDTH)]


def _wrapped_row(line: str) -> list[str]:
    """A line of a verdict on lines of the width of the task; a line of the program stays whole above its marks."""
    if _OF_PROGRAM.match(line):
        return [line]
    head = _ROW.match(line)
    indent = cell_width(head[0]) if head is not None else 0
    first, *more = wrapped(line[len(head[0]) :] if head is not None else line, _WIDTH - indent)
    return [f"{head[0] if head is not None else ''}{first}", *(" " * indent + each for each in more)]


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
