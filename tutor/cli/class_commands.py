"""The commands of a teacher: serve a class."""

from __future__ import annotations

from pathlib import Path

import click

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import named_path, whole_path
from tutor.foundation.translate import translate


def add_class_commands(tutor: click.Group) -> None:
    """Add ``serve`` to the commands of ``tutor``."""
    tutor.add_command(_serve)


@click.command("serve", help=translate("serve.cli"), short_help=translate("serve.cli-short"))
@click.option("--class", "folder", required=True, metavar="FOLDER", help=translate("serve.cli-class"))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=2222, show_default=True, help=translate("serve.cli-port")
)
@click.option("--host", default="127.0.0.1", show_default=True, help=translate("serve.cli-host"))
@click.option("--lessons", default=None, metavar="PACK", help=translate("serve.cli-lessons"))
@click.option("--exercises", is_flag=True, help=translate("serve.cli-exercises"))
@click.option("--anonymous", is_flag=True, help=translate("serve.cli-anonymous"))
@click.option("--new-code", is_flag=True, help=translate("serve.cli-new-code"))
def _serve(
    folder: str, port: int, host: str, lessons: str | None, exercises: bool, anonymous: bool, new_code: bool
) -> int:
    try:
        from tutor.serve.command import serve_class
        from tutor.serve.server import ServerOptions
    except ModuleNotFoundError as error:
        if error.name != "asyncssh":
            raise
        hint = translate("serve.install")
        raise TutorError(translate("serve.no-library"), hint=hint, exit_code=ExitCode.USAGE) from error
    pack: Path | None = whole_path(named_path(lessons)) if lessons is not None else None
    if pack is not None and not pack.is_dir():
        raise TutorError(translate("errors.no-lessons-folder", folder=str(pack)), exit_code=ExitCode.CANNOT_READ)
    options = ServerOptions(
        whole_path(named_path(folder)), host=host, port=port, lessons=pack, exercises=exercises, anonymous=anonymous
    )
    return serve_class(options, zygote="tutor.cli.served", new_code=new_code)
