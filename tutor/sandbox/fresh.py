"""A fresh interpreter for each job: slower than `prefork`, and possible everywhere."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

from tutor.sandbox.processes import started_python


@dataclass(frozen=True, slots=True)
class _FreshProcess:
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait(self) -> int:
        return self.process.wait()


class FreshInterpreter:
    """Starts a new Python for each job. It implements `tutor.sandbox.processes.Starter`."""

    def start(self, request: int, results: int, traces: int) -> _FreshProcess:
        """See `tutor.sandbox.processes.Starter.start`."""
        return _FreshProcess(started_python("tutor.sandbox.child", request, results, traces))

    def close(self) -> None:
        """Nothing is kept."""
