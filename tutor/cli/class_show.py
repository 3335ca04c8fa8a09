"""The command of a class's teachers: ``tutor class show``."""

from __future__ import annotations

import click

from tutor.cli.fronts import require_terminal, wants_screen_reader
from tutor.foundation.translate import translate


@click.command("show", help=translate("class.cli-show"), short_help=translate("class.cli-show-short"))
@click.argument("folder", type=click.Path())
@click.option("--plain", is_flag=True, help=translate("class.cli-plain"))
@click.option("--anonymous", is_flag=True, help=translate("class.cli-anonymous"))
def show(folder: str, plain: bool, anonymous: bool) -> int:
    """Show a class. The help text is in the translations."""
    from tutor.classroom.folder import class_folder

    found = class_folder(folder)
    if plain or wants_screen_reader():
        from tutor.plain.classroom import show_class

        return show_class(found)
    require_terminal()
    from tutor.tui.startup import teach

    return teach(found, anonymous=anonymous)
