"""A curve built by hand as a sum of hidden units, each of which can be moved, widened and raised."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate

MAX_HIDDEN_UNITS = 20
_STEPS = 40
"""The number of steps across the range of the curve, and up its height."""
_MAX_MOVES = 500
_RAMP = 4.0
"""A hard sigmoid rises while its input goes from −2 to 2."""


@dataclass(frozen=True, slots=True)
class HiddenUnit:
    """A ramp from x = ``left`` to x = ``right`` that rises by ``rise``; with a sigmoid its corners are round."""

    left: float
    right: float
    rise: float

    @property
    def parameters(self) -> tuple[float, float, float]:
        """The w, b and c of c·σ(b + w·x)."""
        w = _RAMP / (self.right - self.left)
        return w, -w * (self.left + self.right) / 2, self.rise


_Drawing = tuple[tuple[HiddenUnit, ...], float, int]
"""The units, the constant, and the index of the chosen unit."""


class CurveBuilder:
    """The hidden units as they are placed, one of which is chosen.

    Args:
        curve: The x, in ascending order, and the y of the curve to approximate.
        units: The units at the start.
        constant: What is added to their sum.
        hard: Whether σ is the hard sigmoid.

    Raises:
        TutorError: There is no curve to approximate.
    """

    def __init__(
        self,
        curve: tuple[Sequence[float], Sequence[float]],
        units: Iterable[HiddenUnit],
        constant: float,
        *,
        hard: bool,
    ) -> None:
        self._x, self._y = [float(each) for each in curve[0]], [float(each) for each in curve[1]]
        if len(self._x) < 2 or len(self._x) != len(self._y) or not self._x[0] < self._x[-1]:
            raise TutorError(translate("builder.no-curve"))
        self.units = list(units)[:MAX_HIDDEN_UNITS]
        self.constant = constant
        self.hard = hard
        self.chosen = 0
        self.version = 0
        """Increases with every change."""
        self._before: list[_Drawing] = []
        self._after: list[_Drawing] = []

    @classmethod
    def of_panel(cls, scene: Mapping[str, Any], frame: Mapping[str, Any]) -> CurveBuilder:
        """From the scene and the frame of the panel ``pieces`` in the log of a run.

        Raises:
            TutorError: They have no units that can be built on.
        """
        try:
            constant = float(frame["constant"])
            units = []
            for w, b, c in frame["pieces"]:
                if w == 0 or not all(map(math.isfinite, (w, b, c))):
                    continue
                left, right = sorted(((-_RAMP / 2 - b) / w, (_RAMP / 2 - b) / w))
                units.append(HiddenUnit(left, right, c if w > 0 else -c))
                constant += c if w < 0 else 0.0  # a fall from c to 0 is c plus a rise by −c
            curve = (scene["x"], scene["y"])
            return cls(curve, sorted(units, key=lambda unit: unit.left), constant, hard=bool(frame["hard"]))
        except (KeyError, TypeError, ValueError) as error:
            raise TutorError(translate("builder.no-curve")) from error

    @property
    def _step(self) -> tuple[float, float]:
        """The size of a step in x and in y."""
        return (self._x[-1] - self._x[0]) / _STEPS, ((max(self._y) - min(self._y)) or 1.0) / _STEPS

    @property
    def unit(self) -> HiddenUnit | None:
        """The chosen unit; None if there are no units."""
        return self.units[self.chosen] if self.units else None

    def choose(self, steps: int) -> None:
        """Choose the unit ``steps`` further on."""
        if self.units:
            self.chosen = (self.chosen + steps) % len(self.units)
            self.version += 1

    def copy(self) -> CurveBuilder:
        """A copy, with its history."""
        twin = CurveBuilder((self._x, self._y), self.units, self.constant, hard=self.hard)
        twin.chosen, twin.version = self.chosen, self.version + 1
        twin._before, twin._after = list(self._before), list(self._after)
        return twin

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to undo."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether a change was undone, and nothing else changed since."""
        return bool(self._after)

    def undo(self) -> None:
        """Undo the last change."""
        self._restore(self._before, self._after)

    def redo(self) -> None:
        """Redo what was undone last."""
        self._restore(self._after, self._before)

    def _restore(self, source: list[_Drawing], target: list[_Drawing]) -> None:
        if source:
            target.append((tuple(self.units), self.constant, self.chosen))
            units, self.constant, self.chosen = source.pop()
            self.units = list(units)
            self.version += 1

    def _remember(self) -> None:
        """Record the state before a change."""
        self._before = [*self._before[-_MAX_MOVES:], (tuple(self.units), self.constant, self.chosen)]
        self._after.clear()

    def _change(self, unit: HiddenUnit) -> None:
        self._remember()
        self.units[self.chosen] = unit
        self.version += 1

    def shift(self, steps: int) -> None:
        """Move the chosen unit ``steps`` to the right."""
        if (unit := self.unit) is not None:
            by = steps * self._step[0]
            self._change(replace(unit, left=unit.left + by, right=unit.right + by))

    def widen(self, steps: int) -> None:
        """Make the chosen unit wider, and so less steep; narrower if ``steps`` is negative."""
        if (unit := self.unit) is not None:
            least = self._step[0] / 2
            by = steps * least
            if unit.right - unit.left + 2 * by >= least * 0.999:
                self._change(replace(unit, left=unit.left - by, right=unit.right + by))

    def lift(self, steps: int) -> None:
        """Let the chosen unit rise higher; less high if ``steps`` is negative."""
        if (unit := self.unit) is not None:
            self._change(replace(unit, rise=unit.rise + steps * self._step[1]))

    def level(self, steps: int) -> None:
        """Raise the constant, and so the whole sum."""
        self._remember()
        self.constant += steps * self._step[1]
        self.version += 1

    def add(self) -> None:
        """Add a unit where the sum is furthest from the curve, and choose it."""
        if len(self.units) >= MAX_HIDDEN_UNITS:
            return
        self._remember()
        errors = self._errors()
        at = self._x[max(range(len(errors)), key=lambda index: abs(errors[index]))]
        half = self._step[0] * 2
        self.units.append(HiddenUnit(at - half, at + half, 0.0))
        self.chosen = len(self.units) - 1
        self.version += 1

    def remove(self) -> None:
        """Remove the chosen unit, unless it is the only one."""
        if len(self.units) > 1:
            self._remember()
            self.units.pop(self.chosen)
            self.chosen = min(self.chosen, len(self.units) - 1)
            self.version += 1

    def total(self, x: float) -> float:
        """The sum at x."""
        total = self.constant
        for unit in self.units:
            w, b, c = unit.parameters
            total += c * _sigmoid(b + w * x, hard=self.hard)
        return total

    def _errors(self) -> list[float]:
        return [self.total(x) - y for x, y in zip(self._x, self._y, strict=True)]

    @property
    def errors(self) -> tuple[float, float]:
        """The largest and the mean distance of the sum from the curve."""
        errors = [abs(each) for each in self._errors()]
        return max(errors), sum(errors) / len(errors)

    def scene(self) -> dict[str, object]:
        """The scene of the panel ``pieces``: the curve."""
        return {"x": self._x, "y": self._y}

    def frame(self) -> dict[str, object]:
        """The frame of the panel ``pieces``."""
        return {
            "pieces": [list(unit.parameters) for unit in self.units],
            "constant": self.constant,
            "hard": self.hard,
            "max_error": self.errors[0],
            "chosen": self.chosen,
        }

    def settings(self) -> dict[str, object]:
        """The settings, by dotted key, of a run that starts from these units."""
        numbers = [number for unit in self.units for number in (unit.left, unit.right, unit.rise)]
        return {
            "model.hidden": [len(self.units)],
            "model.placed": False,
            "model.pieces": [float(f"{number:.6g}") for number in [*numbers, self.constant]],
        }


def _sigmoid(z: float, *, hard: bool) -> float:
    return min(1.0, max(0.0, 0.5 + z / _RAMP)) if hard else 0.5 * (1 + math.tanh(z / 2))
