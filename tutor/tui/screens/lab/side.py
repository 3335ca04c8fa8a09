"""The column beside the charts (figures, controls, goal, pinned runs), and the table that compares the runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import isnan

from tutor.charts.cells import Row, Rows, Span, fit_row, fit_rows, flow, row_width
from tutor.charts.numbers import count, figure
from tutor.charts.run_table import Column, run_table
from tutor.foundation.text import cell_width, pad, shorten, wrapped
from tutor.foundation.translate import translate
from tutor.labs.controls import control_title, value_text
from tutor.labs.lab_config import ControlConfig, LabConfig
from tutor.runs.comparison import Standing, common_end, lowest, standings
from tutor.runs.goal_words import goal_lines, with_minus
from tutor.runs.session.session import LabSession
from tutor.runs.summary import RunSummary
from tutor.tui.widgets.frame import MARGIN
from tutor.tui.widgets.lab_charts import number_rows, numbers, pair_row, parameters, train_loss_now
from tutor.tui.widgets.rows import Area

_VALUE_WIDTH = 5
_LEAST_FIGURES = 2
_MOST_GOAL_ROWS = 4
_NOTHING = "–"
"""Shown for a figure that a run does not have, or not yet."""


@dataclass(slots=True)
class Hand:
    """The control that the learner has chosen, and what is being typed for it; ``typed`` is None if nothing is."""

    chosen: int = 0
    typed: str | None = None


def side_rows(
    session: LabSession, hand: Hand, width: int, height: int, *, ascii: bool = False, without: Collection[str] = ()
) -> Rows:
    """The whole column in ``width`` by ``height`` cells, including the rule at its left edge and the margin.

    Args:
        session: The lab.
        hand: The control that is chosen.
        width: The width in cells.
        height: The height in rows.
        ascii: Whether to use ASCII alone.
        without: Facts that stand elsewhere on the screen, such as the losses at the ends of their curves.
    """
    inner = max(1, width - 2 - MARGIN)
    goal = _goal_rows(session, inner, ascii=ascii)
    counted = session.challenge.goal if goal and not session.own_loop else None
    measured = counted.measures if counted is not None else ()
    figures = number_rows(session, inner, without={*without, *measured})
    pinned = _pinned_rows(session, inner, ascii=ascii)
    mine = [[Span(line, "muted")] for said in session.mine_lines() for line in wrapped(said, inner)]
    rules = sum(map(bool, (mine, goal, session.controls(), figures, pinned))) - 1
    room = height - len(mine) - len(goal) - len(pinned) - rules
    controls = control_rows(
        session, hand, inner + 1, most=max(2, height // 3, room - min(_LEAST_FIGURES, len(figures)))
    )
    figures = figures[: max(_LEAST_FIGURES, room - len(controls.rows))]
    rows: Rows = []
    ends_controls = ""
    for block in (goal, controls.rows, figures, mine, pinned):
        if not block:
            continue
        if rows or (block is controls.rows and controls.above):
            rows.append(_rule(inner, controls.above if block is controls.rows else ends_controls))
        edge = Span("│" if block is controls.rows else "│ ", "rule")
        rows.extend([edge, *row] for row in block)
        ends_controls = controls.below if block is controls.rows else ""
    if ends_controls and len(rows) < height:
        rows.append(_rule(inner, ends_controls))
    rows.extend([[Span("│", "rule")]] * max(0, height - len(rows)))
    return fit_rows(rows, width, height)


def _rule(width: int, said: str) -> Row:
    """A rule between two blocks, with a few words near its end."""
    if not said:
        return [Span("│ " + "─" * width, "rule")]
    line = max(1, width - 3 - cell_width(said))
    return [Span("│ " + "─" * line, "rule"), Span(f" {said} ", "muted"), Span("─", "rule")]


def strip_rows(session: LabSession, hand: Hand, width: int, height: int) -> Rows:
    """The column as a strip below the charts, for windows that are too narrow for it."""
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


@dataclass(frozen=True, slots=True)
class ControlRows:
    """The controls in view, and how many are out of view."""

    rows: Rows
    above: str
    below: str


def control_rows(session: LabSession, hand: Hand, width: int, most: int) -> ControlRows:
    """As many controls as fit, always including the chosen one."""
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
        translate(key, count=hidden) if hidden else ""
        for key, hidden in (("workbench.more-above", start), ("workbench.more-below", len(blocks) - end))
    )
    return ControlRows(rows[:most], above, below)


def _control(session: LabSession, name: str, control: ControlConfig, hand: Hand, width: int, *, chosen: bool) -> Rows:
    """Name and value of a control; the value gets rows of its own if both do not fit on one.

    Values end below each other; the chosen one has its arrows, in room that the others leave.
    """
    # A control that has no effect in the present configuration is muted; changing it says why.
    idle = session.idle_reason(control.key)
    ink = "strong" if chosen else "muted" if idle else "text"
    text = with_minus(value_text(control.key, session.value(control)))
    title = control_title(name, control)
    head: Row = [Span("▌ " if chosen else "  ", "accent")]
    if chosen and hand.typed is not None:
        return _raised([[*head, *_typing(title, hand.typed, text, width - 2)]], width)
    end = "↻" if not session.holds(control.key) else "›" if chosen else " "
    start = "‹" if chosen else " "
    # In a narrow column, the arrows touch the value.
    gap = " " if 2 + cell_width(title) + 5 + cell_width(text) <= width else ""
    room = width - 4 - 2 * len(gap) - cell_width(text)
    if cell_width(title) < room:
        label = Span(pad(title, room), "strong" if chosen else "muted")
        rows: Rows = [
            [*head, label, Span(f"{start}{gap}", "accent"), Span(text, ink), Span(f"{gap}{end}", "accent")],
        ]
        return _raised(rows, width) if chosen else rows
    rows = [[*head, Span(shorten(title, width - 2), "strong" if chosen else "muted")]]
    lines = wrapped(text, max(2, width - 6))
    for place, line in enumerate(lines):
        first, last = place == 0, place == len(lines) - 1
        rows.append([Span(f"  {start} " if first else "    ", "accent"), Span(line, ink)])
        if last:
            rows[-1].append(Span(f" {end}", "accent"))
    return _raised(rows, width) if chosen else rows


def _raised(rows: Rows, width: int) -> Rows:
    """``rows`` on the ground of what is chosen, over the whole width."""
    return [[span._replace(ground="raised") for span in fit_row(row, width)] for row in rows]


def _typing(title: str, typed: str, text: str, width: int) -> Row:
    """The name of a control, and what is being typed for it."""
    room = min(max(_VALUE_WIDTH, cell_width(text), cell_width(typed) + 1), max(_VALUE_WIDTH, width // 2 - 3))
    label = width - room - 5
    typed = typed[-(room - 1) :]
    return [
        Span(pad(shorten(title, label), label + 1), "strong"), Span("[", "accent"), Span(f" {typed}", "strong"),
        Span("▏", "accent"), Span(" " * max(0, room - 1 - cell_width(typed))), Span(" ]", "accent"),
    ]  # fmt: skip


def _few_numbers(session: LabSession) -> list[tuple[str, str]]:
    """The most important figures in few words, for a narrow window."""
    summary = session.summary
    pairs = [(each.name, each.text) for each in numbers(session)[:1]]
    if summary is not None and summary.train_losses and session.running_spec.loss.name != "function":
        pairs.append((translate("charts.train"), figure(train_loss_now(summary))))
    if summary is not None and summary.valid_losses:
        pairs.append((translate("charts.valid"), figure(summary.measured("valid_loss"))))
    return [*pairs, *parameters(session)]


def _goal_rows(session: LabSession, width: int, *, ascii: bool) -> Rows:
    """The goal: how much of it is reached, then each condition with what the present run has."""
    text = session.original.challenge.goal
    if not text:
        return []
    if session.own_loop:
        said = wrapped(translate("mine.no-goal"), width)
        return [[Span(translate("lab.goal"), "strong")], *([Span(line, "muted")] for line in said)]
    goal, facts = session.challenge.goal, session.facts()
    function = session.original.model.function
    names = goal_lines(text, function, ascii=ascii)
    shorter = goal_lines(text, function, ascii=ascii, short=True)
    held = goal.holding(facts) if goal is not None else []
    measures = goal.measures if goal is not None else ()
    if not len(held) == len(names) == len(measures):  # the goal is a single condition on several lines
        held, measures = [None] * len(names), ("",) * len(names)
    lines: Rows = []
    conjunction = f"{translate('lab.and')} "
    for name, short, holds, fact in zip(names, shorter, held, measures, strict=True):
        value = _fact_text(facts.get(fact)) if fact else ""
        sign = Span("✓ ", "good") if holds else Span("○ ", "muted") if fact else Span("  ")
        ink = "good" if holds else "bad" if holds is False and not session.going else "text"
        # Signs at the left show that each line is a condition, so "and" can go.
        choices = [each.removeprefix(conjunction) if fact else each for each in (name, short)]
        fitting = [each for each in choices if 2 + cell_width(each) + 1 + cell_width(value) <= width]
        first, *more = [fitting[0]] if fitting else wrapped(choices[0], width - 2) or [""]
        rows: Rows = [[sign, Span(first)], *([Span("  "), Span(line)] for line in more)]
        if value:
            gap = width - row_width(rows[-1]) - cell_width(value)
            if gap < 1:
                rows.append([])
                gap = width - cell_width(value)
            rows[-1] += [Span(" " * gap), Span(value, ink)]
        lines += rows
    return [_goal_head(session, held, width), *lines[:_MOST_GOAL_ROWS], *_best_rows(session, width)]


def _goal_head(session: LabSession, held: Sequence[bool | None], width: int) -> Row:
    head = [Span(translate("lab.goal"), "strong")]
    if session.goal_met():
        mark = [Span("✓ ", "good"), Span(translate("lab.goal-met"), "good")]
    elif len(held) > 1 and any(held):
        mark = [Span(translate("lab.goal-part", held=sum(each is True for each in held), count=len(held)), "muted")]
    else:
        mark = [Span("○ ", "muted"), Span(translate("lab.goal-open"), "muted")]
    return [*head, Span(" " * max(1, width - row_width(head) - row_width(mark))), *mark]


def _fact_text(value: float | bool | str | None) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return count(value) if isinstance(value, int) else figure(value, digits=3)


def _best_rows(session: LabSession, width: int) -> Rows:
    """The best attempt so far, from the learner's progress."""
    best = session.challenge.best
    if best is None or (best.value is None and not best.met):
        return []
    mark = Span(" ✓" if best.met else " ○", "good" if best.met else "muted")
    return [[*pair_row(translate("workbench.best"), figure(best.value), width - 2), mark]]


def _pinned_rows(session: LabSession, width: int, *, ascii: bool) -> Rows:
    """The pinned runs, each with its last loss; the present run, if it is pinned too, says so."""
    rows: Rows = []
    names = iter(session.names(ascii=ascii))
    for pinned in session.pinned:
        ink = f"pinned{pinned.number}"
        name = translate("compare.this-run") if pinned.run_id == session.run_id else next(names)
        row = pair_row(name, figure(pinned.final), max(1, width - 3))
        rows.append([Span(f"╌{pinned.number} ", ink), *row])
    return rows


# -- the table of runs -------------------------------------------------------------------------------------------


def compare_rows_needed(session: LabSession) -> int:
    """How many rows the table takes."""
    return len(_runs(session)) + 2 if _runs(session) else 1


def compare_rows(session: LabSession, area: Area, *, in_updates: bool) -> Rows:
    """Title and table; a sentence if there is nothing to compare yet."""
    runs = _runs(session)
    if len(runs) < 2:
        how = "compare.how-recorded" if session.recorded else "compare.how"
        head: Row = [Span(f" {translate(how)}", "muted")]
        if not runs:
            return [fit_row(head, area.width)]
    else:
        end = common_end([summary for _, _, _, summary in runs], in_updates=in_updates)
        key = "compare.equal-updates" if in_updates else "compare.equal-epochs"
        head = [
            Span(f" {translate('compare.title')}", "strong"),
            Span(f"  {translate(key, count=count(end))}", "muted"),
        ]
    found = standings([(spec, summary) for _, _, spec, summary in runs], in_updates=in_updates, ascii=area.ascii)
    names = [(f" {sign}", ink, standing.name) for (sign, ink, _, _), standing in zip(runs, found, strict=True)]
    table = run_table(names, _columns(found), area.width - 1, max(2, area.height - 1), ascii=area.ascii)
    return [fit_row(head, area.width), *(fit_row(row, area.width) for row in table)]


def _runs(session: LabSession) -> list[tuple[str, str, LabConfig, RunSummary]]:
    """Sign, ink, spec and log of each run."""
    runs = [(f"╌╌{each.number}", f"pinned{each.number}", each.spec, each.summary) for each in session.others]
    if session.summary is not None:
        runs.append(("──", "train", session.running_spec, session.summary))
    return runs


def _columns(found: Sequence[Standing]) -> list[Column]:
    """The columns that at least one run has a figure for; if runs differ in length, the loss at their common end."""
    uneven = len({each.epochs for each in found}) > 1 or len({each.updates for each in found}) > 1
    columns = [
        _counted("compare.parameters", found, lambda each: each.parameters, 6),
        _counted("compare.epochs", found, lambda each: each.epochs, 4),
        _counted("lab.updates", found, lambda each: each.updates, 3),
        _loss("lab.train-loss", found, lambda each: each.train, 2),
        _loss("lab.valid-loss", found, lambda each: each.valid, 0),
        _loss("compare.lowest", found, lambda each: each.best_valid, 5),
        _accuracy(found),
    ]
    if uneven and len(found) > 1:
        with_valid = not all(isnan(each.valid_at) for each in found)
        at = (lambda each: each.valid_at) if with_valid else (lambda each: each.train_at)
        columns.append(_loss("compare.at-equal", found, at, 1))
    return [column for column in columns if any(cell not in {_NOTHING, "0"} for cell in column.cells)]


def _counted(key: str, found: Sequence[Standing], take: Callable[[Standing], int], need: int) -> Column:
    return Column(translate(key), [count(take(each)) for each in found], need=need)


def _loss(key: str, found: Sequence[Standing], take: Callable[[Standing], float], need: int) -> Column:
    values = [take(each) for each in found]
    texts = [_NOTHING if isnan(value) else figure(value) for value in values]
    return Column(translate(key), texts, best=lowest(values), need=need)


def _accuracy(found: Sequence[Standing]) -> Column:
    values = [each.accuracy for each in found]
    texts = [_NOTHING if isnan(value) else f"{value:.1%}" for value in values]
    return Column(translate("compare.accuracy"), texts, best=lowest([-value for value in values]), need=1)
