"""A list of rows with one selected, as on the course map and in the settings; and the rows that pages are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, overload

from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tutor.charts.cells import Row, Rows, Span, spread_row
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, shorten, wrapped
from tutor.tui.commands import Command, bindings_of
from tutor.tui.themes import Look
from tutor.tui.widgets.rows import look_of, strip_of

BAR = "▌"
"""The sign of the selection, in the margin."""


@dataclass(frozen=True, slots=True)
class RowItem:
    """One row.

    Args:
        key: Identifies the row in messages.
        draw: Gives its spans for a width in cells. It is called at every redraw, so it uses the language in use.
        selectable: Whether the row can be selected; headings and blank rows cannot.
        joined: Whether the row belongs to the one above it: both are raised together, and a click chooses that one.
    """

    key: str
    draw: Callable[[int], Row]
    selectable: bool = True
    joined: bool = False


class MadeItems(Sequence[RowItem]):
    """Rows that are made when they are looked at, so that ten thousand of them cost nothing until they come into view.

    All of them can be selected.

    Args:
        keys: The key of each row.
        make: Makes the row with a number, counted from 0.
    """

    def __init__(self, keys: Sequence[str], make: Callable[[int], RowItem]) -> None:
        self.keys = keys
        self._make = make

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, number: int) -> RowItem: ...

    @overload
    def __getitem__(self, number: slice) -> Sequence[RowItem]: ...

    def __getitem__(self, number: int | slice) -> RowItem | Sequence[RowItem]:
        numbers = range(len(self.keys))[number]
        return self._make(numbers) if isinstance(numbers, int) else [self._make(each) for each in numbers]


def _place_of(key: str | None, items: Sequence[RowItem]) -> int:
    """The number of the selectable row with a key, or else of the first one that can be selected; -1 if none can."""
    if isinstance(items, MadeItems):
        return items.keys.index(key) if key in items.keys else min(0, len(items) - 1)
    choices = (index for index, item in enumerate(items) if item.selectable and item.key == key)
    return next(choices, next((index for index, item in enumerate(items) if item.selectable), -1))


MOVES: tuple[Command, ...] = (
    Command("list.up", ("up", "k"), "keys.up", group="keys.group-move", palette=False),
    Command("list.down", ("down", "j"), "keys.down", group="keys.group-move", palette=False),
    Command("list.page-up", ("pageup", "ctrl+u"), "keys.page-up", group="keys.group-move", palette=False),
    Command("list.page-down", ("pagedown", "ctrl+d"), "keys.page-down", group="keys.group-move", palette=False),
    Command("list.first", ("home",), "keys.first", group="keys.group-move", palette=False),
    Command("list.last", ("end", "G"), "keys.last", group="keys.group-move", palette=False),
    Command("list.choose", ("enter", "l", "right"), "keys.open", footer=1, group="keys.group-move", palette=False),
)


class RowList(ScrollView, can_focus=True):
    """Rows, one of them selected. Arrows and ``hjkl`` move the selection, enter or a click chooses a row.

    The rows have a margin of `MARGIN` cells at the left, in which the selection shows its bar.
    """

    KEYS: ClassVar[tuple[Command, ...]] = MOVES
    BINDINGS = bindings_of(MOVES)
    DEFAULT_CSS = "RowList { overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }"

    class Highlighted(Message):
        """Another row is selected."""

        def __init__(self, row_list: RowList, key: str) -> None:
            self.row_list, self.key = row_list, key
            super().__init__()

        @property
        def control(self) -> RowList:
            """The list."""
            return self.row_list

    class Chosen(Highlighted):
        """A row was chosen with enter or a click."""

    def __init__(self, items: Sequence[RowItem] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._items: Sequence[RowItem] = []
        self._selected = -1
        self.set_items(items)

    @property
    def items(self) -> Sequence[RowItem]:
        """The rows."""
        return self._items

    @property
    def selected(self) -> str | None:
        """The key of the selected row."""
        return self._items[self._selected].key if 0 <= self._selected < len(self._items) else None

    def set_items(self, items: Sequence[RowItem], select: str | None = None) -> None:
        """Show other rows. ``select`` is selected, else the same key as before, else the first selectable row."""
        wanted = select if select is not None else self.selected
        self._items = items if isinstance(items, MadeItems) else list(items)
        self._selected = _place_of(wanted, self._items)
        self.virtual_size = Size(self.virtual_size.width, len(self._items))
        self.refresh()
        if self.is_mounted:
            self.call_after_refresh(self._show_selected)

    def select(self, key: str) -> None:
        """Select the row ``key``, if it is there."""
        index = _place_of(key, self._items)
        if index >= 0 and self._items[index].key == key:
            self._go(index)

    def on_resize(self, event: events.Resize) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._items))
        self.call_after_refresh(self._show_selected)

    def render_line(self, y: int) -> Strip:
        """The row ``y`` lines below the upper edge."""
        width = self.scrollable_content_region.width
        index = y + self.scroll_offset.y
        if index >= len(self._items):
            return strip_of((), look_of(self), width)
        row = self._items[index].draw(width)
        if self._head_of(index) != self._selected or self._selected < 0:
            return strip_of(row, look_of(self), width)
        return selected_strip(row, look_of(self), width)

    def _head_of(self, index: int) -> int:
        """The row that ``index`` belongs to: itself, or the one that it is joined to."""
        while index > 0 and self._items[index].joined:
            index -= 1
        return index

    def _refresh_row(self, index: int) -> None:
        last = index
        while last + 1 < len(self._items) and self._items[last + 1].joined:
            last += 1
        self.refresh(Region(0, index - self.scroll_offset.y, self.size.width, last - index + 1))

    def _go(self, index: int) -> None:
        if index in {self._selected, -1}:
            return
        before, self._selected = self._selected, index
        self._refresh_row(before)
        self._refresh_row(index)
        self._show_selected()
        self.post_message(self.Highlighted(self, self._items[index].key))

    def focus_offset(self) -> Offset | None:
        """Where the selected row is on the screen; None if it is out of view."""
        row = self._selected - self.scroll_offset.y
        region = self.scrollable_content_region
        return region.offset + Offset(0, row) if 0 <= row < region.height else None

    def _show_selected(self) -> None:
        if self._selected < 0 or not self.size.height:
            return
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        first = self._selected
        while first > 0 and not self._items[first - 1].selectable:  # keep the headings above it in view
            first -= 1
        if first < top and self._selected - first < height:
            self.scroll_to(y=first, animate=False, force=True)
        elif self._selected >= top + height:
            self.scroll_to(y=self._selected - height + 1, animate=False, force=True)

    def _step(self, by: int) -> None:
        if self._selected < 0:  # nothing can be selected: scroll instead
            self.scroll_to(y=self.scroll_offset.y + by, animate=False, force=True)
            return
        last = len(self._items) - 1
        index = max(0, min(last, self._selected + by))
        # The nearest row that can be selected; of a single step, only one farther on.
        step = (1 if by > 0 else -1) if by in {1, -1} else 0
        beyond = (index + sign * far for far in range(last + 1) for sign in ((step,) if step else (-1, 1)))
        self._go(next((at for at in beyond if 0 <= at <= last and self._items[at].selectable), self._selected))

    def action_up(self) -> None:
        self._step(-1)

    def action_down(self) -> None:
        self._step(1)

    def action_page_up(self) -> None:
        self._step(-max(2, self.size.height - 1))

    def action_page_down(self) -> None:
        self._step(max(2, self.size.height - 1))

    def action_first(self) -> None:
        self._step(-max(2, len(self._items)))

    def action_last(self) -> None:
        self._step(max(2, len(self._items)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a selectable row, there is nothing to choose."""
        return action != "choose" or self.selected is not None

    def action_choose(self) -> None:
        if self.selected is not None:
            self.post_message(self.Chosen(self, self.selected))

    def on_click(self, event: events.Click) -> None:
        """A click selects a row and chooses it."""
        index = event.y + self.scroll_offset.y
        if not 0 <= index < len(self._items):
            return
        index = self._head_of(index)
        if self._items[index].selectable:
            self._go(index)
            self.action_choose()


MARGIN = 2
"""The left margin of a page in cells."""


def selected_strip(row: Row, look: Look, width: int) -> Strip:
    """A selected row: raised over the whole width, with a bar in the margin.

    The bar takes the second cell, after a sign of the row if there is one, or the first one of a narrow margin.
    """
    first = row[0] if row else Span("")
    before = 1 if first.text[1:2] == " " else 0
    if first.text[before : before + 1] != " ":
        return strip_of(row, look, width, ground="selected")
    edge = strip_of([first._replace(text=first.text[:before])], look, before)
    bar = strip_of([Span(BAR, "accent")], look, 1, ground="selected")
    rest = [first._replace(text=first.text[before + 1 :]), *row[1:]]
    return Strip.join([edge, bar, strip_of(rest, look, max(0, width - before - 1), ground="selected")])


def blank() -> RowItem:
    """An empty row."""
    return RowItem("", lambda _width: [], selectable=False)


def heading(text: str) -> RowItem:
    """A heading."""
    return fixed(lambda width: [Span(shorten(f"{'':{MARGIN}}{text}", width), "accent bold")])


def ruled_heading(text: str) -> RowItem:
    """The heading of a part: bold, and a rule to the right margin."""

    def draw(width: int) -> Row:
        shown = shorten(text, max(0, width - 2 * MARGIN))
        return [
            Span(" " * MARGIN),
            Span(f"{shown} ", "strong"),
            Span("─" * max(0, width - 4 - cell_width(shown)), "rule"),
        ]

    return fixed(draw)


def fixed(draw: Callable[[int], Row]) -> RowItem:
    """A row that cannot be selected."""
    return RowItem("", draw, selectable=False)


def sentence_items(text: str, width: int, ink: str = "muted") -> list[RowItem]:
    """A sentence of the interface, in as many rows as it needs at ``width`` cells."""
    lines = wrapped(harmless_line(text), max(10, width - 2 * MARGIN))
    return [fixed(_row_of([Span(" " * MARGIN), Span(line, ink)])) for line in lines]


def choice_item(key: str, letter: str, text: str, end: str = "") -> RowItem:
    """A row that offers a next step: the key that does the same, what it does, and ``end``, how long that takes."""

    def draw(width: int) -> Row:
        room = max(0, width - cell_width(end) - 10)
        left = [Span(f"  {letter}", "key"), Span("    "), Span(shorten(harmless_line(text), room))]
        return spread_row(left, [Span(end, "muted"), Span(" " * MARGIN)] if end else [], width)

    return RowItem(key, draw)


def chart_items(draw: Callable[[int, int], Rows], height: int) -> list[RowItem]:
    """A picture in ``height`` rows.

    Args:
        draw: Draws it for a width and a height in cells; called once for each width.
        height: The number of rows.
    """
    drawn: dict[int, Rows] = {}

    def row(at: int) -> Callable[[int], Row]:
        def of_width(width: int) -> Row:
            room = max(1, width - 2 * MARGIN)
            if room not in drawn:
                drawn[room] = draw(room, height)
            rows = drawn[room]
            return [Span(" " * MARGIN), *rows[at]] if at < len(rows) else []

        return of_width

    return [fixed(row(at)) for at in range(height)]


def day_label(day: date) -> str:
    """The label of a day below a chart: month and day."""
    return f"{day.month}/{day.day}"


def _row_of(row: Row) -> Callable[[int], Row]:
    return lambda _width: row


def wrapping_items(text: str, ink: str = "text", *, most: int = 2) -> list[RowItem]:
    """A sentence at the end of a list, on ``most`` rows, which it fills as its width needs."""

    def drawer(number: int) -> Callable[[int], Row]:
        def draw(width: int) -> Row:
            lines = wrapped(text, max(1, width - MARGIN - 1))
            return [Span(f"{'':{MARGIN}}{lines[number]}", ink)] if number < len(lines) else []

        return draw

    return [fixed(drawer(number)) for number in range(most)]
