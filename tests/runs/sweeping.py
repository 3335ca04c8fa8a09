"""Small sweeps for tests: data that is made, a few epochs, no file needed."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from tutor.labs.lab_config import LabConfig
from tutor.ml.settings import DataSettings, OptimizerSettings, TrainSettings
from tutor.runs.log import LogWriter
from tutor.runs.sweep.plan import SweepPlan, plan_sweep
from tutor.runs.sweep.results import RESULTS_FILE, SweepEvent, SweepFollower
from tutor.runs.sweep.scheduler import SweepScheduler, WorkerPool

DATA = Path(__file__).resolve().parents[2] / "lessons" / "data"
SPEC = LabConfig(
    id="small",
    data=DataSettings(name="quadratic", rows=20),
    optimizer=OptimizerSettings(learning_rate=0.1),
    train=TrainSettings(epochs=5),
)
GRID = ("learning_rate=0.01,0.1", "batch_size=1,4,0")


def small_plan(*words: str, spec: LabConfig = SPEC) -> SweepPlan:
    return plan_sweep(spec, words or GRID)


class AtOnce(Executor):
    """Runs what it is given before it gives back a future."""

    def __init__(self) -> None:
        self.given: list[Any] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.given.append(args)
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


def conduct(
    plan: SweepPlan,
    folder: Path,
    executor: Executor,
    *,
    room: int = 2,
    shares_files: bool = True,
    batch_seconds: float = 0.0,
    **options: Any,
) -> SweepFollower:
    """Run what has no result yet in ``folder``, and return a viewer that has seen it all."""
    follower = SweepFollower(folder)
    follower.poll()
    log: LogWriter[SweepEvent] = LogWriter(folder / RESULTS_FILE)
    pool = WorkerPool(executor, lambda: room, shares_files=shares_files, batch_seconds=batch_seconds)
    try:
        SweepScheduler(plan, folder, pool, data_folder=DATA, log=log, **options).run(follower.state.waiting(plan.count))
    finally:
        log.close()
        follower.poll()
    return follower
