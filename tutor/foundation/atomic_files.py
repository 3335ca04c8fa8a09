"""Files that are either the old one or the new one, never half of one."""

from __future__ import annotations

import os
from pathlib import Path


def write_bytes(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content``, making its folder first.

    The bytes reach the disk before the name points at them, so that a power loss keeps the old file.

    Raises:
        OSError: the folder cannot be made or written to; the old file is untouched.
    """
    import tempfile  # at start-up settings are only read, and this would be a twentieth of `tutor --help`

    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - the temporary is a str from mkstemp
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Replace ``path`` by ``text`` in UTF-8. See `write_bytes`."""
    write_bytes(path, text.encode("utf-8"))
