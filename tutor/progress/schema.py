"""The tables of the progress file, and how they came to be: one migration for each version.

A migration that has shipped never changes; a new one is added at the end. Times are milliseconds since 1970 in UTC.
Only features of SQLite 3.24 (2018) are used, because some Pythons are linked to an old system library.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tutor.foundation.translate import translate
from tutor.progress.columns import COLUMNS

Migration = tuple[str, ...]
"""The statements that lead from one version to the next, run in one transaction."""

ANSWER_INDEXES: Final = {
    # The course map needs nothing of an answer but this index, so it never reads the table.
    "answers_of_lesson": "CREATE INDEX answers_of_lesson ON answers (lesson, question, id, correct, unsure)",
    "answers_of_quiz": "CREATE INDEX answers_of_quiz ON answers (quiz) WHERE quiz <> ''",
    "answers_of_question": "CREATE INDEX answers_of_question ON answers (question)",
    "answers_with_confidence": (
        "CREATE INDEX answers_with_confidence ON answers (at, confidence, correct) WHERE confidence IS NOT NULL"
    ),
}
"""The statement that makes each index of the answers, by its name."""

_FIRST: Migration = (
    """
    CREATE TABLE answers (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        at INTEGER NOT NULL,
        lesson TEXT NOT NULL,
        question TEXT NOT NULL,
        kind TEXT NOT NULL,
        given TEXT NOT NULL,
        correct INTEGER CHECK (correct IN (0, 1)),
        score REAL NOT NULL,
        unsure INTEGER NOT NULL CHECK (unsure IN (0, 1)),
        confidence REAL,
        hints INTEGER NOT NULL,
        seconds REAL NOT NULL,
        language TEXT NOT NULL,
        seed INTEGER NOT NULL,
        quiz TEXT NOT NULL,
        runs TEXT NOT NULL
    )
    """,
    ANSWER_INDEXES["answers_of_lesson"],
    ANSWER_INDEXES["answers_of_quiz"],
    """
    CREATE TABLE lessons (
        lesson TEXT PRIMARY KEY,
        block INTEGER NOT NULL DEFAULT 0,
        within REAL NOT NULL DEFAULT 0,
        anchor TEXT NOT NULL DEFAULT '',
        furthest REAL NOT NULL DEFAULT 0,
        questions INTEGER NOT NULL DEFAULT 0,
        at INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE quizzes (
        quiz TEXT PRIMARY KEY,
        scope TEXT NOT NULL,
        lesson TEXT NOT NULL,
        seed INTEGER NOT NULL,
        state TEXT NOT NULL,
        started INTEGER NOT NULL,
        at INTEGER NOT NULL,
        finished INTEGER NOT NULL DEFAULT 0 CHECK (finished IN (0, 1))
    )
    """,
    "CREATE INDEX quizzes_of_scope ON quizzes (scope, finished, at)",
)

_CARDS: Migration = (
    """
    CREATE TABLE cards (
        card TEXT PRIMARY KEY,
        lesson TEXT NOT NULL,
        made INTEGER NOT NULL,
        due INTEGER NOT NULL,
        reviewed INTEGER,
        state INTEGER NOT NULL,
        step INTEGER,
        stability REAL,
        difficulty REAL,
        reviews INTEGER NOT NULL,
        lapses INTEGER NOT NULL,
        retired INTEGER NOT NULL CHECK (retired IN (0, 1))
    )
    """,
    # Every start asks what is due, and reads nothing but this index for it.
    "CREATE INDEX cards_due ON cards (retired, due, card)",
    "CREATE INDEX cards_of_lesson ON cards (lesson)",
    ANSWER_INDEXES["answers_of_question"],
    # For the statistics of the progress screen, which never read the table either.
    "CREATE INDEX answers_of_day ON answers (at, correct, seconds)",
    "CREATE INDEX answers_missed ON answers (lesson, question, given) WHERE correct = 0",
    ANSWER_INDEXES["answers_with_confidence"],
    # A question that was missed before there were cards is due now; its next answer gives it a schedule.
    """
    INSERT INTO cards (card, lesson, made, due, state, step, reviews, lapses, retired)
    SELECT question, lesson, min(at), max(at), 1, 0, 0, 0, 0 FROM answers
    WHERE correct = 0 OR (correct = 1 AND unsure = 1) GROUP BY question
    """,
)

_ATTEMPTS: Migration = (
    """
    CREATE TABLE attempts (
        lab TEXT NOT NULL,
        goal TEXT NOT NULL,
        met INTEGER NOT NULL CHECK (met IN (0, 1)),
        held INTEGER NOT NULL,
        value REAL,
        settings TEXT NOT NULL,
        run TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (lab, goal)
    )
    """,
)

# Sums over the counted answers, updated in the transaction that writes the answer, so that the progress screen takes
# the same time for ten answers and for a hundred thousand. At most 900 seconds of an answer count. The sums are in
# whole milliseconds, because only whole numbers can be subtracted from a sum again exactly.
_ADD = """
    INSERT OR IGNORE INTO answer_totals VALUES (NEW.lesson, NEW.question, NEW.given, 0, 0, 0);
    INSERT OR IGNORE INTO time_totals VALUES (NEW.at / 900000, 0, 0, 0);
    UPDATE answer_totals SET answers = answers + 1, correct = correct + NEW.correct,
        milliseconds = milliseconds + CAST(round(1000 * max(0, min(NEW.seconds, 900))) AS INTEGER)
        WHERE lesson = NEW.lesson AND question = NEW.question AND given = NEW.given;
    UPDATE time_totals SET answers = answers + 1, correct = correct + NEW.correct,
        milliseconds = milliseconds + CAST(round(1000 * max(0, min(NEW.seconds, 900))) AS INTEGER)
        WHERE quarter = NEW.at / 900000;
"""
_TAKE_OUT = """
    UPDATE answer_totals SET answers = answers - 1, correct = correct - OLD.correct,
        milliseconds = milliseconds - CAST(round(1000 * max(0, min(OLD.seconds, 900))) AS INTEGER)
        WHERE lesson = OLD.lesson AND question = OLD.question AND given = OLD.given;
    UPDATE time_totals SET answers = answers - 1, correct = correct - OLD.correct,
        milliseconds = milliseconds - CAST(round(1000 * max(0, min(OLD.seconds, 900))) AS INTEGER)
        WHERE quarter = OLD.at / 900000;
    DELETE FROM answer_totals WHERE answers = 0
        AND lesson = OLD.lesson AND question = OLD.question AND given = OLD.given;
    DELETE FROM time_totals WHERE answers = 0 AND quarter = OLD.at / 900000;
"""

_TOTALS: Migration = (
    """
    CREATE TABLE answer_totals (
        lesson TEXT NOT NULL,
        question TEXT NOT NULL,
        given TEXT NOT NULL,
        answers INTEGER NOT NULL,
        correct INTEGER NOT NULL,
        milliseconds INTEGER NOT NULL,
        PRIMARY KEY (lesson, question, given)
    ) WITHOUT ROWID
    """,
    # By quarters of an hour since 1970, because in every time zone a day begins at the beginning of one.
    """
    CREATE TABLE time_totals (
        quarter INTEGER PRIMARY KEY,
        answers INTEGER NOT NULL,
        correct INTEGER NOT NULL,
        milliseconds INTEGER NOT NULL
    )
    """,
    """
    INSERT INTO answer_totals
    SELECT lesson, question, given, count(*), sum(correct),
        sum(CAST(round(1000 * max(0, min(seconds, 900))) AS INTEGER))
    FROM answers WHERE correct NOTNULL GROUP BY lesson, question, given
    """,
    """
    INSERT INTO time_totals
    SELECT at / 900000, count(*), sum(correct), sum(CAST(round(1000 * max(0, min(seconds, 900))) AS INTEGER))
    FROM answers WHERE correct NOTNULL GROUP BY 1
    """,
    f"CREATE TRIGGER answer_came AFTER INSERT ON answers WHEN NEW.correct NOTNULL BEGIN {_ADD} END",
    f"CREATE TRIGGER answer_went AFTER DELETE ON answers WHEN OLD.correct NOTNULL BEGIN {_TAKE_OUT} END",
    f"""
    CREATE TRIGGER answer_was AFTER UPDATE OF at, lesson, question, given, correct, seconds ON answers
    WHEN OLD.correct NOTNULL BEGIN {_TAKE_OUT} END
    """,
    f"""
    CREATE TRIGGER answer_is AFTER UPDATE OF at, lesson, question, given, correct, seconds ON answers
    WHEN NEW.correct NOTNULL BEGIN {_ADD} END
    """,
    # What the totals hold no longer needs an index.
    "DROP INDEX answers_of_day",
    "DROP INDEX answers_missed",
)

_READING: Migration = (
    # A row is some minutes in one lesson; it grows while the learner reads on.
    """
    CREATE TABLE reading (
        key TEXT PRIMARY KEY,
        lesson TEXT NOT NULL,
        at INTEGER NOT NULL,
        seconds REAL NOT NULL
    )
    """,
)

# The day of an answer is that of the learner's time zone at that time. It is saved, because it cannot be computed from
# the moment once the learner has flown elsewhere or the clocks have changed. For older rows it is computed with the
# present time zone and the summer time of that date. A row without a day comes from an older version of tutor that is
# running at the same time.
_DAY_OF = "coalesce(date({row}at / 1000, 'unixepoch', 'localtime', '-4 hours'), '1970-01-01')"


def _day(row: str) -> str:
    return f"CASE {row}day WHEN '' THEN {_DAY_OF.format(row=row)} ELSE {row}day END"


def _time(row: str) -> str:
    return f"CAST(round(1000 * max(0, min({row}seconds, 900))) AS INTEGER)"


_ADD_TO_DAY = f"""
    INSERT OR IGNORE INTO answer_totals VALUES (NEW.lesson, NEW.question, NEW.given, 0, 0, 0);
    INSERT OR IGNORE INTO day_totals VALUES ({_day("NEW.")}, 0, 0, 0);
    UPDATE answer_totals SET answers = answers + 1, correct = correct + NEW.correct,
        milliseconds = milliseconds + {_time("NEW.")}
        WHERE lesson = NEW.lesson AND question = NEW.question AND given = NEW.given;
    UPDATE day_totals SET answers = answers + 1, correct = correct + NEW.correct,
        milliseconds = milliseconds + {_time("NEW.")} WHERE day = {_day("NEW.")};
"""  # noqa: S608 - our own names
_TAKE_FROM_DAY = f"""
    UPDATE answer_totals SET answers = answers - 1, correct = correct - OLD.correct,
        milliseconds = milliseconds - {_time("OLD.")}
        WHERE lesson = OLD.lesson AND question = OLD.question AND given = OLD.given;
    UPDATE day_totals SET answers = answers - 1, correct = correct - OLD.correct,
        milliseconds = milliseconds - {_time("OLD.")} WHERE day = {_day("OLD.")};
    DELETE FROM answer_totals WHERE answers = 0
        AND lesson = OLD.lesson AND question = OLD.question AND given = OLD.given;
    DELETE FROM day_totals WHERE answers = 0 AND day = {_day("OLD.")};
"""  # noqa: S608 - our own names

ANSWER_TRIGGERS: Final = {
    "answer_came": (
        f"CREATE TRIGGER answer_came AFTER INSERT ON answers WHEN NEW.correct NOTNULL BEGIN {_ADD_TO_DAY} END"
    ),
    "answer_went": (
        f"CREATE TRIGGER answer_went AFTER DELETE ON answers WHEN OLD.correct NOTNULL BEGIN {_TAKE_FROM_DAY} END"
    ),
    "answer_was": f"""
    CREATE TRIGGER answer_was AFTER UPDATE OF day, at, lesson, question, given, correct, seconds ON answers
    WHEN OLD.correct NOTNULL BEGIN {_TAKE_FROM_DAY} END
    """,
    "answer_is": f"""
    CREATE TRIGGER answer_is AFTER UPDATE OF day, at, lesson, question, given, correct, seconds ON answers
    WHEN NEW.correct NOTNULL BEGIN {_ADD_TO_DAY} END
    """,
}
"""The statement that makes each trigger that keeps the totals of the answers, by its name."""

REBUILD_TOTALS: Final = (
    "DELETE FROM answer_totals",
    "DELETE FROM day_totals",
    f"""
    INSERT INTO answer_totals SELECT lesson, question, given, count(*), sum(correct), sum({_time("")})
    FROM answers WHERE correct NOTNULL GROUP BY lesson, question, given
    """,  # noqa: S608 - our own names
    f"""
    INSERT INTO day_totals SELECT {_day("")}, count(*), sum(correct), sum({_time("")})
    FROM answers WHERE correct NOTNULL GROUP BY 1
    """,  # noqa: S608 - our own names
)
"""The statements that compute the totals from the answers, which is faster than triggers if most answers are new."""

_DAYS: Migration = (
    "ALTER TABLE answers ADD COLUMN day TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE reading ADD COLUMN day TEXT NOT NULL DEFAULT ''",
    f"UPDATE answers SET day = {_day('')}",  # noqa: S608 - our own names
    f"UPDATE reading SET day = {_day('')}",  # noqa: S608 - our own names
    "DROP TRIGGER answer_came",
    "DROP TRIGGER answer_went",
    "DROP TRIGGER answer_was",
    "DROP TRIGGER answer_is",
    "DROP TABLE time_totals",
    """
    CREATE TABLE day_totals (
        day TEXT PRIMARY KEY,
        answers INTEGER NOT NULL,
        correct INTEGER NOT NULL,
        milliseconds INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
    f"""
    INSERT INTO day_totals SELECT day, count(*), sum(correct), sum({_time("")})
    FROM answers WHERE correct NOTNULL GROUP BY day
    """,  # noqa: S608 - our own names
    ANSWER_TRIGGERS["answer_came"],
    ANSWER_TRIGGERS["answer_went"],
    # For the few cards that a wrong clock put in the future, because every start asks what is due.
    "CREATE INDEX cards_by_last_touch ON cards (max(made, coalesce(reviewed, 0)))",
    ANSWER_TRIGGERS["answer_was"],
    ANSWER_TRIGGERS["answer_is"],
)

_NOTES: Migration = (
    # A note without text is a star.
    """
    CREATE TABLE notes (
        key TEXT PRIMARY KEY,
        lesson TEXT NOT NULL,
        anchor TEXT NOT NULL,
        quote TEXT NOT NULL,
        note TEXT NOT NULL,
        language TEXT NOT NULL,
        at INTEGER NOT NULL
    )
    """,
)


@dataclass(frozen=True, slots=True)
class Schema:
    """The history of the tables, and the columns that are read and written today.

    Args:
        migrations: The n-th one leads to ``user_version`` n.
        columns: The columns that this version uses, by table.
    """

    migrations: tuple[Migration, ...]
    columns: dict[str, tuple[str, ...]]


SCHEMA = Schema(
    migrations=(_FIRST, _CARDS, _ATTEMPTS, _TOTALS, _READING, _DAYS, _NOTES),
    columns={table: tuple(columns) for table, columns in COLUMNS.items()},
)


_COUNTED: Final = {
    "answers": "transfer.answers",
    "lessons": "transfer.lessons",
    "quizzes": "transfer.quizzes",
    "cards": "transfer.cards",
    "attempts": "transfer.attempts",
    "reading": "reading.pieces",
    "notes": "notes.counted",
}


def counted(rows: Iterable[tuple[str, int]]) -> str:
    """Return counts of rows, by table, in words: ``12 answers, 3 lessons``."""
    return translate("transfer.comma").join(
        translate(_COUNTED[table], count=count) for table, count in rows if count
    ) or translate("transfer.nothing")
