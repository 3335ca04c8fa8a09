"""A poll of the class, for a learner: the question, how many have answered, and in the end the run that decides."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical

from tutor.charts.cells import Row, Span
from tutor.classroom.events import given_of
from tutor.classroom.polls import seed_of
from tutor.course.questions.base import Given
from tutor.foundation.translate import language, translate
from tutor.progress.records import Answer, new_key
from tutor.study.attempt import Attempt, Stage
from tutor.tui.questions.ask import AskView
from tutor.tui.questions.one_question import QuizFlow
from tutor.tui.questions.poll_view import PollView, RowsBlock
from tutor.tui.questions.rows import plain_rows
from tutor.tui.screen import TutorScreen, Whereabouts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.classroom.room import Poll
    from tutor.course.lesson import Question
    from tutor.tui import routes
    from tutor.tui.classroom import LearnerSide

_LOW = 18


class PollScreen(TutorScreen):
    """The poll that is on. It lies over the screen that the learner was in, and esc goes back there."""

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

    # -- the frame ----------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        """The question at once if it has been read, as it usually has: then the first frame shows it."""
        poll, question = self._side.poll, self._side.question
        with QuizFlow(), Vertical(id="poll"):
            if poll is not None and question is not None:
                yield from self._asking(poll, question)
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
        for ask in self.query(AskView):
            if self._poll is not None and self._poll.open:
                ask.focus(scroll_visible=False)
        self.class_changed()

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

    # -- what happens in the class ------------------------------------------------------------------------

    def class_changed(self) -> None:
        """Show the poll as it stands."""
        self.run_worker(self._show(), group="show", exclusive=False)

    async def _show(self) -> None:
        poll = self._side.poll
        if poll is None:
            if self.is_current:
                self.action_back()
            return
        if self._saving or not self.query("#poll"):
            return
        question, before = self._side.question, self._poll
        known = before is not None and (before.id, self._round) == (poll.id, poll.round)
        if not known or (question is not None and question is not self._question):
            await self._ask_anew(poll, question)
        self._poll = poll
        stage = (poll.id, poll.round, poll.open, poll.revealed, question, self._attempt, language())
        if stage != self._stage or not poll.open:
            self._stage = stage
            await self._show_stage(poll)
            self.query_one("#poll-said", RowsBlock).renew()
            self.refresh_bindings()
        self.refresh_frame()

    async def _ask_anew(self, poll: Poll, question: Question | None) -> None:
        """Ask a question, another round of it, or the same in another language."""
        for old in (*self.query(AskView), *self.query(PollView)):
            await old.remove()
        if question is None:
            self._poll, self._round, self._question, self._attempt = poll, poll.round, None, None
            return
        asking = list(self._asking(poll, question))
        await self.query_one("#poll").mount(*asking, before=0)
        if poll.open:
            asking[0].focus(scroll_visible=False)

    def _asking(self, poll: Poll, question: Question) -> Iterator[AskView | PollView]:
        """The widgets that ask a question, and that show what was answered."""
        before = self._attempt
        same = self._poll is not None and (self._poll.id, self._round) == (poll.id, poll.round)
        if same and before is not None and before.translate(question):
            attempt = before
        else:
            attempt = self._new_attempt(poll, question)
        self._poll, self._round, self._question, self._attempt = poll, poll.round, question, attempt
        ask, view = AskView(attempt), PollView(self._side.seat.place.folder.runs)
        ask.display, view.display = poll.open, False
        yield ask
        yield view

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

    async def _show_stage(self, poll: Poll) -> None:
        for ask in self.query(AskView):
            ask.display = poll.open
            ask.offered = frozenset({"again"}) if poll.open and ask.attempt.locked else frozenset()
            ask.redraw()
        for view in self.query(PollView):
            view.display = not poll.open
            if not poll.open and self._question is not None:
                voted = self._side.seat.last_vote(poll) is not None
                await view.show(poll, self._question, self._attempt if voted else None)
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
        elif event.name == "again":
            draft = attempt.draft
            self._attempt = attempt = Attempt(question, seed_of(poll), hints=False)
            attempt.deferred, attempt.waits_with = True, "class.answer-is-in"
            attempt.put(draft)
            for ask in self.query(AskView):
                ask.show(attempt)
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
            for ask in self.query(AskView):
                ask.show(fresh)
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
        mark = f"decided:{event.poll.id}"
        if seat.is_nameless(event.poll) or mark in seat.me.seen or attempt.stage is not Stage.SETTLED:
            return
        seat.see(mark)
        verdict = attempt.verdict
        self.workspace.store.record_answer(
            Answer(
                question.lesson_id, question.id, question.kind, attempt.given(), verdict.correct, verdict.score,
                language=language(), seed=attempt.seed, key=vote.key,
            )
        )  # fmt: skip


def screen_for(route: routes.Poll) -> PollScreen:
    """The screen of a route."""
    return PollScreen()
