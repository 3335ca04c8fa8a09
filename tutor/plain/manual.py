"""``tutor help TOPIC``: the manual, one Markdown page for each topic."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import language, translate
from tutor.typeset.page import plain_lines

_MANUAL = Path(__file__).resolve().parents[1] / "manual"
_WIDEST = 100
"""Cells: longer lines are hard to read, however wide the terminal is."""


def topics() -> list[str]:
    """The names of the pages, sorted; the English manual has them all."""
    return sorted(path.stem for path in (_MANUAL / "en").glob("*.md"))


def page(topic: str) -> str:
    """The Markdown of a page in the learner's language, or in English if it is not translated.

    Raises:
        KeyError: There is no such page.
    """
    if topic not in topics():
        raise KeyError(topic)
    own = _MANUAL / language() / f"{topic}.md"
    return (own if own.is_file() else _MANUAL / "en" / f"{topic}.md").read_text(encoding="utf-8")


def show_page(topic: str | None) -> int:
    """Print a page of the manual; without a topic, list the pages.

    Returns:
        The exit code, always 0.

    Raises:
        TutorError: There is no such page.
    """
    if topic is None:
        widest = max(len(name) for name in topics())
        print(translate("manual.topics"))
        for name in topics():
            print(f"  {name:<{widest}}  {page(name).splitlines()[0].removeprefix('# ')}")
        print(translate("manual.how"))
        return 0
    try:
        text = page(topic)
    except KeyError as error:
        near = nearest(topic, topics())
        hint = translate("app.did-you-mean", name=near) if near else translate("manual.see-topics")
        raise TutorError(translate("manual.unknown", name=topic), hint=hint, exit_code=ExitCode.USAGE) from error
    width = min(shutil.get_terminal_size((80, 24)).columns, _WIDEST) if sys.stdout.isatty() else 80
    for line in plain_lines(text, width):
        print(line)
    return 0
