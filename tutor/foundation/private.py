"""Folders and files that only the learner can read: permissions 0700 and 0600, whatever the umask says.

Older files and folders of ours with wider permissions are corrected. If permissions cannot be changed (on a USB stick,
or because the file is somebody else's), they are left as they are and nothing fails.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

_OTHERS: Final = 0o077
_OURS: Final = ("progress", "settings.json", "runs", "sweeps", "cache", "crash.txt")
"""How the names of our files in a data folder begin, without the leading dot of temporary files."""


def make_folder(folder: Path) -> None:
    """Create a folder, and the missing ones above it, that only the learner can read.

    Raises:
        OSError: It cannot be created.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
    if not folder.is_dir():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder))


def close_folder(folder: Path) -> None:
    """Close our files in a data folder to other people, and the folder itself if it holds nothing else.

    ``TUTOR_HOME`` may name any folder, even one with a web site in it or a whole home directory; who may see the rest
    of that folder is for the learner to decide.
    """
    try:
        names = os.listdir(folder)  # noqa: PTH208 - only the names are needed
    except OSError:
        return
    ours = [name for name in names if name.lstrip(".").startswith(_OURS)]
    if len(ours) == len(names):
        _close(folder)
    for name in ours:
        _close(folder / name)


def make_file(path: Path) -> None:
    """Create an empty file if there is none, and close it, and the files that SQLite puts beside it, to other people.

    Raises:
        OSError: It cannot be created.
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
