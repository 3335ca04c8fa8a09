"""How a round of a quiz went, and what can be done next: rows of a list, the most fitting one first."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from tutor.charts.cells import Row, Span, spread_row
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import shorten
from tutor.foundation.translate import translate
from tutor.study.question_attempt import Exercise
from tutor.study.quiz_words import retry_words
from tutor.tui.glyphs import EMPTY, FULL, HERE
from tutor.tui.questions.one_question import SIGNS, title_line
from tutor.tui.widgets.row_list import RowItem

if TYPE_CHECKING:
    from tutor.course.catalogue import LessonHeader
    from tutor.study.quiz_session import QuizSession
    from tutor.study.score import Score

SKIPPED, RETRY, UNSURE, NEXT, LESSON, FRESH = "skipped", "retry", "unsure", "next", "lesson", "fresh"
"""Keys of the rows that lead on; a question's key is its number."""

_BAR = 20


def summary_items(session: QuizSession, following: LessonHeader | None) -> list[RowItem]:
    """The summary of a round.

    Args:
        session: The quiz, its round over.
        following: The lesson after this one; None after the last.
    """
    items = [_blank(), _fixed(partial(_score_row, session.score))]
    items += [_fixed(partial(_remark_row, text)) for text in _remarks(session)]
    items += [_blank(), *_ways_on(session, following), _blank()]
    items += [_question_item(session, number, each) for number, each in enumerate(session.exercises, 1)]
    return items


def _fixed(draw: partial[Row]) -> RowItem:
    return RowItem("", draw, selectable=False)


def _blank() -> RowItem:
    return RowItem("", lambda _width: [], selectable=False)


def _score_row(score: Score, width: int) -> Row:
    """How much was right, in words and as a bar."""
    text = translate("quiz.score", right=score.right, total=score.total)
    full = round(_BAR * score.right / score.total) if score.total else 0
    done = bool(score.total) and score.right == score.total
    bar = [Span(FULL * full, "bar-done" if done else "bar"), Span(EMPTY * (_BAR - full), "bar-rest"), Span(" ")]
    return spread_row([Span("  "), Span(text, "strong")], bar if width >= 60 else [], width)


def _remark_row(text: str, width: int) -> Row:
    return [Span("  "), Span(shorten(text, max(0, width - 3)), "muted")]


def _remarks(session: QuizSession) -> Iterator[str]:
    """What else there is to say, a sentence each."""
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
    if score.right == score.total and not session.unsure_ids:
        yield translate("quiz.all-right")


def _ways_on(session: QuizSession, following: LessonHeader | None) -> Iterator[RowItem]:
    if session.score.skipped:
        yield _way(SKIPPED, "b", translate("quiz.way-skipped", count=session.score.skipped))
    if session.ids_to_retry():
        yield _way(RETRY, "r", retry_words(session))
    if session.unsure_ids:
        yield _way(UNSURE, "u", retry_words(session, unsure=True))
    if following is not None:
        yield _way(NEXT, "→", translate("quiz.way-next", title=following.numbered_title))
    yield _way(LESSON, "o", translate("quiz.way-lesson"))
    yield _way(FRESH, "a", translate("quiz.way-fresh"))


def _way(key: str, letter: str, text: str) -> RowItem:
    def draw(width: int) -> Row:
        room = max(0, width - 8)
        return [Span(f"  {letter}", "key"), Span("   "), Span(shorten(harmless_line(text), room))]

    return RowItem(key, draw)


def _question_item(session: QuizSession, number: int, exercise: Exercise) -> RowItem:
    return RowItem(str(number), lambda width: question_row(session, number, exercise, width))


def question_row(session: QuizSession, number: int, exercise: Exercise, width: int, *, here: bool = False) -> Row:
    """A question in a list: its sign, number and title, and whether its answer was unsure."""
    mark = session.mark(exercise.question.id)
    sign, ink = SIGNS[mark]
    unsure = translate("quiz.unsure") if exercise.attempt.unsure and exercise.attempt.locked else ""
    lead = Span(f"{HERE} ", "accent bold") if here else Span("  ")
    left = [lead, Span(f"{sign} ", f"{ink} bold"), Span(f"{number:>2}  ", "muted")]
    right = [Span(unsure, "muted"), Span(" ")] if unsure else []
    title = shorten(title_line(exercise), max(0, width - 8 - sum(len(span.text) * 2 for span in right)))
    return spread_row([*left, Span(title, "strong" if here else "text")], right, width)
