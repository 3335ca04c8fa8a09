"""Keys of the learner's own, in the installed program."""

from __future__ import annotations

from tests.end_to_end.terminal import terminal
from tutor.foundation import paths


def test_own_keys_work_and_are_shown_and_the_usual_ones_do_not() -> None:
    own = '"app.glossary" = "Z"\n"app.settings" = "ctrl+y"\n"home.labs" = "V"\n'
    paths.keys_file().write_text(own, encoding="utf-8")
    with terminal() as screen:
        screen.wait("1 What learning means", "V labs")
        screen.press("g", "Z")
        screen.wait("tutor › Glossary")
        screen.press("escape")
        screen.wait("1 What learning means")
        screen.press("S", "?")
        screen.wait("tutor › Help")
        screen.press("end")
        screen.wait("ctrl+y", "Language, theme")


def test_a_conflict_is_told_at_the_start() -> None:
    paths.keys_file().write_text('"lab.pin" = "r"\n', encoding="utf-8")
    with terminal() as screen:
        screen.wait("lab.pin now has r, which lab.restart had")
