"""Compares several runs of one lab: what distinguishes them, and their figures at equal epochs or equal updates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite, nan
from typing import TYPE_CHECKING

from tutor.foundation.translate import language, listed, translate
from tutor.labs.controls import control_title, value_text
from tutor.labs.lab_config import ControlConfig, LabConfig
from tutor.labs.settings import SETTINGS
from tutor.runs.summary import RunSummary

if TYPE_CHECKING:
    from tutor.charts.chart_view import Counted, Knots

_SEEDS = ("train.seed", "data.seed")
_MINE = "mine"
"""Stands for the key of a setting: which slots the learner's own functions fill."""
_MAX_KNOTS = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures of one run in a comparison. A missing figure is nan.

    ``train_at`` and ``valid_at`` are the losses at the last epoch or update that all compared runs have reached.
    """

    name: str
    parameters: int
    epochs: int
    updates: int
    seconds: float
    train: float
    valid: float
    best_valid: float
    accuracy: float
    train_at: float
    valid_at: float


def short_title(name: str, control: ControlConfig, *, ascii: bool = False) -> str:
    """The short title of a control: the learning rate is ``η``."""
    if control.key == "optimizer.learning_rate" and not ascii:
        return "η"
    return control_title(name, control)


def title_of_key(spec: LabConfig, key: str, *, ascii: bool = False) -> str:
    """The short title of a dotted key."""
    for name, control in spec.controls.items():
        if control.key == key:
            return short_title(name, control, ascii=ascii)
    return short_title(key.rpartition(".")[2], ControlConfig(key=key), ascii=ascii)


def values_of(summary: RunSummary | None, spec: LabConfig) -> dict[str, object]:
    """The settings of a run that the learner may change, by dotted key, with all changes made while it was running."""
    keys = [*(control.key for control in spec.controls.values()), *_SEEDS]
    found: dict[str, object] = {key: SETTINGS[key].get(spec) for key in dict.fromkeys(keys)}
    for change in summary.changes if summary is not None else ():
        found[change.key] = change.value
    return found | {_MINE: tuple(spec.mine)}


def differences(values: dict[str, object], others: Iterable[dict[str, object]]) -> list[str]:
    """The keys for which any of ``others`` has a different value."""
    known = list(others)
    return [key for key, value in values.items() if any(each.get(key) != value for each in known)]


def name_by(
    spec: LabConfig, values: dict[str, object], keys: Sequence[str], *, recorded: bool = False, ascii: bool = False
) -> str:
    """Name a run by what distinguishes it: ``η 0.1, batch size 8``; by its seed if nothing does.

    A run of another program (``recorded``) keeps its own title, because its seed is unknown.
    """
    if recorded:
        return spec.title_in(language())
    if not keys:
        return translate("lab.seed", seed=values.get("train.seed", spec.train.seed))
    return listed(_difference_text(spec, key, values.get(key), ascii=ascii) for key in keys)


def _difference_text(spec: LabConfig, key: str, value: object, *, ascii: bool) -> str:
    if key != _MINE:
        return f"{title_of_key(spec, key, ascii=ascii)} {value_text(key, value)}"
    if not isinstance(value, tuple) or not value:
        return translate("mine.name-built-in")
    return translate("mine.name-mine", slots=", ".join(value))


def names_of(runs: Sequence[tuple[LabConfig, RunSummary | None]], *, ascii: bool = False) -> list[str]:
    """Name runs by what distinguishes them from one another, all by the same settings."""
    values = [values_of(summary, spec) for spec, summary in runs]
    keys = list(dict.fromkeys(key for each in values for key in differences(each, values)))
    return [
        name_by(spec, each, keys, recorded=summary is not None and summary.recorded, ascii=ascii)
        for (spec, summary), each in zip(runs, values, strict=True)
    ]


def short_names_of(runs: Sequence[tuple[LabConfig, RunSummary | None]], *, ascii: bool = False) -> list[str]:
    """Name each run by as few settings as distinguish it, the most telling one first; by its seed if nothing does."""
    values = [values_of(summary, spec) for spec, summary in runs]
    names = []
    for (spec, summary), own in zip(runs, values, strict=True):
        rest = [each for each in values if differences(own, [each])]
        keys: list[str] = []
        while rest:
            key = max(own, key=lambda key: sum(each.get(key) != own[key] for each in rest))
            keys.append(key)
            rest = [each for each in rest if each.get(key) == own[key] and differences(own, [each])]
        recorded = summary is not None and summary.recorded
        names.append(name_by(spec, own, keys, recorded=recorded, ascii=ascii))
    return names


def knots_of(summary: RunSummary, counts: Counted = "updates") -> Knots:
    """Points (epoch, place) between which each epoch takes equally long, from (0, 0) to the present.

    Args:
        summary: The run.
        counts: What places are: updates, or seconds as whole milliseconds. With ``epochs`` there are no knots.
    """
    if counts == "epochs":
        return ()
    if counts == "seconds":
        return ((0, 0), *((epoch, round(seconds * 1000)) for epoch, seconds in summary.times()))
    turns = [(each.epoch, each.updates) for each in summary.changes if each.key == "train.batch_size"]
    knots = [(0, 0)]
    for knot in [*turns[-_MAX_KNOTS:], (summary.epoch, summary.updates)]:
        if knot[0] > knots[-1][0] and knot[1] >= knots[-1][1]:
            knots.append(knot)
    return tuple(knots)


def place_reached(summary: RunSummary, counts: Counted) -> int:
    """The last place of a run on an axis that counts ``counts``."""
    places: dict[Counted, int] = {
        "epochs": summary.epoch, "updates": summary.updates, "seconds": round(summary.seconds * 1000)
    }  # fmt: skip
    return places[counts]


def epoch_at(summary: RunSummary, updates: int) -> int:
    """The last epoch that a run finished within ``updates`` updates."""
    done = 0
    knots = knots_of(summary)
    for (epoch, counted), (later, total) in pairwise(knots):
        if updates >= total:
            done = later
        elif updates >= counted:
            return epoch + (later - epoch) * (updates - counted) // max(1, total - counted)
    return done


def common_end(summaries: Sequence[RunSummary], *, in_updates: bool) -> int:
    """The last epoch, or update, that all runs have reached."""
    return min(((each.updates if in_updates else each.epoch) for each in summaries), default=0)


def standings(
    runs: Sequence[tuple[LabConfig, RunSummary]], *, in_updates: bool = False, ascii: bool = False
) -> list[Standing]:
    """The figures of each run, now and at equal epochs, or at equal updates."""
    end = common_end([summary for _, summary in runs], in_updates=in_updates)
    found = []
    for name, (_, summary) in zip(names_of(runs, ascii=ascii), runs, strict=True):
        epoch = epoch_at(summary, end) if in_updates else end
        accuracies = summary.valid_accuracies or summary.train_accuracies
        found.append(
            Standing(
                name=name,
                parameters=summary.data.parameters if summary.data is not None else 0,
                epochs=summary.epoch,
                updates=summary.updates,
                seconds=summary.seconds,
                train=_last(summary.train_losses),
                valid=_last(summary.valid_losses),
                best_valid=summary.best_valid_loss if summary.best_epoch else nan,
                accuracy=_last(accuracies),
                train_at=_at(summary.train_losses, epoch),
                valid_at=_at(summary.valid_losses, epoch),
            )
        )
    return found


def lowest(figures: Sequence[float]) -> int | None:
    """The index of the lowest figure; None if fewer than two are finite."""
    finite = [(value, index) for index, value in enumerate(figures) if isfinite(value)]
    return min(finite)[1] if len(finite) > 1 else None


def _last(series: Sequence[float]) -> float:
    return series[-1] if series else nan


def _at(series: Sequence[float], epoch: int) -> float:
    return series[epoch - 1] if 0 < epoch <= len(series) else nan
