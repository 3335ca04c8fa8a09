"""What a key of a spec expects, in words, read from the very types that check it."""

from __future__ import annotations

import math
import typing
from typing import Any

import msgspec
from msgspec import inspect

from tutor.foundation.suggest import nearest
from tutor.foundation.translate import listed, translate
from tutor.labs import lab_config

TABLES = ("data", "model", "loss", "optimizer", "train", "show", "challenge")
"""The tables whose keys are fields; ``controls`` has keys of its own."""


def _annotations() -> dict[str, Any]:
    """The annotation, with its limits, of every dotted key."""
    found: dict[str, Any] = {}
    structs = {
        "data": lab_config.DataSettings,
        "model": lab_config.ModelSettings,
        "loss": lab_config.LossSettings,
        "optimizer": lab_config.OptimizerSettings,
        "train": lab_config.TrainSettings,
        "show": lab_config.ShowConfig,
        "challenge": lab_config.ChallengeConfig,
    }
    for table, struct in structs.items():
        for name, annotation in typing.get_type_hints(struct, include_extras=True).items():
            found[f"{table}.{name}"] = annotation
    for name in ("id", "title", "about"):
        found[name] = typing.get_type_hints(lab_config.LabConfig, include_extras=True)[name]
    return found


ANNOTATIONS = _annotations()
"""By dotted key."""


def keys_of(table: str) -> tuple[str, ...]:
    """The keys of a table, without its name; of the top level for ``""``."""
    if not table:
        return ("id", "title", "about", *TABLES, "controls")
    return tuple(key.partition(".")[2] for key in ANNOTATIONS if key.startswith(f"{table}."))


def _kind(key: str) -> inspect.Type:
    """The type of ``key``, without the None of "not given"."""
    kind = inspect.type_info(ANNOTATIONS[key])
    if isinstance(kind, inspect.UnionType):
        kind = next(each for each in kind.types if not isinstance(each, inspect.NoneType))
    return kind


def is_number(key: str) -> bool:
    """Whether ``key`` takes numbers, so that a control over it may be a range."""
    return isinstance(_kind(key), inspect.IntType | inspect.FloatType)


def is_whole(key: str) -> bool:
    """Whether ``key`` takes whole numbers only."""
    return isinstance(_kind(key), inspect.IntType)


def is_list(key: str) -> bool:
    """Whether ``key`` takes a list."""
    return isinstance(_kind(key), inspect.VarTupleType)


def names_of(key: str) -> tuple[str, ...]:
    """The names that ``key`` may be, where it is a choice among names."""
    kind = _kind(key)
    if isinstance(kind, inspect.VarTupleType):
        kind = kind.item_type
    return tuple(str(value) for value in kind.values) if isinstance(kind, inspect.LiteralType) else ()


def expected(key: str) -> str:
    """What ``key`` takes, in the interface language: "a number from 0 to 1", "one of: gd, adam"."""
    return _describe(_kind(key))


def _describe(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.LiteralType):
        return translate("runs.expect-choice", names=listed(str(value) for value in kind.values))
    if isinstance(kind, inspect.BoolType):
        return translate("runs.expect-boolean")
    if isinstance(kind, inspect.IntType):
        return translate("runs.expect-whole", low=_limit(kind.ge), high=_limit(kind.le))
    if isinstance(kind, inspect.FloatType):
        if kind.gt is not None or kind.lt is not None:
            low = _limit(kind.gt if kind.gt is not None else kind.ge)
            high = _limit(kind.lt if kind.lt is not None else kind.le)
            key = "runs.expect-above" if kind.gt is not None else "runs.expect-below"
            return translate(key, low=low, high=high)
        return translate("runs.expect-number", low=_limit(kind.ge), high=_limit(kind.le))
    if isinstance(kind, inspect.VarTupleType):
        return translate("runs.expect-list", item=_describe(kind.item_type))
    if isinstance(kind, inspect.DictType):
        return translate("runs.expect-languages")
    return translate("runs.expect-text")


def _limit(value: float | None) -> str:
    return f"{value:,.10g}".replace(",", "") if value is not None else "∞"


def convert(key: str, value: object) -> Any:
    """``value`` as ``key`` takes it.

    Raises:
        ValueError: it does not; the error's text is a hint for the reader, or empty.
    """
    try:
        result = msgspec.convert(value, ANNOTATIONS[key])
    except msgspec.ValidationError as error:
        raise ValueError(_hint(key, value)) from error
    if isinstance(result, float) and not math.isfinite(result):
        raise ValueError("")
    return result


def _hint(key: str, value: object) -> str:
    names = names_of(key)
    items = value if isinstance(value, list | tuple) else [value]
    wrong = [item for item in items if isinstance(item, str) and names and item not in names]
    match = next((match for item in wrong if (match := nearest(item, names))), None)
    return translate("runs.did-you-mean", name=match) if match else ""
