"""The loss chart: what a learner reads off it."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.charts.shapes import falling, text_of
from tutor.charts.cells import Rows, plain_row, plain_text
from tutor.charts.chart_view import Axis, Heights
from tutor.charts.loss import LossLine, loss_chart, pinned_line, train_line, valid_line
from tutor.charts.loss_history import LossHistory
from tutor.charts.numbers import figure
from tutor.foundation.translate import use_language


def _ink_of(rows: Rows, character: str) -> set[str]:
    return {span.ink for row in rows for span in row if character in span.text}


def test_a_falling_loss_falls_and_a_flat_one_stays() -> None:
    down = text_of(loss_chart([train_line(LossHistory([3, 2, 1]))], 30, 12, ascii=True), 30, 12).splitlines()[1:]
    stars = [row.index("*") for row in down if "*" in row]
    assert stars == sorted(stars)
    assert len(stars) > 2
    flat = text_of(loss_chart([train_line(LossHistory([2, 2, 2]))], 30, 6, ascii=True), 30, 6).splitlines()
    assert sum("*" in row for row in flat) == 1  # six rows have no legend


def test_exact_picture_in_ascii() -> None:
    lines = [train_line(LossHistory([4, 3, 2, 1])), valid_line(LossHistory([4, 4, 4, 4]))]
    picture = text_of(loss_chart(lines, 44, 9, title="loss", planned=4, across="epoch", ascii=True), 44, 9)
    assert picture.splitlines() == [
        "loss  * train  o validation                 ",
        "4 +        o*o o o o o o o o o o o o  o 4.00",
        "              *****                         ",
        "                   *******                  ",
        "2 +                       *****             ",
        "                               ****** * 1.00",
        "                                            ",
        "0 +                                         ",
        "   0               2                4 epoch ",
    ]


def test_where_there_is_room_names_and_values_are_at_the_ends_and_else_in_the_head() -> None:
    lines = [train_line(LossHistory([0.1234])), valid_line(LossHistory([0.2345]))]

    def chart(width: int, height: int) -> list[str]:
        rows = loss_chart(lines, width, height, title="loss (cross-entropy)", short_title="cross-entropy")
        return [plain_row(row).rstrip() for row in rows]

    ends = [
        [row[-14:] for row in chart(width, 9) if row.endswith(("0.1234", "0.2345", "0.123", "0.234"))]
        for width in (60, 50, 46)
    ]
    assert ends[0] == ["━ valid 0.2345", "─ train 0.1234"]
    assert [end[-13:] for end in ends[1]] == ["━ valid 0.234", "─ train 0.123"]
    assert [end[-7:] for end in ends[2]] == ["━ 0.234", "─ 0.123"]
    heads = [chart(width, 9)[0] for width in (60, 46, 36)]
    assert heads == [
        "loss (cross-entropy)",
        "loss (cross-entropy)  ─ train  ━ validation",
        "─ train 0.1234  ━ valid 0.2345",
    ]


@given(
    st.lists(st.floats(0.0, 10.0), min_size=1, max_size=5),
    st.integers(9, 20),
    st.sampled_from(["whole", "window"]),
)
def test_a_value_read_off_the_cells_is_within_half_a_dot_of_the_value(
    values: list[float], height: int, heights: Heights
) -> None:
    for make in (train_line, valid_line):
        last = values[-1]
        # The last value stays for a while, so that the end of the curve is level.
        rows = loss_chart(
            [make(LossHistory(values + [last] * 20))],
            70,
            height,
            heights=heights,
            title="t",
            window=(1, len(values) + 20),
        )
        body = [plain_row(row) for row in rows[1:-1]]
        wide = _left(body)
        level = _dots_in(body, wide + 30)
        ticks = _ticks(body)
        (low_row, low), (high_row, high) = ticks[-1], ticks[0]
        per_dot = (high - low) / (high_row - low_row) / 4
        read = low + (sum(level) / len(level) - (low_row * 4 + 1.5)) * per_dot
        assert len(level) == (1 if make is train_line else 2)
        assert abs(read - last) <= per_dot * 0.51


_LABEL = re.compile(r" *([0-9.e−-]+) ")


def _ticks(body: list[str]) -> list[tuple[int, float]]:
    """The rows with a tick, from the bottom, and their values."""
    found = [(len(body) - 1 - at, _LABEL.match(row)) for at, row in enumerate(body)]
    return [(at, float(label[1].replace("−", "-"))) for at, label in found if label]


def _left(body: list[str]) -> int:
    return max(label.end() for row in body if (label := _LABEL.match(row)))


def _dots_in(body: list[str], column: int) -> list[int]:
    """The dot rows, from the bottom, that are set in the left half of a column of cells."""
    bits = (0x40, 0x04, 0x02, 0x01)  # from the lowest to the highest dot
    return [
        4 * (len(body) - 1 - at) + dot
        for at, row in enumerate(body)
        for dot, bit in enumerate(bits)
        if "⠀" <= row[column] <= "⣿" and (ord(row[column]) - 0x2800) & bit
    ]


def test_ticks_stand_equally_many_rows_apart_and_zero_on_the_lowest_row() -> None:
    for height in range(9, 30):
        body = [plain_row(row) for row in loss_chart([train_line(falling(90))], 70, height, heights="whole")[:-1]]
        at = [row for row, _ in _ticks(body)]
        assert len(at) >= 3
        assert len({after - before for before, after in pairwise(at)}) == 1
    body = [plain_row(row) for row in loss_chart([train_line(LossHistory([1, 0.01]))], 70, 12)[:-1]]
    assert _ticks(body)[-1] == (0, 0.0)


def _story(epochs: int = 200) -> list[LossLine]:
    """A steep fall, then a validation loss that rises, beside a pinned run."""
    epoch = np.arange(1, epochs + 1)
    train = LossHistory(0.72 * np.exp(-epoch / 6) + 0.01)
    valid = LossHistory(0.72 * np.exp(-epoch / 6) + 0.04 + epoch * 0.0002)
    return [pinned_line(1, "η 0.1", LossHistory(0.3 + 0 * epoch)), train_line(train), valid_line(valid)]


def test_after_a_seventh_of_the_epochs_the_axis_shows_what_still_happens() -> None:
    rows = loss_chart(_story(), 76, 14, title="loss", planned=200)
    body = [plain_row(row) for row in rows[1:-1]]
    assert "window" in plain_row(rows[0])
    assert "▲ from 0.6" in body[0]
    assert max(value for _, value in _ticks(body)) <= 0.1
    rising = [max(_dots_in(body, _left(body) + at)) for at in (20, 35, 48)]
    assert rising == sorted(set(rising))
    whole = loss_chart(_story(), 76, 14, title="loss", planned=200, heights="whole")
    assert "whole range" in plain_row(whole[0])
    assert "▲" not in plain_text(whole)


def test_the_window_opens_once_and_not_before_its_time() -> None:
    open_at = [
        epochs for epochs in range(2, 200, 3) if "▲" in plain_text(loss_chart(_story(epochs), 76, 14, planned=400))
    ]
    assert open_at[0] >= 56
    assert open_at == list(range(open_at[0], 200, 3))
    assert "▲" not in plain_text(loss_chart([train_line(falling(90))], 76, 14, planned=90))  # not three times as high


def test_every_curve_has_one_end_pushed_apart_and_none_dropped() -> None:
    lines = [pinned_line(number, f"η {number}", LossHistory([1.0, 0.5])) for number in (1, 2, 3)]
    lines += [train_line(LossHistory([1.0, 0.5])), valid_line(LossHistory([1.0, 0.5]))]
    for height in (7, 9, 14):
        rows = [plain_row(row).rstrip() for row in loss_chart(lines, 76, height, title="loss")]
        ends = [row.split("  ")[-1] if "  " in row else row for row in rows if row.endswith("0.5000")]
        assert len(ends) == 5, "\n".join(rows)
        for name in ("η 1", "η 2", "η 3", "train", "valid"):
            assert sum(name in row for row in rows) == 1


def test_a_cell_has_one_colour_the_one_of_validation_before_training_before_pinned() -> None:
    same_curve = [pinned_line(1, "x", falling(90)), train_line(falling(90)), valid_line(falling(90))]
    rows = loss_chart(same_curve, 60, 16, heights="whole")[:-1]
    inks = {span.ink for row in rows for span in row[:-1] if any("⠀" < sign <= "⣿" for sign in span.text)}
    assert inks == {"valid"}


def test_smoothed_curves_have_raw_values_beneath_and_raw_figures() -> None:
    random = np.random.default_rng(1)
    history = LossHistory(0.5 + 0.1 * random.standard_normal(200))
    raw, smooth = (loss_chart([train_line(history)], 76, 14, smooth=smooth) for smooth in (False, True))
    inks = [{span.ink for row in rows for span in row} for rows in (raw, smooth)]
    assert "train-raw" in inks[1] - inks[0]
    ends = [next(row for row in map(plain_row, rows) if "train" in row).split()[-1] for rows in (raw, smooth)]
    assert ends[0] == ends[1] == figure(history.latest())
    low = loss_chart([train_line(history)], 76, 9, smooth=True)
    assert "train-raw" not in {span.ink for row in low for span in row}


def test_seconds_are_counted_on_the_axis_and_read_at_the_cursor() -> None:
    line = replace(train_line(LossHistory([3.0, 2.0, 1.0])), knots=((0, 0), (1, 1500), (3, 3500)))
    rows = loss_chart([line], 76, 12, axis=Axis(counts="seconds"), cursor=2500, across="seconds", title="loss")
    assert "second 2.5" in plain_row(rows[0])
    assert any(plain_row(row).rstrip().endswith("2.000") for row in rows)
    assert plain_row(rows[-1]).split()[-1] == "seconds"
    assert "3" in plain_row(rows[-1]).split()


def test_the_axis_of_epochs_moves_in_steps_and_ends_where_the_run_will() -> None:
    frames = {
        tuple(plain_row(row) for row in loss_chart([train_line(falling(epochs))], 60, 12, planned=500)[-1:])
        for epochs in range(101, 201)
    }
    assert len(frames) == 1
    last = plain_text(loss_chart([train_line(falling(180))], 60, 12, planned=190)[-1:])
    assert "200" not in last


def _labels(rows: Rows) -> tuple[tuple[int, float], ...]:
    return tuple(_ticks([plain_row(row) for row in rows[:-1]]))


def test_the_axis_of_the_loss_stays_until_the_loss_leaves_it() -> None:
    history = LossHistory([1.0])
    labels = set()
    for step in range(60):
        history.append(0.95 - step * 0.001)
        labels.add(_labels(loss_chart([train_line(history)], 60, 12)))
    assert len(labels) <= 7  # of 60 frames


def test_while_a_run_begins_its_axes_move_a_few_times_and_not_at_every_epoch() -> None:
    history = LossHistory()
    axes = []
    for epoch in range(50):
        history.append(0.9 * 0.93**epoch)
        rows = loss_chart([train_line(history)], 60, 16, planned=2000)
        axes.append((plain_row(rows[-1]).split(), _labels(rows)))
    assert sum(one != other for one, other in pairwise(axes)) <= 8
    assert plain_row(loss_chart([train_line(LossHistory([0.5]))], 60, 16, planned=2000)[-1]).split()[-1] == "20"


def test_the_legend_can_lag_behind_the_curve() -> None:
    history = LossHistory([4.0, 3.0, float("nan"), 1.0])
    for told, shown in ((None, "1.000"), (4, "1.000"), (3, "3.000"), (1, "4.000"), (0, "–")):
        line = replace(train_line(history), legend_epoch=told)
        assert shown in plain_text(loss_chart([line], 60, 12)).split("train")[1].split("\n")[0]
    drawn = [loss_chart([replace(train_line(history), legend_epoch=told)], 60, 12) for told in (None, 1)]
    assert [plain_row(row)[:44] for row in drawn[0]] == [plain_row(row)[:44] for row in drawn[1]]


def test_train_validation_and_pinned_runs_differ_without_colour() -> None:
    one = plain_text(loss_chart([train_line(falling(90))], 60, 16))
    two = plain_text(loss_chart([valid_line(falling(90))], 60, 16))
    three = plain_text(loss_chart([pinned_line(1, "x", falling(90))], 60, 16))
    bodies = ["\n".join(each.splitlines()[1:]) for each in (one, two, three)]
    assert len(set(bodies)) == 3
    assert any("1" in row[8:40] for row in three.splitlines()[1:-2])
    marks = [line.plain_mark() for line in (train_line(falling(2)), valid_line(falling(2)))]
    marks += [pinned_line(number, "x", falling(2)).plain_mark() for number in (1, 2, 3, 4)]
    assert len(set(marks)) == 6


def test_the_ends_speak_chinese() -> None:
    use_language("zh")
    try:
        text = plain_text(loss_chart([train_line(falling(9)), valid_line(falling(9))], 60, 12))
    finally:
        use_language("en")
    assert "训练" in text
    assert "验证" in text


def test_the_cursor_shows_its_column_and_the_figures_there() -> None:
    history = LossHistory(np.linspace(2, 1, 11))
    rows = loss_chart([train_line(history)], 60, 12, planned=10, cursor=6)
    assert "epoch 6" in plain_row(rows[0])
    assert any(plain_row(row).rstrip().endswith("1.500") for row in rows)
    assert "cursor" in _ink_of(rows[1:], "│")


def test_a_changed_control_leaves_a_dotted_column() -> None:
    with_change = plain_text(loss_chart([train_line(falling(90))], 60, 12, changes=[50]))
    assert sum("┊" in row for row in with_change.splitlines()) >= 6
    assert "┊" not in plain_text(loss_chart([train_line(falling(90))], 60, 12, changes=[5000]))


def test_a_spike_of_one_epoch_in_a_million_is_not_lost() -> None:
    losses = np.full(1_000_000, 1.0)
    losses[777_777] = 9.0
    rows = loss_chart([train_line(LossHistory(losses))], 60, 12)
    top = [plain_row(row) for row in rows[1:4]]
    assert any(any("⠀" < character <= "⣿" for character in row) for row in top)


def test_zoom_shows_only_the_window_and_scales_to_it() -> None:
    rows = loss_chart([train_line(LossHistory([100.0, *np.linspace(1, 0.9, 99)]))], 60, 12, window=(50, 100))
    assert "100" in plain_row(rows[-1])
    assert " 0 " not in plain_row(rows[-1])
    assert max(value for _, value in _labels(rows)) < 2


def test_a_logarithmic_axis_marks_zero_at_its_end_and_says_when_nothing_is_left() -> None:
    mixed = loss_chart([train_line(LossHistory([1.0, 0.0, 0.01]))], 60, 12, heights="log")
    assert "log" in plain_row(mixed[0])
    assert "▼" in plain_row(mixed[-2])  # the value of zero is not dropped silently
    assert "no zero" in plain_text(loss_chart([train_line(LossHistory([0.0, -1.0]))], 70, 12, heights="log"))


def test_before_the_first_epoch_it_says_so() -> None:
    assert "first epoch" in plain_text(loss_chart([train_line(LossHistory())], 60, 12))


def test_with_no_room_for_axes_the_figures_stay() -> None:
    assert text_of(loss_chart([train_line(LossHistory([0.25]))], 16, 2), 16, 2).splitlines()[0] == "train 0.2500    "


def test_a_spike_of_validation_is_drawn_to_its_end() -> None:
    for spike in range(40, 60):
        losses = [1.0] * 100
        losses[spike] = 0.0
        body = [plain_row(row) for row in loss_chart([valid_line(LossHistory(losses))], 80, 16)[:-1]]
        assert any("⠀" < sign <= "⣿" for sign in body[-1]), "\n".join(body)
