"""What tutor asks the terminal once, at the start: the colour of its ground, and how wide it draws ``─``.

Terminals that are set up for Chinese may draw signs of "ambiguous" width (UAX #11) two cells wide. Then every rule is
half as long as it should be, and text lies over text; only measuring tells. Both answers come back as input, so they
are taken out of it here. A terminal may answer late or never: the first frame waits `PATIENCE` at most.
"""

from __future__ import annotations

import os
import re

from textual.message import Message

PATIENCE = 0.1
"""Seconds that the first frame waits for the answers."""
LATEST = 5.0
"""Seconds after which an answer is no longer expected, and input that looks like one is a key."""
_GROUND_QUESTION = "\x1b]11;?\x07"
_POSITION_QUESTION = "\x1b[6n"
_GROUND = re.compile(
    rb"\x1b\]11;rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})[^\x07\x1b]{0,8}(?:\x07|\x1b\\)"
)
_POSITION = re.compile(rb"\x1b\[(\d{1,3});(\d{1,3})R")
_BEGUN = re.compile(rb"\x1b(?:\](?:1(?:1(?:;[^\x07\x1b]{0,40}\x1b?)?)?)?|\[(?:\d{1,3}(?:;\d{0,3})?)?)?\Z")


class TerminalAnswered(Message):
    """The terminal has answered.

    Args:
        light_ground: Whether its ground is light; None if it does not say.
        wide_signs: Whether it draws signs of ambiguous width two cells wide.
    """

    def __init__(self, light_ground: bool | None, wide_signs: bool) -> None:
        super().__init__()
        self.light_ground = light_ground
        self.wide_signs = wide_signs


class Inquiry:
    """Takes the answers to our questions out of the input, even if they arrive in pieces."""

    def __init__(self) -> None:
        self.expected = False
        """Whether the answers are still to come. If not, no input is held back."""
        self._light_ground: bool | None = None
        self._held = b""

    def questions(self, *, unicode: bool = True) -> str:
        """What to send. Afterwards the cursor is at the upper left, behind a sign that has to be painted over.

        Args:
            unicode: Whether the terminal can be sent ``─``. Without it, only the ground is asked for.
        """
        self.expected = True
        return _GROUND_QUESTION + "\x1b[H" + ("─" if unicode else "") + _POSITION_QUESTION

    def give_up(self) -> None:
        """Expect no answer any more."""
        self.expected = False

    def strip(self, data: bytes) -> tuple[bytes, TerminalAnswered | None]:
        """``data`` without the answers in it, and what they say once both are there.

        Terminals answer in order, so a position without a ground means that the terminal does not tell its ground. A
        call without data returns what was held back: it was a key.
        """
        whole, self._held = self._held + data, b""
        if not self.expected or not data:
            return whole, None
        if found := _GROUND.search(whole):
            self._light_ground = _is_light(*found.groups())
            whole = whole[: found.start()] + whole[found.end() :]
        if found := _POSITION.search(whole):
            self.expected = False
            answer = TerminalAnswered(self._light_ground, wide_signs=int(found[2]) == 3)
            return whole[: found.start()] + whole[found.end() :], answer
        if found := _BEGUN.search(whole):
            whole, self._held = whole[: found.start()], whole[found.start() :]
        return whole, None


def _is_light(*channels: bytes) -> bool:
    """Whether black text is easier to read on the colour than white text; a channel has 1 to 4 hexadecimal digits."""
    red, green, blue = (int(channel, 16) / (16 ** len(channel) - 1) for channel in channels)
    return float(0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2) > 0.18


def light_ground_by_name() -> bool | None:
    """Whether the environment variable COLORFGBG, which some terminals set, says that the ground is light.

    Returns None if it is not set, except on the Linux console, which sets nothing and is black.
    """
    colours = os.environ.get("COLORFGBG", "")
    if not colours and os.environ.get("TERM") == "linux":
        return False
    return colours.rpartition(";")[2] in {"7", "15"} if colours else None


def can_be_asked() -> bool:
    """Whether the terminal is not known to print the questions instead of answering them."""
    return os.environ.get("TERM", "") not in {"", "linux", "dumb", "unknown"}
