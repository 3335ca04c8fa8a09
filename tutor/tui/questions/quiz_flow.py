"""What a question stands in when it stands alone: it scrolls where the question is longer than the screen."""

from __future__ import annotations

from textual.containers import VerticalScroll

from tutor.tui.commands import Command, bindings_of

_FLOW_KEYS: tuple[Command, ...] = (
    Command("flow.down", ("down", "j"), "keys.down", action="scroll_down", group="keys.group-move", palette=False),
    Command("flow.up", ("up", "k"), "keys.up", action="scroll_up", group="keys.group-move", palette=False),
    Command("flow.page-down", ("pagedown", "ctrl+d", "space"), "keys.page-down", action="page_down",
            group="keys.group-move", palette=False),
    Command("flow.page-up", ("pageup", "ctrl+u"), "keys.page-up", action="page_up", group="keys.group-move",
            palette=False),
)  # fmt: skip


class QuizFlow(VerticalScroll):
    """Holds the question; arrows scroll it when the question itself has no use for them."""

    BINDINGS = bindings_of(_FLOW_KEYS)
    can_focus = False

    def action_page_down(self) -> None:
        """A page further, at once."""
        self.scroll_page_down(animate=False)

    def action_page_up(self) -> None:
        """A page back, at once."""
        self.scroll_page_up(animate=False)

    def action_scroll_down(self) -> None:
        """A line further."""
        self.scroll_relative(y=1, animate=False)

    def action_scroll_up(self) -> None:
        """A line back."""
        self.scroll_relative(y=-1, animate=False)
