"""Whatever leans on a private name of Textual, each with the public way for versions that were not tried.

Textual promises nothing about the names used here. With another major version than the one that was tested, every
function takes the way that its documentation describes, which is slower, takes more memory, or is less exact.
"""

from __future__ import annotations

import inspect
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from inspect import isawaitable
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import textual
from textual._compositor import ChopsUpdate, Compositor
from textual._xterm_parser import XTermParser as KeyParser
from textual.app import App, ScreenStackError
from textual.css.query import NoMatches
from textual.css.stylesheet import Stylesheet
from textual.dom import NoScreen
from textual.driver import Driver
from textual.geometry import Region, Size
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

_TESTED_MAJOR: Final = "8"


def _major_version() -> str:
    """The first number of Textual's version, from where it is installed: `importlib.metadata` takes 17 ms for it."""
    folders = list(Path(textual.__file__).parents[1].glob("textual-*.dist-info"))
    if len(folders) == 1:
        return folders[0].name.removeprefix("textual-").partition(".")[0]
    from importlib.metadata import version

    return version("textual").partition(".")[0]


__all__ = [
    "TESTED",
    "CachedLayout",
    "ForgettingScreen",
    "KeyParser",
    "WholeCharacters",
    "add_screen_css",
    "compositor",
    "driver_of",
    "expect_no_result",
    "failed_while_leaving",
    "is_idle",
    "is_laid_out",
    "marks_frames",
    "stop_keeping_dead_widgets",
]

TESTED: Final = _major_version() == _TESTED_MAJOR
"""Whether the private names mean what they meant when they were tried."""

ResultType = TypeVar("ResultType")

_ABSENCES: Final = (NoMatches, NoScreen, ScreenStackError)
"""What a handler raises when the widgets or the screen that it looks for are gone."""


def driver_of(app: App[int]) -> Driver | None:
    """The driver of an app that has begun; None for another version of Textual, where nobody can tell."""
    return getattr(app, "_driver", None)


def is_idle(pump: MessagePump) -> bool:
    """Whether ``pump`` has handled all its messages, with everything that it did because of them."""
    if not TESTED:
        return not pump.message_queue_size
    queue: Any = pump._message_queue  # noqa: SLF001
    waits = bool(queue.ready_event._waiters)  # noqa: SLF001 - else it handles one
    return waits and queue.empty() and not pump._next_callbacks  # noqa: SLF001


def is_laid_out(screen: Screen[object]) -> bool:
    """Whether ``screen`` has laid out its widgets and done what waited for that."""
    return not TESTED or not (screen._layout_required or screen._callbacks)  # noqa: SLF001


class ForgettingScreen(Screen[ResultType]):
    """A screen that does nothing any more for widgets that are gone.

    What was to be done after the next picture is done by the screen in front then. Where that is another one, because
    the widget's own was left meanwhile, an error of the widget would end the screen that is there.
    """

    def _invoke_later(self, callback: Callable[[], object], sender: MessagePump) -> None:
        async def unless_gone() -> None:
            if not (TESTED and isinstance(sender, Widget) and sender._pruning):  # noqa: SLF001
                result = callback()
                if isawaitable(result):
                    await result

        super()._invoke_later(unless_gone, sender)


def failed_while_leaving(error: Exception) -> bool:
    """Whether the node that raised ``error`` is being removed, and only misses what around it is gone already.

    A screen that is left takes its widgets away first and handles the messages that are under way afterwards: a
    timer's, a worker's, a key's. That they find nothing is no fault.
    """
    if not TESTED or not isinstance(error, _ABSENCES):
        return False
    from textual._context import active_message_pump

    node = active_message_pump.get(None)
    return isinstance(node, Widget) and (node._pruning or not node.is_attached)  # noqa: SLF001


def stop_keeping_dead_widgets() -> None:
    """Make Textual forget widgets that are gone.

    ``StylesCache.get_inner_outer`` has an ``lru_cache``, which keeps every cache object that ever called it, and with
    it its widget: https://github.com/Textualize/textual/issues/6665. Without the cache it is as fast.
    """
    from textual._styles_cache import StylesCache

    cached = StylesCache.__dict__.get("get_inner_outer")
    if TESTED and cached is not None and hasattr(cached, "__wrapped__"):
        StylesCache.get_inner_outer = cached.__wrapped__  # type: ignore[method-assign]


def add_screen_css(stylesheet: Stylesheet, screen: Screen[Any]) -> None:
    """Add what ``screen`` declares in ``CSS`` and its CSS files, once.

    Textual throws away everything it has parsed and parses it again for each screen that is new, and applies all of
    it to the screens behind: 20 ms, in which no key is heard. The parser's results are still there, and rules that
    begin with the name of a screen concern no other, so that only what is new is parsed and nothing behind changes.

    Raises:
        StylesheetParseError: The CSS is wrong.
    """
    new = False
    for path in screen.css_path:
        if not stylesheet.has_source(str(path), ""):
            stylesheet.read(path)
            new = True
    if screen.CSS:
        try:
            file = inspect.getfile(type(screen))
        except (TypeError, OSError):
            file = ""
        place = (file, f"{type(screen).__name__}.CSS")
        if not stylesheet.has_source(*place):
            scope = screen._css_type_name if screen.SCOPED_CSS else ""  # noqa: SLF001 - as Textual has it
            stylesheet.add_source(screen.CSS, read_from=place, is_default_css=False, scope=scope)
            new = True
    if new:
        stylesheet.parse()


def expect_no_result(screen: Screen[Any], app: App[int]) -> None:
    """Prepare the first screen of an app to be switched to another one, as Textual prepares every later screen."""
    screen._push_result_callback(app, None)  # noqa: SLF001


def marks_frames(app: App[Any]) -> bool:
    """Whether the terminal said that it shows a frame only when all of it is there (synchronized output)."""
    return bool(getattr(app, "_sync_available", False))


class CachedLayout(Widget):
    """A widget that needs no second look at the whole screen after it got another size.

    Textual lays everything out again for each widget whose content has another size than before, because it could need
    a scroll bar now. This one never has one, or always.
    """

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        """Take the new size; whether it is another one than before."""
        return super()._size_updated(size, virtual_size, container_size, layout=layout and not TESTED)


class WholeCharacters(Compositor):
    """Cuts a line only where the widget in front changes.

    Textual cuts it at every edge of every widget, those underneath too. A Chinese character is two cells wide: one that
    lies over such an edge, in a notice above the chart, would be halved into two blanks.
    """

    @property
    def cuts(self) -> list[list[int]]:
        """By line, the columns where the widget in front changes, and both ends of the line."""
        if self._cuts is None:
            seen = [region.intersection(clip) for region, clip in self.visible_widgets.values()]
            self._cuts = _where_front_changes(super().cuts, seen)
        return self._cuts

    def render_partial_update(self) -> ChopsUpdate | None:
        """What changed, up to the next cut on both sides: a part that ends earlier could end within a character."""
        cuts = self.cuts
        screen = self.size.region
        regions = [part for region in self._dirty_regions if (part := region.intersection(screen))]
        self._dirty_regions = {
            Region.from_corners(
                min(cuts[y][bisect_right(cuts[y], region.x) - 1] for y in region.line_range),
                region.y,
                max(cuts[y][bisect_left(cuts[y], region.right)] for y in region.line_range),
                region.bottom,
            )
            for region in regions
        }
        return super().render_partial_update()

    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> Sequence[Mapping[int, Strip]]:
        """The strips of each rendered line by the column where they start."""
        cuts = self.cuts
        chops: list[dict[int, Strip | None]] = [dict.fromkeys(line[:-1]) for line in cuts]
        for region, clip, strips in self._get_renders(crop):
            part = region.intersection(clip)
            for y, strip in zip(part.line_range, strips, strict=False):
                if not is_rendered_line(y):
                    continue
                inside = [cut for cut in cuts[y] if part.x <= cut <= part.right]
                pieces = strip.divide([cut - part.x for cut in inside if cut > part.x])
                hidden = 0 if not inside or inside[0] == part.x else 1  # what is left of the first cut is covered
                for cut, piece in zip(inside, pieces[hidden:], strict=False):
                    if cut in chops[y] and chops[y][cut] is None:
                        chops[y][cut] = piece
        return cast("Sequence[Mapping[int, Strip]]", chops)


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


def compositor() -> Compositor:
    """The compositor for a screen of ours."""
    return WholeCharacters() if TESTED else Compositor()
