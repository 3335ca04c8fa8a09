"""What an author should know about a lab before anybody runs it: its data, its controls, and the facts of its goal.

`tutor.labs.validate` refuses what cannot be run. This goes further, and reads the data: a column that does not exist
stops a run only when it starts, and a goal over a fact that no run reports is never met.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tutor.course.conditions import hint_for_name
from tutor.foundation.data_names import data_name
from tutor.foundation.errors import TutorError
from tutor.foundation.files import is_file, named_path
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import listed, translate
from tutor.labs.facts import facts_of, reports_more
from tutor.labs.goals import goal_of_run
from tutor.labs.lab_config import ControlConfig, LabConfig
from tutor.labs.own_lab import require_text
from tutor.labs.panel import TwoClassPanel
from tutor.labs.panels import panel_class
from tutor.labs.settings import SETTINGS, Setting
from tutor.labs.validate import Fault, validate, ways
from tutor.tables.dialect import clean_name

if TYPE_CHECKING:
    from tutor.ml.datasets.dataset import RawData
    from tutor.tables.reader import Table

_NAMES_SHOWN = 20
_MOST_COLUMNS_TOLD = 10
_MOST_WAYS = 120
_MOST_PAIRS = 2_000
"""Anybody may have written the lab: these bound the time of its check."""


def faults_before_a_run(lab: LabConfig, folder: Path, data_folder: Path) -> list[Fault]:
    """What is wrong with a lab that can be read.

    Args:
        lab: The lab.
        folder: The folder of its file.
        data_folder: The folder of data.
    """
    faults: list[Fault] = []
    if lab.data.name == "csv":
        raw = _read_table(lab, folder, data_folder, faults)
        if raw is not None:
            lab = replace(lab, data=replace(lab.data, task=raw.task))
            faults += validate(lab) or _faults_of_classes(lab, len(raw.class_names))
            faults += _faults_of_shown(lab, raw.feature_names, own=True)
    else:
        faults += _faults_of_shipped_data(lab, data_folder)
    faults += _faults_of_controls(lab)
    faults += _faults_of_goal(lab)
    twice, times = next(iter(Counter(lab.show.panels).most_common(1)), ("", 0))
    if times > 1:
        faults.append(Fault("show.panels", translate("labcheck.panel-twice", panel=twice)))
    return faults


# -- data -------------------------------------------------------------------------------------------------------------


def _read_table(lab: LabConfig, folder: Path, data_folder: Path, faults: list[Fault]) -> RawData | None:
    """The table of a lab; None if it cannot be used, and then ``faults`` says why."""
    from tutor.ml.datasets.sources.own_table import load_labelled_table
    from tutor.tables.reader import read_table

    data = lab.data
    path = data_folder / named_path(data.path)  # an absolute path stays as it is
    if not is_file(path):
        faults.append(_no_such_file(data.path, folder, data_folder))
        return None
    try:
        table = read_table(path, decimal=data.decimal)
    except TutorError as error:
        faults.append(Fault("data.path", error.message, error.hint))
        return None
    wrong = list(_faults_of_columns(lab, table))
    if wrong:
        faults += wrong
        return None
    try:
        return load_labelled_table(
            path, data.target, data.features, task=data.task, group=data.group, decimal=data.decimal
        )
    except TutorError as error:
        faults.append(Fault("data.target", error.message, error.hint))
        return None


def _faults_of_columns(lab: LabConfig, table: Table) -> Iterator[Fault]:
    missing = ((key, name) for key, name in _columns_of(lab) if clean_name(name) not in table.columns)
    for key, name in islice(missing, _MOST_COLUMNS_TOLD):
        try:
            table.column(name)
        except TutorError as error:
            yield Fault(key, error.message, error.hint)
    if lab.data.target in lab.data.features:
        message = translate("labcheck.target-is-feature", column=harmless_line(lab.data.target))
        yield Fault("data.features", message)


def _columns_of(lab: LabConfig) -> Iterator[tuple[str, str]]:
    """The columns that a lab names, each with its key."""
    yield "data.target", lab.data.target
    yield from (("data.features", name) for name in lab.data.features)
    if lab.data.group:
        yield "data.group", lab.data.group


def _faults_of_classes(lab: LabConfig, classes: int) -> Iterator[Fault]:
    for panel in lab.show.panels:
        if issubclass(panel_class(panel), TwoClassPanel) and classes != 2:
            message = translate("runs.impossible-panel", panel=panel, model=lab.model.name)
            yield Fault("show.panels", message, translate("panel.needs-two-classes"))


def _no_such_file(name: str, folder: Path, data_folder: Path) -> Fault:
    """The fault of a table that is neither beside the lab file nor in the folder of data; the hint names one that is.

    A table in the folder of data is named without its folder.
    """
    known = {path.name: path.name for path in data_folder.glob("*.csv")} | {
        path.name: path.name for path in folder.glob("*.csv")
    }
    near = nearest(named_path(name).name, known)
    hint = translate("runs.did-you-mean", name=harmless_line(near)) if near else translate("labcheck.no-file-hint")
    return Fault("data.path", translate("own.no-file", path=harmless_line(name)), hint)


def _faults_of_shipped_data(lab: LabConfig, data_folder: Path) -> Iterator[Fault]:
    """What is wrong with the text of a lab, or with the columns that it names of a data set of the course."""
    if lab.data.path:
        try:
            require_text(lab)
        except TutorError as error:
            yield Fault("data.path", error.message, error.hint)
    if not (lab.data.features or lab.show.features):
        return
    from tutor.ml.datasets import load_dataset
    from tutor.ml.settings import DataSettings

    try:
        load_dataset(DataSettings(name=lab.data.name), data_folder=data_folder)
    except TutorError as error:
        yield Fault("data.name", error.message, error.hint)
        return
    try:
        chosen = DataSettings(name=lab.data.name, features=lab.data.features)
        names = load_dataset(chosen, data_folder=data_folder).feature_names
    except TutorError as error:
        yield Fault("data.features", error.message, error.hint)
        return
    yield from _faults_of_shown(lab, names)


def _faults_of_shown(lab: LabConfig, names: tuple[str, ...], *, own: bool = False) -> Iterator[Fault]:
    """Which features a boundary should span that the model does not get."""
    for name in lab.show.features:
        if name not in names:
            near = nearest(name, names)
            known = listed(harmless_line(each if own else data_name(each)) for each in names[:_NAMES_SHOWN])
            hint = translate("ml.did-you-mean", near=harmless_line(near)) if near else ""
            message = translate("ml.no-such-column", column=harmless_line(name), known=known)
            yield Fault("show.features", message, hint)
            return
    if len(lab.show.features) == 1:
        yield Fault("show.features", translate("labcheck.two-features"))


# -- controls ---------------------------------------------------------------------------------------------------------


def _faults_of_controls(lab: LabConfig) -> Iterator[Fault]:
    """Which controls never have an effect, and which choices no run can have.

    Controls are turned one by one and two at a time. If there are too many ways to turn them, nothing is said.
    """
    if sum(len(control.choices) or 2 for control in lab.controls.values()) > _MOST_WAYS:
        return
    for name, control in lab.controls.items():
        others = [way for other, each in lab.controls.items() if other != name for way in ways(lab, each)]
        reason = SETTINGS[control.key].idle_reason(lab)
        if reason and _is_always_idle(SETTINGS[control.key], _with_pairs(lab, name, others)):
            yield Fault(f"controls.{name}", translate("effects.idle", key=name, reason=reason))
            continue
        for value in control.choices:
            faults = _faults_with(lab, control, value)
            if faults and all(_faults_with(way, control, value) for way in others):
                message = translate("labcheck.impossible-choice", name=name, value=str(value), reason=faults[0].message)
                yield Fault(f"controls.{name}", harmless_line(message), faults[0].hint)
                break


def _is_always_idle(setting: Setting, labs: Iterator[LabConfig]) -> bool:
    """Whether a setting has no effect in any of ``labs``; False if they are too many to try."""
    if not all(setting.idle_reason(lab) for lab in islice(labs, _MOST_PAIRS)):
        return False
    return next(labs, None) is None


def _with_pairs(lab: LabConfig, name: str, others: list[LabConfig]) -> Iterator[LabConfig]:
    """The lab with another control turned, and with two others turned; lazily, because one is nearly always enough."""
    yield from others
    for way in others:
        for other, each in lab.controls.items():
            if other != name:
                yield from ways(way, each)


def _faults_with(lab: LabConfig, control: ControlConfig, value: object) -> list[Fault]:
    return validate(SETTINGS[control.key].with_value(lab, value))


# -- the goal ---------------------------------------------------------------------------------------------------------


def _faults_of_goal(lab: LabConfig) -> Iterator[Fault]:
    goal = goal_of_run(lab)
    if goal is None or reports_more(lab):
        return
    known = facts_of(lab)
    for way in (way for control in lab.controls.values() for way in ways(lab, control)):
        known |= facts_of(way)
    unknown = min((name for part in goal.parts for name in part.names if name not in known), default=None)
    if unknown is not None:
        yield Fault("challenge.goal", translate("labcheck.goal-fact", name=unknown), hint_for_name(unknown, known))
