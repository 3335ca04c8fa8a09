"""Rows that are split at once come out as rows that are read one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.foundation.errors import TutorError
from tutor.tables.reader import Table, read_table

CELLS = [
    "1",
    "2.5",
    "-3",
    "007",
    "1.234",
    "",
    "NA",
    "x y",
    "1e3",
    "1e999",
    "1_0",
    "nan",
    "--",
    "#",
    '"a"',
    " 4",
    "5 ",
    "é",
]
PLAIN = CELLS[:5]


def said(path: Path, *, at_once: bool) -> object:
    """All there is to know of a table, or why it cannot be read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tutor.tables.reader._FIRST_BATCH", 3)
        patch.setattr("tutor.tables.reader._ROWS_PER_BATCH", 4)
        if not at_once:
            patch.setattr("tutor.tables.reader.plain_text", lambda _lines, _dialect: None)
        try:
            table = read_table(path)
        except TutorError as error:
            return str(error), error.hint
        return table.rows, list(table.lines), [content(table, name) for name in table.columns]


def content(table: Table, name: str) -> object:
    column = table.columns[name]
    decided = column.decision, column.holds_words, column.fault, column.words, column.empties, column.affix
    return *decided, np.array(column.numbers).tobytes(), column.codes.tobytes(), column.decimals, column.affixes


@given(
    st.lists(st.lists(st.sampled_from(PLAIN) | st.sampled_from(CELLS), min_size=2, max_size=2), max_size=24),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["", "\n", "1\n", ",\n", "#note\n"]),
    st.sampled_from([1000, 3]),
)
def test_plain_rows_are_read_as_all_others(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], end: str, separator: str, last: str, words: int
) -> None:
    path = tmp_path_factory.mktemp("plain") / "table.csv"
    start = [["a", "b"], *[["1.5", "2"]] * 5]
    path.write_bytes((end.join(map(separator.join, [*start, *rows])) + end + last).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tutor.tables.columns.MAX_WORDS", words)
        assert said(path, at_once=True) == said(path, at_once=False)
