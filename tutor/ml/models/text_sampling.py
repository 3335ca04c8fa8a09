"""Writing with a model that knows the next character: draw one by its probability, append it, ask again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tutor.ml.datasets.dataset import Floats
from tutor.ml.datasets.sources.text import contexts

LONGEST = 48
"""Characters after which a line ends, wanted or not."""


def write(
    predict: Callable[[Floats], Floats],
    characters: Sequence[str],
    context: int,
    count: int,
    random: np.random.Generator,
    temperature: float = 1.0,
) -> list[str]:
    """Write ``count`` lines, none longer than `LONGEST`.

    Args:
        predict: the probabilities of the next character, (n, K), for features (n, context · K).
        characters: K of them; the first is the end of a line.
        context: how many characters the model looks back.
        count: of lines.
        random: draws the characters.
        temperature: the probabilities are raised to the power of its inverse: below 1 the likely ones get likelier, at
            0 the likeliest is taken, above 1 all become more alike.

    Returns:
        The lines without their ends; nothing where the model gives no finite probabilities.
    """
    last = np.zeros((count, context), dtype=np.int64)
    written = [""] * count
    writing = np.ones(count, dtype=np.bool_)
    for _ in range(LONGEST):
        shares = np.cumsum(_tempered(predict(contexts(last, len(characters))), temperature), axis=1)
        if not np.isfinite(shares).all():
            return []
        # The last sum may be a hair below 1, and a draw above it.
        drawn = np.minimum((shares < random.random((count, 1))).sum(axis=1), len(characters) - 1)
        writing &= drawn != 0
        if not writing.any():
            break
        for index in np.flatnonzero(writing):
            written[index] += characters[drawn[index]]
        last = np.column_stack([last[:, 1:], drawn])
    return written


def _tempered(probabilities: Floats, temperature: float) -> Floats:
    """Probabilities (n, K) as ``temperature`` bends them; as they are at 1, and where they are no numbers."""
    if temperature == 1.0 or not np.isfinite(probabilities).all():
        return probabilities
    if temperature <= 0:
        greedy: Floats = np.eye(probabilities.shape[1])[probabilities.argmax(axis=1)]
        return greedy
    with np.errstate(divide="ignore", under="ignore"):
        logarithms = np.log(probabilities.astype(np.float64)) / temperature
    bent = np.exp(logarithms - logarithms.max(axis=1, keepdims=True))
    return np.asarray(bent / bent.sum(axis=1, keepdims=True))
