"""Names of columns and classes in the interface language."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tutor.foundation.data_names import data_name
from tutor.foundation.translate import use_language

DATA = Path(__file__).resolve().parents[2] / "lessons" / "data"


@pytest.fixture
def chinese() -> Iterator[None]:
    use_language("zh")
    yield
    use_language("en")


def test_english_names_stay_what_the_data_says() -> None:
    for name in ("views", "views −7", "petal length (cm)", "dollar sign", "heads", "free"):
        assert data_name(name) == name


@pytest.mark.usefixtures("chinese")
def test_names_of_ours_are_chinese_on_a_chinese_screen() -> None:
    assert data_name("views −7") == "观看次数 −7"
    assert data_name("petal length (cm) → setosa") == "花瓣长 (cm) → setosa"
    assert (data_name("heads"), data_name("tails")) == ("正面", "反面")
    assert (data_name("mail"), data_name("spam")) == ("正常", "垃圾")
    assert data_name("value") == "数值"
    assert data_name("hour (sin)") == "钟点 (sin)"


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("table", ["iris", "penguins", "spambase"])
def test_every_phrase_in_a_head_line_of_ours_has_a_chinese_name(table: str) -> None:
    with (DATA / f"{table}.csv").open(encoding="utf-8") as file:
        names = next(csv.reader(file))
    # A single word may be what is counted in a mail, a letter or a name; a phrase is a description, and ours.
    assert [name for name in names if " " in name and data_name(name) == name] == []
