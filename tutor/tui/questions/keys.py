"""The keys of a question, and bringing a part of it into view."""

from __future__ import annotations

from collections.abc import Collection

from textual.geometry import Offset, Region
from textual.widget import Widget

from tutor.study.attempt import Attempt
from tutor.tui.commands import Command

_GROUP = "quiz.group"
QUESTION_KEYS: tuple[Command, ...] = (
    Command("question.commit", ("enter",), "quiz.key-commit", "quiz.key-commit-help", footer=1, group=_GROUP),
    Command("question.tick", ("space",), "quiz.key-tick", "quiz.key-tick-help", footer=2, group=_GROUP, palette=False),
    Command("question.pick-up", ("space",), "quiz.key-pick-up", "quiz.key-pick-up-help", footer=2, group=_GROUP,
            palette=False),
    Command("question.put-down", ("space", "enter"), "quiz.key-put-down", footer=1, group=_GROUP, palette=False),
    Command("question.next-partner", ("space",), "quiz.key-partner", "quiz.key-partner-help", footer=2, group=_GROUP,
            palette=False),
    Command("question.number", tuple("123456789"), "quiz.key-number", "quiz.key-number-help", shown="1–9",
            passes_key=True, group=_GROUP, palette=False),
    Command("question.hint", ("i", "ctrl+t", "f2"), "quiz.key-hint", "quiz.key-hint-help", footer=3, group=_GROUP),
    Command("question.undo", ("z", "f5", "ctrl+underscore"), "quiz.key-undo", "quiz.key-undo-help", group=_GROUP),
    Command("question.unsure", ("u",), "quiz.key-unsure", "quiz.key-unsure-help", footer=2, group=_GROUP),
    Command("question.lab", ("s",), "quiz.key-lab", "quiz.key-lab-help", footer=3, group=_GROUP),
    Command("question.why", ("s",), "workbench.see-why", "workbench.see-why-help", footer=3, group=_GROUP),
    Command("question.again", ("r",), "quiz.key-again", "quiz.key-again-help", footer=1, group=_GROUP),
    Command("question.up", ("up", "k"), "keys.up", group="keys.group-move", palette=False),
    Command("question.down", ("down", "j"), "keys.down", group="keys.group-move", palette=False),
    Command("question.line-up", ("K", "shift+up"), "quiz.key-line-up", group=_GROUP, palette=False),
    Command("question.line-down", ("J", "shift+down"), "quiz.key-line-down", group=_GROUP, palette=False),
)  # fmt: skip


def possible_now(attempt: Attempt, *, held: bool, offered: Collection[str]) -> dict[str, bool]:
    """For each action of `QUESTION_KEYS`, whether it means something now.

    Args:
        attempt: The answer in the making.
        held: Whether a line of an ordering is picked up.
        offered: What can be wished for after the lock.
    """
    is_open, way = not attempt.locked, attempt.type.interaction
    moves, ordering = is_open and way != "type", way == "arrange"
    return {
        **{wish: wish in offered for wish in ("unsure", "lab", "why", "again")},
        **dict.fromkeys(("number", "up", "down"), moves),
        **dict.fromkeys(("line_up", "line_down"), is_open and ordering),
        "tick": is_open and way == "choose",
        "next_partner": is_open and way == "pair",
        "pick_up": is_open and ordering and not held,
        "put_down": is_open and ordering and held,
        "hint": is_open and attempt.hints_left > 0,
        "undo": is_open and attempt.can_undo,
        "commit": is_open and not held,
    }


def reveal(widget: Widget, region: Region) -> None:
    """Scroll what ``widget`` stands in, no more than needed, until ``region`` of the widget shows."""
    parent = widget.parent
    region = region.translate(widget.virtual_region.offset)
    while isinstance(parent, Widget):
        moved = parent.scroll_to_region(region, animate=False, force=True, immediate=True)
        inside = Offset(parent.gutter.left, parent.gutter.top)  # children are placed within border and padding
        region = region.translate(parent.virtual_region.offset + inside - parent.scroll_offset - moved)
        parent = parent.parent
