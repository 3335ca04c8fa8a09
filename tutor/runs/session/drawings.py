"""The curve that is built by hand in a lab, and what of it can be come back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from tutor.labs.curve_builder import CurveBuilder
    from tutor.labs.lab_config import LabConfig
    from tutor.runs.summary import PanelView


class Drawings:
    """The bends in hand, those left as they stood, and those that training took over from."""

    def __init__(self) -> None:
        self.builder: CurveBuilder | None = None
        """Where bends are placed by hand; None while nobody does."""
        self._left: tuple[CurveBuilder, LabConfig] | None = None
        self._given_over: dict[object, CurveBuilder] = {}

    def take(self, view: PanelView | None, spec: LabConfig) -> None:
        """Take the bends in hand: those left before where nothing has moved them since, else those of ``view``.

        Raises:
            TutorError: there are none.
        """
        from tutor.labs.curve_builder import CurveBuilder

        if view is None:
            raise TutorError(translate("builder.no-curve"))
        left = self._left
        self.builder = (
            left[0] if left is not None and left[1] == spec else CurveBuilder.of_panel(view.scene, view.frame)
        )

    def leave(self, spec: LabConfig) -> None:
        """Leave the bends as they stand, to come back to while the lab stands at ``spec``."""
        if self.builder is not None:
            self._left, self.builder = (self.builder, spec), None

    def drop(self) -> None:
        """A run moves the bends now."""
        self.builder = self._left = None

    def give_over(self, pieces: object) -> None:
        """Keep what is in hand as the drawing that a run with these ``pieces`` starts from."""
        if self.builder is not None:
            self._given_over[pieces] = self.builder.copy()

    def take_back(self, pieces: object) -> bool:
        """Take the drawing in hand that a run with these ``pieces`` started from; whether there was one."""
        drawing = self._given_over.get(pieces)
        if drawing is None:
            return False
        self.builder = drawing.copy()
        return True
