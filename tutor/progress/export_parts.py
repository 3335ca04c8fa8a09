"""An export in JSON, read part by part, so that a large one need not be in memory as a whole.

`tutor.progress.transfer.write_json` writes one line for each value, with one blank in front for each level. Text in
JSON holds no line breaks, so a line break, two blanks and a brace are the end of a row and nothing else. Each part is
read as JSON by itself, so if all parts can be read, they say what the whole file says. A file with
another layout was rewritten by another program; the caller then reads it as a whole.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO, Final

import msgspec

_CHUNK: Final = 1 << 18
_LONGEST: Final = 16 << 20
"""Bytes; a longer part is not a row that tutor wrote."""

_OPEN: Final = b"{\n"
_NEXT: Final = b",\n"
_ROWS: Final = b"[\n"
_ROWS_END: Final = b"\n ]"
_END: Final = b"\n}"


class OtherLayoutError(Exception):
    """The file is not laid out as tutor writes it, or it is damaged."""


Part = tuple[str, bool, list[object]]
"""A key of the file, whether it has rows, and some of its rows, or its only value."""


def read_parts(file: BinaryIO) -> Iterator[Part]:
    """Yield the content of an export in its order: some rows of a table at a time.

    Args:
        file: The file at its beginning.

    Raises:
        OtherLayoutError: See there. It may come after many parts, which the caller must then discard.
    """
    window = _Window(file)
    window.skip(codecs.BOM_UTF8)
    if not window.skip(_OPEN):
        raise OtherLayoutError
    seen: set[str] = set()
    more = True
    while more:
        if not window.skip(b" "):
            raise OtherLayoutError
        key = _decoded(window.until(b'": ') + b'"')
        if not isinstance(key, str) or key in seen:  # of two values with one key, JSON keeps the later one
            raise OtherLayoutError
        seen.add(key)
        window.skip(b'": ')
        if window.skip(_ROWS):
            for rows in _rows(window):
                yield key, True, rows
            window.skip(_ROWS_END)
        else:
            yield key, False, [_decoded(window.until(b',\n "', _END))]
        more = window.skip(_NEXT)
    if not window.skip(_END) or window.rest().strip():
        raise OtherLayoutError


def _rows(window: _Window) -> Iterator[list[object]]:
    while True:
        text, is_last = window.until_last(b"\n  },\n", 4, _ROWS_END)
        rows = _decoded(b"[%b]" % text)
        if not isinstance(rows, list):
            raise OtherLayoutError
        yield rows
        if is_last:
            return
        window.skip(_NEXT)


def _decoded(text: bytes) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise OtherLayoutError from error


class _Window:
    """What has been read of a file and not yet been used."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._text = b""

    def skip(self, expected: bytes) -> bool:
        """Return whether the text goes on with ``expected``, and if so, move past it."""
        while len(self._text) < len(expected) and self._grow():
            pass
        found = self._text.startswith(expected)
        if found:
            self._text = self._text[len(expected) :]
        return found

    def until(self, *ends: bytes) -> bytes:
        """Return what comes before the first of ``ends`` to come."""
        start = 0
        while True:
            found = [at for at in (self._text.find(end, start) for end in ends) if at >= 0]
            if found:
                return self._take(min(found))
            start = max(0, len(self._text) - max(map(len, ends)))
            self._grow_or_fail()

    def until_last(self, end: bytes, kept: int, last: bytes) -> tuple[bytes, bool]:
        """Return what comes before ``last``, and True, if that has been read.

        Otherwise return what comes before the last ``end`` so far, with its first ``kept`` bytes, and False.
        """
        start = 0
        while True:
            if not self._text:
                self._grow_or_fail()
            if (at := self._text.find(last, start)) >= 0:
                return self._take(at), True
            if (at := self._text.rfind(end, start)) >= 0:
                return self._take(at + kept), False
            start = max(0, len(self._text) - len(end) - len(last))
            self._grow_or_fail()

    def rest(self) -> bytes:
        """Return what is left, or enough of it to show that it is not blank."""
        while not self._text.strip() and self._grow():
            pass
        return self._text

    def _take(self, size: int) -> bytes:
        taken, self._text = self._text[:size], self._text[size:]
        return taken

    def _grow(self) -> bool:
        chunk = self._file.read(_CHUNK)
        self._text += chunk
        return bool(chunk)

    def _grow_or_fail(self) -> None:
        if len(self._text) > _LONGEST or not self._grow():
            raise OtherLayoutError
