"""The parts of the server that need no network: environments, rates, the folder of a class."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.foundation.errors import TutorError
from tutor.serve.class_folder import ServedFolder
from tutor.serve.environment import checked_environment, session_environment, terminal_name
from tutor.serve.rates import Rate


def test_only_checked_variables_of_a_client_are_passed_on() -> None:
    given = {
        b"LANG": b"zh_CN.GBK", b"LC_ALL": b"x" * 99, b"LC_CTYPE": b"../../x", b"COLORTERM": b"truecolor",
        b"LD_PRELOAD": b"/tmp/x.so", b"EDITOR": b"sh", b"TUTOR_HOME": b"/", b"PYTHONPATH": b"/tmp", b"\xff": b"\xff",
    }  # fmt: skip
    checked = checked_environment(given)
    assert checked == {"LANG": "zh_CN.GBK", "COLORTERM": "truecolor", "PYTHONIOENCODING": "gbk"}
    session = session_environment("anna", Path("/class/anna"), checked, {})
    assert session["TUTOR_HOME"] == session["HOME"] == "/class/anna"
    assert not {"LD_PRELOAD", "EDITOR", "PYTHONPATH"} & session.keys()


@pytest.mark.parametrize(("locale", "encoding"), [("C.UTF-8", "utf-8"), ("de_DE", "utf-8"), ("x.rot13", "utf-8")])
def test_the_encoding_is_one_of_a_terminal(locale: str, encoding: str) -> None:
    assert checked_environment({b"LANG": locale.encode()})["PYTHONIOENCODING"] == encoding
    assert checked_environment({}) == {"LANG": "C.UTF-8", "PYTHONIOENCODING": "utf-8"}


def test_a_terminal_that_cannot_be_one_is_dumb() -> None:
    names = ("xterm-256color", "../x", "", None, "x" * 41)
    assert [terminal_name(each) for each in names] == ["xterm-256color", "dumb", "dumb", "dumb", "dumb"]


def test_a_rate_is_spent_and_comes_back() -> None:
    now = 0.0
    rate = Rate(2, 60.0, lambda: now)
    assert [rate.allows("a") for _ in range(3)] == [True, True, False]
    assert rate.allows("b")
    now = 61.0
    assert rate.allows("a")


def test_the_join_code_can_be_renewed_and_is_read_leniently(tmp_path: Path) -> None:
    folder = ServedFolder(tmp_path / "class")
    code = folder.join_code()
    assert folder.join_code() == code
    assert folder.is_join_code(f" {code.upper().replace('-', ' ')} ")
    assert not folder.is_join_code("")
    new = folder.join_code(renew=True)
    assert new != code
    assert folder.is_join_code(new)
    assert not folder.is_join_code(code)
    assert (tmp_path / "class").stat().st_mode & 0o777 == 0o700


def test_a_link_is_no_home(tmp_path: Path) -> None:
    folder = ServedFolder(tmp_path / "class")
    (folder.learners / "anna").symlink_to(tmp_path)
    with pytest.raises(OSError, match="link"):
        folder.home("anna")
    assert folder.home("ben").stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(TutorError):
        ServedFolder(tmp_path / "file")
