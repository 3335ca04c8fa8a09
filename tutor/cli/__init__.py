"""The command line: what was asked for, and which front answers it.

Each front is imported by the one command that needs it, so that ``tutor --help`` loads none.
"""

from __future__ import annotations

import os
import sys

_COMPLETION = "_TUTOR_COMPLETE"
"""Set by the completion scripts: the words are then not ours but those to complete."""


def run(arguments: list[str]) -> int:
    """Carry out one command line.

    Args:
        arguments: the words behind the program's name.

    Returns:
        The exit code for the shell, one of `tutor.foundation.errors.ExitCode`.
    """
    from tutor.foundation.errors import ExitCode, TutorError
    from tutor.foundation.translate import translate

    _choose_language()
    try:
        if not arguments and _COMPLETION not in os.environ:
            # The commonest way in, and the one that is timed: it needs no command-line parser.
            from tutor.cli.screens import open_screens

            return open_screens()
        from tutor.cli.commands import dispatch

        return dispatch(arguments)
    except TutorError as error:
        print(f"tutor: {error}", file=sys.stderr)
        return int(error.exit_code)
    except BrokenPipeError:
        return _reader_left()
    except KeyboardInterrupt:
        print(translate("cli.interrupted"), file=sys.stderr)
        return int(ExitCode.INTERRUPTED)


def _choose_language() -> None:
    """The learner's setting decides, else the locale."""
    from tutor.foundation.translate import language_of_environment, use_language
    from tutor.progress.settings import load_settings

    use_language(load_settings().settings.language or language_of_environment())


def _reader_left() -> int:
    """``tutor train … | head``: the reader has what it wanted. Nothing is wrong, and nobody is there to be told."""
    # Python flushes stdout once more while it exits; without this it would complain about the pipe then.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
