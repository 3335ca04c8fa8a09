"""The part of a question that takes keys and mouse, and changes the attempt with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tutor.course.questions.base import NO_PARTNER
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, translate
from tutor.study.attempt import Attempt
from tutor.tui.commands import Command, bindings_of
from tutor.tui.questions.rows import HOW_SURE, Cursor, DrawnQuestion, Zone, ask_rows
from tutor.tui.textual_private import CachedLayout
from tutor.tui.widgets.rows import look_of, shell_of, strip_of

_ROUND = {"tab": 1, "shift+tab": -1}
"""Keys that go to the next or previous blank, and from the last to the first."""


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
    Command("question.change", ("r",), "class.key-change", "class.key-change-help", footer=1, group=_GROUP),
    Command("question.up", ("up", "k"), "keys.up", group="keys.group-move", palette=False),
    Command("question.down", ("down", "j"), "keys.down", group="keys.group-move", palette=False),
    Command("question.line-up", ("K", "shift+up"), "quiz.key-line-up", group=_GROUP, palette=False),
    Command("question.line-down", ("J", "shift+down"), "quiz.key-line-down", group=_GROUP, palette=False),
)  # fmt: skip


class AskView(CachedLayout, can_focus=True):
    """The prompt and the draft of the answer.

    Args:
        attempt: The attempt, which keys and mouse change.
    """

    KEYS: ClassVar[tuple[Command, ...]] = QUESTION_KEYS
    BINDINGS = bindings_of(QUESTION_KEYS)
    DEFAULT_CSS = """
    AskView { width: 100%; height: auto; }
    """

    class Changed(Message):
        """The draft of the answer, or what the question shows, has changed."""

    class Requested(Message):
        """The learner has asked for something that goes beyond the attempt.

        ``name`` is ``commit``, ``unsure``, ``lab``, ``why``, ``again`` or ``change``.
        """

        def __init__(self, name: str) -> None:
            self.name = name
            super().__init__()

    class Advice(Message):
        """A sentence for the learner, such as that nothing is ticked yet."""

        def __init__(self, text: str) -> None:
            self.text = text
            super().__init__()

    def __init__(self, attempt: Attempt) -> None:
        super().__init__()
        self.attempt = attempt
        self.cursor = Cursor(active=False)
        self._drawn: tuple[object, DrawnQuestion] | None = None
        self.heading = ""
        """The title in the first row; empty for none."""
        self.raised = False
        """Whether the rows have a ground of their own, which sets the question off from the text around it."""
        self.offered: frozenset[str] = frozenset()
        """What can be requested after the answer is locked: ``unsure``, ``lab``, ``why``, ``again``, ``change``."""
        self._dragged: int | None = None

    # -- drawing -----------------------------------------------------------------------------------------

    def missed(self) -> None:
        """Show what a miss tells, from the first option or blank on."""
        at = self.attempt.draft.texts
        wrong = self.attempt.missed.verdict.parts if self.attempt.missed is not None else ()
        blank = next((number for number, right in enumerate(wrong) if not right and number < len(at)), 0)
        self.cursor = replace(self.cursor, blank=blank, caret=len(at[blank]) if at else 0, held=False, asking=False)
        self.redraw()
        self.call_after_refresh(lambda: reveal(self, Region(0, len(self.drawn.rows) - 1, 1, 1)))

    def show(self, attempt: Attempt) -> None:
        """Work on another attempt from now on."""
        self.attempt = attempt
        self.cursor = Cursor(active=self.has_focus)
        self.redraw()

    def redraw(self) -> None:
        """Draw the attempt, which has changed."""
        self._drawn = None
        self.refresh(layout=len(self.drawn.rows) != self.content_size.height)
        self.call_after_refresh(self._show_caret)

    def drawn_at(self, width: int) -> DrawnQuestion:
        """The question drawn in ``width`` cells, kept until something changes."""
        ascii = shell_of(self).ascii
        key = (width, self.cursor, ascii, language(), self.heading)
        if self._drawn is None or self._drawn[0] != key:
            self._drawn = (key, ask_rows(self.attempt, width, self.cursor, ascii=ascii, heading=self.heading))
        return self._drawn[1]

    @property
    def drawn(self) -> DrawnQuestion:
        """The question as it is shown now."""
        return self.drawn_at(self.content_size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the question needs."""
        return len(self.drawn_at(width).rows)

    def render_line(self, y: int) -> Strip:
        """One line of the question."""
        rows, look = self.drawn.rows, look_of(self)
        ground = "raised" if self.raised and not look.native else None
        return strip_of(rows[y] if y < len(rows) else (), look, self.content_size.width, ground=ground)

    def _show_caret(self) -> None:
        """Put the terminal's own cursor at the typing cursor, where an input method opens its window."""
        if self.is_attached and self.has_focus and self.drawn.caret is not None:
            self.app.cursor_position = self.content_region.offset + Offset(*self.drawn.caret)

    def focus_offset(self) -> Offset | None:
        """Where the typing cursor or the option under the cursor is on the screen."""
        line = self._focus_line()
        caret = self.drawn.caret if self.typing else None
        found = Offset(*caret) if caret is not None else Offset(0, line) if line is not None else Offset()
        return self.content_region.offset + found

    def _focus_line(self) -> int | None:
        wanted = ("blank", self.cursor.blank) if self.typing else ("option", self.cursor.place)
        return min((zone.line for zone in self.drawn.zones if (zone.kind, zone.number) == wanted), default=None)

    def _reveal(self) -> None:
        """Scroll the option or blank under the cursor into view."""
        wanted = ("blank", self.cursor.blank) if self.typing else ("option", self.cursor.place)
        lines = [zone.line for zone in self.drawn.zones if (zone.kind, zone.number) == wanted]
        if lines and self.screen.focused is self:
            first = min(lines)
            reveal(self, Region(0, first, 1, max(lines) - first + 1))

    # -- what can be done --------------------------------------------------------------------------------

    @property
    def typing(self) -> bool:
        """Whether letters are text of the answer and not keys."""
        return self.attempt.type.interaction == "type" and not self.attempt.locked

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the keys that cannot be used now."""
        possible = possible_now(self.attempt, held=self.cursor.held, offered=self.offered)
        if action in possible:
            return possible[action]
        return super().check_action(action, parameters)

    def _changed(self, changed: bool = True) -> None:
        if changed:
            self.cursor = replace(self.cursor, asking=False)
            self.redraw()
            self._reveal()
            self.post_message(self.Changed())

    def _move_cursor(self, **changes: int | bool) -> None:
        self.cursor = replace(self.cursor, **{"asking": False, **changes})  # type: ignore[arg-type]
        self.redraw()
        self._reveal()

    @property
    def _count(self) -> int:
        return len(self.attempt.shown)

    def _index(self, place: int) -> int:
        return self.attempt.shown[place]

    def _step(self, by: int) -> None:
        to = self.cursor.place + by
        if not 0 <= to < self._count:
            raise SkipAction  # at an end, the key scrolls the page around the question
        if self.cursor.held:
            self._carry(by)
        else:
            self._move_cursor(place=to)

    def _carry(self, by: int) -> None:
        to = self.cursor.place + by
        if self.attempt.move(self.cursor.place, to):
            self._move_cursor(place=to)
            self.post_message(self.Changed())

    def action_up(self) -> None:
        """Select the option above; a line that is picked up moves."""
        self._step(-1)

    def action_down(self) -> None:
        """Select the option below; a line that is picked up moves."""
        self._step(1)

    def action_line_up(self) -> None:
        self._carry(-1)

    def action_line_down(self) -> None:
        self._carry(1)

    def action_tick(self) -> None:
        self._changed(self.attempt.choose(self._index(self.cursor.place)))

    def action_pick_up(self) -> None:
        self._hold(True)

    def action_put_down(self) -> None:
        self._hold(False)

    def _hold(self, held: bool) -> None:
        self._move_cursor(held=held)
        self.post_message(self.Changed())

    def action_number(self, key: str) -> None:
        """Choose an option or partner by its number; in an ordering, go to a line or move the picked up one there."""
        place = int(key) - 1
        if place >= self._count:
            return
        if self.attempt.type.interaction == "arrange":
            if self.cursor.held:
                self._carry(place - self.cursor.place)
            else:
                self._move_cursor(place=place)
        elif self.attempt.type.interaction == "pair":
            self._give_partner(place)
        else:
            self._move_cursor(place=place)
            self._changed(self.attempt.choose(self._index(place)))
            if self.attempt.deferred and not self.attempt.locked:
                self.action_commit()  # a guess takes one key

    def _give_partner(self, place: int) -> None:
        """Give the selected line the partner shown at ``place``, and go on to a line without a partner."""
        had_one = self._index(place) == self.attempt.draft.order[self.cursor.place]
        self._changed(self.attempt.choose(self._index(place), self.cursor.place))
        if not had_one:
            self._go_to_open_line()

    def _go_to_open_line(self) -> None:
        """Go to the next line without a partner, after the last again from the first; stay if there is none."""
        order, here = self.attempt.draft.order, self.cursor.place
        behind_then_before = (*range(here, len(order)), *range(here))
        self._move_cursor(place=next((at for at in behind_then_before if order[at] == NO_PARTNER), here))

    def action_next_partner(self) -> None:
        """Give the selected line the next free partner; after the last one, none."""
        order = self.attempt.draft.order
        now = order[self.cursor.place]
        at = self.attempt.shown.index(now) if now != NO_PARTNER else -1
        free = [index for index in self.attempt.shown[at + 1 :] if index not in order]
        chosen = free[0] if free else now
        self._changed(self.attempt.choose(chosen, self.cursor.place))

    def action_unsure(self) -> None:
        self.post_message(self.Requested("unsure"))

    def action_lab(self) -> None:
        self.post_message(self.Requested("lab"))

    def action_why(self) -> None:
        self.post_message(self.Requested("why"))

    def action_again(self) -> None:
        self.post_message(self.Requested("again"))

    def action_change(self) -> None:
        self.post_message(self.Requested("change"))

    def action_hint(self) -> None:
        self._changed(self.attempt.hint())
        self.call_after_refresh(lambda: reveal(self, Region(0, len(self.drawn.rows) - 1, 1, 1)))

    def action_undo(self) -> None:
        self._changed(self.attempt.undo())
        if self.typing:
            self._move_cursor(caret=len(self._text))

    def action_commit(self) -> None:
        """Lock the answer. With a single choice, tick the selected option first."""
        attempt = self.attempt
        if attempt.type.enter_chooses and self._index(self.cursor.place) not in attempt.draft.chosen:
            self._changed(attempt.choose(self._index(self.cursor.place)))
        elif self._next_empty_blank() is not None:
            self._move_cursor(blank=self._next_empty_blank() or 0, caret=0)
        elif attempt.ready and self._should_ask_how_sure():
            self._move_cursor(asking=True)
            self.call_after_refresh(lambda: reveal(self, Region(0, len(self.drawn.rows) - 1, 1, 1)))
        elif attempt.ready:
            self.post_message(self.Requested("commit"))
        else:
            if attempt.type.interaction == "pair":
                self._go_to_open_line()
            self.post_message(
                self.Advice(translate("quiz.same-again" if attempt.repeats_miss else attempt.type.not_ready))
            )

    def _should_ask_how_sure(self) -> bool:
        wanted = shell_of(self).workspace.settings.confidence
        return wanted and not self.cursor.asking and self.attempt.confidence is None

    def _next_empty_blank(self) -> int | None:
        """The first empty blank after the present one, to which enter goes before it locks the answer."""
        texts = self.attempt.draft.texts
        return next((at for at in range(self.cursor.blank + 1, len(texts)) if not texts[at].strip()), None)

    # -- typing ------------------------------------------------------------------------------------------

    @property
    def _text(self) -> str:
        return self.attempt.draft.texts[self.cursor.blank]

    def _write(self, text: str, caret: int) -> None:
        if self.attempt.write(text, self.cursor.blank):
            self._move_cursor(caret=min(caret, len(self._text)))
            self.post_message(self.Changed())

    def _insert(self, text: str) -> None:
        at = self.cursor.caret
        self._write(self._text[:at] + text + self._text[at:], at + len(text))

    def on_key(self, event: events.Key) -> None:
        """Read a digit that says how sure the learner is, or the text of a blank."""
        if self.cursor.asking and event.character in HOW_SURE:
            self.attempt.confidence = HOW_SURE[event.character]
            self.post_message(self.Requested("commit"))
            event.stop()
            event.prevent_default()
            return
        if not self.typing:
            return
        if event.is_printable and event.character and self.check_consume_key(event.key, event.character):
            self._insert(event.character)
        elif not self._edit(event.key):
            return
        event.stop()
        event.prevent_default()

    def _edit(self, key: str) -> bool:
        """Do what an editing key does. Returns whether it was one."""
        text, at, blanks = self._text, self.cursor.caret, len(self.attempt.draft.texts)
        if key == "backspace":
            self._write(text[: max(0, at - 1)] + text[at:], max(0, at - 1))
        elif key == "delete":
            self._write(text[:at] + text[at + 1 :], at)
        elif key == "ctrl+u":
            self._write(text[at:], 0)
        elif key == "ctrl+w":
            kept = text[:at].rstrip().rpartition(" ")[0]
            self._write(kept + text[at:], len(kept))
        elif key in {"left", "right", "home", "end", "ctrl+a", "ctrl+e"}:
            places = {"left": at - 1, "right": at + 1, "home": 0, "ctrl+a": 0}
            self._move_cursor(caret=max(0, min(len(text), places.get(key, len(text)))))
        elif key in _ROUND and blanks > 1:
            self._go_to_blank((self.cursor.blank + _ROUND[key]) % blanks)
        elif key == "down" and self.cursor.blank + 1 < blanks:
            self._go_to_blank(self.cursor.blank + 1)
        elif key == "up" and self.cursor.blank > 0:
            self._go_to_blank(self.cursor.blank - 1)
        else:
            return False
        return True

    def _go_to_blank(self, blank: int) -> None:
        self._move_cursor(blank=blank, caret=len(self.attempt.draft.texts[blank]))

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While the learner types, letters are text and the footer does not offer them; a number has no question mark.

        With several blanks, tab goes to the next one.
        """
        if not self.typing:
            return False
        if key in _ROUND:
            return len(self.attempt.draft.texts) > 1
        if character is None or not character.isprintable():
            return False
        return character not in self.attempt.type.not_typed

    def on_paste(self, event: events.Paste) -> None:
        """Insert pasted text as one line."""
        if self.typing:
            self._insert(harmless_line(event.text).strip())
            event.stop()

    # -- focus and mouse ---------------------------------------------------------------------------------

    def on_focus(self) -> None:
        self._move_cursor(active=True)

    def on_blur(self) -> None:
        """Hide the cursor: the keys go elsewhere."""
        self.cursor = replace(self.cursor, active=False, held=False)
        self.redraw()

    def _zone_at(self, event: events.MouseEvent) -> Zone | None:
        offset = event.get_content_offset_capture(self)
        for zone in self.drawn.zones:
            if zone.line == offset.y and zone.start <= offset.x < zone.end:
                return zone
        return None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Pick up a line of an ordering with the mouse."""
        zone = self._zone_at(event)
        if zone is not None and self.attempt.type.interaction == "arrange" and not self.attempt.locked:
            self._dragged = zone.number
            self._move_cursor(place=zone.number)
            self._hold(True)
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move the picked up line with the mouse."""
        zone = self._zone_at(event)
        if self._dragged is not None and zone is not None and zone.number != self.cursor.place:
            self._carry(zone.number - self.cursor.place)

    def on_mouse_up(self) -> None:
        """Put the line down."""
        if self._dragged is not None:
            self._dragged = None
            self.release_mouse()
            self._hold(False)

    def on_click(self, event: events.Click) -> None:
        """Tick an option, give a partner, or go to a line or a blank."""
        zone = self._zone_at(event)
        if zone is None or self.attempt.locked:
            return
        if zone.kind == "blank":
            self._go_to_blank(zone.number)
        elif zone.kind == "partner":
            self._give_partner(zone.number)
        elif self.attempt.type.interaction == "choose":
            self._move_cursor(place=zone.number)
            self._changed(self.attempt.choose(self._index(zone.number)))
        elif self.attempt.type.interaction == "pair":
            self._move_cursor(place=zone.number)


def possible_now(attempt: Attempt, *, held: bool, offered: Collection[str]) -> dict[str, bool]:
    """Whether each action of `QUESTION_KEYS` can be used now.

    Args:
        attempt: The attempt with its draft.
        held: Whether a line of an ordering is picked up.
        offered: What can be requested after the answer is locked.
    """
    is_open, interaction = not attempt.locked, attempt.type.interaction
    moves, ordering = is_open and interaction != "type", interaction == "arrange"
    return {
        **{name: name in offered for name in ("unsure", "lab", "why", "again", "change")},
        **dict.fromkeys(("number", "up", "down"), moves),
        **dict.fromkeys(("line_up", "line_down"), is_open and ordering),
        "tick": is_open and interaction == "choose",
        "next_partner": is_open and interaction == "pair",
        "pick_up": is_open and ordering and not held,
        "put_down": is_open and ordering and held,
        "hint": is_open and attempt.hints_left > 0,
        "undo": is_open and attempt.can_undo,
        "commit": is_open and not held,
    }


def reveal(widget: Widget, region: Region) -> None:
    """Scroll the containers of ``widget``, no more than needed, until its ``region`` is in view."""
    parent = widget.parent
    region = region.translate(widget.virtual_region.offset)
    while isinstance(parent, Widget):
        moved = parent.scroll_to_region(region, animate=False, force=True, immediate=True)
        inside = Offset(parent.gutter.left, parent.gutter.top)  # children are placed inside border and padding
        region = region.translate(parent.virtual_region.offset + inside - parent.scroll_offset - moved)
        parent = parent.parent
