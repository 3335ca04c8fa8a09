"""Rows of spans as Textual's strips, and the widget that shows rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple, cast

from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tutor.charts.cells import Row, Rows, Span, fit_row, fit_rows, row_width
from tutor.foundation.text import cell_width
from tutor.foundation.translate import language
from tutor.tui.themes import EMPTY, FULL, LOOKS, Look

if TYPE_CHECKING:
    from tutor.tui.shell import Shell


def look_of(widget: Widget) -> Look:
    """The look in use."""
    return getattr(widget.app, "look", LOOKS["dark"])


def shell_of(widget: Widget) -> Shell:
    """The app that ``widget`` belongs to, as widgets know it."""
    return cast("Shell", widget.app)


def strip_of(row: Iterable[Span], look: Look, width: int, *, ground: str | None = None) -> Strip:
    """A row as a strip of exactly ``width`` cells: cut, or filled up with spaces.

    Args:
        row: Spans of text with their inks and grounds.
        look: Gives each ink its style.
        width: In cells.
        ground: The ground of spans that name none, and of what fills the row up, such as ``selected``.
    """
    segments = []
    wide = 0
    for text, ink, own_ground in row:
        if text:
            segments.append(Segment(text, look.style(ink, own_ground or ground)))
            wide += cell_width(text)
    if wide < width:
        segments.append(Segment(" " * (width - wide), look.style("text", ground)))
    strip = Strip(segments, max(wide, width))
    return strip if wide <= width else strip.adjust_cell_length(width)


def bar_cells(full: int, width: int, ink: str = "bar", *, rest: str = EMPTY) -> Row:
    """A bar of ``width`` cells, of which ``full`` are filled.

    Args:
        full: The cells that are filled.
        width: The cells of the whole bar.
        ink: The ink of the filled cells.
        rest: The sign of the others.
    """
    return [Span(FULL * full, ink), Span(rest * (width - full), "bar-rest")]


def framed_rows(body: Rows, title: Row, keys: Row, area: Area, ink: str) -> Rows:
    """Rows in a frame, with a title in its upper edge and keys in its lower one.

    Args:
        body: The rows inside, of ``area.width`` − 4 cells; longer ones are cut.
        title: The words in the upper edge; may be empty.
        keys: The words in the lower edge; may be empty.
        area: The area with its frame.
        ink: The ink of the frame.
    """
    inner = area.width - 4
    rows = [
        _frame_edge("╭", "╮", title, area.width, ink),
        *([Span("│ ", ink), *fit_row(row, inner), Span(" │", ink)] for row in body),
        _frame_edge("╰", "╯", keys, area.width, ink),
    ]
    return fit_rows(rows, area.width, area.height)


def _frame_edge(left: str, right: str, words: Row, width: int, ink: str) -> Row:
    if not words:
        return [Span(left + "─" * (width - 2) + right, ink)]
    words = fit_row(words, min(row_width(words), width - 8))
    rest = width - 5 - row_width(words)
    return [Span(f"{left}─ ", ink), *words, Span(f" {'─' * rest}{right}", ink)]


class Area(NamedTuple):
    """The cells to draw in, whether their backgrounds may be coloured, and whether only ASCII can be shown."""

    width: int
    height: int
    colour: bool = True
    ascii: bool = False


Draw = Callable[[Area], Rows]
"""Draws exactly the cells of an area."""


class RowsView(Widget):
    """Draws what ``draw`` gives; `redraw` draws again and refreshes only the lines that differ.

    Args:
        draw: Called at every `redraw` and whenever the size or the look changed, never otherwise.
        id: The widget's id.
    """

    DEFAULT_CSS = "RowsView { width: 1fr; height: 1fr; }"

    def __init__(self, draw: Draw, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._rows: Rows = []
        self._area: Area | None = None
        self._spoken = ""
        self._strips: dict[int, Strip] = {}
        self._look: Look | None = None

    @property
    def area(self) -> Area:
        """The present area."""
        look = look_of(self)
        return Area(self.size.width, self.size.height, not look.native, shell_of(self).ascii)

    def show(self, draw: Draw) -> None:
        """Use another ``draw`` from now on."""
        self._draw = draw
        self.redraw()

    def redraw(self) -> None:
        """Draw again; lines that stayed the same are not sent again."""
        if not self.is_mounted or not self.size.width or not self.size.height:
            return
        if self._area is None:  # the first picture is drawn when Textual asks for it, in the area of that moment
            self.refresh()
            return
        area = self.area
        rows = self._draw(area)
        if area != self._area or len(rows) != len(self._rows):
            self._take(area, rows)
            self.refresh()
            return
        changed = [y for y, (new, old) in enumerate(zip(rows, self._rows, strict=True)) if new != old]
        self._rows = rows
        for y in changed:
            self._strips.pop(y, None)
        if changed:
            self.refresh(*(Region(0, y, area.width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        """Line ``y``, kept until it changes."""
        return self._strip(y, *self._ground())

    def render_lines(self, crop: Region) -> list[Strip]:
        """All lines at once if there is no border or padding: Textual's general way costs more than the lines do."""
        if self.outer_size != self.size:
            return super().render_lines(crop)
        look, area = self._ground()
        strips = [self._strip(y, look, area) for y in crop.line_range]
        if filters := self.get_line_filters():
            background = self.background_colors[1]
            for each in filters:
                strips = [strip.apply_filter(each, background) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def row(self, y: int) -> Row:
        """The spans of line ``y``."""
        return self._rows[y]

    def on_resize(self, _event: events.Resize) -> None:
        """Draw in the new size, unless that has happened already."""
        if self.area != self._area:
            self.forget()
            self.redraw()

    def on_hide(self, _event: events.Hide) -> None:
        """Forget the picture: a hidden widget is not redrawn, so it is drawn again when it is shown."""
        self.forget()

    def forget(self) -> None:
        """Draw nothing before Textual asks for it: while the layout changes, it would be drawn twice."""
        self._area = None
        self._strips.clear()

    def _ground(self) -> tuple[Look, Area]:
        """The present look and area; if one of them or the language has changed, what was kept is dropped."""
        look, area = look_of(self), self.area
        if area != self._area or language() != self._spoken:
            self._take(area, self._draw(area))
        if look is not self._look:
            self._look = look
            self._strips.clear()
        return look, area

    def _strip(self, y: int, look: Look, area: Area) -> Strip:
        strip = self._strips.get(y)
        if strip is None:
            row = self._rows[y] if y < len(self._rows) else []
            strip = self._strips[y] = strip_of(row, look, area.width)
        return strip

    def _take(self, area: Area, rows: Rows) -> None:
        self._area, self._rows, self._spoken = area, rows, language()
        self._strips.clear()
