"""The quiz of a lesson: one question at a time with feedback, then a summary and another round of the wrong ones."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal

from tutor.charts.cells import Row, Rows, Span, fit_row, fit_rows, row_width, spread_row
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, shorten
from tutor.foundation.translate import translate
from tutor.study.question_attempt import Mark, QuestionAttempt, Score
from tutor.study.sections import Source, source_of
from tutor.study.wording import answer_parts, retry_label
from tutor.tui import router, routes
from tutor.tui.commands import Command
from tutor.tui.questions.one_question import SIGNS, OneQuestionScreen, QuizFlow, score_row, title_line
from tutor.tui.questions.rows import plain_rows, verdict_rows
from tutor.tui.screen import Whereabouts
from tutor.tui.themes import FULL, HERE, RIGHT
from tutor.tui.widgets.row_list import RowItem, RowList, blank, choice_item, fixed, ruled_heading
from tutor.tui.widgets.rows import Area, RowsView
from tutor.typeset.page import one_line

if TYPE_CHECKING:
    from tutor.course.catalogue import LessonHeader
    from tutor.course.lesson import LabFence, Lesson
    from tutor.study.attempt import Attempt
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
    Command("quiz.every", ("v",), "quiz.key-every", "quiz.key-every-help", footer=2),
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
        self._every = False
        """Whether the summary lists every question."""

    # -- the frame ---------------------------------------------------------------------------------------

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="asking"):
            yield QuizFlow()
            yield RowList(id="page")
            yield RowsView(self._list_rows, id="quiz-list")

    def whereabouts(self) -> Whereabouts | None:
        """The lesson that is asked about."""
        return Whereabouts("quiz", self.lesson_id)

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
        self.call_next(self._translate)
        self.refresh_state()

    async def _translate(self) -> None:
        lesson = await self.read_lesson(self.lesson_id)
        if lesson is not None and self.session is not None:
            self._lesson = lesson
            self.session.translate(lesson.every_question)
            for question in self.questions:
                question.refresh_texts()
            self.show_page()
        self.refresh_state()

    # -- the lesson --------------------------------------------------------------------------------------

    def _header(self) -> LessonHeader | None:
        return next((each for each in self.workspace.headers() if each.id == self.lesson_id), None)

    def _following(self) -> LessonHeader | None:
        headers = self.workspace.headers()
        at = next((at for at, each in enumerate(headers) if each.id == self.lesson_id), len(headers))
        return headers[at + 1] if at + 1 < len(headers) else None

    async def _open(self) -> None:
        self._lesson = await self.read_lesson(self.lesson_id)
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
            task_count=self._lesson.task_count,
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
            return fit_rows(rows, area.width, area.height)

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
            items = summary_items(self.session, self._following(), every=self._every, source=self._source())
            self.query_one(RowList).set_items(items)

    def _source(self) -> Source | None:
        """The section from which most of the missed questions of this round come."""
        session = self.session
        if session is None or self._lesson is None:
            return None
        wrong = set(session.wrong_ids)
        originals = [each.question.original for each in session.exercises if each.question.id in wrong]
        return source_of(self._lesson, originals)

    def _list_rows(self, area: Area) -> Rows:
        """Every question of the round, for the list beside the question."""
        if self.session is None:
            return [[]] * area.height
        session = self.session
        if session.over:
            return self._why_rows(area)
        rows: Rows = [
            question_row(session, number, each, area.width, here=each is session.current)
            for number, each in enumerate(session.exercises, 1)
        ]
        return fit_rows(rows, area.width, area.height)

    def _why_rows(self, area: Area) -> Rows:
        """Beside the summary, the verdict on the selected question and why."""
        selected = self.query_one(RowList).selected or ""
        exercises = self.session.exercises if self.session is not None else ()
        number = int(selected) if selected.isdigit() else 0
        rows: Rows = []
        if 0 < number <= len(exercises):
            rows = verdict_rows(exercises[number - 1].attempt, area.width, ascii=area.ascii)
        return fit_rows(rows, area.width, area.height)

    def on_row_list_highlighted(self) -> None:
        """Show why, beside the summary."""
        self.query_one("#quiz-list", RowsView).redraw()

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

    def action_every(self) -> None:
        """List every question in the summary, or only those to look at again."""
        self._every = not self._every
        self.show_page()

    async def action_fresh(self) -> None:
        await self._begin(fresh=True)

    def action_exam(self) -> None:
        """Take the exam in place of this quiz."""
        router.switch(self.tutor, routes.Exam(self.lesson_id))

    def action_lesson(self) -> None:
        """Open the lesson at the current question; from the summary, at the section that it says to read again."""
        current = self.session.current if self.session is not None else None
        if current is not None:
            anchor = current.question.original
        else:
            anchor = source.section.anchor if (source := self._source()) is not None else ""
        self._go_to_lesson(self.lesson_id, anchor)

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
        "every": session.over,
        "lesson": current is None or current.attempt.locked,
    }


SKIPPED, RETRY, UNSURE, NEXT, LESSON, FRESH = "skipped", "retry", "unsure", "next", "lesson", "fresh"
"""Keys of the rows that offer a next step; a question's key is its number."""

_SECONDS_A_QUESTION = 45
"""How long a question takes that is asked again, for the minutes beside the offer."""
_EDGE = 1
"""Cells that a row leaves free at the right."""


def summary_items(
    session: QuizSession, following: LessonHeader | None, *, every: bool = False, source: Source | None = None
) -> list[RowItem]:
    """The summary of a round: the score, the next steps, and what to look at again with both answers.

    Args:
        session: The quiz, after the last question of a round.
        following: The lesson after this one; None after the last.
        every: Whether to list the questions that were known, too, instead of counting them.
        source: The section that most of the missed questions come from.
    """
    numbered = list(enumerate(session.exercises, 1))
    items = [blank(), fixed(partial(_score_row, session))]
    items += [fixed(partial(_marks_row, session, rule=rule)) for rule in (True, False)]
    items += [fixed(partial(_remark_row, text)) for text in _remarks(session)]
    items += [blank(), *_next_steps(session, following, source)]
    known = {Mark.RIGHT} if not every else set[Mark]()
    again = [
        (number, each)
        for number, each in numbered
        if session.mark(each.question.id) not in known or each.attempt.unsure
    ]
    if again:
        title = translate("quiz.every-answer" if every else "quiz.to-look-at")
        items += [blank(), ruled_heading(title)]
    for number, each in sorted(again, key=lambda pair: session.mark(pair[1].question.id) is Mark.RIGHT):
        items.append(RowItem(str(number), partial(_listed_row, session, number, each)))
        if session.mark(each.question.id) is Mark.WRONG and any(answers_in_short(each.attempt)):
            items.append(RowItem("", partial(_answers_row, each), selectable=False, joined=True))
    rest = len(numbered) - len(again)
    if rest and again:
        text = translate("quiz.known-more", count=rest)
        items.append(
            fixed(lambda width: [Span(f"  {RIGHT}     ", "good bold"), Span(shorten(text, max(0, width - 8)), "muted")])
        )
    return items


def _score_row(session: QuizSession, width: int) -> Row:
    """The score in words, how many were right at once, and the score before."""
    score = session.score
    row: Row = [Span("  "), Span(translate("quiz.score", right=score.right, total=score.total), "strong")]
    if session.first_tries < score.right:
        row.append(Span("  " + translate("quiz.first-try", count=session.first_tries), "muted"))
    before: Row = []
    if session.round > 1:
        before = [Span(translate("quiz.first-round", right=session.first_score.right), "muted"), Span(" " * _EDGE)]
    elif (last := session.last_score) is not None:
        before = [*_last_time(score, last), Span(" " * _EDGE)]
    return spread_row(row, before, width)


def _last_time(score: Score, last: Score) -> Row:
    """How many were right in the quiz before, and the change; a quiz of another length cannot be compared."""
    if last.total != score.total:
        return [Span(translate("quiz.last-time-of", right=last.right, total=last.total), "muted")]
    row: Row = [Span(translate("quiz.last-time", right=last.right), "muted")]
    change = score.right - last.right
    if change:
        row.append(Span(f"   {'▲' if change > 0 else '▼'} {abs(change)}", "good" if change > 0 else "muted"))
    return row


def _marks_row(session: QuizSession, width: int, *, rule: bool) -> Row:
    """A piece of a line for each question of the round, and below it its sign."""
    row: Row = [Span("  ")]
    for exercise in session.exercises:
        mark = session.mark(exercise.question.id)
        unsure = mark is Mark.RIGHT and exercise.attempt.unsure
        sign, ink = ("?", "accent") if unsure else SIGNS[mark]
        row.append(Span(f"{FULL * 3} " if rule else f" {sign}  ", ink if mark is not Mark.OPEN else "bar-rest"))
    return fit_row(row, width)


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


def _minutes(questions: int) -> str:
    return translate("quiz.about-minutes", minutes=max(1, round(questions * _SECONDS_A_QUESTION / 60)))


def _next_steps(session: QuizSession, following: LessonHeader | None, source: Source | None) -> Iterator[RowItem]:
    """What can be done next, each with about how long it takes."""
    if session.score.skipped:
        text = translate("quiz.way-skipped", count=session.score.skipped)
        yield choice_item(SKIPPED, "b", text, _minutes(session.score.skipped))
    if session.ids_to_retry():
        yield choice_item(RETRY, "r", retry_label(session), _minutes(len(session.ids_to_retry())))
    if session.unsure_ids:
        yield choice_item(
            UNSURE, "u", retry_label(session, unsure=True), _minutes(len(session.ids_to_retry(unsure=True)))
        )
    if following is not None:
        minutes = translate("home.minutes", minutes=following.minutes) if following.minutes else ""
        yield choice_item(NEXT, "→", translate("quiz.way-next", title=following.numbered_title), minutes)
    if source is not None:
        name = one_line(source.section.title, inline=True)
        text = translate("quiz.way-section", section=source.number, title=name)
        missed = len(session.wrong_ids)
        yield choice_item(LESSON, "o", text, translate("quiz.come-from-it", count=source.questions, missed=missed))
    else:
        yield choice_item(LESSON, "o", translate("quiz.way-lesson"))
    yield choice_item(FRESH, "a", translate("quiz.way-fresh"), _minutes(len(session.exercises)))


def _listed_row(session: QuizSession, number: int, exercise: QuestionAttempt, width: int) -> Row:
    """A question to look at again: its sign, number and title; of a right one that was unsure, that too."""
    mark = session.mark(exercise.question.id)
    unsure = exercise.attempt.unsure and mark is Mark.RIGHT
    sign, ink = ("?", "accent") if unsure else SIGNS[mark]
    right = [Span(translate("quiz.right-unsure"), "muted"), Span(" " * _EDGE)] if unsure else []
    left = [Span("  "), Span(f"{sign} ", f"{ink} bold"), Span(f"{number:>2}  ", "muted")]
    room = max(0, width - row_width(left) - row_width(right) - 2)
    return spread_row([*left, Span(shorten(title_line(exercise), room), "strong")], right, width)


def _answers_row(exercise: QuestionAttempt, width: int) -> Row:
    """What the learner answered, and what would have been right, in one row."""
    own, right = answers_in_short(exercise.attempt)
    row: Row = [Span(" " * 8)]
    for name, text, ink in ((translate("quiz.you"), own, "bad"), (translate("quiz.right-answer"), right, "good")):
        if text:
            room = max(8, (width - row_width(row) - cell_width(name) - 6) // (2 if ink == "bad" else 1))
            row += [Span(f"{name}  ", "muted"), Span(f"{shorten(text, room)}   ", ink)]
    return fit_row(row, width)


def answers_in_short(attempt: Attempt) -> tuple[str, str]:
    """What was answered and what was right, each as one line; empty where a line cannot say it."""
    own, right = (
        " · ".join(harmless_line(one_line(text, inline=True)) for text in texts) for texts in answer_parts(attempt)
    )
    return own, right


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
    title = shorten(title_line(exercise), max(0, width - 7 - row_width(right)))
    return spread_row([*left, Span(title, "strong" if here else "text")], right, width)
