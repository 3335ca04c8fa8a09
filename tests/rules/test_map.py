"""The map of the code leads to files that are there."""

from __future__ import annotations

import re
from pathlib import Path

TUTOR = Path(__file__).resolve().parents[2] / "tutor"


def test_every_path_of_the_map_exists() -> None:
    text = (TUTOR / "README.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:[a-z_*0-9]+/)+[a-z_*0-9.]*)`", text)
    assert len(paths) > 30
    roots = (TUTOR, TUTOR.parent)
    assert [path for path in paths if not any(list(root.glob(path.rstrip("/"))) for root in roots)] == []
