"""Fixtures for tests of whole commands."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


@pytest.fixture
def small_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of one lesson and its lab, in a folder of its own, for tests that run hundreds of commands."""
    course = tmp_path / "small-course"
    for name in ("en/01-what-is-ml.md", "labs/one-lag.toml", "labs/spam-rule.toml", "labs/spam-learner.toml"):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(LESSONS / name, course / name)
    shutil.copytree(LESSONS / "data", course / "data", symlinks=True)
    monkeypatch.setenv("TUTOR_LESSONS", str(course))
    return course
