"""Drawing with plotext: one at a time, nothing kept, nothing that is not a whole dot."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.charts.shapes import falling
from tutor.charts.canvas import overlay
from tutor.charts.cells import Row, Span, add_span, plain_text
from tutor.charts.loss import loss_chart, train_line
from tutor.charts.plot import Grid, Mark, canvas, frame, simplified
from tutor.charts.scale import linear_scale


def test_a_line_goes_through_its_dots() -> None:
    mark = Mark(np.array([0, 3]), np.array([0, 0]), "train", lines=True)
    (row,) = canvas(Grid(4, 1), [mark])
    assert [(span.text, span.ink) for span in row] == [("⣀⣀", "train"), ("  ", "text")]


def test_every_corner_dot_of_the_canvas_is_on_it() -> None:
    grid = Grid(3, 2)
    mark = Mark(np.array([0, 5, 0, 5]), np.array([0, 0, 7, 7]), "train")
    assert plain_text(canvas(grid, [mark])) == "⠁ ⠈\n⡀ ⢀"


def test_each_mark_keeps_its_ink() -> None:
    marks = [Mark(np.array([2 * n]), np.array([0]), ink, glyph="x") for n, ink in enumerate(("valid", "bad", "heat3"))]
    (row,) = canvas(Grid(3, 1), marks)
    assert [(span.text, span.ink) for span in row] == [("x", "valid"), ("x", "bad"), ("x", "heat3")]


def test_the_figure_of_plotext_is_left_empty() -> None:
    import plotext

    loss_chart([train_line(falling(50))], 60, 12)
    assert not list(plotext.figure._signals)


def test_many_threads_draw_the_same_picture() -> None:
    expected = loss_chart([train_line(falling(80))], 60, 12)
    wrong: list[int] = []

    def draw(number: int) -> None:
        wrong.extend(number for _ in range(5) if loss_chart([train_line(falling(80))], 60, 12) != expected)

    threads = [threading.Thread(target=draw, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_chart_does_not_depend_on_the_size_of_the_terminal() -> None:
    program = (
        "from tutor.charts.loss import *; from tutor.charts.cells import row_width\n"
        "rows = loss_chart([train_line(LossHistory([2, 1]))], 150, 50)\n"
        "assert len(rows) == 50 and {row_width(row) for row in rows} == {150}"
    )
    environment = {"COLUMNS": "30", "LINES": "8", "PYTHONPATH": ":".join(sys.path), "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)


def test_plotext_is_imported_only_when_something_is_drawn() -> None:
    program = (
        "import sys, tutor.charts.loss, tutor.charts.cells\n"
        "from tutor.labs.panels import panel_class, panel_names\n"
        "assert [panel_class(name) for name in panel_names()] and 'plotext' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_simplifying_keeps_corners_and_turns_back() -> None:
    columns, rows = simplified(np.array([0, 1, 2, 3, 3, 3, 4]), np.array([0, 0, 0, 0, 5, 2, 2]))
    assert list(zip(columns.tolist(), rows.tolist(), strict=True)) == [(0, 0), (3, 0), (3, 5), (3, 2), (4, 2)]


def test_what_lies_above_keeps_the_ground_below() -> None:
    under = [[Span("▀▀▀", "heat1", "heat2")]]
    over = [[Span(" ", "text"), Span("x", "path"), Span(" ", "text")]]
    ((left, middle, right),) = overlay(under, over)
    assert (left, right) == (Span("▀", "heat1", "heat2"), Span("▀", "heat1", "heat2"))
    assert (middle.text, middle.ground) == ("x", "heat2")


def test_what_was_drawn_before_leaves_nothing_in_a_canvas() -> None:
    mark = Mark(np.array([0, 3]), np.array([0, 0]), "train", lines=True)
    other = Mark(np.array([1, 6]), np.array([7, 7]), "bad", glyph="x")
    expected = canvas(Grid(4, 2), [mark])
    frame.cache_clear()
    frame(linear_scale(0, 1), linear_scale(0, 1), 20, 8)
    assert canvas(Grid(4, 2), [mark]) == expected
    assert canvas(Grid(4, 2), [other, mark]) != expected
    canvas(Grid(7, 3), [other])
    assert canvas(Grid(4, 2), [mark]) == canvas(Grid(4, 2), [mark]) == expected


def test_a_canvas_that_failed_leaves_nothing_in_the_next_one() -> None:
    mark = Mark(np.array([0, 3]), np.array([0, 0]), "train", lines=True)
    expected = canvas(Grid(4, 2), [mark])
    with pytest.raises(AttributeError):
        canvas(Grid(4, 2), [mark, None])  # type: ignore[list-item]
    assert canvas(Grid(4, 2), [mark]) == expected


SPANS = st.lists(
    st.builds(Span, st.text("ab ⣀", min_size=1, max_size=4), st.sampled_from(["text", "train"]),
              st.sampled_from([None, "heat1", "heat14", "field2"])),
    max_size=5,
)  # fmt: skip


def in_cells(row: list[Span], width: int) -> list[Span]:
    return [Span(cell, span.ink, span.ground) for span in row for cell in span.text][:width]


def joined(cells: list[Span]) -> Row:
    row: Row = []
    for cell in cells:
        add_span(row, cell)
    return row


@given(SPANS, SPANS)
def test_what_lies_above_is_laid_over_cell_by_cell(under: list[Span], over: list[Span]) -> None:
    width = min(sum(len(span.text) for span in row) for row in (under, over))
    below, above = in_cells(under, width), in_cells(over, width)
    (row,) = overlay([joined(below)], [joined(above)])
    found = in_cells(row, width)
    assert [cell.text for cell in found] == [
        low.text if high.text == " " and high.ground is None else high.text
        for low, high in zip(below, above, strict=True)
    ]
    for cell, low, high in zip(found, below, above, strict=True):
        if high.text == " " and high.ground is None:
            assert cell == low
        elif high.ground is not None:
            assert cell == high
        else:
            assert cell.ground == low.ground
            light = {"heat1": "heat15", "heat14": "heat0"}.get(str(low.ground), high.ink)
            assert cell.ink == light


def test_importing_plotext_builds_no_documentation_and_leaves_nothing_in_its_place() -> None:
    code = (
        "import sys\n"
        "from tutor.charts import plot\n"
        "plot.preload()\n"
        "assert 'plotext' in sys.modules\n"
        "found = {'unittest', *plot._DRAW_NOTHING} & sys.modules.keys()\n"
        "assert not found and not [each for each in sys.modules if each.startswith('plotext._doc.sections')], found\n"
        "from plotext._tests.run import test\n"
        "assert callable(test)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
