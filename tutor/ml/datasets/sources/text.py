"""Short texts, line by line, to be written on character by character.

An example is the last few characters of a line as it stands so far, and its class is the character that comes next.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.files import named_path
from tutor.foundation.translate import translate
from tutor.ml.datasets.dataset import CLASSIFICATION, Dataset, Floats, Ints
from tutor.ml.datasets.sources.own_text import own_lines
from tutor.ml.datasets.sources.source import DataSource
from tutor.ml.settings import DataSettings

END = "\n"
"""The character behind a line, and in front of it: what is before the beginning is as good as an end."""
_END_NAME = "⏎"


def text(
    folder: Path | None, name: str, context: int, fraction: float | None, seed: int | None, path: str = ""
) -> Dataset:
    """The examples of a text: one for each character of each line, and one for each line's end.

    Whole lines are kept for validation, for the examples of one line are relatives. Features are not standardised.

    Args:
        folder: where the text lies as a file.
        name: ``names``, ``tale-en`` or ``tale-zh``, or ``file`` for the learner's own.
        context: how many characters before the next one make an example.
        fraction: the share of lines for validation; None for a tenth.
        seed: of the draw of those lines.
        path: the learner's own file.

    Raises:
        TutorError: there is no such file, or it holds nothing to learn from.
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
    """The numbers of the last characters, (n, context), as features: one 1 for each place, (n, context · K)."""
    return np.eye(characters, dtype=np.float32)[last].reshape(len(last), last.shape[1] * characters)


def _lines(folder: Path | None, name: str) -> list[str]:
    path = (folder or Path()) / f"{name}.txt"
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


SOURCE: DataSource[DataSettings] = DataSource(
    "text",
    lambda given, folder: text(folder, given.text, given.context, given.test_fraction, given.seed, given.path),
    uses=("text", "context", "test_fraction", "seed", "path"),
    whole=True,
    source="lists of words and sentences of this course, or the learner",
)
