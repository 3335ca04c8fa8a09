"""The pages around a review: what is due and when the rest will be; and how it went."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tutor.charts.cells import Row, Rows, Span, spread_row
from tutor.course.questions.fill_in import FILL_IN
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text_width import shorten
from tutor.foundation.translate import translate
from tutor.study.outlook import Outlook, next_due
from tutor.tui.questions.one_question import SIGNS, title_line
from tutor.tui.row_pages import blank, chart_items, day_label, fixed, sentence_items, way
from tutor.tui.widgets.row_list import RowItem

if TYPE_CHECKING:
    from tutor.study.question_attempt import Exercise
    from tutor.study.review_session import ReviewSession

SHORT, LONG, ALL, MORE, HOME = "short", "long", "all", "more", "home"
"""Keys of the rows that lead on; an answer's key is its number."""

MINUTES = {SHORT: 5, LONG: 10}
_CHART = 9


def start_items(outlook: Outlook, width: int, *, drawable: bool, ascii: bool) -> list[RowItem]:
    """The page on which a review begins.

    Args:
        outlook: What is due.
        width: Cells of the page, for its sentences.
        drawable: Whether charts can be drawn already.
        ascii: Whether to draw in plain ASCII.
    """
    items = [blank()]
    if not outlook.cards:
        return [*items, *sentence_items(translate("review.no-cards"), width, "text"), blank(), _home()]
    if outlook.due:
        items += sentence_items(translate("review.due-now", count=outlook.due), width, "strong")
        items += [blank()]
        items += [way(key, letter, translate("review.way-minutes", minutes=MINUTES[key]))
                  for key, letter in ((SHORT, "5"), (LONG, "0"))]  # fmt: skip
        items += [way(ALL, "a", translate("review.way-all", count=outlook.due))]
    else:
        items += sentence_items(translate("review.nothing-due"), width, "strong")
        items += sentence_items(next_due(outlook), width)
        items += [blank(), _home()]
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


def end_items(session: ReviewSession, outlook: Outlook, width: int, *, drawable: bool, ascii: bool) -> list[RowItem]:
    """How a review went, and what can be done next."""
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
        items += [way(MORE, "r", translate("review.way-more", count=session.left or outlook.due))]
    items += [_home(), blank()]
    items += [_answer_item(number, exercise) for number, exercise in enumerate(session.answered)]
    return [*items, blank(), *forecast_items(outlook, drawable=drawable, ascii=ascii)]


def _home() -> RowItem:
    return way(HOME, "H", translate("review.way-home"))


def _score_row(right: int, total: int, width: int) -> Row:
    text = translate("quiz.score", right=right, total=total)
    return spread_row([Span("  "), Span(shorten(text, width - 2), "strong")], [], width)


def _answer_item(number: int, exercise: Exercise) -> RowItem:
    def draw(width: int) -> Row:
        sign, ink = SIGNS[exercise.mark]
        title = shorten(harmless_line(card_title(exercise)), max(0, width - 6))
        return [Span("  "), Span(f"{sign} ", f"{ink} bold"), Span(title, "text")]

    return RowItem(str(number), draw)


def card_title(exercise: Exercise) -> str:
    """What a card asked, on one line; of a term whose name was wanted, the name."""
    question = exercise.question
    if question.id.endswith(":name"):
        return FILL_IN.content(question).blanks[0].accepted[0]
    return title_line(exercise)
