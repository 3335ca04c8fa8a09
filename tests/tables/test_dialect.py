"""The layout of a table, from its first lines: for a whole file and for one that grows."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tutor.tables.dialect import BrokenRowError, find_dialect
from tutor.tables.numbers import decide, is_missing, parse_cell, value_as


def test_a_head_alone_tells_the_separator_and_the_names() -> None:
    for head, separator in (("epoch,loss", ","), ("epoch;train loss", ";"), ("epoch\tloss", "\t"), ("a|b", "|")):
        dialect = find_dialect([head + "\n"])
        assert (dialect.separator, len(dialect.names), dialect.width) == (separator, 2, 2)
        assert dialect.split(f"1{separator}0.5\n") == ["1", "0.5"]


def test_rows_that_come_later_have_the_lines_of_the_file() -> None:
    dialect = find_dialect(["sep=;\n", "epoch;loss\n"])
    assert dialect.body == 2
    rows = list(dialect.rows(["1;0.5\n", "\n", "# paused\n", '2;"0.4"\n', "3\n"]))
    assert [(row.line, row.cells) for row in rows] == [(3, ["1", "0.5"]), (6, ["2", "0.4"]), (7, ["3"])]
    assert dialect.comments == 1
    assert [row.line for row in dialect.rows(["4;0.3\n"], first_line=8)] == [8]


def test_a_quoted_cell_over_two_lines_is_one_row_with_its_first_line() -> None:
    dialect = find_dialect(["a,b\n"])
    rows = list(dialect.rows(['"x\n', 'y",1\n', "z,2\n"]))
    assert [(row.line, row.cells) for row in rows] == [(2, ["x\ny", "1"]), (4, ["z", "2"])]


@pytest.mark.parametrize("lines", [['1,"2\n', "3,4\n"], ['1,"' + "2" * 200_000 + "\n"]])
def test_a_quote_without_end_is_told_with_the_line_where_it_opens(lines: list[str]) -> None:
    with pytest.raises(BrokenRowError) as told:
        list(find_dialect(["a,b\n"]).rows(["5,6\n", *lines]))
    assert told.value.line == 3


@given(st.lists(st.text(st.sampled_from('ab1,;\t|"# \n\ufeff．，=sep'), max_size=30), max_size=12))
def test_any_lines_have_a_layout(lines: list[str]) -> None:
    dialect = find_dialect([line + "\n" for text in lines for line in text.split("\n")])
    assert len(dialect.separator) == 1
    assert all("\n" not in name for name in dialect.names)
    for row in dialect.rows(["1,2;3\n", "\n"]):
        assert row.line == dialect.body + 1


@example("+-inf")
@given(st.text(st.sampled_from("0123456789.,' +-−%$€kgeEdD()\u202f１infaty"), max_size=40))
def test_any_cell_is_a_number_or_none(text: str) -> None:
    number = parse_cell(text.strip())
    if number is not None:
        assert number.value == number.value
        assert number.ambiguous == "" or number.decimal == ""


@pytest.mark.parametrize("marker", [*"0123.,' +-%$€ke(", "1,", "1.", "1 ", ",1", "e1", "12,"])
def test_long_runs_are_no_number_and_cost_nothing(marker: str) -> None:
    for text in (marker * 40, marker * 20 + "x", "1" + marker * 39):
        parse_cell(text.strip())
    assert parse_cell((marker * 100_000 + "x").strip()) is None


def test_what_a_column_shows_decides_what_its_cells_mean() -> None:
    cells = [parse_cell(text) for text in ("1,022", "0,5", "985")]
    numbers = [number for number in cells if number is not None]
    decision = decide((number.decimal for number in numbers), (number.ambiguous for number in numbers))
    assert [value_as(number, decision.decimal) for number in numbers] == [1.022, 0.5, 985]
    assert value_as(numbers[0], ".") == 1022
    assert decide([], [","]).ambiguous == ","
    assert decide([], [","], [".", ""]).decimal == "."
    assert decide([], [","], [".", ","]).ambiguous == ","


@pytest.mark.parametrize("text", ["", " ", "NaN", "-", "None", "\\N", "#DIV/0!"])
def test_missing(text: str) -> None:
    assert is_missing(text)
    assert is_missing(text, among_numbers=False) == (text not in {"-", "None"})
