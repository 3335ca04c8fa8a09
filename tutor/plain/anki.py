"""The cards as a package for Anki: text on both sides, the same notes at every export, and the same due days as here.

A card that is still being learnt, in steps of minutes, is new in Anki. A card in review keeps its due day, its
interval, its counts of reviews and lapses, and its FSRS state.
"""

from __future__ import annotations

import html
import io
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tutor.course.conditions import Facts
from tutor.course.lesson import BLANK, Lesson, Question, Term
from tutor.course.packs.installed import open_course
from tutor.course.questions import question_type
from tutor.course.questions.base import AnswerRow
from tutor.foundation import paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import language, translate
from tutor.progress.scheduling import study_day
from tutor.study.attempt import facts_needed
from tutor.study.deck import Deck
from tutor.study.predictions import deciding_figures, facts_of_runs
from tutor.typeset.page import plain_lines

if TYPE_CHECKING:
    from tutor.progress.scheduling import Schedule
    from tutor.progress.store import ProgressStore

_DECK: Final = 1_724_000_017
_MODEL: Final = 1_724_000_018
_WIDTH: Final = 100
_COLLECTION: Final = "collection.anki2"
_REVIEWED: Final = 2
"""FSRS's state of a card that is reviewed at intervals of days."""
_RESCHEDULE: Final = """
    UPDATE cards SET type = 2, queue = 2, due = ?, ivl = ?, factor = 2500, reps = ?, lapses = ?, data = ?
    WHERE nid = (SELECT id FROM notes WHERE guid = ?)
"""
_STYLE: Final = ".card { font-family: sans-serif; font-size: 20px; text-align: left; }"


def package(store: ProgressStore) -> bytes:
    """The bytes of an ``.apkg`` file with every card that is still in the course.

    Raises:
        TutorError: genanki is not installed, there are no cards, or there is no lessons folder.
    """
    notes: list[tuple[str, str, str]] = []
    schedules: dict[str, Schedule] = {}
    for question, schedule in questions_of(store):
        facts = _facts_of(store, question) if question.predicts else None
        notes.append((question.id, front(question), back(question, facts)))
        schedules[_guid(question.id)] = schedule
    return with_schedules(_package_of(notes), schedules)


def package_of_lessons(lessons: Iterable[Lesson]) -> bytes:
    """The bytes of an ``.apkg`` file with every question and term of ``lessons`` as a new card.

    A question has the same note as in `package`, so Anki never holds it twice.

    Raises:
        TutorError: genanki is not installed, or there is nothing to ask.
    """
    notes: list[tuple[str, str, str]] = []
    for lesson in lessons:
        notes += ((each.id, front(each), back(each)) for each in lesson.every_question)
        notes += ((f"term:{each.id}", _html(f"**{each.name}**"), _definition(each)) for each in lesson.terms)
    return _package_of(notes)


def _definition(term: Term) -> str:
    return "<br><br>".join(_html(each) for each in (term.definition, term.formula) if each)


def _package_of(notes: Iterable[tuple[str, str, str]]) -> bytes:
    """A package of notes: an id that stays, the front, and the back.

    Raises:
        TutorError: genanki is not installed, or there are no notes.
    """
    try:
        import genanki
    except ImportError as error:
        raise TutorError(
            translate("transfer.no-genanki"),
            hint=translate("transfer.no-genanki-hint"),
            exit_code=ExitCode.CANNOT_WRITE,
        ) from error
    model = genanki.Model(
        _MODEL, "tutor", fields=[{"name": "Front"}, {"name": "Back"}], css=_STYLE,
        templates=[{"name": "Card", "qfmt": "{{Front}}", "afmt": '{{FrontSide}}<hr id="answer">{{Back}}'}],
    )  # fmt: skip
    deck = genanki.Deck(_DECK, "tutor")
    for identifier, shown, answer in notes:
        deck.add_note(genanki.Note(model=model, fields=[shown, answer], guid=_guid(identifier)))
    if not deck.notes:
        raise TutorError(translate("transfer.no-cards"), exit_code=ExitCode.USAGE)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tutor.apkg"
        genanki.Package(deck).write_to_file(str(file))
        return file.read_bytes()


def _guid(identifier: str) -> str:
    return blake2b(identifier.encode(), digest_size=8).hexdigest()


def with_schedules(content: bytes, schedules: Mapping[str, Schedule]) -> bytes:
    """The same package with due days, because genanki can only make new cards.

    Args:
        content: The package.
        schedules: The schedule of each card, by the guid of its note.
    """
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(io.BytesIO(content)) as package:
        file = Path(package.extract(_COLLECTION, folder))
        with closing(sqlite3.connect(file)) as connection, connection:
            (created,) = connection.execute("SELECT crt FROM col").fetchone()
            for guid, schedule in schedules.items():
                if schedule.state == _REVIEWED and schedule.stability is not None:
                    connection.execute(_RESCHEDULE, (*_as_anki_counts(schedule, created), guid))
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as copy:
            for name in package.namelist():
                copy.writestr(name, file.read_bytes() if name == _COLLECTION else package.read(name))
    return made.getvalue()


def _as_anki_counts(schedule: Schedule, created: int) -> tuple[object, ...]:
    """Due day (counted from the collection's first day), interval in days, reviews, lapses, FSRS state as JSON."""
    # A day begins at 4 o'clock in Anki, too.
    day = (study_day(schedule.due) - study_day(datetime.fromtimestamp(created, UTC))).days
    memory = json.dumps({"s": round(schedule.stability or 0.0, 4), "d": round(schedule.difficulty or 0.0, 3)})
    return day, max(1, round(schedule.stability or 0.0)), schedule.reviews, schedule.lapses, memory


def _facts_of(store: ProgressStore, question: Question) -> Facts | None:
    """The facts of the runs of the newest prediction, or None if these runs do not exist any more."""
    from tutor.runs.registry import Runs

    answer = store.newest_answers(question.lesson_id).get(question.id)
    if answer is None or len(answer.runs) != len(question.labs):
        return None
    runs = Runs(paths.runs_folder())
    try:
        followers = [runs.follow(run) for run in answer.runs]
    except TutorError:
        return None
    for follower in followers:
        follower.catch_up()
    facts = facts_of_runs(question.labs, [follower.summary.facts() for follower in followers])
    return facts if facts_needed(question) <= facts.keys() else None


def questions_of(store: ProgressStore) -> Iterable[tuple[Question, Schedule]]:
    """The question of every card, in the language in use, and its schedule."""
    deck = Deck(open_course())
    for card in store.cards.all():
        question = None if card.retired else deck.question(card.key, card.lesson_id, language())
        if question is not None:
            yield question, card.schedule


def front(question: Question) -> str:
    """The question as HTML."""
    prompt = question.prompt.replace(BLANK, " ______ ")
    if question.predicts:
        prompt = f"{prompt}\n\n*{translate('quiz.predict')}*"
    rows = _rows(question_type(question.kind).rows_without_attempt(question))
    return "<br><br>".join(each for each in (_html(f"**{question.title}**"), _html(prompt), rows) if each)


def back(question: Question, facts: Facts | None = None) -> str:
    """The correct answer and its explanation as HTML.

    Args:
        question: The question.
        facts: The facts of the learner's run, if a run decides the question and still exists. They decide the answer,
            and their figures are shown. Without them the author's answer is shown, which `tutor check` compares with
            a run.
    """
    type_ = question_type(question.kind)
    shown = range(type_.size(question))
    draft = type_.empty(question, shown)
    solution = type_.solution(question, shown, draft, type_.grade(question, draft, facts))
    typed = [html.escape(answer.text) for answer in solution.typed if not answer.own]  # plain text, not Markdown
    decided = [f"{figure.name}: {figure.value}" for figure in deciding_figures(question, facts)] if facts else []
    parts = (
        _rows(solution.lines), "<br>".join(typed), "<br>".join(map(html.escape, decided)), _html(question.explanation),
    )  # fmt: skip
    return "<br><br>".join(each for each in parts if each)


def _rows(rows: Sequence[AnswerRow]) -> str:
    """One line for each row; pairs and their partners form two groups."""
    groups = (
        "<br>".join(html.escape(line) for row in group for line in plain_lines(row.text, _WIDTH, inline=True))
        for _, group in groupby((row for row in rows if row.kind not in {"field", "head"}), lambda row: row.kind)
    )
    return "<br><br>".join(groups)


def _html(markdown: str) -> str:
    return "<br>".join(html.escape(line) for line in plain_lines(markdown, _WIDTH))
