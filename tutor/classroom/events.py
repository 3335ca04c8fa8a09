"""The events of a class: what its teachers do and what its learners do, each as one line of a log.

Every length is bounded here, because a learner's log may hold anything: an event that breaks a bound is not an event.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from tutor.progress.records import Given

MOST_CHOICES = 24
"""The most options of a poll that are counted."""
MOST_TEXTS = 8
"""The most texts of an answer, and the most different texts that a tally names."""
LONGEST_TEXT = 120
_LONGEST_EVENT = 3500
"""Bytes of one event, well below what is written whole or not at all."""

Id = Annotated[str, Meta(max_length=120)]
"""The id of a lesson, a question, a lab, a poll."""
Name = Annotated[str, Meta(max_length=64, pattern=r"\A[A-Za-z0-9][A-Za-z0-9._-]*\Z")]
"""The name of a folder."""
Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]
Time = Annotated[float, Meta(ge=0, le=1e11)]
"""Seconds since 1970, in UTC."""
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
_Indices = Annotated[tuple[Annotated[int, Meta(ge=-1, le=1000)], ...], Meta(max_length=MOST_CHOICES)]
_Texts = Annotated[tuple[Text, ...], Meta(max_length=MOST_TEXTS)]


class Event(Struct, frozen=True, tag_field="type", forbid_unknown_fields=False, omit_defaults=True, kw_only=True):
    """Something that happened at a time."""

    at: Time


# -- what teachers do --------------------------------------------------------------------------------------


class Opened(Event, tag="opened", frozen=True):
    """A poll was opened: a question of a lesson, or "what would you turn?" on a lab.

    Args:
        poll: Its id.
        lesson: The lesson of the question; empty if it is about a lab.
        question: The question.
        lab: The lab.
        choices: The keys of the lab's controls that can be chosen.
        anonymous: Whether names are left out of what is shown and exported.
    """

    poll: Id
    lesson: Id = ""
    question: Id = ""
    lab: Id = ""
    choices: Annotated[tuple[Id, ...], Meta(max_length=MOST_CHOICES)] = ()
    anonymous: bool = False


class Closed(Event, tag="closed", frozen=True):
    """No more answers are wanted in this round of a poll. Those that arrive all the same still count."""

    poll: Id
    round: Count = 1


class Again(Event, tag="again", frozen=True):
    """A poll was opened for another round."""

    poll: Id
    round: Count


class Running(Event, tag="running", frozen=True):
    """A poll is decided: by its runs, one for each lab of the question, or without runs by the answer key."""

    poll: Id
    runs: Annotated[tuple[Name, ...], Meta(max_length=8)] = ()


class Picked(Event, tag="picked", frozen=True):
    """A teacher is about to open a poll from this lesson, so that everybody's process reads it in advance."""

    lesson: Id


class PutAway(Event, tag="put-away", frozen=True):
    """A poll is over: it leaves the screens."""

    poll: Id


class Tally(Event, tag="tally", frozen=True):
    """How a round of a poll stands, for the learners, who cannot see each other's answers.

    Args:
        poll: The poll.
        round: The round.
        answered: How many have answered.
        present: How many are there.
        counts: While the round is open, nothing; then how many chose each option, or gave each of ``texts``.
        texts: The commonest answers if there is nothing to choose from.
    """

    poll: Id
    round: Count
    answered: Count
    present: Count
    counts: Annotated[tuple[Count, ...], Meta(max_length=MOST_CHOICES)] = ()
    texts: _Texts = ()


class Follow(Event, tag="follow", frozen=True):
    """Everybody is asked to a place: a section of a lesson, or a lab. Without either, nobody is asked any more."""

    lesson: Id = ""
    anchor: Id = ""
    lab: Id = ""


class Exported(Event, tag="exported", frozen=True):
    """The answers were written into a file."""

    file: Id
    answers: Count


TeacherEvent = Opened | Closed | Again | Running | Picked | PutAway | Tally | Follow | Exported

# -- what learners do --------------------------------------------------------------------------------------


class Present(Event, tag="present", frozen=True):
    """A learner is somewhere.

    Args:
        session: Tells the terminals of one learner apart.
        place: The kind of screen, such as ``lesson`` or ``lab``.
        lesson: The lesson; may be empty.
        section: The number of its section; 0 if that says nothing.
        lab: The lab; may be empty.
        idle_since: When the last key was pressed, if that is a while ago; 0 otherwise.
    """

    session: Id
    place: Id
    lesson: Id = ""
    section: Count = 0
    lab: Id = ""
    idle_since: Time = 0.0


class Left(Event, tag="left", frozen=True):
    """A learner has left a terminal."""

    session: Id


class Help(Event, tag="help", frozen=True):
    """A learner asks for help, or no longer does."""

    wanted: bool


class Vote(Event, tag="vote", frozen=True):
    """An answer to a round of a poll: indices of options in the order of the lesson file, or texts.

    Args:
        poll: The poll.
        round: The round.
        indices: The options.
        texts: What was typed.
        key: The answer's key in the learner's progress.
        nameless: Whether the learner was told that names are left out.
    """

    poll: Id
    round: Count
    indices: _Indices = ()
    texts: _Texts = ()
    key: Id = ""
    nameless: bool = False


class Seen(Event, tag="seen", frozen=True):
    """A learner has seen something: the page that says what a teacher sees, or a poll."""

    what: Id


class Answered(Event, tag="answered", frozen=True):
    """An answer that the learner's progress keeps, outside of polls."""

    key: Id
    lesson: Id
    question: Id
    kind: Id
    indices: _Indices = ()
    texts: _Texts = ()
    correct: bool | None = None
    unsure: bool = False
    hints: Count = 0
    seconds: Annotated[float, Meta(ge=0, le=1e7)] = 0.0


class Settled(Event, tag="settled", frozen=True):
    """A run has decided an answer."""

    key: Id
    correct: bool


class Unsure(Event, tag="unsure", frozen=True):
    """A learner has said afterwards whether they were unsure."""

    key: Id
    unsure: bool


LearnerEvent = Present | Left | Help | Vote | Seen | Answered | Settled | Unsure


def parts_of(given: Given) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return an answer as the indices and the texts of an event, within their bounds."""
    indices = tuple(each for each in given if isinstance(each, int))[:MOST_CHOICES]
    texts = tuple(each[:LONGEST_TEXT] for each in given if isinstance(each, str))[:MOST_TEXTS]
    if len(msgspec.json.encode(texts)) > _LONGEST_EVENT:
        texts = tuple(each[: LONGEST_TEXT // 4] for each in texts)
    return indices, texts


def given_of(event: Vote | Answered) -> Given:
    """Return the answer of an event."""
    return event.texts or event.indices
