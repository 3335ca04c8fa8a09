"""A term's card over the screen in front."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.strip import Strip
from textual.widget import Widget

from tutor.charts.cells import Row, Span, row_width
from tutor.foundation.text import cell_width, shorten
from tutor.foundation.translate import language, translate
from tutor.tui import router, routes
from tutor.tui.commands import Command, footer_commands
from tutor.tui.screen import TutorDialog
from tutor.tui.widgets.rows import look_of, strip_of
from tutor.tui.widgets.term import TermView, title_row

_TALLEST = 16
"""Rows of the term in view at most; the rest can be scrolled to."""


class CardEdge(Widget):
    """The upper or lower edge of the card, with words in it.

    Args:
        card: Gives the words.
        upper: Whether it is the upper edge.
    """

    DEFAULT_CSS = "CardEdge { height: 1; }"

    def __init__(self, card: TermCard, *, upper: bool) -> None:
        super().__init__()
        self._card = card
        self._upper = upper

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        words = self._card.title_words(width - 6) if self._upper else self._card.key_words(width - 6)
        left, right = ("┌", "┐") if self._upper else ("└", "┘")
        used = sum(cell_width(span.text) for span in words)
        rest = "─" * max(0, width - used - 4)
        row = [Span(f"{left} ", "rule"), *words, Span(f" {rest}{right}", "rule")]
        return strip_of(row, look_of(self), width)


class TermCard(TutorDialog[None]):
    """The card. It stays until esc; its links open other terms in it.

    Args:
        term_id: The term to show first.
    """

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("app.glossary", ("g", "slash"), "keys.glossary", "keys.glossary-help", footer=4),
    )
    CSS = """
    TermCard > Vertical { width: 64; max-width: 100%; height: auto; max-height: 90%; background: $surface; }
    TermCard TermView { height: auto; border-left: solid $rule; border-right: solid $rule; }
    """

    def __init__(self, term_id: str) -> None:
        super().__init__()
        self._view = TermView(term_id, with_title=False)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield CardEdge(self, upper=True)
            yield self._view
            yield CardEdge(self, upper=False)

    def on_resize(self, event: events.Resize) -> None:
        """Keep both edges in view: the lower one names the keys."""
        self._view.styles.max_height = max(1, min(_TALLEST, event.size.height * 9 // 10 - 2))

    def title_words(self, room: int) -> Row:
        """The words of the upper edge, in at most ``room`` cells."""
        entry = self._view.entry
        if entry is None:
            return [Span(shorten(translate("glossary.no-term"), room), "muted")]
        return title_row(entry, language(), room, reads_both=self.workspace.settings.translations)

    def key_words(self, room: int) -> Row:
        """The keys in the lower edge, in at most ``room`` cells."""
        # The key that closes the card comes last and is never left out.
        commands = footer_commands((each for each in self.commands_in_reach() if each.action_name != "back"), 4)
        close = _key_row("esc", translate("glossary.close"))
        words: Row = []
        for command in commands:
            more = [*_key_row(command.key_shown, translate(command.label)), Span("   ")]
            if row_width([*words, *more, *close]) > room:
                break
            words += more
        return [*words, *close]

    def refresh_texts(self) -> None:
        self._view.refresh_texts()
        super().refresh_texts()

    def on_term_view_turned(self) -> None:
        """Draw the edges for another term."""
        for edge in self.query(CardEdge):
            edge.refresh()

    def on_term_view_lesson_wanted(self, event: TermView.LessonWanted) -> None:
        """Close the card and open the lesson at the term."""
        self.dismiss(None)
        self.app.call_later(router.go, self.tutor, routes.Lesson(event.lesson_id, event.term_id))

    def action_glossary(self) -> None:
        """Open the whole glossary at the same term."""
        entry = self._view.entry
        self.dismiss(None)
        self.app.call_later(router.go, self.tutor, routes.Glossary(entry.id if entry is not None else ""))


def _key_row(key: str, label: str) -> Row:
    return [Span(key, "key"), Span(f" {label}", "muted")]


def screen_for(route: routes.Term) -> TermCard:
    """The screen of a route."""
    return TermCard(route.term_id)
