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
from tutor.foundation.pack_ids import file_stem_of

MOST_DIGESTS = 200
_LARGEST = 100_000


@dataclass
class Memory:
    """What is remembered of an exercise.

    Args:
        hints: How many hints were given.
        failed: The digests of different versions that failed.
        passed: The digest of the newest version that passed; empty if none did.
        passed_before: The digests of other versions that passed, the oldest first.
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
    passed_before: tuple[str, ...] = ()

    def has_passed(self, digest: str) -> bool:
        """Whether the version with a digest passed."""
        return bool(digest) and (digest == self.passed or digest in self.passed_before)

    def note_passed(self, digest: str) -> None:
        """Note that the version with a digest is the newest one that passed."""
        before = dict.fromkeys([*self.passed_before, *([self.passed] if self.passed else [])])
        self.passed_before = tuple(each for each in before if each != digest)[-MOST_DIGESTS:]
        self.passed = digest

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
    return folder / ".kept" / file_stem_of(exercise_id) / "state.json"


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
    hints, seconds = kept.get("hints"), kept.get("seconds")
    return Memory(
        hints=hints if type(hints) is int and 0 <= hints < MOST_DIGESTS else 0,
        failed=_texts(kept.get("failed")),
        passed=str(kept.get("passed") or ""),
        seen_solution=kept.get("seen_solution") is True,
        recorded=str(kept.get("recorded") or ""),
        seconds=seconds if isinstance(seconds, float) and seconds >= 0 else 0.0,
        passed_before=_texts(kept.get("passed_before")),
    )


def _texts(kept: object) -> tuple[str, ...]:
    return tuple(each for each in kept if isinstance(each, str))[-MOST_DIGESTS:] if isinstance(kept, list) else ()


def standing_of(folder: Path, exercise_id: str) -> Standing:
    """Return how an exercise stands, from the files of the learner's exercises in ``folder``."""
    if load_memory(memory_file(folder, exercise_id)).passed:
        return Standing.PASSED
    # An exercise of several files has a folder of them.
    places = folder / f"{exercise_id}.py", folder / exercise_id
    return Standing.BEGUN if any(map(os.path.lexists, places)) else Standing.OPEN
