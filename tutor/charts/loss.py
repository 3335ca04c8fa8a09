"""The loss chart: training, validation and pinned runs by epoch, update or second, and what changed when.

Each curve has its name and value at its right end, and is told apart by its line as well as by its colour: training is
thin, validation thick, pinned runs are dashed and numbered. Without axis lines, faint dots mark the rows of the ticks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil, floor, isfinite
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from tutor.charts.canvas import CanvasCache, overlay
from tutor.charts.cells import (
    Row,
    Rows,
    Span,
    figures,
    fit_row,
    flow,
    overlaid,
    plain_row,
    sentence,
    too_small,
)
from tutor.charts.chart_view import (
    PLAIN_AXIS,
    Axis,
    Heights,
    Knots,
    epoch_of,
    extremes_on,
    place_of,
    with_numbers,
    x_scale,
)
from tutor.charts.line_ends import LineEnd, end_rows, ends_width, named
from tutor.charts.loss_history import Extremes, LossHistory, float_array
from tutor.charts.numbers import figure
from tutor.charts.plot import Grid, Mark, Stroke, curve_mark, dot_columns, exclusive, tick_cells
from tutor.charts.scale import LARGEST, Scale, nice_step, row_log_scale, row_scale
from tutor.foundation.text import cell_width, pad_left, shorten
from tutor.foundation.translate import translate
from tutor.tables.distinct import distinct

_SIGNS: dict[Stroke, tuple[str, str]] = {"thin": ("─", "*"), "thick": ("━", "o"), "dashed": ("╌", "+")}
_ASCII_PINNED = "+x#@"
_RAW_INKS = {"train": "train-raw", "valid": "valid-raw"}
_CANVAS_CACHES: WeakKeyDictionary[LossHistory, CanvasCache] = WeakKeyDictionary()
"""The cached canvas of each chart, by its last history, which is the one that grows."""
_OVERWRITABLE = " ⠀┈┊:"
"""Cells that a label may overwrite: empty ones, and the marks of ticks and changes."""
_NAMES_FROM, _VALUES_FROM = 60, 40
_SHORT_NAMES_FROM, _SHORT_NAME = 48, 8
"""The widths from which the ends of the curves have names, and values; from which names of so few cells are there."""
_RAW_FROM = 10
"""The rows from which smoothed curves have their raw values beneath."""
_WINDOW_EPOCHS, _WINDOW_FRACTION, _WINDOW_GAIN = 30, 0.14, 3.0
"""The window opens after this many epochs, and after this fraction of those planned, if it makes what follows this many
times as high."""


@dataclass(frozen=True, slots=True)
class LossLine:
    """One series of a loss chart.

    Args:
        name: Its name.
        history: Its numbers, one for each epoch.
        ink: The colour role: ``train``, ``valid``, ``pinned1`` to ``pinned4``.
        stroke: How it is distinguished without colour.
        badge: A character along the line and in its sign, for several lines of one stroke; or empty.
        knots: Its epochs and their places, for an axis that does not count epochs; see `Knots`.
        until: The last epoch to draw; by default all are drawn.
        legend_epoch: The last epoch whose figure is shown; by default the last one that is drawn.
        short: Its name if there is little room; by default its name.
    """

    name: str
    history: LossHistory
    ink: str = "train"
    stroke: Stroke = "thin"
    badge: str = ""
    knots: Knots = ()
    until: int | None = None
    legend_epoch: int | None = None
    short: str = ""

    @property
    def last(self) -> int:
        """The last epoch that is drawn."""
        return self.history.last if self.until is None else min(self.until, self.history.last)

    @property
    def pinned(self) -> bool:
        """Whether it is another run, kept for comparison."""
        return self.stroke == "dashed"

    def value(self, place: float | None, axis: Axis) -> float | None:
        """Return the loss at a place of the axis; the last one if the place is None."""
        if place is None:
            return self.history.latest(self.legend_epoch) if self.until is None else self.history.value(self.last)
        epoch = round(place) if axis.in_epochs else round(epoch_of(self.knots, place))
        return self.history.value(epoch) if epoch <= self.last else None

    def sign(self, *, ascii: bool) -> str:
        """Return the sign of the line beside its name."""
        return self.plain_mark() if ascii else f"{_SIGNS[self.stroke][0]}{self.badge}"

    def plain_mark(self) -> str:
        """Return the character that draws the line in plain ASCII."""
        if self.badge.isdigit():
            return _ASCII_PINNED[(int(self.badge) - 1) % len(_ASCII_PINNED)]
        return _SIGNS[self.stroke][1]


def train_line(history: LossHistory) -> LossLine:
    """Return the line of the training loss, as it is drawn everywhere."""
    return LossLine(translate("charts.train"), history, "train", "thin")


def valid_line(history: LossHistory) -> LossLine:
    """Return the line of the validation loss, as it is drawn everywhere."""
    return LossLine(translate("charts.valid"), history, "valid", "thick", short=translate("charts.valid-short"))


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
    planned_epochs: int | None = None,
    heights: Heights = "window",
    smooth: bool = False,
    axis: Axis = PLAIN_AXIS,
    window: tuple[int, int] | None = None,
    changes: Sequence[tuple[int, str]] | Sequence[int] = (),
    cursor: int | None = None,
    numbers: Sequence[float] = (),
    ascii: bool = False,
) -> Rows:
    """Draw the loss by epoch. A place is an epoch, an update or a millisecond, as ``axis`` says.

    Args:
        lines: The series: pinned runs, training, validation. A cell has the colour of the last one that is in it.
        width: The width in cells.
        height: The height in rows.
        title: The name of the loss.
        short_title: The same if there is little room; by default ``title``.
        across: The name of the horizontal axis, written after its last tick if there is room.
        planned: The place where the run will end; the axis does not go further.
        planned_epochs: How many epochs the run will have, if ``planned`` is not that number.
        heights: What the axis of the loss shows; with ``log``, values of 0 or less are marked at its lower end.
        smooth: Whether to smooth the curves, see `LossHistory.smooth`. Figures are never smoothed.
        axis: What the horizontal axis counts.
        window: The first and last place to show; by default all of them.
        changes: The places where something was changed, each marked by a dotted column, with words if given.
        cursor: The place to read off: marked by a column, its values at the ends of the curves.
        numbers: The numbers that another program gave the epochs, from the first on; empty if they are 1, 2, 3 …
        ascii: Whether to draw in plain ASCII.
    """
    numbers = numbers if axis.in_epochs else ()
    reading = _Reading(cursor, axis, ascii, numbers)
    if too_small(width, height):
        return figures([(line.name, reading.figure(line), line.ink) for line in lines], width, height)
    x = x_scale([_epoch_range(line, axis) for line in lines if len(line.history)], axis, planned, window, width)
    if numbers:
        x = with_numbers(x, numbers, ticks=max(2, min(6, width // 12)))
    top = _late_top(lines, planned_epochs or planned) if window is None else None
    shown = _Shown(
        "log" if heights == "log" else "window" if top and heights == "window" else "whole",
        can_window=top is not None,
    )
    has_ends = height >= len(lines) + 2 and width >= _VALUES_FROM
    names_at_ends = has_ends and _names_fit(lines, width)
    head = _head(
        lines, width, height, (title, short_title or title), shown, reading, has_ends=has_ends, has_names=names_at_ends
    )
    body = height - len(head)
    y = _loss_scale(lines, x, body - 1, shown, top, reading)
    if y is None:
        begun = any(line.history.latest() is not None for line in lines)
        key = "charts.nothing-above-zero" if heights == "log" and begun else "charts.no-epoch-yet"
        return [*head, *sentence(translate(key), width, body)]
    digits = 4 if width >= _NAMES_FROM else 3
    ends = _ends(lines, y, body - 1, reading, names=names_at_ends, digits=digits) if has_ends else []
    labels = max(cell_width(label) for label in y.labels) + (2 if ascii else 1)
    grid = Grid(width - labels - ends_width(ends), body - 1, ascii)
    if grid.width < 4:
        return figures([(line.name, reading.figure(line), line.ink) for line in lines], width, height)
    marks = _raw_marks(lines, x, y, grid, axis) if smooth and grid.height >= _RAW_FROM else []
    for line in lines:
        marks.extend(_line_marks(line, x, y, grid, axis, smooth=smooth))
    drawn = _CANVAS_CACHES.setdefault(lines[-1].history, CanvasCache()).draw(grid, exclusive(marks, grid))
    places = [each if isinstance(each, int) else each[0] for each in changes]
    canvas_rows = overlay(_ground(places, cursor, x, y, grid), drawn)
    if shown.kind == "window":
        came_from = _from_text(lines, ascii=ascii)
        if not _label(canvas_rows, [(1, range(1), came_from)], grid) and head:
            head[0] = _appended(head[0], f"  {came_from}", width)
    _label(canvas_rows, _change_labels(changes, x, grid), grid)
    left = _left_parts(y, grid, labels)
    right = end_rows(ends, grid.height) if ends else [[] for _ in canvas_rows]
    rows = [[*before, *row, *after] for before, row, after in zip(left, canvas_rows, right, strict=True)]
    return [*head, *rows, _x_row(x, grid, labels, across, width)]


class _Shown(NamedTuple):
    """What the axis of the loss shows in this frame, and whether there is a window that it could show."""

    kind: Heights
    can_window: bool


@dataclass(frozen=True, slots=True)
class _Reading:
    """The place that the figures are read at, and how they are written."""

    cursor: int | None
    axis: Axis
    ascii: bool
    numbers: Sequence[float] = ()

    @property
    def text(self) -> str:
        """The epoch, update or second that is read, with its name."""
        at = self.cursor or 0
        if self.axis.counts == "seconds":
            return translate("charts.at-second", seconds=f"{at / 1000:.1f}")
        number = f"{self.numbers[at - 1]:.9g}" if 0 < at <= len(self.numbers) else str(at)
        return translate("charts.at-epoch" if self.axis.in_epochs else "charts.at-update", epoch=number)

    def figure(self, line: LossLine, *, digits: int = 4) -> str:
        """Return the figure of a line."""
        return figure(line.value(self.cursor, self.axis), digits=digits, ascii=self.ascii)


def _epoch_range(line: LossLine, axis: Axis) -> tuple[int, int]:
    """Return the places of the first and last epoch, drawn or not, so that the axis does not move."""
    first, last = line.history.first, line.history.last
    if axis.in_epochs:
        return first, last
    return floor(place_of(line.knots, first)), ceil(place_of(line.knots, last))


def extremes_of(line: LossLine, x: Scale, columns: int, axis: Axis, *, smooth: bool) -> Extremes:
    """Return the lowest and highest value of a line in each of ``columns``, as far as it is drawn."""
    found = extremes_on(line.history.smooth() if smooth else line.history, line.knots, x, columns, axis)
    if line.until is None or not len(found.column):
        return found
    place = float(line.last) if axis.in_epochs else place_of(line.knots, line.last)
    if x.logarithmic and place <= 0:
        return Extremes(found.column[:0], found.low[:0], found.high[:0])
    shown = found.column <= round(x.fraction(place) * (columns - 1))
    return Extremes(found.column[shown], found.low[shown], found.high[shown])


# -- the axis of the loss ----------------------------------------------------------------------------------------


def _late_top(lines: Sequence[LossLine], planned: int | None) -> float | None:
    """Return the top of the window: the highest smoothed value of the present run since its first part.

    None before that part has ended, if what follows would not become three times as high above zero, and for values
    below zero. The top never falls, so the window opens once.
    """
    own = [line for line in lines if not line.pinned and line.last >= line.history.first]
    begin = max(_WINDOW_EPOCHS, ceil((planned or 0) * _WINDOW_FRACTION))
    if not own or max(line.last for line in own) < begin:
        return None
    late = [line.history.smooth().span(begin, line.last) for line in own]
    whole = [line.history.span(line.history.first, line.last) for line in own]
    top = max((each[1] for each in late if each is not None), default=0.0)
    highest = max((each[1] for each in whole if each is not None), default=0.0)
    low = min((each[0] for each in whole if each is not None), default=0.0)
    return top if low >= 0 and highest > _WINDOW_GAIN * top > 0 else None


def _loss_scale(
    lines: Sequence[LossLine], x: Scale, rows: int, shown: _Shown, top: float | None, reading: _Reading
) -> Scale | None:
    """Return the axis of the loss for what is in view; None if nothing is."""
    lows, highs = [], []
    for line in lines:
        if reading.axis == PLAIN_AXIS and shown.kind != "log":
            if (span := line.history.span(x.low, x.high)) is not None:
                lows.append(span[0])
                highs.append(span[1])
            continue
        _, least, most = extremes_on(line.history, line.knots, x, 8, reading.axis)
        if shown.kind == "log":
            least, most = least[least > 0], most[most > 0]
        if len(least) and len(most):
            lows.append(float(least.min()))
            highs.append(float(most.max()))
    if not lows:
        return None
    low, high = min(lows), max(highs)
    if shown.kind == "log":
        return row_log_scale(low, high, rows, ascii=reading.ascii)
    if shown.kind == "window" and top is not None:
        return _falling_scale(low, max(top, low), rows, zero_below=1 / 6, ascii=reading.ascii)
    return _falling_scale(low, high, rows, zero_below=0.4, ascii=reading.ascii)


def _falling_scale(low: float, high: float, rows: int, *, zero_below: float, ascii: bool) -> Scale:
    """Return an axis whose low end moves in large steps because a loss falls; soon it is zero.

    Args:
        low: The lowest loss in view.
        high: The highest one.
        rows: The cells upwards.
        zero_below: The axis begins at zero if ``low`` is less than this part of ``high``.
        ascii: Whether to draw in plain ASCII.
    """
    if 0 <= low < high * zero_below:
        return row_scale(0.0, high, rows, zero=True, ascii=ascii)
    if high - low > 1e-9 * max(abs(low), abs(high)) and isfinite(high - low):
        step = nice_step((high - low) / 2)
        low = floor(low / step + 1e-9) * step
    return row_scale(low, high, rows, ascii=ascii)


def _from_text(lines: Sequence[LossLine], *, ascii: bool) -> str:
    """Return what the first row says in the window: from where the curves have come."""
    own = [line for line in lines if not line.pinned]
    found = [line.history.span(line.history.first, line.last) for line in own]
    highest = max((each[1] for each in found if each is not None), default=None)
    return f"{'^' if ascii else '▲'} {translate('charts.from', value=figure(highest, digits=2, ascii=ascii))}"


# -- curves ------------------------------------------------------------------------------------------------------


def _raw_marks(lines: Sequence[LossLine], x: Scale, y: Scale, grid: Grid, axis: Axis) -> list[Mark]:
    """Return the values of the present run as they are, as pale dots."""
    marks = []
    for line in lines:
        if line.pinned:
            continue
        column, low, high = extremes_of(line, x, grid.columns, axis, smooth=False)
        heights = np.concatenate([low, high])
        with np.errstate(invalid="ignore"):
            rows = np.rint(np.clip(y.fractions(heights) * (grid.rows - 1), -1, grid.rows))
        inside = (rows >= 0) & (rows < grid.rows)
        marks.append(
            Mark(np.tile(column, 2)[inside], rows[inside].astype(np.int64), _RAW_INKS.get(line.ink, "rule"), plain=".")
        )
    return marks


def _line_marks(line: LossLine, x: Scale, y: Scale, grid: Grid, axis: Axis, *, smooth: bool) -> list[Mark]:
    extremes = extremes_of(line, x, grid.columns, axis, smooth=smooth)
    if not len(extremes.column):
        return []
    mark = curve_mark(extremes, y, grid, line.ink, line.stroke, line.plain_mark())
    if len(extremes.column) == 1:
        mark = Mark(mark.columns[:1], mark.rows[:1], line.ink, glyph="" if grid.ascii else "•", plain=mark.plain)
    marks = [mark]
    if y.logarithmic and (nothing := extremes.low <= 0).any():
        cells = distinct(extremes.column[nothing] // grid.dots_across) * grid.dots_across
        marks.append(Mark(cells, np.zeros_like(cells), line.ink, glyph="v" if grid.ascii else "▼"))
    if line.badge and len(mark.columns) > 1:
        # Where a dash begins, so that the number stands on the line.
        offset = int(line.badge) if line.badge.isdigit() else 1
        place = (offset * len(mark.columns) // 6) % len(mark.columns)
        marks.append(Mark(mark.columns[[place]], mark.rows[[place]], line.ink, glyph=line.badge[0]))
    return marks


def _names_fit(lines: Sequence[LossLine], width: int) -> bool:
    """Return whether the names of the curves have room at their ends; short names need less."""
    shortest = all(cell_width(line.short or line.name) <= _SHORT_NAME for line in lines)
    return width >= _NAMES_FROM or (shortest and width >= _SHORT_NAMES_FROM)


def _ends(
    lines: Sequence[LossLine], y: Scale, rows: int, reading: _Reading, *, names: bool, digits: int
) -> list[LineEnd]:
    """Return the ends of the curves, each with the value that is read."""
    ends = []
    for line in lines:
        value = line.value(reading.cursor, reading.axis)
        at = 0.0
        if value is not None and not (y.logarithmic and value <= 0):
            at = y.fraction(max(-LARGEST, min(value, LARGEST)))
        row = rows - 1 - round(max(0.0, min(1.0, at)) * (rows - 1))
        name = (line.short or line.name) if names else ""
        text = reading.figure(line, digits=digits)
        ends.append(LineEnd(line.sign(ascii=reading.ascii), name, text, line.ink, row))
    return ends


# -- around the curves -------------------------------------------------------------------------------------------


def _ground(changes: Sequence[int], cursor: int | None, x: Scale, y: Scale, grid: Grid) -> Rows:
    """Return what lies under the curves: the rows of the ticks, the columns of changes, the column that is read."""
    tick = " " if grid.ascii else "┈"
    ticks = tick_cells(y, grid.rows, grid.height, grid.dots_up)
    columns = {
        column // grid.dots_across: ("muted", ":" if grid.ascii else "┊")
        for column in dot_columns(float_array(changes), x, grid).tolist()
        if 0 <= column < grid.columns
    }
    if cursor is not None and 0 <= (at := int(dot_columns(float_array([cursor]), x, grid)[0])) < grid.columns:
        columns[at // grid.dots_across] = ("cursor", "|" if grid.ascii else "│")

    def row(sign: str) -> Row:
        cells = [columns.get(cell, ("rule", sign)) for cell in range(grid.width)]
        return [Span("".join(sign for _, sign in run), ink) for ink, run in groupby(cells, key=lambda cell: cell[0])]

    with_tick, without = row(tick), row(" ")
    return [list(with_tick if grid.height - 1 - at in ticks else without) for at in range(grid.height)]


def _left_parts(y: Scale, grid: Grid, width: int) -> Rows:
    """Return the labels of the ticks, at the left of each row."""
    ticks = tick_cells(y, grid.rows, grid.height, grid.dots_up)
    end = "+" if grid.ascii else ""
    rows: Rows = []
    for at in range(grid.height):
        label = ticks.get(grid.height - 1 - at)
        text = "" if label is None else f"{pad_left(label, width - 1 - len(end))} {end}"
        rows.append([Span(text or " " * width, "muted")])
    return rows


def _x_row(x: Scale, grid: Grid, left: int, across: str, width: int) -> Row:
    """Return the labels of the horizontal axis; its name follows the last one, if there is room."""
    pieces: list[tuple[int, str]] = []
    ticks = list(tick_cells(x, grid.columns, grid.width, grid.dots_across).items())
    for cell, label in [*ticks[-1:], *ticks[:-1]]:
        at = max(0, min(width - cell_width(label), left + cell - (cell_width(label) - 1) // 2))
        if all(at + cell_width(label) < begin or at > begin + cell_width(other) for begin, other in pieces):
            pieces.append((at, label))
    if pieces and across:
        begin, label = max(pieces)
        if begin + cell_width(label) + 2 + cell_width(across) <= width:
            pieces.append((begin + cell_width(label) + 1, across))
    text = ""
    for at, label in sorted(pieces):
        text += " " * (at - cell_width(text)) + label
    return fit_row([Span(text, "muted")], width)


def _change_labels(
    changes: Sequence[tuple[int, str]] | Sequence[int], x: Scale, grid: Grid
) -> list[tuple[int, range, str]]:
    named_changes = [each for each in changes if not isinstance(each, int)]
    columns = dot_columns(float_array([place for place, _ in named_changes]), x, grid).tolist()
    rows = range(max(1, grid.height // 2))
    return [
        (column // grid.dots_across + 1, rows, text)
        for column, (_, text) in zip(columns, named_changes, strict=True)
        if 0 <= column < grid.columns
    ]


def _appended(row: Row, text: str, width: int) -> Row:
    """Return a row with ``text`` after its last word, as far as there is room."""
    while row and not row[-1].text.strip():
        row = row[:-1]
    return fit_row([*row, Span(text, "muted")], width)


def _label(rows: Rows, wanted: Sequence[tuple[int, range, str]], grid: Grid) -> int:
    """Write texts over free cells, in place: each from its first cell on, in the first of its rows with room.

    A text for one row alone may also stand further right. Return how many texts there was room for.
    """
    occupied: list[tuple[int, int, int]] = []
    labels: list[tuple[int, int, str]] = []
    for first, numbers, words in wanted:
        text = words if len(numbers) == 1 else shorten(words, max(0, grid.width // 3))
        wide = cell_width(text)
        starts = range(first, grid.width - wide) if len(numbers) == 1 else range(first, first + 1)
        for number, at in ((number, at) for at in starts for number in numbers):
            end = at + wide
            if not text or end > grid.width:
                break
            free = not plain_row(rows[number])[at : end + 1].strip(_OVERWRITABLE)
            if free and all(each != number or end < left or right < at for each, left, right in occupied):
                occupied.append((number, at, end))
                labels.append((number, at, text))
                break
    # From the right, because writing over a two-cell character shifts what follows.
    for number, at, text in sorted(labels, reverse=True):
        rows[number] = overlaid(rows[number], at, text, "muted")
    return len(labels)


def _head(
    lines: Sequence[LossLine],
    width: int,
    height: int,
    titles: tuple[str, str],
    shown: _Shown,
    reading: _Reading,
    *,
    has_ends: bool,
    has_names: bool,
) -> Rows:
    """Return the rows above the plot: the title, what its axes show, and what has no room at the ends of the curves.

    If they do not fit, the title is shortened first, then the names are, then the title is left out.
    """
    if height < 7:
        return []
    max_rows = 1 if height < 10 else 2 if height < 16 else 4
    title, short = titles
    for each, short_names in ((title, False), (short, False), (short, True), ("", True)):
        items = _head_items(each, shown, reading)
        if not has_ends:
            items += [_legend_item(line, reading, width, short=short_names) for line in lines]
        elif not has_names:
            ends = [(line.short if short_names else "") or line.name for line in lines]
            items += [
                named(LineEnd(line.sign(ascii=reading.ascii), shorten(name, max(8, width // 3)), "", line.ink, 0))
                for line, name in zip(lines, ends, strict=True)
            ]
        if len(flow(items, width, len(items))) <= max_rows:
            break
    return flow(items, width, max_rows)


def _head_items(title: str, shown: _Shown, reading: _Reading) -> list[Row]:
    items: list[Row] = [[Span(title, "text")]] if title else []
    if shown.kind == "log":
        items.append([Span(translate("charts.log"), "accent")])
    elif shown.can_window:
        kind = translate("charts.window" if shown.kind == "window" else "charts.whole")
        items.append([Span(kind, "accent")])
    if reading.cursor is not None:
        items.append([Span(reading.text, "cursor")])
    return items


def _legend_item(line: LossLine, reading: _Reading, width: int, *, short: bool) -> Row:
    name = shorten(line.short if short and line.short else line.name, max(8, width // 3))
    sign, value = line.sign(ascii=reading.ascii), reading.figure(line)
    return [Span(f"{sign} ", line.ink), Span(f"{name} ", "muted"), Span(value, line.ink)]
