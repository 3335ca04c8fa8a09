"""What becomes of the columns of an own table: words, empty cells, classes, groups and commas; and all is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import use_language
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.dataset import Dataset
from tutor.ml.datasets.sources.own_table import load_labelled_table
from tutor.ml.settings import DataSettings
from tutor.tables import reader


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "own.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def lines(head: str, rows: list[str]) -> str:
    return "\n".join([head, *rows]) + "\n"


def load(path: Path, target: str, **options: object) -> Dataset:
    return load_dataset(DataSettings(name="csv", path=str(path), target=target, **options), data_folder=None)  # type: ignore[arg-type]


TOWNS = lines("town,rooms,price", [f"{town},{n},{100 + n}.5" for n, town in enumerate(["Oslo", "Bergen", "Oslo"] * 4)])


def test_words_become_a_column_each_in_the_order_of_the_alphabet(tmp_path: Path) -> None:
    table = load_labelled_table(write(tmp_path, TOWNS), "price")
    assert table.feature_names == ("town=Bergen", "town=Oslo", "rooms")
    assert table.x[:3].tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 2]]
    assert any("“town” became 2 columns" in note and "Bergen, Oslo" in note for note in table.notes)


def test_an_empty_word_is_none_of_the_words_and_that_is_told(tmp_path: Path) -> None:
    text = lines(
        "town,price", [f"{town},{n}.5" for n, town in enumerate(["Oslo", "", "Bergen", "n/a", "Oslo", "Bergen"])]
    )
    table = load_labelled_table(write(tmp_path, text), "price")
    assert table.x[:4].tolist() == [[0, 1], [0, 0], [1, 0], [0, 0]]
    assert any("“town” is empty in 2 rows" in note for note in table.notes)


def test_a_column_of_too_many_words_is_left_out_and_told_but_refused_where_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, lines("name,x,y", [f"somebody {n},{n},{n * n}" for n in range(30)]))
    table = load_labelled_table(path, "y")
    assert table.feature_names == ("x",)
    assert any("“name” is left out: it has 30 different words" in note for note in table.notes)
    with pytest.raises(TutorError, match=r"“name”.* 30 different words"):
        load_labelled_table(path, "y", ("name", "x"))


def test_a_name_of_a_column_of_words_chooses_all_that_it_became(tmp_path: Path) -> None:
    data = load(write(tmp_path, TOWNS), "price", features=("town",))
    assert data.feature_names == ("town=Bergen", "town=Oslo")


def test_few_rows_with_an_empty_cell_are_left_out_and_told(tmp_path: Path) -> None:
    rows = [f"{n},{2 * n},{3 * n}.5" for n in range(40)]
    rows[7] = "7,,21.5"
    table = load_labelled_table(write(tmp_path, lines("a,b,y", rows)), "y")
    assert len(table.y) == 39
    assert 7 not in table.x[:, 0]
    assert any("1 of 40 rows" in note and "left out" in note and "“b” (1)" in note for note in table.notes)


def test_many_empty_cells_are_filled_with_the_mean_of_the_training_rows_alone(tmp_path: Path) -> None:
    rows = [f"{n},{'' if n % 4 == 0 else n * n},{3 * n}.5" for n in range(40)]
    data = load(write(tmp_path, lines("a,b,y", rows)), "y", standardise=False, seed=3)
    assert any("10 of 40 rows" in note and "filled" in note for note in data.notes)
    there = data.x_train[data.x_train[:, 0] % 4 != 0]
    for x in (data.x_train, data.x_valid):
        filled = x[x[:, 0] % 4 == 0]
        assert len(filled)
        assert filled[:, 1] == pytest.approx(np.full(len(filled), there[:, 1].mean()))


def test_a_column_empty_in_all_training_rows_is_filled_with_finite_numbers(tmp_path: Path) -> None:
    rows = [f"{n},{'' if n > 1 else n + 1},{3 * n}.5" for n in range(10)]
    data = load(write(tmp_path, lines("a,b,y", rows)), "y", test_fraction=0.5)
    assert np.isfinite(data.x_train).all()
    assert np.isfinite(data.x_valid).all()


def test_rows_without_a_label_are_left_out_and_told(tmp_path: Path) -> None:
    rows = [f"{n},{'' if n in {2, 5} else n + 0.5}" for n in range(12)]
    table = load_labelled_table(write(tmp_path, lines("x,y", rows)), "y")
    assert len(table.y) == 10
    assert not {2.0, 5.0} & set(table.x[:, 0])
    assert any("Rows where “y” is empty are left out: 2" in note for note in table.notes)


def test_constant_columns_are_left_out_and_told(tmp_path: Path) -> None:
    table = load_labelled_table(write(tmp_path, lines("a,b,c,y", [f"{n},7,same,{n}.5" for n in range(8)])), "y")
    assert table.feature_names == ("a",)
    assert any(note.endswith("b, c.") and "same in every row" in note for note in table.notes)


def test_decimal_commas_are_numbers_between_semicolons_and_told(tmp_path: Path) -> None:
    table = load_labelled_table(write(tmp_path, lines("x;z;y", [f"{n},5;{n}.5;{n},25" for n in range(8)])), "y")
    assert table.x[:2].tolist() == [[0.5, 0.5], [1.5, 1.5]]
    assert table.y[:2].tolist() == [0.25, 1.25]
    assert any("decimal points in: x" in note for note in table.notes)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator: str, tmp_path: Path) -> None:
    text = lines(f'"one, or two"{separator}b{separator}y', [f"{n}{separator}{-n}{separator}{n}.5" for n in range(6)])
    assert load_labelled_table(write(tmp_path, text), "y").feature_names == ("one, or two", "b")


def test_utf16_as_spreadsheets_save_it_is_read(tmp_path: Path) -> None:
    text = lines("面积\t价格", [f"{n}\t{n}.5" for n in range(6)])
    assert load_labelled_table(write(tmp_path, text.encode("utf-16")), "价格").feature_names == ("面积",)


def numbers(values: list[float]) -> str:
    return lines("x,y", [f"{n},{value:g}" for n, value in enumerate(values)])


@pytest.mark.parametrize(
    ("values", "task"),
    [
        ([0, 1] * 10, "classification"),
        ([1, 2, 3] * 10, "classification"),
        ([1, 2, 3] * 5, "regression"),
        ([0.5, 1.5] * 20, "regression"),
        (list(range(40)), "regression"),
        ([*range(11)] * 20, "regression"),
    ],
)
def test_few_whole_numbers_often_are_classes_and_the_others_quantities(
    values: list[float], task: str, tmp_path: Path
) -> None:
    table = load_labelled_table(write(tmp_path, numbers(values)), "y")
    assert table.task == task
    assert any(task in note for note in table.notes)


def test_the_task_can_be_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, numbers([3, 5] * 10))
    assert load_labelled_table(path, "y", task="regression").y[:2].tolist() == [3, 5]
    table = load_labelled_table(path, "y", task="classification")
    assert (table.class_names, table.y[:2].tolist()) == (("3", "5"), [0, 1])
    words = write(tmp_path, lines("x,y", [f"{n},{word}" for n, word in enumerate(["cat", "dog"] * 5)]))
    with pytest.raises(TutorError, match=":2: “cat” in column “y” is not a number"):
        load_labelled_table(words, "y", task="regression")


@pytest.mark.parametrize("labels", [["cat", "dog", "dog"], ["7", "8", "9"], ["2.5", "3.5", "9"]])
def test_rows_of_a_group_stay_together(labels: list[str], tmp_path: Path) -> None:
    rows = [f"{n},patient {n // 3},{labels[n % 3]}" for n in range(30)]
    path = write(tmp_path, lines("x,who,y", rows))
    data = load(path, "y", group="who", standardise=False, test_fraction=0.2)
    sides = [{int(x) // 3 for x in part[:, 0]} for part in (data.x_train, data.x_valid)]
    assert not sides[0] & sides[1]
    assert len(sides[1]) == 2
    assert data.feature_names == ("x",)
    assert any("“who”" in note and "10 groups" in note for note in data.notes)


def test_groups_of_any_size_leave_rows_on_both_sides(tmp_path: Path) -> None:
    rows = [f"{n},{0 if n < 28 else n},{n}.5" for n in range(30)]
    path = write(tmp_path, lines("x,who,y", rows))
    for seed in range(5):
        data = load(path, "y", group="who", seed=seed, standardise=False)
        assert len(data.y_train) >= 2
        assert len(data.y_valid) >= 1
        assert len(data.y_train) + len(data.y_valid) == 30


def test_fewer_rows_keep_their_groups(tmp_path: Path) -> None:
    rows = [f"{n},{n // 2},{'ab'[n % 2]}" for n in range(40)]
    data = load(write(tmp_path, lines("x,who,y", rows)), "y", group="who", rows=20, standardise=False)
    sides = [{int(x) // 2 for x in part[:, 0]} for part in (data.x_train, data.x_valid)]
    assert not sides[0] & sides[1]
    assert len(data.y_train) + len(data.y_valid) == 20


def test_no_groups_can_be_made_of_one_cell_or_of_too_many_words(tmp_path: Path) -> None:
    path = write(tmp_path, lines("x,who,y", [f"{n},same,{n}.5" for n in range(8)]))
    with pytest.raises(TutorError, match="all rows are one group"):
        load_labelled_table(path, "y", group="who")
    path = write(tmp_path, lines("x,who,y", [f"{n},w{n},{n}.5" for n in range(reader.MOST_CELLS // 900)]))
    with pytest.raises(TutorError, match="too many for groups"):
        load_labelled_table(path, "y", group="who")
    with pytest.raises(TutorError, match="“y” is to be predicted"):
        load_labelled_table(path, "y", group="y")
    with pytest.raises(TutorError, match="no column “whom”") as told:
        load_labelled_table(path, "y", group="whom")
    assert "who" in told.value.hint


def test_many_numbers_are_groups(tmp_path: Path) -> None:
    table = load_labelled_table(
        write(tmp_path, lines("x,who,y", [f"{n},{n // 2},{n}.5" for n in range(2400)])), "y", group="who"
    )
    assert table.groups is not None
    assert table.groups.tolist() == [n // 2 for n in range(2400)]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("last", ["", '"quoted","a\nb",1.5\n'])
def test_of_a_large_file_a_sample_of_the_whole_is_used_and_that_is_told(
    language: str, last: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_language(language)
    monkeypatch.setattr(reader, "MOST_CELLS", 300)
    rows = [f"{'ab'[n > 500]},w,{n}.5" for n in range(1000)]
    path = write(tmp_path, "\n".join(["side,word,y", *rows[:500], "", *rows[500:]]) + f"\n{last}")
    table = load_labelled_table(path, "y")
    assert len(table.y) == 100
    assert "100" in table.notes[0]
    assert f"{1000 + bool(last)}" in table.notes[0]
    assert table.y.tolist() == sorted(table.y.tolist(), key=lambda y: (y == 1.5, y)), "in the order of the file"
    assert 30 < (table.y < 500).sum() < 70, "from the whole file"
    assert load_labelled_table(path, "y").y.tolist() == table.y.tolist()
    lines_of_rows = reader.read_table(path, sample_seed=3).lines
    whole = path.read_text(encoding="utf-8").split("\n")
    values = reader.read_table(path, sample_seed=3).columns["y"].numbers
    assert all(whole[line - 1].endswith(f"{y}") for line, y in zip(lines_of_rows, values, strict=True) if y != 1.5)


def test_a_table_just_within_the_bound_is_not_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, numbers([n + 0.5 for n in range(20)]))
    monkeypatch.setattr(reader, "MOST_CELLS", 40)
    assert len(load_labelled_table(path, "y").y) == 20
    assert not any("drawn at random" in note for note in load_labelled_table(path, "y").notes)
    monkeypatch.setattr(reader, "MOST_CELLS", 39)
    assert len(load_labelled_table(path, "y").y) == 19
    assert "drawn at random" in load_labelled_table(path, "y").notes[0]


def test_nothing_of_a_file_in_the_notes_can_move_the_cursor(tmp_path: Path) -> None:
    text = lines("x,k\x1b[2J,y", [f"{n},{'a' if n % 2 else 'b'}\x1b[31m,{n}.5" for n in range(8)])
    table = load_labelled_table(write(tmp_path, text), "y")
    assert "\x1b" not in " ".join((*table.notes, *table.feature_names))
