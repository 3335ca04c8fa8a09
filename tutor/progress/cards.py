"""Cards: what is asked again, and when. Kept beside the answers, from which they can be worked out anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from tutor.foundation import clock
from tutor.progress.days import day_starts, study_day
from tutor.progress.records import from_milliseconds, to_milliseconds
from tutor.progress.scheduling import SOON, Review, Schedule, schedule_of

if TYPE_CHECKING:
    from tutor.progress.database import Database
    from tutor.progress.records import Answer
    from tutor.progress.sqlite_file import Statement

TERM: Final = "term:"
"""What the key of a term's card begins with; no id of a question can hold a colon."""


class Side(StrEnum):
    """What is asked of a term."""

    MEANING = "meaning"
    """Its name is shown, its definition wanted."""
    NAME = "name"
    """Its definition is shown, its name wanted."""
    TRANSLATION = "translation"
    """Its name in one language is shown, the one in another wanted."""


def term_key(term_id: str, side: Side) -> str:
    """The key of a term's card."""
    return f"{TERM}{term_id}:{side.value}"


def term_of(key: str) -> tuple[str, Side] | None:
    """The term and the side that a key names; None where it is a question's."""
    parts = key.split(":")
    if len(parts) != 3 or f"{parts[0]}:" != TERM or parts[2] not in {side.value for side in Side}:
        return None
    return parts[1], Side(parts[2])


@dataclass(frozen=True, slots=True)
class Card:
    """Something to be asked again.

    Args:
        key: A question's id, or what `term_key` gives.
        lesson_id: Where it was learnt.
        made: When it became a card, in UTC.
        schedule: When it is due, and why.
        retired: Its question or term is not in the course any more.
    """

    key: str
    lesson_id: str
    made: datetime
    schedule: Schedule
    retired: bool = False

    @property
    def due(self) -> datetime:
        """When it is asked next, in UTC."""
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
_SEE = f"INSERT OR IGNORE INTO cards ({_COLUMNS}) VALUES ({', '.join('?' * 12)})"  # noqa: S608 - our own names
_READ_COLUMNS = _COLUMNS.replace("state", "state AS card_state")
_REVIEWS = """
    SELECT key, at AS raw_at, correct, unsure, hints, seconds, kind FROM answers
    WHERE question = ? AND correct NOTNULL ORDER BY id
"""
# A card that was made or asked in the future was so under a wrong clock: nobody knows when it is due, so it is now.
# The plus signs keep SQLite to the index of this, in which there is next to nothing beyond the clock.
_AHEAD = "max(made, coalesce(reviewed, 0)) > :clock AND +retired = 0"


class CardStore:
    """The cards of a learner.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def see(self, keys: Iterable[str], lesson_id: str, moment: datetime, *, tomorrow: bool = False) -> None:
        """Make cards of what was seen for the first time; those that are cards already stay as they are.

        Args:
            keys: Of the cards.
            lesson_id: Where it was seen.
            moment: Now.
            tomorrow: Ask on the next day, not soon.
        """
        due = day_starts(study_day(moment), 1)[1] if tomorrow else moment + SOON
        known = {card for (card,) in self._database.read("SELECT card FROM cards WHERE lesson = ?", (lesson_id,))}
        new = [Card(key, lesson_id, moment, Schedule(due)) for key in keys if key not in known]
        if new:
            self._database.write(*((_SEE, _row(card)) for card in new))

    def get(self, key: str) -> Card | None:
        """The card with this key."""
        rows = self._database.read(f"SELECT {_READ_COLUMNS} FROM cards WHERE card = ?", (key,))  # noqa: S608
        return _card(rows[0]) if rows else None

    def all(self) -> list[Card]:
        """Every card, retired ones too, by key."""
        sql = f"SELECT {_READ_COLUMNS} FROM cards ORDER BY card"  # noqa: S608
        return [_card(row) for row in self._database.read(sql)]

    def known_terms(self) -> list[Card]:
        """The cards of terms that have been asked and are known by now, so that their next side may be asked."""
        sql = f"SELECT {_READ_COLUMNS} FROM cards WHERE card GLOB 'term:*' AND state = 2 ORDER BY card"  # noqa: S608
        return [_card(row) for row in self._database.read(sql)]

    def due(self, moment: datetime, limit: int = -1) -> list[Card]:
        """What is due at ``moment``, longest due first; at most ``limit``, all where that is negative."""
        sql = f"SELECT {_READ_COLUMNS} FROM cards WHERE retired = 0 AND due <= ? ORDER BY due, card LIMIT ?"  # noqa: S608
        rows = self._database.read(sql, (to_milliseconds(moment), limit))
        sql = f"SELECT {_READ_COLUMNS} FROM cards WHERE {_AHEAD} AND +due > :now ORDER BY +card"  # noqa: S608
        rows += self._database.read(sql, _at(moment))
        return [_card(row) for row in (rows if limit < 0 else rows[:limit])]

    def count_due(self, moment: datetime) -> int:
        """How many cards are due at ``moment``."""
        sql = "SELECT count(*) FROM cards WHERE retired = 0 AND due <= ?"
        due = int(self._database.read(sql, (to_milliseconds(moment),))[0][0])
        sql = f"SELECT count(*) FROM cards WHERE {_AHEAD} AND +due > :now"  # noqa: S608
        return due + int(self._database.read(sql, _at(moment))[0][0])

    def count(self) -> int:
        """How many cards there are, retired ones left out."""
        return int(self._database.read("SELECT count(*) FROM cards WHERE retired = 0")[0][0])

    def forecast(self, moment: datetime, days: int = 14) -> list[int]:
        """How many cards come due on each of the next ``days`` days; the first one counts what is due already."""
        starts = [to_milliseconds(each) for each in day_starts(study_day(moment), days)]
        counts = []
        for number in range(days):
            # Days before the first are its own: nobody can learn yesterday any more.
            low = -(2**62) if number == 0 else starts[number]
            sql = "SELECT count(*) FROM cards WHERE retired = 0 AND due >= ? AND due < ?"
            counts.append(int(self._database.read(sql, (low, starts[number + 1]))[0][0]))
        ahead = self._database.read(f"SELECT due FROM cards WHERE {_AHEAD}", {"clock": _at(moment)["clock"]})  # noqa: S608
        for (due,) in ahead:
            counted_on = next((number for number in range(days) if due < starts[number + 1]), None)
            if counted_on is not None:
                counts[counted_on] -= 1
            counts[0] += 1
        return counts

    def retire(self, keys: Iterable[str], *, retired: bool = True) -> None:
        """Note that cards are not in the course any more, or that they are again."""
        statements: list[Statement] = [
            ("UPDATE cards SET retired = ? WHERE card = ?", (int(retired), key)) for key in keys
        ]
        if statements:
            self._database.write(*statements)

    def forget(self, keys: Iterable[str]) -> None:
        """Do not ask again what these keys stand for; the answers stay."""
        self._database.write(*(("DELETE FROM cards WHERE card = ?", (key,)) for key in keys))

    def following(self, answer: Answer) -> list[Statement]:
        """What keeps the card of a question in step with an answer that is written in the same transaction."""
        if answer.correct is None:
            return []
        others = self._reviews(answer.question_id, answer.at)
        others[answer.key] = _review(
            answer.at, answer.correct, answer.unsure, answer.hints, answer.seconds, answer.kind
        )
        return self._statements(answer.question_id, answer.lesson_id, others.values())

    def following_change(
        self, answer_key: str, *, correct: bool | None = None, unsure: bool | None = None
    ) -> list[Statement]:
        """What keeps the card in step with a change of a kept answer: its verdict came, or it was called unsure."""
        rows = self._database.read(
            "SELECT question, lesson, at, correct, unsure, hints, seconds, kind FROM answers WHERE key = ?",
            (answer_key,),
        )
        for question, lesson, at, was_correct, was_unsure, hints, seconds, kind in rows:
            verdict = was_correct if correct is None else correct
            if verdict is None:
                return []
            others = self._reviews(question, clock.utc_now())
            given = others[answer_key].at if answer_key in others else from_milliseconds(at)
            doubt = was_unsure if unsure is None else unsure
            others[answer_key] = _review(given, verdict, doubt, hints, seconds, kind)
            return self._statements(question, lesson, others.values())
        return []

    def anew(self, questions: Iterable[tuple[str, str]]) -> list[Statement]:
        """What brings cards in step with the answers that are kept: for pairs of a question's id and its lesson."""
        now = clock.utc_now()
        return [
            statement
            for question, lesson in questions
            for statement in self._statements(question, lesson, self._reviews(question, now).values())
        ]

    def _reviews(self, question: str, moment: datetime) -> dict[str, Review]:
        """By key, in the order in which they were kept.

        An answer that a wrong clock put in the future counts as given when the one kept before it was; the first one,
        as when the one after it was.
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
        # A question that was never missed after all; a term stays a card, for it was seen.
        return [] if of_term else [("DELETE FROM cards WHERE card = ?", (question,))]


def _at(moment: datetime) -> dict[str, int]:
    """What queries ask for: the moment, and for `_AHEAD` what the clock says, beyond which lies the future."""
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
