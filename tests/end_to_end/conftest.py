"""What every test of the installed program stands on: nothing runs on behind it, and nothing came from outside."""

from __future__ import annotations

import contextlib
import os
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
