"""The commands about runs: list them, watch one, control one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from tutor.cli.completion import complete_runs
from tutor.cli.fronts import open_screens, style_for
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import named_path
from tutor.foundation.translate import translate


def add_run_commands(tutor: click.Group) -> None:
    """Add ``runs``, ``watch``, ``run`` and ``doctor`` to the commands of ``tutor``."""
    for command in (_runs, _watch, _run, _doctor):
        tutor.add_command(command)


@click.command("runs", help=translate("watch.cli-runs"), short_help=translate("watch.cli-runs-short"))
@click.option("--json", is_flag=True, help=translate("watch.cli-runs-json"))
def _runs(json: bool) -> int:
    from tutor.plain.runs_table import show_runs

    return show_runs(json=json)


@click.command("watch", help=translate("watch.cli-watch"), short_help=translate("watch.cli-watch-short"))
@click.argument("run", required=False, shell_complete=complete_runs)
@click.option("--plain", "style", flag_value="plain", help=translate("cli.train-plain"))
@click.option("--narrate", "style", flag_value="narrate", help=translate("watch.cli-narrate"))
@click.option("--json", "style", flag_value="json", help=translate("cli.train-json"))
@click.option("--csv", type=click.Path(path_type=Path), default=None, metavar="FILE", help=translate("follow.cli-csv"))
@click.option("--columns", default="", metavar="ROLE=COLUMN,...", help=translate("follow.cli-columns"))
@click.option("--of", default=None, metavar="NAME", help=translate("learners.cli-of"))
@click.option("--folder", default="~/tutor-class", show_default=True, help=translate("learners.cli-folder"))
def _watch(run: str | None, style: str | None, csv: Path | None, columns: str, of: str | None, folder: str) -> int:
    if of is not None:
        if csv is not None:
            raise click.UsageError(translate("learners.of-or-csv"))
        from tutor.plain.learners import home_in
        from tutor.plain.train import watch

        return watch(run, style_for(style), home=home_in(folder, of))
    if csv is not None:
        if run is not None:
            raise click.UsageError(translate("follow.one-of-both"))
        run = _follow(csv, columns)
    elif columns:
        raise click.UsageError(translate("follow.columns-need-csv"))
    style = style_for(style)
    if style is None and sys.stdout.isatty() and sys.stdin.isatty():
        return open_screens(run=run or "")
    from tutor.plain.train import watch

    return watch(run, style)


def _follow(csv: Path, columns: str) -> str:
    from tutor.foundation import paths
    from tutor.runs.imports.csv_run import start_following
    from tutor.runs.registry import Runs

    return start_following(named_path(csv), Runs(paths.runs_folder()), columns=columns)


@click.command("doctor", help=translate("doctor.cli"), short_help=translate("doctor.cli-short"))
def _doctor() -> int:
    from tutor.plain.doctor import examine

    return examine()


@click.group("run", help=translate("watch.cli-run"), short_help=translate("watch.cli-run-short"))
def _run() -> None:
    """Control a run. The help text is in the translations."""


def _action(name: str, about: str, short: str | None = None) -> Callable[[Callable[..., Any]], click.Command]:
    """Declare a command of ``tutor run``; ``short`` is its text in the list if ``about`` is too long for that."""
    return _run.command(name, help=translate(about), short_help=translate(short or about))


def _one_run(*, required: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.argument("run", required=required, shell_complete=complete_runs)


_which_epoch = click.option(
    "--epoch", type=click.Choice(["final", "best"]), default="final", help=translate("predict.cli-epoch")
)


@_action("stop", "watch.cli-stop")
@_one_run()
def _stop(run: str | None) -> int:
    from tutor.plain.steer import steer
    from tutor.runs.control import Stop

    return steer(run, Stop())


@_action("pause", "watch.cli-pause")
@_one_run()
def _pause(run: str | None) -> int:
    from tutor.plain.steer import steer
    from tutor.runs.control import Pause

    return steer(run, Pause())


@_action("resume", "watch.cli-resume")
@_one_run()
def _resume(run: str | None) -> int:
    from tutor.plain.steer import steer
    from tutor.runs.control import Resume

    return steer(run, Resume())


@_action("set", "watch.cli-set", "record.cli-set-short")
@_one_run(required=True)
@click.argument("settings", nargs=-1, required=True, metavar="KEY=VALUE...")
def _set(run: str, settings: tuple[str, ...]) -> int:
    from tutor.plain.steer import set_value

    return set_value(run, settings)


@_action("note", "watch.cli-note")
@_one_run(required=True)
@click.argument("text", nargs=-1, required=True)
def _note(run: str, text: tuple[str, ...]) -> int:
    from tutor.plain.steer import steer
    from tutor.runs.control import Note

    return steer(run, Note(" ".join(text)))


@_action("pin", "watch.cli-pin")
@_one_run(required=True)
@click.option("--off", is_flag=True, help=translate("watch.cli-pin-off"))
def _pin(run: str, off: bool) -> int:
    from tutor.plain.steer import pin

    return pin(run, pinned=not off)


@_action("delete", "watch.cli-delete")
@click.argument("run", nargs=-1, required=True, shell_complete=complete_runs)
def _delete(run: tuple[str, ...]) -> int:
    from tutor.plain.steer import delete

    return delete(run)


@_action("import", "watch.cli-import", "record.cli-import-short")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", default="", help=translate("watch.cli-import-name"))
@click.option("--follow", is_flag=True, help=translate("follow.cli-follow"))
@click.option("--columns", default="", metavar="ROLE=COLUMN,...", help=translate("follow.cli-columns"))
def _import(file: Path, name: str, follow: bool, columns: str) -> int:
    from tutor.plain.steer import follow_log, import_log

    return (follow_log if follow else import_log)(named_path(file), name, columns)


@_action("export", "watch.cli-export")
@_one_run()
@click.option(
    "--as",
    "kind",
    type=click.Choice(["csv", "svg", "tensorboard", "npz"]),
    default="csv",
    help=translate("watch.cli-as"),
)
@click.option("-o", "--to", default=None, metavar="PATH", help=translate("watch.cli-to"))
@click.option("--force", is_flag=True, help=translate("transfer.cli-force"))
@_which_epoch
def _export(run: str | None, kind: str, to: str | None, force: bool, epoch: Any) -> int:
    from tutor.plain.steer import export

    return export(run, kind, _new_file(to, force=force), epoch)


def _new_file(to: str | None, *, force: bool) -> Path | None:
    """The file to write, which may exist already only with ``force``."""
    path = named_path(to) if to else None
    if path is not None and path.is_file() and not force:
        raise TutorError(
            translate("transfer.exists", path=path),
            hint=translate("transfer.exists-hint"),
            exit_code=ExitCode.CANNOT_WRITE,
        )
    return path


@_action("predict", "predict.cli", "predict.cli-short")
@_one_run()
@click.option("--data", default=None, metavar="FILE", help=translate("predict.cli-data"))
@click.option("-o", "--to", default=None, metavar="FILE", help=translate("predict.cli-to"))
@click.option("--force", is_flag=True, help=translate("transfer.cli-force"))
@_which_epoch
def _predict(run: str | None, data: str | None, to: str | None, force: bool, epoch: Any) -> int:
    from tutor.plain.predict import predict_rows

    return predict_rows(run, named_path(data) if data else None, _new_file(to, force=force), epoch)
