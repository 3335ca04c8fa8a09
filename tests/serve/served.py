"""A class that is served on loopback, and learners who reach it with the real client of OpenSSH."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte

from tests.end_to_end.terminal import PATIENCE_SECONDS, Terminal, program

SSH, KEYGEN = shutil.which("ssh"), shutil.which("ssh-keygen")


class ServedClass:
    """``tutor serve`` in a process of its own.

    Args:
        folder: Holds the class, and the keys of its learners beside it.
        options: Of the command.
        limits: Other limits than the usual ones, which the command does not offer, as the arguments of a call.
        environment: Put into the test's own.
    """

    def __init__(self, folder: Path, *options: str, limits: str = "", **environment: str) -> None:
        self.folder = folder
        self.options = options
        self.limits = limits
        self.environment = environment
        self.start()

    def start(self, port: int = 0) -> None:
        """Start the server, and wait until it listens."""
        self.output = self.folder / "output"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*self._program(port), *self.options],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
                env={**os.environ, "LC_ALL": "C.UTF-8", "TUTOR_HOME": str(self.folder / "teacher"), **self.environment},
            )  # fmt: skip
        end = time.monotonic() + PATIENCE_SECONDS
        while (found := re.search(r"ssh -p (\d+)", self.said)) is None or "Ctrl-C" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < end, self.said
            time.sleep(0.02)
        self.port = int(found[1])

    def _program(self, port: int) -> list[str]:
        if not self.limits:
            return [program(), "serve", "--class", str(self.home), "--port", str(port)]
        code = (
            "from pathlib import Path\n"
            "from tutor.serve.command import serve_class\n"
            "from tutor.serve.server import ServerLimits, ServerOptions\n"
            f"options = ServerOptions(Path({str(self.home)!r}), port={port}, limits=ServerLimits({self.limits}))\n"
            "serve_class(options, zygote='tutor.cli.served')\n"
        )
        return [sys.executable, "-c", code]

    @property
    def home(self) -> Path:
        """The folder of the class."""
        return self.folder / "class"

    @property
    def said(self) -> str:
        """What the server has told the teacher."""
        return self.output.read_text(encoding="utf-8")

    @property
    def code(self) -> str:
        """The join code."""
        return (self.home / "join_code").read_text(encoding="ascii").strip()

    def learner(self, name: str) -> Path:
        """The folder of a learner."""
        return self.home / "learners" / name

    def key(self, name: str) -> Path:
        """A key, made when it is first asked for."""
        path = self.folder / f"key-{name}"
        if not path.exists():
            subprocess.run([str(KEYGEN), "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)], check=True)
        return path

    def enrol(self, *names: str) -> None:
        """Write learners into the roster, as a teacher would with an editor."""
        with (self.home / "roster.toml").open("a", encoding="utf-8") as roster:
            for name in names:
                public = self.key(name).with_suffix(".pub").read_text(encoding="utf-8").strip()
                roster.write(f'{name} = ["{public}"]\n')

    def client(self, name: str, *words: str, options: tuple[str, ...] = ()) -> list[str]:
        """The command line of the real client."""
        settings = ("StrictHostKeyChecking=no", f"UserKnownHostsFile={self.folder}/known", "IdentitiesOnly=yes",
                    "LogLevel=ERROR", "SendEnv=LANG LC_* COLORTERM EDITOR TUTOR_*")  # fmt: skip
        given = [part for each in settings for part in ("-o", each)]
        place = ["-p", str(self.port), "-i", str(self.key(name)), f"{name}@127.0.0.1"]
        return [str(SSH), "-F", "none", *options, *given, *place, *words]

    def run(
        self, name: str, *words: str, options: tuple[str, ...] = (), typed: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the client without a terminal, to its end."""
        return subprocess.run(
            self.client(name, *words, options=options), input=typed, capture_output=True, text=True, check=False,
            timeout=PATIENCE_SECONDS, env={**os.environ, **environment},
        )  # fmt: skip

    @property
    def zygote(self) -> int:
        """The process that forks."""
        (pid,) = children_of(self.process.pid)
        return pid

    def sessions(self) -> set[int]:
        """The processes of all sessions that this zygote has forked."""
        return children_of(self.zygote)

    def kill(self) -> None:
        """End the server as a power cut does."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """End the server as Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        assert self.process.wait(PATIENCE_SECONDS) in {0, -signal.SIGKILL}, self.said


def children_of(pid: int) -> set[int]:
    """The processes that a process has started and that still run."""
    lists = [each.read_text(encoding="ascii") for each in Path(f"/proc/{pid}/task").glob("*/children")]
    found = {int(child) for each in lists for child in each.split()}
    return {child for child in found if not _is_zombie(child)}


def _is_zombie(pid: int) -> bool:
    try:
        return ") Z" in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True


class Login(Terminal):
    """The real client in a terminal."""

    def __init__(
        self, served: ServedClass, name: str, *words: str, options: tuple[str, ...] = (), **environment: str
    ) -> None:
        self.screen = pyte.Screen(80, 24)
        self.output = b""
        self._stream = pyte.ByteStream(self.screen)
        self.master, slave = os.openpty()
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            served.client(name, *words, options=options), stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, env={**os.environ, "TERM": "xterm-256color", **environment},
        )  # fmt: skip
        os.close(slave)

    def __enter__(self) -> Login:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def until(holds: Callable[[], object], what: str = "waited in vain") -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.02)
