"""The panel ``shapes``: the tables of parameters of a network, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.foundation.translate import translate
from tutor.labs.panel import DrawStyle, Panel, Payload, text_of

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.lab_config import LabConfig
    from tutor.labs.panel_context import PanelContext


class Shapes(Panel):
    """Name and shape of each table. Frame: ``layers``, [name, shape]."""

    @staticmethod
    def refusal(config: LabConfig) -> str:
        """It takes a network."""
        return "" if config.model.kind.network else translate("panel.needs-network")

    @staticmethod
    def can_show(context: PanelContext) -> bool:
        """Whether there is a network."""
        return context.has_network

    def frame(self) -> Payload | None:
        """The tables."""
        tables = self.context.network_training.network.named()
        return {"layers": [[name, list(table.shape)] for name, table in tables.items()]}

    @staticmethod
    def draw(_scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
        """A table, with how many parameters there are."""
        from tutor.charts.network import shapes_table

        layers = [(text_of(name), [int(size) for size in shape]) for name, shape in frame["layers"]]
        return shapes_table(layers, style.width, style.height, ascii=style.ascii)


PANEL = Shapes
