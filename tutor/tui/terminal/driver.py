"""The driver that sends only what differs, and no more than the line carries."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from time import monotonic
from typing import TYPE_CHECKING, Any

from tutor.foundation.terminal import terminal_speaks_unicode
from tutor.tui.terminal.cells import Cells
from tutor.tui.terminal.inquiry import LATEST, PATIENCE, can_be_asked
from tutor.tui.terminal.leaving import LeavingDriver
from tutor.tui.terminal.line import Line
from tutor.tui.terminal.painter import Painter
from tutor.tui.textual_private import marks_frames

if TYPE_CHECKING:
    from textual.app import App

_FRAME = 1 / 30
"""Least seconds between two frames: Textual draws the first screen, and each new size, several times."""
_WORTH_MARKING = 400
"""A frame of more characters could be seen half drawn, so it is marked for synchronized output."""
_ENTER = "\x1b[?1049h"
_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"
_MARKS = ("\x1b[?2026h", "\x1b[?2026l")


class TutorDriver(LeavingDriver):
    """Keeps the screen as cells, and sends what differs from what the terminal shows.

    The app's thread and the thread that reads keys call `write`; only the app's thread calls the rest.
    """

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        width, height = self.terminal_size()
        self._guard = threading.RLock()
        self._cells = Cells(width, height)
        self._painter = Painter(self._cells)
        self._others = ""
        self._new_size: tuple[int, int] | None = None
        self._line = self._make_line()
        self._open = False
        self._scheduled = False
        self._timer: asyncio.TimerHandle | None = None
        self._painted_at = 0.0
        self._hold_until = 0.0
        self._unasked = can_be_asked()
        self._sent_before = 0
        self._parked = False
        settings = getattr(getattr(app, "workspace", None), "settings", None)
        self._shows_cursor = bool(getattr(settings, "screen_reader", False))
        """Whether the cursor stays visible, because a screen reader follows it."""

    def _make_line(self) -> Line:
        return Line(1, self._wake, self._lose_line)

    @property
    def sent(self) -> int:
        """Bytes sent so far."""
        return self._sent_before + self._line.sent

    @property
    def stalled(self) -> bool:
        """Whether drawing is useless now because the terminal has stopped reading."""
        return self._open and self._line.stalled

    @property
    def slow(self) -> bool:
        """Whether the line has turned out to be slow."""
        return self._open and self._line.slow

    # -- reading -----------------------------------------------------------------------------------------

    def write(self, data: str) -> None:
        """Read what Textual writes; it is painted at the next turn of the event loop."""
        with self._guard:
            self._follow_size()
            others = self._cells.feed(data)
            if self._shows_cursor:
                others = others.replace(_HIDE, _SHOW)
            if others and not (others == "\a" and "\a" in self._others):
                self._others += others
        self._wake()

    def park(self, x: int, y: int) -> None:
        """Move the terminal's cursor to a cell, also if nothing is drawn."""
        with self._guard:
            if self._cells.parked == (x, y) and self._cells.cursor == (x, y):
                return
            self._cells.cursor = self._cells.parked = (x, y)
            self._parked = True
        self._wake()

    def on_terminal_size(self, size: tuple[int, int]) -> None:
        """Take note of the size. A signal's handler calls this, so nothing is done about it here."""
        self._new_size = size

    def _follow_size(self) -> None:
        size, self._new_size = self._new_size, None
        if size is not None:
            if size != (self._cells.width, self._cells.height):
                self._cells.resize(*size)
            # The terminal may have changed its picture together with its size, so everything is painted again.
            self._painter.forget()

    # -- painting ----------------------------------------------------------------------------------------

    def _wake(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            with contextlib.suppress(RuntimeError):  # the loop has ended, and nothing more is painted
                self.loop.call_soon_threadsafe(self._turn)

    def _turn(self) -> None:
        """Paint, or plan to do so as soon as possible."""
        self._scheduled = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if (
            not self._open
            or self._line.gone
            or not (self._others or self._painter.stale or self._new_size or self._parked)
        ):
            return
        if self._unasked:
            self._ask()
        wait = max(self._painted_at + _FRAME, self._hold_until) - monotonic()
        if wait <= 0 and not self._line.free:
            wait = self._line.patience  # 0 while the line is being written to; it wakes us afterwards
            if not wait:
                return
        if wait > 0:
            self._timer = self.loop.call_later(wait + 0.001, self._turn)
            return
        self._paint()

    def _ask(self) -> None:
        """Ask the terminal about itself, once, as soon as the alternate screen is there. The first frame waits."""
        with self._guard:
            others, self._others = self._others, ""
            self._painter.forget()
        self._unasked = False
        questions = self._inquiry.questions(unicode=terminal_speaks_unicode())
        self._line.send((others + questions).encode(self._encoding, "replace"))
        self._hold_until = monotonic() + PATIENCE
        self.loop.call_later(LATEST, self._inquiry.give_up)

    def release(self) -> None:
        """Hold the first frame no longer: the app has taken note of what the terminal answered."""
        self._hold_until = 0.0
        self._wake()

    def _paint(self) -> None:
        budget = self._line.budget
        with self._guard:
            self._follow_size()
            others, self._others = self._others, ""
            if _ENTER in others:
                self._painter.forget()
            elif others:
                self._painter.lose_cursor()
            self._parked = False
            frame = self._painter.paint(sys.maxsize if budget is None else budget)
            more = self._painter.stale
        if marks_frames(self.app) and len(frame) > _WORTH_MARKING:
            frame = frame.join(_MARKS)
        self._painted_at = monotonic()
        self._line.send((others + frame).encode(self._encoding, "replace"))
        self._answers.expected = self._line.patience > 0
        if more:
            self._wake()

    def answered(self, count: int) -> None:
        """The terminal has shown everything up to our last query."""
        self._line.answered(count)
        self._answers.expected = self._line.patience > 0

    # -- beginning and ending ----------------------------------------------------------------------------

    def start_application_mode(self) -> None:
        """Take the terminal, at the start or after a pause."""
        self._sent_before = self.sent
        self._line = self._make_line()
        self._new_size = None
        self._open = True
        super().start_application_mode()
        self.use_writer(None)  # our line writes
        self._wake()

    def stop_application_mode(self) -> None:
        """Leave the terminal as it was."""
        self._open = False
        self._line.settle(0.6)
        with self._guard:
            self._others += "\x1b[m"
        super().stop_application_mode()
        with self._guard:
            others, self._others = self._others, ""
        self._line.finish(others.encode(self._encoding, "replace"), 0.6)

    def close(self) -> None:
        """Do nothing: the line has ended with the application mode."""

    def _lose_line(self) -> None:
        """The terminal is gone: a write has failed."""
        self._answers.expected = False
        self.hang_up()

    def hang_up(self) -> None:
        """The terminal is gone: write nothing more."""
        self._line.hang_up()
        super().hang_up()
