"""Which processes there are, as the system lists them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_PROC = Path("/proc")


def commands() -> dict[int, str]:
    """The command line of every living process, by its number."""
    if not (_PROC / "self" / "cmdline").exists():
        listed = subprocess.run(["ps", "-axww", "-o", "pid=,command="], capture_output=True, text=True, check=True)
        rows = (line.strip().partition(" ") for line in listed.stdout.splitlines())
        return {int(pid): command for pid, _, command in rows}
    found = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes()
            except OSError:
                continue  # it ended while we looked
            if words:  # a zombie has none
                found[int(folder.name)] = words.replace(b"\0", b" ").decode("utf-8", "replace")
    return found


def workers_of(home: Path) -> list[int]:
    """The processes that train, or follow the training of others, in ``home``."""
    kinds = ("tutor.runs.worker", "tutor.runs.imports.csv_worker")
    return [pid for pid, said in commands().items() if any(kind in said for kind in kinds) and str(home) in said]


def home_of(pid: int) -> str | None:
    """``TUTOR_HOME`` of a process; None if the system does not tell."""
    try:
        variables = (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return None
    found = next((each for each in variables if each.startswith(b"TUTOR_HOME=")), b"")
    return os.fsdecode(found.partition(b"=")[2])


def session_of(leader: int) -> list[int]:
    """The living processes of the terminal session that ``leader`` began."""
    found = []
    for pid in commands():
        try:
            if os.getsid(pid) == leader:
                found.append(pid)
        except OSError:
            continue
    return found
