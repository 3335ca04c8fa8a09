"""``tutor exam``: the exam of the screens as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.plain.asking import Asker, Command, Outcome, asking, command_in, named, question_lines, verdict_lines
from tutor.plain.quiz import say_left
from tutor.plain.read import lesson_named
from tutor.study.exam_session import ExamSession, exam_questions, to_look_at
from tutor.study.wording import exam_remarks, exam_state, time_left

if TYPE_CHECKING:
    from tutor.progress.store import ProgressStore
    from tutor.study.question_attempt import QuestionAttempt

_ENDS = {Command.FLAG: Outcome.FLAGGED, Command.HAND_IN: Outcome.HANDED_IN, Command.OVERVIEW: Outcome.OVERVIEW}


def exam(name: str, *, minutes: float | None = None, fresh: bool = False, seed: int | None = None) -> int:
    """Take an exam on a lesson, or continue one that was left unfinished here or on the screen.

    Args:
        name: The id or number of a lesson, or the path of a lesson file.
        minutes: The time limit of a new exam; None for none.
        fresh: Start a new exam even if one was left unfinished.
        seed: The seed of the shuffling; random if None.

    Returns:
        The exit code, 0.

    Raises:
        TutorError: there is no such lesson, it cannot be used, or it has no questions.
    """
    course, lesson = lesson_named(name)
    if not exam_questions(lesson):
        raise TutorError(translate("quiz.no-questions"), exit_code=ExitCode.USAGE)
    with asking(course, ExamAsker) as (asker, store):
        session = ExamSession.start(lesson, store, minutes=minutes, fresh=fresh, seed=seed)
        try:
            asker.say(translate("exam.of", title=harmless_line(lesson.title)))
            asker.say(translate("exam.about", count=session.count), translate("exam.help"))
            if session.resumed:
                asker.say(translate("quiz.resumed"))
            _take(asker, session, store)
        finally:
            session.leave()
    return int(ExitCode.OK)


class ExamAsker(Asker):
    """Asks questions whose answers stay drafts."""

    def draft(self, exercise: QuestionAttempt, heading: str) -> Outcome:
        """Ask a question until it has an answer, or the learner goes elsewhere. Nothing is graded."""
        self.say("", heading, *question_lines(exercise.attempt), *_present_answer(exercise))
        exercise.seen()
        outcome = None
        while outcome is None:
            outcome = self._read_answer(exercise)
        exercise.left()
        return outcome

    def _commit(self, exercise: QuestionAttempt) -> Outcome | None:
        self._ask_how_sure(exercise)
        return Outcome.ANSWERED

    def _obey(self, command: Command, exercise: QuestionAttempt) -> Outcome | None:
        if command in _ENDS:
            return _ENDS[command]
        if command in {Command.SKIP, Command.BACK, Command.LEAVE}:
            return super()._obey(command, exercise)
        if command is Command.UNSURE:
            exercise.set_unsure(True)
            self.say(translate("ask.noted-unsure"))
        else:
            self.say(translate("exam.no-hints" if command in {Command.HINT, Command.SHOW} else "exam.help"))
        return None


def _present_answer(exercise: QuestionAttempt) -> Iterator[str]:
    attempt = exercise.attempt
    if not attempt.answered:
        return
    rows = attempt.type.rows(attempt.question, attempt.shown, attempt.draft, None)
    chosen = [row.label for row in rows if row.chosen]
    pairs = [f"{row.label} {row.partner}" for row in rows if row.partner]
    typed = [harmless_line(text) for text in attempt.draft.texts if text.strip()]
    if said := chosen or pairs or typed:
        yield named(translate("quiz.your-answer"), ", ".join(said))


def _take(asker: ExamAsker, session: ExamSession, store: ProgressStore) -> None:
    while not session.handed_in:
        if session.time_is_up:
            session.hand_in()
            asker.say("", translate("exam.time-is-up"))
        elif session.current is None:
            if not _overview(asker, session):
                say_left(asker, store)
                return
        elif not _ask(asker, session):
            say_left(asker, store)
            return
        asker.say(*store.take_notices())
    asker.say("", *exam_remarks(session))
    for number, exercise in enumerate(session.exercises, 1):
        asker.say("", translate("ask.question", number=number, count=session.count))
        asker.say(*question_lines(exercise.attempt), *_present_answer(exercise), *verdict_lines(exercise.attempt))
    if missed := to_look_at(session):
        asker.say("", translate("exam.missed", numbers=", ".join(map(str, missed))))


def _ask(asker: ExamAsker, session: ExamSession) -> bool:
    """Ask the present question. Returns whether the learner goes on."""
    exercise = session.current
    if exercise is None:
        return True
    heading = translate("ask.question", number=session.number, count=session.count)
    parts = [heading, exam_state(session, exercise), time_left(session)]
    outcome = asker.draft(exercise, " · ".join(part for part in parts if part))
    if outcome is Outcome.LEFT:
        return False
    if outcome is Outcome.FLAGGED:
        asker.say(translate("exam.flagged" if session.flag() else "exam.unflagged"))
    elif outcome is Outcome.BACK:
        session.back()
    elif outcome in {Outcome.HANDED_IN, Outcome.OVERVIEW}:
        session.overview()
    else:
        session.next()
    return True


def _overview(asker: ExamAsker, session: ExamSession) -> bool:
    """List the questions, and hand in or go to one. Returns whether the learner goes on."""
    asker.say("", *exam_remarks(session))
    for number, exercise in enumerate(session.exercises, 1):
        state = exam_state(session, exercise)
        asker.say(f"{number:>4}  {state}")
    asker.say(translate("exam.overview-how"))
    line = asker.read()
    if line is None:
        return False
    if line.isascii() and line.isdigit():
        session.go(int(line[:6]))
    elif (command := command_in(line)) is Command.HAND_IN:
        session.hand_in()
    elif command is Command.BACK:
        session.back()
    elif command is Command.LEAVE:
        return False
    return True
