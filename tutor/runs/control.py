"""Steering a run: any viewer appends a line to ``control.jsonl``, the worker reads it between epochs."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import translate
from tutor.labs.lab_config import Value
from tutor.runs.hands import this_hand
from tutor.runs.log import Writer

CONTROL_FILE = "control.jsonl"


class _Command(Struct, frozen=True, kw_only=True, tag_field="do"):
    """One line of the control log."""

    by: str = ""
    """Who sent it; see `tutor.runs.hands`."""


class Pause(_Command, tag="pause", frozen=True):
    """Wait after the epoch that is going on."""


class Resume(_Command, tag="resume", frozen=True):
    """Go on."""


class Step(_Command, tag="step", frozen=True):
    """Do some epochs, then pause."""

    epochs: int = 1


class Stop(_Command, tag="stop", frozen=True):
    """End cleanly after the epoch that is going on; weights are kept."""


class Pace(_Command, tag="pace", frozen=True):
    """Epochs a second; 0 is flat out."""

    pace: float


class Set(_Command, tag="set", frozen=True):
    """Turn a control. The key is dotted or a short name; which ones, says `tutor.ml.settings`."""

    key: str
    value: Value


class Note(_Command, tag="note", frozen=True):
    """Write a note into the run's log."""

    text: str


Command = Pause | Resume | Step | Stop | Pace | Set | Note
PACES = (1.0, 5.0, 20.0, 0.0)
"""The paces that a viewer offers, slowest first; the last is flat out."""


def send(run_folder: Path, command: Command) -> None:
    """Ask the worker of ``run_folder`` for something, signed with who asks.

    Returns at once; the log tells when it was applied.

    Raises:
        TutorError: the control log cannot be written.
    """
    signed = command if command.by else replace(command, by=this_hand())
    try:
        log: Writer[Command] = Writer(run_folder / CONTROL_FILE)
        try:
            log.write(signed)
        finally:
            log.close()
    except OSError as error:
        raise TutorError(
            translate("runs.cannot-control", reason=error.strerror or str(error)), exit_code=ExitCode.CANNOT_WRITE
        ) from error
