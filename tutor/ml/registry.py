"""Looking names up in the registries of `tutor.ml`, such as `tutor.ml.optimizers.OPTIMIZERS`."""

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

    `tutor.ml.settings` finds the names that a setting may take in this way. It cannot import the registries when it is
    loaded, because their modules import it.
    """
    module, _, name = place.partition(":")
    found: Mapping[str, Any] = getattr(import_module(f"tutor.ml.{module}"), name)
    return found


def find(registry: Mapping[str, T], name: str) -> T:
    """The entry called ``name``.

    Raises:
        TutorError: There is none; the hint gives the nearest name, or all names.
    """
    if name in registry:
        return registry[name]
    near = nearest(name, registry)
    hint = translate("ml.did-you-mean", near=near) if near else translate("runs.known-keys", names=listed(registry))
    raise TutorError(translate("ml.no-such-name", name=harmless_line(name)[:80]), hint=hint)
