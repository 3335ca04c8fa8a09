"""The commands about the learner's progress: quizzes, exercises, reviews, statistics, export, import and reset."""

from __future__ import annotations

import click

from tutor.cli.completion import complete_exercises, complete_lessons
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import translate


def add_progress_commands(tutor: click.Group) -> None:
    """Add ``quiz``, ``exam``, ``exercise``, ``review``, ``notes``, ``digest`` and ``progress`` to the commands."""
    for command in (_quiz, _exam, _exercise, _review, _notes, _digest, _progress):
        tutor.add_command(command)


@click.command("quiz", help=translate("ask.cli-quiz"), short_help=translate("ask.cli-quiz-short"))
@click.argument("lesson", shell_complete=complete_lessons)
@click.option("--fresh", is_flag=True, help=translate("ask.cli-fresh"))
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=None, help=translate("ask.cli-seed"))
def _quiz(lesson: str, fresh: bool, seed: int | None) -> int:
    from tutor.plain.quiz_command import quiz

    return quiz(lesson, fresh=fresh, seed=seed)


@click.command("exam", help=translate("exam.cli"), short_help=translate("exam.cli-short"))
@click.argument("lesson", shell_complete=complete_lessons)
@click.option(
    "--minutes", type=click.FloatRange(0, 24 * 60, min_open=True), default=None, help=translate("exam.cli-minutes")
)
@click.option("--fresh", is_flag=True, help=translate("exam.cli-fresh"))
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=None, help=translate("ask.cli-seed"))
def _exam(lesson: str, minutes: float | None, fresh: bool, seed: int | None) -> int:
    from tutor.plain.exam import exam

    return exam(lesson, minutes=minutes, fresh=fresh, seed=seed)


@click.command("exercise", help=translate("exercise.cli"), short_help=translate("exercise.cli-short"))
@click.argument("name", metavar="[ID]", required=False, shell_complete=complete_exercises)
@click.option("--watch", "wish", flag_value="watch", help=translate("exercise.cli-watch"))
@click.option("--edit", "wish", flag_value="edit", help=translate("exercise.cli-edit"))
@click.option("--hint", "wish", flag_value="hint", help=translate("exercise.cli-hint"))
@click.option("--solution", "wish", flag_value="solution", help=translate("exercise.cli-solution"))
@click.option("--order", "wish", flag_value="order", help=translate("exercise.cli-order"))
@click.option("--copy-mine", "wish", flag_value="copy-mine", help=translate("exercise.cli-copy-mine"))
@click.option("--reset", "wish", flag_value="reset", help=translate("exercise.cli-reset"))
@click.option("--file", default=None, metavar="FILE", help=translate("exercise.cli-file"))
@click.option("--json", "as_json", is_flag=True, help=translate("exercise.cli-json"))
@click.option("--hand-in", is_flag=True, help=translate("project.cli-hand-in"))
@click.option("--board", is_flag=True, help=translate("project.cli-board"))
@click.option("--all", "everything", is_flag=True, help=translate("exercise.cli-all"))
def _exercise(
    name: str | None, wish: str | None, file: str | None, as_json: bool, hand_in: bool, board: bool, everything: bool
) -> int:  # fmt: skip
    from tutor.course.exercises.project import PROJECT
    from tutor.plain.exercise import Wish, check_exercise, list_exercises

    if name == PROJECT and not everything:
        if wish is not None or sum((file is not None, hand_in, board)) > 1:
            raise TutorError(translate("project.not-here"), exit_code=ExitCode.USAGE)
        return _project(file, hand_in=hand_in, board=board, as_json=as_json)
    if hand_in or board:
        raise TutorError(translate("project.only-here"), exit_code=ExitCode.USAGE)
    if name is None or everything:
        if name is not None or wish is not None or file is not None:
            raise TutorError(translate("exercise.needs-id"), exit_code=ExitCode.USAGE)
        return list_exercises(as_json=as_json)
    if wish is not None and file is not None:
        raise TutorError(translate("exercise.one-of"), exit_code=ExitCode.USAGE)
    if wish == Wish.ORDER and (file is not None or as_json):
        raise TutorError(translate("exercise.order-alone"), exit_code=ExitCode.USAGE)
    return check_exercise(name, Wish(wish or "check"), file=file, as_json=as_json)


def _project(file: str | None, *, hand_in: bool, board: bool, as_json: bool) -> int:
    from tutor.plain.project import hand_in_project, score_project, show_board

    if board:
        return show_board(as_json=as_json)
    return hand_in_project(as_json=as_json) if hand_in else score_project(file=file, as_json=as_json)


@click.command("review", help=translate("ask.cli-review"), short_help=translate("ask.cli-review-short"))
@click.option("--minutes", type=click.FloatRange(0, min_open=True), default=None, help=translate("ask.cli-minutes"))
@click.option("--due", is_flag=True, help=translate("ask.cli-due"))
def _review(minutes: float | None, due: bool) -> int:
    from tutor.plain.quiz import show_due
    from tutor.plain.quiz_command import review

    return show_due() if due else review(minutes=minutes)


@click.command("notes", help=translate("notes.cli"), short_help=translate("notes.cli-short"))
@click.argument("lesson", required=False, shell_complete=complete_lessons)
@click.option("--output", "-o", default=None, metavar="FILE", help=translate("notes.cli-output"))
@click.option("--force", is_flag=True, help=translate("transfer.cli-force"))
def _notes(lesson: str | None, output: str | None, force: bool) -> int:
    from tutor.plain.notes import notes

    return notes(lesson, output, force=force)


@click.command("digest", help=translate("digest.cli"), short_help=translate("digest.cli-short"))
@click.argument("lesson", shell_complete=complete_lessons)
@click.option("--output", "-o", default=None, metavar="FILE", help=translate("transfer.cli-output"))
@click.option("--force", is_flag=True, help=translate("transfer.cli-force"))
def _digest(lesson: str, output: str | None, force: bool) -> int:
    from tutor.plain.notes import make_digest

    return make_digest(lesson, output, force=force)


@click.group(
    "progress", invoke_without_command=True, help=translate("transfer.cli-progress"),
    short_help=translate("transfer.cli-progress-short"),
)  # fmt: skip
@click.pass_context
def _progress(context: click.Context) -> int:
    if context.invoked_subcommand is not None:
        return 0
    from tutor.plain.progress import show_progress

    return show_progress()


@_progress.command("items", help=translate("stats.cli-items"), short_help=translate("stats.cli-items-short"))
@click.argument("lesson", required=False, shell_complete=complete_lessons)
def _items(lesson: str | None) -> int:
    from tutor.plain.progress import show_items

    return show_items(lesson)


@_progress.command("export", help=translate("transfer.cli-export"), short_help=translate("transfer.cli-export-short"))
@click.option("--format", "format_", type=click.Choice(["json", "csv", "anki"]), default="json",
              help=translate("transfer.cli-format"))  # fmt: skip
@click.option("--output", "-o", default=None, metavar="FILE", help=translate("transfer.cli-output"))
@click.option("--force", is_flag=True, help=translate("transfer.cli-force"))
def _export(format_: str, output: str | None, force: bool) -> int:
    from tutor.plain.progress import export_progress

    return export_progress(format_, output, force=force)


@_progress.command("import", help=translate("transfer.cli-import"), short_help=translate("transfer.cli-import-short"))
@click.argument("file")
def _import(file: str) -> int:
    from tutor.plain.progress import import_progress

    return import_progress(file)


@_progress.command("reset", help=translate("transfer.cli-reset"), short_help=translate("transfer.cli-reset-short"))
@click.option("--item", default=None, metavar="ID", help=translate("transfer.cli-item"))
@click.option("--lesson", default=None, metavar="ID", shell_complete=complete_lessons,
              help=translate("transfer.cli-lesson"))  # fmt: skip
@click.option("--all", "everything", is_flag=True, help=translate("transfer.cli-all"))
@click.option("--yes", is_flag=True, help=translate("transfer.cli-yes"))
def _reset(item: str | None, lesson: str | None, everything: bool, yes: bool) -> int:
    from tutor.plain.progress import reset_progress

    return reset_progress(item=item, lesson=lesson, everything=everything, yes=yes)
