"""The results of a sweep: one line per event in a file that only grows, which any number of viewers follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import inf, isfinite
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from tutor.foundation.errors import TutorError
from tutor.foundation.files import read_file
from tutor.foundation.translate import translate
from tutor.labs.lab_files import harmless_lab
from tutor.labs.settings import SETTINGS
from tutor.runs.events import Count
from tutor.runs.follower import LOCK_FILE
from tutor.runs.log import LogReader, Tail
from tutor.runs.processes import is_held
from tutor.runs.sweep.plan import MOST_CELLS_ON_CLUSTER, SweepPlan

PLAN_FILE = "plan.json"
RESULTS_FILE = "results.jsonl"
RUNS_FOLDER = "runs"
"""In a sweep's folder: one ordinary run per cell."""
_PIECE = 1 << 18
_LARGEST_PLAN = 4 << 20

CellState = Literal["finished", "diverged", "stopped", "failed"]


class _Line(Struct, frozen=True, kw_only=True, tag_field="type"):
    """One line of the results."""


class Opened(_Line, tag="opened", frozen=True, kw_only=True):
    """A worker has started or resumed the sweep; no cell of an earlier worker is running any more."""

    pid: Count


class Begun(_Line, tag="begun", frozen=True, kw_only=True):
    """A cell's run has begun."""

    cell: Count
    run: str
    """The name of the run's folder in `RUNS_FOLDER`; empty if its log comes only at its end, from another machine."""


class CellResult(_Line, tag="cell", frozen=True, kw_only=True):
    """A cell's run has ended. The last line of a cell counts."""

    cell: Count
    run: str
    state: CellState
    train_loss: float | None = None
    """None if it is not finite, because JSON has no such number."""
    valid_loss: float | None = None
    """None if it is not finite, or if there is no validation."""
    valid_accuracy: float | None = None
    """None for a regression."""
    epochs: Count = 0
    updates: Count = 0
    seconds: float = 0.0
    message: str = ""
    """Why it failed or diverged, in a sentence."""

    @property
    def loss(self) -> float | None:
        """What the map shows: the validation loss, else the training loss; None unless the run finished with one."""
        value = self.train_loss if self.valid_loss is None else self.valid_loss
        return value if self.state == "finished" and value is not None and isfinite(value) else None

    @property
    def done(self) -> bool:
        """Whether running the cell again would give nothing new."""
        return self.state in {"finished", "diverged"}


class Troubled(_Line, tag="trouble", frozen=True, kw_only=True):
    """The sweep itself could not continue."""

    message: str
    hint: str = ""


SweepEvent = Opened | Begun | CellResult | Troubled


@dataclass(slots=True)
class SweepState:
    """The present state of a sweep, by number of cell."""

    results: dict[int, CellResult] = field(default_factory=dict)
    going: dict[int, str] = field(default_factory=dict)
    """The runs of the cells that are running."""
    trouble: Troubled | None = None

    def best(self) -> int | None:
        """The finished cell with the lowest loss; the first one if several have it."""
        best, lowest = None, inf
        for cell, result in sorted(self.results.items()):
            if result.loss is not None and result.loss < lowest:
                best, lowest = cell, result.loss
        return best

    def cells(self, count: int) -> list[tuple[str, float | None]]:
        """The state of each of ``count`` cells (``going``, ``waiting``, or that of its result) and its loss."""
        found: list[tuple[str, float | None]] = []
        for number in range(count):
            result = self.results.get(number)
            if number in self.going:
                found.append(("going", None))
            else:
                found.append(("waiting", None) if result is None else (result.state, result.loss))
        return found

    def waiting(self, count: int) -> list[int]:
        """The cells of ``count`` that still have to run: without a result, stopped or failed."""
        return [cell for cell in range(count) if cell not in self.results or not self.results[cell].done]

    def ended(self, count: int) -> int:
        """How many of ``count`` cells have a result of any kind."""
        return sum(cell < count for cell in self.results)


def fold_sweep(state: SweepState, events: Iterable[SweepEvent]) -> SweepState:
    """Fold ``events`` into ``state``, in place, and return it."""
    for event in events:
        if isinstance(event, CellResult):
            state.results[event.cell] = event
            state.going.pop(event.cell, None)
        elif isinstance(event, Begun):
            state.going[event.cell] = event.run
        elif isinstance(event, Opened):
            state.going.clear()
            state.trouble = None
        else:
            state.trouble = event
    return state


class SweepFollower:
    """Follows one sweep, while it is running or later.

    Args:
        folder: The sweep's folder; its results need not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = SweepState()
        self._tail = Tail(folder / RESULTS_FILE)
        self._reader: LogReader[SweepEvent] = LogReader(SweepEvent)

    @property
    def skipped(self) -> int:
        """Lines that could not be read."""
        return self._reader.skipped

    @property
    def alive(self) -> bool:
        """Whether its worker is alive, known from its lock."""
        return is_held(self.folder / LOCK_FILE)

    def poll(self) -> list[SweepEvent]:
        """Fold the events since the last poll into `state`, and return them. Without a worker, no cell is running."""
        alive = self.alive
        events = list(self._read())
        fold_sweep(self.state, events)
        if not alive:
            self.state.going.clear()
        return events

    def run_folder(self, cell: int) -> Path | None:
        """The folder of a cell's run, running or ended; None if the cell has not begun or the folder is gone."""
        result = self.state.results.get(cell)
        run = self.state.going.get(cell) or (result.run if result is not None else "")
        folder = self.folder / RUNS_FOLDER / Path(run).name
        return folder if run and folder.is_dir() else None

    def _read(self) -> Iterator[SweepEvent]:
        try:
            while piece := self._tail.read(_PIECE):
                yield from self._reader.events(piece)
        except OSError as error:
            if not self._tail.offset:
                reason = error.strerror or str(error)
                message = translate("runs.cannot-read", path=self.folder / RESULTS_FILE, reason=reason)
                self.state.trouble = Troubled(message=message)


def read_plan(folder: Path) -> SweepPlan:
    """The plan in a sweep's folder.

    Raises:
        TutorError: it cannot be read.
    """
    try:
        values = msgspec.json.decode(read_file(folder / PLAN_FILE, _LARGEST_PLAN), type=dict[str, Any])
        plan = msgspec.convert({**values, "spec": harmless_lab(values.get("spec"))}, SweepPlan)
    except (OSError, msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise TutorError(translate("runs.cannot-read", path=folder / PLAN_FILE, reason=reason)) from error
    known = all(axis.key in SETTINGS and axis.values for axis in plan.axes)
    if not (known and plan.axes and plan.count <= MOST_CELLS_ON_CLUSTER):
        reason = translate("sweep.no-plan")
        raise TutorError(translate("runs.cannot-read", path=folder / PLAN_FILE, reason=reason))
    return plan
