"""Landlock, the Linux kernel's way for a process to give up rights to files, TCP ports and signals for ever.

Source: https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable

# The numbers of these system calls are the same on every processor that Python supports.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_RULE_PATH_BENEATH = 1
_SET_NO_NEW_PRIVILEGES = 38

_EXECUTE = 1 << 0
_WRITE = sum(1 << bit for bit in (1, *range(4, 13)))
"""Write to a file, remove, and make anything."""
_LIST = 1 << 3
_READ = 1 << 2 | _LIST
_OF_A_FILE = _EXECUTE | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15
"""Start it, write, read, truncate, control it as a device. The kernel refuses a rule with more about a file."""
_SINCE = {2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
"""Rights that later versions added: link or rename elsewhere, truncate, control a device."""
_TCP_SINCE, _TCP = 4, 3
_SCOPES_SINCE, _SCOPES = 6, 3
"""No abstract Unix sockets and no signals to processes outside."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("tcp", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def landlock_version() -> int:
    """Return the version of Landlock that the kernel has; 0 if it has none."""
    if not sys.platform.startswith("linux"):
        return 0
    library = ctypes.CDLL(None, use_errno=True)
    return max(0, int(library.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION))))


def restrict_files(
    readable: Iterable[str],
    *,
    listable: Iterable[str] = (),
    writable: Iterable[str] = (),
    runnable: Iterable[str] = (),
) -> bool:
    """Take from this process, for ever, the right to write any file, to read most, to start a program and to use TCP.

    Args:
        readable: The only folders and files that may still be read.
        listable: Folders whose names, and those of all folders in them, may still be read.
        writable: Folders and files that may be read, and in which everything may be changed.
        runnable: Programs that may still be started.

    Returns:
        Whether the kernel did it.
    """
    version = landlock_version()
    if not version:
        return False
    files = _EXECUTE | _WRITE | _READ | sum(right for since, right in _SINCE.items() if version >= since)
    rules = _Ruleset(
        files, _TCP if version >= _TCP_SINCE else 0, _SCOPES if version >= _SCOPES_SINCE else 0
    )  # fmt: skip
    size = 24 if version >= _SCOPES_SINCE else 16 if version >= _TCP_SINCE else 8
    library = ctypes.CDLL(None, use_errno=True)
    ruleset = library.syscall(_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0))
    if ruleset < 0:
        return False
    try:
        for path in readable:
            _allow(library, ruleset, path, _READ)
        for path in listable:
            _allow(library, ruleset, path, _LIST)
        for path in writable:
            _allow(library, ruleset, path, files & ~_EXECUTE)
        for path in runnable:
            _allow(library, ruleset, path, _EXECUTE | _READ)
        if library.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
            return False
        return int(library.syscall(_RESTRICT_SELF, ruleset, ctypes.c_uint32(0))) == 0
    finally:
        os.close(ruleset)


def _allow(library: ctypes.CDLL, ruleset: int, path: str, right: int) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # What is not there cannot be read either.
    try:
        if not os.path.isdir(path):  # noqa: PTH112 - the child knows paths as texts
            right &= _OF_A_FILE
        rule = _PathBeneath(right, folder)
        library.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), ctypes.c_uint32(0))
    finally:
        os.close(folder)
