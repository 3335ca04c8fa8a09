"""The panel ``learning-rate``: the learning rate over updates, as it was and as the schedule plans it."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Panel, Payload, Trajectory, evenly_spaced, rounded_all

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext
    from tutor.ml.training import EpochResult


MAX_POINTS = 150
"""Of each line: with the largest numbers of updates there are, a line of the log is still short enough."""


class LearningRate(Panel):
    """The learning rate at the last update of each epoch, and what the schedule plans before the first one.

    Scene: ``updates``, from 1, and ``planned``, the learning rate at each. A change while the run goes on does not
    change the plan. Frame: ``updates`` and ``used``.
    """

    observes = True

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._last: EpochResult | None = None
        self._path = Trajectory(self._point, MAX_POINTS)

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes the descent of one training."""
        if not (config.follows_gradient and config.model.kind.descends):
            return translate("panel.needs-descent")
        return translate("panel.no-folds") if config.data.folds else ""

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether one network or a drawn function follows a gradient."""
        descends = context.has_network or context.dataset.task == "drawn"
        return descends and context.config.follows_gradient

    def observe(self, result: EpochResult) -> None:
        """One epoch more."""
        self._last = result
        self._path.step()

    def _point(self) -> tuple[float, float] | None:
        last = self._last
        return None if last is None or last.learning_rate is None else (last.updates, last.learning_rate)

    def fixed_scene(self) -> Payload | None:
        """The plan."""
        from tutor.ml.schedules import make_schedule

        context, optimizer = self.context, self.context.config.optimizer
        each = ceil(len(context.dataset.x_train) / context.network_training.batch_size) if context.has_network else 1
        planned = context.epochs * each
        updates = evenly_spaced(planned, MAX_POINTS)
        factors = make_schedule(optimizer.schedule, optimizer.warm_up)(updates, planned)
        return {"updates": (updates + 1).tolist(), "planned": rounded_all(optimizer.learning_rate * factors)}

    def frame(self) -> Payload | None:
        """What was used so far; None before the first epoch."""
        path = self._path.points()
        if not path:
            return None
        return {"updates": [update for update, _ in path], "used": rounded_all(rate for _, rate in path)}

    @staticmethod
    def draw(scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """A line over a dotted one."""
        from tutor.charts.learning_rate import learning_rate_chart

        return learning_rate_chart(
            (frame.get("updates", ()), frame.get("used", ())),
            style.width,
            style.height,
            planned=(scene["updates"], scene["planned"]),
            ascii=style.ascii,
        )


PANEL = LearningRate
