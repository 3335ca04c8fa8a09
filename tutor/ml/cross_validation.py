"""N-fold cross-validation: one training for each fold, side by side, and the mean of their results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tutor.ml.arrays import Array
from tutor.ml.datasets.dataset import Floats
from tutor.ml.training import EpochResult, Training


class CrossValidation:
    """See `tutor.ml.training.Training`. Losses and accuracies are means over the folds; updates are their sum.

    Methods about a single model use that of the first fold. No fold's model is meant to be kept: cross-validation
    judges a choice, and the chosen model is then trained on all rows.

    Args:
        trainings: One training for each fold.
    """

    def __init__(self, trainings: Sequence[Training]) -> None:
        self._trainings = trainings
        self.dataset = trainings[0].dataset
        self.fold_results: tuple[EpochResult, ...] = ()

    @property
    def first(self) -> Training:
        """The training of the first fold."""
        return self._trainings[0]

    def epochs(self) -> Iterator[EpochResult]:
        """See `Training.epochs`; ends as soon as one of the folds does."""
        for results in zip(*(training.epochs() for training in self._trainings), strict=False):
            self.fold_results = results
            yield _mean(results)

    def set(self, name: str, value: object) -> None:
        """Change a setting in every fold."""
        for training in self._trainings:
            training.set(name, value)

    def predict(self, x: Floats) -> Floats:
        """The predictions of the first fold's model."""
        return self._trainings[0].predict(x)

    def parameters(self) -> dict[str, Array]:
        """The parameters of the first fold's model."""
        return self._trainings[0].parameters()

    def vectors(self) -> list[Array]:
        """The parameter vectors of all folds."""
        return [vector for training in self._trainings for vector in training.vectors()]

    def small_parameters(self) -> dict[str, float]:
        """The parameters of the first fold's model."""
        return self._trainings[0].small_parameters()


def _mean(results: Sequence[EpochResult]) -> EpochResult:
    def over(read: Callable[[EpochResult], float | None]) -> float | None:
        values = [value for value in map(read, results) if value is not None]
        return sum(values) / len(values) if len(values) == len(results) else None

    return EpochResult(
        results[0].epoch,
        sum(result.updates for result in results),
        sum(result.train_loss for result in results) / len(results),
        over(lambda result: result.valid_loss),
        over(lambda result: result.train_accuracy),
        over(lambda result: result.valid_accuracy),
        over(lambda result: result.gradient_norm),
        results[0].learning_rate,
        any(result.diverged for result in results),
    )
