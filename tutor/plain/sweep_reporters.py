"""Ways to tell of a sweep while it goes on: a line a cell, JSON, or a map that fills in."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from typing import Protocol, TextIO

from tutor.charts.numbers import figure
from tutor.charts.sweep_map import MapCell, MapShape, map_width, sweep_map
from tutor.foundation.safe_text import harmless_json
from tutor.foundation.text import cell_width, pad, pad_left
from tutor.foundation.translate import translate
from tutor.plain.moving_chart import ansi_lines
from tutor.plain.reporters import colour_of, wants_ascii
from tutor.runs.sweep.plan import SweepPlan
from tutor.runs.sweep.results import CellResult, Opened, SweepEvent, SweepFollower

_WIDEST_NAME = 60


class SweepReporter(Protocol):
    """Is shown every event of a sweep, those of before too, then its end."""

    def events(self, events: Iterable[SweepEvent], follower: SweepFollower) -> None:
        """Tell of what is new; the follower's state already holds it."""

    def end(self, follower: SweepFollower) -> None:
        """Tell how it ended."""


def best_of(plan: SweepPlan, follower: SweepFollower) -> int | None:
    """The best cell; None where losses cannot be compared."""
    return follower.state.best() if plan.comparable else None


def outcome_of(result: CellResult, *, ascii: bool = False) -> str:
    """What came out of a cell, in a few words."""
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
        lines.insert(0, f"{state.trouble.message} {state.trouble.hint}".rstrip())
    if not plan.comparable:
        return [*lines, translate("sweep.incomparable")]
    best = state.best()
    if best is None:
        return [*lines, translate("sweep.none-finished")] if done else lines
    result = state.results[best]
    key = "sweep.best-train" if result.valid_loss is None else "sweep.best-valid"
    return [*lines, translate(key, name=plan.name_of(best), loss=figure(result.loss, ascii=ascii))]


class LineSweepReporter:
    """One line a cell, in the order in which they end."""

    def __init__(self, out: TextIO, plan: SweepPlan) -> None:
        self._out = out
        self._plan = plan
        self._first = True
        widest = max(cell_width(plan.name_of(cell)) for cell in range(plan.count))
        self._name_width = widest if widest <= _WIDEST_NAME else 0

    def events(self, events: Iterable[SweepEvent], follower: SweepFollower) -> None:
        """Write a line for each cell that ended, those of before first."""
        events = list(events)
        if self._first and events:
            self._first = False
            self._tell_kept(events)
        lines = [self._line(event) for event in events if isinstance(event, CellResult)]
        if lines:
            self._out.write("\n".join(lines) + "\n")
        self._out.flush()

    def _tell_kept(self, events: list[SweepEvent]) -> None:
        """How many cells had run when the present worker took the sweep up."""
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


class JsonSweepReporter:
    """Every line of the results as it is, with the values of its cell, and the summary as the last one."""

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
        """Write how many cells have run, and which is best."""
        state, plan = follower.state, self._plan
        best = best_of(plan, follower)
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
    """The map, drawn in place while it fills in and left there at its end."""

    def __init__(self, out: TextIO, plan: SweepPlan, *, colour: bool, ascii: bool) -> None:
        self._out = out
        self._plan = plan
        self._shape = MapShape(*plan.labels())
        self._colour = colour
        self._ascii = ascii
        self._drawn = 0

    def events(self, events: Iterable[SweepEvent], follower: SweepFollower) -> None:
        """Draw where something is new."""
        if list(events) or not self._drawn:
            self._draw(follower)

    def end(self, follower: SweepFollower) -> None:
        """Draw the last state and write the outcome below it."""
        self._draw(follower)
        failed = [result for result in follower.state.results.values() if result.state == "failed"]
        lines = [f"{self._plan.name_of(result.cell)}: {outcome_of(result)}" for result in failed[:1]]
        self._out.write("\n".join([*lines, *last_lines(self._plan, follower, ascii=self._ascii)]) + "\n")
        self._out.flush()

    def _draw(self, follower: SweepFollower) -> None:
        best = best_of(self._plan, follower)
        rows = sweep_map(
            self._shape,
            [MapCell(*each) for each in follower.state.cells(self._plan.count)],
            best=best,
            ascii=self._ascii,
        )
        text = "".join(f"{row}\x1b[K\n" for row in ansi_lines(rows, colour=self._colour))
        self._out.write((f"\x1b[{self._drawn}A\r" if self._drawn else "") + text)
        self._out.flush()
        self._drawn = len(rows)


def choose_sweep_reporter(style: str | None, plan: SweepPlan) -> SweepReporter:
    """The reporter for ``style``: ``json``, ``plain``, or by what standard output is and whether a map has room."""
    if style == "json":
        return JsonSweepReporter(sys.stdout, plan)
    shape, size = MapShape(*plan.labels()), shutil.get_terminal_size()
    rows = plan.count // shape.columns + 3
    fits = map_width(shape) < size.columns and rows < size.lines
    if style == "plain" or not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb" or not fits:
        return LineSweepReporter(sys.stdout, plan)
    return MapSweepReporter(sys.stdout, plan, colour=colour_of(sys.stdout), ascii=wants_ascii())
