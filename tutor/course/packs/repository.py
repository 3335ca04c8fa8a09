"""A pack in a git repository, fetched with the git that is installed.

Nothing of a repository is ever run or checked out: git copies its objects into a bare repository, and the files are
read from there, so no hook, filter, submodule or link has a part in it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from tutor.course.packs.intake import LARGEST_PACK, MOST_FILES, Intake, refused
from tutor.foundation import clock
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate

_PROTOCOLS = ("https", "http", "ssh", "git", "file")
_URL = re.compile(rf"(?:{'|'.join(_PROTOCOLS)})://[^\s]+|[\w.-]+@[\w.-]+:(?!:)[^\s]+")
_KEPT_VARIABLES = ("GIT_SSH", "GIT_SSL_", "GIT_HTTP_", "GIT_PROXY")
"""Variables of git that say how to connect. All others are dropped: some of them name programs to run."""
_SETTINGS = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "submodule.recurse=false", "fetch.recurseSubmodules=false",
    "protocol.ext.allow=never", "gc.auto=0", "maintenance.auto=false",
)  # fmt: skip
_LARGEST_REPOSITORY = 4 * LARGEST_PACK
_SECONDS = 600
_LOOKS = 0.1
"""Seconds between two looks at the size of what was fetched."""
_LONGEST_ENTRY = 1_000
_PLAIN_FILES = {b"100644", b"100664", b"100755"}
_LINK, _SUBMODULE = b"120000", b"160000"


def is_repository(source: str) -> bool:
    """Return whether ``source`` is the address of a repository, or a bare repository in a folder."""
    bare = Path(source)
    return _URL.fullmatch(source) is not None or (bare.suffix == ".git" and (bare / "objects").is_dir())


def fetch(address: str, intake: Intake) -> str:
    """Take the files of a repository's main branch.

    Returns:
        The commit that was taken.

    Raises:
        TutorError: There is no git, the repository cannot be fetched, or it holds what no pack may.
        OSError: A file cannot be written.
    """
    if "::" in address:  # ``ext::command`` would run a command
        raise refused("pack.no-such-protocol", address=without_password(address))
    if shutil.which("git") is None:
        raise TutorError(translate("pack.no-git"), hint=translate("pack.no-git-hint"), exit_code=ExitCode.CANNOT_READ)
    with tempfile.TemporaryDirectory(prefix="tutor-pack-") as folder:
        bare = Path(folder, "repository.git")
        _clone(address, bare)
        commit = _git(bare, "rev-parse", "--verify", "HEAD^{commit}").decode().strip()
        _take(bare, commit, intake)
        return commit


def without_password(address: str) -> str:
    """Return an address as it may be shown: without a user's name and password."""
    return harmless_line(re.sub(r"(?<=://)[^/@]*@", "", address))


def _clone(address: str, bare: Path) -> None:
    words = ["clone", "--bare", "--quiet", "--depth=1", "--no-tags", "--single-branch", "--template="]
    source = address if _URL.fullmatch(address) else Path(address).resolve().as_uri()
    command = _command(*words, "--no-recurse-submodules", "--", source, str(bare))
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=_environment(), start_new_session=True
        )
        try:
            _wait(process, bare)
        finally:
            _end(process)
        if process.returncode:
            said.seek(0)
            lines = said.read(10_000).decode(errors="replace").strip().splitlines()
            reason = without_password(lines[-1]) if lines else f"git: {process.returncode}"
            raise TutorError(
                translate("pack.cannot-fetch", address=without_password(address), reason=reason),
                hint=translate("pack.cannot-fetch-hint"),
                exit_code=ExitCode.CANNOT_READ,
            )


def _wait(process: subprocess.Popen[bytes], bare: Path) -> None:
    """Wait until git has ended, and refuse a repository that takes too long or too much room."""
    until = clock.monotonic_seconds() + _SECONDS
    while process.poll() is None:
        time.sleep(_LOOKS)
        if clock.monotonic_seconds() > until:
            raise refused("pack.takes-too-long", minutes=_SECONDS // 60)
        if _size_of(bare) > _LARGEST_REPOSITORY:
            raise refused("pack.large-repository", most=_LARGEST_REPOSITORY >> 20)


def _size_of(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118 - called ten times a second
    return total


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _take(bare: Path, commit: str, intake: Intake) -> None:
    listing = _git(bare, "ls-tree", "-r", "-l", "-z", "--full-tree", commit)
    wanted: list[tuple[str, str]] = []
    size = 0
    for mode, name, blob, length in _entries(listing):
        if mode == _SUBMODULE:
            raise refused("pack.submodule", name=name)
        if mode == _LINK or mode not in _PLAIN_FILES:
            raise refused("pack.link", name=name)
        if intake.wants(name, length):
            wanted.append((name, blob))
            size += length
        if len(wanted) > MOST_FILES:
            raise refused("pack.too-many-files", most=MOST_FILES)
        if size > LARGEST_PACK:
            raise refused("pack.too-large", most=LARGEST_PACK >> 20)
    said = _git(bare, "cat-file", "--batch", given="".join(f"{blob}\n" for _, blob in wanted).encode())
    at = 0
    for name, blob in wanted:
        end = said.index(b"\n", at)
        found, kind, written = said[at:end].decode().split()
        if (found, kind) != (blob, "blob"):
            raise refused("pack.bad-repository", name=name)
        start, at = end + 1, end + 2 + int(written)
        intake.take(name, said[start : at - 1])


def _entries(listing: bytes) -> Iterator[tuple[bytes, str, str, int]]:
    """Yield mode, path, object and size of what a tree lists."""
    for entry in listing.split(b"\0"):
        if not entry:
            continue
        about, _, name = entry.partition(b"\t")
        mode, _, blob, length = about.split()
        if len(name) > _LONGEST_ENTRY:
            raise refused("pack.long-path", name=name.decode(errors="replace"))
        yield mode, name.decode("utf-8", errors="replace"), blob.decode(), int(length) if length.isdigit() else 0


def _git(bare: Path, *words: str, given: bytes = b"") -> bytes:
    command = _command("--git-dir", str(bare), *words)
    done = subprocess.run(command, input=given, capture_output=True, env=_environment(), check=False, timeout=_SECONDS)
    if done.returncode:
        reason = harmless_line(done.stderr.decode(errors="replace").strip().partition("\n")[0])
        raise refused("pack.bad-repository", name=reason)
    return done.stdout


def _command(*words: str) -> list[str]:
    return ["git", *(word for setting in _SETTINGS for word in ("-c", setting)), *words]


def _environment() -> Mapping[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith(_KEPT_VARIABLES)
    }
    kept.setdefault("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")
    return kept | {
        "GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": ":".join(_PROTOCOLS), "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_LAZY_FETCH": "1", "GIT_ADVICE": "0", "LC_ALL": "C",
    }  # fmt: skip
