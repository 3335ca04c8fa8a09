"""The commands about questions of other programs: import them into a lesson, and export ours."""

from __future__ import annotations

import click

from tutor.cli.completion import complete_lessons
from tutor.foundation.translate import translate


def add_exchange_commands(tutor: click.Group) -> None:
    """Add ``import`` and ``export`` to the commands of ``tutor``."""
    tutor.add_command(_import)
    tutor.add_command(_export)


@click.command("import", help=translate("exchange.cli-import"), short_help=translate("exchange.cli-import-short"))
@click.argument("file")
@click.option("--output", "--out", "-o", default=None, metavar="FILE.md", help=translate("exchange.cli-output"))
@click.option("--lesson", default=None, metavar="ID", help=translate("exchange.cli-lesson"))
@click.option("--title", default=None, help=translate("exchange.cli-title"))
def _import(file: str, output: str | None, lesson: str | None, title: str | None) -> int:
    from tutor.plain.exchange import import_questions

    return import_questions(file, output, lesson=lesson, title=title)


@click.command("export", help=translate("exchange.cli-export"), short_help=translate("exchange.cli-export-short"))
@click.argument("lesson", nargs=-1, shell_complete=complete_lessons)
@click.option(
    "--format", "format_", type=click.Choice(["gift", "moodle", "aiken", "qti", "anki"]), default="gift",
    help=translate("exchange.cli-format"),
)  # fmt: skip
@click.option("--output", "--out", "-o", default=None, metavar="FILE", help=translate("transfer.cli-output"))
@click.option("--force", is_flag=True, help=translate("transfer.cli-force"))
def _export(lesson: tuple[str, ...], format_: str, output: str | None, force: bool) -> int:
    from tutor.plain.exchange import export_questions

    return export_questions(format_, lesson, output, force=force)
