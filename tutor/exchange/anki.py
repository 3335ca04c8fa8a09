"""Anki packages: notes become terms, and notes with gaps (cloze) become fill-in questions.

A package is a zip file with a SQLite database of unknown origin. It is opened read-only, in memory, with bounded
queries, and only tables are read: a view could run for ever.
"""

from __future__ import annotations

import csv
import importlib
import json
import re
import sqlite3
from contextlib import closing
from typing import Final

from tutor.course.lesson import BLANK
from tutor.exchange.answers import usable_answer
from tutor.exchange.archives import Archive
from tutor.exchange.items import MOST_ITEMS, Collection, Item, Tell
from tutor.exchange.markup import from_html
from tutor.exchange.tsv import add_term
from tutor.foundation.errors import TutorError
from tutor.foundation.safe_text import harmless_line
from tutor.foundation.translate import translate

COLLECTIONS: Final = ("collection.anki21b", "collection.anki21", "collection.anki2")
"""The database by the versions of Anki, the newest first; the newest is compressed with Zstandard."""

_LARGEST: Final = 128 << 20
_LONGEST_FIELD: Final = 200_000
_MOST_STEPS: Final = 20_000
"""So many times a query may report that it has worked for another 10,000 steps of SQLite's machine."""

_GAP = re.compile(r"\{\{c[0-9]{1,3}::(?P<answer>[^{}]{0,2000}+)\}\}")
_BRACE = re.compile(r"(\{\{c[0-9]{1,3}::|\}\})")
_LATEX = re.compile(r"\[(?P<sign>latex|\$\$?)\](?P<formula>.{1,2000}?)\[/(?P=sign)\]", re.DOTALL)
_SETTING = re.compile(r"#(?P<key>[a-z]{1,20})(?P<column> column)?:(?P<value>.{0,200})", re.IGNORECASE)
_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "space": " ", "pipe": "|", "colon": ":"}
_SOUND = re.compile(r"\[sound:[^\]]{0,300}\]|\[anki:[^\]]{0,300}\]")


def read_anki(archive: Archive) -> Collection:
    """Read the notes of a package.

    Raises:
        TutorError: It has no database that can be read here.
    """
    name = next((name for name in COLLECTIONS if name in archive.names), "")
    content = archive.read(name)
    if name == COLLECTIONS[0]:
        content = _decompressed(content)
    found = Collection()
    read_database(content, found)
    media = [each for each in archive.names if each.isdigit()]
    if media:
        found.lose(translate("exchange.other-files", count=len(media), first=media[0]))
    return found


def looks_like_anki_text(text: str) -> bool:
    """Return whether ``text`` begins as an export of Anki in plain text."""
    return text.lstrip().casefold().startswith("#separator:")


def read_anki_text(text: str) -> Collection:
    """Read “Notes in Plain Text” of Anki. Never raises: what cannot be read is reported with its line.

    The lines at its head say which columns hold the kind of note, the deck, the tags and the identifier.
    """
    found = Collection()
    lines = text.lstrip().split("\n")
    settings: dict[str, str] = {}
    for line in lines:
        setting = _SETTING.fullmatch(line.strip()[:300])
        if setting is None:
            break
        settings[f"{setting['key']}{setting['column'] or ''}".casefold()] = setting["value"].strip()
    value = settings.get("separator", "tab")
    separator = _SEPARATORS.get(value.casefold(), value if len(value) == 1 else "\t")
    numbers = {
        key.removesuffix(" column"): int(place) - 1
        for key, place in settings.items()
        if key.endswith(" column") and place.isdecimal() and len(place) < 4
    }
    rows = csv.reader((f"{line}\n" for line in lines[len(settings) :]), delimiter=separator)
    try:
        for row in rows:
            _add_row(found, row, numbers, len(settings) + rows.line_num)
    except csv.Error:
        found.lose(translate("exchange.bad-anki"), line=len(settings) + rows.line_num)
    if "tags" in numbers:
        found.lose(translate("exchange.tags"))
    return found


def _add_row(found: Collection, row: list[str], numbers: dict[str, int], line: int) -> None:
    """Add one note of an export in plain text."""
    if not any(map(str.strip, row)):
        return
    deck = row[numbers["deck"]] if numbers.get("deck", len(row)) < len(row) else ""
    fields = [cell.strip() for place, cell in enumerate(row) if place not in numbers.values()]
    _add_note(found, fields or [""], harmless_line(deck.split("::")[-1]), line)


def _decompressed(content: bytes) -> bytes:
    """Decompress Zstandard, which Python has from 3.14 on.

    Raises:
        TutorError: Neither this Python nor a package can do so, the content is damaged, or it is too large.
    """
    for name in ("compression.zstd", "zstandard", "backports.zstd"):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        try:
            if name == "zstandard":
                return bytes(module.ZstdDecompressor().decompress(content, max_output_size=_LARGEST))
            return bytes(module.ZstdDecompressor().decompress(content, _LARGEST))
        except Exception as error:  # each of the modules has an exception of its own
            raise TutorError(translate("exchange.bad-anki")) from error
    raise TutorError(translate("exchange.anki-zstd"), hint=translate("exchange.anki-zstd-hint"))


def read_database(content: bytes, found: Collection) -> None:
    """Read the notes of Anki's database.

    Raises:
        TutorError: It is damaged, or it is none of Anki's.
    """
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(content)
            _bound(connection)
            _read_notes(connection, found)
    except (sqlite3.Error, ValueError, OverflowError, MemoryError, RecursionError) as error:
        raise TutorError(translate("exchange.bad-anki")) from error


def _bound(connection: sqlite3.Connection) -> None:
    steps = 0

    def go_on() -> int:
        nonlocal steps
        steps += 1
        return int(steps > _MOST_STEPS)

    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = ON")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST)
    connection.set_progress_handler(go_on, 10_000)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")


def _read_notes(connection: sqlite3.Connection, found: Collection) -> None:
    tables = {name for name, sql in connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' LIMIT 1000"
    ) if not str(sql).upper().startswith("CREATE VIRTUAL")}  # fmt: skip
    if "notes" not in tables:
        raise ValueError
    decks = _decks_of(connection, tables)
    rows = connection.execute(
        "SELECT id, substr(flds, 1, ?), tags FROM notes ORDER BY id LIMIT ?", (_LONGEST_FIELD, MOST_ITEMS + 1)
    )
    tagged = 0
    for number, (identifier, fields, tags) in enumerate(rows, 1):
        tagged += bool(str(tags or "").strip())
        _add_note(found, str(fields).split("\x1f"), decks.get(identifier, ""), number)
    if tagged:
        found.lose(translate("exchange.tags"))


def _add_note(found: Collection, fields: list[str], section: str, number: int) -> None:
    """Add a note as a term, or as a question if it has gaps."""
    tell = found.teller(_shown(fields[0]), number)
    name, *others = (_LATEX.sub(_as_mathjax, _without_sound(each, tell)) for each in fields)
    if _GAP.search(name):
        _add_gaps(found, _outer_gaps(name), others, section, number, tell)
    else:
        add_term(found, name, others, number, section)


def _as_mathjax(found: re.Match[str]) -> str:
    r"""A formula between Anki's own marks as ``\( … \)``; a ``[latex]`` has its own dollar signs."""
    formula = found["formula"].strip()
    is_shown = found["sign"] == "$$" or formula.startswith(("$$", r"\["))
    formula = formula.strip("$").removeprefix(r"\[").removesuffix(r"\]").strip()
    return rf"\[{formula}\]" if is_shown else rf"\({formula}\)"


def _outer_gaps(text: str) -> str:
    """The text with only the outermost of nested gaps."""
    kept: list[str] = []
    depth = 0
    for piece in _BRACE.split(text):
        if piece.startswith("{{c") and _BRACE.fullmatch(piece):
            depth += 1
            kept += [piece] if depth == 1 else []
        elif piece == "}}" and depth:
            depth -= 1
            kept += [] if depth else [piece]
        else:
            kept.append(piece)
    return "".join(kept)


def _decks_of(connection: sqlite3.Connection, tables: set[str]) -> dict[int, str]:
    """The name of the deck of each note's first card, if there is more than one deck."""
    names: dict[int, str] = {}
    if "decks" in tables:
        # The names of levels are parted by the unit separator, and the column has a collation that only Anki knows.
        rows = connection.execute("SELECT id, name FROM decks LIMIT 10000")
        names = {int(number): str(name).split("\x1f")[-1] for number, name in rows}
    elif "col" in tables:
        (text,) = connection.execute("SELECT decks FROM col LIMIT 1").fetchone() or ("{}",)
        decks = json.loads(text or "{}")
        if isinstance(decks, dict):
            names = {
                int(number): str(deck.get("name", "")).split("::")[-1]
                for number, deck in decks.items()
                if isinstance(deck, dict) and str(number).isdecimal()
            }
    if "cards" not in tables:
        return {}
    cards = connection.execute("SELECT nid, min(did) FROM cards GROUP BY nid LIMIT ?", (MOST_ITEMS + 1,))
    used = {note: harmless_line(names.get(deck, "")) for note, deck in cards}
    return used if len(set(used.values())) > 1 else {}


def _shown(name: str) -> str:
    return re.sub(r"<[^<>]{0,200}>", " ", name[:400])


def _without_sound(text: str, tell: Tell) -> str:
    if _SOUND.search(text):
        tell(translate("exchange.sound"))
        return _SOUND.sub("", text)
    return text


def _add_gaps(found: Collection, text: str, others: list[str], section: str, number: int, tell: Tell) -> None:
    """Add a note with gaps as one fill-in question, whatever cards Anki makes of it."""
    blanks = []
    for gap in _GAP.finditer(text):
        answer, _, hint = gap["answer"].partition("::")
        plain = usable_answer(from_html(answer, tell, inline=True), tell)
        if hint.strip():
            tell(translate("exchange.gap-hint"))
        if not plain:
            return
        blanks.append((plain,))
    prompt = from_html(_GAP.sub(BLANK, text.replace(BLANK, "")), tell)
    explanation = "\n\n".join(filter(None, (from_html(each, tell) for each in others)))
    found.add(Item("fill-in", prompt, blanks=tuple(blanks), explanation=explanation, section=section, line=number))
