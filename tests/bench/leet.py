"""Watching the same run here and in LEET, the terminal viewer of wandb: bytes, CPU, memory, delay, joining.

    python -m tests.bench.leet /path/to/wandb [--seconds 60] [--long 100000]

LEET is no part of this project and no dependency of it. Put it into an environment of its own:

    python3 -m venv /tmp/leet && /tmp/leet/bin/pip install wandb && python -m tests.bench.leet /tmp/leet/bin/wandb

A program tells of ten epochs a second with two losses, through `tutor.runs.record` and through wandb in its offline
mode, and each viewer follows its own log in a pseudo-terminal of 80x24 with an emulator behind it. Figures are of all
processes of the viewer, five seconds after it was opened. wandb writes its log in blocks of 32 kB, so what LEET shows
comes late and in bursts: the delay is told from the program's call and, apart, from the log's growth.
"""

from __future__ import annotations

import argparse
import os
import re
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.line import Bench
from tests.end_to_end.processes import session_of

_BEGUN = 50
_WARM = 5.0
_RATE = 10.0
_PATIENCE = 120.0
_PROGRAM = """
import sys, time
count, rate = int(sys.argv[1]), float(sys.argv[2])
{before}
begun = time.monotonic()
for number in range(1, count + 1):
    log(1 / (1 + 0.05 * number) + 0.05, 1.1 / (1 + 0.05 * number) + 0.08)
    if rate:
        print(number, time.monotonic(), flush=True)
        time.sleep(max(0.0, begun + number / rate - time.monotonic()))
{after}
"""
_OURS = """
from tutor.runs import record
run = record("bench", epochs=count).__enter__()
def log(train, valid):
    run.epoch(train_loss=train, valid_loss=valid)
"""
_THEIRS = """
import wandb
run = wandb.init(project="bench", settings=wandb.Settings(x_disable_stats=True, console="off", silent=True))
def log(train, valid):
    run.log({"train_loss": train, "valid_loss": valid})
"""


@dataclass
class Viewer:
    """One of the two: how a run of it is made and watched."""

    name: str
    python: str
    program: str
    home: Path
    log: str
    """Where the log lies, as a pattern under `home`."""
    shown: re.Pattern[str]
    """Where the screen says the epoch."""
    command: str | None
    arguments: Sequence[str]
    first: int = 1
    """The number of the first epoch."""
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, count: int, rate: float) -> subprocess.Popen[bytes]:
        """Start the program that trains. At ``rate`` 0 it goes as fast as it can and says nothing."""
        self.home.mkdir(exist_ok=True)
        return subprocess.Popen(
            [self.python, "-c", self.program, str(count), str(rate)], cwd=self.home, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env={**os.environ, **self.environment},
        )  # fmt: skip

    def log_file(self) -> Path:
        """The newest log."""
        return max(self.home.glob(self.log))

    @contextmanager
    def watch(self) -> Iterator[Bench]:
        """Open the viewer on the newest run."""
        named = [str(self.log_file())] if self.command else []
        screen = Bench(*self.arguments, *named, command=self.command, home=str(self.home), **self.environment)
        try:
            yield screen
        finally:
            for pid in session_of(screen.process.pid):
                os.kill(pid, 9)
            screen.close()

    def epoch(self, screen: Bench) -> int:
        """Which epoch the screen shows, counted from 1; 0 where it shows none."""
        found = self.shown.search(screen.text)
        return int(re.sub(r"\D", "", found[1])) + 1 - self.first if found else 0


def ours(home: Path) -> Viewer:
    """`tutor watch` and `tutor.runs.record`."""
    program = _PROGRAM.format(before=_OURS, after="run.__exit__(None, None, None)")
    return Viewer(
        "tutor watch", sys.executable, program, home, "runs/*/events.jsonl", re.compile(r"epoch +([\d ,]*\d)"),
        None, ["watch"], environment={"TUTOR_HOME": str(home)},
    )  # fmt: skip


def theirs(home: Path, wandb: Path) -> Viewer:
    """LEET and wandb's own offline mode."""
    own = {f"WANDB_{name}_DIR": str(home) for name in ("CONFIG", "CACHE", "DATA")}
    return Viewer(
        "wandb leet", str(wandb.with_name("python")), _PROGRAM.format(before=_THEIRS, after="run.finish()"), home,
        "wandb/offline-run-*/run-*.wandb", re.compile(r"_step +(\d+)"), str(wandb), ["leet", "run"], first=0,
        environment={"WANDB_MODE": "offline", "WANDB_DIR": str(home), "WANDB_ERROR_REPORTING": "false", **own},
    )  # fmt: skip


def cost(leader: int) -> tuple[float, float]:
    """Megabytes in use by all processes of a terminal (shared pages by their share), and their CPU seconds so far."""
    megabytes = ticks = 0.0
    for pid in session_of(leader):
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
        megabytes += int(re.findall(r"^Pss: +(\d+)", rollup, re.MULTILINE)[0]) / 1024
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:13]))
    return megabytes, ticks / os.sysconf("SC_CLK_TCK")


@dataclass
class Live:
    """What watching a run that goes on took."""

    opening: int = 0
    """Bytes until both losses and the epoch were on the screen."""
    opened: float = 0.0
    """Seconds until then."""
    sent: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    megabytes: float = 0.0
    from_call: list[float] = field(default_factory=list)
    from_log: list[float] = field(default_factory=list)


def live(viewer: Viewer, seconds: float) -> Live:
    """Follow a run of ten epochs a second."""
    total = int(_RATE * (seconds + _WARM + 60))
    writer = viewer.write(total, _RATE)
    told: dict[int, float] = {}
    try:
        while max(told, default=0) < _BEGUN:
            _listen(writer, told, 1.0)
        found = Live()
        begun = time.monotonic()
        with viewer.watch() as screen:
            while not viewer.epoch(screen):
                assert time.monotonic() - begun < _PATIENCE, screen.text
                screen.read(0.01)
            found.opening, found.opened = len(screen.output), time.monotonic() - begun
            while time.monotonic() - begun < found.opened + _WARM:
                screen.read(0.05)
            _follow(viewer, screen, writer, told, seconds, found)
        return found
    finally:
        writer.kill()
        writer.wait()


def _listen(writer: subprocess.Popen[bytes], told: dict[int, float], seconds: float) -> None:
    """Take in what the program says of its epochs."""
    assert writer.stdout is not None
    if select.select([writer.stdout], [], [], seconds)[0]:
        words = (line.split() for line in os.read(writer.stdout.fileno(), 1 << 16).splitlines())
        # A line may be torn, and wandb says a word of its own now and then.
        told |= {int(each[0]): float(each[1]) for each in words if len(each) == 2 and each[0].isdigit()}


def _follow(
    viewer: Viewer, screen: Bench, writer: subprocess.Popen[bytes], told: dict[int, float], seconds: float, into: Live
) -> None:
    """Read the screen for ``seconds``, and note when what was logged is seen."""
    log = viewer.log_file()
    shown, size, grown = viewer.epoch(screen), log.stat().st_size, 0.0
    before, cpu = len(screen.output), cost(screen.process.pid)[1]
    begun = time.monotonic()
    while (now := time.monotonic()) - begun < seconds:
        _listen(writer, told, 0)
        if log.stat().st_size > size:
            size, grown = log.stat().st_size, grown or now
        if not select.select([screen.master], [], [], 0.005)[0]:
            continue
        screen.read(0)
        seen, now = viewer.epoch(screen), time.monotonic()
        if seen > shown:
            _listen(writer, told, 0)
            into.from_call += [now - told[each] for each in range(shown + 1, seen + 1) if each in told]
            into.from_log += [now - grown] if grown else []
            shown, grown = seen, 0.0
    into.seconds = time.monotonic() - begun
    into.sent = len(screen.output) - before
    into.megabytes, after = cost(screen.process.pid)
    into.cpu = after - cpu


def joining(viewer: Viewer, count: int) -> tuple[float, float, float]:
    """Opening a run of ``count`` epochs that has ended: seconds until its last is seen, CPU seconds, megabytes."""
    begun = time.monotonic()
    with viewer.watch() as screen:
        while viewer.epoch(screen) != count:
            assert time.monotonic() - begun < _PATIENCE, screen.text
            screen.read(0.01)
        took = time.monotonic() - begun
        megabytes, cpu = cost(screen.process.pid)
        return took, cpu, megabytes


def _share(values: Sequence[float], share: float) -> str:
    return f"{sorted(values)[int(share * (len(values) - 1))]:.3f} s" if values else "–"


def table(found: dict[str, Live]) -> list[tuple[str, ...]]:
    """What the live part says, one row a figure."""
    both = list(found.values())
    return [
        ("live: opened in", *(f"{each.opened:.2f} s" for each in both)),
        ("live: bytes until opened", *(f"{each.opening:,}" for each in both)),
        ("live: bytes a second", *(f"{each.sent / each.seconds:,.0f}" for each in both)),
        ("live: share of a core", *(f"{each.cpu / each.seconds:.1%}" for each in both)),
        ("live: memory (PSS)", *(f"{each.megabytes:.0f} MB" for each in both)),
        ("live: from call to seen, median", *(_share(each.from_call, 0.5) for each in both)),
        ("live: from call to seen, p95", *(_share(each.from_call, 0.95) for each in both)),
        ("live: from log to seen, median", *(_share(each.from_log, 0.5) for each in both)),
        ("live: from log to seen, p95", *(_share(each.from_log, 0.95) for each in both)),
    ]


def compare(wandb: Path, seconds: float, count: int) -> list[tuple[str, ...]]:
    """Measure both, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        viewers = [ours(Path(folder) / "tutor"), theirs(Path(folder) / "wandb", wandb)]
        rows = table({viewer.name: live(viewer, seconds) for viewer in viewers})
        wrote = []
        for viewer in viewers:
            time.sleep(1.1)  # the newest log is known by its second
            begun = time.monotonic()
            viewer.write(count, 0).wait()
            wrote.append(time.monotonic() - begun)
        each = [[joining(viewer, count) for viewer in viewers] for _ in range(3)]
        middle = [
            [statistics.median(values) for values in zip(*column, strict=True)] for column in zip(*each, strict=True)
        ]
        long = f"{count:,} epochs"
        return [
            *rows,
            (f"{long}: written in", *(f"{took:.1f} s" for took in wrote)),
            (f"{long}: joined in", *(f"{took:.2f} s" for took, _, _ in middle)),
            (f"{long}: CPU until then", *(f"{cpu:.2f} s" for _, cpu, _ in middle)),
            (f"{long}: memory then (PSS)", *(f"{megabytes:.0f} MB" for _, _, megabytes in middle)),
        ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wandb", type=Path, help="the wandb program of an environment that has it")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--long", type=int, default=100_000)
    given = parser.parse_args()
    if not given.wandb.is_file():
        sys.exit(f"{given.wandb} is not there. See the top of {__file__}: pip install wandb in a venv of its own.")
    rows = compare(given.wandb.absolute(), given.seconds, given.long)
    print(f"{'':34} {'tutor watch':>12} {'wandb leet':>12}   (load {os.getloadavg()[0]:.1f})")
    for name, *values in rows:
        print(f"{name:34} " + " ".join(f"{value:>12}" for value in values))


if __name__ == "__main__":
    main()
