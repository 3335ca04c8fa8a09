"""What a sandbox is asked to do, and what came of it, as values."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from tutor.foundation.program_files import files_of

if TYPE_CHECKING:  # Verdicts and their words are shown where no value is computed, without NumPy.
    from tutor.sandbox.values import Encoded


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function of a program.

    Args:
        function: Its name.
        arguments: Encoded arguments by name, in the order of the signature: see `tutor.sandbox.values.encode`. An
            argument called ``random`` is a seed; the function gets ``np.random.default_rng(seed)``. A text that begins
            with ``lambda`` is a function, and the program gets that.
        by_name: Whether they are passed by name; otherwise by position, because a learner may rename parameters.
    """

    function: str
    arguments: tuple[tuple[str, Encoded], ...] = ()
    by_name: bool = False

    @classmethod
    def of(cls, function: str, *, by_name: bool = False, **arguments: object) -> Call:
        """Return a call with these arguments, which are encoded here."""
        from tutor.sandbox.values import encode

        return cls(function, tuple((name, encode(each)) for name, each in arguments.items()), by_name)


@dataclass(frozen=True, slots=True)
class Program:
    """A program and the calls to make once it is loaded. ``np`` is NumPy in it without an import."""

    source: str
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """Programs to run one after the other in one process.

    Args:
        programs: The programs. They can see each other's remains, so a learner's program has a job to itself.
        seconds: How long loading a program or a call may take.
        memory_bytes: How much data they may hold.
        cpu_seconds: How much time of a processor they may take in all, for a process that nobody watches any more.
    """

    programs: tuple[Program, ...]
    seconds: float = 2.0
    memory_bytes: int = 256 << 20
    cpu_seconds: int = 120

    def to_json(self) -> bytes:
        """Return the request that `tutor.sandbox.child` reads."""
        programs = [
            {
                "source": each.source,
                "files": files_of(each.source),
                "calls": [
                    {"function": call.function, "arguments": call.arguments, "by_name": call.by_name}
                    for call in each.calls
                ],
            }
            for each in self.programs
        ]
        request = {
            "programs": programs,
            "memory_bytes": self.memory_bytes,
            "cpu_seconds": self.cpu_seconds,
        }
        return json.dumps(request).encode()


class Stop(StrEnum):
    """What ended the process of a job, or a step of it, other than an exception of the program."""

    HANG = "Hang"
    CRASH = "Crash"
    QUIT = "Quit"
    KILLED = "Killed"
    NOT_STARTED = "NotStarted"
    FORBIDDEN = "Forbidden"
    TOO_LARGE = "TooLargeError"
    NO_FUNCTION = "MissingFunction"
    WRONG_RESULT = "WrongResult"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a program or a call gave no value.

    Args:
        kind: The name of the exception, or a member of `Stop`.
        message: The text of the exception. What was forbidden, or the name of the missing function, for these.
        line: The line of the program, from 1; 0 if it is not known.
        columns: The piece of the line, from 0, as byte offsets of its UTF-8; empty if it is not known.
        shapes: The arrays at that place, such as ``("z", "(2, 3)")``.
    """

    kind: str
    message: str = ""
    line: int = 0
    columns: tuple[int, ...] = ()
    shapes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of loading a program, or of one call.

    Args:
        value: What the call returned, encoded; None if it failed, and for loading.
        changed: Arguments that the call changed in place, encoded.
        failure: Why there is no value.
        printed: What was printed, as far as it was kept.
        printed_count: How many characters were printed.
        forbidden: What the program tried and may not do, with the lines, even if it went on after that.
    """

    value: Encoded | None = None
    changed: tuple[tuple[str, Encoded], ...] = ()
    failure: Failure | None = None
    printed: str = ""
    printed_count: int = 0
    forbidden: tuple[tuple[str, int], ...] = ()

    def decoded(self) -> object:
        """Return the value.

        Raises:
            ValueError: There is none, or it is damaged.
        """
        from tutor.sandbox.values import decode

        return decode(self.value)


@dataclass(frozen=True, slots=True)
class ProgramReport:
    """What came of one program: loading it, and its calls as far as they were made.

    The last outcome has a failure if the program was stopped in it. Calls after that were not made.
    """

    loaded: Outcome
    outcomes: tuple[Outcome, ...] = ()

    @property
    def failure(self) -> Failure | None:
        """Why the program could not be loaded."""
        return self.loaded.failure

    @property
    def steps(self) -> tuple[Outcome, ...]:
        """What came of loading it and of its calls."""
        return (self.loaded, *self.outcomes)

    @property
    def first_failure(self) -> Failure | None:
        """Why the first step that failed did so; None if none did."""
        return next((each.failure for each in self.steps if each.failure is not None), None)

    @property
    def printed(self) -> str:
        """What all steps printed, as far as it was kept."""
        return "".join(each.printed for each in self.steps)


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a job.

    Args:
        programs: The reports, as far as the process came.
        given: The limits that held: see `tutor.sandbox.limits.Limit`.
    """

    programs: tuple[ProgramReport, ...]
    given: frozenset[str] = field(default_factory=frozenset)


def lines_in_trace(trace: str, filename: str) -> Iterable[int]:
    """Yield the lines of ``filename`` in what `faulthandler` wrote, innermost first."""
    mark = f'File "{filename}", line '
    for each in trace.split("\n"):
        _, found, behind = each.partition(mark)
        number = behind.partition(" ")[0]
        if found and number.isascii() and number.isdigit():
            yield int(number[:9])
