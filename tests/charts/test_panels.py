"""The charts of panels: each says what it should."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.charts.shapes import text_of
from tutor.charts.boundary import boundary_chart
from tutor.charts.cells import plain_text
from tutor.charts.confusion import confusion_chart
from tutor.charts.digits import Digit, digits_chart
from tutor.charts.fit import fit_chart
from tutor.charts.folds import folds_chart
from tutor.charts.hidden_units import hidden_units_chart
from tutor.charts.landscape import curve_chart, surface_chart
from tutor.charts.network import gradient_check_table, gradients_chart, norms_chart, shapes_table, updates_chart
from tutor.charts.series import autocorrelation_chart, series_chart
from tutor.charts.text import text_chart
from tutor.charts.threshold import threshold_chart
from tutor.charts.weights import weights_chart


def test_fit_draws_the_line_over_the_points_and_a_far_one_along_the_edge() -> None:
    near = plain_text(fit_chart(([0, 1, 2], [0, 1, 2]), ([0, 2], [0, 2]), 40, 12))
    far = plain_text(fit_chart(([0, 1, 2], [0, 1, 2]), ([0, 2], [90, 99]), 40, 12))
    assert near.splitlines()[0].split() == ["──", "model", "•", "train"]
    assert far.splitlines()[1].count("⠁") > 10


def test_fit_leaves_the_picture_instead_of_levelling_off() -> None:
    rows = plain_text(fit_chart(([0, 1, 2], [0, 1, 2]), ([0, 1, 2], [0, 50, 0]), 60, 14)).splitlines()[1:-2]
    middle = "".join(row[25:35] for row in rows)
    assert not any("⠀" < character <= "⣿" for character in middle)
    assert any("⠀" < character <= "⣿" for character in rows[0])


def test_curve_shows_the_ball_and_where_it_left() -> None:
    curve = ([-1, 0, 1], [1, 0, 1])
    assert "●" in "\n".join(plain_text(curve_chart(curve, 40, 12, ball=(0.5, 0.25))).splitlines()[1:])
    assert "▶" in plain_text(curve_chart(curve, 40, 12, ball=(50.0, 2500.0)))
    assert "◀" in plain_text(curve_chart(curve, 40, 12, ball=(-50.0, 2500.0)))


def test_surface_is_darkest_where_the_loss_is_lowest() -> None:
    levels = np.tile(np.arange(64), (10, 1))
    ranges = ((0.0, 1.0), (0.0, 1.0))
    coloured = surface_chart(levels, ranges, 60, 12)
    grounds = [span.ground for span in coloured[3] if span.ground]
    assert (grounds[0], grounds[-1]) == ("heat0", "heat15")
    shades = plain_text(surface_chart(levels, ranges, 60, 12, ascii=True)).splitlines()[3]
    assert shades.strip().endswith("@")
    assert len(set(shades)) >= 10
    no_colour = plain_text(surface_chart(levels, ranges, 60, 12, colour=False)).splitlines()[3]
    assert {"░", "▒", "▓", "█"} <= set(no_colour)


def test_surface_upside_is_up() -> None:
    levels = np.repeat(np.arange(0, 64, 7)[:, None], 8, axis=1)
    rows = plain_text(surface_chart(levels, ((0.0, 1.0), (0.0, 1.0)), 40, 14, ascii=True)).splitlines()
    assert "@" not in rows[1]
    assert "@" in rows[11]


def test_boundary_tells_classes_apart_without_colour() -> None:
    points = [[0.25, 0.5, 0], [0.75, 0.5, 1]]
    for ascii in (False, True):
        text = plain_text(boundary_chart(points, ((0, 1), (0, 1)), 40, 12, classes=[[0, 1]], colour=False, ascii=ascii))
        body = text.splitlines()[1:-2]
        left, right = {row[8] for row in body}, {row[-2] for row in body}
        assert left.isdisjoint(right)


def test_boundary_without_colour_says_what_fills_its_fields() -> None:
    def drawn(*, colour: bool) -> str:
        names, classes, certainty = ["cats", "dogs"], [[0, 1]], [[9, 9]]
        ranges = ((0, 1), (0, 1))
        return plain_text(
            boundary_chart(
                [], ranges, 60, 12, classes=classes, certainty=certainty, class_names=names, colour=colour
            )
        )  # fmt: skip

    plain = drawn(colour=False)
    assert plain.splitlines()[0].split() == ["●", "cats", "▲", "dogs", ".", "?", "unsure"]
    assert "unsure" not in drawn(colour=True)


def test_boundary_is_pale_where_the_model_is_torn_and_has_no_hole() -> None:
    rows = boundary_chart([], ((0, 1), (0, 1)), 40, 12, classes=[[0, 0, 1]], certainty=[[9, 1, 9]])
    grounds = {span.ground for row in rows for span in row}
    assert {"field0", "field1"} <= grounds
    assert "field" not in grounds
    assert {span.ground for row in rows for span in row if "▒" in span.text} == {"field0"}
    # Of three classes, 60% is further from a tie than of two.
    three = boundary_chart([], ((0, 1), (0, 1)), 40, 12, classes=[[0]], certainty=[[3]], class_names=["a", "b", "c"])
    two = boundary_chart([], ((0, 1), (0, 1)), 40, 12, classes=[[0]], certainty=[[3]], class_names=["a", "b"])
    assert ("▒" in plain_text(three), "▒" in plain_text(two)) == (True, False)


def test_a_blank_row_parts_the_legend_from_the_plane() -> None:
    rows = boundary_chart([], ((0, 1), (0, 1)), 40, 12, classes=[[0]], class_names=["a", "b"])
    assert not plain_text(rows).splitlines()[1].strip()


def test_confusion_counts_are_right_aligned_and_differ_in_ink() -> None:
    rows = confusion_chart([[148, 2], [0, 50]], ["A", "B"], 30, 5)
    ends = [plain_text([row]).rstrip() for row in rows[2:4]]
    assert len(ends[0]) == len(ends[1])
    inks = {span.text.strip(): span.ink for row in rows[2:4] for span in row[1:]}
    assert inks == {"148": "good bold", "2": "bad", "·": "muted", "50": "good bold", "": inks.get("", "text")}


def test_sum_pieces_and_data_differ_by_line_without_colour() -> None:
    x = np.linspace(0, 1, 60)
    constant = plain_text(hidden_units_chart((x, 0 * x + 5), [], 60, 14, constant=2.0, hard=True))
    assert "•" in "".join(constant.splitlines()[2:])  # the data, where the sum does not cover them
    rows = hidden_units_chart((x, x), [[8, -2, 1], [8, -6, -0.5]], 60, 14, constant=0.1, hard=True)
    inks = {span.ink for row in rows[2:] for span in row if any("⠀" < sign <= "⣿" for sign in span.text)}
    assert {"train", "class1", "class2"} <= inks
    assert "class0" not in inks


def test_confusion_cuts_classes_that_do_not_fit_and_says_how_many() -> None:
    counts = np.diag(range(1, 11)).tolist()
    text = plain_text(confusion_chart(counts, [str(number) for number in range(10)], 44, 8))
    assert "classes not shown: 4" in text
    assert (
        "10" not in plain_text(confusion_chart(counts, [str(number) for number in range(10)], 80, 8)).splitlines()[-1]
    )


@pytest.mark.parametrize(("width", "rows"), [(60, 5), (24, 7)])
def test_confusion_of_two_classes_shows_every_figure_at_any_width(width: int, rows: int) -> None:
    text = plain_text(confusion_chart([[48, 2], [0, 50]], ["A", "B"], width, 10, threshold=0.5))
    assert all(said in text for said in ("threshold 0.5", "precision 0.962", "recall 1.000", "F1 0.980"))
    assert len(text.rstrip().splitlines()) == rows


def test_confusion_columns_line_up_with_wide_names() -> None:
    rows = plain_text(confusion_chart([[5, 1], [0, 7]], ["山鸢尾", "b"], 40, 5)).splitlines()
    assert rows[2].startswith("山鸢尾")
    assert [word for word in rows[3].split() if word[0].isdigit()] == ["7"]


def test_series_draws_prediction_and_truth_differently() -> None:
    days = np.sin(np.arange(60) / 5)
    truth = plain_text(series_chart(days, [], 60, 12))
    guess = plain_text(series_chart(days, days, 60, 12))
    assert truth != guess


def test_autocorrelation_counts_in_weeks_and_marks_how_far_the_model_looks_back() -> None:
    values = [0.9 if day % 7 == 0 else -0.3 for day in range(1, 29)]
    rows = plain_text(autocorrelation_chart(values, 70, 16, lags=14, ascii=True)).splitlines()
    assert rows[-1].split() == ["0", "7", "14", "21", "28"]
    assert [rows[3].count("#"), rows[3].count("*")] == [4, 0]
    assert [rows[-4].count("#"), rows[-4].count("*")] == [0, 24]
    bar = {row.index("|", 10) for row in rows[1:-2]}
    assert len(bar) == 1
    assert rows[3].index("#", rows[3].index("#") + 1) < bar.pop() < rows[3].rindex("#")


def test_autocorrelation_by_the_hour_counts_in_days() -> None:
    values = [0.9 if hour % 24 == 0 else -0.3 for hour in range(1, 61)]
    drawn = plain_text(autocorrelation_chart(values, 110, 16, step="hour", ascii=True))
    rows = drawn.splitlines()
    assert rows[-1].split() == ["0", "24", "48"]
    assert [rows[3].count("#"), rows[-4].count("*")] == [2, 46]
    assert "24, 48, 72" in drawn
    assert "hours apart" in drawn


def test_updates_are_numbered_to_the_last_and_epochs_end_on_points() -> None:
    rows = plain_text(updates_chart(np.ones(50), 250, 60, 12, epochs=([210, 250], [1, 1]))).splitlines()
    assert rows[-1].split()[-1] == "250"
    assert sum(row.count("●") for row in rows[1:-2]) == 2
    assert "0" not in rows[-1].split()


def test_gradients_that_agree_are_one_arrow_and_those_that_do_not_fan_out() -> None:
    def height_of(across: float) -> int:
        rows = gradients_chart(([1.0] * 6, [across] * 6), 60, 18, batch_size=9, angle=0.0, ascii=True)
        drawn = [re.split(r"[|+]", row, maxsplit=1)[-1] for row in plain_text(rows).splitlines()[1:-2]]
        return sum("." in row or "o" in row for row in drawn)

    assert height_of(0.0) <= 1
    assert height_of(2.0) > 8


def test_pieces_add_up_to_the_curve_that_is_drawn() -> None:
    # One hard bend from 0 to 1 between x = 0 and x = 1 is the line y = x: the sum covers every point of the curve.
    x = np.linspace(0, 1, 200)
    shown = plain_text(hidden_units_chart((x, x), [[4.0, -2.0, 1.0]], 60, 16, constant=0.0, hard=True, error=0.0))
    apart = plain_text(hidden_units_chart((x, x), [[4.0, -2.0, 1.0]], 60, 16, constant=0.0, hard=False, error=0.1))
    points = [sum(row.count("•") for row in text.splitlines()[1:-2]) for text in (shown, apart)]
    assert points[0] == 0 < points[1]


def test_shapes_count_every_parameter() -> None:
    text = plain_text(shapes_table([("W1", [100, 56]), ("b1", [100]), ("W2", [1, 100]), ("b2", [1])], 60, 8))
    assert "100 × 56" in text
    assert text.splitlines()[5].split()[-1] == "5,801"
    assert plain_text(shapes_table([("W1", [100, 56])] * 9, 60, 4)).splitlines()[-1].split()[-1] == "50,400"


@pytest.mark.parametrize(("difference", "sign", "words"), [(3e-10, "✓", "they agree"), (0.3, "✗", "a bug")])
def test_a_gradient_check_says_what_it_found(difference: float, sign: str, words: str) -> None:
    rows = gradient_check_table(["W1[1,1]", "b1[1]"], [0.5, 1.0], [-0.5, 1.0], 60, 5, difference=difference)
    text = plain_text(rows)
    assert sign in text
    assert words in text
    assert [row[0].ink for row in rows[2:4]] == ["bad", "text"]


def test_weights_lean_to_the_side_of_their_sign() -> None:
    up, down = plain_text(weights_chart(["w", "b"], [2.0, -1.0], 40, 2)).splitlines()
    assert "│█" in up
    assert "█│" in down
    assert up.endswith("2.000")
    assert down.endswith("−1.000")


def test_weights_keep_the_largest_when_rows_are_few() -> None:
    text = plain_text(weights_chart(["a", "b", "c"], [0.1, -3.0, 2.0], 40, 2))
    assert [row[0] for row in text.splitlines()] == ["b", "c"]


def test_threshold_draws_heaps_as_high_as_their_counts_and_a_line_between() -> None:
    text = plain_text(threshold_chart([0, 1], {"a": [8, 0], "b": [0, 4]}, 40, 14, threshold=0.5, mistakes=0.25))
    body = text.splitlines()[2:-2]
    left, right = sum("●" in row for row in body), sum("▲" in row for row in body)
    assert left > right > 1
    line = {row.index("┃") for row in body}
    assert len(line) == 1
    assert "25.0%" in text


def test_folds_end_with_their_mean_and_keep_it_where_there_is_little_room() -> None:
    rows = plain_text(folds_chart([0.1, 0.3], [0.4, 0.2], 60, 6)).splitlines()
    assert rows[0].split() == ["loss", "train", "validation"]
    assert rows[1].split()[:4] == ["fold", "1", "0.1000", "0.4000"]
    assert rows[1].count("█") > 1.8 * rows[2].count("█")
    assert rows[3].split()[:3] == ["mean", "0.2000", "0.3000"]
    small = plain_text(folds_chart([0.1, 0.3], [0.4, 0.2], 60, 3)).splitlines()
    assert [row.split()[0] for row in small] == ["loss", "fold", "mean"]
    assert plain_text(folds_chart([0.9], [0.8], 60, 4, accuracy=True)).startswith("accuracy")
    assert plain_text(folds_chart([0.9], [0.8], 60, 4)).splitlines()[1].startswith("one split")


def test_what_was_copied_is_marked_and_columns_fill_the_width() -> None:
    text = plain_text(text_chart(["anna", "ivo", "小猫", "lea"], [1, 0, 0, 1], 24, 4))
    assert text.splitlines()[0].rstrip() == "= anna     小猫"
    assert text.splitlines()[1].rstrip() == "  ivo    = lea"
    assert "= marks lines copied" in text


def test_digits_show_what_is_read_and_what_was_meant_with_a_sign_for_the_wrong_ones() -> None:
    one = "00090000" * 8
    digits = [Digit(one, "1", "1"), Digit(one, "1", "7")]
    drawn = digits_chart(digits, [], 40, 6, wrong=3, count=20, colour=False)
    rows = text_of(drawn, 40, 6).splitlines()
    assert rows[0].startswith("predicted (true)  ✗ 3 of 20 wrong")
    assert rows[1].startswith("   █         █")
    assert rows[5].split() == ["1", "(1)", "✓", "7", "(1)", "✗"]
    plain = text_of(digits_chart(digits, [], 30, 10, ascii=True), 30, 10)
    assert plain.isascii()
    assert plain.splitlines()[9].split() == ["1", "(1)", "=", "7", "(1)", "x"]
    flat = text_of(digits_chart(digits, [], 30, 9, ascii=True), 30, 9)
    assert flat.isascii()
    assert flat.splitlines()[5].split() == ["1", "(1)", "=", "7", "(1)", "x"]


def test_digits_that_are_missed_stand_below_where_there_is_room() -> None:
    digits = [Digit("9" * 64, "1", "1")] * 30
    missed = [Digit("9" * 64, "2", "3")] * 30
    assert "3 (2) ✗" in plain_text(digits_chart(digits, missed, 60, 14))
    assert "3 (2) ✗" in plain_text(digits_chart(digits, missed, 60, 11)).splitlines()[10]
    assert "3 (2) ✗" not in plain_text(digits_chart(digits, missed, 60, 10))
    assert {span.ink for row in digits_chart(digits, [], 60, 9) for span in row} >= {"heat15"}


def test_norms_are_three_lines_that_differ_without_colour() -> None:
    epochs = list(range(1, 31))
    lines = ([0.9**epoch for epoch in epochs], [10 * 0.5**epoch for epoch in epochs], [5.0] * 30)
    rows = plain_text(norms_chart(epochs, *lines, 60, 14, ascii=True)).splitlines()
    assert rows[0].split("  ")[0] == "* loss 0.0424"
    assert "+ gradient norm 9.3e-9" in rows[0]
    assert all(sign in "".join(rows[1:]) for sign in "*o"), "below the legend"
    assert sum(row.count("+") for row in rows[2:-2]) > 10
