"""The charts of a lab: how each is drawn from the session, and how many fit where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tutor.charts.cells import Rows
from tutor.charts.glass import Glass
from tutor.charts.loss import LossLine, loss_chart, pinned_line, train_line, valid_line
from tutor.charts.loss_axis import place_of
from tutor.charts.notice import sentence
from tutor.charts.panels import Drawing, draw_panel
from tutor.foundation.translate import translate
from tutor.labs.controls import value_text
from tutor.labs.lab_config import RunSpec
from tutor.runs.comparison import knots_of, title_of_key
from tutor.runs.session.session import LabSession
from tutor.runs.words import drawn_name
from tutor.tui.widgets.chart import Room
from tutor.tui.widgets.lab_words import begin_text, loss_name


def draw_loss(session: LabSession, glass: Glass, room: Room, *, told: int | None = None) -> Rows:
    """The loss of the present run and of those pinned; its legend tells the figures up to the epoch ``told``."""
    if session.summary is None and not session.pinned:
        return sentence(begin_text(session), room.width, room.height)
    spec, axis = session.running_spec, glass.axis
    counted = "workbench.update" if axis.in_updates else "lab.tries" if spec.manual else "lab.epoch"
    planned = session.epochs_planned
    if axis.in_updates:
        planned = round(place_of(session.knots(), planned)) if len(session.train) else 0
    return loss_chart(
        _lines(session, room, told),
        room.width,
        room.height,
        title=translate("record.loss") if session.recorded else _title(spec),
        short_title="" if session.recorded or spec.loss.name == "function" else loss_name(spec.loss.name),
        across=translate(counted),
        planned=planned or None,
        logarithmic=glass.logarithmic,
        axis=axis,
        window=glass.window(session.last_place(in_updates=axis.in_updates)),
        changes=_changes(session, room, in_updates=axis.in_updates),
        cursor=glass.cursor,
        numbers=_numbers(session),
        ascii=room.ascii,
    )


def _numbers(session: LabSession) -> Sequence[float]:
    """What the epochs are called, if that is not their places, and is the same for all runs in view."""
    own = session.train_numbers
    return own if all(each.summary.numbers == own for each in session.others) else ()


def _lines(session: LabSession, room: Room, told: int | None) -> list[LossLine]:
    """The runs that are kept, named by what tells them apart, then the present one."""
    lines = [
        replace(pinned_line(each.number, name, each.history), knots=knots_of(each.summary))
        for each, name in zip(session.others, session.names(ascii=room.ascii), strict=False)
    ]
    knots = session.knots()
    until = session.replay.player.position if session.replay is not None else None
    lines.append(replace(_own_line(session, ascii=room.ascii), knots=knots, until=until, told=told))
    if len(session.valid):
        lines.append(replace(valid_line(session.valid), knots=knots, until=until, told=told))
    return lines


def _title(spec: RunSpec) -> str:
    name = loss_name(spec.loss.name)
    return translate("lab.loss-of", name=name) if spec.loss.name != "function" else ""


def _own_line(session: LabSession, *, ascii: bool) -> LossLine:
    """The training loss; the height of the point on a drawn function, which is no error, by its own name."""
    line, spec = train_line(session.train), session.running_spec
    drawn = spec.loss.name == "function"
    return replace(line, name=drawn_name(spec.model.function, ascii=ascii)) if drawn else line


def _changes(session: LabSession, room: Room, *, in_updates: bool) -> list[tuple[int, str]]:
    """Where a control was turned, and to what. Where every epoch is the learner's own move that tells nothing."""
    summary, spec = session.summary, session.running_spec
    if summary is None or spec.manual:
        return []
    marks: dict[int, list[str]] = {}
    for change in summary.changes:
        name = f"{title_of_key(spec, change.key, ascii=room.ascii)} {value_text(change.key, change.value)}"
        marks.setdefault(change.updates if in_updates else change.epoch, []).append(name)
    return [(place, ", ".join(names)) for place, names in marks.items()]


def draw_view(session: LabSession, panel: str, room: Room) -> Rows:
    """A panel that the worker computes."""
    view = session.view(panel)
    if view is None:
        # Before the start the chart of the loss says how to begin; once is enough.
        alone = session.summary is not None or "loss" not in session.spec.show.panels
        said = begin_text(session) if session.summary is None else translate("charts.nothing-yet")
        return sentence(said if alone else "", room.width, room.height)
    own = session.running_spec.data.name == "csv"
    drawing = Drawing(room.width, room.height, room.colour, room.ascii, own_data=own)
    return draw_panel(panel, view.scene, view.frame, drawing)
