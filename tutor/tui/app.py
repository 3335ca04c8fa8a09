"""The app: which screen is first, which language and look hold, and when it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.filter import Monochrome, NoColor
from textual.screen import Screen

from tutor.foundation.translate import LANGUAGES, language, use_language
from tutor.tui.glyphs import AsciiFilter, terminal_speaks_unicode
from tutor.tui.screen_css import add_screen_css
from tutor.tui.screens.base import Commanded, TutorScreen
from tutor.tui.services import Services
from tutor.tui.themes import LOOKS, Look, look_for, textual_theme
from tutor.tui.tidying import LOOK_EVERY, Tidying

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

    def __init__(self, services: Services | None = None, first: FirstScreen | None = None) -> None:
        super().__init__()
        self.services = services or Services()
        self.look: Look = LOOKS["dark"]
        self.runs_going = 0
        self.line_rate: int | None = None
        """Bytes sent in the last second, where the learner asked to see it."""
        self.too_small = False
        self.tidying = Tidying()
        """Looks for garbage in the pauses between keys."""
        self._first = first
        self._ascii = AsciiFilter(enabled=False)
        self._filters = [each for each in self._filters if not isinstance(each, Monochrome)]  # greys are colours too
        self._filters += [NoColor()] if os.environ.get("NO_COLOR") else []
        self._filters.append(self._ascii)
        self._disable_tooltips = True
        self._disable_notifications = True
        self._apply_settings()

    def get_default_screen(self) -> Screen[None]:
        """The first screen."""
        if self._first is not None:
            screen = self._first()
        else:
            from tutor.tui.screens.home import HomeScreen

            screen = HomeScreen()
        # Textual does both for every screen but the first, and cannot switch that one to the course map without.
        self._load_screen_css(screen)
        screen._push_result_callback(self, None)  # noqa: SLF001
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
        chosen = self.services.settings.ascii
        return not terminal_speaks_unicode() if chosen is None else chosen

    @property
    def motion(self) -> bool:
        """Whether things may move on their own: the setting, and never over SSH, where each step costs bytes."""
        return self.services.settings.motion and "SSH_CONNECTION" not in os.environ

    @property
    def unseen(self) -> bool:
        """Whether nobody can see what would be drawn now: the terminal takes nothing, nobody need look at a log."""
        return bool(getattr(self._driver, "stalled", False))  # Textual's own drivers cannot tell

    def _fatal_error(self) -> None:
        """A fault of ours: the traceback goes into a file, the learner gets a sentence."""
        from tutor.tui.background import keep_traceback

        self._exit_renderables.append(keep_traceback(self._exception, self.services.home))
        self._close_messages_no_wait()

    def on_mount(self) -> None:
        """Everything that the first frame does not need happens after it."""
        self.call_after_refresh(self._after_first_frame)

    def _after_first_frame(self) -> None:
        self.tidying.begin()
        self.set_interval(LOOK_EVERY, self.tidying.look)
        from tutor.tui.background import watch_runs

        watch_runs(self)
        self.set_timer(_AHEAD_AFTER, self._import_ahead)

    def _import_ahead(self) -> None:
        from tutor.tui.ahead import import_ahead

        import_ahead(self, self.tidying.keep)

    def switch_language(self) -> None:
        """Speak the other language, everywhere, at once."""
        others = [name for name in LANGUAGES if name != language()]
        self.change_settings(language=others[0])

    def change_settings(self, **changes: object) -> None:
        """Change settings, keep them, and let every screen show it."""
        self.services.change_settings(**changes)
        self._apply_settings()
        for screen in self.screen_stack:
            if isinstance(screen, Commanded):
                screen.renew()
        if isinstance(self.screen, TutorScreen):
            self.screen.say_notices()

    def _apply_settings(self) -> None:
        settings = self.services.settings
        if settings.language:
            use_language(settings.language)
        self._ascii.enabled = self.ascii
        self.animation_level = "full" if self.motion else "none"
        look = look_for(settings.theme)
        name = f"tutor-{look.name}"
        if self.theme != name:
            self.look = look
            self.register_theme(textual_theme(look))
            self.theme = name

    async def on_event(self, event: events.Event) -> None:
        """A window too small for the screens shows one sentence until it has grown."""
        if isinstance(event, events.InputEvent):
            self.tidying.stir()
            if isinstance(self.screen, Commanded):
                self.screen.stirred()
        await super().on_event(event)
        if isinstance(event, events.Resize):
            from tutor.tui.background import guard_size

            guard_size(self, event.size)


def run_tutor(services: Services | None = None, first: FirstScreen | None = None) -> int:
    """Run tutor on this terminal until the learner leaves; returns the exit code."""
    app = TutorApp(services, first)
    try:
        app.run()
    finally:
        if said := app.services.close():
            print(said, file=sys.stderr)
    return app.return_code or 0
