"""A question to be answered, wherever it stands: in the text of a lesson or alone in a quiz.

``QuestionWidget(exercise)`` is all there is to it: it shows the question, takes keys and mouse, locks the answer,
plays the runs of a prediction, and tells the verdict. Whoever holds it hears `QuestionWidget.Changed`,
`QuestionWidget.Committed` and `QuestionWidget.Settled`.
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
from tutor.tui.questions.ask import AskView
from tutor.tui.questions.keys import reveal
from tutor.tui.questions.verdict import verdict_rows
from tutor.tui.screen import TutorScreen
from tutor.tui.textual_private import CachedLayout
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.rows import look_of, strip_of, tutor_app

if TYPE_CHECKING:
    from tutor.tui.questions.run_card import RunCard

_POLLS_A_SECOND = 10


class VerdictView(CachedLayout):
    """What is said to the answer."""

    DEFAULT_CSS = "VerdictView { width: 100%; height: auto; }"

    def __init__(self, exercise: QuestionAttempt) -> None:
        super().__init__()
        self.exercise = exercise
        self._set: tuple[object, list[Row]] | None = None

    def rows_at(self, width: int) -> list[Row]:
        """The rows at ``width`` cells, set once for each thing that can be said."""
        attempt, ascii = self.exercise.attempt, tutor_app(self).ascii
        key = (attempt, attempt.question, attempt.stage, attempt.unsure, width, ascii, language())
        if self._set is None or self._set[0] != key:
            self._set = (key, verdict_rows(attempt, width, ascii=ascii))
        return self._set[1]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there is to say."""
        return len(self.rows_at(width))

    def render_line(self, y: int) -> Strip:
        """One line of it."""
        rows = self.rows_at(self.content_size.width)
        return strip_of(rows[y] if y < len(rows) else (), look_of(self), self.content_size.width)


class Runs(Vertical, CachedLayout):
    """The runs that decide, one below the other."""


class QuestionWidget(CachedLayout):
    """See the module.

    Args:
        exercise: The question, and the memory of its answer.
        lab: The lab in which it can be seen; the question's own where None.
        boxed: Whether a frame sets it off from the text around it.
        number: Its number among the questions, for the frame's title; 0 leaves it out.
    """

    DEFAULT_CSS = """
    QuestionWidget { width: 100%; height: auto; layout: vertical; }
    QuestionWidget > #runs { height: auto; }
    QuestionWidget > #runs > RunCard { margin: 1 2 0 2; width: 1fr; }
    QuestionWidget.-boxed { border: round $rule; border-title-color: $muted; padding: 0 1 0 0; }
    QuestionWidget.-boxed:focus-within { border: round $accent; border-title-color: $accent; }
    """

    class Changed(Message):
        """The answer in the making, or what is shown of the question, has changed."""

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
        """The answer is locked and remembered."""

    class Settled(Changed):
        """The verdict is there, or it is certain that there will be none."""

    def __init__(
        self, exercise: QuestionAttempt, *, lab: LabFence | None = None, boxed: bool = True, number: int = 0
    ) -> None:
        super().__init__(classes="-boxed" if boxed else "")
        self.exercise = exercise
        self.lab = lab
        self.number = number
        self._boxed = boxed
        self._runs: PredictionRuns | None = None
        self._timer: Timer | None = None
        self._cards: list[RunCard] = []

    def compose(self) -> ComposeResult:
        """What is asked, the runs that decide, the verdict."""
        yield AskView(self.exercise.attempt)
        yield Runs(id="runs")
        yield VerdictView(self.exercise)

    def on_mount(self) -> None:
        """Go on with a run that was waited for."""
        if self.query(AskView):  # else it was left before it was there
            self.renew()
        if self.exercise.attempt.stage is Stage.WAITING:
            self.call_after_refresh(self._start_runs)

    @property
    def ask(self) -> AskView:
        """The part that takes the keys."""
        return self.query_one(AskView)

    def focus(self, scroll_visible: bool = True) -> QuestionWidget:
        """Let the keys answer this question."""
        self.ask.focus(scroll_visible)
        return self

    def renew(self) -> None:
        """The language or the look has changed, or the attempt has, from outside."""
        if self._boxed:
            self.border_title = self._title()
        self.ask.offered = self._offered()
        self.ask.redraw()
        self.query_one(VerdictView).refresh(layout=True)
        for card in self._cards:
            card.redraw()

    async def show(self, exercise: QuestionAttempt, *, lab: LabFence | None = None) -> None:
        """Ask another question, or the same one anew."""
        self._stop()
        self._cards = []
        self.exercise = exercise
        self.lab = lab
        await self.query_one("#runs").remove_children()
        self.query_one(VerdictView).exercise = exercise
        self.ask.show(exercise.attempt)
        self.renew()
        exercise.seen()
        if exercise.attempt.stage is Stage.WAITING:
            self._start_runs()

    def _title(self) -> str:
        question = self.exercise.question
        kind = translate("quiz.title-predict" if question.predicts else "quiz.title")
        if not self.number:
            return kind
        key = "quiz.title-numbered-predict" if question.predicts else "quiz.title-numbered"
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
        """Whether runs are there that told another thing than the learner predicted."""
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
        """The question is being looked at."""
        self.exercise.seen()

    def on_descendant_focus(self) -> None:
        """The question is being looked at."""
        self.exercise.seen()
        if not is_preloaded():
            self.run_worker(preload, thread=True, exit_on_error=False)

    def on_descendant_blur(self) -> None:
        """The learner looks elsewhere."""
        self.exercise.left()

    def on_ask_view_changed(self, event: AskView.Changed) -> None:
        """Tell whoever holds the question."""
        event.stop()
        self.post_message(self.Changed(self))

    def on_ask_view_advice(self, event: AskView.Advice) -> None:
        """Say it where the screen says such things."""
        event.stop()
        if isinstance(self.screen, TutorScreen):
            self.screen.notice(event.text)

    async def on_ask_view_wish(self, event: AskView.Wish) -> None:
        """Lock the answer, or do what can be done after that."""
        event.stop()
        if event.name == "commit":
            self._commit()
        elif event.name == "unsure":
            self.exercise.set_unsure(not self.exercise.attempt.unsure)
            self.renew()
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
            router.go(tutor_app(self), routes.Lab(fence.lab, fence.overrides))

    def _open_runs(self) -> None:
        """The lab as the runs had it: the last of them, and the ones that it is compared with kept beside it."""
        app, runs = tutor_app(self), self.exercise.runs
        try:
            for run_id in runs:
                app.services.runs.folder_of(run_id)
        except TutorError:
            self._open_lab()  # deleted since: the lab can make them again
        else:
            router.go(app, routes.Run(runs[-1], runs[:-1]))

    def give_up(self) -> None:
        """The learner wants to see the answer: it counts as not known."""
        if self.exercise.give_up():
            self._committed()

    def _commit(self) -> None:
        if self.exercise.commit():
            self._committed()

    def _committed(self) -> None:
        if isinstance(self.screen, TutorScreen):
            self.screen.query_one(Notice).hide()
        self.renew()
        self.post_message(self.Committed(self))
        if self.exercise.attempt.stage is Stage.WAITING:
            self._start_runs()
        else:
            self._told()

    # -- predictions -------------------------------------------------------------------------------------

    def _start_runs(self) -> None:
        if self.exercise.attempt.stage is not Stage.WAITING or self._runs is not None:
            return
        exercise = self.exercise
        self.run_worker(lambda: self._begin_runs(exercise), thread=True, exit_on_error=False)

    def _begin_runs(self, exercise: QuestionAttempt) -> None:
        """Beside the event loop, for it reads files, starts processes and imports the charts."""
        from tutor.charts.plot import preload

        services = tutor_app(self).services
        try:
            runs = PredictionRuns.begin(services.runs, services.course, exercise.question.labs, exercise.runs)
        except TutorError as error:
            self.app.call_from_thread(self._cannot_begin, exercise, str(error))
            return
        preload()
        self.app.call_from_thread(self._begun, exercise, runs)

    def _cannot_begin(self, exercise: QuestionAttempt, reason: str) -> None:
        exercise.cannot_run(reason)
        if exercise is self.exercise and self.is_attached:
            self._told()

    def _begun(self, exercise: QuestionAttempt, runs: PredictionRuns) -> None:
        exercise.follow(runs.ids)
        if exercise is not self.exercise or not self.is_attached:
            return  # the learner has gone on; the run is joined when the question is shown again
        self._runs = runs
        from tutor.tui.questions.run_card import RunCard, height_of_cards

        height = height_of_cards(self.app.size.height, len(runs.followers))
        self._cards = [
            RunCard(fence, follower, height)
            for fence, follower in zip(exercise.question.labs, runs.followers, strict=True)
        ]
        self.call_next(self._show_cards)
        self._timer = self.set_interval(1 / _POLLS_A_SECOND, self._look)

    async def _show_cards(self) -> None:
        await self.query_one("#runs").mount(*self._cards)
        self._reveal_laid_out()

    def _reveal_laid_out(self, tries: int = 5) -> None:
        """Bring the runs into view once they have their places, which may take a refresh more."""
        if not self.is_attached:
            return
        if tries and self.query_one("#runs").size.height <= len(self._cards):
            self.call_after_refresh(self._reveal_laid_out, tries - 1)
        else:
            self.call_after_refresh(self._reveal_end)

    def _look(self) -> None:
        """What the runs have written since the last look."""
        runs = self._runs
        if runs is None or tutor_app(self).unseen or not runs.poll():
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
        self._told()

    def _told(self) -> None:
        self.renew()
        self.post_message(self.Settled(self))
        self.call_after_refresh(self._reveal_end)

    def _reveal_end(self) -> None:
        """Bring the verdict into view, or the runs until there is one: the end, but never at the cost of the beginning.

        Not where the learner is reading something else by then.
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
        """The runs go on; only the watching ends."""
        self.exercise.left()
        self._stop()
