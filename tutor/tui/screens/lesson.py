"""The lesson reader: text, questions and labs in one flow, with the contents beside it where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer
from textual.widget import Widget

from tutor.charts.cells import Row, Span
from tutor.foundation.translate import language, translate
from tutor.tui import navigation
from tutor.tui.commands import Command
from tutor.tui.screens.base import TutorScreen
from tutor.tui.widgets.lesson_flow import LessonFlow, Place
from tutor.tui.widgets.prose import Prose
from tutor.tui.widgets.row_list import RowList
from tutor.tui.widgets.rows import look_of, strip_of

if TYPE_CHECKING:
    from tutor.course.catalogue import LessonHeader
    from tutor.course.lesson import Lesson
    from tutor.study.lesson_session import LessonSession

_MOVE = "keys.group-move"
_SAVE_AFTER = 0.8
"""Seconds of rest after which the place is written down."""
_AT_ONCE = 8
"""Blocks that are put into the flow between two frames."""

KEYS: tuple[Command, ...] = (
    Command("lesson.page-down", ("space", "pagedown", "ctrl+d"), "lesson.page-down", footer=1, group=_MOVE, palette=False),
    Command("lesson.page-up", ("pageup", "b", "ctrl+u"), "lesson.page-up", group=_MOVE, palette=False),
    Command("lesson.line-down", ("down", "j"), "keys.down", group=_MOVE, palette=False),
    Command("lesson.line-up", ("up", "k"), "keys.up", group=_MOVE, palette=False),
    Command("lesson.first", ("home",), "lesson.first", group=_MOVE, palette=False),
    Command("lesson.last", ("end", "G"), "lesson.last", group=_MOVE, palette=False),
    Command("lesson.next-section", ("right_square_bracket",), "lesson.next-section", group=_MOVE),
    Command("lesson.previous-section", ("left_square_bracket",), "lesson.previous-section", group=_MOVE),
    Command("lesson.next-block", ("tab",), "lesson.next-block", "lesson.next-block-help", footer=2, group=_MOVE, palette=False),
    Command("lesson.previous-block", ("shift+tab",), "lesson.previous-block", group=_MOVE, palette=False),
    Command("lesson.next-term", ("n",), "lesson.next-term", "lesson.next-term-help", group=_MOVE, palette=False),
    Command("lesson.previous-term", ("N",), "lesson.previous-term", group=_MOVE, palette=False),
    Command("lesson.enter", ("enter",), "lesson.enter", "lesson.enter-help", footer=3, palette=False),
    Command("lesson.contents", ("c",), "lesson.contents", "lesson.contents-help", footer=95),
    Command("lesson.quiz", ("t",), "lesson.quiz", "lesson.quiz-help", footer=96),
    Command("lesson.find", ("slash",), "keys.palette", "keys.palette-help", action="palette", palette=False),
)  # fmt: skip


class LessonScreen(TutorScreen):
    """One lesson. The frame is drawn at once, the lesson is read after it, and the first page is mounted first.

    Args:
        lesson_id: The lesson.
        anchor: A section, term or question to open it at; where the learner left it when empty.
    """

    KEYS: ClassVar[tuple[Command, ...]] = KEYS
    CSS_PATH = "lesson.tcss"
    AUTO_FOCUS = "#flow"

    def __init__(self, lesson_id: str, anchor: str = "") -> None:
        super().__init__()
        self._lesson_id = lesson_id
        self._anchor = anchor
        self._lesson: Lesson | None = None
        self._session: LessonSession | None = None
        self._shown_in = ""
        self._complete = False
        self._saving: Timer | None = None
