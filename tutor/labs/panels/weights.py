"""The panel ``weights``: the parameters of a small model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tutor.labs.panel import DrawStyle, Panel, Payload, rounded_all

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.panel_context import PanelContext

MAX_WEIGHTS = 60


class Weights(Panel):
    """The first parameters by name. Frame: ``names``, ``values``."""

    @staticmethod
    def can_show(_context: PanelContext) -> bool:
        """Always: whatever is trained has parameters."""
        return True

    def frame(self) -> Payload | None:
        """The parameters as they are now."""
        names, values = self.context.weights()
        if not np.isfinite(values).all():
            return None
        return {"names": names[:MAX_WEIGHTS], "values": rounded_all(values[:MAX_WEIGHTS])}

    @staticmethod
    def draw(_scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """A bar for each parameter."""
        from tutor.charts.weights import weights_chart

        names = style.names(frame["names"])
        return weights_chart(names, frame["values"], style.width, style.height, ascii=style.ascii)


PANEL = Weights
