"""A run inside a question: a small chart and its most important numbers, updated while it trains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.charts.cells import Row, Rows, Span, fit_row, spread_row
from tutor.course.lesson import LabFence
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import language, translate
from tutor.runs.words import drawn_name
from tutor.tui.widgets.lab_words import STATE_WORDS
from tutor.tui.widgets.rows import Area, RowsView

if TYPE_CHECKING:
    from tutor.charts.loss_history import LossHistory
    from tutor.runs.follower import RunFollower
    from tutor.runs.summary import RunSummary

HEIGHT = 10
"""Rows of a card: the heading, the picture, the numbers."""

_SMALL_HEIGHT = 6
_FRAME = 5
"""Rows of a screen that no question can use: top line, footer, the blank line above."""
_SMALL_SCREEN = 18
"""Rows up to which a screen gets smaller pictures."""


def height_of_cards(rows: int, count: int) -> int:
    """Rows of each of ``count`` cards on a screen of ``rows`` rows, chosen so that all cards fit."""
    most = _SMALL_HEIGHT if rows <= _SMALL_SCREEN else HEIGHT
    return most if count == 1 else max(_SMALL_HEIGHT, min(most, (rows - _FRAME) // count - 1))


class RunCard(RowsView):
    """One run of a prediction.

    Args:
        fence: The lab, and the question's name for the run.
        follower: Reads the run's log. The question polls it and then calls `redraw`.
        height: Rows of the card: see `height_of_cards`.
    """

    DEFAULT_CSS = f"RunCard {{ width: 1fr; height: {HEIGHT}; }}"

    def __init__(self, fence: LabFence, follower: RunFollower, height: int = HEIGHT) -> None:
        super().__init__(self._card)
        self.styles.height = height  # set at once, so that the card can be scrolled to at once
        self.fence = fence
        self.follower = follower
        self._train: LossHistory | None = None
        self._valid: LossHistory | None = None

    def _card(self, area: Area) -> Rows:
        summary = self.follower.summary
        picture = max(0, area.height - 2)
        rows = [self._heading(summary, area.width)]
        rows += self._picture(summary, Area(area.width, picture, area.colour, area.ascii)) if picture > 2 else []
        rows.append(fit_row(self._numbers(summary, area), area.width))
        return [*rows, *([[]] * (area.height - len(rows)))]

    def _heading(self, summary: RunSummary, width: int) -> Row:
        name = translate("quiz.run-named", run=self.fence.name) if self.fence.name else translate("quiz.run")
        title = summary.spec.title_in(language()) if summary.spec is not None else self.fence.lab
        sign, ink, state = STATE_WORDS[summary.state]
        left = [Span(name, "strong"), Span("  "), Span(harmless_line(title), "muted")]
        right = [Span(f"{sign} ", f"{ink} bold"), Span(translate(state), "text")]
        return spread_row(left, right, width)

    def _picture(self, summary: RunSummary, area: Area) -> Rows:
        panels = summary.spec.show.panels if summary.spec is not None else ()
        panel = next((name for name in panels if name != "loss"), "loss")
        view = summary.views.get(panel)
        if panel == "loss" or view is None:
            return self._losses(summary, area)
        from tutor.labs.panel import DrawStyle
        from tutor.labs.panels import draw_panel

        own = summary.spec is not None and summary.spec.data.name == "csv"
        style = DrawStyle(area.width, area.height, area.colour, area.ascii, own_data=own)
        return draw_panel(panel, view.scene, view.frame, style)

    def _losses(self, summary: RunSummary, area: Area) -> Rows:
        from tutor.charts.loss import loss_chart, train_line, valid_line
        from tutor.charts.loss_history import LossHistory

        if self._train is None or self._valid is None:
            self._train, self._valid = LossHistory(), LossHistory()
        self._train.follow(summary.train_losses)
        self._valid.follow(summary.valid_losses)
        lines = [train_line(self._train), *([valid_line(self._valid)] if len(self._valid) else [])]
        planned = summary.epochs_planned or None
        return loss_chart(lines, area.width, area.height, planned=planned, ascii=area.ascii)

    def _numbers(self, summary: RunSummary, area: Area) -> Row:
        from tutor.charts.numbers import figure

        pairs = [(translate("quiz.run-epoch"), f"{summary.epoch}/{summary.epochs_planned}")]
        if summary.train_losses:
            drawn = summary.spec if summary.spec is not None and summary.spec.loss.name == "function" else None
            # The height of a drawn curve is not an error, so it is called by the curve's name.
            name = (
                drawn_name(drawn.model.function, ascii=area.ascii) if drawn is not None else translate("charts.train")
            )
            pairs.append((name, figure(summary.train_losses[-1], ascii=area.ascii)))
        if summary.valid_losses:
            pairs.append((translate("charts.valid"), figure(summary.valid_losses[-1], ascii=area.ascii)))
        row: Row = []
        for name, value in pairs:
            row += [Span(f"{name} ", "muted"), Span(value, "strong"), Span("   ")]
        return row
