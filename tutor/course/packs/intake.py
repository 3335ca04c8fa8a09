"""Takes the files of a pack from outside, one after another, and refuses what no pack needs.

Nothing that is taken in is ever run. Files get the rights of plain files, links are refused, and the number and size of
files are bounded, whatever an archive says about itself.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate

MOST_FILES = 2_000
LARGEST_FILE = 20 << 20
"""Bytes."""
LARGEST_PACK = 50 << 20
"""Bytes of all files together."""
_DEEPEST = 8
_LONGEST_NAME = 120
"""Characters of a file's or folder's name."""
_SHOWN = 80
_LEFT_OUT = frozenset({"__pycache__", "__MACOSX"})


def refused(key: str, **values: object) -> TutorError:
    """Return the error of a pack that is not taken, with the hint if there is one for its message."""
    shown = {name: harmless_line(str(value))[:_SHOWN] for name, value in values.items()}
    return TutorError(translate(key, **shown), exit_code=ExitCode.CANNOT_READ)


def _is_left_out(part: str) -> bool:
    return part.startswith(".") or part in _LEFT_OUT


class Intake:
    """A folder that is filled with the files of a pack.

    Args:
        folder: The folder, which is there and empty.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._size = 0
        self._taken: set[str] = set()

    def wants(self, name: str, size: int) -> bool:
        """Decide about a file before it is read.

        Args:
            name: Its path in the pack, with ``/`` between folders.
            size: Its bytes, as the source says.

        Returns:
            False for a hidden file, which is left out.

        Raises:
            TutorError: The path leads out of the pack, or it is too large or one too many.
        """
        parts = self._parts(name)
        if any(map(_is_left_out, parts)):
            return False
        if self._count + 1 > MOST_FILES:
            raise refused("pack.too-many-files", most=MOST_FILES)
        self._refuse_size(name, size)
        folded = "/".join(parts).casefold()
        if folded in self._taken:
            raise refused("pack.same-name", name=name)
        self._taken.add(folded)
        return True

    def wants_folder(self, name: str) -> bool:
        """Return whether files of a folder may be wanted; False for a hidden one.

        Raises:
            TutorError: Its path cannot be in a pack.
        """
        return not any(_is_left_out(part) for part in self._parts(name))

    def take(self, name: str, content: bytes) -> None:
        """Write a file that `wants` has agreed to.

        Raises:
            TutorError: It is larger than it said and now too large, or it is a file where another has a folder.
            OSError: It cannot be written.
        """
        self._refuse_size(name, len(content))
        self._count += 1
        self._size += len(content)
        path = self._folder.joinpath(*self._parts(name))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
        except (FileExistsError, NotADirectoryError) as error:
            raise refused("pack.same-name", name=name) from error

    def _refuse_size(self, name: str, size: int) -> None:
        if size > LARGEST_FILE:
            raise refused("pack.large-file", name=name, most=LARGEST_FILE >> 20)
        if self._size + size > LARGEST_PACK:
            raise refused("pack.too-large", most=LARGEST_PACK >> 20)

    @staticmethod
    def _parts(name: str) -> tuple[str, ...]:
        """Return the parts of a path that stays inside the pack."""
        parts = PurePosixPath(name).parts
        strange = (
            not parts
            or name.startswith("/")
            or ".." in parts
            or any(sign in name for sign in "\\:\0")
            or harmless_line(name) != name
        )
        if strange:
            raise refused("pack.path-escapes", name=name)
        if len(parts) > _DEEPEST or any(len(part.encode()) > _LONGEST_NAME for part in parts):
            raise refused("pack.long-path", name=name)
        return parts
