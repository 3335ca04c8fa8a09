"""A lesson being read: the reader's position, how much was read, and the answers to the questions in the text."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tutor.course.lesson import Exercise, Lesson, Prose, Question, Term
from tutor.course.questions import question_type
from tutor.foundation import clock
from tutor.progress.cards import Side, term_key
from tutor.progress.records import Position, now
from tutor.study.attempt import TRIES, Attempt, attempt_from_answer
from tutor.study.question_attempt import AttemptContext, Clock, Mark, QuestionAttempt, Score, score_of
from tutor.study.quiz_session import new_seed
from tutor.study.reading_time import ReadingTime

if TYPE_CHECKING:
    from tutor.course.lesson import Block
    from tutor.progress.store import ProgressStore

_SAVE_STEP = 0.05
"""The fraction of a lesson after which `move` saves by itself."""


class LessonSession:
    """One reading of a lesson.

    Args:
        lesson: The lesson.
        store: The learner's progress.
        seconds: Measures how long answers and reading take.
    """

    def __init__(self, lesson: Lesson, store: ProgressStore, *, seconds: Clock = clock.monotonic_seconds) -> None:
        self.lesson = lesson
        self._store = store
        self._context = AttemptContext(store, seconds=seconds)
        self._questions = {question.id: question for question in lesson.questions}
        self._exercises: dict[str, QuestionAttempt] = {}
        self._newest = store.newest_answers(lesson.id)
        self._starts = _starts([_weight(block) for block in lesson.blocks])
        self.position = self._found_again(store.position(lesson.id))
        state = store.lesson_states().get(lesson.id)
        self.fraction_read = state.read_fraction if state is not None else 0.0
        self._written = (self.position, self.fraction_read) if state is not None else None
        self._met: set[str] = set()
        self._reading = ReadingTime(lesson.id, store, seconds=seconds)

    # -- reading -----------------------------------------------------------------------------------------

    def move(
        self,
        block: int,
        within: float = 0.0,
        *,
        seen_block: int | None = None,
        seen_within: float = 1.0,
        look: bool = False,
    ) -> None:
        """Note that the reader has scrolled. The position is saved now and then; `save` always saves it.

        Args:
            block: Index of the block at the top of the screen.
            within: How far into it the top of the screen is, from 0 to 1.
            seen_block: Index of the block at the bottom of the screen; by default that of the top block.
            seen_within: How far into that block the bottom of the screen is.
            look: Whether the reader has jumped here, such as to the end or to a term, and has not gone on from here. A
                look moves neither the saved position nor how much was read.
        """
        top = self.fraction_at(block, within)
        seen = self.fraction_at(block if seen_block is None else seen_block, seen_within)
        if look and not (top <= 0.0 and seen >= 1.0):
            return
        self.position = Position(block, within, self._anchor_of(block))
        self.fraction_read = max(self.fraction_read, seen)
        self._meet(block if seen_block is None else seen_block)
        if self._written is None or self.fraction_read - self._written[1] >= _SAVE_STEP or self.fraction_read >= 1.0:
            self.save()

    def on_input(self, *, in_front: bool) -> None:
        """Count the reading time up to now: the learner pressed a key, or began to do something else.

        Args:
            in_front: Whether the learner looks at this lesson. If so, they read it unless they answer a question.
        """
        answering = any(exercise.worked_on for exercise in self._exercises.values())
        if in_front and not answering:
            self._reading.on()
        else:
            self._reading.off()
        if not in_front:
            self._reading.keep(last=True)

    def _meet(self, last_block: int) -> None:
        """Make cards for the terms that have been on the screen, so that reviews ask for them."""
        blocks = enumerate(self.lesson.blocks)
        seen = {
            block.id
            for at, block in blocks
            if isinstance(block, Term) and (at <= last_block or self._starts[at] < self.fraction_read)
        }
        if seen <= self._met:
            return
        keys = [term_key(term, Side.MEANING) for term in sorted(seen - self._met)]
        self._store.cards.see(keys, self.lesson.id, now())
        self._met |= seen

    def save(self) -> None:
        """Save the reader's position, if it has changed."""
        if self._written == (self.position, self.fraction_read):
            return
        self._store.set_position(
            self.lesson.id, self.position, fraction=self.fraction_read, questions=self.lesson.task_count
        )
        self._written = (self.position, self.fraction_read)

    def fraction_at(self, block: int, within: float) -> float:
        """The fraction of the lesson above a place, from 0 to 1, measured by length of text and not by blocks."""
        if not self.lesson.blocks:
            return 1.0
        block = max(0, min(block, len(self.lesson.blocks) - 1))
        start, end = self._starts[block], self._starts[block + 1]
        return min(1.0, start + (end - start) * max(0.0, min(within, 1.0)))

    # -- questions ---------------------------------------------------------------------------------------

    def exercise(self, question_id: str) -> QuestionAttempt:
        """The attempt at a question in the text: the last one if there is any, else a new one.

        Raises:
            KeyError: the lesson has no such question.
        """
        if question_id not in self._exercises:
            self._exercises[question_id] = self._recalled(question_id) or self._fresh(question_id)
        return self._exercises[question_id]

    def again(self, question_id: str) -> QuestionAttempt:
        """A new attempt at a question, shuffled again. Earlier answers stay in the store."""
        self._exercises[question_id] = self._fresh(question_id)
        return self._exercises[question_id]

    def reveal_opening(self) -> bool:
        """Give the verdict on the opening question: the reader has come to its answer. Returns whether one waited."""
        opening = self.lesson.opening
        return opening is not None and self.exercise(opening.id).reveal()

    def translate(self, lesson: Lesson) -> None:
        """Continue with the same lesson in another language; unfinished answers and the position stay."""
        self.lesson = lesson
        self._questions = {question.id: question for question in lesson.questions}
        self._starts = _starts([_weight(block) for block in lesson.blocks])
        self.position = self._found_again(self.position)
        alike = {
            name: exercise
            for name, exercise in self._exercises.items()
            if name in self._questions and exercise.attempt.translate(self._questions[name])
        }
        self._exercises = alike

    def mark(self, question_id: str) -> Mark:
        """The mark of a question or an exercise: the verdict on its last counted answer, here or in a quiz."""
        exercise = self._exercises.get(question_id)
        if exercise is not None and exercise.mark is not Mark.OPEN:
            return exercise.mark
        family = (question_id, *(each.id for each in self.lesson.variants if each.variant_of == question_id))
        answers = [self._newest[each] for each in family if each in self._newest]
        answer = max(answers, key=lambda each: each.at, default=None)
        if answer is None:
            return Mark.OPEN
        return Mark.RIGHT if answer.correct else Mark.WRONG

    @property
    def wrong_ids(self) -> tuple[str, ...]:
        """Questions to try again, in the lesson's order."""
        return tuple(each for each in self._questions if self.mark(each) is Mark.WRONG)

    @property
    def score(self) -> Score:
        """Over the lesson's questions and exercises."""
        exercises = (each.id for each in self.lesson.exercises)
        return score_of(self.mark(each) for each in (*self._questions, *exercises))

    # -- inside ------------------------------------------------------------------------------------------

    def _fresh(self, question_id: str) -> QuestionAttempt:
        question = self._questions[question_id]
        attempt = Attempt(question, new_seed(), tries=TRIES)
        attempt.deferred = question.opening and self.mark(question_id) not in {Mark.RIGHT, Mark.WRONG}
        return self._exercise_of(attempt)

    def _exercise_of(self, attempt: Attempt, key: str = "") -> QuestionAttempt:
        return QuestionAttempt(attempt, self._context, key=key, retry=partial(self.again, attempt.question.id))

    def _recalled(self, question_id: str) -> QuestionAttempt | None:
        question: Question = self._questions[question_id]
        answer = self._newest.get(question_id)
        deferred = answer is None and question.opening
        if deferred:
            answer = self._store.newest_uncounted(self.lesson.id, question_id)
        if answer is None:
            return None
        attempt = attempt_from_answer(question, answer.seed, answer.given, deferred=deferred)
        if attempt is None:
            return None
        attempt.unsure = answer.unsure
        return self._exercise_of(attempt, answer.key)

    def _anchor_of(self, block: int) -> str:
        section = self.lesson.section_of(block)
        return section.anchor if section is not None else ""

    def _found_again(self, position: Position | None) -> Position:
        """The saved position in today's text, or the start of its section if the text has changed."""
        last = len(self.lesson.blocks) - 1
        if position is None or last < 0:
            return Position()
        same_section = position.block <= last and self._anchor_of(position.block) == position.anchor
        anchors = {section.anchor: section.block_index for section in self.lesson.sections}
        if not same_section and position.anchor in anchors:
            return Position(anchors[position.anchor], 0.0, position.anchor)
        return Position(max(0, min(position.block, last)), position.within, position.anchor)


def _weight(block: Block) -> int:
    """About how many lines a block takes to read."""
    if isinstance(block, Prose):
        return 2 + len(block.markdown) // 60
    if isinstance(block, Term):
        return 3 + len(block.definition) // 60
    if isinstance(block, Question):
        return 6 + len(block.prompt) // 60 + question_type(block.kind).size(block)
    if isinstance(block, Exercise):
        return 8 + len(block.task) // 60 + block.starter.count("\n")
    return 10


def _starts(weights: list[int]) -> list[float]:
    """Where each block begins, and where the last one ends, as fractions of the lesson."""
    total = sum(weights) or 1
    starts = [0.0]
    for weight in weights:
        starts.append(starts[-1] + weight / total)
    starts[-1] = 1.0
    return starts
