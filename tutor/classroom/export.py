"""All answers of a class as a table, one row an answer, which a spreadsheet can open without harm."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.classroom.events import Answered, Opened, Vote, given_of
from tutor.foundation.files import free_name, write_text

if TYPE_CHECKING:
    from tutor.classroom.folder import ClassFolder
    from tutor.classroom.room import Room

COLUMNS = (
    "time", "learner", "lesson", "question", "lab", "kind", "answer", "correct", "unsure", "hints", "seconds", "poll",
    "round",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell may not begin with, because spreadsheets would run it."""


def rows_of(room: Room) -> list[tuple[str, ...]]:
    """Return the rows below `COLUMNS`, by time. Answers to polls without names have neither a name nor a time."""
    named, nameless = [], []
    for name, learner in room.learners.items():
        in_polls = {vote.key for vote in learner.votes.values()}
        named += [_answer_row(name, answer) for key, answer in learner.answers.items() if key not in in_polls]
        for vote in learner.votes.values():
            poll = room.state.polls.get(vote.poll)
            if poll is None:
                continue
            if poll.opened.anonymous or vote.nameless:
                nameless.append(("", *_vote_row("", vote, poll.opened, None)[1:]))
            else:
                named.append(_vote_row(name, vote, poll.opened, learner.answers.get(vote.key)))
    return [*sorted(named), *sorted(nameless)]


def _answer_row(name: str, answer: Answered) -> tuple[str, ...]:
    return (
        _time(answer.at), name, answer.lesson, answer.question, "", answer.kind, _given(answer), _correct(answer),
        str(int(answer.unsure)), str(answer.hints), f"{answer.seconds:.1f}", "", "",
    )  # fmt: skip


def _vote_row(name: str, vote: Vote, poll: Opened, answer: Answered | None) -> tuple[str, ...]:
    """The row of an answer to a poll; ``answer`` is what the learner's progress keeps of it, if anything."""
    return (
        _time(vote.at), name, poll.lesson, poll.question, poll.lab, "poll", _given(vote),
        _correct(answer) if answer is not None else "", "", "", "", vote.poll, str(vote.round),
    )  # fmt: skip


def _correct(answer: Answered) -> str:
    return "" if answer.correct is None else str(int(answer.correct))


def _given(event: Answered | Vote) -> str:
    """Return an answer as text: what was typed, or the numbers of options from 1, as in the lesson file."""
    return "; ".join(str(each + 1) if isinstance(each, int) else each for each in given_of(event))


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, on one line."""
    line = " ".join(text.split("\n"))
    return f"'{line}" if line.lstrip(" ").startswith(_FORMULA) else line


def _lines(rows: list[tuple[str, ...]]) -> Iterator[list[str]]:
    yield list(COLUMNS)
    for row in rows:
        yield [safe_cell(cell) for cell in row]


def write_answers(room: Room, folder: ClassFolder, now: float) -> tuple[Path, int]:
    """Write all answers into a new file of the class.

    Returns:
        The file, and how many answers it holds.

    Raises:
        OSError: It cannot be written.
    """
    rows = rows_of(room)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(_lines(rows))
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%d-%H%M%S")
    path = free_name(folder.exports, f"answers-{stamp}", ".csv")
    write_text(path, text.getvalue())
    return path, len(rows)
