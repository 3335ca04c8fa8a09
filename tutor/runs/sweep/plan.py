"""A sweep: one lab trained once for every combination of some values. Pure: it touches no file and no process.

The grid comes as words (``optimizer.learning_rate=0.001,0.01,0.1``, ``train.seed=1..30``,
``model.hidden=[16],[16,16]``) or is chosen from the controls of a lab. Cells count from 0, the last axis the fastest.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from pathlib import Path

import msgspec
from msgspec.structs import replace

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.suggest import nearest
from tutor.foundation.toml_text import TomlError, load_toml
from tutor.foundation.translate import listed, sentences, translate
from tutor.labs.controls import setting_text, value_text
from tutor.labs.faults import LabError, LabFault
from tutor.labs.lab_config import ControlConfig, LabConfig, Value
from tutor.labs.lab_files import versions, with_overrides
from tutor.labs.settings import SETTINGS, TRAINING_TABLES, Setting, find_setting, key_of, short_names
from tutor.runs.comparison import title_of_key

MOST_CELLS = 400
"""Nobody can read a map of more runs than this, and one machine takes long for them."""
MOST_CELLS_ON_CLUSTER = 10_000
"""Each leaves a folder on the disk and a line in the results."""
_RANGE = re.compile(r"(-?\d{1,18})\.\.(-?\d{1,18})")
_AT_FIRST = 2
"""How many axes are chosen at first: two make a map of one page."""
_MAX_VALUES = 7
_SEEDS = (1, 2, 3, 4, 5)
_LEFT_OUT = frozenset({"model.w", "model.b", "model.temperature"})
"""Settings that make no sense on a grid: where a descent starts, and what does not change the loss."""


class Axis(msgspec.Struct, frozen=True):
    """One setting and its values in the order in which they were given, none twice."""

    key: str
    """Dotted."""
    values: tuple[Value, ...]


class SweepPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a sweep trains."""

    version: int = 1
    spec: LabConfig
    """The settings that all cells have in common."""
    axes: tuple[Axis, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of values of each axis."""
        return tuple(len(axis.values) for axis in self.axes)

    @property
    def count(self) -> int:
        """How many cells there are."""
        return prod(self.shape)

    @property
    def comparable(self) -> bool:
        """Whether the losses of two cells measure the same thing, so that one of them can be the better one."""
        return not any(SETTINGS[axis.key].redefines_loss for axis in self.axes)

    def values_of(self, cell: int) -> tuple[Value, ...]:
        """The value of each axis in the cell with the number ``cell``, from 0.

        Raises:
            IndexError: there is no such cell.
        """
        if not 0 <= cell < self.count:
            raise IndexError(cell)
        found = []
        for axis in reversed(self.axes):
            cell, at = divmod(cell, len(axis.values))
            found.append(axis.values[at])
        return tuple(reversed(found))

    def overrides_of(self, cell: int) -> dict[str, object]:
        """The settings of a cell by dotted key."""
        return {axis.key: value for axis, value in zip(self.axes, self.values_of(cell), strict=True)}

    def changes_of(self, cell: int) -> dict[str, object]:
        """What the config of a cell changes in that of all cells, by dotted key.

        If the learner is the optimizer, a cell has one epoch, which evaluates the values.
        """
        once: dict[str, object] = {"train.epochs": 1} if self.spec.manual else {}
        return {**once, **self.overrides_of(cell)}

    def spec_of(self, cell: int) -> LabConfig:
        """The config of a cell: see `changes_of`.

        Raises:
            LabError: this combination of values cannot be run.
        """
        return with_overrides(self.spec, self.changes_of(cell))

    def name_of(self, cell: int) -> str:
        """The values of a cell for people to read: ``learning rate 0.1, batch size 32``."""
        triples = zip(self.titles(), self.axes, self.values_of(cell), strict=True)
        return listed(f"{title} {value_text(axis.key, value)}" for title, axis, value in triples)

    def titles(self) -> tuple[str, ...]:
        """The titles of the axes, as in the lab's controls."""
        return tuple(title_of_key(self.spec, axis.key, ascii=True) for axis in self.axes)

    def labels(self) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """The titles of the axes, and their values for people to read."""
        values = (tuple(value_text(axis.key, value) for value in axis.values) for axis in self.axes)
        return self.titles(), tuple(values)

    def identity(self) -> str:
        """Twelve hex digits that depend on everything that decides the losses: spec, grid, versions and data."""
        spec = replace(self.spec, train=replace(self.spec.train, pace=0.0))
        decides = [spec.id, *(_deciding(spec, table) for table in TRAINING_TABLES)]
        content = msgspec.json.encode([decides, self.axes, versions(), _stamp_of(spec)])
        return hashlib.sha256(content).hexdigest()[:12]


def _deciding(spec: LabConfig, table: str) -> dict[str, object]:
    """The settings of a table by name. One that was added later is left out at its default, for older sweeps."""
    settings = (each for each in SETTINGS.values() if each.table == table)
    values = ((each, each.get(spec)) for each in settings)
    return {each.name: value for each, value in values if each.since == 1 or value != each.default}


def _stamp_of(spec: LabConfig) -> list[int]:
    """Size and time of the learner's own data file, so that a changed file makes another sweep."""
    if not spec.data.path:
        return []
    try:
        stat = Path(spec.data.path).stat()
    except OSError:
        return []
    return [stat.st_size, stat.st_mtime_ns]


def plan_sweep(
    spec: LabConfig,
    words: Sequence[str],
    settings: Mapping[str, object] | None = None,
    *,
    most: int = MOST_CELLS,
) -> SweepPlan:
    """Plan the sweep of ``spec`` over the grid that ``words`` describe.

    Args:
        spec: The lab, with ``settings`` applied.
        words: ``KEY=VALUE,VALUE,...``, at least one.
        settings: What was set for all cells, by dotted key or short name; none of it may be on the grid too.
        most: The most cells: `MOST_CELLS`, or `MOST_CELLS_ON_CLUSTER`.

    Raises:
        TutorError: a word is not an axis, a value is wrong for its key, a key is given twice, or there are too many
            cells.
    """
    if not words:
        raise _refusal(translate("sweep.no-grid"), translate("sweep.grid-example"))
    given = [_read_word(word) for word in words]
    fixed = set(map(key_of, settings or ()))
    for setting, _ in given:
        if setting.key in fixed or sum(setting is other for other, _ in given) > 1:
            raise _refusal(translate("sweep.given-twice", key=setting.key))
    count = prod(len(values) for _, values in given)
    if count > most:
        more = most < MOST_CELLS_ON_CLUSTER
        raise _refusal(
            translate("sweep.too-many", count=f"{count:,}", most=f"{most:,}"),
            translate("sweep.too-many-hint", most=f"{MOST_CELLS_ON_CLUSTER:,}")
            if more
            else translate("sweep.too-many-on-cluster-hint"),
        )
    return SweepPlan(spec=spec, axes=tuple(Axis(setting.key, _converted(setting, values)) for setting, values in given))


def _refusal(message: str, hint: str = "") -> TutorError:
    return TutorError(message, hint=hint, exit_code=ExitCode.USAGE)


def _read_word(word: str) -> tuple[Setting, Sequence[object]]:
    """The setting of a word, and its values as typed. A range of whole numbers stays a `range`."""
    name, equals, text = word.partition("=")
    name, text = name.strip(), text.strip()
    if not equals or not name or not text:
        raise _refusal(translate("sweep.not-a-grid", word=harmless_line(word)[:80]), translate("sweep.grid-example"))
    setting = find_setting(name)
    if setting is None or not setting.trains:
        match = nearest(name, [*short_names(), *SETTINGS])
        hint = translate("runs.did-you-mean", name=match) if match else ""
        message = translate("sweep.no-axis", key=harmless_line(name)[:80])
        raise _refusal(message, hint or translate("runs.known-keys", names=listed(short_names())))
    numbers = _RANGE.fullmatch(text)
    if numbers and setting.is_integer:
        values: Sequence[object] = range(int(numbers[1]), int(numbers[2]) + 1)
        if not values:
            raise _refusal(translate("sweep.empty-range", text=text))
        return setting, values
    return setting, _listed(text)


def _listed(text: str) -> list[object]:
    """The values between commas: as TOML if the whole list is valid, else each by itself, with plain words as text."""
    try:
        return list(load_toml(f"value = [{text}]")["value"])
    except TomlError:
        return [_single(each.strip()) for each in text.split(",")]


def _single(text: str) -> object:
    try:
        return load_toml(f"value = {text}")["value"]
    except TomlError:
        return text


def _converted(setting: Setting, values: Sequence[object]) -> tuple[Value, ...]:
    """``values`` converted to the type of ``setting``, each once."""
    found: dict[Value, None] = {}
    for each in values:
        value = [each] if setting.is_list and not isinstance(each, list) else each
        try:
            converted = setting.convert(value)
        except ValueError as error:
            shown = harmless_line(setting_text(each))[:40]
            raise _refusal(
                translate("runs.wrong-value", key=setting.key, expected=setting.expected(), found=shown), str(error)
            ) from error
        found.setdefault(converted)
    if not found or "" in found:
        raise _refusal(translate("sweep.not-a-grid", word=setting.key), translate("sweep.grid-example"))
    return tuple(found)


def refuse_idle_axes(plan: SweepPlan) -> None:
    """Check that each axis changes something and that each value can be trained.

    If a value is impossible only together with some values of another axis, those cells fail; one that is impossible in
    every cell is a mistake.

    Raises:
        LabError: with the axes that change nothing, or with why a value is impossible in every cell.
    """
    seen = _Seen(plan)
    for cell in _cells_by_news(plan):
        seen.add(cell)
        if seen.settled:
            return
    for place, axis in enumerate(plan.axes):
        for value in axis.values:
            if value not in seen.possible[place]:
                raise seen.refused[place][value]
    faults = [
        LabFault(message=translate("effects.idle-axis", key=axis.key, reason=seen.reasons[place]), key=axis.key)
        for place, axis in enumerate(plan.axes)
        if place not in seen.active
    ]
    if faults:
        raise LabError(faults)


class _Seen:
    """What is known of the axes of a plan after some of its cells. Every list has an entry for each axis.

    Args:
        plan: The plan.
    """

    def __init__(self, plan: SweepPlan) -> None:
        self._plan = plan
        self.refused: list[dict[Value, TutorError]] = [{} for _ in plan.axes]
        """Why the first cell with a value cannot be run."""
        self.possible: list[set[Value]] = [set() for _ in plan.axes]
        """Values that some cell can be run with."""
        self.reasons = [""] * len(plan.axes)
        """Why an axis changes nothing in some cell."""
        self.active: set[int] = set()
        """The places of the axes that change something in some cell."""

    @property
    def settled(self) -> bool:
        """Whether every value is possible and every axis changes something; further cells change nothing in that."""
        return len(self.active) == len(self._plan.axes) and tuple(map(len, self.possible)) == self._plan.shape

    def add(self, cell: int) -> None:
        """Take a cell into account."""
        values = self._plan.values_of(cell)
        try:
            spec = self._plan.spec_of(cell)
        except TutorError as error:
            for place, value in enumerate(values):
                self.refused[place].setdefault(value, error)
            return
        for place, (axis, value) in enumerate(zip(self._plan.axes, values, strict=True)):
            self.possible[place].add(value)
            if place in self.active:
                continue
            if reason := SETTINGS[axis.key].idle_reason(spec):
                self.reasons[place] = self.reasons[place] or reason
            else:
                self.active.add(place)


def _cells_by_news(plan: SweepPlan) -> Iterator[int]:
    """All cells, those first that together have every value of every axis, as many as the longest axis has values."""
    first = []
    for step in range(max(plan.shape)):
        cell = 0
        for size in plan.shape:
            cell = cell * size + step % size
        first.append(cell)
    yield from first
    seen = set(first)
    yield from (cell for cell in range(plan.count) if cell not in seen)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A setting that can become an axis."""

    key: str
    title: str
    values: tuple[Value, ...]


@dataclass(slots=True)
class SweepChoice:
    """The choice of a grid: which controls of a lab become axes.

    Args:
        spec: The lab with the present values of its controls.
    """

    spec: LabConfig
    candidates: list[Candidate] = field(default_factory=list)
    cursor: int = 0
    chosen: list[int] = field(default_factory=list)
    """Indices of `candidates`. The last one goes across, the one before it goes down, and each other makes pages."""

    def __post_init__(self) -> None:
        controls = {control.key: control for control in self.spec.controls.values()}
        for key, control in controls.items():
            values = values_to_try(control)
            if key not in _LEFT_OUT and len(values) > 1:
                self.candidates.append(Candidate(key, title_of_key(self.spec, key, ascii=True), values))
        if "train.seed" not in controls:
            self.candidates.append(Candidate("train.seed", title_of_key(self.spec, "train.seed"), _SEEDS))
        self.chosen = list(range(min(_AT_FIRST, len(self.candidates))))

    @property
    def count(self) -> int:
        """How many runs the grid has."""
        return math.prod(len(self.candidates[index].values) for index in self.chosen) if self.chosen else 0

    @property
    def too_many(self) -> bool:
        """Whether the grid has more runs than a sweep may have."""
        return self.count > MOST_CELLS

    def move(self, steps: int) -> None:
        """Move the cursor down, or up if ``steps`` is negative."""
        self.cursor = (self.cursor + steps) % len(self.candidates)

    def toggle(self) -> None:
        """Choose the candidate under the cursor, or drop it."""
        if self.cursor in self.chosen:
            self.chosen.remove(self.cursor)
        else:
            self.chosen = [*self.chosen, self.cursor]

    def plan(self) -> SweepPlan:
        """The plan of the chosen grid.

        Raises:
            TutorError: nothing is chosen, there are too many cells, or an axis changes nothing.
        """
        if not self.chosen:
            raise TutorError(translate("sweepscreen.choose-first"), exit_code=ExitCode.USAGE)
        if self.too_many:
            message = translate("sweep.too-many", count=f"{self.count:,}", most=MOST_CELLS)
            raise TutorError(sentences(message, translate("sweepscreen.too-many-hint")), exit_code=ExitCode.USAGE)
        axes = tuple(Axis(self.candidates[index].key, self.candidates[index].values) for index in self.chosen)
        plan = SweepPlan(spec=self.spec, axes=axes)
        refuse_idle_axes(plan)
        return plan


def values_to_try(control: ControlConfig) -> tuple[Value, ...]:
    """The values of a control on a grid: its choices, or a few values of its range, including both ends."""
    if control.choices:
        return control.choices[: 2 * _MAX_VALUES]
    low, high = float(control.low or 0.0), float(control.high or 0.0)
    if control.logarithmic:
        decades = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
        stride = max(1, math.ceil(len(decades) / _MAX_VALUES))
        found = [float(f"1e{decade}") for decade in decades[::stride]]
    else:
        found = [round(low + (high - low) * quarter / 4, 10) for quarter in range(5)]
    if SETTINGS[control.key].is_integer:
        return tuple(dict.fromkeys(int(value) for value in found))
    return tuple(found)
