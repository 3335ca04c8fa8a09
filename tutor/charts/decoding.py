"""Sequences of classes below each other: what is true, what single frames say, and the most probable sequence."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.charts.cells import CLASS_INKS, Row, Rows, Span, fit_row, fit_rows, sentence
from tutor.foundation.text import cell_width, pad, shorten
from tutor.foundation.translate import translate

_ROWS = 4
"""The rows of one sequence: the truth, the frames, the decoded sequence, and an empty one."""


def decoding_chart(
    sequences: Sequence[tuple[Sequence[int], Sequence[int], Sequence[int]]],
    class_names: Sequence[str],
    width: int,
    height: int,
    *,
    accuracies: tuple[float, float],
    stay: float,
) -> Rows:
    """Draw as many sequences as there is room for. A wrong frame has its class in upper case and in another ink.

    Args:
        sequences: For each sequence the true classes, those that are most probable frame by frame, and those of the
            most probable sequence, (T,) each.
        class_names: The names of the classes, of which the first letter is drawn.
        width: The width in cells.
        height: The height in rows.
        accuracies: The accuracy over all sequences, frame by frame and decoded.
        stay: The probability that the next frame has the same class.
    """
    labels = list(map(translate, ("charts.decoding-true", "charts.decoding-frames", "charts.decoding-decoded")))
    margin = max(map(cell_width, labels)) + 2
    room = width - margin
    if not sequences:
        return sentence(translate("charts.nothing-yet"), width, height)
    if room < 8 or height < _ROWS + 1:
        return sentence(translate("charts.too-small"), width, height)
    letters = [name[:1] or "?" for name in class_names]
    rows: Rows = [[Span(shorten(_heading(accuracies, stay), width), "muted")]]
    for sequence in sequences[: (height - 1) // (_ROWS - 1) if height < 2 * _ROWS else height // _ROWS]:
        true = sequence[0]
        for label, classes in zip(labels, sequence, strict=True):
            row: Row = [Span(pad(label, margin), "muted")]
            for right, found in list(zip(true, classes, strict=True))[:room]:
                letter = letters[found]
                if classes is true:
                    row.append(Span(letter, f"class{found % CLASS_INKS}"))
                elif right == found:
                    row.append(Span(letter, "text"))
                else:
                    row.append(Span(letter.upper(), "bad"))
            rows.append(row)
        rows.append([])
    return fit_rows([fit_row(row, width) for row in rows], width, height)


def _heading(accuracies: tuple[float, float], stay: float) -> str:
    frames, decoded = accuracies
    return translate("charts.decoding", frames=f"{frames:.3f}", decoded=f"{decoded:.3f}", stay=f"{stay:.2f}")
