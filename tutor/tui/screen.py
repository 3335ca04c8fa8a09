"""What every screen shares: breadcrumb, status, footer, notices, commands, and the reaction to changed settings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
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
from tutor.tui.textual_private import ForgettingScreen
from tutor.tui.themes import RUNNING
from tutor.tui.widgets.frame import GAP, KeyLine, TopLine
from tutor.tui.widgets.notice import Notice

if TYPE_CHECKING:
    from tutor.course.lesson import Lesson
    from tutor.tui.shell import Shell
    from tutor.workspace import Workspace

ResultType = TypeVar("ResultType")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where somebody is, as a class sees it.

    Args:
        place: The kind of screen: the name of its module.
        lesson_id: The lesson; may be empty.
        section: The number of its section; 0 if that says nothing.
        anchor: The id of the section; may be empty.
        lab: The lab; may be empty.
    """

    place: str
    lesson_id: str = ""
    section: int = 0
    anchor: str = ""
    lab: str = ""


_HELP = next(command for command in SHARED if command.id == "app.help")

_SHARED_IDS = {command.id for command in SHARED}


def commands_of(node: DOMNode) -> Iterator[Command]:
    """The commands that ``node`` lists in ``KEYS`` and that can be used now.

    A screen also has those of its base classes, after its own; a widget's commands replace those of its base classes.
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
    """A screen that comes to rest after each change of the window's size."""

    async def on_event(self, event: events.Event) -> None:
        """Ignore a size that the window no longer has.

        Textual sends a screen each size that it was laid out in, and lays it out in each size that was sent. Two sizes
        on their way at once would follow each other for ever.
        """
        if not (isinstance(event, events.Resize) and event.size != self.app.size):
            await super().on_event(event)


class Commanded(SteadyScreen[ResultType]):
    """A screen whose bindings come from ``KEYS``. Subclasses list only their own commands."""

    KEYS: ClassVar[tuple[Command, ...]] = SHARED
    BINDINGS = bindings_of(SHARED)

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name, id, classes)
        self.gave_way = False
        """Whether another screen has taken its place: then garbage is not collected for this one alone."""

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
        """Settings, course, progress, runs."""
        return self.tutor.workspace

    async def read_lesson(self, lesson_id: str) -> Lesson | None:
        """Read a lesson in the language in use, in a thread, because it takes several frames."""
        return await asyncio.to_thread(self.workspace.lesson, lesson_id)

    def commands(self) -> list[Command]:
        """Every command that works now: the screen's, then the focused widget's, then the shared ones.

        Textual's `check_action`, of the screen or the widget, says what works now.
        """
        own = list(commands_of(self))
        focused = list(commands_of(self.focused)) if self.focused is not None else []
        first = [command for command in own if command.id not in _SHARED_IDS]
        shared = [command for command in own if command.id in _SHARED_IDS]
        return [*first, *focused, *shared, *self.tutor.class_commands()]

    def commands_in_reach(self) -> list[Command]:
        """The commands, each with the keys that reach it. While the learner types text, letters do not."""
        consumes = self._consumes
        if consumes is None:
            return self.commands()
        return [left for each in self.commands() if (left := while_typing(each, consumes))]

    @property
    def _consumes(self) -> Callable[[str, str | None], bool] | None:
        """Says whether the focused widget takes a key as text; None if it takes none.

        Most widgets take none, and finding the character of a key by its name loads a megabyte of Unicode names.
        """
        focused = self.focused
        if focused is None or type(focused).check_consume_key is DOMNode.check_consume_key:
            return None
        return focused.check_consume_key

    def refresh_texts(self) -> None:
        """Draw everything again after a change of language, look or ASCII mode.

        Widgets that translate and colour when they render need nothing more. Override it, and call it first, if texts
        were made beforehand.
        """
        for widget in self.walk_children(Widget):
            widget.refresh(layout=True)
        self.refresh(layout=True)

    def on_unmount(self) -> None:
        """Report that the screen has been left."""
        if not self.gave_way:
            self.tutor.screen_left()

    def on_input(self) -> None:
        """A key or the mouse was used. Called before anything else happens with it."""

    def whereabouts(self) -> Whereabouts | None:
        """Where this screen is in the course; None if the screen behind it says that."""
        return None

    def class_changed(self) -> None:
        """Something has happened in the class."""

    def run_command(self, command: Command) -> None:
        """Do what the key of ``command`` does."""
        focused = self.focused
        of_focused = {each.id for each in commands_of(focused)} if focused is not None else set()
        target = focused if focused is not None and command.id in of_focused else self
        self.call_later(self.app.run_action, command.call(command.keys[0] if command.keys else ""), target)

    def dismiss(self, result: ResultType | None = None) -> AwaitComplete:
        """Leave this screen with ``result``. A second call does nothing, so the screen behind it stays."""
        if self.app.screen_stack[-1:] != [self]:
            return AwaitComplete()
        return super().dismiss(result)

    def action_back(self) -> None:
        router.go_back(self.tutor)

    def action_glossary(self) -> None:
        router.go(self.tutor, routes.Glossary())

    def action_palette(self) -> None:
        router.go(self.tutor, routes.Palette(self.app.screen))

    def action_help(self) -> None:
        router.go(self.tutor, routes.Help(self.app.screen))

    def action_language(self) -> None:
        self.tutor.switch_language()

    def action_settings(self) -> None:
        router.go(self.tutor, routes.Settings())

    def action_line(self) -> None:
        """Show in the top line how many bytes are sent per second, or stop showing it."""
        watch_line(self.tutor)

    def action_home(self) -> None:
        router.go_home(self.tutor)

    def action_quit(self) -> None:
        """Leave tutor. Nothing is lost, because everything has been saved already."""
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
        """The path to this screen below ``tutor``, such as ``["3 Gradient descent", "Lab"]``, translated."""
        return []

    def status(self) -> Row:
        """The row at the right of the top line."""
        return []

    def trail(self) -> list[str]:
        """The whole breadcrumb."""
        return ["tutor", *self.breadcrumb()]

    def footer(self) -> list[Command]:
        """The commands in the footer, at most five."""
        return footer_commands(self.commands_in_reach())

    def _help_in_reach(self) -> Command:
        """The command for help with a key that works now: while the learner types, ``?`` is text."""
        consumes = self._consumes
        return (while_typing(_HELP, consumes) if consumes is not None else _HELP) or _HELP

    def _full_status(self) -> Row:
        status = self.status()
        if self.tutor.line_rate is not None:
            status = [Span(f"↓ {self.tutor.line_rate:,} B/s", "muted"), *([Span(GAP)] if status else []), *status]
        if self.tutor.runs_going and self.shows_runs():
            gap = [Span(GAP)] if status else []
            text = translate("app.runs-going", count=self.tutor.runs_going)
            return [*status, *gap, Span(f"{RUNNING} ", "accent"), Span(text, "muted")]
        return status

    def whereabouts(self) -> Whereabouts | None:
        return Whereabouts(type(self).__module__.split(".")[3])

    def shows_runs(self) -> bool:
        """Whether the top line shows the number of runs that are going."""
        return True

    def refresh_frame(self) -> None:
        """Draw top line and footer again. Call it when what they show has changed."""
        for widget in self.children:  # a query would look through the body too, in a lesson at every page
            if isinstance(widget, TopLine | KeyLine):
                widget.refresh()

    def notice(self, text: str, kind: str = "info", seconds: float | None = None) -> None:
        """Show a sentence above the footer for some seconds. ``kind`` is info, good or warning."""
        self.query_one(Notice).say(text, kind, seconds)

    def say_notices(self) -> None:
        """Show the notices of the workspace, such as that progress cannot be saved."""
        texts: Iterable[str] = self.workspace.take_notices()
        if text := sentences(*texts):
            self.notice(text, "warning")

    def on_screen_resume(self) -> None:
        self.refresh_frame()

    def on_descendant_focus(self) -> None:
        """Show the focused widget's commands in the footer."""
        self.refresh_frame()

    def on_key_line_pressed(self, event: KeyLine.Pressed) -> None:
        """A click on a key in the footer does what the key does."""
        self.run_command(event.command)


class TutorDialog(Commanded[ResultType], ModalScreen[ResultType]):
    """A card over a screen, which stays visible around it, but faint: the pieces of its rows are not to be read.

    With 16 colours nothing can be made faint, so the screen behind is not drawn.
    """

    DEFAULT_CSS = """
    TutorDialog { align: center middle; background: $background 65%; &:ansi { background: $background; } }
    """

    def on_click(self, event: events.Click) -> None:
        """A click outside the card closes it."""
        if event.widget is self:
            self.action_back()


def watch_line(app: Shell) -> None:
    """Show in the top line how many bytes are sent per second, or stop showing it."""

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
