"""From the command line to the first screen. Functions import what they need, so that each start loads little."""

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
    from tutor.classroom.folder import ClassFolder
    from tutor.course.catalogue import LessonHeader
    from tutor.tui.app import FirstScreen
    from tutor.workspace import Workspace


def prepare_environment() -> None:
    """Set the environment variables that Textual reads when it is imported. Call it before that."""
    if "COLORTERM" not in os.environ and is_true_colour_by_name():
        os.environ["COLORTERM"] = "truecolor"
    os.environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")
    # If a shell exports COLUMNS and LINES, the size would never change, so the terminal is asked instead.
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
    gc.disable()  # start-up makes no garbage; the app enables the collector after the first frame
    prepare_environment()
    from tutor.tui.app import run_tutor
    from tutor.workspace import Workspace

    workspace = Workspace(lessons=pack_of_file(lesson))
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


def teach(folder: ClassFolder, *, anonymous: bool = False) -> int:
    """Show a class to its teacher, until the teacher leaves; returns the exit code.

    Args:
        folder: The class.
        anonymous: Whether the polls that are opened here leave names out.
    """
    gc.disable()
    prepare_environment()
    from tutor.classroom.desk import Desk
    from tutor.classroom.folder import NAMELESS
    from tutor.tui.app import run_tutor
    from tutor.workspace import Workspace

    desk = Desk(folder, anonymous=anonymous or bool(os.environ.get(NAMELESS)))
    try:
        return run_tutor(Workspace(), partial(router.screen_for, routes.Classroom()), desk)
    finally:
        desk.close()


def _lesson_screen(workspace: Workspace, name: str) -> FirstScreen:
    """Returns what makes the screen of the lesson with that id, number or file."""
    header = find_lesson(workspace, name)

    return partial(router.screen_for, routes.Lesson(header.id))


def _watched_screen(workspace: Workspace, name: str) -> FirstScreen:
    """Returns what makes the screen of a lesson that is being written and may have faults."""
    named = named_path(name)
    path = whole_path(named) if is_file(named) else find_lesson(workspace, name).path
    return partial(router.screen_for, routes.WatchedLesson(path))


def pack_of_file(lesson: str | None) -> Path | None:
    """The lessons folder around a lesson that is named by its file, which may belong to another course."""
    if lesson is None or not lesson.endswith(".md"):
        return None
    path = named_path(lesson)
    if not is_file(path):
        return None
    from tutor.course.files import pack_of

    return pack_of(path)


def _faults_of_file(workspace: Workspace, path: Path) -> str:
    """The first fault of a lesson file that cannot be read; "" if there is none."""
    if workspace.course is None or path.suffix != ".md":
        return ""
    reading = workspace.course.reading(path, workspace.language)
    return str(reading.faults[0]) if reading.faults else ""


def find_lesson(workspace: Workspace, name: str) -> LessonHeader:
    """The lesson with that id, number or file.

    Raises:
        TutorError: There is none. The hint suggests the nearest id.
    """
    if workspace.course is None:
        raise workspace.course_problem or TutorError(translate("app.no-lesson", name=name))
    headers = workspace.course.headers(workspace.language)
    file = named_path(name)
    if not is_file(file) and (named := workspace.course.header(name, workspace.language)) is not None:
        return named
    for header in headers:
        if file.name == header.path.name and whole_path(file) == whole_path(header.path):
            return header
    if fault := _faults_of_file(workspace, file):
        raise TutorError(fault, exit_code=ExitCode.CANNOT_READ)
    near = nearest(name, [header.id for header in headers])
    hint = translate("app.did-you-mean", name=near) if near else translate("app.see-list")
    raise TutorError(translate("app.no-lesson", name=name), hint=hint, exit_code=ExitCode.USAGE)


def _run_screen(workspace: Workspace, name: str) -> FirstScreen:
    """Returns what makes the screen of a run by its id; for "", of the newest that is going, else the newest."""
    run_id = workspace.runs.pick(name or None)
    return partial(router.screen_for, routes.Run(run_id))


def lab_screen(workspace: Workspace, lab: str, overrides: Mapping[str, object]) -> FirstScreen:
    """Returns what makes the screen of a lab. Raises TutorError if the lab cannot be read."""
    from tutor.labs.lab_files import load_lab

    if workspace.course is None:
        raise workspace.course_problem or TutorError(translate("app.no-lesson", name=lab))
    spec = load_lab(lab, workspace.course.labs, overrides)
    if overrides:
        from tutor.labs.own_lab import require_text
        from tutor.labs.settings import key_of
        from tutor.labs.validate import refuse_idle

        # A setting without effect is allowed if it has a control: another control may give it an effect.
        turned = {control.key for control in spec.controls.values()}
        fixed = [name for name in overrides if key_of(name) not in turned]
        refuse_idle(spec, load_lab(lab, workspace.course.labs), fixed)
        require_text(spec)
    return partial(router.screen_for, routes.Lab(lab, overrides))


def own_lab_screen(workspace: Workspace, table: Path, overrides: Mapping[str, object]) -> FirstScreen:
    """Returns what makes the screen of a lab for the learner's own table, which is saved as a lab file."""
    from tutor.labs.own_lab import keep_lab, own_lab

    return lab_screen(workspace, str(keep_lab(own_lab(table, overrides), workspace.home / "labs")), {})
