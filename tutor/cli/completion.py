"""What a shell completes: the ids of lessons, labs and runs, and the names of what `tutor source` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import click

VARIABLE: Final = "_TUTOR_COMPLETE"
"""The environment variable that completion scripts set; the command line is then text to complete, not to carry out."""


def complete_lessons(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The ids of lessons that begin with ``incomplete``."""
    from tutor.plain.listing import lesson_names

    return [name for name in lesson_names() if name.startswith(incomplete)]


def complete_exercises(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The ids of exercises that begin with ``incomplete``."""
    from tutor.course.exercises.project import PROJECT
    from tutor.plain.exercise import exercise_ids

    return [name for name in (*exercise_ids(), PROJECT) if name.startswith(incomplete)]


def complete_labs(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The ids of labs that begin with ``incomplete``."""
    from tutor.plain.listing import lab_names

    return [name for name in lab_names() if name.startswith(incomplete)]


def complete_packs(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The ids of packs that begin with ``incomplete``."""
    from tutor.plain.packs import pack_ids

    return [name for name in pack_ids() if name.startswith(incomplete)]


def complete_runs(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The short ids of runs that begin with ``incomplete``."""
    from tutor.foundation import paths
    from tutor.runs.registry import Runs

    return [each.short_id for each in Runs(paths.runs_folder()).all() if each.short_id.startswith(incomplete)]


def complete_sources(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The names of parts of the learning library that begin with ``incomplete``."""
    from tutor.ml.source import source_names

    return [name for names in source_names().values() for name in names if name.startswith(incomplete)]


def complete_languages(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The codes of languages that begin with ``incomplete``."""
    from tutor.foundation.languages import languages

    return [code for code in languages() if code.startswith(incomplete)]
