"""What the screen of a sweep shows: the values to choose, and the map with one cell under the cursor."""

from __future__ import annotations

from tutor.charts.cells import Row, Rows, Span
from tutor.charts.numbers import figure
from tutor.charts.sweep_map import MapCell, MapShape, column_width, label_width, sweep_map
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text_width import cell_width, pad, shorten
from tutor.foundation.translate import translate
from tutor.runs.controls import setting_text
from tutor.runs.sweep import SweepPlan
from tutor.runs.sweep_choice import SweepChoice
from tutor.runs.sweep_log import SweepState

_ABOVE_CHOICES = 3
"""Rows above the first of the values."""
_TITLE = 24


def choice_rows(choice: SweepChoice, width: int) -> Rows:
    """The controls with the values that each would take."""
    rows: Rows = [[], [Span(f"  {translate('sweepscreen.which')}", "text")], []]
    for index, candidate in enumerate(choice.candidates):
        here, taken = index == choice.cursor, index in choice.chosen
        values = "  ".join(setting_text(value) for value in candidate.values)
        title = pad(shorten(harmless_line(candidate.title), _TITLE), _TITLE + 1)
        rows.append([
            Span("  ▸ " if here else "    ", "accent"), Span("☑ " if taken else "☐ ", "accent" if taken else "muted"),
            Span(title, "strong" if here else "text"), Span(shorten(values, max(8, width - _TITLE - 10)), "muted"),
        ])  # fmt: skip
    sizes = " × ".join(str(len(choice.candidates[index].values)) for index in choice.chosen)
    said = translate("sweepscreen.so-many", sizes=sizes, count=choice.count) if choice.chosen else ""
    return [*rows, [], [Span(f"  {said}", "text")]]


def choice_at(choice: SweepChoice, y: int) -> int | None:
    """Which of the values stand in row ``y``."""
    index = y - _ABOVE_CHOICES
    return index if 0 <= index < len(choice.candidates) else None


def map_rows(
    plan: SweepPlan, state: SweepState, cell: int, width: int, height: int, *, colour: bool = False, ascii: bool = False
) -> Rows:
    """The part of the map around ``cell`` that there is room for, and what came out of that cell."""
    shape, columns = MapShape(*plan.labels()), _columns(plan)
    best = state.best() if plan.comparable else None
    cells = [MapCell(*each) for each in state.cells(plan.count)]
    title, *body, legend = sweep_map(shape, cells, best=best, colour=colour, ascii=ascii)
    heads = body[:1] if len(plan.axes) > 1 else []
    body = body[len(heads) :]
    row, column = divmod(cell, columns)
    marked = body[row][column + 1]
    text = marked.text if marked.text[:1] != " " else "▸" + marked.text[1:]
    ink = marked.ink if marked.ground is None else "good" if column + row * columns == best else "text"
    body[row] = [*body[row][: column + 1], Span(text, f"{ink} bold", "selected"), *body[row][column + 2 :]]
    left, across, top, down = _window(plan, cell, width, height)
    shown = [[each[0], *each[1 + left : 1 + left + across]] for each in [*heads, *body[top : top + down]]]
    rows: Rows = [[Span(" "), *title], []]
    rows += [[Span(" "), *each] for each in shown]
    rows += [[], [Span(" "), *legend]]
    return [*rows, [], *_told(plan, state, cell, width)]


def cell_at(plan: SweepPlan, cell: int, width: int, height: int, x: int, y: int) -> int | None:
    """Which cell lies under column ``x`` and row ``y`` while ``cell`` is under the cursor."""
    shape = MapShape(*plan.labels())
    left, across, top, down = _window(plan, cell, width, height)
    row = y - 2 - (1 if len(plan.axes) > 1 else 0)
    column = (x - 1 - label_width(shape)) // column_width(shape)
    if x <= label_width(shape) or not (0 <= row < down and 0 <= column < across):
        return None
    found = (top + row) * _columns(plan) + left + column
    return found if column + left < _columns(plan) and found < plan.count else None


def _columns(plan: SweepPlan) -> int:
    return plan.shape[-1] if len(plan.axes) > 1 else 1


def _window(plan: SweepPlan, cell: int, width: int, height: int) -> tuple[int, int, int, int]:
    """First column, columns, first row and rows of the map that are shown, ``cell`` among them."""
    shape, columns = MapShape(*plan.labels()), _columns(plan)
    across = max(1, min(columns, (width - 2 - label_width(shape)) // column_width(shape)))
    down = max(1, height - 9)
    row, column = divmod(cell, columns)
    rows = plan.count // columns
    left = max(0, min(columns - across, column - across // 2))
    top = max(0, min(rows - down, row - down // 2))
    return left, across, top, down


def _told(plan: SweepPlan, state: SweepState, cell: int, width: int) -> Rows:
    """The values of a cell, and what came out of it."""
    name: Row = [Span(f" {shorten(harmless_line(plan.name_of(cell)), max(8, width - 2))}", "strong")]
    result = state.results.get(cell)
    if cell in state.going:
        return [name, [Span(f" {translate('sweepmap.going')}", "accent")]]
    if result is None:
        return [name, [Span(f" {translate('sweepmap.waiting')}", "muted")]]
    if result.loss is None:
        said = harmless_line(result.message) or translate(f"sweepmap.{result.state}")
        return [name, [Span(f" {shorten(said, max(8, width - 2))}", "bad")]]
    key = "sweep.loss-train" if result.valid_loss is None else "sweep.loss-valid"
    text = translate(key, loss=figure(result.loss))
    more = translate("sweepscreen.took", epochs=result.epochs, updates=result.updates)
    return [name, [Span(f" {text}"), Span(f"   {more}" if cell_width(text + more) < width - 5 else "", "muted")]]
