"""``tutor train`` and ``tutor watch`` without screens: start or join a run, follow its log and report it.

Ctrl-C stops the run that `train` started. Watching never ends a run.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Collection, Mapping
from pathlib import Path

from tutor.course.catalogue import Course
from tutor.course.packs.installed import open_course
from tutor.foundation import paths
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.files import named_path
from tutor.foundation.translate import translate
from tutor.labs.lab_config import LabConfig
from tutor.labs.lab_files import SPEC_FILE, load_lab, with_overrides
from tutor.labs.mine import FOLDER, Programs, read_programs, refuse_unfit
from tutor.labs.own_lab import require_columns, require_text
from tutor.labs.settings import key_of
from tutor.labs.validate import refuse_idle
from tutor.plain.reporters import JsonReporter, LineReporter, Reporter, colour_of, figure, wants_ascii
from tutor.runs.control import Stop, send
from tutor.runs.follower import RunFollower
from tutor.runs.news import Ring
from tutor.runs.registry import Runs
from tutor.runs.summary import RunSummary

_POLL_SECONDS = 1 / 30
_MINE = "mine."


def train(
    lab: str | None,
    overrides: Mapping[str, object],
    style: str | None,
    *,
    data: str | None = None,
    detach: bool = False,
) -> int:
    """Train a lab and report it on standard output.

    The run is stored like any other, so the screens show it too.

    Args:
        lab: The id of a lab or the path of a lab file; None if ``data`` is given.
        overrides: New values of settings, by dotted key or short name.
        style: ``plain``, ``narrate``, ``json``, or None to choose by the kind of standard output.
        data: The path of a table of the learner's own, from which a lab is made.
        detach: Start the run and print its name, but do not watch it.

    Returns:
        The exit code: 0 if the run ended or was stopped, 3 if its log cannot be read, 5 if it failed, 130 after Ctrl-C.

    Raises:
        TutorError: There is no such lab, a setting is refused, or the run cannot be started.
    """
    course = open_course()
    spec = config_to_train(lab, data, overrides, course)
    runs = Runs(paths.runs_folder())
    programs = programs_for(spec, slots_asked(overrides), lab)
    refuse_unfit(spec, programs)
    run_id = runs.start(spec, data_folder=course.data_folder, programs=programs)
    if detach:
        print(translate("watch.detached", run=run_id[-4:]))
        return int(ExitCode.OK)
    return follow_run(runs.folder_of(run_id), choose_reporter(style, brief=True))


def slots_asked(overrides: Mapping[str, object]) -> list[str]:
    """The slots that ``--mine`` names."""
    return [key.removeprefix(_MINE) for key in overrides if key.startswith(_MINE)]


def programs_for(spec: LabConfig, asked: Collection[str], lab: str | None) -> Programs:
    """The programs that train in place of parts of a lab: those kept with a run, or the learner's that have passed.

    Which parts are built-in although the lab offers them to the learner is said on standard error.

    Args:
        spec: The lab.
        asked: The slots that the command named.
        lab: The name or path that the command named; with a run's ``spec.toml`` its own programs train again.

    Raises:
        TutorError: The learner's function for a slot in ``asked`` has not passed, or there is no such exercise.
    """
    if not spec.mine:
        return {}
    if lab is not None and is_kept_run(lab) and not asked:
        return read_programs(named_path(lab).parent, spec.mine)
    from tutor.exercises.mine import exercise_called, passed_programs

    course = open_course()
    found = passed_programs(spec.mine, course, paths.exercises_folder())
    for slot, exercise in spec.mine.items():
        if slot in found:
            continue
        if slot not in asked:
            print(translate("mine.open", slot=slot, exercise=exercise), file=sys.stderr)
        elif exercise_called(exercise, course) is None:
            message, hint = translate("mine.no-such-exercise", exercise=exercise), translate("exercise.no-such-hint")
            raise TutorError(message, hint=hint, exit_code=ExitCode.USAGE)
        else:
            message, hint = (translate(key, exercise=exercise) for key in ("mine.not-passed", "mine.not-passed-hint"))
            raise TutorError(message, hint=hint, exit_code=ExitCode.USAGE)
    return found


def is_kept_run(lab: str) -> bool:
    """Whether the name of a lab is the file of a run that keeps the learner's programs which trained it."""
    return Path(lab).name == SPEC_FILE and (named_path(lab).parent / FOLDER).is_dir()


def config_to_train(lab: str | None, data: str | None, overrides: Mapping[str, object], course: Course) -> LabConfig:
    """The configuration of the run to start. It trains at full speed unless a pace is set.

    Raises:
        TutorError: There is no such lab, the table cannot be learnt from, or a setting is refused or changes nothing.
    """
    spec = checked_config(lab, data, overrides, course)
    changes: dict[str, object] = {} if {"train.pace", "pace"} & set(overrides) else {"train.pace": 0.0}
    if spec.manual and not {"train.epochs", "epochs"} & set(overrides):
        # In a manual lab the learner is the optimizer. Here nobody moves a control, so one epoch shows the set values.
        changes["train.epochs"] = 1
    return with_overrides(spec, changes)


def checked_config(
    lab: str | None, data: str | None, overrides: Mapping[str, object], course: Course, *, by_hand: bool = False
) -> LabConfig:
    """The configuration of a lab, or of one that is made from a table of the learner's own.

    Args:
        lab: The id of a lab or the path of a lab file; None if ``data`` is given.
        data: The path of a table of the learner's own.
        overrides: New values of settings, by dotted key or short name.
        course: The course whose labs and data are meant.
        by_hand: Whether the learner will change settings: then one with a control may have no effect yet.

    Raises:
        TutorError: There is no such lab, the table cannot be learnt from, or a setting is refused or changes nothing.
    """
    if data is not None:
        from tutor.labs.own_lab import own_lab

        spec = own_lab(Path(data), overrides)
        refuse_idle(spec, LabConfig(), overrides)
        return spec
    spec = load_lab(lab or "", course.labs, overrides)
    turned = {control.key for control in spec.controls.values()} if by_hand else set()
    refuse_idle(spec, load_lab(lab or "", course.labs), [name for name in overrides if key_of(name) not in turned])
    if {"data.features", "features"} & set(overrides):
        require_columns(spec, course.data_folder)
    require_text(spec)
    return spec


def follow_run(run_folder: Path, reporter: Reporter) -> int:
    """Report a run until it ends. The first Ctrl-C asks the worker to stop; the second ends the report at once."""
    follower = RunFollower(run_folder)
    ring = Ring(joins=False)
    interrupted = False
    try:
        while not follower.summary.ended:
            try:
                _report_next(follower, reporter)
                ring.look(follower.summary)
            except KeyboardInterrupt:
                if interrupted:
                    raise
                send(run_folder, Stop())
                interrupted = True
    finally:
        # The output was closed, or Ctrl-C came twice. Nobody watches this run any more, so it is stopped.
        if not follower.summary.ended:
            send(run_folder, Stop())
    reporter.end(follower.summary)
    return int(ExitCode.INTERRUPTED) if interrupted else _exit_code(follower.summary)


def _report_next(follower: RunFollower, reporter: Reporter) -> None:
    """Report new events, or wait a moment if there are none."""
    events = follower.poll()
    reporter.events(events, follower.summary)
    if not events and not follower.summary.ended:
        time.sleep(_POLL_SECONDS)


def _exit_code(summary: RunSummary) -> int:
    if summary.state == "unreadable":
        return int(ExitCode.CANNOT_READ)
    return int(ExitCode.RUN_FAILED if summary.state in {"failed", "died"} else ExitCode.OK)


def watch(name: str | None, style: str | None, *, home: Path | None = None) -> int:
    """Report a run on standard output until it ends or Ctrl-C.

    Args:
        name: The id or short id of a run; if None, the newest running one, or else the newest.
        style: ``plain``, ``narrate``, ``json``, or None to choose by the kind of standard output.
        home: The home of a learner whose run it is; one's own if None. Watching changes nothing there.

    Returns:
        The exit code: 3 if the log cannot be read, 5 if the run failed, otherwise 0.

    Raises:
        TutorError: There is no such run.
    """
    runs = Runs(home / "runs" if home is not None else paths.runs_folder())
    run_id = runs.pick(name)
    follower = RunFollower(runs.folder_of(run_id), raw=style == "json")
    return report_until_end(follower, choose_reporter(style), run_id[-4:])


def report_until_end(follower: RunFollower, reporter: Reporter, short_id: str) -> int:
    """Report a run until it ends. Ctrl-C ends only the report."""
    try:
        _join(follower, reporter)
        ring = Ring(joins=True)
        while not follower.summary.ended:
            _report_next(follower, reporter)
            ring.look(follower.summary)
    except KeyboardInterrupt:
        print("\n" + translate("watch.goes-on", run=short_id))
        return int(ExitCode.OK)
    reporter.end(follower.summary)
    return _exit_code(follower.summary)


def _join(follower: RunFollower, reporter: Reporter) -> None:
    """For reports in lines or sentences: begin with one line on the current state instead of every past epoch."""
    if reporter.one_by_one and follower.alive:
        summary = follower.catch_up()
        if summary.epoch:
            print(joined_line(summary), flush=True)


def joined_line(summary: RunSummary) -> str:
    """The current epoch and losses of a run, for somebody who begins to watch it."""
    losses = (("train.train-loss", "train_loss"), ("train.valid-loss", "valid_loss"))
    figures = [
        translate(key, loss=figure(loss)) for key, name in losses if (loss := summary.last_value(name)) is not None
    ]
    place = translate("watch.joined", place=summary.progress_text())
    return "  ".join([place, *figures])


def choose_reporter(style: str | None, *, brief: bool = False) -> Reporter:
    """The reporter for ``style``: ``json``, ``plain``, ``narrate``, or a chart if the terminal can draw one.

    With ``brief``, a narration begins with what the lab is about.
    """
    if style == "json":
        return JsonReporter(sys.stdout)
    if style == "narrate":
        from tutor.plain.narrator import Narrator

        return Narrator(sys.stdout, brief=brief)
    if style == "plain" or not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return LineReporter(sys.stdout)
    from tutor.plain.moving_chart import MovingChartReporter

    return MovingChartReporter(sys.stdout, colour=colour_of(sys.stdout), ascii=wants_ascii())
