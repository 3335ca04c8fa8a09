from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stores import open_store
from tutor.progress.store import ProgressStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProgressStore]:
    opened = open_store(tmp_path / "progress.sqlite3")
    yield opened.store
    opened.store.close()
