"""What a worker writes down, one JSON object a line. Numbers that are not finite are written as null.

An event that a reader does not know is skipped and counted, so that an older viewer can watch a newer
worker; `Started.version` rises when the meaning of a field changes.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from tutor.runs.spec import RunSpec, Setting

LOG_VERSION = 1

RECORDED = "recorded"
"""The task of a run that another program trained."""
FOLLOWED = "followed"
"""The task of a run that another program trains without knowing of us: its CSV log is followed."""
UNKNOWN_EPOCHS = 10_000_000
"""What such a run's spec says where nobody said how many epochs there will be."""

Count = Annotated[int, Meta(ge=0, le=1 << 53)]
"""A line with any other number is not ours: no worker counts below nothing, or beyond what a float holds exactly."""

Reason = Literal["epochs", "stop", "signal", "no-improvement", "seconds", "idle", "diverged"]
"""Why a run came to its end."""


class _Event(Struct, frozen=True, kw_only=True, tag_field="type"):
    """One line of the log."""


class _Asked(_Event, frozen=True, kw_only=True):
    """Something that somebody asked for."""

    by: str = ""
    """Who did; see `tutor.runs.hands`. Empty where nobody said."""


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
    spec: RunSpec
    versions: dict[str, str] = field(default_factory=dict)
    """tutor, numpy, python."""
    data: DataFacts
    pid: Count = 0


class Epochs(_Event, tag="epochs", frozen=True, kw_only=True):
    """All epochs since the last such event; no epoch is ever left out.

    A list is empty where there is nothing to measure (no validation rows, no classes).
    """

    first: Annotated[int, Meta(ge=1, le=1 << 53)]
    """The number of the first epoch in the lists; epochs count from 1."""
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


class View(_Event, tag="view", frozen=True, kw_only=True):
    """What a panel shows: its scene once, a frame whenever it changed. Payloads: `tutor.runs.views`."""

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
    value: Setting
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
    """A loss or a parameter is no longer finite. A result, not a crash; `Finished` follows."""

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
