"""The loss chart: training, validation and pinned runs by epoch or update, and the changes of settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from weakref import WeakKeyDictionary

from tutor.charts.canvas import CanvasCache
from tutor.charts.cells import (
    Row,
    Rows,
    Span,
    figures,
    flow,
    overlaid,
    plain_row,
    sentence,
    spread_row,
    too_small,
)
from tutor.charts.chart_view import PLAIN_AXIS, Axis, Knots, epoch_of, extremes_on, place_of, with_numbers, x_scale
from tutor.charts.loss_history import Extremes, LossHistory, float_array
from tutor.charts.numbers import figure
from tutor.charts.plot import Grid, Mark, Pattern, canvas_grid, column_mark, dot_columns, framed, series_mark
from tutor.charts.scale import Scale, falling_scale, log_scale
from tutor.foundation.text import cell_width, shorten
from tutor.foundation.translate import translate

_PATTERN_SIGNS: dict[Pattern, tuple[str, str]] = {"line": ("──", "*"), "dotted": ("··", "o"), "dashed": ("╌╌", "+")}
_ASCII_PINNED = "+x#@"
_CHANGE_GLYPHS = ("┊", ":")
_CANVAS_CACHES: WeakKeyDictionary[LossHistory, CanvasCache] = WeakKeyDictionary()
"""The cached canvas of each chart, by its last history, which is the one that grows."""
_OVERWRITABLE = " ⠀" + "".join(_CHANGE_GLYPHS)
"""Cells that a label may overwrite: empty ones, and the marks of changes."""


@dataclass(frozen=True, slots=True)
class LossLine:
    """One series of a loss chart.

    Args:
        name: Its name in the legend.
        history: Its numbers, one for each epoch.
        ink: The colour role: ``train``, ``valid``, ``pinned1`` to ``pinned4``.
        pattern: How it is distinguished without colour.
        badge: A character along the line and in the legend, for several lines of one pattern; or empty.
        knots: Its epochs and updates, for an axis of updates; see `Knots`.
        until: The last epoch to draw; by default all are drawn.
        legend_epoch: The last epoch whose figure the legend shows; by default the last one that is drawn.
        short: Its name in the legend if there is little room; by default its name.
    """

    name: str
    history: LossHistory
    ink: str = "train"
    pattern: Pattern = "line"
    badge: str = ""
    knots: Knots = ()
    until: int | None = None
    legend_epoch: int | None = None
    short: str = ""

    @property
    def last(self) -> int:
        """The last epoch that is drawn."""
        return self.history.last if self.until is None else min(self.until, self.history.last)

    def value(self, place: float | None, axis: Axis) -> float | None:
        """Return the loss at a place of the axis; the last one if the place is None."""
        if place is None:
            return self.history.latest(self.legend_epoch) if self.until is None else self.history.value(self.last)
        epoch = round(epoch_of(self.knots, place)) if axis.in_updates else round(place)
        return self.history.value(epoch) if epoch <= self.last else None

    def sign(self, *, ascii: bool) -> str:
        """Return the sign of the line in a legend."""
        pretty, plain = _PATTERN_SIGNS[self.pattern]
        return f"{plain if ascii else pretty}{self.badge}"

    def plain_mark(self) -> str:
        """Return the character that draws the line in plain ASCII."""
        if self.badge.isdigit():
            return _ASCII_PINNED[(int(self.badge) - 1) % len(_ASCII_PINNED)]
        return _PATTERN_SIGNS[self.pattern][1]


def train_line(history: LossHistory) -> LossLine:
    """Return the line of the training loss, as it is drawn everywhere."""
    return LossLine(translate("charts.train"), history, "train", "line")


def valid_line(history: LossHistory) -> LossLine:
    """Return the line of the validation loss, as it is drawn everywhere."""
    return LossLine(translate("charts.valid"), history, "valid", "dotted", short=translate("charts.valid-short"))


def pinned_line(number: int, name: str, history: LossHistory) -> LossLine:
    """Return the line of an earlier run, the ``number``-th (from 1) that the learner pinned for comparison."""
    return LossLine(name, history, f"pinned{(number - 1) % 4 + 1}", "dashed", str(number))


def loss_chart(
    lines: Sequence[LossLine],
    width: int,
    height: int,
    *,
    title: str = "",
    short_title: str = "",
    across: str = "",
    planned: int | None = None,
    logarithmic: bool = False,
    axis: Axis = PLAIN_AXIS,
    window: tuple[int, int] | None = None,
    changes: Sequence[tuple[int, str]] | Sequence[int] = (),
    cursor: int | None = None,
    numbers: Sequence[float] = (),
    ascii: bool = False,
) -> Rows:
    """Draw the loss by epoch. A place is an epoch or an update, as ``axis`` says.

    Args:
        lines: The series, drawn in this order, later ones over earlier ones.
        width: The width in cells.
        height: The height in rows.
        title: The name of the loss, before the legend.
        short_title: The same if there is little room; by default ``title``.
        across: The name of the horizontal axis, written at the right end of the legend if there is room.
        planned: Where the run will end; the axis does not go further.
        logarithmic: Whether the loss is on a logarithmic axis, where values of zero or less are left out.
        axis: What the horizontal axis counts.
        window: The first and last place to show; by default all of them.
        changes: The places where a setting was changed, each marked by a dotted column, with its new value if given.
        cursor: The place to read off: marked by a column, with its figures in the legend.
        numbers: The numbers that another program gave the epochs, from the first on; empty if they are 1, 2, 3 …
        ascii: Whether to draw in plain ASCII.
    """
    numbers = () if axis.in_updates else numbers
    reading = _Reading(cursor, axis, ascii, numbers)
    if too_small(width, height):
        return figures([(line.name, reading.figure(line), line.ink) for line in lines], width, height)
    x = x_scale([_epoch_range(line, axis) for line in lines if len(line.history)], axis, planned, window, width)
    if numbers:
        x = with_numbers(x, numbers, ticks=max(2, min(6, width // 12)))
    legend = _legend(
        lines, width, height, titles=(title, short_title or title), logarithmic=logarithmic, reading=reading
    )
    legend = _with_axis_name(legend, across, width, ascii=ascii)
    body = height - len(legend)
    y = _loss_scale(lines, x, body, logarithmic=logarithmic, reading=reading)
    if y is None:
        begun = any(line.history.latest() is not None for line in lines)
        key = "charts.nothing-above-zero" if logarithmic and begun else "charts.no-epoch-yet"
        return [*legend, *sentence(translate(key), width, body)]
    grid = canvas_grid(y, width, body, ascii=ascii)
    if grid.width < 4:
        return figures([(line.name, reading.figure(line), line.ink) for line in lines], width, height)
    marks = _column_marks([each if isinstance(each, int) else each[0] for each in changes], cursor, x, grid)
    for line in lines:
        marks.extend(_line_marks(line, x, y, grid, axis))
    drawn = _CANVAS_CACHES.setdefault(lines[-1].history, CanvasCache()).draw(grid, marks)
    _label_changes(drawn, [each for each in changes if not isinstance(each, int)], x, grid)
    return [*legend, *framed(x, y, drawn, width, body, ascii=ascii)]


@dataclass(frozen=True, slots=True)
class _Reading:
    """The place that the figures of the legend are read at, and how they are written."""

    cursor: int | None
    axis: Axis
    ascii: bool
    numbers: Sequence[float] = ()

    @property
    def place(self) -> str:
        """The number of the epoch or update that is read."""
        at = self.cursor or 0
        return f"{self.numbers[at - 1]:.9g}" if 0 < at <= len(self.numbers) else str(at)

    def figure(self, line: LossLine) -> str:
        """Return the figure of a line."""
        return figure(line.value(self.cursor, self.axis), ascii=self.ascii)


def _epoch_range(line: LossLine, axis: Axis) -> tuple[int, int]:
    """Return the places of the first and last epoch, drawn or not, so that the axis does not move."""
    first, last = line.history.first, line.history.last
    if axis.in_updates:
        return floor(place_of(line.knots, first)), ceil(place_of(line.knots, last))
    return first, last


def _extremes(line: LossLine, x: Scale, columns: int, axis: Axis) -> Extremes:
    found = extremes_on(line.history, line.knots, x, columns, axis)
    if line.until is None or not len(found.column):
        return found
    place = place_of(line.knots, line.last) if axis.in_updates else float(line.last)
    if x.logarithmic and place <= 0:
        return Extremes(found.column[:0], found.low[:0], found.high[:0])
    shown = found.column <= round(x.fraction(place) * (columns - 1))
    return Extremes(found.column[shown], found.low[shown], found.high[shown])


def _loss_scale(
    lines: Sequence[LossLine], x: Scale, height: int, *, logarithmic: bool, reading: _Reading
) -> Scale | None:
    """Return the axis of the loss for what is in view; None if nothing is."""
    lows, highs = [], []
    for line in lines:
        _, low, high = extremes_on(line.history, line.knots, x, 8, reading.axis)
        if logarithmic:
            low, high = low[low > 0], high[high > 0]
        if len(low) and len(high):
            lows.append(float(low.min()))
            highs.append(float(high.max()))
    if not lows:
        return None
    ticks = max(2, min(5, (height - 2) // 3 + 1))
    if logarithmic:
        return log_scale(min(lows), max(highs), ticks=ticks, ascii=reading.ascii)
    return falling_scale(min(lows), max(highs), ticks=ticks, ascii=reading.ascii)


def _column_marks(changes: Sequence[int], cursor: int | None, x: Scale, grid: Grid) -> list[Mark]:
    changed = sorted(set(dot_columns(float_array(changes), x, grid).tolist()))
    marks = [column_mark(column, grid, "muted", *_CHANGE_GLYPHS) for column in changed if 0 <= column < grid.columns]
    if cursor is not None:
        column = int(dot_columns(float_array([cursor]), x, grid)[0])
        if 0 <= column < grid.columns:
            marks.append(column_mark(column, grid, "cursor", "│", "|"))
    return marks


def _label_changes(rows: Rows, changes: Sequence[tuple[int, str]], x: Scale, grid: Grid) -> None:
    """Write the new value next to the mark of each change, in place, if there is room for it."""
    occupied: list[tuple[int, int, int]] = []
    labels: list[tuple[int, int, str]] = []
    columns = dot_columns(float_array([place for place, _ in changes]), x, grid).tolist()
    for column, (_, name) in zip(columns, changes, strict=True):
        text = shorten(name, max(0, grid.width // 3))
        at = column // grid.dots_across + 1
        end = at + cell_width(text)
        if not text or not 0 <= column < grid.columns or end > grid.width:
            continue
        for number, row in enumerate(rows[: max(1, len(rows) // 2)]):
            free = not plain_row(row)[at : end + 1].strip(_OVERWRITABLE)
            if free and all(each != number or end < left or right < at for each, left, right in occupied):
                occupied.append((number, at, end))
                labels.append((number, at, text))
                break
    # From the right, because writing over a two-cell character shifts what follows.
    for number, at, text in sorted(labels, reverse=True):
        rows[number] = overlaid(rows[number], at, text, "muted")


def _line_marks(line: LossLine, x: Scale, y: Scale, grid: Grid, axis: Axis) -> list[Mark]:
    extremes = _extremes(line, x, grid.columns, axis)
    if not len(extremes.column):
        return []
    mark = series_mark(extremes, y, grid, line.ink, line.pattern, line.plain_mark())
    if len(extremes.column) == 1:
        mark = Mark(mark.columns[:1], mark.rows[:1], line.ink, glyph="" if grid.ascii else "•", plain=mark.plain)
    if not line.badge or len(mark.columns) < 2:
        return [mark]
    offset = int(line.badge) if line.badge.isdigit() else 1
    places = [(offset * len(mark.columns) // 6) % len(mark.columns), len(mark.columns) - 1]
    badges = Mark(mark.columns[places], mark.rows[places], line.ink, glyph=line.badge[0])
    return [mark, badges]


def _legend(
    lines: Sequence[LossLine],
    width: int,
    height: int,
    *,
    titles: tuple[str, str],
    logarithmic: bool,
    reading: _Reading,
) -> Rows:
    """Return the rows above the plot: the title, and for each line its sign, name and figure.

    If they do not fit, the title is shortened first, then the names are, then the title is left out.
    """
    if height < 7:
        return []
    max_rows = 1 if height < 10 else 2 if height < 16 else 4
    title, short = titles
    for each, short_names in ((title, False), (short, False), (short, True), ("", True)):
        items = _legend_items(lines, width, each, short_names=short_names, logarithmic=logarithmic, reading=reading)
        if len(flow(items, width, len(items))) <= max_rows:
            break
    return flow(items, width, max_rows)


def _legend_items(
    lines: Sequence[LossLine], width: int, title: str, *, short_names: bool, logarithmic: bool, reading: _Reading
) -> list[Row]:
    items: list[Row] = [[Span(title, "text")]] if title else []
    if logarithmic:
        items.append([Span(translate("charts.log"), "accent")])
    if reading.cursor is not None:
        at = "charts.at-update" if reading.axis.in_updates else "charts.at-epoch"
        items.append([Span(translate(at, epoch=reading.place), "cursor")])
    for line in lines:
        name = shorten(line.short if short_names and line.short else line.name, max(8, width // 3))
        items.append(
            [
                Span(f"{line.sign(ascii=reading.ascii)} ", line.ink),
                Span(f"{name} ", "muted"),
                Span(reading.figure(line), line.ink),
            ]
        )
    return items


def _with_axis_name(legend: Rows, across: str, width: int, *, ascii: bool) -> Rows:
    """Return ``legend`` with the name of the axis at its right end, if there is room."""
    if not legend or not across:
        return legend
    name = Span(f"{across} {'>' if ascii else '→'}", "muted")
    *above, last = legend
    while last and not last[-1].text.strip():
        last = last[:-1]
    return [*above, spread_row([*last, Span(" ")], [name], width)]
