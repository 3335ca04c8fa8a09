"""The options that change a lab, and what they are short for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.cli.lab_options import overrides
from tutor.foundation.errors import ExitCode, TutorError


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
