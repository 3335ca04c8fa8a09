"""The panels: a class in a file each, registered by being there.

To add one, add ``name_of_panel.py`` with a class of `tutor.labs.panel.Panel` and ``PANEL = NameOfPanel``, and a row to
the table of panels in ``lessons/README.md``. In labs it is called ``name-of-panel``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate
from tutor.ml.registry import find

if TYPE_CHECKING:
    from tutor.charts.cells import Rows
    from tutor.labs.panel import DrawStyle, Panel


@cache
def _modules() -> dict[str, str]:
    """The module of each panel by its name, in alphabetical order: the files of this folder, not imported."""
    files = sorted(file.stem for file in Path(__file__).parent.glob("*.py") if not file.stem.startswith("_"))
    return {file.replace("_", "-"): f"{__name__}.{file}" for file in files}


def panel_names() -> tuple[str, ...]:
    """The panels that a lab may show, in alphabetical order."""
    return tuple(_modules())


def panel_class(name: str) -> type[Panel]:
    """The panel called ``name``, whose file is imported now.

    Raises:
        TutorError: There is no such panel; the hint gives the nearest right name, or all of them.
    """
    panel: type[Panel] = import_module(find(_modules(), name)).PANEL
    return panel


def draw_panel(name: str, scene: Mapping[str, Any], frame: Mapping[str, Any], style: DrawStyle) -> Rows:
    """Draw the panel ``name`` from its ``scene`` and its latest ``frame``, in exactly the cells of ``style``.

    Anyone may have written a log, so nothing in it is trusted to be there or to be a number. What makes no sense
    becomes a sentence; this never raises.
    """
    from tutor.charts.cells import sentence

    if name not in _modules():
        unknown = translate("panel.unknown", panel=harmless_line(name)[:40])
        return sentence(unknown, style.width, style.height)
    if not (scene or frame):
        return sentence(translate("charts.nothing-yet"), style.width, style.height)
    import numpy as np

    try:
        with np.errstate(all="ignore"):
            return panel_class(name).draw(scene, frame, style)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, MemoryError, RecursionError):
        return sentence(translate("charts.unreadable"), style.width, style.height)
