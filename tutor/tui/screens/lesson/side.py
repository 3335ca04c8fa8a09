"""The side of a lesson: its contents and how far one is, beside the text where there is room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container
from textual.strip import Strip
from textual.widget import Widget

from tutor.tui.widgets.row_list import RowItem, RowList
from tutor.tui.widgets.rows import look_of, strip_of

if TYPE_CHECKING:
    from tutor.study.lesson_session import LessonSession


class ReadSoFar(Widget):
    """One line: how much of the lesson was read and answered."""

    DEFAULT_CSS = "ReadSoFar { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.session: LessonSession | None = None

    def render_line(self, y: int) -> Strip:
        """The line."""
        from tutor.tui.screens.lesson.contents import progress_row

        width = self.size.width
        row = progress_row(self.session, width) if self.session is not None else []
        return strip_of(row, look_of(self), width)


class LessonSide(Container):
    """Contents and progress. It knows what it would show even while it is not shown."""

    DEFAULT_CSS = """
    LessonSide { width: 33; height: 1fr; border-right: solid $rule; }
    LessonSide RowList { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__(id="side")
        self.contents = RowList(id="contents")
        self._read_so_far = ReadSoFar()
        self._session: LessonSession | None = None
        self._block = 0
        self._labs: Mapping[str, str] = {}

    def compose(self) -> ComposeResult:
        """The list and the line below it."""
        yield self.contents
        yield self._read_so_far

    def show(self, session: LessonSession, block: int) -> None:
        """Show how things stand with ``block`` being read."""
        self._session, self._block = session, block
        self.contents.set_items(self.items(), self.here)
        self.show_progress()

    def name_labs(self, titles: Mapping[str, str]) -> None:
        """Show the labs by these titles."""
        self._labs = titles
        if self._session is not None:
            self.show(self._session, self._block)

    def show_progress(self) -> None:
        """Show how much was read by now."""
        # Held, not looked up: a lesson that is left while it loads has no children any more.
        self._read_so_far.session = self._session
        self._read_so_far.refresh()

    def items(self) -> list[RowItem]:
        """The rows of the contents as things stand."""
        from tutor.tui.screens.lesson.contents import contents_items

        return contents_items(self._session, self._block, self._labs) if self._session is not None else []

    @property
    def here(self) -> str:
        """The key of the row for what is being read."""
        from tutor.tui.screens.lesson.contents import section_begin

        return str(section_begin(self._session.lesson, self._block)) if self._session is not None else ""
