"""The commands about what was learnt: take a quiz, review, see how it stands, take it along."""

from __future__ import annotations

import click

from tutor.cli.help import Sentence


def add_memory_commands(tutor: click.Group) -> None:
    """Add ``quiz``, ``review`` and ``progress`` to the commands of ``tutor``."""
    for command in (_quiz, _review, _progress):
        tutor.add_command(command)


def _complete_lessons(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    from tutor.plain.names import lesson_names

    return [name for name in lesson_names() if name.startswith(incomplete)]


@click.command("quiz", help=Sentence("ask.cli-quiz"), short_help=Sentence("ask.cli-quiz-short"))
@click.argument("lesson", shell_complete=_complete_lessons)
@click.option("--fresh", is_flag=True, help=Sentence("ask.cli-fresh"))
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=None, help=Sentence("ask.cli-seed"))
def _quiz(lesson: str, fresh: bool, seed: int | None) -> int:
    from tutor.plain.quiz import quiz

    return quiz(lesson, fresh=fresh, seed=seed)


@click.command("review", help=Sentence("ask.cli-review"), short_help=Sentence("ask.cli-review-short"))
@click.option("--minutes", type=click.FloatRange(0, min_open=True), default=None, help=Sentence("ask.cli-minutes"))
@click.option("--due", is_flag=True, help=Sentence("ask.cli-due"))
def _review(minutes: float | None, due: bool) -> int:
    from tutor.plain.quiz import review, show_due

    return show_due() if due else review(minutes=minutes)


@click.group(
    "progress", invoke_without_command=True, help=Sentence("transfer.cli-progress"),
    short_help=Sentence("transfer.cli-progress-short"),
)  # fmt: skip
@click.pass_context
def _progress(context: click.Context) -> int:
    if context.invoked_subcommand is not None:
        return 0
    from tutor.plain.progress import show_progress

    return show_progress()


@_progress.command("items", help=Sentence("stats.cli-items"), short_help=Sentence("stats.cli-items-short"))
@click.argument("lesson", required=False, shell_complete=_complete_lessons)
def _items(lesson: str | None) -> int:
    from tutor.plain.progress import show_items

    return show_items(lesson)


@_progress.command("export", help=Sentence("transfer.cli-export"), short_help=Sentence("transfer.cli-export-short"))
@click.option("--format", "format_", type=click.Choice(["json", "csv", "anki"]), default="json",
              help=Sentence("transfer.cli-format"))  # fmt: skip
@click.option("--output", "-o", default=None, metavar="FILE", help=Sentence("transfer.cli-output"))
@click.option("--force", is_flag=True, help=Sentence("transfer.cli-force"))
def _export(format_: str, output: str | None, force: bool) -> int:
    from tutor.plain.progress_files import export

    return export(format_, output, force=force)


@_progress.command("import", help=Sentence("transfer.cli-import"), short_help=Sentence("transfer.cli-import-short"))
@click.argument("file")
def _import(file: str) -> int:
    from tutor.plain.progress_files import import_

    return import_(file)


@_progress.command("reset", help=Sentence("transfer.cli-reset"), short_help=Sentence("transfer.cli-reset-short"))
@click.option("--item", default=None, metavar="ID", help=Sentence("transfer.cli-item"))
@click.option("--lesson", default=None, metavar="ID", shell_complete=_complete_lessons,
              help=Sentence("transfer.cli-lesson"))  # fmt: skip
@click.option("--all", "everything", is_flag=True, help=Sentence("transfer.cli-all"))
@click.option("--yes", is_flag=True, help=Sentence("transfer.cli-yes"))
def _reset(item: str | None, lesson: str | None, everything: bool, yes: bool) -> int:
    from tutor.plain.progress_files import reset

    return reset(item=item, lesson=lesson, everything=everything, yes=yes)
