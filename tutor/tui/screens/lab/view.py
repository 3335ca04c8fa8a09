"""What a lab shows: charts, the column beside them, the table of runs, a replay's bar, and the sentence below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic

from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import Size

from tutor.charts.cells import Row, Rows, Span, fit_rows
from tutor.charts.chart_view import ChartView
from tutor.charts.confusion import table_width
from tutor.charts.numbers import count
from tutor.foundation.text import cell_width, wrapped
from tutor.foundation.translate import translate
from tutor.runs.session.session import LabSession
from tutor.tui.screens.lab.side import Hand, compare_rows, compare_rows_needed, side_rows, strip_rows
from tutor.tui.widgets.lab_charts import draw_loss, draw_view, rows_of_text
from tutor.tui.widgets.lab_words import begin_text, next_text, outcome
from tutor.tui.widgets.rows import Area, Draw, RowsView

BESIDE = 70
_ROOMY = 110
"""Columns from which the figures are beside the charts, and from which they are wider."""
_SIDE, _WIDE_SIDE = 29, 35
_SAYS, _SAYS_LOW = 3, 2
_NEXT_FROM = 24
"""The rows from which a run that has ended says what to do next."""
_BRIEF_WIDTH = 72
"""The longest lines of the brief."""
_MOST_PANELS = 4


class LabView:
    """The widgets of a lab, and the learner's view of it.

    Args:
        session: The lab.
    """

    def __init__(self, session: LabSession) -> None:
        self.session = session
        self.chart_view = ChartView()
        """Axes, zoom and cursor of the loss chart."""
        self.hand = Hand()
        self.comparing = False
        """Whether the table of runs is in view."""
        self.figures = SteadyFigures()
        self.begun = False
        """Whether anything is drawn yet: the first frame of the screen comes before the charts."""
        self._turned = 0
        self._plan: Layout | None = None
        self._size = Size(0, 0)
        self._shown: list[str] = []
        self._drawn: dict[int, tuple[str, int]] = {}
        """By place, the panel that was drawn there, and the version of its data in the log."""
        self._panels = [self._part(partial(self._draw_panel, at), f"panel{at}") for at in range(_MOST_PANELS)]
        self._charts = Container(*self._panels, id="charts")
        self._side = self._part(self._draw_side, "side")
        self._table = self._part(self._draw_table, "table")
        self._strip = self._part(self._draw_strip, "strip")
        self.bar = self._part(self._draw_bar, "bar")
        """The position of a replay."""
        self._says = self._part(self._draw_says, "says")

    def _part(self, draw: Draw, id: str) -> RowsView:
        return RowsView(lambda area: draw(area) if self.begun else [], id=id)

    def compose(self) -> ComposeResult:
        """All widgets; the strip is for narrow windows."""
        yield Container(self._charts, self._side, id="bench")
        yield from (self._table, self._strip, self.bar, self._says)

    def turn_panels(self) -> None:
        """Bring the next panel to the top."""
        self._turned += 1
        for view in self._panels:
            view.forget()

    def lay_out(self, size: Size) -> None:
        """Divide a window of ``size`` among the parts."""
        self._size = size
        width, height = size.width, size.height - 4
        has_side = width >= BESIDE
        self._side.display, self._strip.display = has_side, not has_side
        self._side.set_class(width >= _ROOMY, "wide")
        lines = len(self._says_rows(width))
        self._says.display = lines > 0
        self._says.styles.height = max(1, lines)
        self.bar.display = self.session.replay is not None
        room = height - lines - int(self.bar.display)
        self._table.display = self.comparing
        table_lines = min(compare_rows_needed(self.session), max(1, room // 2)) if self.comparing else 0
        self._table.styles.height = table_lines
        across = width - 3 - ((_WIDE_SIDE if width >= _ROOMY else _SIDE) if has_side else 0)
        self._place_panels(across, room - table_lines - (0 if has_side else 2))

    @property
    def _briefing(self) -> bool:
        """Whether nothing has begun, so that what the lab is about has the room of the loss chart."""
        return self.session.summary is None and not self.session.pinned and self.session.builder is None

    def _place_panels(self, width: int, height: int) -> None:
        panels = self.session.panels
        turn = self._turned % len(panels) if panels else 0
        turned = (*panels[turn:], *panels[:turn])
        if self._briefing:
            plan = self._brief_plan(turned, width, height)
        else:
            plan = lay_out(turned[:_MOST_PANELS], width, height, self._class_names())
        if plan == self._plan:
            return  # Textual would lay out the screen even for the same grid
        self._plan, self._shown = plan, plan.shown
        styles = self._charts.styles
        styles.grid_size_columns, styles.grid_size_rows = plan.columns, len(plan.rows)
        styles.grid_rows, styles.grid_columns = plan.heights, plan.widths
        spans = plan.spans
        for place, view in enumerate(self._panels):
            view.display = place < len(spans)
            if view.display:
                view.styles.column_span = spans[place]

    def _brief_plan(self, panels: Sequence[str], width: int, height: int) -> Layout:
        """The brief, then the panels that have something to show before the start, in the room that is left."""
        shown = [each for each in panels if each != "loss" and self.session.view(each) is not None]
        lines = min(len(self._brief_rows(width)) + 1, height // 2)
        plan = lay_out(shown[: _MOST_PANELS - 1], width, height - lines, self._class_names())
        if not shown:
            return Layout((("brief",),), "1fr", "1fr")
        return Layout((("brief",), *plan.rows), f"{lines} {plan.heights}", plan.widths)

    def _brief_rows(self, width: int) -> Rows:
        text, ink = outcome(self.session)
        return [
            [Span(line, ink)] for line in wrapped(text or begin_text(self.session), max(2, min(width, _BRIEF_WIDTH)))
        ]

    def _class_names(self) -> Sequence[str]:
        """The names of the classes in the data; none before they are known."""
        summary = self.session.summary
        if summary is not None and summary.data is not None:
            return summary.data.class_names
        table = self.session.view("confusion")
        names = table.frame.get("class_names") if table is not None else None
        return [str(name) for name in names] if isinstance(names, list) else ()

    # -- drawing ----------------------------------------------------------------------------------------

    def hurry(self) -> None:
        """Draw all parts at the next `redraw`, even those that were drawn a moment ago."""
        self._drawn.clear()
        self.figures.hurry()

    def redraw(self, of: object) -> bool:
        """Draw what has changed in the log, and return whether the figures did.

        Args:
            of: What the figures belong to: see `SteadyFigures.take`.
        """
        changed = self.figures.take(of, self.session.train.last if self.session.going else None)
        for place, view in enumerate(self._panels):
            if view.display and self._is_stale(place):
                view.redraw()
        for view in (self._side, self._table, self._strip, self.bar, self._says):
            if view.display and changed:
                view.redraw()
        return changed

    def _panel_at(self, place: int) -> str:
        return self._shown[place] if place < len(self._shown) else "loss"

    def _is_stale(self, place: int) -> bool:
        panel = self._panel_at(place)
        if panel == "loss":
            return True
        view = self.session.view(panel)
        drawn = (panel, view.version if view is not None else -1)
        stale = self._drawn.get(place) != drawn
        self._drawn[place] = drawn
        return stale

    def _draw_panel(self, place: int, area: Area) -> Rows:
        panel = self._panel_at(place)
        if panel == "brief":
            return fit_rows(self._brief_rows(area.width), area.width, area.height)
        if panel == "loss":
            return draw_loss(self.session, self.chart_view, area, legend_epoch=self.figures.epoch)
        return draw_view(self.session, panel, area)

    def _draw_side(self, area: Area) -> Rows:
        drawn = self.session.summary is not None and "loss" in self._shown
        without = ("epochs", "final.train_loss", "final.valid_loss") if drawn else ("epochs",)
        return side_rows(self.session, self.hand, area.width, area.height, ascii=area.ascii, without=without)

    def _draw_table(self, area: Area) -> Rows:
        rows = compare_rows(self.session, area, in_updates=self.chart_view.axis.counts == "updates")
        return fit_rows(rows, area.width, area.height)

    def _draw_strip(self, area: Area) -> Rows:
        return strip_rows(self.session, self.hand, area.width, area.height)

    def _draw_says(self, area: Area) -> Rows:
        return fit_rows(self._says_rows(area.width), area.width, area.height)

    def _says_rows(self, width: int) -> Rows:
        if width < 2 or self._briefing:
            return []
        text, ink = outcome(self.session)
        rows = rows_of_text(text, ink, width - 1, _SAYS if self._size.height >= 20 else _SAYS_LOW)
        if self._size.height >= _NEXT_FROM and (after := next_text(self.session)):
            rows += rows_of_text(after, "muted", width - 1, 1)
        return [[Span(" "), *row] for row in rows]

    # -- a replay's bar ---------------------------------------------------------------------------------

    def _draw_bar(self, area: Area) -> Rows:
        replay = self.session.replay
        if replay is None:
            return fit_rows([], area.width, area.height)
        player = replay.player
        start, length = self._bar_place(area.width)
        at = round(player.position / max(1, player.last) * (length - 1))
        sign = "▮▮" if player.playing else "▶"
        row: Row = [
            Span(f" {sign}".ljust(start), "accent"),
            Span("━" * at, "bar"), Span("●", "accent bold"), Span("─" * (length - 1 - at), "bar-rest"),
            Span(f"  {self._place_text()}", "muted"),
        ]  # fmt: skip
        return fit_rows([row], area.width, area.height)

    def bar_fraction(self, x: int) -> float:
        """The fraction of the replay that cell ``x`` of the bar stands for: 0 at the first epoch, 1 at the last."""
        start, length = self._bar_place(self.bar.size.width)
        return min(1.0, max(0.0, (x - start) / max(1, length - 1)))

    def _bar_place(self, width: int) -> tuple[int, int]:
        """First cell and length of the bar in a row of ``width`` cells."""
        return 3, max(2, width - 5 - cell_width(self._place_text()))

    def _place_text(self) -> str:
        """The epoch, the epoch of the pictures, and the speed, padded to a constant width."""
        replay = self.session.replay
        if replay is None:
            return ""
        player, whole = replay.player, replay.whole
        last, position = count(player.last), count(player.position)
        if whole.numbers:
            last, position = whole.epoch_text(), whole.epoch_text(player.position) if player.position else "–"
        place = f"{translate('lab.epoch')} {position.rjust(len(last))} / {last}"
        # The log does not hold a picture for each epoch; this is the oldest of those in view.
        views = replay.summary.views
        drawn = min((views[each].epoch for each in self.session.panels if each in views), default=None)
        if drawn is not None:
            place += f"  {translate('replay.pictures', epoch=count(drawn).rjust(len(last)))}"
        return f"{place}  {f'{player.speed:g}×':>5}"


# -- when figures change ---------------------------------------------------------------------------------------

_SHOW_EVERY = 0.19
"""Seconds between two changes of the figures: nobody reads faster, and on a slow line they are most of what is sent."""
_SELDOM = 0.15
"""If the last epoch came more than so many seconds ago, the figures of a new one are shown at once.

Otherwise each epoch of a run with about five epochs a second would be shown one epoch late.
"""


class SteadyFigures:
    """Lets figures change at most five times a second, while the curve beside them moves with every epoch.

    Args:
        clock: A clock in seconds that never runs backwards.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._shown_at = -_SHOW_EVERY
        self._of: object = None
        self._seen: int | None = None
        self._seen_at = -_SELDOM
        self.waiting = False
        """Whether there are newer figures than those shown."""
        self.epoch: int | None = None
        """The epoch whose figures are shown."""

    @property
    def overdue(self) -> bool:
        """Whether newer figures have waited long enough."""
        return self.waiting and self._clock() - self._shown_at >= _SHOW_EVERY

    def hurry(self) -> None:
        """Show the figures at the next call, however soon that is."""
        self._shown_at = -_SHOW_EVERY

    def take(self, of: object, epoch: int | None) -> bool:
        """Whether to show the figures of ``epoch`` now.

        Args:
            of: What they belong to, such as a run and its state: figures of something else are shown at once.
            epoch: The last epoch in the log.
        """
        now = self._clock()
        seldom = epoch != self._seen and now - self._seen_at >= _SELDOM
        if epoch != self._seen:
            self._seen, self._seen_at = epoch, now
        self.waiting = of == self._of and now - self._shown_at < _SHOW_EVERY and not seldom
        if not self.waiting:
            self._shown_at, self._of, self.epoch = now, of, epoch
        return not self.waiting


# -- where panels stand ------------------------------------------------------------------------------------------

_PICTURES = frozenset({"fit", "curve", "surface", "boundary", "roc", "precision-recall", "reliability"})
"""Panels whose two axes are alike: they look best about as wide as high, so two of them share a row."""
_TABLES = frozenset({"confusion"})
"""Panels of a few lines of text."""
_LONG = frozenset({"series"})
"""Panels that get better the wider they are."""
_LEAST_WIDTH, _LEAST_HEIGHT = 42, 8
"""The smallest size of a panel in cells."""
_GAP = 2
_TWO_BESIDE = 2 * 56 + _GAP
"""Columns from which any two panels are side by side."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The panels of each row, and the heights and widths of rows and columns in Textual's notation."""

    rows: tuple[tuple[str, ...], ...]
    heights: str
    widths: str

    @property
    def shown(self) -> list[str]:
        return [panel for row in self.rows for panel in row]

    @property
    def columns(self) -> int:
        return max((len(row) for row in self.rows), default=1)

    @property
    def spans(self) -> list[int]:
        """How many columns each of `shown` takes."""
        return [self.columns if len(row) == 1 else 1 for row in self.rows for _ in row]


def lay_out(panels: Sequence[str], width: int, height: int, class_names: Sequence[str] = ()) -> Layout:
    """The arrangement of ``panels``, the most important one first, in ``width`` by ``height`` cells.

    Args:
        panels: Their names.
        width: Cells, without the side column.
        height: Rows.
        class_names: The names of the classes in the data; none before they are known.
    """
    room_for = max(1, height // _LEAST_HEIGHT)
    rows = _rows(panels, width)
    if len(rows) > room_for and width >= 2 * _LEAST_WIDTH + _GAP:
        rows = [list(panels[start : start + 2]) for start in range(0, len(panels), 2)]
    rows = rows[:room_for]
    return Layout(tuple(map(tuple, rows)), _heights(rows, height, class_names), _widths(rows, width, class_names))


def _rows(panels: Sequence[str], width: int) -> list[list[str]]:
    """One row for each panel; two pictures, or a picture and a table, share a row if they fit."""
    if width < 2 * _LEAST_WIDTH + _GAP:
        return [[panel] for panel in panels]
    if len(panels) == 2 and width >= _TWO_BESIDE and not set(panels) & (_TABLES | _LONG):
        return [list(panels)]
    rows: list[list[str]] = []
    waiting: list[str] | None = None
    for panel in panels:
        if panel not in _PICTURES | _TABLES:
            rows.append([panel])
        elif waiting is None:
            waiting = [panel]
            rows.append(waiting)
        else:
            waiting.append(panel)
            waiting = None
    return rows


def _heights(rows: list[list[str]], height: int, class_names: Sequence[str]) -> str:
    """A table takes the rows it needs; of the rest, a row of two pictures takes most, then the first panel."""
    table = len(class_names) + 3
    most = height // 2 if len(rows) == 2 else height * 2 // 5
    has_side = any(len(row) > 1 for row in rows)
    sizes = []
    for place, row in enumerate(rows):
        if place and class_names and set(row) <= _TABLES and table <= most:
            sizes.append(str(table))
        else:
            sizes.append("3fr" if len(row) > 1 or "digits" in row or (place == 0 and not has_side) else "2fr")
    return " ".join(sizes) or "1fr"


def _widths(rows: list[list[str]], width: int, class_names: Sequence[str]) -> str:
    """Columns have the same width, but a table beside a picture takes what it needs."""
    pairs = [row for row in rows if len(row) > 1]
    if len(pairs) == 1 and class_names and len(_TABLES & set(pairs[0])) == 1:
        table = str(min(table_width(class_names), width // 2))
        return " ".join(table if panel in _TABLES else "1fr" for panel in pairs[0])
    return "1fr"
