"""The parts of a lesson that has been read. They are immutable, so a lesson on the screen never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.foundation.program_files import files_of
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
    """A place in a file. Lines and columns count from 1."""

    path: Path
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        """Return ``path:line:column``, which editors and terminals can open."""
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """A fault in a lesson file: where it is, what is wrong, and how to fix it."""

    place: Place
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Return one line: ``path:line:column: message hint``."""
        return harmless_line(f"{self.place}: {sentences(self.message, self.hint)}")


@dataclass(frozen=True, slots=True)
class Prose:
    """A passage of Markdown between other blocks, including headings, without questions, terms or labs."""

    markdown: str
    place: Place


@dataclass(frozen=True, slots=True)
class LabFence:
    """A lab at this place in the text.

    Args:
        lab: The id of the lab: the name of a file in ``labs/``.
        name: The name of its run in conditions, such as ``a``. Empty if there is only one run.
        overrides: Dotted keys and the values that replace those in the lab's file.
        lines: The line of each key in the lesson's file, as far as they are known.
    """

    lab: str
    name: str
    overrides: Mapping[str, object]
    place: Place
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Content:
    """What a question asks for, apart from its prompt. Each question type has a subclass; this asks for nothing."""


@dataclass(frozen=True, slots=True)
class Option:
    """A line to choose or to put in order.

    Args:
        text: Inline Markdown.
        ticked: Whether it is correct to choose it. The lines of an ordering are never ticked.
        feedback: Markdown for a learner who chose it, or empty.
        when: The condition that a run must meet for this option to be true. None if no run decides.
    """

    text: str
    ticked: bool
    feedback: str
    when: Condition | None
    place: Place


@dataclass(frozen=True, slots=True)
class Options(Content):
    """Lines to choose from or to put in order. For an ordering, the order in the file is correct."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as its author wrote it, with the options in the order of the file.

    Args:
        id: Unique in the course. The learner's progress is stored under it.
        kind: The name of its type, inferred from its answer: see `tutor.course.questions.question_type`.
        title: The heading, as inline Markdown.
        prompt: Markdown. In a fill-in question, `BLANK` marks each blank.
        hints: Markdown, in the order in which they are given.
        explanation: Markdown, shown after the answer is submitted.
        content: What the question asks for, in the form of its type.
        labs: Runs that decide the question. The learner answers before they start.
        figure: For a numeric question with labs, the fact of the run that must lie in the range of the answer.
        was: Its former ids, ``old-id`` or ``old-lesson/old-id``. Answers stored under them count for this question.
        depends: The members of `DEPENDENCES` that its answer depends on.
        opening: Whether the lesson opens with it: in the text, the answer is locked without a verdict, which the end of
            the lesson gives.
        variant_of: The question of the same lesson that it rewords. Empty if it is not a variant. A variant appears in
            quizzes and reviews, but not in the text of the lesson.
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
    opening: bool = False

    @property
    def options(self) -> tuple[Option, ...]:
        """The lines to choose from or to put in order. Empty if its type has no options."""
        return self.content.options if isinstance(self.content, Options) else ()

    @property
    def original(self) -> str:
        """Its own id or, for a variant, the id of the question that it is a variant of."""
        return self.variant_of or self.id

    @property
    def predicts(self) -> bool:
        """Whether a run decides it: the learner predicts, then runs the lab."""
        return bool(self.labs)


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary entry in one language. ``was`` holds its former ids."""

    id: str
    name: str
    also: tuple[str, ...]
    definition: str
    formula: str
    see: tuple[str, ...]
    place: Place
    lesson_id: str
    was: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpeningAnswer:
    """The place near the end of a lesson where its opening question is answered."""

    place: Place


@dataclass(frozen=True, slots=True)
class Case:
    """A case of an exercise, as the author wrote it into the table: literals of Python that nobody has evaluated.

    Args:
        name: What the learner reads.
        arguments: The literals, by the names of the parameters.
        function: The function that is called; empty for the first one of the exercise.
        gives: The literal of the result that was worked out by hand; empty if there is none.
        gives_place: Where that stands.
    """

    name: str
    arguments: tuple[tuple[str, str], ...]
    function: str
    gives: str
    place: Place
    gives_place: Place


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong solution, and the idea that leads there.

    Args:
        source: The whole wrong program.
        replacements: The pairs that turn the solution into it; empty if the author wrote the whole program.
        feedback: Markdown.
        place: Where it stands.
    """

    source: str
    replacements: tuple[tuple[str, str], ...]
    feedback: str
    place: Place

    @property
    def name(self) -> str:
        """What it is called in the learner's answers: the same in every language, and unique in the exercise."""
        return "; ".join(f"{right} → {wrong}" for right, wrong in self.replacements) or self.source.strip()


@dataclass(frozen=True, slots=True)
class ExerciseOptions:
    """What an author may set behind the id of an exercise.

    Args:
        tolerance: The largest relative error that counts as equal.
        seconds: How long a case may take.
        memory: How many MiB a case may hold.
        lines: The most lines of code that the function may have; 0 for any number.
        forbid: Words of Python and names, such as ``for`` and ``np.linalg``, that it may not contain.
        copies: The exercises whose programs the learner may copy beside the files of this one.
    """

    tolerance: float = 1e-7
    seconds: float = 2.0
    memory: int = 256
    lines: int = 0
    forbid: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exercise:
    """A function that the learner writes, as its author wrote it. Nothing of it has been run.

    Args:
        id: Unique in the course, also among questions. The learner's file and progress are stored under it.
        title: The heading, as inline Markdown.
        task: Markdown.
        starter: The program that the learner's file begins with; see `files` for one of several.
        function: The name of its first function (of several files, that of the last one's first), which the cases call
            unless they name another one.
        parameters: The names of that function's parameters.
        functions: The parameters of every function that cases may call, by the function's name: those of the starter in
            its order, then those of the harness.
        cases: The rows of the table.
        more_cases: A program whose ``cases(random)`` yields names and arguments; empty if there is none.
        more_cases_place: Where it stands, or the exercise if there is none.
        check: A program whose ``check(got, **arguments)`` returns a sentence, the number of a mistake from 1, or
            None if all is well; empty if results are compared with those of the solution.
        hints: Markdown, in the order in which they are given.
        solution: The program of the solution.
        solution_place: Where it stands.
        why: Markdown, shown with the solution.
        mistakes: Wrong solutions.
        labs: Labs that the function can train, with the slots that it fills there in `slots`.
        slots: For each slot of those labs, the exercise whose function fills it.
        harness: The file ``harness.py`` of an exercise of several files, whose functions call the learner's; or empty.
    """

    id: str
    title: str
    task: str
    starter: str
    function: str
    parameters: tuple[str, ...]
    functions: Mapping[str, tuple[str, ...]]
    cases: tuple[Case, ...]
    more_cases: str
    more_cases_place: Place
    check: str
    hints: tuple[str, ...]
    solution: str
    solution_place: Place
    why: str
    mistakes: tuple[Mistake, ...]
    labs: tuple[LabFence, ...]
    slots: Mapping[str, str]
    options: ExerciseOptions
    place: Place
    lesson_id: str
    harness: str = ""

    @property
    def files(self) -> tuple[str, ...]:
        """The names of its files without ``.py``, the one that is run last; empty if there is only one."""
        return tuple(each.name for each in files_of(self.starter))

    def runnable(self, source: str) -> str:
        """A program together with the harness."""
        return f"{source.rstrip()}\n\n\n# --- harness.py ---\n{self.harness}" if self.harness else source


Block = Prose | LabFence | Question | Term | OpeningAnswer | Exercise


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the lesson and the block that contains it."""

    title: str
    level: int
    anchor: str
    block_index: int


@dataclass(frozen=True)
class Lesson:
    """A lesson in one language, in reading order.

    `left_out` holds questions so faulty that no answer could be right; checked but never asked. `was` holds the
    lesson's former ids, or ``old-lesson/question`` for a question that moved here and kept its id. `variants` holds the
    questions that can replace one in the text.
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
        """The questions in its text, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Question))

    @cached_property
    def opening(self) -> Question | None:
        """The question that the lesson opens with and answers at its end; None if it has none."""
        return next((each for each in self.questions if each.opening), None)

    @cached_property
    def opening_answer(self) -> int | None:
        """The index of the block where the opening question is answered; None if there is no opening question."""
        places = (number for number, block in enumerate(self.blocks) if isinstance(block, OpeningAnswer))
        return next(places, None) if self.opening is not None else None

    @property
    def every_question(self) -> tuple[Question, ...]:
        """The questions in its text and their variants."""
        return (*self.questions, *self.variants)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The terms that it defines."""
        return tuple(block for block in self.blocks if isinstance(block, Term))

    @cached_property
    def exercises(self) -> tuple[Exercise, ...]:
        """The exercises in its text."""
        return tuple(block for block in self.blocks if isinstance(block, Exercise))

    def exercise(self, exercise_id: str) -> Exercise | None:
        """The exercise with an id; None if the lesson has none."""
        return next((each for each in self.exercises if each.id == exercise_id), None)

    def question(self, question_id: str) -> Question | None:
        """The question or variant with an id; None if the lesson has none."""
        return next((each for each in self.every_question if each.id == question_id), None)

    def section_of(self, block: int) -> Section | None:
        """The section that a block belongs to, of whatever level; None above the first one."""
        return next((each for each in reversed(self.sections) if each.block_index <= block), None)

    @property
    def task_count(self) -> int:
        """How many questions and exercises are in its text: what there is to answer."""
        return len(self.questions) + len(self.exercises)

    @cached_property
    def labs(self) -> tuple[LabFence, ...]:
        """The labs in its text. The labs of a question are stored with the question."""
        return tuple(block for block in self.blocks if isinstance(block, LabFence))
