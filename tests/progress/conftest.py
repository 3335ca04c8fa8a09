"""A clock that runs, but far behind every date that these tests name: none of their answers comes from the future."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest


@pytest.fixture(autouse=True)
def late_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = time.monotonic()
    monkeypatch.setattr(
        "tutor.foundation.clock.utc_now",
        lambda: datetime(2030, 1, 1, 12, tzinfo=UTC) + timedelta(seconds=time.monotonic() - begin),
    )
