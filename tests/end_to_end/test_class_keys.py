"""A class through a real sshd: each key opens its learner's home, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.test_ssh import KEYGEN, MISSING, Login, Server
from tutor.cli import run
from tutor.foundation.errors import ExitCode

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"OpenSSH is not whole here: {', '.join(MISSING)} not found")


class ClassServer(Server):
    """A server on loopback into whose ``authorized_keys`` two learners were added."""

    def __init__(self, folder: Path, home: Path) -> None:
        super().__init__(folder, home, "AcceptEnv *\nSubsystem sftp internal-sftp\nMaxStartups 100\n")
        self.class_folder = folder / "class"
        for name in ("anna", "bob"):
            subprocess.run([str(KEYGEN), "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
            added = run([
                "class", "add", name, f"{folder / name}.pub", "--folder", str(self.class_folder),
                "--authorized-keys", str(folder / "authorized_keys"),
            ])  # fmt: skip
            assert added == ExitCode.OK

    def begin(self, *words: str, more: tuple[str, ...] = (), **variables: str) -> subprocess.Popen[str]:
        """Anna's wish without a terminal; its output is small."""
        return subprocess.Popen(
            self.client(*words, tty=False, key="anna", more=more), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env={**os.environ, **variables},
        )  # fmt: skip


@pytest.fixture
def server(tmp_path: Path, own_home: Path) -> Iterator[ClassServer]:
    (tmp_path / "ssh").mkdir()
    running = ClassServer(tmp_path / "ssh", own_home)
    yield running
    running.close()


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=100)
    return process.returncode, out, err


def test_what_a_learner_may_ask_for_works_without_a_terminal(server: ClassServer) -> None:
    home = server.class_folder / "learners" / "anna"
    begun = {wish: server.begin(*wish.split()) for wish in ("tutor read 3", "glossary gradient")}
    begun["environment"] = server.begin(
        "progress", "export", more=("-o", "SendEnv=*"), TUTOR_HOME="/tmp/elsewhere", PYTHONPATH="/tmp/elsewhere",
        TUTOR_LESSONS="/etc", PYTHONINSPECT="1",
    )  # fmt: skip
    done = {wish: ended(process) for wish, process in begun.items()}
    assert {wish: code for wish, (code, _, _) in done.items()} == dict.fromkeys(done, 0), done
    assert "Gradient descent" in done["tutor read 3"][1]
    assert "gradient" in done["glossary gradient"][1]
    assert json.loads(done["environment"][1])["answers"] == []
    assert (home / "progress.sqlite3").exists()
    assert home.stat().st_mode & 0o777 == 0o700
    assert not Path("/tmp/elsewhere").exists()


def test_every_way_out_is_refused(server: ClassServer) -> None:
    (server.folder / "secret.md").write_text("# Secret words")
    wishes = [
        ["sh"], ["tutor", "read", "3;", "id"], ["read", "/etc/passwd"], ["read", f"{server.folder}/secret.md"],
        ["read", "~/x.md"], ["train", "one-lag"], ["class", "report"],
        ["watch", "--of", "bob", "--folder", str(server.class_folder)], ["progress", "export", "-o", "x"],
        ["scp", "-t", "/tmp"],
    ]  # fmt: skip
    begun = {" ".join(wish): server.begin(*wish) for wish in wishes}
    begun["sftp"] = server.begin("sftp", more=("-s",))
    begun["forward"] = server.begin(more=("-W", f"127.0.0.1:{server.port}"))
    begun["nothing"] = server.begin()
    done = {wish: ended(process) for wish, process in begun.items()}
    assert all(code != 0 for code, _, _ in done.values()), done
    assert not any("SSH-2.0" in out or "root" in out or "Secret" in out or "uid=" in out for _, out, _ in done.values())
    offered = {wish for wish, (_, _, err) in done.items() if "No argument can be a path" in err}
    assert offered == set(map(" ".join, wishes))
    assert done["sftp"][1] == ""
    assert "forwarding failed" in done["forward"][2]
    assert "ssh -t" in done["nothing"][2]


def test_on_a_terminal_the_course_opens_in_the_learners_home(server: ClassServer) -> None:
    with Login(server, key="anna") as login:
        login.wait("What learning means")
        login.leave()
    assert (server.class_folder / "learners" / "anna" / "progress.sqlite3").exists()
    assert not (server.class_folder / "learners" / "bob" / "progress.sqlite3").exists()
