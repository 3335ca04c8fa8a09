"""Which lines of a script run in which stage of an update. The code that writes a line says so, with `during`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

StageName = Literal[
    "batch",
    "forward-hidden",
    "forward-output",
    "loss",
    "backward-output",
    "backward-hidden",
    "rules",
    "update",
    "after",
]
"""A stage of an update, in the order in which they run; ``rules`` is what is done to the gradient first."""


class StagedLine(str):
    """A line that runs in stages of an update."""

    __slots__ = ("stages",)
    stages: frozenset[StageName]


def stages_of(line: str) -> frozenset[StageName]:
    """The stages in which a line runs; empty if it runs in none."""
    return line.stages if isinstance(line, StagedLine) else frozenset()


def staged(line: str, stages: Iterable[StageName]) -> str:
    """The line, which runs in these stages."""
    if not (names := frozenset(stages)):
        return line
    found = StagedLine(line)
    found.stages = names
    return found


def during(stages: Iterable[StageName], *lines: str) -> list[str]:
    """Lines that run in these stages, beside those in which they run already."""
    names = frozenset(stages)
    return [staged(line, names | stages_of(line)) for line in lines]


def lines_by_stage(lines: Sequence[str]) -> Mapping[StageName, Sequence[int]]:
    """The numbers of the lines that run in each stage, from 1; a stage without lines is left out."""
    found: dict[StageName, list[int]] = {}
    for number, line in enumerate(lines, 1):
        for stage in stages_of(line):
            found.setdefault(stage, []).append(number)
    return found
