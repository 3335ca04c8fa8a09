"""The column beside a lesson: the terms in view, the contents and the progress. It is there from the first frame on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tutor.charts.cells import Row, Rows, Span, spread_row
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, pad, shorten, wrapped
from tutor.foundation.translate import language, translate
from tutor.tui.textual_private import CachedLayout
from tutor.tui.widgets.row_list import MARGIN, RowItem, RowList
from tutor.tui.widgets.rows import Area, RowsView, look_of, strip_of

if TYPE_CHECKING:
    from tutor.course.glossary import GlossaryEntry
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


_DEFINITION_LINES = 3
"""Lines of a definition that are shown at most."""
_NAME = 16
"""Cells of a name at most; a longer one has its definition below it."""


class PageTerms(CachedLayout, RowsView):
    """The terms that are linked on the page in view, with short definitions."""

    DEFAULT_CSS = "PageTerms { height: auto; max-height: 50%; }"

    def __init__(self) -> None:
        super().__init__(self._rows_in, id="page-terms")
        self._entries: tuple[GlossaryEntry, ...] = ()
        self._set: Rows = []
        self._set_for: tuple[int, str] | None = None  # the width and the language of these rows

    def show_terms(self, entries: Sequence[GlossaryEntry]) -> None:
        """Show these terms."""
        if tuple(entries) == self._entries:
            return
        self._entries, self._set_for = tuple(entries), None
        self.forget()
        self.refresh(layout=True)

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        """As many rows as the terms need, and one that parts them from the contents."""
        rows = self._rows_of(width)
        return len(rows) + 1 if rows else 0

    def _rows_of(self, width: int) -> Rows:
        if self._set_for != (width, language()):
            self._set_for = width, language()
            self._set = terms_rows(self._entries, width, language())
        return self._set

    def _rows_in(self, area: Area) -> Rows:
        rows = self._rows_of(area.width)
        return [*rows[: area.height - 1], *([[]] * area.height)][: area.height]


def terms_rows(entries: Sequence[GlossaryEntry], width: int, language: str) -> Rows:
    """A heading, then each term with the beginning of its definition beside it."""
    if not entries or width < 2 * _NAME:
        return []
    heading: Row = [Span(" " * MARGIN), Span(translate("lesson.on-this-page"), "strong")]
    rows: Rows = [[], spread_row(heading, [Span("g ", "key")], width)]
    names = [harmless_line(entry.name(language)) for entry in entries]
    indent = MARGIN + min(_NAME, max(map(cell_width, names))) + 2
    for entry, name in zip(entries, names, strict=True):
        lines = wrapped(_plain(entry.definition(language)), max(8, width - indent - 1))
        if len(lines) > _DEFINITION_LINES:
            last = f"{lines[_DEFINITION_LINES - 1]} …"
            lines = [*lines[: _DEFINITION_LINES - 1], shorten(last, width - indent - 1)]
        fits = cell_width(name) <= indent - MARGIN - 2
        if not fits:
            rows.append([Span(" " * MARGIN), Span(shorten(name, width - MARGIN - 1), "term")])
        for number, line in enumerate(lines):
            if fits and not number:
                gap = " " * (indent - MARGIN - cell_width(name))
                rows.append([Span(" " * MARGIN), Span(name, "term"), Span(gap), Span(line, "muted")])
            else:
                rows.append([Span(pad("", indent)), Span(line, "muted")])
    return rows


@lru_cache(maxsize=512)
def _plain(markdown: str) -> str:
    from tutor.typeset.page import one_line

    return harmless_line(one_line(markdown.replace("\n", " "), inline=True))


class SideHeading(Widget):
    """The heading of the contents, with the key that leads there."""

    DEFAULT_CSS = "SideHeading { height: 1; }"

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        row: Row = [Span(" " * MARGIN), Span(translate("lesson.contents-heading"), "strong")]
        return strip_of(spread_row(row, [Span("c ", "key")], width), look_of(self), width)


class LessonSide(Container):
    """Terms, contents, progress. It is kept up to date while it is hidden, for the dialog that shows the same rows."""

    DEFAULT_CSS = """
    LessonSide { width: 39; height: 1fr; border-left: solid $rule; padding: 0 1 0 0; }
    LessonSide.wide { width: 50; }
    LessonSide SideHeading { margin: 0; }
    LessonSide RowList { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__(id="side")
        self.terms = PageTerms()
        self.contents = RowList(id="contents")
        self._read_so_far = ReadSoFar()
        self._session: LessonSession | None = None
        self._block = 0
        self._labs: Mapping[str, str] = {}

    def compose(self) -> ComposeResult:
        yield self.terms
        yield SideHeading()
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
