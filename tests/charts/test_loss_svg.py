"""The loss chart as a figure for a report."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.charts.shapes import falling
from tutor.charts.loss import LossLine, pinned_line, train_line, valid_line
from tutor.charts.loss_history import LossHistory
from tutor.charts.loss_svg import HEIGHT, WIDTH, loss_svg

SVG = "{http://www.w3.org/2000/svg}"


def three() -> list[LossLine]:
    return [pinned_line(1, "η <0.1> & more", falling(50)), train_line(falling(90)), valid_line(falling(90))]


def test_it_has_a_title_axes_a_legend_and_a_curve_for_each_line() -> None:
    root = ElementTree.fromstring(loss_svg(three(), title="Moons & <b>", y_name="loss", planned=90, changes=[(9, "η")]))
    texts = [each.text for each in root.iter(f"{SVG}text")]
    assert root.findtext(f"{SVG}title") == "Moons & <b>"
    assert {"loss", "epoch", "0", "η"} <= set(texts)
    assert any("η <0.1> & more" in str(text) for text in texts)
    curves = [path.attrib for path in root.iter(f"{SVG}path") if path.attrib.get("stroke-linejoin") == "round"]
    assert len(curves) == 3
    assert len({(each["stroke"], each["stroke-width"], each.get("stroke-dasharray")) for each in curves}) == 3
    assert root.find(f"{SVG}rect") is not None  # a ground of its own, for dark pages


def test_a_value_read_off_the_curve_is_the_value() -> None:
    root = ElementTree.fromstring(loss_svg([train_line(LossHistory([4.0, 2.0, 1.0]))], title="", y_name="", planned=3))
    labels = {
        float(str(each.text)): float(each.attrib["y"]) - 4.5
        for each in root.iter(f"{SVG}text") if each.attrib.get("text-anchor") == "end"
    }  # fmt: skip
    (low, at_low), *_, (high, at_high) = sorted(labels.items())
    curve = next(path for path in root.iter(f"{SVG}path") if path.attrib.get("stroke-linejoin"))
    heights = [float(point.split()[1]) for point in curve.attrib["d"][1:].split("L")]
    read = [low + (height - at_low) / (at_high - at_low) * (high - low) for height in heights]
    assert read == pytest.approx([4.0, 2.0, 1.0], abs=0.02)


@given(st.lists(st.none() | st.floats(), max_size=30), st.text(max_size=40), st.booleans())
def test_whatever_the_numbers_and_words_it_is_xml_within_its_frame(
    values: list[float | None], words: str, logarithmic: bool
) -> None:
    lines = [train_line(LossHistory(values)), pinned_line(2, words, LossHistory(values[:3]))]
    root = ElementTree.fromstring(
        loss_svg(lines, title=words, y_name=words, logarithmic=logarithmic, changes=[(1, words)])
    )
    for path in root.iter(f"{SVG}path"):
        if "stroke-linejoin" in path.attrib:
            places = np.array([point.split() for point in path.attrib["d"][1:].split("L")], dtype=float)
            assert ((places >= -0.1) & (places <= [WIDTH + 0.1, HEIGHT + 0.1])).all()
