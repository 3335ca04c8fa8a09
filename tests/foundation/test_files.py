"""Files that somebody else chose: regular ones are read, up to a size; everything else is a sentence, at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tutor.foundation.files import (
    is_file,
    named_path,
    open_file,
    read_file,
    read_start,
    require_file,
    whole_path,
    write_text,
)


def test_a_file_is_read_whole_or_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abcdef")
    (tmp_path / "link").symlink_to(path)
    assert read_file(path, 6) == read_file(tmp_path / "link", 6) == b"abcdef"
    assert read_start(path, 3) == b"abc"
    with pytest.raises(OSError, match="larger than 0 kB"):
        read_file(path, 5)


@pytest.mark.parametrize("name", ["pipe", "folder", "circle", "/dev/zero", "nothing", "a\0b", "x" * 5000])
def test_whatever_is_no_file_raises_the_one_error_that_callers_expect(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "circle").symlink_to("circle")
    path = tmp_path / name
    for look in (open_file, require_file, lambda each: read_file(each, 9), lambda each: read_start(each, 9)):
        with pytest.raises(OSError, match=r"\w") as caught:
            look(path)
        assert caught.value.strerror
    assert not is_file(path)


def open_descriptors() -> int:
    """How many this process has open; 0 if the system cannot tell."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


def test_no_descriptor_is_left_behind(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_bytes(b"x" * 10)
    before = open_descriptors()
    for name in ("pipe", "file"):
        for _ in range(10):
            try:
                read_file(tmp_path / name, 5)
            except OSError:
                continue
    assert open_descriptors() == before


def test_paths_that_lead_nowhere_are_left_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert named_path("~/x") == tmp_path / "x"
    assert named_path("~no-such-person/x") == Path("~no-such-person/x")
    (tmp_path / "circle").symlink_to("circle")
    assert whole_path(tmp_path / "circle").name == "circle"


def test_text_is_written_and_its_folder_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "settings.json"
    write_text(path, "学习率")
    assert path.read_text(encoding="utf-8") == "学习率"


def test_a_failed_write_keeps_the_old_file_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.json"
    write_text(path, "old")

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", no_room)
    with pytest.raises(OSError, match="No space"):
        write_text(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]
