"""The styles of a screen that is opened for the first time, read without reading all others anew."""

from __future__ import annotations

import inspect
from typing import Any

from textual.css.stylesheet import Stylesheet
from textual.screen import Screen


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
