"""A poll on the screen once it is closed: what was answered, the run that decides it, and what is right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer

from tutor.charts.cells import Row
from tutor.classroom.polls import counts_in, holding, seed_of
from tutor.course.conditions import Facts
from tutor.course.lesson import LabFence, Question
from tutor.course.questions import question_type
from tutor.course.questions.choices import right_options
from tutor.foundation.translate import language, translate
from tutor.runs.follower import RunFollower
from tutor.runs.predictions import PredictionRuns
from tutor.study.attempt import Attempt, facts_needed
from tutor.study.predictions import facts_of_runs
from tutor.tui.questions.poll_rows import PollResult, result_rows
from tutor.tui.questions.question import Runs
from tutor.tui.questions.rows import page_rows, plain_rows, verdict_rows
from tutor.tui.textual_private import CachedLayout
from tutor.tui.widgets.rows import look_of, shell_of, strip_of

if TYPE_CHECKING:
    from tutor.classroom.room import Poll
    from tutor.tui.questions.run_card import RunCard

_POLLS_A_SECOND = 10
_TALL = 36
"""Rows of a screen on which the bars of a poll and the picture of its run both have room."""
_LEAST_CARD, _CARD_ROWS = 6, 10
_FRAME = 9
"""Rows of a screen that neither options nor runs can use: top line, tabs, title, footer."""


class RowsBlock(CachedLayout):
    """Rows that are as many as they need at a width.

    Args:
        make: Gives the rows for a width in cells.
    """

    DEFAULT_CSS = "RowsBlock { width: 100%; height: auto; }"

    def __init__(self, make: Callable[[int], list[Row]], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._make = make
        self._made: tuple[object, list[Row]] | None = None

    def rows_at(self, width: int) -> list[Row]:
        """The rows in ``width`` cells, kept until `renew`."""
        key = (width, language(), shell_of(self).ascii)
        if self._made is None or self._made[0] != key:
            self._made = (key, self._make(width))
        return self._made[1]

    def renew(self) -> None:
        """Make the rows again."""
        before = len(self._made[1]) if self._made is not None else -1
        self._made = None
        width = self.content_size.width
        self.refresh(layout=not width or len(self.rows_at(width)) != before)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.rows_at(width))

    def render_line(self, y: int) -> Strip:
        rows = self.rows_at(self.content_size.width)
        return strip_of(rows[y] if y < len(rows) else (), look_of(self), self.content_size.width)


class PollView(CachedLayout, can_focus=True):
    """A closed poll.

    Args:
        runs_folder: The folder of the runs that the class watches.
    """

    DEFAULT_CSS = """
    PollView { width: 100%; height: auto; layout: vertical; }
    PollView > #poll-runs { height: auto; }
    PollView > #poll-runs > RunCard { margin: 1 2 0 2; width: 1fr; }
    """

    class Decided(Message):
        """The runs have ended; `facts` is what they report, or None if they decide nothing."""

        def __init__(self, poll: Poll, facts: Facts | None) -> None:
            self.poll, self.facts = poll, facts
            super().__init__()

    def __init__(self, runs_folder: Path) -> None:
        super().__init__()
        self._folder = runs_folder
        self._poll: Poll | None = None
        self._question: Question | None = None
        self._attempt: Attempt | None = None
        self._runs: PredictionRuns | None = None
        self._cards: list[RunCard] = []
        self._timer: Timer | None = None
        self._facts: Facts | None = None
        self._decided: tuple[str, bool] = ("", False)
        self.problem = ""
        """Why the runs decide nothing; empty if they do, or may still."""

    def compose(self) -> ComposeResult:
        yield RowsBlock(self._result, id="poll-result")
        yield Runs(id="poll-runs")
        yield RowsBlock(self._verdict, id="poll-verdict")

    def refresh_texts(self) -> None:
        """Draw everything again."""
        for block in self.query(RowsBlock):
            block.renew()
        for card in self._cards:
            card.redraw()

    async def show(self, poll: Poll, question: Question, attempt: Attempt | None = None) -> None:
        """Show a poll as it stands.

        Args:
            poll: The poll.
            question: What it asks.
            attempt: The learner's answer; None if there is none.
        """
        if self._poll is not None and self._poll.id != poll.id:
            await self.forget()
        self._poll, self._question, self._attempt = poll, question, attempt
        if self._timer is not None:
            self._timer.resume()
        if poll.revealed and self._decided[0] != poll.id:
            self._decided = (poll.id, False)
            if poll.runs:
                await self._follow(poll, question)
            else:
                self._decide(None)
        self.refresh_texts()

    def pause(self) -> None:
        """Do not follow the runs until `show` is called."""
        if self._timer is not None:
            self._timer.pause()

    async def forget(self) -> None:
        """The poll has been put away: close what belongs to it."""
        self._stop()
        self._poll = self._question = self._attempt = None
        self._runs, self._facts, self.problem, self._cards = None, None, "", []
        self._decided = ("", False)
        await self.query_one("#poll-runs").remove_children()

    async def _follow(self, poll: Poll, question: Question) -> None:
        from tutor.tui.questions.run_card import RunCard

        followers = [RunFollower(self._folder / each) for each in poll.runs]
        self._runs = PredictionRuns(followers, poll.runs)
        fences = list(question.labs) or [LabFence(poll.opened.lab, "", {}, question.place) for _ in followers]
        room = (self.app.size.height - _FRAME - len(question.options)) // max(1, len(followers)) - 1
        height = max(_LEAST_CARD, min(_CARD_ROWS, room))
        self._cards = [RunCard(fence, follower, height) for fence, follower in zip(fences, followers, strict=False)]
        self._timer = self.set_interval(1 / _POLLS_A_SECOND, self._look)
        self._look()
        await self.query_one("#poll-runs").mount(*self._cards)

    # -- the run ------------------------------------------------------------------------------------------

    def _look(self) -> None:
        runs, question = self._runs, self._question
        if runs is None or question is None or shell_of(self).unseen or not runs.poll():
            return
        for card in self._cards:
            card.redraw()
        before = self._lights()
        self._facts = self._facts_of(question, runs)
        if runs.ended:
            self._stop()
            self.problem = runs.problem
            self._decide(None if self.problem else self._facts)
        elif before != self._lights():
            self.query_one("#poll-result", RowsBlock).renew()

    @staticmethod
    def _facts_of(question: Question, runs: PredictionRuns) -> Facts:
        facts = [summary.facts() for summary in runs.summaries]
        return facts_of_runs(question.labs, facts) if len(question.labs) == len(facts) else {}

    def _decide(self, facts: Facts | None) -> None:
        poll = self._poll
        if poll is None:
            return
        self._facts = facts
        self._decided = (poll.id, True)
        self.post_message(self.Decided(poll, facts))
        self.refresh_texts()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = None

    def on_unmount(self) -> None:
        """Stop watching; the runs go on."""
        self._stop()

    # -- rows ---------------------------------------------------------------------------------------------

    def _lights(self) -> tuple[bool | None, ...]:
        question, poll = self._question, self._poll
        if question is None or poll is None or not poll.runs or not question.labs or self.problem:
            return ()
        return holding(question, self._facts or {})

    @property
    def _is_decided(self) -> bool:
        """Whether it is known which options are right."""
        poll, question = self._poll, self._question
        if poll is None or question is None or poll.opened.lab or self._decided != (poll.id, True) or self.problem:
            return False
        return not question.labs or (self._facts is not None and facts_needed(question) <= self._facts.keys())

    def _result(self, width: int) -> list[Row]:
        poll, question = self._poll, self._question
        if poll is None or question is None:
            return []
        tally = poll.tally
        mine = self._attempt.draft.chosen if self._attempt is not None else frozenset()
        right = right_options(question.options, self._facts) if self._is_decided and question.options else None
        result = PollResult(
            question, question_type(question.kind).shown(question, seed_of(poll)), counts_in(tally),
            tally.answered if tally is not None else 0, mine, self._lights(), right,
        )  # fmt: skip
        brief = bool(poll.runs) and self.app.size.height < _TALL
        return result_rows(result, width, ascii=shell_of(self).ascii, brief=brief)

    def _verdict(self, width: int) -> list[Row]:
        question, ascii = self._question, shell_of(self).ascii
        if self.problem:
            return [[], *plain_rows(translate("class.undecided", reason=self.problem), width, ink="bad")]
        if question is None or not self._is_decided:
            return []
        if self._attempt is not None and self._attempt.verdict is not None:
            return verdict_rows(self._attempt, width, ascii=ascii)
        rows = page_rows(question.explanation, width, ascii=ascii) if question.explanation else []
        return [[], *rows]
