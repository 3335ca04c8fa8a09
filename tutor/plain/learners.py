"""``tutor class add`` and ``tutor class report``: learners who come through the sshd that a machine has."""

from __future__ import annotations

import sys
from pathlib import Path

from tutor.classroom.authorized_keys import add_key, read_public_key
from tutor.classroom.report import LEARNERS, as_csv, class_report
from tutor.classroom.roster import learner_name
from tutor.foundation import private
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import named_path, whole_path
from tutor.foundation.text import cell_width, pad, pad_left
from tutor.foundation.translate import translate


def home_in(folder: str, name: str) -> Path:
    """Return the home of a learner in the folder of a class.

    Raises:
        TutorError: There is no such learner.
    """
    known = learner_name(name)
    home = whole_path(named_path(folder)) / LEARNERS / (known or "")
    if known is None or home.is_symlink() or not home.is_dir():
        raise TutorError(translate("learners.unknown", name=name, folder=folder), exit_code=ExitCode.USAGE)
    return home


def add_learner(
    name: str, key_file: str, *, folder: str, authorized_keys: str | None, lessons: str | None, also: bool
) -> int:
    """Let a key into the home of a learner, which is made if it is missing.

    Args:
        name: The learner.
        key_file: A file with one public key.
        folder: The folder of the class.
        authorized_keys: The file of the account that learners log in to; by default that of this account.
        lessons: A lessons folder for this learner instead of the shipped course.
        also: Whether it is a further key of a learner who has one.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: The name or the key cannot be used, or something cannot be written.
    """
    known = learner_name(name)
    if known is None:
        raise TutorError(translate("learners.bad-name", name=name), exit_code=ExitCode.USAGE)
    key = read_public_key(named_path(key_file))
    place = whole_path(named_path(folder))
    file = named_path(authorized_keys if authorized_keys is not None else "~/.ssh/authorized_keys")
    command = [sys.executable, "-E", "-P", "-m", "tutor", "class", "session", known, "--folder", str(place)]
    if lessons is not None:
        pack = whole_path(named_path(lessons))
        if not pack.is_dir():
            raise TutorError(translate("errors.no-lessons-folder", folder=str(pack)))
        command += ["--lessons", str(pack)]
    try:
        for each in (place, place / LEARNERS, place / LEARNERS / known):
            private.make_folder(each)
    except OSError as error:
        reason = error.strerror or str(error)
        raise TutorError(
            translate("transfer.unwritable", path=place, reason=reason), exit_code=ExitCode.CANNOT_WRITE
        ) from error
    add_key(file, known, key, command, also=also)
    print(translate("learners.added", name=known, path=file))
    return int(ExitCode.OK)


def show_report(folder: str, *, as_table: bool) -> int:
    """Print what each learner of a class has done.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: There is no such folder.
    """
    place = whole_path(named_path(folder))
    if not (place / LEARNERS).is_dir():
        raise TutorError(translate("learners.no-class", folder=folder), exit_code=ExitCode.USAGE)
    reports = class_report(place)
    if as_table:
        print(as_csv(reports), end="")
        return int(ExitCode.OK)
    if not reports:
        print(translate("learners.nobody"))
        return int(ExitCode.OK)
    width = max(cell_width(each.name) for each in reports)
    for each in reports:
        when = each.last_active.astimezone().strftime("%Y-%m-%d %H:%M") if each.last_active is not None else "–"
        share = f"{each.right / each.answers:.0%}" if each.answers else "–"
        said = translate(
            "learners.row",
            lessons=each.lessons,
            answers=each.answers,
            share=pad_left(share, 4),
            runs=each.runs,
            when=when,
        )
        print(f"{pad(each.name, width)}  {said}")
    return int(ExitCode.OK)
