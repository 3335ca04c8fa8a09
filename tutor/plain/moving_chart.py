"""The loss chart of ``tutor train`` on a terminal: redrawn in place while the run goes on, left there at the end."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from typing import ClassVar, TextIO

from tutor.charts.cells import Rows, Span
from tutor.charts.loss import loss_chart, train_line, valid_line
from tutor.charts.loss_history import LossHistory
from tutor.foundation.clock import monotonic_seconds
from tutor.foundation.translate import translate
from tutor.plain.reporters import figure, outcome_lines
from tutor.runs.events import Changed, Event, Started
from tutor.runs.summary import RunSummary

_SECONDS_BETWEEN = 0.2
_HEIGHT = 14


class MovingChartReporter:
    """Draws the loss per epoch at most five times a second. See `tutor.plain.reporters.Reporter`."""

    one_by_one: ClassVar[bool] = False

    def __init__(self, out: TextIO, *, colour: bool, ascii: bool = False) -> None:
        self._out = out
        self._colour = colour
        self.ascii = ascii
        self._train, self._valid = LossHistory(), LossHistory()
        self._changes: list[int] = []
        self._drawn = 0
        self._next = 0.0

    def events(self, events: Iterable[Event], summary: RunSummary) -> None:
        """Take in new events, and draw if enough time has passed."""
        for event in events:
            if isinstance(event, Started):
                self._out.write("".join(f"{note}\n" for note in event.data.notes))
            elif isinstance(event, Changed):
                self._changes.append(event.epoch)
        now = monotonic_seconds()
        if now >= self._next and summary.spec is not None:
            self._next = now + _SECONDS_BETWEEN
            self._draw(summary)

    def end(self, summary: RunSummary) -> None:
        """Draw the last state and write the outcome below it."""
        if summary.spec is not None:
            self._draw(summary)
        self._out.write("\n".join(outcome_lines(summary)) + "\n")
        self._out.flush()

    def _draw(self, summary: RunSummary) -> None:
        size = shutil.get_terminal_size()
        width, height = min(size.columns - 1, 100), min(_HEIGHT, size.lines - 4)
        self._train.follow(summary.train_losses)
        self._valid.follow(summary.valid_losses)
        lines = [train_line(self._train)]
        if len(self._valid):
            lines.append(valid_line(self._valid))
        rows = loss_chart(
            lines, width, height, planned=summary.epochs_planned, changes=self._changes, numbers=summary.numbers,
            ascii=self.ascii,
        )  # fmt: skip
        text = "".join(f"{row}\x1b[K\n" for row in [*ansi_lines(rows, colour=self._colour), self._line(summary)])
        # The new chart overwrites the old one. Nothing is cleared first, so nothing flickers.
        self._out.write((f"\x1b[{self._drawn}A\r" if self._drawn else "") + text)
        self._out.flush()
        self._drawn = len(rows) + 1

    def _line(self, summary: RunSummary) -> str:
        parts = [translate("train.epoch", epoch=summary.progress_text())]
        parts.append(translate("train.train-loss", loss=figure(summary.last_value("train_loss"))))
        if summary.valid_losses:
            parts.append(translate("train.valid-loss", loss=figure(summary.last_value("valid_loss"))))
        return "  ".join(parts)


_COLOURS = {
    "train": "36", "valid": "33", "axis": "2", "rule": "2", "muted": "2", "good": "32", "bad": "31", "accent": "1",
}  # fmt: skip
"""Codes of the sixteen basic colours, so that the chart keeps the palette that the terminal's owner has chosen."""


def ansi_lines(rows: Rows, *, colour: bool) -> list[str]:
    """``rows`` as lines of text; with ``colour``, with escape sequences."""
    return ["".join(_painted(span) if colour else span.text for span in row) for row in rows]


def _painted(span: Span) -> str:
    code = _COLOURS.get(span.ink)
    return f"\x1b[{code}m{span.text}\x1b[0m" if code else span.text
