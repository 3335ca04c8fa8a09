"""The smallest window, in cells, that screens are laid out in."""

from __future__ import annotations

from typing import Final

from textual.geometry import Size

MIN_WIDTH: Final = 40
MIN_HEIGHT: Final = 12


def fits(window: Size) -> bool:
    """Whether a window of that size is large enough."""
    return window.width >= MIN_WIDTH and window.height >= MIN_HEIGHT
