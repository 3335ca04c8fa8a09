"""The column beside the charts: live figures, controls, the goal and the runs pinned for comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from tutor.charts.cells import Row, Rows, Span, fit_rows, row_width
from tutor.charts.loss import flow
from tutor.charts.numbers import count, figure
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text_width import cell_width, pad, pad_left, shorten
from tutor.foundation.translate import translate
from tutor.foundation.wrapping import wrapped
from tutor.labs.controls import control_title, value_text
from tutor.labs.effects import without_effect
from tutor.labs.lab_config import ControlSpec
from tutor.runs.session.session import LabSession
from tutor.runs.summary import RunSummary
from tutor.tui.widgets.lab_words import goal_lines, with_minus

_VALUE_WIDTH = 5
_PARAMETERS = 3


@dataclass(frozen=True, slots=True)
class Hand:
    """Where the learner's hand is: the chosen control, and what is being typed for it, if anything is."""

    chosen: int = 0
    typed: str | None = None


def side_rows(session: LabSession, hand: Hand, width: int, height: int, *, ascii: bool = False) -> Rows:
    """The whole column in ``width`` by ``height`` cells, its rule at the left edge included."""
    inner = max(1, width - 2)
    numbers = number_rows(session, inner)
    below = [*_goal_rows(session, inner, ascii=ascii), *_pinned_rows(session, inner, ascii=ascii)]
    room = height - len(below) - 2  # the rules around the controls
    controls = control_rows(session, hand, inner, most=max(2, height // 3, room - len(numbers)))
    numbers = numbers[: max(2, room - len(controls.rows) + (0 if controls.rows else 1))]
    rows: Rows = []
    for block, above in ((numbers, ""), (controls.rows, controls.above), (below, controls.below)):
        if block and rows:
            rows.append(_rule(width, above))
        rows.extend([Span("│ ", "rule"), *row] for row in block)
    if controls.below and not below and len(rows) < height:
        rows.append(_rule(width, controls.below))
    rows.extend([[Span("│", "rule")]] * max(0, height - len(rows)))
    return fit_rows(rows, width, height)


def _rule(width: int, said: str) -> Row:
    """A line between two blocks, with a few words near its end."""
    if not said:
        return [Span("├" + "─" * (width - 1), "rule")]
    line = max(1, width - 4 - cell_width(said))
    return [Span("├" + "─" * line, "rule"), Span(f" {said} ", "muted"), Span("─", "rule")]


def strip_rows(session: LabSession, hand: Hand, width: int, height: int) -> Rows:
    """The column as a strip below the charts, for windows with no room beside them."""
    inner = max(1, width - 2)
    items = [[Span(f"{label} ", "muted"), Span(text)] for label, text in _few_numbers(session)]
    controls = session.controls()
    rows: Rows = [[Span(" "), *row] for row in flow(items, inner, max(1, height - 1))]
    if controls:
        name, control = controls[min(hand.chosen, len(controls) - 1)]
        rows.append([Span(" "), *_control(session, name, control, hand, inner, chosen=True)[0]])
    met = session.goal_met()
    if met is not None and rows:
        sign = Span(" ✓ ", "good") if met else Span(" ○ ", "muted")
        goal = [sign, Span(translate("lab.goal"), "muted")]
        if row_width(rows[-1]) + row_width(goal) <= width:
            rows[-1] = [*rows[-1], *goal]
    return fit_rows(rows, width, height)


def number_rows(session: LabSession, width: int) -> Rows:
    """The live figures: names at the left edge, figures against the right one."""
    return [_pair(label, text, width) for label, text in _numbers(session)]


@dataclass(frozen=True, slots=True)
class ControlRows:
    """The controls in view, and what is said of those that are not."""

    rows: Rows
    above: str
    below: str


def control_rows(session: LabSession, hand: Hand, width: int, most: int) -> ControlRows:
    """The controls, as many as there is room for, the chosen one among them."""
    blocks = [
        _control(session, name, control, hand, width, chosen=index == hand.chosen)
        for index, (name, control) in enumerate(session.controls())
    ]
    chosen = min(hand.chosen, len(blocks) - 1)
    start = 0
    while start < chosen and sum(map(len, blocks[start : chosen + 1])) > most:
        start += 1
    rows: Rows = []
    end = start
    while end < len(blocks) and (not rows or len(rows) + len(blocks[end]) <= most):
        rows.extend(blocks[end])
        end += 1
    above, below = (
        translate(key, count=count) if count else ""
        for key, count in (("workbench.more-above", start), ("workbench.more-below", len(blocks) - end))
    )
    return ControlRows(rows[:most], above, below)


def _control(session: LabSession, name: str, control: ControlSpec, hand: Hand, width: int, *, chosen: bool) -> Rows:
    """Name and value of a control; the value on rows of its own where one has no room for both."""
    # What changes nothing as the others stand steps back; turning it says why.
    ink = "strong" if chosen else "muted" if without_effect(session.spec, control.key) else "text"
    text = with_minus(value_text(control.key, session.value(control)))
    title = control_title(name, control)
    head: Row = [Span("▸ " if chosen else "  ", "accent")]
    again = session.waits_for_restart(control)
    if chosen and hand.typed is not None:
        return [[*head, *_typing(title, hand.typed, text, width - 2)]]
    # Where there is little room, the arrows come close to the value.
    tight = 1 + cell_width(title) + 4 + cell_width(text)
    gap = " " if tight + 2 <= width else ""
    arrows = "accent" if chosen else "rule"
    end = Span(f"{gap}↻", "accent") if again else Span(f"{gap}›", arrows)
    if tight <= width:
        # A short value takes as much room as others, so that they stand in a column.
        value_width = max(cell_width(text), min(_VALUE_WIDTH, width - 5 - 2 * len(gap) - cell_width(title)))
        label = pad(title, width - value_width - 4 - 2 * len(gap))
        return [[*head, Span(label, ink), Span(f"‹{gap}", arrows), Span(pad(text, value_width), ink), end]]
    lines = wrapped(text, max(2, width - 6))
    rows: Rows = [[*head, Span(shorten(title, width - 2), ink)]]
    for place, line in enumerate(lines):
        first, last = place == 0, place == len(lines) - 1
        rows.append([Span("  ‹ " if first else "    ", arrows), Span(line, ink)])
        if last:
            rows[-1].append(Span(" ↻", "accent") if again else Span(" ›", arrows))
    return rows


def _typing(title: str, typed: str, text: str, width: int) -> Row:
    """The name of a control and what is being typed for it."""
    room = min(max(_VALUE_WIDTH, cell_width(text), cell_width(typed) + 1), max(_VALUE_WIDTH, width // 2 - 3))
    label = width - room - 5
    typed = typed[-(room - 1) :]
    return [
        Span(pad(shorten(title, label), label + 1), "strong"), Span("[", "accent"), Span(f" {typed}", "strong"),
        Span("▏", "accent"), Span(" " * max(0, room - 1 - cell_width(typed))), Span(" ]", "accent"),
    ]  # fmt: skip


def _pair(label: str, text: str, width: int) -> Row:
    room = max(1, width - cell_width(text) - 1)
    return [Span(pad(shorten(label, room), room), "muted"), Span(pad_left(text, width - room))]


def _numbers(session: LabSession) -> list[tuple[str, str]]:
    """Names and figures, most wanted first."""
    summary = session.summary
    pairs = _progress(session)
    if summary is None:
        return pairs + _parameters(session)
    if summary.train_losses and session.running_spec.loss.name != "function":  # f(w) stands among the parameters
        pairs.append((translate("lab.train-loss"), figure(_train_loss(summary))))
    if summary.valid_losses:
        pairs.append((translate("lab.valid-loss"), figure(summary.measured("valid_loss"))))
    pairs.extend(_parameters(session))
    for name, key in (("train_accuracy", "lab.train-accuracy"), ("valid_accuracy", "lab.valid-accuracy")):
        if (value := summary.measured(name)) is not None:
            pairs.append((translate(key), f"{value:.1%}" if isfinite(value) else figure(value)))
    pairs.extend((harmless_line(name), figure(summary.measured(name))) for name in summary.metrics)
    if session.running_spec.manual:
        lowest = min((loss for loss in summary.train_losses if isfinite(loss)), default=None)
        return [*pairs, (translate("lab.lowest"), figure(lowest))]
    if summary.best_epoch and isfinite(summary.best_valid_loss):
        best = translate("lab.best-at", epoch=summary.epoch_text(summary.best_epoch))
        pairs.append((best, figure(summary.best_valid_loss)))
    if summary.gradient_norm is not None:
        pairs.append((translate("lab.gradient"), figure(summary.gradient_norm)))
    return pairs


def _train_loss(summary: RunSummary) -> float | None:
    """The training loss now: of the last epoch, or, if another program trains, of the last one it was measured in."""
    return summary.measured("train_loss") if summary.recorded else summary.train_losses[-1]


def _progress(session: LabSession) -> list[tuple[str, str]]:
    """How far the run is; where the learner is the optimizer, how often a place was tried."""
    epoch, updates = (session.summary.epoch, session.summary.updates) if session.summary is not None else (0, 0)
    if session.running_spec.manual:
        return [(translate("lab.tries"), count(epoch))]
    planned = session.epochs_planned
    place = f"{count(epoch)} / {count(planned)}" if planned else count(epoch)
    if session.summary is not None and session.summary.numbers:
        place = session.summary.epoch_text()
    return [(translate("lab.epoch"), place), (translate("lab.updates"), count(updates))]


def _few_numbers(session: LabSession) -> list[tuple[str, str]]:
    """The figures that a narrow window cannot do without, in few words."""
    summary = session.summary
    pairs = _numbers(session)[:1]
    if summary is not None and summary.train_losses and session.running_spec.loss.name != "function":
        pairs.append((translate("charts.train"), figure(_train_loss(summary))))
    if summary is not None and summary.valid_losses:
        pairs.append((translate("charts.valid"), figure(summary.measured("valid_loss"))))
    return [*pairs, *_parameters(session)]


def _parameters(session: LabSession) -> list[tuple[str, str]]:
    """The parameters of a small model, from whichever panel tells them."""
    weights, curve, surface = (session.view(panel) for panel in ("weights", "curve", "surface"))
    try:
        if weights is not None and len(weights.frame.get("names", ())) in range(1, _PARAMETERS + 1):  # type: ignore[arg-type]
            names, values = weights.frame["names"], weights.frame["values"]
        elif curve is not None and curve.frame:
            names, values = ["w", "f(w)"], [curve.frame["w"], curve.frame["f"]]
        elif surface is not None and surface.frame.get("names"):
            names, values = surface.frame["names"], surface.frame["values"]
        elif surface is not None and surface.frame:
            names = [surface.scene["x_name"], surface.scene["y_name"]]
            values = surface.frame["path"][-1]  # type: ignore[index]
        else:
            return []
        return [(harmless_line(str(name)), figure(value)) for name, value in zip(names, values, strict=False)]  # type: ignore[call-overload]
    except (KeyError, TypeError, IndexError):
        return []


def _goal_rows(session: LabSession, width: int, *, ascii: bool) -> Rows:
    goal = session.original.challenge.goal
    if not goal:
        return []
    met = session.goal_met()
    verdict = ("✓ ", "good", "lab.goal-met") if met else ("○ ", "muted", "lab.goal-open")
    spoken = goal_lines(goal, session.original.model.function, ascii=ascii)
    held = session.challenge.goal.holding(session.facts()) if session.challenge.goal is not None else []
    if len(held) != len(spoken):  # a goal that is one condition on several lines
        held = [None] * len(spoken)
    lines: Rows = []
    for each, holds in zip(spoken, held, strict=True):
        first, *more = wrapped(each, width - 2) or [""]
        sign = Span("✓ ", "good") if holds and len(held) > 1 else Span("  ")
        lines += [
            [Span(first), Span(" " * max(0, width - 2 - cell_width(first))), sign],
            *([Span(line)] for line in more),
        ]
    head = [Span(translate("lab.goal"), "muted")]
    mark = [Span(verdict[0], verdict[1]), Span(translate(verdict[2]), verdict[1])]
    gap = max(1, width - row_width(head) - row_width(mark))
    return [[*head, Span(" " * gap), *mark], *lines[:4], *_best_rows(session, width)]


def _best_rows(session: LabSession, width: int) -> Rows:
    """The best attempt that the learner's memory holds."""
    best = session.challenge.best
    if best is None or (best.value is None and not best.met):
        return []
    mark = Span(" ✓" if best.met else " ○", "good" if best.met else "muted")
    return [[*_pair(translate("workbench.best"), figure(best.value), width - 2), mark]]


def _pinned_rows(session: LabSession, width: int, *, ascii: bool) -> Rows:
    """The runs that are kept, each with its last loss; the one that is the present one too says so."""
    rows: Rows = []
    names = iter(session.names(ascii=ascii))
    for pinned in session.pinned:
        ink = f"pinned{pinned.number}"
        name = translate("compare.this-run") if pinned.run_id == session.run_id else next(names)
        row = _pair(name, figure(pinned.final), max(1, width - 3))
        rows.append([Span(f"╌{pinned.number} ", ink), *row])
    return rows


def rows_of_text(text: str, ink: str, width: int, most: int) -> Rows:
    """A sentence in at most ``most`` lines, indented by a cell, cut with an ellipsis."""
    lines: Sequence[str] = wrapped(text, max(1, width - 2)) if text else []
    shown = list(lines[:most])
    if len(lines) > most and shown:
        shown[-1] = shorten(shown[-1] + " …", max(1, width - 2))
    return [[Span(f" {line}", ink)] for line in shown]
