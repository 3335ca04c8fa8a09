"""The ends that a run can come to: for each reason, the state that it leaves the run in and the sentence that tells it.

A run that failed or died gave no reason; it has a message of its own, or none at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from tutor.runs.events import Reason


class End(NamedTuple):
    """One way to end.

    Args:
        state: Whether the run did all that it was asked for, was cut short, or diverged.
        sentence: A key for `translate`, which is given ``epochs``, ``updates`` and ``seconds`` (all that it may take).
        expected: Whether it ended as somebody asked, so that there is nothing to explain.
    """

    state: Literal["finished", "stopped", "diverged"]
    sentence: str
    expected: bool = False


ENDS: Mapping[Reason, End] = {
    "epochs": End("finished", "ends.epochs", expected=True),
    "no-improvement": End("finished", "ends.no-improvement"),
    "stop": End("stopped", "ends.stop", expected=True),
    "signal": End("stopped", "ends.signal"),
    "seconds": End("stopped", "ends.seconds"),
    "idle": End("stopped", "ends.idle"),
    "log-size": End("stopped", "ends.log-size"),
    "quiet": End("finished", "ends.quiet"),
    "gone": End("finished", "ends.gone"),
    "diverged": End("diverged", "runs.diverged"),
}
