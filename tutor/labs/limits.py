"""The limits of one learner's runs, so that no run takes the whole machine or goes on forgotten.

A run that meets a limit says so, and what to do about it. Whoever runs a shared machine can set those of `Limits` in
the environment: ``TUTOR_MAX_RUNS``, ``TUTOR_MAX_LOG_MB``, ``TUTOR_MAX_MEMORY_MB``, ``TUTOR_MAX_SECONDS`` and
``TUTOR_MAX_DISK_MB``. What a lab may ask for is declared in `tutor.ml.settings`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from math import inf, isfinite
from pathlib import Path

from msgspec.structs import replace

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.labs.lab_config import LabConfig
from tutor.ml.settings import MAX_MEMORY_MB, MAX_SECONDS, MIN_MEMORY_MB

IDLE_SECONDS = 6 * 3600.0
"""A waiting run ends by itself after this time without commands."""
UNWATCHED_SECONDS = 60.0
"""A run whose parameters are set by hand ends by itself after this time without commands and without a viewer."""
MOST_EXPLAINED = 60
"""The most parameters of a model whose update is explained number by number: they fill three windows of 24 lines."""
KEEP_RUNS = 100
"""How many runs are kept; pinned runs and the newest one are always kept."""
KEEP_MB = 200.0
"""How much space they may take together."""
FOLDER_LOOK_SECONDS = 1.0
"""How often a worker checks that its folder still exists."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the runs of one learner may use."""

    runs: int = 8
    """How many runs may run or wait at once, without sweeps and the learner's own programs."""
    log_mb: float = 256.0
    """How large the log of a run may be."""
    memory_mb: int = MAX_MEMORY_MB
    """How much memory the process of a run may use, whatever its lab asks for."""
    seconds: float = MAX_SECONDS
    """How long a run may take, whatever its lab asks for."""
    disk_mb: float = inf
    """How much the learner's folder may hold before another run or sweep starts."""

    @classmethod
    def of_environment(cls) -> Limits:
        """The limits that the environment sets, and the defaults of the others.

        Raises:
            TutorError: A variable is not a number above zero.
        """
        usual = cls()
        return cls(
            runs=max(1, int(_number("TUTOR_MAX_RUNS", usual.runs))),
            log_mb=_number("TUTOR_MAX_LOG_MB", usual.log_mb),
            memory_mb=max(MIN_MEMORY_MB, int(_number("TUTOR_MAX_MEMORY_MB", usual.memory_mb))),
            seconds=_number("TUTOR_MAX_SECONDS", usual.seconds),
            disk_mb=_number("TUTOR_MAX_DISK_MB", usual.disk_mb),
        )

    @property
    def kept_mb(self) -> float:
        """How much space the runs that are kept may take together."""
        return min(KEEP_MB, self.disk_mb / 2)

    def refuse_full(self, folder: Path) -> None:
        """Refuse to begin what fills the disk if the learner's folder is full.

        Args:
            folder: The learner's folder.

        Raises:
            TutorError: It holds more than it may.
        """
        if self.disk_mb == inf:
            return
        held = sum(_size(Path(place) / name) for place, _, names in os.walk(folder) for name in names) / 1e6
        if held >= self.disk_mb:
            raise TutorError(
                translate("limits.disk", held=f"{held:.0f}", most=f"{self.disk_mb:g}"),
                hint=translate("limits.disk-hint"),
                exit_code=ExitCode.CANNOT_WRITE,
            )

    def within(self, spec: LabConfig) -> LabConfig:
        """``spec`` with its time and memory within these limits."""
        train = spec.train
        seconds, memory = min(train.max_seconds, self.seconds), min(train.max_memory_mb, self.memory_mb)
        if (seconds, memory) == (train.max_seconds, train.max_memory_mb):
            return spec
        return replace(spec, train=replace(train, max_seconds=seconds, max_memory_mb=memory))


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:  # it was removed meanwhile
        return 0


def _number(name: str, usual: float) -> float:
    """The number in the environment variable ``name``; ``usual`` if it is not set."""
    text = os.environ.get(name, "").strip()
    if not text:
        return usual
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not (isfinite(number) and number > 0):
        raise TutorError(
            translate("limits.no-number", name=name, value=harmless_line(text)[:40]),
            hint=translate("limits.no-number-hint"),
            exit_code=ExitCode.USAGE,
        )
    return number
