"""Review cards: what is asked again, and when. They can always be rebuilt from the answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tutor.foundation import clock
from tutor.progress.records import CODE, SOLUTION_SEEN, from_milliseconds, to_milliseconds
from tutor.progress.renames import TERM, GetRenames, nothing_renamed, program_key
from tutor.progress.scheduling import SOON, Review, Schedule, day_starts, schedule_of, study_day
from tutor.progress.statement import ForEach

if TYPE_CHECKING:
    from tutor.progress.database import Database
    from tutor.progress.records import Answer
    from tutor.progress.statement import Statement


class Side(StrEnum):
    """What a card asks about a term."""

    MEANING = "meaning"
    """The card shows the name and asks for the definition."""
    NAME = "name"
    """The card shows the definition and asks for the name."""
    TRANSLATION = "translation"
    """The card shows the name in one language and asks for it in another."""


_SIDES = {side.value: side for side in Side}


def term_key(term_id: str, side: Side) -> str:
    """Return the key of a term's card."""
    return f"{TERM}{term_id}:{side.value}"


def term_of(key: str) -> tuple[str, Side] | None:
    """Return the term and the side that a key names; None if it is the key of a question."""
    if not key.startswith(TERM):
        return None
    term, _, name = key.removeprefix(TERM).rpartition(":")
    side = _SIDES.get(name)
    return (term, side) if term and side is not None else None


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


class CardPlace(NamedTuple):
    """Where a card belongs.

    Args:
        key: See `Card`.
        lesson_id: See `Card`.
        retired: See `Card`.
        known: Whether the learner knows it by now: see `Schedule`.
    """

    key: str
    lesson_id: str
    retired: bool
    known: bool


_IN_REVIEW: Final = 2
"""The state of a card whose learning is over: see `Schedule`."""

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
# A version of a program that fails is a step towards one that passes. It says nothing of what the learner remembers.
_REVIEWS = """
    SELECT lesson, question, key, at AS raw_at, correct, unsure, hints, seconds, kind FROM answers
    WHERE (question IN ({marks}) OR (question >= ? AND question < ?)) AND correct NOTNULL
        AND (kind <> 'code' OR correct OR given = '["solution"]') ORDER BY id
"""
# A card with a time in the future was made or reviewed under a wrong clock. Nobody knows when it is due, so it is due
# now. The plus signs make SQLite use the index on this expression, because few cards have such times.
_IN_FUTURE = "max(made, coalesce(reviewed, 0)) > :clock AND +retired = 0"

_ASKED = f"""
    DISTINCT CASE WHEN card GLOB '{TERM}*'
    THEN substr(card, 1, {len(TERM)} + instr(substr(card, {len(TERM) + 1}), ':')) ELSE card END
"""
"""What a review asks only once: a question, or a term, whose sides give one another away."""


class CardStore:
    """The review cards of a learner. A question and its variants have one card, under the id of the question.

    A card that was kept under a former id is found under today's, and both together are one card. The row under today's
    id is the card if there is one, because it is written with all answers in view; the other is passed over.

    Args:
        database: The database that keeps them.
        renames: What was renamed.
    """

    def __init__(self, database: Database, renames: GetRenames = nothing_renamed) -> None:
        self._database = database
        self._renames = renames

    def see(self, keys: Iterable[str], lesson_id: str, moment: datetime, *, tomorrow: bool = False) -> None:
        """Make cards for what the learner has just seen for the first time. Existing cards stay as they are.

        Args:
            keys: The keys of the cards.
            lesson_id: The lesson where they were seen.
            moment: The current time.
            tomorrow: Whether they are due the next day instead of soon.
        """
        due = day_starts(study_day(moment), 1)[1] if tomorrow else moment + SOON
        wanted, renames = list(keys), self._renames()
        former = [each for key in wanted for each in renames.card_keys(key)[1:]]
        rows = self._database.read(
            f"SELECT lesson, card FROM cards WHERE lesson = ? OR card IN ({_marks(former)})",  # noqa: S608
            (lesson_id, *former),
        )
        known = {renames.card(lesson, card)[1] for lesson, card in rows}
        new = [Card(key, lesson_id, moment, Schedule(due)) for key in wanted if key not in known]
        if new:
            self._database.write((_INSERT, ForEach(new, _row)))

    def get(self, key: str) -> Card | None:
        """Return the card with this key; None if there is none."""
        keys = self._renames().card_keys(key)
        sql = f"SELECT {_READ_COLUMNS} FROM cards WHERE card IN ({_marks(keys)})"  # noqa: S608 - our own names
        hidden = self._hidden() if len(keys) > 1 else ()
        now = to_milliseconds(clock.utc_now())
        return next((self._card(row, now) for row in self._database.read(sql, keys) if row[0] not in hidden), None)

    def all(self) -> list[Card]:
        """Return every card, retired ones too, in the order of keys."""
        return self._cards("1 = 1 ORDER BY card", {})

    def places(self) -> list[CardPlace]:
        """Return where every card belongs, retired ones too, in the order of keys. Faster than `all`."""
        hidden, card = self._hidden(), self._renames().card
        rows = self._database.read("SELECT card, lesson, retired, state AS card_state FROM cards ORDER BY card")
        places = []
        for kept_under, of_lesson, retired, state in rows:
            if kept_under not in hidden:
                lesson, key = card(of_lesson, kept_under)
                places.append(CardPlace(key, lesson, bool(retired), state == _IN_REVIEW))
        return places

    def due(self, moment: datetime, limit: int = -1) -> list[Card]:
        """Return the cards due at ``moment``, the longest due first: at most ``limit``, or all if that is negative."""
        cards = self._cards("retired = 0 AND due <= :now ORDER BY due, card", _at(moment))
        cards += self._cards(f"{_IN_FUTURE} AND +due > :now ORDER BY +card", _at(moment))
        return cards if limit < 0 else cards[:limit]

    def count_due(self, moment: datetime) -> int:
        """Return how many cards a review asks at ``moment``: all that are due, but of each term only one side."""
        due = self._count("retired = 0 AND due <= :now", _at(moment), _ASKED)
        return due + self._count(f"{_IN_FUTURE} AND +due > :now", _at(moment), _ASKED)

    def count(self) -> int:
        """Return how many cards there are, without retired ones."""
        return self._count("retired = 0", {})

    def forecast(self, moment: datetime, days: int = 14) -> list[int]:
        """Return how many cards become due on each of the next ``days`` days, as `count_due` counts them.

        The first day includes overdue cards.
        """
        starts = [to_milliseconds(each) for each in day_starts(study_day(moment), days)]
        counts = []
        for number in range(days):
            # What was due before the first day is due on it.
            low = -(2**62) if number == 0 else starts[number]
            within = {"low": low, "high": starts[number + 1]}
            counts.append(self._count("retired = 0 AND due >= :low AND due < :high", within, _ASKED))
        hidden = self._hidden()
        now = {"clock": _at(moment)["clock"]}
        ahead = self._database.read(f"SELECT card, due FROM cards WHERE {_IN_FUTURE}", now)  # noqa: S608
        for due in (due for card, due in ahead if card not in hidden):
            counted_on = next((number for number in range(days) if due < starts[number + 1]), None)
            if counted_on is not None:
                counts[counted_on] -= 1
            counts[0] += 1
        return counts

    def retire(self, keys: Iterable[str], *, retired: bool = True) -> None:
        """Record that cards are no longer in the course, or that they are in it again."""
        if kept := self._kept_under(keys):
            self._database.write(
                ("UPDATE cards SET retired = ? WHERE card = ?", ForEach(kept, lambda each: (retired, each)))
            )

    def forget(self, keys: Iterable[str]) -> None:
        """Delete cards, so that they are not asked again. The answers stay."""
        self._database.write(
            ("DELETE FROM cards WHERE card = ?", ForEach(self._kept_under(keys), lambda each: (each,)))
        )

    def after_answer(self, answer: Answer) -> list[Statement]:
        """Return the statements that update the card of a question after an answer, for the answer's transaction."""
        if answer.correct is None:
            return []
        if answer.kind == CODE and not answer.correct and answer.given != (SOLUTION_SEEN,):
            return []
        lesson, key = self._renames().card(answer.lesson_id, answer.question_id)
        reviews = self._reviews(key, answer.at)
        reviews[answer.key] = _review(
            answer.at, answer.correct, answer.unsure, answer.hints, answer.seconds, answer.kind
        )
        return self._statements(key, lesson, reviews.values())

    def after_change(
        self, answer_key: str, *, correct: bool | None = None, unsure: bool | None = None
    ) -> list[Statement]:
        """Return the statements that update a card after a change to a saved answer's verdict or sureness."""
        rows = self._database.read(
            "SELECT question, lesson, at, correct, unsure, hints, seconds, kind FROM answers WHERE key = ?",
            (answer_key,),
        )
        for question, of_lesson, at, was_correct, was_unsure, hints, seconds, kind in rows:
            lesson, card = self._renames().card(of_lesson, question)
            verdict = was_correct if correct is None else correct
            if verdict is None:
                return []
            reviews = self._reviews(card, clock.utc_now())
            given = reviews[answer_key].at if answer_key in reviews else from_milliseconds(at)
            is_unsure = was_unsure if unsure is None else unsure
            reviews[answer_key] = _review(given, verdict, is_unsure, hints, seconds, kind)
            return self._statements(card, lesson, reviews.values())
        return []

    def rebuild_statements(self, questions: Iterable[tuple[str, str]]) -> list[Statement]:
        """Return the statements that rebuild cards from the saved answers, for pairs of a question's id and lesson."""
        now = clock.utc_now()
        places = dict.fromkeys(self._renames().card(lesson, question) for question, lesson in questions)
        return [
            statement
            for lesson, key in places
            for statement in self._statements(key, lesson, self._reviews(key, now).values())
        ]

    def key_of(self, lesson_id: str, question_id: str) -> str:
        """Return the key of the card of a question, which may be named by a former id."""
        return self._renames().card(lesson_id, question_id)[1]

    def _cards(self, condition: str, values: Mapping[str, object]) -> list[Card]:
        hidden = self._hidden()
        rows = self._database.read(f"SELECT {_READ_COLUMNS} FROM cards WHERE {condition}", values)  # noqa: S608
        now = to_milliseconds(clock.utc_now())
        return [self._card(row, now) for row in rows if row[0] not in hidden]

    def _count(self, condition: str, values: Mapping[str, object], what: str = "*") -> int:
        hidden = {f"hidden{number}": key for number, key in enumerate(self._hidden())}
        others = f" AND card NOT IN ({', '.join(f':{name}' for name in hidden)})" if hidden else ""
        sql = f"SELECT count({what}) FROM cards WHERE {condition}{others}"  # noqa: S608 - our own names
        return int(self._database.read(sql, {**values, **hidden})[0][0])

    def _card(self, row: tuple[Any, ...], now: int) -> Card:
        lesson, key = self._renames().card(row[1], row[0])
        return _card((key, lesson, *row[2:]), now)

    def _kept_under(self, keys: Iterable[str]) -> list[str]:
        """Every key under which the cards ``keys`` may be kept."""
        renames = self._renames()
        return [each for key in keys for each in renames.card_keys(key)]

    def _hidden(self) -> frozenset[str]:
        """The keys of rows that another row stands for: under today's id, or else the one used last."""
        renames = self._renames()
        if not renames.joins_cards:
            return frozenset()
        keys = [*renames.all_keys, *(term_key(term, side) for term in renames.all_terms for side in Side)]
        sql = f"SELECT card, lesson, made, reviewed FROM cards WHERE card IN ({_marks(keys)})"  # noqa: S608
        groups: dict[str, list[tuple[bool, int, str]]] = {}
        for card, lesson, made, reviewed in self._database.read(sql, keys):
            today = renames.card(lesson, card)[1]
            groups.setdefault(today, []).append((card == today, reviewed or made, card))
        return frozenset(card for rows in groups.values() for _, _, card in sorted(rows)[:-1])

    def _reviews(self, question: str, moment: datetime) -> dict[str, Review]:
        """Return the reviews of a question by the key of their answer, in the order in which they were saved.

        Those under a former id are among them.

        An answer that a wrong clock put in the future counts as given at the time of the answer saved before it; if it
        is the first one, at the time of the answer after it.
        """
        renames = self._renames()
        keys = renames.card_keys(question)
        programs = program_key(question, ""), program_key(question, "")[:-1] + ";"  # the sign after the colon
        found = self._database.read(_REVIEWS.format(marks=_marks(keys)), (*keys, *programs))
        rows = [rest for lesson, kept, *rest in found if renames.card(lesson, kept)[1] == question]
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
        # What somebody has written once is asked again even if it never failed: that is how it is not forgotten.
        is_written = any(each.kind == CODE for each in given)
        schedule = schedule_of(given, from_first_miss=not of_term and not is_written)
        if schedule is not None:
            return [(_SAVE, _row(Card(question, lesson, min(each.at for each in given), schedule)))]
        # A question that was never missed needs no card. A term keeps its card, because it was seen.
        if of_term:
            return []
        return [("DELETE FROM cards WHERE card = ?", (each,)) for each in self._renames().card_keys(question)]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


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


def _card(row: tuple[Any, ...], now: int) -> Card:
    key, lesson, made, due, reviewed, state, step, stability, difficulty, reviews, lapses, retired = row
    if max(made, reviewed or 0) > now:
        due, made = min(due, now), min(made, now)
        reviewed = None if reviewed is None else min(reviewed, now)
    schedule = Schedule(
        from_milliseconds(due), None if reviewed is None else from_milliseconds(reviewed), state, step, stability,
        difficulty, reviews, lapses,
    )  # fmt: skip
    return Card(key, lesson, from_milliseconds(made), schedule, bool(retired))
