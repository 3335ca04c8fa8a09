"""Reading files so that a wrong one never stops the program, and writing them so that none is left half finished.

A named pipe would keep a reader waiting for ever, a device may never end, and a file may be larger than memory. So
every file that a person names, or that is in a folder which others can write to, is opened and read here. Whatever is
not a regular file of a sane size becomes an error that a sentence can explain.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from tutor.foundation.translate import translate

_KINDS = (
    (stat.S_ISDIR, "errors.kind-folder"),
    (stat.S_ISFIFO, "errors.kind-pipe"),
    (stat.S_ISSOCK, "errors.kind-socket"),
)
_CHUNK_BYTES = 1 << 20


def open_file(path: Path | str, flags: int = os.O_RDONLY, mode: int = 0o600) -> int:
    """Open a regular file, and never wait for it.

    Args:
        path: The file, or a link to one.
        flags: As `os.open` takes them.
        mode: The permissions of the file if it is created.

    Returns:
        A descriptor, which child processes do not inherit.

    Raises:
        OSError: The file cannot be opened, or it is a folder, a pipe, a socket or a device; ``strerror`` says which.
    """
    try:
        # Check before opening, because opening alone has effects on some devices: a tape rewinds, a watchdog starts.
        require_file(path)
    except FileNotFoundError:
        if not flags & os.O_CREAT:
            raise
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC, mode)
    # Check again, because something else may have taken its place meanwhile.
    if not stat.S_ISREG(kind := os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _not_a_file(path, kind)
    return descriptor


def require_file(path: Path | str) -> None:
    """Check that ``path`` is a regular file without opening it, for callers whose library will open it.

    Raises:
        OSError: see `open_file`.
    """
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - the path may be text
    except ValueError as error:  # a name that holds a NUL
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path)) from error
    if not stat.S_ISREG(mode):
        raise _not_a_file(path, mode)


def _not_a_file(path: Path | str, mode: int) -> OSError:
    key = next((key for is_kind, key in _KINDS if is_kind(mode)), "errors.kind-device")
    number = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
    return OSError(number, translate("errors.not-a-file", kind=translate(key)), str(path))


def read_start(path: Path | str, limit: int) -> bytes:
    """Return the first ``limit`` bytes of a file, or all of them if it has fewer.

    Raises:
        OSError: see `open_file`.
    """
    descriptor = open_file(path)
    try:
        chunks = []
        while limit > 0 and (chunk := os.read(descriptor, min(limit, _CHUNK_BYTES))):
            chunks.append(chunk)
            limit -= len(chunk)
    finally:
        os.close(descriptor)
    return b"".join(chunks)


def read_file(path: Path | str, limit: int) -> bytes:
    """Return the content of a file that has at most ``limit`` bytes.

    Raises:
        OSError: See `open_file`; also if the file is larger, and ``strerror`` then says so.
    """
    content = read_start(path, limit + 1)
    if len(content) > limit:
        raise too_large(path, limit)
    return content


def too_large(path: Path | str, limit: int) -> OSError:
    """Return the error for a file that has more than ``limit`` bytes."""
    size = f"{limit >> 20} MB" if limit >= 1 << 20 else f"{limit >> 10} kB"
    return OSError(errno.EFBIG, translate("errors.too-large", size=size), str(path))


def named_path(text: str | Path) -> Path:
    """Return the path that a person typed, with ``~`` as the home folder; a ``~`` that names nobody stays as it is."""
    return Path(os.path.expanduser(text))  # noqa: PTH111 - `Path.expanduser` raises if there is no such person


def whole_path(path: Path) -> Path:
    """Return the absolute ``path`` with its links followed; a circle of links is left as it is."""
    return Path(os.path.realpath(path))  # `Path.resolve` raises at a circle in some Pythons


def is_file(path: Path | str) -> bool:
    """Return whether ``path`` is a regular file; False if that cannot be determined, as for a name that is too long."""
    return os.path.isfile(path)  # noqa: PTH113 - `Path.is_file` raises then


def free_name(folder: Path, name: str, suffix: str) -> Path:
    """Return a path in ``folder`` that overwrites nothing: ``name.svg``, else ``name-2.svg``, and so on.

    Args:
        folder: The folder.
        name: The name without its suffix.
        suffix: Such as ``.svg``.
    """
    paths = (folder / f"{name}{f'-{number}' if number > 1 else ''}{suffix}" for number in range(1, 1000))
    return next((path for path in paths if not path.exists()), folder / f"{name}{suffix}")


def write_bytes(path: Path, content: bytes) -> None:
    """Replace the file ``path`` by ``content``, as `write_blocks` does."""
    write_blocks(path, (content,))


def write_blocks(path: Path, blocks: Iterable[bytes]) -> None:
    """Replace the file ``path`` by ``blocks``, one after the other; its folder is created if it is missing.

    The bytes reach the disk before the name points at them, so the old file survives a power loss.

    Raises:
        OSError: The folder cannot be created or written to. The old file is untouched.
    """
    import tempfile  # imported here, because it would take a twentieth of the time of `tutor --help`

    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(blocks)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105 - the temporary is a str from mkstemp
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Replace the file ``path`` by ``text`` in UTF-8, as `write_bytes` does."""
    write_bytes(path, text.encode("utf-8"))
