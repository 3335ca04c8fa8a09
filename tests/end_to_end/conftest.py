"""What every test of the installed program stands on: nothing runs on behind it, and nothing came from outside."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.processes import workers_of


@pytest.fixture(autouse=True)
def plain_environment(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No SSH, no other locale and no other terminal of the developer's changes what is shown."""
    for name in ("SSH_CONNECTION", "LC_CTYPE", "LC_MESSAGES", "PYTHONIOENCODING", "PYTHONUTF8", "TEXTUAL_DRIVER"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def no_run_is_left_behind(own_home: Path) -> Iterator[None]:
    """Workers outlive what started them, also a test."""
    yield
    end = time.monotonic() + 20
    while workers := workers_of(own_home):
        assert time.monotonic() < end, workers
        for pid in workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


@pytest.fixture(autouse=True)
def course_without_variants(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped course, whose quizzes ask what the page asks: the tests know the answers to that."""
    shipped, folder = Path(__file__).resolve().parents[2] / "lessons", tmp_path_factory.mktemp("course")
    for name in ("labs", "data"):
        (folder / name).symlink_to(shipped / name)
    for path in shipped.glob("[a-z][a-z]/*.md"):
        sections = re.split(r"^(?=#{2,3} )", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        (folder / path.parent.name).mkdir(exist_ok=True)
        kept = "".join(section for section in sections if "; variant of: " not in section)
        (folder / path.parent.name / path.name).write_text(kept, encoding="utf-8")
    monkeypatch.setenv("TUTOR_LESSONS", str(folder))
