"""The code that trains in a lab, for reading: first as a script that runs on its own, then where it stands in tutor.

There its optimizer comes first, then its loss, and so on to the training loop.

Opened from the explanation of an update, it marks the lines of the script that run in the present stage, and goes from
stage to stage with the keys of the explanation.
"""

from __future__ import annotations

import keyword
import tokenize
from collections.abc import Collection, Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult

from tutor.charts.cells import Row, Rows, Span, flow, row_width
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless, harmless_line
from tutor.foundation.text import cell_width, wrapped
from tutor.foundation.translate import language, listed, translate
from tutor.tui import routes
from tutor.tui.commands import Command, footer_commands
from tutor.tui.screen import TutorScreen
from tutor.tui.themes import HERE
from tutor.tui.widgets.row_list import RowItem, RowList
from tutor.tui.widgets.rows import Area, RowsView

if TYPE_CHECKING:
    from tutor.course.lab_shelf import LabShelf
    from tutor.labs.script.stages import StageName
    from tutor.ml.source import Passage
    from tutor.runs.explanation.stages import Stage

_SCRIPT = "script"
_KINDS = {
    _SCRIPT: "source.kind-script",
    "optimizer": "source.kind-optimizer",
    "loss": "source.kind-loss",
    "activation": "source.kind-activation",
    "schedule": "source.kind-schedule",
    "function": "source.kind-function",
    "part": "source.kind-part",
    "training": "source.kind-training",
}
_MOST_LINES = 3
"""Lines that the list of names may take."""
_ABOVE = 4
"""Rows to keep in view above those that are marked: often the head of a function and what it says of itself."""


class Code(NamedTuple):
    """One line of code: its number in the file, its text, and the ink of each character."""

    number: int
    text: str
    inks: Sequence[str]


class Piece(NamedTuple):
    """The code under one name: its kind, and the file, first line number and lines of each passage.

    With a ``note``, a sentence stands in the place of the file. ``stages`` gives the numbers of the lines that run in
    each stage of an update.
    """

    kind: str
    name: str
    passages: Sequence[tuple[Passage, Sequence[Code]]]
    note: str = ""
    stages: Mapping[StageName, Sequence[int]] = {}


def read_pieces(route: routes.Source, data_folder: Path | None = None, labs: LabShelf | None = None) -> list[Piece]:
    """All code that trains in a lab, coloured. Call it in a thread, because it reads files."""
    from tutor.ml.source import parts_of, source_of

    return _script_piece(route, data_folder, labs) + [
        Piece(kind, name, [(passage, coloured(passage)) for passage in source_of(name, kind)])
        for kind, name in parts_of(route.spec, route.task)
    ]


def _script_piece(route: routes.Source, data_folder: Path | None, labs: LabShelf | None) -> list[Piece]:
    """The lab as a script, if it can be written as one; if only the learner's functions prevent that, why."""
    from tutor.labs.script.command import script_command
    from tutor.labs.script.script import make_script, reason_against
    from tutor.ml.source import Passage

    name = translate("source.kind-script")

    try:
        script = make_script(route.spec, data_folder, programs=route.programs)
    except TutorError as error:
        own = bool(route.programs) and not reason_against(route.spec)
        return [Piece(_SCRIPT, name, [(Passage(Path(), 1, ""), [])], str(error))] if own else []
    passage = Passage(Path(f"{script.stem}.py"), 1, script.source.rstrip())
    command = harmless_line(script_command(route.spec, labs, route.programs))
    note = translate("script.in-view", command=command) if command else translate("script.in-view-alone")
    return [Piece(_SCRIPT, name, [(passage, coloured(passage))], note, script.stages)]


def coloured(passage: Passage) -> list[Code]:
    """The lines of a passage with the ink of each character; plain text if Python cannot tokenize it."""
    text = harmless(passage.text)
    lines = text.splitlines()
    inks = [["text"] * len(line) for line in lines]
    before = ""
    try:
        for token in tokenize.generate_tokens(StringIO(f"{text}\n").readline):
            ink = _ink(token, before)
            before = token.string
            (first, start), (last, end) = token.start, token.end
            for row in range(first - 1, min(last, len(lines))):
                left = start if row == first - 1 else 0
                right = min(end if row == last - 1 else len(lines[row]), len(lines[row]))
                inks[row][left:right] = [ink] * max(0, right - left)
    except (tokenize.TokenError, SyntaxError):
        inks = [["text"] * len(line) for line in lines]
    return [Code(passage.line + at, line, inks[at]) for at, line in enumerate(lines)]


def _ink(token: tokenize.TokenInfo, before: str) -> str:
    """The ink of a token that follows ``before``."""
    if token.type == tokenize.COMMENT:
        return "muted italic"
    if token.type == tokenize.STRING:
        return "formula"
    if token.type == tokenize.NAME and keyword.iskeyword(token.string):
        return "accent"
    return "strong" if before in {"def", "class"} else "text"


def code_rows(piece: Piece, width: int, marked: Collection[int] = ()) -> Rows:
    """All lines of a piece in ``width`` cells, each passage below its file and line; long lines are wrapped.

    The lines with the numbers ``marked`` have a sign in the margin, and the ground of a selection.
    """
    rows: Rows = []
    for passage, lines in piece.passages:
        rows += [[]] if rows else []
        if piece.note:
            rows += [[Span(f"  {line}", "muted")] for line in wrapped(piece.note, width - 4)]
        else:
            whole = f"{passage.path}:{passage.line}"
            rows.append([Span(f"  {whole if cell_width(whole) < width - 2 else passage.place}", "muted")])
        rows.append([])
        gutter = len(str(lines[-1].number)) + 1 if lines else 0
        for line in lines:
            for at, spans in enumerate(_cut(line, max(8, width - gutter - 3))):
                number = "" if at else str(line.number)
                row = [Span(f"{number:>{gutter}}  ", "muted"), *spans]
                rows.append(_marked(row, width, sign=not at) if line.number in marked else row)
    return rows


def _marked(row: Row, width: int, *, sign: bool) -> Row:
    """A row of code that runs now."""
    number, *code = row
    full = [Span(HERE if sign else " ", "accent"), number._replace(text=number.text[1:]), *code]
    return [span._replace(ground="selected") for span in (*full, Span(" " * (width - row_width(full))))]


def _ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers, those next to each other as one range: ``3–5, 9``."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1].append(number)
        else:
            ranges.append([number])
    return listed(f"{each[0]}–{each[-1]}" if len(each) > 1 else str(each[0]) for each in ranges)


def _cut(line: Code, room: int) -> Iterator[Row]:
    """A line in rows of at most ``room`` cells; those after the first are indented further than the line is."""
    text, start = line.text, 0
    indent = min(len(text) - len(text.lstrip()) + 4, room // 2)
    while True:
        own = " " * indent if start else ""
        end = _break(text, start, room - len(own))
        yield [Span(own), *_spans(line, start, end)]
        start = end
        while start < len(text) and text[start] == " ":
            start += 1
        if start >= len(text):
            return


def _break(text: str, start: int, room: int) -> int:
    """Where a row that begins at ``start`` ends: at a space, if its second half has one."""
    if cell_width(text[start:]) <= room:
        return len(text)
    end, wide = start, 0
    while (wide := wide + cell_width(text[end])) <= room:
        end += 1
    end = max(end, start + 1)
    space = text.rfind(" ", start + (end - start) // 2, end)
    return space if space > start else end


def _spans(line: Code, start: int, end: int) -> Row:
    """The characters from ``start`` up to ``end``, as one span for each run of the same ink."""
    spans: Row = []
    for at in range(start, end):
        if spans and spans[-1].ink == line.inks[at]:
            spans[-1] = Span(spans[-1].text + line.text[at], line.inks[at])
        else:
            spans.append(Span(line.text[at], line.inks[at]))
    return spans


class SourceScreen(TutorScreen):
    """A list of names, and the code under one of them.

    Args:
        route: The lab.
    """

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("source.stage-on", ("right", "l", "space", "enter"), "source.stage-on", "explain.on-help", footer=1,
                group="explain.group"),
        Command("source.stage-back", ("left", "h"), "source.stage-back", "explain.back-help", footer=2,
                group="explain.group"),
        Command("source.next", ("n", "tab", "enter"), "source.next", "source.next-help", footer=3,
                group="source.group"),
        Command("source.previous", ("p", "shift+tab"), "source.previous", "source.previous-help", footer=4,
                group="source.group"),
        Command("source.pick", tuple("123456789"), "source.pick", "source.pick-help", footer=5, group="source.group",
                shown="1–9", passes_key=True, palette=False),
    )  # fmt: skip
    CSS = "SourceScreen #names { height: 1; }"

    def __init__(self, route: routes.Source) -> None:
        super().__init__()
        self._route = route
        self._pieces: list[Piece] = []
        self._at = 0
        self._names = RowsView(self._draw_names, id="names")
        self._code = RowList([_line([Span(f" {translate('source.reading')}", "muted")])])

    def breadcrumb(self) -> list[str]:
        title = harmless_line(self._route.spec.title_in(language()))
        return [title, translate("source.title")]

    def status(self) -> Row:
        """The kind of code in view, its number, and how many there are."""
        if not self._pieces:
            return []
        kind = translate(_KINDS[self._pieces[self._at].kind])
        text = translate("source.place", kind=kind, number=self._at + 1, count=len(self._pieces))
        return [Span(text, "muted")]

    def compose_body(self) -> ComposeResult:
        yield self._names
        yield self._code

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stages can be walked through while their lines are in view."""
        if action in {"stage_on", "stage_back"}:
            return self._stage is not None
        return super().check_action(action, parameters)

    def footer(self) -> list[Command]:
        """The most needed commands; between stages, they are those that lead on and back."""
        less = {"source.previous", "source.pick"} if self._stage is not None else set()
        return footer_commands(each for each in self.commands_in_reach() if each.id not in less)

    @property
    def _stage(self) -> Stage | None:
        """The stage whose lines are marked in the code in view; None if no stages are."""
        walk = self._route.walk
        return walk.stage if walk is not None and self._pieces and self._pieces[self._at].stages else None

    @property
    def _lines(self) -> Sequence[int]:
        """The numbers of the lines that are marked."""
        return self._pieces[self._at].stages.get(self._stage.name, ()) if self._stage is not None else ()

    def on_mount(self) -> None:
        """Read the code in a thread."""
        self.run_worker(self._read, thread=True, exit_on_error=False)

    def _read(self) -> None:
        course = self.workspace.course
        folders = (course.data_folder, course.labs) if course is not None else (None, None)
        pieces = read_pieces(self._route, *folders)
        self.app.call_from_thread(self._show, pieces)

    def _show(self, pieces: list[Piece]) -> None:
        if self.is_attached:
            self._pieces = pieces
            self._go_to(self._at)

    def _go_to(self, at: int) -> None:
        if self._pieces:
            self._at = at % len(self._pieces)
            self._code.scroll_home(animate=False)
            self._lay_out()
            self.refresh_frame()

    def _lay_out(self) -> None:
        """Break lines for the width of the window."""
        if self._pieces:
            self._names.styles.height = len(self._names_rows(self.size.width))
            self._names.redraw()
            rows = code_rows(self._pieces[self._at], self.size.width - 1, self._lines)  # the scrollbar takes one cell
            self._code.set_items([_line(row) for row in rows])
            if marked := [at for at, row in enumerate(rows) if row and row[0].ground is not None]:
                self.call_after_refresh(self._bring_into_view, marked[0], marked[-1])

    def _bring_into_view(self, first: int, last: int) -> None:
        """Scroll only if not all of these rows are in view."""
        top, height = self._code.scroll_offset.y, self._code.scrollable_content_region.height
        if first < top or last >= top + height:
            self._code.scroll_to(y=max(0, first - _ABOVE), animate=False, force=True)

    def on_resize(self, _event: events.Resize) -> None:
        self._lay_out()

    def refresh_texts(self) -> None:
        """The script's comments and names are written in the language in use, so the code is read again."""
        super().refresh_texts()
        self.on_mount()

    def _draw_names(self, area: Area) -> Rows:
        rows = self._names_rows(area.width)
        return [*rows, *([[]] * (area.height - len(rows)))][: area.height]

    def _names_rows(self, width: int) -> Rows:
        """The names with their numbers, the present one emphasized, and a rule below them."""
        items: list[Row] = []
        for at, piece in enumerate(self._pieces):
            here = at == self._at
            items.append([
                Span(f"{'▸' if here else ' '}{at + 1} ", "accent" if here else "muted"),
                Span(piece.name, "strong" if here else "muted"),
            ])  # fmt: skip
        names = [[Span(" "), *row] for row in flow(items, width - 2, _MOST_LINES)]
        return [*names, *self._stage_rows(width), [Span(f" {'─' * (width - 2)}", "rule")]]

    def _stage_rows(self, width: int) -> Rows:
        """The present stage, its number, and which lines run in it: not all of them may be in view."""
        walk, stage = self._route.walk, self._stage
        if walk is None or stage is None:
            return []
        place = translate("explain.place", number=walk.at + 1, count=len(walk.stages))
        items = [[Span(stage.title, "heading")], [Span(place, "muted")]]
        if self._lines:
            items.append([Span(translate("source.marked", lines=_ranges(self._lines)), "muted")])
        return [[Span("  "), *row] for row in flow(items, width - 3, _MOST_LINES)]

    def action_next(self) -> None:
        self._go_to(self._at + 1)

    def action_previous(self) -> None:
        self._go_to(self._at - 1)

    def _walk_by(self, steps: int) -> None:
        if self._route.walk is not None:
            self._route.walk.go_to(self._route.walk.at + steps)
            self._lay_out()
            self.refresh_frame()

    def action_stage_on(self) -> None:
        self._walk_by(1)

    def action_stage_back(self) -> None:
        self._walk_by(-1)

    def action_pick(self, key: str) -> None:
        if int(key) <= len(self._pieces):
            self._go_to(int(key) - 1)


def _line(row: Row) -> RowItem:
    return RowItem("", lambda _width: row, selectable=False)


def screen_for(route: routes.Source) -> SourceScreen:
    """The screen of a route."""
    return SourceScreen(route)
