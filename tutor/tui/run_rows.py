"""A run as one row of the list of runs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from tutor.charts.cells import Row, Span
from tutor.charts.numbers import figure
from tutor.charts.sparkline import sparkline
from tutor.foundation.clock import short_duration
from tutor.foundation.text import cell_width, pad, pad_left, shorten
from tutor.foundation.translate import language, translate
from tutor.runs.entries import RunEntry
from tutor.runs.words import state_in_a_list
from tutor.tui.widgets.lab_words import STATE_WORDS
from tutor.tui.widgets.row_list import RowItem

_STATE = 12
_SIGN = 2
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


class _Room(NamedTuple):
    """How a row shares its cells."""

    title: int
    spark: int = 0
    train: bool = False
    age: bool = False
    state: int = _STATE
    """With `_SIGN` cells it is the sign alone, and the loss is that of validation where there is one."""


def _room(width: int) -> _Room:
    spark = _WIDE_SPARK if width >= _ROOMY else _SPARK
    left = width - 2 - 5 - _STATE - _EPOCH - _LOSS - 3
    for used, room in (
        (spark + 1 + _LOSS + 1 + _AGE + 1, _Room(0, spark, train=True, age=True)),
        (_LOSS + 1 + _AGE + 1, _Room(0, train=True, age=True)),
        (_AGE + 1, _Room(0, age=True)),
        (0, _Room(0)),
    ):
        if left - used >= _MIN_TITLE:
            return room._replace(title=left - used)
    return _Room(max(4, left + _STATE - _SIGN), state=_SIGN)


def _draw_heading(width: int) -> Row:
    title, spark, train, age, state = _room(width)
    narrow = state == _SIGN
    cells = [pad(f"  {translate('watch.head-run')}", 7), pad(shorten(translate("watch.head-lab"), title), title + 1)]
    cells += [pad("" if narrow else translate("watch.head-state"), state)]
    cells += [pad_left(translate("watch.head-epoch"), _EPOCH), " "]
    if train:
        cells += [pad_left(translate("watch.head-train"), _LOSS), " "]
    loss = translate("record.loss" if narrow else "watch.head-valid")
    cells += [pad_left(loss, _LOSS), " " if spark else "", " " * spark]
    if age:
        cells += [" ", pad_left(translate("watch.head-age"), _AGE)]
    return [Span("".join(cells), "muted")]


def _row(entry: RunEntry, width: int, marked: bool, now: datetime, *, ascii: bool) -> Row:
    title, spark, train, age, state = _room(width)
    sign, ink, _ = STATE_WORDS[entry.state]
    word = shorten(f"{sign} {state_in_a_list(entry.state)}", state - 1) if state > _SIGN else sign
    mark = ("◆ ", "accent") if marked else ("★ ", "muted") if entry.pinned else ("  ", "text")
    epoch = entry.place
    trained = entry.train_loss if entry.epoch else None
    row = [
        Span(*mark),
        Span(pad(entry.short_id, 5), "muted"),
        Span(pad(shorten(entry.title_in(language()) or "?", title), title + 1), "strong" if entry.alive else "text"),
        Span(pad(word, state), ink),
        Span(pad_left(epoch if cell_width(epoch) <= _EPOCH else epoch.partition("/")[0], _EPOCH), "text"),
        Span(" "),
    ]
    if train:
        row += [Span(pad_left(figure(trained, ascii=ascii), _LOSS), "train"), Span(" ")]
    if state == _SIGN and not entry.valid:
        row.append(Span(pad_left(figure(trained, ascii=ascii), _LOSS), "train"))
    else:
        valid = figure(entry.valid_loss if entry.valid else None, ascii=ascii)
        row.append(Span(pad_left(valid, _LOSS), "valid"))
    if spark:
        ink = "valid" if entry.valid else "train"
        row += [Span(" "), Span(pad(sparkline(entry.shape, spark, ascii=ascii), spark), ink)]
    if age:
        row += [Span(" "), Span(pad_left(short_duration((now - entry.started_at).total_seconds()), _AGE), "muted")]
    return row
