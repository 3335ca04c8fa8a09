"""The commands of ``tutor``, declared with click. Each one only reads its arguments and hands them to a front."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import click

from tutor.cli import completion
from tutor.cli.completion import complete_labs, complete_languages, complete_lessons, complete_sources
from tutor.cli.fronts import open_screens, style_for, wants_screen_reader
from tutor.cli.help import Group, translate_click, usage_error_text, usage_hint
from tutor.cli.lab_options import lab_options, names_as_typed, overrides, require_one
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import named_path
from tutor.foundation.languages import languages
from tutor.foundation.translate import listed, translate


def dispatch(arguments: list[str]) -> int:
    """Parse ``arguments`` and run the command they name.

    Returns:
        The exit code.

    Raises:
        TutorError: The command failed in a way that it can explain.
    """
    translate_click()
    if completion.VARIABLE in os.environ:
        root.main(prog_name="tutor")  # answers the shell's request for completions, and exits
    try:
        # `main` would turn a closed pipe into an exit code of 1, so it is not used here.
        with root.make_context("tutor", list(arguments)) as context:
            result = root.invoke(context)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.exceptions.NoArgsIsHelpError as error:  # a group without a command, such as `tutor run`
        click.echo(error.format_message(), err=True)
        return int(ExitCode.USAGE)
    except click.UsageError as error:
        raise TutorError(usage_error_text(error), hint=usage_hint(error), exit_code=ExitCode.USAGE) from error
    return int(result or 0)


def _show_version(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from tutor import __version__

        click.echo(f"tutor {__version__}")
        context.exit()


def _require_language(context: click.Context, parameter: click.Parameter, code: str | None) -> None:
    if code is not None:
        click.Choice(list(languages()), case_sensitive=False).convert(code, parameter, context)


@click.group(
    cls=Group,
    about="cli.about",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_show_version, help=translate("cli.version")
)
@click.option("--driver", type=click.Choice(["tutor", "textual"]), default=None, help=translate("terminal.cli-driver"))
@click.option("--lines", is_flag=True, expose_value=False, help=translate("cli.lines"))  # `tutor.cli` acts on both
@click.option("--screens", is_flag=True, expose_value=False, help=translate("cli.screens"))
@click.option(
    "--lang",
    metavar="CODE",
    expose_value=False,  # `tutor.cli` has chosen the language by now
    callback=_require_language,
    shell_complete=complete_languages,
    help=translate("cli.lang", codes=listed(languages())),
)
@click.pass_context
def root(context: click.Context, driver: str | None) -> int:
    """Open the course. The help text is in the translations."""
    if driver is not None:
        os.environ["TUTOR_DRIVER"] = driver
    if context.invoked_subcommand is not None:
        return 0
    return open_screens()


def _command(name: str, about: str, short: str) -> Callable[[Callable[..., Any]], click.Command]:
    return root.command(name, help=translate(about), short_help=translate(short))


@_command("open", "cli.open", "cli.open-short")
@click.argument("lesson", required=False, shell_complete=complete_lessons)
def _open(lesson: str | None) -> int:
    return open_screens(lesson=lesson)


@_command("lab", "cli.lab", "cli.lab-short")
@click.argument("lab", required=False, shell_complete=complete_labs)
@lab_options
def _lab(lab: str | None, data: str | None, settings: tuple[str, ...], **options: str | None) -> int:
    require_one(lab, data)
    with names_as_typed(settings, options):
        return open_screens(lab=lab, data=data, overrides=overrides(settings, options))


@_command("train", "cli.train", "cli.train-short")
@click.argument("lab", required=False, shell_complete=complete_labs)
@lab_options
@click.option("--plain", "style", flag_value="plain", help=translate("cli.train-plain"))
@click.option("--narrate", "style", flag_value="narrate", help=translate("watch.cli-narrate"))
@click.option("--json", "style", flag_value="json", help=translate("cli.train-json"))
@click.option("--detach", is_flag=True, help=translate("watch.cli-detach"))
@click.option("--mine", multiple=True, metavar="PART=EXERCISE", help=translate("mine.cli"))
def _train(
    lab: str | None,
    data: str | None,
    settings: tuple[str, ...],
    style: str | None,
    detach: bool,
    mine: tuple[str, ...],
    **options: str | None,
) -> int:
    from tutor.plain.train import train

    require_one(lab, data)
    changes = tuple(f"mine.{each}" for each in mine) + settings
    with names_as_typed(changes, options):
        return train(lab, overrides(changes, options), style_for(style), data=data, detach=detach)


@_command("explain", "explain.cli", "explain.cli-short")
@click.argument("lab", required=False, shell_complete=complete_labs)
@click.option("--after", type=click.IntRange(min=0), default=0, metavar="EPOCHS", help=translate("explain.cli-after"))
@click.option(
    "--example", type=click.IntRange(min=1), default=1, metavar="NUMBER", help=translate("explain.cli-example")
)
@lab_options
def _explain(
    lab: str | None, data: str | None, settings: tuple[str, ...], after: int, example: int, **options: str | None
) -> int:
    from tutor.plain.explain import explain

    require_one(lab, data)
    return explain(lab, overrides(settings, options), data=data, after=after, example=example)


@_command("code", "script.cli", "script.cli-short")
@click.argument("lab", required=False, shell_complete=complete_labs)
@click.option("--as", "kind", type=click.Choice(["numpy", "pytorch"]), default="numpy", help=translate("script.cli-as"))
@click.option("-o", "--to", default=None, metavar="FILE", help=translate("script.cli-to"))
@click.option("--mine", multiple=True, metavar="PART=EXERCISE", help=translate("script.cli-mine"))
@lab_options
def _code(
    lab: str | None,
    data: str | None,
    settings: tuple[str, ...],
    kind: Any,
    to: str | None,
    mine: tuple[str, ...],
    **options: str | None,
) -> int:
    from tutor.plain.code import write_code

    require_one(lab, data)
    changes = tuple(f"mine.{each}" for each in mine) + settings
    with names_as_typed(changes, options):
        file = named_path(to) if to else None
        return write_code(lab, overrides(changes, options), data=data, kind=kind, to=file)


@_command("sweep", "cli.sweep", "cli.sweep-short")
@click.argument("lab", required=False, shell_complete=complete_labs)
@click.option("--grid", multiple=True, metavar="KEY=VALUE,...", help=translate("cli.sweep-grid"))
@click.option("--jobs", type=click.IntRange(1, 256), default=None, help=translate("cli.sweep-jobs"))
@click.option("--dask", default="", metavar="ADDRESS", help=translate("cli.sweep-dask"))
@click.option("--fresh", is_flag=True, help=translate("cli.sweep-fresh"))
@click.option("--plain", "style", flag_value="plain", help=translate("cli.sweep-plain"))
@click.option("--narrate", "style", flag_value="narrate", help=translate("sweep.cli-narrate"))
@click.option("--json", "style", flag_value="json", help=translate("cli.sweep-json"))
@lab_options
def _sweep(
    lab: str | None,
    data: str | None,
    settings: tuple[str, ...],
    grid: tuple[str, ...],
    jobs: int | None,
    dask: str,
    fresh: bool,
    style: str | None,
    **options: str | None,
) -> int:
    from tutor.plain.sweep import sweep

    require_one(lab, data)
    with names_as_typed(settings, options):
        changes = overrides(settings, options)
        return sweep(lab, grid, changes, style_for(style), data=data, jobs=jobs, dask=dask, fresh=fresh)


def _add_run_commands(tutor: click.Group) -> None:
    from tutor.cli.run_commands import add_run_commands

    add_run_commands(tutor)


def _add_progress_commands(tutor: click.Group) -> None:
    from tutor.cli.progress_commands import add_progress_commands

    add_progress_commands(tutor)


def _add_class_commands(tutor: click.Group) -> None:
    from tutor.cli.class_commands import add_class_commands

    add_class_commands(tutor)


root.add_lazily({"serve": "serve.cli-short"}, _add_class_commands)


def _add_class_group(tutor: click.Group) -> None:
    from tutor.cli.class_keys import add_class_group

    add_class_group(tutor)


root.add_lazily({"class": "learners.cli-class-short"}, _add_class_group)
root.add_lazily(
    {
        "runs": "watch.cli-runs-short",
        "watch": "watch.cli-watch-short",
        "run": "watch.cli-run-short",
        "doctor": "doctor.cli-short",
    },
    _add_run_commands,
)
root.add_lazily(
    {
        "quiz": "ask.cli-quiz-short",
        "exam": "exam.cli-short",
        "exercise": "exercise.cli-short",
        "review": "ask.cli-review-short",
        "notes": "notes.cli-short",
        "digest": "digest.cli-short",
        "progress": "transfer.cli-progress-short",
    },
    _add_progress_commands,
)


@_command("list", "cli.list", "cli.list-short")
def _list() -> int:
    from tutor.plain.listing import show_course

    return show_course()


@_command("read", "cli.read", "cli.read-short")
@click.argument("lesson", shell_complete=complete_lessons)
@click.option("--watch", is_flag=True, help=translate("cli.read-watch"))
@click.option("--plain", is_flag=True, help=translate("cli.read-plain"))
def _read(lesson: str, watch: bool, plain: bool) -> int:
    if not plain and sys.stdout.isatty() and not wants_screen_reader():
        return open_screens(lesson=lesson, watch=watch)
    from tutor.plain.read import read, watch_file

    return watch_file(lesson) if watch else read(lesson)


@_command("glossary", "cli.glossary", "cli.glossary-short")
@click.argument("term", nargs=-1)
def _glossary(term: tuple[str, ...]) -> int:
    from tutor.plain.glossary import show_term

    return show_term(" ".join(term))


@_command("new", "cli.new", "cli.new-short")
@click.argument("lesson")
@click.option("--in", "folder", default=None, metavar="FOLDER", help=translate("cli.new-in"))
def _new(lesson: str, folder: str | None) -> int:
    from tutor.plain.new_lesson import new_lesson

    return new_lesson(lesson, folder)


@_command("check", "cli.check", "cli.check-short")
@click.argument("path", required=False)
@click.option("--run", "run_labs", is_flag=True, help=translate("cli.check-run"))
@click.option("--jobs", type=click.IntRange(1, 64), default=None, help=translate("cli.check-jobs"))
@click.option("--fresh", is_flag=True, help=translate("cli.check-fresh"))
@click.option("--seeds", type=click.IntRange(1, 100), default=None, help=translate("cli.check-seeds"))
def _check(path: str | None, run_labs: bool, jobs: int | None, fresh: bool, seeds: int | None) -> int:
    from tutor.plain.check import check

    return check(path, run_labs=run_labs, jobs=jobs, fresh=fresh, seeds=seeds)


def _add_exchange_commands(tutor: click.Group) -> None:
    from tutor.cli.exchange_commands import add_exchange_commands

    add_exchange_commands(tutor)


root.add_lazily(
    {"import": "exchange.cli-import-short", "export": "exchange.cli-export-short"},
    _add_exchange_commands,
)


@_command("source", "source.cli", "source.cli-short")
@click.argument("name", required=False, shell_complete=complete_sources)
def _source(name: str | None) -> int:
    from tutor.plain.source import show_source

    return show_source(name)


@_command("keys", "keymap.cli", "keymap.cli-short")
def _keys() -> int:
    from tutor.tui.key_list import print_keys

    return print_keys()


def _complete_topics(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    from tutor.plain.manual import topics

    return [topic for topic in topics() if topic.startswith(incomplete)]


@_command("help", "manual.cli", "manual.cli-short")
@click.argument("topic", required=False, shell_complete=_complete_topics)
def _help(topic: str | None) -> int:
    from tutor.plain.manual import show_page

    return show_page(topic)


@_command("completion", "cli.completion", "cli.completion-short")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def _completion_script(shell: str) -> None:
    from click.shell_completion import get_completion_class

    script = get_completion_class(shell)
    if script is None:
        raise click.UsageError(translate("cli.no-such-shell", shell=shell))
    click.echo(script(root, {}, "tutor", completion.VARIABLE).source())
