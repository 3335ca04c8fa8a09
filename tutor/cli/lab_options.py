"""The options that change a lab, the same for every command that takes one."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from tutor.foundation.errors import TutorError
from tutor.foundation.files import named_path
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate

_OPTIONS = {
    "target": ("COLUMN", "cli.lab-target"),
    "features": ("COLUMN,...", "cli.lab-features"),
    "group": ("COLUMN", "cli.lab-group"),
    "task": ("TASK", "cli.lab-task"),
    "decimal": ("MARK", "cli.lab-decimal"),
    "model": ("MODEL", "cli.lab-model"),
    "hidden": ("WIDTH,...", "cli.lab-hidden"),
    "loss": ("LOSS", "cli.lab-loss"),
    "optimizer": ("NAME", "cli.lab-optimizer"),
    "learning_rate": ("NUMBER", "cli.lab-learning-rate"),
    "batch_size": ("NUMBER", "cli.lab-batch-size"),
    "epochs": ("NUMBER", "cli.lab-epochs"),
    "seed": ("NUMBER", "cli.lab-seed"),
    "text": ("FILE", "writing.cli-text"),
}
"""The short forms of ``--set``: for each the placeholder of its value, and the key of its help text."""
_KEY = re.compile(r"(?<![\w.-])[a-z]{1,20}\.[a-z_0-9]{1,40}(?![\w-]|\.\w)")
"""A dotted key of a setting in a sentence."""
_COLUMNS = frozenset({"target", "features", "group"})
"""Options whose values are names of columns, which are not parsed as TOML."""


def lab_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--data``, ``--set`` and the short forms of ``--set``."""
    decorated = command
    for name, (metavar, help_key) in reversed(_OPTIONS.items()):
        option = click.option(f"--{name.replace('_', '-')}", name, metavar=metavar, help=translate(help_key))
        decorated = option(decorated)
    decorated = click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help=translate("cli.train-set"))(
        decorated
    )
    return click.option("--data", metavar="FILE", help=translate("cli.lab-data"))(decorated)


def overrides(settings: tuple[str, ...], options: dict[str, str | None]) -> dict[str, object]:
    """Return the settings that ``--set`` and its short forms give, by dotted key or short name.

    Raises:
        TutorError: An argument of ``--set`` is not a setting with a value.
    """
    from tutor.labs.lab_files import parse_setting

    changes = dict(parse_setting(word) for word in settings)
    for name, text in options.items():
        if text is None:
            continue
        if name == "features":
            names = next(csv.reader([harmless_line(text)], skipinitialspace=True), [])
            changes["data.features"] = [each.strip() for each in names]
        elif name == "text":
            changes |= _text_overrides(text)
        elif name in _COLUMNS:
            changes[f"data.{name}"] = harmless_line(text)
        else:
            key, value = parse_setting(f"{name}={text}")
            changes[key] = value
    return changes


def _text_overrides(text: str) -> dict[str, object]:
    """Read a text of the course by its name, or else a file of the learner's own."""
    from tutor.labs.settings import SETTINGS

    if text in SETTINGS["data.text"].names() and text != "file":
        return {"data.text": text}
    return {"data.text": "file", "data.path": str(named_path(text).absolute())}


@contextmanager
def names_as_typed(settings: tuple[str, ...], options: Mapping[str, str | None]) -> Iterator[None]:
    """Errors raised inside name each setting as the learner typed it: ``--features``, not ``data.features``.

    Args:
        settings: The arguments of ``--set``.
        options: Its short forms by the names of their parameters; None if one was not used.
    """
    from tutor.labs.settings import key_of

    typed = {key_of(word): word for word in (each.partition("=")[0].strip() for each in settings)}
    for name, text in options.items():
        if text is not None and name in _OPTIONS:
            key = f"data.{name}" if name in _COLUMNS else key_of(name)
            typed[key] = f"--{name.replace('_', '-')}"
    try:
        yield
    except TutorError as error:
        message, hint = _renamed(error.message, typed), _renamed(error.hint, typed)
        if (message, hint) == (error.message, error.hint):
            raise
        raise TutorError(message, hint=hint, exit_code=error.exit_code) from error


def _renamed(text: str, typed: Mapping[str, str]) -> str:
    """Put the typed word in place of each dotted key that stands alone in a sentence."""
    return _KEY.sub(lambda found: typed.get(found[0], found[0]), text)


def require_one(lab: str | None, data: str | None) -> None:
    """Check that there is a lab or a table, and not both.

    Raises:
        UsageError: There is neither, or there are both.
    """
    if (lab is None) == (data is None):
        raise click.UsageError(translate("cli.lab-or-data" if lab is None else "cli.lab-and-data"))
