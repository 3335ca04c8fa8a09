"""A lab in lines for whoever listens: what it is about, its goal, what can be set, and where a run has got to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import wrapped
from tutor.foundation.translate import language, listed, sentences, translate
from tutor.labs.controls import control_title, setting_text
from tutor.labs.goals import goal_of_run
from tutor.labs.lab_config import ControlConfig, LabConfig
from tutor.labs.settings import SETTINGS
from tutor.runs.goal_words import goal_aloud
from tutor.runs.summary import Divergence, RunSummary, divergence_of
from tutor.runs.words import drawn_name
from tutor.typeset.speech import spoken_figure, spoken_text

WIDTH = 76
_MILESTONES = 6
"""Epochs whose loss is told after a run, at most."""
_PARAMETERS = ("w", "b", "w1", "w2", "w3", "u", "v", "z1", "z2")
"""Facts of a run that are parameters of a small model."""


def brief_lines(spec: LabConfig) -> list[str]:
    """What a lab is about, its goal, and what can be set in it."""
    lines = [spoken_text(harmless_line(spec.title_in(language())))]
    if about := spec.about_in(language()):
        lines += wrapped(spoken_text(harmless_line(about)), WIDTH)
    if spec.challenge.goal:
        goal = goal_aloud(spec.challenge.goal, spec.model.function)
        lines += wrapped(translate("ear.goal", goal=goal), WIDTH)
    return [*lines, *knob_lines(spec)]


def knob_lines(spec: LabConfig) -> list[str]:
    """What can be set in a lab: of each setting its name, its value and what it may be, on a line."""
    if not spec.controls:
        return []
    lines = [translate("ear.knobs")]
    for name, control in spec.controls.items():
        title = control_title(name, control)
        said = title if title == name else translate("ear.knob-name", title=title, name=name)
        value = spoken_value(SETTINGS[control.key].get(spec))
        lines.append("  " + translate("ear.knob", name=said, value=value, limits=limits_of(control)))
    return lines


def spoken_value(value: object) -> str:
    """The value of a setting; a number without signs that a screen reader may skip."""
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return spoken_figure(float(value)) if plain and isinstance(value, int | float) else setting_text(value)


def limits_of(control: ControlConfig) -> str:
    """What a control can be set to: its choices or its range, in words."""
    if control.choices:
        return translate("ear.one-of", values=listed(map(spoken_value, control.choices)))
    return translate("ear.from-to", low=spoken_value(control.low), high=spoken_value(control.high))


# -- a run ------------------------------------------------------------------------------------------------------------


def where_text(summary: RunSummary) -> str:
    """The parameters of a small model as they are now: ``w 1.79, b 0.5``; empty if the log does not have them."""
    said = [f"{harmless_line(name)} {spoken_figure(value)}" for name, value in _parameters(summary).items()]
    return translate("ear.and").join(said)


def _parameters(summary: RunSummary) -> dict[str, float]:
    """The parameters by name, from what the panels of the run show, or from the facts at its end."""
    found = {name: value for name in _PARAMETERS if (value := summary.final_facts.get(f"final.{name}")) is not None}
    return found or {name: values[-1] for name, values in _paths(summary).items()}


def _paths(summary: RunSummary) -> dict[str, Sequence[float]]:
    """The way of each parameter of a small model, as the log has it. Anybody may have written that."""
    curve, surface = summary.views.get("curve"), summary.views.get("surface")
    if curve is not None and (path := _numbers(curve.frame.get("path_w"))):
        return {"w": path}
    points = surface.frame.get("path") if surface is not None else None
    if surface is None or not isinstance(points, list) or not points:
        return {}
    pairs = [each for each in points if isinstance(each, list) and len(each) == 2]
    names = [str(surface.scene.get(name, "")) for name in ("x_name", "y_name")]
    ways = {name: _numbers([pair[at] for pair in pairs]) for at, name in enumerate(names)}
    return {name: way for name, way in ways.items() if name and way}


def _numbers(values: object) -> list[float]:
    if not isinstance(values, list):
        return []
    return [float(each) for each in values if isinstance(each, int | float) and isfinite(each)]


def way_lines(summary: RunSummary) -> list[str]:
    """How a run went, after its end: its loss at some epochs, and from where to where its parameters went."""
    lines = []
    finite = [each for each in _milestones(len(summary.train_losses)) if isfinite(summary.train_losses[each - 1])]
    losses = {each: spoken_figure(summary.train_losses[each - 1]) for each in finite}
    told = [
        translate("ear.after-epoch", loss=losses[epoch], epoch=summary.epoch_text(epoch))
        for before, epoch in zip([None, *finite], finite, strict=False)
        # Where nothing has changed, only the end is worth saying.
        if before is None or epoch == finite[-1] or losses[epoch] != losses[before]
    ]
    if told:
        lines += wrapped(translate("ear.way", name=_loss_name(summary), losses=translate("ear.and").join(told)), WIDTH)
    for name, way in _paths(summary).items():
        start, end = (spoken_figure(each) for each in (way[0], way[-1]))
        low, high = min(way), max(way)
        beyond = low < min(way[0], way[-1]) or high > max(way[0], way[-1])
        key = "ear.went-beyond" if beyond else "ear.went"
        said = {"low": spoken_figure(low), "high": spoken_figure(high)} if beyond else {}
        lines.append(translate(key, name=harmless_line(name), start=start, end=end, **said))
    return lines


def _loss_name(summary: RunSummary) -> str:
    spec = summary.spec
    if spec is not None and spec.loss.name == "function":
        return spoken_text(drawn_name(spec.model.function))
    return translate("ear.train-loss")


def _milestones(epochs: int) -> list[int]:
    """Some epochs out of 1, 2, 5, 10, 20, … and the last, at most `_MILESTONES`."""
    series = [step * 10**power for power in range(len(str(epochs))) for step in (1, 2, 5) if step * 10**power < epochs]
    if len(series) >= _MILESTONES:
        series = [series[round(at * (len(series) - 1) / (_MILESTONES - 2))] for at in range(_MILESTONES - 1)]
    return [*series, epochs] if epochs else []


def end_lines(summary: RunSummary) -> list[str]:
    """How a run ended, in sentences. If it failed or its log cannot be read, there are none."""
    key = {"finished": "ear.finished", "stopped": "ear.stopped"}.get(summary.state)
    rise = divergence_of(summary)
    if rise is not None:
        lines = wrapped(_divergence(summary, rise), WIDTH)
    elif key is not None:
        lines = [translate(key, epochs=summary.epoch, updates=summary.updates)]
        if summary.message:  # why it ended before all of its epochs
            lines += wrapped(sentences(summary.message, summary.hint), WIDTH)
    else:
        return []
    lines += way_lines(summary)
    for name, title in (("valid_loss", "ear.final-valid"), ("valid_accuracy", "ear.final-accuracy")):
        value = summary.last_value(name)
        if value is not None and rise is None:
            lines.append(translate(title, value=spoken_figure(value)))
    return lines


def _divergence(summary: RunSummary, rise: Divergence) -> str:
    """How the loss left all bounds, in words."""
    epoch = summary.epoch_text()
    if rise.low is None or rise.high is None:
        return translate("ear.diverged-at-once", epoch=epoch)
    low, high = spoken_figure(rise.low), spoken_figure(rise.high)
    said = translate("ear.diverged", epoch=epoch, low=low, high=high)
    return said + (translate("ear.diverged-rate", rate=spoken_figure(rise.rate)) if rise.rate else "")


@dataclass(frozen=True, slots=True)
class GoalReport:
    """What to say of the goal of a lab after a run. ``met`` is None if the run does not decide it."""

    met: bool | None
    text: str


def goal_report(spec: LabConfig, facts: Mapping[str, float | bool | str]) -> GoalReport | None:
    """Whether a run with ``facts`` meets the goal of its lab; None if the lab has none, or if it does not apply."""
    goal = goal_of_run(spec)
    if goal is None:
        return None
    verdict = goal.verdict(facts)
    said = goal_aloud(goal.text, spec.model.function)
    if verdict is None:
        return GoalReport(None, translate("ear.goal-unknown", goal=said))
    if verdict.met:
        return GoalReport(True, translate("ear.goal-met", goal=said))
    value = "" if verdict.value is None else translate("ear.goal-value", value=spoken_figure(verdict.value))
    if len(goal.parts) > 1:
        key = "ear.goal-parts-one" if verdict.held == 1 else "ear.goal-parts"
        value = translate(key, held=verdict.held, count=len(goal.parts))
    return GoalReport(False, translate("ear.goal-open", goal=said) + value)
