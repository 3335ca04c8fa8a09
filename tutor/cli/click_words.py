"""The words that click says by itself, in the learner's language.

click asks gettext for them, which looks for compiled catalogues in the language of the environment. The learner's
language is a setting and our texts are TOML, so click's modules are given functions of ours in gettext's place. What
a later click says otherwise than this one stays English.

gettext's own way (`bindtextdomain`) was tried with click 8.5 and works, at a price: each language's TOML has to be
compiled into the cache folder, where it may be unwritable; ``LANGUAGE`` has to be set, which every child process
inherits; and the first message costs 2 ms, a thirtieth of ``tutor --help``.
"""

from __future__ import annotations

from types import ModuleType

import click
from click import core, decorators, exceptions, formatting, parser, types

from tutor.cli.help_format import HelpFormatter
from tutor.foundation.translate import translate

WORDS = {
    "Options": "click.options",
    "Commands": "click.commands",
    "Positional arguments": "click.arguments",
    "Show this message and exit.": "click.help",
    "default: {default}": "click.default",
    "required": "click.required",
    "Missing command.": "click.missing-command",
    "Missing argument": "click.missing-argument",
    "Missing option": "click.missing-option",
    "Missing parameter": "click.missing-parameter",
    "Got unexpected extra argument ({args})": "click.extra-argument",
    "Got unexpected extra arguments ({args})": "click.extra-arguments",
    "No such option {name!r}.": "click.no-option",
    "No such command {name!r}.": "click.no-command",
    "Did you mean {possibility}?": "click.did-you-mean",
    "(Did you mean one of: {possibilities}?)": "click.did-you-mean-one",
    "Option {name!r} does not take a value.": "click.takes-no-value",
    "Option {name!r} requires an argument.": "click.needs-a-value",
    "Option {name!r} requires {nargs} arguments.": "click.needs-values",
    "Argument {name!r} takes {nargs} values.": "click.takes-values",
    "Invalid value: {message}": "click.invalid",
    "Invalid value for {param_hint}: {message}": "click.invalid-for",
    "Choose from:\n\t{choices}": "click.choose",
    "{value!r} is not {choice}.": "click.not-the-choice",
    "{value!r} is not one of {choices}.": "click.not-a-choice",
    "{value} is not in the range {range}.": "click.not-in-range",
    "{value!r} is not a valid {number_type}.": "click.no-number",
}
"""What click says in English, and the key of it."""


def speak() -> None:
    """Make click say `WORDS` in the language in use, from now on."""
    for module in (core, decorators, exceptions, formatting, parser, types):
        _give(module, "_", _say)
        _give(module, "ngettext", _say_count)
    core.Context.formatter_class = HelpFormatter


def _give(module: ModuleType, name: str, say: object) -> None:
    if hasattr(module, name):
        setattr(module, name, say)


def _say(words: str) -> str:
    key = WORDS.get(words)
    return translate(key) if key is not None else words


def _say_count(one: str, several: str, count: int) -> str:
    return _say(one if count == 1 else several)


def sentence(error: click.UsageError) -> str:
    """What click found wrong, on one line; choices come a line each."""
    said = " ".join(error.format_message().split())
    if not isinstance(error, click.MissingParameter):
        return said
    missing, _, choices = said.partition(".")  # click ends this sentence alone by itself, in its own way
    return translate("click.full-stop", said=missing, choices=choices.strip()).strip()
