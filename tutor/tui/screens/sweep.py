"""A sweep of a lab: first the choice of values, then a map of the final losses in which each cell opens its run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult

from tutor.charts.cells import Row, Rows, Span, fit_rows
from tutor.charts.numbers import figure
from tutor.charts.sweep_map import MapCell, MapShape, column_width, label_width, sweep_map
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, pad, shorten, wrapped
from tutor.foundation.translate import language, listed, sentences, translate
from tutor.labs.controls import control_title, value_text
from tutor.labs.settings import SETTINGS
from tutor.runs.sweep.plan import MOST_CELLS, SweepChoice, SweepPlan
from tutor.runs.sweep.results import SweepState
from tutor.tui import router, routes
from tutor.tui.commands import Command
from tutor.tui.screen import TutorScreen
from tutor.tui.widgets.rows import Area, RowsView

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.labs.lab_config import LabConfig
    from tutor.runs.sweep.results import SweepFollower


_EVERY = 0.2
_GROUP = "sweepscreen.group"
_CHOOSING = frozenset({"tick", "start"})
_PAGED = frozenset({"next_page", "previous_page"})
_MAPPED = frozenset({"open_cell", "left", "right", "stop", "values"})


class SweepScreen(TutorScreen):
    """The sweeps of one lab.

    Args:
        spec: The lab with the present values of its controls.
    """

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("sweep.start", ("enter",), "sweepscreen.start", "sweepscreen.start-help", footer=1, group=_GROUP),
        Command("sweep.open-cell", ("enter",), "sweepscreen.open", "sweepscreen.open-help", footer=1, group=_GROUP),
        Command("sweep.tick", ("space",), "sweepscreen.tick", "sweepscreen.tick-help", footer=2, group=_GROUP),
        Command("sweep.next-page", ("pagedown", "tab"), "sweepscreen.next-page", "sweepscreen.next-page-help", footer=2,
                group=_GROUP, shown="tab"),
        Command("sweep.previous-page", ("pageup", "shift+tab"), "sweepscreen.previous-page", group=_GROUP,
                palette=False),
        Command("sweep.stop", ("x",), "sweepscreen.stop", "sweepscreen.stop-help", footer=3, group=_GROUP),
        Command("sweep.values", ("v",), "sweepscreen.values", "sweepscreen.values-help", footer=4, group=_GROUP),
        Command("sweep.up", ("up", "k"), "keys.up", group=_GROUP, palette=False),
        Command("sweep.down", ("down", "j"), "keys.down", group=_GROUP, palette=False),
        Command("sweep.left", ("left", "h"), "sweepscreen.left", group=_GROUP, palette=False),
        Command("sweep.right", ("right", "l"), "sweepscreen.right", group=_GROUP, palette=False),
    )  # fmt: skip

    def __init__(self, spec: LabConfig) -> None:
        super().__init__()
        self._spec = spec
        self.choice = SweepChoice(spec)
        self.plan: SweepPlan | None = None
        """The sweep shown as a map; None while values are being chosen."""
        self.follower: SweepFollower | None = None
        self.cell = 0
        self._starting = False

    def breadcrumb(self) -> list[str]:
        title = harmless_line(self._spec.title_in(language()))
        return [title, translate("sweepscreen.title")]

    def status(self) -> Row:
        """How many cells have finished."""
        if self.plan is None or self.follower is None:
            return []
        done, count = self.follower.state.ended(self.plan.count), self.plan.count
        going = self.follower.alive
        sign, ink = ("▶", "accent") if going else ("✓", "good") if done == count else ("■", "muted")
        return [Span(f"{sign} ", ink), Span(translate("sweepscreen.done", done=done, count=count), "muted")]

    def compose_body(self) -> ComposeResult:
        yield RowsView(self._draw, id="sweep")

    def on_mount(self) -> None:
        """Look for finished cells from now on."""
        self.set_interval(_EVERY, self.poll)

    def refresh_texts(self) -> None:
        super().refresh_texts()
        self.show_all()

    def show_all(self) -> None:
        if self.is_attached:
            self.query_one("#sweep", RowsView).redraw()
            self.refresh_frame()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Some keys work while values are chosen, others on the map."""
        mapped = self.plan is not None
        if action in _CHOOSING:
            return not mapped
        if action in _PAGED:
            return self.plan is not None and len(self.plan.axes) > 2
        if action in _MAPPED:
            return mapped and (action != "stop" or (self.follower is not None and self.follower.alive))
        return super().check_action(action, parameters)

    # -- choosing ---------------------------------------------------------------------------------------

    def action_tick(self) -> None:
        """Include these values in the sweep, or leave them out."""
        self.choice.toggle()
        self.show_all()

    def action_values(self) -> None:
        """Choose other values; a sweep that is going continues."""
        self.plan = self.follower = None
        self.show_all()

    def action_start(self) -> None:
        """Train every combination that has no result yet."""
        try:
            plan = self.choice.plan()
        except TutorError as error:
            self.notice(harmless_line(str(error)), "warning")
            return
        if not self._starting:
            self._starting = True
            self.run_worker(partial(self._start, plan), thread=True, exit_on_error=False)

    def _start(self, plan: SweepPlan) -> None:
        """Run in a thread, because it writes files and starts a process."""
        course = self.workspace.course
        try:
            if course is None:
                raise TutorError(translate("quiz.no-course"))
            folder = self.workspace.sweeps.start(plan, data_folder=course.data_folder)
        except TutorError as error:
            self.app.call_from_thread(self._cannot_start, error)
            return
        self.app.call_from_thread(self._started, plan, folder)

    def _cannot_start(self, error: TutorError) -> None:
        self._starting = False
        self.notice(harmless_line(str(error)), "warning")

    def _started(self, plan: SweepPlan, folder: Path) -> None:
        from tutor.runs.sweep.results import SweepFollower

        self._starting = False
        self.plan, self.follower, self.cell = plan, SweepFollower(folder), 0
        self.poll()
        self.show_all()

    # -- the map ----------------------------------------------------------------------------------------

    def poll(self) -> None:
        """Read on in the sweep's log, and draw what is new."""
        if self.follower is None or not self.is_attached or not self.is_current or self.tutor.unseen:
            return
        before = (self.follower.alive, self.follower.state.trouble)
        if self.follower.poll() or before != (self.follower.alive, self.follower.state.trouble):
            trouble = self.follower.state.trouble
            if trouble is not None:
                self.notice(harmless_line(sentences(trouble.message, trouble.hint)), "warning")
        self.show_all()

    def _go(self, across: int, down: int, pages: int = 0) -> None:
        if self.plan is None:
            self.choice.move(down)
        else:
            self.cell = Page.of(self.plan, self.cell).go(self.cell, across, down, pages)
        self.show_all()

    def action_next_page(self) -> None:
        """Show the map for the next value of the settings that have neither row nor column."""
        self._go(0, 0, 1)

    def action_previous_page(self) -> None:
        self._go(0, 0, -1)

    def action_up(self) -> None:
        self._go(0, -1)

    def action_down(self) -> None:
        self._go(0, 1)

    def action_left(self) -> None:
        self._go(-1, 0)

    def action_right(self) -> None:
        self._go(1, 0)

    def action_stop(self) -> None:
        """Stop the sweep; its results are kept."""
        from tutor.runs.control import Stop, send

        if self.follower is not None:
            send(self.follower.folder, Stop())

    def action_open_cell(self) -> None:
        folder = self.follower.run_folder(self.cell) if self.follower is not None else None
        if folder is None:
            self.notice(translate("sweepscreen.no-run"))
            return
        router.go(self.tutor, routes.Cell(folder))

    def on_click(self, event: events.Click) -> None:
        """A click on a cell selects it and opens its run; on a row of values it includes them."""
        if event.widget is None or event.widget.id != "sweep":
            return

        if self.plan is not None and self.follower is not None:
            width, height = event.widget.size
            cell = cell_at(self.plan, self.follower.state, self.cell, width, height, event.x, event.y)
            if cell is not None:
                self.cell = cell
                self.action_open_cell()
        elif (index := choice_at(self.choice, event.y)) is not None:
            self.choice.cursor = index
            self.action_tick()
        self.show_all()

    def _draw(self, area: Area) -> Rows:
        if self.plan is None or self.follower is None:
            return fit_rows(choice_rows(self.choice, area.width), area.width, area.height)
        width, height, colour, ascii = area
        rows = map_rows(self.plan, self.follower.state, self.cell, width, height, colour=colour, ascii=ascii)
        return fit_rows(rows, width, height)


def screen_for(route: routes.Sweep) -> SweepScreen:
    """The screen of a route."""
    return SweepScreen(route.spec)


_ABOVE_CHOICES = 3
"""Rows above the first row of values."""
_TITLE = 24
_MOST_FIXED = 3


def choice_rows(choice: SweepChoice, width: int) -> Rows:
    """The controls with the values that the sweep gives each."""
    rows: Rows = [[], [Span(f"  {translate('sweepscreen.which')}", "text")], []]
    for index, candidate in enumerate(choice.candidates):
        here, taken = index == choice.cursor, index in choice.chosen
        values = "  ".join(value_text(candidate.key, value) for value in candidate.values)
        title = pad(shorten(harmless_line(candidate.title), _TITLE), _TITLE + 1)
        rows.append([
            Span("  ▸ " if here else "    ", "accent"), Span("☑ " if taken else "☐ ", "accent" if taken else "muted"),
            Span(title, "strong" if here else "text"), Span(shorten(values, max(8, width - _TITLE - 10)), "muted"),
        ])  # fmt: skip
    return [*rows, [], *_choice_summary(choice), *_fixed_rows(choice, width)]


def _fixed_rows(choice: SweepChoice, width: int) -> Rows:
    """The controls that have the same value in every run of the sweep, with that value."""
    varied = {choice.candidates[index].key for index in choice.chosen}
    spec = choice.spec
    fixed = [
        f"{control_title(name, control)} {value_text(control.key, SETTINGS[control.key].get(spec))}"
        for name, control in spec.controls.items()
        if control.key not in varied and not SETTINGS[control.key].idle_reason(spec)
    ]
    if not fixed:
        return []
    text = translate("sweepscreen.fixed", settings=harmless_line(" · ".join(fixed)))
    return [[], *([Span(f"  {line}", "muted")] for line in wrapped(text, max(8, width - 4))[:_MOST_FIXED])]


def _choice_summary(choice: SweepChoice) -> Rows:
    """How many runs the choice makes, and what the rows and columns of the map will be."""
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
    """Which choice is in row ``y``; None if there is none."""
    index = y - _ABOVE_CHOICES
    return index if 0 <= index < len(choice.candidates) else None


@dataclass(frozen=True, slots=True)
class Page:
    """The part of a sweep that one map shows: its last two axes, for one combination of values of the others.

    Args:
        plan: The sweep.
        number: The page's number, from 0.
    """

    plan: SweepPlan
    number: int

    @classmethod
    def of(cls, plan: SweepPlan, cell: int) -> Page:
        """The page that shows ``cell``."""
        return cls(plan, cell // prod(plan.shape[-2:]))

    @property
    def shape(self) -> MapShape:
        names, values = self.plan.labels()
        return MapShape(names[-2:], values[-2:])

    @property
    def size(self) -> int:
        return prod(self.plan.shape[-2:])

    @property
    def first(self) -> int:
        return self.number * self.size

    @property
    def count(self) -> int:
        return self.plan.count // self.size

    @property
    def columns(self) -> int:
        return self.plan.shape[-1] if len(self.plan.axes) > 1 else 1

    def go(self, cell: int, across: int, down: int, pages: int = 0) -> int:
        """The cell ``across`` columns, ``down`` rows and ``pages`` pages from ``cell``, or the last one that way."""
        row, column = divmod(cell - self.first, self.columns)
        row = max(0, min(self.size // self.columns - 1, row + down))
        column = max(0, min(self.columns - 1, column + across))
        return (self.number + pages) % self.count * self.size + row * self.columns + column

    def title(self) -> str:
        """The values that the page shows: ``activation relu``."""
        named = zip(self.plan.titles()[:-2], self.plan.axes, self.plan.values_of(self.first), strict=False)
        return listed(f"{name} {value_text(axis.key, value)}" for name, axis, value in named)


def map_rows(
    plan: SweepPlan, state: SweepState, cell: int, width: int, height: int, *, colour: bool = False, ascii: bool = False
) -> Rows:
    """The part of the map around ``cell`` that fits, and the result of that cell."""
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
    return [*rows, [], *_cell_facts(plan, state, cell, width)]


def _under_cursor(cell: Span, *, best: bool) -> Span:
    text = cell.text if cell.text[:1] != " " else "▸" + cell.text[1:]
    return Span(text, f"{cell.ink if cell.ground is None else 'good' if best else 'text'} bold", "selected")


def _part(page: Page, left: int, across: int, top: int, down: int) -> str:
    """Which columns and rows are in view; nothing if all are."""
    rows = page.size // page.columns
    said = []
    if across < page.columns:
        said.append(translate("sweepscreen.columns", first=left + 1, last=left + across, count=page.columns))
    if down < rows:
        said.append(translate("sweepscreen.rows", first=top + 1, last=top + down, count=rows))
    return "  ".join(said)


def _page_row(page: Page, best: int | None, width: int) -> Row:
    """Which page of the map this is, and which one shows the best run."""
    said = translate("sweepscreen.page", number=page.number + 1, count=page.count)
    there = Page.of(page.plan, best).number if best is not None else page.number
    star = "" if there == page.number else f"   ★ {translate('sweepscreen.best-on-page', number=there + 1)}"
    title = shorten(harmless_line(page.title()), max(8, width - 5 - cell_width(said)))
    fits = cell_width(f"{title}{said}{star}") <= width - 5
    return [Span(f" {title}", "strong"), Span(f"   {said}{star if fits else ''}", "muted")]


def cell_at(plan: SweepPlan, state: SweepState, cell: int, width: int, height: int, x: int, y: int) -> int | None:
    """Which cell is at column ``x`` and row ``y`` of the screen while ``cell`` is selected; None if none is."""
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
    """The losses of all finished cells, on every page."""
    return [loss for _, loss in state.cells(plan.count) if loss is not None]


def _window(page: Page, losses: Sequence[float], cell: int, width: int, height: int) -> tuple[int, int, int, int]:
    """First column, number of columns, first row and number of rows of the page that are shown, including ``cell``."""
    shape, columns = page.shape, page.columns
    across = max(1, min(columns, (width - 2 - label_width(shape)) // column_width(shape, losses)))
    rows = page.size // columns
    down = max(1, min(rows, height - 8))
    row, column = divmod(cell - page.first, columns)
    left = max(0, min(columns - across, column - across // 2))
    top = max(0, min(rows - down, row - down // 2))
    return left, across, top, down


def _cell_facts(plan: SweepPlan, state: SweepState, cell: int, width: int) -> Rows:
    """The values of a cell, and its result."""
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
