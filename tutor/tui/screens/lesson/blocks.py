"""The blocks of a lesson as widgets, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.strip import Strip
from textual.widget import Widget

from tutor.charts.cells import Row, Span
from tutor.course.lesson import LabFence, Prose, Question, Term
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import shorten
from tutor.foundation.translate import translate
from tutor.study.question_attempt import Score
from tutor.tui.themes import RIGHT
from tutor.tui.widgets.prose import ProseView
from tutor.tui.widgets.row_list import RowItem, RowList
from tutor.tui.widgets.rows import look_of, strip_of

if TYPE_CHECKING:
    from tutor.course.catalogue import LessonHeader
    from tutor.study.lesson_session import LessonSession
    from tutor.tui.screens.lesson.pages import LessonPages

QUIZ, HOME = "quiz", "home"
"""What the end of a lesson offers beside the next lesson, whose id is its key."""


def flow_widgets(session: LessonSession, pages: LessonPages, following: LessonHeader | None) -> Iterator[Widget]:
    """The lesson from its title to what comes next; each widget is made when it is asked for."""
    yield ProseView(pages.title(), id="lesson-title")
    number, lab = 0, None
    for block in session.lesson.blocks:
        if isinstance(block, Question):
            from tutor.tui.questions.question import QuestionWidget

            number += 1
            yield QuestionWidget(session.exercise(block.id), lab=lab, number=number)
        elif isinstance(block, LabFence):
            from tutor.tui.screens.lesson.lab_card import LabCard

            lab = block
            yield LabCard(block)
        else:
            yield _text_widget(block, pages)
    yield LessonEnd(session.score, following)


def _text_widget(block: Prose | Term, pages: LessonPages) -> ProseView:
    page = pages.page_of(block)
    assert page is not None  # noqa: S101 - only questions and labs have none
    if isinstance(block, Term):
        return ProseView(page, classes="term")
    return ProseView(page, classes="section" if block.markdown.startswith("#") else None)


class LessonEnd(RowList):
    """What comes after the last line: how one did, and where to go on."""

    DEFAULT_CSS = "LessonEnd { height: auto; }"

    def __init__(self, score: Score, following: LessonHeader | None) -> None:
        items = list(_end_items(score, following))
        super().__init__(items)
        self.styles.height = len(items)

    def show(self, score: Score, following: LessonHeader | None) -> None:
        """Show another score."""
        self.set_items(list(_end_items(score, following)))

    def render_line(self, y: int) -> Strip:
        """A row; none is shown as selected while the keys go elsewhere."""
        if self.has_focus or y >= len(self.items):
            return super().render_line(y)
        width = self.scrollable_content_region.width
        return strip_of(self.items[y].draw(width), look_of(self), width)


def _end_items(score: Score, following: LessonHeader | None) -> Iterator[RowItem]:
    yield RowItem("", lambda width: [Span("─" * width, "rule")], selectable=False)
    yield RowItem("", lambda _width: _score_row(score), selectable=False)
    yield RowItem("", lambda _width: [], selectable=False)
    if score.total:
        yield _choice(QUIZ, "t", "lesson.end-quiz")
    if following is not None:
        title = harmless_line(following.numbered_title)
        yield _choice(following.id, "→", "lesson.end-next", title)
    yield _choice(HOME, "H", "lesson.end-home")


def _score_row(score: Score) -> Row:
    row: Row = [Span(" "), Span(translate("lesson.end"), "strong")]
    if score.total:
        counts = translate("lesson.end-score", right=score.right, total=score.total)
        done = score.right == score.total
        row += [Span("   "), Span(f"{RIGHT} " if done else "", "good"), Span(counts, "good" if done else "muted")]
    return row


def _choice(key: str, sign: str, text_key: str, title: str = "") -> RowItem:
    def draw(width: int) -> Row:
        text = translate(text_key, title=title)
        return [Span(f" {sign} ", "key"), Span(" "), Span(shorten(text, width - 5))]

    return RowItem(key, draw)
