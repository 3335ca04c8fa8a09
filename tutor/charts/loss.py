"""The loss of every epoch: training, validation, runs pinned beside them, and where a control was turned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.charts.cells import Row, Rows, Span, fit_row, row_width, spread_row
from tutor.charts.dots import Pattern, column_mark, dot_columns, series_mark
from tutor.charts.history import LossHistory, numbers
from tutor.charts.notice import figures, sentence, too_small
from tutor.charts.numbers import figure
from tutor.charts.plot import Grid, Mark, canvas, canvas_grid, framed
from tutor.charts.scale import Scale, epoch_scale, linear_scale, log_scale, window_scale
from tutor.foundation.text_width import shorten
from tutor.foundation.translate import translate

_PATTERN_SIGNS: dict[Pattern, tuple[str, str]] = {"line": ("──", "*"), "dotted": ("··", "o"), "dashed": ("╌╌", "+")}
_PLAIN_PINNED = "+x#@"


@dataclass(frozen=True, slots=True)
class LossLine:
    """One series of a loss chart.

    Args:
        name: What the legend calls it.
        history: Its numbers, one per epoch.
        ink: The role that colours it: ``train``, ``valid``, ``pinned1`` to ``pinned4``.
        pattern: How it is told apart without colour.
        badge: A character set along the line and in the legend, for several lines of one pattern; or empty.
    """

    name: str
    history: LossHistory
    ink: str = "train"
    pattern: Pattern = "line"
    badge: str = ""

    def sign(self, *, ascii: bool) -> str:
        """What stands for the line in a legend."""
        pretty, plain = _PATTERN_SIGNS[self.pattern]
        return f"{plain if ascii else pretty}{self.badge}"

    def plain_mark(self) -> str:
        """What draws the line in plain ASCII."""
        if self.badge.isdigit():
            return _PLAIN_PINNED[(int(self.badge) - 1) % len(_PLAIN_PINNED)]
        return _PATTERN_SIGNS[self.pattern][1]


def train_line(history: LossHistory) -> LossLine:
    """The training loss, as it is drawn everywhere."""
    return LossLine(translate("charts.train"), history, "train", "line")


def valid_line(history: LossHistory) -> LossLine:
    """The validation loss, as it is drawn everywhere."""
    return LossLine(translate("charts.valid"), history, "valid", "dotted")


def pinned_line(number: int, name: str, history: LossHistory) -> LossLine:
    """The loss of an earlier run, the ``number``-th (from 1) that the learner kept for comparison."""
    return LossLine(name, history, f"pinned{(number - 1) % 4 + 1}", "dashed", str(number))


def loss_chart(
    lines: Sequence[LossLine],
    width: int,
    height: int,
    *,
    title: str = "",
    across: str = "",
    planned: int | None = None,
    logarithmic: bool = False,
    window: tuple[int, int] | None = None,
    changes: Sequence[int] = (),
    cursor: int | None = None,
    ascii: bool = False,
) -> Rows:
    """The loss per epoch in ``width`` by ``height`` cells.

    Args:
        lines: The series, drawn in order, the first one deepest.
        width: Cells across.
        height: Rows.
        title: What the loss is called, before the legend.
        across: What the axis counts, at the right end of the legend where there is room.
        planned: How many epochs the run will have; the axis does not go further.
        logarithmic: Whether the loss is on a logarithmic axis. What is not above zero is left out there.
        window: The first and last epoch to show; all of them where None.
        changes: Epochs before which a control was changed, marked by a dotted column.
        cursor: An epoch to read off: a column on the chart, and its figures in the legend.
        ascii: Whether to draw in plain ASCII.
    """
    if too_small(width, height):
        return figures([(line.name, _figure(line, cursor, ascii), line.ink) for line in lines], width, height)
    x = _epochs(lines, planned, window, width)
    legend = _legend(lines, width, height, title=title, logarithmic=logarithmic, cursor=cursor, ascii=ascii)
    legend = _with_axis(legend, across, width, ascii=ascii)
    body = height - len(legend)
    y = _losses(lines, x, body, logarithmic=logarithmic, ascii=ascii)
    if y is None:
        key = "charts.nothing-above-zero" if logarithmic and any(map(_any_finite, lines)) else "charts.no-epoch-yet"
        return [*legend, *sentence(translate(key), width, body)]
    grid = canvas_grid(y, width, body, ascii=ascii)
    if grid.width < 4:
        return figures([(line.name, _figure(line, cursor, ascii), line.ink) for line in lines], width, height)
    marks = _columns(changes, cursor, x, grid)
    for line in lines:
        marks.extend(_line_marks(line, x, y, grid))
    return [*legend, *framed(x, y, canvas(grid, marks), width, body, ascii=ascii)]


def _any_finite(line: LossLine) -> bool:
    return line.history.latest() is not None


def _epochs(lines: Sequence[LossLine], planned: int | None, window: tuple[int, int] | None, width: int) -> Scale:
    ticks = max(2, min(6, width // 12))
    if window is not None:
        return window_scale(min(window), max(window), ticks=ticks)
    first = min((line.history.first for line in lines if len(line.history)), default=1)
    last = max((line.history.last for line in lines if len(line.history)), default=1)
    return epoch_scale(first, max(first, last), planned, ticks=ticks)


def _losses(lines: Sequence[LossLine], x: Scale, height: int, *, logarithmic: bool, ascii: bool) -> Scale | None:
    """The axis of the loss over what is in view, or None where nothing is."""
    lows, highs = [], []
    for line in lines:
        _, low, high = line.history.extremes(x.low, x.high, 8)
        if logarithmic:
            low, high = low[low > 0], high[high > 0]
        if len(low) and len(high):
            lows.append(float(low.min()))
            highs.append(float(high.max()))
    if not lows:
        return None
    ticks = max(2, min(5, (height - 2) // 3 + 1))
    if logarithmic:
        return log_scale(min(lows), max(highs), ticks=ticks, ascii=ascii)
    return linear_scale(min(lows), max(highs), ticks=ticks, ascii=ascii)


def _columns(changes: Sequence[int], cursor: int | None, x: Scale, grid: Grid) -> list[Mark]:
    changed = sorted(set(dot_columns(numbers(changes), x, grid).tolist()))
    marks = [column_mark(column, grid, "muted", "┊", ":") for column in changed if 0 <= column < grid.columns]
    if cursor is not None:
        column = int(dot_columns(numbers([cursor]), x, grid)[0])
        if 0 <= column < grid.columns:
            marks.append(column_mark(column, grid, "cursor", "│", "|"))
    return marks


def _line_marks(line: LossLine, x: Scale, y: Scale, grid: Grid) -> list[Mark]:
    extremes = line.history.extremes(x.low, x.high, grid.columns)
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


def _figure(line: LossLine, cursor: int | None, ascii: bool) -> str:
    value = line.history.latest() if cursor is None else line.history.value(cursor)
    return figure(value, ascii=ascii)


def _legend(
    lines: Sequence[LossLine],
    width: int,
    height: int,
    *,
    title: str,
    logarithmic: bool,
    cursor: int | None,
    ascii: bool,
) -> Rows:
    """The rows above the plot: title, each line's sign, name and figure; as many rows as the height can spare."""
    if height < 7:
        return []
    items: list[Row] = [[Span(title, "text")]] if title else []
    if logarithmic:
        items.append([Span(translate("charts.log"), "accent")])
    if cursor is not None:
        items.append([Span(translate("charts.at-epoch", epoch=cursor), "cursor")])
    for line in lines:
        name = shorten(line.name, max(8, width // 3))
        items.append(
            [
                Span(f"{line.sign(ascii=ascii)} ", line.ink),
                Span(f"{name} ", "muted"),
                Span(_figure(line, cursor, ascii), line.ink),
            ]
        )
    return flow(items, width, 1 if height < 10 else 2 if height < 16 else 4)


def _with_axis(legend: Rows, across: str, width: int, *, ascii: bool) -> Rows:
    """``legend`` with what the axis counts at its right end; without it where that has no room."""
    if not legend or not across:
        return legend
    name = Span(f"{across} {'>' if ascii else '→'}", "muted")
    *above, last = legend
    while last and not last[-1].text.strip():
        last = last[:-1]
    return [*above, spread_row([*last, Span(" ")], [name], width)]


def flow(items: Sequence[Row], width: int, most: int) -> Rows:
    """``items`` side by side with two cells between them, on as many rows as they take but at most ``most``."""
    rows: Rows = []
    for item in items:
        if rows and row_width(rows[-1]) + 2 + row_width(item) <= width:
            rows[-1] = [*rows[-1], Span("  "), *item]
        elif len(rows) < most:
            rows.append(list(item))
    return [fit_row(row, width) for row in rows]
