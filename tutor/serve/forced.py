"""A learner's session through the sshd that a machine has: what the line in ``authorized_keys`` runs.

sshd has made sure who the learner is and gives the wish of the client in ``SSH_ORIGINAL_COMMAND``. Everything else is
as in a session of ``tutor serve``: the same commands, a new environment, and where the kernel has Landlock, nothing can
be reached but the learner's own folder. No library of the server is needed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.paths import lessons_folder
from tutor.foundation.translate import translate
from tutor.serve.class_folder import ServedFolder
from tutor.serve.commands import RefusedCommandError, allowed_arguments
from tutor.serve.confine import confine
from tutor.serve.environment import checked_environment, session_environment, terminal_name
from tutor.serve.messages import Bounds

WISH: Final = "SSH_ORIGINAL_COMMAND"
_MEMORY_MB: Final = 512
_DISK_MB: Final = 50
_NICE: Final = 5
_NO_EDITOR: Final = "false"
"""A program that does nothing: an editor would be a way to a shell."""


def run_session(folder: Path, name: str, lessons: Path | None) -> int:
    """Become the learner's tutor. Returns only if the wish is refused.

    Args:
        folder: The folder of the class.
        name: The learner, by whose key sshd has let the client in.
        lessons: A lessons folder instead of the shipped course.

    Returns:
        The exit code.

    Raises:
        TutorError: The learner's folder cannot be used.
    """
    has_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    wish = os.environ.get(WISH, "")
    try:
        arguments = allowed_arguments(wish)
    except RefusedCommandError:
        print(translate("serve.refused-command"), file=sys.stderr)
        return int(ExitCode.USAGE)
    if not has_terminal and not any(each and not each.startswith("-") for each in arguments):
        print(translate("serve.needs-terminal"), file=sys.stderr)
        return int(ExitCode.NO_TERMINAL)
    place = ServedFolder(folder)
    try:
        home = place.home(name)
    except OSError as error:
        raise TutorError(translate("serve.no-folder"), exit_code=ExitCode.CANNOT_WRITE) from error
    course = lessons if lessons is not None else lessons_folder()
    client = checked_environment({os.fsencode(key): os.fsencode(value) for key, value in os.environ.items()})
    environment = session_environment(
        name, home, {**client, "TERM": terminal_name(os.environ.get("TERM"))}, _class_variables(place, name, lessons)
    )
    os.chdir(home)
    os.umask(0o077)
    confine(
        Bounds(
            megabytes=_MEMORY_MB, file_megabytes=_DISK_MB, nice=_NICE,
            readable=(str(course), str(place.log), str(place.runs)), writable=(str(home),),
        )
    )  # fmt: skip
    return _become(arguments, environment)


def _become(arguments: list[str], environment: dict[str, str]) -> int:
    # A new interpreter, because this one has read the environment and the settings of the account.
    command = [sys.executable, "-P", "-m", "tutor", *arguments]
    os.execve(sys.executable, command, environment)  # noqa: S606 - a list, without a shell


def _class_variables(place: ServedFolder, name: str, lessons: Path | None) -> dict[str, str]:
    return {
        "TUTOR_SERVED": "1",
        "TUTOR_CLASS": str(place.path),
        "TUTOR_CLASS_NAME": name,
        "TUTOR_EXERCISES": "off",
        "TUTOR_MAX_RUNS": "2",  # the one before it may be just ending, or paused
        "TUTOR_MAX_LOG_MB": str(_DISK_MB // 4),
        "TUTOR_MAX_MEMORY_MB": str(_MEMORY_MB),
        "TUTOR_MAX_DISK_MB": str(_DISK_MB),
        "VISUAL": _NO_EDITOR,
        "EDITOR": _NO_EDITOR,
        **({"TUTOR_LESSONS": str(lessons)} if lessons is not None else {}),
    }
