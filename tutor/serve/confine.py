"""What a session's process gives up, for itself and for all that it starts, before it reads a byte of the learner."""

from __future__ import annotations

import os
import resource
import sys
from contextlib import suppress
from pathlib import Path

from tutor.sandbox.landlock import restrict_files
from tutor.sandbox.limits import python_folders
from tutor.serve.messages import Bounds

_PACKAGE = Path(__file__).resolve().parents[1]
_DEVICES = ("/dev/null", "/dev/tty", "/dev/pts")
_LOADERS = ("/lib64", "/lib", "/usr/lib64", "/usr/lib")
"""Where the program that starts programs is: the kernel runs it for each of them."""


def confine(bounds: Bounds) -> bool:
    """Set the limits of a session.

    Returns:
        Whether the kernel keeps the session to its folders.
    """
    _limit(resource.RLIMIT_CORE, 0)
    if bounds.megabytes:
        _limit(resource.RLIMIT_DATA, bounds.megabytes << 20)
    if bounds.file_megabytes:
        _limit(resource.RLIMIT_FSIZE, bounds.file_megabytes << 20)
    if bounds.nice:
        os.nice(bounds.nice)
    if not bounds.is_confined:
        return False
    readable = (*python_folders(), *_files_of_python(), str(_PACKAGE), "/proc", "/etc/localtime", *bounds.readable)
    return restrict_files(
        readable,
        listable=(str(_PACKAGE.parent),),  # a worker finds the package there
        writable=(*_DEVICES, *bounds.writable),
        runnable=_python_and_loaders(),
    )


def _limit(which: int, most: int) -> None:
    with suppress(ValueError, OSError):
        resource.setrlimit(which, (most, most))


def _files_of_python() -> list[str]:
    """What the interpreter of a worker reads before it reads packages."""
    return [f"{each}/{name}" for each in {sys.prefix, sys.base_prefix} for name in ("pyvenv.cfg", "bin")]


def _python_and_loaders() -> list[str]:
    """The only programs that a session may start: this Python, for workers, and the loader of the system."""
    loaders = [str(each) for folder in map(Path, _LOADERS) for each in folder.glob("ld-*.so*")]
    loaders += [str(each) for folder in map(Path, _LOADERS) for each in folder.glob("*/ld-*.so*")]
    return [os.path.realpath(sys.executable), *loaders]
