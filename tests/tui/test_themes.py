"""Colours that can be read by everyone, or done without."""

from __future__ import annotations

from itertools import combinations
from typing import get_args

import pytest
from rich.style import Style

from tests.tui.eyes import RGB, contrast, luminance, shown
from tutor.charts.cells import INKS
from tutor.foundation.terminal import ColourDepth
from tutor.tui.terminal.inquiry import light_ground_by_name
from tutor.tui.themes import LOOKS, THEMES, Look, look_for, textual_theme
from tutor.typeset.elements import Role

COLOURED = [LOOKS["dark"], LOOKS["light"]]
WORDS = ("text", "muted", "axis", "accent", "good", "bad", "train", "valid", "code", "formula", "key", "link")
MARKS = [f"class{number}" for number in range(10)] + [f"pinned{number}" for number in range(1, 4)]


def rgb(style: Style, *, ground: bool = False) -> RGB:
    colour = style.bgcolor if ground else style.color
    assert colour is not None
    return shown(colour, "24 bits")


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


def test_what_is_selected_can_be_told_without_colour() -> None:
    assert LOOKS["colourless"].style("text", "selected").reverse
    assert LOOKS["dark16"].style("good", "selected").reverse


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


@pytest.mark.parametrize("theme", ["", *THEMES])
def test_without_colours_the_theme_does_not_matter(theme: str) -> None:
    assert look_for(theme, "none", light_ground=True).name == "colourless"


@pytest.mark.parametrize(
    ("theme", "depth", "light_ground", "name"),
    [
        ("", "256", False, "dark"),
        ("", "256", True, "light"),
        ("dark", "16777216", True, "dark"),
        ("light", "256", False, "light"),
        ("terminal", "256", True, "light16"),
        ("terminal", "256", False, "dark16"),
        ("dark", "16", True, "light16"),
        ("light", "16", False, "dark16"),
        ("light", "16", None, "light16"),
        ("", "16", None, "dark16"),
        ("dark16", "256", True, "light"),
    ],
)
def test_theme_depth_and_ground_decide_the_look(
    theme: str, depth: ColourDepth, light_ground: bool | None, name: str
) -> None:
    assert look_for(theme, depth, light_ground).name == name


@pytest.mark.parametrize(("value", "light"), [("15;0", False), ("0;15", True), ("0;default;7", True), ("", None)])
def test_some_terminals_tell_their_ground_in_the_environment(
    value: str, light: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLORFGBG", value)
    monkeypatch.setenv("TERM", "xterm")
    assert light_ground_by_name() is light
    monkeypatch.setenv("TERM", "linux")
    assert light_ground_by_name() is bool(light)
