"""What the keys of the lab do. The screen itself only draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events

from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import shorten
from tutor.foundation.translate import language, translate
from tutor.tui import router, routes
from tutor.tui.screen import TutorScreen
from tutor.tui.screens.lab.builder import BUILD_ACTIONS, LabBuilder
from tutor.tui.screens.lab.commands import LAB_KEYS
from tutor.tui.screens.lab.replay import REPLAY_ACTIONS
from tutor.tui.widgets.lab_words import seed_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.labs.draft import Step as Change
    from tutor.labs.lab_config import ControlConfig
    from tutor.runs.session.session import LabSession

_ACTIONS = frozenset(command.action_name for command in LAB_KEYS)
_IN_REPLAY = frozenset({
    "panel", "log", "log_across", "updates", "zoom_in", "zoom_out", "zoom_off", "cursor_left", "cursor_right",
    "cursor_back", "cursor_on", "compare", "about", "leave",
})  # fmt: skip
"""What can be done while a run is seen again too."""
_IN_BUILDER = frozenset({"panel", "about", "leave", "undo", "redo"})
_LONGEST_TYPED = 24


class LabActions(LabBuilder):
    """The actions of the lab, for a screen that shows `session` and redraws with `show_all`."""

    chosen: int
    typed: str | None
    _play: bool
    """Whether to start as soon as the lab is open."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which actions make sense as the run stands."""
        session = self.session
        if session is None:
            return action not in _ACTIONS or action in {"leave", "start"}
        if action in REPLAY_ACTIONS:
            return self.replay_offers(action)
        if action in BUILD_ACTIONS:
            return session.builder is not None
        if session.builder is not None and action in _ACTIONS - _IN_BUILDER:
            return False
        if session.replay is not None and action in _ACTIONS - _IN_REPLAY:
            return False
        state = session.state
        offered = {
            "replay": session.can_replay,
            "build": self.can_build(),
            "start": state not in {"starting", "running", "paused"},
            "pause": state in {"starting", "running"} and not session.spec.manual,
            "resume": state == "paused",
            "step": not session.spec.manual,
            "faster": not session.spec.manual,
            "slower": not session.spec.manual,
            "stop": session.going,
            "panel": len(session.spec.show.panels) > 1,
            "undo": (session.builder or session.draft).can_undo,
            "redo": (session.builder or session.draft).can_redo,
            "reroll_data": session.draft.has_data_seed,
            "unpin_all": bool(session.pinned),
        }
        return offered.get(action, super().check_action(action, parameters))

    # -- the run ----------------------------------------------------------------------------------------

    def _try(self, act: Callable[[LabSession], Any]) -> None:
        """Do something with the session; what goes wrong is said, and what changed is drawn."""
        if self.session is None:
            return
        try:
            act(self.session)
        except TutorError as error:
            self.notice(harmless_line(str(error)), "warning")
        self.show_all()
        self.look_soon()
        self.look_ahead()

    def action_start(self) -> None:
        """Begin a run; where the lab is still being opened, as soon as it is."""
        if self.session is None:
            self._play = True
            return
        self.glass.cursor = None
        self._try(lambda session: session.start())

    def action_pause(self) -> None:
        """Hold the run."""
        self._try(lambda session: session.toggle())

    def action_resume(self) -> None:
        """Let the run go on."""
        self._try(lambda session: session.toggle())

    def action_step(self) -> None:
        """One epoch."""
        self._try(lambda session: session.step())

    def action_faster(self) -> None:
        """More epochs a second."""
        self._try(lambda session: session.change_pace(1))

    def action_slower(self) -> None:
        """Fewer epochs a second."""
        self._try(lambda session: session.change_pace(-1))

    def action_restart(self) -> None:
        """Begin again."""
        self.action_start()

    def action_reroll(self) -> None:
        """Begin again from another seed."""
        self.glass.cursor = None
        self._try(lambda session: session.reroll())
        if self.session is not None:
            self.notice(seed_text(self.session))

    def action_reroll_data(self) -> None:
        """Begin again with other data of the same kind."""
        self.glass.cursor = None
        self._try(lambda session: session.reroll_data())
        if self.session is not None:
            self.notice(translate("workbench.says-data-seed", seed=self.session.spec.data.seed))

    def action_undo(self) -> None:
        """Take the last change back; while a curve is built, the last move of a bend."""
        if (builder := self.building) is not None:
            builder.undo()
            self.show_all()
            return
        self._turn_back(lambda session: session.undo(), "workbench.nothing-to-undo")

    def action_redo(self) -> None:
        """Change again what was taken back."""
        if (builder := self.building) is not None:
            builder.redo()
            self.show_all()
            return
        self._turn_back(lambda session: session.redo(), "workbench.nothing-to-redo")

    def _turn_back(self, act: Callable[[LabSession], Change | None], nothing: str) -> None:
        """Do it, say what has which value now, and whether that takes a new run."""
        from tutor.labs.controls import value_text
        from tutor.labs.draft import PIECES
        from tutor.runs.comparison import title_of_key

        changes: list[Change | None] = []
        self._try(lambda session: changes.append(act(session)))
        change = changes[0] if changes else None
        if self.session is None or change is None:
            self.notice(translate(nothing))
            return
        if change.key == PIECES:
            self.notice(translate("builder.drawing-back" if self.building is not None else "builder.drawing-next"))
            return
        key = "workbench.back-to" if self.session.holds(change.key) else "workbench.back-to-restart"
        name = title_of_key(self.session.spec, change.key, ascii=True)
        self.notice(translate(key, name=name, value=value_text(change.key, change.after)))

    def action_stop(self) -> None:
        """End the run."""
        self._try(lambda session: session.stop())

    def action_sweep(self) -> None:
        """Train the lab over a grid of values, as a map."""
        if self.session is not None:
            router.go(self.tutor, routes.Sweep(self.session.spec))

    def action_leave(self) -> None:
        """Go back; the run goes on."""
        router.go_back(self.tutor)
        screen = self.app.screen
        if self.session is not None and self.session.going and isinstance(screen, TutorScreen):
            title = harmless_line(self.session.spec.title_in(language()))
            screen.notice(translate("lab.says-left", title=title))

    # -- the controls -----------------------------------------------------------------------------------

    def _control(self) -> tuple[str, ControlConfig] | None:
        controls = self.session.controls() if self.session is not None else []
        return controls[min(self.chosen, len(controls) - 1)] if controls else None

    def _choose(self, steps: int) -> None:
        controls = self.session.controls() if self.session is not None else []
        if not controls:
            self.notice(translate("lab.no-controls"))
            return
        self.chosen = (self.chosen + steps) % len(controls)
        self.show_all()

    def action_next(self) -> None:
        """Choose the control below."""
        self._choose(1)

    def action_previous(self) -> None:
        """Choose the control above."""
        self._choose(-1)

    def action_less(self) -> None:
        """Turn the chosen control down."""
        self._turn(-1)

    def action_more(self) -> None:
        """Turn the chosen control up."""
        self._turn(1)

    def action_nudge(self, key: str) -> None:
        """Arrows choose and turn controls; where the learner is the optimizer they move the parameters."""
        steps = 1 if key in {"right", "up"} else -1
        across, up = self._parameters()
        if key in {"left", "right", "h"}:
            self._turn(steps, across)
        elif up is not None and key in {"up", "down"}:
            self._turn(steps, up)
        else:
            self._choose(-1 if key in {"up", "k"} else 1)

    def _parameters(self) -> tuple[str | None, str | None]:
        """The controls that the arrows move across and up, in a lab whose optimizer is the learner."""
        if self.session is None or not self.session.spec.manual:
            return None, None
        names = {control.key: name for name, control in self.session.controls()}
        return names.get("model.w"), names.get("model.b")

    def _turn(self, steps: int, name: str | None = None) -> None:
        chosen = self._control()
        if self.session is None or chosen is None:
            self.notice(translate("lab.no-controls"))
            return
        moved = name or chosen[0]
        self._try(lambda session: session.nudge(moved, steps))
        self._after_turning(moved)

    def _after_turning(self, name: str) -> None:
        """What turning a control leads to: the learner's own steps begin by themselves; others may need a restart."""
        from tutor.labs.controls import control_title
        from tutor.labs.settings import SETTINGS

        session = self.session
        if session is None:
            return
        control = session.spec.controls[name]
        if session.spec.manual and not session.going:
            self.action_start()
        elif idle := SETTINGS[control.key].idle_reason(session.spec):
            self.notice(translate("effects.says-idle", name=control_title(name, control), reason=idle))
        elif session.going and session.waits_for_restart(control):
            self.notice(translate("lab.needs-restart", name=control_title(name, control)))

    def action_type(self) -> None:
        """Type a value for the chosen control."""
        if self._control() is None:
            self.notice(translate("lab.no-controls"))
            return
        self.typed = ""
        self.show_all()

    def on_key(self, event: events.Key) -> None:
        """While a value is being typed, keys are its characters."""
        if self.typed is None:
            return
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.action_drop()
        elif event.key == "enter":
            self.action_take()
        elif event.key == "backspace":
            self.typed = self.typed[:-1]
        elif event.is_printable and event.character and len(self.typed) < _LONGEST_TYPED:
            self.typed += event.character
        self.show_all()

    def action_drop(self) -> None:
        """Type no value after all."""
        self.typed = None
        self.show_all()

    def action_take(self) -> None:
        """Set the control to what was typed."""
        text, self.typed = self.typed or "", None
        chosen = self._control()
        if chosen is None or not text.strip():
            return
        name, _ = chosen
        try:
            if self.session is not None:
                self.session.type(name, text)
        except TutorError as error:
            self.notice(shorten(harmless_line(str(error)), 200), "warning")
            return
        self._after_turning(name)
        self.look_soon()
        self.look_ahead()

    def action_about(self) -> None:
        """What there is to try."""
        about = self.session.spec.about_in(language()) if self.session is not None else ""
        self.notice(harmless_line(about) or translate("lab.name"))
