"""``tutor sweep``: start a sweep, or take it up again, and tell of each cell as it ends."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tutor.foundation import paths
from tutor.foundation.errors import ExitCode
from tutor.foundation.translate import translate
from tutor.labs.settings import key_of
from tutor.plain.sweep_reporters import SweepReporter, choose_sweep_reporter
from tutor.plain.train import config_to_train
from tutor.runs.control import Stop, send
from tutor.runs.sweep.plan import SweepPlan, plan_sweep, refuse_idle_axes
from tutor.runs.sweep.registry import Sweeps
from tutor.runs.sweep.results import SweepFollower, Troubled

_POLL_SECONDS = 1 / 20


def sweep(
    lab: str | None,
    grid: Sequence[str],
    overrides: Mapping[str, object],
    style: str | None,
    *,
    data: str | None = None,
    jobs: int | None = None,
    dask: str = "",
    fresh: bool = False,
) -> int:
    """Train a lab once for each combination of some values, and tell of it on standard output.

    Args:
        lab: a lab's id, or a path to a lab file; None where ``data`` is given.
        grid: ``KEY=VALUE,VALUE,...`` words.
        overrides: what changes in the lab for all cells, by dotted key or short name.
        style: ``plain``, ``json``, or None to decide by what standard output is.
        data: a table of the learner's own, to make a lab of.
        jobs: how many runs at a time; None for as many as there are processors.
        dask: the address of a Dask scheduler whose workers run the cells.
        fresh: forget earlier results.

    Returns:
        The exit code: 0 where every cell came to an end of its own, 5 where one failed or the sweep could not go on,
        130 after Ctrl-C.

    Raises:
        TutorError: lab, grid or settings are at fault, Dask is asked for and not there, or nothing can be started.
    """
    folder = paths.lessons_folder()
    spec = config_to_train(lab, data, {**_implied(data, grid, overrides), **overrides}, folder / "labs")
    plan = plan_sweep(spec, grid, overrides)
    refuse_idle_axes(plan)
    if dask:
        from tutor.runs.sweep.cluster import require_dask

        require_dask()
    sweeps = Sweeps(paths.sweeps_folder())
    started = sweeps.start(plan, data_folder=folder / "data", jobs=jobs, dask=dask, fresh=fresh)
    return _follow(started, plan, choose_sweep_reporter(style, plan))


def _implied(data: str | None, grid: Sequence[str], overrides: Mapping[str, object]) -> dict[str, object]:
    """Who sweeps hidden layers over a table of their own means a net, which is what has such."""
    keys = {key_of(key) for key in (word.partition("=")[0].strip() for word in grid)}
    named = keys | {key_of(key) for key in overrides}
    return {"model.name": "mlp"} if data is not None and "model.hidden" in keys and "model.name" not in named else {}


def _follow(folder: Path, plan: SweepPlan, reporter: SweepReporter) -> int:
    follower = SweepFollower(folder)
    interrupted = alive = False
    while True:
        try:
            # Asked before reading: a worker that ends in between has written its last line by then.
            alive = follower.alive
            reporter.events(follower.poll(), follower)
            if not alive:
                break
            time.sleep(_POLL_SECONDS)
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            send(folder, Stop())
    _tell_death(follower, plan, interrupted=interrupted)
    reporter.end(follower)
    if interrupted:
        return int(ExitCode.INTERRUPTED)
    done = all(result.done for result in follower.state.results.values()) and not follower.state.waiting(plan.count)
    return int(ExitCode.OK if done else ExitCode.RUN_FAILED)


def _tell_death(follower: SweepFollower, plan: SweepPlan, *, interrupted: bool) -> None:
    """A worker that is gone without a word, and cells that nobody stopped, failed or ran, are trouble too."""
    state = follower.state
    if not interrupted and state.trouble is None and state.ended(plan.count) < plan.count:
        state.trouble = Troubled(message=translate("sweep.died"))
