"""What quiz and review have in common: one question at a time in front, a page of rows when none is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal

from tutor.charts.cells import Row, Span
from tutor.foundation.safe_text import harmless_line
from tutor.study.question_attempt import Mark, QuestionAttempt
from tutor.tui.questions.quiz_flow import QuizFlow
from tutor.tui.screen import TutorScreen
from tutor.tui.themes import AGAIN, RIGHT, WARNING, WRONG
from tutor.tui.widgets.row_list import RowList
from tutor.typeset.page import typeset

if TYPE_CHECKING:
    from tutor.course.lesson import LabFence
    from tutor.study.question_attempt import Score
    from tutor.tui.questions.question import QuestionWidget

_LOW = 18
"""Rows below which no blank line is spent above the question."""

SIGNS: dict[Mark, tuple[str, str]] = {
    Mark.OPEN: (" ", "muted"),
    Mark.SKIPPED: (AGAIN, "accent"),
    Mark.WAITING: ("…", "accent"),
    Mark.RIGHT: (RIGHT, "good"),
    Mark.WRONG: (WRONG, "bad"),
    Mark.UNCOUNTED: (WARNING, "muted"),
}
"""The sign of a question in a list, and its ink."""


class Session(Protocol):
    """What asks the questions: a quiz or a review."""

    @property
    def current(self) -> QuestionAttempt | None:
        """The question in front of the learner; None when none is left."""

    def next(self) -> QuestionAttempt | None:
        """On to the next question."""

    def leave(self) -> None:
        """The learner goes away; everything is kept."""


class OneQuestionScreen(TutorScreen):
    """Asks the questions of a session. A subclass makes the session and says what the page of rows shows."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    OneQuestionScreen #asking { layout: horizontal; height: 1fr; }
    OneQuestionScreen #page { width: 1fr; height: 1fr; max-width: 90; }
    OneQuestionScreen QuizFlow {
        width: 1fr; height: 1fr; padding: 1 1 0 1;
        align-horizontal: center; scrollbar-size-vertical: 1; overflow-x: hidden;
    }
    OneQuestionScreen.-low QuizFlow { padding: 0 1; }
    OneQuestionScreen QuestionWidget { max-width: 82; }
    """

    # -- to be said by the subclass ----------------------------------------------------------------------

    @property
    def asking(self) -> Session | None:
        """The session; None while there is none yet."""
        return None

    def lab_before(self, exercise: QuestionAttempt) -> LabFence | None:
        """The lab in which a question can be seen; the question's own where None."""
        return None

    def show_page(self) -> None:
        """Fill the page of rows."""

    def refresh_state(self) -> None:
        """What can be done, or how it stands, has changed."""
        self.refresh_frame()
        self.refresh_bindings()

    # -- the frame ---------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        """The question, or the page of rows in its place."""
        with Horizontal(id="asking"):
            yield QuizFlow()
            yield RowList(id="page")

    def on_resize(self, event: events.Resize) -> None:
        """A low screen spares the blank line."""
        self.set_class(event.size.height < _LOW, "-low")

    def on_unmount(self) -> None:
        """Everything is kept, however one leaves."""
        if self.asking is not None:
            self.asking.leave()

    @property
    def questions(self) -> list[QuestionWidget]:
        """The question in front, if there is one."""
        from tutor.tui.questions.question import QuestionWidget

        return list(self.query(QuestionWidget))

    async def show(self) -> None:
        """Show the question in front, or the page; nothing where the learner has left meanwhile."""
        if not self.query(QuizFlow):
            return
        exercise, page = self.asking.current if self.asking is not None else None, self.query_one(RowList)
        page.display = exercise is None
        self.query_one(QuizFlow).display = exercise is not None
        if exercise is None:
            self.show_page()
            page.focus()
        else:
            await self._show_question(exercise)
        if self.query(QuizFlow):
            self.refresh_state()

    async def _show_question(self, exercise: QuestionAttempt) -> None:
        from tutor.tui.questions.question import QuestionWidget

        lab, flow = self.lab_before(exercise), self.query_one(QuizFlow)
        shown = self.questions
        if shown:
            await shown[0].show(exercise, lab=lab)
        else:
            await flow.mount(QuestionWidget(exercise, lab=lab, boxed=False))
        if not (shown := self.questions):
            return  # left while it was made
        flow.scroll_home(animate=False)
        shown[0].focus(scroll_visible=False)
        exercise.seen()

    # -- what the question tells -------------------------------------------------------------------------

    def on_question_widget_changed(self) -> None:
        """What can be done may have changed."""
        self.refresh_state()

    def on_question_widget_committed(self) -> None:
        """The memory has the answer; it may have had something to say."""
        for text in self.services.store.take_notices():
            self.notice(text, "warning")
        self.refresh_state()

    def on_question_widget_settled(self) -> None:
        """The score has changed."""
        self.refresh_state()

    # -- keys --------------------------------------------------------------------------------------------

    def possible_now(self) -> dict[str, bool]:
        """For each action of this screen, whether it means something now."""
        current = self.asking.current if self.asking is not None else None
        locked = current is not None and current.attempt.locked
        is_open = current is not None and not locked
        return {
            "next": locked,
            "skip": is_open,
            "show": is_open and current is not None and not current.question.predicts,
            "lesson": locked,
        }

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys mean something now."""
        possible = self.possible_now()
        return possible[action] if action in possible else super().check_action(action, parameters)

    async def action_next(self) -> None:
        """On to the next question, or to the page."""
        if self.asking is not None:
            self.asking.next()
            await self.show()

    def action_show(self) -> None:
        """Show the answer; it counts as not known."""
        for question in self.questions:
            question.give_up()


def score_row(place: str, score: Score) -> Row:
    """``place`` and how it stands, for the top line."""
    row = [Span(place)] if place else []
    for sign, count, ink in ((RIGHT, score.right, "good"), (WRONG, score.wrong, "bad")):
        row += [Span("   " if row and sign == RIGHT else " "), Span(f"{sign} {count}", ink)]
    return row


def title_line(exercise: QuestionAttempt) -> str:
    """A question's title on one line, its Markdown and maths set."""
    question = exercise.question
    lines = typeset(question.title or question.prompt, 200, inline=bool(question.title))
    return harmless_line(lines[0].text if lines else question.id)
