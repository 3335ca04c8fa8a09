"""What every test stands on: a home of its own, English, and no colour or locale from outside."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.leaks import LeakCheck, count_connections
from tests.stores import at_the_end
from tutor.foundation.outside_languages import speak
from tutor.foundation.translate import use_language

# As in the worker: the arrays are small, and threads that wait for each other on a busy machine take ten times as long.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

settings.register_profile(
    "tutor", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("tutor")

count_connections()

ONCE = (
    "lessons",
    "rules/test_code.py",
    "rules/test_map.py",
    "rules/test_patterns.py",
    "rules/test_textual_names.py",
    "rules/test_translations.py",
    "charts/test_every_chart.py",
    "exercises/test_proof.py",
    "kept/test_lesson_by_ear.py",
    "runs/test_descent_labs.py",
    "runs/test_effects.py",
    "runs/test_frames_measured.py",
    "runs/test_network_panels.py",
    "runs/test_real_tables.py",
    "runs/test_shipped_labs.py",
    "tui/test_pairs.py",
    "tui/test_shipped_quizzes.py",
    "tui/test_sizes.py",
    "tui/test_themes.py",
)
"""Tests of what is written and measured, such as the content of the course: another version of Python changes none."""


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Mark what `.ci/run` tries on one version of Python alone."""
    tests = Path(__file__).parent
    for item in items:
        if item.path.relative_to(tests).as_posix().startswith(ONCE):
            item.add_marker("once")


@pytest.fixture(autouse=True)
def nothing_left_open() -> Iterator[None]:
    """Fails a test that leaves a SQLite connection, a file descriptor or a child process behind."""
    check = LeakCheck()
    yield
    at_the_end.close()
    left = check.left()
    assert not left, "\n".join(("The test left open:", *left))


@pytest.fixture(autouse=True)
def own_home(
    nothing_left_open: None, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A fresh ``TUTOR_HOME``, so that no test reads or writes the developer's own progress."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("TUTOR_HOME", str(home))
    for name in ("TUTOR_LESSONS", "TUTOR_LANG", "NO_COLOR", "COLORTERM", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    speak("en")
    yield home
    use_language("en")
