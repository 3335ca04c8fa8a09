"""Bars: one for each number, in the size that was asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.charts.bars import Bar, bar_chart
from tutor.charts.cells import Row, Span, plain_row, plain_text, row_width

DAYS = [Bar(str(day), value) for day, value in zip(range(24, 31), [12, 3, 0, None, 8, 1, 2], strict=True)]


@pytest.mark.parametrize("ascii", [False, True])
@given(
    values=st.lists(st.none() | st.floats(0, 1e12), max_size=70),
    width=st.integers(0, 120),
    height=st.integers(0, 20),
)
def test_it_has_exactly_the_size_that_was_asked_for(
    ascii: bool, values: list[float | None], width: int, height: int
) -> None:
    rows = bar_chart([Bar(str(at), value) for at, value in enumerate(values)], width, height, title="到期", ascii=ascii)
    assert len(rows) == height
    assert all(row_width(row) == width for row in rows)
    if ascii:
        assert plain_text(rows).replace("到期", "").replace("到", "").isascii()


def columns_of(rows: list[str], label: str) -> list[str]:
    at = rows[-1].index(label)
    return [row[at] for row in rows[:-2]]


def test_the_highest_bar_is_the_highest_and_nothing_shows_nothing() -> None:
    rows = [plain_row(row) for row in bar_chart(DAYS, 60, 10, title="due")]
    assert rows[0].startswith("due")
    filled = {
        label: sum(cell != " " for cell in columns_of(rows[1:], label)) for label in ("24", "25", "26", "27", "28")
    }
    assert filled["24"] > filled["28"] > filled["25"] > 0
    assert filled["26"] == filled["27"] == 0


def test_the_axis_goes_to_the_top_that_was_asked_for() -> None:
    rows = [plain_row(row) for row in bar_chart([Bar("1", 50.0)], 40, 10, top=100)]
    assert next(row for row in rows if "┤" in row).lstrip().startswith("100")
    assert next(row for row in rows if "▄" in row).lstrip().startswith("50")


EIGHTHS = " ▁▂▃▄▅▆▇█"


@given(st.lists(st.integers(0, 900) | st.floats(0, 1e6), min_size=1, max_size=8), st.integers(7, 30))
def test_a_value_read_off_the_cells_is_the_value_of_the_bar(values: list[float], height: int) -> None:
    rows = [plain_row(row) for row in bar_chart([Bar(f"b{at}", value) for at, value in enumerate(values)], 80, height)]
    base = next(number for number, row in enumerate(rows) if "└" in row)
    ticks = [(base - number, float(row.partition("┤")[0])) for number, row in enumerate(rows) if "┤" in row]
    assert rows[base].split("└")[0].strip() in {"0", "0.0", "0.00"}  # 0 is the line below the bars
    rows_apart = {round(value / above, 6) for above, value in ticks}
    assert len(rows_apart) == 1  # equally many rows apart, counted from the line
    per_row = ticks[0][1] / ticks[0][0]
    for at, value in enumerate(values):
        column = rows[base + 1].index(f"b{at}")
        high = sum(EIGHTHS.index(row[column]) for row in rows[:base]) / 8
        read = (high + 0.5) * per_row if high else 0.0
        assert abs(read - value) <= max(per_row / 16 + value * 1e-3, 0 if high > 1 / 8 else per_row * 0.625)


def test_without_room_the_figures_are_told() -> None:
    assert "24 12" in plain_text(bar_chart(DAYS, 15, 4))


def heights(rows: list[Row], column: int, ink: str) -> float:
    """The height in rows of what ``ink`` fills in a column of cells, in front or behind."""
    high = 0.0
    for row in rows:
        place = 0
        for span in row:
            if place <= column < place + len(span.text):
                part = EIGHTHS.index(span.text[column - place]) / 8 if span.text[column - place] in EIGHTHS else 0.0
                high += part if span.ink == ink else 1 - part if span.ground == ink else 0.0
            place += len(span.text)
    return high


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=8), st.integers(7, 30))
def test_both_parts_of_a_bar_can_be_read_off_the_cells(values: list[tuple[int, int]], height: int) -> None:
    bars = [Bar(f"b{at}", value, "train", more, "train-raw") for at, (value, more) in enumerate(values)]
    rows = bar_chart(bars, 80, height)
    plain = [plain_row(row) for row in rows]
    base = next(number for number, row in enumerate(plain) if "└" in row)
    assert plain[base].split("└")[0].strip() == "0"
    above, value = next((base - n, float(row.partition("┤")[0])) for n, row in enumerate(plain) if "┤" in row)
    per_row = value / above
    for at, (right, others) in enumerate(values):
        column = plain[base + 1].index(f"b{at}")
        first, second = (heights(rows[:base], column, ink) for ink in ("train", "train-raw"))
        total = (first + second + 0.5) * per_row if first + second else 0.0
        near = per_row / 16 if first + second > 1 / 8 else per_row * 0.625
        assert abs(total - right - others) <= near + (right + others) * 1e-3
        read = (first + 0.5) * per_row if first else 0.0
        # Where the border and the top are in one cell, the cell shows the larger part of the two.
        assert abs(read - right) <= per_row * 1.1


def test_without_colour_the_second_part_is_shaded_and_in_ascii_it_has_another_sign() -> None:
    bars = [Bar("mon", 20.0, "train", 20.0)]
    assert "░" in plain_text(bar_chart(bars, 40, 10, colour=False))
    drawn = plain_text(bar_chart(bars, 40, 10, ascii=True))
    assert "#" in drawn
    assert ":" in drawn


def test_the_two_parts_share_a_cell_at_their_border() -> None:
    rows = bar_chart([Bar("mon", 13.0, "train", 27.0, "train-raw")], 40, 10, legend=[Span("  right")], title="answers")
    assert plain_row(rows[0]).startswith("answers  right")
    assert any(span.ink == "train" and span.ground == "train-raw" for row in rows for span in row)
