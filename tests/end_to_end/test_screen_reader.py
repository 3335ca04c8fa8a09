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
            if command[0] == "read":  # it asks the question that the lesson opens with
                heard.wait("Commit to an answer now.", "\n>")
                heard.press("2", "enter")
            assert heard.ended() == 0, heard.text
            assert words in heard.sentence
            assert b"\x1b[?1049h" not in heard.output, "no screen was opened"
            assert not any(0x2801 <= ord(sign) <= 0x28FF for sign in heard.output.decode()), "no chart was drawn"


@pytest.mark.usefixtures("listening")
def test_what_is_asked_for_goes_before_the_setting(own_home: Path) -> None:
    with terminal("train", "one-lag", "--json", "--set", "train.epochs=3") as asked:
        assert asked.ended() == 0
        assert json.loads(asked.output.decode().strip().splitlines()[-1])["epochs"] == 3


@pytest.mark.usefixtures("listening")
def test_the_front_door_is_lines_and_the_terminal_is_asked_nothing() -> None:
    with terminal() as heard:
        heard.wait("Enter: begin lesson 1")
        heard.press("q", "enter")
        assert heard.ended() == 0, heard.text
        assert "Goodbye" in heard.sentence
        assert b"\x1b" not in heard.output, "nothing moves the cursor"
    with terminal("doctor") as heard:
        assert heard.ended() == 0, heard.text
        assert b"\x1b[5n" not in heard.output


@pytest.mark.usefixtures("listening")
def test_on_screens_the_cursor_is_visible_and_follows_the_focus() -> None:
    with terminal("--screens") as seen:
        seen.wait("1 What learning means", "start  enter")
        seen.wait_until(lambda: "start  enter" in seen.text.splitlines()[seen.screen.cursor.y])
        before = seen.screen.cursor.y
        seen.press("down")
        seen.wait_until(lambda: seen.screen.cursor.y > before)
        assert b"\x1b[?25l" not in seen.output, "the cursor is never hidden"
        assert seen.leave() == 0
