"""How many colours a terminal shows, by what it says of itself."""

from __future__ import annotations

import os
from typing import Literal

Colours = Literal["none", "16", "256", "16777216"]

_TRUE_COLOUR = ("alacritty", "foot", "wezterm", "ghostty", "xterm-kitty", "xterm-ghostty", "-direct")
"""What the names of terminals contain that show 24-bit colours but whose COLORTERM never arrives over SSH."""


def is_true_colour_by_name() -> bool:
    """Whether TERM names a terminal that is known to show 24-bit colours."""
    term = os.environ.get("TERM", "")
    return any(name in term for name in _TRUE_COLOUR)


def colours() -> tuple[Colours, str]:
    """How many colours will be used, and the variable that decides it."""
    term = os.environ.get("TERM", "").lower()
    if os.environ.get("NO_COLOR"):
        return "none", "NO_COLOR"
    if term in {"", "dumb", "unknown"}:
        return "none", "TERM"
    if os.environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}:
        return "16777216", "COLORTERM"
    if is_true_colour_by_name():
        return "16777216", "TERM"
    return ("256" if term.endswith("256color") else "16"), "TERM"
