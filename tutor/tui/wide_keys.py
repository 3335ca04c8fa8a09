"""Keys of a Chinese keyboard: with an input method on, ``1`` arrives as ``１``, ``?`` as ``？`` and ``/`` as ``、``.

Where a key is a command, it means what it means without the input method. Where text is typed, it stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual import events
from textual.keys import key_to_character

from tutor.foundation.text import narrow
from tutor.tui.keymap import key_from

if TYPE_CHECKING:
    from textual.widget import Widget

_PLACES: Final = {
    "。": ".",
    "、": "/",
    "【": "[",
    "】": "]",
    "「": "[",
    "」": "]",
    "《": "<",
    "》": ">",
    "·": "`",
    "￥": "$",
}
"""What the same key types without the input method, where that is not the narrow form of the sign."""


def narrow_key(event: events.Key, focused: Widget | None) -> events.Key:
    """``event``, or the key that it stands for, if the focused widget does not take it as text."""
    typed = event.character or key_to_character(event.key)
    if not typed or typed.isascii():
        return event
    sign = _PLACES.get(typed) or narrow(typed)
    if not sign.isascii():
        return event
    if focused is not None and focused.check_consume_key(event.key, typed):
        return event
    key = key_from(sign)
    return events.Key(key, sign) if key else event
