"""Where the parts of a lab stand, and what is drawn in each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual import events
from textual.app import ComposeResult
from textual.containers import Container

from tutor.charts.cells import Rows, fit_rows
from tutor.foundation.translate import translate
from tutor.tui.screens.lab.actions import LabActions
from tutor.tui.screens.lab.figures import CalmFigures
from tutor.tui.widgets.chart import Room, RowsView

BESIDE = 70
_ROOMY = 110
"""From these widths on the figures stand beside the charts, and have more room."""
_SAYS = 3
_MOST_PANELS = 4


class LabBench(LabActions):
    """Charts, figures and sentences of `session`, for a screen that says when they are drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._problem = ""
        """Why there is no lab to show."""
        self._turned = 0
        self._shown: list[str] = []
        self._charts: list[RowsView] = []
        self._words: list[RowsView] = []
        self._versions: dict[int, tuple[str, int]] = {}
        self._figures = CalmFigures()

    def compose_body(self) -> ComposeResult:
        """Charts, the column beside them, what is said below; the strip is for narrow windows."""
        drawn = {"side": self._draw_side, "table": self.draw_table, "strip": self._draw_strip}
        drawn |= {"scrub": self.draw_scrub, "says": self._draw_says}
        self._words = [RowsView(draw, id=name) for name, draw in drawn.items()]
        with Container(id="bench"):
            with Container(id="charts"):
                self._charts = [
                    RowsView(partial(self._draw_panel, place), id=f"panel{place}") for place in range(_MOST_PANELS)
                ]
                yield from self._charts
            yield self._words[0]
        yield from self._words[1:]

    def turn_panels(self) -> None:
        """Bring the next panel to the top."""
        self._turned += 1
        for view in self._charts:
            view.forget()
        self.show_all()

    def on_resize(self, _event: events.Resize) -> None:
        """Another size, another arrangement."""
        self._versions.clear()
        self.call_after_refresh(self._lay_out)

    def _panels(self) -> list[str]:
        panels: list[str] = list(self.session.spec.show.panels) if self.session is not None else ["loss"]
        turn = self._turned % len(panels) if panels else 0
        return panels[turn:] + panels[:turn]

    def _panel_at(self, place: int) -> str:
        return self._shown[place] if place < len(self._shown) else "loss"

    def _lay_out(self) -> None:
        """Give every part its room for the size of the window and for what there is to say."""
        from tutor.tui.screens.lab.layout import lay_out

        width, height = self.size.width, self.size.height - 4
        beside = width >= BESIDE
        side, strip, says = (self.query_one(name, RowsView) for name in ("#side", "#strip", "#says"))
        side.display, strip.display = beside, not beside
        side.set_class(width >= _ROOMY, "wide")
        lines = len(self._says_rows(width))
        says.display = lines > 0
        says.styles.height = max(1, lines)
        scrub = self.query_one("#scrub", RowsView)
        scrub.display = self.session is not None and self.session.replay is not None
        lines += int(scrub.display)
        table_lines = self.lay_out_table(height - lines)
        room = width - 2 - ((34 if width >= _ROOMY else 28) if beside else 0)
        names = self._class_names()
        plan = lay_out(self._panels()[:_MOST_PANELS], room, height - lines - table_lines - (0 if beside else 2), names)
        self._shown = plan.shown
        charts = self.query_one("#charts")
        charts.styles.grid_size_columns = plan.columns
        charts.styles.grid_size_rows = len(plan.rows)
        charts.styles.grid_rows, charts.styles.grid_columns = plan.heights, plan.widths
        spans = plan.spans
        for place, view in enumerate(self._charts):
            view.display = place < len(spans)
            if view.display:
                view.styles.column_span = spans[place]

    def _class_names(self) -> Sequence[str]:
        """The classes of the data, as soon as they are known."""
        session = self.session
        if session is None:
            return ()
        if session.summary is not None and session.summary.data is not None:
            return session.summary.data.class_names
        table = session.view("confusion")
        names = table.frame.get("class_names") if table is not None else None
        return [str(name) for name in names] if isinstance(names, list) else ()

    def _is_stale(self, place: int) -> bool:
        panel = self._panel_at(place)
        if self.session is None or panel == "loss":
            return True
        view = self.session.view(panel)
        drawn = (panel, view.version if view is not None else -1)
        stale = self._versions.get(place) != drawn
        self._versions[place] = drawn
        return stale

    def _draw_panel(self, place: int, room: Room) -> Rows:
        from tutor.charts.notice import sentence

        if self.session is None:
            return sentence(self._problem or translate("lab.loading"), room.width, room.height)
        from tutor.tui.widgets.lab_charts import draw_loss, draw_view

        panel = self._panel_at(place)
        if panel == "loss":
            return draw_loss(self.session, self.glass, room, told=self._figures.epoch)
        return draw_view(self.session, panel, room)

    def _draw_side(self, room: Room) -> Rows:
        if self.session is None:
            return fit_rows([], room.width, room.height)
        from tutor.tui.screens.lab.side import Hand, side_rows

        return side_rows(self.session, Hand(self.chosen, self.typed), room.width, room.height, ascii=room.ascii)

    def _draw_strip(self, room: Room) -> Rows:
        if self.session is None:
            return fit_rows([], room.width, room.height)
        from tutor.tui.screens.lab.side import Hand, strip_rows

        return strip_rows(self.session, Hand(self.chosen, self.typed), room.width, room.height)

    def _draw_says(self, room: Room) -> Rows:
        return fit_rows(self._says_rows(room.width), room.width, room.height)

    def _says_rows(self, width: int) -> Rows:
        if self.session is None or width < 2:
            return []
        from tutor.tui.widgets.lab_charts import rows_of_text
        from tutor.tui.widgets.lab_words import outcome

        text, ink = outcome(self.session)
        return rows_of_text(text, ink, width, _SAYS if self.size.height >= 20 else 1)
