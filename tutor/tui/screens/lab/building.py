"""Building a curve out of hidden units by hand, until gradient descent takes over."""

from __future__ import annotations

from typing import ClassVar

from tutor.labs.curve_builder import CurveBuilder
from tutor.tui.commands import Command
from tutor.tui.screens.lab.mode import ABOUT, CONTROLS, LEAVE, PANEL, SOURCE, Lab, LabCommand, Mode

_BUILD = "builder.group"
UNDO = LabCommand("lab.undo", ("u",), "workbench.undo", "workbench.undo-help", group=CONTROLS)
REDO = LabCommand("lab.redo", ("U",), "workbench.redo", "workbench.redo-help", group=CONTROLS)


class BuildingMode(Mode):
    """Moves the hidden units of a curve, in a lab with the panel ``pieces``.

    Args:
        lab: The screen.
        builder: The session's curve.
    """

    commands: ClassVar[tuple[Command, ...]] = (
        LEAVE,
        LabCommand("lab.build-learn", ("space",), "builder.learn", "builder.learn-help", group=_BUILD),
        LabCommand("lab.build-left", ("left",), "builder.move", "builder.move-help", group=_BUILD, shown="↑↓←→"),
        LabCommand("lab.build-right", ("right",), "builder.right", group=_BUILD, palette=False),
        LabCommand("lab.build-up", ("up",), "builder.up", group=_BUILD, palette=False),
        LabCommand("lab.build-down", ("down",), "builder.down", group=_BUILD, palette=False),
        LabCommand("lab.build-narrower", ("comma", "shift+left"), "builder.narrower", "builder.narrower-help",
                   group=_BUILD, shown=", ."),
        LabCommand("lab.build-wider", ("full_stop", "shift+right"), "builder.wider", "builder.wider-help",
                   group=_BUILD),
        LabCommand("lab.build-next", ("tab",), "builder.next", "builder.next-help", group=_BUILD),
        LabCommand("lab.build-previous", ("shift+tab",), "builder.previous", "builder.previous-help", group=_BUILD),
        LabCommand("lab.build-add", ("plus", "equals_sign"), "builder.add", "builder.add-help", group=_BUILD),
        LabCommand("lab.build-remove", ("minus",), "builder.remove", "builder.remove-help", group=_BUILD),
        LabCommand("lab.build-raise", ("pageup", "shift+up"), "builder.raise", "builder.raise-help", group=_BUILD),
        LabCommand("lab.build-lower", ("pagedown", "shift+down"), "builder.lower", "builder.lower-help",
                   group=_BUILD),
        LabCommand("lab.build-end", ("b",), "builder.end", "builder.end-help", group=_BUILD),
        UNDO,
        REDO,
        PANEL,
        SOURCE,
        ABOUT,
    )  # fmt: skip

    def __init__(self, lab: Lab, builder: CurveBuilder) -> None:
        super().__init__(lab)
        self._builder = builder

    def possible(self, command: Command) -> bool:
        if command is UNDO:
            return self._builder.can_undo
        if command is REDO:
            return self._builder.can_redo
        return super().possible(command)

    @property
    def in_footer(self) -> tuple[str, ...]:
        return "build_learn", "build_left", "build_next", "build_narrower", "build_add", "source"

    def leave(self) -> bool:
        """Leave the curve as it is; the learner can return to it."""
        self.session.drawings.leave(self.session.spec)
        self.lab.enter_normal()
        return True

    def action_build_end(self) -> None:
        self.leave()

    def action_build_learn(self) -> None:
        self.lab.attempt(lambda session: session.learn_from_drawing(), lambda _: self.lab.enter_normal())

    def action_undo(self) -> None:
        self._builder.undo()

    def action_redo(self) -> None:
        self._builder.redo()

    def action_build_next(self) -> None:
        self._builder.choose(1)

    def action_build_previous(self) -> None:
        self._builder.choose(-1)

    def action_build_left(self) -> None:
        self._builder.shift(-1)

    def action_build_right(self) -> None:
        self._builder.shift(1)

    def action_build_up(self) -> None:
        self._builder.lift(1)

    def action_build_down(self) -> None:
        self._builder.lift(-1)

    def action_build_wider(self) -> None:
        self._builder.widen(1)

    def action_build_narrower(self) -> None:
        self._builder.widen(-1)

    def action_build_add(self) -> None:
        self._builder.add()

    def action_build_remove(self) -> None:
        self._builder.remove()

    def action_build_raise(self) -> None:
        self._builder.level(1)

    def action_build_lower(self) -> None:
        self._builder.level(-1)
