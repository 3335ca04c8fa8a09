"""Quizzes and reviews: the sessions of the screens, as lines of text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from tutor.course.catalogue import Course
from tutor.foundation import clock
from tutor.foundation.errors import ExitCode
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import narrow
from tutor.foundation.translate import translate
from tutor.plain.asking import Asker, Outcome
from tutor.plain.progress import open_progress, rewriting_lines
from tutor.progress.settings import load_settings
from tutor.study.deck import ALL_SIDES, Deck
from tutor.study.quiz_session import QuizSession
from tutor.study.report import next_due, outlook
from tutor.study.review_session import ReviewSession
from tutor.study.wording import retry_label, review_place

if TYPE_CHECKING:
    from tutor.course.lesson import Lesson
    from tutor.progress.store import ProgressStore


def take_quiz(
    asker: Asker, store: ProgressStore, lesson: Lesson, *, fresh: bool = False, seed: int | None = None
) -> None:
    """Ask the quiz of a lesson that has questions. See `tutor.plain.quiz_command.quiz`."""
    session = QuizSession.start(
        lesson.questions,
        store,
        variants=lesson.variants,
        scope=f"lesson:{lesson.id}",
        lesson_id=lesson.id,
        task_count=lesson.task_count,
        fresh=fresh,
        seed=seed,
    )
    try:
        asker.say(translate("ask.quiz-of", title=harmless_line(lesson.title)), translate("ask.help"))
        if session.begun:
            asker.say(translate("quiz.resumed"))
        if session.known:
            asker.say(translate("quiz.skipped-known", count=len(session.known)))
        _take(asker, session, store)
    finally:
        session.leave()


def _take(asker: Asker, session: QuizSession, store: ProgressStore) -> None:
    while True:
        if session.current is None:
            if not _sum_up(asker, session, store):
                return
            continue
        heading = translate("ask.question", number=session.number, count=session.count)
        outcome = asker.ask(session.current, heading)
        asker.say(*store.take_notices())
        if outcome is Outcome.LEFT:
            say_left(asker, store)
            return
        {Outcome.ANSWERED: session.next, Outcome.SKIPPED: session.skip, Outcome.BACK: session.back}[outcome]()


def _sum_up(asker: Asker, session: QuizSession, store: ProgressStore) -> bool:
    """Print the result of the round. Returns whether the learner begins another round."""
    score = session.score
    asker.say("", translate("quiz.score", right=score.right, total=score.total))
    if session.round > 1:
        whole, first = session.whole_score, session.first_score
        asker.say(translate("quiz.score-whole", right=whole.right, total=whole.total, first=first.right))
    if score.uncounted:
        asker.say(translate("quiz.score-uncounted", count=score.uncounted))
    ways: dict[str, tuple[str, Callable[[], object]]] = {}
    if score.skipped:
        ways["b"] = translate("quiz.way-skipped", count=score.skipped), session.return_to_skipped
    if session.ids_to_retry():
        ways["r"] = retry_label(session), session.retry_wrong
    if session.unsure_ids:
        ways["u"] = retry_label(session, unsure=True), lambda: session.retry_wrong(unsure=True)
    if not ways:
        return False
    asker.say(*(f"  {letter}  {text}" for letter, (text, _) in ways.items()), translate("ask.or-leave"))
    line = asker.read()
    way = ways.get(narrow(line or "").casefold())
    if way is None:
        say_left(asker, store)
        return False
    way[1]()
    return True


def say_left(asker: Asker, store: ProgressStore) -> None:
    """Say that answers are saved, if that is true; otherwise closing the store reports that they could not be."""
    if not store.in_memory:
        asker.say("", translate("ask.left"))


def take_review(asker: Asker, store: ProgressStore, course: Course, *, minutes: float | None = None) -> None:
    """Ask the due cards. See `tutor.plain.quiz_command.review`."""
    session = ReviewSession(store, _deck(course), minutes=minutes)
    try:
        if session.over:
            empty = not store.cards.count()
            asker.say(translate("review.no-cards" if empty else "review.nothing-due"))
        else:
            asker.say(translate("review.due-now", count=session.due), translate("ask.help"))
        _review(asker, session, store)
    finally:
        session.leave()
    if store.cards.count():
        ahead = outlook(store, clock.utc_now())
        asker.say(*([] if ahead.due else [next_due(ahead)]))
    asker.say(*rewriting_lines(course, store))


def _review(asker: Asker, session: ReviewSession, store: ProgressStore) -> None:
    began = not session.over
    while session.current is not None:
        heading = translate("ask.card", place=review_place(session))
        outcome = asker.ask(session.current, heading)
        asker.say(*store.take_notices())
        if outcome is Outcome.LEFT:
            say_left(asker, store)
            return
        session.next()
    if began:
        score = session.score
        asker.say("", translate("quiz.score", right=score.right, total=score.total))
        if session.left:
            asker.say(translate("review.time-is-up", count=session.left))


def show_due() -> int:
    """Print how many cards are due now and on each of the next days, one line each.

    Returns:
        The exit code, 0.
    """
    with open_progress() as store:
        ahead = outlook(store, clock.utc_now())
    print(translate("review.due", count=ahead.due))
    for number, count in enumerate(ahead.forecast):
        print(f"{ahead.today + timedelta(days=number)}  {count}")
    return int(ExitCode.OK)


def _deck(course: Course) -> Deck:
    asked = load_settings(keep_aside=False).settings.translations
    return Deck(course, [side for side in ALL_SIDES if asked or side.value != "translation"])
