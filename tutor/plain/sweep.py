"""``tutor sweep``: start or resume a sweep and report each combination as it ends: a line, JSON, or a cell of a map."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TextIO

from tutor.charts.numbers import figure
from tutor.charts.sweep_map import MapCell, MapShape, map_width, small_map, sweep_map
from tutor.course.packs.installed import open_course
from tutor.foundation import paths
from tutor.foundation.errors import ExitCode
from tutor.foundation.safe_text import harmless_json, harmless_line
from tutor.foundation.text import cell_width, pad, pad_left
from tutor.foundation.translate import language, sentences, translate
from tutor.labs.settings import key_of
from tutor.plain.moving_chart import ansi_lines
from tutor.plain.reporters import colour_of, wants_ascii
from tutor.plain.train import config_to_train
from tutor.runs.control import Stop, send
from tutor.runs.sweep.plan import MOST_CELLS, MOST_CELLS_ON_CLUSTER, SweepPlan, plan_sweep, refuse_idle_axes
from tutor.runs.sweep.registry import Sweeps
from tutor.runs.sweep.results import CellResult, Opened, SweepEvent, SweepFollower, Troubled
from tutor.typeset.speech import spoken_figure

_POLL_SECONDS = 1 / 20


def sweep(
    lab: str | None,
    grid: Sequence[str],
    overrides: Mapping[str, object],
    style: str | None,
    *,
    data: str | None = None,
    jobs: int | None = None,
    dask: str = "",
    fresh: bool = False,
) -> int:
    """Train a lab once for each combination of some values, and report it on standard output.

    Args:
        lab: The id of a lab or the path of a lab file; None if ``data`` is given.
        grid: ``KEY=VALUE,VALUE,...`` words.
        overrides: New values of settings for all cells, by dotted key or short name.
        style: ``plain``, ``json``, or None for what suits standard output.
        data: The path of a table of the learner's own, from which a lab is made.
        jobs: The number of runs at a time; by default the number of processors.
        dask: The address of a Dask scheduler whose workers train the cells.
        fresh: Forget earlier results.

    Returns:
        The exit code: 0 if every cell ended by itself, 5 if one failed or the sweep could not continue, 130 after
        Ctrl-C.

    Raises:
        TutorError: Lab, grid or settings are wrong, Dask is not installed, or nothing can be started.
    """
    course = open_course()
    spec = config_to_train(lab, data, {**_implied(data, grid, overrides), **overrides}, course)
    plan = plan_sweep(spec, grid, overrides, most=MOST_CELLS_ON_CLUSTER if dask else MOST_CELLS)
    refuse_idle_axes(plan)
    if dask:
        from tutor.runs.sweep.cluster import require_dask

        require_dask()
    sweeps = Sweeps(paths.sweeps_folder())
    started = sweeps.start(plan, data_folder=course.data_folder, jobs=jobs, dask=dask, fresh=fresh)
    return _follow(started, plan, choose_sweep_reporter(style, plan, harmless_line(spec.title_in(language()))))


def _implied(data: str | None, grid: Sequence[str], overrides: Mapping[str, object]) -> dict[str, object]:
    """A sweep of hidden layers over the learner's own table implies the model ``mlp``, the only one that has them."""
    keys = {key_of(key) for key in (word.partition("=")[0].strip() for word in grid)}
    named = keys | {key_of(key) for key in overrides}
    return {"model.name": "mlp"} if data is not None and "model.hidden" in keys and "model.name" not in named else {}


def _follow(folder: Path, plan: SweepPlan, reporter: SweepReporter) -> int:
    follower = SweepFollower(folder)
    interrupted = alive = False
    while True:
        try:
            # Checked before reading, so that the last line of a worker that ends in between is still read.
            alive = follower.alive
            reporter.events(follower.poll(), follower)
            if not alive:
                break
            time.sleep(_POLL_SECONDS)
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            send(folder, Stop())
    _tell_death(follower, plan, interrupted=interrupted)
    reporter.end(follower)
    if interrupted:
        return int(ExitCode.INTERRUPTED)
    done = all(result.done for result in follower.state.results.values()) and not follower.state.waiting(plan.count)
    return int(ExitCode.OK if done else ExitCode.RUN_FAILED)


def _tell_death(follower: SweepFollower, plan: SweepPlan, *, interrupted: bool) -> None:
    """Report trouble if the worker ended without a word and cells are left that nobody stopped."""
    state = follower.state
    if not interrupted and state.trouble is None and state.ended(plan.count) < plan.count:
        state.trouble = Troubled(message=translate("sweep.died"))


_WIDEST_NAME = 60
_DRAWING_SHARE = 10
"""A small map is drawn at most during one part in this many of the time."""
_LEAST_ROOM = (40, 12)
"""Columns and rows of the smallest terminal in which a small map can be read."""
_BELOW_MAP = 4
"""Rows for the outcome below a map."""


class SweepReporter(Protocol):
    """Receives every event of a sweep, including those before it was resumed, then its end."""

    def events(self, events: Iterable[SweepEvent], follower: SweepFollower) -> None:
        """Report new events; the follower's state already includes them."""

    def end(self, follower: SweepFollower) -> None:
        """Report how the sweep ended."""


def best_cell(plan: SweepPlan, follower: SweepFollower) -> int | None:
    """The best cell, or None if losses cannot be compared."""
    return follower.state.best() if plan.comparable else None


def outcome_of(result: CellResult, *, ascii: bool = False) -> str:
    """The result of a cell in a few words."""
    if result.state == "failed":
        return translate("sweep.state-failed", message=result.message)
    if result.state != "finished":
        return translate("sweep.state-diverged" if result.state == "diverged" else "sweep.state-stopped")
    key = "sweep.loss-train" if result.valid_loss is None else "sweep.loss-valid"
    return translate(key, loss=figure(result.loss, ascii=ascii))


def last_lines(plan: SweepPlan, follower: SweepFollower, *, ascii: bool = False) -> list[str]:
    """How a sweep ended, in one or a few sentences."""
    state = follower.state
    done = plan.count - len(state.waiting(plan.count))
    lines = [translate("sweep.all-done" if done == plan.count else "sweep.not-all", done=done, count=plan.count)]
    if state.trouble is not None:
        lines.insert(0, sentences(state.trouble.message, state.trouble.hint))
    if not plan.comparable:
        return [*lines, translate("sweep.incomparable")]
    best = state.best()
    if best is None:
        return [*lines, translate("sweep.none-finished")] if done else lines
    result = state.results[best]
    key = "sweep.best-train" if result.valid_loss is None else "sweep.best-valid"
    return [*lines, translate(key, name=plan.name_of(best), loss=figure(result.loss, ascii=ascii))]


class LineSweepReporter:
    """One line per cell, in the order in which they end."""

    def __init__(self, out: TextIO, plan: SweepPlan) -> None:
        self._out = out
        self._plan = plan
        self._first = True
        widest = cell_width(plan.name_of(_widest_cell(plan)))
        self._name_width = widest if widest <= _WIDEST_NAME else 0

    def events(self, events: Iterable[SweepEvent], follower: SweepFollower) -> None:
        """Write a line for each cell that ended; cells that were done before come first."""
        events = list(events)
        if self._first and events:
            self._first = False
            self._tell_kept(events)
        lines = [self._line(event) for event in events if isinstance(event, CellResult)]
        if lines:
            self._out.write("\n".join(lines) + "\n")
        self._out.flush()

    def _tell_kept(self, events: list[SweepEvent]) -> None:
        """Write how many cells were done when the present worker resumed the sweep."""
        opened = [number for number, event in enumerate(events) if isinstance(event, Opened)]
        before = events[: opened[-1]] if opened else []
        done = {event.cell for event in before if isinstance(event, CellResult) and event.done}
        if done:
            self._out.write(translate("sweep.kept", done=len(done), count=self._plan.count) + "\n")

    def _line(self, result: CellResult) -> str:
        count = str(self._plan.count)
        number = f"{pad_left(str(result.cell + 1), len(count))}/{count}"
        name = pad(self._plan.name_of(result.cell), self._name_width)
        return translate("sweep.line", number=number, name=name, outcome=outcome_of(result)).rstrip()

    def end(self, follower: SweepFollower) -> None:
        """Write the outcome."""
        self._out.write("\n".join(last_lines(self._plan, follower)) + "\n")
        self._out.flush()


def _widest_cell(plan: SweepPlan) -> int:
    """The cell with the widest value on every axis."""
    cell = 0
    for values in plan.labels()[1]:
        widths = [cell_width(value) for value in values]
        cell = cell * len(values) + widths.index(max(widths))
    return cell


class SpokenSweepReporter:
    """What is swept, then a sentence for each cell that ends, for a screen reader."""

    def __init__(self, out: TextIO, plan: SweepPlan, title: str) -> None:
        self._out = out
        self._plan = plan
        self._title = title
        self._begun = False
        self._ended = 0

    def events(self, events: Iterable[SweepEvent], follower: SweepFollower) -> None:
        """Write a sentence for each cell that ended."""
        plan = self._plan
        if not self._begun:
            self._begun = True
            self._out.write(translate("sweep.begins", title=self._title, count=plan.count) + "\n")
        for event in events:
            if isinstance(event, CellResult):
                self._ended += 1
                said = translate(
                    "sweep.said", number=self._ended, count=plan.count, name=plan.name_of(event.cell),
                    outcome=self._outcome(event),
                )  # fmt: skip
                self._out.write(said + "\n")
        self._out.flush()

    @staticmethod
    def _outcome(result: CellResult) -> str:
        if result.state != "finished" or result.loss is None:
            return outcome_of(result)
        key = "sweep.loss-train" if result.valid_loss is None else "sweep.loss-valid"
        return translate(key, loss=spoken_figure(result.loss))

    def end(self, follower: SweepFollower) -> None:
        """Write the outcome."""
        self._out.write("\n".join(last_lines(self._plan, follower)) + "\n")
        self._out.flush()


class JsonSweepReporter:
    """Every line of the results with the values of its cell, as JSON, and the summary as the last line."""

    def __init__(self, out: TextIO, plan: SweepPlan) -> None:
        import msgspec

        self._out = out
        self._plan = plan
        self._encode = msgspec.json.Encoder().encode
        self._builtins = msgspec.to_builtins

    def events(self, events: Iterable[SweepEvent], follower: SweepFollower) -> None:
        """Write each event."""
        for event in events:
            line = self._builtins(event)
            if "cell" in line:
                line["values"] = self._plan.overrides_of(line["cell"])
            self._out.write(harmless_json(self._encode(line).decode()) + "\n")
        self._out.flush()

    def end(self, follower: SweepFollower) -> None:
        """Write how many cells are done, and which is best."""
        state, plan = follower.state, self._plan
        best = best_cell(plan, follower)
        summary = {
            "type": "summary",
            "folder": str(follower.folder),
            "cells": plan.count,
            "done": plan.count - len(state.waiting(plan.count)),
            "best": None if best is None else {"cell": best, "values": plan.overrides_of(best)},
            "loss": None if best is None else state.results[best].loss,
            "message": state.trouble.message if state.trouble is not None else "",
        }
        self._out.write(harmless_json(self._encode(summary).decode()) + "\n")
        self._out.flush()


class MapSweepReporter:
    """A map that is redrawn in place while it fills in, and left there at the end.

    Args:
        out: Where to draw.
        plan: The sweep.
        colour: Whether to draw in colour.
        ascii: Whether to draw with ASCII alone.
        room: Columns and rows that a small map has, which shows a sign for each cell or block of cells; None: the map
            with figures.
    """

    def __init__(
        self, out: TextIO, plan: SweepPlan, *, colour: bool, ascii: bool, room: tuple[int, int] | None = None
    ) -> None:
        self._out = out
        self._plan = plan
        self._shape = MapShape(*plan.labels())
        self._colour = colour
        self._ascii = ascii
        self._room = room
        self._drawn = 0
        self._stale = True
        self._next_at = 0.0

    def events(self, events: Iterable[SweepEvent], follower: SweepFollower) -> None:
        """Draw the map if anything is new."""
        self._stale = self._stale or bool(list(events))
        began = time.monotonic()
        if self._stale and began >= self._next_at:
            self._draw(follower)
            if self._room is not None:
                # Drawing thousands of cells must not take the time of those who train them.
                self._next_at = began + _DRAWING_SHARE * (time.monotonic() - began)

    def end(self, follower: SweepFollower) -> None:
        """Draw the last state and write the outcome below it."""
        self._draw(follower)
        failed = [result for result in follower.state.results.values() if result.state == "failed"]
        lines = [f"{self._plan.name_of(result.cell)}: {outcome_of(result)}" for result in failed[:1]]
        self._out.write("\n".join([*lines, *last_lines(self._plan, follower, ascii=self._ascii)]) + "\n")
        self._out.flush()

    def _draw(self, follower: SweepFollower) -> None:
        best = best_cell(self._plan, follower)
        cells = [MapCell(*each) for each in follower.state.cells(self._plan.count)]
        if self._room is None:
            rows = sweep_map(self._shape, cells, best=best, ascii=self._ascii)
        else:
            rows = small_map(self._shape, cells, *self._room, best=best, ascii=self._ascii)
        text = "".join(f"{row}\x1b[K\n" for row in ansi_lines(rows, colour=self._colour))
        self._out.write((f"\x1b[{self._drawn}A\r" if self._drawn else "") + text)
        self._out.flush()
        self._drawn = len(rows)
        self._stale = False


def choose_sweep_reporter(style: str | None, plan: SweepPlan, title: str = "") -> SweepReporter:
    """The reporter for ``style``: ``json``, ``plain`` or ``narrate``; by default a map, if the terminal has room.

    For a sweep of so many cells that nobody would read their lines, it is a map of signs without figures.
    """
    if style == "json":
        return JsonSweepReporter(sys.stdout, plan)
    if style == "narrate":
        return SpokenSweepReporter(sys.stdout, plan, title)
    shape, size = MapShape(*plan.labels()), shutil.get_terminal_size()
    room = None
    fits = map_width(shape) < size.columns and plan.count // shape.columns + 3 < size.lines
    if not fits and plan.count > MOST_CELLS:
        room = (size.columns - 1, size.lines - _BELOW_MAP)
        fits = size.columns >= _LEAST_ROOM[0] and size.lines >= _LEAST_ROOM[1]
    if style == "plain" or not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb" or not fits:
        return LineSweepReporter(sys.stdout, plan)
    return MapSweepReporter(sys.stdout, plan, colour=colour_of(sys.stdout), ascii=wants_ascii(), room=room)
