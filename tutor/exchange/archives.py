"""Zip files of unknown origin: nothing is unpacked to the disk, and what they hold is bounded."""

from __future__ import annotations

import io
import zipfile
import zlib

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate

_MOST_FILES = 5_000
_MOST_BYTES = 128 << 20
"""Bytes that are unpacked of one archive, in all its files together."""


class Archive:
    """The files in a zip file, in memory.

    Raises:
        TutorError: It is damaged, or has too many files.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise TutorError(translate("exchange.bad-zip")) from error
        self._left = _MOST_BYTES
        self._infos = {info.filename: info for info in self._zip.infolist() if not info.is_dir()}
        if len(self._infos) > _MOST_FILES:
            raise TutorError(translate("exchange.zip-files", most=_MOST_FILES))

    @property
    def names(self) -> list[str]:
        """The names of its files, as they stand in it."""
        return list(self._infos)

    def read(self, name: str) -> bytes:
        """Return the content of a file.

        Raises:
            TutorError: It is damaged or encrypted, or the archive unpacks to too much.
        """
        info = self._infos[name]
        try:
            with self._zip.open(info) as file:
                content = file.read(self._left + 1)  # the size that the archive states may be a lie
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
            raise TutorError(translate("exchange.bad-zip")) from error
        self._left -= len(content)
        if self._left < 0:
            raise TutorError(translate("exchange.zip-large", most=_MOST_BYTES >> 20))
        return content
