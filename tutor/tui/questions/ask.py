"""The part of a question that is worked on: keys and mouse on one side, the attempt on the other."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip

from tutor.course.questions.base import NO_PARTNER
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, translate
from tutor.study.attempt import Attempt
from tutor.tui.commands import Command, bindings_of
from tutor.tui.questions.keys import QUESTION_KEYS, possible_now, reveal
from tutor.tui.questions.rows import HOW_SURE, Cursor, DrawnQuestion, Zone, ask_rows
from tutor.tui.textual_private import CachedLayout
from tutor.tui.widgets.rows import look_of, shell_of, strip_of

_ROUND = {"tab": 1, "shift+tab": -1}
"""Keys that go from blank to blank, and round from the last to the first."""


class AskView(CachedLayout, can_focus=True):
    """What is asked, and the answer in the making.

    Args:
        attempt: The attempt that keys and mouse change.
    """

    KEYS: ClassVar[tuple[Command, ...]] = QUESTION_KEYS
    BINDINGS = bindings_of(QUESTION_KEYS)
    DEFAULT_CSS = """
    AskView { width: 100%; height: auto; }
    """

    class Changed(Message):
        """The answer in the making, or what is shown of the question, has changed."""

    class Requested(Message):
        """The learner wants something that is not the attempt's own affair.

        ``name``: ``commit``, ``unsure``, ``lab``, ``why`` or ``again``.
        """

        def __init__(self, name: str) -> None:
            self.name = name
            super().__init__()

    class Advice(Message):
        """Something has to be said, such as that nothing is ticked yet."""

        def __init__(self, text: str) -> None:
            self.text = text
            super().__init__()

    def __init__(self, attempt: Attempt) -> None:
        super().__init__()
        self.attempt = attempt
        self.cursor = Cursor(active=False)
        self._drawn: tuple[object, DrawnQuestion] | None = None
        self.offered: frozenset[str] = frozenset()
        """What can be wished for after the lock: ``unsure``, ``lab``, ``why``, ``again``."""
        self._dragged: int | None = None

    # -- drawing -----------------------------------------------------------------------------------------

    def show(self, attempt: Attempt) -> None:
        """Work on another attempt from now on."""
        self.attempt = attempt
        self.cursor = Cursor(active=self.has_focus)
        self.redraw()

    def redraw(self) -> None:
        """The attempt has changed."""
        self._drawn = None
        self.refresh(layout=len(self.drawn.rows) != self.content_size.height)
        self.call_after_refresh(self._show_caret)

    def drawn_at(self, width: int) -> DrawnQuestion:
        """The question set at ``width`` cells."""
        key = (width, self.cursor, shell_of(self).ascii, language())
        if self._drawn is None or self._drawn[0] != key:
            self._drawn = (key, ask_rows(self.attempt, width, self.cursor, ascii=shell_of(self).ascii))
        return self._drawn[1]

    @property
    def drawn(self) -> DrawnQuestion:
        """The question as it is shown."""
        return self.drawn_at(self.content_size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the question needs."""
        return len(self.drawn_at(width).rows)

    def render_line(self, y: int) -> Strip:
        """One line of the question."""
        rows = self.drawn.rows
        return strip_of(rows[y] if y < len(rows) else (), look_of(self), self.content_size.width)

    def _show_caret(self) -> None:
        """Put the terminal's own cursor where one types: an input method opens its window there."""
        if self.is_attached and self.has_focus and self.drawn.caret is not None:
            self.app.cursor_position = self.content_region.offset + Offset(*self.drawn.caret)

    def _reveal(self) -> None:
        """Scroll so that what the keys act on is in view."""
        wanted = ("blank", self.cursor.blank) if self.typing else ("option", self.cursor.place)
        lines = [zone.line for zone in self.drawn.zones if (zone.kind, zone.number) == wanted]
        if lines and self.screen.focused is self:
            first = min(lines)
            reveal(self, Region(0, first, 1, max(lines) - first + 1))

    # -- what can be done --------------------------------------------------------------------------------

    @property
    def typing(self) -> bool:
        """Whether letters are the answer and not keys."""
        return self.attempt.type.interaction == "type" and not self.attempt.locked

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys mean something now."""
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
            raise SkipAction  # at an end the key scrolls what the question stands in
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
        """The option above; a line that is picked up moves."""
        self._step(-1)

    def action_down(self) -> None:
        """The option below; a line that is picked up moves."""
        self._step(1)

    def action_line_up(self) -> None:
        """Move the line up."""
        self._carry(-1)

    def action_line_down(self) -> None:
        """Move the line down."""
        self._carry(1)

    def action_tick(self) -> None:
        """Tick the option in front."""
        self._changed(self.attempt.choose(self._index(self.cursor.place)))

    def action_pick_up(self) -> None:
        """Pick the line in front up."""
        self._hold(True)

    def action_put_down(self) -> None:
        """Put the line down where it is now."""
        self._hold(False)

    def _hold(self, held: bool) -> None:
        self._move_cursor(held=held)
        self.post_message(self.Changed())

    def action_number(self, key: str) -> None:
        """Choose an option or a partner by its number; go to a line of an ordering, or take the picked up one there."""
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

    def _give_partner(self, place: int) -> None:
        """Give the line in front the partner that is shown at ``place``, and go on to a line that has none."""
        had_one = self._index(place) == self.attempt.draft.order[self.cursor.place]
        self._changed(self.attempt.choose(self._index(place), self.cursor.place))
        if not had_one:
            self._go_to_open_line()

    def _go_to_open_line(self) -> None:
        """Go to the next line without a partner, round from the last to the first; stay if there is none."""
        order, here = self.attempt.draft.order, self.cursor.place
        behind_then_before = (*range(here, len(order)), *range(here))
        self._move_cursor(place=next((at for at in behind_then_before if order[at] == NO_PARTNER), here))

    def action_next_partner(self) -> None:
        """Give the line in front the next partner that is free; none behind the last."""
        order = self.attempt.draft.order
        now = order[self.cursor.place]
        at = self.attempt.shown.index(now) if now != NO_PARTNER else -1
        free = [index for index in self.attempt.shown[at + 1 :] if index not in order]
        chosen = free[0] if free else now
        self._changed(self.attempt.choose(chosen, self.cursor.place))

    def action_unsure(self) -> None:
        """Say that one was (not) sure."""
        self.post_message(self.Requested("unsure"))

    def action_lab(self) -> None:
        """See it in the lab."""
        self.post_message(self.Requested("lab"))

    def action_why(self) -> None:
        """See in the lab why the prediction was wrong."""
        self.post_message(self.Requested("why"))

    def action_again(self) -> None:
        """Try the question again."""
        self.post_message(self.Requested("again"))

    def action_hint(self) -> None:
        """One more hint."""
        self._changed(self.attempt.hint())
        self.call_after_refresh(lambda: reveal(self, Region(0, len(self.drawn.rows) - 1, 1, 1)))

    def action_undo(self) -> None:
        """Take the last change back."""
        self._changed(self.attempt.undo())
        if self.typing:
            self._move_cursor(caret=len(self._text))

    def action_commit(self) -> None:
        """Lock the answer; with a single choice, first tick what is in front."""
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
            self.post_message(self.Advice(translate(attempt.type.not_ready)))

    def _should_ask_how_sure(self) -> bool:
        wanted = shell_of(self).workspace.settings.confidence
        return wanted and not self.cursor.asking and self.attempt.confidence is None

    def _next_empty_blank(self) -> int | None:
        """The first empty blank behind the cursor: enter goes there first."""
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

    async def _on_key(self, event: events.Key) -> None:
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
        """Do what an editing key does; whether it was one."""
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
        """Letters are text while one types, so no footer offers them as keys; but no number has a question mark.

        Between several blanks tab goes round.
        """
        if not self.typing:
            return False
        if key in _ROUND:
            return len(self.attempt.draft.texts) > 1
        if character is None or not character.isprintable():
            return False
        return character not in self.attempt.type.not_typed

    def _on_paste(self, event: events.Paste) -> None:
        if self.typing:
            self._insert(harmless_line(event.text).strip())
            event.stop()

    # -- focus and mouse ---------------------------------------------------------------------------------

    def on_focus(self) -> None:
        """Show what the keys act on."""
        self._move_cursor(active=True)

    def on_blur(self) -> None:
        """The keys act elsewhere."""
        self.cursor = replace(self.cursor, active=False, held=False)
        self.redraw()

    def _zone_at(self, event: events.MouseEvent) -> Zone | None:
        offset = event.get_content_offset_capture(self)
        for zone in self.drawn.zones:
            if zone.line == offset.y and zone.start <= offset.x < zone.end:
                return zone
        return None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A line of an ordering is taken by the mouse."""
        zone = self._zone_at(event)
        if zone is not None and self.attempt.type.interaction == "arrange" and not self.attempt.locked:
            self._dragged = zone.number
            self._move_cursor(place=zone.number)
            self._hold(True)
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """The line follows the mouse."""
        zone = self._zone_at(event)
        if self._dragged is not None and zone is not None and zone.number != self.cursor.place:
            self._carry(zone.number - self.cursor.place)

    def on_mouse_up(self) -> None:
        """The line is put down."""
        if self._dragged is not None:
            self._dragged = None
            self.release_mouse()
            self._hold(False)

    def on_click(self, event: events.Click) -> None:
        """A click ticks an option, gives a partner, or goes to a line or a blank."""
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
