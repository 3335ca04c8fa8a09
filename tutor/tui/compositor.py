"""Textual's compositor, which draws only what is seen: the lines that changed, of the widgets in front.

The stock one renders every line of every widget on the screen for each update, containers and the ground behind
them too, and then throws most of it away. That costs more than the chart whose few lines changed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from textual._compositor import ChopsUpdate, Compositor, ReflowResult
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget


class FrontCompositor(Compositor):
    """Renders front to back, each widget only where something in front of it left a gap, and stops when all is full.

    A line is cut where the widget in front changes, and nowhere else. The stock one cuts at every edge of every widget,
    those underneath too, and a wide character that lies over such an edge is halved: it becomes two blanks.
    """

    def __init__(self) -> None:
        super().__init__()
        self._fronts: list[list[int]] = []
        self._fronts_of: list[list[int]] | None = None

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        """Lay out everything. What was made is complete: the next who asks where a widget is need not make it again."""
        result = super().reflow(parent, size)
        self._full_map_invalidated = False
        return result

    def update_widgets(self, widgets: set[Widget]) -> None:
        """Note what has to be drawn anew. Only what has no place yet makes where widgets are uncertain.

        A change of what is not shown, or scrolled out of view, moves nothing.
        """
        seen, placed = self.visible_widgets, self._full_map
        super().update_widgets({each for each in widgets if each in seen or (each not in placed and _shown(each))})

    def render_partial_update(self) -> ChopsUpdate | None:
        """What changed since the last update, or None where nothing did."""
        screen = self.size.region
        regions, self._dirty_regions = self._dirty_regions, set()
        dirty = self._regions_to_spans(region.intersection(screen) for region in regions)
        fronts = self.fronts
        # Up to the next cut: a span that ended earlier could end within a wide character.
        spans = [(y, start, fronts[y][bisect_left(fronts[y], end)]) for y, start, end in dirty]
        if not spans:
            return None
        gaps: dict[int, set[int]] = {}
        for y, start, end in spans:
            gaps.setdefault(y, set()).update(_between(fronts[y], start, end))
        return ChopsUpdate(self._filled(gaps), spans, [cuts[1:] for cuts in fronts])

    @property
    def fronts(self) -> list[list[int]]:
        """By line, the columns where the widget in front changes, and both ends of the line."""
        if self._fronts_of is not self.cuts:
            seen = [region.intersection(clip) for region, clip in self.visible_widgets.values()]
            self._fronts, self._fronts_of = _where_front_changes(self.cuts, seen), self.cuts
        return self._fronts

    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> Sequence[Mapping[int, Strip]]:
        """The strips of each rendered line by the column where they start; complete inside ``crop`` only."""
        fronts = self.fronts
        lines = [y for y in crop.line_range if y < len(fronts) and is_rendered_line(y)]
        chops = self._filled({y: _between(fronts[y], crop.x, crop.right) for y in lines})
        return cast("Sequence[Mapping[int, Strip]]", chops)

    def _filled(self, gaps: dict[int, set[int]]) -> list[dict[int, Strip | None]]:
        """Every line's strips by the column where they start, with the ``gaps`` filled.

        Args:
            gaps: The columns where a strip is missing, by line. Emptied.
        """
        fronts = self.fronts
        chops: list[dict[int, Strip | None]] = [
            dict.fromkeys(line[:-1]) if y in gaps else {} for y, line in enumerate(fronts)
        ]
        for widget, (region, clip) in self.visible_widgets.items():
            if not gaps:
                break
            _fill(widget, region, region.intersection(clip), fronts, chops, gaps)
        return chops


def _where_front_changes(cuts: list[list[int]], seen: list[Region]) -> list[list[int]]:
    """Those of the ``cuts`` of each line with another widget in front on their left than on their right.

    Args:
        cuts: By line, every column where a widget begins or ends.
        seen: What is seen of each widget were nothing in front of it, front to back.
    """
    owners = [[-1] * (len(line) - 1) for line in cuts]
    for number, (x, top, width, height) in enumerate(seen):
        for y in range(top, min(top + height, len(cuts)) if width else top):
            line, owner = cuts[y], owners[y]
            for place in range(bisect_left(line, x), bisect_left(line, x + width)):
                if owner[place] < 0:
                    owner[place] = number
    return [
        [cut for place, cut in enumerate(line[:-1]) if not place or owner[place - 1] != owner[place]] + line[-1:]
        for line, owner in zip(cuts, owners, strict=True)
    ]


def _shown(widget: Widget) -> bool:
    """Whether neither the widget nor what it stands in is switched off."""
    return all(each.display for each in widget.ancestors_with_self)


def _between(cuts: list[int], start: int, end: int) -> set[int]:
    """The cuts whose piece, which lasts until the next one, has a cell in ``start`` to ``end``."""
    return set(cuts[max(0, bisect_right(cuts, start) - 1) : min(len(cuts) - 1, bisect_left(cuts, end))])


def _fill(
    widget: Widget,
    region: Region,
    seen: Region,
    fronts: list[list[int]],
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
        inside = [cut for cut in fronts[y] if x <= cut <= x + width]
        pieces = strip.divide([cut - x for cut in inside if cut > x])
        for cut, piece in zip(inside, pieces if inside[0] == x else pieces[1:], strict=False):
            if cut in gaps[y]:
                chops[y][cut] = piece
                gaps[y].discard(cut)
        if not gaps[y]:
            del gaps[y]
