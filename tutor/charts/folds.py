"""Cross-validation: what each fold says of its own validation rows, and the mean over all folds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tutor.charts.cells import Row, Rows, Span, fit_rows, sentence
from tutor.charts.loss_history import numbers
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
    """One row a fold: its figure in training, its figure in validation, and a bar as long as the latter.

    The mean comes last, and stays where there is no room for all folds. Without folds there is one row.

    Args:
        train: a loss, or an accuracy, for each fold.
        valid: the same on the rows that the fold was not trained on.
        width: in cells.
        height: in cells.
        accuracy: what the figures are.
        ascii: whether only ASCII may be used.
    """
    count = min(len(train), len(valid))
    if not count:
        return sentence(translate("charts.nothing-yet"), width, height)
    if height < 2:
        return sentence(translate("charts.too-small"), width, height)
    values = [numbers(each[:count]) for each in (train, valid)]
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
