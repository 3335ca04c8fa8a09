"""The glossary: a search in any language while typing, the list of terms and, from 100 columns, the selected term."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from tutor.charts.cells import Row, Span
from tutor.foundation.text import cell_width, pad, shorten
from tutor.foundation.translate import language, translate
from tutor.tui import router, routes
from tutor.tui.commands import Command
from tutor.tui.screen import TutorScreen
from tutor.tui.widgets.row_list import MadeItems, RowItem, RowList, fixed
from tutor.tui.widgets.term import TermView, names_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.course.glossary import GlossaryEntry

_OTHERS_WIDTH = 18
"""Cells that the names in another language take at least."""
WIDE = 100
"""Columns that the card needs beside the list."""
_MOST = 500
"""Terms that a search finds at most."""
_MEASURED = 200
"""Terms that decide how wide the column of names in another language gets."""


class GlossaryScreen(TutorScreen):
    """Every term of the course.

    Args:
        term_id: The term to select first.
    """

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("glossary.open", ("enter",), "keys.open", footer=1, palette=False),
        Command("glossary.search", ("slash",), "glossary.search", "glossary.search-help", footer=2),
        Command("glossary.card", ("tab",), "glossary.to-card", "glossary.to-card-help", footer=3, palette=False),
        Command("glossary.up", ("up",), "keys.up", group="keys.group-move", palette=False),
        Command("glossary.down", ("down",), "keys.down", group="keys.group-move", palette=False),
    )
    CSS = """
    GlossaryScreen Input { border: none; height: 1; padding: 0; margin: 0 3; background: $background; }
    GlossaryScreen RowList { width: 1fr; margin: 1 0 0 0; }
    GlossaryScreen TermView { display: none; width: 3fr; margin: 1 1 0 1; border-left: solid $rule; padding: 0 2; }
    GlossaryScreen.wide RowList { width: 2fr; min-width: 48; max-width: 64; }
    GlossaryScreen.wide TermView { display: block; }
    """

    def __init__(self, term_id: str = "") -> None:
        super().__init__()
        self._first = term_id
        self._found: Sequence[GlossaryEntry] = ()

    def breadcrumb(self) -> list[str]:
        """``tutor › Glossary``."""
        return [translate("glossary.title")]

    def status(self) -> Row:
        if not self._is_read:
            return []
        count = len(self._found)
        return [Span(translate("glossary.count-one" if count == 1 else "glossary.count", count=count), "muted")]

    def compose_body(self) -> ComposeResult:
        items: Sequence[RowItem] = self._items("") if self._is_read else [fixed(_draw_reading)]
        yield Input(placeholder=translate("glossary.placeholder"), select_on_focus=False)
        with Horizontal():
            yield RowList(items)
            yield TermView()

    def on_mount(self) -> None:
        """Focus the list at the wanted term if there is one, else the search line."""
        rows = self.query_one(RowList)
        if self._first:
            rows.select(self._first)
            rows.focus()
        if self._is_read:
            self._show_selected()
        else:  # reading all lessons would hold up the keys for a second or two
            self.run_worker(self._read, thread=True, exit_on_error=False)

    @property
    def _is_read(self) -> bool:
        """Whether the terms have been read, or there is no course to read them from."""
        return self.workspace.course is None or self.workspace.course.has_glossary

    def _read(self) -> None:
        course = self.workspace.course
        if course is not None:
            course.glossary()
        self.app.call_from_thread(self._show_read)

    def _show_read(self) -> None:
        self.tutor.garbage.keep("terms")
        if not self.is_attached:
            return
        self._search(self.query_one(Input).value)
        if self._first:
            self.query_one(RowList).select(self._first)
            self._show_selected()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width >= WIDE, "wide")

    def refresh_texts(self) -> None:
        search = self.query_one(Input)
        search.placeholder = translate("glossary.placeholder")
        self._search(search.value)
        self.query_one(TermView).refresh_texts()
        super().refresh_texts()

    def _items(self, query: str) -> Sequence[RowItem]:
        course = self.workspace.course
        glossary = course.glossary() if course is not None else None
        if glossary is None:
            self._found = ()
        else:
            self._found = glossary.search(query, _MOST) if query.strip() else glossary.entries(language())
        if not self._found:
            return [fixed(_draw_nothing)]
        found, both = self._found, self.workspace.settings.translations
        first = found[:_MEASURED]  # to measure ten thousand names would take longer than to draw the screen
        others = max(cell_width(names_of(entry, language(), reads_both=both)[1]) for entry in first)
        keys = [entry.id for entry in found]
        return MadeItems(keys, lambda number: _item(found[number], others, reads_both=both))

    def _search(self, query: str) -> None:
        if not self._is_read:
            return
        query = query.lstrip(
            "/"
        )  # on other screens / begins a search, so people type it here too; no term's name begins with it
        items = self._items(query)
        self.query_one(RowList).set_items(items, select=items[0].key if query else None)
        self._show_selected()
        self.refresh_frame()

    def _show_selected(self) -> None:
        if not self._is_read:
            return
        self.query_one(TermView).show_term(self.query_one(RowList).selected or "")

    def on_input_changed(self, event: Input.Changed) -> None:
        self._search(event.value)

    def on_input_submitted(self) -> None:
        self.action_open()

    def on_row_list_highlighted(self) -> None:
        self._show_selected()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Focus the card, or open it over the list if there is no space beside it."""
        if self.has_class("wide"):
            self._show_selected()
            self.query_one(TermView).focus()
        else:
            router.go(self.tutor, routes.Term(event.key))

    def on_term_view_lesson_wanted(self, event: TermView.LessonWanted) -> None:
        router.go(self.tutor, routes.Lesson(event.lesson_id, event.term_id))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Some commands work in the search line, some in the list, some in the card."""
        if action == "search":
            return not isinstance(self.focused, Input)
        if action in {"up", "down", "open"}:
            return isinstance(self.focused, Input)
        return action != "glossary"

    def action_open(self) -> None:
        self.query_one(RowList).action_choose()

    def action_search(self) -> None:
        self.query_one(Input).focus()

    def action_card(self) -> None:
        """Move the focus from the search line to the list, to the card if it is shown, and back."""
        if isinstance(self.focused, RowList) and self.has_class("wide"):
            self.query_one(TermView).focus()
        elif isinstance(self.focused, RowList):
            self.query_one(Input).focus()
        else:
            self.query_one(RowList).focus()

    def action_up(self) -> None:
        """Select the row above; the search line keeps the focus."""
        self.query_one(RowList).action_up()

    def action_down(self) -> None:
        """Select the row below; the search line keeps the focus."""
        self.query_one(RowList).action_down()

    def action_back(self) -> None:
        """Go from the card to the list, or clear the search, or leave."""
        search = self.query_one(Input)
        if isinstance(self.focused, TermView):
            self.query_one(RowList).focus()
        elif search.value:
            search.value = ""
        else:
            super().action_back()


def _draw_nothing(width: int) -> Row:
    return [Span(shorten(f"   {translate('glossary.nothing')}", width), "muted")]


def _draw_reading(width: int) -> Row:
    return [Span(shorten(f"   {translate('glossary.reading')}", width), "muted")]


def _item(entry: GlossaryEntry, others: int, *, reads_both: bool) -> RowItem:
    """The row of a term; its name in another language gets ``others`` cells."""

    def draw(width: int) -> Row:
        name, other = names_of(entry, language(), reads_both=reads_both)
        room = max(12, width - 5 - min(max(others, _OTHERS_WIDTH), width // 2))
        return [Span(f"   {pad(shorten(name, room), room)}  "), Span(shorten(other, width - room - 5), "muted")]

    return RowItem(entry.id, draw)


def screen_for(route: routes.Glossary) -> GlossaryScreen:
    """The screen of a route."""
    return GlossaryScreen(route.term_id)
