"""A run as one row of the list of runs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from tutor.charts.cells import Row, Span
from tutor.charts.numbers import figure
from tutor.charts.sparkline import sparkline
from tutor.foundation.clock import short_duration
from tutor.foundation.text_width import cell_width, pad, pad_left, shorten
from tutor.foundation.translate import language, translate
from tutor.runs.entries import RunEntry
from tutor.tui.screens.lab_words import STATE_WORDS
from tutor.tui.widgets.row_list import RowItem

_STATE = 12
_EPOCH = 10
_LOSS = 8
_AGE = 6
_MIN_TITLE = 14
_SPARK, _WIDE_SPARK = 8, 20
_ROOMY = 110
"""Columns from which the sparkline has more room."""


def run_items(entries: Sequence[RunEntry], marked: Collection[str], now: datetime, *, ascii: bool) -> list[RowItem]:
    """The heading and a row for each run.

    Args:
        entries: The runs.
        marked: Ids of the runs that are to be compared.
        now: The present moment, UTC.
        ascii: Draw sparklines with ASCII alone.
    """
    if not entries:
        return [RowItem("", _draw_none, selectable=False), RowItem("", _draw_hint, selectable=False)]

    def item(entry: RunEntry) -> RowItem:
        return RowItem(entry.id, lambda width: _row(entry, width, entry.id in marked, now, ascii=ascii))

    return [RowItem("", _draw_heading, selectable=False), *map(item, entries)]


def _draw_none(width: int) -> Row:
    return [Span(shorten(f"   {translate('runs.none')}", width), "text")]


def _draw_hint(width: int) -> Row:
    return [Span(shorten(f"   {translate('run-list.none-hint')}", width), "muted")]


def _rooms(width: int) -> tuple[int, int, bool, bool]:
    """Cells for the title and the sparkline, and whether there is room for the training loss and the age."""
    spark = _WIDE_SPARK if width >= _ROOMY else _SPARK
    left = width - 2 - 5 - _STATE - _EPOCH - _LOSS - 3
    for used, shown, train, age in (
        (spark + 1 + _LOSS + 1 + _AGE + 1, spark, True, True),
        (_LOSS + 1 + _AGE + 1, 0, True, True),
        (_AGE + 1, 0, False, True),
    ):
        if left - used >= _MIN_TITLE:
            return left - used, shown, train, age
    return max(4, left), 0, False, False


def _draw_heading(width: int) -> Row:
    title, spark, train, age = _rooms(width)
    cells = [pad(f"  {translate('watch.head-run')}", 7), pad(translate("watch.head-lab"), title + 1)]
    cells += [pad(translate("watch.head-state"), _STATE), pad_left(translate("watch.head-epoch"), _EPOCH), " "]
    if train:
        cells += [pad_left(translate("watch.head-train"), _LOSS), " "]
    cells += [pad_left(translate("watch.head-valid"), _LOSS), " " if spark else "", " " * spark]
    if age:
        cells += [" ", pad_left(translate("watch.head-age"), _AGE)]
    return [Span("".join(cells), "muted")]


def _row(entry: RunEntry, width: int, marked: bool, now: datetime, *, ascii: bool) -> Row:
    title, spark, train, age = _rooms(width)
    sign, ink, key = STATE_WORDS[entry.state]
    mark = ("◆ ", "accent") if marked else ("★ ", "muted") if entry.pinned else ("  ", "text")
    planned = f"/{entry.epochs_planned}" if entry.epochs_planned else ""
    epoch = f"{entry.epoch}{planned}"
    row = [
        Span(*mark),
        Span(pad(entry.short_id, 5), "muted"),
        Span(pad(shorten(entry.title_in(language()) or "?", title), title + 1), "strong" if entry.alive else "text"),
        Span(pad(shorten(f"{sign} {translate(key)}", _STATE - 1), _STATE), ink),
        Span(pad_left(epoch if cell_width(epoch) <= _EPOCH else str(entry.epoch), _EPOCH), "text"),
        Span(" "),
    ]
    if train:
        row += [Span(pad_left(figure(entry.train_loss, ascii=ascii), _LOSS), "train"), Span(" ")]
    valid = figure(entry.valid_loss if entry.valid else None, ascii=ascii)
    row.append(Span(pad_left(valid, _LOSS), "valid"))
    if spark:
        ink = "valid" if entry.valid else "train"
        row += [Span(" "), Span(pad(sparkline(entry.shape, spark, ascii=ascii), spark), ink)]
    if age:
        row += [Span(" "), Span(pad_left(short_duration((now - entry.started_at).total_seconds()), _AGE), "muted")]
    return row
