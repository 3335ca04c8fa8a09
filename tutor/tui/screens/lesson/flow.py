"""The text of a lesson with its questions and labs: one column that scrolls by lines, without animation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from textual.geometry import Region, Size
from textual.layout import DockArrangeResult
from textual.message import Message
from textual.widget import Widget

from tutor.tui.textual_private import CachedLayout
from tutor.tui.widgets.prose import Link, Piece, ProseView

_OVERLAP = 2
"""Lines that stay in view when a page is turned."""
_FEW, _ENOUGH = 8, 40
"""Letters of a passage by which its line is found: at least, and at most."""
_NOWHERE = Region()


class Place(NamedTuple):
    """A line of the flow: its block, and how far down that block it is, from 0 to 1."""

    block: int
    within: float


class LessonFlow(CachedLayout, can_focus=True):
    """The blocks of a lesson one below the other: scrolling, links, and the block that has the focus."""

    DEFAULT_CSS = """
    LessonFlow {
        width: 1fr; height: 1fr; layout: vertical; align-horizontal: center; padding: 0 0 0 1;
        overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1;
    }
    LessonFlow > * { width: 100%; max-width: 78; margin: 0 0 1 0; }
    LessonFlow > ProseView { padding: 0 3; }
    LessonFlow > .section { margin: 2 0 1 0; }
    """

    class Moved(Message):
        """Other lines have come into view, by scrolling or because of a new width."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.blocks: list[Widget] = []
        self._marked: ProseView | None = None
        self._arranged: DockArrangeResult | None = None
        self._regions: dict[Widget, Region] = {}

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Do nothing: the focus changes no style here, and Textual would compute the styles of all blocks again."""

    # -- what is in it -----------------------------------------------------------------------------------

    async def clear(self) -> None:
        """Remove all blocks."""
        self.blocks = []
        self._marked = None
        await self.remove_children()

    async def add(self, blocks: Iterable[Widget]) -> None:
        """Add blocks at the end."""
        added = list(blocks)
        self.blocks.extend(added)
        if added:
            await self.mount_all(added)

    async def remove_after(self, block: int) -> None:
        """Remove the blocks after ``block``."""
        gone, self.blocks = self.blocks[block + 1 :], self.blocks[: block + 1]
        self.unmark()
        await self.remove_children(gone)

    @property
    def text_width(self) -> int:
        """The cells of a line of text; 0 if no text has been laid out."""
        return next((each.content_size.width for each in self.blocks if isinstance(each, ProseView)), 0)

    # -- position ----------------------------------------------------------------------------------------

    def arrange(self, size: Size, optimal: bool = False) -> DockArrangeResult:
        """Arrange the blocks, as Textual asks for each layout, and remember where they are."""
        arranged = super().arrange(size, optimal)
        if arranged is not self._arranged:
            self._arranged = arranged
            self._regions = {placement.widget: placement.region for placement in arranged.placements}
        return arranged

    def region_of(self, block: Widget) -> Region:
        """The region of a block in the flow, from the last layout; empty if it was not there yet.

        Textual's `virtual_region` is the same, but after a scroll it lays out all blocks again, and then draws the
        whole screen, if the block is not in view.
        """
        return self._regions.get(block, _NOWHERE)

    @property
    def height(self) -> int:
        return self.scrollable_content_region.height

    def top_of(self, block: int) -> int:
        """The first line of a block in the flow."""
        return self.region_of(self.blocks[block]).y if self.blocks else 0

    def place_at(self, line: int) -> Place:
        """The place of a line of the flow; blank lines after a block belong to it."""
        found = 0
        for number in range(len(self.blocks)):
            if self.top_of(number) > line:
                break
            found = number
        if not self.blocks:
            return Place(0, 0.0)
        region = self.region_of(self.blocks[found])
        return Place(found, min(1.0, max(0.0, (line - region.y) / max(1, region.height))))

    @property
    def top(self) -> Place:
        """The place at the upper edge."""
        return self.place_at(self.scroll_offset.y)

    @property
    def bottom(self) -> Place:
        """The place at the lower edge."""
        place = self.place_at(self.scroll_offset.y + self.height)
        return Place(place.block, 1.0) if self.scroll_offset.y >= self.max_scroll_y else place

    @property
    def at_end(self) -> bool:
        """Whether the last line is in view."""
        return self.scroll_offset.y >= self.max_scroll_y

    # -- moving ------------------------------------------------------------------------------------------

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Moved())

    def on_resize(self) -> None:
        """Remove the mark from a link: its lines are broken elsewhere now."""
        self.unmark()
        self.post_message(self.Moved())

    def go_to_line(self, line: int) -> None:
        """Scroll a line of the flow to the upper edge, or as near as the end of the text allows."""
        self.scroll_to(y=line, animate=False, immediate=True, force=True)

    def go_to(self, place: Place) -> None:
        """Scroll a place to the upper edge."""
        if self.blocks:
            block = max(0, min(place.block, len(self.blocks) - 1))
            region = self.region_of(self.blocks[block])
            self.go_to_line(region.y + round(place.within * region.height))

    def move_by(self, lines: int) -> None:
        self.go_to_line(self.scroll_offset.y + lines)

    def page(self, direction: int) -> None:
        """Scroll a page down (1) or up (-1)."""
        self.move_by(direction * max(1, self.height - _OVERLAP))

    def to_end(self) -> None:
        self.go_to_line(self.max_scroll_y)

    def bring_into_view(self, first: int, last: int) -> None:
        """Scroll no more than needed to show the lines ``first`` to ``last``, or as many of them as fit."""
        top, height = self.scroll_offset.y, self.height
        if first < top or last - first >= height:
            self.go_to_line(first)
        elif last >= top + height:
            self.go_to_line(last - height + 1)

    def show_whole(self, block: Widget) -> None:
        """Bring a block into view after it has grown, if all of it fits."""
        region = self.region_of(block)
        if region.height <= self.height:
            self.bring_into_view(region.y, region.bottom - 1)

    # -- blocks that take the focus ----------------------------------------------------------------------

    def stops(self) -> Iterator[tuple[int, Widget]]:
        """Each block that can be answered, played or chosen from, with the widget that takes the focus.

        Blocks that have not been laid out yet are left out: they cannot be scrolled to and would lose the focus again.
        """
        for number, block in enumerate(self.blocks):
            if not self.region_of(block):
                continue
            candidates = [block] if block.can_focus else block.query("*")
            taker = next((widget for widget in candidates if widget.focusable), None)
            if taker is not None:
                yield number, taker

    @property
    def focused_block(self) -> int | None:
        """The block that has the focus, or contains the widget that has it."""
        focused = self.screen.focused
        if focused is None:
            return None
        for number, block in enumerate(self.blocks):
            if block is focused or block in focused.ancestors:
                return number
        return None

    def release_focus(self) -> None:
        """Take the focus back from a block that has been scrolled out of view: keys should act on what is visible."""
        block = self.focused_block
        if block is not None:
            region, top = self.region_of(self.blocks[block]), self.scroll_offset.y
            if region.bottom <= top or region.y >= top + self.height:
                self.take_focus()

    def take_focus(self) -> None:
        """Give the focus to the text at once: `focus` would do so later, and take it from what got it meanwhile."""
        self.screen.set_focus(self, scroll_visible=False)

    def focus_block(self, block: int) -> bool:
        """Give the focus to a block and bring it into view. Returns whether it takes the focus."""
        for number, taker in self.stops():
            if number == block:
                self.screen.set_focus(taker, scroll_visible=False)  # at once, so that nobody takes the text for focused
                region = self.region_of(self.blocks[block])
                self.bring_into_view(region.y, region.bottom - 1)
                return True
        return False

    def step_block(self, direction: int) -> bool:
        """Focus the next (1) or previous (-1) block, counted from the focused one or else from the lines in view."""
        stops = [number for number, _ in self.stops()]
        here = self.focused_block
        if here is not None:
            beyond = [number for number in stops if (number - here) * direction > 0]
        elif direction > 0:
            beyond = [
                number for number in stops if self.is_in_view(number) or self.top_of(number) >= self.scroll_offset.y
            ]
        else:
            beyond = [n for n in stops if self.is_in_view(n) or self.top_of(n) < self.scroll_offset.y]
        return bool(beyond) and self.focus_block(beyond[0] if direction > 0 else beyond[-1])

    def is_in_view(self, block: int) -> bool:
        """Whether a block begins in view, or most of it is in view, or it fills most of the view."""
        region, top = self.region_of(self.blocks[block]), self.scroll_offset.y
        in_view = min(region.bottom, top + self.height) - max(region.y, top)
        return top <= region.y < top + self.height or 2 * in_view > min(self.height, region.height)

    def focus_in_view(self, passed: Callable[[Widget], bool] = lambda _block: False) -> bool:
        """Focus the first block in view that is not ``passed``. Returns whether there is one."""
        shown = (number for number, _ in self.stops() if self.is_in_view(number) and not passed(self.blocks[number]))
        found = next(shown, None)
        return found is not None and self.focus_block(found)

    def read_on_after(self, block: int) -> None:
        """Scroll the last lines of a block to the upper edge, and never past what has not been in view yet."""
        region = self.region_of(self.blocks[block])
        unread = self.scroll_offset.y + self.height - _OVERLAP
        self.go_to_line(min(unread, max(region.bottom - _OVERLAP, self.scroll_offset.y)))

    # -- text --------------------------------------------------------------------------------------------

    def line_of(self, text: str, block: int | None = None) -> int | None:
        """The line of the flow on which a text begins, whatever way its lines are broken; None if it is not there.

        Args:
            text: The text; only its first characters must be there.
            block: The block to look in; None for all.
        """
        from tutor.study.passages import letters_of

        # A formula is drawn with other signs than it is written with, so the words beside it are looked for.
        words = [letters_of(piece) for piece in text.split("$")[::2]]
        wanted = next((each for each in words if len(each) >= _FEW), max(words, key=len))[:_ENOUGH]
        for prose in self.blocks if block is None else self.blocks[block : block + 1]:
            if not wanted or not isinstance(prose, ProseView):
                continue
            lines = [letters_of("".join(span.text for span in line.spans)) for line in prose.lines]
            at = "".join(lines).find(wanted)
            for number, line in enumerate(lines if at >= 0 else ()):
                if at < len(line):
                    return self.region_of(prose).y + number
                at -= len(line)
        return None

    def find(self, query: str, direction: int = 1) -> tuple[int, int] | None:
        """Mark the next (1) or previous (-1) line with a text and bring it into view; past the end, begin again.

        Returns:
            The place of the line among all those with the text, from 1, and how many there are; None if there are none.
        """
        from tutor.study.passages import letters_of

        wanted = letters_of(query)
        found: list[tuple[int, ProseView, int]] = []
        for prose in self.blocks if wanted else ():
            if isinstance(prose, ProseView):
                lines = [letters_of("".join(span.text for span in line.spans)) for line in prose.lines]
                for number, (line, following) in enumerate(zip(lines, [*lines[1:], ""], strict=True)):
                    if wanted in line or (wanted in line + following and wanted not in following):
                        found.append((self.region_of(prose).y + number, prose, number))
        if not found:
            return None
        marked, here = self._marked, self.link
        if marked is not None and here is not None and not here.target:
            now = self.region_of(marked).y + here.pieces[0].line
            beyond = [at for at, each in enumerate(found) if (each[0] - now) * direction > 0]
        else:
            beyond = [at for at, each in enumerate(found) if (each[0] - self.scroll_offset.y) * direction >= 0]
        place = (beyond[0] if direction > 0 else beyond[-1]) if beyond else 0 if direction > 0 else len(found) - 1
        top, view, row = found[place]
        self.unmark()
        self._marked, view.here = view, Link("", (Piece(row, 0, view.content_size.width),))
        self.bring_into_view(max(0, top - 1), top + 1)
        return place + 1, len(found)

    # -- links -------------------------------------------------------------------------------------------

    @property
    def link(self) -> Link | None:
        """The marked link; None if it is not in view."""
        if self._marked is None or self._marked.here is None:
            return None
        top = self.scroll_offset.y
        line = self.region_of(self._marked).y + self._marked.here.pieces[0].line
        return self._marked.here if top <= line < top + self.height else None

    def links_in_view(self) -> list[str]:
        """The targets of the links on the lines in view, each once, in reading order."""
        top, height = self.scroll_offset.y, self.height
        found: dict[str, None] = {}
        for prose in self.blocks:
            region = self.region_of(prose)
            if isinstance(prose, ProseView) and region.y < top + height and region.bottom > top:
                lines = ((region.y + link.pieces[0].line, link.target) for link in prose.links)
                found |= dict.fromkeys(target for line, target in lines if top <= line < top + height)
        return list(found)

    def unmark(self) -> bool:
        """Remove the mark from the marked link. Returns whether there was one."""
        marked, self._marked = self._marked, None
        if marked is None or marked.here is None:
            return False
        marked.here = None
        return True

    def step_link(self, direction: int) -> bool:
        """Mark the next (1) or previous (-1) link, from the marked one on, or from the lines in view."""
        links = [
            (self.region_of(prose).y + link.pieces[0].line, prose, link)
            for prose in self.blocks
            if isinstance(prose, ProseView)
            for link in prose.links
        ]
        found = self._beyond(links, direction)
        if found is None:
            return False
        line, prose, link = found
        if self._marked is not None and self._marked is not prose:
            self._marked.here = None
        self._marked, prose.here = prose, link
        self.bring_into_view(max(0, line - 1), line + 1)
        return True

    def _beyond(self, links: list[tuple[int, ProseView, Link]], direction: int) -> tuple[int, ProseView, Link] | None:
        marked = self.link
        for at, (_, prose, link) in enumerate(links):
            if marked is not None and prose is self._marked and link == marked:
                beyond = at + direction
                return links[beyond] if 0 <= beyond < len(links) else None
        top, bottom = self.scroll_offset.y, self.scroll_offset.y + self.height
        if direction > 0:
            return next((each for each in links if each[0] >= top), None)
        return next((each for each in reversed(links) if each[0] < bottom), None)
