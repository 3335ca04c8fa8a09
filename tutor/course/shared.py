"""A course that was read before this process was forked, so that the sessions of a class need not read it each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tutor.course.catalogue import Course
from tutor.course.packs.installed import open_course
from tutor.foundation.files import whole_path

_Stamps = tuple[tuple[str, int, int], ...]

_shared: dict[Path, tuple[Course, _Stamps]] = {}


def read_ahead(folder: Path) -> Iterator[None]:
    """Read the course in a folder piece by piece; each step takes some hundredths of a second.

    What has been read at any moment is what `shared_course` returns in processes forked then.
    """
    course = open_course(folder, Path(os.devnull))  # the packs of the teacher are for the teacher
    _shared[whole_path(folder)] = course, _stamps(course)
    for language in course.languages:
        course.headers(language)
        yield
        for path in course.files(language):
            course.reading(path, language)
            yield
    course.glossary()


def shared_course(folder: Path) -> Course | None:
    """Return the course of a folder if it was read ahead, and no lesson has changed since."""
    found = _shared.get(whole_path(folder)) if _shared else None
    return found[0] if found is not None and _stamps(found[0]) == found[1] else None


def _stamps(course: Course) -> _Stamps:
    stamps = []
    for language in course.languages:
        for path in course.files(language):
            try:
                status = path.stat()
            except OSError:
                continue
            stamps.append((str(path), status.st_mtime_ns, status.st_size))
    return tuple(stamps)
