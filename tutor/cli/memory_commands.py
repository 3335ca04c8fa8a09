"""The commands about what was learnt: take a quiz, review."""

from __future__ import annotations

import click

from tutor.cli.help import Sentence


def add_memory_commands(tutor: click.Group) -> None:
    """Add ``quiz`` and ``review`` to the commands of ``tutor``."""
    for command in (_quiz, _review):
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
