"""The charts and figures of a session, for the lab's screen and its card in a lesson; and the best attempts."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from math import inf, isfinite, sqrt
from typing import TYPE_CHECKING, NamedTuple

from tutor.charts.cells import Row, Rows, Span, sentence
from tutor.charts.chart_view import Axis, ChartView, Counted, epoch_of, place_of
from tutor.charts.line_ends import LONGEST_NAME
from tutor.charts.loss import LossLine, loss_chart, pinned_line, train_line, valid_line
from tutor.charts.numbers import count, figure
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, pad, pad_left, shorten, wrapped
from tutor.foundation.translate import language, translate
from tutor.labs.controls import value_text
from tutor.labs.lab_config import LabConfig
from tutor.labs.panel import DrawStyle
from tutor.labs.panels import draw_panel
from tutor.ml.schedules import warm_up_updates
from tutor.runs.comparison import knots_of, title_of_key, values_of
from tutor.runs.session.session import LabSession
from tutor.runs.summary import RunSummary
from tutor.runs.words import drawn_name
from tutor.tui.widgets.lab_words import begin_text, loss_name
from tutor.tui.widgets.rows import Area, shell_of

if TYPE_CHECKING:
    from textual.widget import Widget

    from tutor.progress.store import ProgressStore

_PARAMETERS = 3


def draw_loss(session: LabSession, chart_view: ChartView, area: Area, *, legend_epoch: int | None = None) -> Rows:
    """The loss of the present run and of those pinned; its legend shows the figures of ``legend_epoch``."""
    if session.summary is None and not session.pinned:
        return sentence(begin_text(session), area.width, area.height)
    spec, axis = session.running_spec, chart_view.axis
    return loss_chart(
        _lines(session, legend_epoch, axis.counts, ascii=area.ascii),
        area.width,
        area.height,
        title=translate("record.loss") if session.recorded else _title(spec),
        short_title="" if session.recorded or spec.loss.name == "function" else loss_name(spec.loss.name),
        across=translate(_across(session, axis)),
        planned=_planned(session, axis) or None,
        planned_epochs=session.epochs_planned or None,
        heights=chart_view.heights,
        smooth=chart_view.smooth,
        axis=axis,
        window=chart_view.window(session.last_place(axis.counts)),
        changes=_changes(session, axis.counts, ascii=area.ascii),
        cursor=chart_view.cursor,
        numbers=_epoch_numbers(session),
        ascii=area.ascii,
    )


def loss_figure(session: LabSession, chart_view: ChartView) -> str:
    """The loss chart of `draw_loss` as an SVG document; empty if no epoch has ended."""
    from tutor.charts.loss_svg import loss_svg  # only if it is asked for

    spec, axis = session.running_spec, chart_view.axis
    lines = _lines(session, None, axis.counts, ascii=False)
    if all(line.history.latest() is None for line in lines):
        return ""
    return loss_svg(
        lines,
        title=harmless_line(spec.title_in(language())),
        y_name=_title(spec) or translate("charts.loss"),
        x_name=translate(_across(session, axis)),
        planned=_planned(session, axis) or None,
        axis=axis,
        logarithmic=chart_view.heights == "log",
        changes=_changes(session, axis.counts, ascii=False),
    )


def _across(session: LabSession, axis: Axis) -> str:
    """The key of the name of the horizontal axis."""
    if axis.in_epochs:
        return "lab.tries" if session.running_spec.manual else "lab.epoch"
    return "workbench.update" if axis.counts == "updates" else "lab.seconds-short"


def _planned(session: LabSession, axis: Axis) -> int:
    """The place where the run will end; 0 if that is not known."""
    epochs = session.epochs_planned
    if axis.in_epochs:
        return epochs
    return round(place_of(session.knots(axis.counts), epochs)) if len(session.train) else 0


def _epoch_numbers(session: LabSession) -> Sequence[float]:
    """The numbers of the epochs, if they are not just counted from 1 and are the same for all runs in view."""
    own = session.train_numbers
    return own if all(each.summary.numbers == own for each in session.others) else ()


def _lines(session: LabSession, legend_epoch: int | None, counts: Counted, *, ascii: bool) -> list[LossLine]:
    """The pinned runs, named by how they differ, then the present one."""
    lines = [
        replace(pinned_line(each.number, name, each.history), knots=knots_of(each.summary, counts))
        for each, name in zip(session.others, _pin_names(session, ascii=ascii), strict=True)
    ]
    knots = session.knots(counts)
    until = session.replay.player.position if session.replay is not None else None
    lines.append(replace(_own_line(session, ascii=ascii), knots=knots, until=until, legend_epoch=legend_epoch))
    if len(session.valid):
        lines.append(replace(valid_line(session.valid), knots=knots, until=until, legend_epoch=legend_epoch))
    return lines


def _pin_names(session: LabSession, *, ascii: bool) -> list[str]:
    """What distinguishes each pinned run, and which of its losses is drawn if there may be two."""
    names = []
    for each, name in zip(session.others, session.short_names(ascii=ascii), strict=False):
        validates = len(each.summary.valid_losses) > 0
        kind = translate("charts.valid-short" if validates else "charts.train")
        both = validates or len(session.valid) > 0
        names.append(f"{shorten(name, LONGEST_NAME - 1 - cell_width(kind))} {kind}" if both else name)
    return names


def _title(spec: LabConfig) -> str:
    name = loss_name(spec.loss.name)
    return translate("lab.loss-of", name=name) if spec.loss.name != "function" else ""


def _own_line(session: LabSession, *, ascii: bool) -> LossLine:
    """The training loss; for a drawn function, the height of the point, called by the function's name."""
    line, spec = train_line(session.train), session.running_spec
    drawn = spec.loss.name == "function"
    return replace(line, name=drawn_name(spec.model.function, ascii=ascii)) if drawn else line


def _changes(session: LabSession, counts: Counted, *, ascii: bool) -> list[tuple[int, str]]:
    """Where a control was changed and to what, a warm-up ended, and training stopped early, as places of the axis.

    Nothing if the learner is the optimizer and changes it every epoch.
    """
    summary, spec = session.summary, session.running_spec
    if summary is None or spec.manual:
        return []
    knots = knots_of(summary, counts)
    marks: dict[int, list[str]] = {}
    for change in summary.changes:
        name = f"{title_of_key(spec, change.key, ascii=ascii)} {value_text(change.key, change.value)}"
        place = change.updates if counts == "updates" else round(place_of(knots, change.epoch))
        marks.setdefault(place, []).append(name)
    if (end := _warm_up_end(session)) is not None:
        place = round(end if counts == "updates" else place_of(knots, epoch_of(session.knots(), end)))
        marks.setdefault(place, []).append(translate("lab.warm-up-ends"))
    if summary.reason == "no-improvement" and summary.best_epoch:
        marks.setdefault(round(place_of(knots, summary.best_epoch)), []).append(translate("lab.best-then-stopped"))
    return [(place, ", ".join(names)) for place, names in marks.items()]


def _warm_up_end(session: LabSession) -> float | None:
    """The update after which the learning rate falls again; None if there is no warm-up or it is still going on."""
    optimizer, summary, knots = session.running_spec.optimizer, session.summary, session.knots()
    if optimizer.schedule != "warm-up" or summary is None or len(knots) < 2:
        return None
    if summary.spec is not None and "schedule" in summary.spec.mine:
        return None  # the learner's own function decides
    if not optimizer.warm_up and len(knots) > 2:
        return None  # the batch size has changed, and with it the number of updates that were planned
    end = warm_up_updates(optimizer.warm_up, round(place_of(knots, session.epochs_planned)))
    return end if end <= summary.updates else None


def draw_view(session: LabSession, panel: str, area: Area) -> Rows:
    """A panel whose data the worker computes."""
    view = session.view(panel)
    if view is None:
        # Before the start, the loss chart says how to begin; once is enough.
        alone = session.summary is not None or "loss" not in session.panels
        said = begin_text(session) if session.summary is None else translate("charts.nothing-yet")
        return sentence(said if alone else "", area.width, area.height)
    own = session.running_spec.data.name == "csv"
    style = DrawStyle(area.width, area.height, area.colour, area.ascii, own_data=own)
    return draw_panel(panel, view.scene, view.frame, style)


# -- figures ---------------------------------------------------------------------------------------------


def number_rows(session: LabSession, width: int, *, without: Container[str] = ()) -> Rows:
    """The live figures: names on the left, figures aligned on the right; without those of some facts."""
    return [pair_row(each.name, each.text, width) for each in numbers(session) if each.fact not in without]


class Number(NamedTuple):
    """A live figure: the fact that it is, as goals call it (empty if they cannot), its name, and its text."""

    fact: str
    name: str
    text: str


def numbers(session: LabSession) -> list[Number]:
    """The live figures, the most important first."""
    summary = session.summary
    found = _progress(session)
    if summary is None:
        return found + _parameters(session)
    if summary.train_losses and session.running_spec.loss.name != "function":  # f(w) is among the parameters
        found.append(Number("final.train_loss", translate("lab.train-loss"), figure(train_loss_now(summary))))
    if summary.valid_losses:
        found.append(Number("final.valid_loss", translate("lab.valid-loss"), figure(summary.measured("valid_loss"))))
    found.extend(_parameters(session))
    for name, key in (("train_accuracy", "lab.train-accuracy"), ("valid_accuracy", "lab.valid-accuracy")):
        if (value := summary.measured(name)) is not None:
            text = f"{value:.1%}" if isfinite(value) else figure(value)
            found.append(Number(f"final.{name}", translate(key), text))
    found.extend(_regression(session, summary))
    found.extend(
        Number(f"final.{name}", harmless_line(name), figure(summary.measured(name))) for name in summary.metrics
    )
    if session.running_spec.manual:
        lowest = min((loss for loss in summary.train_losses if isfinite(loss)), default=None)
        return [*found, Number("", translate("lab.lowest"), figure(lowest))]
    if summary.best_epoch and isfinite(summary.best_valid_loss):
        name = translate("lab.best-at", epoch=summary.epoch_text(summary.best_epoch))
        found.append(Number("best.valid_loss", name, figure(summary.best_valid_loss)))
    if summary.gradient_norm is not None:
        found.append(Number("", translate("lab.gradient"), figure(summary.gradient_norm)))
    return found


def _regression(session: LabSession, summary: RunSummary) -> list[Number]:
    """R² and the root of the mean squared error, of the validation examples if there are some; empty if unknown."""
    if session.own_loop:
        return []
    squared = values_of(summary, session.running_spec).get("loss.name", session.running_spec.loss.name) == "mse"
    variance = summary.data.label_variance if summary.data is not None else 0.0
    loss = summary.measured("valid_loss" if summary.valid_losses else "train_loss")
    if not squared or not variance > 0 or loss is None or not 0 <= loss < inf:
        return []
    fit = figure(1 - loss / variance)
    return [Number("", translate("lab.r2"), fit), Number("", translate("lab.rmse"), figure(sqrt(loss)))]


def train_loss_now(summary: RunSummary) -> float | None:
    """The training loss of the last epoch; if another program trains, of the last epoch that measured it."""
    return summary.measured("train_loss") if summary.recorded else summary.train_losses[-1]


def _progress(session: LabSession) -> list[Number]:
    """Epoch and updates; if the learner is the optimizer, the number of tries."""
    epoch, updates = (session.summary.epoch, session.summary.updates) if session.summary is not None else (0, 0)
    if session.running_spec.manual:
        return [Number("", translate("lab.tries"), count(epoch))]
    planned = session.epochs_planned
    place = f"{count(epoch)} / {count(planned)}" if planned else count(epoch)
    if session.summary is not None and session.summary.numbers:
        place = session.summary.epoch_text()
    epochs = Number("epochs", translate("lab.epoch"), place)
    if session.own_loop:  # nobody knows its updates
        return [epochs]
    return [epochs, Number("updates", translate("lab.updates"), count(updates))]


def _parameters(session: LabSession) -> list[Number]:
    return [Number("", name, text) for name, text in parameters(session)]


def parameters(session: LabSession) -> list[tuple[str, str]]:
    """The parameters of a small model, from whichever panel has them."""
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


def pair_row(label: str, text: str, width: int) -> Row:
    """A name on the left, a figure aligned on the right."""
    room = max(1, width - cell_width(text) - 1)
    return [Span(pad(shorten(label, room), room), "muted"), Span(pad_left(text, width - room))]


def rows_of_text(text: str, ink: str, width: int, most: int) -> Rows:
    """A sentence in at most ``most`` lines, indented by one cell; a longer one ends with an ellipsis."""
    lines: Sequence[str] = wrapped(text, max(1, width - 2)) if text else []
    shown = list(lines[:most])
    if len(lines) > most and shown:
        shown[-1] = shorten(shown[-1] + " …", max(1, width - 2))
    return [[Span(f" {line}", ink)] for line in shown]


def know_best(session: LabSession, store: ProgressStore) -> None:
    """Give ``session`` the best attempt so far. Call it in a thread, because it reads the progress file."""
    challenge = session.challenge
    if challenge.goal is not None:
        challenge.best = store.attempts.best(session.original.id, challenge.goal.text)


def keep_attempt(owner: Widget, session: LabSession) -> None:
    """Save the present run of ``session``, in a thread, if it is the best attempt at the lab's goal."""
    attempt = session.take_attempt()
    if attempt is None:
        return
    store = shell_of(owner).workspace.store
    owner.run_worker(lambda: store.attempts.keep(attempt), thread=True, exit_on_error=False)
