"""The panel ``updates``: the loss of every single update, as it comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Panel, Payload, rounded, rounded_all

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext


class Updates(Panel):
    """The last updates, and the loss over all examples at the ends of their epochs.

    Frame: ``losses`` of the updates' batches, the number of the ``last`` update, and ``epochs``: [update, loss].
    """

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._batches = context.network_training.watch_batches()

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes batches that are learned from by their gradients."""
        descends = config.follows_gradient and config.model.kind.network
        return "" if descends else translate("panel.needs-network-descent")

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether a network follows its gradient."""
        return context.has_network and context.config.follows_gradient

    def frame(self) -> Payload | None:
        """The updates as far as they are kept."""
        batches = self._batches
        losses = np.array(batches.losses)
        if not len(losses) or not np.isfinite(losses).all():
            return None
        first = batches.updates - len(losses)
        epochs = [[update, rounded(loss)] for update, loss in batches.epochs if update > first]
        return {"losses": rounded_all(losses), "last": batches.updates, "epochs": epochs}

    @staticmethod
    def draw(_scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """A line for batches, and points for whole epochs."""
        from tutor.charts.network import updates_chart

        whole = frame["epochs"]
        return updates_chart(
            frame["losses"],
            int(frame["last"]),
            style.width,
            style.height,
            epochs=([pair[0] for pair in whole], [pair[1] for pair in whole]),
            ascii=style.ascii,
        )


PANEL = Updates
