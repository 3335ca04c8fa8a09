"""Leaving cleanly when the terminal goes away, and pausing only when somebody is there to wake us.

Stock Textual spins for ever at the end of input, blocks for ever once its output fails, dies of a hang-up before
anything is put in order, and begins anew at every SIGCONT. Here the end of input and a failed write mean that the
terminal is gone: the app is asked to leave, and soon after the process ends whether it has or not. Nothing is lost by
that, because every answer was saved when it was given.
"""

from __future__ import annotations

import contextlib
import os
import select
import selectors
import signal
import sys
import termios
import threading
from codecs import getincrementaldecoder
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Any

from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver

from tutor.foundation.terminal import encoding_of
from tutor.tui.terminal.line import Answers
from tutor.tui.textual_private import KeyParser

if TYPE_CHECKING:
    from textual.app import App


_GRACE = 1.5
"""Seconds that the app has to leave by itself."""
_POLL = 0.1
"""Seconds after which an unfinished escape sequence is what it is."""


_PAUSE = 0.05
"""Seconds without a key after which a slow line has brought all of a burst."""
_QUIET = 0.3
"""Seconds without a key after which somebody has stopped typing."""
_MOST_QUIET = 2.0
"""Seconds after which the terminal is given back even though somebody is still typing."""
_LEAVE_EVERYTHING = (
    "\x1b[?2026l\x1b[m\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"
    "\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
"""Ends every mode that is ever begun: synchronised frames, colours, pastes, the mouse, the keyboard's, the screen's."""


def can_be_woken() -> bool:
    """Whether a shell started us as a job of its own: only then is there anybody to continue us after a stop.

    Under ``ssh -t host tutor`` we are the session's leader; stopped, we would stay so for ever. The same holds when
    whoever started us is gone, or belongs to another session.
    """
    try:
        group, session = os.getpgrp(), os.getsid(0)
        return group != session and (group != os.getpid() or os.getsid(os.getppid()) == session)
    except OSError:
        return False


def discard_input(descriptor: int, quiet: float, most: float) -> None:
    """Throw away what was typed, and what comes until nothing has come for ``quiet`` seconds; for ``most`` at most."""
    end = monotonic() + most
    with contextlib.suppress(OSError, ValueError, termios.error):
        termios.tcflush(descriptor, termios.TCIFLUSH)
        while (left := end - monotonic()) > 0 and select.select([descriptor], [], [], min(quiet, left))[0]:
            if not os.read(descriptor, 4096):
                return


class LeavingDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, with an end.

    It writes to stdout, which the command line has found to be a terminal; Textual writes to stderr, which
    learners send to files.
    """

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._encoding = encoding_of(sys.__stdout__)
        self._screen = open(1, "w", encoding=self._encoding, errors="replace", closefd=False)  # noqa: SIM115
        self._file = self._screen
        self._gone = threading.Event()
        self._stopped_by_us = False
        self._on_screen = False
        self._shell_modes: list[Any] | None = None
        self._answers = Answers()

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self._on_screen = True
        self._answers = Answers()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._shell_modes, self.attrs_before = self.attrs_before, None
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, self._on_signal)

    # -- leaving -----------------------------------------------------------------------------------------

    def stop_application_mode(self) -> None:
        """Leave the screen. Keys are still neither echoed nor anybody's, until `give_back`."""
        super().stop_application_mode()
        self._on_screen = False

    def _disable_mouse_support(self) -> None:
        """End every way of reporting the mouse; Textual's own forgets that of pixels."""
        super()._disable_mouse_support()
        self.write("\x1b[?1016l")

    def suspend_application_mode(self) -> None:
        """Lend the terminal, as it was before us, to another program or to the shell."""
        super().suspend_application_mode()
        self.give_back()

    def give_back(self, *, typing: bool = False) -> None:
        """Put the terminal's own modes back, and throw away what was typed for us, so that no shell runs it.

        Args:
            typing: Somebody may be in the middle of typing, as after a crash: wait until they have stopped.
        """
        modes, self._shell_modes = self._shell_modes, None
        if modes is None:
            return
        discard_input(self.fileno, _QUIET if typing else _PAUSE, _MOST_QUIET)
        with contextlib.suppress(termios.error):
            termios.tcsetattr(self.fileno, termios.TCSANOW, modes)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._leave(128 + number)

    def hang_up(self) -> None:
        """The terminal is gone. May be called from any thread."""
        self._leave(128 + signal.SIGHUP)

    def _leave(self, code: int) -> None:
        """Ask the app to leave, and see to it that it does."""
        if self._gone.is_set():
            return
        self._gone.set()
        watchdog = threading.Timer(_GRACE, self._end, (code,))
        watchdog.daemon = True
        watchdog.start()
        self._loop.call_soon_threadsafe(self._app.exit, None, code)

    def _end(self, code: int) -> None:
        """End the process, whatever the app is doing."""
        with contextlib.suppress(OSError, ValueError):
            if self._on_screen and select.select([], [1], [], 0)[1]:
                os.write(1, _LEAVE_EVERYTHING.encode())
        self.give_back()
        os._exit(code)

    # -- pausing -----------------------------------------------------------------------------------------

    def _sigtstp_application(self, *signal_arguments: Any) -> None:
        """Stop on ctrl+z and the like, where somebody can wake us."""
        if not can_be_woken():
            return
        self._stopped_by_us = True
        super()._sigtstp_application(*signal_arguments)

    def _sigcont_application(self, *signal_arguments: Any) -> None:
        """Take the terminal again, but only after a stop of our own: others continue us without one."""
        if self._stopped_by_us:
            self._stopped_by_us = False
            super()._sigcont_application(*signal_arguments)

    @property
    def can_suspend(self) -> bool:
        """Whether the terminal can be lent to another program. That needs no shell; ctrl+z does: `can_be_woken`."""
        return self.input_tty

    # -- reading -----------------------------------------------------------------------------------------

    def run_input_thread(self) -> None:
        """Read keys until told to stop or until the terminal is gone."""
        parser = KeyParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                data = b""
                if selector.select(_POLL):
                    try:
                        data = os.read(self.fileno, 4096)
                    except OSError:
                        data = b""
                    if not data:
                        self.hang_up()
                        return
                keys, count = self._answers.strip(data)
                if count:
                    self.answered(count)
                for event in parser.feed(decode(keys)) if keys else ():
                    self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)

    def answered(self, count: int) -> None:
        """The terminal has answered ``count`` questions of ours. Called from the thread that reads."""


class QuietWriter(WriterThread):
    """Writes in the background; once the terminal is gone it swallows everything instead of blocking the app."""

    def run(self) -> None:
        """Write what comes, until told to stop."""
        gone = False
        text: str | None = ""
        while text is not None:
            text = self._queue.get()
            if gone:
                continue
            try:
                self._file.write(text or "")
                if text is None or self._queue.empty():
                    self._file.flush()
            except (OSError, ValueError):
                gone = True


class StockDriver(LeavingDriver):
    """Textual's driver, leaving cleanly."""

    def start_application_mode(self) -> None:
        """Take the terminal."""
        super().start_application_mode()
        if self._writer_thread is not None:
            self._writer_thread.stop()
        self._writer_thread = QuietWriter(self._screen)
        self._writer_thread.start()
