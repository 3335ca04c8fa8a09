"""Widgets that are laid out once when their size changes."""

from __future__ import annotations

from textual.geometry import Size
from textual.widget import Widget


class LaidOnce(Widget):
    """A widget that needs no second look at the whole screen after it got another size.

    Textual lays everything out again for each widget whose content has another size than before, for it could need
    a scroll bar now. This one never has one, or always.
    """

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        """Take the new size; whether it is another one than before."""
        return super()._size_updated(size, virtual_size, container_size, layout=False)
