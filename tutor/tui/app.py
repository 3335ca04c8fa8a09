"""The app: its first screen, its language and look, its input, and its end."""

from __future__ import annotations

import asyncio
import atexit
import os
import sys
from collections.abc import Callable, Sequence
from contextvars import Context
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.filter import LineFilter, Monochrome, NoColor
from textual.geometry import Size
from textual.screen import Screen

from tutor.foundation.languages import languages
from tutor.foundation.notify import notice_sequence
from tutor.foundation.terminal import colour_depth
from tutor.foundation.translate import language, language_name, sentences, translate
from tutor.tui import router, routes
from tutor.tui.background import (
    CLASS_MODULES,
    EVERYWHERE,
    EXERCISE_MODULES,
    MIN_HEIGHT,
    MIN_WIDTH,
    MODULES,
    TRAINING_MODULES,
    ForgetfulThreads,
    fits,
    modules_behind,
    preload,
)
from tutor.tui.garbage import AFTER_LEAVING, LOOK_EVERY, GarbageCollection
from tutor.tui.keymap import learners_keys
from tutor.tui.screen import Commanded, TutorScreen
from tutor.tui.terminal.inquiry import TerminalAnswered, light_ground_by_name
from tutor.tui.textual_private import TESTED, GuardedApp, driver_of
from tutor.tui.themes import LOOKS, AsciiFilter, Look, look_for, terminal_speaks_unicode, textual_theme
from tutor.tui.type_ahead import TypeAhead
from tutor.tui.wide_keys import narrow_key
from tutor.workspace import Workspace

if TYPE_CHECKING:
    from tutor.classroom.desk import Desk
    from tutor.tui.classroom import ClassSide
    from tutor.tui.commands import Command


_HAND_OVER = 0.0002
"""Seconds after which a thread that computes gives way to the event loop. A key takes about eight steps of the loop,
before each of which it may have to wait so long; Python's own 5 ms add up to 40."""
_MOST_THREADS = 16
"""Some of them may read a large course for a long time, and a lesson that is opened must not wait for them."""
_PRELOAD_AFTER = 0.4
"""Seconds after the first frame until the modules of other screens are imported."""

FirstScreen = Callable[[], Screen[None]]


class TutorApp(GuardedApp):
    """tutor on a terminal.

    Args:
        workspace: Settings, course, progress, runs; None means the learner's own.
        first: Makes the first screen; None means the course map.
        desk: The class that is taught here; None if none is.
    """

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+z", "suspend_process", show=False)]

    def __init__(
        self, workspace: Workspace | None = None, first: FirstScreen | None = None, desk: Desk | None = None
    ) -> None:
        super().__init__()
        self.workspace = workspace or Workspace()
        self.look: Look = LOOKS["dark"]
        self.runs_going = 0
        self.line_rate: int | None = None
        """Bytes sent in the last second; None unless the learner asked to see it."""
        self.too_small = False
        self.classroom: ClassSide | None = None
        self.last_input = 0.0
        self.window = Size(0, 0)
        """The size of the terminal's window, which may be too small for the screens."""
        self._large_enough = Size(MIN_WIDTH, MIN_HEIGHT)
        self.crashed = False
        """Whether the app ends because of an error of its own."""
        self.garbage = GarbageCollection()
        """Collects garbage in the pauses between keys."""
        self._first = first
        self._type_ahead = TypeAhead(self)
        self._ascii = AsciiFilter(enabled=False)
        self._no_colour = NoColor(enabled=bool(os.environ.get("NO_COLOR")))
        self._light_ground = light_ground_by_name()
        self._wide_signs = False
        self._apply_settings()
        if desk is not None:
            from tutor.tui.classroom import TeacherSide

            self.classroom = TeacherSide(self, desk)

    def get_default_screen(self) -> Screen[None]:
        """The first screen."""
        screen = self._first() if self._first is not None else router.screen_for(routes.Home())
        self.prepare_first_screen(screen)
        return screen

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What changes every line on its way to the terminal. With NO_COLOR, greys go too: they are colours."""
        kept = [each for each in super().get_line_filters() if not isinstance(each, Monochrome)]
        return [*kept, *(each for each in (self._no_colour, self._ascii) if each.enabled)]

    def get_driver_class(self) -> type[Driver]:
        """Our own driver, unless the environment names another or it was not tried with this version of Textual."""
        if os.environ.get("TEXTUAL_DRIVER") or not TESTED:
            return super().get_driver_class()
        from tutor.tui.terminal import driver_class

        return driver_class()

    @property
    def ascii(self) -> bool:
        """Whether to draw with ASCII alone: the setting, or else whether the terminal cannot show our signs."""
        chosen = self.workspace.settings.ascii
        return self._wide_signs or not terminal_speaks_unicode() if chosen is None else chosen

    @property
    def motion(self) -> bool:
        """Whether animations are allowed: the setting, and never over SSH, where each step is sent."""
        return self.workspace.settings.motion and "SSH_CONNECTION" not in os.environ

    @property
    def unseen(self) -> bool:
        """Whether drawing is useless now because the terminal has stopped reading."""
        return bool(getattr(driver_of(self), "stalled", False))  # Textual's own drivers do not know

    @property
    def slow_line(self) -> bool:
        """Whether the line to the terminal has turned out to be slow."""
        return bool(getattr(driver_of(self), "slow", False))  # Textual's own drivers do not know

    def exit(self, *arguments: Any, **options: Any) -> None:
        """Leave. Keys that were typed ahead are dropped."""
        self._type_ahead.close()
        super().exit(*arguments, **options)

    def on_crash(self) -> None:
        """An error of ours ends the app."""
        self._type_ahead.close()
        self.crashed = True

    def crash_text(self, error: BaseException | None) -> str:
        """The traceback goes into a file, and the learner gets a sentence."""
        from tutor.tui.background import keep_traceback

        return keep_traceback(error, self.workspace.home)

    @property
    def bytes_sent(self) -> int:
        """Bytes sent to the terminal so far; 0 with Textual's own drivers, which do not count."""
        sent = getattr(driver_of(self), "sent", 0)
        return sent if isinstance(sent, int) else 0

    def on_mount(self) -> None:
        """Do what the first frame does not need after it."""
        asyncio.get_running_loop().set_default_executor(
            ForgetfulThreads(max_workers=_MOST_THREADS, thread_name_prefix="tutor")
        )
        self.call_after_refresh(self._after_first_frame)

    def _after_first_frame(self) -> None:
        self.garbage.begin()
        self.set_interval(LOOK_EVERY, self.garbage.look)
        if self.workspace.settings.screen_reader:
            from tutor.tui.cursor import FOLLOW_EVERY, follow_focus

            self.set_interval(FOLLOW_EVERY, partial(follow_focus, self))
        from tutor.tui.background import watch_runs

        watch_runs(self)
        self._join_class()
        self.set_timer(_PRELOAD_AFTER, self._preload)

    def _join_class(self) -> None:
        """Take part in the class, if there is one. Without one, nothing of it is imported."""
        if self.classroom is None and (seat := self.workspace.seat) is not None:
            from tutor.tui.classroom import LearnerSide

            self.classroom = LearnerSide(self, seat)
        side = self.classroom
        if side is None:
            return
        for command in self._class_keys:
            for key in command.keys:
                self.bind(key, command.call(key), show=False)
        side.start()

    @property
    def _class_keys(self) -> tuple[Command, ...]:
        return self.classroom.commands if self.classroom is not None else ()

    def class_commands(self) -> list[Command]:
        """What can be done in the class now, on every screen."""
        side = self.classroom
        return [each for each in self._class_keys if side is not None and side.offers(each.id)]

    def action_class_do(self, command_id: str) -> None:
        """Do what a command of the class says."""
        if self.classroom is not None and self.classroom.offers(command_id):
            self.classroom.do(command_id)

    def screen_left(self) -> None:
        """A screen has been left: its objects are collected in the next pause."""
        if self.is_running:
            self.garbage.leave()
            # Not a timer of Textual's: its context would keep the screen alive until then.
            asyncio.get_running_loop().call_later(AFTER_LEAVING, self.garbage.look, context=Context())

    def _preload(self) -> None:
        if not self.screen_stack:
            return  # the learner has left
        lab_first = self._first is not None and router.is_shown(self.screen, routes.Lab)
        if self.classroom is not None:
            preload(self, self._preloaded_class, CLASS_MODULES)
        elif lab_first:
            preload(self, self._preloaded, (*TRAINING_MODULES, *EVERYWHERE))
        else:
            preload(self, self._preloaded)
        if self._first is not None and not lab_first:
            preload(self, None, (*TRAINING_MODULES, *EXERCISE_MODULES))

    def about_to_open(self, route: routes.Route) -> None:
        """Import in advance what is likely to follow the screen of ``route``, if it was not imported yet."""
        if not sys.modules.keys() >= {*MODULES, *TRAINING_MODULES, *EXERCISE_MODULES}:
            modules = partial(modules_behind, self.workspace, route)
            self.set_timer(_PRELOAD_AFTER, lambda: preload(self, None, modules))

    def _preloaded_class(self) -> None:
        """What a poll needs is imported: the other modules can follow."""
        if self.classroom is not None:
            self.classroom.prepare()
        preload(self, self._preloaded)

    def _preloaded(self) -> None:
        """All screens are imported: say so if the learner's own keys cannot be used as they stand."""
        self.garbage.keep("screens")
        own = learners_keys()
        if (own.keys or own.faults) and isinstance(self.screen, TutorScreen):
            from tutor.tui.key_list import all_commands, faults_of

            faults = faults_of(own, all_commands())
            if faults:
                more = translate("keymap.more", count=len(faults) - 1) if len(faults) > 1 else ""
                self.screen.notice(sentences(faults[0], more), "warning", 12.0)

    def switch_language(self) -> None:
        """Switch everything to the next language."""
        codes = list(languages())
        code = codes[(codes.index(language()) + 1) % len(codes)]
        self.change_settings(language=code)
        if isinstance(self.screen, TutorScreen):
            self.screen.notice(translate("app.language-now", name=language_name(code)))

    def notify_terminal(self, text: str, way: str) -> None:
        """Ring the terminal's bell or let it show a notice: see `tutor.foundation.notify`."""
        driver, sequence = driver_of(self), notice_sequence(text, way, os.environ)
        if driver is not None and sequence and not self.is_headless:
            driver.write(sequence)

    def change_settings(self, **changes: object) -> None:
        """Change settings, save them, and draw every screen again."""
        self.workspace.change_settings(**changes)
        self._apply_settings()
        self._refresh_screens()
        if isinstance(self.screen, TutorScreen):
            self.screen.say_notices()

    def _refresh_screens(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Commanded):
                screen.refresh_texts()

    def _apply_settings(self) -> None:
        settings = self.workspace.settings
        self._ascii.enabled = self.ascii
        self.animation_level = "full" if self.motion else "none"
        look = look_for(settings.theme, colour_depth()[0], self._light_ground)
        name = f"tutor-{look.name}"
        if self.theme != name:
            self.look = look
            self.register_theme(textual_theme(look))
            self.theme = name

    def on_terminal_answered(self, message: TerminalAnswered) -> None:
        """Fit the look and the signs to what the terminal has told about itself."""
        light = self._light_ground if message.light_ground is None else message.light_ground
        if (light, message.wide_signs) != (self._light_ground, self._wide_signs):
            self._light_ground, self._wide_signs = light, message.wide_signs
            self._apply_settings()
            self._refresh_screens()
        release = getattr(driver_of(self), "release", None)  # Textual's own drivers do not ask
        if release is not None:
            self.call_after_refresh(release)

    def action_suspend_process(self) -> None:
        """Pause until the shell continues us. If no shell would, show a notice instead."""
        from tutor.tui.terminal.leaving import can_be_woken

        if can_be_woken():
            super().action_suspend_process()
        elif isinstance(self.screen, TutorScreen):
            self.screen.notice(translate("app.cannot-pause"), "warning")

    async def on_event(self, event: events.Event) -> None:
        """Hold back keys that are typed ahead, and react to the window's size."""
        if isinstance(event, (events.InputEvent, events.Paste)) and not event.is_forwarded:
            self.garbage.on_input()
            self.last_input = monotonic()
            if self._type_ahead.keeps(event):
                return
            if isinstance(event, events.Key):
                event = narrow_key(event, self.focused)
            if isinstance(self.screen, Commanded):
                self.screen.on_input()
        if isinstance(event, events.Resize):
            self.window, size = event.size, self._laid_out_in(event.size)
            await super().on_event(events.Resize(size, size))
            if self.screen_stack:
                self.screen.refresh()  # the terminal may have lost its picture, even if the size is the same
            from tutor.tui.background import guard_size

            guard_size(self)
            return
        await super().on_event(event)

    @property
    def size(self) -> Size:
        """The size that screens are laid out in: the window's, or the last size that was not too small.

        Laying out a long lesson in two columns would take seconds, for a picture that nobody sees.
        """
        return self._laid_out_in(super().size)

    def _laid_out_in(self, window: Size) -> Size:
        if fits(window):
            self._large_enough = window
        return self._large_enough


def run_tutor(workspace: Workspace | None = None, first: FirstScreen | None = None, desk: Desk | None = None) -> int:
    """Run tutor on this terminal until the learner leaves; returns the exit code."""
    app = TutorApp(workspace, first, desk)
    sys.setswitchinterval(_HAND_OVER)
    try:
        app.run()
    finally:
        give_back = getattr(driver_of(app), "give_back", None)  # Textual's own drivers have done this already
        if give_back is not None:
            # As late as possible: keys pressed until then are dropped.
            atexit.register(give_back, typing=app.crashed)
        if said := app.workspace.close():
            print(said, file=sys.stderr)
    return app.return_code or 0
