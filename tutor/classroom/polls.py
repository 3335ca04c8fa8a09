"""A poll counted: how many answered, what they chose, and which options hold of the runs so far."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.classroom.events import MOST_CHOICES, MOST_TEXTS, Tally, Vote
from tutor.course.conditions import Facts
from tutor.course.lesson import Option, Options, Place, Question
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate

if TYPE_CHECKING:
    from tutor.classroom.room import Poll
    from tutor.course.catalogue import Course
    from tutor.labs.lab_config import LabConfig


@dataclass(frozen=True, slots=True)
class Counts:
    """What a class has answered.

    Args:
        options: How many chose each option.
        texts: Without options, the commonest answers and how many gave them, the commonest first.
    """

    options: tuple[int, ...] = ()
    texts: tuple[tuple[str, int], ...] = ()


def count_votes(votes: Iterable[Vote], options: int) -> Counts:
    """Count answers.

    Args:
        votes: One for each learner.
        options: How many options there are; 0 if the answer is typed, put in order or paired.
    """
    if options:
        chosen = Counter(index for vote in votes for index in set(vote.indices) if 0 <= index < options)
        return Counts(tuple(chosen[index] for index in range(min(options, MOST_CHOICES))))
    texts = Counter(shown_answer(vote) for vote in votes)
    return Counts(texts=tuple(sorted(texts.items(), key=lambda each: (-each[1], each[0]))[:MOST_TEXTS]))


def shown_answer(vote: Vote) -> str:
    """Return an answer without options as one text: what was typed, or the order or the partners by number."""
    return "; ".join(each.strip() for each in vote.texts) or " ".join(str(each + 1) for each in vote.indices)


def tally_of(poll: Poll, votes: Iterable[Vote], options: int, present: int, at: float) -> Tally:
    """Return the tally of a poll's present round. While the round is open, it does not say what was answered."""
    cast = list(votes)
    if poll.open:
        return Tally(at=at, poll=poll.id, round=poll.round, answered=len(cast), present=max(present, len(cast)))
    counts = count_votes(cast, options)
    return Tally(
        at=at, poll=poll.id, round=poll.round, answered=len(cast), present=max(present, len(cast)),
        counts=counts.options or tuple(count for _, count in counts.texts),
        texts=tuple(text[:120] for text, _ in counts.texts),
    )  # fmt: skip


def counts_in(tally: Tally | None) -> Counts | None:
    """Return what a tally says of a closed round; None if it says nothing of it."""
    if tally is None or not tally.counts:
        return None
    if tally.texts:
        return Counts(texts=tuple(zip(tally.texts, tally.counts, strict=False)))
    return Counts(tally.counts)


def question_of(poll: Poll, course: Course | None, language: str) -> Question | None:
    """Return what a poll asks; None if this course does not have it. It reads files, so call it in a thread."""
    if course is None:
        return None
    if poll.opened.lab:
        return _turning(poll, course, language)
    from tutor.study.misconceptions import question_in

    return question_in(course, poll.opened.lesson, poll.opened.question, language)


def _turning(poll: Poll, course: Course, language: str) -> Question | None:
    """What would you turn? A question whose options are controls of a lab, and which nothing decides."""
    from tutor.labs.lab_files import load_lab
    from tutor.labs.settings import SETTINGS

    try:
        lab = load_lab(poll.opened.lab, course.labs)
    except TutorError:
        return None
    place = Place(course.labs.path(poll.opened.lab) or course.folder)
    titles = (SETTINGS[key].title() for key in poll.opened.choices if key in SETTINGS)
    options = tuple(Option(title, False, "", None, place) for title in titles)
    prompt = translate("class.turn-prompt", lab=lab.title_in(language))
    return Question(poll.id, "single", translate("class.turn"), prompt, (), "", Options(options), (), place, "")


def choices_of(lab: LabConfig) -> tuple[str, ...]:
    """Return the keys of the controls that a poll about a lab can offer, each once."""
    from tutor.labs.settings import SETTINGS

    return tuple(dict.fromkeys(each.key for each in lab.controls.values() if each.key in SETTINGS))[:MOST_CHOICES]


def seed_of(poll: Poll) -> int:
    """Return the seed that shuffles the options: the same on every screen, so that people can talk about number 2."""
    return zlib.crc32(poll.id.encode())


def option_count(question: Question) -> int:
    """Return how many options a poll has; 0 if its answer is not one or some of them."""
    from tutor.course.questions import question_type

    return len(question.options) if question_type(question.kind).interaction == "choose" else 0


def holding(question: Question, facts: Facts) -> tuple[bool | None, ...]:
    """Return for each option whether its condition holds of the facts; None if they do not say."""
    return tuple(
        option.when.holds(facts) if option.when is not None and option.when.names <= facts.keys() else None
        for option in question.options
    )
