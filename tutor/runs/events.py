"""The events of a run's log, one JSON object a line. A number that is not finite is written as null.

A reader skips and counts events that it does not know, so an older viewer can watch a newer worker. `LOG_VERSION`
rises when the meaning of a field changes.
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
"""The task of a run that another program trains without knowing about tutor: its CSV log is followed."""
UNKNOWN_EPOCHS = 10_000_000
"""The number of epochs in the spec of such a run if nobody has said how many there will be."""

Count = Annotated[int, Meta(ge=0, le=1 << 53)]
"""No worker counts below 0, or beyond what a float holds exactly: a line with any other number is skipped."""

Reason = Literal[
    "epochs",
    "stop",
    "signal",
    "no-improvement",
    "seconds",
    "idle",
    "unwatched",
    "log-size",
    "quiet",
    "gone",
    "diverged",
]
"""Why a run ended; `tutor.runs.summary.ENDS` has the sentence for each reason."""


class _Event(Struct, frozen=True, kw_only=True, tag_field="type"):
    """One line of the log."""


class _Asked(_Event, frozen=True, kw_only=True):
    """Something that somebody asked for."""

    by: str = ""
    """Its author; see `tutor.runs.control.this_author`. Empty if unknown."""


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
    """How many there will be if the spec asks for a number of updates; 0: as many as the spec says."""
    label_variance: float = 0.0
    """Of a regression, the variance of the labels that the validation loss is about, or of the training labels if none
    are kept for validation; in the square of their unit. 0: unknown, or they are all alike."""
    notes: tuple[str, ...] = ()
    """What was decided about the data, as sentences in the language of the run."""


class Started(_Event, tag="started", frozen=True, kw_only=True):
    """The first event: everything that was asked for."""

    version: Count = LOG_VERSION
    run: str
    at: str
    """UTC, ISO 8601."""
    spec: LabConfig
    versions: dict[str, str] = field(default_factory=dict)
    """Of tutor, numpy and python."""
    data: DataFacts
    pid: Count = 0


def number_text(number: float) -> str:
    """The number of an epoch in text: ``50``, ``0.5``."""
    return f"{number:.0f}" if number == int(number) and abs(number) < 1e15 else f"{number:.9g}"


NOT_FINITE = {"n": nan, "+": inf, "-": -inf}
"""What the letters of `Epochs.not_finite` stand for."""


class Epochs(_Event, tag="epochs", frozen=True, kw_only=True):
    """All epochs since the last such event; no epoch is ever left out.

    A list is empty if there is nothing to measure (no validation rows, no classes). An event whose `first` is in the
    log already replaces that epoch and all later ones: the log of another program has said more about them.
    """

    first: Annotated[int, Meta(ge=1, le=1 << 53)]
    """The place of the first epoch of the lists in the run; places count from 1."""
    train: list[float | None]
    valid: list[float | None] = field(default_factory=list)
    train_accuracy: list[float | None] = field(default_factory=list)
    valid_accuracy: list[float | None] = field(default_factory=list)
    updates: Count
    """Updates of the parameters up to the last epoch of the lists."""
    seconds: float
    """Since the start, pauses included."""
    learning_rate: float | None = None
    gradient_norm: float | None = None
    """After the last epoch of the lists."""
    metrics: dict[str, list[float | None]] = field(default_factory=dict)
    """Other numbers, by the names that the learner's own program gave them."""
    numbers: list[float] | UnsetType = UNSET
    """The numbers that another program gives these epochs (``50``, or ``0.5``); absent if they are their places."""
    not_finite: dict[str, str] | UnsetType = UNSET
    """By the name of a list (``train_loss``, a metric), a letter for each epoch that says what its null was:
    ``n`` nan, ``+`` infinity, ``-`` minus infinity, ``.`` not measured or not null; absent if all were finite."""

    def number(self, index: int) -> float:
        """The number of the epoch at ``index`` of the lists."""
        if self.numbers is UNSET or index >= len(self.numbers):
            return self.first + index
        return self.numbers[index]

    def odd(self, name: str, index: int) -> float | None:
        """The nan or infinity behind the null at ``index`` of the list ``name``; None if it was not measured."""
        letters = "" if self.not_finite is UNSET else self.not_finite.get(name, "")
        return NOT_FINITE.get(letters[index]) if index < len(letters) else None


class View(_Event, tag="view", frozen=True, kw_only=True):
    """What a panel shows: a scene once, and a frame after each change; see the classes in `tutor.labs.panels`."""

    panel: str
    part: Literal["scene", "frame"]
    epoch: Count
    data: dict[str, object]


class Changed(_Asked, tag="changed", frozen=True, kw_only=True):
    """A control was applied between two epochs."""

    epoch: Count
    """Epochs that were finished when it was applied."""
    updates: Count
    key: str
    """Dotted, such as ``optimizer.learning_rate``."""
    value: Value
    epochs: Count = 0
    """How many epochs there will be in all, if the change of a setting has changed that; otherwise 0."""


class Refused(_Asked, tag="refused", frozen=True, kw_only=True):
    """A change of a control that cannot be applied."""

    epoch: Count
    key: str
    message: str


class Paced(_Asked, tag="paced", frozen=True, kw_only=True):
    """A new pace in epochs a second; 0 is full speed."""

    epoch: Count
    pace: float


class Paused(_Asked, tag="paused", frozen=True, kw_only=True):
    """The run was paused."""

    epoch: Count


class Resumed(_Asked, tag="resumed", frozen=True, kw_only=True):
    """The run was resumed."""

    epoch: Count


class Noted(_Asked, tag="noted", frozen=True, kw_only=True):
    """A viewer's note, such as where the learner answered a question."""

    epoch: Count
    text: str


class Queued(_Event, tag="queued", frozen=True, kw_only=True):
    """The run waits for its turn, because others train on a machine that a class shares; see `worker.turns`."""

    epoch: Count
    turns: Count
    """How many runs may train at once."""


class Diverged(_Event, tag="diverged", frozen=True, kw_only=True):
    """The loss is no longer a finite number, or has grown beyond any use. A result, not a crash; `Finished` follows."""

    epoch: Count
    updates: Count


class Finished(_Asked, tag="finished", frozen=True, kw_only=True):
    """The last event of a run that ended, for whatever reason; ``by`` is who stopped it."""

    reason: Reason
    epoch: Count
    updates: Count
    seconds: float
    facts: dict[str, float] = field(default_factory=dict)
    """Parameters of a small model in the units of the data: ``final.w``, ``final.b``, ``final.f``."""


class Failed(_Event, tag="failed", frozen=True, kw_only=True):
    """The last event of a run that could not continue."""

    epoch: Count
    message: str
    hint: str = ""


Event = (
    Started
    | Epochs
    | View
    | Changed
    | Refused
    | Paced
    | Paused
    | Resumed
    | Noted
    | Queued
    | Diverged
    | Finished
    | Failed
)
