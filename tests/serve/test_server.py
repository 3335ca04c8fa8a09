"""Who is let in, and how often: the server without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tutor.foundation.errors import TutorError
from tutor.serve.joining import Asked
from tutor.serve.server import ClassServer, ServerLimits, ServerOptions
from tutor.serve.session import LearnerSession, Place

KEY = "ssh-ed25519 " + "A" * 68
OTHER = "ssh-ed25519 " + "B" * 68


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def server(tmp_path: Path, said: list[str]) -> Iterator[ClassServer]:
    limits = ServerLimits(sessions=2, logins=3, wrong_codes=2, unknown=1)
    options = ServerOptions(tmp_path / "class", anonymous=True, limits=limits)
    made = ClassServer(options, "tutor.cli.served", said.append)
    with pytest.raises(TutorError, match="Another"):
        ClassServer(options, "tutor.cli.served", said.append)
    yield made
    made.release()


def session(server: ClassServer, key: str = KEY) -> LearnerSession:
    found = server.open_session(key, "anna", "::1")
    assert isinstance(found, LearnerSession)
    return found


def test_a_name_is_taken_once_and_codes_cannot_be_guessed(server: ClassServer, said: list[str]) -> None:
    code = server.folder.join_code()
    assert server.join(Asked("a/b", code), KEY, "::1") == "serve.join-no-name"
    assert server.join(Asked("anna", "wrong"), KEY, "::1") == "serve.join-wrong-code"
    assert server.join(Asked("anna", code), KEY, "::1") == ""
    assert (server.name_of(KEY), said) == ("anna", ["anna has joined."])
    assert server.join(Asked("ANNA", code), OTHER, "::1") == "serve.join-taken"
    assert server.join(Asked("ben", "wrong"), OTHER, "::1") == "serve.join-wrong-code"
    assert server.join(Asked("ben", code), OTHER, "::1") == "serve.join-too-often"
    assert server.join(Asked("ben", code), OTHER, "::2") == ""


def test_places_are_two_and_logins_are_limited(server: ClassServer) -> None:
    server.join(Asked("anna", server.folder.join_code()), KEY, "::1")
    first, second = (server.admit("anna", session(server)) for _ in range(2))
    assert isinstance(first, Place)
    assert isinstance(second, Place)
    assert first.environment["TUTOR_CLASS_NAME"] == "anna"
    assert first.environment["TUTOR_CLASS_ANONYMOUS"] == "1"
    assert first.environment["TUTOR_EXERCISES"] == "off"
    assert first.bounds.writable == (str(server.folder.learners / "anna"),)
    assert server.admit("anna", session(server)) == "serve.too-many-sessions"
    first.leave()
    assert server.admit("anna", session(server)) == "serve.too-many-logins"


def test_sessions_of_strangers_are_few(server: ClassServer) -> None:
    session(server, OTHER)
    assert server.open_session(OTHER, "x", "::1") is False
