"""The blocks of a lesson as widgets, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.strip import Strip
from textual.widget import Widget

from tutor.charts.cells import Row, Span
from tutor.course.lesson import Block, LabFence, Question, Term
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text_width import shorten
from tutor.foundation.translate import translate
from tutor.study.score import Score
from tutor.tui.glyphs import RIGHT
from tutor.tui.screens.lesson_pages import NameOf, prose_page, term_page, title_page
from tutor.tui.widgets.prose import Prose
from tutor.tui.widgets.row_list import RowItem, RowList
from tutor.tui.widgets.rows import look_of, strip_of

if TYPE_CHECKING:
    from tutor.course.catalogue import LessonHeader
    from tutor.course.lesson import Lesson
    from tutor.study.lesson_session import LessonSession
    from tutor.typeset.page import Mentions

QUIZ, HOME = "quiz", "home"
"""What the end of a lesson offers beside the next lesson, whose id is its key."""


@dataclass(frozen=True, slots=True)
class Names:
    """What things are called that a lesson's text points to.

    Args:
        title_of: The title of a lesson by id.
        term_name: The name of a term by id.
        other_name: The name of a term in the other language by id; empty where there is none.
    """

    title_of: NameOf
    term_name: NameOf
    other_name: NameOf


def title_block(lesson: Lesson, names: Names) -> Prose:
    """The title of the lesson."""
    return Prose(title_page(lesson, names.title_of), id="lesson-title")


def block_widget(block: Block, session: LessonSession, names: Names, mentions: Mentions | None) -> Widget:
    """The widget of one block."""
    if isinstance(block, Question):
        from tutor.tui.widgets.question import QuestionWidget

        return QuestionWidget(session.exercise(block.id))
    if isinstance(block, LabFence):
        from tutor.tui.widgets.lab_card import LabCard

        return LabCard(block)
    if isinstance(block, Term):
        return Prose(term_page(block, names.other_name(block.id), names.term_name), classes="term")
    return Prose(prose_page(block, mentions))


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
        title = harmless_line(f"{following.number} {following.title}")
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
