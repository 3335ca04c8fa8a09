"""Textual's own way to draw, for ``--driver textual``: everything is sent as Textual writes it."""

from __future__ import annotations

from textual.drivers._writer_thread import WriterThread

from tutor.tui.terminal.leaving import LeavingDriver


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
