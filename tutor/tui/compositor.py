"""Textual's compositor, which draws only what is seen: the lines that changed, of the widgets in front.

The stock one renders every line of every widget on the screen for each update, containers and the ground behind
them too, and then throws most of it away. That costs more than the chart whose few lines changed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class FrontCompositor(Compositor):
    """Renders front to back, each widget only where something in front of it left a gap, and stops when all is full."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """What changed since the last update, or None where nothing did."""
        screen = self.size.region
        regions, self._dirty_regions = self._dirty_regions, set()
        spans = list(self._regions_to_spans(region.intersection(screen) for region in regions))
        if not spans:
            return None
        gaps: dict[int, set[int]] = {}
        for y, start, end in spans:
            gaps.setdefault(y, set()).update(_between(self.cuts[y], start, end))
        return ChopsUpdate(self._filled(gaps), spans, [cuts[1:] for cuts in self.cuts])

    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> Sequence[Mapping[int, Strip]]:
        """The strips of each rendered line by the column where they start; complete inside ``crop`` only."""
        lines = [y for y in crop.line_range if y < len(self.cuts) and is_rendered_line(y)]
        chops = self._filled({y: _between(self.cuts[y], crop.x, crop.right) for y in lines})
        return cast("Sequence[Mapping[int, Strip]]", chops)

    def _filled(self, gaps: dict[int, set[int]]) -> list[dict[int, Strip | None]]:
        """Every line's strips by the column where they start, with at least the ``gaps`` filled.

        Args:
            gaps: The columns where a strip is missing, by line. Emptied.
        """
        cuts = self.cuts
        chops: list[dict[int, Strip | None]] = [
            dict.fromkeys(line[:-1]) if y in gaps else {} for y, line in enumerate(cuts)
        ]
        for widget, (region, clip) in self.visible_widgets.items():
            if not gaps:
                break
            _fill(widget, region, region.intersection(clip), cuts, chops, gaps)
        return chops


def _between(cuts: list[int], start: int, end: int) -> set[int]:
    """The cuts whose piece, which lasts until the next one, has a cell in ``start`` to ``end``."""
    return set(cuts[max(0, bisect_right(cuts, start) - 1) : min(len(cuts) - 1, bisect_left(cuts, end))])


def _fill(
    widget: Widget,
    region: Region,
    seen: Region,
    cuts: list[list[int]],
    chops: list[dict[int, Strip | None]],
    gaps: dict[int, set[int]],
) -> None:
    """Fill the gaps of the lines that ``widget`` has a part in; lines without gaps leave ``gaps``."""
    x, _, width, _ = seen
    lines = [y for y in seen.line_range if y in gaps and any(x <= cut < x + width for cut in gaps[y])]
    if not lines or not width:
        return
    first, last = lines[0], lines[-1]
    strips = widget.render_lines(Region(x - region.x, first - region.y, width, last - first + 1))
    wanted = set(lines)
    for y, strip in zip(range(first, last + 1), strips, strict=False):
        if y not in wanted:
            continue
        inside = [cut for cut in cuts[y] if x <= cut <= x + width]
        line = chops[y]
        for cut, piece in zip(inside, strip.divide([cut - x for cut in inside[1:]]), strict=False):
            if line[cut] is None:
                line[cut] = piece
                gaps[y].discard(cut)
        if not gaps[y]:
            del gaps[y]
