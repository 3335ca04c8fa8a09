"""Cross-validation: the figures of each fold in training and in validation, and their means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tutor.charts.cells import Row, Rows, Span, fit_rows, sentence
from tutor.charts.loss_history import float_array
from tutor.charts.numbers import figure
from tutor.foundation.text import cell_width, pad, pad_left
from tutor.foundation.translate import translate

_EIGHTHS = "▏▎▍▌▋▊▉█"
_LEAST_BAR = 4


def folds_chart(
    train: Sequence[float | None],
    valid: Sequence[float | None],
    width: int,
    height: int,
    *,
    accuracy: bool = False,
    ascii: bool = False,
) -> Rows:
    """Draw a row for each fold: its figure in training, its figure in validation, and a bar for the latter.

    The mean comes last, and it is kept if there is no room for all folds. A single split is one row.

    Args:
        train: The loss or accuracy of each fold on its training rows.
        valid: The same on its validation rows.
        width: The width in cells.
        height: The height in rows.
        accuracy: Whether the figures are accuracies instead of losses.
        ascii: Whether to draw in plain ASCII.
    """
    values = [float_array(train), float_array(valid)]
    count = min(map(len, values))
    if not count:
        return sentence(translate("charts.nothing-yet"), width, height)
    if height < 2:
        return sentence(translate("charts.too-small"), width, height)
    values = [each[:count] for each in values]
    means = [float(each.mean()) for each in values]
    names = [translate("charts.fold", number=number) for number in range(1, count + 1)]
    lines = list(zip(names, values[0].tolist(), values[1].tolist(), strict=True))
    last = translate("charts.mean" if count > 1 else "charts.one-split")
    kept = [*(lines[: height - 2] if count > 1 else ()), (last, means[0], means[1])]
    longest = max((value for _, _, value in kept if np.isfinite(value)), default=0.0)
    measure = translate("charts.accuracy" if accuracy else "charts.loss")
    heads = [translate("charts.train"), translate("charts.valid")]
    texts = [[figure(value, ascii=ascii) for value in line[1:]] for line in kept]
    label = max(cell_width(measure), *(cell_width(name) for name, *_ in kept)) + 2
    columns = [max(cell_width(head), *(len(row[at]) for row in texts)) + 2 for at, head in enumerate(heads)]
    bar = width - label - sum(columns)
    rows: Rows = [
        [
            Span(pad(measure, label), "muted"),
            *(Span(pad_left(head, wide - 2) + "  ", "muted") for head, wide in zip(heads, columns, strict=True)),
        ]
    ]
    for (name, _, value), row in zip(kept, texts, strict=True):
        ink = "text" if name == last else "muted"
        cells: Row = [Span(pad(name, label), ink)]
        for text, wide, each in zip(row, columns, ("train", "valid"), strict=True):
            cells.append(Span(pad_left(text, wide - 2) + "  ", each))
        cells.append(Span(_bar(value / longest if longest > 0 else 0.0, bar, ascii=ascii), "valid"))
        rows.append(cells)
    return fit_rows(rows, width, height)


def _bar(share: float, room: int, *, ascii: bool) -> str:
    if room < _LEAST_BAR or not np.isfinite(share) or share <= 0:
        return ""
    if ascii:
        return "#" * round(share * room)
    whole, rest = divmod(round(share * room * 8), 8)
    return "█" * whole + (_EIGHTHS[rest - 1] if rest else "")
