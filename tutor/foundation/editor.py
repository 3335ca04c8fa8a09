"""Which editor the learner uses."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping
from typing import Final

from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.served import is_served
from tutor.foundation.translate import translate

_USUAL: Final = ("sensible-editor", "editor", "nano", "vim", "vi")
"""Editors to try, in this order, if the environment names none."""


def editor_command(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The command of the editor in words: from ``VISUAL``, else ``EDITOR``, else the first one that is installed.

    Raises:
        TutorError: There is none, its quotes are not closed, or no program may be started here.
    """
    if is_served():
        raise TutorError(translate("serve.no-editor"))
    for variable in ("VISUAL", "EDITOR"):
        if (named := environment.get(variable, "")).strip():
            try:
                return shlex.split(named)
            except ValueError as error:
                raise editor_not_started(named, str(error)) from None
    found = next((name for name in _USUAL if shutil.which(name, path=environment.get("PATH"))), None)
    if found is None:
        raise TutorError(translate("app.no-editor"))
    return [found]


def editor_not_started(editor: str, reason: str) -> TutorError:
    """Return the error for an editor that could not be started."""
    return TutorError(translate("app.editor-not-started", editor=harmless_line(editor), reason=harmless_line(reason)))
