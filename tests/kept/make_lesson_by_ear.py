"""Walks through a lesson, its lab and its quiz by ear alone, and keeps what was heard.

``python -m tests.kept.make_lesson_by_ear`` writes the transcript anew. Look at the difference before you keep it:
whoever uses a screen reader hears exactly this.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

from tutor.foundation.translate import use_language
from tutor.plain.by_ear import open_by_ear

TRANSCRIPT = Path(__file__).with_name("lesson-by-ear.txt")
SEED = 3
"""The seed of every shuffling, so that the answers below are right or wrong on purpose."""

TYPED = Path(__file__).with_name("lesson-by-ear-typed.txt")
"""What the learner types, a line each."""


def walk(lines: str) -> str:
    """What is said to somebody who types ``lines``, together with what they type."""
    heard = io.StringIO()
    patches = (
        patch("tutor.study.lesson_session.new_seed", lambda: SEED),
        patch("tutor.study.quiz_session.new_seed", lambda: SEED),
        # How far a run is after some seconds depends on the machine.
        patch("tutor.plain.narrator.SECONDS_BETWEEN", math.inf),
        patch("tutor.plain.asking._REPORT_EVERY", math.inf),
        patch("sys.stdin", io.StringIO(lines)),
    )
    with contextlib.ExitStack() as stack:
        for each in patches:
            stack.enter_context(each)
        stack.enter_context(contextlib.redirect_stdout(heard))
        open_by_ear()
    return heard.getvalue().replace(os.environ["TUTOR_HOME"], "HOME")


def main() -> None:
    """Write the transcript."""
    use_language("en")
    with tempfile.TemporaryDirectory() as home:
        os.environ["TUTOR_HOME"] = home
        TRANSCRIPT.write_text(walk(TYPED.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{TRANSCRIPT}\n")


if __name__ == "__main__":
    main()
