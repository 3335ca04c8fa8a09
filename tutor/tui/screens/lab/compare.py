"""The table under the charts: the present run and those kept beside it, figure by figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isnan

from tutor.charts.cells import Row, Rows, Span, fit_row
from tutor.charts.numbers import count, figure
from tutor.charts.run_table import Column, run_table
from tutor.foundation.translate import translate
from tutor.labs.lab_config import LabConfig
from tutor.runs.comparison import Standing, common_end, lowest, standings
from tutor.runs.session.session import LabSession
from tutor.runs.summary import RunSummary
from tutor.tui.widgets.rows import Room

_NOTHING = "–"
"""What a run has no figure of, or not yet."""


def rows_needed(session: LabSession) -> int:
    """How many rows the table takes."""
    return len(_runs(session)) + 2 if _runs(session) else 1


def compare_rows(session: LabSession, room: Room, *, in_updates: bool) -> Rows:
    """Title and table; a sentence where there is nothing to compare yet."""
    runs = _runs(session)
    if len(runs) < 2:
        how = "compare.how-recorded" if session.recorded else "compare.how"
        head: Row = [Span(f" {translate(how)}", "muted")]
        if not runs:
            return [fit_row(head, room.width)]
    else:
        end = common_end([summary for _, _, _, summary in runs], in_updates=in_updates)
        key = "compare.equal-updates" if in_updates else "compare.equal-epochs"
        head = [
            Span(f" {translate('compare.title')}", "strong"),
            Span(f"  {translate(key, count=count(end))}", "muted"),
        ]
    found = standings([(spec, summary) for _, _, spec, summary in runs], in_updates=in_updates, ascii=room.ascii)
    names = [(f" {sign}", ink, standing.name) for (sign, ink, _, _), standing in zip(runs, found, strict=True)]
    table = run_table(names, _columns(found), room.width - 1, max(2, room.height - 1), ascii=room.ascii)
    return [fit_row(head, room.width), *(fit_row(row, room.width) for row in table)]


def _runs(session: LabSession) -> list[tuple[str, str, LabConfig, RunSummary]]:
    """Sign, ink, spec and log of each run."""
    runs = [(f"╌╌{each.number}", f"pinned{each.number}", each.spec, each.summary) for each in session.others]
    if session.summary is not None:
        runs.append(("──", "train", session.running_spec, session.summary))
    return runs


def _columns(found: Sequence[Standing]) -> list[Column]:
    """What is known of at least one run; the loss at the common end where they have not got equally far."""
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
