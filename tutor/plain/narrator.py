"""A run in sentences for a screen reader: a short sentence every few seconds, with the trend of the loss."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from typing import ClassVar, TextIO

from tutor.foundation.clock import monotonic_seconds
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import wrapped
from tutor.foundation.translate import language, translate
from tutor.plain.lab_lines import WIDTH, brief_lines, end_lines, goal_report, where_text
from tutor.plain.reporters import generated_text, outcome_lines
from tutor.runs.events import Epochs, Event, Started
from tutor.runs.summary import RunSummary
from tutor.runs.words import describe, log_faults, not_finite_texts
from tutor.typeset.speech import spoken_figure

SECONDS_BETWEEN = 4.0
"""About the time that a screen reader takes for a sentence."""
_WINDOW = 10
_FLAT_FRACTION = 0.002
"""A loss counts as flat if it changes by less than this fraction of its whole range."""


def trend(losses: Sequence[float]) -> str:
    """The trend of losses: ``falling``, ``faster``, ``slowing``, ``flat``, ``rising``, or empty if they are too few.

    The trend compares the means of three windows of up to ten epochs each, the last ones of the run.
    """
    finite = [loss for loss in losses if isfinite(loss)]
    size = min(_WINDOW, len(finite) // 3)
    if size < 1:
        return ""
    before, last, now = (sum(finite[-size * n :][:size]) / size for n in (3, 2, 1))
    fell, fell_before = last - now, before - last
    spread = max(finite) - min(finite)
    if abs(fell) <= _FLAT_FRACTION * spread:
        return "flat"
    if fell < 0:
        return "rising"
    if fell_before > 0 and fell < 0.6 * fell_before:
        return "slowing"
    return "faster" if fell_before > 0 and fell > 1.5 * fell_before else "falling"


_TRENDS = {
    "falling": "watch.trend-falling",
    "faster": "watch.trend-faster",
    "slowing": "watch.trend-slowing",
    "flat": "watch.trend-flat",
    "rising": "watch.trend-rising",
}


def short_figure(value: float) -> str:
    """A loss in few digits, for a listener: ``0.41``, ``12.3``, ``1.20e-05``."""
    return f"{value:.2e}" if value and not 1e-3 <= abs(value) < 1e6 else f"{value:.3g}"


def _loss_text(value: float | None, losses: Sequence[float]) -> str:
    """The loss of the last epoch; in words if it is no number, as when it has grown beyond all numbers."""
    if value is not None and isfinite(value):
        return short_figure(value) if value >= 0 else spoken_figure(value)
    last = next((loss for loss in reversed(losses) if isfinite(loss)), None)
    return translate("ear.beyond", loss=spoken_figure(last)) if last is not None else translate("ear.beyond-all")


class Narrator:
    """Reports the epoch and loss every few seconds, and every command to the run at once. See `Reporter`.

    Args:
        out: Where sentences are written.
        clock: Returns seconds from a monotonic clock.
        brief: Whether to begin with what the lab is about, its goal and what can be set in it.
    """

    one_by_one: ClassVar[bool] = True

    def __init__(self, out: TextIO, clock: Callable[[], float] = monotonic_seconds, *, brief: bool = False) -> None:
        self._brief = brief
        self._out = out
        self._clock = clock
        self._next = 0.0
        self._last_epoch = 0

    def events(self, events: Iterable[Event], summary: RunSummary) -> None:
        """Write sentences about the ``events`` that matter to a listener."""
        lines = []
        for event in events:
            if isinstance(event, Started):
                # A short run has nothing to say on the way: its end says how it went.
                self._next = self._clock() + SECONDS_BETWEEN
                if self._brief:
                    lines += [*brief_lines(event.spec), ""]
                title = harmless_line(event.spec.title_in(language()))
                planned = summary.epochs_planned
                key = "watch.begins" if planned else "record.begins-open"
                lines.append(translate(key, title=title, epochs=planned))
                lines += map(harmless_line, event.data.notes)
            elif text := describe(event, epoch_text=summary.epoch_text):
                lines.append(text)
            elif isinstance(event, Epochs) and self._clock() >= self._next and summary.epoch > self._last_epoch:
                self._next = self._clock() + SECONDS_BETWEEN
                lines.append(self.sentence(summary, named=not self._last_epoch))
                self._last_epoch = summary.epoch
        self._say(lines)

    @staticmethod
    def sentence(summary: RunSummary, *, named: bool = False) -> str:
        """A sentence such as ``epoch 12: 0.41, falling more slowly``, about the validation loss if there is one.

        With ``named`` it includes the name of the loss.
        """
        losses = summary.valid_losses or summary.train_losses
        value = summary.last_value("valid_loss" if summary.valid_losses else "train_loss")
        loss = _loss_text(value, losses)
        if named:
            loss = translate("train.valid-loss" if summary.valid_losses else "train.train-loss", loss=loss)
        text = translate("watch.said", epoch=summary.epoch_text(), loss=loss)
        if where := where_text(summary):
            text += translate("watch.comma") + where
        direction = trend(losses[-10 * _WINDOW :])
        if direction:
            text += translate("watch.comma") + translate(_TRENDS[direction])
        if summary.epoch == summary.best_epoch and summary.epoch > 1:
            text += translate("watch.comma") + translate("watch.best-so-far")
        return text

    def end(self, summary: RunSummary) -> None:
        """Write how the run ended and how it went, and whether it reached the goal of its lab."""
        lines = end_lines(summary)
        if not lines:
            self._say(outcome_lines(summary))
            return
        if summary.spec is not None and (goal := goal_report(summary.spec, summary.facts())) is not None:
            lines += wrapped(goal.text, WIDTH)
        self._say([*lines, *log_faults(summary), *not_finite_texts(summary), *generated_text(summary)])

    def _say(self, lines: Sequence[str]) -> None:
        if lines:
            self._out.write("\n".join(lines) + "\n")
            self._out.flush()
