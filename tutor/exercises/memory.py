"""What is remembered of an exercise besides the learner's file and answers, and how the exercise stands.

Nothing here needs NumPy, so that a lesson can show how its exercises stand without importing it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from tutor.foundation.files import read_file, write_text

MOST_DIGESTS = 200
_LARGEST = 100_000


@dataclass
class Memory:
    """What is remembered of an exercise.

    Args:
        hints: How many hints were given.
        failed: The digests of different versions that failed.
        passed: The digest of the newest version that passed; empty if none did.
        seen_solution: Whether the solution was shown before the first pass.
        recorded: What the newest answer stores.
        seconds: Time from the first opening to the first pass, as far as the exercise was open.
    """

    hints: int = 0
    failed: tuple[str, ...] = ()
    passed: str = ""
    seen_solution: bool = False
    recorded: str = ""
    seconds: float = 0.0

    def save(self, path: Path) -> None:
        """Write it. If that fails, hints are given again, which harms nobody."""
        try:
            write_text(path, json.dumps(asdict(self)))
        except OSError:
            return


class Standing(StrEnum):
    """How far the learner is with an exercise."""

    OPEN = "open"
    BEGUN = "begun"
    PASSED = "passed"


def memory_file(folder: Path, exercise_id: str) -> Path:
    """Return where the memory of an exercise is kept in the folder of all exercises."""
    return folder / ".kept" / exercise_id / "state.json"


def load_memory(path: Path) -> Memory:
    """Return what was remembered; nothing if the file is missing or damaged."""
    try:
        kept = json.loads(read_file(path, _LARGEST))
    except (OSError, ValueError, RecursionError):
        return Memory()
    return memory_from(kept)


def memory_from(kept: object) -> Memory:
    """Return a memory from values that were read from a file; nothing of what is damaged."""
    if not isinstance(kept, dict):
        return Memory()
    failed, hints, seconds = kept.get("failed"), kept.get("hints"), kept.get("seconds")
    return Memory(
        hints=hints if type(hints) is int and 0 <= hints < MOST_DIGESTS else 0,
        failed=tuple(each for each in failed if isinstance(each, str)) if isinstance(failed, list) else (),
        passed=str(kept.get("passed") or ""),
        seen_solution=kept.get("seen_solution") is True,
        recorded=str(kept.get("recorded") or ""),
        seconds=seconds if isinstance(seconds, float) and seconds >= 0 else 0.0,
    )


def standing_of(folder: Path, exercise_id: str) -> Standing:
    """Return how an exercise stands, from the files of the learner's exercises in ``folder``."""
    if load_memory(memory_file(folder, exercise_id)).passed:
        return Standing.PASSED
    # An exercise of several files has a folder of them.
    places = folder / f"{exercise_id}.py", folder / exercise_id
    return Standing.BEGUN if any(map(os.path.lexists, places)) else Standing.OPEN
