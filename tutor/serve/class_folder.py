"""Where a class keeps its things: the server's key, the join code, a folder for each learner, the turns of its runs.

Everything is for the teacher's account alone; learners reach it only through their sessions.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from tutor.classroom.folder import ClassFolder
from tutor.foundation import private
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import read_file, write_bytes, write_text
from tutor.foundation.translate import translate

KEY_FILE, CODE_FILE, LOCK_FILE, ZYGOTE_LOG = "host_key", "join_code", "serve.lock", "serve.log"
TURNS, SERVER_HOME = "turns", "server"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that cannot be taken for each other."""
_CODE_LENGTH = 8
_SMALL = 16 << 10


class ServedFolder(ClassFolder):
    """The folder of a class that is served.

    Args:
        path: Where it is; it is created if it is missing.

    Raises:
        TutorError: It cannot be created, or belongs to others.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            private.make_folder(path)
            for each in (self.learners, self.turns, self.runs):
                private.make_folder(each)
            descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            os.close(descriptor)
        except OSError as error:
            raise _refused(error) from error

    @property
    def turns(self) -> Path:
        return self.path / TURNS

    def home(self, name: str) -> Path:
        """Return the folder of a learner, made if it is missing. It has no link in it that leads elsewhere.

        Raises:
            OSError: It cannot be made, or something else has its name.
        """
        home = self.learners / name
        for each in (home, home / "tmp"):
            if each.is_symlink():
                raise FileExistsError(f"{each} is a link")
            each.mkdir(mode=0o700, exist_ok=True)
            each.chmod(0o700)
        return home

    def known_name(self, name: str) -> str:
        """Return the name as its folder writes it, if there is one that differs only in capitals."""
        try:
            names = os.listdir(self.learners)  # noqa: PTH208 - only the names are needed
        except OSError:
            return name
        return next((each for each in names if each.casefold() == name.casefold()), name)

    def host_key(self) -> bytes:
        """Return the server's private key, as OpenSSH writes it; made when it is first asked for.

        Raises:
            TutorError: It cannot be read or written.
        """
        import asyncssh

        path = self.path / KEY_FILE
        try:
            if not path.exists():
                write_bytes(path, asyncssh.generate_private_key("ssh-ed25519").export_private_key())
            path.chmod(0o600)
            return read_file(path, _SMALL)
        except OSError as error:
            raise _refused(error) from error

    def join_code(self, *, renew: bool = False) -> str:
        """Return the code that lets somebody into the class; a new one if there is none, or ``renew`` asks for it.

        Raises:
            TutorError: It cannot be read or written.
        """
        path = self.path / CODE_FILE
        try:
            if not renew and path.exists():
                code = read_file(path, _SMALL).decode("ascii", "replace").strip()
                if code:
                    return code
            letters = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
            code = f"{letters[:4]}-{letters[4:]}"
            write_text(path, code + "\n")
        except OSError as error:
            raise _refused(error) from error
        return code

    def is_join_code(self, text: str) -> bool:
        """Whether this is the code of now, whatever its capitals, spaces and dashes."""
        try:
            code = self.join_code()
        except TutorError:
            return False
        return hmac.compare_digest(_bare(text), _bare(code))


def _bare(code: str) -> bytes:
    return "".join(each for each in code.casefold() if each.isalnum()).encode()


def _refused(error: OSError) -> TutorError:
    reason = f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")
    return TutorError(translate("cli.refused-by-system", reason=reason), exit_code=ExitCode.CANNOT_WRITE)
