"""The command line: what was asked for, and which front answers it.

Each front is imported by the one command that needs it, so that ``tutor --help`` loads none.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys

_COMPLETION = "_TUTOR_COMPLETE"
"""As in `tutor.cli.commands`, which is not imported where no words were given."""


def run(arguments: list[str]) -> int:
    """Carry out one command line.

    Args:
        arguments: the words behind the program's name.

    Returns:
        The exit code for the shell, one of `tutor.foundation.errors.ExitCode`.
    """
    from tutor.foundation.errors import ExitCode, TutorError
    from tutor.foundation.signs import fit_stream
    from tutor.foundation.translate import translate

    fit_stream(sys.stdout)
    fit_stream(sys.stderr)
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # an answer may be anything, and must not end the asking
    _choose_language(arguments)
    try:
        code = _carry_out(arguments)
        if sys.stdout is not None:  # what cannot be written is found out here, not by Python on its way out
            sys.stdout.flush()
    except TutorError as error:
        _say(f"tutor: {error}")
        return int(error.exit_code)
    except BrokenPipeError:
        # ``tutor train … | head``: the reader has what it wanted. Nothing is wrong, and nobody is there to be told.
        _write_no_more()
        return int(ExitCode.OK)
    except OSError as error:
        _write_no_more()
        reason = f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")
        _say(f"tutor: {translate('cli.refused-by-system', reason=reason)}")
        return int(ExitCode.CANNOT_WRITE)
    except KeyboardInterrupt:
        _say("\n" + translate("cli.interrupted"))  # not behind the ^C that the terminal shows
        return int(ExitCode.INTERRUPTED)
    return code


def _carry_out(arguments: list[str]) -> int:
    if not arguments and _COMPLETION not in os.environ:
        # The commonest way in, and the one that is timed: it needs no command-line parser.
        from tutor.cli.screens import open_screens

        return open_screens()
    from tutor.cli.commands import dispatch

    return dispatch(arguments)


def _choose_language(arguments: list[str]) -> None:
    """``--lang`` decides, else the learner's setting, else the locale.

    The words of the commands are read when they are declared, which is before the command line is parsed.
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
    # A broken settings file is left where it is: whoever opens the screens is told of it there.
    use_language(language_for(load_settings(keep_aside=False).settings.language))


def _say(text: str) -> None:
    """Write to standard error, if anything can be written there."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def _write_no_more() -> None:
    """Send standard output nowhere: Python flushes it once more while it exits, and would complain then."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
