"""Keys typed with a Chinese input method on."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from tests.tui.screen_rows import make_workspace, press, running
from tutor.tui.wide_keys import narrow_key


@pytest.mark.parametrize(
    ("typed", "key"),
    [("１", "1"), ("ｊ", "j"), ("Ｇ", "G"), ("？", "question_mark"), ("、", "slash"), ("。", "full_stop"),
     ("【", "left_square_bracket"), ("好", "好"), ("j", "j")],
)  # fmt: skip
def test_a_wide_key_is_its_narrow_one(typed: str, key: str) -> None:
    told = narrow_key(events.Key(typed, typed), None)
    assert told.key == key


def test_in_a_field_a_wide_key_is_text() -> None:
    told = narrow_key(events.Key("fullwidth_question_mark", "？"), Input())
    assert told.character == "？"


async def test_on_a_screen_wide_keys_command(tmp_path: Path) -> None:
    async with running(make_workspace(tmp_path)) as pilot:
        assert "tutor › Help" in "\n".join(await press(pilot, "？"))
