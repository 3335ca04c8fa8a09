"""The app: which screen is first, which language and look hold, and when it ends."""

from __future__ import annotations

import asyncio
import atexit
import os
import sys
from collections.abc import Callable
from contextvars import Context
from typing import Any, ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.filter import Monochrome, NoColor
from textual.geometry import Size
from textual.screen import Screen

from tutor.foundation.languages import languages
from tutor.foundation.translate import language, language_name, translate
from tutor.tui import router, routes
from tutor.tui.background import ForgetfulThreads
from tutor.tui.garbage import AFTER_LEAVING, LOOK_EVERY, GarbageCollection
from tutor.tui.screen import Commanded, TutorScreen
from tutor.tui.sizes import MIN_HEIGHT, MIN_WIDTH, fits
from tutor.tui.textual_private import (
    add_screen_css,
    driver_of,
    expect_no_result,
    failed_while_leaving,
    stop_keeping_dead_widgets,
)
from tutor.tui.themes import LOOKS, AsciiFilter, Look, look_for, terminal_speaks_unicode, textual_theme
from tutor.tui.type_ahead import TypeAhead
from tutor.workspace import Workspace

_AHEAD_AFTER = 0.4
"""Seconds after the first frame at which what the next screens need is imported."""

FirstScreen = Callable[[], Screen[None]]


class TutorApp(App[int]):
    """tutor on a terminal.

    Args:
        services: Settings, course, memory, runs; the learner's own where None.
        first: Makes the first screen; the course map where None.
    """

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+z", "suspend_process", show=False)]

    def __init__(self, workspace: Workspace | None = None, first: FirstScreen | None = None) -> None:
        super().__init__()
        stop_keeping_dead_widgets()
        self.workspace = workspace or Workspace()
        self.look: Look = LOOKS["dark"]
        self.runs_going = 0
        self.line_rate: int | None = None
        """Bytes sent in the last second, where the learner asked to see it."""
        self.too_small = False
        self.window = Size(0, 0)
        """The size of the terminal's window, which may be too small for the screens."""
        self._roomy = Size(MIN_WIDTH, MIN_HEIGHT)
        self.crashed = False
        """Whether the app ends because of a fault of its own."""
        self.garbage = GarbageCollection()
        """Looks for garbage in the pauses between keys."""
        self._first = first
        self._type_ahead = TypeAhead(self)
        self._ascii = AsciiFilter(enabled=False)
        self._filters = [each for each in self._filters if not isinstance(each, Monochrome)]  # greys are colours too
        self._filters += [NoColor()] if os.environ.get("NO_COLOR") else []
        self._filters.append(self._ascii)
        self._disable_tooltips = True
        self._disable_notifications = True
        self._apply_settings()

    def get_default_screen(self) -> Screen[None]:
        """The first screen."""
        screen = self._first() if self._first is not None else router.screen_for(routes.Home())
        # Textual does both for every screen but the first, and cannot switch that one to the course map without.
        self._load_screen_css(screen)
        expect_no_result(screen, self)
        return screen

    def _load_screen_css(self, screen: Screen[Any]) -> None:
        """Textual calls it for each screen before it is shown."""
        add_screen_css(self.stylesheet, screen)

    def get_driver_class(self) -> type[Driver]:
        """Ours, unless the environment names another."""
        if os.environ.get("TEXTUAL_DRIVER"):
            return super().get_driver_class()
        from tutor.tui.terminal import driver_class

        return driver_class()

    @property
    def ascii(self) -> bool:
        """Whether to draw with ASCII alone: the setting, else what the locale promises."""
        chosen = self.workspace.settings.ascii
        return not terminal_speaks_unicode() if chosen is None else chosen

    @property
    def motion(self) -> bool:
        """Whether things may move on their own: the setting, and never over SSH, where each step costs bytes."""
        return self.workspace.settings.motion and "SSH_CONNECTION" not in os.environ

    @property
    def unseen(self) -> bool:
        """Whether nobody can see what would be drawn now: the terminal takes nothing, nobody need look at a log."""
        return bool(getattr(driver_of(self), "stalled", False))  # Textual's own drivers cannot tell

    def exit(self, *arguments: Any, **options: Any) -> None:
        """Leave, as Textual's own; nothing that was typed ahead is done any more."""
        self._type_ahead.close()
        super().exit(*arguments, **options)

    def _handle_exception(self, error: Exception) -> None:
        """What goes wrong in a screen that is being taken away, because it is, stops nothing."""
        if not failed_while_leaving(error):
            self._type_ahead.close()
            self.crashed = True
            super()._handle_exception(error)

    @property
    def bytes_sent(self) -> int:
        """Bytes sent to the terminal so far; 0 with Textual's own drivers, which do not count."""
        sent = getattr(driver_of(self), "sent", 0)
        return sent if isinstance(sent, int) else 0

    def _fatal_error(self) -> None:
        """A fault of ours: the traceback goes into a file, the learner gets a sentence."""
        from tutor.tui.background import keep_traceback

        self._exit_renderables.append(keep_traceback(self._exception, self.workspace.home))
        self._close_messages_no_wait()

    def on_mount(self) -> None:
        """Everything that the first frame does not need happens after it."""
        asyncio.get_running_loop().set_default_executor(ForgetfulThreads(thread_name_prefix="tutor"))
        self.call_after_refresh(self._after_first_frame)

    def _after_first_frame(self) -> None:
        self.garbage.begin()
        self.set_interval(LOOK_EVERY, self.garbage.look)
        from tutor.tui.background import watch_runs

        watch_runs(self)
        self.set_timer(_AHEAD_AFTER, self._preload)

    def screen_left(self) -> None:
        """A screen is gone: what it was made of is collected in the next pause."""
        if self.is_running:
            self.garbage.leave()
            # Not a timer of Textual's: its context would be the screen's, which would live until it is over.
            asyncio.get_running_loop().call_later(AFTER_LEAVING, self.garbage.look, context=Context())

    def _preload(self) -> None:
        from tutor.tui.background import preload

        preload(self, self.garbage.keep)

    def switch_language(self) -> None:
        """Speak the next language, everywhere, at once."""
        codes = list(languages())
        code = codes[(codes.index(language()) + 1) % len(codes)]
        self.change_settings(language=code)
        if isinstance(self.screen, TutorScreen):
            self.screen.notice(translate("app.language-now", name=language_name(code)))

    def change_settings(self, **changes: object) -> None:
        """Change settings, keep them, and let every screen show it."""
        self.workspace.change_settings(**changes)
        self._apply_settings()
        for screen in self.screen_stack:
            if isinstance(screen, Commanded):
                screen.refresh_texts()
        if isinstance(self.screen, TutorScreen):
            self.screen.say_notices()

    def _apply_settings(self) -> None:
        settings = self.workspace.settings
        self._ascii.enabled = self.ascii
        self.animation_level = "full" if self.motion else "none"
        look = look_for(settings.theme)
        name = f"tutor-{look.name}"
        if self.theme != name:
            self.look = look
            self.register_theme(textual_theme(look))
            self.theme = name

    def action_suspend_process(self) -> None:
        """Stop until the shell continues us; where no shell would, say so instead."""
        from tutor.tui.terminal.leaving import can_be_woken

        if can_be_woken():
            super().action_suspend_process()
        elif isinstance(self.screen, TutorScreen):
            self.screen.notice(translate("app.cannot-pause"), "warning")

    async def on_event(self, event: events.Event) -> None:
        """A window too small for the screens shows one sentence until it has grown."""
        if isinstance(event, (events.InputEvent, events.Paste)) and not event.is_forwarded:
            self.garbage.on_input()
            if self._type_ahead.keeps(event):
                return
            if isinstance(self.screen, Commanded):
                self.screen.on_input()
        if isinstance(event, events.Resize):
            self.window, size = event.size, self._laid_out_in(event.size)
            await super().on_event(events.Resize(size, size))
            if self.screen_stack:
                self.screen.refresh()  # the terminal may have lost what it showed, even if the size is the old one
            from tutor.tui.background import guard_size

            guard_size(self)
            return
        await super().on_event(event)

    @property
    def size(self) -> Size:
        """The size that screens are laid out in: the window's, or the last one that was not too small for them.

        To lay out a long lesson in two columns takes seconds, for a picture that nobody sees.
        """
        return self._laid_out_in(super().size)

    def _laid_out_in(self, window: Size) -> Size:
        if fits(window):
            self._roomy = window
        return self._roomy


def run_tutor(workspace: Workspace | None = None, first: FirstScreen | None = None) -> int:
    """Run tutor on this terminal until the learner leaves; returns the exit code."""
    app = TutorApp(workspace, first)
    try:
        app.run()
    finally:
        give_back = getattr(driver_of(app), "give_back", None)  # Textual's own drivers have given it back already
        if give_back is not None:
            # As late as can be: what is typed until then is for nobody.
            atexit.register(give_back, typing=app.crashed)
        if said := app.workspace.close():
            print(said, file=sys.stderr)
    return app.return_code or 0
