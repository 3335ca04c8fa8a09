"""The commands of a class: add a learner, report, show it to its teacher, and a learner's session for sshd."""

from __future__ import annotations

import click

from tutor.cli.class_show import show
from tutor.foundation.translate import translate

_folder = click.option(
    "--folder", default="~/tutor-class", show_default=True, metavar="FOLDER", help=translate("learners.cli-folder")
)


@click.group("class", help=translate("learners.cli-class"), short_help=translate("learners.cli-class-short"))
def _class() -> None:
    """Work with a class. The help text is in the translations."""


def add_class_group(tutor: click.Group) -> None:
    """Add ``class`` to the commands of ``tutor``."""
    add_key_commands(_class)
    _class.add_command(show)
    tutor.add_command(_class)


def add_key_commands(group: click.Group) -> None:
    """Add ``add``, ``report`` and ``session`` to the commands of ``tutor class``."""
    for command in (_add, _report, _session):
        group.add_command(command)


@click.command("add", help=translate("learners.cli-add"), short_help=translate("learners.cli-add-short"))
@click.argument("name")
@click.argument("keyfile")
@_folder
@click.option("--authorized-keys", default=None, metavar="FILE", help=translate("learners.cli-authorized-keys"))
@click.option("--lessons", default=None, metavar="PACK", help=translate("learners.cli-lessons"))
@click.option("--also", is_flag=True, help=translate("learners.cli-also"))
def _add(name: str, keyfile: str, folder: str, authorized_keys: str | None, lessons: str | None, also: bool) -> int:
    from tutor.plain.learners import add_learner

    return add_learner(name, keyfile, folder=folder, authorized_keys=authorized_keys, lessons=lessons, also=also)


@click.command("report", help=translate("learners.cli-report"), short_help=translate("learners.cli-report-short"))
@click.argument("folder", default="~/tutor-class")
@click.option("--csv", "as_table", is_flag=True, help=translate("learners.cli-csv"))
def _report(folder: str, as_table: bool) -> int:
    from tutor.plain.learners import show_report

    return show_report(folder, as_table=as_table)


# It is for sshd and not for people, so it is not listed.
@click.command("session", hidden=True)
@click.argument("name")
@_folder
@click.option("--lessons", default=None)
def _session(name: str, folder: str, lessons: str | None) -> int:
    from tutor.classroom.roster import learner_name
    from tutor.foundation.errors import ExitCode, TutorError
    from tutor.foundation.files import named_path, whole_path
    from tutor.serve.forced import run_session

    known = learner_name(name)
    if known is None:
        raise TutorError(translate("learners.bad-name", name=name), exit_code=ExitCode.USAGE)
    pack = whole_path(named_path(lessons)) if lessons is not None else None
    return run_session(whole_path(named_path(folder)), known, pack)
