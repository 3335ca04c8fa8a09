"""Tables of the learner's own: read, or told with file, line and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.foundation.errors import TutorError
from tutor.foundation.translate import use_language
from tutor.ml.datasets import load_dataset
from tutor.ml.datasets.prepare import prepare
from tutor.ml.datasets.sources import own_table
from tutor.ml.datasets.sources.own_table import load_labelled_table
from tutor.ml.factory import make_training
from tutor.ml.settings import DataSettings, ModelSettings, OptimizerSettings, TrainSettings
from tutor.tables import reader

HOUSES = "rooms,area,price\n" + "".join(f"{n},{40 + 10 * n},{100 + 50 * n}\n" for n in range(1, 11))


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "own.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_numbers_to_predict_make_a_regression(tmp_path: Path) -> None:
    table = load_labelled_table(write(tmp_path, HOUSES), "price", ())
    assert table.task == "regression"
    assert table.feature_names == ("rooms", "area")
    assert table.x[0].tolist() == [1, 50]
    assert table.y.tolist() == [150 + 50 * n for n in range(10)]


def test_words_to_predict_make_a_classification(tmp_path: Path) -> None:
    text = "x;kind\n1;cat\n2;dog\n\n3;cat\n4,5;dog\n".replace("4,5", "4.5")
    table = load_labelled_table(write(tmp_path, text), "kind", ())
    assert table.task == "classification"
    assert table.class_names == ("cat", "dog")
    assert table.y.tolist() == [0, 1, 0, 1]
    assert table.x[:, 0].tolist() == [1, 2, 3, 4.5]


def test_chosen_features_leave_a_column_of_words_alone(tmp_path: Path) -> None:
    text = "name,x,y\n" + "".join(f"somebody {n},{n},{2 * n}\n" for n in range(6))
    assert load_labelled_table(write(tmp_path, text), "y", ("x",)).feature_names == ("x",)


def test_quotes_marks_at_the_start_and_windows_lines_are_understood(tmp_path: Path) -> None:
    text = '\ufeff"x, in metres",y\r\n"1",2\r\n3,"4"\r\n5,6\r\n7,8\r\n'
    table = load_labelled_table(write(tmp_path, text), "y", ())
    assert table.feature_names == ("x, in metres",)
    assert table.y.tolist() == [2, 4, 6, 8]


FAULTS: dict[str, tuple[str | bytes, str]] = {
    "empty file": ("", r":1: .*head line"),
    "numbers as names": ("1,2\n3,4\n5,6\n7,8\n9,1\n", r":1: the head line holds only numbers"),
    "only a head": ("x,y\n", r"too few rows of data to learn from: 0"),
    "one row": ("x,y\n1,2\n", r"too few rows of data to learn from: 1"),
    "a word among numbers": ("x,y\n1,2\n3,4\n\nfive,6\n7,8\n", r":5: “five” in column “x”"),
    "infinite": ("x,y\n1,2\n1e999,4\n5,6\n7,8\n", r":3: “1e999”"),
    "infinite in words": ("x,y\n1,2\n3,4\ninf,6\n7,8\n", r":4: “inf”"),
    "a word among labels": ("x,y\n1,2\n3,4\n5,six\n7,8\n", r":4: “six” in column “y”"),
    "too few labels": ("x,y\n1,cat\n3,\n5,dog\n7,cat\n", r"too few rows of data to learn from: 3"),
    "no label": ("x,y\n1,\n3,NA\n5,?\n7,null\n", r"“y”, which is to be predicted, is empty in every row"),
    "one class": ("x,y\n1,cat\n3,cat\n5,cat\n7,cat\n", r"“cat” in every row"),
    "one number": ("x,y\n1,2\n3,2\n5,2\n7,2\n", r"“2” in every row"),
    "constant columns": ("a,b,y\n1,x,2\n1,x,3\n1,x,4\n1,x,5\n", r"no column left to predict from"),
    "a row too short": ("x,y\n1,2\n3\n5,6\n7,8\n", r":3: there are 1 cells"),
    "a row too long": ("x,y\n1,2\n3,4,5\n5,6\n7,8\n", r":3: there are 3 cells"),
    "a row after two lines in quotes": ('x,y\n1,2\n"3\n",4\n5,six\n7,8\n', r":5: “six”"),
    "the same column twice": ("x,x,y\n1,2,3\n", r":1: two columns have the name “x”"),
    "no such column": ("x,z\n1,2\n3,4\n5,6\n7,8\n", r"no column “y”"),
    "nothing to predict from": ("y\n1\n2\n3\n4\n", r"no column besides"),
    "not UTF-8": (b"x,y\n1,2\n\xff,2\n", r":3: this is not UTF-8"),
    "half of UTF-16": (b"\xff\xfex\x00,\x00y\x00\n\x001", r"UTF-16"),
    "a null byte": (b"x,y\n1,2\n\x00,4\n5,6\n7,8\n", r":3: "),
    "no line ends": ("x,y" * 400_000, r":1: the line has more than"),
    "a cell without end": ('x,y\n1,"' + "2\n" * 100_000, r":\d+: the line cannot be read"),
    "too many classes": ("x,y\n" + "".join(f"{n},word{n}\n" for n in range(51)), r"more than 50 different words"),
    "too many classes to count": ("x,y\n" + "".join(f"{n},word{n}\n" for n in range(1001)), r"more than 50 different"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_its_place(fault: str, language: str, tmp_path: Path) -> None:
    text, expected = FAULTS[fault]
    use_language(language)
    with pytest.raises(TutorError) as told:
        load_labelled_table(write(tmp_path, text), "y", ())
    sentence = str(told.value)
    assert str(tmp_path / "own.csv") in sentence
    assert "{" not in sentence
    if language == "en":
        assert re.search(expected, sentence)
    else:
        assert re.search("[\u4e00-\u9fff]", sentence)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(TutorError, match=r"No such file") as told:
        load_labelled_table(tmp_path / "nowhere.csv", "y", ())
    assert told.value.hint


def test_the_nearest_column_is_offered(tmp_path: Path) -> None:
    with pytest.raises(TutorError) as told:
        load_labelled_table(write(tmp_path, HOUSES), "prise", ())
    assert "price" in told.value.hint


def test_a_folder_or_a_pipe_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(TutorError, match="is not a file"):
        load_labelled_table(tmp_path, "y", ())


def test_columns_and_values_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, HOUSES)
    for module, limit, most in ((reader, "MAX_COLUMNS", 2), (own_table, "MAX_VALUES", 19)):
        with monkeypatch.context() as patched:
            patched.setattr(module, limit, most)
            with pytest.raises(TutorError) as told:
                load_labelled_table(path, "price", ())
            assert "own.csv" in str(told.value)
            assert told.value.hint


def test_nothing_in_a_file_can_move_the_cursor(tmp_path: Path) -> None:
    text = "x\x1b[2J,y\n1,2\n\x1b]0;title\x07,4\n5,6\n7,8\n"
    with pytest.raises(TutorError) as told:
        load_labelled_table(write(tmp_path, text), "y", ())
    assert "\x1b" not in str(told.value)


def test_a_table_of_ones_own_trains(tmp_path: Path) -> None:
    options = DataSettings(name="csv", path=str(write(tmp_path, HOUSES)), target="price", test_fraction=0.2)
    data = load_dataset(options, data_folder=None)
    assert (len(data.y_train), len(data.y_valid)) == (8, 2)
    training = make_training(
        data,
        ModelSettings(name="linear"),
        "mse",
        OptimizerSettings(name="gd", learning_rate=0.2),
        TrainSettings(epochs=300),
    )
    *_, result = training.epochs()
    assert result.valid_loss == pytest.approx(0, abs=1e-3)
    assert training.predict(np.array([[3.0, 70.0]])) == pytest.approx([250.0], abs=0.1)


@given(
    st.text(max_size=200)
    | st.lists(st.lists(st.sampled_from(["1", "2.5", "", "a", '"', "y", "x"]), max_size=4), max_size=8).map(
        lambda rows: "\n".join(",".join(row) for row in rows)
    )
)
def test_any_text_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "own.csv"
    path.write_text(text, encoding="utf-8", errors="replace")
    try:
        table = load_labelled_table(path, "y", ())
    except TutorError as error:
        told = error.message
        assert str(path) in told
        return
    assert len(table.x) == len(table.y) >= 4
    assert not np.isinf(table.x).any()
    assert np.isfinite(prepare(table, DataSettings(name="csv")).x_train).all()
