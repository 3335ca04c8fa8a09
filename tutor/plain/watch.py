"""``tutor watch`` without screens: follow a run that goes on, or tell how one ended. Watching never ends a run."""

from __future__ import annotations

import time

from tutor.foundation import paths
from tutor.foundation.errors import ExitCode
from tutor.foundation.translate import translate
from tutor.plain.choose_reporter import choose_reporter
from tutor.plain.narrator import Narrator
from tutor.plain.reporters import JsonReporter, LineReporter, Reporter, figure
from tutor.runs.follower import RunFollower
from tutor.runs.registry import Runs
from tutor.runs.summary import RunSummary

_POLL_SECONDS = 1 / 30


def watch(name: str | None, style: str | None) -> int:
    """Tell of a run on standard output until it ends or Ctrl-C.

    Args:
        name: A run's id or short id; the newest that goes on, else the newest, where None.
        style: ``plain``, ``narrate``, ``json``, or None to decide by what standard output is.

    Returns:
        The exit code: 5 where the run failed, else 0.

    Raises:
        TutorError: there is no such run.
    """
    runs = Runs(paths.runs_folder())
    run_id = runs.pick(name)
    follower = RunFollower(runs.folder_of(run_id), raw=style == "json")
    return tell(follower, choose_reporter(style), run_id[-4:])


def tell(follower: RunFollower, reporter: Reporter, short_id: str) -> int:
    """Follow a run with ``reporter`` until it ends; Ctrl-C leaves it going."""
    try:
        _join(follower, reporter)
        while not follower.summary.ended:
            events = follower.poll()
            reporter.events(events, follower.summary)
            if not events and not follower.summary.ended:
                time.sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        print("\n" + translate("watch.goes-on", run=short_id))
        return int(ExitCode.OK)
    reporter.end(follower.summary)
    if follower.summary.state == "unreadable":
        return int(ExitCode.CANNOT_READ)
    return int(ExitCode.RUN_FAILED if follower.summary.state in {"failed", "died"} else ExitCode.OK)


def _join(follower: RunFollower, reporter: Reporter) -> None:
    """Who comes late to lines is told where the run stands, not everything that was."""
    if isinstance(reporter, LineReporter | Narrator) and not isinstance(reporter, JsonReporter) and follower.alive:
        summary = follower.catch_up()
        if summary.epoch:
            print(joined_line(summary), flush=True)


def joined_line(summary: RunSummary) -> str:
    """Where a run stands, for somebody who joins it."""
    losses = (("train.train-loss", "train_loss"), ("train.valid-loss", "valid_loss"))
    said = [translate(key, loss=figure(loss)) for key, name in losses if (loss := summary.last_value(name)) is not None]
    place = translate("watch.joined", place=summary.place_text())
    return "  ".join([place, *said])
