"""Each setting of a lab as an object: its key, type, limits, title, and when it has an effect.

Controls, ``--set``, sweeps, the worker and the fences of lessons all look settings up here. Settings of the training
are declared in `tutor.ml.settings`, those of ``[show]`` and ``[challenge]`` in `tutor.labs.lab_config`.
"""

from __future__ import annotations

import math
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import inspect
from msgspec.structs import replace

from tutor.foundation.errors import TutorError
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import listed, translate
from tutor.labs.lab_config import ChallengeConfig, LabConfig, ShowConfig
from tutor.ml.settings import (
    Applies,
    DataSettings,
    LossSettings,
    ModelSettings,
    OptimizerSettings,
    TrainSettings,
)

_TRAINING: dict[str, type[msgspec.Struct]] = {
    "data": DataSettings,
    "model": ModelSettings,
    "loss": LossSettings,
    "optimizer": OptimizerSettings,
    "train": TrainSettings,
}
TRAINING_TABLES = tuple(_TRAINING)
"""The tables about the training. Their settings have short names, and may be controls."""
_TABLES: dict[str, type[msgspec.Struct]] = {**_TRAINING, "show": ShowConfig, "challenge": ChallengeConfig}
TABLES = tuple(_TABLES)
"""The tables whose keys are settings; ``controls`` has keys of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """One setting of a lab.

    Args:
        key: Its dotted key, such as ``optimizer.learning_rate``.
        annotation: Its type with its limits.
        default: Its default.
        short_name: Its short name; empty if it has none.
        alias: Another short name, or empty.
        live: Whether the worker can change it between two epochs.
        trains: Whether it can change a loss.
        redefines_loss: Whether losses before and after a change of it cannot be compared.
        since: The edition that introduced it.
        unit: The unit of its numbers, or empty.
        list_names: Gives the names that it may take; None if it takes something else.
        applies: Gives the reason why it has no effect; None if it always may have one.
    """

    key: str
    annotation: Any
    default: Any
    short_name: str = ""
    alias: str = ""
    live: bool = False
    trains: bool = True
    redefines_loss: bool = False
    since: int = 1
    unit: str = ""
    list_names: Callable[[], tuple[str, ...]] | None = None
    applies: Applies | None = None

    @property
    def table(self) -> str:
        """Its table; empty if it is above all tables."""
        return self.key.rpartition(".")[0]

    @property
    def name(self) -> str:
        """Its name in that table."""
        return self.key.rpartition(".")[2]

    @property
    def is_number(self) -> bool:
        """Whether it takes numbers, so that a control of it may be a range."""
        return isinstance(_base_type(self.annotation), inspect.IntType | inspect.FloatType)

    @property
    def is_integer(self) -> bool:
        """Whether it takes whole numbers only."""
        return isinstance(_base_type(self.annotation), inspect.IntType)

    @property
    def is_list(self) -> bool:
        """Whether it takes a list."""
        return isinstance(_base_type(self.annotation), inspect.VarTupleType)

    def title(self) -> str:
        """Its title in the interface language, such as "learning rate"."""
        return translate(f"setting.{self.key.replace('.', '-').replace('_', '-')}")

    def names(self) -> tuple[str, ...]:
        """The names that it may take; empty if its values are not names. This may import NumPy."""
        if self.list_names is not None:
            return self.list_names()
        kind = _base_type(self.annotation)
        return tuple(str(value) for value in kind.values) if isinstance(kind, inspect.LiteralType) else ()

    def expected(self) -> str:
        """The values that it takes, in the interface language: "a number from 0 to 1", "one of: gd, adam"."""
        return self._describe(_base_type(self.annotation))

    def _describe(self, kind: inspect.Type) -> str:
        if isinstance(kind, inspect.VarTupleType):
            return translate("runs.expect-list", item=self._describe(_without_metadata(kind.item_type)))
        if names := self.names():
            return translate("runs.expect-choice", names=listed(names))
        if isinstance(kind, inspect.BoolType):
            return translate("runs.expect-boolean")
        if isinstance(kind, inspect.DictType):
            return translate("runs.expect-languages")
        if not isinstance(kind, inspect.IntType | inspect.FloatType):
            return translate("runs.expect-text")
        word = "whole" if isinstance(kind, inspect.IntType) else "number"
        if kind.gt is not None or kind.lt is not None:
            word = "above" if kind.gt is not None else "below"
        low = kind.ge if kind.gt is None else kind.gt
        high = kind.le if kind.lt is None else kind.lt
        return translate(_EXPECTED[word], low=self._limit_text(low), high=self._limit_text(high))

    def _limit_text(self, value: float | None) -> str:
        """A limit with its unit."""
        number = f"{value:,.10g}".replace(",", "") if value is not None else "∞"
        return f"{number} {self.unit}" if self.unit else number

    def convert(self, value: object) -> Any:
        """``value`` converted to the type of this setting.

        Raises:
            ValueError: The setting cannot have this value. The text of the error is a hint for the learner, or empty.
        """
        try:
            result = msgspec.convert(value, self.annotation)
        except msgspec.ValidationError as error:
            raise ValueError(self._suggestion(value)) from error
        if isinstance(result, float) and not math.isfinite(result):
            raise ValueError("")
        if self.list_names is not None and not set(_as_list(result)) <= set(self.names()):
            raise ValueError(self._suggestion(result))
        return result

    def _suggestion(self, value: object) -> str:
        """The hint "Did you mean …?" with the most similar name; empty if no name is similar."""
        names = self.names()
        wrong = [item for item in _as_list(value) if isinstance(item, str) and names and item not in names]
        match = next((match for item in wrong if (match := nearest(item, names))), None)
        return translate("runs.did-you-mean", name=match) if match else ""

    def get(self, config: LabConfig) -> Any:
        """Its value in ``config``."""
        return getattr(getattr(config, self.table), self.name)

    def with_value(self, config: LabConfig, value: object) -> LabConfig:
        """A copy of ``config`` with another value, which is not checked."""
        return replace(config, **{self.table: replace(getattr(config, self.table), **{self.name: value})})

    def idle_reason(self, config: LabConfig) -> str:
        """Why it has no effect on a run of ``config``, as a sentence; empty if it may have one.

        This looks at the configuration alone and not at the data.
        """
        try:
            return self.applies(config) if self.applies is not None else ""
        except TutorError:
            return ""  # an unknown name, as in the log of a newer version


_EXPECTED = {
    "whole": "runs.expect-whole",
    "number": "runs.expect-number",
    "above": "runs.expect-above",
    "below": "runs.expect-below",
}


def _as_list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _without_metadata(kind: inspect.Type) -> inspect.Type:
    """A type without its metadata."""
    return kind.type if isinstance(kind, inspect.Metadata) else kind


def _base_type(annotation: Any) -> inspect.Type:
    """The type of a setting, without None for "not given"."""
    kind = _without_metadata(inspect.type_info(annotation))
    if isinstance(kind, inspect.UnionType):
        kind = next(each for each in map(_without_metadata, kind.types) if not isinstance(each, inspect.NoneType))
    return kind


def _declaration(annotation: Any) -> Mapping[str, Any]:
    """What `tutor.ml.settings.setting` declares about a field, which may be a union with None."""
    for each in (annotation, *typing.get_args(annotation)):
        for meta in getattr(each, "__metadata__", ()):
            if isinstance(meta, msgspec.Meta) and meta.extra:
                return meta.extra
    return {}


def _settings() -> Iterator[Setting]:
    for table, struct in _TABLES.items():
        defaults = struct()
        for name, annotation in typing.get_type_hints(struct, include_extras=True).items():
            declared = dict(_declaration(annotation))
            if table not in _TRAINING:
                declared["short_name"], declared["trains"] = "", False
            elif not declared["short_name"]:
                declared["short_name"] = name
            yield Setting(f"{table}.{name}", annotation, getattr(defaults, name), **declared)


SETTINGS: Mapping[str, Setting] = {each.key: each for each in _settings()}
"""By dotted key, in the order of the tables."""

TOP_LEVEL: Mapping[str, Setting] = {
    name: Setting(name, typing.get_type_hints(LabConfig, include_extras=True)[name], None)
    for name in ("id", "title", "about")
}
"""The id, the title and the description of a lab, above all tables."""

_BY_SHORT_NAME = {name: each for each in SETTINGS.values() for name in (each.short_name, each.alias) if name}


def find_setting(name: str) -> Setting | None:
    """The setting of that dotted key or short name; None if there is none."""
    return SETTINGS.get(name) or _BY_SHORT_NAME.get(name)


def key_of(name: str) -> str:
    """The dotted key of a short name; ``name`` itself if it is not a short name."""
    found = _BY_SHORT_NAME.get(name)
    return found.key if found is not None else name


def short_names() -> tuple[str, ...]:
    """The short names, in the order of the tables."""
    return tuple(_BY_SHORT_NAME)


def names_in(table: str) -> tuple[str, ...]:
    """The names in a table; for ``""`` the names at the top level of a lab file."""
    if not table:
        return (*TOP_LEVEL, *TABLES, "controls", "mine")
    return tuple(each.name for each in SETTINGS.values() if each.table == table)


def title_of(key: str) -> str:
    """The title of the setting with a dotted key; the key itself if there is no such setting."""
    return SETTINGS[key].title() if key in SETTINGS else key
