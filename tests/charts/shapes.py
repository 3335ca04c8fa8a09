"""Every chart with data that makes sense, for tests of what holds for all of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tutor.charts.boundary import boundary_chart
from tutor.charts.cells import Rows, plain_text, row_width
from tutor.charts.confusion import confusion_chart
from tutor.charts.decoding import decoding_chart
from tutor.charts.diagram import Unit, network_diagram
from tutor.charts.digits import Digit, digits_chart
from tutor.charts.fit import fit_chart
from tutor.charts.folds import folds_chart
from tutor.charts.hidden_units import hidden_units_chart
from tutor.charts.judging import precision_recall_chart, reliability_chart, roc_chart
from tutor.charts.landscape import curve_chart, surface_chart
from tutor.charts.learning_rate import learning_rate_chart
from tutor.charts.loss import loss_chart, pinned_line, train_line, valid_line
from tutor.charts.loss_history import LossHistory
from tutor.charts.network import (
    dead_units_chart,
    gradient_check_table,
    gradients_chart,
    norms_chart,
    shapes_table,
    updates_chart,
)
from tutor.charts.series import autocorrelation_chart, series_chart
from tutor.charts.text import text_chart
from tutor.charts.threshold import threshold_chart
from tutor.charts.weights import weights_chart

Chart = Callable[[int, int, bool], Rows]

_RANGES = ((-1.0, 1.0), (-1.0, 1.0))
_LEVELS = np.arange(64).reshape(8, 8)
_POINTS: list[list[float]] = [[0, 0, 0], [0.5, 0.5, 1], [-0.5, 0, 2]]
_CLASSES = np.repeat([[0, 1, 1, 2]], 4, axis=0)


def falling(epochs: int) -> LossHistory:
    """A loss that falls from 2 to 1."""
    return LossHistory(1 + np.exp(-np.arange(epochs) / 20))


def _loss(width: int, height: int, ascii: bool) -> Rows:
    lines = [pinned_line(1, "η 0.1 学习率", falling(50)), train_line(falling(90)), valid_line(falling(90))]
    return loss_chart(lines, width, height, title="损失 loss", planned=200, changes=[20], cursor=40, ascii=ascii)


CHARTS: dict[str, Chart] = {
    "loss": _loss,
    "decoding": lambda w, h, _: decoding_chart(
        [([0, 0, 1, 1] * 10, [0, 1, 1, 0] * 10, [0, 0, 1, 0] * 10)] * 3, ["a", "元"], w, h,
        accuracies=(0.5, 0.75), stay=0.9,
    ),
    "fit": lambda w, h, a: fit_chart(
        ([0, 1, 2], [1, 3, 5]), ([0, 2], [1, 5]), w, h, valid=([1.5], [4]), x_name="昨天", y_name="播放量", ascii=a
    ),
    "curve": lambda w, h, a: curve_chart(
        ([-1, 0, 1], [1, 0, 1]), w, h, ball=(0.5, 0.25), path=([1, 0.5], [1, 0.25]), ascii=a
    ),
    "surface": lambda w, h, a: surface_chart(_LEVELS, _RANGES, w, h, path=([0.9, 0], [0.9, 0.1]), ascii=a),
    "boundary": lambda w, h, a: boundary_chart(
        _POINTS,
        _RANGES, w, h, classes=_CLASSES, class_names=["a", "山鸢尾", "c"], names=("宽", "长"), ascii=a,
    ),
    "confusion": lambda w, h, a: confusion_chart([[5, 1], [0, 7]], ["山鸢尾", "versicolor"], w, h, ascii=a),
    "roc": lambda w, h, a: roc_chart(
        ([0, 0, 0.5, 1], [0, 0.5, 1, 1]), w, h, point=(0.5, 1), threshold=0.3, auc=0.875, ascii=a
    ),
    "precision-recall": lambda w, h, a: precision_recall_chart(
        ([0.5, 1, 1], [1, 0.67, 0.5]), w, h, point=(0.5, 1), threshold=0.3, f1=0.67, base=0.5, ascii=a
    ),
    "reliability": lambda w, h, a: reliability_chart([0.1, 0.9], [0.2, 0.8], [0.1, 0.2], w, h, gap=0.1, ascii=a),
    "series": lambda w, h, a: series_chart([1, 2, 3, 2], [1.1, 1.8, 2.5, 2.2], w, h, name="播放量", ascii=a),
    "autocorrelation": lambda w, h, a: autocorrelation_chart(
        [0.6, 0.2, -0.1, 0.1, 0.2, 0.5, 0.7, 0.5], w, h, lags=7, name="播放量", ascii=a
    ),
    "updates": lambda w, h, a: updates_chart(
        np.exp(-np.arange(60) / 20) + np.arange(60) % 3, 130, w, h, epochs=([110, 120, 130], [1, 0.8, 0.5]), ascii=a
    ),
    "text": lambda w, h, a: text_chart(["anna", "山羊在河边睡觉", "x" * 48] * 3, [1, 0, 0] * 3, w, h),
    "gradients": lambda w, h, a: gradients_chart(
        ([1.2, 0.8, 0.5, 1.1], [0.5, 1.5, 0.2, 4.0]), w, h, batch_size=10, angle=61.2, ascii=a
    ),
    "pieces": lambda w, h, a: hidden_units_chart(
        ([0, 0.5, 1], [0, 1, 0.5]), [[8, -2, 1], [8, -6, -0.5]], w, h, constant=0.1, hard=True, error=0.2, ascii=a
    ),
    "shapes": lambda w, h, a: shapes_table([("W1", [3, 7]), ("b1", [3])], w, h, ascii=a),
    "gradient-check": lambda w, h, a: gradient_check_table(
        ["W1[1,1]", "b1[1]"], [0.5, -0.25], [0.5, 0.25], w, h, difference=0.3, ascii=a
    ),
    "digits": lambda w, h, a: digits_chart(
        [Digit("0" * 20 + "9" * 24 + "0" * 20, "3", "3")] * 9, [Digit("5" * 64, "山鸢尾", "8")] * 9, w, h,
        wrong=9, count=540, ascii=a,
    ),
    "norms": lambda w, h, a: norms_chart(
        [1, 2, 3, 4], [2, 1, 0.5, 0.2], [3, 30, 0.3, None], [5, 6, 7, 8], w, h, ascii=a
    ),
    "learning-rate": lambda w, h, a: learning_rate_chart(
        ([1, 20, 40], [0.01, 0.1, 0.05]), w, h, planned=([1, 20, 90], [0.01, 0.1, 0.02]), ascii=a
    ),
    "dead-units": lambda w, h, a: dead_units_chart([0.0, 0.25, 1.0], w, h, dead=0.4, ascii=a),
    "weights": lambda w, h, a: weights_chart(["w", "偏置"], [1.5, -0.5], w, h, ascii=a),
    "threshold": lambda w, h, a: threshold_chart(
        [0, 1, 2], {"正常": [5, 1, 0], "垃圾": [0, 2, 6]}, w, h, threshold=1.5, mistakes=0.1, ascii=a
    ),
    "diagram": lambda w, h, a: network_diagram(
        [[Unit(f"x{number}", "0.5") for number in range(20)], [Unit("a[1]", "-0.123"), Unit("a[2]")], [Unit("y", "1")]],
        w, h, active=1, ascii=a,
    ),
    "folds": lambda w, h, a: folds_chart([0.1, 0.2, None], [0.3, 0.2, None], w, h, ascii=a),
}  # fmt: skip


def text_of(rows: Rows, width: int, height: int) -> str:
    """The text of ``rows``, once it is sure that they fill ``width`` by ``height`` cells exactly."""
    assert len(rows) == height
    assert [row_width(row) for row in rows] == [width] * height, plain_text(rows)
    return plain_text(rows)
