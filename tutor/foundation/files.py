"""Files, read so that a wrong one costs a sentence and never the program, and written so that none is ever half.

A named pipe would keep a reader waiting for ever, a device may never end, and a file may be larger than memory. So
every file that a person names, or that lies in a folder which others can write to, is opened and read here.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from tutor.foundation.translate import translate

_KINDS = (
    (stat.S_ISDIR, "errors.kind-folder"),
    (stat.S_ISFIFO, "errors.kind-pipe"),
    (stat.S_ISSOCK, "errors.kind-socket"),
)
_CHUNK = 1 << 20


def open_file(path: Path | str, flags: int = os.O_RDONLY, mode: int = 0o600) -> int:
    """Open a regular file, without ever waiting for it.

    Args:
        path: The file, or a link to one.
        flags: As `os.open` takes them.
        mode: Who may use the file if it is made.

    Returns:
        A descriptor, which child processes do not inherit.

    Raises:
        OSError: it cannot be opened, or is a folder, a pipe, a socket or a device; ``strerror`` says which.
    """
    try:
        # Asked first because merely opening some devices does something: a tape rewinds, a watchdog starts to count.
        require_file(path)
    except FileNotFoundError:
        if not flags & os.O_CREAT:
            raise
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC, mode)
    # Asked again because something else may have taken its place meanwhile.
    if not stat.S_ISREG(kind := os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _no_file(path, kind)
    return descriptor


def require_file(path: Path | str) -> None:
    """Look whether a regular file is there, without opening it, for those who let a library do that.

    Raises:
        OSError: see `open_file`.
    """
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - the path may be text
    except ValueError as error:  # a name that holds a NUL
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path)) from error
    if not stat.S_ISREG(mode):
        raise _no_file(path, mode)


def _no_file(path: Path | str, mode: int) -> OSError:
    key = next((key for is_kind, key in _KINDS if is_kind(mode)), "errors.kind-device")
    number = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
    return OSError(number, translate("errors.not-a-file", kind=translate(key)), str(path))


def read_start(path: Path | str, most: int) -> bytes:
    """The first ``most`` bytes of a file, or all if it has fewer.

    Raises:
        OSError: see `open_file`.
    """
    descriptor = open_file(path)
    try:
        pieces = []
        while most > 0 and (piece := os.read(descriptor, min(most, _CHUNK))):
            pieces.append(piece)
            most -= len(piece)
    finally:
        os.close(descriptor)
    return b"".join(pieces)


def read_file(path: Path | str, most: int) -> bytes:
    """All of a file that has at most ``most`` bytes.

    Raises:
        OSError: see `open_file`; or it has more, which ``strerror`` says.
    """
    content = read_start(path, most + 1)
    if len(content) > most:
        raise too_large(path, most)
    return content


def too_large(path: Path | str, most: int) -> OSError:
    """The error that says that a file has more than ``most`` bytes."""
    size = f"{most >> 20} MB" if most >= 1 << 20 else f"{most >> 10} kB"
    return OSError(errno.EFBIG, translate("errors.too-large", size=size), str(path))


def named_path(text: str | Path) -> Path:
    """The path that a person typed, with ``~`` as the home folder; a ``~`` that names nobody stays as it is."""
    return Path(os.path.expanduser(text))  # noqa: PTH111 - `Path.expanduser` raises if there is no such person


def whole_path(path: Path) -> Path:
    """``path`` from the root on, with links followed as far as they lead; a circle of links is left as it is."""
    return Path(os.path.realpath(path))  # `Path.resolve` raises at a circle in some Pythons


def is_file(path: Path | str) -> bool:
    """Whether a regular file is there; False also if nobody can tell, such as for a name that is too long."""
    return os.path.isfile(path)  # noqa: PTH113 - `Path.is_file` raises then


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
