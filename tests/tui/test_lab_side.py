"""The column beside the charts: names of controls are whole in the narrowest window that has the column."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.lab_fakes import FakeRuns
from tutor.charts.cells import plain_row, row_width
from tutor.foundation.translate import use_language
from tutor.runs.controls import control_title
from tutor.runs.events import Event, View
from tutor.runs.execute import run_to_end
from tutor.runs.lab_files import load_lab, with_overrides
from tutor.runs.spec import RunSpec
from tutor.tui.lab_session import LabSession
from tutor.tui.screens.lab_side import Hand, control_rows, number_rows
from tutor.tui.screens.lab_words import goal_lines

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


@pytest.mark.parametrize(
    ("lab", "goal"),
    [
        ("ball", "f(w) < −3.5"),
        ("long-valley", "L(u, v) < 0.000001"),
        ("two-weight-net", "L(w₁, w₂) < 0.001"),
        ("two-surfaces", "p > 0.9"),
    ],
)
def test_a_drawn_function_is_called_in_its_goal_what_its_lesson_calls_it(lab: str, goal: str) -> None:
    spec = load_lab(lab, LABS)
    assert goal_lines(spec.challenge.goal, spec.model.function)[0] == goal
    assert goal_lines(spec.challenge.goal, spec.model.function, ascii=True)[0].isascii() == ("−" not in goal)


@pytest.mark.parametrize(
    ("lab", "names"),
    [
        ("two-surfaces", ["z₁", "z₂", "L", "p"]),
        ("long-valley", ["u", "v", "L", "λ₁", "λ₂"]),
        ("two-weight-net", ["w₁", "w₂", "L"]),
        ("ball", ["w", "f(w)"]),
    ],
)
def test_what_a_goal_is_about_stands_live_beside_the_charts(lab: str, names: list[str], tmp_path: Path) -> None:
    runs = FakeRuns(tmp_path)
    spec = load_lab(lab, LABS)
    session = LabSession(runs, spec)
    session.start()
    runs.last.write(*some_views(spec))
    session.poll()
    told = [plain_row(row).split()[0] for row in number_rows(session, 40, 12)]
    assert told[2 : 2 + len(names)] == names


def some_views(spec: RunSpec) -> list[Event]:
    """The views of a run of a few epochs."""
    events: list[Event] = []
    run_to_end(with_overrides(spec, {"epochs": 5}), None, events.append)
    return [event for event in events if isinstance(event, View)]


def test_a_control_that_changes_nothing_steps_back_until_another_wakes_it(tmp_path: Path) -> None:
    session = LabSession(FakeRuns(tmp_path), load_lab("ball", LABS))

    def inks() -> dict[str, str]:
        rows = control_rows(session, Hand(), 40, 9)
        return {name: row[1].ink for (name, _), row in zip(session.controls(), rows, strict=True)}

    assert (inks()["momentum"], inks()["start"]) == ("muted", "text")
    session.type("optimizer", "momentum")
    assert inks()["momentum"] == "text"


def test_no_columns_chosen_are_all_of_them(tmp_path: Path) -> None:
    session = LabSession(FakeRuns(tmp_path), load_lab("penguins", LABS))
    assert "‹ all " in plain_row(control_rows(session, Hand(), 40, 1)[0])
    use_language("zh")
    assert "全部" in plain_row(control_rows(session, Hand(), 40, 1)[0])
    session.type("features", '["bill length (mm)"]')
    assert "喙长" in plain_row(control_rows(session, Hand(), 40, 1)[0])
