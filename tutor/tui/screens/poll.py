"""A poll of the class, for a learner: the question, how many have answered, and in the end the run that decides."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical

from tutor.charts.cells import Row, Span
from tutor.classroom.events import given_of
from tutor.classroom.polls import seed_of
from tutor.course.lesson import Options, Place, Question
from tutor.course.questions.base import Given
from tutor.foundation.translate import language, translate
from tutor.progress.records import new_key
from tutor.study.attempt import Attempt
from tutor.tui.questions.ask import AskView
from tutor.tui.questions.one_question import QuizFlow
from tutor.tui.questions.poll_view import PollView, RowsBlock
from tutor.tui.questions.rows import plain_rows
from tutor.tui.screen import TutorScreen, Whereabouts

if TYPE_CHECKING:
    from tutor.classroom.room import Poll
    from tutor.tui import routes
    from tutor.tui.classroom import LearnerSide

_LOW = 18
_NOTHING = Question("", "single", "", "", (), "", Options(()), (), Place(Path()), "")
"""What is asked while there is no poll."""


class PollScreen(TutorScreen):
    """The poll that is on. It lies over the screen that the learner was in, and esc goes back there.

    One screen serves all polls. It is made before the first, and each poll only changes what it shows.
    """

    AUTO_FOCUS = ""
    CSS = """
    PollScreen QuizFlow {
        width: 1fr; height: 1fr; padding: 1 1 0 1; align-horizontal: center;
        scrollbar-size-vertical: 1; overflow-x: hidden;
    }
    PollScreen.-low QuizFlow { padding: 0 1; }
    PollScreen QuizFlow > Vertical { max-width: 82; height: auto; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._poll: Poll | None = None
        self._question: Question | None = None
        self._attempt: Attempt | None = None
        self._round = 0
        self._saving = False
        self._stage: object = None
        self._look: object = None

    # -- the frame ----------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        """The question at once if it has been read. Else an empty one, so that there is a widget to be laid out."""
        poll, question = self._side.poll, self._side.question
        if poll is not None:
            self._ask_anew(poll, question)
        ask = AskView(self._attempt or Attempt(_NOTHING))
        view = PollView(self._side.seat.place.folder.runs)
        ask.display, view.display = poll is None or (poll.open and question is not None), False
        with QuizFlow(), Vertical(id="poll"):
            yield ask
            yield view
            yield RowsBlock(self._said, id="poll-said")

    def breadcrumb(self) -> list[str]:
        """``tutor › A question to everybody``."""
        return [translate("class.poll-title")]

    def whereabouts(self) -> Whereabouts | None:
        """The screen behind it says where the learner is."""
        return None

    def status(self) -> Row:
        """How many have answered, and whether the poll is still open."""
        poll = self._poll
        if poll is None:
            return []
        row = [Span(translate("class.round", round=poll.round), "muted")] if poll.round > 1 else []
        if (tally := poll.tally) is None:
            return row
        key = "class.answered-of" if poll.open else "class.closed-with"
        said = translate(key, answered=tally.answered, present=tally.present)
        return [*row, *([Span("   ")] if row else []), Span(said, "accent" if poll.open else "muted")]

    def on_mount(self) -> None:
        self._look = self._look_now
        self.query_one(AskView).focus(scroll_visible=False)
        self.class_changed()

    async def on_event(self, event: events.Event) -> None:
        """Keep the styles when the screen is shown again, unless the look has changed since."""
        if isinstance(event, events.ScreenResume) and self._look == self._look_now:
            event.refresh_styles = False
        await super().on_event(event)

    def on_screen_resume(self) -> None:
        """Something may have happened in the class while another screen was in front."""
        self.class_changed()

    def on_screen_suspend(self) -> None:
        """Once the screen has been left, do not follow the runs any more."""
        if self not in self.tutor.screen_stack:
            for view in self.query(PollView):  # none is left if the screen is removed
                view.pause()

    def on_resize(self, event: events.Resize) -> None:
        """Leave out the blank line above the question on a low screen."""
        self.set_class(event.size.height < _LOW, "-low")

    def refresh_texts(self) -> None:
        """Ask in the language in use."""
        super().refresh_texts()
        self._side.read_question(self.class_changed)
        for view in self.query(PollView):
            view.refresh_texts()

    @property
    def _side(self) -> LearnerSide:
        return cast("LearnerSide", self.tutor.classroom)

    @property
    def _look_now(self) -> object:
        return language(), self.tutor.look.name, self.tutor.ascii

    # -- what happens in the class ------------------------------------------------------------------------

    def class_changed(self) -> None:
        """Show the poll as it stands. The screen may be behind: then this is what it shows when it comes."""
        if not self.is_mounted:
            return  # it shows the poll when it is
        if self._look != self._look_now:
            self._look = self._look_now
            self.refresh_texts()
        poll = self._side.poll
        if poll is None:
            self._forget()
            if self.is_current:
                self.action_back()
            return
        if self._saving:
            return
        question, before = self._side.question, self._poll
        known = before is not None and (before.id, self._round) == (poll.id, poll.round)
        if not known or (question is not None and question is not self._question):
            self._ask_anew(poll, question)
        self._poll = poll
        stage = (poll.id, poll.round, poll.open, poll.revealed, question, self._attempt, language())
        if stage != self._stage or not poll.open:
            self._stage = stage
            self._show_stage(poll)
            self.query_one("#poll-said", RowsBlock).renew()
            self.refresh_bindings()
        self.refresh_frame()

    def _ask_anew(self, poll: Poll, question: Question | None) -> None:
        """Take another question, another round of it, or the same in another language."""
        before = self._attempt
        same = self._poll is not None and (self._poll.id, self._round) == (poll.id, poll.round)
        if question is None:
            self._attempt = None
        elif not (same and before is not None and before.translate(question)):
            self._attempt = self._new_attempt(poll, question)
        self._poll, self._round, self._question = poll, poll.round, question

    def _forget(self) -> None:
        """The poll has been put away: be ready for the next."""
        if self._poll is None:
            return
        self._poll = self._question = self._attempt = self._stage = None
        ask, view = self.query_one(AskView), self.query_one(PollView)
        ask.show(Attempt(_NOTHING))
        ask.display, view.display = True, False
        ask.focus(scroll_visible=False)
        self.run_worker(view.forget())

    def _new_attempt(self, poll: Poll, question: Question) -> Attempt:
        """An attempt: with the learner's answer if there is one, so that nothing is lost when a terminal goes away."""
        attempt = Attempt(question, seed_of(poll), hints=False)
        attempt.deferred = True
        attempt.waits_with = "class.answer-is-in"
        vote = self._side.seat.vote_in(poll) if poll.open else self._side.seat.last_vote(poll)
        if vote is not None:
            draft = attempt.type.restore(attempt.question, given_of(vote))
            if draft is not None and attempt.put(draft):
                attempt.commit()
        return attempt

    def _show_stage(self, poll: Poll) -> None:
        ask, view, attempt = self.query_one(AskView), self.query_one(PollView), self._attempt
        ask.display = poll.open and attempt is not None
        view.display = not poll.open and attempt is not None
        ask.offered = frozenset({"change"}) if poll.open and attempt is not None and attempt.locked else frozenset()
        if attempt is not None and ask.attempt is not attempt:
            ask.show(attempt)
        else:
            ask.redraw()
        if ask.display and not ask.has_focus:
            ask.focus(scroll_visible=False)
        if self._question is not None and not poll.open:
            voted = self._side.seat.last_vote(poll) is not None
            self.run_worker(view.show(poll, self._question, attempt if voted else None))
            if not view.has_focus:
                view.focus(scroll_visible=False)

    def _said(self, width: int) -> list[Row]:
        """What is to be done now, in a sentence below the question."""
        poll = self._poll
        if poll is None:
            return []
        if self._question is None:
            key = "class.question-missing" if self._side.question_missing else "class.question-coming"
        elif poll.revealed:
            return []
        elif not poll.open:
            key = "class.talk"
        elif self._side.seat.is_nameless(poll):
            key = "class.poll-anonymous"
        else:
            key = "class.poll-named"
        return [[], *plain_rows(translate(key), width, ink="muted")]

    # -- answering ----------------------------------------------------------------------------------------

    def on_ask_view_advice(self, event: AskView.Advice) -> None:
        event.stop()
        self.notice(event.text)

    def on_ask_view_changed(self, event: AskView.Changed) -> None:
        event.stop()
        self.refresh_frame()
        self.refresh_bindings()

    def on_ask_view_requested(self, event: AskView.Requested) -> None:
        """Cast the vote, or change it."""
        event.stop()
        attempt, poll, question = self._attempt, self._poll, self._question
        if attempt is None or poll is None or question is None or not poll.open:
            return
        if event.name == "commit" and attempt.commit():
            self.run_worker(self._vote(poll, attempt, attempt.given()))
        elif event.name == "change":
            draft = attempt.draft
            self._attempt = attempt = Attempt(question, seed_of(poll), hints=False)
            attempt.deferred, attempt.waits_with = True, "class.answer-is-in"
            attempt.put(draft)
            self._stage = None
            self.class_changed()

    async def _vote(self, poll: Poll, attempt: Attempt, given: Given) -> None:
        """Save the answer in a thread: the disk may be busy. Only then is it said that it is in."""
        self._saving = True
        attempt.waits_with = "class.saving"
        for ask in self.query(AskView):
            ask.redraw()
        try:
            await asyncio.to_thread(self._side.seat.vote, poll, given, new_key())
        except OSError as error:
            self._attempt = fresh = Attempt(attempt.question, attempt.seed, hints=False)
            fresh.deferred, fresh.waits_with = True, "class.answer-is-in"
            fresh.put(attempt.draft)
            self.notice(translate("class.not-written", reason=error.strerror or str(error)), "warning")
        else:
            attempt.waits_with = "class.answer-is-in"
        finally:
            self._saving, self._stage = False, None
        self.class_changed()

    # -- the verdict --------------------------------------------------------------------------------------

    def on_poll_view_decided(self, event: PollView.Decided) -> None:
        """Settle the learner's answer, and keep it with the learner's progress, once, unless names are left out."""
        event.stop()
        seat, attempt, question = self._side.seat, self._attempt, self._question
        vote = seat.last_vote(event.poll)
        if attempt is None or question is None or vote is None or event.poll.opened.lab:
            return
        if (question.labs and event.facts is None) or not attempt.settle(event.facts) or attempt.verdict is None:
            return
        for view in self.query(PollView):
            view.refresh_texts()
        seat.keep_decided(self.workspace.store, event.poll, attempt)


def screen_for(route: routes.Poll) -> PollScreen:
    """The screen of a route."""
    return PollScreen()
