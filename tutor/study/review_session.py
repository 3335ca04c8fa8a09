"""A review: what is due, one thing after the other, for as long as the learner likes.

Nothing of it needs to be resumed: every answer is remembered when it is given, and what was not asked is still due.
"""

from __future__ import annotations

from collections import Counter, deque
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tutor.foundation import clock
from tutor.foundation.translate import language
from tutor.progress.cards import Card, term_of
from tutor.progress.records import new_key
from tutor.progress.store import REVIEW
from tutor.study.attempt import Attempt
from tutor.study.question_attempt import Exercise, Keeping, Mark, Seconds
from tutor.study.quiz_session import new_seed
from tutor.study.score import Score, score_of

if TYPE_CHECKING:
    from tutor.course.lesson import Question
    from tutor.progress.store import ProgressStore
    from tutor.study.deck import Deck

_ONCE_MORE: Final = 2
"""How often what was missed is asked again in the same sitting."""


class ReviewSession:
    """See the module.

    Args:
        store: The learner's memory.
        deck: What its cards ask.
        minutes: After how long no further card is asked; None for as long as there are any.
        moment: Now; what is due is due then.
        seconds: Measures how long answers take.
    """

    def __init__(
        self,
        store: ProgressStore,
        deck: Deck,
        *,
        minutes: float | None = None,
        moment: datetime | None = None,
        seconds: Seconds = clock.monotonic_seconds,
    ) -> None:
        moment = moment or clock.utc_now()
        deck.sync(store, moment, language())
        self.minutes = minutes
        self._store = store
        self._deck = deck
        self._seconds = seconds
        self._began = seconds()
        self._keeping = Keeping(store, f"{REVIEW}{new_key()}", seconds=seconds)
        self._waiting: deque[Card] = deque(_one_side_each(store.cards.due(moment)))
        self.due = len(self._waiting)
        """How many cards were due at the start."""
        self._current: Exercise | None = None
        self._card: Card | None = None
        self._asked: list[Exercise] = []
        self._misses: Counter[str] = Counter()
        self.next()

    # -- where one is ------------------------------------------------------------------------------------

    @property
    def current(self) -> Exercise | None:
        """The card in front of the learner; None when the review is over."""
        return self._current

    @property
    def over(self) -> bool:
        """Whether nothing more is asked."""
        return self._current is None

    @property
    def card(self) -> Card | None:
        """The card that is asked, as it was when it came up."""
        return self._card

    @property
    def number(self) -> int:
        """The place of the current card among all that were and are to be asked, from 1."""
        return len(self._asked) + (not self.over)

    @property
    def count(self) -> int:
        """How many there are of them; what is missed is asked once more, so it may grow."""
        return self.number + len(self._waiting)

    @property
    def left(self) -> int:
        """How many cards wait behind the current one."""
        return len(self._waiting)

    @property
    def time_is_up(self) -> bool:
        """Whether the learner has been at it as long as was meant."""
        return self.minutes is not None and self._seconds() - self._began >= 60 * self.minutes

    @property
    def answered(self) -> tuple[Exercise, ...]:
        """What was asked and answered, in order."""
        now = [self._current] if self._current is not None and self._current.attempt.locked else []
        return (*self._asked, *now)

    @property
    def score(self) -> Score:
        """Of the answers given."""
        return score_of(exercise.mark for exercise in self.answered)

    # -- moving ------------------------------------------------------------------------------------------

    def next(self) -> Exercise | None:
        """On to the next card; None when there is none left or the time is up. One not answered yet is put off."""
        self._put_away()
        self._current = self._card = None
        while self._waiting and not (self.time_is_up and self._asked):
            card = self._waiting.popleft()
            question = self._deck.question(card.key, card.lesson_id, language())
            if question is not None:
                question = self._deck.to_ask(question, self._store, language())
                self._card = card
                self._current = self._exercise(question)
                self._current.seen()
                break
        return self._current

    def retell(self) -> None:
        """Go on in the language that is in use now."""
        if self._current is not None and self._card is not None:
            question = self._deck.question(self._current.question.id, self._card.lesson_id, language())
            if question is not None:
                self._current.attempt.retell(question)

    def leave(self) -> None:
        """The learner goes away. What was answered is kept, what was not is still due."""
        if self._current is not None:
            self._current.left()

    # -- inside ------------------------------------------------------------------------------------------

    def _exercise(self, question: Question) -> Exercise:
        return Exercise(Attempt(question, new_seed()), self._keeping)

    def _put_away(self) -> None:
        """The current card is done, or comes again: at the end where it was missed or put off."""
        exercise, card = self._current, self._card
        if exercise is None or card is None:
            return
        exercise.left()
        if not exercise.attempt.locked:
            if self._waiting:
                self._waiting.append(card)
            return
        self._asked.append(exercise)
        if exercise.mark is Mark.WRONG and self._misses[card.key] < _ONCE_MORE:
            self._misses[card.key] += 1
            self._waiting.append(card)


def _one_side_each(cards: list[Card]) -> list[Card]:
    """``cards`` with each term only once: one side would give the others away."""
    seen: set[str] = set()
    kept = []
    for card in cards:
        term = term_of(card.key)
        if term is None or term[0] not in seen:
            kept.append(card)
        if term is not None:
            seen.add(term[0])
    return kept
