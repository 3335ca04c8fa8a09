"""The options that change a lab, and what they are short for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.cli import run
from tutor.cli.lab_options import names_as_typed, overrides
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.paths import lessons_folder
from tutor.labs.lab_files import load_lab


def test_short_options_are_settings() -> None:
    options: dict[str, str | None] = {
        "hidden": "16,16",
        "learning_rate": "0.1",
        "batch_size": "32",
        "model": "mlp",
        "epochs": None,
    }
    assert overrides(("train.shuffle=false",), options) == {
        "train.shuffle": False,
        "hidden": [16, 16],
        "learning_rate": 0.1,
        "batch_size": 32,
        "model": "mlp",
    }


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("area,rooms", ["area", "rooms"]),
        ("area, rooms", ["area", "rooms"]),
        ('"x, in metres",2020', ["x, in metres", "2020"]),
        ("true", ["true"]),
    ],
)
def test_names_of_columns_are_taken_as_they_are(text: str, columns: list[str]) -> None:
    found = overrides((), {"features": text, "target": "2020", "group": "a=b"})
    assert found == {"data.features": columns, "data.target": "2020", "data.group": "a=b"}


def test_a_word_that_is_no_setting_is_refused() -> None:
    with pytest.raises(TutorError) as told:
        overrides(("nonsense",), {})
    assert told.value.exit_code == ExitCode.USAGE


def test_a_text_is_one_of_the_course_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert overrides((), {"text": "tale-en"}) == {"data.text": "tale-en"}
    assert overrides((), {"text": "my.txt"}) == {"data.text": "file", "data.path": str(tmp_path / "my.txt")}


def test_errors_name_settings_as_they_were_typed() -> None:
    tried: tuple[tuple[tuple[str, ...], dict[str, str | None], str], ...] = (
        (("hidden=3",), {}, "hidden changes"),
        ((), {"features": "x"}, "--features changes"),
        (("data.features=x",), {}, "data.features changes"),
    )
    for settings, options, word in tried:
        changes = overrides(settings, options)
        key = next(iter(changes))
        dotted = {"hidden": "model.hidden"}.get(key, key)
        with pytest.raises(TutorError) as raised, names_as_typed(settings, options):
            raise TutorError(f"{dotted} changes nothing here.", hint=f"See {dotted}x and my.{dotted}.")
        assert raised.value.message.startswith(word)
        assert raised.value.hint == f"See {dotted}x and my.{dotted}."


def test_an_unknown_setting_lists_what_the_lab_lets_one_set() -> None:
    with pytest.raises(TutorError) as raised:
        load_lab("ball", lessons_folder() / "labs", {"bogus": 1})
    assert "There is no setting bogus." in str(raised.value)
    assert "learning_rate (0.001 … 0.5)" in str(raised.value)


def test_a_missing_argument_shows_the_whole_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "note", "x"]) == ExitCode.USAGE
    assert "`tutor run note [OPTIONS] RUN TEXT...`" in capsys.readouterr().err


def test_a_list_has_every_id_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list"]) == ExitCode.OK
    words = capsys.readouterr().out.split()
    assert "bias-or-optimisation" in words
    assert "shapes-and-gradients" in words
