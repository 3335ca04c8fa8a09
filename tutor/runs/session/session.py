"""A lab in use, without screens: the run in view, the controls, and earlier runs pinned for comparison.

The run is a process of its own. A session only reads its log and sends it commands, so closing a session never ends
the run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from tutor.charts.loss_history import LossHistory
from tutor.foundation.errors import TutorError
from tutor.foundation.translate import translate
from tutor.labs.draft import PIECES, Change, LabDraft
from tutor.labs.goals import Challenge
from tutor.labs.lab_config import ControlConfig, LabConfig, Value
from tutor.labs.mine import OWN_LOOP, idle_with_own_loop, refuse_unfit
from tutor.labs.settings import SETTINGS, title_of
from tutor.runs.comparison import differences, knots_of, name_by, names_of, place_reached, short_names_of, values_of
from tutor.runs.control import PACES, Command, Pace, Pause, Resume, Set, Step, Stop, send
from tutor.runs.events import Changed, Event, Paced
from tutor.runs.replay import Replay
from tutor.runs.session.after_training import AfterTraining, Reviewed, ReviewRequest
from tutor.runs.session.mine import FindPrograms, MineChoice
from tutor.runs.session.pins import Pinned, Pins
from tutor.runs.session.preview import Preview
from tutor.runs.session.runs import FollowedRun, RunStore
from tutor.runs.summary import PanelView, RunSummary
from tutor.runs.summary import State as RunState
from tutor.runs.words import describe, other_author_of

if TYPE_CHECKING:
    from tutor.charts.chart_view import Counted, Knots
    from tutor.labs.curve_builder import CurveBuilder
    from tutor.progress.activity import LabAttempt

State = Literal["ready"] | RunState
_CHUNK_BYTES = 1 << 16
_CHUNKS_PER_POLL = 4
_SETTLED = frozenset({"paused", "finished", "stopped", "diverged"})
"""States in which the figures of a run do not change."""


class LabSession:
    """One lab, its current run, and what the learner has changed.

    Args:
        runs: Starts and finds runs.
        spec: The lab, with the overrides of the lesson or command that opened it.
        data_folder: The folder of the course's data.
        find_programs: Finds the learner's programs for the slots of the lab; None for the built-in functions only.
    """

    def __init__(
        self,
        runs: RunStore,
        spec: LabConfig,
        *,
        data_folder: Path | None = None,
        find_programs: FindPrograms | None = None,
    ) -> None:
        self._runs = runs
        self._data_folder = data_folder
        self.draft = LabDraft(spec)
        """The config of the next run, with its history of changes."""
        self.other_terminals = OtherTerminals(self.draft)
        self.mine = MineChoice(spec.mine, find_programs)
        """Whether the learner's own functions train the next run."""
        self.challenge = Challenge(spec.id, spec.challenge.goal)
        self.run_id = ""
        self.follower: FollowedRun | None = None
        self.train = LossHistory()
        self.valid = LossHistory()
        self.pins = Pins(runs)
        """The runs that the current one is compared with."""
        self.replay: Replay | None = None
        """The replay of the current run, if it has ended and is being replayed."""
        self.drawings = Drawings()
        self.requested_pace: float | None = None
        self._preview = Preview(data_folder)
        self._after_training = AfterTraining(data_folder)

    @property
    def original(self) -> LabConfig:
        """The config of the lab as it was opened."""
        return self.draft.original

    @property
    def spec(self) -> LabConfig:
        """The config of the next run."""
        return self.draft.spec

    @property
    def summary(self) -> RunSummary | None:
        """The state of the current run, or in a replay its state at that point; None before the first run."""
        if self.replay is not None:
            return self.replay.summary
        return self.follower.summary if self.follower is not None else None

    @property
    def recorded(self) -> bool:
        """Whether the run is of another program, whose loss function, pace and seed are unknown."""
        return self.summary is not None and self.summary.recorded

    @property
    def slots_of_mine(self) -> Collection[str]:
        """The slots that the learner's functions fill in the run in view, or in the next one if there is no run."""
        trained = self.summary.spec if self.summary is not None else None
        return tuple(trained.mine if trained is not None else self.mine.programs)

    @property
    def own_loop(self) -> bool:
        """Whether a loop of the learner's own trains the run in view, or the next one if there is no run."""
        return OWN_LOOP in self.slots_of_mine

    @property
    def panels(self) -> tuple[str, ...]:
        """The panels to show: those of the lab, or the losses alone if nothing else is known."""
        return ("loss",) if self.own_loop else self.spec.show.panels

    def idle_reason(self, key: str) -> str:
        """Why the setting ``key`` has no effect on the next run, as a sentence; empty if it may have one."""
        if OWN_LOOP in self.mine.programs and idle_with_own_loop(key):
            return translate("mine.idle-with-loop")
        return SETTINGS[key].idle_reason(self.spec)

    def mine_lines(self) -> list[str]:
        """For each slot of the lab, a line that says what fills it in the run in view, or in the next one."""
        trained = self.summary.spec if self.summary is not None else None
        return self.mine.lines(trained.mine if trained is not None else None)

    @property
    def builder(self) -> CurveBuilder | None:
        """The curve that is being built by hand; None if there is none."""
        return self.drawings.builder

    @property
    def running_spec(self) -> LabConfig:
        """The config of the current run; of the next one if there is no run."""
        return (self.summary.spec if self.summary is not None else None) or self.spec

    @property
    def epochs_planned(self) -> int:
        """How many epochs the current run will have, or the next one if there is no run; 0 if that is unknown."""
        if self.summary is None or self.summary.spec is None:
            return self.spec.train.epochs
        return self.summary.epochs_planned

    @property
    def state(self) -> State:
        """The state of the current run; ``ready`` before the first."""
        return self.follower.summary.state if self.follower is not None else "ready"

    @property
    def going(self) -> bool:
        """Whether the current run has not ended; it may be paused."""
        return self.state in {"starting", "running", "paused"}

    @property
    def pace(self) -> float:
        """Epochs a second of the current run, or of the next one; 0 is full speed."""
        if self.requested_pace is not None:
            return self.requested_pace
        return self.summary.pace if self.summary is not None else self.spec.train.pace

    def start(self) -> None:
        """Start a run of `spec`, and ask the one before it to stop.

        Raises:
            TutorError: it cannot be started.
        """
        self.mine.refresh()
        refuse_unfit(self.spec, self.mine.programs)
        self.stop()
        self.join(self._runs.start(self.spec, data_folder=self._data_folder, programs=self.mine.programs))
        if self.requested_pace is not None and self.requested_pace != self.spec.train.pace:
            self._send(Pace(self.requested_pace))

    def join(self, run_id: str) -> None:
        """Follow a run that exists already."""
        self.replay = None
        self.drawings.drop()
        self.follower = self._runs.follow(run_id)
        self.run_id = run_id
        self.train, self.valid = LossHistory(), LossHistory()

    def poll(self) -> bool:
        """Read on in the logs, a bounded piece of each. Return whether there was anything new."""
        return self.pins.poll(self.run_id) | self._poll()

    def _poll(self) -> bool:
        if self.follower is None:
            return False
        before = self.follower.summary.version
        for _ in range(_CHUNKS_PER_POLL):
            if not (events := self.follower.poll(_CHUNK_BYTES)):
                break
            self._note_others(events)
        if self.follower.summary.version == before:
            return False
        self._update_histories(self.follower.summary)
        return True

    def _note_others(self, events: list[Event]) -> None:
        if self.other_terminals.note(events):
            self.requested_pace = None

    def _update_histories(self, summary: RunSummary) -> None:
        self.train.follow(summary.train_losses)
        self.valid.follow(summary.valid_losses)

    def catch_up(self) -> None:
        """Read to the end of the log. The log may be long, so call it in a thread."""
        self.pins.poll(self.run_id)
        if self.follower is not None:
            self._update_histories(self.follower.catch_up(lambda event: self._note_others([event])))
        self.other_terminals.take()

    def take_over(self) -> None:
        """Set the controls to the values of the joined run, including its changes so far."""
        if self.summary is None or self.summary.spec is None:
            return
        keys = {control.key for _, control in self.controls()}
        values = {key: SETTINGS[key].get(self.summary.spec) for key in keys}
        values |= {each.key: each.value for each in self.summary.changes if each.key in keys}
        self.draft.take_over({key: value for key, value in values.items() if value is not None})

    @property
    def headline(self) -> tuple[object, ...]:
        """Everything that the lines above and below a lab depend on; they are redrawn when it changes."""
        playing = self.replay.player.playing if self.replay is not None else None
        lost = self.summary.lost if self.summary is not None else 0
        return self.state, self.pace, self.running_spec.train.seed, playing, self.builder is not None, lost

    @property
    def can_replay(self) -> bool:
        """Whether the current run has ended and has at least one epoch to replay."""
        return self.follower is not None and not self.going and len(self.train) > 0

    def view(self, panel: str) -> PanelView | None:
        """The view of a panel: from the log, or before that a preview of what the run will begin with."""
        if self.own_loop:
            return None
        if self.builder is not None and panel == "pieces":
            return PanelView(self.builder.scene(), self.builder.frame(), version=-1_000_000 - self.builder.version)
        if (reviewed := self._reviewed()) is not None and panel in reviewed.views:
            return reviewed.views[panel]
        logged = self.summary.views.get(panel) if self.summary is not None else None
        ahead = self.replay is None and self._preview.is_ahead(logged, self.spec)
        return (None if ahead else logged) or self._preview.view(panel, self.running_spec) or logged

    @property
    def wants_preview(self) -> bool:
        """Whether `read_preview` is due.

        It is if no run has begun, or if the learner of a manual lab has not moved yet. It is also due if a run has
        ended and a setting that has no effect on the training was changed since then.
        """
        if self.own_loop:
            return False
        request = self._review_request()
        if request is not None:
            return not self._after_training.knows(request)
        return self._preview.is_wanted(self.summary, self.spec)

    def read_preview(self) -> None:
        """Compute what no worker draws: what the next run would begin with, or an ended run at other settings.

        It takes a while, so call it in a thread.
        """
        request, summary = self._review_request(), self.summary
        if request is not None and summary is not None:
            self._after_training.read(request, summary)
        else:
            self._preview.read(self.spec)

    def _review_request(self) -> ReviewRequest | None:
        """The settings at which the learner wants to see a run that has ended, if not as it ended."""
        if self.replay is not None or self.follower is None or self.own_loop:
            return None
        return self._after_training.request(self.follower.summary, self.follower.folder, self.spec)

    def _reviewed(self) -> Reviewed | None:
        """The ended run at the settings of now; None for a run as its log has it."""
        return self._after_training.reviewed(self._review_request())

    def toggle(self) -> None:
        """Start, pause or resume, whichever makes sense now."""
        state = self.state
        if state == "paused":
            self._send(Resume())
        elif state in {"running", "starting"}:
            self._send(Pause())
        else:
            self.start()

    def step(self) -> None:
        """Train for one epoch, then pause."""
        if not self.going:
            self.start()
        self._send(Step())

    def stop(self) -> None:
        """Ask the current run to end, if it is running."""
        if self.going:
            self._send(Stop())

    def change_pace(self, steps: int) -> None:
        """Make the pace faster by ``steps``, or slower if that is negative."""
        now = self.pace
        nearest = min(range(len(PACES)), key=lambda index: abs(PACES[index] - now) if now else len(PACES) - index)
        self.requested_pace = PACES[max(0, min(len(PACES) - 1, nearest + steps))]
        if self.going:
            self._send(Pace(self.requested_pace))

    def reroll(self) -> int:
        """Start over with the next seed, and return it."""
        self.draft.reroll()
        self.start()
        return self.spec.train.seed

    def reroll_data(self) -> int | None:
        """Start over with other data of the same kind, and return its seed; None if the data depends on no seed."""
        if self.draft.reroll_data() is None:
            return None
        self.start()
        return self.spec.data.seed

    def undo(self) -> Change | None:
        """Undo the last change of a control or a seed, and return what changed by that.

        If that change handed a drawn curve over to training, the run is stopped and the curve can be edited again.
        """
        change = self._apply(self.draft.undo())
        if change is not None and change.key == PIECES and self.drawings.take_back(change.before):
            self.stop()
        return change

    def redo(self) -> Change | None:
        """Redo what was undone last."""
        return self._apply(self.draft.redo())

    def learn_from_drawing(self) -> None:
        """Let gradient descent continue from the curve that was built by hand.

        Raises:
            TutorError: it cannot start; the curve can still be edited.
        """
        if self.builder is None:
            return
        step = self.draft.place(self.builder.settings())
        self.drawings.hand_over(step.after)
        try:
            self.start()
        except TutorError:
            self.draft.undo()
            raise

    def controls(self) -> list[tuple[str, ControlConfig]]:
        """The controls of the lab, by short name, in its order."""
        return list(self.spec.controls.items())

    def value(self, control: ControlConfig) -> object:
        """The current value of a control."""
        return self.draft.value(control)

    def holds(self, key: str) -> bool:
        """Whether the current run uses the current value of the setting ``key``; true if there is no run yet."""
        if self.follower is None or self._follows(key):
            return True
        if self._after_training.takes(key, self.follower.summary, self.follower.folder):
            return True
        setting = SETTINGS[key]
        return bool(setting.get(self.running_spec) == setting.get(self.spec))

    def nudge(self, name: str, steps: int) -> None:
        """Move a control by some steps."""
        self._apply(self.draft.nudge(name, steps))

    def type(self, name: str, text: str) -> None:
        """Set a control to what the learner typed.

        Raises:
            TutorError: it is not a value for this control; the message is a sentence.
        """
        self._apply(self.draft.type(name, text))

    def set(self, name: str, value: Value) -> None:
        """Set a control: in the current run if it can follow, otherwise for the next run."""
        self._apply(self.draft.set(name, value))

    def _apply(self, change: Change | None) -> Change | None:
        """Send a change to the worker if it can follow."""
        value = change.after if change is not None and self._follows(change.key) else None
        if change is not None and isinstance(value, int | float | str):
            self._send(Set(change.key, value))
        return change

    def _follows(self, key: str) -> bool:
        """Whether the current run follows a change of ``key`` while it is running."""
        setting = SETTINGS[key]
        live = setting.live and not self.own_loop
        return live and self.going and not setting.idle_reason(self.running_spec)

    # -- comparing --------------------------------------------------------------------------------------

    @property
    def pinned(self) -> list[Pinned]:
        """The pinned runs."""
        return self.pins.all

    def pin(self) -> Pinned | None:
        """Pin the current run for comparison, or unpin it if it is pinned. Return it if it is pinned now.

        Raises:
            TutorError: the pin cannot be written to the disk, so it lasts only until the lab is closed.
        """
        history = self.valid if len(self.valid) else self.train
        return self.pins.toggle(self.run_id, self.running_spec, self.follower, history)

    @property
    def others(self) -> list[Pinned]:
        """The pinned runs without the current one."""
        return self.pins.without(self.run_id)

    @property
    def train_numbers(self) -> Sequence[float]:
        """The numbers that another program gave the epochs of the current run; empty if they are 1, 2, 3."""
        return self._full_summary.numbers if self._full_summary is not None else ()

    def last_place(self, counts: Counted = "epochs") -> int:
        """The last epoch, update or millisecond that any run in view has reached."""
        current = [self._full_summary] if self._full_summary is not None else []
        summaries = [*(each.summary for each in self.pinned), *current]
        return max((place_reached(each, counts) for each in summaries), default=0)

    def knots(self, counts: Counted = "updates") -> Knots:
        """The knots of the current run; see `tutor.runs.comparison.knots_of`."""
        return knots_of(self._full_summary, counts) if self._full_summary is not None else ()

    @property
    def _full_summary(self) -> RunSummary | None:
        """The current run to its end, even while a replay shows an earlier state."""
        return self.follower.summary if self.follower is not None else None

    def names(self, *, ascii: bool = False) -> list[str]:
        """What distinguishes the runs in view: a name for each of `others`, then for the current run."""
        runs: list[tuple[LabConfig, RunSummary | None]] = [(each.spec, each.summary) for each in self.others]
        return names_of([*runs, (self.running_spec, self.summary)], ascii=ascii)

    def short_names(self, *, ascii: bool = False) -> list[str]:
        """As `names`, with as few settings as distinguish each run."""
        runs: list[tuple[LabConfig, RunSummary | None]] = [(each.spec, each.summary) for each in self.others]
        return short_names_of([*runs, (self.running_spec, self.summary)], ascii=ascii)

    def run_name(self) -> str:
        """What distinguishes the current run from the lab: ``η 0.1, batch size 8``; its seed if nothing does."""
        values = values_of(self.summary, self.running_spec)
        # The lab offers slots, which the learner's functions fill or not: that alone is no other setting.
        keys = differences(values, [values_of(None, replace(self.original, mine={}))])
        return name_by(self.running_spec, values, keys, recorded=self.recorded)

    def goal_met(self) -> bool | None:
        """Whether the current run meets the challenge; None if that cannot be decided yet."""
        goal = None if self.own_loop else self.challenge.goal
        verdict = goal.verdict(self.facts()) if goal is not None and self.summary is not None else None
        return verdict.met if verdict is not None else None

    def take_attempt(self) -> LabAttempt | None:
        """The current run as an attempt at the goal, if it is the best one so far and has to be stored.

        The figures of a running run may get worse again, so it counts only when it has ended or is paused. In a manual
        lab it counts after every move of the learner. A replay is not an attempt.
        """
        settled = self.state in _SETTLED or (self.running_spec.manual and self.going)
        if self.replay is not None or not settled or self.own_loop or self.summary is None or self.summary.spec is None:
            return None
        values = values_of(self.summary, self.running_spec)
        if (reviewed := self._reviewed()) is not None:
            values |= dict(reviewed.request.values)
        return self.challenge.judge(self.run_id, self.facts(), values)

    def facts(self) -> dict[str, float | bool | str]:
        """The facts of the current run (see `RunSummary.facts`), with the state that a viewer sees."""
        if self.summary is None:
            return {}
        reviewed = self._reviewed()
        return {**self.summary.facts(), **(reviewed.facts if reviewed is not None else {}), "state": self.state}

    def _send(self, command: Command) -> None:
        if self.follower is not None:
            send(self.follower.folder, command)


class OtherTerminals:
    """What other terminals do to the current run.

    Args:
        draft: The config of the next run; when others change a control of the current run, it changes too.
    """

    def __init__(self, draft: LabDraft) -> None:
        self._draft = draft
        self._noted: list[Event] = []

    def note(self, events: Iterable[Event]) -> bool:
        """Note the events of other authors. Return whether one of them changed the pace."""
        pace_changed = False
        keys = {control.key for control in self._draft.spec.controls.values()}
        for event in events:
            if not other_author_of(event):
                continue
            self._noted.append(event)
            pace_changed = pace_changed or isinstance(event, Paced)
            if isinstance(event, Changed) and event.key in keys:
                self._draft.take_over({event.key: event.value})
        return pace_changed

    def take(self) -> list[str]:
        """Return what others did since the last call, as sentences."""
        noted, self._noted = self._noted, []
        return [describe(event, title_of) for event in noted]


class Drawings:
    """Curves built by hand: the one being edited, the one put aside, and those handed over to training."""

    def __init__(self) -> None:
        self.builder: CurveBuilder | None = None
        """The curve being edited; None if there is none."""
        self._aside: tuple[CurveBuilder, LabConfig] | None = None
        self._handed_over: dict[object, CurveBuilder] = {}

    def take(self, view: PanelView | None, spec: LabConfig) -> None:
        """Edit a curve: the one put aside if nothing has changed since, otherwise that of ``view``.

        Raises:
            TutorError: there is no view.
        """
        from tutor.labs.curve_builder import CurveBuilder

        if view is None:
            raise TutorError(translate("builder.no-curve"))
        aside = self._aside
        self.builder = (
            aside[0] if aside is not None and aside[1] == spec else CurveBuilder.of_panel(view.scene, view.frame)
        )

    def leave(self, spec: LabConfig) -> None:
        """Put the curve aside; `take` returns to it as long as the lab has the config ``spec``."""
        if self.builder is not None:
            self._aside, self.builder = (self.builder, spec), None

    def drop(self) -> None:
        """Forget the curve being edited and the one put aside, because a run changes the curve now."""
        self.builder = self._aside = None

    def hand_over(self, pieces: object) -> None:
        """Store the curve being edited as the one that a run with these ``pieces`` starts from."""
        if self.builder is not None:
            self._handed_over[pieces] = self.builder.copy()

    def take_back(self, pieces: object) -> bool:
        """Edit the curve that a run with these ``pieces`` started from. Return whether there was one."""
        drawing = self._handed_over.get(pieces)
        if drawing is None:
            return False
        self.builder = drawing.copy()
        return True
