"""The cards as a package for Anki: text on both sides, the same notes at every export.

Anki has its own idea of when a card is due, so only what is asked is handed over.
"""

from __future__ import annotations

import html
import tempfile
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tutor.course.catalogue import Course
from tutor.course.lesson import BLANK, Question, QuestionKind
from tutor.foundation import paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import language, translate
from tutor.study.deck import Deck
from tutor.typeset.page import plain_lines

if TYPE_CHECKING:
    from tutor.progress.store import ProgressStore

_DECK: Final = 1_724_000_017
_MODEL: Final = 1_724_000_018
_WIDTH: Final = 100
_STYLE: Final = ".card { font-family: sans-serif; font-size: 20px; text-align: left; }"


def package(store: ProgressStore) -> bytes:
    """An ``.apkg`` file of every card that is still in the course.

    Raises:
        TutorError: genanki is not installed, there are no cards, or there is no lessons folder.
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
    for question in questions_of(store):
        guid = blake2b(question.id.encode(), digest_size=8).hexdigest()
        deck.add_note(genanki.Note(model=model, fields=[front(question), back(question)], guid=guid))
    if not deck.notes:
        raise TutorError(translate("transfer.no-cards"), exit_code=ExitCode.USAGE)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tutor.apkg"
        genanki.Package(deck).write_to_file(str(file))
        return file.read_bytes()


def questions_of(store: ProgressStore) -> Iterable[Question]:
    """What every card asks, in the language in use."""
    deck = Deck(Course(paths.lessons_folder()))
    for card in store.cards.all():
        question = None if card.retired else deck.question(card.key, card.lesson_id, language())
        if question is not None and not question.predicts:
            yield question


def front(question: Question) -> str:
    """What is asked, as HTML."""
    prompt = question.prompt.replace(BLANK, " ______ ")
    options = [option.text for option in question.options]
    if question.kind is QuestionKind.ORDERING:
        options.sort()  # their order in the file is the answer
    return "<br><br>".join(
        each for each in (_html(f"**{question.title}**"), _html(prompt), "<br>".join(map(_html, options))) if each
    )


def back(question: Question) -> str:
    """What is right, and why, as HTML."""
    if question.kind is QuestionKind.ORDERING:
        right = [option.text for option in question.options]
    elif question.options:
        right = [option.text for option in question.options if option.ticked]
    elif question.answer is not None:
        right = [question.answer.shown]
    else:
        right = [blank.accepted[0] for blank in question.blanks]
    return "<br><br>".join(each for each in ("<br>".join(map(_html, right)), _html(question.explanation)) if each)


def _html(markdown: str) -> str:
    return "<br>".join(html.escape(line) for line in plain_lines(markdown, _WIDTH))
