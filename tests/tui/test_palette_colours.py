"""Colours that must be told apart, seen with deuteranopia and with protanopia."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from rich.style import Style

from tutor.tui.themes import LOOKS, Look

# Viénot, Brettel and Mollon (1999), "Digital video colourmaps for checking the legibility of displays by dichromats":
# linear RGB to what a dichromat's eye makes of it.
_SEEN = {
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "all colours": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
}
_JUST_NOTICEABLE = 2.3
"""In CIELAB (Mahy, Van Eycken and Oosterlinck, 1994)."""
APART = 4 * _JUST_NOTICEABLE
Triple = tuple[float, float, float]


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _lab(rgb: Triple) -> Triple:
    red, green, blue = rgb
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    f = [
        float(each ** (1 / 3)) if each > 0.008856 else 7.787 * each + 16 / 116
        for each in (max(0, x), max(0, y), max(0, z))
    ]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def colour_of(look: Look, ink: str) -> Triple:
    colour = Style.parse(look.inks[ink]).color
    assert colour is not None
    red, green, blue = colour.get_truecolor()
    return red / 255, green / 255, blue / 255


def seen(look: Look, ink: str, eye: str) -> Triple:
    """An ink in CIELAB, as an eye sees it."""
    linear = [_linear(channel) for channel in colour_of(look, ink)]
    rgb = [min(1.0, max(0.0, sum(a * b for a, b in zip(row, linear, strict=True)))) for row in _SEEN[eye]]
    return _lab((rgb[0], rgb[1], rgb[2]))


def distance(look: Look, one: str, other: str, eye: str) -> float:
    return float(sum((a - b) ** 2 for a, b in zip(seen(look, one, eye), seen(look, other, eye), strict=True)) ** 0.5)


PAIRS = [("train", "valid"), ("good", "bad"), ("accent", "bad"), ("text", "muted"), ("class0", "class1"),
         *combinations(("train", "valid", "pinned1"), 2)]  # fmt: skip


@pytest.mark.parametrize("eye", _SEEN)
@pytest.mark.parametrize("name", ["dark", "light"])
def test_what_must_be_told_apart_can_be(name: str, eye: str) -> None:
    look = LOOKS[name]
    near = {f"{one} and {other}": round(distance(look, one, other, eye), 1) for one, other in PAIRS
            if distance(look, one, other, eye) < APART}  # fmt: skip
    assert not near


@pytest.mark.parametrize("eye", _SEEN)
@pytest.mark.parametrize("name", ["dark", "light"])
def test_heat_rises_evenly_in_lightness_for_every_eye(name: str, eye: str) -> None:
    lightness = [seen(LOOKS[name], f"heat{level}", eye)[0] for level in range(16)]
    assert all(above - below > 1.0 for below, above in pairwise(lightness))


def test_the_simulation_is_the_published_one() -> None:
    """White stays white, and a red and a green that differ in hue alone look nearly the same with deuteranopia."""
    for eye in _SEEN:
        for row in _SEEN[eye]:
            assert sum(row) == pytest.approx(1.0, abs=1e-4)
