"""``tutor exercise phones-project``: score the learner's program, hand it in, and show the board."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from tutor.course.exercises.project import PROJECT
from tutor.exercises.files import read_program
from tutor.exercises.project import SECONDS, Attempt, Project, Scores, Size, after_hand_in, score
from tutor.foundation import paths
from tutor.foundation.errors import ExitCode
from tutor.foundation.files import named_path
from tutor.foundation.safe_text import harmless, harmless_line, json_line
from tutor.foundation.text import pad, pad_left, shorten, wrapped
from tutor.foundation.translate import translate
from tutor.sandbox.sandbox import Sandbox
from tutor.typeset.page import is_read_aloud, plain_lines

_WIDTH = 76
_MOST_PRINTED = 2_000


def score_project(*, file: str | None = None, as_json: bool = False, size: Size | None = None) -> int:
    """Score the learner's program, or another file, on the validation utterances. Make it first if there is none.

    Args:
        file: The file to score instead; then nothing is recorded.
        as_json: Whether to print JSON.
        size: How many utterances there are.

    Returns:
        0 if it ran, 1 if not.

    Raises:
        TutorError: A file cannot be read or written.
    """
    with Sandbox() as sandbox:
        project = Project(paths.exercises_folder(), sandbox, size)
        if file is not None:
            found, attempt = score(read_program(named_path(file)), sandbox, size or Size()), None
        else:
            project.make()
            if not as_json:
                _say([*task_lines(project), ""])
            attempt, found = project.score_in_public(project.read())
    if as_json:
        print(json_line({"problem": found.problem, "public": found.scores[0].accuracy if found.scores else None}))
    else:
        _say(public_lines(found))
        if attempt is not None:
            _say([translate("project.next", project=PROJECT)])
    return int(ExitCode.OK if found.scores else ExitCode.FAULTS_FOUND)


def hand_in_project(*, as_json: bool = False, size: Size | None = None) -> int:
    """Hand the learner's program in: freeze it, draw utterances, and score it and the references on them.

    Returns:
        0 if it was scored, 1 if it did not run.

    Raises:
        TutorError: One of today has been scored already, or a file cannot be read or written.
    """
    from tutor.exercises.project_references import score_references

    with Sandbox() as sandbox:
        project = Project(paths.exercises_folder(), sandbox, size)
        project.make()
        print(translate("project.freezing"), file=sys.stderr, flush=True)
        attempt, found = project.hand_in(project.read(), score_references)
    if as_json:
        print(json_line(_facts(attempt) if attempt is not None else {"problem": found.problem}))
    else:
        _say(handed_in_lines(attempt, found))
    return int(ExitCode.OK if attempt is not None else ExitCode.FAULTS_FOUND)


def show_board(*, as_json: bool = False) -> int:
    """Print the learner's attempts, public and final, and the four lines of the last hand-in.

    Returns:
        The exit code, always 0.
    """
    with Sandbox() as sandbox:
        attempts = Project(paths.exercises_folder(), sandbox).attempts()
    if as_json:
        print(json_line([_facts(each) for each in attempts]))
    else:
        _say(board_lines(attempts))
    return int(ExitCode.OK)


def board_lines(attempts: list[Attempt]) -> Iterator[str]:
    """The attempts as a table, the oldest first, and below it what the last final score says."""
    if not attempts:
        yield translate("project.board-empty", project=PROJECT)
        return
    if is_read_aloud():
        yield from (_heard(each) for each in attempts)
    else:
        yield from _table(attempts)
    scored = [each for each in attempts if each.final is not None]
    if scored:
        yield ""
        yield from _final_lines(scored[-1])


def _table(attempts: list[Attempt]) -> Iterator[str]:
    about, public, final = map(translate, ("project.column-about", "project.column-public", "project.column-final"))
    yield f"{pad(translate('project.column-at'), 16)}  {pad(about, 36)} {pad_left(public, 8)} {pad_left(final, 8)}"
    for each in attempts:
        said = pad(shorten(each.about or translate("project.no-name"), 36), 36)
        yield f"{_when(each)}  {said} {pad_left(_figure(each.public), 8)} {pad_left(_figure(each.final), 8)}".rstrip()


def _heard(attempt: Attempt) -> str:
    key = "project.heard-final" if attempt.final is not None else "project.heard"
    figures = {"public": _figure(attempt.public) or "–", "final": _figure(attempt.final)}
    return translate(key, at=_when(attempt), about=attempt.about or translate("project.no-name"), **figures)


def _when(attempt: Attempt) -> str:
    return attempt.at.astimezone().strftime("%Y-%m-%d %H:%M")


def handed_in_lines(attempt: Attempt | None, found: Scores) -> Iterator[str]:
    """What came of a hand-in; ``attempt`` is None if the program did not run."""
    if attempt is None:
        yield from [*_printed(found), found.problem, translate("project.does-not-count")]
        return
    yield translate("project.seed", digest=attempt.digest, seed=attempt.seed)
    yield from _final_lines(attempt)


def _final_lines(attempt: Attempt) -> Iterator[str]:
    yield translate("project.scores", public=_figure(attempt.public), final=_figure(attempt.final))
    for line in attempt.lines:
        key = "project.line-passed" if line.is_passed else "project.line-not-passed"
        figures = {"ahead": f"{line.ahead:+.3f}".replace("-", "−"), "spread": f"{line.spread:.3f}"}
        yield translate(key, name=pad(line.name, 7), accuracy=_figure(line.accuracy), **figures)
    yield ""
    yield from plain_lines(after_hand_in(attempt), _WIDTH)


def public_lines(found: Scores) -> Iterator[str]:
    """What came of a public score."""
    yield from _printed(found)
    if not found.scores:
        yield found.problem
        return
    seconds = f"{found.seconds:.1f}"
    yield translate("project.public", accuracy=_figure(found.scores[0].accuracy), seconds=seconds)


def _printed(found: Scores) -> list[str]:
    return harmless(found.printed[:_MOST_PRINTED]).splitlines()


def task_lines(project: Project) -> Iterator[str]:
    """What the project asks, and where the learner's file is."""
    yield from plain_lines(translate("project.task", seconds=f"{SECONDS:g}"), _WIDTH)
    yield from wrapped(harmless_line(translate("exercise.file", path=project.file)), _WIDTH)


def _facts(attempt: Attempt) -> dict[str, object]:
    return {
        "at": attempt.at.isoformat(),
        "digest": attempt.digest,
        "about": attempt.about,
        "public": attempt.public,
        "handed_in": attempt.handed_in,
        "final": attempt.final,
        "seed": attempt.seed,
        "lines": [
            {"name": each.name, "accuracy": each.accuracy, "ahead": each.ahead, "passed": each.is_passed}
            for each in attempt.lines
        ],
    }


def _figure(accuracy: float | None) -> str:
    return "" if accuracy is None else f"{accuracy:.3f}"


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(harmless_line(line), flush=True)
