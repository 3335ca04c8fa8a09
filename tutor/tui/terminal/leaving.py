"""Leaving cleanly when the terminal goes away, and pausing only when somebody is there to wake us.

Stock Textual spins for ever at the end of input, blocks for ever once its output fails, dies of a hang-up before
anything is put in order, and begins anew at every SIGCONT. Here the end of input and a failed write mean that the
terminal is gone: the app is asked to leave, and soon after the process ends whether it has or not. Nothing is lost by
that, because every answer was saved when it was given.
"""

from __future__ import annotations

import os
import selectors
import signal
import sys
import threading
from codecs import getincrementaldecoder
from types import FrameType
from typing import TYPE_CHECKING, Any

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from tutor.foundation.signs import encoding_of
from tutor.tui.terminal.answers import Answers

if TYPE_CHECKING:
    from textual.app import App

_GRACE = 1.5
"""Seconds that the app has to leave by itself."""
_POLL = 0.1
"""Seconds after which an unfinished escape sequence is what it is."""


def can_be_woken() -> bool:
    """Whether a shell started us as a job of its own: only then is there anybody to continue us after a stop.

    Under ``ssh -t host tutor`` we are the session's leader; stopped, we would stay so for ever.
    """
    try:
        return os.getpgrp() != os.getsid(0)
    except OSError:
        return False


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
        self._answers = Answers()

    def start_application_mode(self) -> None:
        """Take the terminal."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, self._on_signal)

    # -- leaving -----------------------------------------------------------------------------------------

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
        watchdog = threading.Timer(_GRACE, os._exit, (code,))
        watchdog.daemon = True
        watchdog.start()
        self._loop.call_soon_threadsafe(self._app.exit, None, code)

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
        """Whether ctrl+z makes sense here."""
        return can_be_woken()

    # -- reading -----------------------------------------------------------------------------------------

    def run_input_thread(self) -> None:
        """Read keys until told to stop or until the terminal is gone."""
        parser = XTermParser(self._debug)
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
