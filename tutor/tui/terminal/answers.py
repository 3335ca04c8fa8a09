"""The terminal's answers to our questions, taken out of what is typed."""

from __future__ import annotations

from tutor.tui.terminal.line import ANSWER


class Answers:
    """Takes answers out of the input, also those that come in pieces."""

    def __init__(self) -> None:
        self.expected = False
        """Whether an answer may come at all. Where none may, nothing is ever held back."""
        self._held = b""

    def strip(self, data: bytes) -> tuple[bytes, int]:
        """``data`` without the answers in it, and how many they were.

        The beginning of an answer at the end of ``data`` is held back until the next call; what follows shows
        whether it was one. A call with nothing gives back what is held: it was a key.
        """
        if not data:
            held, self._held = self._held, b""
            return held, 0
        whole = self._held + data
        count = whole.count(ANSWER)
        keys = whole.replace(ANSWER, b"")
        self._held = b""
        if self.expected:
            for length in range(len(ANSWER) - 1, 0, -1):
                if keys.endswith(ANSWER[:length]):
                    keys, self._held = keys[:-length], ANSWER[:length]
                    break
        return keys, count
