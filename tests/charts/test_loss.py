"""The loss chart: what a learner reads off it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from tests.charts.shapes import falling, text_of
from tutor.charts.cells import Rows, plain_row, plain_text
from tutor.charts.loss import loss_chart, pinned_line, train_line, valid_line
from tutor.charts.loss_history import LossHistory
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
    assert text_of(loss_chart(lines, 34, 9, title="loss", planned=4, ascii=True), 34, 9).splitlines() == [
        "loss  * train 1.000  o valid 4.000",
        "4 +        o*o*o o o o o o o o o o",
        "  |            *****              ",
        "  |                 ****          ",
        "2 +                     ******    ",
        "  |                           ****",
        "0 +                               ",
        "  ++-----------------------------+",
        "   0                             4",
    ]


def test_where_the_legend_is_narrow_title_and_names_are_short_and_no_line_is_left_out() -> None:
    lines = [train_line(LossHistory([0.1234])), valid_line(LossHistory([0.2345]))]

    def legend(width: int, height: int) -> list[str]:
        rows = loss_chart(lines, width, height, title="loss (cross-entropy)", short_title="cross-entropy")
        return [plain_row(row).rstrip() for row in rows]

    heads = [legend(width, 9)[0] for width in (60, 50, 40)]
    assert heads == [
        "loss (cross-entropy)  ── train 0.1234  ·· validation 0.2345",
        "cross-entropy  ── train 0.1234  ·· valid 0.2345",
        "── train 0.1234  ·· valid 0.2345",
    ]
    assert legend(50, 12)[:2] == ["loss (cross-entropy)  ── train 0.1234", "·· validation 0.2345"]


def test_the_axis_of_epochs_moves_in_steps_and_ends_where_the_run_will() -> None:
    frames = {
        tuple(plain_row(row) for row in loss_chart([train_line(falling(epochs))], 60, 12, planned=500)[-2:])
        for epochs in range(101, 201)
    }
    assert len(frames) == 1
    last = plain_text(loss_chart([train_line(falling(180))], 60, 12, planned=190)[-1:])
    assert "200" not in last


def test_the_axis_of_the_loss_stays_until_the_loss_leaves_it() -> None:
    history = LossHistory([1.0])
    labels = set()
    for step in range(60):
        history.append(0.95 - step * 0.001)
        labels.add(tuple(plain_row(row)[:5] for row in loss_chart([train_line(history)], 60, 12)[1:-2]))
    assert len(labels) <= 7  # of 60 frames


def test_while_a_run_begins_its_axes_move_a_few_times_and_not_at_every_epoch() -> None:
    history = LossHistory()
    axes = []
    for epoch in range(50):
        history.append(0.9 * 0.93**epoch)
        rows = loss_chart([train_line(history)], 60, 16, planned=2000)
        axes.append((plain_row(rows[-1]), tuple(plain_row(row)[:5] for row in rows[1:-2])))
    assert sum(one != other for one, other in pairwise(axes)) <= 8
    assert plain_row(loss_chart([train_line(LossHistory([0.5]))], 60, 16, planned=2000)[-1]).split()[-1] == "20"


def test_the_legend_can_lag_behind_the_curve() -> None:
    history = LossHistory([4.0, 3.0, float("nan"), 1.0])
    for told, figure in ((None, "1.000"), (4, "1.000"), (3, "3.000"), (1, "4.000"), (0, "–")):
        line = replace(train_line(history), legend_epoch=told)
        assert plain_row(loss_chart([line], 60, 12)[0]).split("train ")[1].startswith(figure)
    drawn = [loss_chart([replace(train_line(history), legend_epoch=told)], 60, 12)[1:] for told in (None, 1)]
    assert drawn[0] == drawn[1]


def test_tick_labels_stand_against_the_axis() -> None:
    rows = loss_chart([train_line(LossHistory([5.0, 250.0]))], 60, 12)
    labelled = [plain_row(row) for row in rows if "┤" in plain_row(row)]
    assert len(labelled) > 2
    assert len({row.index("┤") for row in labelled}) == 1
    assert all(row[row.index("┤") - 1] == " " and row[row.index("┤") - 2].isdigit() for row in labelled)


def test_train_validation_and_pinned_runs_differ_without_colour() -> None:
    one = plain_text(loss_chart([train_line(falling(90))], 60, 16))
    two = plain_text(loss_chart([valid_line(falling(90))], 60, 16))
    three = plain_text(loss_chart([pinned_line(1, "x", falling(90))], 60, 16))
    bodies = ["\n".join(each.splitlines()[1:]) for each in (one, two, three)]
    assert len(set(bodies)) == 3
    assert any("1" in row[8:] for row in three.splitlines()[1:-2])
    marks = [line.plain_mark() for line in (train_line(falling(2)), valid_line(falling(2)))]
    marks += [pinned_line(number, "x", falling(2)).plain_mark() for number in (1, 2, 3, 4)]
    assert len(set(marks)) == 6


def test_the_legend_is_outside_the_plot_and_gives_the_last_figures() -> None:
    rows = loss_chart([train_line(LossHistory([1, 0.5612])), valid_line(LossHistory([1, 0.4803]))], 60, 12, title="MAE")
    assert plain_row(rows[0]).split() == ["MAE", "──", "train", "0.5612", "··", "validation", "0.4803"]
    assert not any("train" in plain_row(row) for row in rows[1:])


def test_the_legend_speaks_chinese() -> None:
    use_language("zh")
    try:
        rows = loss_chart([train_line(falling(9)), valid_line(falling(9))], 60, 12)
    finally:
        use_language("en")
    assert "训练" in plain_row(rows[0])
    assert "验证" in plain_row(rows[0])


def test_the_cursor_shows_its_column_and_the_figures_there() -> None:
    history = LossHistory(np.linspace(2, 1, 11))
    rows = loss_chart([train_line(history)], 60, 12, planned=10, cursor=6)
    assert "epoch 6" in plain_row(rows[0])
    assert "1.500" in plain_row(rows[0])
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
    labels = [float(plain_row(row).partition("┤")[0]) for row in rows if "┤" in plain_row(row)]
    assert max(labels) < 2


def test_logarithmic_axis_leaves_out_zero_and_says_when_nothing_is_left() -> None:
    mixed = loss_chart([train_line(LossHistory([1.0, 0.0, 0.01]))], 60, 12, logarithmic=True)
    assert "log" in plain_row(mixed[0])
    assert "┤" in plain_text(mixed)
    assert "no zero" in plain_text(loss_chart([train_line(LossHistory([0.0, -1.0]))], 70, 12, logarithmic=True))


def test_before_the_first_epoch_it_says_so() -> None:
    assert "first epoch" in plain_text(loss_chart([train_line(LossHistory())], 60, 12))


def test_with_no_room_for_axes_the_figures_stay() -> None:
    assert text_of(loss_chart([train_line(LossHistory([0.25]))], 16, 2), 16, 2).splitlines()[0] == "train 0.2500    "


def test_a_spike_of_the_dotted_line_is_never_between_two_dots() -> None:
    for spike in range(40, 60):
        losses = [1.0] * 100
        losses[spike] = 0.0
        chart = plain_text(loss_chart([valid_line(LossHistory(losses))], 80, 16))
        flat = plain_text(loss_chart([valid_line(LossHistory([1.0] * 99 + [0.0]))], 80, 16))
        lowest = [row for row in chart.splitlines() if row.startswith("0.0")]
        assert lowest, chart
        assert lowest != [row for row in flat.splitlines() if row.startswith("0.0")]
        assert any("⠀" < sign <= "⣿" for sign in lowest[0]), chart
