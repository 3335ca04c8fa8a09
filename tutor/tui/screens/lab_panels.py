"""The charts of a lab: how each is drawn from the session, and how many fit where."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tutor.charts.cells import Rows
from tutor.charts.loss import LossLine, loss_chart, pinned_line, train_line, valid_line
from tutor.charts.notice import sentence
from tutor.charts.panels import Drawing, draw_panel
from tutor.foundation.translate import translate
from tutor.runs.spec import RunSpec
from tutor.tui.lab_session import LabSession
from tutor.tui.screens.lab_words import begin_text, loss_name
from tutor.tui.widgets.chart import Room

_ZOOMS = 12


@dataclass(slots=True)
class Glass:
    """How the learner looks at the loss: the axis, how closely, and where it is read off."""

    logarithmic: bool = False
    zoom: int = 0
    """How often the number of epochs in view was halved."""
    cursor: int | None = None

    def window(self, last: int) -> tuple[int, int] | None:
        """The epochs in view of a run that has got to ``last``; None for all of them."""
        if not self.zoom or last < 4:
            return None
        span = max(3, last >> self.zoom)
        end = last if self.cursor is None else min(last, max(span, self.cursor + span // 2))
        return max(1, end - span + 1), end

    def closer(self, last: int) -> None:
        """Half as many epochs."""
        if last >> (self.zoom + 1) >= 3 and self.zoom < _ZOOMS:
            self.zoom += 1

    def further(self) -> None:
        """Twice as many epochs."""
        self.zoom = max(0, self.zoom - 1)

    def move(self, steps: int, last: int) -> None:
        """Move the cursor by some fortieths of what is in view; past the last epoch it goes away."""
        if last < 1:
            self.cursor = None
            return
        first, end = self.window(last) or (1, last)
        size = max(1, (end - first) // 40)
        place = (last + size if self.cursor is None else self.cursor) + steps * size
        self.cursor = None if place > last else max(1, place)


def draw_loss(session: LabSession, glass: Glass, room: Room) -> Rows:
    """The loss of the present run and of those pinned."""
    if session.summary is None and not session.pinned:
        return sentence(begin_text(session), room.width, room.height)
    lines = [pinned_line(each.number, each.name, each.history) for each in session.pinned]
    lines.append(_own_line(session))
    if len(session.valid):
        lines.append(valid_line(session.valid))
    spec = session.running_spec
    last = len(session.train)
    return loss_chart(
        lines,
        room.width,
        room.height,
        title=_title(spec),
        across=translate("lab.tries" if spec.manual else "lab.epoch"),
        planned=spec.train.epochs,
        logarithmic=glass.logarithmic,
        window=glass.window(last),
        changes=_changes(session),
        cursor=glass.cursor,
        ascii=room.ascii,
    )


def _title(spec: RunSpec) -> str:
    name = loss_name(spec.loss.name)
    return translate("lab.loss-of", name=name) if spec.loss.name != "function" else ""


def _own_line(session: LabSession) -> LossLine:
    """The training loss; the height of the point on a drawn function, which is no error, by its own name."""
    line = train_line(session.train)
    drawn = session.running_spec.loss.name == "function"
    return replace(line, name=translate("lab.loss-function")) if drawn else line


def _changes(session: LabSession) -> list[int]:
    """Before which epochs a control was turned. Where every epoch is the learner's own move that tells nothing."""
    summary = session.summary
    if summary is None or session.running_spec.manual:
        return []
    return [change.epoch for change in summary.changes]


def draw_view(session: LabSession, panel: str, room: Room) -> Rows:
    """A panel that the worker computes."""
    view = session.view(panel)
    if view is None:
        # Before the start the chart of the loss says how to begin; once is enough.
        alone = session.summary is not None or "loss" not in session.spec.show.panels
        said = begin_text(session) if session.summary is None else translate("charts.nothing-yet")
        return sentence(said if alone else "", room.width, room.height)
    return draw_panel(panel, view.scene, view.frame, Drawing(room.width, room.height, room.colour, room.ascii))
