"""What a lesson is made of, once it has been read. Immutable: a lesson on the screen never changes under its reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import sentences

if TYPE_CHECKING:
    from tutor.course.conditions import Condition

DEPENDENCES = ("seed", "data-seed", "rounding")
"""What the answer of a question that a run settles may depend on: the seed of the training, the seed with which the
data are drawn, the last bits of the arithmetic."""

BLANK = "\ufffc"
"""Stands in a prompt for each blank to fill in, in order."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in a file. Lines and columns count from 1."""

    path: Path
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        """``path:line:column``, which editors and terminals can follow."""
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong in a lesson file: where, what, and how to mend it."""

    place: Place
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """One line: ``path:line:column: message hint``."""
        return harmless_line(f"{self.place}: {sentences(self.message, self.hint)}")


@dataclass(frozen=True, slots=True)
class Prose:
    """A run of Markdown between other blocks, headings included; no question, term or lab is in it."""

    markdown: str
    place: Place


@dataclass(frozen=True, slots=True)
class LabFence:
    """A lab at this place in the text.

    Args:
        lab: The lab's id: the name of a file in ``labs/``.
        name: What conditions call its run, such as ``a``; empty where there is only one.
        overrides: Dotted keys and the values that replace the lab's own.
    """

    lab: str
    name: str
    overrides: Mapping[str, object]
    place: Place


@dataclass(frozen=True, slots=True)
class Content:
    """What a question asks for, beside its prompt. Each question type has a subclass; this one asks for nothing."""


@dataclass(frozen=True, slots=True)
class Option:
    """One line to choose, or to put in order.

    Args:
        text: Inline Markdown.
        ticked: Whether it is right to choose it. Every line of an ordering is unticked.
        feedback: Markdown for a learner who chose it, or empty.
        when: What a run must show for this option to be true; None where no run decides.
    """

    text: str
    ticked: bool
    feedback: str
    when: Condition | None
    place: Place


@dataclass(frozen=True, slots=True)
class Options(Content):
    """Lines to choose from, or to put in order: then the file's order is the true one."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as its author wrote it: options in the file's order.

    Args:
        id: Unique in the course; the learner's memory knows the question by it.
        kind: The name of its type, read off the shape of its answer: see `tutor.course.questions.question_type`.
        title: The heading, inline Markdown.
        prompt: Markdown; with fill-in, `BLANK` stands for each blank.
        hints: Markdown, in the order in which they are given.
        explanation: Markdown, shown after the answer is locked.
        content: What is asked for, in the form of its type.
        labs: Runs that settle the question; the learner commits first.
        figure: With numeric and labs, the fact of the run that must lie in the answer's range.
        was: Its former ids, ``old-id`` or ``old-lesson/old-id``; answers that were kept under them are answers to it.
        depends: Those of `DEPENDENCES` on which its answer is known to depend.
        variant_of: The question of the same lesson that asks the same in other words; empty if it stands for itself. A
            variant is asked in quizzes and reviews, and is not in the lesson's text.
    """

    id: str
    kind: str
    title: str
    prompt: str
    hints: tuple[str, ...]
    explanation: str
    content: Content
    labs: tuple[LabFence, ...]
    place: Place
    lesson_id: str
    figure: str = ""
    was: tuple[str, ...] = ()
    depends: frozenset[str] = frozenset()
    variant_of: str = ""

    @property
    def options(self) -> tuple[Option, ...]:
        """The lines to choose from or to put in order; none if its type has no options."""
        return self.content.options if isinstance(self.content, Options) else ()

    @property
    def original(self) -> str:
        """The id of the question in the lesson's text that it is, or is a variant of."""
        return self.variant_of or self.id

    @property
    def predicts(self) -> bool:
        """Whether a run settles it: predict, then run."""
        return bool(self.labs)


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary entry in one language; ``was`` holds its former ids."""

    id: str
    name: str
    also: tuple[str, ...]
    definition: str
    formula: str
    see: tuple[str, ...]
    place: Place
    lesson_id: str
    was: tuple[str, ...] = ()


Block = Prose | LabFence | Question | Term


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the lesson and the block in which it stands."""

    title: str
    level: int
    anchor: str
    block_index: int


@dataclass(frozen=True)
class Lesson:
    """A lesson in one language, in the order in which it is read.

    `left_out` holds the questions so faulty that no answer could be right: never asked, only checked. `was` holds its
    former ids, and ``old-lesson/question`` for a question that has moved here and kept its id. `variants` holds the
    questions that stand in for one of the text.
    """

    id: str
    title: str
    number: int
    language: str
    needs: tuple[str, ...]
    minutes: int
    blocks: tuple[Block, ...]
    path: Path
    part: str = ""
    sections: tuple[Section, ...] = field(default=())
    left_out: tuple[Question, ...] = field(default=())
    variants: tuple[Question, ...] = field(default=())
    was: tuple[str, ...] = ()

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The questions of its text, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Question))

    @property
    def every_question(self) -> tuple[Question, ...]:
        """Its questions, and the variants of them."""
        return (*self.questions, *self.variants)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The terms it defines."""
        return tuple(block for block in self.blocks if isinstance(block, Term))

    @cached_property
    def labs(self) -> tuple[LabFence, ...]:
        """The labs in its text; those of questions are with their questions."""
        return tuple(block for block in self.blocks if isinstance(block, LabFence))
