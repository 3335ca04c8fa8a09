"""Limits for one learner, in one place: no run takes the whole machine, and none goes on that nobody knows of.

Every limit that is met is told in a sentence that says what to do. The environment can set those of `Limits`, as
whoever runs a shared machine may want: ``TUTOR_MAX_RUNS``, ``TUTOR_MAX_LOG_MB``, ``TUTOR_MAX_MEMORY_MB`` and
``TUTOR_MAX_SECONDS``. What a lab itself may ask for stands with its other settings.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from math import isfinite

from msgspec.structs import replace

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.labs.lab_config import LabConfig
from tutor.ml.settings import FEWEST_MEMORY_MB, MOST_MEMORY_MB, MOST_SECONDS

IDLE_SECONDS = 6 * 3600.0
"""A run that waits, and that nobody touches, ends by itself after this time."""
KEEP_RUNS = 100
"""How many runs are kept; pinned ones and the newest one stay in any case."""
KEEP_MB = 200.0
"""How much room they take together."""
FOLDER_LOOK_SECONDS = 1.0
"""How often a worker looks whether its folder is still there."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one learner may use at a time."""

    runs: int = 8
    """How many runs go on or wait at once, sweeps and programs of the learner's own not counted."""
    log_mb: float = 256.0
    """How large the log of one run may grow."""
    memory_mb: int = MOST_MEMORY_MB
    """What the process of a run may use, whatever its lab asks for."""
    seconds: float = MOST_SECONDS
    """What a run may take, whatever its lab asks for."""

    @classmethod
    def of_environment(cls) -> Limits:
        """The limits that hold here.

        Raises:
            TutorError: a variable holds no number above zero.
        """
        usual = cls()
        return cls(
            runs=max(1, int(_number("TUTOR_MAX_RUNS", usual.runs))),
            log_mb=_number("TUTOR_MAX_LOG_MB", usual.log_mb),
            memory_mb=max(FEWEST_MEMORY_MB, int(_number("TUTOR_MAX_MEMORY_MB", usual.memory_mb))),
            seconds=_number("TUTOR_MAX_SECONDS", usual.seconds),
        )

    def within(self, spec: LabConfig) -> LabConfig:
        """``spec`` with the time and the memory that it may take."""
        train = spec.train
        seconds, memory = min(train.max_seconds, self.seconds), min(train.max_memory_mb, self.memory_mb)
        if (seconds, memory) == (train.max_seconds, train.max_memory_mb):
            return spec
        return replace(spec, train=replace(train, max_seconds=seconds, max_memory_mb=memory))


def _number(name: str, usual: float) -> float:
    """The number that the environment holds as ``name``; ``usual`` if it holds none."""
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
