"""Short texts, line by line, for models that write character by character.

The features of an example are the last few characters of a line so far, and its class is the next character.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.files import is_file, named_path, read_start
from tutor.foundation.paths import data_file
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.ml.datasets.dataset import CLASSIFICATION, Dataset, Floats, Ints
from tutor.ml.datasets.sources.source import DataSource
from tutor.ml.settings import DataSettings

END = "\n"
"""The character after a line, which also stands for every place before its beginning."""
_END_NAME = "⏎"
LARGEST_TEXT = 1_000_000
"""How many bytes of a file are read."""
MIN_LINES = 10
LONGEST_PIECE = 200
"""Characters; a longer line is cut into pieces."""
MAX_VALUES = 7_000_000
"""The largest number of features of all examples together: each example has context · K."""


def text(
    folder: Path | None, name: str, context: int, fraction: float | None, seed: int | None, path: str = ""
) -> Dataset:
    """The examples of a text: one for each character of each line, and one for each line's end.

    Whole lines are kept for validation, because examples of one line resemble each other. Features are not
    standardised.

    Args:
        folder: The folder with the files of the course.
        name: ``names``, ``tale-en`` or ``tale-zh``, or ``file`` for the learner's own text.
        context: How many characters before the next one are the features of an example.
        fraction: The fraction of the lines for validation; None for a tenth.
        seed: Decides which lines those are.
        path: The learner's own file.

    Raises:
        TutorError: There is no such file, or it has nothing to learn from.
    """
    notes: tuple[str, ...] = ()
    if name == "file":
        lines, notes = own_lines(named_path(path), context)
    else:
        lines = _lines(folder, name)
    characters = (END, *sorted(set("".join(lines))))
    order = np.random.default_rng([seed or 0, len(lines)]).permutation(len(lines))
    cut = len(lines) - round((0.1 if fraction is None else fraction) * len(lines))
    parts = [[lines[index] for index in sorted(some)] for some in (order[:cut], order[cut:])]
    (x_train, y_train), (x_valid, y_valid) = (_examples(part, characters, context) for part in parts)
    shown = [_END_NAME if character == END else character for character in characters]
    return Dataset(
        name="text",
        task=CLASSIFICATION,
        x_train=x_train,
        y_train=y_train,
        x_valid=x_valid,
        y_valid=y_valid,
        feature_names=tuple(f"{place - context}:{character}" for place in range(context) for character in shown),
        target_name="next",
        class_names=tuple(shown),
        x_mean=np.zeros(x_train.shape[1], np.float32),
        x_scale=np.ones(x_train.shape[1], np.float32),
        notes=notes,
        lines=tuple(parts[0]),
    )


def contexts(last: Ints, characters: int) -> Floats:
    """One-hot features, (n, context · K), of the numbers of the last characters, (n, context)."""
    return np.eye(characters, dtype=np.float32)[last].reshape(len(last), last.shape[1] * characters)


def _lines(folder: Path | None, name: str) -> list[str]:
    path = data_file(folder, f"{name}.txt")
    if not path.is_file():
        raise TutorError(translate("ml.no-data-file", path=path), hint=translate("ml.no-data-file-hint"))
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line]


def _examples(lines: list[str], characters: tuple[str, ...], context: int) -> tuple[Floats, Ints]:
    number = {character: index for index, character in enumerate(characters)}
    last: list[list[int]] = []
    following: list[int] = []
    for line in lines:
        spelled = [number[END]] * context + [number[character] for character in line + END]
        for place in range(context, len(spelled)):
            last.append(spelled[place - context : place])
            following.append(spelled[place])
    places = np.array(last, dtype=np.int64).reshape(len(last), context)
    return contexts(places, len(characters)), np.array(following, dtype=np.int64)


# -- a text of the learner's own -----------------------------------------------------------------------------------


def own_lines(path: Path, context: int) -> tuple[list[str], tuple[str, ...]]:
    """The lines of a file, without empty ones and without control characters.

    Args:
        path: The file, in UTF-8. At most `LARGEST_TEXT` bytes and `MAX_VALUES` features of it are used.
        context: How many characters before the next one are the features of an example.

    Returns:
        The lines, and notes for the learner.

    Raises:
        TutorError: It is not a file, cannot be read, is not UTF-8, or has too few lines.
    """
    content, cut = _content(path)
    pieces = [piece for line in content.splitlines() for piece in _pieces(harmless_line(line).strip())]
    kept = _as_many_as_fit(pieces, context)
    if len(kept) < MIN_LINES:
        message = translate("writing.too-short", path=harmless_line(str(path)), count=len(kept), fewest=MIN_LINES)
        raise TutorError(message, hint=translate("writing.too-short-hint"))
    notes = []
    if cut or len(kept) < len(pieces):
        notes.append(translate("writing.note-cut", name=harmless_line(path.name), count=len(kept)))
    return kept, tuple(notes)


def _content(path: Path) -> tuple[str, bool]:
    """The text of a file, and whether the file is longer than that."""
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
        # The last line may be incomplete, and so may its last character.
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
    """The first lines, as many as have at most `MAX_VALUES` features."""
    different: set[str] = set()
    characters = 0
    for index, line in enumerate(lines):
        different |= set(line)
        characters += len(line) + 1
        if characters * context * (len(different) + 1) > MAX_VALUES:
            return lines[:index]
    return lines


SOURCE: DataSource[DataSettings] = DataSource(
    "text",
    lambda given, folder: text(folder, given.text, given.context, given.test_fraction, given.seed, given.path),
    uses=("text", "context", "test_fraction", "seed", "path"),
    whole=True,
    source="lists of words and sentences of this course, or the learner",
)
