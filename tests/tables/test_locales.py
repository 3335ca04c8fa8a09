"""A table of random numbers, written as any country writes them, is read back the same or refused as open."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.foundation.errors import TutorError
from tutor.tables.reader import read_table
from tutor.tables.report import column_notes

LOCALES = {
    "plain": (".", ""),
    "English": (".", ","),
    "German": (",", "."),
    "plain with commas": (",", ""),
    "French": (",", "\u202f"),
    "Russian": (",", "\u00a0"),
    "Polish": (",", " "),
    "Swiss": (".", "'"),
    "Swiss, typeset": (".", "\u2019"),
    "Austrian": (",", "\u00a0"),
    "Indian": (".", ","),
}
"""The decimal mark and what parts the thousands."""


def grouped(whole: str, mark: str, locale: str) -> str:
    """The digits of a whole number, parted into thousands."""
    if locale != "Indian":
        return f"{int(whole):,}".replace(",", mark)
    head, tail = whole[:-3], whole[-3:]
    pairs: list[str] = []
    while head:
        pairs.insert(0, head[-2:])
        head = head[:-2]
    return mark.join([*pairs, tail])


def written(value: float, places: int, locale: str, affix: str) -> str:
    """A number as people of that country write it."""
    decimal, mark = LOCALES[locale]
    whole, _, part = f"{abs(value):.{places}f}".partition(".")
    text = grouped(whole, mark, locale) + (decimal + part if part else "")
    sign = "" if value >= 0 else "\u2212" if locale == "Swiss, typeset" else "-"
    return sign + (f"{affix}{text}" if affix in {"$", "€"} else f"{text}{affix}")


COLUMNS = st.tuples(
    st.integers(0, 4),  # places behind the decimal mark
    st.sampled_from(["", "", "%", "$", " €", " kg"]),
    st.lists(st.floats(-9.0, 9.0), min_size=6, max_size=6),  # powers of ten
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(LOCALES)),
    st.sampled_from([",", ";", "\t", "|"]),
    st.lists(COLUMNS, min_size=1, max_size=3),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_numbers_of_any_country_are_read_back_or_refused_as_open(
    tmp_path_factory: pytest.TempPathFactory,
    locale: str,
    separator: str,
    columns: list[tuple[int, str, list[float]]],
    encoding: str,
) -> None:
    values = [[np.sign(each) * 10 ** abs(each) for each in powers] for _, _, powers in columns]
    texts = [
        [written(value, places, locale, affix) for value in column]
        for (places, affix, _), column in zip(columns, values, strict=True)
    ]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(["word", *(f"c{index}" for index in range(len(columns)))])
    writer.writerows(zip(["one", "two", "three"] * 2, *texts, strict=True))
    path = tmp_path_factory.mktemp("locale") / "own.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    table = read_table(path)
    for index, (places, _, _) in enumerate(columns):
        expected = [float(f"{value:.{places}f}") for value in values[index]]
        try:
            found = table.numbers(f"c{index}").tolist()
        except TutorError as error:
            said = str(error)
        else:
            said = " ".join(column_notes([table.column(f"c{index}")]))
            if "which was read as the decimal point" not in said:
                assert found == pytest.approx(expected, rel=1e-12)
                continue
        assert "--decimal" in said


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(LOCALES)), st.sampled_from([",", ";", "\t"]), COLUMNS)
def test_what_is_open_is_read_right_once_the_mark_is_named(
    tmp_path_factory: pytest.TempPathFactory, locale: str, separator: str, column: tuple[int, str, list[float]]
) -> None:
    places, affix, powers = column
    values = [np.sign(each) * 10 ** abs(each) for each in powers]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(["word", "c"])
    writer.writerows(("one", written(value, places, locale, affix)) for value in values)
    path = tmp_path_factory.mktemp("locale") / "own.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    table = read_table(path, decimal="comma" if LOCALES[locale][0] == "," else "point")
    assert table.numbers("c").tolist() == pytest.approx([float(f"{value:.{places}f}") for value in values], rel=1e-12)
