"""A file is the old one or the new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.foundation import atomic_files


def test_text_is_written_and_its_folder_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.json"
    atomic_files.write_text(path, "学习率")
    assert path.read_text(encoding="utf-8") == "学习率"


def test_a_failure_keeps_the_old_file_and_leaves_no_crumbs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.json"
    atomic_files.write_text(path, "old")

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", no_room)
    with pytest.raises(OSError, match="No space"):
        atomic_files.write_text(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]
