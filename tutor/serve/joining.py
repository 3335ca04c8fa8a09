"""What somebody sees whose key nobody knows yet: a name, the join code, and what the teacher will see.

It runs in a process of its own, with lines and no screens, so it can be heard as well. The server decides; here is only
what is said. The bytes that come from the terminal are a person's, or anything else.
"""

from __future__ import annotations

import os
import select
import socket
import sys
from collections.abc import Mapping
from shutil import get_terminal_size

import msgspec

from tutor.foundation.clock import Deadline
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.terminal import fit_stream
from tutor.foundation.text import wrapped
from tutor.foundation.translate import language_for, translate, use_language
from tutor.progress.settings import load_settings

TRIES = 3
"""How often somebody may try a name and a code before the connection ends."""
SECONDS = 120.0
_LONGEST_LINE = 4096
_MOST_ANSWER = 4096


class Asked(msgspec.Struct, frozen=True):
    """Sent to the server: the name that somebody wants, and the code that they know."""

    name: str
    code: str


class Decided(msgspec.Struct, frozen=True):
    """The server's answer: an empty problem, or the key of a sentence."""

    problem: str = ""


def speak() -> None:
    """Use the language of the learner's settings if there are any, otherwise that of the terminal's locale."""
    setting = ""
    if "TUTOR_HOME" in os.environ:
        setting = load_settings(keep_aside=False).settings.language
    use_language(language_for(setting))
    fit_stream(sys.stdout)
    fit_stream(sys.stderr)


def join(channel: socket.socket, values: Mapping[str, str | int]) -> int:
    """Ask for a name and a code until the server takes them.

    Args:
        channel: Leads to the server.
        values: ``name``: the name to suggest, which may be empty.

    Returns:
        The exit code: 0 if the learner has joined.
    """
    deadline = Deadline(SECONDS)
    suggested = harmless_line(str(values.get("name", "")))
    _say("serve.join-welcome")
    _say("serve.join-seen")
    for _ in range(TRIES):
        question = translate("serve.join-name-or", name=suggested) if suggested else translate("serve.join-name")
        name = _line(question, deadline)
        code = _line(translate("serve.join-code"), deadline) if name is not None else None
        if name is None or code is None:
            print()
            _say("serve.join-late")
            return 1
        problem = _ask(channel, Asked(name or suggested, code))
        if not problem:
            return 0
        _say(problem)
    _say("serve.join-ended")
    return 1


def _say(key: str) -> None:
    """Show a sentence, wrapped between words; the terminal itself would break it within them."""
    print("\n".join(wrapped(translate(key), get_terminal_size().columns - 1)))


def _ask(channel: socket.socket, asked: Asked) -> str:
    """Return the key of the sentence that says why not; empty if the learner has joined."""
    channel.sendall(msgspec.json.encode(asked) + b"\n")
    answer = channel.recv(_MOST_ANSWER)
    return msgspec.json.decode(answer, type=Decided).problem if answer else "serve.join-ended"


def _line(question: str, deadline: Deadline) -> str | None:
    """Ask for a line; None if none comes in time, or the terminal is gone."""
    print(f"{question} ", end="", flush=True)
    if not select.select([0], [], [], deadline.remaining)[0]:
        return None
    # The terminal gives one whole line at a time.
    line = os.read(0, _LONGEST_LINE)
    return harmless_line(line.decode(sys.stdin.encoding, "replace")).strip() if line else None


def say(key: str, values: Mapping[str, str | int], exit_code: int) -> int:
    """Show the sentence of ``key``, as an error if the exit code is one."""
    print(translate(key, **values), file=sys.stderr if exit_code else sys.stdout, flush=True)
    return exit_code
