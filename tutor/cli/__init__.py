"""The command line: it reads the words behind ``tutor`` and hands them to a front.

Begin with `run`, which `tutor.__main__` calls: it chooses the language and turns every failure into a sentence and an
exit code.

- `commands`, `run_commands`, `progress_commands`, `exchange_commands`: the commands, declared with click. Each imports
  its front inside its function, so that ``tutor --help`` loads none, and the latter modules are imported only when they
  are needed.
- `lab_options`: the options of every command that takes a lab. `fronts`: screens, or lines for a screen reader.
- `help`: click's own words in the learner's language, and its help measured in cells. `completion`: for shells.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys

OPTIONS_WITH_VALUE = frozenset({"--lang", "--driver"})
"""The options before the command whose value is the next word. click knows them too, but is not loaded yet."""


def run(arguments: list[str]) -> int:
    """Carry out one command line.

    Args:
        arguments: The words behind the program's name.

    Returns:
        The exit code for the shell, one of `tutor.foundation.errors.ExitCode`.
    """
    from tutor.foundation.errors import ExitCode, TutorError
    from tutor.foundation.terminal import fit_stream
    from tutor.foundation.translate import translate

    fit_stream(sys.stdout)
    fit_stream(sys.stderr)
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # an answer that is not UTF-8 must not end a quiz
    _choose_language(arguments)
    _read_aloud_if_wanted(arguments)
    try:
        code = _carry_out(arguments)
        if sys.stdout is not None:  # an error of writing is found here, not by Python while it exits
            sys.stdout.flush()
    except TutorError as error:
        _say(f"tutor: {error}")
        return int(error.exit_code)
    except BrokenPipeError:
        # ``tutor train … | head``: the reader has what it wanted and has left. Nothing is wrong.
        _write_no_more()
        return int(ExitCode.OK)
    except OSError as error:
        _write_no_more()
        reason = f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")
        _say(f"tutor: {translate('cli.refused-by-system', reason=reason)}")
        return int(ExitCode.CANNOT_WRITE)
    except KeyboardInterrupt:
        _say("\n" + translate("cli.interrupted"))  # on a new line, because the terminal shows ^C
        return int(ExitCode.INTERRUPTED)
    return code


def _carry_out(arguments: list[str]) -> int:
    from tutor.cli import completion

    if not arguments and completion.VARIABLE not in os.environ:
        # The most common call, and the one whose time is measured: it needs no command-line parser.
        from tutor.cli.fronts import open_screens

        return open_screens()
    from tutor.cli.commands import dispatch

    return dispatch(arguments)


def _choose_language(arguments: list[str]) -> None:
    """Use the language that ``--lang`` names, or else that of the settings, or else that of the locale.

    Help texts are translated when the commands are declared, which is before click parses the command line.
    """
    from tutor.foundation.outside_languages import find_languages
    from tutor.foundation.translate import ASKED, language_for, use_language
    from tutor.progress.settings import load_settings

    find_languages()
    for word, following in zip(arguments, [*arguments[1:], ""], strict=False):
        if word == "--":
            break
        if word == "--lang":
            os.environ[ASKED] = following
        elif word.startswith("--lang="):
            os.environ[ASKED] = word.removeprefix("--lang=")
    # A broken settings file stays where it is: the screens put it aside and say so.
    use_language(language_for(load_settings(keep_aside=False).settings.language))


def _read_aloud_if_wanted(arguments: list[str]) -> None:
    """Let pages be written for a listener if a screen reader reads this terminal, or if ``--lines`` asks for it."""
    from tutor.cli.fronts import FRONT, wants_screen_reader

    words = iter(arguments)
    for word in words:
        if word in OPTIONS_WITH_VALUE:
            next(words, None)
        elif not word.startswith("-") or word == "--":
            break  # options of a command follow
        elif word in {"--lines", "--screens"}:
            os.environ[FRONT] = word.removeprefix("--")

    if wants_screen_reader():
        from tutor.typeset.page import read_aloud

        read_aloud(True)


def _say(text: str) -> None:
    """Write ``text`` to standard error, if anything can be written there."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def _write_no_more() -> None:
    """Redirect standard output to nowhere, because Python flushes it while it exits and would report an error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
