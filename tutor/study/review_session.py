"""A review: the due cards in the order of `tutor.study.mixing`, for as long as the learner likes.

A review never has to be resumed, because every answer is recorded at once and cards that were not asked stay due.
"""

from __future__ import annotations

from collections import Counter, deque
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tutor.foundation import clock
from tutor.foundation.translate import language
from tutor.progress.cards import Card, term_of
from tutor.progress.records import new_key
from tutor.progress.scheduling import study_day
from tutor.progress.store import REVIEW_PREFIX
from tutor.study.attempt import Attempt
from tutor.study.mixing import Mixable, mixed
from tutor.study.question_attempt import AttemptContext, Clock, Mark, QuestionAttempt, Score, score_of
from tutor.study.quiz_session import new_seed

if TYPE_CHECKING:
    from tutor.progress.store import ProgressStore
    from tutor.study.deck import Deck

_ONCE_MORE: Final = 2
"""How often a missed card is asked again in the same review."""


class ReviewSession:
    """One review.

    Args:
        store: The learner's progress.
        deck: Turns cards into questions.
        minutes: The time after which no further card is asked; None for no limit.
        moment: The time at which cards must be due; now if None.
        seed: Decides the order of the cards; one that no one chose if None.
        seconds: Measures how long answers take.
    """

    def __init__(
        self,
        store: ProgressStore,
        deck: Deck,
        *,
        minutes: float | None = None,
        moment: datetime | None = None,
        seed: int | None = None,
        seconds: Clock = clock.monotonic_seconds,
    ) -> None:
        moment = moment or clock.utc_now()
        deck.sync(store, moment, language())
        self.minutes = minutes
        self._store = store
        self._deck = deck
        self._seconds = seconds
        self._began = seconds()
        self._context = AttemptContext(store, f"{REVIEW_PREFIX}{new_key()}", seconds=seconds)
        self._waiting: deque[Card] = deque(self._mixed(store.cards.due(moment), new_seed() if seed is None else seed))
        self.due = len(self._waiting)
        """How many cards were due at the start. What is asked again is not counted twice."""
        self._current: QuestionAttempt | None = None
        self._card: Card | None = None
        self._asked: list[QuestionAttempt] = []
        self._misses: Counter[str] = Counter()
        self.next()

    # -- where one is ------------------------------------------------------------------------------------

    @property
    def current(self) -> QuestionAttempt | None:
        """The attempt at the current card; None when the review is over."""
        return self._current

    @property
    def over(self) -> bool:
        """Whether the review is over."""
        return self._current is None

    @property
    def card(self) -> Card | None:
        """The current card, as it was when its question appeared."""
        return self._card

    @property
    def number(self) -> int:
        """The place of the current card among the cards that were due, from 1; `count` while missed ones are asked."""
        first_time = self._card is not None and not self._misses[self._card.key]
        return min(self.due, len({each.question.original for each in self._asked}) + first_time)

    @property
    def count(self) -> int:
        """How many cards were due at the start. It does not grow: missed cards are counted by `again`."""
        return self.due

    @property
    def again(self) -> int:
        """How many of the cards were missed so far, so that they are asked once more."""
        missed = set(self._misses)
        if self._card is not None and self._current is not None and self._current.mark is Mark.WRONG:
            missed.add(self._card.key)
        return len(missed)

    @property
    def left(self) -> int:
        """How many cards come after the current one."""
        return len(self._waiting)

    @property
    def time_is_up(self) -> bool:
        """Whether the time limit of the review has passed."""
        return self.minutes is not None and self._seconds() - self._began >= 60 * self.minutes

    @property
    def answered(self) -> tuple[QuestionAttempt, ...]:
        """The answered attempts, in order."""
        now = [self._current] if self._current is not None and self._current.attempt.locked else []
        return (*self._asked, *now)

    @property
    def score(self) -> Score:
        """The score of the answers so far."""
        return score_of(exercise.mark for exercise in self.answered)

    # -- moving ------------------------------------------------------------------------------------------

    def next(self) -> QuestionAttempt | None:
        """Go to the next card. An unanswered card moves to the end.

        Returns:
            The attempt at it, or None if no cards are left or the time is up.
        """
        self._put_away()
        self._current = self._card = None
        while self._waiting and not (self.time_is_up and self._asked):
            card = self._waiting.popleft()
            question = self._deck.question(card.key, card.lesson_id, language())
            if question is not None:
                question = self._deck.to_ask(question, self._store, language())
                self._card = card
                self._current = QuestionAttempt(Attempt(question, new_seed()), self._context)
                self._current.seen()
                break
        return self._current

    def translate(self) -> None:
        """Continue in the language that is in use now."""
        if self._current is not None and self._card is not None:
            question = self._deck.question(self._current.question.id, self._card.lesson_id, language())
            if question is not None:
                self._current.attempt.translate(question)

    def leave(self) -> None:
        """Stop counting time, because the learner leaves. Answers are recorded already; all other cards stay due."""
        if self._current is not None:
            self._current.left()

    # -- inside ------------------------------------------------------------------------------------------

    def _mixed(self, due: list[Card], seed: int) -> list[Card]:
        """The cards to ask, in order, without those whose question cannot be read today."""
        cards = {card.key: card for card in _one_side_each(due)}
        sure_misses = self._store.sure_misses(cards)
        mixables = []
        for card in cards.values():
            question = self._deck.question(card.key, card.lesson_id, language())
            if question is not None:
                mixables.append(
                    Mixable(
                        card.key,
                        card.lesson_id,
                        study_day(card.due),
                        labs=frozenset(fence.lab for fence in question.labs),
                        of_term=term_of(card.key) is not None,
                        sure_miss=card.key in sure_misses,
                    )
                )
        return [cards[each.key] for each in mixed(mixables, seed)]

    def _put_away(self) -> None:
        """File the current card as answered; put it at the end of the queue if it was missed or not answered."""
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
    """``cards`` with each term only once, because one side of a term gives the others away."""
    seen: set[str] = set()
    kept = []
    for card in cards:
        term = term_of(card.key)
        if term is None or term[0] not in seen:
            kept.append(card)
        if term is not None:
            seen.add(term[0])
    return kept
