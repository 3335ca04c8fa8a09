"""``tutor code LAB``: write what a lab trains as a script that runs on its own."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from tutor.course.packs.installed import open_course
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.pack_ids import MARK
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.labs.script.script import Kind, make_script
from tutor.plain.train import config_to_train, programs_for, slots_asked


def write_code(
    lab: str | None, overrides: Mapping[str, object], *, data: str | None, kind: Kind, to: Path | None
) -> int:
    """Write the script of a lab, and its data beside it. No file is ever written over.

    Args:
        lab: The id of a lab or the path of a lab file; None if ``data`` is given.
        overrides: New values of settings, by dotted key or short name.
        data: The path of a table of the learner's own, from which a lab is made.
        kind: ``numpy`` or ``pytorch``.
        to: The file; None for one named after the lab, in the current folder.

    Returns:
        The exit code, always 0.

    Raises:
        TutorError: There is no such lab, it cannot become a script, or a file is there already or cannot be written.
    """
    course = open_course()
    config = config_to_train(lab, data, overrides, course)
    file = to or Path(f"{config.id.replace(MARK, '-')}.py")
    if file.suffix != ".py":
        raise TutorError(translate("script.not-a-script", file=harmless_line(str(file))), exit_code=ExitCode.USAGE)
    if file.stem in sys.stdlib_module_names or file.stem in {"numpy", "torch"}:
        message = translate("script.shadows", file=harmless_line(file.name), module=file.stem)
        raise TutorError(message, hint=translate("script.exists-hint"), exit_code=ExitCode.USAGE)
    for each in (file, file.with_suffix(".npz")):
        if os.path.lexists(each):  # a link that leads nowhere is somebody's too
            message = translate("script.exists", file=harmless_line(str(each)))
            raise TutorError(message, hint=translate("script.exists-hint"), exit_code=ExitCode.CANNOT_WRITE)
    asked = slots_asked(overrides)
    # PyTorch has no place for functions that are written with NumPy, so only those asked for are a mistake.
    programs = programs_for(config, asked, lab) if kind == "numpy" or asked else {}
    script = make_script(config, course.data_folder, kind, programs, file.stem)
    try:
        written = script.write(file.parent)
    except OSError as error:
        path = harmless_line(str(file))
        message = translate("exercise.cannot-write", path=path, reason=error.strerror or str(error))
        raise TutorError(message, exit_code=ExitCode.CANNOT_WRITE) from error
    names = ", ".join(harmless_line(str(each)) for each in written)
    lines = script.source.count("\n")
    print(translate("script.written", files=names, file=harmless_line(_in_shell(written[0])), lines=lines))
    return int(ExitCode.OK)


def _in_shell(path: Path) -> str:
    """A path as one word of a command line, which cannot be taken for an option."""
    text = str(path)
    return shlex.quote(f"./{text}" if text.startswith("-") else text)
