"""What a teacher sees of a learner: the first page of whoever comes into a class."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult

from tutor.classroom.seat import WHAT_IS_SEEN
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import wrapped
from tutor.foundation.translate import translate
from tutor.tui.classroom import LearnerSide
from tutor.tui.commands import Command
from tutor.tui.screen import TutorScreen, Whereabouts
from tutor.tui.widgets.row_list import RowItem, RowList, blank, fixed, heading, sentence_items

if TYPE_CHECKING:
    from tutor.charts.cells import Row
    from tutor.tui import routes

_SEEN = ("class.sees-place", "class.sees-answers", "class.sees-polls", "class.sees-runs", "class.sees-help")
_WIDEST = 76


class ClassNoticeScreen(TutorScreen):
    """Says what a teacher sees; enter goes on."""

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("class_notice.go-on", ("enter", "space"), "class.key-go-on", footer=1, action="back"),
    )

    def compose_body(self) -> ComposeResult:
        yield RowList(id="class-notice")

    def breadcrumb(self) -> list[str]:
        """``tutor › Class``."""
        return [translate("class.title")]

    def whereabouts(self) -> Whereabouts | None:
        """The screen behind it says where the learner is."""
        return None

    def on_mount(self) -> None:
        side = self.tutor.classroom
        if isinstance(side, LearnerSide):
            side.seat.see(WHAT_IS_SEEN)

    def on_resize(self, event: events.Resize) -> None:
        self._fill(event.size.width)

    def refresh_texts(self) -> None:
        super().refresh_texts()
        self._fill(self.size.width)

    def _fill(self, width: int) -> None:
        side = self.tutor.classroom
        name = side.seat.name if isinstance(side, LearnerSide) else ""
        room = min(_WIDEST, width)
        items: list[RowItem] = [
            blank(), heading(translate("class.welcome", name=harmless_line(name))), blank(),
            *sentence_items(translate("class.sees"), room, "text"),
        ]  # fmt: skip
        for key in _SEEN:
            items += _point(translate(key), room)
        items += [blank(), *sentence_items(translate("class.sees-not"), room, "text"), blank()]
        items += sentence_items(translate("class.your-keys"), room)
        self.query_one(RowList).set_items(items)


def _point(text: str, width: int) -> list[RowItem]:
    from tutor.charts.cells import Span

    def row(line: str, sign: str) -> RowItem:
        spans: Row = [Span(f"  {sign} ", "accent"), Span(line, "text")]
        return fixed(lambda _width: spans)

    lines = wrapped(text, max(10, width - 8))
    return [row(line, "·" if not number else " ") for number, line in enumerate(lines)]


def screen_for(route: routes.ClassNotice) -> ClassNoticeScreen:
    """The screen of a route."""
    return ClassNoticeScreen()
