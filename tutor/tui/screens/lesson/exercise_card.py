"""An exercise in the text of a lesson: its title, the function to write, and how it stands; enter opens it."""

from __future__ import annotations

from typing import ClassVar

from textual import events

from tutor.charts.cells import Row, Rows, Span, fit_rows, spread_row
from tutor.course.lesson import Exercise
from tutor.exercises.memory import Standing, standing_of
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import shorten
from tutor.foundation.translate import translate
from tutor.tui import router, routes
from tutor.tui.commands import Command, bindings_of
from tutor.tui.themes import RIGHT
from tutor.tui.widgets.rows import Area, RowsView, framed_rows, shell_of

CARD_KEYS: tuple[Command, ...] = (
    Command("exercise-card.open", ("enter",), "exercise.card-open", footer=2),
)  # fmt: skip

_STANDINGS = {
    Standing.OPEN: ("exercise.state-open", "muted"),
    Standing.BEGUN: ("exercise.state-begun", "text"),
    Standing.PASSED: ("exercise.state-passed", "good"),
}


class ExerciseCard(RowsView, can_focus=True):
    """An exercise that can be opened from the lesson.

    Args:
        exercise: The exercise.
    """

    KEYS: ClassVar[tuple[Command, ...]] = CARD_KEYS
    BINDINGS = bindings_of(CARD_KEYS)
    DEFAULT_CSS = "ExerciseCard { height: 5; width: 1fr; }"

    def __init__(self, exercise: Exercise) -> None:
        super().__init__(self._draw_card)
        self._exercise = exercise
        self._standing: Standing | None = None

    def on_mount(self) -> None:
        """See how the exercise stands."""
        self.came_back()

    def came_back(self) -> None:
        """See how the exercise stands now, because it may have been passed while another screen was in front."""
        self._standing = standing_of(shell_of(self).workspace.exercises_folder, self._exercise.id)
        self.redraw()

    def action_open(self) -> None:
        router.go(shell_of(self), routes.Exercise(self._exercise.id))

    def on_click(self, _event: events.Click) -> None:
        self.focus()
        self.action_open()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Draw the frame again: its colour shows the focus."""
        super().watch_has_focus(_has_focus)
        self.redraw()

    def _draw_card(self, area: Area) -> Rows:
        from tutor.typeset.page import one_line  # the lesson's first frame does not wait for it

        if area.width < 8:
            return fit_rows([], area.width, area.height)
        edge, inner = "accent" if self.has_focus else "rule", area.width - 4
        title: Row = [
            Span(translate("exercise.card"), "accent bold"),
            Span(f" · {one_line(self._exercise.title)}", "strong"),
        ]
        keys: Row = [Span("enter", "key"), Span(f" {translate('exercise.card-open')}", "muted")]
        body = [[Span(shorten(self._signature, inner), "code")], [], self._stands(inner)]
        return framed_rows(body, title, keys, area, edge)

    @property
    def _signature(self) -> str:
        """The first line of the function to write."""
        lines = [
            line for line in self._exercise.starter.split("\n") if line.startswith(f"def {self._exercise.function}")
        ]
        return harmless_line(lines[0] if lines else self._exercise.function)

    def _stands(self, width: int) -> Row:
        if self._standing is None:
            return []
        key, ink = _STANDINGS[self._standing]
        passed = self._standing is Standing.PASSED
        stands: Row = [Span(f"{RIGHT} {translate(key)}" if passed else translate(key), ink)]
        if passed and self._exercise.slots and self._exercise.labs:
            lab = self._exercise.labs[0].lab
            stands.append(Span(f"  {translate('exercise.card-trains', lab=lab)}", "muted"))
        name = f"{self._exercise.id}{'/' if self._exercise.files else '.py'}"
        return spread_row(stands, [Span(name, "muted")], width)
