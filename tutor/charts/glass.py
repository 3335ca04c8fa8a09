"""How a learner looks at a loss chart: its axes, how closely, and where it is read off."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tutor.charts.loss_axis import PLAIN_AXIS, Axis

_ZOOMS = 12
_STEPS = 40
"""How many steps of the cursor lead across what is in view."""


@dataclass(slots=True)
class Glass:
    """Places are epochs, or updates where ``axis`` counts those; ``last`` is the last place with anything to see."""

    logarithmic: bool = False
    """Whether equal steps upwards are equal ratios."""
    axis: Axis = PLAIN_AXIS
    zoom: int = 0
    """How often what is in view was halved."""
    cursor: int | None = None

    def window(self, last: int) -> tuple[int, int] | None:
        """The places in view of runs that have got to ``last``; None for all of them."""
        if not self.zoom or last < 4:
            return None
        span = max(3, last >> self.zoom)
        end = last if self.cursor is None else min(last, max(span, self.cursor + span // 2))
        return max(1, end - span + 1), end

    def closer(self, last: int) -> None:
        """Half as many places."""
        if last >> (self.zoom + 1) >= 3 and self.zoom < _ZOOMS:
            self.zoom += 1

    def further(self) -> None:
        """Twice as many places."""
        self.zoom = max(0, self.zoom - 1)

    def all(self) -> None:
        """Everything, and no cursor."""
        self.zoom, self.cursor = 0, None

    def move(self, steps: int, last: int, *, single: bool = False) -> None:
        """Move the cursor by some fortieths of what is in view, or by single places; past the last it goes away."""
        if last < 1:
            self.cursor = None
            return
        first, end = self.window(last) or (1, last)
        if self.cursor is None:
            self.cursor = last if steps < 0 else None
            return
        size = 1 if single else self._step(first, end, self.cursor)
        place = self.cursor + steps * size
        self.cursor = None if place > last else max(1, place)

    def _step(self, first: int, end: int, cursor: int) -> int:
        if self.axis.logarithmic:
            ratio = float((end / max(1, first)) ** (1 / _STEPS))
            return max(1, round(cursor * (ratio - 1)))
        return max(1, (end - first) // _STEPS)

    def turn_log_across(self) -> None:
        """Equal ratios across, or equal steps again."""
        self.axis = replace(self.axis, logarithmic=not self.axis.logarithmic)

    def turn_updates(self) -> None:
        """Updates across, or epochs again; a place of the one is none of the other."""
        self.axis = replace(self.axis, in_updates=not self.axis.in_updates)
        self.cursor = None
