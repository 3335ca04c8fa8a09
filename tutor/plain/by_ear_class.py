"""A class by ear: its news between two lines of input, and the commands that answer them. Outside of a class, nothing.

Begin with `take_seat`. `Asker.read` asks `ClassByEar` for news before each prompt and after each line, because whoever
listens must not be talked over while they type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from threading import Event, Thread
from time import sleep, time
from typing import TYPE_CHECKING

from tutor.classroom.events import given_of
from tutor.classroom.folder import membership_of_environment
from tutor.classroom.polls import counts_in, holding, option_count, question_of, seed_of
from tutor.classroom.seat import WHAT_IS_SEEN, Seat
from tutor.course.questions import question_type
from tutor.course.questions.choices import right_options
from tutor.foundation.errors import TutorError
from tutor.foundation.languages import in_language
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import wrapped
from tutor.foundation.translate import language, translate
from tutor.plain.asking import SLASHES, WIDTH, Asker, Outcome, called, named, question_lines, verdict_lines
from tutor.progress.records import new_key
from tutor.study.attempt import Attempt, facts_needed
from tutor.study.predictions import facts_of_runs
from tutor.study.question_attempt import AttemptContext, QuestionAttempt
from tutor.study.wording import answer_parts
from tutor.typeset.page import plain_lines
from tutor.typeset.speech import spoken_text

if TYPE_CHECKING:
    from tutor.classroom.events import Follow
    from tutor.classroom.room import Poll
    from tutor.course.catalogue import Course
    from tutor.course.conditions import Facts
    from tutor.course.lesson import Question
    from tutor.progress.store import ProgressStore
    from tutor.runs.predictions import PredictionRuns

_SEEN = ("class.sees-place", "class.sees-answers", "class.sees-polls", "class.sees-runs", "class.sees-help")
_BEAT = 1.0
"""Seconds between two looks whether the class should hear where the learner is."""
_IDLE = 60.0
"""Seconds without a line after which a learner counts as idle."""
_OLD = 600.0
"""Seconds after which nobody who arrives is called any more."""
_LOOK, _LOOKS = 0.1, 10
"""Seconds between two looks for a tally that has an answer just given in it, and how many there are at most."""


class ClassCommand(StrEnum):
    """What a learner in a class can type at every prompt, after a slash."""

    POLL = "poll"
    COME = "come"
    HELP = "help-me"
    SEEN = "seen"


class _Stage(StrEnum):
    """How far a poll has come, as far as it is said."""

    OPEN = "open"
    CLOSED = "closed"
    COUNTED = "counted"
    RUNNING = "running"
    DECIDED = "decided"


@contextmanager
def take_seat(
    asker: Asker, store: ProgressStore, course: Course, go: Callable[[Follow], None]
) -> Iterator[ClassByEar | None]:
    """Take the learner's seat, and leave it at the end. Gives None if the learner is in no class.

    Args:
        asker: Speaks with the learner.
        store: The learner's progress, whose answers the class hears of.
        course: What polls and calls are about.
        go: Opens the place of a teacher's call, and returns when the learner leaves it.
    """
    membership = membership_of_environment()
    if membership is None:
        yield None
        return
    seat = Seat(membership)
    seat.open()
    classroom = ClassByEar(seat, asker, store, course, go)
    store.listener, asker.interlude = seat, classroom
    try:
        with classroom.present():
            yield classroom
    finally:
        store.listener, asker.interlude = None, None
        seat.leave()


class ClassByEar:
    """A learner's side of a class in lines.

    Args:
        seat: The learner's seat, opened.
        asker: Speaks with the learner.
        store: The learner's progress.
        course: What polls and calls are about.
        go: Opens the place of a teacher's call.
    """

    def __init__(
        self, seat: Seat, asker: Asker, store: ProgressStore, course: Course, go: Callable[[Follow], None]
    ) -> None:
        self._here = ("home", "", 0, "")
        self._seat = seat
        self._asker = asker
        self._store = store
        self._course = course
        self._go = go
        self._greeted = False
        self._followed: Follow | None = None
        self._heard: tuple[str, int, _Stage] | None = None
        """What was said of a poll last: its id, its round and its stage."""
        self._asked: tuple[str, str] | None = None  # the poll and the language of `_question`
        self._question: Question | None = None
        self._runs: PredictionRuns | None = None
        self._typed_at = time()

    # -- presence ------------------------------------------------------------------------------------------

    def be_at(self, place: str, lesson: str = "", section: int = 0, lab: str = "") -> None:
        """Note where the learner is, which the class hears of within a second or two."""
        self._here = (place, lesson, section, lab)

    @contextmanager
    def present(self) -> Iterator[None]:
        """Say where the learner is, again and again, because nothing else happens while a prompt waits for a line."""
        ended = Event()

        def beat() -> None:
            while not ended.wait(_BEAT):
                self._say_where()

        self._say_where()
        thread = Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _say_where(self) -> None:
        since = round(self._typed_at) if time() - self._typed_at >= _IDLE else 0.0
        self._seat.be_at(*self._here, since)

    # -- what the asker calls ------------------------------------------------------------------------------

    @property
    def commands(self) -> str:
        return translate("class.ear-commands")

    def say_news(self) -> None:
        """Say what has happened in the class since the last time; nothing if nothing has."""
        self._look()
        if not self._greeted:
            self._greeted = True
            if WHAT_IS_SEEN in self._seat.me.seen:
                self._say(translate("class.you-are-in", name=harmless_line(self._seat.name)))
                self._say(self.commands)
            else:
                self._say_what_is_seen()
        self._say_call()
        self._say_poll()

    def obeys(self, line: str, *, bare: bool = False) -> bool:
        """Carry out a command of the class. Returns whether the line is one.

        Args:
            line: What the learner typed.
            bare: Whether the command may come without its slash, because no answer is expected.
        """
        self._typed_at = time()
        if not line.startswith(SLASHES) and not bare:
            return False
        match called(line.lstrip("".join(SLASHES)), ClassCommand):
            case ClassCommand.POLL:
                self._take_poll()
            case ClassCommand.COME:
                self._come()
            case ClassCommand.HELP:
                self._ask_for_help()
            case ClassCommand.SEEN:
                self._say_what_is_seen()
            case _:
                return False
        return True

    def _look(self) -> None:
        while self._seat.look():
            pass

    def _say(self, text: str) -> None:
        self._asker.say(*wrapped(text, WIDTH))

    def _say_what_is_seen(self) -> None:
        self._asker.say("")
        self._say(translate("class.welcome", name=harmless_line(self._seat.name)))
        for key in ("class.sees", *_SEEN, "class.sees-not"):
            self._say(translate(key))
        self._say(self.commands)
        self._seat.see(WHAT_IS_SEEN)

    # -- calls and help ------------------------------------------------------------------------------------

    def _say_call(self) -> None:
        """Say where the teacher asks everybody to; who arrives late is called only for some minutes."""
        call = self._seat.state.follow
        if call == self._followed:
            return
        self._followed = call
        if call is not None and call.at >= time() - _OLD:
            self._asker.say("")
            self._say(translate("class.ear-called", place=self._title_of(call)))

    def _title_of(self, call: Follow) -> str:
        """The lesson and section, or the lab, as it is to be heard."""
        if call.lab:
            from tutor.labs.lab_files import read_title

            path = self._course.labs.path(call.lab)
            title = in_language(read_title(path), language()) if path is not None else None
            return translate("class.ear-lab", title=_heard(title or call.lab))
        lesson = self._course.lesson(call.lesson, language())
        if lesson is None:
            return _heard(call.lesson)
        number = f"{lesson.number} " if lesson.number else ""
        section = next((each.title for each in lesson.sections if call.anchor and each.anchor == call.anchor), "")
        title = translate("class.ear-lesson", title=f"{number}{_heard(lesson.title)}")
        return translate("ear.and").join([title, *([_heard(section)] if section else [])])

    def _come(self) -> None:
        call, before = self._seat.state.follow, self._here
        if call is None:
            self._say(translate("class.ear-no-call"))
            return
        try:
            self._go(call)
        except TutorError as error:
            self._say(str(error))
        self._here = before
        self._say(translate("class.ear-back"))

    def _ask_for_help(self) -> None:
        wanted = not self._seat.me.help_since
        try:
            self._seat.ask_for_help(wanted)
        except OSError as error:
            self._say_not_written(error)
            return
        self._say(translate("class.ear-help-asked" if wanted else "class.help-not-needed"))

    def _say_not_written(self, error: OSError) -> None:
        self._say(translate("class.not-written", reason=error.strerror or str(error)))

    # -- what is said of a poll ----------------------------------------------------------------------------

    def _say_poll(self) -> None:
        """Say how the poll has come on, each stage once."""
        poll, heard = self._seat.state.poll, self._heard
        if heard is not None and (poll is None or poll.id != heard[0]):
            self._heard = None
            self._say_end(self._seat.state.polls.get(heard[0]), heard[2])
        if poll is None:
            return
        now = (poll.id, poll.round, self._stage(poll))
        if now == self._heard:
            return
        self._heard = now
        self._asker.say("")
        self._say_stage(poll, now[2])

    def _say_end(self, poll: Poll | None, heard: _Stage) -> None:
        """Say that a poll is over, and how it was decided if nobody has said so yet."""
        self._asker.say("")
        if poll is not None and heard is not _Stage.DECIDED and self._stage(poll) is _Stage.DECIDED:
            self._say_stage(poll, _Stage.DECIDED)
        self._say(translate("class.ear-put-away"))

    def _say_stage(self, poll: Poll, stage: _Stage) -> None:
        match stage:
            case _Stage.OPEN if poll.round > 1:
                self._say(translate("class.ear-again", round=poll.round))
            case _Stage.OPEN:
                self._say(translate("class.ear-opened"))
            case _Stage.CLOSED:
                self._say(translate("class.ear-closed"))
            case _Stage.COUNTED:
                self._say_result(poll)
                self._say(translate("class.talk"))
            case _Stage.RUNNING:
                self._say(translate("class.ear-running"))
            case _Stage.DECIDED:
                self._say_decided(poll)

    def _stage(self, poll: Poll) -> _Stage:
        if poll.open:
            return _Stage.OPEN
        if poll.revealed:
            runs = self._runs_of(poll)
            return _Stage.DECIDED if runs is None or runs.ended else _Stage.RUNNING
        tally = poll.tally
        counted = tally is not None and (counts_in(tally) is not None or not tally.answered)
        return _Stage.COUNTED if counted else _Stage.CLOSED

    def _asks(self, poll: Poll) -> Question | None:
        """What a poll asks, in the language in use; None, after saying so, if this course does not have it."""
        if self._asked != (poll.id, language()):
            self._asked = (poll.id, language())
            self._question = question_of(poll, self._course, language())
        if self._question is None:
            self._say(translate("class.question-missing"))
        return self._question

    def _attempt(self, poll: Poll, question: Question) -> Attempt | None:
        """The learner's newest answer to a poll, committed; None if there is none."""
        vote = self._seat.vote_in(poll) if poll.open else self._seat.last_vote(poll)
        attempt = Attempt(question, seed_of(poll), hints=False)
        draft = attempt.type.restore(attempt.question, given_of(vote)) if vote is not None else None
        attempt.deferred = True
        return attempt if draft is not None and attempt.put(draft) and attempt.commit() else None

    def _say_result(self, poll: Poll, facts: Facts | None = None, *, decided: bool = False) -> None:
        """Say the question's title and how many chose what; then what holds of the run so far, or what is right."""
        question = self._asks(poll)
        tally = poll.tally
        words = [translate("class.round", round=poll.round)] if poll.round > 1 else []
        known = translate("class.closed-with", answered=tally.answered) if tally is not None else ""
        self._say(translate("ear.and").join([*words, known or translate("class.counting")]))
        counts = counts_in(tally)
        if question is None or (counts is None and not poll.revealed):
            return
        if question.title:
            self._asker.say(*plain_lines(question.title, WIDTH, inline=True))
        for text, count in counts.texts if counts is not None else ():
            self._say(translate("class.ear-answer", answer=_heard(text), count=count))
        attempt = self._attempt(poll, question)
        mine = attempt.draft.chosen if attempt is not None else frozenset()
        right = right_options(question.options, facts) if decided and question.options else None
        lights = holding(question, facts or {}) if poll.runs and not decided else ()
        shown = question_type(question.kind).shown(question, seed_of(poll))
        for place, index in enumerate(shown if option_count(question) else (), 1):
            chosen = counts.options[index] if counts is not None and index < len(counts.options) else None
            words = [translate("class.ear-chosen", count=chosen)] if chosen is not None else []
            words += [translate("class.yours")] if index in mine else []
            words += [translate("class.holds")] if lights and lights[index] else []
            if right is not None:
                words.append(translate("class.ear-right" if index in right else "class.ear-wrong"))
            option = " ".join(plain_lines(question.options[index].text, 400, inline=True))
            self._say(f"{place}. {named(option, translate('ear.and').join(words)) if words else option}")

    # -- the run that decides ------------------------------------------------------------------------------

    def _runs_of(self, poll: Poll) -> PredictionRuns | None:
        """The runs that decide a poll, as far as they have come; None if it has none."""
        if not poll.runs:
            return None
        from tutor.runs.follower import RunFollower
        from tutor.runs.predictions import PredictionRuns

        if self._runs is None or self._runs.ids != poll.runs:
            folder = self._seat.place.folder.runs
            self._runs = PredictionRuns([RunFollower(folder / each) for each in poll.runs], poll.runs)
        while self._runs.poll():
            pass
        return self._runs

    def _facts(self, question: Question, runs: PredictionRuns | None) -> Facts | None:
        """What the runs report so far; None if there are none, or too few for the question."""
        if runs is None or len(question.labs) != len(runs.summaries):
            return None
        return facts_of_runs(question.labs, [summary.facts() for summary in runs.summaries])

    def _say_progress(self, poll: Poll, question: Question) -> None:
        """Say how far the runs are, and what holds of them now."""
        runs = self._runs_of(poll)
        for summary in runs.summaries if runs is not None else ():
            self._say(translate("ask.run-goes", epoch=summary.epoch, planned=summary.epochs_planned))
        self._say_result(poll, self._facts(question, runs))

    def _say_decided(self, poll: Poll) -> None:
        """Say how the runs went, what is right, and how the learner's answer stands, which then is kept once."""
        from tutor.plain.lab_lines import end_lines

        question, runs = self._asks(poll), self._runs_of(poll)
        for summary in runs.summaries if runs is not None else ():
            self._asker.say(*end_lines(summary))
        if question is None or poll.opened.lab or (runs is not None and runs.problem):
            self._say_result(poll)
            if runs is not None and runs.problem:
                self._say(translate("class.undecided", reason=runs.problem))
            return
        facts = self._facts(question, runs)
        decided = not question.labs or (facts is not None and facts_needed(question) <= facts.keys())
        self._say_result(poll, facts, decided=decided)
        if not decided:
            return
        attempt = self._attempt(poll, question)
        if attempt is None:
            self._asker.say(*(plain_lines(question.explanation, WIDTH) if question.explanation else ()))
        elif attempt.settle(facts if question.labs else None):
            self._asker.say(*verdict_lines(attempt))
            self._seat.keep_decided(self._store, poll, attempt)

    # -- answering -----------------------------------------------------------------------------------------

    def _take_poll(self) -> None:
        """Read the question and take the answer while the poll is open; afterwards say how it stands."""
        self._look()
        poll = self._seat.state.poll
        if poll is None:
            self._say(translate("class.ear-no-poll"))
            return
        question = self._asks(poll)
        if question is None:
            return
        stage = self._stage(poll)
        self._heard = (poll.id, poll.round, stage)
        if stage is _Stage.OPEN:
            self._ask(poll, question)
            self._say(translate("class.ear-back"))
        elif stage is _Stage.RUNNING:
            self._say_progress(poll, question)
        else:
            self._say_stage(poll, stage)

    def _ask(self, poll: Poll, question: Question) -> None:
        answer = _PollAnswer(Attempt(question, seed_of(poll), hints=False), AttemptContext(self._store))
        heading = translate("class.poll-title")
        if poll.round > 1:
            heading += translate("ear.and") + translate("class.round", round=poll.round)
        self._asker.say("", heading)
        self._say(translate("class.poll-anonymous" if self._seat.is_nameless(poll) else "class.poll-named"))
        self._asker.say("", *question_lines(answer.attempt))
        before = self._attempt(poll, question)
        if before is not None:
            own, _right = answer_parts(before)
            for text in own:
                self._asker.say(*plain_lines(named(translate("quiz.your-answer"), text), WIDTH))
        self._say(translate("class.ear-how-to-answer" if before is None else "class.ear-how-to-change"))
        if self._asker.aside().take_answer(answer) is Outcome.ANSWERED:
            self._vote(poll, answer.attempt)

    def _vote(self, poll: Poll, attempt: Attempt) -> None:
        """Save an answer. Only then is it said that it is in."""
        self._look()
        now = self._seat.state.polls.get(poll.id, poll)
        if not now.open or now.round != poll.round:
            self._say(translate("class.ear-too-late"))
            return
        try:
            self._seat.vote(now, attempt.given(), new_key())
        except OSError as error:
            self._say_not_written(error)
            return
        self._say(translate("class.ear-answer-is-in"))
        self._say_how_many(now)

    def _say_how_many(self, poll: Poll) -> None:
        """Say how many have answered, after a short wait for the count that has this answer in it."""
        vote = self._seat.vote_in(poll)
        for _ in range(_LOOKS):
            self._look()
            tally = self._seat.state.polls.get(poll.id, poll).tallies.get(poll.round)
            if vote is None or (tally is not None and tally.at >= vote.at):
                break
            sleep(_LOOK)
        if tally is not None:
            self._say(translate("class.ear-answered-of", answered=tally.answered, present=tally.present))


class _PollAnswer(QuestionAttempt):
    """An answer to a poll: it goes to the class, is kept nowhere else, and nothing decides it yet."""

    def commit(self) -> bool:
        self.attempt.deferred = True
        return self.attempt.commit()

    def give_up(self) -> bool:
        return False

    def set_unsure(self, unsure: bool) -> None:
        self.attempt.unsure = unsure


def _heard(text: str) -> str:
    """A title or an answer, on one line and as it is to be heard."""
    return spoken_text(harmless_line(text))
