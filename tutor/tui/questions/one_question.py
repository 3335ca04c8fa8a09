"""What quiz and review share: a screen with one question at a time, and a page of rows when none is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll

from tutor.charts.cells import Row, Span
from tutor.foundation.safe_text import harmless_line
from tutor.study.question_attempt import Mark, QuestionAttempt
from tutor.tui.commands import Command, bindings_of
from tutor.tui.screen import TutorScreen
from tutor.tui.themes import AGAIN, RIGHT, WARNING, WRONG
from tutor.tui.widgets.row_list import RowList
from tutor.typeset.page import typeset

if TYPE_CHECKING:
    from tutor.course.lesson import LabFence
    from tutor.study.question_attempt import Score
    from tutor.tui.questions.question import QuestionWidget

_LOW = 18
"""Rows of the screen below which there is no blank line above the question."""

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
    """A quiz or a review: it decides which question is next."""

    @property
    def current(self) -> QuestionAttempt | None:
        """The present question; None when none is left."""

    def next(self) -> QuestionAttempt | None:
        """Go on to the next question."""

    def leave(self) -> None:
        """Save everything: the learner leaves."""


class OneQuestionScreen(TutorScreen):
    """Asks the questions of a session. A subclass makes the session and fills the page of rows."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    OneQuestionScreen #asking { layout: horizontal; height: 1fr; }
    OneQuestionScreen #page { width: 1fr; height: 1fr; }
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
        """The session; None before it has been made."""
        return None

    def lab_before(self, exercise: QuestionAttempt) -> LabFence | None:
        """The lab that shows what a question is about; None means the question's own lab."""
        return None

    def show_page(self) -> None:
        """Fill the page of rows."""

    def refresh_state(self) -> None:
        """Update what depends on the state of the session."""
        self.refresh_frame()
        self.refresh_bindings()

    # -- the frame ---------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="asking"):
            yield QuizFlow()
            yield RowList(id="page")

    def on_resize(self, event: events.Resize) -> None:
        """Leave out the blank line above the question on a low screen."""
        self.set_class(event.size.height < _LOW, "-low")

    def on_unmount(self) -> None:
        """Save everything, however the learner leaves."""
        if self.asking is not None:
            self.asking.leave()

    @property
    def questions(self) -> list[QuestionWidget]:
        """The present question as a list; empty if there is none."""
        from tutor.tui.questions.question import QuestionWidget

        return list(self.query(QuestionWidget))

    async def show(self) -> None:
        """Show the present question, or the page. Do nothing if the learner has left meanwhile."""
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

    def question_widget(self, exercise: QuestionAttempt, lab: LabFence | None) -> QuestionWidget:
        """A widget that asks a question."""
        from tutor.tui.questions.question import QuestionWidget

        return QuestionWidget(exercise, lab=lab, boxed=False)

    async def _show_question(self, exercise: QuestionAttempt) -> None:
        lab, flow = self.lab_before(exercise), self.query_one(QuizFlow)
        shown = self.questions
        if shown:
            await shown[0].show(exercise, lab=lab)
        else:
            await flow.mount(self.question_widget(exercise, lab))
        if not (shown := self.questions):
            return  # the screen was left meanwhile
        flow.scroll_home(animate=False)
        shown[0].focus(scroll_visible=False)
        exercise.seen()

    # -- messages of the question ------------------------------------------------------------------------

    def on_question_widget_changed(self) -> None:
        self.refresh_state()

    def on_question_widget_committed(self) -> None:
        """Show notices of the store, such as that the answer could not be saved."""
        for text in self.workspace.store.take_notices():
            self.notice(text, "warning")
        self.refresh_state()

    def on_question_widget_settled(self) -> None:
        self.refresh_state()

    # -- keys --------------------------------------------------------------------------------------------

    def possible_now(self) -> dict[str, bool]:
        """Whether each action of this screen can be used now."""
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
        """Disable the keys that cannot be used now."""
        possible = self.possible_now()
        return possible[action] if action in possible else super().check_action(action, parameters)

    async def action_next(self) -> None:
        """Go on to the next question, or to the page after the last."""
        if self.asking is not None:
            self.asking.next()
            await self.show()

    def action_show(self) -> None:
        """Show the answer, which then counts as not known."""
        for question in self.questions:
            question.give_up()


def score_row(place: str, score: Score) -> Row:
    """``place`` and the score, for the top line."""
    row = [Span(place)] if place else []
    for sign, count, ink in ((RIGHT, score.right, "good"), (WRONG, score.wrong, "bad")):
        row += [Span("   " if row and sign == RIGHT else " "), Span(f"{sign} {count}", ink)]
    return row


def title_line(exercise: QuestionAttempt) -> str:
    """A question's title on one line, with its Markdown and maths typeset."""
    question = exercise.question
    lines = typeset(question.title or question.prompt, 200, inline=bool(question.title))
    return harmless_line(lines[0].text if lines else question.id)


_FLOW_KEYS: tuple[Command, ...] = (
    Command("flow.down", ("down", "j"), "keys.down", action="scroll_down", group="keys.group-move", palette=False),
    Command("flow.up", ("up", "k"), "keys.up", action="scroll_up", group="keys.group-move", palette=False),
    Command("flow.page-down", ("pagedown", "ctrl+d", "space"), "keys.page-down", action="page_down",
            group="keys.group-move", palette=False),
    Command("flow.page-up", ("pageup", "ctrl+u"), "keys.page-up", action="page_up", group="keys.group-move",
            palette=False),
)  # fmt: skip


class QuizFlow(VerticalScroll):
    """Contains the question; arrows scroll it when the question does not use them."""

    BINDINGS = bindings_of(_FLOW_KEYS)
    can_focus = False

    def action_page_down(self) -> None:
        """Scroll without animation."""
        self.scroll_page_down(animate=False)

    def action_page_up(self) -> None:
        self.scroll_page_up(animate=False)

    def action_scroll_down(self) -> None:
        self.scroll_relative(y=1, animate=False)

    def action_scroll_up(self) -> None:
        self.scroll_relative(y=-1, animate=False)
