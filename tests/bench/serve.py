"""A served class: memory and processor of many sessions, logins, keys while others train, and a server that is killed.

Run: python -m tests.bench.serve [SESSIONS...], with 0 for logins, keys and losses alone
"""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median, quantiles

from tests.end_to_end.test_ssh import MISSING, Server
from tests.serve.served import ServedClass, children_of

_PATIENCE = 60.0
_WATCHED_SECONDS = 5.0
_TICK = os.sysconf("SC_CLK_TCK")
_KEYS = 60
_LOGINS = 5


class Client:
    """The real client in a terminal; what comes is kept as bytes, because emulating fifty terminals costs too much."""

    def __init__(self, command: Sequence[str]) -> None:
        self.seen = b""
        self.began = time.perf_counter()
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execv(command[0], list(command))
        os.set_blocking(self.master, False)

    def read(self) -> bool:
        """Take what is there. Return whether something was."""
        try:
            data = os.read(self.master, 1 << 16)
        except (BlockingIOError, OSError):
            return False
        self.seen = (self.seen + data)[-1 << 16 :]
        return True

    def press(self, key: bytes) -> None:
        """Press a key, and forget what was shown before."""
        self.seen = b""
        os.write(self.master, key)

    def close(self) -> None:
        """End the client."""
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        os.close(self.master)


def wait_for(clients: Iterable[Client], holds: Callable[[Client], bool]) -> float:
    """Read all clients until something holds for each. Return the seconds that it took."""
    begun = time.perf_counter()
    left = list(clients)
    everybody = list(left)
    while left:
        if time.perf_counter() - begun > _PATIENCE:
            raise SystemExit(f"{len(left)} waited in vain; one shows {left[0].seen[-2000:]!r}")
        select.select([each.master for each in everybody], [], [], 0.1)
        for each in everybody:
            while each.read():
                pass
        left = [each for each in left if not holds(each)]
    return time.perf_counter() - begun


def shows(*texts: str) -> Callable[[Client], bool]:
    """Whether a client has been sent one of some texts."""
    return lambda client: any(text.encode() in client.seen for text in texts)


def rest(clients: Iterable[Client], seconds: float) -> None:
    """Read all clients for a while."""
    everybody, end = list(clients), time.perf_counter() + seconds
    while (left := end - time.perf_counter()) > 0:
        select.select([each.master for each in everybody], [], [], min(left, 0.1))
        for each in everybody:
            each.read()


def computed(pids: Iterable[int]) -> float:
    """The seconds that processes have computed."""
    total = 0
    for pid in pids:
        with suppress(OSError):  # it has ended
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / _TICK


def megabytes(pids: Iterable[int]) -> float:
    """The memory of processes, with what they share divided among those that share it."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def workers(served: ServedClass) -> set[int]:
    """The processes that train for this class."""
    return {pid for session in served.sessions() for pid in children_of(session)}


def report_use(served: ServedClass, clients: Sequence[Client], what: str, seconds: float) -> None:
    """Print memory and processor of all sessions, after they came where they are in so many seconds."""
    sessions, training = served.sessions(), workers(served)
    training_mb = megabytes(training)
    before = computed(sessions), computed(training), computed([served.process.pid])
    rest(clients, _WATCHED_SECONDS)
    count = len(clients)
    used = [(after - first) / _WATCHED_SECONDS for after, first in zip(
        (computed(sessions), computed(training & workers(served)), computed([served.process.pid])), before, strict=True
    )]  # fmt: skip
    runs = f", workers {training_mb:.0f} MB and {max(0.0, used[1]):.0%}" if training else ""
    print(
        f"  {count:3} {what:12} {megabytes(sessions) / count:5.1f} MB each, there after {seconds:5.1f} s; "
        f"then {used[0] / count:6.2%} of a processor each{runs}; server {used[2]:.1%}"
    )


def pass_notice(served: ServedClass, names: Sequence[str]) -> None:
    """Read what the teacher sees, which comes once for each learner, some at a time."""
    for start in range(0, len(names), 10):
        clients = [Client(served.client(name)) for name in names[start : start + 10]]
        wait_for(clients, shows("Your teacher sees"))
        for each in clients:
            each.press(b"\r")
        rest(clients, 1.0)
        for each in clients:
            each.close()
    while served.sessions():
        time.sleep(0.1)


def measure_sessions(served: ServedClass, names: Sequence[str]) -> None:
    """At the map, in a lesson, in a lab with a run."""
    begun = time.perf_counter()
    clients = [Client(served.client(name)) for name in names]
    wait_for(clients, shows("Looking for a function"))
    report_use(served, clients, "at the map", time.perf_counter() - begun)
    for each in clients:
        each.press(b"\r")
    report_use(served, clients, "in a lesson", wait_for(clients, shows("sorted by", "already been judged")))
    for each in clients:
        each.press(b"\x1b")
    wait_for(clients, shows("Looking for a function"))
    rest(clients, 1.0)
    begun = time.perf_counter()
    go_to_lab(clients)
    report_use(served, clients, "in a lab", time.perf_counter() - begun)
    for each in clients:
        each.close()
    while served.sessions():
        time.sleep(0.1)
    for name in names:
        shutil.rmtree(served.learner(name) / "runs", ignore_errors=True)  # a worker without its folder ends


def go_to_lab(clients: Sequence[Client]) -> None:
    """To a lab, and start its run."""
    for each in clients:
        each.press(b"b")
    wait_for(clients, shows("A machine that writes names"))
    rest(clients, 0.5)
    for each in clients:
        each.press(b"\r")
    wait_for(clients, shows("ready", "tricky emails"))
    rest(clients, 1.0)
    for each in clients:
        each.press(b" ")
    wait_for(clients, shows("pause", "turn", "again", "unexpectedly"))


def measure_logins(served: ServedClass, folder: Path) -> None:
    """From the client's start to the first screen, and on to the first lesson; against sshd."""
    ways: list[tuple[str, Callable[[], list[str]]]] = [("tutor serve", lambda: served.client("a0"))]
    sshd = None
    if not MISSING:
        (folder / "sshd").mkdir()
        sshd = Server(folder / "sshd", folder / "home")
        program = str(Path(sys.executable).with_name("tutor"))
        running = sshd
        ways.append(("sshd", lambda: running.client(program)))
    for name, command in ways:
        firsts, lessons = [], []
        for _ in range(_LOGINS):
            client = Client(command())
            wait_for([client], shows("Looking for a function"))
            firsts.append(time.perf_counter() - client.began)
            client.press(b"\r")
            wait_for([client], shows("sorted by", "already been judged"))
            lessons.append(time.perf_counter() - client.began)
            client.close()
        print(f"  {name:12} first screen {median(firsts):.2f} s, first lesson {median(lessons):.2f} s")
    if sshd is not None:
        sshd.close()


def measure_keys(served: ServedClass, names: Sequence[str]) -> None:
    """From a key to its effect in one more session, alone and while the others train."""
    last = Client(served.client(names[0]))
    wait_for([last], shows("Looking for a function"))
    rest([last], 2.0)
    print(f"  alone                      {_echo(last, [])}")
    clients = [Client(served.client(name)) for name in names[1:]]
    wait_for(clients, shows("Looking for a function"))
    go_to_lab(clients)
    print(f"  while {len(clients)} train            {_echo(last, clients)}")
    for each in (last, *clients):
        each.close()
    while served.sessions():
        time.sleep(0.1)


def _echo(client: Client, others: Sequence[Client]) -> str:
    taken = []
    for number in range(_KEYS):
        rest([client, *others], 0.05)
        client.press(b"\x1b[B" if number % 20 < 10 else b"\x1b[A")
        taken.append(1000 * wait_for([client, *others], lambda each: each is not client or bool(each.seen)))
    return f"median {median(taken):.0f} ms, p95 {quantiles(taken, n=20)[-1]:.0f} ms"


def measure_kill(served: ServedClass, names: Sequence[str]) -> None:
    """Learners answer a quiz, and the server is killed in the middle: how many acknowledged answers are lost."""
    quizzes = [
        subprocess.Popen(served.client(name, "quiz", "1"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for name in names
    ]
    said = dict.fromkeys(quizzes, b"")
    begun = time.perf_counter()
    while any(b"Question 4 of" not in text for text in said.values()) and time.perf_counter() - begun < _PATIENCE:
        for each in quizzes:
            if each.stdin is None or each.stdout is None:
                continue
            if said[each].endswith(b"> "):
                each.stdin.write(b"/show\n")
                each.stdin.flush()
                said[each] += b"\n"
            if select.select([each.stdout], [], [], 0.01)[0]:
                said[each] += os.read(each.stdout.fileno(), 1 << 16)
    served.kill()
    for each in quizzes:
        each.kill()
        each.wait()
    begun = time.perf_counter()
    served.start(served.port)
    lost = acknowledged = 0
    for name, text in zip(names, said.values(), strict=True):
        exported = json.loads(served.run(name, "progress", "export").stdout)
        kept = len({each["question"] for each in exported["answers"]})
        acknowledged += (count := max(0, text.count(b"Question ") - 1))
        lost += max(0, count - kept)
    print(f"  {acknowledged} answers acknowledged, {lost} lost; listens again and answers after "
          f"{time.perf_counter() - begun:.1f} s")  # fmt: skip


def main(counts: Sequence[int]) -> None:
    """Measure everything, with so many sessions at once."""
    folder = Path(tempfile.mkdtemp(prefix="serve-"))
    served = ServedClass(folder, limits="logins=1000, sessions=4, strangers=100")
    names = [f"a{number}" for number in range(max(*counts, 21))]
    try:
        served.enrol(*names)
        pass_notice(served, names)
        served.run(names[0], "list")
        print(f"the process that forks: {megabytes([served.zygote]):.0f} MB, the server: "
              f"{megabytes([served.process.pid]):.0f} MB")  # fmt: skip
        print("logins (median of five)")
        measure_logins(served, folder)
        print("sessions")
        for count in filter(None, counts):
            measure_sessions(served, names[:count])
        print("key to echo in one more session")
        measure_keys(served, names[:21])
        print("the server is killed with -9")
        measure_kill(served, names[:5])
    finally:
        served.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [1, 20, 50])
