"""What every test stands on: a home of its own, English, and no colour or locale from outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.leaks import LeakCheck, count_connections
from tests.stores import at_the_end
from tutor.course import reader
from tutor.foundation.outside_languages import speak
from tutor.foundation.translate import use_language

# As in the worker: the arrays are small, and threads that wait for each other on a busy machine take ten times as long.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

settings.register_profile(
    "tutor", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("tutor")

count_connections()

SHIPPED = Path(__file__).resolve().parents[1] / "lessons"


@pytest.fixture(autouse=True, scope="session")
def shipped_lessons_read_once() -> Iterator[None]:
    """Hundreds of tests open the shipped course, and to read it takes seconds: a process keeps what it has read.

    Only lessons without faults are kept, because a fault is told in the language of the test that reads it.
    """
    readings: dict[tuple[Path, bytes, str, str | None], reader.Reading] = {}
    read_text = reader.read_text

    def read_once(path: Path, raw: bytes, language: str, *, written_in: str | None = None) -> reader.Reading:
        key = (path, raw, language, written_in)
        if (kept := readings.get(key)) is not None:
            return kept
        reading = read_text(path, raw, language, written_in=written_in)
        if path.is_relative_to(SHIPPED) and not reading.faults:
            readings[key] = reading
        return reading

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "read_text", read_once)
        yield


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
