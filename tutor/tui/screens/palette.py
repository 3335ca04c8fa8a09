"""Find anything by name: commands of the screen, lessons, labs, exercises, terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input
from textual.worker import get_current_worker

from tutor.charts.cells import Row, Span
from tutor.course.glossary import fold
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.text import cell_width, pad, pad_left, shorten
from tutor.foundation.translate import language, translate
from tutor.tui import router, routes
from tutor.tui.commands import Command
from tutor.tui.screen import Commanded, TutorDialog
from tutor.tui.widgets.row_list import MadeItems, RowItem, RowList

if TYPE_CHECKING:
    from tutor.course.catalogue import Course
    from tutor.course.glossary import Glossary, GlossaryEntry
    from tutor.course.term_index import IndexedExercise
    from tutor.study.passages import Found, TextSearch


T = TypeVar("T")

_KIND_WIDTH = 8
_MOST_PASSAGES = 12
_MOST_TERMS = 50
_TERM = "term:"
"""What the keys of terms begin with."""
_SHORTEST = 3
"""Bytes of a text to find inside lessons: three Latin letters, or one Chinese character."""


_folded = lru_cache(maxsize=10_000)(fold)
"""The palette is opened again and again, with the same names."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to find.

    Args:
        key: Unique in the palette.
        kind: Translation key of what it is.
        names: Every name it is found by; the first is shown.
        act: Called when it is chosen, after the palette has closed.
        note: Shown after the name: a key, or the name in another language.
    """

    key: str
    kind: str
    names: tuple[str, ...]
    act: Callable[[], None]
    note: str = ""
    folded: tuple[str, ...] = field(init=False)
    """The names as they are compared."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded", tuple(map(_folded, self.names)))


class Palette(TutorDialog[None]):
    """An input line and the list of what it finds.

    Args:
        behind: The screen whose commands are offered.
    """

    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("palette.up", ("up", "ctrl+k"), "keys.up", group="keys.group-move", palette=False),
        Command("palette.down", ("down", "ctrl+j"), "keys.down", group="keys.group-move", palette=False),
    )
    CSS = """
    Palette { align: center top; }
    Palette > Vertical {
        width: 72; max-width: 100%; height: 18; max-height: 100%; margin: 2 0; background: $surface;
        border: round $rule; padding: 0 1;
    }
    Palette Input { border: none; height: 1; padding: 0; background: $surface; margin: 0 0 1 1; }
    """

    def __init__(self, behind: Screen[object]) -> None:
        super().__init__()
        self._behind = behind
        self._entries: list[Entry] = []
        self._passages: tuple[str, list[Entry]] = ("", [])  # for which query they were found
        self._text: TextSearch | None = None
        self._glossary: Glossary | None = None
        self._moved = False  # whether the learner has moved the selection since the query was typed

    def compose(self) -> ComposeResult:
        self._entries = [*self._commands(), *self._lessons()]
        with Vertical():
            yield Input(placeholder=translate("palette.placeholder"), select_on_focus=False)
            yield RowList(self._items(""))

    def on_mount(self) -> None:
        """Read labs and terms in a thread; they are added when they have been read."""
        self.query_one(RowList).can_focus = False
        self.run_worker(self._read_more, thread=True, exit_on_error=False)

    def _read_more(self) -> None:
        self._from_thread(self._add, self._labs())
        if self.workspace.course is not None:
            self._from_thread(self._add_terms, self.workspace.course.glossary())
        self._from_thread(self._add, self._exercises())

    def _from_thread(self, call: Callable[[T], None], value: T) -> None:
        if self.is_attached:
            self.app.call_from_thread(call, value)

    def _add(self, entries: Sequence[Entry]) -> None:
        self._entries += entries
        self._show(self.query_one(Input).value)

    def _add_terms(self, glossary: Glossary) -> None:
        self._glossary = glossary
        self._show(self.query_one(Input).value)

    def _commands(self) -> list[Entry]:
        behind = self._behind
        if not isinstance(behind, Commanded):
            return []

        def entry(command: Command) -> Entry:
            names = (translate(command.label).capitalize(), translate(command.help or command.label))
            return Entry(command.id, "palette.command", names, lambda: behind.run_command(command), command.key_shown)

        return [entry(command) for command in behind.commands() if command.palette]

    def _lessons(self) -> list[Entry]:
        course = self.workspace.course
        if course is None:
            return []
        titles: dict[str, list[str]] = {}
        for name in dict.fromkeys([language(), *course.languages]):
            for header in course.headers(name):
                titles.setdefault(header.id, []).append(harmless_line(header.numbered_title))

        def entry(lesson: str, names: list[str]) -> Entry:
            return Entry(
                f"lesson:{lesson}", "palette.lesson", (*names, lesson),
                lambda: router.go(self.tutor, routes.Lesson(lesson)),
            )  # fmt: skip

        return [entry(*item) for item in titles.items()]

    def _labs(self) -> list[Entry]:
        from tutor.labs.lab_files import read_title

        course = self.workspace.course
        if course is None:
            return []
        entries = []
        for name, path in course.labs.files():
            titles = read_title(path) if harmless_line(name) == name else {}
            if titles:  # `tutor check` reports labs without a readable title
                own = [titles[language()]] if language() in titles else []
                entries.append(self._lab_entry(name, tuple(dict.fromkeys((*own, *titles.values())))))
        return entries

    def _lab_entry(self, name: str, titles: tuple[str, ...]) -> Entry:
        return Entry(
            f"lab:{name}", "palette.lab", (*map(harmless_line, titles), name),
            lambda: router.go(self.tutor, routes.Lab(name)),
        )  # fmt: skip

    def _exercises(self) -> list[Entry]:
        from tutor.typeset.page import one_line

        course = self.workspace.course
        if course is None:
            return []

        def entry(exercise: IndexedExercise) -> Entry:
            return Entry(
                f"exercise:{exercise.id}", "palette.exercise",
                (one_line(exercise.title), exercise.id, exercise.function),
                lambda: router.go(self.tutor, routes.Exercise(exercise.id)), exercise.id,
            )  # fmt: skip

        return [*map(entry, course.indexed_exercises(language())), *self._project(course)]

    def _project(self, course: Course) -> list[Entry]:
        """The section that sets the project, which is scored in a shell and has no screen of its own."""
        from tutor.course.exercises.project import LESSON_OF_PROJECT, PROJECT, section_of_project

        section = section_of_project(course, language())
        if section is None:
            return []
        route = routes.Lesson(LESSON_OF_PROJECT, section)
        names = (translate("project.title"), PROJECT)
        go = partial(router.go, self.tutor, route)
        return [Entry(f"exercise:{PROJECT}", "palette.exercise", names, go, f"tutor exercise {PROJECT}")]

    def _term_entry(self, term: GlossaryEntry) -> Entry:
        here, both = language(), self.workspace.settings.translations
        also = (name for names in term.also.values() for name in names)
        names = tuple(map(harmless_line, (term.name(here), *term.other_names(here), *also)))
        return Entry(
            f"{_TERM}{term.id}", "palette.term", names,
            lambda: router.go(self.tutor, routes.Term(term.id)), " ".join(term.names_beside(here, reads_both=both)),
        )  # fmt: skip

    def _find_passages(self, query: str) -> None:
        """Find text inside lessons, in a thread, because that reads all of them."""
        from tutor.study.passages import TextSearch

        course = self.workspace.course
        if course is None:
            return
        if self._text is None:
            self._text = TextSearch(course, language())
        worker = get_current_worker()  # cancelled once another query was typed or the palette was closed
        found = self._text.find(query, most=_MOST_PASSAGES, stop=lambda: worker.is_cancelled)
        if worker.is_cancelled:
            return
        titles = {header.id: harmless_line(header.numbered_title) for header in course.headers(language())}
        entries = [
            self._passage_entry(number, each, titles.get(each.lesson_id, each.lesson_id))
            for number, each in enumerate(found)
        ]
        if self.is_attached:
            self.app.call_from_thread(self._show_passages, query, entries)

    def _passage_entry(self, number: int, found: Found, title: str) -> Entry:
        passage = found.passage
        route = routes.Lesson(found.lesson_id, passage.section, passage.text)
        return Entry(
            f"passage:{number}", "palette.passage", (harmless_line(passage.text),),
            lambda: router.go(self.tutor, route), title,
        )  # fmt: skip

    def _show_passages(self, query: str, entries: list[Entry]) -> None:
        if self.query_one(Input).value == query:  # the rows in view keep their entries if an older search ends last
            self._passages = query, entries
            self._show(query)

    def _items(self, query: str) -> Sequence[RowItem]:
        words = fold(query).split()
        if not words:
            return self._all_items()
        entries = [*self._entries, *map(self._term_entry, self._search_terms(query))]
        found = [(score, entry) for entry in entries if (score := _score(words, entry))]
        found.sort(key=lambda pair: -pair[0])
        if found and found[0][0] > 2 * SCATTERED:  # scattered letters count only if nothing else matches
            found = [pair for pair in found if pair[0] > 2 * SCATTERED]
        of_query, passages = self._passages
        shown = [*(each for _, each in found), *(passages if of_query == query else ())]
        return MadeItems([entry.key for entry in shown], lambda number: _item(shown[number]))

    def _search_terms(self, query: str) -> Sequence[GlossaryEntry]:
        return self._glossary.search(query, _MOST_TERMS) if self._glossary is not None else ()

    def _all_items(self) -> Sequence[RowItem]:
        """Everything, while nothing is typed. There may be very many terms, so their rows are made when in view."""
        entries = [*self._entries]
        terms = self._glossary.entries(language()) if self._glossary is not None else ()
        keys = [*(entry.key for entry in entries), *(f"{_TERM}{term.id}" for term in terms)]

        def make(number: int) -> RowItem:
            term = number - len(entries)
            return _item(entries[number] if term < 0 else self._term_entry(terms[term]))

        return MadeItems(keys, make)

    def _show(self, query: str) -> None:
        items = self._items(query)
        if not items:
            items = [RowItem("", lambda _width: [Span(f" {translate('palette.nothing')}", "muted")], selectable=False)]
        self.query_one(RowList).set_items(items, select=None if self._moved else items[0].key)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._moved = False
        self._show(event.value)
        if len(event.value.strip().encode()) >= _SHORTEST:
            find = partial(self._find_passages, event.value)
            self.run_worker(find, group="passages", exclusive=True, thread=True, exit_on_error=False)

    def on_input_submitted(self) -> None:
        self.query_one(RowList).action_choose()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Close the palette, then do what was chosen."""
        entry = self._entry(event.key)
        if entry is not None:
            self.dismiss(None)
            self.app.call_later(entry.act)

    def _entry(self, key: str) -> Entry | None:
        if self._glossary is not None and key.startswith(_TERM):
            term = self._glossary.get(key.removeprefix(_TERM))
            return self._term_entry(term) if term is not None else None
        return next((entry for entry in (*self._entries, *self._passages[1]) if entry.key == key), None)

    def action_up(self) -> None:
        self._moved = True
        self.query_one(RowList).action_up()

    def action_down(self) -> None:
        self._moved = True
        self.query_one(RowList).action_down()

    def action_palette(self) -> None:
        """Close the palette with the key that opened it."""
        self.dismiss(None)


def _score(words: Sequence[str], entry: Entry) -> int:
    """How well an entry matches the words of a folded query, 0 if it does not; the name that is shown counts most.

    Terms are among what the glossary has found, so they match at least as well as scattered letters do.
    """
    best = 2 * SCATTERED if entry.kind == "palette.term" else 0
    less = 0
    for name in entry.folded:
        if score := match(words, name):
            best = max(best, 2 * score - less)
        less = 1
    return best


def _item(entry: Entry) -> RowItem:
    def draw(width: int) -> Row:
        kind = pad(translate(entry.kind), _KIND_WIDTH)
        note = shorten(entry.note, width // 3)
        room = width - _KIND_WIDTH - 4
        name = shorten(entry.names[0], room - cell_width(note) - 2 if note else room)
        return [Span(f" {kind} ", "muted"), Span(name), Span(pad_left(note, room - cell_width(name)), "muted")]

    return RowItem(entry.key, draw)


def screen_for(route: routes.Palette) -> Palette:
    """The screen of a route."""
    return Palette(route.behind)


EXACT, PREFIX, WORD, INSIDE, SCATTERED = 5, 4, 3, 2, 1


def match(words: Sequence[str], name: str) -> int:
    """How well a folded name matches the words of a folded query, all of them: 5 is best, 0 is not at all."""
    if not words:
        return INSIDE
    return EXACT if words == name.split() else min(_match_word(word, name) for word in words)


def _match_word(word: str, name: str) -> int:
    if name.startswith(word):
        return PREFIX
    place = name.find(word)
    if place > 0:
        return INSIDE if name[place - 1].isalnum() and name[place - 1].isascii() else WORD
    letters = iter(name)
    return SCATTERED if len(word) > 2 and all(letter in letters for letter in word) else 0
