"""The column beside a lesson: its contents and the progress. It is there from the first frame on."""

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
    """One line: how much of the lesson has been read and answered."""

    DEFAULT_CSS = "ReadSoFar { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.session: LessonSession | None = None

    def render_line(self, y: int) -> Strip:
        from tutor.tui.screens.lesson.contents import progress_row

        width = self.size.width
        row = progress_row(self.session, width) if self.session is not None else []
        return strip_of(row, look_of(self), width)


class LessonSide(Container):
    """Contents and progress. It is kept up to date even while it is hidden, for the dialog that shows the same rows."""

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
        yield self.contents
        yield self._read_so_far

    def show(self, session: LessonSession, block: int) -> None:
        """Show the contents with ``block`` as the one being read."""
        self._session, self._block = session, block
        self.contents.set_items(self.items(), self.here)
        self.show_progress()

    def name_labs(self, titles: Mapping[str, str]) -> None:
        """Show these titles of labs."""
        self._labs = titles
        if self._session is not None:
            self.show(self._session, self._block)

    def show_progress(self) -> None:
        """Update the line below the contents."""
        # An attribute, not a query: a lesson that is left while it loads has no children any more.
        self._read_so_far.session = self._session
        self._read_so_far.refresh()

    def items(self) -> list[RowItem]:
        """The present rows of the contents."""
        from tutor.tui.screens.lesson.contents import contents_items

        return contents_items(self._session, self._block, self._labs) if self._session is not None else []

    @property
    def here(self) -> str:
        """The key of the row of the section being read."""
        from tutor.tui.screens.lesson.contents import section_begin

        return str(section_begin(self._session.lesson, self._block)) if self._session is not None else ""
