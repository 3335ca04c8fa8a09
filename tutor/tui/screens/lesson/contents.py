"""The contents of a lesson: sections, questions and labs, with the state of each question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from tutor.charts.cells import Row, Span
from tutor.course.lesson import Exercise, LabFence, Lesson, Question
from tutor.foundation.text import cell_width, pad, shorten
from tutor.foundation.translate import translate
from tutor.study.question_attempt import Mark
from tutor.tui.commands import Command
from tutor.tui.screen import TutorDialog
from tutor.tui.themes import HERE, RIGHT, WRONG
from tutor.tui.widgets.row_list import RowItem, RowList
from tutor.typeset.page import typeset

if TYPE_CHECKING:
    from tutor.study.lesson_session import LessonSession

MARKS: dict[Mark, tuple[str, str]] = {
    Mark.OPEN: ("○", "muted"),
    Mark.SKIPPED: ("○", "muted"),
    Mark.WAITING: ("○", "accent"),
    Mark.RIGHT: (RIGHT, "good"),
    Mark.WRONG: (WRONG, "bad"),
    Mark.UNCOUNTED: ("○", "muted"),
}
"""The sign of a question in a list, and its ink."""
_MOST_SIGNS = 12
"""Signs of questions on one row at most."""


def one_line(markdown: str) -> str:
    """Inline Markdown as plain words on one line."""
    return " ".join(line.text for line in typeset(markdown, 4000, inline=True)).strip()


def section_begin(lesson: Lesson, block: int) -> int:
    """The first block of the section, of any level, that ``block`` belongs to; of the first section, before it."""
    begins = [section.block_index for section in lesson.sections]
    return max((begin for begin in begins if begin <= block), default=min(begins, default=0))


def contents_items(session: LessonSession, block: int, labs: Mapping[str, str]) -> list[RowItem]:
    """The rows of the contents. Their keys are the numbers of blocks.

    Args:
        session: The lesson and its answers.
        block: The block that is being read.
        labs: The titles of labs, as far as they have been read.
    """
    lesson = session.lesson
    sections = {section.block_index: section for section in lesson.sections}
    highest = min((section.level for section in lesson.sections), default=0)
    here = section_begin(lesson, block)
    runs = {run[0][0]: run for run in _runs_of_questions(lesson)}
    grouped = {number for run in runs.values() for number, _ in run}
    items = []
    for number, part in enumerate(lesson.blocks):
        if number in sections:
            section = sections[number]
            deeper = min(section.level - highest, 2)
            end = min((begin for begin in sections if begin > number), default=len(lesson.blocks) - 1)
            read = session.fraction_at(end, float(end not in sections)) <= session.fraction_read
            items.append(_section_item(number, one_line(section.title), deeper, here=number == here, read=read))
        elif isinstance(part, Question) and number in runs:
            items.append(_questions_item(runs[number], session))
        elif isinstance(part, Exercise) or (isinstance(part, Question) and number not in grouped):
            items.append(_question_item(number, one_line(part.title), session.mark(part.id)))
        elif isinstance(part, LabFence):
            items.append(_lab_item(number, labs.get(part.lab, "")))
    return items


def _section_item(number: int, title: str, deeper: int, *, here: bool, read: bool) -> RowItem:
    sign, sign_ink = (HERE, "accent") if here else (RIGHT, "good") if read else (" ", "text")
    ink = "accent bold" if here else "text" if not deeper else "muted"

    def draw(width: int) -> Row:
        return _row(sign, sign_ink, title, ink, width, 2 + 2 * deeper)

    return RowItem(str(number), draw)


def _question_item(number: int, title: str, mark: Mark) -> RowItem:
    sign, ink = MARKS[mark]
    return RowItem(str(number), lambda width: _row(sign, ink, title, "muted", width, 4))


def _runs_of_questions(lesson: Lesson) -> list[list[tuple[int, Question]]]:
    """The questions that directly follow one another, several in each run, with the numbers of their blocks."""
    runs: list[list[tuple[int, Question]]] = [[]]
    for number, part in enumerate(lesson.blocks):
        if not isinstance(part, Question):
            runs.append([])
        else:
            runs[-1].append((number, part))
    return [run for run in runs if len(run) > 1]


def _questions_item(run: Sequence[tuple[int, Question]], session: LessonSession) -> RowItem:
    """Questions in a row: the sign of each, and how many they are. It leads to the first that is open."""
    marks = [session.mark(question.id) for _, question in run]
    number = next((number for (number, _), mark in zip(run, marks, strict=True) if mark is Mark.OPEN), run[0][0])
    signs = [MARKS[mark] for mark in marks[:_MOST_SIGNS]]

    def draw(width: int) -> Row:
        row: Row = [Span("    "), *(Span(sign, ink) for sign, ink in signs)]
        text = translate("lesson.questions", count=len(run))
        return [*row, Span(f" {shorten(text, max(1, width - len(signs) - 6))}", "muted")]

    return RowItem(str(number), draw)


def _lab_item(number: int, title: str) -> RowItem:
    return RowItem(str(number), lambda width: _row("▶", "accent", title or translate("lesson.lab"), "muted", width, 4))


def _row(sign: str, sign_ink: str, title: str, ink: str, width: int, indent: int) -> Row:
    room = max(1, width - indent - 3)
    return [Span(" " * indent), Span(sign, sign_ink), Span(" "), Span(shorten(title, room), ink)]


def progress_row(session: LessonSession, width: int) -> Row:
    """How much has been read and answered, for the line below the contents."""
    score = session.score
    text = translate("lesson.read-so-far", percent=round(100 * session.fraction_read))
    row: Row = [Span(f"  {text}", "muted")]
    if score.total:
        row += [Span("   "), Span(f"{RIGHT} {score.right}/{score.total}", "good" if score.right else "muted")]
    used = sum(cell_width(span.text) for span in row)
    return row if used <= width else [Span(pad(f"  {text}", width), "muted")]


class ContentsDialog(TutorDialog[str]):
    """The contents over the text, for windows that are too narrow for both. Returns the chosen row's key, or None."""

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("contents.close", ("c",), "keys.back", "keys.back-help", palette=False),
    )
    DEFAULT_CSS = """
    ContentsDialog { align: left top; }
    ContentsDialog > Vertical {
        width: 48; max-width: 100%; height: auto; max-height: 100%; margin: 2 0;
        background: $surface; border: round $rule; border-title-color: $accent; border-subtitle-color: $muted;
        border-subtitle-align: left;
    }
    ContentsDialog RowList { height: auto; max-height: 18; }
    """

    def __init__(self, items: Sequence[RowItem], here: str) -> None:
        super().__init__()
        self._items = items
        self._here = here

    def compose(self) -> ComposeResult:
        with Vertical() as card:
            card.border_title = translate("lesson.contents")
            card.border_subtitle = translate("lesson.contents-keys")
            rows = RowList(self._items)
            rows.select(self._here)
            rows.styles.height = max(1, len(self._items))
            yield rows

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        self.dismiss(event.key)

    def action_close(self) -> None:
        """Close the dialog with the key that opened it."""
        self.dismiss(None)
