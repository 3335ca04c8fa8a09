"""Start a Python of our own beside this one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

ONE_THREAD = {
    f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM", "NUMEXPR", "BLIS")
}
"""Threads inside matrix products lose much more than they gain when other processes are busy."""


def started(
    command: Sequence[str],
    environment: Mapping[str, str],
    descriptors: Sequence[int] = (),
    *,
    output: IO[bytes] | None = None,
    folder: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start a process that leads a session of its own, so that no signal of the terminal reaches it, without input.

    Args:
        command: The program and its arguments.
        environment: Its whole environment.
        descriptors: The descriptors that it inherits.
        output: Takes what it prints; None drops it.
        folder: The folder it starts in; None is that of this process.

    Raises:
        OSError: No process can be started.
    """
    import subprocess  # late, because a worker starts none

    to = subprocess.DEVNULL if output is None else output
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=to,
        stderr=to,
        env=environment,
        pass_fds=tuple(descriptors),
        cwd=folder,
        start_new_session=True,
    )
