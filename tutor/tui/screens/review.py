"""The review: the cards due today, one at a time, and a forecast of the next two weeks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult

from tutor.charts.cells import Row, Rows, Span, spread_row
from tutor.course.questions.fill_in import FILL_IN
from tutor.foundation import clock
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import shorten
from tutor.foundation.translate import language, translate
from tutor.progress.cards import term_of
from tutor.progress.renames import exercise_of
from tutor.progress.scheduling import study_day
from tutor.study.report import Outlook, next_due, outlook
from tutor.study.wording import review_place
from tutor.tui import router, routes
from tutor.tui.commands import Command
from tutor.tui.questions.one_question import SIGNS, OneQuestionScreen, QuizFlow, score_row, title_line
from tutor.tui.widgets.row_list import (
    RowItem,
    RowList,
    blank,
    chart_items,
    choice_item,
    day_label,
    fixed,
    sentence_items,
)
from tutor.tui.widgets.rows import Area, RowsView

if TYPE_CHECKING:
    from tutor.progress.cards import Card
    from tutor.study.deck import Deck
    from tutor.study.question_attempt import QuestionAttempt
    from tutor.study.review_session import ReviewSession


class ReviewScreen(OneQuestionScreen):
    """Three pages: what is due, one card at a time, and how the review went."""

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("review.next", ("enter", "n"), "quiz.key-next", "review.key-next-help", footer=1),
        Command("review.show", ("tab", "f6"), "review.key-show", "review.key-show-help", footer=3),
        Command("review.skip", ("n", "ctrl+n", "f3"), "quiz.key-skip", "review.key-skip-help", footer=4),
        Command("review.lesson", ("o",), "quiz.key-lesson", "quiz.key-lesson-help", footer=5),
        Command("review.short", ("5",), "review.key-short", footer=2),
        Command("review.long", ("0",), "review.key-long", footer=3),
        Command("review.all", ("a",), "review.key-all", footer=4),
        Command("review.more", ("r",), "review.key-more", footer=2),
    )

    CSS = "ReviewScreen #asking { height: 1fr; } ReviewScreen #card-facts { dock: bottom; height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.session: ReviewSession | None = None
        self._outlook: Outlook | None = None
        self._deck: Deck | None = None
        self._to_rewrite = ""
        """The id of an exercise that was passed long ago; empty if there is none."""
        self._drawable = False
        self._starting = False

    # -- the frame ---------------------------------------------------------------------------------------

    def breadcrumb(self) -> list[str]:
        """``tutor › Review``."""
        return [translate("review.name")]

    def status(self) -> Row:
        """The card's number, the number of cards, and the score; before the review, how many are due."""
        session = self.session
        if session is None:
            due = self._outlook.due if self._outlook is not None else 0
            return [Span(translate("review.due", count=due), "muted")] if due else []
        return score_row("" if session.over else review_place(session), session.score)

    def on_mount(self) -> None:
        """Read what is due after the first frame."""
        self.query_one(QuizFlow).display = False
        self.query_one(RowList).focus()
        self.call_after_refresh(self._open)

    def on_resize(self, event: events.Resize) -> None:
        """Break sentences for the new width."""
        super().on_resize(event)
        if self._outlook is not None:
            self._fill_page()

    def refresh_texts(self) -> None:
        """Show the same card in another language or look."""
        super().refresh_texts()
        self.call_next(self._translate)
        self._fill_page()
        self.refresh_frame()

    async def _translate(self) -> None:
        if self.session is not None and self.session.card is not None:
            await self.read_lesson(self.session.card.lesson_id)  # which the question is taken from
        if self.session is not None:
            self.session.translate()
            for question in self.questions:
                question.refresh_texts()
        self._fill_page()
        self.refresh_frame()

    # -- beginning ---------------------------------------------------------------------------------------

    def _open(self) -> None:
        self._deck = self.workspace.deck
        self._fill_page()
        # Reading the lessons for the cards' questions and importing the charts would block the event loop.
        self.run_worker(self._prepare, thread=True, exit_on_error=False)

    def _prepare(self) -> None:
        from tutor.charts.plot import preload

        if self._deck is not None:
            self._deck.sync(self.workspace.store, clock.utc_now(), language())
            self._to_rewrite = self._find_exercise()
        self.app.call_from_thread(self._prepared, self._read_outlook())
        preload()
        import tutor.charts.bars  # noqa: F401 - imported here, so that the first chart does not wait for it

        self.app.call_from_thread(self._can_draw)

    def _find_exercise(self) -> str:
        from tutor.study.rewriting import exercise_to_rewrite

        course = self.workspace.course
        if course is None:
            return ""
        found = exercise_to_rewrite(course, self.workspace.store, language(), clock.utc_now())
        return found.id if found is not None else ""

    def _read_outlook(self) -> Outlook:
        return outlook(self.workspace.store, clock.utc_now())

    def _prepared(self, outlook: Outlook) -> None:
        self._outlook = outlook
        self._fill_page()
        self.say_notices()
        self.refresh_frame()

    def _can_draw(self) -> None:
        self._drawable = True
        self._fill_page()

    def _start(self, minutes: float | None) -> None:
        if self._deck is None or self._starting:
            return
        self._starting = True
        deck = self._deck

        def start() -> None:
            from tutor.study.review_session import ReviewSession

            session = ReviewSession(self.workspace.store, deck, minutes=minutes)
            self.app.call_from_thread(self._started, session)

        self.run_worker(start, thread=True, exit_on_error=False)

    def _started(self, session: ReviewSession) -> None:
        self._starting = False
        self.session = session
        self.call_next(self.show)

    # -- the page ----------------------------------------------------------------------------------------

    @property
    def asking(self) -> ReviewSession | None:
        """The review."""
        return self.session

    def compose_body(self) -> ComposeResult:
        yield from super().compose_body()
        yield RowsView(self._card_rows, id="card-facts")

    def refresh_state(self) -> None:
        """Draw again what is said of the card."""
        self.query_one("#card-facts", RowsView).redraw()
        super().refresh_state()

    def _card_rows(self, area: Area) -> Rows:
        """Where the card was first met and, after the answer, when it comes back."""
        session, store = self.session, self.workspace.store
        card = session.card if session is not None else None
        if session is None or card is None or session.current is None:
            return [[]] * area.height
        course = self.workspace.course
        header = course.header(card.lesson_id, language()) if course is not None and card.lesson_id else None
        met = translate("review.first-met", number=header.place) if header is not None else ""
        now = store.cards.get(card.key) if session.current.attempt.locked else None
        right = back_text(card, now, clock.utc_now()) if now is not None else ""
        row = spread_row([Span("  "), Span(met, "muted")], [Span(right, "muted"), Span("  ")], area.width)
        return [row, *([[]] * area.height)][: area.height]

    def show_page(self) -> None:
        """Show how the review went, and what is due now."""
        self._outlook = self._read_outlook()
        self._fill_page()

    def _fill_page(self) -> None:
        page = self.query_one(RowList)
        if self.session is not None and not self.session.over:
            return
        width = page.scrollable_content_region.width or self.size.width
        if self._deck is None and (problem := self.workspace.course_problem) is not None:
            page.set_items(sentence_items(str(problem), width, "text"))
        elif self._outlook is not None and self.session is None:
            items = start_items(self._outlook, width, self._to_rewrite, drawable=self._drawable, ascii=self.tutor.ascii)
            page.set_items(items)
        elif self._outlook is not None and self.session is not None:
            rewrite, ascii = self._to_rewrite, self.tutor.ascii
            page.set_items(end_items(self.session, self._outlook, width, rewrite, drawable=self._drawable, ascii=ascii))

    # -- keys --------------------------------------------------------------------------------------------

    def possible_now(self) -> dict[str, bool]:
        """The actions of a card, and those of the pages around it."""
        due = self._outlook is not None and self._outlook.due > 0
        begins = self.session is None and due
        more = self.session is not None and self.session.over and (due or self.session.left > 0)
        return super().possible_now() | {"short": begins, "long": begins, "all": begins, "more": more}

    async def action_skip(self) -> None:
        await self.action_next()

    def action_short(self) -> None:
        self._start(MINUTES["short"])

    def action_long(self) -> None:
        self._start(MINUTES["long"])

    def action_all(self) -> None:
        self._start(None)

    async def action_more(self) -> None:
        self._start(self.session.minutes if self.session is not None else None)

    def action_lesson(self) -> None:
        current = self.session.current if self.session is not None else None
        if current is not None:
            self._go_to_lesson(current)

    def _go_to_lesson(self, exercise: QuestionAttempt) -> None:
        key = exercise.question.original
        term = term_of(key)
        anchor = term[0] if term is not None else exercise_of(key) or key
        if exercise.question.lesson_id:
            router.go(self.tutor, routes.Lesson(harmless_line(exercise.question.lesson_id), anchor))

    async def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Do what the row says, or open the lesson of an answer."""
        if event.key in MINUTES or event.key == ALL:
            self._start(MINUTES.get(event.key))
        elif event.key == MORE:
            await self.action_more()
        elif event.key == HOME:
            self.action_home()
        elif event.key.startswith(REWRITE):
            router.go(self.tutor, routes.Exercise(event.key.removeprefix(REWRITE)))
        elif self.session is not None and event.key.isdigit():
            self._go_to_lesson(self.session.answered[int(event.key)])


def screen_for(_route: routes.Review) -> ReviewScreen:
    """The screen of a route."""
    return ReviewScreen()


SHORT, LONG, ALL, MORE, HOME = "short", "long", "all", "more", "home"
"""Keys of the rows that offer a next step; an answer's key is its number."""
REWRITE = "rewrite:"
"""The key of the row that offers an exercise begins with this; the exercise's id follows."""

MINUTES = {SHORT: 5, LONG: 10}
_CHART = 9


def start_items(outlook: Outlook, width: int, rewrite: str, *, drawable: bool, ascii: bool) -> list[RowItem]:
    """The rows of the page on which a review begins.

    Args:
        outlook: What is due.
        width: Cells of the page, for its sentences.
        rewrite: The id of an exercise to write again; empty if there is none.
        drawable: Whether charts can be drawn already.
        ascii: Whether to draw in plain ASCII.
    """
    items = [blank()]
    if not outlook.cards:
        return [*items, *sentence_items(translate("review.no-cards"), width, "text"), blank(), _home()]
    if outlook.due:
        items += sentence_items(translate("review.due-now", count=outlook.due), width, "strong")
        items += [blank()]
        items += [choice_item(key, letter, translate("review.way-minutes", minutes=MINUTES[key]))
                  for key, letter in ((SHORT, "5"), (LONG, "0"))]  # fmt: skip
        items += [choice_item(ALL, "a", translate("review.way-all", count=outlook.due))]
    else:
        items += sentence_items(translate("review.nothing-due"), width, "strong")
        items += sentence_items(next_due(outlook), width)
        items += [blank(), *_rewriting(rewrite), _home()]
    return [*items, blank(), *forecast_items(outlook, drawable=drawable, ascii=ascii)]


def forecast_items(outlook: Outlook, *, drawable: bool, ascii: bool) -> list[RowItem]:
    """The next two weeks as a chart."""

    def draw(width: int, height: int) -> Rows:
        from tutor.charts.bars import Bar, bar_chart

        days = [outlook.today + timedelta(days=number) for number in range(len(outlook.forecast))]
        bars = [
            Bar(day_label(day), count, "accent" if number == 0 else "train")
            for number, (day, count) in enumerate(zip(days, outlook.forecast, strict=True))
        ]
        return bar_chart(bars, width, height, title=translate("review.forecast"), ascii=ascii)

    return chart_items(draw, _CHART) if drawable else []


def end_items(
    session: ReviewSession, outlook: Outlook, width: int, rewrite: str, *, drawable: bool, ascii: bool
) -> list[RowItem]:
    """The rows that show how a review went and what to do next. See `start_items`."""
    score = session.score
    items = [blank()]
    if score.total:
        items += [fixed(lambda cells: _score_row(score.right, score.total, cells))]
    if session.time_is_up and session.left:
        items += sentence_items(translate("review.time-is-up", count=session.left), width)
    if not outlook.due:
        items += sentence_items(translate("review.all-done"), width, "good")
        items += sentence_items(next_due(outlook), width)
    items += [blank()]
    if outlook.due or session.left:
        items += [choice_item(MORE, "r", translate("review.way-more", count=session.left or outlook.due))]
    items += [*_rewriting(rewrite), _home(), blank()]
    items += [_answer_item(number, exercise) for number, exercise in enumerate(session.answered)]
    return [*items, blank(), *forecast_items(outlook, drawable=drawable, ascii=ascii)]


def _rewriting(exercise_id: str) -> list[RowItem]:
    way = translate("exercise.rewrite-way", id=exercise_id)
    return [choice_item(f"{REWRITE}{exercise_id}", " ", way)] if exercise_id else []


def _home() -> RowItem:
    return choice_item(HOME, "H", translate("review.way-home"))


def _score_row(right: int, total: int, width: int) -> Row:
    text = translate("quiz.score", right=right, total=total)
    return spread_row([Span("  "), Span(shorten(text, width - 2), "strong")], [], width)


def _answer_item(number: int, exercise: QuestionAttempt) -> RowItem:
    def draw(width: int) -> Row:
        sign, ink = SIGNS[exercise.mark]
        title = shorten(harmless_line(card_title(exercise)), max(0, width - 6))
        return [Span("  "), Span(f"{sign} ", f"{ink} bold"), Span(title, "text")]

    return RowItem(str(number), draw)


def back_text(before: Card, now: Card, moment: datetime) -> str:
    """When a card comes back, and after how many days it came this time if it was asked before."""
    days = (study_day(now.due) - study_day(moment)).days
    keys = {0: "review.back-today", 1: "review.back-tomorrow"}
    said = translate(keys.get(days, "review.back-in-days"), days=days)
    if before.schedule.reviewed is None:
        return said
    was = (study_day(before.due) - study_day(before.schedule.reviewed)).days
    return translate("quiz.space").join([said, translate("review.was-days", days=max(0, was))])


def card_title(exercise: QuestionAttempt) -> str:
    """What a card asked, on one line; the name of the term, if the card asked for it."""
    question = exercise.question
    if question.id.endswith(":name"):
        return FILL_IN.content(question).blanks[0].accepted[0]
    return title_line(exercise)
