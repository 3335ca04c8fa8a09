"""What makes click speak the learner's language, and makes ``tutor LESSON`` mean ``tutor open LESSON``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click

from tutor.foundation.suggest import nearest
from tutor.foundation.translate import sentences, translate


class Sentence(str):
    """Help text by translation key."""

    __slots__ = ()

    def __new__(cls, key: str, **values: object) -> Sentence:
        """The text of ``key``. Commands are declared after the language is chosen, so now is late enough."""
        return super().__new__(cls, translate(key, **values))


class Group(click.Group):
    """The commands of ``tutor``; a first word that is no command is a lesson.

    Args:
        about: Translation key of the text above the list of commands.
    """

    def __init__(self, *args: object, about: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.help = translate(about)
        self._promised: dict[str, Callable[[click.Group], None]] = {}
        self._listing = False

    def promise(self, shorts: Mapping[str, str], add: Callable[[click.Group], None]) -> None:
        """Commands that are made when one of them is wanted: only to be listed they need a name and a sentence.

        Args:
            shorts: Translation keys of their short help, by name.
            add: Adds all of them to the group.
        """
        for name, short in shorts.items():
            self.add_command(click.Command(name, short_help=Sentence(short)))
            self._promised[name] = add

    def get_command(self, context: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, made now where it was only promised."""
        add = None if self._listing else self._promised.get(cmd_name)
        if add is not None:
            self._promised = {name: each for name, each in self._promised.items() if each is not add}
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
            from tutor.plain.names import is_lesson

            if not context.resilient_parsing and not is_lesson(word):  # while a shell completes, nothing is wrong yet
                self._refuse(context, word)
            args = ["open", *args]
        return super().resolve_command(context, args)

    def _refuse(self, context: click.Context, word: str) -> None:
        from tutor.plain.names import lesson_names

        near = nearest(word, [*self.list_commands(context), *lesson_names()])
        message = translate("cli.neither-command-nor-lesson", word=word)
        if near:
            message = sentences(message, translate("cli.did-you-mean", near=near))
        raise click.UsageError(message, context)

    def list_commands(self, context: click.Context) -> list[str]:
        """The commands in the order in which a newcomer needs them."""
        return list(self.commands)
