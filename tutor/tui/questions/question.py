"""A question to be answered, in the text of a lesson or alone in a quiz.

`QuestionWidget` shows the question, handles keys and mouse, locks the answer, starts the runs of a prediction, and
shows the verdict. It posts `QuestionWidget.Changed`, `QuestionWidget.Committed` and `QuestionWidget.Settled`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer

from tutor.charts.cells import Row
from tutor.course.lesson import LabFence
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import language, translate
from tutor.progress.scheduling import is_preloaded, preload
from tutor.runs.predictions import PredictionRuns
from tutor.study.attempt import Stage
from tutor.study.predictions import facts_of_runs
from tutor.study.question_attempt import Mark, QuestionAttempt
from tutor.tui import router, routes
from tutor.tui.questions.ask import AskView, reveal
from tutor.tui.questions.rows import verdict_rows
from tutor.tui.screen import TutorScreen
from tutor.tui.textual_private import CachedLayout
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.rows import look_of, shell_of, strip_of

if TYPE_CHECKING:
    from tutor.tui.questions.run_card import RunCard

_POLLS_A_SECOND = 10


class VerdictView(CachedLayout):
    """The verdict on the answer."""

    DEFAULT_CSS = "VerdictView { width: 100%; height: auto; }"

    def __init__(self, exercise: QuestionAttempt) -> None:
        super().__init__()
        self.exercise = exercise
        self.raised = False
        """Whether the rows have the ground of a question in the text."""
        self._set: tuple[object, list[Row]] | None = None

    def rows_at(self, width: int) -> list[Row]:
        """The rows in ``width`` cells, kept until the verdict changes."""
        attempt, ascii = self.exercise.attempt, shell_of(self).ascii
        key = (attempt, attempt.question, attempt.stage, attempt.unsure, width, ascii, language())
        if self._set is None or self._set[0] != key:
            self._set = (key, verdict_rows(attempt, width, ascii=ascii))
        return self._set[1]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.rows_at(width))

    def render_line(self, y: int) -> Strip:
        rows, look = self.rows_at(self.content_size.width), look_of(self)
        ground = "raised" if self.raised and not look.native else None
        return strip_of(rows[y] if y < len(rows) else (), look, self.content_size.width, ground=ground)


class Runs(Vertical, CachedLayout):
    """The runs that decide a prediction, one below the other."""


class QuestionWidget(CachedLayout):
    """A question with its answer, runs and verdict.

    Args:
        exercise: The question, which saves its answer.
        lab: The lab that shows what the question is about; None means the question's own lab.
        boxed: Whether to set it off from the text around it, by a bar and a ground, and to give it a title.
        number: Its number for the title; 0 leaves it out.
        closes: Whether it stands at the end of the lesson, to answer the question that the lesson opened with.
    """

    DEFAULT_CSS = """
    QuestionWidget { width: 100%; height: auto; layout: vertical; }
    QuestionWidget > #runs { height: auto; }
    QuestionWidget > #runs > RunCard { margin: 1 2 0 2; width: 1fr; }
    QuestionWidget.-boxed { border-left: wide $rule; background: $raised; padding: 0; }
    QuestionWidget.-boxed:ansi { background: transparent; }
    QuestionWidget.-boxed:focus-within { border-left: wide $accent; }
    """

    class Changed(Message):
        """The draft of the answer, or what the question shows, has changed."""

        def __init__(self, question: QuestionWidget) -> None:
            self.question = question
            super().__init__()

        @property
        def control(self) -> QuestionWidget:
            """The question."""
            return self.question

        @property
        def exercise(self) -> QuestionAttempt:
            """The question's exercise."""
            return self.question.exercise

    class Committed(Changed):
        """The answer has been locked and saved."""

    class Missed(Changed):
        """A first wrong answer has been saved, and there is another try."""

    class Settled(Changed):
        """The verdict is there, or it is clear that there will be none."""

    def __init__(
        self, exercise: QuestionAttempt, *, lab: LabFence | None = None, boxed: bool = True, number: int = 0,
        closes: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(classes="-boxed" if boxed else "")
        self.exercise = exercise
        self.lab = lab
        self.number = number
        self._closes = closes
        self._boxed = boxed
        self._runs: PredictionRuns | None = None
        self._timer: Timer | None = None
        self._cards: list[RunCard] = []

    def compose(self) -> ComposeResult:
        ask, verdict = AskView(self.exercise.attempt), VerdictView(self.exercise)
        ask.raised = verdict.raised = self._boxed
        yield ask
        yield Runs(id="runs")
        yield verdict

    def on_mount(self) -> None:
        """Show the state of the attempt; if it waits for runs, follow them."""
        if self.query(AskView):  # else the screen was left before this was mounted
            self.refresh_texts()
        if self.exercise.attempt.stage is Stage.WAITING:
            self.call_after_refresh(self._start_runs)

    @property
    def ask(self) -> AskView:
        return self.query_one(AskView)

    def focus(self, scroll_visible: bool = True) -> QuestionWidget:
        """Give the focus to the part that takes the keys."""
        self.ask.focus(scroll_visible)
        return self

    def refresh_texts(self) -> None:
        """Draw everything again after a change of language, look or attempt."""
        if self._boxed:
            self.ask.heading = self._title()
        self.ask.offered = self._offered()
        self.ask.redraw()
        self.query_one(VerdictView).refresh(layout=True)
        for card in self._cards:
            card.redraw()

    async def show(self, exercise: QuestionAttempt, *, lab: LabFence | None = None) -> None:
        """Ask another question, or the same one again."""
        self._stop()
        self._cards = []
        self.exercise = exercise
        self.lab = lab
        await self.query_one("#runs").remove_children()
        self.query_one(VerdictView).exercise = exercise
        self.ask.show(exercise.attempt)
        self.refresh_texts()
        exercise.seen()
        if exercise.attempt.stage is Stage.WAITING:
            self._start_runs()

    def _title(self) -> str:
        question = self.exercise.question
        if self._closes:
            return translate("quiz.title-closing")
        named = "quiz.title-opening" if question.opening else "quiz.title-predict" if question.predicts else ""
        kind = translate(named or "quiz.title")
        if not self.number:
            return kind
        key = "quiz.title-numbered-predict" if named else "quiz.title-numbered"
        return translate(key, number=self.number, kind=kind)

    def _offered(self) -> frozenset[str]:
        attempt = self.exercise.attempt
        if not attempt.locked:
            return frozenset()
        offered = {"unsure"} if attempt.stage is Stage.SETTLED else set()
        if attempt.stage is not Stage.WAITING:
            if self._lab_shown() is not None:
                offered |= {"why" if self._was_wrong() else "lab"}
            offered |= {"again"} if self.exercise.retry is not None else set()
        return frozenset(offered)

    def _was_wrong(self) -> bool:
        """Whether the runs have shown that the learner's prediction was wrong."""
        exercise = self.exercise
        return (
            bool(exercise.question.labs)
            and len(exercise.runs) == len(exercise.question.labs)
            and (exercise.mark is Mark.WRONG)
        )

    def _lab_shown(self) -> LabFence | None:
        labs = self.exercise.question.labs
        return labs[0] if labs else self.lab

    # -- what the learner does ---------------------------------------------------------------------------

    def on_focus(self) -> None:
        """Count the time for this question from now on."""
        self.exercise.seen()

    def on_descendant_focus(self) -> None:
        """Count the time for this question from now on."""
        self.exercise.seen()
        if not is_preloaded():
            self.run_worker(preload, thread=True, exit_on_error=False)

    def on_descendant_blur(self) -> None:
        """Stop counting time for this question."""
        self.exercise.left()

    def on_ask_view_changed(self, event: AskView.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self))

    def on_ask_view_advice(self, event: AskView.Advice) -> None:
        """Show the sentence as a notice."""
        event.stop()
        if isinstance(self.screen, TutorScreen):
            self.screen.notice(event.text)

    async def on_ask_view_requested(self, event: AskView.Requested) -> None:
        """Lock the answer, or do what the learner asked for after that."""
        event.stop()
        if event.name == "commit":
            self._commit()
        elif event.name == "unsure":
            self.exercise.set_unsure(not self.exercise.attempt.unsure)
            self.refresh_texts()
            self.post_message(self.Changed(self))
        elif event.name == "again" and self.exercise.retry is not None:
            await self.show(self.exercise.retry(), lab=self.lab)
            self.post_message(self.Changed(self))
        elif event.name == "lab":
            self._open_lab()
        elif event.name == "why":
            self._open_runs()

    def _open_lab(self) -> None:
        fence = self._lab_shown()
        if fence is not None:
            router.go(shell_of(self), routes.Lab(fence.lab, fence.overrides))

    def _open_runs(self) -> None:
        """Open the lab with the last of the runs, and the other ones pinned for comparison."""
        app, runs = shell_of(self), self.exercise.runs
        try:
            for run_id in runs:
                app.workspace.runs.folder_of(run_id)
        except TutorError:
            self._open_lab()  # the runs have been deleted, but the lab can make them again
        else:
            router.go(app, routes.Run(runs[-1], runs[:-1]))

    def give_up(self) -> None:
        """Show the answer, which then counts as not known."""
        if self.exercise.give_up():
            self._committed()

    def _commit(self) -> None:
        if not self.exercise.commit():
            return
        if self.exercise.attempt.locked:
            self._committed()
        else:
            self.refresh_texts()
            self.ask.missed()
            self.post_message(self.Missed(self))

    def _committed(self) -> None:
        if isinstance(self.screen, TutorScreen):
            self.screen.query_one(Notice).hide()
        self.refresh_texts()
        self.post_message(self.Committed(self))
        if self.exercise.attempt.stage is Stage.WAITING:
            self._start_runs()
        else:
            self._settled()

    # -- predictions -------------------------------------------------------------------------------------

    def _start_runs(self) -> None:
        if self.exercise.attempt.stage is not Stage.WAITING or self._runs is not None:
            return
        exercise = self.exercise
        self.run_worker(lambda: self._begin_runs(exercise), thread=True, exit_on_error=False)

    def _begin_runs(self, exercise: QuestionAttempt) -> None:
        """Run in a thread, because it reads files, starts processes and imports the charts."""
        from tutor.charts.plot import preload

        workspace = shell_of(self).workspace
        try:
            runs = PredictionRuns.begin(workspace.runs, workspace.course, exercise.question.labs, exercise.runs)
        except TutorError as error:
            self.app.call_from_thread(self._cannot_begin, exercise, str(error))
            return
        preload()
        self.app.call_from_thread(self._begun, exercise, runs)

    def _cannot_begin(self, exercise: QuestionAttempt, reason: str) -> None:
        exercise.cannot_run(reason)
        if exercise is self.exercise and self.is_attached:
            self._settled()

    def _begun(self, exercise: QuestionAttempt, runs: PredictionRuns) -> None:
        exercise.follow(runs.ids)
        if exercise is not self.exercise or not self.is_attached:
            return  # the learner has moved on; the run is joined when the question is shown again
        self._runs = runs
        from tutor.tui.questions.run_card import RunCard, height_of_cards

        height = height_of_cards(self.app.size.height, len(runs.followers))
        self._cards = [
            RunCard(fence, follower, height)
            for fence, follower in zip(exercise.question.labs, runs.followers, strict=True)
        ]
        self.call_next(self._show_cards)
        self._timer = self.set_interval(1 / _POLLS_A_SECOND, self.poll)

    async def _show_cards(self) -> None:
        await self.query_one("#runs").mount(*self._cards)
        self._reveal_laid_out()

    def _reveal_laid_out(self, tries: int = 5) -> None:
        """Scroll the runs into view once they have been laid out, which may take another refresh."""
        if not self.is_attached:
            return
        if tries and self.query_one("#runs").size.height <= len(self._cards):
            self.call_after_refresh(self._reveal_laid_out, tries - 1)
        else:
            self.call_after_refresh(self._reveal_end)

    def poll(self) -> None:
        """Show what the runs have written since the last call; at their end, settle the question."""
        runs = self._runs
        if runs is None or shell_of(self).unseen or not runs.poll():
            return
        for card in self._cards:
            card.redraw()
        if not runs.ended:
            return
        self._stop()
        if problem := runs.problem:
            for card in self._cards:
                card.display = bool(card.follower.summary.epoch)
            self.exercise.cannot_run(problem)
        else:
            self.exercise.settle(
                facts_of_runs(self.exercise.question.labs, [summary.facts() for summary in runs.summaries])
            )
        self._settled()

    def _settled(self) -> None:
        self.refresh_texts()
        self.post_message(self.Settled(self))
        self.call_after_refresh(self._reveal_end)

    def _reveal_end(self) -> None:
        """Scroll the verdict into view, or the runs until there is one; if it is too high, its beginning.

        Do nothing if the learner is reading something else by now.
        """
        if not self.is_attached or not self.has_focus_within:
            return
        verdict = self.query_one(VerdictView)
        shown = verdict if self.exercise.attempt.stage is not Stage.WAITING else self.query_one("#runs")
        if shown.size.height:
            reveal(shown, Region(0, 0, 1, min(shown.size.height, self.app.size.height - 4)))

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._runs = None

    def on_unmount(self) -> None:
        """Stop watching; the runs continue."""
        self.exercise.left()
        self._stop()
