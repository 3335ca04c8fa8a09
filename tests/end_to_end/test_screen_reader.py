"""Who has set that a screen reader reads the terminal hears lines of words where others see screens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.end_to_end.terminal import terminal


@pytest.fixture
def listening(own_home: Path) -> None:
    """The setting, as the screen of settings keeps it."""
    own_home.mkdir(parents=True, exist_ok=True)
    (own_home / "settings.json").write_text(json.dumps({"screen_reader": True}), encoding="utf-8")


@pytest.mark.usefixtures("listening")
def test_training_watching_and_reading_are_told_in_lines(own_home: Path) -> None:
    for command, words in (
        # How many epochs are told on the way hangs on the machine's speed: only the end is certain.
        (("train", "one-lag", "--set", "train.epochs=40"), "Finished after 40 epochs"),
        (("watch",), "Finished after 40 epochs"),
        (("read", "1"), "What learning means"),
    ):
        with terminal(*command) as heard:
            assert heard.ended() == 0, heard.text
            assert words in heard.sentence
            assert b"\x1b[?1049h" not in heard.output, "no screen was opened"
            assert not any(0x2801 <= ord(sign) <= 0x28FF for sign in heard.output.decode()), "no chart was drawn"


@pytest.mark.usefixtures("listening")
def test_what_is_asked_for_goes_before_the_setting(own_home: Path) -> None:
    with terminal("train", "one-lag", "--json", "--set", "train.epochs=3") as asked:
        assert asked.ended() == 0
        assert json.loads(asked.output.decode().strip().splitlines()[-1])["epochs"] == 3
