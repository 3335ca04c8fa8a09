"""A class over SSH, with the real client: learners join, learn, disturb each other in vain, and lose nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serve.served import KEYGEN, SSH, Login, ServedClass, children_of, until

pytestmark = [
    pytest.mark.skipif(SSH is None or KEYGEN is None, reason="the OpenSSH client is not here"),
    pytest.mark.xdist_group("serve"),
]
HOME = "Looking for a function"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedClass]:
    running = ServedClass(tmp_path_factory.mktemp("class"))
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
        login.wait(HOME)
        assert login.leave() == 0
    assert "carla has joined" in served.said
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
    quiz = served.run("anna", "quiz", "1", typed="1\n")
    assert "1." in quiz.stdout, quiz
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
        anna.wait(HOME)
        ben.wait(HOME)
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
