"""Tables that people really had: each is read with the right values, or refused with the true cause."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.tables.tables_written import lines, loaded, notes, written
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import use_language
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.sources.own_table import load_labelled_table
from tutor.ml.settings import DataSettings


def thousands(value: int) -> str:
    return f"{value:,}"


OPEN = lines("rooms;area;price", (f"{n % 7 + 1};{40 + n};{thousands(800 + 37 * n)}" for n in range(40)))


@pytest.mark.parametrize(("decimal", "first", "sixth"), [("point", 800.0, 1022.0), ("comma", 800.0, 1.022)])
def test_985_and_1022_with_a_comma_are_refused_until_the_mark_is_named(
    decimal: str, first: float, sixth: float, tmp_path: Path
) -> None:
    with pytest.raises(TutorError, match=r":8: “1,022” in column “price” may be 1022 or 1\.022") as told:
        loaded(tmp_path, OPEN, "price")
    assert "--decimal comma" in told.value.hint
    assert "--decimal point" in told.value.hint
    data = loaded(tmp_path, OPEN, "price", decimal=decimal)
    assert data.y[[0, 6]].tolist() == [first, sixth]


def test_a_lab_can_name_the_mark(tmp_path: Path) -> None:
    options = DataSettings(
        name="csv", path=str(written(tmp_path, OPEN)), target="price", decimal="point", standardise=False
    )
    data = load_dataset(options, data_folder=None)
    assert max(data.y_train.max(), data.y_valid.max()) == 800 + 37 * 39


def test_a_point_in_a_file_of_decimal_commas_parts_thousands(tmp_path: Path) -> None:
    data = loaded(tmp_path, lines("a;y", (f"{n},5;1.{n:03}" for n in range(12, 32))), "y")
    assert data.y[:3].tolist() == [1012, 1013, 1014]
    assert "Thousands separators were read in: y (such as 1.012)" in notes(data)


def test_german_thousands(tmp_path: Path) -> None:
    text = lines("Zimmer;Miete;Preis", ["1;700,00;90,0", "2;1.200,50;92,5", "3;1.010,50;95,0", "4;999,90;97,5"] * 3)
    data = loaded(tmp_path, text, "Preis")
    assert data.x[:2].tolist() == [[1, 700], [2, 1200.5]]
    assert data.y[:2].tolist() == [90, 92.5]
    assert "decimal points in: Miete, Preis" in notes(data)


def test_thousands_in_quotes_are_numbers_once_something_decides(tmp_path: Path) -> None:
    rows = [f'{n},"{thousands(1000 + 37 * n)}","{thousands(200_000 + 3700 * n)}"' for n in range(20)]
    with pytest.raises(TutorError, match=r"may be 200000 or 200\.000"):
        loaded(tmp_path, lines("rooms,area,price", rows), "price")
    assert loaded(tmp_path, lines("rooms,area,price", rows), "price", decimal="point").y[1] == 203_700
    million = [*rows, '20,"1,740","1,274,000"']
    data = loaded(tmp_path, lines("rooms,area,price", million), "price")
    assert data.y[[0, -1]].tolist() == [200_000, 1_274_000]
    assert data.x[1].tolist() == [1, 1037]


def test_decimal_commas_between_tabs(tmp_path: Path) -> None:
    data = loaded(tmp_path, lines("laenge\tbreite\tart", [f"{n},5\t{n},25\t{'ab'[n % 2]}" for n in range(12)]), "art")
    assert data.x[1].tolist() == [1.5, 1.25]


QUESTION = "How satisfied are you with the following parts of our evening course this spring? "


def test_long_names_are_kept_whole_and_cut_only_where_they_are_shown(tmp_path: Path) -> None:
    head = f'"{QUESTION}[Speed]","{QUESTION}[Depth]",Again'
    data = loaded(tmp_path, lines(head, (f"{n % 5},{n % 3},{'yn'[n % 2]}" for n in range(12))), "Again")
    assert data.feature_names == (f"{QUESTION}[Speed]", f"{QUESTION}[Depth]")
    with pytest.raises(TutorError) as told:
        loaded(tmp_path, lines(head, ["1,2,y"] * 4), "Against")
    assert max(map(len, told.value.hint.split("“"))) < 100


def test_line_ends_and_separators_within_a_quoted_head(tmp_path: Path) -> None:
    head = '"Length\n(cm)";"Width; or so\n(cm)";"Kind"'
    data = loaded(tmp_path, lines(head, (f"{n}.0;1.{n};{'ab'[n % 2]}" for n in range(12))), "Kind")
    assert data.feature_names == ("Length (cm)", "Width; or so (cm)")
    with pytest.raises(TutorError, match=r":7: “x” in column"):
        loaded(tmp_path, lines(head, ["1;2;a", "3;4;b", "5;6;a", "x;8;b", "9;9;a"]), "Kind")


@pytest.mark.parametrize("begin", [0, 1])
@pytest.mark.parametrize("name", ["", "Unnamed: 0", "#"])
def test_a_column_that_only_counts_the_rows_is_left_out_and_told(name: str, begin: int, tmp_path: Path) -> None:
    text = lines(f"{name},x,label", (f"{n + begin},{(n * 7) % 5}.5,{'no' if n < 15 else 'yes'}" for n in range(30)))
    data = loaded(tmp_path, text, "label")
    assert data.feature_names == ("x",)
    assert "it only numbers the rows" in notes(data)
    shown_name = name or "#1"
    asked = loaded(tmp_path, text, "label", features=(shown_name, "x"))
    assert asked.feature_names == (shown_name, "x")
    assert "it only numbers the rows" not in notes(asked)


@pytest.mark.parametrize("name", ["id", "Index", "序号"])
def test_a_named_column_that_counts_the_rows_stays_and_is_told(name: str, tmp_path: Path) -> None:
    data = loaded(tmp_path, lines(f"{name},x,y", (f"{n},{n % 5}.5,{n}.25" for n in range(12))), "y")
    assert data.feature_names == (name, "x")
    assert f"“{name}” only counts the rows" in notes(data)


def test_a_nameless_column_that_does_not_count_is_a_feature(tmp_path: Path) -> None:
    data = loaded(tmp_path, lines(",x,y", (f"{n * n % 7}.5,{n}.5,{n}.25" for n in range(12))), "y")
    assert data.feature_names == ("#1", "x")


def test_numbers_of_rows_that_were_shuffled_are_left_out(tmp_path: Path) -> None:
    data = loaded(tmp_path, lines(",x,y", (f"{n * 7 % 30},{n}.5,{n}.25" for n in range(12))), "y")
    assert data.feature_names == ("x",)


def test_names_of_rows_as_r_writes_them(tmp_path: Path) -> None:
    text = lines('"x","y"', (f'"Car {n}",{n},{n}.5' for n in range(12)))
    data = loaded(tmp_path, text, "y")
    assert data.feature_names == ("x",)
    assert data.y[0] == 0.5
    assert "only names the rows" in notes(data)


NUMBERS = {
    "percent": ("45%", 45.0, "45% is 45"),
    "full-width percent": ("45％", 45.0, "45% is 45"),
    "dollars": ("$5.50", 5.5, "“$” was removed"),
    "dollars of a country": ("US$5.50", 5.5, "“US$” was removed"),
    "yuan": ("5.5元", 5.5, "“元” was removed"),
    "euros": ("5.50 €", 5.5, "“€” was removed"),
    "a code of a currency": ("USD 1,005.50", 1005.5, "“USD” was removed"),
    "a unit": ("5.5 kg", 5.5, "“kg” was removed"),
    "minus": ("\u22125.5", -5.5, ""),
    "full-width": ("１２．５", 12.5, ""),
    "plus": ("+5.5", 5.5, ""),
    "Fortran": ("1.5D+03", 1500.0, ""),
    "science": ("1.5e-3", 0.0015, ""),
    "brackets": ("(5.50)", -5.5, ""),
    "a narrow space": ("1\u202f234,5", 1234.5, "Thousands"),
    "a wide space": ("1\u00a0234\u00a0567", 1_234_567.0, "Thousands"),
    "an apostrophe": ("1'234", 1234.0, "Thousands"),
    "India": ("12,34,567", 1_234_567.0, "Thousands"),
    "francs without cents": ("1'250.–", 1250.0, "Thousands"),
    "francs with two dashes": ("CHF 25.--", 25.0, "“CHF” was removed"),
    "euros without cents": ("1.250,- €", 1250.0, "Thousands"),
}


@pytest.mark.parametrize("case", NUMBERS)
@pytest.mark.parametrize("role", ["x", "y"])
def test_a_number_as_people_write_it(case: str, role: str, tmp_path: Path) -> None:
    cell, value, said = NUMBERS[case]
    digit = next(each for each in "5２2" if each in cell)
    others = [cell.replace(digit, str(each)) for each in range(1, 10)]
    text = lines("x;y", (f"{each};{n}" if role == "x" else f"{n};{each}" for n, each in enumerate([cell, *others])))
    data = loaded(tmp_path, text, "y", task="regression")
    column = data.x[:, 0] if role == "x" else data.y
    assert column[0] == value
    assert len(set(column)) == 9
    assert said in notes(data)


EMPTY = (
    "None", "<NA>", "-nan", "-", "N.A.", "#DIV/0!", "*", "missing", "unknown", "--", "#N/A N/A", "NA", "n/a", "NULL",
    "\\N", ".", "?", "NaN", "#VALUE!", "—", "缺失", "无", "nil", "(null)", "..", "1.#IND", "Not available",
    "#BEZUG!", "#NV", "#VALEUR!", "#N/D", "#¿NOMBRE?", "#ЗНАЧ!", ":", ".A", ".z", "._", "(missing)", "k.A.", "n.d.",
)  # fmt: skip


@pytest.mark.parametrize("word", EMPTY)
def test_a_word_for_a_missing_number_is_an_empty_cell_and_told(word: str, tmp_path: Path) -> None:
    rows = [f"{word if n % 10 == 3 else n},{n * 2 % 13},{n}.5" for n in range(40)]
    data = loaded(tmp_path, lines("a,b,y", rows), "y")
    assert np.isnan(data.x[:, 0]).sum() == 4
    assert f"these cells count as empty: “{word}” (4)" in notes(data)


def test_unknown_is_a_word_among_words(tmp_path: Path) -> None:
    rows = [f"{('red', 'unknown', 'None')[n % 3]},{n}.5" for n in range(12)]
    assert loaded(tmp_path, lines("a,y", rows), "y").feature_names == ("a=None", "a=red", "a=unknown")


@pytest.mark.parametrize("code", ["-999", "-9999", "999", "-99", "9999.0", "8888", "1e20"])
def test_a_number_far_from_all_others_that_may_mean_missing_is_told(code: str, tmp_path: Path) -> None:
    rows = [f"{code if n % 10 == 3 else n % 30 + 0.5},{n * 2 % 13},{n}.5" for n in range(40)]
    assert f"4 cells of “temp” say {float(code):g}, far from all others" in notes(
        loaded(tmp_path, lines("temp,b,y", rows), "y")
    )


def test_a_number_among_others_is_none_of_these(tmp_path: Path) -> None:
    rows = [f"{n * 27 - 540},{n}.5" for n in range(60)]
    assert "far from" not in notes(loaded(tmp_path, lines("x,y", [*rows, "-999,7.5", "999,8.5"]), "y"))


@pytest.mark.parametrize("above", ["sep=;", '"sep=;"', "SEP=;", "sep=;;;", "\ufeffsep=;"])
def test_the_line_that_names_the_separator_is_skipped(above: str, tmp_path: Path) -> None:
    data = loaded(
        tmp_path, lines(above, ["len;width;kind", *(f"{n},0;1,{n};{'ab'[n % 2]}" for n in range(12))]), "kind"
    )
    assert data.feature_names == ("len", "width")


@pytest.mark.parametrize("tail", [",", ",,", ", ,"])
@pytest.mark.parametrize("in_head", [True, False])
def test_separators_at_the_end_of_every_row(tail: str, in_head: bool, tmp_path: Path) -> None:
    head = f"len,width,kind{tail if in_head else ''}"
    data = loaded(tmp_path, lines(head, (f"{n}.0,1.{n},{'ab'[n % 2]}{tail}" for n in range(12))), "kind")
    assert data.feature_names == ("len", "width")
    assert "empty in every row" in notes(data)


def test_a_row_with_more_cells_than_the_head_is_refused_still(tmp_path: Path) -> None:
    rows = [f"{n}.0,1.{n},a," for n in range(12)]
    rows[7] = "7.0,1.7,a,surprise"
    with pytest.raises(TutorError, match=r":9: there are 4 cells"):
        loaded(tmp_path, lines("len,width,kind", rows), "kind")


def test_a_decimal_comma_between_commas_is_no_further_column(tmp_path: Path) -> None:
    with pytest.raises(TutorError, match=r":2: there are 3 cells where the head has 2") as told:
        loaded(tmp_path, lines("x,y", (f"{n},{n},5" for n in range(12))), "y")
    assert "decimal commas" in told.value.hint


def test_two_tabs_in_a_row(tmp_path: Path) -> None:
    data = loaded(tmp_path, lines("a\tb\ty", (f"{n}\t{n * n}\t\t{n}.5" for n in range(12))), "y")
    assert data.x[3].tolist() == [3, 9]
    assert data.y[3] == 3.5
    with pytest.raises(TutorError) as told:
        loaded(tmp_path, lines("a\tb\ty", (f"{n}\t\t{n}.5\t7" if n == 6 else f"{n}\t1\t{n}.5" for n in range(12))), "y")
    assert "Two tabs" in told.value.hint


@pytest.mark.parametrize("separator", ["，", "；", "|", "\t", ";"])
def test_other_separators_are_read_and_told(separator: str, tmp_path: Path) -> None:
    text = separator.join(["长度", "宽度", "种类"])
    data = loaded(
        tmp_path, lines(text, (separator.join([f"3.{n}", f"1.{n}", "猫狗"[n % 2]]) for n in range(12))), "种类"
    )
    assert data.x[1].tolist() == [3.1, 1.1]
    assert "separate the cells" in notes(data)


def test_runs_of_spaces(tmp_path: Path) -> None:
    text = lines("len  width  kind", (f"  3.{n}   1.{n}   {'ab'[n % 2]} " for n in range(12)))
    data = loaded(tmp_path, text, "kind")
    assert data.x[2].tolist() == [3.2, 1.2]
    assert "Spaces separate the cells" in notes(data)


@pytest.mark.parametrize(
    "title",
    [
        "Sales report 2020\n\n",
        "Sales report 2020,,\n",
        "\n\nBericht\n",
        "# made by a program, with care\n",
        "Author:,me\n",
    ],
)
def test_a_head_below_a_title(title: str, tmp_path: Path) -> None:
    text = title + lines("rooms,area,price", (f"{n},{40 + n},{n}.5" for n in range(12)))
    data = loaded(tmp_path, text, "price")
    assert data.feature_names == ("rooms", "area")
    assert len(data.y) == 12
    assert "The names of the columns are in line" in notes(data)
    bad = text + "x,1,2\n"
    with pytest.raises(TutorError, match=rf":{bad.count(chr(10))}: “x”"):
        loaded(tmp_path, bad, "price")


def test_a_row_that_begins_with_a_hash_is_a_row(tmp_path: Path) -> None:
    text = lines("id,b,y", (f'#{n % 3},"a, {n % 2}",{n}.5' for n in range(12)))
    data = loaded(tmp_path, text, "y")
    assert len(data.y) == 12
    assert "skipped" not in notes(data)


def test_comments_are_skipped_and_told(tmp_path: Path) -> None:
    text = lines("a,b,y", ["0,1,2.5", "# a break", *(f"{n},{n * n},{n}.5" for n in range(12)), "# the end"])
    data = loaded(tmp_path, text, "y")
    assert len(data.y) == 13
    assert "Lines that begin with # were skipped: 2" in notes(data)


def test_a_head_in_a_comment(tmp_path: Path) -> None:
    data = loaded(tmp_path, lines("# a b y", (f"{n}.0 {n * n}.0 {n}.5" for n in range(12))), "y")
    assert data.feature_names == ("a", "b")


@pytest.mark.parametrize(
    "rows",
    [
        [f"5.{n},3.{n},Iris-{'ab'[n % 2]}" for n in range(12)],
        [f"{n},{n * 3},{'ab'[n % 2]}" for n in range(12)],
        [f"Town {n},1.5,{n}" for n in range(12)],
        [f"{n},{n * 3}" for n in range(12)],
    ],
)
def test_a_head_made_of_data_is_told(rows: list[str], tmp_path: Path) -> None:
    with pytest.raises(TutorError, match="the names of the columns are missing"):
        loaded(tmp_path, "\n".join(rows), "y")


def test_years_are_names(tmp_path: Path) -> None:
    data = loaded(tmp_path, lines("name,2019,2020", (f"n{n % 3},{n},{n}.5" for n in range(12))), "2020")
    assert data.feature_names[-1] == "2019"


def test_a_comma_within_a_name_that_was_typed_without_quotes(tmp_path: Path) -> None:
    text = lines('"Weight, kg","Height, cm","Blood, type"', (f"{50 + n},{150 + n},{'AB'[n % 2]}" for n in range(12)))
    data = loaded(tmp_path, text, "Blood, type", features=("Weight", "kg"))
    assert data.feature_names == ("Weight, kg",)
    both = loaded(tmp_path, text, "Blood, type", features=("Weight", "kg", "Height, cm"))
    assert both.feature_names == ("Weight, kg", "Height, cm")


def test_words_that_differ_in_case_only_are_told(tmp_path: Path) -> None:
    text = lines("a,b,kind", (f"{n},{('x', 'X')[n % 2]},{('Yes', 'yes', 'YES', 'no')[n % 4]}" for n in range(12)))
    said = notes(loaded(tmp_path, text, "kind"))
    assert "Words in “kind” that differ only in case, spaces or punctuation count as different: YES, Yes, yes" in said
    assert "“b”" in said


@pytest.mark.parametrize("typed", ["Sepal length", "Sepal\u00a0length", " Sepal  length"])
def test_spaces_of_any_kind_are_equal_in_names(typed: str, tmp_path: Path) -> None:
    text = lines("Sepal\u00a0length,Petal\u2009width\u00a0,Class", (f"4.{n},{n},{'ab'[n % 2]}" for n in range(12)))
    assert loaded(tmp_path, text, "Class", features=(typed,)).feature_names == ("Sepal length",)
    assert loaded(tmp_path, text, typed).target_name == "Sepal length"


def test_hints_name_what_is_typed(tmp_path: Path) -> None:
    text = lines("a,letter", (f"{n}.5,{n % 26 + 1}" for n in range(520)))
    assert "regression. --task classification" in notes(loaded(tmp_path, text, "letter"))
    text = lines("a,letter", (f"{n}.5,{n % 3}" for n in range(60)))
    assert "--task regression" in notes(loaded(tmp_path, text, "letter"))
    with pytest.raises(TutorError) as told:
        loaded(tmp_path, lines("a,b,y", ["1,2,3", "2,3,4", "x,5,5", "6,7,8"]), "y")
    assert "--features" in told.value.hint
    assert "data." not in told.value.hint


def test_labels_keep_their_zeros(tmp_path: Path) -> None:
    text = lines("zip,b,kind", (f"{n:05},{n},{n % 3:03}" for n in range(60)))
    data = loaded(tmp_path, text, "kind")
    assert data.class_names == ("000", "001", "002")
    assert data.y[:4].tolist() == [0, 1, 2, 0]
    holes = lines("b,kind", (f"{n},{f'{n % 3:03}' if n % 5 else '-'}" for n in range(60)))
    data = loaded(tmp_path, holes, "kind")
    assert data.class_names == ("000", "001", "002")
    assert len(data.y) == 48
    assert loaded(tmp_path, text, "kind", task="regression").y[:3].tolist() == [0, 1, 2]


@pytest.mark.parametrize("classes", [("1st", "2nd", "3rd", "3rd", "3rd"), ("1a", "2a", "3b"), ("12A", "13B", "14C")])
def test_words_that_begin_with_a_digit_are_words(classes: tuple[str, ...], tmp_path: Path) -> None:
    data = loaded(tmp_path, lines("x,y", (f"{n}.5,{classes[n % len(classes)]}" for n in range(30))), "y")
    assert data.class_names == tuple(sorted(set(classes)))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["1,5", "2,5", "3.5", "4,5"], r":4: “3\.5” in column “y” has another decimal mark than “1,5”"),
        (["5%", "6", "7%", "8%"], r":3: “6” and “5%” in column “y” are not the same kind"),
        (["$5", "€6", "$7", "$8"], r":3: “€6” and “\$5” in column “y” are not the same kind"),
        (["5 kg", "6", "7", "8"], r":2: “5 kg” in column “y” is not a number|not the same kind"),
    ],
)
def test_cells_that_contradict_one_another_are_refused(cells: list[str], said: str, tmp_path: Path) -> None:
    with pytest.raises(TutorError, match=said):
        loaded(tmp_path, lines("x;y", (f"{n};{cell}" for n, cell in enumerate(cells))), "y", task="regression")


def test_a_mark_that_was_named_wrongly_is_told(tmp_path: Path) -> None:
    with pytest.raises(TutorError, match=r":2: “0\.5” in column “y” is not a number"):
        loaded(tmp_path, lines("x,y", (f"{n},{n}.5" for n in range(12))), "y", decimal="comma")


def test_numbers_with_three_places_between_commas_are_decimal_and_that_is_told(tmp_path: Path) -> None:
    data = loaded(tmp_path, lines("x,y", (f"{n},1.{100 + n}" for n in range(12))), "y")
    assert data.y[0] == 1.1
    assert "If it separates thousands, add --decimal comma" in notes(data)
    with pytest.raises(TutorError, match=r"may be 1100 or 1\.100"):
        loaded(tmp_path, lines("x;y", (f"{n};1.{100 + n}" for n in range(12))), "y")


def test_a_large_number_without_marks_shows_that_thousands_are_not_parted(tmp_path: Path) -> None:
    assert loaded(tmp_path, lines("x,y", ["1,1.125", "2,2048", "3,7", "4,9"]), "y").y.tolist() == [1.125, 2048, 7, 9]


def test_a_quote_that_is_never_closed_is_told_where_it_opens(tmp_path: Path) -> None:
    with pytest.raises(TutorError, match=r":3: .*a quote is opened in it and never closed"):
        loaded(tmp_path, 'x,y\n0,1\n1,"2\n3,4\n5,6\n7,8\n9,10\n', "y")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_done_is_told_in_both_languages(language: str, tmp_path: Path) -> None:
    use_language(language)
    rows = [f"{n};{n},5;1.{n:03},50 €;{n}%;{'-' if n == 5 else n}" for n in range(12, 40)]
    data = loaded(tmp_path, lines("Bericht\n\n;a;b;c;d", rows).replace(";", "\t"), "a")
    said = notes(data)
    assert "{" not in said
    assert "tables." not in said
    assert "ml." not in said
    assert len(data.notes) >= 6


@pytest.mark.parametrize("columns", [1_900, 6_000])
def test_very_wide_tables_are_refused_in_a_sentence_or_some_columns_are_chosen(columns: int, tmp_path: Path) -> None:
    head = ",".join(f"c{n}" for n in range(columns))
    path = written(tmp_path, lines(head, (",".join(str(n * c % 17) for c in range(columns)) for n in range(8))))
    with pytest.raises(TutorError, match=r"more than 500?0 columns"):
        load_labelled_table(path, "c3")
    if columns < 5_000:
        assert load_labelled_table(path, "c3", ("c1", "c5")).feature_names == ("c1", "c5")


def test_points_between_thousands_are_not_called_decimal_commas(tmp_path: Path) -> None:
    data = loaded(tmp_path, lines("x;y", (f"{n};1.05{n % 10}.00{n % 7}" for n in range(20))), "y")
    assert data.y[1] == 1_051_001.0
    assert "Thousands separators" in notes(data)
    assert "decimal points" not in notes(data)


@pytest.mark.parametrize("rule", ["|---|---|", "|:--|--:|", "| --- | --- |"])
def test_a_table_in_markdown(rule: str, tmp_path: Path) -> None:
    data = loaded(tmp_path, lines("| x | y |\n" + rule, (f"| {n} | {n}.5 |" for n in range(12))), "y")
    assert len(data.y) == 12
    assert "count as empty" not in notes(data)


def test_the_line_below_the_head_that_a_database_draws(tmp_path: Path) -> None:
    text = lines(" x | y \n---+---", (f" {n} | {n}.5" for n in range(12)))
    assert len(loaded(tmp_path, text, "y").y) == 12
    with pytest.raises(TutorError, match=r"own.csv:15: there are 1 cells") as caught:
        loaded(tmp_path, text + "(12 rows)\n", "y")
    assert "no row of the table" in caught.value.hint


@pytest.mark.parametrize("row", ['"{0},u,{0}.5"', '"{0},""u"",{0}.5"'])
def test_rows_in_quotes_as_a_whole_are_told(row: str, tmp_path: Path) -> None:
    with pytest.raises(TutorError, match=r"own.csv:1: the whole line stands in quotes") as caught:
        loaded(tmp_path, lines("a,b,y" if '""' in row else '"a,b,y"', map(row.format, range(12))), "y")
    assert "Remove the quotes" in caught.value.hint


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", "Excel"),
        (b"\x1f\x8b\x08\x00\x00", "gzip"),
        (b"\xef\xbb\xbf<html><table>\n", "HTML"),
        (b'{"a": 1, "y": 2}\n', "JSON"),
        (b"@RELATION iris\n\n@attribute a numeric\n", "ARFF"),
        (b"\x93NUMPY\x01\x00v\x00", "NumPy"),
        (b"$FL2@(#) SPSS DATA FILE", "SPSS"),
        (b"<stata_dta><header>", "Stata"),
    ],
)
def test_a_file_of_another_format_is_told_as_what_it_is(data: bytes, kind: str, tmp_path: Path) -> None:
    with pytest.raises(TutorError, match=f"its content is .*{kind}"):
        loaded(tmp_path, data, "y")


def test_numbers_that_cannot_be_read_make_no_classes_of_one_row_each(tmp_path: Path) -> None:
    text = lines("x,price", (f"{n},{n}.5 {'Lakh' if n % 3 else 'Cr'}" for n in range(40)))
    with pytest.raises(TutorError, match="40 different words in 40 rows") as caught:
        loaded(tmp_path, text, "price")
    assert "--task classification" in caught.value.hint
    assert len(loaded(tmp_path, text, "price", task="classification").y) == 40


@pytest.mark.parametrize("word", ["Total", "Summe:", "合计"])
def test_a_last_row_that_sums_up_the_others_is_told(word: str, tmp_path: Path) -> None:
    rows = [f"{'abcd'[n % 4]},{n}.5" for n in range(40)]
    assert f"The last row says “{word}” in “region”" in notes(
        loaded(tmp_path, lines("region,y", [*rows, f"{word},800"]), "y")
    )
    assert "The last row" not in notes(loaded(tmp_path, lines("region,y", [f"{word},1", *rows, f"{word},800"]), "y"))


def test_dates_as_excel_makes_them_are_no_negative_numbers(tmp_path: Path) -> None:
    data = loaded(tmp_path, lines("x,y", (f"{n % 9 + 1}-Mar,{n}.5" for n in range(40))), "y")
    assert data.feature_names[0] == "x=1-Mar"


@pytest.mark.parametrize("odd", ["Iris  setosa", "Iris\u00a0setosa", "Iris\u200b setosa", "\tIris setosa "])
def test_words_that_look_the_same_are_one_class(odd: str, tmp_path: Path) -> None:
    data = loaded(tmp_path, lines("x;kind", (f"{n};{['Iris setosa', odd, 'Süd'][n % 3]}" for n in range(12))), "kind")
    assert data.class_names == ("Iris setosa", "Süd")
    assert data.y[:3].tolist() == [0, 0, 1]


def test_an_accent_may_be_written_as_one_character_or_two(tmp_path: Path) -> None:
    words = ["Su\u0308d", "Süd", "N"]
    text = lines("gro\u0308ße,kind", (f"{n},{words[n % 3]}" for n in range(12)))
    assert loaded(tmp_path, text, "größe").feature_names == ("kind=N", "kind=Süd")


def test_words_that_differ_in_a_final_point_or_a_joint_are_told(tmp_path: Path) -> None:
    text = lines("x,income,b", (f"{n},{['<=50K', '<=50K.', '>50K'][n % 3]},{['A+', 'A-'][n % 2]}" for n in range(12)))
    told = notes(loaded(tmp_path, text, "income"))
    assert "count as different: <=50K, <=50K.." in told
    assert told.count("count as different") == 1  # A+ and A- differ in more


def test_the_indexes_that_pandas_adds_are_left_out_wherever_they_are(tmp_path: Path) -> None:
    head = "Unnamed: 0.1,x,Unnamed: 0,kind"
    data = loaded(tmp_path, lines(head, (f"{n},{n % 5}.5,{n},{'ab'[n > 6]}" for n in range(12))), "kind")
    assert data.feature_names == ("x",)
    assert "Left out, because it only numbers the rows: Unnamed: 0.1, Unnamed: 0" in notes(data)


@pytest.mark.parametrize("name", ["PassengerId", "customer_id", "学号"])
def test_a_number_that_each_row_was_given_is_told(name: str, tmp_path: Path) -> None:
    told = notes(loaded(tmp_path, lines(f"{name},x,y", (f"{n + 1000},{n % 5}.5,{n}.25" for n in range(12))), "y"))
    assert f"“{name}” only counts the rows" in told


@pytest.mark.parametrize(("feature", "label"), [("se vi", "setosa virginica"), ("0 1", "no yes"), ("0.5 7", "0.5 7")])
def test_a_column_that_gives_the_label_away_is_told(feature: str, label: str, tmp_path: Path) -> None:
    rows = [f"{n * 7 % 11},{feature.split()[n % 2]},{n % 4},{label.split()[n % 2]}" for n in range(24)]
    assert "“y” follows from copy alone" in notes(loaded(tmp_path, lines("x,copy,z,y", rows), "y"))
    rows[5] = f"1,{feature.split()[0]},1,{label.split()[1]}"
    assert "follows from" not in notes(loaded(tmp_path, lines("x,copy,z,y", rows), "y"))


def test_words_for_an_empty_cell_are_told_of_words_too(tmp_path: Path) -> None:
    text = lines("country,y", (f"{['NA', 'DE', 'FR', 'US'][n % 4]},{n}.5" for n in range(12)))
    assert "In “country” these cells count as empty: “NA” (3)" in notes(loaded(tmp_path, text, "y"))


@pytest.mark.parametrize("cell", ["۱۱۰٫۵", "११०.5", '"=""110.5"""'])
def test_numbers_in_other_digits_or_kept_from_excel(cell: str, tmp_path: Path) -> None:
    assert loaded(tmp_path, lines("x,y", [f"{cell},{n}.5" if n else "1,0.25" for n in range(6)]), "y").x[1] == [110.5]


def test_a_few_numbers_that_cannot_be_read_make_no_classes(tmp_path: Path) -> None:
    text = lines("x,y", (f"{n},{n}.1 ± 0.2" for n in range(10, 18)))
    with pytest.raises(TutorError, match="has 8 different words in 8 rows"):
        loaded(tmp_path, text, "y")


@pytest.mark.parametrize("separator", ["^", "~", ":"])
def test_a_separator_that_is_not_known_is_told(separator: str, tmp_path: Path) -> None:
    with pytest.raises(TutorError) as caught:
        loaded(tmp_path, "a,y\n1,2\n2,3\n3,5\n4,6\n5,9\n".replace(",", separator), "y")
    assert "separate them with commas, semicolons, tabs or bars" in caught.value.hint


def test_codes_with_leading_zeros_that_were_read_as_numbers_are_told(tmp_path: Path) -> None:
    text = lines("plz,y", (f"{['01067', '80331'][n % 2]},{n}.5" for n in range(8)))
    assert "“plz” has codes such as 01067, which were read as numbers" in notes(loaded(tmp_path, text, "y"))


def test_a_table_in_a_box_as_mysql_draws_it(tmp_path: Path) -> None:
    rule = "+----+----+"
    rows = [rule, "| a  | y  |", rule, *(f"|{n:3} |{n * 3:3} |" for n in range(1, 9)), rule]
    data = loaded(tmp_path, "\n".join(rows) + "\n", "y")
    assert (data.feature_names, data.y[:2].tolist()) == (("a",), [3, 6])
