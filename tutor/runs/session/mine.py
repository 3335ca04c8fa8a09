"""Whether the next run of a lab is trained by the learner's own functions or by the built-in ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tutor.foundation.translate import translate
from tutor.labs.mine import Programs

FindPrograms = Callable[[Mapping[str, str]], Programs]
"""Given the exercise of each slot, returns the learner's programs that have passed. It may read files."""


class MineChoice:
    """The learner's choice between own and built-in functions.

    Args:
        wanted: ``[mine]`` of the lab.
        find: Finds the programs; None if there are none.
    """

    def __init__(self, wanted: Mapping[str, str], find: FindPrograms | None) -> None:
        self.wanted = wanted
        self._find = find
        self.is_on = True
        """Whether programs that have passed are used."""
        self._passed: Programs = {}
        self.refresh()

    def refresh(self) -> None:
        """Look which programs have passed by now."""
        self._passed = self._find(self.wanted) if self._find is not None and self.wanted else {}

    @property
    def passed(self) -> Programs:
        """The programs that have passed, whether they are used or not."""
        return self._passed

    @property
    def programs(self) -> Programs:
        """What trains the next run, by slot; the other slots are filled by the built-in."""
        return self._passed if self.is_on else {}

    def switch(self) -> str:
        """Switch to the other kind of function for the next run. Returns a sentence that says so."""
        self.is_on = not self.is_on
        self.refresh()
        if not self.is_on:
            return translate("mine.now-built-in")
        if not self._passed:
            return translate("mine.none-passed", exercises=", ".join(dict.fromkeys(self.wanted.values())))
        return translate("mine.now-mine", slots=", ".join(self._passed))

    def lines(self, trained: Mapping[str, str] | None) -> list[str]:
        """Say for each slot what fills it.

        Args:
            trained: ``mine`` of the run in view; None for the next run.
        """
        filled = {slot: each.exercise for slot, each in self.programs.items()} if trained is None else trained
        return [self._line(slot, exercise, filled) for slot, exercise in self.wanted.items()]

    def _line(self, slot: str, exercise: str, filled: Mapping[str, str]) -> str:
        if slot in filled:
            return translate("mine.fills", slot=slot, exercise=filled[slot])
        key = "mine.built-in" if slot in self._passed else "mine.open"
        return translate(key, slot=slot, exercise=exercise)
