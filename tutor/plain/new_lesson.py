"""``tutor new``: a complete small lesson or lab without faults, whose parts the author replaces one by one."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from tutor.course.catalogue import Course
from tutor.course.files import language_folders, lesson_files, lesson_number
from tutor.course.source import is_identifier
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import named_path, read_file
from tutor.foundation.languages import fallbacks
from tutor.foundation.safe_text import harmless, harmless_line
from tutor.foundation.translate import language, translate
from tutor.labs.lab_files import toml_key, toml_value

_LONGEST = 60
_LESSON, _LAB = "lesson.md", "new-lab.txt"
"""The files of a language to begin with."""
_LARGEST = 1 << 16
"""Bytes of the lesson to begin with, which a language from outside may bring."""
_YAML_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Words that YAML does not read as text unless they are quoted."""


def new_lesson(title: str, folder: str | None) -> int:
    """Write the files of a new lesson, numbered after the others, and print what to do next.

    Args:
        title: The lesson's title; its id and file name are derived from it.
        folder: The lessons folder; by default the current folder, or ``lessons`` in it.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: The folder is missing, such a lesson exists already, or a file cannot be written.
    """
    shown = harmless_line(title).strip().replace('"', "'").replace("\\", "/")
    pack = _pack(folder)
    languages = language_folders(pack) or [""]
    number = 1 + max((lesson_number(path) for each in languages for path in lesson_files(pack, each)), default=0)
    lesson_id = _id_of(shown, number)
    for header in Course(pack).headers(language()):
        if header.id == lesson_id:
            raise TutorError(translate("new.taken", id=lesson_id, path=header.path), hint=translate("new.exists-hint"))
    paths = {each: pack / each / f"{number:02}-{lesson_id}.md" for each in languages}
    for each, path in paths.items():
        text = _skeleton(each or language(), _LESSON)
        if lesson_id in _YAML_WORDS:
            text = text.replace("id: @id@", 'id: "@id@"', 1)
        write_new(path, text.replace("@id@", lesson_id).replace("@title@", shown))
        print(translate("new.written", path=path))
    first = paths.get(language()) or next(iter(paths.values()))
    print(translate("new.next", path=first))
    return int(ExitCode.OK)


def new_lab(name: str, folder: str | None) -> int:
    """Write the file of a new lab, with comments, and print what to do next.

    Args:
        name: The name of the lab and of its file.
        folder: The lessons folder, as for `new_lesson`; its folder ``labs`` is made if need be.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: The name cannot be that of a lab, such a lab exists already, or the file cannot be written.
    """
    name = name.removesuffix(".toml")
    if not is_identifier(name):
        shown = harmless_line(name)[:_LONGEST]
        raise TutorError(translate("labcheck.file-name", name=shown), exit_code=ExitCode.USAGE)
    pack = _pack(folder)
    path = pack / "labs" / f"{name}.toml"
    codes = language_folders(pack) or [language()]
    titles = ", ".join(f"{toml_key(code)} = {toml_value(name.replace('-', ' ').capitalize())}" for code in codes)
    abouts = ", ".join(f"{toml_key(code)} = {toml_value(_about(code))}" for code in codes)
    try:
        path.parent.mkdir(exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise TutorError(
            translate("new.cannot-write", path=path, reason=reason), exit_code=ExitCode.CANNOT_WRITE
        ) from error
    write_new(path, _skeleton(language(), _LAB).replace("@titles@", titles).replace("@abouts@", abouts))
    print(translate("new.written", path=path))
    print(translate("new.next-lab", path=path))
    return int(ExitCode.OK)


def _about(code: str) -> str:
    """The description that a new lab begins with, in the language ``code`` or one that stands in for it."""
    texts = (each.text("new.about-lab") for each in fallbacks(code))
    return next((text for text in texts if text), translate("new.about-lab"))


def _pack(folder: str | None) -> Path:
    here = named_path(folder) if folder is not None else Path()
    if not here.is_dir():
        raise TutorError(
            translate("new.no-folder", path=here),
            hint=translate("new.no-folder-hint"),
            exit_code=ExitCode.CANNOT_READ,
        )
    below = here / "lessons"
    return below if folder is None and below.is_dir() and not language_folders(here) else here


def _id_of(title: str, number: int) -> str:
    """An id made of the title's Latin letters, or of ``number`` if the title has none."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    if not re.search(r"\w", title):
        raise TutorError(translate("new.no-title"), exit_code=ExitCode.USAGE)
    identifier = "-".join(words)[:_LONGEST].strip("-")
    return identifier if identifier and identifier[0].isalpha() else f"lesson-{number}"


def _skeleton(code: str, file: str) -> str:
    """The lesson or lab to begin with, in the language ``code`` or the first that stands in for it and has one."""
    for folder in (folder for each in fallbacks(code) for folder in each.folders):
        try:
            return harmless(read_file(folder / file, _LARGEST).decode("utf-8-sig"))
        except (OSError, UnicodeDecodeError):
            continue
    return ""


def write_new(path: Path, text: str) -> None:
    """Write a lesson file that does not exist yet.

    Raises:
        TutorError: It exists, or it cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as file:  # never replaces a file
            file.write(text)
    except FileExistsError as error:
        raise TutorError(
            translate("new.exists", path=path), hint=translate("new.exists-hint"), exit_code=ExitCode.CANNOT_WRITE
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise TutorError(
            translate("new.cannot-write", path=path, reason=reason), exit_code=ExitCode.CANNOT_WRITE
        ) from error
