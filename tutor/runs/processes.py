"""Workers: processes and sessions of their own, which outlive whoever started them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from tutor.foundation.translate import language

_PACKAGES = str(Path(__file__).resolve().parents[2])
ONE_THREAD = {
    f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM", "NUMEXPR", "BLIS")
}
"""Threads inside matrix products lose much more than they gain where a neighbour is busy."""


def start_worker(module: str, folder: Path, arguments: Sequence[str], lock: int) -> None:
    """Start ``python -m MODULE FOLDER`` and return at once; what it says goes to ``worker.log`` in its folder.

    Args:
        module: What to run.
        folder: What it works in.
        arguments: Further words for it.
        lock: The descriptor of its lock, which is held from before it starts; the caller may close it afterwards.

    Raises:
        OSError: no process can be started.
    """
    # -P: what lies in the folder that tutor was called from must never be imported.
    command = [sys.executable, "-P", "-m", module, str(folder), "--language", language(), "--lock", str(lock)]
    paths = [_PACKAGES, *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(paths)}
    with (folder / "worker.log").open("ab") as said:
        process = subprocess.Popen(
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
            pass_fds=(lock,),
            env=environment,
        )
    # Whoever starts a process has to take note of its end, or it stays in the process table.
    threading.Thread(target=process.wait, name=f"end of {folder.name}", daemon=True).start()
