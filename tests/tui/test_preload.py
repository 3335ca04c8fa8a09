"""What the screens to come need is imported beforehand, in a thread."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from tests.tui.screen_rows import app_of, make_workspace, running
from tutor.tui import background


async def test_the_modules_are_there_and_then_the_loop_is_told(tmp_path: Path) -> None:
    told: list[int] = []
    async with running(make_workspace(tmp_path)) as pilot:
        app = app_of(pilot)
        name = "tutor.tui.screens.sweep"
        kept = sys.modules.pop(name, None)
        try:
            background.preload(app, lambda: told.append(threading.get_ident()), [name])
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert name in sys.modules
            assert told == [threading.get_ident()]
        finally:
            if kept is not None:
                sys.modules[name] = kept


def test_every_module_exists_and_the_map_itself_needs_none_of_them() -> None:
    code = (
        "import importlib, sys, tutor.tui.app, tutor.tui.screens.home\n"
        "from tutor.tui.background import EXERCISE_MODULES, MODULES, TRAINING_MODULES\n"
        "assert not [each for each in (*MODULES, *TRAINING_MODULES, *EXERCISE_MODULES) if each in sys.modules]\n"
        "for each in MODULES: importlib.import_module(each)\n"
        "assert 'numpy' not in sys.modules, 'whoever reads does without it'\n"
        "for each in TRAINING_MODULES: importlib.import_module(each)\n"
        "assert 'tutor.sandbox.job' not in sys.modules, 'whoever trains does without it'\n"
        "for each in EXERCISE_MODULES: importlib.import_module(each)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
