"""The looks: dark, light, and the terminal's own colours. One accent, one colour for right, one for wrong.

Everything drawn names a role (an *ink*), such as ``muted`` or ``train``; a `Look` gives it a style. Right and
wrong, and train and validation, differ in lightness and lie on the blue-orange axis, so colour-blind learners
see them apart too. Texts keep a contrast of 4.5:1 or more; a test computes it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

from tutor.foundation.terminal import terminal_speaks_unicode, to_ascii

_ATTRIBUTES = {"bold", "dim", "italic", "underline", "reverse", "strike"}


@dataclass(frozen=True)
class Look:
    """A theme: a style for every ink.

    Args:
        name: ``dark``, ``light``, ``terminal`` or ``colourless``.
        dark: Whether the ground is dark.
        ground: The ground's colour.
        raised: The ground of selected rows and of notices.
        rule: The colour of separating lines.
        inks: A Rich style definition for each role; as a ground, a role is its colour.
        native: Whether the terminal's own 16 colours are used.
    """

    name: str
    dark: bool
    ground: str
    raised: str
    rule: str
    inks: dict[str, str] = field(hash=False)
    native: bool = False

    @property
    def colourless(self) -> bool:
        """Whether no colour is used at all, only signs and attributes."""
        return self.name == "colourless"

    def style(self, ink: str = "text", ground: str | None = None) -> Style:
        """The Rich style of ``ink`` on ``ground`` (both roles, or the ground ``selected`` or ``raised``).

        An ink may carry attributes: ``"muted italic"``, ``"accent bold"``. An unknown role is ``text``.
        """
        return _style(self.name, ink, ground)


@lru_cache(2048)
def _style(name: str, ink: str, ground: str | None) -> Style:
    look = LOOKS[name]
    role, *attributes = ink.split()
    if role in _ATTRIBUTES:
        role, attributes = "text", [role, *attributes]
    style = Style.parse(look.inks.get(role, look.inks["text"]))
    if attributes:
        style += Style.parse(" ".join(each for each in attributes if each in _ATTRIBUTES))
    if look.native and ground in {"selected", "raised"}:  # with colours, reversed text would look patchy
        return Style(reverse=True, bold=style.bold)
    return style + _ground(look, ground)


def _ground(look: Look, ground: str | None) -> Style:
    if ground in {"selected", "raised"}:
        return Style(bgcolor=look.raised)
    if ground:
        colour = Style.parse(look.inks.get(ground, look.inks["text"])).color
        return Style(bgcolor=colour) if colour else Style()
    return Style() if look.native else Style(bgcolor=look.ground)


def _mixed(colour: str, ground: str, opacity: float) -> str:
    """The mixture of a colour, with weight ``opacity``, and a ground; both are ``#rrggbb``."""
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(ground[1:]), strict=True)
    return "#" + "".join(f"{round(opacity * above + (1 - opacity) * below):02x}" for above, below in pairs)


def _fields(inks: dict[str, str], ground: str) -> dict[str, str]:
    """The inks of the areas that belong to a class: its colour, faint enough to read signs and text on it."""
    fields = {f"field{number}": _mixed(inks[f"class{number}"], ground, 0.26) for number in range(10)}
    return {"field": ground, **fields}


def _alike(inks: dict[str, str], ground: str = "") -> dict[str, str]:
    """``inks`` with the roles that always look like another role."""
    return {
        **(_fields(inks, ground) if ground else {}),
        "strong": f"{inks['text']} bold",
        "emphasis": f"{inks['text']} italic",
        "heading": f"{inks['text']} bold",
        "title": f"{inks['text']} bold",
        "key": f"{inks['accent']} bold",
        "link": f"{inks['accent']} underline",
        "heading1": f"{inks['accent']} bold",
        "heading2": f"{inks['text']} bold",
        "heading3": f"{inks['text']} bold",
        "code-block": inks["code"],
        "maths": inks["formula"],
        "quote": inks["muted"],
        "quote-bar": inks["rule"],
        "table-head": f"{inks['text']} bold",
        "table-rule": inks["rule"],
        "list-marker": inks["accent"],
        "bar": inks["accent"],
        "bar-done": inks["good"],
        "warning": inks["bad"],
        "cursor": f"{inks['accent']} bold",
        "best": inks["good"],
        "path": inks["text"],
        "point": inks["text"],
        **inks,
    }


_DARK = _alike({
    "text": "#d7dae0", "muted": "#9097a3", "axis": "#8c939f", "rule": "#3c424d", "bar-rest": "#565d69",
    "accent": "#82b4ff", "good": "#5cc8ae", "bad": "#f2995c", "term": "#d7dae0 underline", "code": "#b9c7dc",
    "formula": "#e6d9b0",
    "train": "#82b4ff", "valid": "#f2b866",
    "pinned1": "#a078e0", "pinned2": "#8fc98b", "pinned3": "#e58fb0", "pinned4": "#9aa3b2",
    "class0": "#6aa9ff", "class1": "#f2a64e", "class2": "#58c9a5", "class3": "#e58fb0", "class4": "#c9b44b",
    "class5": "#a890f0", "class6": "#7fd0e8", "class7": "#d98c6a", "class8": "#a9b665", "class9": "#b9bec9",
    "field": "#15171c",
    "field0": "#2e4360", "field1": "#57422b", "field2": "#294c45", "field3": "#533b48", "field4": "#4b462a",
    "field5": "#413b5c", "field6": "#354e59", "field7": "#503a33", "field8": "#414732", "field9": "#464950",
    **{f"heat{level}": colour for level, colour in enumerate((
        "#00224e", "#002e6c", "#1b386d", "#32446c", "#434e6c", "#525a6d", "#616570", "#6f7073",
        "#7c7b78", "#8b8779", "#9a9377", "#aa9f73", "#bbad6b", "#ccbb60", "#decb50", "#f1dc38"))},
}, "#15171c")  # fmt: skip

_LIGHT = _alike({
    "text": "#24272e", "muted": "#626873", "axis": "#636974", "rule": "#cfccc4", "bar-rest": "#a7a59d",
    "accent": "#1c5cc0", "good": "#00705a", "bad": "#ad4300", "term": "#24272e underline", "code": "#3f4a63",
    "formula": "#5a4400",
    "train": "#1c5cc0", "valid": "#9c5000",
    "pinned1": "#4a2496", "pinned2": "#2f6f2b", "pinned3": "#a8285f", "pinned4": "#5d636e",
    "class0": "#1c5cc0", "class1": "#b05a00", "class2": "#00705a", "class3": "#a8285f", "class4": "#756200",
    "class5": "#6b3fc4", "class6": "#00708a", "class7": "#8a3f1f", "class8": "#566600", "class9": "#565b66",
    "field": "#faf8f3",
    "field0": "#c9d6e8", "field1": "#ead5be", "field2": "#c3dad1", "field3": "#e8cad2", "field4": "#ddd7be",
    "field5": "#dbcfe9", "field6": "#c3dadc", "field7": "#e1cfc4", "field8": "#d6d8be", "field9": "#d6d5d4",
    **{f"heat{level}": colour for level, colour in enumerate((
        "#00224e", "#002e6c", "#1b386d", "#32446c", "#434e6c", "#525a6d", "#616570", "#6f7073",
        "#7c7b78", "#8b8779", "#9a9377", "#aa9f73", "#bbad6b", "#ccbb60", "#decb50", "#f1dc38"))},
}, "#faf8f3")  # fmt: skip

_TERMINAL = _alike({
    "text": "default", "muted": "dim", "axis": "dim", "rule": "dim", "bar-rest": "dim",
    "accent": "bright_blue", "good": "green", "bad": "bright_red", "term": "underline",
    "code": "cyan", "formula": "default",
    "train": "bright_blue", "valid": "yellow",
    "pinned1": "magenta", "pinned2": "green", "pinned3": "cyan", "pinned4": "dim",
    "class0": "bright_blue", "class1": "yellow", "class2": "green", "class3": "magenta", "class4": "cyan",
    "class5": "bright_red", "class6": "blue", "class7": "bright_yellow", "class8": "bright_green", "class9": "default",
    "field": "default",
    **{f"field{number}": colour for number, colour in enumerate((
        "blue", "yellow", "green", "magenta", "cyan", "red", "bright_blue", "bright_yellow", "bright_green",
        "bright_black"))},
    **{f"heat{level}": f"color({233 + level + level // 3})" for level in range(16)},
})  # fmt: skip

_COLOURLESS = _alike({
    "text": "default", "muted": "dim", "axis": "dim", "rule": "dim", "bar-rest": "dim",
    "accent": "bold", "good": "default", "bad": "bold", "term": "underline", "code": "default", "formula": "default",
    "train": "default", "valid": "dim",
    "pinned1": "default", "pinned2": "default", "pinned3": "default", "pinned4": "default",
    **{f"class{number}": "default" for number in range(10)},
    "field": "default",
    **{f"field{number}": "default" for number in range(10)},
    **{f"heat{level}": "default" for level in range(16)},
})  # fmt: skip

LOOKS: dict[str, Look] = {
    look.name: look
    for look in (
        Look("dark", True, "#15171c", "#262b35", "#3c424d", _DARK),
        Look("light", False, "#faf8f3", "#e6e8ec", "#cfccc4", _LIGHT),
        Look("terminal", True, "ansi_default", "ansi_default", "ansi_bright_black", _TERMINAL, native=True),
        Look("colourless", True, "ansi_default", "ansi_default", "ansi_default", _COLOURLESS, native=True),
    )
}
"""Every look by name. ``colourless`` is what NO_COLOR gives; it is not offered in the settings."""

THEMES = ("dark", "light", "terminal")
"""The looks a learner can choose."""


def look_for(chosen: str) -> Look:
    """The look for the theme in the settings. NO_COLOR has priority; an empty or unknown name follows the terminal."""
    if os.environ.get("NO_COLOR"):
        return LOOKS["colourless"]
    if chosen in THEMES:
        return LOOKS[chosen]
    ground = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return LOOKS["light" if ground in {"7", "15"} else "dark"]


def textual_theme(look: Look) -> Theme:
    """The Textual theme of ``look``, for borders, inputs and scrollbars."""
    from rich.style import Style as RichStyle

    def colour(role: str) -> str:
        if look.colourless:
            return "ansi_default"
        found = RichStyle.parse(look.inks[role]).color
        if found is None or found.is_default:
            return "ansi_default" if look.native else look.inks["text"]
        return f"ansi_{found.name}" if look.native else found.name

    return Theme(
        name=f"tutor-{look.name}",
        primary=colour("accent"),
        accent=colour("accent"),
        success=colour("good"),
        warning=colour("bad"),
        error=colour("bad"),
        foreground=colour("text"),
        background=look.ground,
        surface=look.ground,
        panel=look.raised,
        dark=look.dark,
        ansi=look.native,
        variables={
            "ansi-background": "ansi_default",
            "ansi-foreground": "ansi_default",
            "rule": look.rule,
            "muted": colour("muted"),
            "raised": look.raised,
            "scrollbar": look.rule,
            "scrollbar-hover": look.rule,
            "scrollbar-active": colour("accent"),
            "scrollbar-background": look.ground,
            "scrollbar-background-hover": look.ground,
            "scrollbar-background-active": look.ground,
            "scrollbar-corner-color": look.ground,
        },
    )


__all__ = ["AsciiFilter", "terminal_speaks_unicode", "to_ascii"]

RIGHT = "✓"
WRONG = "✗"
HERE = "▸"
RUNNING = "●"
AGAIN = "↻"
WARNING = "▲"
FULL = "━"
EMPTY = "─"


@lru_cache(4096)
def _ascii_segment(segment: Segment) -> Segment:
    return Segment(to_ascii(segment.text), segment.style, segment.control)


class AsciiFilter(LineFilter):
    """Replaces every sign on its way to the terminal by ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments with ASCII signs of the same width."""
        return [_ascii_segment(segment) for segment in segments]
