"""``tutor quiz`` and ``tutor review``: the same sessions as on the screens, as lines of text."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from tutor.course.catalogue import Course
from tutor.foundation import clock, paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.plain.asking import Asker, Outcome, told
from tutor.plain.progress_files import closing_memory, course_in_use
from tutor.plain.read import lesson_named
from tutor.progress.settings import load_settings
from tutor.runs.registry import Runs
from tutor.study.deck import ALL_SIDES, Deck
from tutor.study.open_progress import open_progress
from tutor.study.outlook import next_due, outlook
from tutor.study.quiz_session import QuizSession
from tutor.study.quiz_words import retry_words
from tutor.study.review_session import ReviewSession

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.progress.store import ProgressStore


def quiz(name: str, *, fresh: bool = False, seed: int | None = None) -> int:
    """Take the quiz of a lesson, or go on with the one that was left, here or on the screen.

    Args:
        name: a lesson's id or number, or a path to a lesson file.
        fresh: begin anew whatever was left.
        seed: what everything is shuffled by; chosen by no one where None.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: there is no such lesson, it cannot be used, or it has no questions.
    """
    course, lesson = lesson_named(name)
    if not lesson.questions:
        raise TutorError(translate("quiz.no-questions"), exit_code=ExitCode.USAGE)
    with _asking(course) as (asker, store):
        session = QuizSession.start(
            lesson.questions,
            store,
            variants=lesson.variants,
            scope=f"lesson:{lesson.id}",
            lesson_id=lesson.id,
            fresh=fresh,
            seed=seed,
        )
        try:
            asker.say(translate("ask.quiz-of", title=harmless_line(lesson.title)), translate("ask.help"))
            if session.begun:
                asker.say(translate("quiz.resumed"))
            _take(asker, session, store)
        finally:
            session.leave()
    return int(ExitCode.OK)


def _take(asker: Asker, session: QuizSession, store: ProgressStore) -> None:
    while True:
        if session.current is None:
            if not _sum_up(asker, session, store):
                return
            continue
        heading = translate("ask.question", number=session.number, count=session.count)
        outcome = asker.ask(session.current, heading)
        told(asker, store.take_notices())
        if outcome is Outcome.LEFT:
            _leave(asker, store)
            return
        {Outcome.ANSWERED: session.next, Outcome.SKIPPED: session.skip, Outcome.BACK: session.back}[outcome]()


def _sum_up(asker: Asker, session: QuizSession, store: ProgressStore) -> bool:
    """Tell how the round went; whether the learner goes on with another one."""
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
        ways["r"] = retry_words(session), session.retry_wrong
    if session.unsure_ids:
        ways["u"] = retry_words(session, unsure=True), lambda: session.retry_wrong(unsure=True)
    if not ways:
        return False
    asker.say(*(f"  {letter}  {text}" for letter, (text, _) in ways.items()), translate("ask.or-leave"))
    line = asker.read()
    way = ways.get((line or "").casefold())
    if way is None:
        _leave(asker, store)
        return False
    way[1]()
    return True


def _leave(asker: Asker, store: ProgressStore) -> None:
    """That everything is kept is said where it is; else the end tells what became of it."""
    if not store.in_memory:
        asker.say("", translate("ask.left"))


def review(*, minutes: float | None = None) -> int:
    """Ask what is due, for as long as there is something, or for ``minutes``.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: there is no lessons folder.
    """
    course = Course(paths.lessons_folder())
    with _asking(course) as (asker, store):
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
    return int(ExitCode.OK)


def _review(asker: Asker, session: ReviewSession, store: ProgressStore) -> None:
    began = not session.over
    while session.current is not None:
        heading = translate("ask.card", number=session.number, count=session.count)
        outcome = asker.ask(session.current, heading)
        told(asker, store.take_notices())
        if outcome is Outcome.LEFT:
            _leave(asker, store)
            return
        session.next()
    if began:
        score = session.score
        asker.say("", translate("quiz.score", right=score.right, total=score.total))
        if session.left:
            asker.say(translate("review.time-is-up", count=session.left))


def show_due() -> int:
    """Print how many cards are due, and how many come due on each of the next days: a line each.

    Returns:
        The exit code, 0.
    """
    opened = open_progress(course_in_use())
    for notice in opened.notices:
        print(notice)
    with closing_memory(opened.store):
        ahead = outlook(opened.store, clock.utc_now())
    print(translate("review.due", count=ahead.due))
    for number, count in enumerate(ahead.forecast):
        print(f"{ahead.today + timedelta(days=number)}  {count}")
    return int(ExitCode.OK)


@contextmanager
def _asking(course: Course) -> Iterator[tuple[Asker, ProgressStore]]:
    """Someone to ask, and the memory of what is answered; closed at the end, whatever happens."""
    settings = load_settings(keep_aside=False).settings
    opened = open_progress(course)
    asker = Asker(course, Runs(paths.runs_folder()), confidence=settings.confidence)
    told(asker, opened.notices)
    with closing_memory(opened.store):
        yield asker, opened.store


def _deck(course: Course) -> Deck:
    asked = load_settings(keep_aside=False).settings.translations
    return Deck(course, [side for side in ALL_SIDES if asked or side.value != "translation"])
