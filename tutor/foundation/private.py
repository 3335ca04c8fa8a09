"""Folders and files for the learner's eyes alone: 0700 and 0600, whatever the umask says.

What is there already with other permissions is put right, as far as it is ours. Where permissions cannot be changed (a
USB stick, somebody else's file) everything goes on with those that are there.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

_OTHERS: Final = 0o077
_OURS: Final = ("progress", "settings.json", "runs", "sweeps", "cache", "crash.txt")
"""What the names of our things in a data folder begin with, without the dot of those that are being written."""


def make_folder(folder: Path) -> None:
    """Make a folder of ours and those above it that are missing, for the learner alone.

    Raises:
        OSError: it cannot be made.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
    if not folder.is_dir():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder))


def close_folder(folder: Path) -> None:
    """Keep others out of our things in a data folder, and out of the folder itself if nothing else lies in it.

    ``TUTOR_HOME`` may name any folder, one with a web site in it or a whole home; the learner decides who sees that.
    """
    try:
        names = os.listdir(folder)  # noqa: PTH208 - names are all that is wanted
    except OSError:
        return
    ours = [name for name in names if name.lstrip(".").startswith(_OURS)]
    if len(ours) == len(names):
        _close(folder)
    for name in ours:
        _close(folder / name)


def make_file(path: Path) -> None:
    """Make an empty file if there is none, and keep others from reading it and the files that SQLite puts beside it.

    Raises:
        OSError: it cannot be made.
    """
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    for suffix in ("", "-wal", "-shm"):
        _close(path.with_name(path.name + suffix))


def _close(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
        if mode & _OTHERS and not stat.S_ISLNK(mode):
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
    except OSError:
        return
