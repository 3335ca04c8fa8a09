"""What a lab needs of the runs, and which one it joins: one that goes on already, or one that died unseen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tutor.labs.lab_config import RunSpec
from tutor.runs.summary import RunSummary

if TYPE_CHECKING:
    from tutor.runs.entries import RunEntry
    from tutor.runs.events import Event


class Following(Protocol):
    """What a session needs of `tutor.runs.follower.Follower`."""

    folder: Path
    summary: RunSummary

    def poll(self, limit_bytes: int = ...) -> list[Event]:
        """The events since the last poll."""

    def catch_up(
        self, hear: Callable[[Event], object] | None = None, stopped: Callable[[], bool] | None = None
    ) -> RunSummary:
        """Read all that is there now."""


class RunStarter(Protocol):
    """What a session needs of `tutor.runs.registry.Runs`."""

    def start(self, spec: RunSpec, *, data_folder: Path | None = None) -> str:
        """Start a worker."""

    def follow(self, run_id: str) -> Following:
        """Follow a run."""

    def keep_beside(self, run_id: str, number: int | None) -> None:
        """Keep a run for comparison, or no longer."""

    def beside(self, spec: RunSpec) -> list[tuple[int, str]]:
        """The runs kept for comparison, the first one at the front."""


class RunList(Protocol):
    """What finding a run to join needs of `tutor.runs.registry.Runs`."""

    def running(self) -> Sequence[RunEntry]:
        """Runs whose worker lives, newest first."""

    def all(self) -> Sequence[RunEntry]:
        """All runs, newest first."""


def joinable(runs: RunList, spec: RunSpec, overrides: Mapping[str, object], shown: str | None = None) -> str | None:
    """The run of this lab to join: one that is going; else ``shown``; else the newest one, where it died unseen.

    A lab opened with overrides joins only a run of exactly that spec. ``shown`` is a run that the learner looks at
    already; it may have ended or been deleted since.
    """
    for entry in runs.running():
        if entry.lab == spec.id and _same(entry, spec, overrides):
            return entry.id
    entries = runs.all()
    if shown is not None and any(entry.id == shown for entry in entries):
        return shown
    newest = next((entry for entry in entries if entry.lab == spec.id), None)
    if newest is not None and newest.state == "died" and _same(newest, spec, overrides):
        return newest.id
    return None


def _same(entry: RunEntry, spec: RunSpec, overrides: Mapping[str, object]) -> bool:
    return not overrides or entry.spec == spec
