"""The configuration of a run: one definition for lab files, fences, ``--set`` and the log.

`tutor.labs.lab_files` reads a configuration and reports all of its faults at once. The settings of a training are
declared in `tutor.ml.settings`, the others here.
"""

from __future__ import annotations

from importlib import import_module
from math import ceil
from typing import Annotated

from msgspec import Meta, Struct, field

from tutor.foundation.languages import in_language
from tutor.ml.settings import (
    WITHOUT_GRADIENT,
    DataSettings,
    LossSettings,
    ModelSettings,
    OptimizerSettings,
    TrainSettings,
    setting,
)

Value = bool | int | float | str | tuple[int | str, ...]
"""A value that one control or one ``--set`` can take."""


def _panel_names() -> tuple[str, ...]:
    # Panels ask a LabConfig what it can show, so they import this module, which therefore finds them by name.
    names: tuple[str, ...] = import_module("tutor.labs.panels").panel_names()
    return names


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a lab file: unknown keys are refused."""


class ShowConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[show]``: the panels that the worker computes, in the order in which they are shown."""

    panels: Annotated[tuple[str, ...], setting(names=_panel_names)] = ("loss",)
    """The panels, in the order in which they are shown; the first one is drawn large."""
    features: Annotated[tuple[str, ...], Meta(max_length=2)] = ()
    """The two features that span a boundary; empty: the first two."""


class ControlConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One control: a range or choices. ``learning_rate = [1e-5, 10.0]`` is short for ``low`` and ``high``."""

    key: str
    """The dotted key of its setting, such as ``optimizer.learning_rate``."""
    low: float | None = None
    high: float | None = None
    choices: tuple[Value, ...] = ()

    @property
    def is_range(self) -> bool:
        """Whether it takes any number from `low` to `high`, rather than one of `choices`."""
        return not self.choices

    def allows(self, value: object) -> bool:
        """Whether ``value`` is within the limits of this control."""
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
    """A condition over the facts of a run, such as ``final.valid_loss < 0.4 and epochs <= 50``; empty: no goal."""


class LabConfig(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that determines a run. The same configuration gives the same losses, bit for bit."""

    id: str = "custom"
    title: dict[str, str] = field(default_factory=dict)
    """The title by language."""
    about: dict[str, str] = field(default_factory=dict)
    """What to try and to look at, by language."""
    data: DataSettings = field(default_factory=DataSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    loss: LossSettings = field(default_factory=LossSettings)
    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)
    train: TrainSettings = field(default_factory=TrainSettings)
    show: ShowConfig = field(default_factory=ShowConfig)
    controls: dict[str, ControlConfig] = field(default_factory=dict)
    """By short name, in the order of the file."""
    challenge: ChallengeConfig = field(default_factory=ChallengeConfig)
    mine: dict[str, str] = field(default_factory=dict)
    """By slot, the exercise whose function may fill it; of a run, the exercises whose functions do."""

    def title_in(self, language: str) -> str:
        """The title in ``language``, or else in another language, or else the id."""
        return in_language(self.title, language) or self.id

    def about_in(self, language: str) -> str:
        """The description in ``language``, or else in another language; may be empty."""
        return in_language(self.about, language) or ""

    @property
    def manual(self) -> bool:
        """Whether the learner is the optimizer."""
        return self.optimizer.name == "manual"

    @property
    def follows_gradient(self) -> bool:
        """Whether the optimizer follows a gradient, rather than solving, searching or waiting for the learner."""
        return self.optimizer.name not in WITHOUT_GRADIENT

    def epochs_with(self, rows: int) -> int:
        """How many epochs are asked for, with ``rows`` training examples."""
        train = self.train
        if not train.updates:
            return train.epochs
        whole = not train.batch_size or not rows or self.optimizer.name == "gd"
        each = 1 if whole else ceil(rows / min(train.batch_size, rows))
        return ceil(train.updates / each)

    @property
    def task(self) -> str:
        """``classification``, ``regression``, ``drawn``, or ``""`` if only the data can tell."""
        task = self.data.source.task
        if not task:
            return "" if self.data.task == "auto" else self.data.task
        return "regression" if task == "classification" and self.data.target_as == "class-number" else task

    @property
    def sums_sigmoids(self) -> bool:
        """Whether the model is one hidden layer of (hard) sigmoids: a sum of them, if the data has one feature."""
        model = self.model
        one_layer = model.name == "mlp" and len(model.hidden) * model.depth == 1
        return one_layer and model.activation in {"sigmoid", "hard-sigmoid"} and self.task in {"regression", ""}
