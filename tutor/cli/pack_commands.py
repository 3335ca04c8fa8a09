"""The commands about packs of lessons."""

from __future__ import annotations

import click

from tutor.cli.completion import complete_packs
from tutor.foundation.translate import translate


def add_pack_commands(tutor: click.Group) -> None:
    """Add ``pack`` to the commands."""
    tutor.add_command(_pack)


@click.group("pack", help=translate("pack.cli"), short_help=translate("pack.cli-short"))
def _pack() -> None:
    pass


@_pack.command("add", help=translate("pack.cli-add"), short_help=translate("pack.cli-add-short"))
@click.argument("source", metavar="FOLDER|ZIP|GIT-URL")
def _add(source: str) -> int:
    from tutor.plain.packs import add

    return add(source)


@_pack.command("list", help=translate("pack.cli-list"), short_help=translate("pack.cli-list"))
def _list() -> int:
    from tutor.plain.packs import show_packs

    return show_packs()


@_pack.command("update", help=translate("pack.cli-update"), short_help=translate("pack.cli-update-short"))
@click.argument("pack", metavar="[ID]", required=False, shell_complete=complete_packs)
def _update(pack: str | None) -> int:
    from tutor.plain.packs import update

    return update(pack)


@_pack.command("remove", help=translate("pack.cli-remove"), short_help=translate("pack.cli-remove-short"))
@click.argument("pack", metavar="ID", shell_complete=complete_packs)
def _remove(pack: str) -> int:
    from tutor.plain.packs import remove

    return remove(pack)
