"""A pack in a zip file. Sizes that the archive states are never trusted, only counted against."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from pathlib import Path

from tutor.course.packs.intake import LARGEST_FILE, LARGEST_PACK, MOST_FILES, Intake, refused

_END = b"PK\5\6"
_END_BYTES = 22
_LARGER_END = b"PK\6\7"
_LARGER_END_BYTES = 20
_LONGEST_COMMENT = 1 << 16
_LARGEST_LIST = MOST_FILES * 512
"""Bytes of the list of files. The standard library reads it whole, at a cost of a multiple of its size."""
_ENCRYPTED = 1


def unpack(archive: Path, intake: Intake) -> None:
    """Take the files of a zip file.

    Raises:
        TutorError: It is no zip file, is damaged, or holds what no pack may.
        OSError: It cannot be read, or a file cannot be written.
    """
    _refuse_long_list(archive)
    try:
        with zipfile.ZipFile(archive) as content:
            for info in content.infolist():
                if info.is_dir():
                    continue
                if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
                    raise refused("pack.link", name=info.filename)
                if info.flag_bits & _ENCRYPTED:
                    raise refused("pack.encrypted", name=info.filename)
                # A name with a zero byte was cut there by the library, so the archive's own spelling is judged.
                if intake.wants(info.orig_filename, info.file_size):
                    with content.open(info) as file:
                        intake.take(info.filename, file.read(LARGEST_FILE + 1))
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        EOFError,
        RuntimeError,
        struct.error,
        ValueError,
    ) as error:
        raise refused("pack.bad-zip", reason=error) from error


def _refuse_long_list(archive: Path) -> None:
    """Refuse an archive whose list of files would take much memory to read."""
    with archive.open("rb") as file:
        size = file.seek(0, 2)
        if size > LARGEST_PACK:
            raise refused("pack.too-large", most=LARGEST_PACK >> 20)
        file.seek(max(0, size - _LONGEST_COMMENT - _END_BYTES - _LARGER_END_BYTES))
        tail = file.read()
    at = len(tail) - _END_BYTES
    if tail[at : at + 4] != _END or tail[-2:] != b"\0\0":
        at = tail.rfind(_END, 0, len(tail) - _END_BYTES + 4)
    if at < 0:
        raise refused("pack.bad-zip", reason="no end record")
    listed = struct.unpack_from("<I", tail, at + 12)[0]
    is_larger_format = tail[max(0, at - _LARGER_END_BYTES) :].startswith(_LARGER_END)
    if listed > _LARGEST_LIST or is_larger_format:
        raise refused("pack.too-many-files", most=MOST_FILES)
