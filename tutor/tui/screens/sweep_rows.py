"""What the screen of a sweep shows: the values to choose, and the map with one cell under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from tutor.charts.cells import Row, Rows, Span
from tutor.charts.numbers import figure
from tutor.charts.sweep_map import MapCell, MapShape, column_width, label_width, sweep_map
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, pad, shorten
from tutor.foundation.translate import listed, translate
from tutor.labs.controls import value_text
from tutor.runs.sweep.choice import SweepChoice
from tutor.runs.sweep.plan import MOST_CELLS, SweepPlan
from tutor.runs.sweep.results import SweepState

_ABOVE_CHOICES = 3
"""Rows above the first of the values."""
_TITLE = 24


def choice_rows(choice: SweepChoice, width: int) -> Rows:
    """The controls with the values that each would take."""
    rows: Rows = [[], [Span(f"  {translate('sweepscreen.which')}", "text")], []]
    for index, candidate in enumerate(choice.candidates):
        here, taken = index == choice.cursor, index in choice.chosen
        values = "  ".join(value_text(candidate.key, value) for value in candidate.values)
        title = pad(shorten(harmless_line(candidate.title), _TITLE), _TITLE + 1)
        rows.append([
            Span("  ▸ " if here else "    ", "accent"), Span("☑ " if taken else "☐ ", "accent" if taken else "muted"),
            Span(title, "strong" if here else "text"), Span(shorten(values, max(8, width - _TITLE - 10)), "muted"),
        ])  # fmt: skip
    return [*rows, [], *_told_of_choice(choice)]


def _told_of_choice(choice: SweepChoice) -> Rows:
    """How many runs the choice makes, and how the map will lie."""
    if not choice.chosen:
        return [[Span(f"  {translate('sweepscreen.choose-first')}", "muted")]]
    taken = [choice.candidates[index] for index in choice.chosen]
    sizes = " × ".join(str(len(each.values)) for each in taken)
    if choice.too_many:
        said = translate("sweep.too-many", count=f"{sizes} = {choice.count:,}", most=MOST_CELLS)
        return [[Span(f"  {said}", "bad")], [Span(f"  {translate('sweepscreen.too-many-hint')}", "bad")]]
    names = [harmless_line(each.title) for each in taken]
    lies = [f"{names[-2]} ↓", f"{names[-1]} →"] if len(names) > 1 else [f"{names[0]} ↓"]
    if len(names) > 2:
        lies.append(translate("sweepscreen.pages-by", names=" × ".join(names[:-2])))
    return [
        [Span(f"  {translate('sweepscreen.so-many', sizes=sizes, count=choice.count)}", "text")],
        [Span(f"  {translate('sweepscreen.map-lies')}  {'   '.join(lies)}", "muted")],
    ]


def choice_at(choice: SweepChoice, y: int) -> int | None:
    """Which of the values stand in row ``y``."""
    index = y - _ABOVE_CHOICES
    return index if 0 <= index < len(choice.candidates) else None


@dataclass(frozen=True, slots=True)
class Page:
    """The part of a sweep that makes one map: its last two axes, at one combination of values of the others.

    Args:
        plan: the sweep.
        number: of the page, from 0.
    """

    plan: SweepPlan
    number: int

    @classmethod
    def of(cls, plan: SweepPlan, cell: int) -> Page:
        """The page that ``cell`` lies on."""
        return cls(plan, cell // prod(plan.shape[-2:]))

    @property
    def shape(self) -> MapShape:
        """Its rows and columns."""
        names, values = self.plan.labels()
        return MapShape(names[-2:], values[-2:])

    @property
    def size(self) -> int:
        """How many cells a page has."""
        return prod(self.plan.shape[-2:])

    @property
    def first(self) -> int:
        """The number of its first cell."""
        return self.number * self.size

    @property
    def count(self) -> int:
        """How many pages there are."""
        return self.plan.count // self.size

    @property
    def columns(self) -> int:
        """How many cells a row has."""
        return self.plan.shape[-1] if len(self.plan.axes) > 1 else 1

    def go(self, cell: int, across: int, down: int, pages: int = 0) -> int:
        """The cell so many columns, rows and pages from ``cell``, or as far as there are any."""
        row, column = divmod(cell - self.first, self.columns)
        row = max(0, min(self.size // self.columns - 1, row + down))
        column = max(0, min(self.columns - 1, column + across))
        return (self.number + pages) % self.count * self.size + row * self.columns + column

    def title(self) -> str:
        """Which values make the page: ``activation relu``."""
        named = zip(self.plan.titles()[:-2], self.plan.axes, self.plan.values_of(self.first), strict=False)
        return listed(f"{name} {value_text(axis.key, value)}" for name, axis, value in named)


def map_rows(
    plan: SweepPlan, state: SweepState, cell: int, width: int, height: int, *, colour: bool = False, ascii: bool = False
) -> Rows:
    """The part of the map around ``cell`` that there is room for, and what came out of that cell."""
    page, best = Page.of(plan, cell), state.best() if plan.comparable else None
    losses = _losses(plan, state)
    cells = [MapCell(*each) for each in state.cells(plan.count)[page.first : page.first + page.size]]
    here = best - page.first if best is not None and 0 <= best - page.first < page.size else None
    title, *body, legend = sweep_map(page.shape, cells, best=here, among=losses, colour=colour, ascii=ascii)
    heads = body[:1] if len(plan.axes) > 1 else []
    body = body[len(heads) :]
    row, column = divmod(cell - page.first, page.columns)
    body[row][column + 1] = _under_cursor(body[row][column + 1], best=cell == best)
    left, across, top, down = _window(page, losses, cell, width, height)
    shown = [[each[0], *each[1 + left : 1 + left + across]] for each in [*heads, *body[top : top + down]]]
    part = _part(page, left, across, top, down)
    rows: Rows = [[Span(" "), *title, Span(f"   {part}" if part else "", "muted")]]
    rows.append(_page_row(page, best, width) if page.count > 1 else [])
    rows += [[Span(" "), *each] for each in shown]
    rows += [[], [Span(" "), *legend]]
    return [*rows, [], *_told(plan, state, cell, width)]


def _under_cursor(cell: Span, *, best: bool) -> Span:
    text = cell.text if cell.text[:1] != " " else "▸" + cell.text[1:]
    return Span(text, f"{cell.ink if cell.ground is None else 'good' if best else 'text'} bold", "selected")


def _part(page: Page, left: int, across: int, top: int, down: int) -> str:
    """Which columns and rows are in view, where not all are."""
    rows = page.size // page.columns
    said = []
    if across < page.columns:
        said.append(translate("sweepscreen.columns", first=left + 1, last=left + across, count=page.columns))
    if down < rows:
        said.append(translate("sweepscreen.rows", first=top + 1, last=top + down, count=rows))
    return "  ".join(said)


def _page_row(page: Page, best: int | None, width: int) -> Row:
    """Which page of the map this is, and on which the best run lies."""
    said = translate("sweepscreen.page", number=page.number + 1, count=page.count)
    there = Page.of(page.plan, best).number if best is not None else page.number
    star = "" if there == page.number else f"   ★ {translate('sweepscreen.best-on-page', number=there + 1)}"
    title = shorten(harmless_line(page.title()), max(8, width - 5 - cell_width(said)))
    fits = cell_width(f"{title}{said}{star}") <= width - 5
    return [Span(f" {title}", "strong"), Span(f"   {said}{star if fits else ''}", "muted")]


def cell_at(plan: SweepPlan, state: SweepState, cell: int, width: int, height: int, x: int, y: int) -> int | None:
    """Which cell lies under column ``x`` and row ``y`` while ``cell`` is under the cursor."""
    page, losses = Page.of(plan, cell), _losses(plan, state)
    shape = page.shape
    left, across, top, down = _window(page, losses, cell, width, height)
    row = y - 2 - (1 if len(plan.axes) > 1 else 0)
    column = (x - 1 - label_width(shape)) // column_width(shape, losses)
    if x <= label_width(shape) or not (0 <= row < down and 0 <= column < across):
        return None
    found = (top + row) * page.columns + left + column
    return page.first + found if column + left < page.columns and found < page.size else None


def _losses(plan: SweepPlan, state: SweepState) -> list[float]:
    """All that there are, on every page."""
    return [loss for _, loss in state.cells(plan.count) if loss is not None]


def _window(page: Page, losses: Sequence[float], cell: int, width: int, height: int) -> tuple[int, int, int, int]:
    """First column, columns, first row and rows of the page that are shown, ``cell`` among them."""
    shape, columns = page.shape, page.columns
    across = max(1, min(columns, (width - 2 - label_width(shape)) // column_width(shape, losses)))
    rows = page.size // columns
    down = max(1, min(rows, height - 8))
    row, column = divmod(cell - page.first, columns)
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
