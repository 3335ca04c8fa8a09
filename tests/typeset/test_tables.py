from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.typeset.page import typeset


def texts(markdown: str, width: int) -> list[str]:
    return [line.text for line in typeset(markdown, width)]


def test_columns_are_as_wide_as_their_words_and_numbers_stand_right() -> None:
    assert texts("| day | views |\n|---|---:|\n| 1 | 4.8 |\n| 29 | 12.25 |", 40) == [
        "day   views",
        "───   ─────",
        "1       4.8",
        "29    12.25",
    ]


def test_chinese_takes_two_cells() -> None:
    assert texts("| 天 | 数 |\n|:-:|---|\n| 学习率 | a |\n| b | 大 |", 40) == [
        "  天     数",
        "──────   ──",
        "学习率   a",
        "  b      大",
    ]


def test_a_table_without_head_has_no_rule() -> None:
    assert texts("| | |\n|-|-|\n| a | b |", 40) == ["a   b"]


def test_long_cells_wrap_and_rows_get_air() -> None:
    assert texts("| a | b |\n|-|-|\n| x | one two three |\n| y | z |", 12) == [
        "a  b",
        "─  ─────────",
        "x  one two",
        "   three",
        "",
        "y  z",
    ]


def test_columns_that_need_little_keep_it_when_others_share_the_rest() -> None:
    lines = texts("| n | left | right |\n|-|-|-|\n| 1 | " + "aa " * 30 + "| " + "bb " * 30 + "|", 40)
    assert lines[1] == "─  " + "─" * 17 + "  " + "─" * 18
    assert all(len(line) <= 40 for line in lines)


def test_a_table_too_wide_for_the_page_tells_its_rows_one_by_one() -> None:
    table = "| learning rate | result |\n|-|-|\n| 0.1 | convergence |\n| 5 | divergence |"
    assert texts(table, 16) == [
        "learning rate:",
        "0.1",
        "result:",
        "convergence",
        "────────",
        "learning rate: 5",
        "result:",
        "divergence",
    ]


def test_a_table_of_very_many_columns_tells_the_first_of_each_row_and_how_many_more_there_are() -> None:
    columns = 1900
    head = "|".join(f"c{number}" for number in range(columns))
    row = "|".join(f"{number}.5" for number in range(columns))
    lines = texts(f"|{head}|\n|" + "-|" * columns + f"\n|{row}|\n|{row}|", 40)
    assert lines[:2] == ["c0: 0.5", "c1: 1.5"]
    assert lines.count("… and 1860 more columns") == 2
    assert len(lines) < 100


def test_columns_with_nothing_in_them_take_no_lines_in_a_table_too_wide_for_the_page() -> None:
    empty = "|" * 1900
    lines = texts(f"|a|b{empty}\n|" + "-|" * 1901 + f"\n|1|2{empty}", 40)
    assert lines == ["a: 1", "b: 2"]


_CELL = st.text(st.sampled_from("ab 12学习，$x$**`"), max_size=30).map(lambda text: text.replace("\n", " "))


@given(st.integers(1, 6), st.data(), st.integers(10, 90))
def test_any_table_fits(columns: int, data: st.DataObject, width: int) -> None:
    rows = data.draw(st.lists(st.lists(_CELL, min_size=columns, max_size=columns), min_size=1, max_size=5))
    lines = ["|" + "|".join(row) + "|" for row in rows]
    markdown = "\n".join([lines[0], "|" + "-|" * columns, *lines[1:]])
    assert all(line.width <= width for line in typeset(markdown, width))
