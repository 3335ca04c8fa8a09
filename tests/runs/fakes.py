"""A training that needs no NumPy: what the training loop asks of one, in its simplest form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tutor.labs.lab_config import Value
from tutor.ml.divergence import divergence_limit, has_diverged
from tutor.ml.training import EpochResult


class FakeTraining:
    """Gradient descent on w², by hand: w ← w − η·2w, four updates an epoch."""

    def __init__(self, epochs: int = 10, learning_rate: float = 0.1, w: float = 1.0) -> None:
        self.count = epochs
        self.learning_rate = learning_rate
        self.w = w
        self.asked: list[int] = []
        self.given = False
        self.shown: list[float] = []

    def groups(self, together: Callable[[], int]) -> Iterator[list[EpochResult]]:
        for epoch in range(1, self.count + 1):
            self.asked.append(together())
            for _ in range(4):
                self.w -= self.learning_rate * 2 * self.w
            loss = self.w * self.w
            diverged = has_diverged(loss, divergence_limit(1.0))
            yield [EpochResult(epoch, 4 * epoch, loss, loss + 1.0, learning_rate=self.learning_rate, diverged=diverged)]

    def change_setting(self, key: str, value: Value) -> None:
        assert isinstance(value, float)
        if key == "optimizer.learning_rate":
            self.learning_rate = value
        elif key == "model.w":
            self.w = value
        else:
            raise ValueError(f"{key} cannot be turned")

    def scenes(self) -> Iterable[tuple[str, dict[str, object]]]:
        given, self.given = self.given, True
        return [] if given else [("curve", {"x": [0.0], "y": [0.0]})]

    def frames(self) -> Iterable[tuple[str, dict[str, object]]]:
        self.shown.append(self.w)
        return [("curve", {"w": self.w})]

    def facts(self) -> dict[str, float]:
        return {"final.w": self.w}


class FakeClock:
    """Time that passes only by sleeping, and a little by being looked at."""

    def __init__(self, tick: float = 0.0001) -> None:
        self.now = 100.0
        self.tick = tick
        self.slept = 0.0

    def __call__(self) -> float:
        self.now += self.tick
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds
        self.slept += seconds
