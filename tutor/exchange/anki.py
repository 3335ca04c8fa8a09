"""Anki packages: notes become terms, and notes with gaps (cloze) become fill-in questions.

A package is a zip file with a SQLite database of unknown origin. It is opened read-only, in memory, with bounded
queries, and only tables are read: a view could run for ever.
"""

from __future__ import annotations

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
        name, *others = str(fields).split("\x1f")
        tagged += bool(str(tags or "").strip())
        section = decks.get(identifier, "")
        tell = found.teller(_shown(name), number)
        name, *others = (_without_sound(each, tell) for each in (name, *others))
        if _GAP.search(name):
            _add_gaps(found, name, others, section, number, tell)
        else:
            add_term(found, name, others, number, section)
    if tagged:
        found.lose(translate("exchange.tags"))


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
