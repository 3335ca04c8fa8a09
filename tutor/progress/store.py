"""The progress file: saves and reads answers, reading positions and quizzes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from tutor.foundation import clock, paths
from tutor.progress.activity import AttemptStore, ReadingStore
from tutor.progress.cards import CardStore
from tutor.progress.notes import NoteStore
from tutor.progress.records import (
    EXAM_PREFIX,
    Answer,
    LessonState,
    Position,
    SavedQuiz,
    from_milliseconds,
    now,
    parse_given,
    parse_json,
    to_milliseconds,
)
from tutor.progress.renames import TERM, GetRenames, nothing_renamed
from tutor.progress.scheduling import study_day
from tutor.progress.statistics import Statistics

if TYPE_CHECKING:
    from tutor.progress.database import Database
    from tutor.progress.transfer import Blocks, Found, Merged, Tables

REVIEW_PREFIX: Final = "review:"
"""The quiz id of an answer that was given in a review begins with this."""

SURE: Final = 0.75
"""How probable an answer must seem to the learner to count as sure."""
_MOST_VALUES: Final = 500
"""How many values a query names at most; old libraries of SQLite allow 999."""

_ANSWER_COLUMNS = (
    "key, at, lesson, question, kind, given, correct, score, unsure, confidence, "
    "hints, seconds, language, seed, quiz, runs, day"
)
_SAVE_ANSWER = f"INSERT OR IGNORE INTO answers ({_ANSWER_COLUMNS}) VALUES ({', '.join('?' * 17)})"  # noqa: S608
_SAVE_QUIZ = """
    INSERT INTO quizzes (quiz, scope, lesson, seed, state, started, at, finished) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (quiz) DO UPDATE SET state = excluded.state, at = excluded.at, finished = excluded.finished
"""
# The newest counted answer to each question: the totals list the questions, and an index finds the answers fast.
# An exercise counts like a question; the reviews of its program do not, because a line that was missed there takes
# nothing back from the learner who wrote it.
_NEWEST_ANSWERS = """
    SELECT known.lesson, known.question, correct, unsure, answers.id
    FROM (SELECT DISTINCT lesson, question FROM answer_totals
        WHERE question NOT GLOB 'term:*' AND question NOT GLOB 'program:*'
    ) AS known
    JOIN answers ON answers.id = (
        SELECT id FROM answers WHERE lesson = known.lesson AND question = known.question AND correct NOTNULL
        ORDER BY id DESC LIMIT 1
    )
"""


@dataclass(frozen=True, slots=True)
class OpenedStore:
    """An open store, and what to tell the learner if anything was wrong with the file."""

    store: ProgressStore
    notices: tuple[str, ...] = ()


def open_store(path: Path | None = None, renames: GetRenames = nothing_renamed) -> OpenedStore:
    """Open the progress file. This never fails: see `tutor.progress.database`.

    Args:
        path: The file; by default the learner's own.
        renames: What the course renamed; `tutor.study.course_store` finds it out.
    """
    from tutor.progress.database import Database

    database = Database(path or paths.progress_file())
    return OpenedStore(ProgressStore(database, renames), tuple(database.take_notices()))


class AnswerListener(Protocol):
    """Whoever wants to know of every answer once it is saved, such as the class of the learner."""

    def answered(self, answer: Answer) -> None:
        """An answer was saved."""

    def settled(self, key: str, *, correct: bool) -> None:
        """A run has decided an answer."""

    def marked_unsure(self, key: str, unsure: bool) -> None:
        """The learner has said whether they were unsure of an answer."""


class ProgressStore:
    """Answers, reading positions and quizzes. Every write is on the disk when the method returns.

    Rows stay under the ids with which they were written; what is read has the ids of today.

    Args:
        database: The database that keeps them.
        renames: What was renamed.
    """

    def __init__(self, database: Database, renames: GetRenames = nothing_renamed) -> None:
        self._database = database
        self.renames = renames
        """What was renamed since the rows were written."""
        self.cards = CardStore(database, renames)
        """The review cards: what is asked again, and when."""
        self.attempts = AttemptStore(database, renames)
        """The best attempts at the goals of labs."""
        self.reading = ReadingStore(database, renames)
        """The times spent reading lessons."""
        self.notes = NoteStore(database, renames)
        """The stars and notes on passages of lessons."""
        self.statistics = Statistics(database, renames)
        """The statistics over all answers."""
        self.listener: AnswerListener | None = None
        """Is told of every answer."""

    @property
    def in_memory(self) -> bool:
        """Whether the file cannot be written to at present, so that everything is kept in memory."""
        return self._database.in_memory

    def take_notices(self) -> list[str]:
        """Return the sentences to show since the last call (such as that the disk is full), each of them once."""
        return self._database.take_notices()

    def close(self) -> bool:
        """Close the file. Return False if something could not be saved even now."""
        return self._database.close()

    # Answers

    def record_answer(self, answer: Answer, quiz: SavedQuiz | None = None) -> None:
        """Save an answer and, in the same transaction, its card and the state of its quiz."""
        statements = [(_SAVE_ANSWER, _answer_row(answer)), *self.cards.after_answer(answer)]
        if quiz is not None:
            statements.append((_SAVE_QUIZ, _quiz_row(quiz)))
        self._database.write(*statements)
        if self.listener is not None:
            self.listener.answered(answer)

    def settle_answer(self, key: str, *, correct: bool, score: float, runs: Iterable[str] = ()) -> None:
        """Save the verdict of a run on a prediction."""
        values = (int(correct), score, json.dumps(list(runs)), key)
        update = ("UPDATE answers SET correct = ?, score = ?, runs = ? WHERE key = ?", values)
        self._database.write(update, *self.cards.after_change(key, correct=correct))
        if self.listener is not None:
            self.listener.settled(key, correct=correct)

    def mark_unsure(self, key: str, unsure: bool) -> None:
        """Save whether the learner was unsure of an answer."""
        update = ("UPDATE answers SET unsure = ? WHERE key = ?", (int(unsure), key))
        self._database.write(update, *self.cards.after_change(key, unsure=unsure))
        if self.listener is not None:
            self.listener.marked_unsure(key, unsure)

    def answers(self, *, lesson_id: str | None = None, quiz_id: str | None = None) -> list[Answer]:
        """Return answers in the order in which they were given: all, or those of one lesson or of one quiz."""
        sql = f"SELECT {_ANSWER_COLUMNS} FROM answers"  # noqa: S608 - our own names
        if quiz_id is not None:
            # The second condition lets SQLite use the index of quizzes.
            return self._read_answers(f"{sql} WHERE quiz = ? AND quiz <> '' ORDER BY id", (quiz_id,))
        if lesson_id is not None:
            renames = self.renames()
            lessons, moved = renames.lesson_ids(lesson_id), renames.questions_moved_to(lesson_id)
            found = f"lesson IN ({', '.join('?' * len(lessons))})"
            if moved:
                found += f" OR question IN ({', '.join('?' * len(moved))})"
            answers = self._read_answers(f"{sql} WHERE {found} ORDER BY id", (*lessons, *moved))
            return [answer for answer in answers if answer.lesson_id == lesson_id]
        return self._read_answers(f"{sql} ORDER BY id", ())

    def newest_answers(self, lesson_id: str) -> dict[str, Answer]:
        """Return the newest counted answer to each question of a lesson, by question id."""
        return {
            answer.question_id: answer
            for answer in self.answers(lesson_id=lesson_id)
            if answer.correct is not None and not answer.question_id.startswith(TERM)
        }

    def newest_uncounted(self, lesson_id: str, question_id: str) -> Answer | None:
        """Return the newest answer in the text of a lesson that has no verdict yet; None if there is none."""
        answers = [
            answer
            for answer in self.answers(lesson_id=lesson_id)
            if answer.question_id == question_id and answer.correct is None and not answer.quiz_id
        ]
        return answers[-1] if answers else None

    def last_answered(self, question_ids: Sequence[str]) -> dict[str, int]:
        """Return when questions were answered last, as numbers that grow with every answer; without those never."""
        renames = self.renames()
        keys = [key for each in question_ids for key in renames.keys(each)]
        rows = self._database.read(
            "SELECT lesson, question, max(id) AS newest FROM answers"  # noqa: S608 - our own names
            f" WHERE question IN ({', '.join('?' * len(keys))}) GROUP BY lesson, question",
            keys,
        )
        found: dict[str, int] = {}
        for lesson, question, newest in rows:
            today = renames.key(lesson, question)
            found[today] = max(newest, found.get(today, 0))
        return found

    def sure_misses(self, keys: Iterable[str]) -> set[str]:
        """Return the cards among ``keys`` whose newest answer is wrong although the learner was sure of it.

        An answer counts as sure if the learner was asked how probable it is to be right, said at least `SURE`, and did
        not mark it as unsure.
        """
        renames = self.renames()
        kept = [each for key in dict.fromkeys(keys) for each in renames.card_keys(key)]
        newest: dict[str, tuple[int, bool]] = {}
        for start in range(0, len(kept), _MOST_VALUES):
            part = kept[start : start + _MOST_VALUES]
            rows = self._database.read(
                # With max(), SQLite takes the other columns from the row that has the maximum.
                "SELECT lesson, question, max(id) AS newest, correct, unsure, confidence FROM answers"  # noqa: S608
                f" WHERE question IN ({', '.join('?' * len(part))}) AND correct NOTNULL GROUP BY lesson, question",
                part,
            )
            for lesson, question, number, correct, unsure, confidence in rows:
                card = renames.card(lesson, question)[1]
                was_sure = not unsure and confidence is not None and confidence >= SURE
                if number > newest.get(card, (0, False))[0]:
                    newest[card] = number, not correct and was_sure
        return {card for card, (_, sure_miss) in newest.items() if sure_miss}

    def _read_answers(self, sql: str, values: tuple[object, ...]) -> list[Answer]:
        """The answers that a query finds, under the ids of today."""
        answers = [_answer(row) for row in self._database.read(sql, values)]
        renames = self.renames()
        if renames.is_empty:
            return answers
        places = ((answer, renames.place(answer.lesson_id, answer.question_id)) for answer in answers)
        return [
            answer if (answer.lesson_id, answer.question_id) == place
            else replace(answer, lesson_id=place[0], question_id=place[1])
            for answer, place in places
        ]  # fmt: skip

    # Export, import and reset

    def dump(self) -> Tables:
        """Return everything, for an export: see `tutor.progress.transfer`."""
        from tutor.progress import transfer

        return transfer.dump(self._database)

    def dump_blocks(self) -> Blocks:
        """Yield what `dump` returns, with some rows at a time."""
        from tutor.progress import transfer

        return transfer.dump_blocks(self._database)

    def merge(self, tables: Found) -> Merged:
        """Import what `dump` returned here or elsewhere; nothing that is already there is lost."""
        from tutor.progress import transfer

        return transfer.merge(self._database, self.cards, tables)

    def forget(self, *, item: str = "", lesson_id: str = "") -> int:
        """Forget a question or term, a lesson, or everything if neither is named. Return the number of answers."""
        from tutor.progress import transfer

        if item:
            return transfer.forget_item(self._database, self.renames(), item)
        if lesson_id:
            return transfer.forget_lesson(self._database, self.renames(), lesson_id)
        return transfer.forget_all(self._database)

    # Lessons

    def position(self, lesson_id: str) -> Position | None:
        """Return where the reader left a lesson; None if it was never opened."""
        lessons = self.renames().lesson_ids(lesson_id)
        rows = self._database.read(
            f"SELECT block, within, anchor FROM lessons WHERE lesson IN ({', '.join('?' * len(lessons))})"  # noqa: S608
            # A row in which nothing was read only says how many questions there are.
            " ORDER BY furthest > 0 DESC, at DESC LIMIT 1",
            lessons,
        )
        return Position(*rows[0]) if rows else None

    def set_position(self, lesson_id: str, position: Position, *, fraction: float, questions: int) -> None:
        """Save where the reader is.

        Args:
            lesson_id: The lesson.
            position: The place.
            fraction: How much of the lesson is above the place, from 0 to 1; only the largest is kept.
            questions: How many questions the lesson has now, for the course map.
        """
        self._database.write((
            """
            INSERT INTO lessons (lesson, block, within, anchor, furthest, questions, at) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (lesson) DO UPDATE SET
                block = excluded.block, within = excluded.within, anchor = excluded.anchor, at = excluded.at,
                furthest = max(furthest, excluded.furthest), questions = excluded.questions
            """,
            (
                lesson_id, position.block, position.within, position.anchor,
                min(1.0, max(0.0, fraction)), questions, to_milliseconds(now()),
            ),
        ))  # fmt: skip

    def set_question_count(self, lesson_id: str, questions: int) -> None:
        """Save how many questions a lesson has, and leave the reading position as it is."""
        self._database.write(
            (
                """
            INSERT INTO lessons (lesson, questions, at) VALUES (?, ?, ?)
            ON CONFLICT (lesson) DO UPDATE SET questions = excluded.questions WHERE questions <> excluded.questions
            """,
                (lesson_id, questions, to_milliseconds(now())),
            )
        )

    def lesson_states(self) -> dict[str, LessonState]:
        """Return how far the learner is in each lesson that was ever opened, by lesson id."""
        right: dict[str, set[str]] = {}
        wrong: dict[str, set[str]] = {}
        unsure: dict[str, set[str]] = {}
        renames = self.renames()
        newest: dict[tuple[str, str], tuple[bool, bool]] = {}
        rows = sorted(self._database.read(_NEWEST_ANSWERS), key=lambda row: row[4])
        for kept_lesson, kept, correct, was_unsure, _ in rows:
            newest[renames.card(kept_lesson, kept)] = bool(correct), bool(was_unsure)
        for (lesson, question), (was_right, was_unsure) in newest.items():
            (right if was_right else wrong).setdefault(lesson, set()).add(question)
            if was_right and was_unsure:
                unsure.setdefault(lesson, set()).add(question)
        read: dict[str, tuple[float, int]] = {}
        for kept_lesson, furthest, questions in self._database.read(
            "SELECT lesson, furthest, questions FROM lessons ORDER BY at"
        ):
            lesson = renames.lesson(kept_lesson)
            read[lesson] = max(furthest, read.get(lesson, (0.0, 0))[0]), questions
        states: dict[str, LessonState] = {}
        tested_out = self._tested_out()
        for lesson in {*read, *right, *wrong, *tested_out}:
            furthest, questions = read.get(lesson, (0.0, 0))
            right_count, wrong_count = len(right.get(lesson, ())), len(wrong.get(lesson, ()))
            states[lesson] = LessonState(
                read_fraction=furthest,
                questions_right=right_count,
                questions_answered=right_count + wrong_count,
                questions_total=questions,
                wrong_ids=frozenset(wrong.get(lesson, ())),
                unsure_ids=frozenset(unsure.get(lesson, ())),
                tested_out=lesson in tested_out,
            )
        return states

    def _tested_out(self) -> frozenset[str]:
        """The lessons on which an exam was passed."""
        rows = self._database.read(
            "SELECT scope, state AS quiz_state FROM quizzes WHERE scope GLOB ? AND finished = 1", (f"{EXAM_PREFIX}*",)
        )
        passed = (scope for scope, state in rows if parse_json(state, dict).get("passed") is True)
        return frozenset(self.renames().lesson(scope.removeprefix(EXAM_PREFIX)) for scope in passed)

    def last_lesson(self) -> str | None:
        """Return the lesson that was read or answered last; None if there is none yet."""
        rows = self._database.read(
            "SELECT lesson, question FROM (SELECT lesson, '' AS question, at FROM lessons WHERE furthest > 0"
            " UNION ALL SELECT lesson, question, at FROM"
            " (SELECT lesson, question, at FROM answers WHERE quiz NOT GLOB ? ORDER BY id DESC LIMIT 1))"
            " ORDER BY at <= ? DESC, at DESC LIMIT 1",  # times that a wrong clock put in the future come last
            # A review asks about all lessons, so its answers do not count here.
            (f"{REVIEW_PREFIX}*", to_milliseconds(clock.utc_now())),
        )
        return self.renames().place(*rows[0])[0] if rows else None

    # Quizzes

    def save_quiz(self, quiz: SavedQuiz) -> None:
        """Save the state of a quiz."""
        self._database.write((_SAVE_QUIZ, _quiz_row(quiz)))

    def open_quiz(self, scope: str) -> SavedQuiz | None:
        """Return the newest unfinished quiz of ``scope``; None if there is none."""
        return self._newest_quiz(scope, finished=False)

    def finished_quiz(self, scope: str, before: str) -> SavedQuiz | None:
        """Return the newest finished quiz of ``scope`` other than the one with the id ``before``; None if none is."""
        return self._newest_quiz(scope, finished=True, other_than=before)

    def _newest_quiz(self, scope: str, *, finished: bool, other_than: str = "") -> SavedQuiz | None:
        kind, colon, of_lesson = scope.partition(":")
        scopes = [f"{kind}:{each}" for each in self.renames().lesson_ids(of_lesson)] if colon else [scope]
        rows = self._database.read(
            "SELECT quiz, scope, lesson, seed, state AS quiz_state, started, finished FROM quizzes"  # noqa: S608
            f" WHERE scope IN ({', '.join('?' * len(scopes))}) AND finished = ? AND quiz <> ?"
            " ORDER BY at <= ? DESC, at DESC, started DESC LIMIT 1",
            (*scopes, int(finished), other_than, to_milliseconds(clock.utc_now())),
        )
        for quiz_id, of_scope, lesson, seed, state, started, is_finished in rows:
            content = parse_json(state, dict)
            return SavedQuiz(quiz_id, of_scope, lesson, seed, content, from_milliseconds(started), bool(is_finished))
        return None


def _answer_row(answer: Answer) -> tuple[object, ...]:
    return (
        answer.key, to_milliseconds(answer.at), answer.lesson_id, answer.question_id, answer.kind,
        json.dumps(list(answer.given), ensure_ascii=False), None if answer.correct is None else int(answer.correct),
        answer.score, int(answer.unsure), answer.confidence, answer.hints, answer.seconds, answer.language,
        answer.seed, answer.quiz_id, json.dumps(list(answer.runs), ensure_ascii=False),
        study_day(answer.at).isoformat(),
    )  # fmt: skip


def _answer(row: tuple[Any, ...]) -> Answer:
    key, at, lesson, question, kind, given, correct, score, unsure, confidence, *rest = row
    hints, seconds, language, seed, quiz, runs, _ = rest
    return Answer(
        lesson_id=lesson, question_id=question, kind=kind, given=parse_given(given),
        correct=None if correct is None else bool(correct), score=score, unsure=bool(unsure),
        confidence=confidence, hints=hints, seconds=seconds, language=language, seed=seed, quiz_id=quiz,
        runs=tuple(each for each in parse_json(runs, list) if isinstance(each, str)), at=from_milliseconds(at), key=key,
    )  # fmt: skip


def _quiz_row(quiz: SavedQuiz) -> tuple[object, ...]:
    return (
        quiz.quiz_id, quiz.scope, quiz.lesson_id, quiz.seed, json.dumps(quiz.state, ensure_ascii=False),
        to_milliseconds(quiz.started), to_milliseconds(now()), int(quiz.finished),
    )  # fmt: skip
