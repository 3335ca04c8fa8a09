"""The notes and stars: each opens its lesson at its passage."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult

from tutor.charts.cells import Row, Span
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, shorten
from tutor.foundation.translate import translate
from tutor.tui import router, routes
from tutor.tui.commands import Command
from tutor.tui.screen import TutorScreen
from tutor.tui.widgets.row_list import RowItem, RowList, blank, heading, sentence_items

if TYPE_CHECKING:
    from tutor.progress.notes import Note


class NotesScreen(TutorScreen):
    """The notes by lesson, in the order of the course."""

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("notes.delete", ("x", "delete"), "notes.key-delete", "notes.key-delete-help", footer=2),
    )

    def __init__(self) -> None:
        super().__init__()
        self._notes: dict[str, Note] = {}

    def compose_body(self) -> ComposeResult:
        yield RowList(id="notes")

    def breadcrumb(self) -> list[str]:
        """``tutor › Notes``."""
        return [translate("notes.name")]

    def status(self) -> Row:
        count = len(self._notes)
        return [Span(translate("notes.counted", count=count), "muted")] if count else []

    def on_mount(self) -> None:
        """Let the arrow keys move in the list."""
        self.query_one(RowList).focus()

    def on_screen_resume(self) -> None:
        """Read the notes, at first and when the learner comes back, after the frame."""
        super().on_screen_resume()
        self.call_after_refresh(self._fill)

    def refresh_texts(self) -> None:
        super().refresh_texts()
        self._fill()

    def _fill(self) -> None:
        self._notes = {note.key: note for note in self.workspace.store.notes.all()}
        titles = {each.id: each.numbered_title for each in self.workspace.headers()}
        of_lesson: dict[str, list[Note]] = {each: [] for each in titles}
        for note in self._notes.values():
            of_lesson.setdefault(note.lesson_id, []).append(note)
        rows = self.query_one(RowList)
        items: list[RowItem] = [blank()]
        for lesson, notes in of_lesson.items():
            if notes:
                items.append(heading(harmless_line(titles.get(lesson, lesson))))
                items += [RowItem(note.key, partial(_row, note)) for note in notes]
                items.append(blank())
        if not self._notes:
            items += sentence_items(translate("notes.none"), self.size.width, "text")
        rows.set_items(items)
        self.refresh_frame()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There must be a note to delete."""
        return bool(self._notes) if action == "delete" else super().check_action(action, parameters)

    def action_delete(self) -> None:
        """Delete the selected note."""
        if (key := self.query_one(RowList).selected) in self._notes:
            self.workspace.store.notes.remove(key)
            self._fill()
            self.say_notices()

    async def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Open the lesson at the passage; if it is gone, at its section."""
        note = self._notes[event.key]
        quote = await self._quote_today(note)
        router.go(self.tutor, routes.Lesson(harmless_line(note.lesson_id), note.anchor, quote))

    async def _quote_today(self, note: Note) -> str:
        from tutor.study.passages import find_again

        lesson = await self.read_lesson(note.lesson_id)
        passage = await asyncio.to_thread(find_again, note, lesson) if lesson is not None else None
        return passage.text if passage is not None else ""


def _row(note: Note, width: int) -> Row:
    sign = "*" if note.starred else " "
    text = harmless_line(note.text)
    said = shorten(text, max(0, width // 2 - 4)) if text else ""
    quote = shorten(harmless_line(note.quote), max(0, width - 6 - (cell_width(said) + 2 if said else 0)))
    return [Span(f"  {sign} ", "accent bold"), *([Span(f"{said}  ", "text")] if said else []), Span(quote, "muted")]


def screen_for(_route: routes.Notes) -> NotesScreen:
    """The screen of a route."""
    return NotesScreen()
