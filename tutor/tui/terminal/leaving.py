"""Leaving cleanly when the terminal goes away, and pausing only if somebody can continue us.

Textual's own driver loops for ever at the end of input, blocks for ever once writing fails, dies of a hang-up without
cleaning up, and starts again at every SIGCONT. Here the end of input and a failed write mean that the terminal is gone:
the app is asked to leave, and the process ends soon after, whether it has left or not. Nothing is lost, because every
answer was saved when it was given.
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

from tutor.foundation.terminal import encoding_of
from tutor.tui.terminal.inquiry import Inquiry
from tutor.tui.terminal.line import Answers
from tutor.tui.textual_private import QuietWriter, TerminalDriver

if TYPE_CHECKING:
    from textual.app import App


_GRACE = 1.5
"""Seconds in which the app can leave by itself."""
_POLL = 0.1
"""Seconds after which an unfinished escape sequence is taken as keys."""


_PAUSE = 0.05
"""Seconds without a key after which a slow line has delivered a whole burst of keys."""
_QUIET = 0.3
"""Seconds without a key after which the learner has stopped typing."""
_MOST_QUIET = 2.0
"""Seconds after which the terminal is given back even if the learner is still typing."""
_LEAVE_EVERYTHING = (
    "\x1b[?2026l\x1b[m\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"
    "\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
)
"""Ends every mode that may be on: synchronized output, colours, pastes, mouse, keyboard, alternate screen."""


def can_be_woken() -> bool:
    """Whether a shell started us as a job, because only then can somebody continue us after a stop.

    Under ``ssh -t host tutor`` we lead the session and would stay stopped for ever; also if our parent process is gone
    or belongs to another session.
    """
    try:
        group, session = os.getpgrp(), os.getsid(0)
        return group != session and (group != os.getpid() or os.getsid(os.getppid()) == session)
    except OSError:
        return False


def discard_input(descriptor: int, quiet: float, most: float) -> None:
    """Discard typed keys until none has come for ``quiet`` seconds, for at most ``most`` seconds."""
    end = monotonic() + most
    with contextlib.suppress(OSError, ValueError, termios.error):
        termios.tcflush(descriptor, termios.TCIFLUSH)
        while (left := end - monotonic()) > 0 and select.select([descriptor], [], [], min(quiet, left))[0]:
            if not os.read(descriptor, 4096):
                return


class LeavingDriver(TerminalDriver):
    """Textual's driver for Linux and macOS, with a clean end.

    It writes to stdout, which the command line has found to be a terminal; Textual writes to stderr, which learners
    redirect to files.
    """

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._encoding = encoding_of(sys.__stdout__)
        self._screen = open(1, "w", encoding=self._encoding, errors="replace", closefd=False)  # noqa: SIM115
        self.write_to(self._screen)
        self._gone = threading.Event()
        self._stopped_by_us = False
        self._on_screen = False
        self._shell_modes: list[Any] | None = None
        self._answers = Answers()
        self._inquiry = Inquiry()

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
        """Leave the alternate screen. Until `give_back`, keys are neither echoed nor read."""
        super().stop_application_mode()
        self._on_screen = False

    def suspend_application_mode(self) -> None:
        """Lend the terminal in its original modes to another program or to the shell."""
        super().suspend_application_mode()
        self.give_back()

    def give_back(self, *, typing: bool = False) -> None:
        """Restore the terminal's modes, and discard what was typed for us, so that the shell does not run it.

        Args:
            typing: Whether the learner may be typing, as after a crash: then wait for the end of that.
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
        """The terminal is gone. Any thread may call this."""
        self._leave(128 + signal.SIGHUP)

    def _leave(self, code: int) -> None:
        """Ask the app to leave, and end the process if it does not."""
        if self._gone.is_set():
            return
        self._gone.set()
        watchdog = threading.Timer(_GRACE, self._end, (code,))
        watchdog.daemon = True
        watchdog.start()
        self.loop.call_soon_threadsafe(self.app.exit, None, code)

    def _end(self, code: int) -> None:
        """End the process."""
        with contextlib.suppress(OSError, ValueError):
            if self._on_screen and select.select([], [1], [], 0)[1]:
                os.write(1, _LEAVE_EVERYTHING.encode())
        self.give_back()
        os._exit(code)

    # -- pausing -----------------------------------------------------------------------------------------

    def may_stop(self) -> bool:
        """Stop on ctrl+z only if somebody can wake us."""
        if not can_be_woken():
            return False
        self._stopped_by_us = True
        return True

    def may_continue(self) -> bool:
        """Take the terminal again only after a stop of our own: others send SIGCONT without one."""
        stopped, self._stopped_by_us = self._stopped_by_us, False
        return stopped

    @property
    def can_suspend(self) -> bool:
        """Whether the terminal can be lent to another program. Unlike ctrl+z, that needs no shell."""
        return self.input_tty

    # -- reading -----------------------------------------------------------------------------------------

    def run_input_thread(self) -> None:
        """Read keys until the app stops or the terminal is gone."""
        parser = self.key_parser()
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
                keys, told = self._inquiry.strip(keys)
                if told is not None:
                    self.process_message(told)
                for event in parser.feed(decode(keys)) if keys else ():
                    self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)

    def answered(self, count: int) -> None:
        """The terminal has answered ``count`` of our queries. Called from the thread that reads."""


class StockDriver(LeavingDriver):
    """Textual's driver, leaving cleanly."""

    def start_application_mode(self) -> None:
        """Take the terminal."""
        super().start_application_mode()
        self.use_writer(QuietWriter(self._screen))
