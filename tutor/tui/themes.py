"""The looks: dark, light, and the terminal's own colours. One accent, one colour for right, one for wrong.

Everything drawn names a role (an *ink*), such as ``muted`` or ``train``; a `Look` gives it a style. What must be
told apart can be, by every kind of eye and with 24 bits, 256 or 16 colours; texts keep a contrast of 4.5:1 or more.
Tests compute both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

from tutor.foundation.terminal import ColourDepth, terminal_speaks_unicode, to_ascii

_ATTRIBUTES = {"bold", "dim", "italic", "underline", "reverse", "strike"}


@dataclass(frozen=True)
class Look:
    """A theme: a style for every ink.

    Args:
        name: Its key in `LOOKS`.
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


def _alike(inks: dict[str, str]) -> dict[str, str]:
    """``inks`` with the roles that always look like another role."""
    return {
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


_HEAT = {f"heat{level}": colour for level, colour in enumerate((
    "#00224e", "#002e6c", "#1b386d", "#32446c", "#434e6c", "#525a6d", "#616570", "#6f7073",
    "#7c7b78", "#8b8779", "#9a9377", "#aa9f73", "#bbad6b", "#ccbb60", "#decb50", "#f1dc38"))}  # fmt: skip
"""Cividis (Nuñez, Anderton and Renslow, 2018): lightness rises evenly for every eye."""

# What carries a meaning is a colour of the 256 that SSH usually gives, so that it looks alike with 24 bits. Only text,
# grounds and rules are finer. `tests/tui/test_palette_colours.py` measures the distances, for every eye and depth.
_DARK = _alike({
    "text": "#d7dae0", "muted": "#8f96a3", "axis": "#8f96a3", "rule": "#343a45", "bar-rest": "#565d69",
    "accent": "#87afff", "good": "#5fd7d7", "bad": "#ff5f5f", "term": "#d7dae0 underline", "code": "#afd7d7",
    "formula": "#ffd7af",
    "train": "#87afff", "valid": "#ffaf5f", "train-raw": "#5f5f87", "valid-raw": "#875f00",
    "pinned1": "#af5f87", "pinned2": "#afffd7", "pinned3": "#b2b2b2", "pinned4": "#8f96a3",
    "class0": "#87afff", "class1": "#ffaf5f", "class2": "#afffd7", "class3": "#d7005f", "class4": "#008700",
    "class5": "#b2b2b2", "class6": "#af5faf", "class7": "#ffff00", "class8": "#ffd7ff", "class9": "#00d700",
    "field": "#15171c",
    "field0": "#005f87", "field1": "#875f00", "field2": "#4e4e4e", "field3": "#00005f", "field4": "#5f0000",
    "field5": "#005f00", "field6": "#303030", "field7": "#5f5faf", "field8": "#5f005f", "field9": "#626262",
    **_HEAT,
})  # fmt: skip

_LIGHT = _alike({
    "text": "#24272e", "muted": "#626873", "axis": "#626873", "rule": "#d6d3ca", "bar-rest": "#9a988f",
    "accent": "#005faf", "good": "#005f5f", "bad": "#870000", "term": "#24272e underline", "code": "#3f4a63",
    "formula": "#5a4400",
    "train": "#005faf", "valid": "#875f00", "train-raw": "#afd7ff", "valid-raw": "#d7af87",
    "pinned1": "#00005f", "pinned2": "#5f0000", "pinned3": "#585858", "pinned4": "#626873",
    "class0": "#005faf", "class1": "#af5f00", "class2": "#121212", "class3": "#87005f", "class4": "#878787",
    "class5": "#870000", "class6": "#005f00", "class7": "#626262", "class8": "#0000af", "class9": "#875f87",
    "field": "#faf8f3",
    "field0": "#afd7ff", "field1": "#ffd787", "field2": "#d0d0d0", "field3": "#87af87", "field4": "#d7ffd7",
    "field5": "#d7afd7", "field6": "#afaf5f", "field7": "#ffafaf", "field8": "#a8a8a8", "field9": "#87d7af",
    **_HEAT,
})  # fmt: skip


def _sixteen(*, muted: str, rule: str, accent: str, good: str, bad: str, valid: str, others: str) -> dict[str, str]:
    """The inks of a terminal with 16 colours. Areas have none: they are told apart by their characters."""
    return _alike({
        "text": "default", "muted": muted, "axis": muted, "rule": rule, "bar-rest": rule,
        "accent": accent, "good": good, "bad": bad, "term": "underline", "code": good, "formula": "default",
        "train": accent, "valid": valid, "train-raw": rule, "valid-raw": rule,
        **{f"pinned{number}": muted for number in range(1, 5)},
        **{f"class{number}": ink for number, ink in enumerate((accent, valid, good, bad, *others.split()))},
        "field": "default",
        **{f"field{number}": "default" for number in range(10)},
        **{f"heat{level}": "default" for level in range(16)},
    })  # fmt: skip


_DARK_16 = _sixteen(
    muted="white", rule="bright_black", accent="bright_blue", good="bright_cyan", bad="bright_red",
    valid="bright_yellow", others="bright_magenta bright_green bright_white cyan magenta white",
)  # fmt: skip
_LIGHT_16 = _sixteen(
    muted="bright_black", rule="white", accent="blue", good="cyan", bad="red",
    valid="red", others="magenta green black bright_blue bright_magenta bright_black",
)  # fmt: skip

_COLOURLESS = _alike({
    "text": "default", "muted": "dim", "axis": "dim", "rule": "dim", "bar-rest": "dim",
    "accent": "bold", "good": "default", "bad": "bold", "term": "underline", "code": "default", "formula": "default",
    "train": "default", "valid": "dim", "train-raw": "dim", "valid-raw": "dim",
    **{f"pinned{number}": "default" for number in range(1, 5)},
    **{f"class{number}": "default" for number in range(10)},
    "field": "default",
    **{f"field{number}": "default" for number in range(10)},
    **{f"heat{level}": "default" for level in range(16)},
})  # fmt: skip

LOOKS: dict[str, Look] = {
    look.name: look
    for look in (
        Look("dark", True, "#15171c", "#2a2c31", "#343a45", _DARK),
        Look("light", False, "#faf8f3", "#ebebed", "#d6d3ca", _LIGHT),
        Look("dark16", True, "ansi_default", "ansi_default", "ansi_bright_black", _DARK_16, native=True),
        Look("light16", False, "ansi_default", "ansi_default", "ansi_white", _LIGHT_16, native=True),
        Look("colourless", True, "ansi_default", "ansi_default", "ansi_default", _COLOURLESS, native=True),
    )
}
"""Every look by name. ``dark16`` and ``light16`` use the terminal's own 16 colours on its own ground."""

THEMES = ("dark", "light", "terminal")
"""The themes a learner can choose."""


def look_for(theme: str, depth: ColourDepth, light_ground: bool | None) -> Look:
    """The look for a theme on this terminal.

    Args:
        theme: ``dark``, ``light``, or ``terminal`` for the terminal's own colours; anything else follows the ground.
        depth: How many colours the terminal has. With 16, only its own colours on its own ground can be relied upon.
        light_ground: Whether the ground of the terminal is light; None if nobody knows, and then the theme decides.
    """
    if depth == "none":
        return LOOKS["colourless"]
    if depth == "16" or theme == "terminal":
        light = theme == "light" if light_ground is None else light_ground
        return LOOKS["light16" if light else "dark16"]
    if theme not in THEMES:
        theme = "light" if light_ground else "dark"
    return LOOKS[theme]


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
