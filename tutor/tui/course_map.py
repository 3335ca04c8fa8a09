"""The course map as rows: parts, lessons, how far one is with each, and what cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tutor.charts.cells import Row, Span
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text_width import cell_width, pad, shorten
from tutor.foundation.translate import language_mark, translate
from tutor.foundation.wrapping import wrapped
from tutor.tui.glyphs import AGAIN, EMPTY, FULL, HERE, RIGHT, WARNING, WRONG
from tutor.tui.widgets.row_list import RowItem

if TYPE_CHECKING:
    from tutor.course.catalogue import LessonHeader
    from tutor.course.lesson import Fault
    from tutor.progress.records import LessonState

States = Mapping[str, "LessonState"]

CONTINUE = "continue"
"""The key of the first row; enter there goes on with the course."""

_LEFT = 7
"""Cells before a title: mark, number, spaces."""
_SCORE = 15
"""Cells for the quiz score or the minutes, and the wrong ones."""
_MOST_FAULTS = 8
"""Faults shown on the map; the heading counts them all."""
_GAP = "  "


def progress_of(state: LessonState | None) -> float:
    """How far a learner is with a lesson, 0 to 1: what was read, and what was answered, weigh the same."""
    if state is None:
        return 0.0
    if not state.questions_total:
        return state.read_fraction
    return (state.read_fraction + min(1.0, state.questions_answered / state.questions_total)) / 2


def lesson_to_continue(headers: Sequence[LessonHeader], states: States, last: str | None) -> LessonHeader | None:
    """The lesson opened last if it is unfinished, else the first unfinished one; None when all are finished."""
    open_ones = [header for header in headers if not (header.id in states and states[header.id].finished)]
    return next((header for header in open_ones if header.id == last), open_ones[0] if open_ones else None)


def bar(fraction: float, width: int, *, done: bool = False) -> Row:
    """A bar of ``width`` cells; anything begun shows at least one cell, and only what is done fills it."""
    full = width if done else min(width - 1, max(int(fraction * width), 1 if fraction > 0 else 0))
    return [Span(FULL * full, "bar-done" if done else "bar"), Span(EMPTY * (width - full), "bar-rest")]


def map_items(
    headers: Sequence[LessonHeader], states: States, last: str | None, faults: Iterable[Fault] = ()
) -> list[RowItem]:
    """The rows of the map, top to bottom."""
    items = _continue_items(headers, states, last)
    part: str | None = None
    number = 0
    for header in headers:
        if header.part and header.part != part:
            part, number = header.part, number + 1
            items += _part_items(number, header.part, spaced=bool(items))
        items.append(_lesson_item(header, states.get(header.id)))
    return [*items, *_fault_items(faults)]


def empty_items(message: str, hint: str, width: int) -> list[RowItem]:
    """What stands in place of the map where there are no lessons: sentences for a screen of ``width`` cells."""

    def item(line: str, sign: str) -> RowItem:
        return RowItem("", lambda _width: [Span(f"  {sign} ", "bad bold"), Span(line)], selectable=False)

    lines = wrapped(harmless_line(message), width - 6)
    items = [item(line, WARNING if index == 0 else " ") for index, line in enumerate(lines)]
    return [_blank(), *items, *(item(line, " ") for line in wrapped(harmless_line(hint), width - 6))]


def _blank() -> RowItem:
    return RowItem("", lambda _width: [], selectable=False)


def _continue_items(headers: Sequence[LessonHeader], states: States, last: str | None) -> list[RowItem]:
    if not headers:
        return []
    header = lesson_to_continue(headers, states, last)

    def draw(width: int) -> Row:
        if header is None:
            return [Span(f"  {RIGHT} ", "good bold"), Span(shorten(translate("home.all-done"), width - 4), "strong")]
        state = states.get(header.id)
        begun = state is not None and state.begun
        word = translate("home.continue") if begun or states else translate("home.start")
        right = f"{HERE} {progress_of(state):.0%}".replace("%", " %") if begun else _minutes(header)
        title_room = width - cell_width(word) - cell_width(right) - 16
        title = pad(shorten(_title(header), title_room), title_room)
        return [
            Span(f"  {word}", "accent bold"),
            Span(f"  {title}"),
            Span(f"  {right}  ", "muted"),
            Span(" enter ", "key"),
        ]

    return [RowItem(CONTINUE, draw, selectable=header is not None)]


def _part_items(number: int, title: str, *, spaced: bool) -> list[RowItem]:
    def draw(width: int) -> Row:
        text = translate("home.part", number=number, title=harmless_line(title).upper())
        return [Span(shorten(f"  {text}", width), "muted")]

    heading = RowItem(f"part:{number}", draw, selectable=False)
    return [_blank(), heading] if spaced else [heading]


def _title(header: LessonHeader) -> str:
    return harmless_line(header.numbered_title)


def _minutes(header: LessonHeader) -> str:
    return translate("home.minutes", minutes=header.minutes) if header.minutes else ""


def _lesson_item(header: LessonHeader, state: LessonState | None) -> RowItem:
    def draw(width: int) -> Row:
        bar_width = 10 if width < 100 else 16
        room = max(8, min(64, width - _LEFT - bar_width - _SCORE - 2 * len(_GAP)))
        mark = language_mark(header.language)
        title = shorten(harmless_line(header.title), room - (cell_width(mark) + 1 if mark else 0))
        title = pad(f"{title} {mark}", room)
        done = state is not None and state.finished
        begun = state is not None and state.begun
        sign, ink = (RIGHT, "good bold") if done else (HERE, "accent bold") if begun else (" ", "text")
        return [
            Span(f" {sign} ", ink),
            Span(f"{header.number:>2}", "muted"),
            Span(f"  {title}{_GAP}", "text"),
            *bar(progress_of(state), bar_width, done=done),
            Span(_GAP),
            *_score(header, state),
        ]

    return RowItem(header.id, draw)


def _score(header: LessonHeader, state: LessonState | None) -> Row:
    """The quiz as far as it is answered, and how many to try again; before that, the minutes."""
    if state is None or not state.questions_answered:
        return [Span(_minutes(header), "muted")]
    total = max(state.questions_total, state.questions_answered)
    score = translate("home.quiz-score", right=state.questions_right, total=total)
    wrong = len(state.wrong_ids)
    again = [Span(f" {AGAIN} {wrong}", "bad")] if wrong else []
    return [Span(pad(score, 10), "text" if wrong else "good"), *again]


def _fault_items(faults: Iterable[Fault]) -> list[RowItem]:
    """What is wrong with lesson files, one row each, told under a heading."""
    rows = [(_short_place(fault), harmless_line(fault.message)) for fault in faults]
    if not rows:
        return []
    name_width = min(32, max(cell_width(name) for name, _ in rows))

    def draw_heading(width: int) -> Row:
        text = shorten(translate("home.faults", count=len(rows)), width - 4)
        return [Span(f" {WRONG} ", "bad bold"), Span(text)]

    def item(name: str, message: str) -> RowItem:
        def draw(width: int) -> Row:
            room = max(8, width - name_width - 7)
            return [Span(f"    {pad(name, name_width)}  ", "muted"), Span(shorten(message, room))]

        return RowItem(f"fault:{name}", draw, selectable=False)

    items = [_blank(), RowItem("faults", draw_heading, selectable=False)]
    return [*items, *(item(*row) for row in rows[:_MOST_FAULTS])]


def _short_place(fault: Fault) -> str:
    path = fault.place.path
    return harmless_line(f"{path.parent.name}/{path.name}:{fault.place.line}")


def lessons_by_number(headers: Sequence[LessonHeader]) -> dict[int, str]:
    """Lesson ids by their number on the map."""
    return {header.number: header.id for header in headers}
