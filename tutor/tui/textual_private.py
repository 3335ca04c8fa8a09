"""Whatever leans on a private name of Textual, each with the public way for versions that were not tried.

Textual promises nothing about the names used here. With another major version than the one that was tested, every
function takes the way that its documentation describes, which is slower, takes more memory, or is less exact.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from inspect import isawaitable
from pathlib import Path
from typing import Any, Final, TypeVar

import textual
from textual.app import App, ScreenStackError
from textual.css.query import NoMatches
from textual.css.stylesheet import Stylesheet
from textual.dom import NoScreen
from textual.driver import Driver
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget

_TESTED_MAJOR: Final = "8"


def _major_version() -> str:
    """The first number of Textual's version, from where it is installed: `importlib.metadata` takes 17 ms for it."""
    folders = list(Path(textual.__file__).parents[1].glob("textual-*.dist-info"))
    if len(folders) == 1:
        return folders[0].name.removeprefix("textual-").partition(".")[0]
    from importlib.metadata import version

    return version("textual").partition(".")[0]


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
