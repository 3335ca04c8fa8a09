"""The tables of the learner's memory, and how they came to be: one migration a version.

A migration that has shipped never changes; a new one is added at the end. Times are milliseconds since 1970 in
UTC. Only features of SQLite 3.24 (2018) are used, for Pythons linked to an old system library.
"""

from __future__ import annotations

from dataclasses import dataclass

Migration = tuple[str, ...]
"""The statements that lead from one version to the next, run in one transaction."""

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
    # Everything that the course map asks of an answer lies in this index, so it never touches the table.
    "CREATE INDEX answers_of_lesson ON answers (lesson, question, id, correct, unsure)",
    "CREATE INDEX answers_of_quiz ON answers (quiz) WHERE quiz <> ''",
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
    # What is due is asked at every start: nothing but this index is read for it.
    "CREATE INDEX cards_due ON cards (retired, due, card)",
    "CREATE INDEX cards_of_lesson ON cards (lesson)",
    "CREATE INDEX answers_of_question ON answers (question)",
    # For the statistics of the progress screen, which never touch the table for them either.
    "CREATE INDEX answers_of_day ON answers (at, correct, seconds)",
    "CREATE INDEX answers_missed ON answers (lesson, question, given) WHERE correct = 0",
    "CREATE INDEX answers_with_confidence ON answers (at, confidence, correct) WHERE confidence IS NOT NULL",
    # What was missed before there were cards is due now; its next answer works out the rest.
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


@dataclass(frozen=True, slots=True)
class Schema:
    """A history of tables, and what of them is read and written today.

    Args:
        migrations: The n-th leads to ``user_version`` n.
        columns: The columns of every table that this version uses.
    """

    migrations: tuple[Migration, ...]
    columns: dict[str, tuple[str, ...]]


SCHEMA = Schema(
    migrations=(_FIRST, _CARDS, _ATTEMPTS),
    columns={
        "answers": (
            "key", "at", "lesson", "question", "kind", "given", "correct", "score", "unsure", "confidence",
            "hints", "seconds", "language", "seed", "quiz", "runs",
        ),
        "lessons": ("lesson", "block", "within", "anchor", "furthest", "questions", "at"),
        "quizzes": ("quiz", "scope", "lesson", "seed", "state", "started", "at", "finished"),
        "cards": (
            "card", "lesson", "made", "due", "reviewed", "state", "step", "stability", "difficulty", "reviews",
            "lapses", "retired",
        ),
        "attempts": ("lab", "goal", "met", "held", "value", "settings", "run", "at"),
    },
)  # fmt: skip
