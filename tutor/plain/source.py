"""``tutor source NAME``: print the code that trains, so that learners can read it."""

from __future__ import annotations

import os

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.suggest import nearest
from tutor.foundation.translate import translate
from tutor.ml.source import source_names, source_of

_KINDS = {
    "optimizer": "source.optimizers",
    "loss": "source.losses",
    "activation": "source.activations",
    "schedule": "source.schedules",
    "function": "source.functions",
    "part": "source.parts",
    "training": "source.trainings",
}


def show_source(name: str | None) -> int:
    """Print the code of ``name``; without a name, print all names.

    Returns:
        The exit code, always 0.

    Raises:
        TutorError: There is no such name.
    """
    names = source_names()
    if name is None:
        for kind, of_kind in names.items():
            print(f"{translate(_KINDS[kind])}\n    {'  '.join(of_kind)}")
        return 0
    try:
        passages = source_of(name)
    except KeyError as error:
        near = nearest(name, [each for of_kind in names.values() for each in of_kind])
        hint = translate("app.did-you-mean", name=near) if near else translate("source.see-list")
        raise TutorError(translate("source.unknown", name=name), hint=hint, exit_code=ExitCode.USAGE) from error
    for number, passage in enumerate(passages):
        print(f"{'' if number == 0 else os.linesep}{passage.place}\n")
        last = passage.line + passage.text.count("\n")
        for line, text in enumerate(passage.text.splitlines(), passage.line):
            print(f"{line:>{len(str(last))}}  {text}".rstrip())
    return 0
