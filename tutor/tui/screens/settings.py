"""The settings: language, theme, ASCII, motion, quizzes and reviews. A change takes effect at once and is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult

from tutor.charts.cells import Row, Span
from tutor.foundation.languages import languages
from tutor.foundation.text import cell_width, pad, shorten, wrapped
from tutor.foundation.translate import language, language_name, translate
from tutor.progress.settings import Settings
from tutor.tui import routes
from tutor.tui.commands import Command
from tutor.tui.screen import TutorScreen
from tutor.tui.widgets.row_list import MOVES, RowItem, RowList, blank, fixed

_NAME_WIDTH = 18
_LANGUAGE_WIDTH = 20
_WIDE_ENOUGH = 60
"""Columns from which explanations begin below the values."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A setting with its name, its values and their names.

    Args:
        field: The field of `Settings`.
        label: Translation key of its name.
        about: Translation key of the sentence below it.
        values: Gives each value with its name, in the language in use.
        current: Gives the value in force; some settings follow the terminal until they are set.
    """

    field: str
    label: str
    about: str
    values: Callable[[], Sequence[tuple[object, str]]]
    current: Callable[[Settings], object]


def _named(*values: tuple[object, str]) -> Callable[[], Sequence[tuple[object, str]]]:
    """Values with the translation keys of their names."""
    return lambda: [(value, translate(key)) for value, key in values]


DAILY_MINUTES = (0, 5, 10, 15, 20, 30, 45, 60)
"""The daily goals that are offered, in minutes; 0 is none."""


def _daily_minutes() -> Sequence[tuple[object, str]]:
    return [(each, str(each) if each else translate("settings.off")) for each in DAILY_MINUTES]


_ON_OFF = _named((True, "settings.on"), (False, "settings.off"))

CHOICES: tuple[Choice, ...] = (
    Choice(
        "language", "settings.language", "settings.language-about",
        lambda: [(code, shorten(language_name(code), _LANGUAGE_WIDTH)) for code in languages()],
        lambda _settings: language(),
    ),
    Choice(
        "theme", "settings.theme", "settings.theme-about",
        _named(
            ("", "settings.automatic"), ("dark", "settings.theme-dark"), ("light", "settings.theme-light"),
            ("terminal", "settings.theme-terminal"),
        ),
        lambda settings: settings.theme,
    ),
    Choice(
        "ascii", "settings.ascii", "settings.ascii-about",
        _named((None, "settings.automatic"), (True, "settings.on"), (False, "settings.off")),
        lambda settings: settings.ascii,
    ),
    Choice(
        "motion", "settings.motion", "settings.motion-about",
        _ON_OFF,
        lambda settings: settings.motion,
    ),
    Choice(
        "screen_reader", "settings.screen-reader", "settings.screen-reader-about",
        _ON_OFF,
        lambda settings: settings.screen_reader,
    ),
    Choice(
        "daily_minutes", "settings.daily-goal", "settings.daily-goal-about",
        _daily_minutes,
        lambda settings: settings.daily_minutes,
    ),
    Choice(
        "confidence", "review.setting-confidence", "review.setting-confidence-about",
        _ON_OFF,
        lambda settings: settings.confidence,
    ),
    Choice(
        "translations", "review.setting-translations", "review.setting-translations-about",
        _ON_OFF,
        lambda settings: settings.translations,
    ),
    Choice(
        "notify", "notify.setting", "notify.setting-about",
        _named(
            ("", "settings.off"), ("bell", "notify.bell"), ("osc9", "notify.osc9"), ("osc777", "notify.osc777")
        ),
        lambda settings: settings.notify,
    ),
)  # fmt: skip


class SettingsList(RowList):
    """The list of settings. The screen handles enter, which changes the selected one."""

    KEYS: ClassVar[tuple[Command, ...]] = tuple(command for command in MOVES if command.id != "list.choose")


class SettingsScreen(TutorScreen):
    """Each setting with its values on one row and a sentence about it below."""

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("settings.next", ("right", "l", "enter", "space"), "settings.change", footer=1, palette=False,
                shown="← →"),
        Command("settings.previous", ("left", "h"), "settings.previous", palette=False),
    )  # fmt: skip

    def breadcrumb(self) -> list[str]:
        """``tutor › Settings``."""
        return [translate("settings.title")]

    def compose_body(self) -> ComposeResult:
        yield SettingsList(self._items())

    def on_resize(self) -> None:
        """Break the explanations for the new width."""
        self.query_one(SettingsList).set_items(self._items())

    def refresh_texts(self) -> None:
        self.query_one(SettingsList).set_items(self._items())
        super().refresh_texts()

    def _items(self) -> list[RowItem]:
        items = [item for choice in CHOICES for item in self._items_of(choice)]
        return [*items, blank(), *self._folders()]

    def _items_of(self, choice: Choice) -> list[RowItem]:
        def draw(width: int) -> Row:
            current = choice.current(self.workspace.settings)
            row = [Span("   "), Span(pad(translate(choice.label), _NAME_WIDTH), "strong")]
            return [*row, *_value_row(choice.values(), current, width - 3 - _NAME_WIDTH)]

        def about(line: str) -> RowItem:
            return fixed(lambda _width: [Span(" " * indent + line, "muted")])

        width = self.app.size.width
        indent = _NAME_WIDTH + 3 if width >= _WIDE_ENOUGH else 5
        return [RowItem(choice.field, draw), *map(about, wrapped(translate(choice.about), width - indent - 2))]

    def _folders(self) -> list[RowItem]:
        def item(key: str, path: Callable[[], object]) -> RowItem:
            def draw(width: int) -> Row:
                name = pad(translate(key), _NAME_WIDTH)
                text = str(path())
                room = width - _NAME_WIDTH - 4
                shown = text if cell_width(text) <= room else "…" + text[-(room - 1) :]
                return [Span(f"   {name}", "muted"), Span(shown, "muted")]

            return RowItem(key, draw, selectable=False)

        course = self.workspace.course
        return [
            item("settings.memory-folder", lambda: self.workspace.home),
            item("settings.lessons-folder", lambda: course.folder if course is not None else "-"),
        ]

    def _change(self, step: int) -> None:
        choice = next((each for each in CHOICES if each.field == self.query_one(RowList).selected), None)
        if choice is None:
            return
        values = [value for value, _ in choice.values()]
        current = choice.current(self.workspace.settings)
        index = values.index(current) if current in values else -1
        self.tutor.change_settings(**{choice.field: values[(index + step) % len(values)]})

    def action_next(self) -> None:
        self._change(1)

    def action_previous(self) -> None:
        self._change(-1)

    def on_row_list_chosen(self) -> None:
        """A click on a setting chooses its next value."""
        self._change(1)


def _value_row(values: Sequence[tuple[object, str]], current: object, room: int) -> Row:
    """The values with the one in force marked; if they do not fit, the first ones are left out."""
    parts = [f"{name}   " for _, name in values]
    at = next((index for index, (value, _) in enumerate(values) if value == current), 0)
    start = 0
    while start < at and sum(cell_width(part) + 2 for part in parts[start : at + 2]) > room:
        start += 1
    row: Row = [Span("… ", "muted")] if start else []
    for (value, _), part in list(zip(values, parts, strict=True))[start:]:
        chosen = value == current
        row += [
            Span("● " if chosen else "○ ", "accent" if chosen else "muted"),
            Span(part, "strong" if chosen else "muted"),
        ]
    return row


def screen_for(_route: routes.Settings) -> SettingsScreen:
    """The screen of a route."""
    return SettingsScreen()
