"""The panel ``loss``: the loss of every epoch, which viewers draw from the epochs in the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Panel, Payload

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.panel_context import PanelContext


class Loss(Panel):
    """The losses of training and validation. It sends nothing: see `tutor.charts.loss.loss_chart`."""

    @staticmethod
    def can_show(_context: PanelContext) -> bool:
        """Never in a worker."""
        return False

    def frame(self) -> Payload | None:
        """None."""
        return None

    @staticmethod
    def draw(_scene: Mapping[str, Any], _frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """A sentence: whoever shows the losses has the epochs, which are not here."""
        from tutor.charts.cells import sentence

        return sentence(translate("charts.nothing-yet"), style.width, style.height)


PANEL = Loss
