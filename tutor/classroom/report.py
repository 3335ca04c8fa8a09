"""What the homes of a class's learners hold, in figures: lessons, answers, runs, and when each was last active.

The homes are only read. Learners write them, so a home that is damaged counts as empty.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from tutor.classroom.folder import ClassFolder
from tutor.classroom.roster import learner_name
from tutor.progress.records import from_milliseconds
from tutor.progress.schema import SCHEMA
from tutor.progress.sqlite_file import Rows, rows_of_file

LEARNERS = "learners"
"""The folder in a class's folder that holds one home (``TUTOR_HOME``) for each learner."""

COLUMNS = ("learner", "lessons", "answers", "right", "runs", "last_active")
_MOST_RUNS = 5_000
_LAST = 253_402_300_800_000
"""Milliseconds from 1970 to the end of the year 9999."""
_RUN = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")


@dataclass(frozen=True, slots=True)
class LearnerReport:
    """What one learner has done.

    Args:
        name: The learner.
        lessons: How many lessons have been opened.
        answers: How many answers have been given and judged.
        right: How many of them were right.
        runs: How many runs the home holds.
        last_active: When the last answer was given or the last page was turned; None if nothing has happened yet.
    """

    name: str
    lessons: int
    answers: int
    right: int
    runs: int
    last_active: datetime | None


def homes_of(folder: Path) -> list[Path]:
    """Return the homes of the learners in the folder of a class, by name. A link is no home."""
    place = ClassFolder(folder)
    names = [name for name in place.names() if learner_name(name) == name]
    return [place.learners / name for name in sorted(names, key=str.casefold)]


def report_of(home: Path) -> LearnerReport:
    """Return what the learner of a home has done."""
    rows = rows_of_file(home / "progress.sqlite3", SCHEMA)
    answers, lessons = (_rows(rows, table, "lesson", "at") for table in ("answers", "lessons"))
    judged = [correct for (correct,) in _rows(rows, "answers", "correct") if correct in {0, 1}]
    # Nothing in the file can be trusted to have the type of its column.
    times = [at for _, at in (*answers, *lessons) if isinstance(at, int) and 0 <= at < _LAST]
    return LearnerReport(
        home.name,
        lessons=len({lesson for lesson, _ in (*answers, *lessons)}),
        answers=len(judged),
        right=sum(judged),
        runs=_count_runs(home / "runs"),
        last_active=from_milliseconds(max(times)) if times else None,
    )


def class_report(folder: Path) -> list[LearnerReport]:
    """Return what each learner of the class in ``folder`` has done."""
    return [report_of(home) for home in homes_of(folder)]


def as_csv(reports: Iterable[LearnerReport]) -> str:
    """Return the reports as a table, with times in UTC. Names cannot begin a formula: see `learner_name`."""
    made = io.StringIO()
    table = csv.writer(made, lineterminator="\n")
    table.writerow(COLUMNS)
    for each in reports:
        when = each.last_active.isoformat(timespec="seconds") if each.last_active is not None else ""
        table.writerow((each.name, each.lessons, each.answers, each.right, each.runs, when))
    return made.getvalue()


def _rows(rows: Rows, table: str, *names: str) -> list[tuple[Any, ...]]:
    """Some columns of the rows of a table."""
    places = [SCHEMA.columns[table].index(name) for name in names]
    return [tuple(row[place] for place in places) for row in rows.get(table, [])]


def _count_runs(folder: Path) -> int:
    try:
        with os.scandir(folder) as entries:
            return sum(_RUN.fullmatch(each.name) is not None for each in islice(entries, _MOST_RUNS))
    except OSError:
        return 0
