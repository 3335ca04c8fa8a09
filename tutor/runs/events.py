"""What a worker writes down, one JSON object a line. Numbers that are not finite are written as null.

An event that a reader does not know is skipped and counted, so that an older viewer can watch a newer
worker; `Started.version` rises when the meaning of a field changes.
"""

from __future__ import annotations

from math import inf, nan
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from tutor.labs.lab_config import LabConfig, Value

LOG_VERSION = 1

RECORDED = "recorded"
"""The task of a run that another program trained."""
FOLLOWED = "followed"
"""The task of a run that another program trains without knowing of us: its CSV log is followed."""
UNKNOWN_EPOCHS = 10_000_000
"""What such a run's spec says where nobody said how many epochs there will be."""

Count = Annotated[int, Meta(ge=0, le=1 << 53)]
"""A line with any other number is not ours: no worker counts below nothing, or beyond what a float holds exactly."""

Reason = Literal[
    "epochs", "stop", "signal", "no-improvement", "seconds", "idle", "log-size", "quiet", "gone", "diverged"
]
"""Why a run came to its end; `tutor.runs.summary` has the sentence for each."""


class _Event(Struct, frozen=True, kw_only=True, tag_field="type"):
    """One line of the log."""


class _Asked(_Event, frozen=True, kw_only=True):
    """Something that somebody asked for."""

    by: str = ""
    """Who did; see `tutor.runs.control`. Empty where nobody said."""


class DataFacts(Struct, frozen=True, kw_only=True):
    """The data and the model of a run, as a viewer shows them."""

    name: str
    task: str
    """``regression``, ``classification``, ``drawn``, `RECORDED` or `FOLLOWED`."""
    train_rows: Count
    valid_rows: Count
    feature_names: tuple[str, ...] = ()
    """At most 64 of them."""
    target_name: str = ""
    class_names: tuple[str, ...] = ()
    parameters: Count = 0
    epochs: Count = 0
    """How many there will be, where the spec asks for a number of updates; 0: as many as the spec says."""
    notes: tuple[str, ...] = ()
    """What was decided about the data, sentences in the language of the run."""


class Started(_Event, tag="started", frozen=True, kw_only=True):
    """The first event: everything that was asked, complete."""

    version: Count = LOG_VERSION
    run: str
    at: str
    """UTC, ISO 8601."""
    spec: LabConfig
    versions: dict[str, str] = field(default_factory=dict)
    """tutor, numpy, python."""
    data: DataFacts
    pid: Count = 0


def number_text(number: float) -> str:
    """What an epoch is called, in text: ``50``, ``0.5``."""
    return f"{number:.0f}" if number == int(number) and abs(number) < 1e15 else f"{number:.9g}"


NOT_FINITE = {"n": nan, "+": inf, "-": -inf}
"""What the letters of `Epochs.not_finite` stand for."""


class Epochs(_Event, tag="epochs", frozen=True, kw_only=True):
    """All epochs since the last such event; no epoch is ever left out.

    A list is empty where there is nothing to measure (no validation rows, no classes). An event whose `first` was
    told already replaces that epoch and all after it: the log of another program has told more of them.
    """

    first: Annotated[int, Meta(ge=1, le=1 << 53)]
    """The place of the first epoch in the lists; places count from 1."""
    train: list[float | None]
    valid: list[float | None] = field(default_factory=list)
    train_accuracy: list[float | None] = field(default_factory=list)
    valid_accuracy: list[float | None] = field(default_factory=list)
    updates: Count
    """Updates of the parameters so far, after the last epoch here."""
    seconds: float
    """Since the start, pauses included."""
    learning_rate: float | None = None
    gradient_norm: float | None = None
    """After the last epoch here."""
    metrics: dict[str, list[float | None]] = field(default_factory=dict)
    """Other numbers, by the names that a program of the learner's own gave them."""
    numbers: list[float] | UnsetType = UNSET
    """What another program calls these epochs (``50``, or ``0.5``); absent if it calls them by their places."""
    not_finite: dict[str, str] | UnsetType = UNSET
    """By the name of a list (``train_loss``, a metric), a letter for each epoch that says what its null was:
    ``n`` nan, ``+`` infinity, ``-`` minus infinity, ``.`` not measured or no null; absent if nothing was."""

    def number(self, index: int) -> float:
        """What the epoch at ``index`` of the lists is called."""
        if self.numbers is UNSET or index >= len(self.numbers):
            return self.first + index
        return self.numbers[index]

    def odd(self, name: str, index: int) -> float | None:
        """The nan or infinity that the list ``name`` has null for at ``index``; None if it was not measured."""
        letters = "" if self.not_finite is UNSET else self.not_finite.get(name, "")
        return NOT_FINITE.get(letters[index]) if index < len(letters) else None


class View(_Event, tag="view", frozen=True, kw_only=True):
    """What a panel shows: its scene once, a frame whenever it changed; each class in `tutor.labs.panels` says what."""

    panel: str
    part: Literal["scene", "frame"]
    epoch: Count
    data: dict[str, object]


class Changed(_Asked, tag="changed", frozen=True, kw_only=True):
    """A control was applied between two epochs."""

    epoch: Count
    """Epochs that were done when it was applied."""
    updates: Count
    key: str
    """Dotted, such as ``optimizer.learning_rate``."""
    value: Value
    epochs: Count = 0
    """How many epochs there will be in all, where that is another number now: so many updates were asked for."""


class Refused(_Asked, tag="refused", frozen=True, kw_only=True):
    """A control was asked for that cannot be applied."""

    epoch: Count
    key: str
    message: str


class Paced(_Asked, tag="paced", frozen=True, kw_only=True):
    """Another pace: epochs a second, 0 is flat out."""

    epoch: Count
    pace: float


class Paused(_Asked, tag="paused", frozen=True, kw_only=True):
    """The run waits."""

    epoch: Count


class Resumed(_Asked, tag="resumed", frozen=True, kw_only=True):
    """The run goes on."""

    epoch: Count


class Noted(_Asked, tag="noted", frozen=True, kw_only=True):
    """A viewer's note, such as where the learner answered a question."""

    epoch: Count
    text: str


class Diverged(_Event, tag="diverged", frozen=True, kw_only=True):
    """The loss is no number any more, or beyond any use. A result, not a crash; `Finished` follows."""

    epoch: Count
    updates: Count


class Finished(_Asked, tag="finished", frozen=True, kw_only=True):
    """The last event of a run that came to its end, whatever end it was; ``by`` is who stopped it."""

    reason: Reason
    epoch: Count
    updates: Count
    seconds: float
    facts: dict[str, float] = field(default_factory=dict)
    """Parameters of a small model in the units of the data: ``final.w``, ``final.b``, ``final.f``."""


class Failed(_Event, tag="failed", frozen=True, kw_only=True):
    """The last event of a run that could not go on."""

    epoch: Count
    message: str
    hint: str = ""


Event = Started | Epochs | View | Changed | Refused | Paced | Paused | Resumed | Noted | Diverged | Finished | Failed
