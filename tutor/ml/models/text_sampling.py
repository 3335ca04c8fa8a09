"""Sampling text from a model of the next character: draw a character by its probability, append it, and repeat."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tutor.ml.datasets.dataset import Floats
from tutor.ml.datasets.sources.text import contexts

LONGEST = 48
"""The number of characters after which a line is ended."""


def sample_lines(
    predict: Callable[[Floats], Floats],
    characters: Sequence[str],
    context: int,
    count: int,
    random: np.random.Generator,
    temperature: float = 1.0,
) -> list[str]:
    """Sample ``count`` lines of at most `LONGEST` characters.

    Args:
        predict: Gives the probabilities of the next character, (n, K), for features (n, context · K).
        characters: The K characters; the first is the end of a line.
        context: How many characters the model looks back.
        count: How many lines.
        random: Draws the characters.
        temperature: The probabilities are raised to the power 1 / temperature. Below 1 likely characters become more
            likely, at 0 the most likely one is always taken, and above 1 all become more alike.

    Returns:
        The lines without their ends; empty if the model gives probabilities that are not finite.
    """
    last = np.zeros((count, context), dtype=np.int64)
    lines = [""] * count
    unfinished = np.ones(count, dtype=np.bool_)
    for _ in range(LONGEST):
        cumulative = np.cumsum(_at_temperature(predict(contexts(last, len(characters))), temperature), axis=1)
        if not np.isfinite(cumulative).all():
            return []
        # Rounding may leave the last sum just below 1, and a draw above it.
        drawn = np.minimum((cumulative < random.random((count, 1))).sum(axis=1), len(characters) - 1)
        unfinished &= drawn != 0
        if not unfinished.any():
            break
        for index in np.flatnonzero(unfinished):
            lines[index] += characters[drawn[index]]
        last = np.column_stack([last[:, 1:], drawn])
    return lines


def _at_temperature(probabilities: Floats, temperature: float) -> Floats:
    """Probabilities (n, K) at a temperature; unchanged at 1, and if they are not finite."""
    if temperature == 1.0 or not np.isfinite(probabilities).all():
        return probabilities
    if temperature <= 0:
        greedy: Floats = np.eye(probabilities.shape[1])[probabilities.argmax(axis=1)]
        return greedy
    with np.errstate(divide="ignore", under="ignore"):
        logarithms = np.log(probabilities.astype(np.float64)) / temperature
    powers = np.exp(logarithms - logarithms.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
