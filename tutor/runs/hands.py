"""Whose hand steers a run: each command says who sent it, so that everybody who watches sees who did what."""

from __future__ import annotations

import getpass
import os
from functools import cache

from tutor.foundation.safe_text import harmless_line

LONGEST_HAND = 80


@cache
def this_hand() -> str:
    """Who sends commands from this process: user, terminal and process, such as ``anna pts/3 4711``."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):  # an account that no list of users holds
        user = "?"
    return tidy(" ".join(filter(None, (user[:30], _terminal(), str(os.getpid())))))


def _terminal() -> str:
    for descriptor in (0, 1, 2):
        try:
            return os.ttyname(descriptor).removeprefix("/dev/")[:30]
        except OSError:
            continue
    return ""


def tidy(hand: str) -> str:
    """``hand`` as it may be written down: anybody can write into a control log."""
    return harmless_line(hand)[:LONGEST_HAND]


def other_hand(hand: str) -> str:
    """What ``hand`` is called where it is not this process's: ``anna pts/3``; empty for our own, and for nobody's."""
    return "" if hand in {"", this_hand()} else hand.rpartition(" ")[0] or hand
