"""The parameters of a small model as bars to the left and to the right of zero."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tutor.charts.cells import Row, Rows, Span, figures, fit_rows, sentence
from tutor.charts.loss_history import float_array
from tutor.charts.numbers import figure
from tutor.foundation.text import cell_width, pad, pad_left, shorten
from tutor.foundation.translate import translate

_EIGHTHS = " ▏▎▍▌▋▊▉█"


def weights_chart(
    names: Sequence[str], values: Sequence[float | None], width: int, height: int, *, ascii: bool = False
) -> Rows:
    """Draw a row for each parameter: name, bar, figure. If there are too few rows, the largest are shown in order."""
    size = min(len(names), len(values))
    sizes = float_array(values[:size])
    if not size or height < 1:
        return sentence(translate("charts.nothing-yet"), width, height)
    shown = _shown(sizes, height)
    texts = {index: figure(float(sizes[index]), ascii=ascii) for index in shown}
    label = min(max(cell_width(str(names[index])) for index in shown), max(4, width // 3))
    number = max(len(text) for text in texts.values())
    half = (width - label - number - 3) // 2
    if half < 2:
        return figures([(str(names[index]), texts[index], "train") for index in shown], width, height)
    finite = sizes[np.isfinite(sizes)]
    largest = float(np.abs(finite).max()) if len(finite) else 0.0
    rows: Rows = []
    for index in shown:
        share = float(sizes[index]) / largest if largest > 0 and np.isfinite(sizes[index]) else 0.0
        rows.append(
            [
                Span(pad(shorten(str(names[index]), label), label + 1), "muted"),
                *_bar(share, half, ascii=ascii),
                Span(" " + pad_left(texts[index], number), "text"),
            ]
        )
    return fit_rows(rows, width, height)


def _shown(sizes: np.ndarray[tuple[int], np.dtype[np.float64]], height: int) -> list[int]:
    if len(sizes) <= height:
        return list(range(len(sizes)))
    largest = np.argsort(-np.abs(np.nan_to_num(sizes)), kind="stable")[: max(0, height)]
    return sorted(int(index) for index in largest)


def _bar(share: float, half: int, *, ascii: bool) -> Row:
    """Draw a bar of ``share`` (-1 to 1) times ``half`` cells on its side of the middle."""
    cells = abs(share) * half
    ink = "train" if share >= 0 else "valid"
    axis = Span("|" if ascii else "│", "axis")
    if ascii:
        bar = ("+" if share >= 0 else "-") * round(cells)
        left, right = (bar, "") if share < 0 else ("", bar)
    elif share < 0:
        # Blocks that fill from the right exist only in halves.
        whole, rest = divmod(round(cells * 2), 2)
        left, right = "▐" * rest + "█" * whole, ""
    else:
        whole, rest = divmod(round(cells * 8), 8)
        left, right = "", "█" * whole + (_EIGHTHS[rest] if rest else "")
    return [Span(left.rjust(half), ink), axis, Span(right.ljust(half), ink)]
