"""A keyword rule: an example is of class 1 if a word occurs often enough. Its threshold is set by hand or learnt."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from tutor.foundation.errors import TutorError
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import listed, translate
from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import CLASSIFICATION, Dataset, Floats
from tutor.ml.settings import ModelSettings, TrainSettings
from tutor.ml.training import EpochResult


class KeywordRule:
    """An example is of class 1 if the keyword occurs at least ``threshold`` times. See `tutor.ml.training.Training`.

    In the model ``threshold`` each epoch tries one more threshold and keeps the best so far: a search over one
    parameter that needs no gradient. In the model ``keyword-rule`` the lab or the learner sets the threshold, and
    nothing is learnt. The loss is the fraction of mistakes.

    Raises:
        TutorError: The data has not exactly two classes, or no feature for the keyword.
    """

    def __init__(self, dataset: Dataset, model: ModelSettings, train: TrainSettings) -> None:
        if dataset.task != CLASSIFICATION or dataset.classes != 2:
            raise TutorError(translate("ml.rule-needs-two-classes"))
        self.dataset = dataset
        self.learns = model.name == "threshold"
        self._train = train
        self.threshold = model.threshold
        self._use_keyword(model.keyword)
        self._epoch = self._updates = 0
        self._tried: list[tuple[float, float]] = []

    def _use_keyword(self, keyword: str) -> None:
        names = self.dataset.feature_names
        if keyword not in names:
            near = nearest(keyword, names)
            raise TutorError(
                translate("ml.no-such-column", column=keyword, known=listed(names)),
                hint=translate("ml.did-you-mean", near=near) if near else "",
            )
        self.keyword = keyword
        column = names.index(keyword)
        self._train_counts = self.dataset.raw(self.dataset.x_train)[:, column]
        self._valid_counts = self.dataset.raw(self.dataset.x_valid)[:, column]

    def set(self, name: str, value: object) -> None:
        """Change ``threshold`` or ``keyword`` between two epochs. See `Training.set`."""
        if name == "keyword":
            try:
                self._use_keyword(str(value))
            except TutorError as error:
                raise ValueError(name) from error
        elif name == "threshold" and isfinite(float(value)):  # type: ignore[arg-type]
            self.threshold = float(value)  # type: ignore[arg-type]
        else:
            raise ValueError(name)
        self._tried.clear()

    def candidates(self) -> list[float]:
        """The thresholds worth trying: each count that occurs, and one above all of them."""
        values = sorted({float(each) for each in np.rint(self._train_counts)})
        return [*values, values[-1] + 1.0]

    def mistakes(self, threshold: float) -> float:
        """The fraction of the training examples that this threshold puts in the wrong class."""
        return float((_reach(self._train_counts, threshold) != (self.dataset.y_train == 1)).mean())

    def epochs(self) -> Iterator[EpochResult]:
        """See `Training.epochs`."""
        while self._epoch < self._train.epochs:
            if self.learns:
                candidates = self.candidates()
                if len(self._tried) == len(candidates):
                    return
                self._try(candidates[len(self._tried)])
            self._epoch += 1
            yield self._result()

    def _try(self, threshold: float) -> None:
        self._tried.append((self.mistakes(threshold), threshold))
        self._updates += 1
        self.threshold = min(self._tried)[1]

    def _result(self) -> EpochResult:
        loss = self.mistakes(self.threshold)
        valid_loss = valid_accuracy = None
        if len(self._valid_counts):
            wrong = _reach(self._valid_counts, self.threshold) != (self.dataset.y_valid == 1)
            valid_loss = float(wrong.mean())
            valid_accuracy = 1 - valid_loss
        return EpochResult(self._epoch, self._updates, loss, valid_loss, 1 - loss, valid_accuracy)

    def predict(self, x: Floats) -> Floats:
        """Probabilities, (n, 2), each 0 or 1: a rule is never unsure."""
        column = self.dataset.feature_names.index(self.keyword)
        is_one = _reach(np.asarray(x)[:, column], self.threshold).astype(np.float64)
        return np.stack([1 - is_one, is_one], axis=1)

    def parameters(self) -> dict[str, Array]:
        """See `Training.parameters`."""
        return {"threshold": np.array(self.threshold)}

    def vectors(self) -> list[Array]:
        """Empty: no parameters are adjusted step by step."""
        return []

    def small_parameters(self) -> dict[str, float]:
        """The threshold."""
        return {"threshold": self.threshold}


def _reach(counts: Floats, threshold: float) -> NDArray[np.bool_]:
    """Which counts are at least the threshold.

    The counts were standardised and scaled back, so they are whole numbers again only after rounding. A threshold that
    was increased in steps may miss a whole number by its last digit.
    """
    return np.rint(counts) >= threshold - 1e-6
