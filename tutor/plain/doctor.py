"""``tutor doctor``: what this terminal can do, where the files are, what was simplified and why."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from time import monotonic

from tutor.foundation import paths
from tutor.foundation.errors import TutorError
from tutor.foundation.foreign_words import count_words, faults_of_words
from tutor.foundation.languages import languages
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.terminal import ColourDepth, colour_depth, terminal_size, terminal_speaks_unicode
from tutor.foundation.text import cell_width, pad, wrapped
from tutor.foundation.translate import language, language_name, translate

_LABEL = 14
_MOST_FAULTS = 8
_ANSWERS_WITHIN = 1.0
_PACKAGES = ("textual", "numpy", "plotext", "rich")


def examine() -> int:
    """Print the report. Returns the exit code, always 0, because a limited terminal is no fault."""
    for title, rows in (
        ("doctor.terminal", _terminal()),
        ("doctor.degraded", _degraded()),
        ("doctor.files", _files()),
        ("doctor.exercises", _exercises()),
        ("doctor.languages", _languages()),
        ("doctor.versions", _versions()),
    ):
        print(translate(title))
        for label, text in rows:
            print("\n".join(_row(label, text)))
        print()
    return 0


def _row(label: str, text: str) -> list[str]:
    """A label and its text, wrapped to the width of the terminal; a pipe has no width."""
    text = harmless_line(text)  # file names and environment variables are untrusted
    indent = _LABEL if cell_width(label) > 1 else 1
    size = terminal_size() if sys.stdout.isatty() else None
    lines = wrapped(text, max(20, size.columns - indent - 4)) if size else [text]
    return [f"  {pad('' if number else label, indent)} {line}" for number, line in enumerate(lines)]


def _said(name: str) -> str:
    return os.environ.get(name) or "–"


def _terminal() -> Iterator[tuple[str, str]]:
    size = terminal_size()
    number, by = colour_depth()
    yield "TERM", _said("TERM")
    yield translate("doctor.size"), f"{size.columns}x{size.lines}" if size else "–"
    yield translate("doctor.colours"), translate(_COLOURS[number], by=by)
    unicode = terminal_speaks_unicode()
    yield translate("doctor.signs"), translate("doctor.signs-unicode" if unicode else "doctor.signs-ascii")
    yield translate("doctor.inside"), _inside()
    yield translate("doctor.driver"), os.environ.get("TUTOR_DRIVER") or "tutor"
    took = answer_seconds()
    if took is not None:
        yield translate("doctor.answers"), translate("doctor.answers-in", ms=f"{took * 1000:.0f}")
    elif may_be_asked():
        yield translate("doctor.answers"), translate("doctor.answers-not")
    yield translate("doctor.language"), language_name(language())


def _inside() -> str:
    found = [name for name, variable in (("tmux", "TMUX"), ("screen", "STY"), ("SSH", "SSH_CONNECTION"))
             if os.environ.get(variable)]  # fmt: skip
    return ", ".join(found) or "–"


def _degraded() -> Iterator[tuple[str, str]]:
    found = [translate(key) for key, holds in _DEGRADATIONS.items() if holds()]
    number, by = colour_depth()
    if by == "NO_COLOR":
        found.insert(0, translate("doctor.no-colours"))
    elif number in {"16", "256"}:
        found.insert(0, translate("doctor.fewer-colours", by=by))
    for text in found or [translate("doctor.nothing")]:
        yield "·", text


_COLOURS: dict[ColourDepth, str] = {
    "none": "doctor.colours-none",
    "16": "doctor.colours-16",
    "256": "doctor.colours-256",
    "16777216": "doctor.colours-16777216",
}
_DEGRADATIONS: dict[str, Callable[[], bool]] = {
    "doctor.no-terminal": lambda: not (sys.stdin.isatty() and sys.stdout.isatty()),
    "doctor.dumb": lambda: os.environ.get("TERM", "") in {"", "dumb", "unknown"},
    "doctor.ascii-console": lambda: os.environ.get("TERM") == "linux",
    "doctor.ascii-locale": lambda: not terminal_speaks_unicode() and os.environ.get("TERM") != "linux",
    "doctor.no-motion": lambda: "SSH_CONNECTION" in os.environ,
    "doctor.narrow": lambda: (size := terminal_size()) is not None and size.columns < 80,
    "doctor.stock-driver": lambda: os.environ.get("TUTOR_DRIVER") == "textual",
    "doctor.no-compiled": lambda: bool(os.environ.get("PYTHONDONTWRITEBYTECODE")),
}


def _files() -> Iterator[tuple[str, str]]:
    yield translate("doctor.memory"), _place(paths.progress_file())
    yield translate("doctor.settings"), _place(paths.settings_file())
    yield translate("doctor.runs"), _runs()
    yield translate("doctor.cache"), _place(paths.cache_folder())
    try:
        yield translate("doctor.lessons"), str(paths.lessons_folder())
    except TutorError as error:
        yield translate("doctor.lessons"), str(error)


def _exercises() -> Iterator[tuple[str, str]]:
    """Which limits this machine gives for a learner's program, as a process that tried to set them reports."""
    from tutor.sandbox.job import Job, Program
    from tutor.sandbox.landlock import landlock_version
    from tutor.sandbox.limits import Limit
    from tutor.sandbox.sandbox import Sandbox

    with Sandbox() as sandbox:
        report = sandbox.run(Job((Program("pass"),)))
    if not report.given and report.programs[0].failure is not None:
        yield "·", translate("doctor.exercises-none")
        return
    for limit, key in (
        (Limit.MEMORY, "doctor.limit-memory"),
        (Limit.PROCESSES, "doctor.limit-processes"),
        (Limit.FILES, "doctor.limit-files"),
        (Limit.NETWORK, "doctor.limit-network"),
    ):
        found = "doctor.limit-holds" if limit in report.given else "doctor.limit-missing"
        yield translate(key), translate(found)
    if version_ := landlock_version():
        yield "Landlock", str(version_)
    if os.geteuid() == 0:
        yield "root", translate("doctor.root-left" if Limit.ACCOUNT in report.given else "doctor.root-stays")


def _languages() -> Iterator[tuple[str, str]]:
    for code, each in languages().items():
        own, everything = count_words(each)
        key = "doctor.language-whole" if own == everything else "doctor.language-words"
        yield "·", translate(key, name=language_name(code), code=code, own=own, all=everything)
    faults = [fault for folder in paths.translation_folders() for fault in faults_of_words(folder)]
    for fault in faults[:_MOST_FAULTS]:
        yield "·", translate("doctor.language-fault", fault=fault)
    if len(faults) > _MOST_FAULTS:
        yield "·", translate("doctor.more-faults", count=len(faults) - _MOST_FAULTS)


def _place(path: Path) -> str:
    """A path, and whether it exists and can be written to."""
    if not path.exists():
        parent = next((each for each in path.parents if each.exists()), path)
        key = "doctor.not-yet" if os.access(parent, os.W_OK) else "doctor.cannot-make"
    else:
        key = "doctor.there" if os.access(path, os.W_OK) else "doctor.read-only"
    return translate("doctor.place", path=path, found=translate(key))


def _runs() -> str:
    from tutor.plain.runs_table import size_text
    from tutor.runs.registry import Runs

    entries = Runs(paths.runs_folder()).all()
    size = size_text(sum(entry.size for entry in entries))
    going = sum(entry.alive for entry in entries)
    found = translate("doctor.run-count", count=len(entries), going=going, size=size)
    return translate("doctor.place", path=paths.runs_folder(), found=found)


def _versions() -> Iterator[tuple[str, str]]:
    import platform

    from tutor import __version__

    yield "tutor", __version__
    yield "Python", f"{platform.python_version()}  {sys.executable}"
    for name in _PACKAGES:
        yield name, version(name)


def may_be_asked() -> bool:
    """Whether a question to the terminal can do no harm: a screen reader or a dumb terminal might read it aloud."""
    from tutor.progress.settings import load_settings

    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM", "") in {"", "dumb", "unknown"}:
        return False
    return not load_settings(keep_aside=False).settings.screen_reader


def answer_seconds() -> float | None:
    """The round-trip time to the terminal in seconds, or None if it does not answer or must not be asked."""
    if not may_be_asked():
        return None
    import termios
    import tty

    keys = sys.stdin.fileno()
    before = termios.tcgetattr(keys)
    try:
        tty.setcbreak(keys)
        sys.stdout.flush()
        asked = monotonic()
        os.write(sys.stdout.fileno(), b"\x1b[5n")
        answer = b""
        while b"\x1b[0n" not in answer:
            if not select.select([keys], [], [], max(0.0, asked + _ANSWERS_WITHIN - monotonic()))[0]:
                return None
            answer += os.read(keys, 64)
        return monotonic() - asked
    finally:
        termios.tcsetattr(keys, termios.TCSADRAIN, before)
