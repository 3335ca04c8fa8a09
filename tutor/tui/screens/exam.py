"""The exam on a lesson: questions without feedback, an overview of all of them, and the score after handing in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.timer import Timer

from tutor.charts.cells import Row, Span, spread_row
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, shorten
from tutor.foundation.translate import translate
from tutor.study.wording import exam_remarks, exam_state, time_left
from tutor.tui import router, routes
from tutor.tui.commands import Command
from tutor.tui.questions.one_question import SIGNS, OneQuestionScreen, QuizFlow, score_row, title_line
from tutor.tui.questions.question import QuestionWidget
from tutor.tui.screen import Whereabouts
from tutor.tui.widgets.row_list import RowItem, RowList, blank, choice_item, sentence_items

if TYPE_CHECKING:
    from tutor.course.lesson import LabFence, Lesson
    from tutor.study.exam_session import ExamSession
    from tutor.study.question_attempt import QuestionAttempt

_TICK = 1.0
_MINUTES_EACH = 1.5
"""Minutes that the offered time limit gives for each question."""

BEGIN, TIMED, HAND_IN, LESSON, FRESH = "begin", "timed", "hand-in", "lesson", "fresh"
"""Keys of the rows that offer a next step; a question's key is its number."""


class ExamQuestion(QuestionWidget):
    """A question whose answer stays a draft: enter goes on, and nothing says whether it is right."""

    class Answered(QuestionWidget.Changed):
        """The learner has answered, and wants to go on."""

    def _commit(self) -> None:
        self.post_message(self.Answered(self))


class ExamScreen(OneQuestionScreen):
    """The exam on a lesson, resumed where the learner left it.

    Args:
        lesson_id: The lesson.
    """

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("exam.next", ("n", "ctrl+n", "enter", "f3"), "quiz.key-next", "quiz.key-next-help", footer=2),
        Command("exam.previous", ("b", "ctrl+b", "f4"), "quiz.key-back", "quiz.key-back-help", footer=3),
        Command("exam.flag", ("m", "f7"), "exam.key-flag", "exam.key-flag-help", footer=4),
        Command("exam.overview", ("o", "f8"), "exam.key-overview", "exam.key-overview-help", footer=5),
        Command("exam.begin", ("b",), "exam.key-begin", footer=1),
        Command("exam.timed", ("m",), "exam.key-timed", footer=2),
        Command("exam.hand-in", ("d",), "exam.key-hand-in", "exam.key-hand-in-help", footer=1),
        Command("exam.fresh", ("a",), "exam.key-fresh", "exam.way-fresh", footer=2),
        Command("exam.lesson", ("o",), "quiz.key-lesson", "quiz.key-lesson-help", footer=6),
    )

    def __init__(self, lesson_id: str) -> None:
        super().__init__()
        self.lesson_id = lesson_id
        self.session: ExamSession | None = None
        self._lesson: Lesson | None = None
        self._clock: Timer | None = None

    # -- the frame ---------------------------------------------------------------------------------------

    def whereabouts(self) -> Whereabouts | None:
        """The lesson that is asked about."""
        return Whereabouts("exam", self.lesson_id)

    def breadcrumb(self) -> list[str]:
        title = self._lesson.title if self._lesson is not None else self.lesson_id
        return [harmless_line(title), translate("exam.name")]

    def status(self) -> Row:
        """The question's number and the time left; after handing in, the score."""
        session = self.session
        if session is None or not session.count:
            return []
        place = "" if session.current is None else translate("quiz.place", number=session.number, count=session.count)
        if session.handed_in:
            return score_row(place, session.score)
        left = time_left(session)
        return [Span(place), *([Span(f"   {left}", "muted")] if left else [])]

    def on_mount(self) -> None:
        """Read the lesson after the first frame."""
        self.query_one(QuizFlow).display = False
        self.query_one(RowList).focus()
        self.call_after_refresh(self._open)

    async def _open(self) -> None:
        from tutor.progress.records import EXAM_PREFIX

        self._lesson = await self.read_lesson(self.lesson_id)
        if self._lesson is not None and self.workspace.store.open_quiz(f"{EXAM_PREFIX}{self.lesson_id}") is not None:
            await self._start(None)
            if self.session is not None and not self.session.handed_in:
                self.notice(translate("quiz.resumed"))
        self.show_page()
        self.refresh_state()
        self.say_notices()

    def refresh_texts(self) -> None:
        """Show the same question in another language or look."""
        super().refresh_texts()
        self.call_next(self._translate)
        self.refresh_state()

    async def _translate(self) -> None:
        lesson = await self.read_lesson(self.lesson_id)
        if lesson is not None and self._lesson is not None:
            self._lesson = lesson
            if self.session is not None:
                self.session.translate(lesson)
            for question in self.questions:
                question.refresh_texts()
            self.show_page()
        self.refresh_state()

    async def _start(self, minutes: float | None, *, fresh: bool = False) -> None:
        from tutor.study.exam_session import ExamSession, exam_questions

        if self._lesson is None or not exam_questions(self._lesson):
            return
        self.session = ExamSession.start(self._lesson, self.workspace.store, minutes=minutes, fresh=fresh)
        if self.session.limit is not None and self._clock is None:
            self._clock = self.set_interval(_TICK, self.tick)
        await self.show()

    async def tick(self) -> None:
        """Show the time left; hand in when there is none."""
        session = self.session
        if session is None or session.handed_in:
            return
        if session.time_is_up:
            session.hand_in()
            await self.show()
            self.notice(translate("exam.time-is-up"))
        else:
            self.refresh_frame()

    # -- question and pages ------------------------------------------------------------------------------

    @property
    def asking(self) -> ExamSession | None:
        """The exam."""
        return self.session

    def question_widget(self, exercise: QuestionAttempt, lab: LabFence | None) -> QuestionWidget:
        """A question that keeps its answer as a draft."""
        return ExamQuestion(exercise, lab=lab, boxed=False)

    def show_page(self) -> None:
        """The page before the exam, the overview of its questions, or its result."""
        page = self.query_one(RowList)
        width = page.scrollable_content_region.width or self.size.width
        page.set_items(list(self._items(width)))

    def _items(self, width: int) -> Iterator[RowItem]:
        yield blank()
        if self.session is not None:
            for remark in exam_remarks(self.session):
                yield from sentence_items(remark, width, "text")
            yield blank()
            if self.session.handed_in:
                yield choice_item(LESSON, "o", translate("quiz.way-lesson"))
                yield choice_item(FRESH, "a", translate("exam.way-fresh"))
            else:
                yield choice_item(HAND_IN, "d", translate("exam.way-hand-in"))
            yield blank()
            for number, exercise in enumerate(self.session.exercises, 1):
                yield RowItem(str(number), partial(self._question_row, number, exercise))
        elif self._count:
            yield from sentence_items(translate("exam.about", count=self._count), width, "text")
            yield blank()
            yield choice_item(BEGIN, "b", translate("exam.way-begin"))
            yield choice_item(TIMED, "m", translate("exam.way-timed", minutes=self._minutes))
        else:
            yield from sentence_items(translate("quiz.no-questions"), width, "text")

    @property
    def _count(self) -> int:
        from tutor.study.exam_session import exam_questions

        return len(exam_questions(self._lesson)) if self._lesson is not None else 0

    @property
    def _minutes(self) -> int:
        return max(1, round(_MINUTES_EACH * self._count))

    def _question_row(self, number: int, exercise: QuestionAttempt, width: int) -> Row:
        sign, ink = SIGNS[exercise.mark]
        state = exam_state(self.session, exercise) if self.session is not None else ""
        title = shorten(title_line(exercise), max(0, width - 8 - (cell_width(state) + 2 if state else 0)))
        left = [Span("  "), Span(f"{sign} ", f"{ink} bold"), Span(f"{number:>2}", "muted"), Span(f"  {title}", "text")]
        return spread_row(left, [Span(f"{state} ", "muted")] if state else [], width)

    async def on_exam_question_answered(self) -> None:
        """Go on to the next question."""
        await self.action_next()

    # -- keys --------------------------------------------------------------------------------------------

    def possible_now(self) -> dict[str, bool]:
        """The actions of a question, of the overview, and of the pages around them."""
        session = self.session
        on_question = session is not None and session.current is not None
        open_now = session is not None and not session.handed_in
        begins = session is None and self._count > 0
        return {
            "next": on_question,
            "previous": session is not None and (on_question or open_now),
            "flag": on_question and open_now,
            "overview": on_question,
            "begin": begins,
            "timed": begins,
            "hand_in": open_now and not on_question,
            "fresh": session is not None and not open_now and not on_question,
            "lesson": session is not None and not open_now and not on_question,
        }

    async def action_previous(self) -> None:
        if self.session is not None:
            self.session.back()
            await self.show()

    def action_flag(self) -> None:
        """Flag the question, or take the flag away."""
        if self.session is not None:
            self.notice(translate("exam.flagged" if self.session.flag() else "exam.unflagged"))

    async def action_overview(self) -> None:
        if self.session is not None:
            self.session.overview()
            await self.show()

    async def action_begin(self) -> None:
        await self._start(None)

    async def action_timed(self) -> None:
        await self._start(self._minutes)

    async def action_hand_in(self) -> None:
        if self.session is not None:
            self.session.hand_in()
            await self.show()
            self.say_notices()

    async def action_fresh(self) -> None:
        await self._start(None, fresh=True)

    def action_lesson(self) -> None:
        router.switch(self.tutor, routes.Lesson(self.lesson_id))

    async def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Do what the row says, or show its question."""
        if event.key.isdigit() and self.session is not None:
            self.session.go(int(event.key))
            await self.show()
        else:
            await self.run_action(event.key.replace("-", "_"))


def screen_for(route: routes.Exam) -> ExamScreen:
    """The screen of a route."""
    return ExamScreen(route.lesson_id)
