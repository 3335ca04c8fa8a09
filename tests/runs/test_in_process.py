"""What a run begins with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.labs.lab_files import load_lab, with_overrides
from tutor.runs.events import Event, View
from tutor.runs.in_process import initial_views, run_to_end

COURSE = Path(__file__).parents[2] / "lessons"


def test_it_is_what_the_run_itself_shows_before_its_first_epoch() -> None:
    spec = with_overrides(load_lab("moons-net", COURSE / "labs"), {"train.epochs": 1})
    told: list[Event] = []
    run_to_end(spec, COURSE / "data", told.append)
    first = {(each.panel, each.part): each.data for each in reversed(told) if isinstance(each, View)}
    views = initial_views(spec, COURSE / "data")
    assert set(views) == {"boundary", "confusion"}
    for panel, view in views.items():
        assert view.frame == first[panel, "frame"]
    assert views["boundary"].scene == first["boundary", "scene"]


def test_a_run_that_cannot_be_had_begins_with_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.foundation.paths.shipped_lessons", lambda: tmp_path)
    assert initial_views(load_lab("digits-net", COURSE / "labs"), tmp_path) == {}
