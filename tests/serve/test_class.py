"""A class over SSH, with the real client: learners join, learn, disturb each other in vain, and lose nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from tests.serve.served import KEYGEN, SSH, Login, ServedClass, children_of, until

pytestmark = [
    pytest.mark.skipif(SSH is None or KEYGEN is None, reason="the OpenSSH client is not here"),
    pytest.mark.xdist_group("serve"),
]
HOME = "Looking for a function"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedClass]:
    running = ServedClass(tmp_path_factory.mktemp("class"), limits="keepalive_seconds=1.0, logins=200")
    running.enrol("anna", "ben")
    yield running
    running.close()


def test_a_stranger_joins_with_the_code_and_comes_back_with_the_key(served: ServedClass) -> None:
    with Login(served, "carla") as login:
        login.wait("enter for carla")
        login.press("../../x", "enter")
        login.wait("Join code:")
        login.press("wrong", "enter")
        login.wait("not the code")
        login.press("enter")
        login.press(served.code.upper(), "enter")
        arrive(login)
        assert login.leave() == 0
    assert "carla has joined" in served.said
    assert ("serving as root" in " ".join(served.said.split())) == (os.geteuid() == 0)
    assert served.learner("carla").stat().st_mode & 0o777 == 0o700
    assert (served.home / "host_key").stat().st_mode & 0o777 == 0o600
    listed = served.run("carla", "list")
    assert (listed.returncode, "gradient-descent" in listed.stdout) == (0, True)
    with Login(served, "anna2") as login:
        login.wait("enter for anna2")
        login.press("Anna", "enter", served.code, "enter")
        login.wait("Somebody else has this name")


def test_commands_need_no_terminal_and_nothing_else_is_offered(served: ServedClass) -> None:
    assert "Gradient descent" in served.run("anna", "tutor", "read", "3").stdout
    assert '"tutor-progress"' in served.run("anna", "progress", "export").stdout
    served.enrol("quinn")
    quiz = served.run("quinn", "quiz", "1", typed="1\n")
    assert "1." in quiz.stdout, quiz
    assert "You are in a class as quinn" in quiz.stdout
    chinese = served.run("anna", "sh", LC_ALL="zh_CN.UTF-8")
    assert (chinese.returncode, "不能是路径" in chinese.stderr) == (2, True)
    assert served.run("anna", "progress", "export", "-o", "x").returncode == 2
    assert "needs a terminal" in served.run("anna", options=("-T",)).stderr
    assert served.run("nobody", "list").returncode == 2
    assert served.run("anna", "sftp", options=("-s",)).returncode == 255
    keyless = served.run("anna", "list", options=("-o", "PubkeyAuthentication=no", "-o", "LogLevel=INFO"))
    assert (keyless.returncode, "need an SSH key" in keyless.stderr) == (255, True)


def test_the_zygote_and_the_sessions_survive_each_other(served: ServedClass) -> None:
    with Login(served, "anna") as anna, Login(served, "ben") as ben:
        arrive(anna)
        arrive(ben)
        sessions = served.sessions()
        assert len(sessions) == 2
        os.kill(served.zygote, signal.SIGKILL)
        anna.press("b")
        anna.wait("Labs")
        until(lambda: served.run("anna", "list").returncode == 0)
        assert not served.sessions() & sessions
        # The terminal tells who is who.
        first = min(sessions)
        os.kill(first, signal.SIGKILL)
        until(lambda: anna.process.poll() is not None or ben.process.poll() is not None)
        left = anna if anna.process.poll() is None else ben
        left.press("?")
        left.wait("esc")
        left.press("escape")
        left.leave()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in sessions))
    assert served.process.poll() is None
    assert children_of(served.zygote) == set()


def test_learners_who_are_lost_stall_or_mean_ill_disturb_nobody(served: ServedClass) -> None:
    names = ("dora", "emil", "fay", "gil")
    served.enrol(*names)
    with contextlib.ExitStack() as all_logins:
        dora, emil, fay, gil = (all_logins.enter_context(Login(served, name)) for name in names)
        for each in (dora, emil, fay, gil):
            arrive(each)
        open_lab(dora)
        emil.process.kill()
        fay.process.send_signal(signal.SIGSTOP)
        with contextlib.suppress(OSError):
            os.write(gil.master, os.urandom(3000).replace(b"~", b"") + b"\x1b]52;c;eA==\x07\x1b[?1049l" * 20)
        with socket.create_connection(("127.0.0.1", served.port)) as stranger:
            stranger.sendall(os.urandom(4000))
            asyncio.run(_try_to_get_out(served))
            dora.press("space")
            dora.wait_until(lambda: bool(epochs(served, "dora")))
        until(lambda: len(served.sessions()) <= 2, "the stalled and the killed are still there")
        os.kill(fay.process.pid, signal.SIGCONT)
        dora.leave()
    assert "Traceback" not in served.said + (served.home / "serve.log").read_text(encoding="utf-8")
    assert served.run("emil", "list").returncode == served.run("fay", "list").returncode == 0


async def _try_to_get_out(served: ServedClass) -> None:
    """Ask for everything that SSH can do besides a session, with a client that asks for whatever it is told to."""
    async with asyncssh.connect(
        "127.0.0.1", served.port, username="anna", client_keys=[str(served.key("anna"))], known_hosts=None, config=[],
        agent_path=None,
    ) as connection:  # fmt: skip
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.open_connection("127.0.0.1", served.port)
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.open_unix_connection("/run/x")
        with pytest.raises(asyncssh.ChannelListenError):
            await connection.forward_remote_port("", 0, "127.0.0.1", 9)
        with pytest.raises(asyncssh.ChannelListenError):
            await connection.forward_remote_path("/tmp/x", "/tmp/y")
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.create_process(subsystem="sftp")
        asked = await connection.run("progress export --format=json", env={"TUTOR_HOME": "/", "LD_PRELOAD": "/x.so"})
        assert '"tutor-progress"' in str(asked.stdout)
        assert asked.stderr == ""
        outside = await connection.run("read ../../../../etc/passwd")
        assert outside.returncode == 2
        await connection.run("list")
        with pytest.raises(asyncssh.ChannelOpenError):  # a connection has had four sessions
            await connection.run("list")


def arrive(login: Login) -> None:
    """Read what the teacher sees, once, and go on to the course map."""
    login.wait("Your teacher sees")
    login.press("enter")
    login.wait(HOME)


def open_lab(login: Login) -> None:
    """From the course map to the first lab."""
    login.press("b")
    login.wait("A threshold learned from emails")
    login.look_for("space start", "enter")
    login.wait("space start", absent="Opening the lab")


def epochs(served: ServedClass, name: str) -> list[str]:
    logs = (served.learner(name) / "runs").glob("*/events.jsonl")
    return [line for each in logs for line in each.read_text(encoding="utf-8").splitlines() if '"epochs"' in line[:20]]


def test_a_server_that_is_killed_loses_nothing_and_runs_go_on(tmp_path: Path) -> None:
    served = ServedClass(tmp_path)
    served.enrol("anna")
    try:
        with Login(served, "anna") as anna:
            arrive(anna)
            open_lab(anna)
            anna.press("space")
            anna.wait_until(lambda: bool(epochs(served, "anna")))
            answered = served.run("anna", "quiz", "1", typed="1\n")
            assert "1" in answered.stdout
            (session,) = served.sessions()
            zygote = served.zygote
            served.kill()
            anna.ended()
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in (session, zygote)))
        served.start(served.port)
        exported = served.run("anna", "progress", "export", options=("-o", "StrictHostKeyChecking=yes"))
        assert len(json.loads(exported.stdout)["answers"]) == 1
        # The worker outlives the server: the run goes on to its end, and the next session finds it.
        until(lambda: '"finished"' in served.run("anna", "runs", "--json").stdout)
        (log,) = (served.learner("anna") / "runs").glob("*/events.jsonl")
        last = json.loads(log.read_text(encoding="utf-8").splitlines()[-1])
        assert (last["type"], last["reason"]) == ("finished", "epochs")
    finally:
        served.close()


def test_whoever_is_idle_or_removed_is_told_so(tmp_path: Path) -> None:
    served = ServedClass(tmp_path, limits="idle_seconds=2.0, login_seconds=4.0")
    served.enrol("anna")
    try:
        with Login(served, "anna") as anna:
            anna.wait_until(lambda: "an hour" in anna.sentence)
            anna.ended()
        asyncio.run(_be_thrown_out(served))
        (served.home / "roster.toml").write_text("", encoding="utf-8")
        assert "does not know your key" in served.run("anna", "list").stderr
    finally:
        served.close()


async def _be_thrown_out(served: ServedClass) -> None:
    """Connect, open no session, and wait until the server has enough of that."""
    connection = await asyncssh.connect(
        "127.0.0.1", served.port, username="anna", client_keys=[str(served.key("anna"))], known_hosts=None, config=[]
    )
    await asyncio.wait_for(connection.wait_closed(), 30)
