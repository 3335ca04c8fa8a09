"""The confusion matrix: which class the model predicted for each true class."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.charts.cells import Row, Rows, Span, fit_rows, flow, row_width, sentence
from tutor.foundation.text import cell_width, pad, pad_left, shorten
from tutor.foundation.translate import translate


def table_width(class_names: Sequence[str]) -> int:
    """Return the width in cells at which `confusion_chart` cuts no name."""
    head = cell_width(f"{translate('charts.true')} ↓  {translate('charts.predicted')} →")
    name = max((cell_width(name) for name in class_names), default=0)
    return max(head, name + 2 + len(class_names) * max(5, name + 2))


def confusion_chart(
    counts: Sequence[Sequence[int]],
    class_names: Sequence[str],
    width: int,
    height: int,
    *,
    threshold: float | None = None,
    ascii: bool = False,
) -> Rows:
    """Draw ``counts`` (rows: true class, columns: predicted class) as a table of right-aligned counts; 0 is a dot.

    Right predictions are on the diagonal, in the ink ``good`` and bold, mistakes are in ``bad``. Names that do not fit
    are cut. If there is no room for all classes, the first ones are shown with the number of those left out.

    With two classes, the decision ``threshold`` between them stands above the table, or below it if there is no room.
    Precision, recall and F1 of the second one stand below it, on as many of the rows left as they need.
    """
    size = min(len(counts), len(class_names))
    if not size:
        return sentence(translate("charts.nothing-yet"), width, height)
    names = [str(name) for name in class_names[:size]]
    cell = max(4, *(len(str(count)) + 2 for row in counts[:size] for count in row[:size]))
    label = min(max(cell_width(name) for name in names), max(4, width // 4))
    shown = min(size, max(0, (width - label - 2) // cell), max(0, height - 2))
    if shown < 1:
        return sentence(translate("charts.too-small"), width, height)
    wide = min(max(cell, *(cell_width(name) + 2 for name in names[:shown])), (width - label - 2) // shown)
    down, right = ("v", ">") if ascii else ("↓", "→")
    rows: Rows = [
        [Span(f"{translate('charts.true')} {down}  {translate('charts.predicted')} {right}", "muted")],
        [
            Span(" " * (label + 2)),
            *(Span(pad_left(shorten(name, wide - 2), wide - 1) + " ", "muted") for name in names[:shown]),
        ],
    ]
    for true in range(shown):
        row = [Span(pad(shorten(names[true], label), label + 2), "muted")]
        row.extend(_cells(counts[true], true, shown, wide, ascii=ascii))
        rows.append(row)
    if shown < size:
        rows[0].append(Span("  " + translate("charts.classes-left-out", count=size - shown), "muted"))
    if threshold is not None and shown == size == 2:
        said = [Span(f"{translate('charts.threshold-short')} {threshold:.3g}", "cursor")]
        below = _judgement(found=counts[1][1], missed=counts[1][0], false=counts[0][1])
        if row_width(rows[0]) + 2 + row_width(said) <= width:
            rows[0] += [Span("  "), *said]
        else:
            below.insert(0, said)
        rows += flow(below, width, max(0, height - len(rows)))
    return fit_rows(rows, width, height)


def _judgement(found: int, missed: int, false: int) -> list[Row]:
    """Return precision, recall and F1 as items of a legend.

    Args:
        found: How many positive examples are called positive.
        missed: How many are not.
        false: How many negative examples are called positive.
    """
    figures = (
        ("charts.precision", _fraction(found, found + false)),
        ("charts.recall", _fraction(found, found + missed)),
        ("charts.f1", _fraction(2 * found, 2 * found + false + missed)),
    )
    return [[Span(f"{translate(name)} ", "muted"), Span(text, "text")] for name, text in figures]


def _fraction(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def _cells(counts: Sequence[int], true: int, shown: int, wide: int, *, ascii: bool) -> Row:
    row: Row = []
    for predicted, count in enumerate(counts[:shown]):
        ink = "muted" if not count else "good bold" if predicted == true else "bad"
        text = str(count) if count else ("." if ascii else "·")
        row.append(Span(pad_left(text, wide - 1) + " ", ink))
    return row
