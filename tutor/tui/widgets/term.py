"""A glossary entry as rows, and the widget that scrolls them and follows their links."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tutor.charts.cells import Row, Rows, Span
from tutor.foundation import clock
from tutor.foundation.safe_text import harmless, harmless_line
from tutor.foundation.text import cell_width, shorten
from tutor.foundation.translate import language, listed, translate
from tutor.tui.commands import Command, bindings_of
from tutor.tui.widgets.rows import look_of, shell_of, strip_of

if TYPE_CHECKING:
    from tutor.course.glossary import GlossaryEntry


NameOf = Callable[[str], str]
"""Gives the name to show for the id of a term or lesson."""


def names_of(entry: GlossaryEntry, language: str, *, reads_both: bool) -> tuple[str, str]:
    """The name in ``language``, and the first name in another language that is shown; "" if there is none."""
    others = entry.names_beside(language, reads_both=reads_both)
    return harmless_line(entry.name(language)), harmless_line(others[0]) if others else ""


def title_row(entry: GlossaryEntry, language: str, room: int, *, reads_both: bool) -> Row:
    """``学习率 · learning rate`` in at most ``room`` cells."""
    name, other = names_of(entry, language, reads_both=reads_both)
    name = shorten(name, room)
    other = shorten(other, room - cell_width(name) - 3) if other else ""
    return [Span(name, "title"), *([Span(" · ", "muted"), Span(other, "text")] if other else [])]


def term_rows(
    entry: GlossaryEntry, width: int, language: str, *, name_of: NameOf, lesson_of: NameOf, followed: int = -1
) -> Rows:
    """The rows below the title.

    Args:
        entry: The term.
        width: The width in cells.
        language: The code of the language in use.
        name_of: Gives the name of a term id.
        lesson_of: Gives the title of a lesson id.
        followed: The index of the selected see-link; negative if none is.
    """
    rows: Rows = []
    if also := [harmless_line(name) for name in entry.also.get(language, ())]:
        rows += [[Span(shorten(translate("glossary.also", names=listed(also)), width), "muted")], []]
    rows += _prose(entry.definition(language), width)
    if entry.formula:
        formula = entry.formula if "$" in entry.formula else f"${entry.formula}$"
        rows += [[], *([Span("  "), *row] for row in _prose(formula, width - 2))]
    if entry.see:
        rows += [[], *see_rows(entry.see, width, name_of, followed)]
    if entry.lesson_id:
        text = translate("glossary.first-met", lesson=harmless_line(lesson_of(entry.lesson_id)))
        rows += [[], [Span(shorten(text, width), "muted")]]
    return rows


def _prose(markdown: str, width: int) -> Rows:
    from tutor.typeset.page import typeset

    lines = typeset(harmless(markdown), width)
    return [[Span(span.text, span.role) for span in line.spans] for line in lines]


def see_rows(see: tuple[str, ...], width: int, name_of: NameOf, followed: int) -> Rows:
    """The see-links, numbered from 1; lines break only between links."""
    word = translate("glossary.see")
    indent = cell_width(word) + 2
    rows: Rows = [[Span(word, "muted"), Span("  ")]]
    column = indent
    for index, term in enumerate(see):
        name = shorten(harmless_line(name_of(term)), width - indent - 2)
        wide = cell_width(name) + 2
        if column > indent and column + wide > width:
            rows.append([Span(" " * indent)])
            column = indent
        ground = "selected" if index == followed else None
        rows[-1] += [Span(f"{index + 1} ", "key", ground), Span(name, "link", ground), Span("   ")]
        column += wide + 3
    return rows


TERM_KEYS: tuple[Command, ...] = (
    Command("term.next-link", ("tab", "right", "l"), "glossary.next-link", group="keys.group-move", palette=False),
    Command("term.previous-link", ("shift+tab", "left", "h"), "glossary.previous-link", group="keys.group-move",
            palette=False),
    Command("term.follow", ("enter",), "glossary.follow", footer=1, palette=False),
    Command("term.follow-number", tuple("123456789"), "glossary.follow-number", shown="1–9", passes_key=True,
            palette=False),
    Command("term.back", ("backspace",), "glossary.back-term", action="back_term", footer=2, palette=False),
    Command("term.lesson", ("o",), "glossary.open-lesson", footer=3),
    Command("term.down", ("down", "j", "pagedown", "space"), "keys.down", group="keys.group-move", palette=False),
    Command("term.up", ("up", "k", "pageup"), "keys.up", group="keys.group-move", palette=False),
)  # fmt: skip


class TermView(ScrollView, can_focus=True):
    """Shows one term. Tab selects a see-link, enter or its number follows it, backspace goes back."""

    KEYS: ClassVar[tuple[Command, ...]] = TERM_KEYS
    BINDINGS = bindings_of(TERM_KEYS)
    DEFAULT_CSS = "TermView { overflow-x: hidden; scrollbar-size-vertical: 1; padding: 0 1; }"

    class Turned(Message):
        """Another term is shown."""

        def __init__(self, term_id: str) -> None:
            self.term_id = term_id
            super().__init__()

    class LessonWanted(Message):
        """The learner asked for the lesson that introduces the term."""

        def __init__(self, lesson_id: str, term_id: str) -> None:
            self.lesson_id, self.term_id = lesson_id, term_id
            super().__init__()

    def __init__(self, term_id: str = "", *, with_title: bool = True) -> None:
        super().__init__()
        self._trail = [term_id] if term_id else []
        self._link = 0
        self._with_title = with_title
        self._rows: Rows = []
        self._made_for: tuple[object, ...] = ()

    @property
    def entry(self) -> GlossaryEntry | None:
        """The term in view; None if the course has none with that id."""
        course = shell_of(self).workspace.course
        return course.glossary().get(self._trail[-1]) if course is not None and self._trail else None

    def show_term(self, term_id: str) -> None:
        """Show a term and forget the terms before it."""
        self._trail = [term_id] if term_id else []
        self._turned()

    def follow(self, term_id: str) -> None:
        """Show a term; backspace returns to the one before."""
        self._trail.append(term_id)
        self._turned()

    def _turned(self) -> None:
        self._link = 0
        self.scroll_to(y=0, animate=False)
        self.refresh_texts()
        self.post_message(self.Turned(self._trail[-1] if self._trail else ""))
        if self.has_focus:
            self._meet()

    def _meet(self) -> None:
        # Only a focused card was opened on purpose; beside the glossary's list, terms merely pass by.
        workspace, entry = shell_of(self).workspace, self.entry
        deck = workspace.deck
        if deck is not None and entry is not None:
            meet = partial(deck.meet, workspace.store, entry.id, clock.utc_now())
            self.run_worker(meet, thread=True, exit_on_error=False)  # the disk may be slow

    def refresh_texts(self) -> None:
        """Draw again after a change of term, language or size."""
        self.virtual_size = Size(self.size.width, len(self.rows(self.scrollable_content_region.width)))
        self.refresh(layout=True)

    def rows(self, width: int) -> Rows:
        """The rows of the term in ``width`` cells, kept until something changes."""
        entry = self.entry
        wanted = (entry.id if entry else "", width, language(), self._link if self.has_focus else -1)
        if entry is not None and width > 8 and wanted != self._made_for:
            self._made_for = wanted
            both = shell_of(self).workspace.settings.translations
            title = [title_row(entry, language(), width, reads_both=both), []] if self._with_title else []
            self._rows = [*title, *self._term_rows(entry, width)]
        return self._rows if entry is not None else []

    def _term_rows(self, entry: GlossaryEntry, width: int) -> Rows:
        course = shell_of(self).workspace.course
        assert course is not None  # noqa: S101 - an entry comes from a course
        glossary = course.glossary()
        titles = {header.id: header.numbered_title for header in course.headers(language())}

        def name_of(term: str) -> str:
            other = glossary.get(term)
            return names_of(other, language(), reads_both=False)[0] if other is not None else term

        return term_rows(
            entry, width, language(), name_of=name_of, lesson_of=lambda lesson: titles.get(lesson, lesson),
            followed=self._link if self.has_focus else -1,
        )  # fmt: skip

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the term needs."""
        return len(self.rows(width))

    def on_resize(self, event: events.Resize) -> None:
        self.refresh_texts()

    def on_focus(self) -> None:
        """Show the selected link; the term counts as seen."""
        self.refresh()
        self._meet()

    def on_blur(self) -> None:
        """Show no selected link."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A row of the term."""
        width = self.scrollable_content_region.width
        rows = self.rows(width)
        index = y + self.scroll_offset.y
        return strip_of(rows[index] if index < len(rows) else [], look_of(self), width)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable commands that would lead nowhere."""
        entry = self.entry
        if action in {"follow", "follow_number", "next_link", "previous_link"}:
            return entry is not None and bool(entry.see)
        if action == "back_term":
            return len(self._trail) > 1
        if action == "lesson":
            return entry is not None and bool(entry.lesson_id)
        return True

    def _move_link(self, by: int) -> None:
        if self.entry is not None and self.entry.see:
            self._link = (self._link + by) % len(self.entry.see)
            self.refresh()

    def action_next_link(self) -> None:
        self._move_link(1)

    def action_previous_link(self) -> None:
        self._move_link(-1)

    def action_follow(self) -> None:
        if self.entry is not None and self.entry.see:
            self.follow(self.entry.see[self._link])

    def action_follow_number(self, digit: str) -> None:
        if self.entry is not None and 0 < int(digit) <= len(self.entry.see):
            self.follow(self.entry.see[int(digit) - 1])

    def action_back_term(self) -> None:
        """Return to the term before."""
        if len(self._trail) > 1:
            self._trail.pop()
            self._turned()

    def action_lesson(self) -> None:
        """Ask for the lesson that introduces the term."""
        if self.entry is not None and self.entry.lesson_id:
            self.post_message(self.LessonWanted(self.entry.lesson_id, self.entry.id))

    def action_down(self) -> None:
        self.scroll_to(y=self.scroll_offset.y + 1, animate=False)

    def action_up(self) -> None:
        self.scroll_to(y=self.scroll_offset.y - 1, animate=False)
