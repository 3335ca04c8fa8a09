"""Which run a lab that is opened joins: one that goes on already, or one that died unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from tutor.runs.spec import RunSpec

if TYPE_CHECKING:
    from tutor.runs.entries import RunEntry


class RunList(Protocol):
    """What finding a run to join needs of `tutor.runs.registry.Runs`."""

    def running(self) -> Sequence[RunEntry]:
        """Runs whose worker lives, newest first."""

    def all(self) -> Sequence[RunEntry]:
        """All runs, newest first."""


def joinable(runs: RunList, spec: RunSpec, overrides: Mapping[str, object]) -> str | None:
    """The run of this lab to join: one that is going; else the newest one, where it died without a word.

    A lab opened with overrides joins only a run of exactly that spec.
    """
    for entry in runs.running():
        if entry.lab == spec.id and _same(entry, spec, overrides):
            return entry.id
    newest = next((entry for entry in runs.all() if entry.lab == spec.id), None)
    if newest is not None and newest.state == "died" and _same(newest, spec, overrides):
        return newest.id
    return None


def _same(entry: RunEntry, spec: RunSpec, overrides: Mapping[str, object]) -> bool:
    return not overrides or entry.spec == spec
