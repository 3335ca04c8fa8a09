"""What a run is asked to do: the one definition behind lab files, fences, ``--set`` and the log.

A configuration is read from data by `tutor.labs.lab_files`, which reports every fault in one go. The settings of a
training are declared in `tutor.ml.settings`; what else a lab says is declared here.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from tutor.foundation.languages import in_language
from tutor.ml.settings import DataSettings, LossSettings, ModelSettings, OptimizerSettings, TrainSettings, setting

PANELS = (
    "loss",
    "fit",
    "curve",
    "surface",
    "boundary",
    "confusion",
    "series",
    "autocorrelation",
    "weights",
    "threshold",
    "folds",
    "updates",
    "gradients",
    "pieces",
    "shapes",
    "gradient-check",
    "digits",
    "norms",
    "text",
)
Value = bool | int | float | str | tuple[int | str, ...]
"""A value that one control or one ``--set`` can take."""


def panel_names() -> tuple[str, ...]:
    """The panels that a lab may show."""
    return PANELS


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a lab file: unknown keys are refused."""


class ShowConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[show]``: what the worker computes for the viewers, in the order in which they show it."""

    panels: Annotated[tuple[str, ...], setting(names=panel_names)] = ("loss",)
    features: Annotated[tuple[str, ...], Meta(max_length=2)] = ()
    """The two features that span a boundary; empty: the first two."""


class ControlConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One control: a range, or choices. ``learning_rate = [1e-5, 10.0]`` is short for low and high."""

    key: str
    """The dotted key that it turns, such as ``optimizer.learning_rate``."""
    low: float | None = None
    high: float | None = None
    choices: tuple[Value, ...] = ()

    @property
    def is_range(self) -> bool:
        """Whether any number from `low` to `high` may be chosen, rather than one of `choices`."""
        return not self.choices

    def allows(self, value: object) -> bool:
        """Whether ``value`` lies within the limits of this control."""
        if self.choices:
            return value in self.choices
        return isinstance(value, int | float) and (self.low or 0.0) <= value <= (self.high or 0.0)

    @property
    def logarithmic(self) -> bool:
        """Whether equal steps are equal ratios: a range of positive numbers over two decades or more."""
        return self.low is not None and self.high is not None and self.low > 0 and self.high / self.low >= 100


class ChallengeConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[challenge]``: a goal in the condition language, over the facts of the run."""

    goal: str = ""


class LabConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that determines a run. The same spec gives the same losses, bit for bit."""

    id: str = "custom"
    title: dict[str, str] = field(default_factory=dict)
    """By language."""
    about: dict[str, str] = field(default_factory=dict)
    """By language: what there is to try and to see."""
    data: DataSettings = field(default_factory=DataSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    loss: LossSettings = field(default_factory=LossSettings)
    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)
    train: TrainSettings = field(default_factory=TrainSettings)
    show: ShowConfig = field(default_factory=ShowConfig)
    controls: dict[str, ControlConfig] = field(default_factory=dict)
    """By short name, in the order of the file."""
    challenge: ChallengeConfig = field(default_factory=ChallengeConfig)

    def title_in(self, language: str) -> str:
        """The title in ``language``, or in another one if it is missing; the id if there is none."""
        return in_language(self.title, language) or self.id

    def about_in(self, language: str) -> str:
        """What `about` says in ``language``, or in another one, or nothing."""
        return in_language(self.about, language) or ""

    @property
    def manual(self) -> bool:
        """Whether the learner is the optimiser."""
        return self.optimizer.name == "manual"
