"""From the command line to the first screen, in as little time as it takes."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import is_file, named_path, whole_path
from tutor.foundation.suggest import nearest
from tutor.foundation.terminal import is_true_colour_by_name
from tutor.foundation.translate import translate
from tutor.tui import router, routes

if TYPE_CHECKING:
    from tutor.course.catalogue import LessonHeader
    from tutor.tui.app import FirstScreen
    from tutor.workspace import Workspace


def prepare_environment() -> None:
    """Set what Textual reads from the environment when it is imported. Call it before the first import of it."""
    if "COLORTERM" not in os.environ and is_true_colour_by_name():
        os.environ["COLORTERM"] = "truecolor"
    os.environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")
    # A shell that exports COLUMNS and LINES would freeze the size: the terminal itself knows better.
    for variable in ("COLUMNS", "LINES"):
        os.environ.pop(variable, None)


def run_from_command_line(
    *,
    lesson: str | None,
    lab: str | None,
    data: str | None,
    overrides: Mapping[str, object],
    watch: bool = False,
    run: str | None = None,
) -> int:
    """See `tutor.tui.start`."""
    gc.disable()  # nothing of what start-up makes is garbage; the app enables it again after the first frame
    prepare_environment()
    from tutor.tui.app import run_tutor
    from tutor.workspace import Workspace

    workspace = Workspace(lessons=_pack_of_file(lesson))
    if lesson is not None and lesson.endswith(".md"):
        from tutor.course.files import language_of

        workspace.speak(language_of(Path(lesson)))
    first: FirstScreen | None = None
    if run is not None:
        first = _run_screen(workspace, run)
    elif data is not None:
        first = own_lab_screen(workspace, Path(data), overrides)
    elif lab is not None:
        first = lab_screen(workspace, lab, overrides)
    elif lesson is not None:
        first = _watched_screen(workspace, lesson) if watch else _lesson_screen(workspace, lesson)
    return run_tutor(workspace, first)


def _lesson_screen(workspace: Workspace, name: str) -> FirstScreen:
    """Makes the screen of the lesson with that id, number or file."""
    header = find_lesson(workspace, name)

    return partial(router.screen_for, routes.Lesson(header.id))


def _watched_screen(workspace: Workspace, name: str) -> FirstScreen:
    """Makes the screen of a lesson that is being written; its file may be full of faults."""
    named = named_path(name)
    path = whole_path(named) if is_file(named) else find_lesson(workspace, name).path
    return partial(router.screen_for, routes.WatchedLesson(path))


def _pack_of_file(lesson: str | None) -> Path | None:
    """The lessons folder around a lesson that is named by its file, which need not be one of the course's."""
    if lesson is None or not lesson.endswith(".md"):
        return None
    path = named_path(lesson)
    if not is_file(path):
        return None
    from tutor.course.files import pack_of

    return pack_of(path)


def _faults_of_file(workspace: Workspace, path: Path) -> str:
    """What is wrong with a lesson file that is none, or is not there: the first of its faults."""
    if workspace.course is None or path.suffix != ".md":
        return ""
    reading = workspace.course.reading(path, workspace.language)
    return str(reading.faults[0]) if reading.faults else ""


def find_lesson(workspace: Workspace, name: str) -> LessonHeader:
    """The lesson with that id, number or file.

    Raises:
        TutorError: there is none; the hint names the nearest.
    """
    if workspace.course is None:
        raise workspace.course_problem or TutorError(translate("app.no-lesson", name=name))
    headers = workspace.course.headers(workspace.language)
    file = named_path(name)
    for header in headers:
        if name in {header.id, str(header.number), f"{header.number:02}"}:
            return header
        if file.name == header.path.name and whole_path(file) == whole_path(header.path):
            return header
    if fault := _faults_of_file(workspace, file):
        raise TutorError(fault, exit_code=ExitCode.CANNOT_READ)
    near = nearest(name, [header.id for header in headers])
    hint = translate("app.did-you-mean", name=near) if near else translate("app.see-list")
    raise TutorError(translate("app.no-lesson", name=name), hint=hint, exit_code=ExitCode.USAGE)


def _run_screen(workspace: Workspace, name: str) -> FirstScreen:
    """Makes the screen of the run with that id; of the newest that goes on, else of the newest, for ``""``."""
    run_id = workspace.runs.pick(name or None)
    return partial(router.screen_for, routes.Run(run_id))


def lab_screen(workspace: Workspace, lab: str, overrides: Mapping[str, object]) -> FirstScreen:
    """Makes the screen of that lab; a lab that cannot be read is refused before any screen is drawn."""
    from tutor.labs.lab_files import load_lab

    if workspace.course is None:
        raise workspace.course_problem or TutorError(translate("app.no-lesson", name=lab))
    spec = load_lab(lab, workspace.course.labs_folder, overrides)
    if overrides:
        from tutor.labs.own_lab import require_text
        from tutor.labs.settings import key_of
        from tutor.labs.validate import refuse_idle

        # What the lab's own controls turn may come to change something here.
        turned = {control.key for control in spec.controls.values()}
        fixed = [name for name in overrides if key_of(name) not in turned]
        refuse_idle(spec, load_lab(lab, workspace.course.labs_folder), fixed)
        require_text(spec)
    return partial(router.screen_for, routes.Lab(lab, overrides))


def own_lab_screen(workspace: Workspace, table: Path, overrides: Mapping[str, object]) -> FirstScreen:
    """Makes the screen of a lab of the learner's own table, which is kept as a lab file."""
    from tutor.labs.own_lab import keep_lab, own_lab

    return lab_screen(workspace, str(keep_lab(own_lab(table, overrides), workspace.home / "labs")), {})
