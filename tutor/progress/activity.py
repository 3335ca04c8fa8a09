"""Two small stores beside the answers: the best attempt at the goal of each lab, and the time spent reading."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tutor.progress.records import from_milliseconds, new_key, now, parse_json, to_milliseconds
from tutor.progress.renames import GetRenames, nothing_renamed
from tutor.progress.scheduling import study_day

if TYPE_CHECKING:
    from tutor.progress.database import Database


@dataclass(frozen=True, slots=True)
class LabAttempt:
    """One attempt at the goal of a lab.

    Args:
        lab: The id of the lab.
        goal: The goal as it was written in the lab; a changed goal is a new one.
        met: Whether the goal was reached.
        held: How many of its conditions were met.
        value: What its first condition measures; None if that is not a number.
        settings: The settings of the run, by dotted key.
        run: The id of the run.
        at: When it was made, in UTC.
    """

    lab: str
    goal: str
    met: bool
    held: int
    value: float | None
    settings: dict[str, Any] = field(default_factory=dict)
    run: str = ""
    at: datetime = field(default_factory=now)


class AttemptStore:
    """The best attempts. Every write is on the disk when the method returns.

    Args:
        database: The database that keeps them.
        renames: What was renamed.
    """

    def __init__(self, database: Database, renames: GetRenames = nothing_renamed) -> None:
        self._database = database
        self._renames = renames

    def best(self, lab: str, goal: str) -> LabAttempt | None:
        """Return the best attempt at a goal so far; None if there was none."""
        labs = self._renames().lab_ids(lab)
        rows = self._database.read(
            f"SELECT met, held, value, settings, run, at FROM attempts WHERE lab IN ({', '.join('?' * len(labs))})"  # noqa: S608
            " AND goal = ? ORDER BY met DESC, held DESC, at DESC",
            (*labs, goal),
        )
        for met, held, value, settings, run, at in rows:
            return LabAttempt(lab, goal, bool(met), held, value, parse_json(settings, dict), run, from_milliseconds(at))
        return None

    def of(self, lab: str) -> list[LabAttempt]:
        """Return the best attempt at each goal of a lab, those that reached it first."""
        labs = self._renames().lab_ids(lab)
        rows = self._database.read(
            "SELECT goal, met, held, value, settings, run, at FROM attempts"  # noqa: S608 - our own names
            f" WHERE lab IN ({', '.join('?' * len(labs))}) ORDER BY met DESC, held DESC, at DESC",
            labs,
        )
        best: dict[str, LabAttempt] = {}
        for goal, met, held, value, settings, run, at in rows:
            values = parse_json(settings, dict)
            best.setdefault(goal, LabAttempt(lab, goal, bool(met), held, value, values, run, from_milliseconds(at)))
        return list(best.values())

    def keep(self, attempt: LabAttempt) -> None:
        """Save an attempt as the best one at its goal."""
        values = (
            attempt.lab, attempt.goal, int(attempt.met), attempt.held, attempt.value,
            json.dumps(attempt.settings, ensure_ascii=False), attempt.run, to_milliseconds(attempt.at),
        )  # fmt: skip
        self._database.write((
            """
            INSERT INTO attempts (lab, goal, met, held, value, settings, run, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (lab, goal) DO UPDATE SET
                met = excluded.met, held = excluded.held, value = excluded.value, settings = excluded.settings,
                run = excluded.run, at = excluded.at
            """,
            values,
        ))  # fmt: skip

    def met(self) -> dict[str, bool]:
        """Return, by lab, whether a goal of it was ever reached."""
        found: dict[str, bool] = {}
        renamed = self._renames().labs
        for kept, met in self._database.read("SELECT lab, max(met) AS met FROM attempts GROUP BY lab"):
            lab = renamed.get(kept, kept)
            found[lab] = found.get(lab, False) or bool(met)
        return found


@dataclass(frozen=True, slots=True)
class ReadingPiece:
    """Some minutes of reading in one lesson.

    Args:
        lesson_id: The lesson.
        seconds: How long it was read, without pauses.
        at: When the reading began, in UTC.
        key: Unique for ever; while the reading goes on, it is saved again under the same key.
    """

    lesson_id: str
    seconds: float
    at: datetime = field(default_factory=now)
    key: str = field(default_factory=new_key)


class ReadingStore:
    """The times spent reading. Every write is on the disk when the method returns.

    Args:
        database: The database that keeps them.
        renames: What was renamed.
    """

    def __init__(self, database: Database, renames: GetRenames = nothing_renamed) -> None:
        self._database = database
        self._renames = renames

    def keep(self, piece: ReadingPiece) -> None:
        """Save a piece of reading, or the length that it has grown to."""
        self._database.write((
            """
            INSERT INTO reading (key, lesson, at, seconds, day) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (key) DO UPDATE SET seconds = max(seconds, excluded.seconds)
            """,
            (piece.key, piece.lesson_id, to_milliseconds(piece.at), piece.seconds, study_day(piece.at).isoformat()),
        ))  # fmt: skip

    def pieces(self) -> list[ReadingPiece]:
        """Return all pieces of reading in the order in which they began."""
        rows = self._database.read("SELECT lesson, seconds, at, key FROM reading ORDER BY at, rowid")
        today = self._renames().lesson
        return [ReadingPiece(today(lesson), seconds, from_milliseconds(at), key) for lesson, seconds, at, key in rows]
