"""How colours look: on terminals with fewer colours, and to eyes that lack a kind of cones."""

from __future__ import annotations

import math
from itertools import combinations

from rich.color import Color, ColorSystem
from rich.style import Style
from rich.terminal_theme import TerminalTheme

from tutor.tui.themes import Look

Triple = tuple[float, float, float]
RGB = tuple[int, int, int]

# Machado, Oliveira and Fernandes (2009), severity 1: linear RGB to what a dichromat's eye makes of it.
EYES: dict[str, tuple[Triple, Triple, Triple]] = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}

_VGA = (
    (0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170), (170, 170, 170),
    (85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85), (85, 85, 255), (255, 85, 255), (85, 255, 255),
    (255, 255, 255),
)  # fmt: skip
_XTERM = (
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
)  # fmt: skip
SIXTEEN = {
    name: TerminalTheme((0, 0, 0), (200, 200, 200), list(colours[:8]), list(colours[8:]))
    for name, colours in {"VGA": _VGA, "xterm": _XTERM}.items()
}
"""The 16 colours of two terminals."""


def painted(look: Look, ink: str, depth: str) -> RGB:
    """The colour of an ink as a terminal with ``depth`` colours shows it: ``24 bits``, ``256``, or one of `SIXTEEN`."""
    colour = Style.parse(look.inks[ink]).color or Color.default()
    return shown(colour, depth)


def shown(colour: Color, depth: str) -> RGB:
    if depth == "256":
        colour = colour.downgrade(ColorSystem.EIGHT_BIT)
    red, green, blue = colour.get_truecolor(SIXTEEN.get(depth))
    return red, green, blue


def _linear(channel: float) -> float:
    channel /= 255
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def luminance(colour: RGB) -> float:
    red, green, blue = map(_linear, colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: RGB, other: RGB) -> float:
    """The contrast of WCAG 2, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def lab(colour: RGB, eye: str = "all cones") -> Triple:
    """A colour in CIELAB (white D65), as an eye sees it."""
    linear = [_linear(channel) for channel in colour]
    red, green, blue = (
        min(1.0, max(0.0, sum(weight * part for weight, part in zip(row, linear, strict=True)))) for row in EYES[eye]
    )
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    f, g, h = (each ** (1 / 3) if each > (6 / 29) ** 3 else each / (3 * (6 / 29) ** 2) + 4 / 29 for each in (x, y, z))
    return 116 * g - 16, 500 * (f - g), 200 * (g - h)


def distance(one: Triple, other: Triple) -> float:
    """CIEDE2000, as Sharma, Wu and Dalal (2005) write it."""
    (light1, a1, b1), (light2, a2, b2) = one, other
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * math.sqrt(mean**7 / (mean**7 + 25**7))
    chroma1, chroma2 = math.hypot(stretch * a1, b1), math.hypot(stretch * a2, b2)
    hue1 = math.degrees(math.atan2(b1, stretch * a1)) % 360 if chroma1 else 0.0
    hue2 = math.degrees(math.atan2(b2, stretch * a2)) % 360 if chroma2 else 0.0
    grey = chroma1 * chroma2 == 0
    turn = 0.0 if grey else (hue2 - hue1 + 180) % 360 - 180
    lightness = light2 - light1
    chroma = chroma2 - chroma1
    hue = 2 * math.sqrt(chroma1 * chroma2) * math.sin(math.radians(turn / 2))
    if grey:
        middle = hue1 + hue2
    elif abs(hue1 - hue2) <= 180:
        middle = (hue1 + hue2) / 2
    else:
        middle = (hue1 + hue2 + (360 if hue1 + hue2 < 360 else -360)) / 2

    def cosine(degrees: float) -> float:
        return math.cos(math.radians(degrees))

    wave = (
        1 - 0.17 * cosine(middle - 30) + 0.24 * cosine(2 * middle)
        + 0.32 * cosine(3 * middle + 6) - 0.2 * cosine(4 * middle - 63)
    )  # fmt: skip
    light, saturation = (light1 + light2) / 2, (chroma1 + chroma2) / 2
    scale_light = 1 + 0.015 * (light - 50) ** 2 / math.sqrt(20 + (light - 50) ** 2)
    scale_chroma, scale_hue = 1 + 0.045 * saturation, 1 + 0.015 * saturation * wave
    twist = -2 * math.sqrt(saturation**7 / (saturation**7 + 25**7))
    twist *= math.sin(math.radians(60 * math.exp(-(((middle - 275) / 25) ** 2))))
    return math.sqrt(
        (lightness / scale_light) ** 2
        + (chroma / scale_chroma) ** 2
        + (hue / scale_hue) ** 2
        + twist * (chroma / scale_chroma) * (hue / scale_hue)
    )


def nearest(look: Look, inks: tuple[str, ...], depth: str, eye: str) -> tuple[float, str]:
    """The least distance between two of the inks, and which two they are."""
    seen = {ink: lab(painted(look, ink, depth), eye) for ink in inks}
    return min((distance(seen[one], seen[other]), f"{one} and {other}") for one, other in combinations(inks, 2))
