"""The charts of a lab: how each is drawn from the session, and how many fit where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tutor.charts.cells import Rows
from tutor.charts.loss import loss_chart, pinned_line, train_line, valid_line
from tutor.charts.notice import sentence
from tutor.charts.panels import Drawing, draw_panel
from tutor.foundation.translate import translate
from tutor.tui.lab_session import LabSession
from tutor.tui.screens.lab_words import loss_name
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
        return sentence(translate("lab.says-ready"), room.width, room.height)
    lines = [pinned_line(each.number, each.name, each.history) for each in session.pinned]
    lines.append(train_line(session.train))
    if len(session.valid):
        lines.append(valid_line(session.valid))
    summary = session.summary
    spec = session.running_spec
    last = len(session.train)
    return loss_chart(
        lines,
        room.width,
        room.height,
        title=translate("lab.loss-of", name=loss_name(spec.loss.name)),
        planned=spec.train.epochs,
        logarithmic=glass.logarithmic,
        window=glass.window(last),
        changes=[change.epoch for change in summary.changes] if summary is not None else (),
        cursor=glass.cursor,
        ascii=room.ascii,
    )


def draw_view(session: LabSession, panel: str, room: Room) -> Rows:
    """A panel that the worker computes."""
    view = session.view(panel)
    if view is None:
        # Before the start the chart of the loss says how to begin; once is enough.
        alone = session.summary is not None or "loss" not in session.spec.show.panels
        key = "lab.says-ready" if session.summary is None else "charts.nothing-yet"
        return sentence(translate(key) if alone else "", room.width, room.height)
    return draw_panel(panel, view.scene, view.frame, Drawing(room.width, room.height, room.colour, room.ascii))


class Arrangement(NamedTuple):
    """How many panels are shown, in how many columns."""

    shown: int
    columns: int


def arrange(width: int, height: int, panels: int) -> Arrangement:
    """What fits into ``width`` by ``height`` cells: side by side where that leaves each wide enough, else stacked."""
    across = max(1, width // 56)
    down = max(1, height // 8)
    shown = max(1, min(panels, across * down))
    if shown > 1 and (width >= 120 or height < 8 * shown) and across > 1:
        return Arrangement(shown, min(shown, across))
    return Arrangement(min(shown, down) if across == 1 else shown, 1 if shown <= down else across)


def row_heights(panels: list[str], plan: Arrangement, height: int, classes: int) -> str:
    """How the rows of the grid share ``height`` cells, as Textual writes it.

    A table of confusions takes the rows it has; the pictures share the rest, the first one with a little more.
    """
    if plan.columns > 1 or len(panels) < 2:
        return "1fr"
    table = classes + 3
    sizes = []
    for place, panel in enumerate(panels):
        if panel == "confusion" and place and classes and table <= height // 3:
            sizes.append(str(table))
        else:
            sizes.append("3fr" if place == 0 else "2fr")
    return " ".join(sizes) if len(panels) == 2 or any(size.isdigit() for size in sizes) else "1fr"
