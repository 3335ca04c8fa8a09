"""Models that know nothing: coin flips, the luckiest of which is kept."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate
from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import Dataset, Floats
from tutor.ml.settings import TrainSettings
from tutor.ml.training import EpochResult

_OWN_COINS = 2


class CoinFlips:
    """Each epoch flips a coin for every example; the loss is the fraction of mistakes. See `Training` for the methods.

    The answers are kept if they are the best so far on the training rows.

    Raises:
        TutorError: The data set is not ``coins``, whose only feature is the number of the example.
    """

    def __init__(self, dataset: Dataset, train: TrainSettings) -> None:
        if dataset.name != "coins":
            raise TutorError(translate("ml.coin-flips-need-coins"))
        self.dataset = dataset
        self._train = train
        # The generator gets a second number: with the seed of the data alone it would know every answer.
        self._random = np.random.default_rng([train.seed, _OWN_COINS])
        self._seen = self._numbers(dataset.raw(dataset.x_train))
        self._unseen = self._numbers(dataset.raw(dataset.x_valid))
        self._answers = np.zeros(1 + max(self._seen.max(), self._unseen.max(initial=0)), dtype=np.int64)
        self._best = 2.0
        self._epoch = 0

    @staticmethod
    def _numbers(x: Floats) -> Array:
        return np.rint(x[:, 0]).astype(np.int64)

    def set(self, name: str, value: object) -> None:
        """There are no settings.

        Raises:
            ValueError: Always.
        """
        raise ValueError(name)

    def epochs(self) -> Iterator[EpochResult]:
        """See `Training.epochs`."""
        valid = None
        while self._epoch < self._train.epochs:
            self._epoch += 1
            answers = self._random.integers(0, 2, len(self._answers))
            mistakes = float((answers[self._seen] != self.dataset.y_train).mean())
            if mistakes < self._best:
                self._best, self._answers = mistakes, answers
                if len(self._unseen):
                    valid = float((answers[self._unseen] != self.dataset.y_valid).mean())
            yield EpochResult(
                self._epoch, self._epoch, self._best, valid, 1 - self._best, None if valid is None else 1 - valid
            )

    def predict(self, x: Floats) -> Floats:
        """The best answers so far as probabilities, (n, 2), each 0 or 1: a coin is never unsure."""
        numbers = np.clip(self._numbers(np.asarray(x)), 0, len(self._answers) - 1)
        heads = self._answers[numbers].astype(np.float64)
        return np.stack([1 - heads, heads], axis=1)

    def parameters(self) -> dict[str, Array]:
        """The best answers so far."""
        return {"answers": self._answers.copy()}

    def vectors(self) -> list[Array]:
        """Empty: no parameters are adjusted step by step."""
        return []

    def small_parameters(self) -> dict[str, float]:
        """Empty: none that could be named."""
        return {}
