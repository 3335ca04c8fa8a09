"""Building a curve out of bends by key, until gradient descent takes over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.tui.screens.lab.replay import LabReplay

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.labs.curve_builder import CurveBuilder

BUILD_ACTIONS = frozenset({
    "build_end", "build_learn", "build_next", "build_previous", "build_left", "build_right", "build_up", "build_down",
    "build_wider", "build_narrower", "build_add", "build_remove", "build_raise", "build_lower",
})  # fmt: skip
"""What can be done only while a curve is built."""


class LabBuilder(LabReplay):
    """The actions of building, for a lab with a panel ``pieces``."""

    @property
    def building(self) -> CurveBuilder | None:
        """The curve that is being built."""
        return self.session.builder if self.session is not None else None

    def can_build(self) -> bool:
        """Whether this lab is made of bends, and nobody else is moving them."""
        session = self.session
        return session is not None and "pieces" in session.spec.show.panels and not session.going

    def action_build(self) -> None:
        """Begin with the bends as they stand."""
        session = self.session
        if session is None or not self.can_build():
            self.notice(translate("builder.no-curve"))
            return
        try:
            session.drawings.take(session.view("pieces"), session.spec)
        except TutorError as error:
            self.notice(harmless_line(str(error)), "warning")
        self.show_all()

    def action_build_end(self) -> None:
        """Leave the bends."""
        if self.session is not None:
            self.session.drawings.leave(self.session.spec)
        self.show_all()

    def action_back(self) -> None:
        """Leave the building, else what there is to leave."""
        if self.building is not None:
            self.action_build_end()
        else:
            super().action_back()

    def action_build_learn(self) -> None:
        """Let gradient descent go on from here."""
        session = self.session
        if session is None:
            return
        try:
            session.learn_from_drawing()
        except TutorError as error:
            self.notice(harmless_line(str(error)), "warning")
        self.show_all()
        self.look_soon()

    def _build(self, act: Callable[[CurveBuilder], None]) -> None:
        if (builder := self.building) is not None:
            act(builder)
            self.show_all()

    def action_build_next(self) -> None:
        """Choose the next bend."""
        self._build(lambda builder: builder.choose(1))

    def action_build_previous(self) -> None:
        """Choose the bend before."""
        self._build(lambda builder: builder.choose(-1))

    def action_build_left(self) -> None:
        """To the left."""
        self._build(lambda builder: builder.shift(-1))

    def action_build_right(self) -> None:
        """To the right."""
        self._build(lambda builder: builder.shift(1))

    def action_build_up(self) -> None:
        """Climb further."""
        self._build(lambda builder: builder.lift(1))

    def action_build_down(self) -> None:
        """Climb less far, or fall."""
        self._build(lambda builder: builder.lift(-1))

    def action_build_wider(self) -> None:
        """Less steep."""
        self._build(lambda builder: builder.widen(1))

    def action_build_narrower(self) -> None:
        """Steeper."""
        self._build(lambda builder: builder.widen(-1))

    def action_build_add(self) -> None:
        """One bend more."""
        self._build(lambda builder: builder.add())

    def action_build_remove(self) -> None:
        """One bend less."""
        self._build(lambda builder: builder.remove())

    def action_build_raise(self) -> None:
        """Raise the constant."""
        self._build(lambda builder: builder.level(1))

    def action_build_lower(self) -> None:
        """Lower the constant."""
        self._build(lambda builder: builder.level(-1))
