"""A text of the learner's own, line by line: as much of it as memory bears, and nothing that steers a terminal."""

from __future__ import annotations

from pathlib import Path

from tutor.foundation.errors import TutorError
from tutor.foundation.files import is_file, read_start
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate

LARGEST_TEXT = 1_000_000
"""Bytes that are read of a file."""
FEWEST_LINES = 10
LONGEST_PIECE = 200
"""Characters; a longer line is cut into several."""
MOST_VALUES = 7_000_000
"""Numbers in all examples together: each character has one for every different character in every place before it."""


def own_lines(path: Path, context: int) -> tuple[list[str], tuple[str, ...]]:
    """The lines of a file, without empty ones.

    Args:
        path: the file, in UTF-8.
        context: how many characters before the next one make an example.

    Returns:
        The lines, and what there is to tell of them.

    Raises:
        TutorError: it is no file, cannot be read, is no text in UTF-8, or has too few lines.
    """
    content, cut = _content(path)
    pieces = [piece for line in content.splitlines() for piece in _pieces(harmless_line(line).strip())]
    kept = _as_many_as_fit(pieces, context)
    if len(kept) < FEWEST_LINES:
        message = translate("writing.too-short", path=harmless_line(str(path)), count=len(kept), fewest=FEWEST_LINES)
        raise TutorError(message, hint=translate("writing.too-short-hint"))
    notes = []
    if cut or len(kept) < len(pieces):
        notes.append(translate("writing.note-cut", name=harmless_line(path.name), count=len(kept)))
    return kept, tuple(notes)


def _content(path: Path) -> tuple[str, bool]:
    """The text of a file, and whether it goes on behind that."""
    shown = harmless_line(str(path))
    if not is_file(path):
        raise TutorError(translate("writing.no-file", path=shown), hint=translate("writing.no-file-hint"))
    try:
        read = read_start(path, LARGEST_TEXT + 1)
    except OSError as error:
        message = translate("ml.csv-unreadable", path=shown, reason=error.strerror or str(error))
        raise TutorError(message, hint=translate("writing.no-file-hint")) from error
    cut = len(read) > LARGEST_TEXT
    if cut:
        # The last line may be torn, and its last character too.
        read = read[: read.rfind(b"\n", 0, LARGEST_TEXT) + 1] or read[:LARGEST_TEXT]
    try:
        return read.decode("utf-8-sig"), cut
    except UnicodeDecodeError as error:
        line = read[: error.start].count(b"\n") + 1
        message = translate("ml.csv-not-utf8", path=shown, line=line)
        raise TutorError(message, hint=translate("writing.utf8-hint")) from error


def _pieces(line: str) -> list[str]:
    return [line[start : start + LONGEST_PIECE] for start in range(0, len(line), LONGEST_PIECE)]


def _as_many_as_fit(lines: list[str], context: int) -> list[str]:
    """The first lines, as many as make no more than `MOST_VALUES` numbers."""
    different: set[str] = set()
    characters = 0
    for index, line in enumerate(lines):
        different |= set(line)
        characters += len(line) + 1
        if characters * context * (len(different) + 1) > MOST_VALUES:
            return lines[:index]
    return lines
