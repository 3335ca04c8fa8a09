"""The quiz of a lesson: one question at a time with feedback, then a summary and another round of the wrong ones."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal

from tutor.charts.cells import Row, Rows, Span, spread_row
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import shorten
from tutor.foundation.translate import language, translate
from tutor.study.question_attempt import QuestionAttempt
from tutor.study.wording import retry_label
from tutor.tui import router, routes
from tutor.tui.commands import Command
from tutor.tui.questions.one_question import SIGNS, OneQuestionScreen, QuizFlow, score_row, title_line
from tutor.tui.questions.rows import plain_rows
from tutor.tui.themes import EMPTY, FULL, HERE
from tutor.tui.widgets.row_list import RowItem, RowList, blank, choice_item, fixed
from tutor.tui.widgets.rows import Area, RowsView

if TYPE_CHECKING:
    from tutor.course.catalogue import LessonHeader
    from tutor.course.lesson import LabFence, Lesson
    from tutor.study.question_attempt import Score
    from tutor.study.quiz_session import QuizSession


KEYS: tuple[Command, ...] = (
    Command("quiz.next", ("enter", "n", "ctrl+n", "f3"), "quiz.key-next", "quiz.key-next-help", footer=1),
    Command("quiz.skip", ("n", "ctrl+n", "f3"), "quiz.key-skip", "quiz.key-skip-help", footer=4),
    Command("quiz.show", ("f6",), "review.key-show", "review.key-show-help", footer=5),
    Command("quiz.previous", ("b", "ctrl+b", "f4"), "quiz.key-back", "quiz.key-back-help", footer=6),
    Command("quiz.skipped", ("b",), "quiz.key-skipped", footer=1),
    Command("quiz.retry", ("r",), "quiz.key-retry", "quiz.key-retry-help", footer=1),
    Command("quiz.unsure-too", ("u",), "quiz.key-unsure-too", "quiz.key-unsure-too-help"),
    Command("quiz.lesson", ("o",), "quiz.key-lesson", "quiz.key-lesson-help", footer=7),
    Command("quiz.fresh", ("a",), "quiz.key-fresh", "quiz.way-fresh", footer=8),
    Command("quiz.exam", ("e", "f9"), "exam.key", "exam.key-help", footer=9),
)

_WIDE = 120
"""Columns that the list of questions needs beside the question."""


class QuizScreen(OneQuestionScreen):
    """The quiz of a lesson, resumed where the learner left it.

    Args:
        lesson_id: The lesson.
    """

    KEYS: ClassVar[tuple[Command, ...]] = KEYS
    CSS_PATH = "quiz.tcss"

    def __init__(self, lesson_id: str) -> None:
        super().__init__()
        self.lesson_id = lesson_id
        self.session: QuizSession | None = None
        self._lesson: Lesson | None = None

    # -- the frame ---------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="asking"):
            yield QuizFlow()
            yield RowList(id="page")
            yield RowsView(self._list_rows, id="quiz-list")

    def breadcrumb(self) -> list[str]:
        header = self._header()
        name = header.numbered_title if header is not None else self.lesson_id
        return [harmless_line(name), translate("quiz.name")]

    def status(self) -> Row:
        """The question's number, the number of questions, and the score."""
        session = self.session
        if session is None or not session.count:
            return []
        place = "" if session.over else translate("quiz.place", number=session.number, count=session.count)
        return score_row(place, session.score)

    def on_mount(self) -> None:
        """Read the lesson after the first frame."""
        self.query_one(RowList).display = False
        self.call_after_refresh(self._open)

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.set_class(event.size.width >= _WIDE, "-wide")

    def refresh_texts(self) -> None:
        """Show the same question in another language or look."""
        super().refresh_texts()
        lesson = self._read_lesson()
        if lesson is not None and self.session is not None:
            self._lesson = lesson
            self.session.translate(lesson.every_question)
            for question in self.questions:
                question.refresh_texts()
            self.show_page()
        self.refresh_state()

    # -- the lesson --------------------------------------------------------------------------------------

    def _headers(self) -> list[LessonHeader]:
        course = self.workspace.course
        return list(course.headers(language())) if course is not None else []

    def _header(self) -> LessonHeader | None:
        return next((each for each in self._headers() if each.id == self.lesson_id), None)

    def _following(self) -> LessonHeader | None:
        headers = self._headers()
        at = next((at for at, each in enumerate(headers) if each.id == self.lesson_id), len(headers))
        return headers[at + 1] if at + 1 < len(headers) else None

    def _read_lesson(self) -> Lesson | None:
        course = self.workspace.course
        return course.lesson(self.lesson_id, language()) if course is not None else None

    async def _open(self) -> None:
        self._lesson = self._read_lesson()
        await self._begin(fresh=False)
        self.say_notices()

    async def _begin(self, *, fresh: bool) -> None:
        from tutor.study.quiz_session import QuizSession

        if self._lesson is None or not self._lesson.questions:
            await self._say_nothing()
            return
        self.session = QuizSession.start(
            self._lesson.questions, self.workspace.store, variants=self._lesson.variants,
            scope=f"lesson:{self.lesson_id}", lesson_id=self.lesson_id, fresh=fresh,
        )  # fmt: skip
        if self.session.begun and not fresh:
            self.notice(translate("quiz.resumed"))
        elif self.session.known:
            self.notice(translate("quiz.skipped-known", count=len(self.session.known)))
        await self.show()

    async def _say_nothing(self) -> None:
        problem = self.workspace.course_problem
        if problem is not None:
            said = [problem.message, problem.hint]
        elif self._lesson is not None:
            said = [translate("quiz.no-questions")]
        else:
            said = [translate("quiz.no-lesson", id=self.lesson_id)]

        def draw(area: Area) -> Rows:
            rows = [row for text in said if text for row in [*plain_rows(harmless_line(text), area.width), []]]
            return [*rows, *([[]] * area.height)][: area.height]

        await self.query_one(QuizFlow).mount(RowsView(draw, id="quiz-nothing"))

    # -- question and summary ----------------------------------------------------------------------------

    @property
    def asking(self) -> QuizSession | None:
        """The quiz."""
        return self.session

    def lab_before(self, exercise: QuestionAttempt) -> LabFence | None:
        """The last lab before this question in the lesson: it shows what the question is about."""
        from tutor.course.lesson import LabFence

        found = None
        for block in self._lesson.blocks if self._lesson is not None else ():
            if isinstance(block, LabFence):
                found = block
            if getattr(block, "id", None) == exercise.question.original:
                break
        return found

    def show_page(self) -> None:
        if self.session is not None and self.session.over:
            self.query_one(RowList).set_items(summary_items(self.session, self._following()))

    def _list_rows(self, area: Area) -> Rows:
        """Every question of the round, for the list beside the question."""
        if self.session is None:
            return [[]] * area.height

        session = self.session
        rows: Rows = [
            question_row(session, number, each, area.width, here=each is session.current)
            for number, each in enumerate(session.exercises, 1)
        ]
        return [*rows, *([[]] * area.height)][: area.height]

    def refresh_state(self) -> None:
        """Draw the list of questions again, which shows the state of each."""
        self.query_one("#quiz-list", RowsView).redraw()
        super().refresh_state()

    # -- keys --------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the keys of a quiz while there is none yet."""
        if self.session is None and action in _NEEDS_SESSION:
            return False
        return super().check_action(action, parameters)

    def possible_now(self) -> dict[str, bool]:
        """The actions of a question, and those of the summary."""
        return super().possible_now() | (possible_actions(self.session) if self.session is not None else {})

    async def action_skip(self) -> None:
        if self.session is not None:
            self.session.skip()
            await self.show()

    async def action_previous(self) -> None:
        if self.session is not None:
            self.session.back()
            await self.show()

    async def action_skipped(self) -> None:
        if self.session is not None:
            self.session.return_to_skipped()
            await self.show()

    async def action_retry(self) -> None:
        if self.session is not None:
            self.session.retry_wrong()
            await self.show()

    async def action_unsure_too(self) -> None:
        if self.session is not None:
            self.session.retry_wrong(unsure=True)
            await self.show()

    async def action_fresh(self) -> None:
        await self._begin(fresh=True)

    def action_exam(self) -> None:
        """Take the exam in place of this quiz."""
        router.switch(self.tutor, routes.Exam(self.lesson_id))

    def action_lesson(self) -> None:
        """Open the lesson at the current question, or at its start if the summary is shown."""
        current = self.session.current if self.session is not None else None
        self._go_to_lesson(self.lesson_id, current.question.original if current is not None else "")

    def _go_to_lesson(self, lesson_id: str, anchor: str = "") -> None:
        """Show a lesson in place of this quiz and of the lesson from which it was opened."""
        if router.is_shown(self.app.screen_stack[-2:][0], routes.Lesson):
            self.app.pop_screen()
        router.switch(self.tutor, routes.Lesson(lesson_id, anchor))

    async def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Do what the row says, or show its question again."""
        if self.session is None:
            return
        if event.key.isdigit():
            self.session.go(int(event.key))
            await self.show()
        elif event.key == "next":
            following = self._following()
            if following is not None:
                self._go_to_lesson(following.id)
        else:
            await self.run_action(_ROW_ACTIONS[event.key])


_NEEDS_SESSION = frozenset(command.action_name for command in KEYS)
_ROW_ACTIONS = {"skipped": "skipped", "retry": "retry", "unsure": "unsure_too", "lesson": "lesson", "fresh": "fresh"}


def screen_for(route: routes.Quiz) -> QuizScreen:
    """The screen of a route."""
    return QuizScreen(route.lesson_id)


def possible_actions(session: QuizSession) -> dict[str, bool]:
    """Whether each action that only a quiz has, or has in its own way, can be used now."""
    current = session.current
    skipped = bool(session.score.skipped)
    return {
        "previous": session.number > 1 if current is not None else not skipped,
        "skipped": session.over and skipped,
        "retry": session.over and bool(session.ids_to_retry()),
        "unsure_too": session.over and bool(session.unsure_ids),
        "fresh": session.over,
        "lesson": current is None or current.attempt.locked,
    }


SKIPPED, RETRY, UNSURE, NEXT, LESSON, FRESH = "skipped", "retry", "unsure", "next", "lesson", "fresh"
"""Keys of the rows that offer a next step; a question's key is its number."""

_BAR = 20


def summary_items(session: QuizSession, following: LessonHeader | None) -> list[RowItem]:
    """The summary of a round.

    Args:
        session: The quiz, after the last question of a round.
        following: The lesson after this one; None after the last.
    """
    items = [blank(), fixed(partial(_score_row, session.score))]
    items += [fixed(partial(_remark_row, text)) for text in _remarks(session)]
    items += [blank(), *_next_steps(session, following), blank()]
    items += [_question_item(session, number, each) for number, each in enumerate(session.exercises, 1)]
    return items


def _score_row(score: Score, width: int) -> Row:
    """The score in words and as a bar."""
    text = translate("quiz.score", right=score.right, total=score.total)
    full = round(_BAR * score.right / score.total) if score.total else 0
    done = bool(score.total) and score.right == score.total
    bar = [Span(FULL * full, "bar-done" if done else "bar"), Span(EMPTY * (_BAR - full), "bar-rest"), Span(" ")]
    return spread_row([Span("  "), Span(text, "strong")], bar if width >= 60 else [], width)


def _remark_row(text: str, width: int) -> Row:
    return [Span("  "), Span(shorten(text, max(0, width - 3)), "muted")]


def _remarks(session: QuizSession) -> Iterator[str]:
    """Other remarks on the round, one sentence each."""
    score = session.score
    if session.round > 1:
        whole, first = session.whole_score, session.first_score
        yield translate("quiz.score-whole", right=whole.right, total=whole.total, first=first.right)
    if score.skipped:
        yield translate("quiz.score-skipped", count=score.skipped)
    if score.uncounted:
        yield translate("quiz.score-uncounted", count=score.uncounted)
    if session.unsure_ids:
        yield translate("quiz.score-unsure", count=len(session.unsure_ids))
    if session.known:
        yield translate("quiz.skipped-known", count=len(session.known))
    if score.right == score.total and not session.unsure_ids:
        yield translate("quiz.all-right")


def _next_steps(session: QuizSession, following: LessonHeader | None) -> Iterator[RowItem]:
    if session.score.skipped:
        yield choice_item(SKIPPED, "b", translate("quiz.way-skipped", count=session.score.skipped))
    if session.ids_to_retry():
        yield choice_item(RETRY, "r", retry_label(session))
    if session.unsure_ids:
        yield choice_item(UNSURE, "u", retry_label(session, unsure=True))
    if following is not None:
        yield choice_item(NEXT, "→", translate("quiz.way-next", title=following.numbered_title))
    yield choice_item(LESSON, "o", translate("quiz.way-lesson"))
    yield choice_item(FRESH, "a", translate("quiz.way-fresh"))


def _question_item(session: QuizSession, number: int, exercise: QuestionAttempt) -> RowItem:
    return RowItem(str(number), lambda width: question_row(session, number, exercise, width))


def question_row(
    session: QuizSession, number: int, exercise: QuestionAttempt, width: int, *, here: bool = False
) -> Row:
    """A question in a list: its sign, number and title, and whether its answer was unsure."""
    mark = session.mark(exercise.question.id)
    sign, ink = SIGNS[mark]
    unsure = translate("quiz.unsure") if exercise.attempt.unsure and exercise.attempt.locked else ""
    lead = Span(f"{HERE} ", "accent bold") if here else Span("  ")
    left = [lead, Span(f"{sign} ", f"{ink} bold"), Span(f"{number:>2}  ", "muted")]
    right = [Span(unsure, "muted"), Span(" ")] if unsure else []
    title = shorten(title_line(exercise), max(0, width - 8 - sum(len(span.text) * 2 for span in right)))
    return spread_row([*left, Span(title, "strong" if here else "text")], right, width)
