"""Two terminals at one run: each steers, and each sees what the other did. A killed worker is told in both."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from tests.end_to_end.memory import only_run
from tests.end_to_end.processes import workers_of
from tests.end_to_end.terminal import program, terminal


def test_two_steer_one_run_and_see_each_other_do_it(own_home: Path) -> None:
    detached = [program(), "train", "moons-net", "--set", "train.pace=5", "--set", "train.epochs=100000", "--detach"]
    assert subprocess.run(detached, check=False, stdout=subprocess.DEVNULL).returncode == 0
    with terminal("watch") as one, terminal("watch", columns=60, lines=20) as other:
        for screen in (one, other):
            screen.wait("▶ 5/s", "space pause")
        one.press("space")
        for screen in (one, other):
            screen.wait("paused")
        other.wait("paused after epoch")
        assert "paused after epoch" not in one.text
        other.press("space")
        one.wait("▶ 5/s", "resumed after epoch")
        one.press("\x1b[C")  # the right arrow
        other.wait("learning rate is now 0.02", "0.02 ")
        (worker,) = workers_of(own_home)
        os.kill(worker, signal.SIGKILL)
        for screen in (one, other):
            screen.wait("topped unexpectedly")
    assert [change.value for change in only_run().changes] == [0.02]
