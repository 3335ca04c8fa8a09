"""Export, import and reset of the learner's progress.

An import is merged: nothing that is already there is lost, and importing the same file twice changes nothing more.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar

import msgspec

from tutor.foundation import clock
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import translate
from tutor.progress.columns import COLUMNS, KEYS, Number, all_possible, fault_of
from tutor.progress.export_parts import OtherLayoutError, read_parts
from tutor.progress.packed import PackedRows
from tutor.progress.records import from_milliseconds, to_milliseconds
from tutor.progress.renames import TERM, Renames, exercise_of
from tutor.progress.scheduling import study_day
from tutor.progress.schema import ANSWER_INDEXES, ANSWER_TRIGGERS, REBUILD_TOTALS, SCHEMA
from tutor.progress.statement import ForEach

if TYPE_CHECKING:
    from tutor.progress.cards import CardStore
    from tutor.progress.database import Database
    from tutor.progress.statement import Statement

_T = TypeVar("_T")

Rows = list[dict[str, Any]]
Tables = dict[str, Rows]
Found = Mapping[str, Collection[dict[str, Any]]]
"""The rows of an import by table; not all of them need be in memory at once."""
Blocks = Iterator[tuple[str, Iterable[Rows]]]
"""Tables, each with some of its rows at a time, so that not all of them are in memory."""
_Part = tuple[str, str, tuple[str, ...]]
"""A table, a condition on its rows, and the condition's values."""

FORMAT: Final = "tutor-progress"
_PROGRAMS: Final = "programs"
"""Where an export holds the learner's programs."""

_MAX_DIGITS: Final = 30
"""A whole number with more digits was not written by tutor."""


def _no_number(text: str) -> Any:
    raise ValueError(text)


_DECODER: Final = json.JSONDecoder(parse_constant=_no_number)
"""Refuses NaN, which other programs do not accept as JSON."""

_SHORT: Final = 100
"""Characters; the answers to a question with options are shorter, and the same ones come again and again."""

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False)

_NAMES: Final = {table: frozenset(columns) for table, columns in SCHEMA.columns.items()}

_FEW: Final = 1000
"""Fewer new answers are written one by one, with their totals and indexes."""

_KEPT_UP: Final = {"TRIGGER": ANSWER_TRIGGERS, "INDEX": ANSWER_INDEXES}
"""What SQLite updates with each answer. If many are written at once, it is faster to make it anew."""

_JSON_OF: Final = {"answers": ("given", "runs"), "quizzes": ("state",), "attempts": ("settings",)}
"""The columns that hold JSON, by table."""
# A row that a wrong clock put in the future counts as older than any other, so a position or a quiz of today wins.
_NEWER: Final = "(CASE WHEN excluded.at > :now THEN 0 ELSE excluded.at END > CASE WHEN at > :now THEN 0 ELSE at END)"
_MERGES: Final = {
    "answers": "ON CONFLICT (key) DO NOTHING",
    "lessons": f"""ON CONFLICT (lesson) DO UPDATE SET
        block = CASE WHEN {_NEWER} THEN excluded.block ELSE block END,
        within = CASE WHEN {_NEWER} THEN excluded.within ELSE within END,
        anchor = CASE WHEN {_NEWER} THEN excluded.anchor ELSE anchor END,
        questions = CASE WHEN {_NEWER} THEN excluded.questions ELSE questions END,
        furthest = max(furthest, excluded.furthest), at = CASE WHEN {_NEWER} THEN excluded.at ELSE at END""",
    "quizzes": f"""ON CONFLICT (quiz) DO UPDATE SET state = excluded.state, at = excluded.at,
        finished = excluded.finished WHERE {_NEWER}""",
    "cards": "ON CONFLICT (card) DO NOTHING",
    # Only the goal says which of two values is better, so of two equally good attempts the one here stays.
    "attempts": """ON CONFLICT (lab, goal) DO UPDATE SET met = excluded.met, held = excluded.held,
        value = excluded.value, settings = excluded.settings, run = excluded.run, at = excluded.at
        WHERE excluded.met > met OR (excluded.met = met AND excluded.held > held)""",
    "reading": "ON CONFLICT (key) DO UPDATE SET seconds = max(seconds, excluded.seconds)",
    "notes": f"""ON CONFLICT (key) DO UPDATE SET anchor = excluded.anchor, quote = excluded.quote,
        note = excluded.note, language = excluded.language, at = excluded.at WHERE {_NEWER}""",
}


@dataclass(frozen=True, slots=True)
class Merged:
    """The result of an import.

    Args:
        added: How many rows were new, by table.
        known: How many rows were already there, by table.
    """

    added: Mapping[str, int]
    known: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a file holds that can be imported.

    Args:
        tables: The rows without impossible values.
        left_out: How many rows were left out, because they have an impossible value.
        first_fault: A sentence that says where the first of them is, and why it was left out.
        programs: The learner's programs, as nobody has checked them yet: see `tutor.exercises.transfer`.
    """

    tables: Found
    left_out: int = 0
    first_fault: str = ""
    programs: object = None


Clean = Callable[[Rows], None]
"""Changes some rows of a table that are to be imported, for example to make their texts harmless."""


def dump(database: Database) -> Tables:
    """Return every row of every table, each as values by column, in the order in which they were written."""
    return {table: [row for block in blocks for row in block] for table, blocks in dump_blocks(database)}


def dump_blocks(database: Database) -> Blocks:
    """Yield what `dump` returns, with the rows of each table in blocks. They must be taken in this order."""
    for table, columns in SCHEMA.columns.items():
        sql = f"SELECT {', '.join(columns)} FROM {table} ORDER BY rowid"  # noqa: S608 - our own names
        found = database.read_in_blocks(sql, columns=COLUMNS[table])
        yield table, ([dict(zip(columns, row, strict=True)) for row in rows] for rows in found)


def merge(database: Database, cards: CardStore, tables: Found) -> Merged:
    """Import rows: all of them or, if something fails, none.

    Args:
        database: The database to import into.
        cards: Its cards, which are rebuilt after the import.
        tables: The rows that `read_json` or `read_csv` found.
    """
    old_questions = {cards.key_of(*row) for row in _read(database, "SELECT DISTINCT lesson, question FROM answers")}
    added: dict[str, int] = {}
    known: dict[str, int] = {}
    new = _NewAnswers(lambda lesson, question: cards.key_of(lesson, question) in old_questions)
    for table, rows in tables.items():
        added[table] = known[table] = 0
        for block in _in_blocks(rows):
            keys = [_key(table, row) for row in block]
            there = _those_there(database, table, keys)
            known_here = sum(key in there for key in keys)
            known[table] += known_here
            added[table] += len(keys) - known_here
            if table == "answers":
                new.add(row for key, row in zip(keys, block, strict=True) if key not in there)
    database.write(*_statements(database, tables, new))
    # A question answered both here and there needs a new card. A CSV file has no cards, so all of its questions do.
    if again := cards.rebuild_statements((new.both if "cards" in tables else new.questions).items()):
        database.write(*again)
    return Merged(added, known)


class _NewAnswers:
    """What a merge has to know of the answers that are new here.

    Args:
        is_old: Whether the question of a lesson was answered here before, by the ids of lesson and question.
    """

    def __init__(self, is_old: Callable[[str, str], bool]) -> None:
        self.count = 0
        self.oldest: float = math.inf
        self.questions: dict[str, str] = {}
        """The lesson of each question, by its id."""
        self.both: dict[str, str] = {}
        """Those of them that were answered here before."""
        self._is_old = lru_cache(maxsize=10_000)(is_old)

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add answers that are new."""
        for row in rows:
            lesson, question = row["lesson"], row["question"]
            self.count += 1
            self.oldest = min(self.oldest, row["at"])
            self.questions[question] = lesson
            if self._is_old(lesson, question):
                self.both[question] = lesson


def _statements(database: Database, tables: Found, new: _NewAnswers) -> list[Statement]:
    """Return the statements that write the rows of an import."""
    now = to_milliseconds(clock.utc_now())
    ((count, newest),) = _read(
        database,
        "SELECT count(*), coalesce(max(CASE WHEN typeof(at) IN ('integer', 'real') THEN at END), 0) AS at FROM answers",
    )
    in_order = _in_order_of_time(now) if count and new.oldest < newest else []
    statements: list[Statement] = []
    for table, columns in SCHEMA.columns.items():
        rule = _MERGES[table].replace(":now", str(now))
        marks = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) {rule}"  # noqa: S608 - our own words
        statements.append((sql, ForEach(tables.get(table, ()), itemgetter(*columns))))
    statements += in_order
    written = new.count + (count if in_order else 0)
    if written < max(_FEW, count / 4):
        return statements
    return [
        *((f"DROP {kind} IF EXISTS {name}", ()) for kind, names in _KEPT_UP.items() for name in names),
        *statements,
        *((sql, ()) for sql in (*REBUILD_TOTALS, *ANSWER_INDEXES.values(), *ANSWER_TRIGGERS.values())),
    ]


def _in_blocks(rows: Iterable[_T], size: int = 500) -> Iterator[list[_T]]:
    rest = iter(rows)
    while block := list(itertools.islice(rest, size)):
        yield block


def _those_there(database: Database, table: str, keys: Sequence[tuple[object, ...]]) -> set[tuple[object, ...]]:
    """Return those of ``keys`` that the table has, and perhaps others."""
    first, marks = [key[0] for key in keys], ", ".join("?" * len(keys))
    sql = f"SELECT {', '.join(KEYS[table])} FROM {table} WHERE {KEYS[table][0]} IN ({marks})"  # noqa: S608 - our names
    return set(database.read(sql, first, columns=COLUMNS[table]))


def _read(database: Database, sql: str) -> list[tuple[Any, ...]]:
    return database.read(sql, columns=COLUMNS["answers"])


def _key(table: str, row: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple([row[name] for name in KEYS[table]])


def _in_order_of_time(now: int) -> list[Statement]:
    """Return the statements that renumber all answers in the order of time.

    The newest answer to a question is the one with the largest id, and an imported older answer must not become it. An
    answer that a wrong clock put in the future stays behind the answer before it.
    """
    columns = ", ".join(SCHEMA.columns["answers"])
    earlier = "SELECT at FROM answers AS earlier WHERE earlier.id < later.id AND earlier.at <= :now"
    before = f"({earlier} ORDER BY id DESC LIMIT 1)"
    at = f"CASE WHEN at <= :now THEN at ELSE coalesce({before}, 0) END"
    return [
        # Rows that somebody edited may break the rules of the table, and then they could not be written again.
        ("UPDATE answers SET correct = NULL WHERE correct NOT IN (0, 1)", ()),
        ("UPDATE answers SET unsure = 1 WHERE unsure NOT IN (0, 1)", ()),
        (f"CREATE TEMP TABLE sorted_answers AS SELECT * FROM answers AS later ORDER BY {at}, id", {"now": now}),  # noqa: S608
        ("DELETE FROM answers", ()),
        (f"INSERT INTO answers ({columns}) SELECT {columns} FROM sorted_answers ORDER BY rowid", ()),  # noqa: S608
        ("DROP TABLE sorted_answers", ()),
    ]


def forget_item(database: Database, renames: Renames, item: str) -> int:
    """Forget all answers to a question or about a term, and its cards. Return how many answers there were."""
    return _forget_rows(
        database,
        renames,
        lambda _, key: (
            item in {key, renames.variants.get(key)} or key.startswith(f"{TERM}{item}:") or exercise_of(key) == item
        ),
    )


def forget_lesson(database: Database, renames: Renames, lesson_id: str) -> int:
    """Forget everything about a lesson. Return how many answers there were."""
    count = _forget_rows(database, renames, lambda lesson, _: lesson == lesson_id)
    ids = renames.lesson_ids(lesson_id)
    condition = f"lesson IN ({', '.join('?' * len(ids))})"
    _forget(database, *((table, condition, ids) for table in ("lessons", "quizzes", "reading")))
    return count


def _forget_rows(database: Database, renames: Renames, concerned: Callable[[str, str], bool]) -> int:
    """Forget the answers and cards whose lesson and key of today are ``concerned``. Return how many answers."""
    parts = []
    for table, key in (("answers", "question"), ("cards", "card")):
        found = database.read(f"SELECT DISTINCT lesson, {key} FROM {table}")  # noqa: S608 - our own names
        rows = [row for row in found if concerned(*renames.place(*row))]
        parts.append([(table, f"lesson = ? AND {key} = ?", row) for row in rows])
    answers, cards = parts
    count = sum(_count(database, *part) for part in answers)
    _delete(database, *answers, *cards)
    return count


def forget_all(database: Database) -> int:
    """Forget everything. Return how many answers there were."""
    return _forget(database, *((table, "1 = 1", ()) for table in SCHEMA.columns))


def _forget(database: Database, *parts: _Part) -> int:
    count = _count(database, *parts[0])
    _delete(database, *parts)
    return count


def _count(database: Database, table: str, condition: str, values: tuple[str, ...]) -> int:
    return int(database.read(f"SELECT count(*) FROM {table} WHERE {condition}", values)[0][0])  # noqa: S608 - our words


def _delete(database: Database, *parts: _Part) -> None:
    database.write(*((f"DELETE FROM {table} WHERE {condition}", values) for table, condition, values in parts))  # noqa: S608


# Text formats


def to_json(tables: Tables, programs: Mapping[str, object] | None = None) -> str:
    """Return everything as JSON: see `write_json`."""
    return "".join(write_json(((table, [rows]) for table, rows in tables.items()), programs))


def write_json(tables: Blocks, programs: Mapping[str, object] | None = None) -> Iterator[str]:
    """Yield everything as JSON, in parts. Columns that hold JSON are nested in it.

    Args:
        tables: What `dump_blocks` yields.
        programs: The learner's programs, which are files beside the database: see `Incoming.programs`.
    """
    yield _indented({"format": FORMAT, "version": len(SCHEMA.migrations)})[:-2]
    for table, blocks in tables:
        yield f',\n "{table}": ['
        between = "\n"
        for rows in filter(None, blocks):
            nested = [row | {name: _nested(row[name]) for name in _JSON_OF.get(table, ())} for row in rows]
            yield between + _indented({"": nested})[len('{\n "": [\n') : -len("\n ]\n}")]
            between = ",\n"
        yield "\n ]" if between == ",\n" else "]"
    if programs:
        yield f",{_indented({_PROGRAMS: programs})[1:-2]}"
    yield "\n}\n"


def _indented(value: Mapping[str, object]) -> str:
    """Return JSON with one line for each value. Python's encoder is slow when it indents, so another one does it."""
    try:
        return msgspec.json.format(msgspec.json.encode(value), indent=1).decode()
    except (ValueError, RecursionError):  # half a surrogate pair, or lists in lists in lists
        return json.dumps(value, ensure_ascii=False, indent=1)


def _nested(text: str) -> Any:
    """Return the value of a column that holds JSON; the text itself if writing the value would give another text."""
    return _parsed_before(text) if len(text) <= _SHORT else _parsed(text)


def _parsed(text: str) -> Any:
    try:
        inner = _DECODER.decode(text)
        same = isinstance(inner, list | dict) and _as_kept(inner) == text
    except (ValueError, RecursionError):
        return text
    # Only if it would be written in exactly the same way; a text that somebody edited is exported unchanged.
    return inner if same else text


_parsed_before: Final = lru_cache(maxsize=2000)(_parsed)


def _as_kept(value: Any) -> str:
    if isinstance(value, list) and set(map(type, value)) <= {int}:
        return str(value)  # the same, and faster
    return _ENCODER.encode(value)


def to_csv(tables: Tables) -> str:
    """Return the answers as CSV: see `write_csv`."""
    return "".join(write_csv([tables["answers"]]))


def write_csv(answers: Iterable[Rows]) -> Iterator[str]:
    """Yield the answers as CSV for a spreadsheet, in parts: a line of names, and one line for each answer.

    Args:
        answers: The rows of the answers in blocks.
    """
    columns = SCHEMA.columns["answers"]
    for rows in itertools.chain([[dict(zip(columns, columns, strict=True))]], answers):
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows(["" if row[name] is None else row[name] for name in columns] for row in rows)
        yield text.getvalue()


def read_export(file: BinaryIO, clean: Clean | None = None) -> Incoming | None:
    """Read a file as `write_json` wrote it, some rows at a time.

    Args:
        file: The file at its beginning.
        clean: Is called with all rows, some at a time, before they are kept.

    Returns:
        What `read_json` would return; None if the file is laid out in another way, damaged or not an export, which only
        `read_json` can tell.
    """
    sifted = _Sifted(clean)
    single: dict[str, object] = {}
    counts: Counter[str] = Counter()
    try:
        for key, has_rows, values in read_parts(file):
            if has_rows and key in SCHEMA.columns:
                sifted.add(key, enumerate(values, counts[key] + 1))
                counts[key] += len(values)
            elif has_rows or (key in SCHEMA.columns and values != [[]]):
                return None
            else:
                single[key] = values[0]
    except OtherLayoutError:
        return None
    version = single.get("version")
    if single.get("format") != FORMAT or not isinstance(version, int) or version > len(SCHEMA.migrations):
        return None
    return sifted.result(SCHEMA.columns, single.get(_PROGRAMS))


def read_json(text: str, clean: Clean | None = None) -> Incoming:
    """Read what `to_json` wrote.

    Args:
        text: The text.
        clean: Is called with all rows, some at a time, before they are kept.

    Raises:
        TutorError: The text is something else, or it is damaged.
    """
    with suppress(msgspec.MsgspecError, RecursionError):
        return _read_plain_json(text, clean)
    try:
        content = json.loads(text, parse_int=_whole)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise _refused(translate("transfer.no-json", line=line)) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _refused(translate("transfer.foreign"))
    version = content.get("version")
    if not isinstance(version, int) or version > len(SCHEMA.migrations):
        raise _refused(translate("transfer.newer"))
    sifted = _Sifted(clean)
    for table in SCHEMA.columns:
        of_table = content.get(table, [])
        if not isinstance(of_table, list):
            raise _refused(translate("transfer.no-rows", table=table))
        sifted.add(table, enumerate(of_table, 1))
    return sifted.result(SCHEMA.columns, content.get(_PROGRAMS))


def _read_plain_json(text: str, clean: Clean | None) -> Incoming:
    """Read an export that has nothing unusual, without holding it twice.

    Raises:
        msgspec.MsgspecError: The text has something that Python's decoder or a learner must decide about.
    """
    parts = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    decode = msgspec.json.Decoder().decode
    if decode(parts.get("format", b"null")) != FORMAT:
        raise msgspec.MsgspecError
    version = decode(parts.get("version", b"null"))
    if not isinstance(version, int) or version > len(SCHEMA.migrations):
        raise msgspec.MsgspecError
    rows_of = msgspec.json.Decoder(list[msgspec.Raw]).decode
    sifted = _Sifted(clean)
    for table in SCHEMA.columns:
        sifted.add(table, enumerate(map(decode, rows_of(parts.get(table, b"[]"))), 1))
    return sifted.result(SCHEMA.columns, decode(parts.get(_PROGRAMS, b"null")))


def _whole(digits: str) -> int | float:
    """Return a whole number; one of thousands of digits, which Python refuses to read, becomes infinite like 1e999."""
    return int(digits) if len(digits) <= _MAX_DIGITS else math.inf


def read_csv(lines: Iterable[str], clean: Clean | None = None) -> Incoming:
    """Read what `to_csv` wrote.

    Args:
        lines: The lines, each with its end; or the text.
        clean: Is called with all rows, some at a time, before they are kept.

    Raises:
        TutorError: The text is something else.
    """
    reader = csv.reader(io.StringIO(lines, newline="") if isinstance(lines, str) else lines)
    sifted = _Sifted(clean)
    try:
        names = next(reader, [])
        if set(names) | {"day"} != set(SCHEMA.columns["answers"]) or len(set(names)) != len(names):
            raise _refused(translate("transfer.foreign"))
        sifted.add("answers", ((number, _from_csv(names, cells)) for number, cells in enumerate(reader, 2) if cells))
    except csv.Error as error:
        raise _refused(translate("transfer.no-csv", line=reader.line_num)) from error
    return sifted.result(["answers"])


def _from_csv(names: Sequence[str], cells: Sequence[str]) -> dict[str, object] | None:
    """Return a row by column, with values as in JSON; None if it has the wrong number of cells."""
    if len(cells) != len(names):
        return None
    row: dict[str, object] = {}
    for name, cell in zip(names, cells, strict=True):
        column = COLUMNS["answers"][name]
        if column.may_miss and not cell:
            row[name] = None
        else:
            row[name] = _number(cell, whole=column.whole) if isinstance(column, Number) else cell
    return row


def _number(cell: str, *, whole: bool) -> object:
    try:
        return _whole(cell) if whole else float(cell)
    except ValueError:
        return cell  # the check of the row refuses it with its place


class _Sifted:
    """The rows of a file that have our columns and no impossible value; the others are counted.

    Args:
        clean: Is called with the rows that are kept, some at a time.
    """

    def __init__(self, clean: Clean | None) -> None:
        self._clean = clean
        self._kept: dict[str, PackedRows] = {}
        self._left_out = 0
        self._first_faults: dict[str, str] = {}

    def add(self, table: str, rows: Iterable[tuple[int, object]]) -> None:
        """Add rows of a table, each with its number in the file."""
        kept = self._kept.setdefault(table, PackedRows(SCHEMA.columns[table]))
        for block in _in_blocks(rows, 1000):
            numbered = [(number, _with_our_columns(table, found)) for number, found in block]
            if not all_possible(table, [row for _, row in numbered]):
                numbered = [(number, row) for number, row in numbered if self._is_possible(table, number, row)]
            good = [row for _, row in numbered]
            if good and self._clean is not None:
                self._clean(good)
            kept.extend(good)

    def _is_possible(self, table: str, number: int, row: Mapping[str, Any]) -> bool:
        fault = fault_of(table, row)
        if fault is not None:
            column, reason = fault
            self._left_out += 1
            if table not in self._first_faults:
                told = translate("transfer.fault", table=table, row=number, column=column, reason=reason)
                self._first_faults[table] = told
        return fault is None

    def result(self, tables: Iterable[str], programs: object = None) -> Incoming:
        """Return what was kept, for each of ``tables`` in our order."""
        names = list(tables)
        kept = {table: self._kept.get(table, PackedRows(SCHEMA.columns[table])) for table in names}
        first = next((self._first_faults[table] for table in names if table in self._first_faults), "")
        return Incoming(kept, self._left_out, first, programs)


def _with_our_columns(table: str, found: object) -> dict[str, Any]:
    if not isinstance(found, dict):
        return {}
    columns = SCHEMA.columns[table]
    row = found if found.keys() == _NAMES[table] else {name: found[name] for name in columns if name in found}
    for name in _JSON_OF.get(table, ()):
        value = row.get(name)
        if isinstance(value, list | dict):
            row[name] = _as_kept(value)
    if not row.get("day") and "day" in columns and COLUMNS[table]["at"].fault(row.get("at")) == "":
        # Versions of the schema before 6 saved no day, so it is computed with the time zone here.
        row["day"] = study_day(from_milliseconds(row["at"])).isoformat()
    return row


def _refused(message: str) -> TutorError:
    return TutorError(message, hint=translate("transfer.refused-hint"), exit_code=ExitCode.CANNOT_READ)
