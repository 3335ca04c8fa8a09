"""Running a lab and changing its controls, with arrows or by typing a value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import ClassVar, Final

from textual import events

from tutor.foundation.translate import translate
from tutor.labs.controls import control_title, value_text
from tutor.labs.draft import PIECES, Change
from tutor.labs.lab_config import ControlConfig
from tutor.labs.limits import MOST_EXPLAINED
from tutor.runs.comparison import title_of_key
from tutor.runs.replay import Replay
from tutor.runs.session.pins import Pinned
from tutor.runs.session.runs import FollowedRun
from tutor.runs.session.session import LabSession
from tutor.tui import router, routes
from tutor.tui.commands import Command
from tutor.tui.held_key import HeldKey
from tutor.tui.screens.lab.building import REDO, UNDO, BuildingMode
from tutor.tui.screens.lab.mode import CONTROLS, EXPLAIN, LEAVE, RUN, ChartMode, Lab, LabCommand, Mode
from tutor.tui.screens.lab.replaying import ReplayingMode
from tutor.tui.widgets.lab_words import seed_text

_LONGEST_TYPED = 24
_HELD: Final = frozenset({"starting", "running", "paused"})
"""States in which a run is going or paused."""

_POSSIBLE: Final[Mapping[str, Callable[[LabSession], bool]]] = {
    "replay": lambda session: session.can_replay,
    "build": lambda session: "pieces" in session.panels and not session.going,
    "start": lambda session: session.state not in _HELD,
    "pause": lambda session: session.state in _HELD - {"paused"} and not session.spec.manual,
    "resume": lambda session: session.state == "paused",
    "step": lambda session: not session.spec.manual,
    "faster": lambda session: not session.spec.manual,
    "slower": lambda session: not session.spec.manual,
    "stop": lambda session: session.going,
    "undo": lambda session: session.draft.can_undo,
    "redo": lambda session: session.draft.can_redo,
    "reroll_data": lambda session: session.draft.has_data_seed,
    "unpin_all": lambda session: bool(session.pinned),
    "mine": lambda session: bool(session.mine.wanted),
}
"""Whether a command can be used, for those that cannot always be used."""

_OF_OUR_OWN_RUNS: Final = frozenset({
    "start", "step", "restart", "reroll", "reroll_data", "faster", "slower", "undo", "redo", "nudge", "type", "less",
    "more", "next", "previous", "mine",
})  # fmt: skip
"""Commands that only our own worker understands."""

_FOOTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "ready": ("start", "nudge", "mine", "step", "faster", "panel", "source"),
    "running": ("pause", "nudge", "step", "restart", "faster", "source", "stop", "log", "pin"),
    "paused": ("resume", "step", "nudge", "explain", "restart", "pin", "source", "stop", "log"),
    "ended": ("start", "nudge", "mine", "explain", "pin", "compare", "replay", "source", "log"),
    "by-hand": ("start", "nudge", "type", "pin", "panel", "source"),
}


class NormalMode(ChartMode):
    """Starts and steers runs, changes controls, pins runs for comparison, and enters the other modes."""

    commands: ClassVar[tuple[Command, ...]] = (
        LabCommand("lab.start", ("space",), "lab.start", "lab.start-help", group=RUN),
        LabCommand("lab.pause", ("space",), "lab.pause", "lab.pause-help", group=RUN),
        LabCommand("lab.resume", ("space",), "lab.resume", "lab.resume-help", group=RUN),
        LabCommand("lab.step", ("s",), "lab.step", "lab.step-help", group=RUN),
        LabCommand("lab.faster", ("full_stop",), "lab.faster", "lab.faster-help", group=RUN, shown=", ."),
        LabCommand("lab.slower", ("comma",), "lab.slower", "lab.slower-help", group=RUN),
        EXPLAIN,
        LabCommand("lab.restart", ("r",), "lab.restart", "lab.restart-help", group=RUN),
        LabCommand("lab.reroll", ("R",), "lab.reroll", "lab.reroll-help", group=RUN),
        LabCommand("lab.reroll-data", ("D",), "workbench.reroll-data", "workbench.reroll-data-help", group=RUN),
        LabCommand("lab.replay", ("w",), "replay.replay", "replay.replay-help", group=RUN),
        LabCommand("lab.stop", ("x",), "lab.stop", "lab.stop-help", group=RUN),
        LEAVE,
        LabCommand("lab.pin", ("p",), "lab.pin", "lab.pin-help", group=RUN),
        LabCommand("lab.unpin-all", ("P",), "compare.unpin-all", "compare.unpin-all-help", group=RUN),
        ChartMode.compare,
        LabCommand("lab.build", ("b",), "builder.build", "builder.build-help", group=RUN),
        LabCommand("lab.mine", ("m",), "mine.switch", "mine.switch-help", group=RUN),
        LabCommand("lab.sweep", ("G",), "sweepscreen.sweep", "sweepscreen.sweep-help", group=RUN),
        LabCommand("lab.nudge", ("left", "right", "up", "down", "h", "j", "k"), "lab.turn", "lab.turn-help",
                   group=CONTROLS, shown="↑↓←→", passes_key=True, palette=False),
        LabCommand("lab.next", ("tab",), "lab.next", group=CONTROLS, palette=False),
        LabCommand("lab.previous", ("shift+tab",), "lab.previous", group=CONTROLS, palette=False),
        LabCommand("lab.less", ("shift+left",), "lab.less", "lab.less-help", group=CONTROLS, palette=False),
        LabCommand("lab.more", ("shift+right",), "lab.more", "lab.more-help", group=CONTROLS, palette=False),
        LabCommand("lab.type", ("enter",), "lab.type", "lab.type-help", group=CONTROLS),
        UNDO,
        REDO,
        *ChartMode.chart_commands,
    )  # fmt: skip

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self._held = HeldKey()

    def possible(self, command: Command) -> bool:
        if self.lab.trained_elsewhere and not self._heard_elsewhere(command):
            return False
        condition = _POSSIBLE.get(command.verb)
        return condition(self.session) if condition is not None else super().possible(command)

    def _heard_elsewhere(self, command: Command) -> bool:
        """Whether the command works on a run that another program trains."""
        summary = self.session.summary
        followed = summary is not None and summary.followed
        return command.verb not in _OF_OUR_OWN_RUNS and not (followed and command.verb in {"pause", "resume"})

    @property
    def _phase(self) -> str:
        state = self.session.state
        return "running" if state == "starting" else state if state in _FOOTERS else "ended"

    @property
    def in_footer(self) -> tuple[str, ...]:
        verbs = _FOOTERS["by-hand" if self.session.spec.manual else self._phase]
        return verbs if self._is_small else tuple(verb for verb in verbs if verb != "explain")

    @property
    def _is_small(self) -> bool:
        """Whether the model of the run is known to be small enough for an update to be explained."""
        data = self.session.summary.data if self.session.summary is not None else None
        return (
            data is not None and 0 < data.parameters <= MOST_EXPLAINED and self.session.running_spec.model.kind.network
        )

    def footer(self, reachable: Iterable[Command]) -> list[Command]:
        found = super().footer(reachable)
        if self._phase != "ended":
            return found
        return [replace(each, label="lab.card-again") if each.id == "lab.start" else each for each in found]

    # -- the run ----------------------------------------------------------------------------------------

    def action_start(self) -> None:
        start(self.lab)

    def action_restart(self) -> None:
        start(self.lab)

    def action_pause(self) -> None:
        self.lab.attempt(lambda session: session.toggle())

    def action_resume(self) -> None:
        self.lab.attempt(lambda session: session.toggle())

    def action_step(self) -> None:
        self.lab.attempt(lambda session: session.step())

    def action_faster(self) -> None:
        self.lab.attempt(lambda session: session.change_pace(1))

    def action_slower(self) -> None:
        self.lab.attempt(lambda session: session.change_pace(-1))

    def action_stop(self) -> None:
        self.lab.attempt(lambda session: session.stop())

    def action_reroll(self) -> None:
        self.view.chart_view.cursor = None
        self.lab.attempt(lambda session: session.reroll(), lambda _: self.lab.notice(seed_text(self.session)))

    def action_reroll_data(self) -> None:
        def say(seed: int | None) -> None:
            self.lab.notice(translate("workbench.says-data-seed", seed=seed))

        self.view.chart_view.cursor = None
        self.lab.attempt(lambda session: session.reroll_data(), say)

    def action_undo(self) -> None:
        self.lab.attempt(lambda session: session.undo(), partial(self._changed, nothing="workbench.nothing-to-undo"))

    def action_redo(self) -> None:
        self.lab.attempt(lambda session: session.redo(), partial(self._changed, nothing="workbench.nothing-to-redo"))

    def _changed(self, change: Change | None, nothing: str) -> None:
        """Show the new value and whether it needs a new run; after an undone drawing, return to building."""
        builder = self.session.builder
        if builder is not None:
            self.lab.enter(BuildingMode(self.lab, builder))
        if change is None:
            self.lab.notice(translate(nothing))
        elif change.key == PIECES:
            self.lab.notice(translate("builder.drawing-next" if builder is None else "builder.drawing-back"))
        else:
            key = "workbench.back-to" if self.session.holds(change.key) else "workbench.back-to-restart"
            name = title_of_key(self.session.spec, change.key, ascii=True)
            self.lab.notice(translate(key, name=name, value=value_text(change.key, change.after)))

    def action_replay(self) -> None:
        """Replay the run from its log. A thread reads it, because it may be long."""
        follower = self.session.follower
        if follower is not None:
            self.lab.in_thread(lambda: Replay(follower.folder), partial(self._replay, follower))

    def _replay(self, follower: FollowedRun, replay: Replay) -> None:
        if self.lab.mode is self and self.session.follower is follower:  # else the learner has moved on
            self.lab.enter(ReplayingMode(self.lab, replay))
            self.lab.show_all()

    def action_build(self) -> None:
        """Build the curve from its present hidden units."""

        def build(session: LabSession) -> None:
            session.drawings.take(session.view("pieces"), session.spec)

        def enter(_: None) -> None:
            if self.session.builder is not None:
                self.lab.enter(BuildingMode(self.lab, self.session.builder))

        self.lab.attempt(build, enter)

    def action_mine(self) -> None:
        """Train the next run with the learner's own functions, or with the built-in ones."""
        self.lab.attempt(lambda session: session.mine.switch(), self.lab.notice)

    def action_sweep(self) -> None:
        router.go(self.lab.tutor, routes.Sweep(self.session.spec))

    # -- the runs kept for comparison -------------------------------------------------------------------

    def action_pin(self) -> None:
        before = list(self.session.pinned)
        self.lab.attempt(lambda session: session.pin(), lambda _: self._say_pinned(before))

    def _say_pinned(self, before: list[Pinned]) -> None:
        session = self.session
        gone = [each for each in before if each not in session.pinned]
        if len(session.pinned) > len(before) - len(gone):
            key = "lab.pinned-now" if not gone else "compare.pinned-instead"
            key = "compare.pinned-recorded" if session.recorded else key
            self.lab.notice(translate(key, name=session.run_name()), "good")
        else:
            self.lab.notice(translate("lab.unpinned" if gone else "lab.nothing-to-pin"))

    def action_unpin_all(self) -> None:
        def say(count: int) -> None:
            self.lab.notice(translate("compare.unpinned-all", count=count))

        self.lab.attempt(lambda session: session.pins.release_all(), say)

    # -- the controls -----------------------------------------------------------------------------------

    def _control(self) -> str | None:
        """The name of the chosen control. If there is none, a notice says so."""
        names = [name for name, _ in self.session.controls()]
        if not names:
            self.lab.notice(translate("lab.no-controls"))
            return None
        return names[min(self.view.hand.chosen, len(names) - 1)]

    def _choose(self, steps: int) -> None:
        if self._control() is not None:
            self.view.hand.chosen = (self.view.hand.chosen + steps) % len(self.session.controls())

    def action_next(self) -> None:
        self._choose(1)

    def action_previous(self) -> None:
        self._choose(-1)

    def action_less(self) -> None:
        self._turn(-1)

    def action_more(self) -> None:
        self._turn(1)

    def action_nudge(self, key: str) -> None:
        """Choose and change controls with the arrows; if the learner is the optimizer, move the parameters."""
        steps = 1 if key in {"right", "up"} else -1
        across, up = self._parameters()
        if key in {"left", "right", "h"}:
            self._turn(steps, across)
        elif up is not None and key in {"up", "down"}:
            self._turn(steps, up)
        else:
            self._choose(-1 if key in {"up", "k"} else 1)

    def _parameters(self) -> tuple[str | None, str | None]:
        """The controls that the horizontal and the vertical arrows move if the learner is the optimizer."""
        if not self.session.spec.manual:
            return None, None
        names = {control.key: name for name, control in self.session.controls()}
        return names.get("model.w"), names.get("model.b")

    def _turn(self, steps: int, name: str | None = None) -> None:
        chosen = self._control()
        if chosen is not None:
            turned = name or chosen
            control = self.session.spec.controls[turned]
            if not control.choices and not control.logarithmic:
                steps *= self._held.steps(f"{turned} {steps}")
            self.lab.attempt(lambda session: session.nudge(turned, steps), lambda _: follow_up(self.lab, turned))

    def action_type(self) -> None:
        chosen = self._control()
        if chosen is not None:
            self.lab.enter(TypingMode(self.lab, chosen))


class TypingMode(Mode):
    """Reads a value for a control, key by key.

    Args:
        lab: The screen.
        control: The control's name.
    """

    commands: ClassVar[tuple[Command, ...]] = (
        LabCommand("lab.take", ("enter",), "lab.take", group=CONTROLS, palette=False),
        LabCommand("lab.drop", (), "lab.drop", group=CONTROLS, palette=False, shown="esc"),
    )

    def __init__(self, lab: Lab, control: str) -> None:
        super().__init__(lab)
        self._control = control
        self.view.hand.typed = ""

    @property
    def in_footer(self) -> tuple[str, ...]:
        return "take", "drop"

    def on_key(self, event: events.Key) -> bool:
        typed = self.view.hand.typed or ""
        if event.key == "backspace":
            self.view.hand.typed = typed[:-1]
        elif event.is_printable and event.character:
            self.view.hand.typed = (typed + event.character)[:_LONGEST_TYPED]
        else:
            return False
        return True

    def leave(self) -> bool:
        self.view.hand.typed = None
        self.lab.enter_normal()
        return True

    def action_drop(self) -> None:
        self.leave()

    def action_take(self) -> None:
        text = self.view.hand.typed or ""
        self.leave()
        if text.strip():
            name = self._control
            self.lab.attempt(lambda session: session.type(name, text), lambda _: follow_up(self.lab, name))


def start(lab: Lab) -> None:
    """Start a run."""
    lab.view.chart_view.cursor = None
    lab.attempt(lambda session: session.start())


def follow_up(lab: Lab, name: str) -> None:
    """Act on a changed control: a step of the learner's own starts at once, another change may need a new run."""
    session = lab.session
    control: ControlConfig = session.spec.controls[name]
    if session.spec.manual and not session.going:
        start(lab)
    elif idle := session.idle_reason(control.key):
        lab.notice(translate("effects.says-idle", name=control_title(name, control), reason=idle))
    elif session.going and not session.holds(control.key):
        lab.notice(translate("lab.needs-restart", name=control_title(name, control)))
