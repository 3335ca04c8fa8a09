"""Review cards: what is asked again, and when. They can always be rebuilt from the answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from tutor.foundation import clock
from tutor.progress.records import from_milliseconds, to_milliseconds
from tutor.progress.scheduling import SOON, Review, Schedule, day_starts, schedule_of, study_day

if TYPE_CHECKING:
    from tutor.progress.database import Database
    from tutor.progress.records import Answer
    from tutor.progress.sqlite_file import Statement

TERM: Final = "term:"
"""The key of a term's card begins with this. The id of a question never contains a colon."""


class Side(StrEnum):
    """What a card asks about a term."""

    MEANING = "meaning"
    """The card shows the name and asks for the definition."""
    NAME = "name"
    """The card shows the definition and asks for the name."""
    TRANSLATION = "translation"
    """The card shows the name in one language and asks for it in another."""


def term_key(term_id: str, side: Side) -> str:
    """Return the key of a term's card."""
    return f"{TERM}{term_id}:{side.value}"


def term_of(key: str) -> tuple[str, Side] | None:
    """Return the term and the side that a key names; None if it is the key of a question."""
    parts = key.split(":")
    if len(parts) != 3 or f"{parts[0]}:" != TERM or parts[2] not in {side.value for side in Side}:
        return None
    return parts[1], Side(parts[2])


@dataclass(frozen=True, slots=True)
class Card:
    """A question or a side of a term that is asked again.

    Args:
        key: The id of a question, or the `term_key` of a term.
        lesson_id: The lesson where it was learnt.
        made: When it became a card, in UTC.
        schedule: When it is due, and what FSRS knows about it.
        retired: Whether its question or term is no longer in the course.
    """

    key: str
    lesson_id: str
    made: datetime
    schedule: Schedule
    retired: bool = False

    @property
    def due(self) -> datetime:
        """When the card is asked next, in UTC."""
        return self.schedule.due


_COLUMNS = "card, lesson, made, due, reviewed, state, step, stability, difficulty, reviews, lapses, retired"
_SAVE = f"""
    INSERT INTO cards ({_COLUMNS}) VALUES ({", ".join("?" * 12)})
    ON CONFLICT (card) DO UPDATE SET
        lesson = excluded.lesson, made = min(made, excluded.made), due = excluded.due,
        reviewed = excluded.reviewed, state = excluded.state,
        step = excluded.step, stability = excluded.stability, difficulty = excluded.difficulty,
        reviews = excluded.reviews, lapses = excluded.lapses, retired = 0
"""  # noqa: S608 - our own names
_INSERT = f"INSERT OR IGNORE INTO cards ({_COLUMNS}) VALUES ({', '.join('?' * 12)})"  # noqa: S608 - our own names
_READ_COLUMNS = _COLUMNS.replace("state", "state AS card_state")
_REVIEWS = """
    SELECT key, at AS raw_at, correct, unsure, hints, seconds, kind FROM answers
    WHERE question = ? AND correct NOTNULL ORDER BY id
"""
# A card with a time in the future was made or reviewed under a wrong clock. Nobody knows when it is due, so it is due
# now. The plus signs make SQLite use the index on this expression, because few cards have such times.
_IN_FUTURE = "max(made, coalesce(reviewed, 0)) > :clock AND +retired = 0"


class CardStore:
    """The review cards of a learner.

    Args:
        database: The database that keeps them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def see(self, keys: Iterable[str], lesson_id: str, moment: datetime, *, tomorrow: bool = False) -> None:
        """Make cards for what the learner has just seen for the first time. Existing cards stay as they are.

        Args:
            keys: The keys of the cards.
            lesson_id: The lesson where they were seen.
            moment: The current time.
            tomorrow: Whether they are due the next day instead of soon.
        """
        due = day_starts(study_day(moment), 1)[1] if tomorrow else moment + SOON
        known = {card for (card,) in self._database.read("SELECT card FROM cards WHERE lesson = ?", (lesson_id,))}
        new = [Card(key, lesson_id, moment, Schedule(due)) for key in keys if key not in known]
        if new:
            self._database.write(*((_INSERT, _row(card)) for card in new))

    def get(self, key: str) -> Card | None:
        """Return the card with this key; None if there is none."""
        rows = self._database.read(f"SELECT {_READ_COLUMNS} FROM cards WHERE card = ?", (key,))  # noqa: S608
        return _card(rows[0]) if rows else None

    def all(self) -> list[Card]:
        """Return every card, retired ones too, in the order of keys."""
        sql = f"SELECT {_READ_COLUMNS} FROM cards ORDER BY card"  # noqa: S608
        return [_card(row) for row in self._database.read(sql)]

    def known_terms(self) -> list[Card]:
        """Return the cards of terms that the learner knows by now, so that the next side may be asked."""
        sql = f"SELECT {_READ_COLUMNS} FROM cards WHERE card GLOB 'term:*' AND state = 2 ORDER BY card"  # noqa: S608
        return [_card(row) for row in self._database.read(sql)]

    def due(self, moment: datetime, limit: int = -1) -> list[Card]:
        """Return the cards due at ``moment``, the longest due first: at most ``limit``, or all if that is negative."""
        sql = f"SELECT {_READ_COLUMNS} FROM cards WHERE retired = 0 AND due <= ? ORDER BY due, card LIMIT ?"  # noqa: S608
        rows = self._database.read(sql, (to_milliseconds(moment), limit))
        sql = f"SELECT {_READ_COLUMNS} FROM cards WHERE {_IN_FUTURE} AND +due > :now ORDER BY +card"  # noqa: S608
        rows += self._database.read(sql, _at(moment))
        return [_card(row) for row in (rows if limit < 0 else rows[:limit])]

    def count_due(self, moment: datetime) -> int:
        """Return how many cards are due at ``moment``."""
        sql = "SELECT count(*) FROM cards WHERE retired = 0 AND due <= ?"
        due = int(self._database.read(sql, (to_milliseconds(moment),))[0][0])
        sql = f"SELECT count(*) FROM cards WHERE {_IN_FUTURE} AND +due > :now"  # noqa: S608
        return due + int(self._database.read(sql, _at(moment))[0][0])

    def count(self) -> int:
        """Return how many cards there are, without retired ones."""
        return int(self._database.read("SELECT count(*) FROM cards WHERE retired = 0")[0][0])

    def forecast(self, moment: datetime, days: int = 14) -> list[int]:
        """Return how many cards become due on each of the next ``days`` days; the first day includes overdue ones."""
        starts = [to_milliseconds(each) for each in day_starts(study_day(moment), days)]
        counts = []
        for number in range(days):
            # What was due before the first day is due on it.
            low = -(2**62) if number == 0 else starts[number]
            sql = "SELECT count(*) FROM cards WHERE retired = 0 AND due >= ? AND due < ?"
            counts.append(int(self._database.read(sql, (low, starts[number + 1]))[0][0]))
        ahead = self._database.read(f"SELECT due FROM cards WHERE {_IN_FUTURE}", {"clock": _at(moment)["clock"]})  # noqa: S608
        for (due,) in ahead:
            counted_on = next((number for number in range(days) if due < starts[number + 1]), None)
            if counted_on is not None:
                counts[counted_on] -= 1
            counts[0] += 1
        return counts

    def retire(self, keys: Iterable[str], *, retired: bool = True) -> None:
        """Record that cards are no longer in the course, or that they are in it again."""
        statements: list[Statement] = [
            ("UPDATE cards SET retired = ? WHERE card = ?", (int(retired), key)) for key in keys
        ]
        if statements:
            self._database.write(*statements)

    def forget(self, keys: Iterable[str]) -> None:
        """Delete cards, so that they are not asked again. The answers stay."""
        self._database.write(*(("DELETE FROM cards WHERE card = ?", (key,)) for key in keys))

    def after_answer(self, answer: Answer) -> list[Statement]:
        """Return the statements that update the card of a question after an answer, for the answer's transaction."""
        if answer.correct is None:
            return []
        reviews = self._reviews(answer.question_id, answer.at)
        reviews[answer.key] = _review(
            answer.at, answer.correct, answer.unsure, answer.hints, answer.seconds, answer.kind
        )
        return self._statements(answer.question_id, answer.lesson_id, reviews.values())

    def after_change(
        self, answer_key: str, *, correct: bool | None = None, unsure: bool | None = None
    ) -> list[Statement]:
        """Return the statements that update a card after a change to a saved answer's verdict or sureness."""
        rows = self._database.read(
            "SELECT question, lesson, at, correct, unsure, hints, seconds, kind FROM answers WHERE key = ?",
            (answer_key,),
        )
        for question, lesson, at, was_correct, was_unsure, hints, seconds, kind in rows:
            verdict = was_correct if correct is None else correct
            if verdict is None:
                return []
            reviews = self._reviews(question, clock.utc_now())
            given = reviews[answer_key].at if answer_key in reviews else from_milliseconds(at)
            is_unsure = was_unsure if unsure is None else unsure
            reviews[answer_key] = _review(given, verdict, is_unsure, hints, seconds, kind)
            return self._statements(question, lesson, reviews.values())
        return []

    def rebuild_statements(self, questions: Iterable[tuple[str, str]]) -> list[Statement]:
        """Return the statements that rebuild cards from the saved answers, for pairs of a question's id and lesson."""
        now = clock.utc_now()
        return [
            statement
            for question, lesson in questions
            for statement in self._statements(question, lesson, self._reviews(question, now).values())
        ]

    def _reviews(self, question: str, moment: datetime) -> dict[str, Review]:
        """Return the reviews of a question by the key of their answer, in the order in which they were saved.

        An answer that a wrong clock put in the future counts as given at the time of the answer saved before it; if it
        is the first one, at the time of the answer after it.
        """
        rows = self._database.read(_REVIEWS, (question,))
        now = max(to_milliseconds(moment), to_milliseconds(clock.utc_now()))
        last = next((at for _, at, *_ in rows if at <= now), to_milliseconds(moment))
        reviews = {}
        for key, at, *rest in rows:
            last = at if at <= now else last
            reviews[key] = _review(from_milliseconds(last), *rest)
        return reviews

    def _statements(self, question: str, lesson: str, reviews: Iterable[Review]) -> list[Statement]:
        of_term = question.startswith(TERM)
        given = list(reviews)
        schedule = schedule_of(given, from_first_miss=not of_term)
        if schedule is not None:
            return [(_SAVE, _row(Card(question, lesson, min(each.at for each in given), schedule)))]
        # A question that was never missed needs no card. A term keeps its card, because it was seen.
        return [] if of_term else [("DELETE FROM cards WHERE card = ?", (question,))]


def _at(moment: datetime) -> dict[str, int]:
    """Return the values of a query: the moment, and for `_IN_FUTURE` the time by the clock, where the future begins."""
    return {"now": to_milliseconds(moment), "clock": to_milliseconds(clock.utc_now())}


def _review(at: datetime, correct: Any, unsure: Any, hints: int, seconds: float, kind: str) -> Review:
    return Review(at, bool(correct), bool(unsure), hints, seconds, kind)


def _row(card: Card) -> Sequence[object]:
    schedule = card.schedule
    reviewed = None if schedule.reviewed is None else to_milliseconds(schedule.reviewed)
    return (
        card.key, card.lesson_id, to_milliseconds(card.made), to_milliseconds(schedule.due), reviewed, schedule.state,
        schedule.step, schedule.stability, schedule.difficulty, schedule.reviews, schedule.lapses, int(card.retired),
    )  # fmt: skip


def _card(row: tuple[Any, ...]) -> Card:
    key, lesson, made, due, reviewed, state, step, stability, difficulty, reviews, lapses, retired = row
    now = to_milliseconds(clock.utc_now())
    if max(made, reviewed or 0) > now:
        due, made = min(due, now), min(made, now)
        reviewed = None if reviewed is None else min(reviewed, now)
    schedule = Schedule(
        from_milliseconds(due), None if reviewed is None else from_milliseconds(reviewed), state, step, stability,
        difficulty, reviews, lapses,
    )  # fmt: skip
    return Card(key, lesson, from_milliseconds(made), schedule, bool(retired))
