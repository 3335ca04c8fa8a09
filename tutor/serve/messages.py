"""What the server and the zygote say to each other: a length, then JSON, with file descriptors beside it."""

from __future__ import annotations

import struct
from enum import StrEnum

from msgspec import Struct, field

LENGTH = struct.Struct("!I")
MOST_BYTES = 64 << 10
MOST_DESCRIPTORS = 4


class Kind(StrEnum):
    """What a session's process does."""

    TUTOR = "tutor"
    """Carries out a command line of tutor; the empty one opens the course."""
    JOIN = "join"
    """Asks an unknown learner for a name and the join code, which it sends through the last descriptor."""
    SAY = "say"
    """Shows a sentence and ends with an exit code."""


class Bounds(Struct, frozen=True, kw_only=True):
    """What a session may use."""

    megabytes: int = 0
    """Memory of each of its processes; 0 is no limit."""
    file_megabytes: int = 0
    """The largest file it may write; 0 is no limit."""
    nice: int = 0
    readable: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    is_confined: bool = True
    """Whether the kernel shall keep it to these folders, if it can."""


class SessionOrder(Struct, frozen=True, kw_only=True):
    """What the zygote is asked to fork. With it come a terminal, or pipes for input, output and errors."""

    number: int
    kind: Kind
    has_terminal: bool
    arguments: tuple[str, ...] = ()
    """A command line, or the key of a sentence."""
    values: dict[str, str | int] = field(default_factory=dict)
    """What is put into the sentence."""
    exit_code: int = 0
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    bounds: Bounds = Bounds()


class Forked(Struct, frozen=True, tag="forked"):
    """The process of an order runs; its number is 0 if none could be started."""

    number: int
    pid: int


class Ended(Struct, frozen=True, tag="ended"):
    """A process has ended."""

    pid: int
    code: int


Answer = Forked | Ended
