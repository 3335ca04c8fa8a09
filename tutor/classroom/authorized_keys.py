"""A learner's key in the ``authorized_keys`` of the account that serves a class with the sshd one has.

Each line allows one key nothing but one command, which opens that learner's home: no shell, no forwarding, no files.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import os
import shlex
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tutor.classroom.roster import key_text
from tutor.foundation import private
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import open_file, read_file, whole_path, write_bytes
from tutor.foundation.translate import translate

_LARGEST_KEY = 16 << 10
_LARGEST_FILE = 8 << 20
_LEAST_RSA_BITS = 2_048
_KINDS = frozenset({
    "ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256@openssh.com", "ssh-rsa",
})  # fmt: skip
_COMMENT = "tutor:"


def read_public_key(path: Path) -> str:
    """Return the one public key in a file, as ``kind body``.

    Raises:
        TutorError: The file cannot be read, or holds anything else: no key, several, a private one, options before it,
            or a key that is too weak.
    """
    try:
        text = read_file(path, _LARGEST_KEY).decode("utf-8-sig", "replace")
    except OSError as error:
        raise TutorError(translate("transfer.unreadable", path=path, reason=error.strerror or str(error))) from error
    if "PRIVATE KEY" in text:
        raise _refused("learners.private-key")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if len(lines) != 1:
        raise _refused("learners.not-one-key")
    key = key_text(lines[0])
    kind, _, body = (key or "").partition(" ")
    if key is None or kind not in _KINDS:
        raise _refused("learners.not-a-key")
    _check_body(kind, body)
    return key


def _check_body(kind: str, body: str) -> None:
    """Check that the body of a key is one of its kind, and long enough."""
    try:
        parts = list(_parts_of(base64.b64decode(body, validate=True)))
    except (binascii.Error, ValueError, struct.error) as error:
        raise _refused("learners.not-a-key") from error
    if len(parts) < 2 or parts[0] != kind.encode():
        raise _refused("learners.not-a-key")
    if kind == "ssh-rsa" and (len(parts) != 3 or int.from_bytes(parts[2]).bit_length() < _LEAST_RSA_BITS):
        raise _refused("learners.weak-key")
    if kind == "ssh-ed25519" and len(parts[1]) != 32:
        raise _refused("learners.not-a-key")


def _parts_of(blob: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(blob):
        (size,) = struct.unpack_from("!I", blob, at)
        if size > len(blob) - at - 4:
            raise ValueError
        yield blob[at + 4 : at + 4 + size]
        at += 4 + size


def key_line(name: str, key: str, command: Sequence[str]) -> str:
    """Return the line of ``authorized_keys`` that lets a key do nothing but ``command``, on a terminal or without.

    Raises:
        TutorError: The command has a character that such a line cannot hold.
    """
    text = shlex.join(command)
    if any(each in text for each in '"\\\n') or not text.isprintable():
        raise TutorError(translate("learners.odd-path", command=text), exit_code=ExitCode.USAGE)
    return f'restrict,pty,command="{text}" {key} {_COMMENT}{name}'


def add_key(path: Path, name: str, key: str, command: Sequence[str], *, also: bool = False) -> None:
    """Add the line of a learner to ``authorized_keys``. Everything else in the file stays as it is.

    Args:
        path: The file; it is created if it is missing.
        name: The learner.
        key: The public key, as `read_public_key` returns it.
        command: What the key may do.
        also: Whether the learner may have a key already.

    Raises:
        TutorError: The key is in the file already, the learner has another one, or the file cannot be written.
    """
    line = key_line(name, key, command)
    path = whole_path(path)  # a link is followed, not replaced
    try:
        private.make_folder(path.parent)
        with _locked(path):
            text = _text_of(path)
            lines = text.splitlines()
            if any(key.partition(" ")[2] in each.split() for each in lines):
                raise TutorError(translate("learners.key-known"), exit_code=ExitCode.USAGE)
            if not also and any(each.endswith(f" {_COMMENT}{name}") for each in lines):
                raise TutorError(
                    translate("learners.has-key", name=name),
                    hint=translate("learners.has-key-hint"),
                    exit_code=ExitCode.USAGE,
                )
            before = text if not text or text.endswith("\n") else f"{text}\n"
            write_bytes(path, f"{before}{line}\n".encode("utf-8", "surrogateescape"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise TutorError(
            translate("transfer.unwritable", path=path, reason=reason), exit_code=ExitCode.CANNOT_WRITE
        ) from error


def _text_of(path: Path) -> str:
    try:
        return read_file(path, _LARGEST_FILE).decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep another ``tutor class add`` from writing meanwhile."""
    descriptor = open_file(path.with_name(f".{path.name}.tutor-lock"), os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _refused(key: str) -> TutorError:
    return TutorError(translate(key), hint=translate("learners.key-hint"), exit_code=ExitCode.USAGE)
