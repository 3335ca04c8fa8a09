"""What every screen shares: breadcrumb, status, footer, notices, commands, and how it hears of changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.containers import Container
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from tutor.charts.cells import Row, Span
from tutor.foundation.translate import sentences, translate
from tutor.tui import router, routes
from tutor.tui.commands import SHARED, Command, bindings_of, footer_commands, while_typing
from tutor.tui.textual_private import ForgettingScreen, compositor
from tutor.tui.themes import RUNNING
from tutor.tui.widgets.frame import GAP, KeyLine, TopLine
from tutor.tui.widgets.notice import Notice

if TYPE_CHECKING:
    from tutor.tui.shell import Shell
    from tutor.workspace import Workspace

ResultType = TypeVar("ResultType")

_HELP = next(command for command in SHARED if command.id == "app.help")

_SHARED_IDS = {command.id for command in SHARED}


def commands_of(node: DOMNode) -> Iterator[Command]:
    """The commands that ``node`` lists in ``KEYS`` and that can be used now.

    A screen's come with those of its bases, the most particular first; a widget's replace its bases'.
    """
    seen: set[str] = set()
    for base in type(node).__mro__:
        if "KEYS" not in base.__dict__:
            continue
        for command in base.__dict__["KEYS"]:
            if command.id not in seen and node.check_action(command.action_name, command.parameters):
                seen.add(command.id)
                yield command
        if not isinstance(node, Screen):
            return


class SteadyScreen(ForgettingScreen[ResultType]):
    """A screen that comes to rest after every change of the window."""

    async def on_event(self, event: events.Event) -> None:
        """Do not follow a size that the window no longer has.

        Textual tells a screen each size that it was laid out in, and the screen is laid out in each size that it is
        told. Two sizes on their way at once follow each other round for ever.
        """
        if not (isinstance(event, events.Resize) and event.size != self.app.size):
            await super().on_event(event)


class Commanded(SteadyScreen[ResultType]):
    """A screen whose bindings come from ``KEYS``. Subclasses list only their own commands."""

    KEYS: ClassVar[tuple[Command, ...]] = SHARED
    BINDINGS = bindings_of(SHARED)

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name, id, classes)
        self._compositor = compositor()
        self.gave_way = False
        """Whether another screen has taken its place while it worked: no pause is made to collect what it was."""

    def __init_subclass__(cls, **options: Any) -> None:
        if "KEYS" in cls.__dict__:
            cls.BINDINGS = bindings_of(cls.__dict__["KEYS"])
        super().__init_subclass__(**options)

    @property
    def tutor(self) -> Shell:
        """The app."""
        return cast("Shell", self.app)

    @property
    def workspace(self) -> Workspace:
        """Settings, course, memory, runs."""
        return self.tutor.workspace

    def commands(self) -> list[Command]:
        """Every command that works here: the screen's, then the focused widget's, then the shared ones.

        `check_action` (Textual's) of the screen or the widget says what works now.
        """
        own = list(commands_of(self))
        focused = list(commands_of(self.focused)) if self.focused is not None else []
        first = [command for command in own if command.id not in _SHARED_IDS]
        return [*first, *focused, *(command for command in own if command.id in _SHARED_IDS)]

    def commands_in_reach(self) -> list[Command]:
        """The commands, each with the keys that reach it: while letters are typed as text, no letter does."""
        focused = self.focused
        if focused is None:
            return self.commands()
        return [left for each in self.commands() if (left := while_typing(each, focused.check_consume_key))]

    def refresh_texts(self) -> None:
        """The language, the look or ASCII mode has changed: say and draw everything anew.

        Widgets that translate and colour when they render need nothing more. Override (and call this first)
        where texts were made beforehand.
        """
        for widget in self.walk_children(Widget):
            widget.refresh(layout=True)
        self.refresh(layout=True)

    def on_unmount(self) -> None:
        """The screen has been left."""
        if not self.gave_way:
            self.tutor.screen_left()

    def on_input(self) -> None:
        """A key or the mouse came in, before anything is done with it: somebody is there."""

    def run_command(self, command: Command) -> None:
        """Do what the key of ``command`` would do."""
        focused = self.focused
        of_focused = {each.id for each in commands_of(focused)} if focused is not None else set()
        target = focused if focused is not None and command.id in of_focused else self
        self.call_later(self.app.run_action, command.call(command.keys[0] if command.keys else ""), target)

    def dismiss(self, result: ResultType | None = None) -> AwaitComplete:
        """Leave this screen with ``result``; once is enough, and the screen behind it stays."""
        if self.app.screen_stack[-1:] != [self]:
            return AwaitComplete()
        return super().dismiss(result)

    def action_back(self) -> None:
        """Leave this screen."""
        router.go_back(self.tutor)

    def action_glossary(self) -> None:
        """Open the glossary."""
        router.go(self.tutor, routes.Glossary())

    def action_palette(self) -> None:
        """Find anything by name."""
        router.go(self.tutor, routes.Palette(self.app.screen))

    def action_help(self) -> None:
        """Show every key of this screen."""
        router.go(self.tutor, routes.Help(self.app.screen))

    def action_language(self) -> None:
        """Go to the next language."""
        self.tutor.switch_language()

    def action_settings(self) -> None:
        """Open the settings."""
        router.go(self.tutor, routes.Settings())

    def action_line(self) -> None:
        """Show how many bytes a second go to the terminal, or no longer."""
        watch_line(self.tutor)

    def action_home(self) -> None:
        """Back to the course map."""
        router.go_home(self.tutor)

    def action_quit(self) -> None:
        """Leave tutor. Nothing is lost: everything was saved when it happened."""
        self.app.exit(0)


class TutorScreen(Commanded[None]):
    """A full screen: top line, rule, body, rule, footer."""

    DEFAULT_CSS = """
    TutorScreen { layers: base notice; overflow: hidden; }
    TutorScreen > #body { height: 1fr; }
    """

    def compose(self) -> ComposeResult:
        """The frame; the body comes from `compose_body`."""
        yield TopLine(self.trail, self._full_status)
        with Container(id="body"):
            yield from self.compose_body()
        yield KeyLine(self.footer, self._help_in_reach)
        yield Notice()

    def compose_body(self) -> ComposeResult:
        """The widgets between the two rules."""
        return iter(())

    def breadcrumb(self) -> list[str]:
        """Where one is, below ``tutor``: ``["3 Gradient descent", "Lab"]``. In the language in use."""
        return []

    def status(self) -> Row:
        """What the top line says on the right."""
        return []

    def trail(self) -> list[str]:
        """The whole breadcrumb."""
        return ["tutor", *self.breadcrumb()]

    def footer(self) -> list[Command]:
        """The commands in the footer, at most five."""
        return footer_commands(self.commands_in_reach())

    def _help_in_reach(self) -> Command:
        """The command for help by the key that works now: where one types, ``?`` is text."""
        focused = self.focused
        return (while_typing(_HELP, focused.check_consume_key) if focused is not None else _HELP) or _HELP

    def _full_status(self) -> Row:
        status = self.status()
        if self.tutor.line_rate is not None:
            status = [Span(f"↓ {self.tutor.line_rate:,} B/s", "muted"), *([Span(GAP)] if status else []), *status]
        if self.tutor.runs_going and self.shows_runs():
            gap = [Span(GAP)] if status else []
            text = translate("app.runs-going", count=self.tutor.runs_going)
            return [*status, *gap, Span(f"{RUNNING} ", "accent"), Span(text, "muted")]
        return status

    def shows_runs(self) -> bool:
        """Whether the top line tells of runs in the background; a lab says it in its own words."""
        return True

    def refresh_frame(self) -> None:
        """Draw top line and footer anew: call it when what they say has changed."""
        for widget in self.query("TopLine, KeyLine"):
            widget.refresh()

    def notice(self, text: str, kind: str = "info", seconds: float | None = None) -> None:
        """Say a sentence over the rule above the footer for some seconds. ``kind``: info, good, warning."""
        self.query_one(Notice).say(text, kind, seconds)

    def say_notices(self) -> None:
        """Say what the services have to tell, such as a memory that cannot be written."""
        texts: Iterable[str] = self.workspace.take_notices()
        if text := sentences(*texts):
            self.notice(text, "warning")

    def on_screen_resume(self) -> None:
        """The screen is in front again."""
        self.refresh_frame()

    def on_descendant_focus(self) -> None:
        """The footer shows the focused widget's commands too."""
        self.refresh_frame()

    def on_key_line_pressed(self, event: KeyLine.Pressed) -> None:
        """A click on the footer is the key."""
        self.run_command(event.command)


class TutorDialog(Commanded[ResultType], ModalScreen[ResultType]):
    """A card over the screen that stays visible around it."""

    DEFAULT_CSS = """
    TutorDialog { align: center middle; background: transparent; &:ansi { background: transparent; } }
    """

    def on_click(self, event: events.Click) -> None:
        """A click beside the card closes it."""
        if event.widget is self:
            self.action_back()


def watch_line(app: Shell) -> None:
    """Show in the top line how many bytes a second go to the terminal; no longer if it is shown."""

    def show(rate: int | None) -> None:
        app.line_rate = rate
        if isinstance(app.screen, TutorScreen):
            app.screen.refresh_frame()

    if app.line_rate is not None:
        show(None)
        return
    show(0)
    sent = app.bytes_sent

    def look() -> None:
        nonlocal sent
        if app.line_rate is None:
            timer.stop()
            return
        before, sent = sent, app.bytes_sent
        show(sent - before)

    timer = app.set_interval(1.0, look)
