"""What lessons may refer to outside of their own course: the shipped lessons, and packs that are installed."""

from __future__ import annotations

from functools import cached_property

from tutor.course.catalogue import Course
from tutor.course.packs.manifest import pack_id_at
from tutor.foundation import paths
from tutor.foundation.errors import TutorError
from tutor.foundation.pack_ids import MARK, in_pack, pack_of_id


class Outside:
    """The ids that the lessons of a folder may name although they do not define them.

    Nothing is read before the first question.

    Args:
        course: The course of the folder.
    """

    def __init__(self, course: Course) -> None:
        self._course = course

    @cached_property
    def _own(self) -> str:
        return pack_id_at(self._course.folder)

    def own(self, reference: str) -> str:
        """Return a reference as the course itself would write it: without the id of the pack that it is."""
        return reference.removeprefix(f"{self._own}{MARK}") if self._own else reference

    def has_lesson(self, reference: str) -> bool:
        """Return whether a lesson outside is called so."""
        return self._whole(reference) in self._ids[0]

    def has_term(self, reference: str) -> bool:
        """Return whether a term outside is called so."""
        return self._whole(reference) in self._ids[1]

    def has_file(self, name: str) -> bool:
        """Return whether a lesson outside has a file of this name, by which links lead to it."""
        return name in self._ids[2]

    def _whole(self, reference: str) -> str:
        pack = pack_of_id(reference)
        return in_pack(pack, reference.removeprefix(f"{pack}{MARK}")) if pack else reference

    @cached_property
    def _ids(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """The ids of lessons and of terms (those of the shipped lessons without a pack), and the names of files."""
        try:
            shipped = paths.shipped_lessons()
        except TutorError:
            return frozenset(), frozenset(), frozenset()
        if shipped == self._course.folder:
            return frozenset(), frozenset(), frozenset()
        there = Course(shipped, self._course.neighbours)
        headers = [header for language in there.languages for header in there.headers(language)]
        terms = (known.id for header in headers for known in header.ids if known.is_term)
        files = frozenset(header.path.name for header in headers)
        return frozenset(header.id for header in headers), frozenset(terms), files
