"""What happens behind the screens: counting runs, watching the window's size, importing modules in advance."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import Context
from functools import partial
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from textual.geometry import Size
from textual.worker import get_current_worker

if TYPE_CHECKING:
    from textual.app import App

    from tutor.tui.routes import Route
    from tutor.tui.shell import Shell
    from tutor.workspace import Workspace

Parameters = ParamSpec("Parameters")
Returned = TypeVar("Returned")

_RUNS_EVERY = 2.0
"""Seconds between two counts of the runs that are going."""


class ForgetfulThreads(ThreadPoolExecutor):
    """Threads that do not keep what they last worked for.

    Textual notes in each thread's context which worker it runs. An idle thread would keep its last worker, and with it
    a screen that was left long ago.
    """

    def submit(
        self, fn: Callable[Parameters, Returned], /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Future[Returned]:
        """Call ``fn`` in a context of its own."""
        work = partial(fn, *args, **kwargs)
        return super().submit(lambda: Context().run(work))


def watch_runs(app: Shell) -> None:
    """Count the runs that are going into ``app.runs_going``, from now on."""

    def look(*, first: bool = False) -> None:
        count = app.workspace.count_running()
        if first and count:
            _report_running(app)
        if count != app.runs_going:
            app.runs_going = count
            from tutor.tui.screen import TutorScreen

            if app.screen_stack and isinstance(app.screen, TutorScreen):  # none is left while the app closes
                app.screen.refresh_frame()

    app.set_interval(_RUNS_EVERY, look)
    look(first=True)


def _report_running(app: Shell) -> None:
    """Tell a returning learner that training has continued."""
    from tutor.foundation.translate import language, translate
    from tutor.tui import router, routes
    from tutor.tui.screen import TutorScreen

    if not isinstance(app.screen, TutorScreen) or not router.is_shown(app.screen, routes.Home):
        return  # a lab shows its own run
    going = app.workspace.runs.running()
    if len(going) == 1:
        text = translate("run-list.goes-on", title=going[0].title_in(language()), epoch=going[0].epoch)
    else:
        text = translate("run-list.several-go-on", count=len(going))
    if going:
        app.screen.notice(text, "good", 8.0)


def guard_size(app: Shell) -> None:
    """Show a sentence while the window is too small."""
    small = not fits(app.window)
    if small == app.too_small or not app.screen_stack:
        return
    from tutor.tui import router, routes

    app.too_small = small
    if small:
        router.go(app, routes.TooSmall())
    elif router.is_shown(app.screen, routes.TooSmall):
        app.pop_screen()


def keep_traceback(error: BaseException | None, home: Path) -> str:
    """Save the traceback of ``error`` in ``home``, or else in the temporary folder. Returns the learner's sentence."""
    import tempfile
    import traceback

    from tutor.foundation.files import write_text
    from tutor.foundation.translate import sentences, translate

    text = "".join(traceback.format_exception(error)) if error is not None else traceback.format_exc()
    for path in (home / "crash.txt", Path(tempfile.gettempdir()) / "tutor-crash.txt"):
        try:
            write_text(path, text)
        except OSError:
            continue
        return sentences(translate("app.crashed"), translate("app.crash-kept", path=path))
    return translate("app.crashed")


_BREATH: Final = 0.01
"""Seconds between two modules, in which keys are handled."""

MODULES: Final = (
    "tutor.tui.screens.lesson.screen",
    "tutor.tui.screens.lesson.contents",
    "tutor.tui.screens.lesson.blocks",
    "tutor.tui.screens.quiz",
    "tutor.tui.screens.palette",
    "tutor.tui.screens.glossary",
    "tutor.tui.screens.term",
    "tutor.tui.screens.help",
    "tutor.tui.screens.review",
    "tutor.tui.screens.progress",
    "tutor.tui.screens.settings",
)
"""Modules to import in advance, in the order in which they are likely to be needed."""

EVERYWHERE: Final = ("tutor.tui.screens.palette", "tutor.tui.screens.help", "tutor.tui.screens.settings")
"""Those of them that every screen leads to. A lab that was opened from the shell leads to no others at first."""

TRAINING_MODULES: Final = (
    "numpy",
    "tutor.ml.datasets.sources",
    "tutor.tui.screens.runs",
    "tutor.tui.screens.lab.opening",
    "tutor.tui.screens.lab.screen",
    "tutor.tui.screens.sweep",
)
"""What training needs besides, 12 MB. It is imported once the learner is near a lab: whoever reads does without."""
EXERCISE_MODULES: Final = ("tutor.tui.screens.exercise.screen",)
"""What an exercise needs besides, with its editor and the process for programs; imported once one is near."""
CLASS_MODULES: Final = ("tutor.tui.screens.poll", "tutor.tui.questions.run_card", "tutor.study.misconceptions")
"""Modules that a learner in a class needs at once when a teacher opens a poll. They are imported first."""


def preload(
    app: App[int],
    then: Callable[[], object] | None,
    modules: Sequence[str] | Callable[[], Sequence[str]] = MODULES,
) -> None:
    """Import ``modules`` in a thread, then call ``then`` on the event loop, if given; stop if the learner leaves.

    ``modules`` may be a function that names them; the thread calls it.
    """

    def work() -> None:
        worker = get_current_worker()
        wanted = modules() if callable(modules) else modules
        for module in (each for each in wanted if each not in sys.modules):
            if worker.is_cancelled:
                return
            importlib.import_module(module)
            sleep(_BREATH)
        if then is not None and not worker.is_cancelled:
            app.call_from_thread(then)

    app.run_worker(work, thread=True, exit_on_error=False)


def modules_behind(workspace: Workspace, route: Route) -> Sequence[str]:
    """The modules of what may be opened from the screen of ``route``. This may read its lesson."""
    from tutor.tui import routes

    if isinstance(route, routes.Lesson):
        course = workspace.course
        lesson = course.lesson(route.lesson_id, workspace.language) if course is not None else None
        if lesson is None:
            return ()
        return (*(TRAINING_MODULES if lesson.labs else ()), *(EXERCISE_MODULES if lesson.exercises else ()))
    if isinstance(route, routes.WatchedLesson):
        return (*TRAINING_MODULES, *EXERCISE_MODULES)
    if isinstance(route, routes.Home):
        return MODULES
    return TRAINING_MODULES if isinstance(route, routes.Labs | routes.Runs) else ()


MIN_WIDTH: Final = 40
MIN_HEIGHT: Final = 12


def fits(window: Size) -> bool:
    """Whether a window of that size is large enough."""
    return window.width >= MIN_WIDTH and window.height >= MIN_HEIGHT
