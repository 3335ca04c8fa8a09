"""Export, import and reset of the learner's progress.

An import is merged: nothing that is already there is lost, and importing the same file twice changes nothing more.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tutor.foundation import clock
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import translate
from tutor.progress.columns import COLUMNS, KEYS, Number, all_possible, fault_of
from tutor.progress.records import from_milliseconds, to_milliseconds
from tutor.progress.renames import TERM, Renames, exercise_of
from tutor.progress.scheduling import study_day
from tutor.progress.schema import SCHEMA
from tutor.progress.statement import ForEach

if TYPE_CHECKING:
    from tutor.progress.cards import CardStore
    from tutor.progress.database import Database
    from tutor.progress.statement import Statement

Rows = list[dict[str, Any]]
Tables = dict[str, Rows]
Blocks = Iterator[tuple[str, Iterable[Rows]]]
"""Tables, each with some of its rows at a time, so that not all of them are in memory."""
_Part = tuple[str, str, tuple[str, ...]]
"""A table, a condition on its rows, and the condition's values."""

FORMAT: Final = "tutor-progress"
_PROGRAMS: Final = "programs"
"""Where an export holds the learner's programs."""

_MAX_DIGITS: Final = 30
"""A whole number with more digits was not written by tutor."""

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False)

_JSON: Final = frozenset({("answers", "given"), ("answers", "runs"), ("quizzes", "state"), ("attempts", "settings")})
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

    tables: Tables
    left_out: int = 0
    first_fault: str = ""
    programs: object = None


def dump(database: Database) -> Tables:
    """Return every row of every table, each as values by column, in the order in which they were written."""
    return {table: [row for block in blocks for row in block] for table, blocks in dump_blocks(database)}


def dump_blocks(database: Database) -> Blocks:
    """Yield what `dump` returns, with the rows of each table in blocks. They must be taken in this order."""
    for table, columns in SCHEMA.columns.items():
        sql = f"SELECT {', '.join(columns)} FROM {table} ORDER BY rowid"  # noqa: S608 - our own names
        found = database.read_in_blocks(sql, columns=COLUMNS[table])
        yield table, ([dict(zip(columns, row, strict=True)) for row in rows] for rows in found)


def merge(database: Database, cards: CardStore, tables: Tables) -> Merged:
    """Import rows: all of them or, if something fails, none.

    Args:
        database: The database to import into.
        cards: Its cards, which are rebuilt after the import.
        tables: The rows that `read_json` or `read_csv` found.
    """
    before = {table: set(_read(database, table, KEYS[table])) for table in SCHEMA.columns}
    key = cards.key_of
    old_questions = {key(*row) for row in set(_read(database, "answers", ("lesson", "question")))}
    now = to_milliseconds(clock.utc_now())
    statements: list[Statement] = []
    for table, columns in SCHEMA.columns.items():
        rule = _MERGES[table].replace(":now", str(now))
        marks = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) {rule}"  # noqa: S608 - our own words
        statements.append((sql, ForEach(tables.get(table, []), itemgetter(*columns))))
    new = [row for row in tables.get("answers", []) if _key("answers", row) not in before["answers"]]
    newest = max((at for (at,) in _read(database, "answers", ("at",))), default=0)
    if before["answers"] and any(row["at"] < newest for row in new):
        statements += _in_order_of_time(now)
    database.write(*statements)
    both = {row["question"]: row["lesson"] for row in new if key(row["lesson"], row["question"]) in old_questions}
    # A question answered both here and there needs a new card. A CSV file has no cards, so all of its questions do.
    asked = both if "cards" in tables else {row["question"]: row["lesson"] for row in new}
    if again := cards.rebuild_statements(asked.items()):
        database.write(*again)
    counts = {table: [_key(table, row) in before[table] for row in rows] for table, rows in tables.items()}
    return Merged(
        added={table: known.count(False) for table, known in counts.items()},
        known={table: known.count(True) for table, known in counts.items()},
    )


def _read(database: Database, table: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    return database.read(f"SELECT {', '.join(columns)} FROM {table}", columns=COLUMNS[table])  # noqa: S608 - our names


def _key(table: str, row: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(row[name] for name in KEYS[table])


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
            nested = [{name: _nested(table, name, value) for name, value in row.items()} for row in rows]
            yield between + _indented({"": nested})[len('{\n "": [\n') : -len("\n ]\n}")]
            between = ",\n"
        yield "\n ]" if between == ",\n" else "]"
    if programs:
        yield f",{_indented({_PROGRAMS: programs})[1:-2]}"
    yield "\n}\n"


def _indented(value: Mapping[str, object]) -> str:
    """Return JSON with one line for each value. Python's encoder is slow when it indents, so another one does it."""
    try:
        return msgspec.json.format(_as_kept(value), indent=1)
    except (ValueError, RecursionError):  # NaN in a text that somebody edited
        return json.dumps(value, ensure_ascii=False, indent=1)


def _nested(table: str, name: str, value: Any) -> Any:
    if (table, name) not in _JSON:
        return value
    try:
        inner = json.loads(value)
        same = isinstance(inner, list | dict) and _as_kept(inner) == value
    except (ValueError, RecursionError):
        return value
    # Only if it would be written in exactly the same way; a text that somebody edited is exported unchanged.
    return inner if same else value


def _as_kept(value: Any) -> str:
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


def read_json(text: str) -> Incoming:
    """Read what `to_json` wrote.

    Raises:
        TutorError: The text is something else, or it is damaged.
    """
    with suppress(msgspec.MsgspecError, RecursionError):
        return _read_plain_json(text)
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
    rows: dict[str, list[tuple[int, object]]] = {}
    for table in SCHEMA.columns:
        of_table = content.get(table, [])
        if not isinstance(of_table, list):
            raise _refused(translate("transfer.no-rows", table=table))
        rows[table] = list(enumerate(of_table, 1))
    return replace(_sifted(rows), programs=content.get(_PROGRAMS))


def _read_plain_json(text: str) -> Incoming:
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
    rows = {table: enumerate(map(decode, rows_of(parts.get(table, b"[]"))), 1) for table in SCHEMA.columns}
    return replace(_sifted(rows), programs=decode(parts.get(_PROGRAMS, b"null")))


def _whole(digits: str) -> int | float:
    """Return a whole number; one of thousands of digits, which Python refuses to read, becomes infinite like 1e999."""
    return int(digits) if len(digits) <= _MAX_DIGITS else math.inf


def read_csv(text: str) -> Incoming:
    """Read what `to_csv` wrote.

    Raises:
        TutorError: The text is something else.
    """
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        names = next(reader, [])
        if set(names) | {"day"} != set(SCHEMA.columns["answers"]) or len(set(names)) != len(names):
            raise _refused(translate("transfer.foreign"))
        rows = [(number, _from_csv(names, cells)) for number, cells in enumerate(reader, 2) if cells]
    except csv.Error as error:
        raise _refused(translate("transfer.no-csv", line=reader.line_num)) from error
    return _sifted({"answers": rows})


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


def _sifted(tables: Mapping[str, Iterable[tuple[int, object]]]) -> Incoming:
    """Keep the rows that have our columns and no impossible value, and count the others.

    Args:
        tables: By table, each row with its number in the file.
    """
    kept: Tables = {}
    faults: list[str] = []
    for table, rows in tables.items():
        kept[table] = []
        numbered = iter(rows)
        while block := [
            (number, _with_our_columns(table, found)) for number, found in itertools.islice(numbered, 1000)
        ]:
            if all_possible(table, [row for _, row in block]):
                kept[table] += [row for _, row in block]
                continue
            for number, row in block:
                fault = fault_of(table, row)
                if fault is None:
                    kept[table].append(row)
                else:
                    column, reason = fault
                    faults.append(translate("transfer.fault", table=table, row=number, column=column, reason=reason))
    return Incoming(kept, len(faults), faults[0] if faults else "")


def _with_our_columns(table: str, found: object) -> dict[str, Any]:
    row = {name: found[name] for name in SCHEMA.columns[table] if name in found} if isinstance(found, dict) else {}
    for name, value in row.items():
        if (table, name) in _JSON and isinstance(value, list | dict):
            row[name] = _as_kept(value)
    if "day" in SCHEMA.columns[table] and not row.get("day") and COLUMNS[table]["at"].fault(row.get("at")) == "":
        # Versions of the schema before 6 saved no day, so it is computed with the time zone here.
        row["day"] = study_day(from_milliseconds(row["at"])).isoformat()
    return row


def _refused(message: str) -> TutorError:
    return TutorError(message, hint=translate("transfer.refused-hint"), exit_code=ExitCode.CANNOT_READ)
