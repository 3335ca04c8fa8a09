"""Colours that can be read by everyone, or done without."""

from __future__ import annotations

from itertools import combinations
from typing import get_args

import pytest
from rich.style import Style

from tutor.charts.cells import INKS
from tutor.tui.themes import LOOKS, THEMES, Look, look_for, textual_theme
from tutor.typeset.elements import Role

COLOURED = [LOOKS["dark"], LOOKS["light"]]
WORDS = ("text", "muted", "axis", "accent", "good", "bad", "train", "valid", "code", "formula", "key", "link")
MARKS = [f"class{number}" for number in range(10)] + [f"pinned{number}" for number in range(1, 5)]


def rgb(style: Style, *, ground: bool = False) -> tuple[int, int, int]:
    colour = style.bgcolor if ground else style.color
    assert colour is not None
    red, green, blue = colour.get_truecolor()
    return red, green, blue


def luminance(colour: tuple[int, int, int]) -> float:
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def as_deuteranope(colour: tuple[int, int, int]) -> tuple[float, ...]:
    """What a learner without green cones sees (Machado, Oliveira and Fernandes 2009, severity 1)."""
    matrix = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
    return tuple(sum(weight * part for weight, part in zip(row, colour, strict=True)) for row in matrix)


@pytest.mark.parametrize("look", COLOURED, ids=lambda look: look.name)
@pytest.mark.parametrize("ground", [None, "selected", "raised"])
def test_words_stand_out_from_every_ground(look: Look, ground: str | None) -> None:
    for ink in WORDS:
        style = look.style(ink, ground)
        ratio = contrast(rgb(style), rgb(style, ground=True))
        assert ratio >= 4.5, f"{ink}: {ratio:.2f}"


@pytest.mark.parametrize("look", COLOURED, ids=lambda look: look.name)
def test_marks_of_charts_stand_out_from_the_ground(look: Look) -> None:
    for ink in MARKS:
        style = look.style(ink)
        assert contrast(rgb(style), rgb(style, ground=True)) >= 3.0, ink


@pytest.mark.parametrize("look", COLOURED, ids=lambda look: look.name)
@pytest.mark.parametrize("pair", [("good", "bad"), ("train", "valid"), ("accent", "bad")])
def test_colours_that_must_differ_do_so_for_the_colour_blind(look: Look, pair: tuple[str, str]) -> None:
    one, other = (as_deuteranope(rgb(look.style(ink))) for ink in pair)
    assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 60


@pytest.mark.parametrize("look", COLOURED, ids=lambda look: look.name)
def test_the_field_grows_lighter_level_by_level(look: Look) -> None:
    levels = [luminance(rgb(look.style(f"heat{level}"))) for level in range(16)]
    assert levels == sorted(levels)
    assert all(one != other for one, other in combinations(levels, 2))


@pytest.mark.parametrize("look", LOOKS.values(), ids=lambda look: look.name)
def test_every_role_of_charts_and_typesetting_has_an_ink(look: Look) -> None:
    assert {*INKS, *get_args(Role)} - set(look.inks) == set()


def test_no_colour_means_no_colour_anywhere() -> None:
    look = LOOKS["colourless"]
    for ink in look.inks:
        for ground in (None, "selected", "heat3"):
            style = look.style(ink, ground)
            for colour in (style.color, style.bgcolor):
                assert colour is None or colour.is_default


def test_the_terminals_own_theme_names_only_its_own_colours() -> None:
    for ink in LOOKS["terminal"].inks:
        colour = LOOKS["terminal"].style(ink).color
        assert colour is None or colour.triplet is None


def test_what_is_selected_can_be_told_without_colour() -> None:
    assert LOOKS["colourless"].style("text", "selected").reverse
    assert LOOKS["terminal"].style("good", "selected").reverse


def test_attributes_join_an_ink() -> None:
    style = LOOKS["dark"].style("muted italic bold")
    assert style.italic
    assert style.bold
    assert style.color == LOOKS["dark"].style("muted").color


def test_an_unknown_ink_is_text() -> None:
    assert LOOKS["dark"].style("no-such-ink") == LOOKS["dark"].style("text")


@pytest.mark.parametrize("name", LOOKS)
def test_every_look_is_a_theme_that_textual_takes(name: str) -> None:
    variables = textual_theme(LOOKS[name]).to_color_system().generate()
    assert variables["background"]


def test_no_color_wins_over_the_chosen_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert [look_for(name).name for name in THEMES] == ["colourless"] * 3


@pytest.mark.parametrize(
    ("value", "name"), [("15;0", "dark"), ("0;15", "light"), ("0;default;7", "light"), ("", "dark")]
)
def test_without_a_choice_the_terminals_ground_decides(value: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORFGBG", value)
    assert look_for("").name == name
    assert look_for("light").name == "light"
