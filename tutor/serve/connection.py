"""One SSH connection: who it is, and the little that it may ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import asyncssh

from tutor.classroom.roster import key_text
from tutor.foundation.clock import monotonic_seconds
from tutor.foundation.translate import translate
from tutor.serve.session import LearnerSession

MOST_CHANNELS = 4
"""Sessions that one connection may open in its life."""


class Door(Protocol):
    """What a connection asks of the server."""

    def let_in(self, connection: Connection) -> bool:
        """Whether a new connection may try to sign in."""

    def know(self, connection: Connection) -> None:
        """The connection has shown that it holds a key."""

    def see_off(self, connection: Connection) -> None:
        """The connection is gone."""

    def open_session(self, key: str, user: str, address: str) -> LearnerSession | bool:
        """Return a session for somebody with a key; False if there are too many of those whom nobody knows."""


class Connection(asyncssh.SSHServer):
    """A connection. Every key may sign in; who has it is asked in the session, where an unknown one can join.

    What is not said here stays refused: passwords, forwarding of every kind, agents, X11, subsystems.
    """

    def __init__(self, server: Door) -> None:
        self._server = server
        self._connection: asyncssh.SSHServerConnection | None = None
        self._user = ""
        self._offered = ""
        self._key = ""
        self._sessions: list[LearnerSession] = []
        self._used_at = monotonic_seconds()
        self._was_told = False
        self.address = ""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        peer = conn.get_extra_info("peername")
        self.address = str(peer[0]) if peer else ""
        if not self._server.let_in(self):
            conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.see_off(self)

    def abort(self) -> None:
        """Close the connection at once."""
        if self._connection is not None:
            self._connection.abort()

    @property
    def is_authenticated(self) -> bool:
        """Whether the client has shown that it holds a key."""
        return bool(self._key)

    def begin_auth(self, username: str) -> bool:
        self._user = username[:64]
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        text = key_text(key.export_public_key().decode("ascii", "replace"))
        self._offered = text or ""
        return text is not None

    def auth_completed(self) -> None:
        self._key = self._offered
        self._server.know(self)

    def kbdint_auth_supported(self) -> bool:
        """A client without a key falls back to this, so it can be told how to get one."""
        return True

    def get_kbdint_challenge(
        self, username: str, lang: str, submethods: str
    ) -> bool | tuple[str, str, str, list[tuple[str, bool]]]:
        if self._was_told:
            return False
        self._was_told = True
        return "tutor", translate("serve.needs-key"), "", []

    def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool:
        return False

    def session_requested(self) -> LearnerSession | bool:
        if not self._key or len(self._sessions) >= MOST_CHANNELS:
            return False
        session = self._server.open_session(self._key, self._user, self.address)
        if isinstance(session, LearnerSession):
            self._sessions.append(session)
        return session

    def unused_seconds(self, now: float) -> float:
        """For how long it has had no session."""
        if any(not each.is_over for each in self._sessions):
            self._used_at = now
        return now - self._used_at
