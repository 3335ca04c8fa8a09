"""The losses of the lab that the learner's function trains, beside those of the built-in one."""

from __future__ import annotations

from tutor.charts.cells import Rows
from tutor.charts.loss import LossLine, loss_chart
from tutor.charts.loss_history import LossHistory
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.runs.mine_curves import MineCurves
from tutor.tui.screens.exercise.rows import rule_row, said_rows
from tutor.tui.widgets.rows import Area


def curve_rows(curves: MineCurves, lab: str, area: Area) -> Rows:
    """Return a small chart of both training losses, or a sentence before there is one."""
    rest = Area(area.width, area.height - 1, ascii=area.ascii)
    head = [rule_row(area.width, lab)]
    mine, built_in = curves.mine, curves.built_in
    if mine is None or not mine.train_losses:
        failed = mine is not None and mine.state == "failed"
        key = "exercise.curve-failed" if failed else "exercise.curve-going"
        problem = harmless_line(mine.message) if mine is not None else ""
        return [*head, *said_rows(translate(key, lab=lab, problem=problem), rest, "bad" if failed else "muted")]
    lines = [LossLine(translate("mine.name-mine-short"), LossHistory(mine.train_losses), "train", "thick")]
    if built_in is not None and built_in.train_losses:
        name = translate("mine.name-built-in")
        lines.insert(0, LossLine(name, LossHistory(built_in.train_losses), "pinned1", "dashed", "1"))
    return [*head, *loss_chart(lines, rest.width, rest.height, heights="whole", ascii=rest.ascii)]
