"""The server of a class: it lets learners in, gives their sessions places, and ends what stays too long."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh

from tutor.classroom.roster import Roster, learner_name
from tutor.foundation.clock import monotonic_seconds
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.paths import lessons_folder
from tutor.foundation.translate import translate
from tutor.runs.processes import hold
from tutor.runs.worker.turns import WAITING
from tutor.serve.class_folder import LOCK_FILE, SERVER_HOME, ZYGOTE_LOG, ServedFolder
from tutor.serve.connection import Connection
from tutor.serve.environment import session_environment
from tutor.serve.forks import Zygotes
from tutor.serve.joining import Asked
from tutor.serve.messages import Bounds
from tutor.serve.rates import Rate
from tutor.serve.session import LearnerSession, Place

_BEHIND_SCREENS = 10
_LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """What one learner, and whoever is none, may use."""

    sessions: int = 2
    """Of one learner, at once."""
    logins: int = 20
    """Of one key, in a minute."""
    wrong_codes: int = 5
    """From one address, in a minute."""
    all_wrong_codes: int = 60
    """From everywhere, in a minute."""
    connections: int = 400
    """At once, of everybody."""
    strangers: int = 60
    """Connections that have not shown a key yet, at once."""
    failed: int = 60
    """Connections from one address, in a minute, that never showed one."""
    unknown: int = 60
    """Sessions of keys that nobody knows, at once."""
    login_seconds: float = 30.0
    """After which a connection ends that has shown no key, or has no session."""
    idle_seconds: float = 3600.0
    keepalive_seconds: float = 3.0
    """A client that does not answer three times in a row is gone."""
    memory_mb: int = 512
    disk_mb: int = 50
    nice: int = 5


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How a class is served."""

    folder: Path
    host: str = "127.0.0.1"
    port: int = 2222
    lessons: Path | None = None
    exercises: bool = False
    anonymous: bool = False
    turns: int = field(default_factory=lambda: os.cpu_count() or 1)
    """How many runs of the class may train at once."""
    limits: ServerLimits = ServerLimits()


class ClassServer:
    """Serves a class. See `tutor.serve.session.Hall` for what its sessions ask of it.

    Args:
        options: How.
        zygote: The module whose ``main`` runs the zygote.
        note: Called with a sentence for the teacher.

    Raises:
        TutorError: The folder or the lessons cannot be used, or another server has the class.
    """

    def __init__(self, options: ServerOptions, zygote: str, note: Callable[[str], None]) -> None:
        self._options = options
        self._limits = options.limits
        self._note = note
        self.folder = ServedFolder(options.folder)
        lock = hold(options.folder / LOCK_FILE)
        if lock is None:
            raise TutorError(translate("serve.another-server"), exit_code=ExitCode.USAGE)
        self._lock = lock
        self._lessons = options.lessons or lessons_folder()
        self._roster = Roster(options.folder)
        self._roster.names()
        if self._roster.problem:
            os.close(lock)
            raise TutorError(self._roster.problem)
        self._problem = ""
        environment = {"TUTOR_HOME": str(options.folder / SERVER_HOME), "TUTOR_LESSONS": str(self._lessons)}
        self.zygotes = Zygotes(zygote, options.folder / ZYGOTE_LOG, environment)
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._connections: set[Connection] = set()
        self._strangers: set[Connection] = set()
        self._sessions: dict[str, set[LearnerSession]] = {}
        self._unknown: set[LearnerSession] = set()
        limits = self._limits
        self._logins = Rate(limits.logins, 60.0)
        self._wrong_codes = Rate(limits.wrong_codes, 60.0)
        self._all_wrong_codes = Rate(limits.all_wrong_codes, 60.0)
        self._failed = Rate(limits.failed, 60.0)
        self._watch: asyncio.Task[None] | None = None

    # -- the server --------------------------------------------------------------------------------------

    async def start(self) -> int:
        """Begin to listen. Return the port.

        Raises:
            TutorError: The port is taken, or no process can be started.
        """
        options, limits = self._options, self._limits
        make_turns(self.folder.turns, options.turns)
        try:
            self.zygotes.start()
            self._acceptor = await asyncssh.listen(
                options.host,
                options.port,
                server_factory=lambda: Connection(self),
                server_host_keys=[asyncssh.import_private_key(self.folder.host_key())],
                server_version="tutor",
                encoding=None,
                line_editor=False,
                allow_scp=False,
                agent_forwarding=False,
                x11_forwarding=False,
                compression_algs=None,
                login_timeout=limits.login_seconds,
                keepalive_interval=limits.keepalive_seconds,
                keepalive_count_max=3,
                config=[],
            )
        except (OSError, asyncssh.KeyImportError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            self.zygotes.close()
            raise TutorError(
                translate("serve.cannot-listen", host=options.host, port=options.port, reason=reason),
                exit_code=ExitCode.CANNOT_WRITE,
            ) from error
        self._watch = asyncio.create_task(self._look_after())
        return self._acceptor.get_port()

    async def close(self) -> None:
        """End every session and the server. What learners have done is saved already; runs go on."""
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        if self._acceptor is not None:
            self._acceptor.close()
        sessions = [*self._unknown, *(each for own in self._sessions.values() for each in own)]
        for each in sessions:
            each.hang_up()
        await asyncio.gather(*(each.wait() for each in sessions))
        for connection in list(self._connections):
            connection.abort()
        if self._acceptor is not None:
            await self._acceptor.wait_closed()
        self.zygotes.close()
        self.release()

    def release(self) -> None:
        """Let another server have the class."""
        os.close(self._lock)

    async def _look_after(self) -> None:
        """See to what nobody asks for."""
        while True:
            await asyncio.sleep(min(_LOOK_SECONDS, self._limits.idle_seconds / 4))
            with suppress(OSError):
                self.zygotes.start()  # it may have ended
            now = monotonic_seconds()
            for connection in list(self._connections):
                if connection.unused_seconds(now) > self._limits.login_seconds:
                    connection.abort()
            self._look_after_sessions(now)

    def _look_after_sessions(self, now: float) -> None:
        """End those that are idle or whose key is in the roster no more, and say if the roster is damaged."""
        names = set(self._roster.names())
        if self._roster.problem != self._problem:
            self._problem = self._roster.problem
            if self._problem:
                self._note(self._problem)
        for name, sessions in self._sessions.items():
            for each in sessions:
                if now - each.last_input >= self._limits.idle_seconds:
                    each.end("serve.idle")
                elif name not in names:
                    each.end("serve.removed")
                if each.pid is not None:
                    hold_back_workers(each.pid)

    # -- connections -------------------------------------------------------------------------------------

    def let_in(self, connection: Connection) -> bool:
        """Whether a new connection may try to sign in."""
        self._connections.add(connection)
        if len(self._connections) > self._limits.connections:
            return False
        if len(self._strangers) >= self._limits.strangers or self._failed.is_spent(connection.address):
            return False
        self._strangers.add(connection)
        return True

    def know(self, connection: Connection) -> None:
        """The connection has shown that it holds a key."""
        self._strangers.discard(connection)

    def see_off(self, connection: Connection) -> None:
        """The connection is gone."""
        self._connections.discard(connection)
        if connection in self._strangers:
            self._strangers.discard(connection)
            self._failed.count(connection.address)

    def open_session(self, key: str, user: str, address: str) -> LearnerSession | bool:
        """Return a session for somebody with a key, or False if there are too many of those whom nobody knows."""
        session = LearnerSession(self, key, user, address)
        if self._roster.name_of(key) is None:
            self._unknown = {each for each in self._unknown if not each.is_over}
            if len(self._unknown) >= self._limits.unknown:
                return False
            self._unknown.add(session)
        return session

    # -- learners ----------------------------------------------------------------------------------------

    def name_of(self, key: str) -> str | None:
        """See `Hall.name_of`."""
        return self._roster.name_of(key)

    def join(self, asked: Asked, key: str, address: str) -> str:
        """See `Hall.join`."""
        if self._wrong_codes.is_spent(address) or self._all_wrong_codes.is_spent(""):
            return "serve.join-too-often"
        if not self.folder.is_join_code(asked.code):
            self._wrong_codes.count(address)
            self._all_wrong_codes.count("")
            return "serve.join-wrong-code"
        name = learner_name(asked.name)
        if name is None:
            return "serve.join-no-name"
        name = self.folder.known_name(name)
        if self._roster.is_taken(name):
            return "serve.join-taken"
        try:
            if not self._roster.bind(name, key):
                return "serve.join-taken"
        except TutorError as error:
            self._note(str(error))
            return "serve.join-not-now"
        self._note(translate("serve.joined", name=name))
        return ""

    def admit(self, name: str, session: LearnerSession) -> Place | str:
        """See `Hall.admit`."""
        if not self._logins.allows(name):
            return "serve.too-many-logins"
        own = self._sessions.setdefault(name, set())
        if len(own) >= self._limits.sessions:
            return "serve.too-many-sessions"
        try:
            home = self.folder.home(name)
        except OSError as error:
            self._note(f"{name}: {error}")
            return "serve.no-folder"
        own.add(session)
        self._unknown.discard(session)

        def leave() -> None:
            own.discard(session)
            if not own:
                self._sessions.pop(name, None)

        return Place(
            name, home, session_environment(name, home, {}, self._class_variables(name)), self._bounds(home), leave
        )

    def _class_variables(self, name: str) -> dict[str, str]:
        """What a session is told of its class."""
        options, limits = self._options, self._limits
        return {
            "TUTOR_CLASS": str(options.folder),
            "TUTOR_CLASS_NAME": name,
            "TUTOR_TURNS": str(self.folder.turns),
            "TUTOR_SERVED": "1",
            # One trains at a time, see `tutor.runs.worker.turns`; the one before it may be just ending, or paused.
            "TUTOR_MAX_RUNS": "2",
            "TUTOR_MAX_LOG_MB": str(limits.disk_mb // 4 or 1),
            "TUTOR_MAX_MEMORY_MB": str(limits.memory_mb),
            "TUTOR_MAX_DISK_MB": str(limits.disk_mb),
            **({"TUTOR_LESSONS": str(self._lessons)} if options.lessons is not None else {}),
            **({"TUTOR_CLASS_ANONYMOUS": "1"} if options.anonymous else {}),
            **({} if options.exercises else {"TUTOR_EXERCISES": "off"}),
        }

    def _bounds(self, home: Path) -> Bounds:
        limits = self._limits
        return Bounds(
            megabytes=limits.memory_mb,
            file_megabytes=limits.disk_mb,
            nice=limits.nice,
            readable=(str(self._lessons), *map(str, (self.folder.log, self.folder.runs, self.folder.turns))),
            writable=(str(home),),
        )


def hold_back_workers(pid: int) -> None:
    """Let what a session has started compute only when no screen wants to.

    Linux may schedule whole terminal sessions, and a worker leads one: then its own niceness counts for nothing. Only
    the server can say so to the kernel, because a session is kept from writing there. See sched(7), autogroups.
    """
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError, ValueError):
            for each in map(int, listed.read_text(encoding="ascii").split()):
                group = Path(f"/proc/{each}/autogroup")
                is_held_back = group.read_text(encoding="ascii").rstrip().endswith(f" {_BEHIND_SCREENS}")
                if not is_held_back and os.getsid(each) == each:
                    group.write_text(str(_BEHIND_SCREENS), encoding="ascii")


def make_turns(folder: Path, count: int) -> None:
    """Make the files that runs lock to train: as many as may train at once."""
    for each in folder.iterdir():
        if each.name.isdecimal() and int(each.name) >= count:
            each.unlink(missing_ok=True)
    for name in (*map(str, range(count)), WAITING):
        (folder / name).touch(mode=0o600)
