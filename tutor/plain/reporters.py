"""Reporters print a run while it trains: the protocol, and those that print lines of text and JSON.

`narrator` and `moving_chart` contain the others; `tutor.plain.train.choose_reporter` chooses.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from math import isfinite
from typing import ClassVar, Protocol, TextIO

from tutor.foundation.safe_text import harmless_json, harmless_line
from tutor.foundation.terminal import terminal_speaks_unicode
from tutor.foundation.text import pad_left
from tutor.foundation.translate import sentences, translate
from tutor.runs.events import Epochs, Event, Started, number_text
from tutor.runs.summary import RunSummary
from tutor.runs.words import describe, log_faults, not_finite_texts


class Reporter(Protocol):
    """Receives every event of a run, then its end."""

    one_by_one: ClassVar[bool]
    """Whether epochs are told one after the other, so that those before one joined would take long to tell."""

    def events(self, events: Iterable[Event], summary: RunSummary) -> None:
        """Report new events; ``summary`` already includes them."""

    def end(self, summary: RunSummary) -> None:
        """Report how the run ended."""


def figure(value: float | None) -> str:
    """A loss in at most ten cells: a number, ``nan``, ``inf``, or a dash if it was not measured."""
    if value is None:
        return "–"
    if not isfinite(value):
        return f"{value:g}"
    return f"{value:.3e}" if value and not 1e-3 <= abs(value) < 1e6 else f"{value:.4f}"


class LineReporter:
    """One aligned line per epoch, in words that a screen reader reads well."""

    one_by_one: ClassVar[bool] = True

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def events(self, events: Iterable[Event], summary: RunSummary) -> None:
        """Write notes about the data, and a line for each epoch and each change."""
        planned = 0 if summary.numbers else summary.epochs_planned
        width = max(len(str(planned)), len(summary.epoch_text()))
        lines: list[str] = []
        for event in events:
            if isinstance(event, Started):
                lines += map(harmless_line, event.data.notes)
            elif isinstance(event, Epochs):
                lines += _epoch_lines(event, width)
            elif text := describe(event, epoch_text=summary.epoch_text):
                lines.append(text)
        if lines:
            self._out.write("\n".join(lines) + "\n")
            self._out.flush()

    def end(self, summary: RunSummary) -> None:
        """Write the outcome."""
        self._out.write("\n".join(outcome_lines(summary)) + "\n")
        self._out.flush()


_SERIES = {
    "train_loss": ("train.train-loss", "train"),
    "valid_loss": ("train.valid-loss", "valid"),
    "valid_accuracy": ("train.valid-accuracy", "valid_accuracy"),
}
"""For each series, its key in the translations and its attribute in an event."""


def _epoch_lines(event: Epochs, width: int) -> list[str]:
    lines = []

    def cell(name: str, values: Sequence[float | None], index: int) -> str:
        value = values[index]
        return pad_left(figure(event.odd(name, index) if value is None else value), 10)

    numbers = [number_text(event.number(index)) for index in range(len(event.train))]
    width = max(width, *map(len, numbers)) if numbers else width
    for index, number in enumerate(numbers):
        parts = [translate("train.epoch", epoch=pad_left(number, width))]
        for name, (key, series) in _SERIES.items():
            values = getattr(event, series)
            if index < len(values):
                parts.append(translate(key, loss=cell(name, values, index)))
        for name, values in event.metrics.items():
            if index < len(values):
                parts.append(f"{harmless_line(name)} {cell(name, values, index)}")
        lines.append("  ".join(parts))
    return lines


_GENERATED_LINES = 8
_STATES = {
    "finished": "train.state-finished",
    "stopped": "train.state-stopped",
    "diverged": "train.state-diverged",
    "failed": "train.state-failed",
    "died": "train.state-died",
    "unreadable": "train.state-unreadable",
}


def outcome_lines(summary: RunSummary) -> list[str]:
    """How a run ended, in one or a few sentences."""
    lines = [
        translate(
            _STATES.get(summary.state, "train.state-stopped"),
            epochs=summary.epoch,
            updates=summary.updates,
            seconds=f"{summary.seconds:.1f}",
        )
    ]
    lines += log_faults(summary)
    if summary.message:
        lines.append(sentences(summary.message, summary.hint))
    for key, name in (
        ("train.final-train", "train_loss"),
        ("train.final-valid", "valid_loss"),
        ("train.final-accuracy", "valid_accuracy"),
    ):
        value = summary.last_value(name)
        if value is not None:
            lines.append(translate(key, loss=figure(value)))
    return [*lines, *not_finite_texts(summary), *generated_text(summary)]


def generated_text(summary: RunSummary) -> list[str]:
    """The first lines of a text that the model generates at the end, if it is a language model."""
    view = summary.views.get("text")
    lines = view.frame.get("lines") if view is not None else None
    if not isinstance(lines, list) or not lines:
        return []
    shown = translate("writing.between").join(harmless_line(str(line)) for line in lines[:_GENERATED_LINES])
    return [translate("writing.written", lines=shown)]


class JsonReporter:
    """Every event of the log unchanged, one JSON object per line, and the summary as the last line."""

    one_by_one: ClassVar[bool] = False

    def __init__(self, out: TextIO) -> None:
        import msgspec

        self._out = out
        self._encode = msgspec.json.Encoder().encode

    def _write(self, item: object) -> None:
        self._out.write(harmless_json(self._encode(item).decode()) + "\n")

    def events(self, events: Iterable[Event], summary: RunSummary) -> None:
        """Write each event."""
        for event in events:
            self._write(event)
        self._out.flush()

    def end(self, summary: RunSummary) -> None:
        """Write the summary: the state, the counts of epochs and updates, and every fact of the run."""
        facts = {name: value for name, value in summary.facts().items() if name not in _SUMMARY_FIELDS}
        self._write(
            {
                "type": "summary",
                "run": summary.run,
                "state": summary.state,
                "epochs": summary.epoch,
                "updates": summary.updates,
                "seconds": round(summary.seconds, 4),
                "message": summary.message,
                "final.train_loss": None,
                "final.valid_loss": None,
                **facts,
            }
        )
        self._out.flush()


_SUMMARY_FIELDS = frozenset({"epochs", "updates", "seconds", "state"})


def colour_of(stream: TextIO) -> bool:
    """Whether ``stream`` is a terminal whose owner wants colour (``NO_COLOR`` is respected)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def wants_ascii() -> bool:
    """Whether to draw in ASCII only, according to the learner's setting, or if there is none to the terminal."""
    from tutor.progress.settings import load_settings

    chosen = load_settings(keep_aside=False).settings.ascii
    return not terminal_speaks_unicode() if chosen is None else chosen
