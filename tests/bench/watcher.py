"""What a watcher costs: from an event written to seen on the terminal, CPU and memory, and what recording costs.

    python -m tests.bench.watcher [--seconds 10]

A log is written by hand, five epochs a second, and watched by the installed program in a pseudo-terminal with an
emulator behind it. Aims: 120 ms from written to seen (95 of 100), 6 % of a core, and at least 0.95 of the epochs a
second of the same loop without a log.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from tests.bench.line import Bench, memory_and_cpu
from tutor.runs.follower import RunFollower
from tutor.runs.recording import Recording
from tutor.runs.registry import Runs

_EVERY = 0.2
_LOOP = 400


def watched(seconds: float) -> tuple[list[float], float, float]:
    """Latencies in seconds, share of a core, megabytes."""
    with tempfile.TemporaryDirectory() as home:
        runs = Runs(Path(home) / "runs")
        with Recording("bench", runs=runs) as run:
            for number in range(50):
                run.epoch(train_loss=1 / (1 + number), valid_loss=1.1 / (1 + number))
                time.sleep(0.06 if number == 49 else 0)
            run.epoch(train_loss=0.5, valid_loss=0.5)
            screen = Bench("watch", driver="tutor", home=home)
            try:
                screen.wait("running", "51")
                screen.rest(1.0)
                memory, before = memory_and_cpu(screen.process.pid)
                began = time.monotonic()
                latencies = []
                epoch = 51
                while time.monotonic() - began < seconds:
                    epoch += 1
                    written = time.monotonic()
                    run.epoch(train_loss=1 / epoch, valid_loss=1.1 / epoch)
                    while f" {epoch} " not in screen.text + " " and time.monotonic() - written < 3:
                        screen.read(0.005)
                    latencies.append(time.monotonic() - written)
                    time.sleep(max(0.0, _EVERY - (time.monotonic() - written)))
                took = time.monotonic() - began
                return latencies, (memory_and_cpu(screen.process.pid)[1] - before) / took, memory
            finally:
                screen.close()


def recording() -> float:
    """CPU of a loop without a log as a share of that with one. An epoch is half a millisecond of arithmetic."""

    def work() -> float:
        total = 0.0
        for number in range(8000):
            total += number * 0.5
        return 1.0 / (1.0 + total)

    ratios = []
    for _ in range(7):
        began = time.process_time()
        for _ in range(_LOOP):
            work()
        bare = time.process_time() - began
        with tempfile.TemporaryDirectory() as home, Recording("bench", runs=Runs(Path(home))) as run:
            began = time.process_time()
            for _ in range(_LOOP):
                run.epoch(train_loss=work(), valid_loss=0.5)
            ratios.append(bare / (time.process_time() - began))
            assert RunFollower(Path(home) / run.id).alive
    return statistics.median(ratios)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    given = parser.parse_args()
    latencies, share, megabytes = watched(given.seconds)
    ordered = sorted(latencies)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    print(f"from written to seen: median {statistics.median(ordered) * 1e3:.0f} ms, p95 {p95 * 1e3:.0f} ms")
    print(f"a watcher at {1 / _EVERY:.0f} frames a second: {share:.1%} of a core, {megabytes:.0f} MB")
    print(f"epochs a second with a log / without: {recording():.3f}   (load {os.getloadavg()[0]:.1f})")


if __name__ == "__main__":
    main()
