"""A command is one object with its keys, its rank in the footer, its palette entry and its line of help.

A screen lists its commands in ``KEYS``. Key bindings, footer, help and palette are derived from that list, so they
always agree. Texts are translation keys that are looked up when they are shown, so they follow the language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from textual.binding import Binding, BindingType
from textual.keys import key_to_character

from tutor.tui.keymap import key_name, learners_keys


@dataclass(frozen=True, slots=True)
class Command:
    """Something that a learner can do on a screen.

    Args:
        id: Unique over the program, ``screen.verb``.
        keys: The keys as Textual names them; the first one is shown. Empty if the screen reads the keys itself.
        label: Translation key of its name: one or two words, for the footer.
        help: Translation key of a sentence for the help screen; if empty, the label is used.
        action: The Textual action; if empty, the verb of ``id``, so that ``home.open`` runs ``action_open``.
        footer: Its rank in the footer, from 1; 0 leaves it out.
        group: Translation key of its heading in the help screen.
        palette: Whether the palette offers it.
        shown: What to show instead of the first key, such as ``1–9``.
        passes_id: Whether the action gets `id`, for a screen with one action for all of its commands.
        passes_key: Whether the action gets the pressed key, for commands such as "choose 1 to 9".
        priority: Whether it acts before the focused widget sees the key.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str = ""
    action: str = ""
    footer: int = 0
    group: str = "keys.group-screen"
    palette: bool = True
    shown: str = ""
    passes_id: bool = False
    passes_key: bool = False
    priority: bool = False
    usual_keys: tuple[str, ...] = field(init=False, repr=False)
    """The keys that it has unless the learner chose others in ``keys.toml``."""

    def __post_init__(self) -> None:
        """Take the learner's own keys."""
        object.__setattr__(self, "usual_keys", self.keys)
        own = learners_keys().keys.get(self.id)
        if own and self.movable and not set(self.keys) <= set(own):
            object.__setattr__(self, "keys", own)
            object.__setattr__(self, "shown", "")

    @property
    def movable(self) -> bool:
        """Whether the learner can choose its keys. Where the key says what to do, as 1 to 9 do, it has to stay."""
        return bool(self.usual_keys) and not self.passes_key

    @property
    def verb(self) -> str:
        """The part of `id` after the dot, as a Python name."""
        return self.id.rpartition(".")[2].replace("-", "_")

    @property
    def action_name(self) -> str:
        """The name of the Textual action, without parameters."""
        return self.action or self.verb

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters of the action that do not depend on the key."""
        return (self.id,) if self.passes_id else ()

    def call(self, key: str) -> str:
        """The action that ``key`` runs, with its parameters, in Textual's notation."""
        parameters = ", ".join(map(repr, (*self.parameters, *([key] if self.passes_key else []))))
        return f"{self.action_name}({parameters})" if parameters else self.action_name

    @property
    def key_shown(self) -> str:
        """The key as people write it."""
        return self.shown or (key_name(self.keys[0]) if self.keys else "")

    @property
    def keys_shown(self) -> str:
        """All keys, for the help screen, where a command that shares a place in the footer shows its own keys."""
        return self.shown if self.passes_key or not self.keys else " ".join(key_name(key) for key in self.keys)


def bindings_of(commands: Iterable[Command]) -> list[BindingType]:
    """The Textual bindings of ``commands``. Their descriptions are translation keys, which are never shown.

    A key that the learner chose for one of them is taken from the others.
    """
    commands = list(commands)
    chosen = {key for command in commands if command.keys != command.usual_keys for key in command.keys}
    return [
        Binding(
            key,
            command.call(key),
            description=command.label,
            show=False,
            priority=command.priority,
        )
        for command in commands
        for key in command.keys
        if key not in chosen or command.keys != command.usual_keys
    ]


def footer_commands(commands: Iterable[Command], limit: int = 5) -> list[Command]:
    """At most ``limit`` commands for the footer, by rank."""
    return sorted((command for command in commands if command.footer), key=lambda command: command.footer)[:limit]


def while_typing(command: Command, consumes: Callable[[str, str | None], bool]) -> Command | None:
    """``command`` with the keys that reach it while the learner types; None if all of its keys are text.

    Args:
        command: The command.
        consumes: The focused widget's ``check_consume_key``.
    """
    free = tuple(key for key in command.keys if not consumes(key, key_to_character(key)))
    if free == command.keys:
        return command
    return replace(command, keys=free, shown="") if free else None


SHARED: tuple[Command, ...] = (
    Command("app.back", ("escape",), "keys.back", "keys.back-help", "back", footer=97, group="keys.group-everywhere"),
    Command("app.glossary", ("g",), "keys.glossary", "keys.glossary-help", footer=90, group="keys.group-everywhere"),
    Command("app.palette", ("ctrl+p",), "keys.palette", "keys.palette-help", group="keys.group-everywhere",
            palette=False),
    Command("app.help", ("question_mark", "f1"), "keys.help", "keys.help-help", group="keys.group-everywhere"),
    Command("app.language", ("L",), "keys.language", "keys.language-help", group="keys.group-everywhere"),
    Command("app.settings", ("S",), "keys.settings", "keys.settings-help", group="keys.group-everywhere"),
    Command("app.line", ("ctrl+o",), "keys.line", "keys.line-help", group="keys.group-everywhere"),
    Command("app.home", ("H",), "keys.home", "keys.home-help", group="keys.group-everywhere"),
    Command("app.quit", ("q", "ctrl+c", "ctrl+q"), "keys.quit", "keys.quit-help", group="keys.group-everywhere"),
)  # fmt: skip
"""What every screen and dialog can do, with the same keys everywhere."""

_CLASS = "class.group"
LEARNERS: tuple[Command, ...] = (
    Command("class.help", ("ctrl+g",), "class.key-help", "class.key-help-help", "app.class_do",
            passes_id=True, group=_CLASS),
    Command("class.poll", ("ctrl+r",), "class.key-poll", "class.key-poll-help", "app.class_do",
            passes_id=True, group=_CLASS),
    Command("class.notice", (), "class.key-notice", "class.key-notice-help", "app.class_do",
            passes_id=True, group=_CLASS),
)  # fmt: skip
"""What a learner in a class can do on every screen."""
TEACHERS: tuple[Command, ...] = (
    Command("class.room", ("ctrl+g",), "class.key-room", "class.key-room-help", "app.class_do",
            passes_id=True, group=_CLASS),
    Command("class.call", ("ctrl+r",), "class.key-call", "class.key-call-help", "app.class_do",
            passes_id=True, group=_CLASS),
)  # fmt: skip
"""What a teacher can do on every screen."""
