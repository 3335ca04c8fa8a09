"""click in the learner's language, with help measured in cells; and ``tutor LESSON`` for ``tutor open LESSON``.

click asks gettext for its own words, and gettext looks for compiled catalogues in the language of the environment. The
learner's language is a setting and our texts are TOML, so `translate_click` puts our own functions in place of
gettext's in click's modules. A text that another version of click words differently stays English.

gettext's own way (`bindtextdomain`) was tried with click 8.5. It works, but each language's TOML would have to be
compiled into the cache folder, which may not be writable, ``LANGUAGE`` would have to be set for every child process,
and the first message would take 2 ms, a thirtieth of ``tutor --help``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import click
from click import core, decorators, exceptions, formatting, parser, types

from tutor.foundation.suggest import nearest
from tutor.foundation.text import cell_width, pad, wrapped
from tutor.foundation.translate import sentences, translate


class Group(click.Group):
    """The commands of ``tutor``. If the first word is not a command, it is the name of a lesson.

    Args:
        about: The translation key of the text above the list of commands.
    """

    def __init__(self, *args: object, about: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.help = translate(about)
        self._lazy: dict[str, Callable[[click.Group], None]] = {}
        self._listing = False

    def add_lazily(self, shorts: Mapping[str, str], add: Callable[[click.Group], None]) -> None:
        """Declare commands that are created when one of them is used; until then only name and short help exist.

        Args:
            shorts: The translation keys of their short help, by name.
            add: Adds all of these commands to the group.
        """
        for name, short in shorts.items():
            self.add_command(click.Command(name, short_help=translate(short)))
            self._lazy[name] = add

    def get_command(self, context: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, and create it if it was added lazily."""
        add = None if self._listing else self._lazy.get(cmd_name)
        if add is not None:
            self._lazy = {name: each for name, each in self._lazy.items() if each is not add}
            add(self)
        return super().get_command(context, cmd_name)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands."""
        self._listing = True
        try:
            super().format_commands(context, formatter)
        finally:
            self._listing = False

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of the first word, or ``open`` it as a lesson."""
        word = args[0]
        if self.get_command(context, word) is None and not word.startswith("-"):
            from tutor.plain.listing import is_lesson

            if not context.resilient_parsing and not is_lesson(word):  # a word that a shell completes is unfinished
                self._refuse(context, word)
            args = ["open", *args]
        return super().resolve_command(context, args)

    def _refuse(self, context: click.Context, word: str) -> None:
        from tutor.plain.listing import lesson_names

        near = nearest(word, [*self.list_commands(context), *lesson_names()])
        message = translate("cli.neither-command-nor-lesson", word=word)
        if near:
            message = sentences(message, translate("cli.did-you-mean", near=near))
        raise click.UsageError(message, context)

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the commands in the order in which a newcomer needs them."""
        return list(self.commands)


_MIN_WIDTH = 20
"""The minimal width of a text in cells, however long the words on its left are."""


class HelpFormatter(click.HelpFormatter):
    """click's formatter, but it measures lines in cells and does not break them after a hyphen."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line of a command."""
        super().write_usage(prog, args, translate("click.usage-prefix") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """Write the heading of a list."""
        self.write(f"{'':>{self.current_indent}}{translate('click.heading', heading=heading)}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs; an empty line in ``text`` separates two of them."""
        indent = " " * self.current_indent
        paragraphs = (" ".join(each.split()) for each in text.split("\n\n"))
        width = max(_MIN_WIDTH, self.width - self.current_indent)
        self.write("\n\n".join("\n".join(indent + line for line in wrapped(each, width)) for each in paragraphs))
        self.write("\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of terms, each with its meaning beside it, or below if the term is wider than ``col_max``."""
        rows = list(rows)
        first = min(max(cell_width(words) for words, _ in rows), col_max) + col_spacing
        indent = " " * self.current_indent
        for words, meaning in rows:
            lines = wrapped(" ".join(meaning.split()), max(_MIN_WIDTH, self.width - first - self.current_indent))
            fits = cell_width(words) <= first - col_spacing
            if not fits:
                self.write(f"{indent}{words}\n")
            for number, line in enumerate(lines):
                self.write(f"{indent}{pad(words if fits and not number else '', first)}{line}".rstrip() + "\n")


CLICK_TEXTS = {
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
"""The translation key of each English text of click's."""


def translate_click() -> None:
    """Make click say `CLICK_TEXTS` in the language in use, from now on."""
    for module in (core, decorators, exceptions, formatting, parser, types):
        for name, ours in (("_", _click_text), ("ngettext", _click_plural)):
            if hasattr(module, name):
                setattr(module, name, ours)
    core.Context.formatter_class = HelpFormatter


def _click_text(words: str) -> str:
    key = CLICK_TEXTS.get(words)
    return translate(key) if key is not None else words


def _click_plural(one: str, several: str, count: int) -> str:
    return _click_text(one if count == 1 else several)


def usage_hint(error: click.UsageError) -> str:
    """Return how to write the command that was written wrongly, or where the commands are listed."""
    context = error.ctx
    if context is None or context.parent is None:
        return translate("cli.usage-hint")
    usage = " ".join([context.command_path, *context.command.collect_usage_pieces(context)])
    return translate("cli.usage-of", usage=usage, command=context.command_path)


def usage_error_text(error: click.UsageError) -> str:
    """Return on one line what click found wrong; click itself writes each choice on a line of its own."""
    said = " ".join(error.format_message().split())
    if not isinstance(error, click.MissingParameter):
        return said
    # This is the one sentence to which click adds the full stop untranslated. A metavar, in quotes, may end in dots.
    missing, quote, choices = said.partition("'.")
    if not choices:
        return translate("click.full-stop", said=missing + quote[:1])
    return translate("click.full-stop-choices", said=missing + quote[:1], choices=choices.strip())
