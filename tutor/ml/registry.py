"""The registries of `tutor.ml`, such as `tutor.ml.optimizers.OPTIMIZERS`, and looking a name up in one."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, TypeVar

from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import listed, translate

T = TypeVar("T")


def registry(place: str) -> Mapping[str, Any]:
    """The registry at ``module:NAME`` within `tutor.ml`, whose module is imported now.

    What is registered goes by the settings of a lab, and a setting knows where the names are that it may take. So
    `tutor.ml.settings` finds them in this way: it would else import itself.
    """
    module, _, name = place.partition(":")
    found: Mapping[str, Any] = getattr(import_module(f"tutor.ml.{module}"), name)
    return found


def find(registry: Mapping[str, T], name: str) -> T:
    """What is registered as ``name``.

    Raises:
        TutorError: Nothing is; the hint gives the nearest right name, or all of them.
    """
    if name in registry:
        return registry[name]
    near = nearest(name, registry)
    hint = translate("ml.did-you-mean", near=near) if near else translate("runs.known-keys", names=listed(registry))
    raise TutorError(translate("ml.no-such-name", name=harmless_line(name)[:80]), hint=hint)
