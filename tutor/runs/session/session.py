"""A lab as a learner works with it: a run to follow, controls to turn, earlier runs pinned. It knows no screen.

The run is a process of its own; a session only reads its log and sends it wishes, so leaving a session never
ends a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tutor.charts.loss_history import LossHistory
from tutor.foundation.errors import TutorError
from tutor.labs.draft import PIECES, LabDraft
from tutor.labs.draft import Step as Change
from tutor.labs.goals import Challenge
from tutor.labs.lab_config import ControlConfig, LabConfig, Value
from tutor.labs.settings import SETTINGS
from tutor.runs.comparison import differences, knots_of, name_by, names_of, values_of
from tutor.runs.control import PACES, Command, Pace, Pause, Resume, Set, Step, Stop, send
from tutor.runs.replay import Replaying
from tutor.runs.session.after_training import AfterTraining, Seen, Wish
from tutor.runs.session.drawings import Drawings
from tutor.runs.session.elsewhere import Elsewhere
from tutor.runs.session.pins import Pinned, Pins
from tutor.runs.session.preview import Following, Opening, RunStarter
from tutor.runs.summary import PanelView, RunSummary
from tutor.runs.summary import State as RunState

if TYPE_CHECKING:
    from tutor.labs.curve_builder import CurveBuilder
    from tutor.progress.activity import LabAttempt
    from tutor.runs.events import Event

State = Literal["ready"] | RunState
_PIECE = 1 << 16
_PIECES_AT_ONCE = 4
_SETTLED = frozenset({"paused", "finished", "stopped", "diverged"})
"""States in which what a run has reached stays as it is."""


class LabSession:
    """One lab, its present run and what the learner has changed.

    Args:
        runs: Starts and finds runs.
        spec: The lab with the overrides of the place it was opened from.
        data_folder: Where the course's data lies.
    """

    def __init__(self, runs: RunStarter, spec: LabConfig, *, data_folder: Path | None = None) -> None:
        self._runs = runs
        self._data_folder = data_folder
        self.setup = LabDraft(spec)
        """What the next run will be, and how it came to be that."""
        self.elsewhere = Elsewhere(self.setup)
        self.challenge = Challenge(spec.id, spec.challenge.goal)
        self.run_id = ""
        self.follower: Following | None = None
        self.train = LossHistory()
        self.valid = LossHistory()
        self.pins = Pins(runs)
        """The runs kept beside the present one."""
        self.replay: Replaying | None = None
        """Where the present run, which has ended, is seen again."""
        self.drawings = Drawings()
        self.wished_pace: float | None = None
        self._opening = Opening(data_folder)
        self._after_training = AfterTraining(data_folder)

    @property
    def original(self) -> LabConfig:
        """The lab as it was opened."""
        return self.setup.original

    @property
    def spec(self) -> LabConfig:
        """What the next run will be."""
        return self.setup.spec

    @property
    def summary(self) -> RunSummary | None:
        """The present run as its log tells, in a replay as it told then; None before the first."""
        if self.replay is not None:
            return self.replay.summary
        return self.follower.summary if self.follower is not None else None

    @property
    def recorded(self) -> bool:
        """Whether another program trains, of whose loss, pace and seed nothing is known."""
        return self.summary is not None and self.summary.recorded

    @property
    def builder(self) -> CurveBuilder | None:
        """The bends in hand; None while none are placed."""
        return self.drawings.builder

    @property
    def running_spec(self) -> LabConfig:
        """What the present run was asked to do; what the next one will be where there is none."""
        return (self.summary.spec if self.summary is not None else None) or self.spec

    @property
    def epochs_planned(self) -> int:
        """How many epochs the present run has, what the next one asks for where there is none; 0 where nobody said."""
        if self.summary is None or self.summary.spec is None:
            return self.spec.train.epochs
        return self.summary.epochs_planned

    @property
    def state(self) -> State:
        """How the present run stands; ``ready`` before the first."""
        return self.follower.summary.state if self.follower is not None else "ready"

    @property
    def going(self) -> bool:
        """Whether a worker is at it, paused or not."""
        return self.state in {"starting", "running", "paused"}

    @property
    def pace(self) -> float:
        """Epochs a second of the present run, or of the next one; 0 is flat out."""
        if self.wished_pace is not None:
            return self.wished_pace
        return self.summary.pace if self.summary is not None else self.spec.train.pace

    def start(self) -> None:
        """Begin a run of `spec`; the one before it is asked to stop.

        Raises:
            TutorError: it cannot be started.
        """
        self.stop()
        self.join(self._runs.start(self.spec, data_folder=self._data_folder))
        if self.wished_pace is not None and self.wished_pace != self.spec.train.pace:
            self._send(Pace(self.wished_pace))

    def join(self, run_id: str) -> None:
        """Follow a run that is there already."""
        self.replay = None
        self.drawings.drop()
        self.follower = self._runs.follow(run_id)
        self.run_id = run_id
        self.train, self.valid = LossHistory(), LossHistory()

    def poll(self) -> bool:
        """Read on in the logs, a bounded piece of each; whether there was anything new."""
        return self.pins.poll(self.run_id) | self._poll()

    def _poll(self) -> bool:
        if self.follower is None:
            return False
        before = self.follower.summary.version
        for _ in range(_PIECES_AT_ONCE):
            if not (events := self.follower.poll(_PIECE)):
                break
            self._hear(events)
        return self.follower.summary.version != before and self._keep(self.follower.summary)

    def _hear(self, events: list[Event]) -> None:
        if self.elsewhere.hear(events):
            self.wished_pace = None

    def _keep(self, summary: RunSummary) -> bool:
        self.train.follow(summary.train_losses)
        self.valid.follow(summary.valid_losses)
        return True

    def catch_up(self) -> None:
        """Read to the end of the log: for a thread, when joining a run that has been going for long."""
        self.pins.poll(self.run_id)
        if self.follower is not None:
            self._keep(self.follower.catch_up(lambda event: self._hear([event])))
        self.elsewhere.take()

    def take_over(self) -> None:
        """Set the controls to where the joined run has them, with what was turned while it went on."""
        if self.summary is None or self.summary.spec is None:
            return
        keys = {control.key for _, control in self.controls()}
        held = {key: SETTINGS[key].get(self.summary.spec) for key in keys}
        held |= {each.key: each.value for each in self.summary.changes if each.key in keys}
        self.setup.take_over({key: value for key, value in held.items() if value is not None})

    @property
    def frame(self) -> tuple[object, ...]:
        """What the lines above and below a lab speak of."""
        playing = self.replay.player.playing if self.replay is not None else None
        lost = self.summary.lost if self.summary is not None else 0
        return self.state, self.pace, self.running_spec.train.seed, playing, self.builder is not None, lost

    @property
    def can_replay(self) -> bool:
        """Whether the present run has ended with anything to see again."""
        return self.follower is not None and not self.going and len(self.train) > 0

    def view(self, panel: str) -> PanelView | None:
        """What the log says of a panel; before it does, what the run begins with, as far as that is known."""
        if self.builder is not None and panel == "pieces":
            return PanelView(self.builder.scene(), self.builder.frame(), version=-1_000_000 - self.builder.version)
        if (seen := self._seen()) is not None and panel in seen.views:
            return seen.views[panel]
        told = self.summary.views.get(panel) if self.summary is not None else None
        ahead = self.replay is None and self._opening.is_ahead(told, self.spec)
        return (None if ahead else told) or self._opening.view(panel, self.running_spec) or told

    @property
    def wants_opening(self) -> bool:
        """Whether pictures are to be computed here that no worker draws.

        Those that the next run begins with, if none has begun, or none by hand has made a move yet; and those of a run
        that has ended, if a setting was turned since then that has no effect on the training.
        """
        wish = self._wish()
        if wish is not None:
            return not self._after_training.knows(wish)
        return self._opening.is_wanted(self.summary, self.spec)

    def read_opening(self) -> None:
        """Compute them: for a thread."""
        wish, summary = self._wish(), self.summary
        if wish is not None and summary is not None:
            self._after_training.read(wish, summary)
        else:
            self._opening.read(self.spec)

    def _wish(self) -> Wish | None:
        """How the learner wants to see a run that has ended, if not as it ended."""
        if self.replay is not None or self.follower is None:
            return None
        return self._after_training.wish(self.follower.summary, self.follower.folder, self.spec)

    def _seen(self) -> Seen | None:
        """A run that has ended as the learner wants to see it; None for a run as its log has it."""
        return self._after_training.seen(self._wish())

    def toggle(self) -> None:
        """Start, pause or go on, whichever makes sense now."""
        state = self.state
        if state == "paused":
            self._send(Resume())
        elif state in {"running", "starting"}:
            self._send(Pause())
        else:
            self.start()

    def step(self) -> None:
        """One epoch, then wait."""
        if not self.going:
            self.start()
        self._send(Step())

    def stop(self) -> None:
        """Ask the present run to end, where one is going."""
        if self.going:
            self._send(Stop())

    def change_pace(self, steps: int) -> None:
        """The pace ``steps`` faster, or slower where negative."""
        now = self.pace
        nearest = min(range(len(PACES)), key=lambda index: abs(PACES[index] - now) if now else len(PACES) - index)
        self.wished_pace = PACES[max(0, min(len(PACES) - 1, nearest + steps))]
        if self.going:
            self._send(Pace(self.wished_pace))

    def reroll(self) -> int:
        """Start over with the next seed. Returns the seed."""
        self.setup.reroll()
        self.start()
        return self.spec.train.seed

    def reroll_data(self) -> int | None:
        """Start over with other data of the same kind. Returns its seed; None where no seed makes it."""
        if self.setup.reroll_data() is None:
            return None
        self.start()
        return self.spec.data.seed

    def undo(self) -> Change | None:
        """Take the last change of a control or a seed back. Returns what changed by that.

        Where that was training taking over from a drawing, the run is stopped and the drawing is in hand again.
        """
        change = self._tell(self.setup.undo())
        if change is not None and change.key == PIECES and self.drawings.take_back(change.before):
            self.stop()
        return change

    def redo(self) -> Change | None:
        """Change again what was taken back last."""
        return self._tell(self.setup.redo())

    def learn_from_drawing(self) -> None:
        """Let gradient descent go on from the bends in hand.

        Raises:
            TutorError: it cannot start; they stay in hand.
        """
        if self.builder is None:
            return
        step = self.setup.place(self.builder.settings())
        self.drawings.give_over(step.after)
        try:
            self.start()
        except TutorError:
            self.setup.undo()
            raise

    def controls(self) -> list[tuple[str, ControlConfig]]:
        """The controls that the lab declares, by short name, in its order."""
        return list(self.spec.controls.items())

    def value(self, control: ControlConfig) -> object:
        """The value of a control as the learner has set it."""
        return self.setup.value(control)

    def waits_for_restart(self, control: ControlConfig) -> bool:
        """Whether the present run still goes on with another value of ``control``."""
        return not self.holds(control.key)

    def holds(self, key: str) -> bool:
        """Whether the present run goes by the setting ``key`` as it stands; true where there is no run yet."""
        if self.follower is None or self._follows(key):
            return True
        if self._after_training.takes(key, self.follower.summary, self.follower.folder):
            return True
        setting = SETTINGS[key]
        return bool(setting.get(self.running_spec) == setting.get(self.spec))

    def nudge(self, name: str, steps: int) -> None:
        """Turn a control by some steps."""
        self._tell(self.setup.nudge(name, steps))

    def type(self, name: str, text: str) -> None:
        """Set a control to what the learner typed.

        Raises:
            TutorError: it is no value for this control, in a sentence.
        """
        self._tell(self.setup.type(name, text))

    def set(self, name: str, value: Value) -> None:
        """Set a control: at once where it can be turned in a run that is going, else with the next run."""
        self._tell(self.setup.set(name, value))

    def _tell(self, change: Change | None) -> Change | None:
        """Tell the worker of a change, where it can follow."""
        value = change.after if change is not None and self._follows(change.key) else None
        if change is not None and isinstance(value, int | float | str):
            self._send(Set(change.key, value))
        return change

    def _follows(self, key: str) -> bool:
        """Whether the present run goes by what ``key`` is set to while it goes on."""
        setting = SETTINGS[key]
        return setting.live and self.going and not setting.idle_reason(self.running_spec)

    # -- comparing --------------------------------------------------------------------------------------

    @property
    def pinned(self) -> list[Pinned]:
        """The runs that are kept."""
        return self.pins.all

    def pin(self) -> Pinned | None:
        """Keep the present run for comparison; let go of it where it is kept. Returns it when kept now.

        Raises:
            TutorError: that cannot be written down; it holds until the lab is left.
        """
        history = self.valid if len(self.valid) else self.train
        return self.pins.toggle(self.run_id, self.running_spec, self.follower, history)

    @property
    def others(self) -> list[Pinned]:
        """The runs that are kept, without the present one."""
        return self.pins.without(self.run_id)

    @property
    def train_numbers(self) -> Sequence[float]:
        """What the epochs of the present run are called; empty if they are called by their places."""
        return self._whole.numbers if self._whole is not None else ()

    def last_place(self, *, in_updates: bool) -> int:
        """The last epoch, or the last update, that any run in view has got to."""
        summaries = [each.summary for each in self.pinned] + ([self._whole] if self._whole is not None else [])
        return max(((each.updates if in_updates else each.epoch) for each in summaries), default=0)

    def knots(self) -> tuple[tuple[int, int], ...]:
        """How many updates the epochs of the present run took."""
        return knots_of(self._whole) if self._whole is not None else ()

    @property
    def _whole(self) -> RunSummary | None:
        """The present run, wherever a replay of it is."""
        return self.follower.summary if self.follower is not None else None

    def names(self, *, ascii: bool = False) -> list[str]:
        """What tells the runs that are kept and the present one apart: of `others`, then of the present one."""
        runs: list[tuple[LabConfig, RunSummary | None]] = [(each.spec, each.summary) for each in self.others]
        return names_of([*runs, (self.running_spec, self.summary)], ascii=ascii)

    def run_name(self) -> str:
        """What sets the present run apart from the lab as it is: ``η 0.1, batch size 8``; else its seed."""
        values = values_of(self.summary, self.running_spec)
        keys = differences(values, [values_of(None, self.original)])
        return name_by(self.running_spec, values, keys, recorded=self.recorded)

    def goal_met(self) -> bool | None:
        """Whether the challenge is met as things stand; None where it cannot be told yet."""
        goal = self.challenge.goal
        verdict = goal.verdict(self.facts()) if goal is not None and self.summary is not None else None
        return verdict.met if verdict is not None else None

    def take_attempt(self) -> LabAttempt | None:
        """The present run as an attempt at the goal, where it is the best one now: it has to be kept.

        A run that goes on may still lose what it has; it counts where it ended, where it was paused, and at every
        move of the learner's own. Seen again, it is no attempt.
        """
        settled = self.state in _SETTLED or (self.running_spec.manual and self.going)
        if self.replay is not None or not settled or self.summary is None or self.summary.spec is None:
            return None
        seen = self._seen()
        values = values_of(self.summary, self.running_spec) | dict(seen.wish.values if seen is not None else ())
        return self.challenge.judge(self.run_id, self.facts(), values)

    def facts(self) -> dict[str, float | bool | str]:
        """What the present run tells: see `RunSummary.facts`; its state is what a viewer sees."""
        if self.summary is None:
            return {}
        seen = self._seen()
        return {**self.summary.facts(), **(seen.facts if seen is not None else {}), "state": self.state}

    def _send(self, command: Command) -> None:
        if self.follower is not None:
            send(self.follower.folder, command)
