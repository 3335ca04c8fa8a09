"""The column beside the charts: names of controls are whole in the narrowest window that has the column."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.lab_fakes import FakeRuns
from tutor.charts.cells import plain_row, row_width
from tutor.foundation.translate import use_language
from tutor.runs.controls import control_title
from tutor.runs.lab_files import load_lab
from tutor.tui.lab_session import LabSession
from tutor.tui.screens.lab_side import Hand, control_rows

LABS = Path(__file__).resolve().parents[2] / "lessons" / "labs"
_INNER = 25
"""Cells of the column in a window of 80, without its rule."""


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("lab", ["digits-net", "moons-net", "curve-builder", "week-lags", "batch-bench", "very-deep"])
def test_no_name_of_a_control_is_cut_at_80_columns(lab: str, language: str, tmp_path: Path) -> None:
    use_language(language)
    session = LabSession(FakeRuns(tmp_path), load_lab(lab, LABS))
    controls = session.controls()
    rows = control_rows(session, Hand(), _INNER, len(controls))
    for row, (name, control) in zip(rows, controls, strict=True):
        assert control_title(name, control) in plain_row(row)
        assert row_width(row) == _INNER


def test_a_short_value_leaves_its_room_to_a_long_name(tmp_path: Path) -> None:
    session = LabSession(FakeRuns(tmp_path), load_lab("one-lag", LABS))
    wide = control_rows(session, Hand(), 40, 9)
    assert any("‹ 1     ›" in plain_row(row) for row in wide)
