"""Sandboxes with both ways to start processes; the warm process lives for a whole module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tutor.sandbox.fresh import FreshInterpreter
from tutor.sandbox.job import Job, Program
from tutor.sandbox.prefork import PreforkServer
from tutor.sandbox.processes import JobProcess, Starter
from tutor.sandbox.sandbox import Sandbox


class WatchedStarter:
    """Remembers the numbers of the processes that another starter has started."""

    def __init__(self, starter: Starter) -> None:
        self.starter = starter
        self.pids: list[int] = []

    def start(self, request: int, results: int, traces: int) -> JobProcess:
        process = self.starter.start(request, results, traces)
        self.pids.append(process.pid)
        return process

    def close(self) -> None:
        self.starter.close()


@pytest.fixture(scope="module", params=["prefork", "fresh"])
def starter(request: pytest.FixtureRequest) -> Iterator[WatchedStarter]:
    """A way to start processes. It has run a job, so that no test is the one that starts the warm process."""
    watched = WatchedStarter(PreforkServer() if request.param == "prefork" else FreshInterpreter())
    Sandbox(watched).run(Job((Program("pass"),)))
    yield watched
    watched.close()


@pytest.fixture
def sandbox(starter: WatchedStarter) -> Sandbox:
    """A sandbox on that way."""
    return Sandbox(starter)
