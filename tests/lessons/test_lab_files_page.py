"""The chapter on lab files says what the settings are, in the manual and in the README of the lessons."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lessons.lab_files_page import PAGES, ROOT, all_words, meanings
from tutor.labs.panels import panel_names
from tutor.labs.settings import SETTINGS


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_written_page_is_as_the_settings_are(path: Path) -> None:
    said = "Run: python -m tests.lessons.lab_files_page"
    assert path.read_text(encoding="utf-8") == PAGES[path](), said


def test_every_key_and_every_panel_is_explained_in_chinese_and_nothing_else_is() -> None:
    assert all_words()["zh"]["keys"].keys() == SETTINGS.keys() == meanings("en")["keys"].keys()
    assert all_words()["zh"]["panels"].keys() == set(panel_names())
