"""The list of all runs, updated every second: watch, pause, stop, compare, export, keep or delete one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.app import ComposeResult

from tutor.charts.cells import Row, Span
from tutor.charts.numbers import figure
from tutor.charts.sparkline import sparkline
from tutor.foundation.clock import short_duration, utc_now
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, pad, pad_left, shorten
from tutor.foundation.translate import language, translate
from tutor.runs.registry import RunEntry
from tutor.runs.words import state_in_a_list
from tutor.tui import router, routes
from tutor.tui.commands import Command
from tutor.tui.screen import TutorScreen
from tutor.tui.widgets.lab_words import STATE_WORDS
from tutor.tui.widgets.row_list import RowItem, RowList, wrapping_items

if TYPE_CHECKING:
    from tutor.runs.control import Command as Requested


_EVERY = 1.0
"""Seconds between two reads of the runs."""
_SOON = 0.2
_MOST_COMPARED = 4


class RunsScreen(TutorScreen):
    """The list of runs. A thread reads them: there may be a hundred on a slow disk."""

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("runs.pause", ("space",), "lab.pause", "lab.pause-help", footer=2),
        Command("runs.resume", ("space",), "lab.resume", "lab.resume-help", footer=2),
        Command("runs.stop", ("x",), "lab.stop", "lab.stop-help", footer=3),
        Command("runs.mark", ("m",), "run-list.mark", "run-list.mark-help", footer=5),
        Command("runs.compare", ("c",), "run-list.compare", "run-list.compare-help", footer=4),
        Command("runs.export", ("e",), "run-list.export", "run-list.export-help", footer=6),
        Command("runs.pin", ("p",), "run-list.pin", "run-list.pin-help", footer=8),
        Command("runs.delete", ("delete", "D"), "run-list.delete", "run-list.delete-help", footer=7),
    )

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[RunEntry] = []
        self._marked: list[str] = []
        self._to_delete = ""
        self._looking = False
        self._read = False

    def breadcrumb(self) -> list[str]:
        """``tutor › Runs``."""
        return [translate("run-list.title")]

    def shows_runs(self) -> bool:
        """The list itself shows which runs are going."""
        return False

    def status(self) -> Row:
        """How many runs there are, and how many are going."""
        going = sum(entry.alive for entry in self._entries)
        return [Span(translate("run-list.count", count=len(self._entries), going=going), "muted")] if self._read else []

    def compose_body(self) -> ComposeResult:
        loading = RowItem("", lambda _width: [Span(f"   {translate('lab.loading-runs')}", "muted")], selectable=False)
        yield RowList([loading])

    def on_mount(self) -> None:
        """Read the runs, now and every second."""
        self.set_interval(_EVERY, self._look)
        self._look()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._look()

    def refresh_texts(self) -> None:
        super().refresh_texts()
        if self._read:
            self._show()

    # -- looking ----------------------------------------------------------------------------------------

    def _look(self) -> None:
        if not self._looking and self.is_current and not self.tutor.unseen:
            self._looking = True
            self.run_worker(self._read_runs, thread=True, exit_on_error=False)

    def _read_runs(self) -> None:
        try:
            entries = self.workspace.runs.all()
        finally:
            self._looking = False
        if self.is_attached:
            self.app.call_from_thread(self._take, entries)

    def _take(self, entries: list[RunEntry]) -> None:
        self._read = True
        self._entries = entries
        known = {entry.id for entry in entries}
        self._marked = [each for each in self._marked if each in known]
        self._show()

    def _show(self) -> None:
        self.query_one(RowList).set_items(run_items(self._entries, self._marked, utc_now(), ascii=self.tutor.ascii))
        self.refresh_frame()

    # -- doing ------------------------------------------------------------------------------------------

    @property
    def _selected(self) -> RunEntry | None:
        wanted = self.query_one(RowList).selected if self.is_mounted else None
        return next((entry for entry in self._entries if entry.id == wanted), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable what cannot be done with the selected run."""
        entry = self._selected
        offered = {
            "pause": entry is not None and entry.alive and entry.state != "paused" and not entry.followed,
            "resume": entry is not None and entry.state == "paused",
            "stop": entry is not None and entry.alive,
            "mark": entry is not None,
            "compare": bool(self._marked) and entry is not None,
            "export": entry is not None and entry.epoch > 0,
            "pin": entry is not None,
            "delete": entry is not None and not entry.alive,
        }
        return offered.get(action, super().check_action(action, parameters))

    def on_row_list_highlighted(self) -> None:
        """Update the footer: another run has other keys."""
        self._to_delete = ""
        self.refresh_frame()

    def on_row_list_chosen(self) -> None:
        if (entry := self._selected) is not None:
            router.go(self.tutor, routes.Run(entry.id))

    def _try(self, act: Callable[[RunEntry], str]) -> None:
        """Do something with the selected run, and show the sentence that ``act`` returns, or its error."""
        entry = self._selected
        if entry is None:
            return
        try:
            text, kind = act(entry), "good"
        except TutorError as error:
            text, kind = harmless_line(str(error)), "warning"
        if text:
            self.notice(text, kind)
        self.set_timer(_SOON, self._look)

    def _send(self, entry: RunEntry, wish: Requested) -> str:
        from tutor.runs.control import send

        send(entry.folder, wish)
        return ""

    def action_pause(self) -> None:
        from tutor.runs.control import Pause

        self._try(lambda entry: self._send(entry, Pause()))

    def action_resume(self) -> None:
        from tutor.runs.control import Resume

        self._try(lambda entry: self._send(entry, Resume()))

    def action_stop(self) -> None:
        from tutor.runs.control import Stop

        self._try(lambda entry: self._send(entry, Stop()))

    def action_mark(self) -> None:
        """Mark the selected run for comparison, or remove the mark."""
        entry = self._selected
        if entry is None:
            return
        if entry.id in self._marked:
            self._marked.remove(entry.id)
        else:
            self._marked = [*self._marked, entry.id][-_MOST_COMPARED:]
        self._show()

    def action_compare(self) -> None:
        """Open the selected run together with the marked ones."""
        if (entry := self._selected) is not None:
            compared = [each for each in self._marked if each != entry.id]
            router.go(self.tutor, routes.Run(entry.id, compared))

    def action_export(self) -> None:
        """Write the selected run as a CSV file into the learner's folder."""

        def write(entry: RunEntry) -> str:
            from tutor.foundation.errors import ExitCode
            from tutor.runs.export import write_csv

            path = self.workspace.home / "exports" / f"{entry.id}.csv"
            try:
                write_csv(entry.folder, path)
            except OSError as error:
                reason = f"{error.strerror or error}"
                text = translate("watch.cannot-export", reason=reason)
                raise TutorError(text, exit_code=ExitCode.CANNOT_WRITE) from error
            return translate("watch.exported", path=path)

        self._try(write)

    def action_pin(self) -> None:
        """Keep the selected run from being deleted automatically, or undo that."""

        def pin(entry: RunEntry) -> str:
            self.workspace.runs.pin(entry.id, pinned=not entry.pinned)
            return translate("watch.unpinned" if entry.pinned else "watch.pinned", run=entry.short_id)

        self._try(pin)

    def action_delete(self) -> None:
        """Delete the selected run; the key has to be pressed twice."""

        def delete(entry: RunEntry) -> str:
            if self._to_delete != entry.id:
                self._to_delete = entry.id
                self.notice(translate("run-list.delete-again", run=entry.short_id), "warning")
                return ""
            self._to_delete = ""
            self.workspace.runs.delete(entry.id)
            return translate("watch.deleted", run=entry.short_id)

        self._try(delete)


def screen_for(_route: routes.Runs) -> RunsScreen:
    """The screen of a route."""
    return RunsScreen()


_STATE = 12
_SIGN = 2
_EPOCH = 10
_LOSS = 8
_AGE = 6
_MIN_TITLE = 14
_SPARK, _WIDE_SPARK = 8, 20
_ROOMY = 110
"""Columns from which the sparkline is wider."""


def run_items(entries: Sequence[RunEntry], marked: Collection[str], now: datetime, *, ascii: bool) -> list[RowItem]:
    """The heading and a row for each run.

    Args:
        entries: The runs.
        marked: Ids of the runs that are to be compared.
        now: The present moment, UTC.
        ascii: Draw sparklines with ASCII alone.
    """
    if not entries:
        return [
            *wrapping_items(translate("runs.none"), most=1),
            *wrapping_items(translate("run-list.none-hint"), "muted", most=3),
        ]

    def item(entry: RunEntry) -> RowItem:
        return RowItem(entry.id, lambda width: _row(entry, width, entry.id in marked, now, ascii=ascii))

    return [RowItem("", _draw_heading, selectable=False), *map(item, entries)]


class _Room(NamedTuple):
    """The width of each column of a row, in cells."""

    title: int
    spark: int = 0
    train: bool = False
    age: bool = False
    state: int = _STATE
    """With `_SIGN` cells it shows the sign alone. The loss is the validation loss if there is one."""


def _area(width: int) -> _Room:
    spark = _WIDE_SPARK if width >= _ROOMY else _SPARK
    left = width - 2 - 5 - _STATE - _EPOCH - _LOSS - 3
    for used, room in (
        (spark + 1 + _LOSS + 1 + _AGE + 1, _Room(0, spark, train=True, age=True)),
        (_LOSS + 1 + _AGE + 1, _Room(0, train=True, age=True)),
        (_AGE + 1, _Room(0, age=True)),
        (0, _Room(0)),
    ):
        if left - used >= _MIN_TITLE:
            return room._replace(title=left - used)
    return _Room(max(4, left + _STATE - _SIGN), state=_SIGN)


def _draw_heading(width: int) -> Row:
    title, spark, train, age, state = _area(width)
    narrow = state == _SIGN
    cells = [pad(f"  {translate('watch.head-run')}", 7), pad(shorten(translate("watch.head-lab"), title), title + 1)]
    cells += [pad("" if narrow else translate("watch.head-state"), state)]
    cells += [pad_left(translate("watch.head-epoch"), _EPOCH), " "]
    if train:
        cells += [pad_left(translate("watch.head-train"), _LOSS), " "]
    loss = translate("record.loss" if narrow else "watch.head-valid")
    cells += [pad_left(loss, _LOSS), " " if spark else "", " " * spark]
    if age:
        cells += [" ", pad_left(translate("watch.head-age"), _AGE)]
    return [Span("".join(cells), "muted")]


def _row(entry: RunEntry, width: int, marked: bool, now: datetime, *, ascii: bool) -> Row:
    title, spark, train, age, state = _area(width)
    sign, ink, _ = STATE_WORDS[entry.state]
    word = shorten(f"{sign} {state_in_a_list(entry.state)}", state - 1) if state > _SIGN else sign
    mark = ("◆ ", "accent") if marked else ("★ ", "muted") if entry.pinned else ("  ", "text")
    epoch = entry.place
    trained = entry.train_loss if entry.epoch else None
    row = [
        Span(*mark),
        Span(pad(entry.short_id, 5), "muted"),
        Span(pad(shorten(entry.title_in(language()) or "?", title), title + 1), "strong" if entry.alive else "text"),
        Span(pad(word, state), ink),
        Span(pad_left(epoch if cell_width(epoch) <= _EPOCH else epoch.partition("/")[0], _EPOCH), "text"),
        Span(" "),
    ]
    if train:
        row += [Span(pad_left(figure(trained, ascii=ascii), _LOSS), "train"), Span(" ")]
    if state == _SIGN and not entry.valid:
        row.append(Span(pad_left(figure(trained, ascii=ascii), _LOSS), "train"))
    else:
        valid = figure(entry.valid_loss if entry.valid else None, ascii=ascii)
        row.append(Span(pad_left(valid, _LOSS), "valid"))
    if spark:
        ink = "valid" if entry.valid else "train"
        row += [Span(" "), Span(pad(sparkline(entry.shape, spark, ascii=ascii), spark), ink)]
    if age:
        row += [Span(" "), Span(pad_left(short_duration((now - entry.started_at).total_seconds()), _AGE), "muted")]
    return row
