"""The terminal as Textual drives it, but leaving cleanly when it goes away.

Stock Textual spins for ever at the end of input, and blocks for ever once its output fails. Here both mean that
the terminal is gone: the app is asked to leave, and a second later the process ends whether it has or not.
Nothing is lost by that, because every answer was saved when it was given.
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
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver

from tutor.foundation.signs import encoding_of

if TYPE_CHECKING:
    from textual.app import App

_GRACE = 1.0
"""Seconds that the app has to leave by itself."""
_POLL = 0.1
"""Seconds after which an unfinished escape sequence is what it is."""


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


class TutorDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, with an end.

    It writes to stdout, which the command line has found to be a terminal; Textual writes to stderr, which
    learners send to files.
    """

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._screen = open(1, "w", encoding=encoding_of(sys.__stdout__), errors="replace", closefd=False)  # noqa: SIM115
        self._file = self._screen
        self._gone = threading.Event()

    def start_application_mode(self) -> None:
        """Take the terminal."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._writer_thread is not None:
            self._writer_thread.stop()
        self._writer_thread = QuietWriter(self._screen)
        self._writer_thread.start()
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._leave(128 + number)

    def _leave(self, code: int) -> None:
        """Ask the app to leave, and see to it that it does."""
        if self._gone.is_set():
            return
        self._gone.set()
        watchdog = threading.Timer(_GRACE, os._exit, (code,))
        watchdog.daemon = True
        watchdog.start()
        self._loop.call_soon_threadsafe(self._app.exit, None, code)

    def run_input_thread(self) -> None:
        """Read keys until told to stop or until the terminal is gone."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_POLL):
                    try:
                        data = os.read(self.fileno, 4096)
                    except OSError:
                        data = b""
                    if not data:
                        self._leave(128 + signal.SIGHUP)
                        return
                    for event in parser.feed(decode(data)):
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)
