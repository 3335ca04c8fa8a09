"""What a process that runs a learner's code may not do. `confine` is called in that process, before the code runs."""

# The process that runs a learner's code knows paths as texts.
# ruff: noqa: PTH100, PTH112, PTH118, PTH120, PTH123

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from enum import StrEnum

from tutor.sandbox.landlock import restrict_files

if sys.platform != "win32":
    import resource

_NEW_USER, _NEW_NETWORK = 0x1000_0000, 0x4000_0000
_SET_DEATH_SIGNAL = 1
_NOBODY = 65_534
"""The account without rights that Linux has everywhere."""
_ADDRESSES_ABOVE_DATA = 700 << 20
"""Address space beyond the data: libraries and reserves, which are never touched."""
_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/etc/ld.so.cache",
           "/dev/null", "/dev/urandom")  # fmt: skip
"""What an import, a library and a generator of random numbers read."""
_RESERVE = 32 << 20
"""Data that remains for saying that there was not enough."""


class Limit(StrEnum):
    """A limit that a machine may or may not be able to set."""

    MEMORY = "memory"
    PROCESSES = "processes"
    FILES = "files"
    NETWORK = "network"
    ACCOUNT = "account"


def confine(memory_bytes: int, cpu_seconds: int) -> set[Limit]:
    """Give up, for ever, what an exercise does not need. What the machine cannot limit stays as it is.

    Args:
        memory_bytes: How much more data this process may hold than now.
        cpu_seconds: Ends a process that nobody watches any more.

    Returns:
        The limits that hold.
    """
    is_root = os.geteuid() == 0
    given = set()
    if _leave_network(is_root):
        given.add(Limit.NETWORK)
    if _limit_resources(memory_bytes, cpu_seconds):
        given.add(Limit.MEMORY)
    if is_root and _become_nobody():
        given.add(Limit.ACCOUNT)
    if os.geteuid() != 0 and _forbid_processes():
        given.add(Limit.PROCESSES)
    if restrict_files(python_folders()):
        given.add(Limit.FILES)
    _end_with_parent()
    return given


def python_folders() -> list[str]:
    """Return what Python and NumPy may still read for an import: packages, libraries of the system, time zones."""
    # The folder of tutor itself is not needed any more. Where tutor is developed, it lies beside the developer's files.
    packages = [each for each in sys.path if each != _ROOT or os.path.isdir(os.path.join(each, "numpy"))]
    libraries = [os.path.join(each, "lib") for each in (sys.prefix, sys.base_prefix)]
    return [each for each in (*packages, *libraries, *_SYSTEM) if each]


def _leave_network(is_root: bool) -> bool:
    """Move into a network without any interface. Only root can do so without a user namespace of its own."""
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None, use_errno=True)
    return int(library.unshare(_NEW_NETWORK if is_root else _NEW_USER | _NEW_NETWORK)) == 0


def _limit_resources(memory_bytes: int, cpu_seconds: int) -> bool:
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CPU, cpu_seconds)
    held = _held_bytes()
    if held is None:
        return False
    data, addresses = held
    # RLIMIT_DATA binds first, because it counts what is really held; the address space is limited generously.
    return _limit(resource.RLIMIT_DATA, data + memory_bytes, _RESERVE) and _limit(
        resource.RLIMIT_AS, addresses + memory_bytes + _ADDRESSES_ABOVE_DATA, _RESERVE
    )


def _limit(which: int, most: int, reserve: int = 0) -> bool:
    try:
        resource.setrlimit(which, (most, most + reserve))
    except (ValueError, OSError):
        return False
    return True


def use_reserve() -> None:
    """Allow a little more memory, so that the process can still say that there was not enough."""
    for which in (resource.RLIMIT_DATA, resource.RLIMIT_AS):
        with suppress(ValueError, OSError):
            hard = resource.getrlimit(which)[1]
            resource.setrlimit(which, (hard, hard))


def _held_bytes() -> tuple[int, int] | None:
    """Return the bytes of data and of address space that this process has; None if the system does not say."""
    try:
        # As bytes, because a codec might have to be loaded from a file that can no longer be read.
        with open("/proc/self/statm", "rb") as file:
            sizes = file.read().split()
    except OSError:
        return None
    page = resource.getpagesize()
    return int(sizes[5]) * page, int(sizes[0]) * page


def _become_nobody() -> bool:
    """Leave the account root, because most limits do not bind it."""
    try:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    except OSError:
        return False
    return True


def _forbid_processes() -> bool:
    """Forbid new processes and threads. The limit does not bind root."""
    return _limit(resource.RLIMIT_NPROC, 0)


def _end_with_parent() -> None:
    """Let the kernel end this process if the one that watches it ends. Changing the account would undo it."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0)
