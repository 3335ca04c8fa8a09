"""The loss chart as an SVG figure for a report: curves as vectors, with axes, a title and a legend.

The figure has its own light ground, so it is readable on a light and on a dark page, and after conversion to PNG.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from tutor.charts.chart_view import PLAIN_AXIS, Axis, place_of, x_scale
from tutor.charts.loss import extremes_of
from tutor.charts.numbers import figure
from tutor.charts.scale import Scale, linear_scale, log_scale
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, shorten
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from tutor.charts.loss import LossLine

WIDTH, HEIGHT = 800, 480
"""The size of the figure in pixels."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 24, 76, 60
"""The margins around the plot, in pixels."""
_COLUMNS = 2 * (WIDTH - _LEFT - _RIGHT)
"""Into how many columns a long run is reduced; no spike is lost."""
_INK, _MUTED, _GRID, _GROUND = "#24272e", "#626873", "#d6d3ca", "#ffffff"
_COLOURS = {"train": "#005faf", "valid": "#af5f00", "pinned1": "#00005f", "pinned2": "#5f0000", "pinned3": "#585858",
            "pinned4": "#2f6f2b"}  # fmt: skip
_STROKES = {"thin": 'stroke-width="1.5"', "thick": 'stroke-width="3"', "dashed": 'stroke-width="1.5"'}
_DASHES = {"": "8 4", "1": "8 4", "2": "4 3", "3": "10 3 2 3", "4": "2 3"}
"""The dashes of pinned runs by number, so that they are told apart in print."""
_FONTS = "'DejaVu Sans',Arial,sans-serif"
_CHINESE_FONTS = "'Noto Sans CJK SC','Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
"""First, because some converters to PNG look for missing characters in no other font."""
_LONGEST = 60
_CELL = 7.2
"""About the width of a cell of text in the legend, in pixels."""


def loss_svg(
    lines: Sequence[LossLine],
    *,
    title: str,
    y_name: str,
    x_name: str = "",
    planned: int | None = None,
    axis: Axis = PLAIN_AXIS,
    logarithmic: bool = False,
    changes: Sequence[tuple[int, str]] = (),
) -> str:
    """Return the losses of ``lines`` as an SVG document of `WIDTH` by `HEIGHT` pixels.

    Args:
        lines: The series, later ones over earlier ones.
        title: The title of the figure.
        y_name: The name of the loss.
        x_name: The name of the horizontal axis; by default that of epochs.
        planned: The place where the run will end.
        axis: What the horizontal axis counts.
        logarithmic: Whether the loss is on a logarithmic axis; values of 0 or less are left out there.
        changes: The places where something was changed, and what.
    """
    drawn = [line for line in lines if line.history.latest() is not None]
    spans = [(round(_place(line, line.history.first, axis)), round(_place(line, line.last, axis))) for line in drawn]
    x = x_scale(spans or [(1, 1)], axis, planned, None, 84)
    curves = [(line, *_curve(line, x, axis, logarithmic=logarithmic)) for line in drawn]
    heights = np.concatenate([up for _, _, up in curves] or [np.array([1.0])])
    low, high = (float(heights.min()), float(heights.max())) if len(heights) else (0.1, 1.0)
    y = log_scale(low, high, ticks=6) if logarithmic else linear_scale(min(0.0, low), high, ticks=6)
    said = title + y_name + x_name + "".join(line.name for line in drawn)
    fonts = _CHINESE_FONTS if cell_width(said) > len(said) else _FONTS
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    style = f'font-family="{fonts}" font-size="13" fill="{_INK}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {style}>',
        f"<title>{_text(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_GROUND}"/>',
        f'<text x="{_LEFT}" y="28" font-size="17" font-weight="bold">{_text(title)}</text>',
        *_axes(x, y, x_name or translate("lab.epoch"), y_name),
        *_changes(changes, x),
        *(_path(line, across, up, x, y) for line, across, up in curves),
        *_legend([line for line, _, _ in curves]),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _place(line: LossLine, epoch: int, axis: Axis) -> float:
    return float(epoch) if axis.in_epochs else place_of(line.knots, epoch)


def _curve(
    line: LossLine, x: Scale, axis: Axis, *, logarithmic: bool
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Return where on the axis (0 to 1) each point of a curve is, and its value."""
    column, low, high = extremes_of(line, x, _COLUMNS, axis, smooth=False)
    across, up = np.repeat(column / (_COLUMNS - 1), 2), np.empty(2 * len(low))
    up[0::2], up[1::2] = high, low  # a loss falls: within a column, the higher value comes first
    good = (up > 0) if logarithmic else np.isfinite(up)
    return across[good], up[good]


def _x(fraction: float) -> float:
    return _LEFT + fraction * (WIDTH - _LEFT - _RIGHT)


def _y(fraction: float) -> float:
    return HEIGHT - _BOTTOM - fraction * (HEIGHT - _TOP - _BOTTOM)


def _text(text: str) -> str:
    return escape(shorten(harmless_line(text), _LONGEST))


def _axes(x: Scale, y: Scale, x_name: str, y_name: str) -> list[str]:
    parts = []
    for tick, label in zip(y.ticks, y.labels, strict=True):
        at = _y(y.fraction(tick))
        parts.append(f'<path d="M{_LEFT} {at:.1f}H{WIDTH - _RIGHT}" stroke="{_GRID}"/>')
        parts.append(
            f'<text x="{_LEFT - 8}" y="{at + 4.5:.1f}" text-anchor="end" fill="{_MUTED}">{_text(label)}</text>'
        )
    foot = HEIGHT - _BOTTOM
    for tick, label in zip(x.ticks, x.labels, strict=True):
        at = _x(x.fraction(tick))
        parts.append(f'<path d="M{at:.1f} {foot}v5" stroke="{_MUTED}"/>')
        parts.append(f'<text x="{at:.1f}" y="{foot + 20}" text-anchor="middle" fill="{_MUTED}">{_text(label)}</text>')
    middle = (_TOP + foot) / 2
    parts += [
        f'<path d="M{_LEFT} {_TOP}V{foot}H{WIDTH - _RIGHT}" fill="none" stroke="{_MUTED}"/>',
        f'<text x="{_x(0.5):.0f}" y="{HEIGHT - 16}" text-anchor="middle">{_text(x_name)}</text>',
        f'<text transform="translate(20 {middle:.0f}) rotate(-90)" text-anchor="middle">{_text(y_name)}</text>',
    ]
    return parts


def _path(
    line: LossLine,
    across: np.ndarray[tuple[int], np.dtype[np.float64]],
    up: np.ndarray[tuple[int], np.dtype[np.float64]],
    x: Scale,
    y: Scale,
) -> str:
    heights = y.fractions(up).tolist()
    points = [f"{_x(at):.1f} {_y(height):.1f}" for at, height in zip(across.tolist(), heights, strict=True)]
    points = [point for at, point in enumerate(points) if not at or point != points[at - 1]]
    if not points:
        return ""
    if len(points) == 1:
        at, height = points[0].split()
        return f'<circle cx="{at}" cy="{height}" r="3" fill="{_colour(line)}"/>'
    return f'<path d="M{"L".join(points)}" fill="none" stroke-linejoin="round" {_stroke(line)}/>'


def _colour(line: LossLine) -> str:
    return _COLOURS.get(line.ink, _INK)


def _stroke(line: LossLine) -> str:
    dashes = f' stroke-dasharray="{_DASHES.get(line.badge, "8 4")}"' if line.stroke == "dashed" else ""
    return f'stroke="{_colour(line)}" {_STROKES[line.stroke]}{dashes}'


def _changes(changes: Sequence[tuple[int, str]], x: Scale) -> list[str]:
    parts = []
    for number, (place, words) in enumerate(changes):
        if not x.low <= place <= x.high:
            continue
        at = _x(x.fraction(place))
        end, shift = ("end", -5) if at > WIDTH * 0.75 else ("start", 5)
        height = _TOP + 14 + 16 * (number % 4)
        parts.append(f'<path d="M{at:.1f} {_TOP}V{HEIGHT - _BOTTOM}" stroke="{_MUTED}" stroke-dasharray="2 4"/>')
        parts.append(
            f'<text x="{at + shift:.1f}" y="{height}" text-anchor="{end}" font-size="12" fill="{_MUTED}">'
            f"{_text(words)}</text>"
        )
    return parts


def _legend(lines: Sequence[LossLine]) -> list[str]:
    """Return the entries side by side below the title; those without room on the first row are on a second one."""
    parts: list[str] = []
    at, height = float(_LEFT), 48
    for line in lines:
        text = shorten(f"{line.name} {figure(line.value(None, PLAIN_AXIS))}", _LONGEST // 2)
        wide = 34 + cell_width(text) * _CELL + 18
        if at + wide > WIDTH and at > _LEFT and height < _TOP - 16:
            at, height = float(_LEFT), height + 18
        parts.append(f'<path d="M{at:.0f} {height - 4}h28" fill="none" {_stroke(line)}/>')
        parts.append(f'<text x="{at + 34:.0f}" y="{height}" font-size="12">{_text(text)}</text>')
        at += wide
    return parts
