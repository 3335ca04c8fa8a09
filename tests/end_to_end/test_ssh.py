"""Over a real SSH connection: the line is cut, nothing is lost, a second login steers."""

from __future__ import annotations

import fcntl
import getpass
import os
import shutil
import socket
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.memory import only_run
from tests.end_to_end.processes import commands, home_of, workers_of
from tests.end_to_end.terminal import Terminal

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
SSH, KEYGEN = shutil.which("ssh"), shutil.which("ssh-keygen")
MISSING = [name for name, found in (("sshd", SSHD), ("ssh", SSH), ("ssh-keygen", KEYGEN)) if found is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"OpenSSH is not whole here: {', '.join(MISSING)} not found")
_PATIENCE = 40.0


class Server:
    """An OpenSSH server on loopback with keys of its own, for this user alone.

    Args:
        folder: For keys, configuration and log; only this user may read it.
        home: ``TUTOR_HOME`` of whoever logs in.
        more: Further lines of the configuration.
    """

    def __init__(self, folder: Path, home: Path, more: str = "") -> None:
        self.folder = folder
        folder.chmod(0o700)
        for name in ("host", "user"):
            subprocess.run([str(KEYGEN), "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
        shutil.copy(folder / "user.pub", folder / "authorized_keys")
        self.port = _free_port()
        variables = {"TUTOR_HOME": str(home), "LC_ALL": "C.UTF-8"}
        (folder / "sshd_config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\n"
            f"AuthorizedKeysFile {folder}/authorized_keys\n"
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\nStrictModes no\nPermitRootLogin yes\n"
            f"PidFile {folder}/sshd.pid\nPermitUserEnvironment no\nUsePAM no\nPrintMotd no\n"
            f"SetEnv {' '.join(f'{name}={value}' for name, value in variables.items())}\n{more}",
            encoding="utf-8",
        )
        if os.geteuid() == 0:  # where it separates privileges; a package makes this folder when the service starts
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [str(SSHD), "-D", "-e", "-f", str(folder / "sshd_config")], stdout=log, stderr=log
            )
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            if self.process.poll() is not None:
                pytest.skip(f"sshd does not start here: {(self.folder / 'log').read_text(encoding='utf-8')[-300:]}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        self.close()
        pytest.skip("sshd does not listen")

    def client(self, *words: str, tty: bool = True, key: str = "user", more: tuple[str, ...] = ()) -> list[str]:
        """The command line of the real client.

        Args:
            words: What it asks for.
            tty: Whether it asks for a terminal.
            key: The name of its key in the server's folder.
            more: More options.
        """
        options = ["StrictHostKeyChecking=no", f"UserKnownHostsFile={self.folder}/known", "IdentitiesOnly=yes",
                   "LogLevel=ERROR", "BatchMode=yes"]  # fmt: skip
        given = [part for option in options for part in ("-o", option)]
        place = ["-p", str(self.port), "-i", str(self.folder / key), f"{getpass.getuser()}@127.0.0.1"]
        return [str(SSH), "-F", "none", *(["-tt"] if tty else []), *given, *more, *place, *words]

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    assert isinstance(port, int)
    return port


class Login(Terminal):
    """The real client in a terminal, with ``tutor`` at the other end."""

    def __init__(self, server: Server, *arguments: str, key: str = "user") -> None:
        import pyte

        self.screen = pyte.Screen(80, 24)
        self.output = b""
        self._stream = pyte.ByteStream(self.screen)
        self.master, slave = os.openpty()
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        program = [str(Path(sys.executable).with_name("tutor"))] if key == "user" else []
        self.process = subprocess.Popen(
            server.client(*program, *arguments, key=key), stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, env={**os.environ, "TERM": "xterm-256color"},
        )  # fmt: skip
        os.close(slave)

    def __enter__(self) -> Login:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


@pytest.fixture
def server(tmp_path: Path, own_home: Path) -> Iterator[Server]:
    running = Server(tmp_path, own_home)
    yield running
    running.close()


def tutors(home: Path) -> set[int]:
    """The screens that are open in a home; the client's command line names the program too.

    Other tests open screens at the same time.
    """
    program = str(Path(sys.executable).with_name("tutor"))
    found = {pid for pid, command in commands().items() if program in command and "IdentitiesOnly" not in command}
    return {pid for pid in found if home_of(pid) in {None, str(home)}}


def test_the_line_is_cut_and_nothing_is_lost(server: Server, own_home: Path) -> None:
    with Login(server, "lab", "moons-net", "--set", "train.epochs=100000") as login:
        login.start_the_run()
        login.wait_until(lambda: only_run().epoch >= 3)
        assert tutors(own_home)
        login.process.kill()
        login.process.wait()
    end = time.monotonic() + _PATIENCE
    while open_screens := tutors(own_home):
        assert time.monotonic() < end, {pid: commands().get(pid) for pid in open_screens}
        time.sleep(0.02)
    assert len(workers_of(own_home)) == 1
    cut = only_run()
    assert cut.state == "running"
    with Login(server, "watch") as login:
        login.wait("▶ ", "space pause", "A net for two moons")  # not "running": it gives way to the pace
        second = subprocess.run(
            server.client(str(Path(sys.executable).with_name("tutor")), "run", "set", cut.run[-4:],
                          "learning_rate=0.005", tty=False),
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert "optimizer.learning_rate is now 0.005" in second.stdout, second
        login.wait_until(lambda: bool(only_run().changes))
        login.press("space")
        login.wait("paused", "space resume")
        login.press("space")
        login.wait("▶ ", "space pause")
        login.press("x")
        login.wait("topped")
        login.leave()
    after = only_run()
    assert (after.run, after.state) == (cut.run, "stopped")
    assert after.epoch > cut.epoch
    assert len(after.train_losses) == after.epoch
    assert list(after.train_losses[: cut.epoch]) == list(cut.train_losses)
    assert [change.value for change in after.changes] == [0.005]


def test_without_a_terminal_the_way_to_one_is_told(server: Server) -> None:
    program = str(Path(sys.executable).with_name("tutor"))
    result = subprocess.run(
        server.client(program, tty=False), capture_output=True, text=True, check=False, timeout=60,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert "ssh -t" in result.stderr
    assert result.returncode == 6
