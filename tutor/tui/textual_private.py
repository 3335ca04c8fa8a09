"""Everything that leans on a private name of Textual; a test allows none elsewhere.

Textual promises nothing about these names. With another major version than the tested one, each function and class
does what Textual's documentation describes instead, which is slower, uses more memory, or is less exact.
``tutor/README.md`` lists the names, and a test compares the list with this file.
"""

from __future__ import annotations

import asyncio
import inspect
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from inspect import isawaitable
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import textual
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual._compositor import ChopsUpdate, Compositor, CompositorMap, ReflowResult
from textual._styles_cache import StylesCache
from textual._xterm_parser import XTermParser
from textual.app import App, ScreenStackError
from textual.color import Color
from textual.css.query import NoMatches
from textual.css.styles import StylesBase
from textual.css.stylesheet import Stylesheet
from textual.dom import NoScreen
from textual.driver import Driver
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.errors import NoWidget
from textual.geometry import Offset, Region, Size, Spacing
from textual.map_geometry import MapGeometry
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

_TESTED_MAJOR: Final = "8"


def _major_version() -> str:
    """The first number of Textual's version, from its folder's name: `importlib.metadata` would take 17 ms."""
    folders = list(Path(textual.__file__).parents[1].glob("textual-*.dist-info"))
    if len(folders) == 1:
        return folders[0].name.removeprefix("textual-").partition(".")[0]
    from importlib.metadata import version

    return version("textual").partition(".")[0]


TESTED: Final = _major_version() == _TESTED_MAJOR
"""Whether this is the version with which the private names were tried."""

ResultType = TypeVar("ResultType")

_ABSENCES: Final = (NoMatches, NoScreen, ScreenStackError)
"""What a handler raises if the widget or screen that it looks for is gone."""


def driver_of(app: App[int]) -> Driver | None:
    """The driver of a running app; None with an untested version of Textual."""
    return getattr(app, "_driver", None) if TESTED else None


def is_idle(pump: MessagePump) -> bool:
    """Whether ``pump`` has handled all its messages and everything that they caused."""
    if not TESTED:
        return not pump.message_queue_size
    queue: Any = pump._message_queue  # noqa: SLF001
    waits = bool(queue.ready_event._waiters)  # noqa: SLF001 - else it is handling one
    return waits and queue.empty() and not pump._next_callbacks  # noqa: SLF001


def is_laid_out(screen: Screen[object]) -> bool:
    """Whether ``screen`` has been laid out, and has called what waited for that."""
    return not TESTED or not (screen._layout_required or screen._callbacks)  # noqa: SLF001


class ForgettingScreen(Screen[ResultType]):
    """A screen that does nothing more for widgets that have been removed, and draws wide characters whole.

    Textual lets the screen in front call what a widget wants to do after the next refresh. If the widget's own screen
    has been left meanwhile, an error of the widget would end the screen in front.
    """

    _paints_all: bool = False
    """Whether all of the screen is about to be painted."""

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name, id, classes)
        if TESTED:
            self._compositor = WholeCharacters()

    def _screen_resized(self, size: Size) -> None:
        """Lay out the screen in a new size. Textual tells a new screen its size twice, and it is drawn each time."""
        if not TESTED or size != self.outer_size:
            super()._screen_resized(size)

    def _on_timer_update(self) -> None:
        """Lay out and paint what has changed."""
        self._paints_all = TESTED and self._repaint_required
        super()._on_timer_update()
        self._paints_all = False

    def _compositor_refresh(self) -> None:
        """Paint, except the parts that a layout has changed if the whole screen is painted right afterwards."""
        if not (self._paints_all and self._repaint_required):
            super()._compositor_refresh()

    def _invoke_later(self, callback: Callable[[], object], sender: MessagePump) -> None:
        async def unless_gone() -> None:
            if not (TESTED and isinstance(sender, Widget) and sender._pruning):  # noqa: SLF001
                result = callback()
                if isawaitable(result):
                    await result

        super()._invoke_later(unless_gone, sender)


def failed_while_leaving(error: Exception) -> bool:
    """Whether the node that raised ``error`` is being removed, and only misses what has been removed before it.

    A screen that is left removes its widgets first and handles pending messages of timers, workers and keys
    afterwards. It is no error if these find nothing.
    """
    if not TESTED or not isinstance(error, _ABSENCES):
        return False
    from textual._context import active_message_pump

    node = active_message_pump.get(None)
    return isinstance(node, Widget) and (node._pruning or not node.is_attached)  # noqa: SLF001


def stop_keeping_dead_widgets() -> None:
    """Make Textual release widgets that have been removed.

    The ``lru_cache`` of ``StylesCache.get_inner_outer`` keeps the objects that called it, and with them their widgets:
    https://github.com/Textualize/textual/issues/6665. Without the cache it is as fast.
    """
    cached = StylesCache.__dict__.get("get_inner_outer")
    if TESTED and cached is not None and hasattr(cached, "__wrapped__"):
        StylesCache.get_inner_outer = cached.__wrapped__  # type: ignore[method-assign]


def plain_lines() -> None:
    """Make every widget put its lines together in a shorter way where that gives the same: see `_PlainLineCache`."""
    if TESTED:
        textual.widget.StylesCache = _PlainLineCache  # type: ignore[attr-defined]


def steady_scroll_bars() -> None:
    """Keep Textual from laying out the screen a second time because a scroll bar has another length."""
    if TESTED:
        size_updated = Widget._size_updated  # noqa: SLF001

        def once(self: Widget, size: Size, virtual: Size, container: Size, layout: bool = True) -> bool:
            return size_updated(self, size, virtual, container, layout=False)

        ScrollBar._size_updated = once  # type: ignore[method-assign,assignment]  # noqa: SLF001


def add_screen_css(stylesheet: Stylesheet, screen: Screen[Any]) -> None:
    """Add what ``screen`` declares in ``CSS`` and its CSS files, once.

    For each new screen, Textual parses all CSS again and applies it to the screens behind, which takes 20 ms in which
    no key is handled. Here only the new CSS is parsed; rules that begin with the name of a screen concern no other
    screen, so nothing behind changes.

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


def marks_frames(app: App[Any]) -> bool:
    """Whether the terminal supports synchronized output, so that it shows a marked frame all at once."""
    return TESTED and bool(getattr(app, "_sync_available", False))


class GuardedApp(App[int]):
    """An app in which a screen that is being removed cannot fail, and which says in its own words that it crashed.

    Each screen's CSS is parsed once. There are no tooltips and no notifications of Textual's.
    """

    def __init__(self) -> None:
        super().__init__()
        stop_keeping_dead_widgets()
        steady_scroll_bars()
        plain_lines()
        if TESTED:
            self._disable_tooltips = self._disable_notifications = True

    def on_crash(self) -> None:
        """The app is about to end because of an error of its own."""

    def crash_text(self, error: BaseException | None) -> str:
        """What is printed after a crash, once the terminal is the shell's again."""
        raise NotImplementedError

    def prepare_first_screen(self, screen: Screen[Any]) -> None:
        """Do for the first screen what Textual does for every later one.

        Without it the first screen has no CSS of its own and cannot be switched to another one.
        """
        if TESTED:
            add_screen_css(self.stylesheet, screen)
            screen._push_result_callback(self, None)  # noqa: SLF001

    def keep_screen(self, screen: Screen[Any], name: str) -> None:
        """Keep a screen when it is left, and mount and lay it out now: then to show it costs one frame.

        Args:
            screen: The screen, which has not been shown.
            name: A name that no other kept screen has.
        """
        self.install_screen(screen, name)
        if not TESTED:
            return  # it is mounted when it is shown first

        async def lay_out() -> None:
            await mounted()
            if screen.is_running and screen not in self.screen_stack:
                screen._refresh_layout(self.size)  # noqa: SLF001

        self._load_screen_css(screen)
        _, mounted = self._get_screen(screen)
        self.call_next(lay_out)

    def _load_screen_css(self, screen: Screen[Any]) -> None:
        """Textual calls this for each screen before it is shown."""
        if TESTED:
            add_screen_css(self.stylesheet, screen)
        else:
            super()._load_screen_css(screen)

    def _handle_exception(self, error: Exception) -> None:
        if not failed_while_leaving(error):
            self.on_crash()
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        if TESTED:
            self._exit_renderables.append(self.crash_text(self._exception))
            self._close_messages_no_wait()
        else:
            super()._fatal_error()


class QuietWriter(WriterThread):
    """Writes in the background; once the terminal is gone it discards everything instead of blocking the app."""

    def run(self) -> None:
        """Write what arrives until told to stop."""
        gone = False
        text: str | None = ""
        while text is not None:
            text = self._queue.get()
            if gone:
                continue
            try:
                self._file.write(text or "")
                if text is None or self._queue.empty():
                    self._file.flush()
            except (OSError, ValueError):
                gone = True


class TerminalDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, with public names for the parts that our drivers change.

    It is used with the tested version only: see `tutor.tui.app.TutorApp.get_driver_class`.
    """

    @property
    def app(self) -> App[Any]:
        """The app that gets the keys."""
        return self._app

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The app's event loop."""
        return self._loop

    def write_to(self, file: TextIOWrapper) -> None:
        """Write to ``file`` instead of stderr. Call it before the application mode starts."""
        self._file = file

    def use_writer(self, writer: WriterThread | None) -> None:
        """Stop the thread that writes, and let ``writer`` write instead, or nobody."""
        if self._writer_thread is not None:
            self._writer_thread.stop()
        self._writer_thread = writer
        if writer is not None:
            writer.start()

    def key_parser(self) -> XTermParser:
        """A parser of what the terminal sends: it turns text into Textual's events."""
        return XTermParser(self._debug)

    def terminal_size(self) -> tuple[int, int]:
        """The terminal's width and height in cells, now."""
        return super()._get_terminal_size()

    def on_terminal_size(self, size: tuple[int, int]) -> None:
        """The size is being read: at the start and after each change, then within a signal's handler."""

    def may_stop(self) -> bool:
        """Whether ctrl+z, or another program's SIGTSTP, may stop the process."""
        return True

    def may_continue(self) -> bool:
        """Whether a SIGCONT means that the terminal has to be taken again."""
        return True

    def _get_terminal_size(self) -> tuple[int, int]:
        size = self.terminal_size()
        self.on_terminal_size(size)
        return size

    def _disable_mouse_support(self) -> None:
        super()._disable_mouse_support()
        self.write("\x1b[?1016l")  # reports in pixels, which Textual forgets to end

    def _sigtstp_application(self, *signal_arguments: Any) -> None:
        if self.may_stop():
            super()._sigtstp_application(*signal_arguments)

    def _sigcont_application(self, *signal_arguments: Any) -> None:
        if self.may_continue():
            super()._sigcont_application(*signal_arguments)


class CachedLayout(Widget):
    """A widget after whose change of size the screen is not laid out a second time.

    Textual lays out everything again if a widget's content changes its size, because it might need a scroll bar now.
    This widget never has one, or always has one.
    """

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        """Set the size. Returns whether it has changed."""
        return super()._size_updated(size, virtual_size, container_size, layout=layout and not TESTED)


_AROUND: Final = ("outline_top", "outline_right", "outline_bottom", "outline_left", "tint", "hatch", "text_opacity")


class _PlainLineCache(StylesCache):
    """Keeps lines as Textual does, and puts them together in a shorter way if only padding at the sides is around them.

    Textual looks at each line for borders, outlines, titles, tints and opacities, which costs more than to draw it.
    """

    _ground: RichStyle | None = None

    def render(self, styles: StylesBase, size: Size, base_background: Color, background: Color, *arguments: Any,
               **options: Any) -> list[Strip]:  # fmt: skip
        """Some lines of a widget."""
        padding = styles.padding
        plain = styles.gutter == padding and not padding.height and options.get("opacity", 1.0) == 1.0
        plain = plain and not any(map(styles.has_rule, _AROUND))
        self._ground = Style(base_background + background).rich_style if plain else None
        return super().render(styles, size, base_background, background, *arguments, **options)

    def render_line(self, styles: StylesBase, y: int, size: Size, content_size: Size, padding: Spacing, *others: Any,
                    **options: Any) -> Strip:  # fmt: skip
        """One line of a widget."""
        ground = self._ground
        if ground is None or y >= content_size.height:
            return super().render_line(styles, y, size, content_size, padding, *others, **options)
        line: Strip = others[2](y).adjust_cell_length(content_size.width, ground)  # the widget's `render_line`
        if not padding.width:
            return line
        left, right = Segment(" " * padding.left, ground), Segment(" " * padding.right, ground)
        return Strip([left, *line, right], size.width)


_FAR: Final = Offset(-1_000_000, -1_000_000)
"""From the screen to where nothing is seen."""


class WholeCharacters(Compositor):
    """Cuts a line only where the widget in front changes, and asks widgets only for lines that are seen.

    Textual cuts it at every edge of every widget, even of covered ones. A Chinese character is two cells wide; if it is
    over such an edge, as in a notice above a chart, it would be cut into two blanks.
    """

    _owners: list[list[int]]
    """For each line, which of the `visible_widgets` is in front between a cut and the next; -1 for none."""

    # `_visible_map` is what the screen shows now, if it shows anything; `_full_map` may be newer or older.

    def find_widget(self, widget: Widget) -> MapGeometry:
        """Where a widget is.

        Textual lays out every widget of the screen again to find that one is not displayed.

        Raises:
            NoWidget: It is not on the screen.
        """
        shown = self._visible_map
        if (
            self._full_map_invalidated
            and shown is not None
            and widget not in shown
            and not all(node.display for node in widget.ancestors_with_self)
        ):
            raise NoWidget("The widget is not displayed")
        return super().find_widget(widget)

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        """Lay out every widget, and compare with what the screen shows.

        Textual compares with the last such layout, although the screen may have been scrolled since. And it takes the
        new layout for outdated if the last one was.
        """
        if self._visible_map is not None:
            gone = {widget: MapGeometry(place.region + _FAR, *place[1:]) for widget, place in self._full_map.items()}
            self._full_map = gone | self._visible_map
            self._full_map_invalidated = False
        before, dirty = self._full_map, self._dirty_regions.copy()
        result = super().reflow(parent, size)
        self._dirty_regions = dirty | _changed(before, self._full_map)
        self._visible_map = self._full_map
        self._full_map_invalidated = False
        return result

    def reflow_visible(self, parent: Widget, size: Size) -> set[Widget]:
        """Lay out what is in view after a scroll. Returns the widgets that were not there before."""
        before, dirty = self._visible_map or {}, self._dirty_regions.copy()
        exposed = super().reflow_visible(parent, size)
        self._dirty_regions = dirty | _changed(before, self._visible_map or {})
        return exposed

    @property
    def full_map(self) -> CompositorMap:
        """Where every widget is, even those out of view.

        Textual then forgets what the screen shows, and draws all of it after the next scroll.
        """
        shown, widgets = self._visible_map, self._visible_widgets
        found = super().full_map
        if shown is not None:
            self._visible_map, self._visible_widgets = shown, widgets
        return found

    @property
    def cuts(self) -> list[list[int]]:
        """For each line, the columns where the widget in front changes, and both ends of the line."""
        if self._cuts is None:
            seen = [region.intersection(clip) for region, clip in self.visible_widgets.values()]
            self._cuts, self._owners = _where_front_changes(super().cuts, seen)
        return self._cuts

    def render_partial_update(self) -> ChopsUpdate | None:
        """The changed parts, extended to the next cut on both sides: a shorter part could end inside a character."""
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
        """The strips of each rendered line, by the column where they start."""
        cuts = self.cuts
        chops: list[dict[int, Strip | None]] = [dict.fromkeys(line[:-1]) for line in cuts]
        parts: dict[int, list[tuple[int, int, int]]] = {}  # by owner: the line, and the columns from and up to
        for y in filter(is_rendered_line, crop.line_range):
            for start, end, owner in zip(cuts[y], cuts[y][1:], self._owners[y], strict=False):
                if start < crop.right and end > crop.x:
                    parts.setdefault(owner, []).append((y, start, end))
        for number, (widget, (region, clip)) in enumerate(self.visible_widgets.items()):
            if number not in parts:
                continue
            left, _, width, _ = region.intersection(clip)
            first, last = parts[number][0][0], parts[number][-1][0]
            strips = widget.render_lines(Region(left - region.x, first - region.y, width, last - first + 1))
            for y, start, end in parts[number]:
                strip = strips[y - first]
                whole = start == left and end == left + width
                chops[y][start] = strip if whole else strip.crop(start - left, end - left)
        return cast("Sequence[Mapping[int, Strip]]", chops)


def _changed(before: CompositorMap, now: CompositorMap) -> set[Region]:
    """The regions of the screen whose widget came, went or moved.

    For Textual a widget has changed also if it was counted in another order, as all are after a scroll.
    """
    found = set()
    for widget in before.keys() | now.keys():
        old, new = before.get(widget), now.get(widget)
        if old is None or new is None or (old.region, old.clip) != (new.region, new.clip):
            found |= {place.clip.intersection(place.region) for place in (old, new) if place is not None}
    return {region for region in found if region}


def _where_front_changes(cuts: list[list[int]], seen: list[Region]) -> tuple[list[list[int]], list[list[int]]]:
    """The ``cuts`` of each line at which the widget in front changes, and the widget that is in front from each on.

    Args:
        cuts: For each line, every column where a widget begins or ends.
        seen: The visible region of each widget, ignoring those in front of it, from front to back.
    """
    owners = [[-1] * (len(line) - 1) for line in cuts]
    for number, (x, top, width, height) in enumerate(seen):
        for y in range(top, min(top + height, len(cuts)) if width else top):
            line, owner = cuts[y], owners[y]
            for place in range(bisect_left(line, x), bisect_left(line, x + width)):
                if owner[place] < 0:
                    owner[place] = number
    kept = [[place for place, each in enumerate(owner) if not place or owner[place - 1] != each] for owner in owners]
    return (
        [[line[place] for place in places] + line[-1:] for line, places in zip(cuts, kept, strict=True)],
        [[owner[place] for place in places] for owner, places in zip(owners, kept, strict=True)],
    )
