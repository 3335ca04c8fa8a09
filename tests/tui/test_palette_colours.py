"""Colours that must be told apart, on terminals with 24 bits, 256 and 16 colours, by every kind of eye."""

from __future__ import annotations

from itertools import pairwise

import pytest
from rich.color import Color, ColorSystem
from rich.style import Style

from tests.tui.eyes import EYES, SIXTEEN, contrast, distance, lab, nearest, painted, shown
from tutor.tui.themes import LOOKS

FINE = ("dark", "light")
DEPTHS = ("24 bits", "256")
FIRST_PINS = ("pinned1", "pinned2", "pinned3")
# The least CIEDE2000 distance of each set. 2 is just noticeable side by side; signs apart need about 10.
SETS = {
    ("train", "valid"): 45,
    ("good", "bad"): 25,
    ("bad", "valid"): 8,
    ("accent", "bad"): 25,
    ("accent", "good"): 8,
    ("text", "muted"): 15,
    ("train", "valid", *FIRST_PINS): 13,
    ("field0", "field1", "field2"): 14,
    ("field", "field0", "field1", "field2"): 9,
    ("class0", "class1", "class2"): 16,
    tuple(f"class{number}" for number in range(5)): 10,
}


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", FINE)
@pytest.mark.parametrize("inks", SETS, ids="-".join)
def test_what_must_be_told_apart_can_be(inks: tuple[str, ...], name: str, depth: str, eye: str) -> None:
    apart, which = nearest(LOOKS[name], inks, depth, eye)
    assert apart >= SETS[inks], which


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", FINE)
def test_no_two_classes_or_fields_coincide(name: str, depth: str) -> None:
    for kind in ("class", "field"):
        apart, which = nearest(LOOKS[name], tuple(f"{kind}{number}" for number in range(10)), depth, "all cones")
        assert apart >= 5, which


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("terminal", SIXTEEN)
@pytest.mark.parametrize("name", ["dark16", "light16"])
def test_sixteen_colours_keep_right_from_wrong_and_training_from_validation(name: str, terminal: str, eye: str) -> None:
    for inks in (("train", "valid"), ("good", "bad")):
        apart, which = nearest(LOOKS[name], inks, terminal, eye)
        assert apart >= 20, which


@pytest.mark.parametrize("name", FINE)
def test_meaning_looks_alike_with_24_bits_and_with_256_colours(name: str) -> None:
    """Texts and grounds may be finer; a colour that means something is one of the 256 (greys are rounded)."""
    for ink in ("accent", "train", "good", "bad", *FIRST_PINS, "class0", "class1", "field0", "field1", "field2"):
        one, other = (lab(painted(LOOKS[name], ink, depth)) for depth in DEPTHS)
        assert distance(one, other) < 4, ink


@pytest.mark.parametrize("name", FINE)
def test_what_is_selected_is_seen_with_256_colours(name: str) -> None:
    look = LOOKS[name]
    grounds = [Color.parse(each).downgrade(ColorSystem.EIGHT_BIT) for each in (look.ground, look.raised)]
    assert grounds[0] != grounds[1]


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", FINE)
def test_points_stand_out_from_the_field_of_their_class(name: str, depth: str) -> None:
    for number in range(10):
        point, field = (painted(LOOKS[name], f"{kind}{number}", depth) for kind in ("class", "field"))
        assert contrast(point, field) >= 3.0, number


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", FINE)
def test_words_stand_out_from_the_ground_at_every_depth(name: str, depth: str) -> None:
    look = LOOKS[name]
    for ink in ("text", "muted", "axis", "accent", "good", "bad", "train", "valid", "code", "formula"):
        for ground in (look.ground, look.raised):
            assert contrast(painted(look, ink, depth), shown(Color.parse(ground), depth)) >= 4.5, ink


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("name", FINE)
def test_heat_rises_evenly_in_lightness_for_every_eye(name: str, eye: str) -> None:
    lightness = [lab(painted(LOOKS[name], f"heat{level}", "24 bits"), eye)[0] for level in range(16)]
    assert all(above - below > 1.0 for below, above in pairwise(lightness))


def test_sixteen_colours_are_the_terminals_own() -> None:
    for name in ("dark16", "light16"):
        for ink, style in LOOKS[name].inks.items():
            colour = Style.parse(style).color
            assert colour is None or colour.is_default or (colour.number is not None and colour.number < 16), ink


@pytest.mark.parametrize(
    ("one", "other", "published"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ],
)
def test_the_distance_is_the_published_one(
    one: tuple[float, float, float], other: tuple[float, float, float], published: float
) -> None:
    """Sharma, Wu and Dalal (2005), table 1."""
    assert distance(one, other) == pytest.approx(published, abs=1e-4)


def test_no_eye_sees_a_colour_in_white() -> None:
    for eye in EYES:
        assert lab((255, 255, 255), eye) == pytest.approx((100, 0, 0), abs=0.05)
