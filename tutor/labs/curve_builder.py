"""A curve built by hand out of bends: each is placed, widened and raised; the sum and its error follow."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate

MOST_BENDS = 20
_STEPS = 40
"""How many steps lead across the curve, and up it."""
_MOST_MOVES = 500
_RAMP = 4.0
"""A hard sigmoid climbs while its input goes from −2 to 2."""


@dataclass(frozen=True, slots=True)
class Bend:
    """A ramp from ``left`` to ``right`` that climbs by ``rise``; a soft one goes round its corners."""

    left: float
    right: float
    rise: float

    @property
    def parameters(self) -> tuple[float, float, float]:
        """w, b and c of c·σ(b + w·x)."""
        w = _RAMP / (self.right - self.left)
        return w, -w * (self.left + self.right) / 2, self.rise


_Drawing = tuple[tuple[Bend, ...], float, int]
"""Bends, constant, and which bend is chosen."""


class Builder:
    """The bends as they are placed, one of them chosen.

    Args:
        curve: x, rising, and y of what the sum is to meet.
        bends: To begin with.
        constant: What is added to all of them.
        hard: Whether σ is the hard sigmoid.

    Raises:
        TutorError: there is no curve to meet.
    """

    def __init__(
        self, curve: tuple[Sequence[float], Sequence[float]], bends: Iterable[Bend], constant: float, *, hard: bool
    ) -> None:
        self._x, self._y = [float(each) for each in curve[0]], [float(each) for each in curve[1]]
        if len(self._x) < 2 or len(self._x) != len(self._y) or not self._x[0] < self._x[-1]:
            raise TutorError(translate("builder.no-curve"))
        self.bends = list(bends)[:MOST_BENDS]
        self.constant = constant
        self.hard = hard
        self.chosen = 0
        self.version = 0
        """Rises with every change."""
        self._before: list[_Drawing] = []
        self._after: list[_Drawing] = []

    @classmethod
    def of_panel(cls, scene: Mapping[str, Any], frame: Mapping[str, Any]) -> Builder:
        """From what the log of a run says of the panel ``pieces``.

        Raises:
            TutorError: it says nothing that can be built on.
        """
        try:
            constant = float(frame["constant"])
            bends = []
            for w, b, c in frame["pieces"]:
                if w == 0 or not all(map(math.isfinite, (w, b, c))):
                    continue
                left, right = sorted(((-_RAMP / 2 - b) / w, (_RAMP / 2 - b) / w))
                bends.append(Bend(left, right, c if w > 0 else -c))
                constant += c if w < 0 else 0.0  # falling from c to 0 is c, and climbing to −c
            curve = (scene["x"], scene["y"])
            return cls(curve, sorted(bends, key=lambda bend: bend.left), constant, hard=bool(frame["hard"]))
        except (KeyError, TypeError, ValueError) as error:
            raise TutorError(translate("builder.no-curve")) from error

    @property
    def _step(self) -> tuple[float, float]:
        """One step across and one up."""
        return (self._x[-1] - self._x[0]) / _STEPS, ((max(self._y) - min(self._y)) or 1.0) / _STEPS

    @property
    def bend(self) -> Bend | None:
        """The chosen one."""
        return self.bends[self.chosen] if self.bends else None

    def choose(self, steps: int) -> None:
        """Choose the next bend, or the one before."""
        if self.bends:
            self.chosen = (self.chosen + steps) % len(self.bends)
            self.version += 1

    def copy(self) -> Builder:
        """The same drawing, to go on from, with its steps."""
        twin = Builder((self._x, self._y), self.bends, self.constant, hard=self.hard)
        twin.chosen, twin.version = self.chosen, self.version + 1
        twin._before, twin._after = list(self._before), list(self._after)
        return twin

    @property
    def can_undo(self) -> bool:
        """Whether anything was moved."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether a move was taken back, and nothing else moved since."""
        return bool(self._after)

    def undo(self) -> None:
        """Take the last move back."""
        self._step_over(self._before, self._after)

    def redo(self) -> None:
        """Move again what was taken back last."""
        self._step_over(self._after, self._before)

    def _step_over(self, source: list[_Drawing], target: list[_Drawing]) -> None:
        if source:
            target.append((tuple(self.bends), self.constant, self.chosen))
            bends, self.constant, self.chosen = source.pop()
            self.bends = list(bends)
            self.version += 1

    def _remember(self) -> None:
        """Call it before anything moves."""
        self._before = [*self._before[-_MOST_MOVES:], (tuple(self.bends), self.constant, self.chosen)]
        self._after.clear()

    def _change(self, bend: Bend) -> None:
        self._remember()
        self.bends[self.chosen] = bend
        self.version += 1

    def shift(self, steps: int) -> None:
        """Move the chosen bend across."""
        if (bend := self.bend) is not None:
            by = steps * self._step[0]
            self._change(replace(bend, left=bend.left + by, right=bend.right + by))

    def widen(self, steps: int) -> None:
        """Make the chosen bend less steep, or steeper where negative."""
        if (bend := self.bend) is not None:
            least = self._step[0] / 2
            by = steps * least
            if bend.right - bend.left + 2 * by >= least * 0.999:
                self._change(replace(bend, left=bend.left - by, right=bend.right + by))

    def lift(self, steps: int) -> None:
        """Let the chosen bend climb further, or less far."""
        if (bend := self.bend) is not None:
            self._change(replace(bend, rise=bend.rise + steps * self._step[1]))

    def level(self, steps: int) -> None:
        """Raise the constant, and with it the whole sum."""
        self._remember()
        self.constant += steps * self._step[1]
        self.version += 1

    def add(self) -> None:
        """One more bend, where the sum is furthest from the curve; it is chosen then."""
        if len(self.bends) >= MOST_BENDS:
            return
        self._remember()
        apart = self._apart()
        at = self._x[max(range(len(apart)), key=lambda index: abs(apart[index]))]
        half = self._step[0] * 2
        self.bends.append(Bend(at - half, at + half, 0.0))
        self.chosen = len(self.bends) - 1
        self.version += 1

    def remove(self) -> None:
        """Take the chosen bend away; the last one stays."""
        if len(self.bends) > 1:
            self._remember()
            self.bends.pop(self.chosen)
            self.chosen = min(self.chosen, len(self.bends) - 1)
            self.version += 1

    def total(self, x: float) -> float:
        """The sum at ``x``."""
        total = self.constant
        for bend in self.bends:
            w, b, c = bend.parameters
            total += c * _sigmoid(b + w * x, hard=self.hard)
        return total

    def _apart(self) -> list[float]:
        return [self.total(x) - y for x, y in zip(self._x, self._y, strict=True)]

    @property
    def errors(self) -> tuple[float, float]:
        """How far the sum is from the curve: at most, and on average."""
        apart = [abs(each) for each in self._apart()]
        return max(apart), sum(apart) / len(apart)

    def scene(self) -> dict[str, object]:
        """The curve."""
        return {"x": self._x, "y": self._y}

    def frame(self) -> dict[str, object]:
        """What the panel ``pieces`` shows."""
        return {
            "pieces": [list(bend.parameters) for bend in self.bends],
            "constant": self.constant,
            "hard": self.hard,
            "max_error": self.errors[0],
            "chosen": self.chosen,
        }

    def settings(self) -> dict[str, object]:
        """What a run is asked for that starts from here, by dotted key."""
        numbers = [number for bend in self.bends for number in (bend.left, bend.right, bend.rise)]
        return {
            "model.hidden": [len(self.bends)],
            "model.placed": False,
            "model.pieces": [float(f"{number:.6g}") for number in [*numbers, self.constant]],
        }


def _sigmoid(z: float, *, hard: bool) -> float:
    return min(1.0, max(0.0, 0.5 + z / _RAMP)) if hard else 0.5 * (1 + math.tanh(z / 2))
