"""A learner's session in a class: tutor's command line in a process that has everything imported already."""

from __future__ import annotations

import sys
from importlib import import_module

_EARLY = (
    "textual.app", "tutor.tui.app", "tutor.tui.startup", "tutor.tui.terminal.driver", "tutor.tui.screens.home",
    "tutor.plain.read", "tutor.plain.quiz_command", "tutor.plain.listing", "tutor.plain.by_ear", "tutor.serve.joining",
    "tutor.study.course_store", "tutor.runs.registry",
)  # fmt: skip
"""Modules besides those that the screens import in advance. The commands are not among them: their help is in the
language that is spoken when they are imported."""


def main(control: int) -> None:
    """Fork a session for each order that comes through the descriptor ``control``, until the server is gone."""
    from tutor.serve.zygote import serve_forks
    from tutor.tui.startup import prepare_environment

    prepare_environment()
    from tutor.tui.background import MODULES

    for module in (*_EARLY, *MODULES):
        import_module(module)
    from tutor.course.shared import read_ahead
    from tutor.foundation.paths import lessons_folder

    sys.exit(serve_forks(control, _carry_out, read_ahead(lessons_folder())))


def _carry_out(arguments: list[str]) -> int:
    from tutor.cli import run

    return run(arguments)
