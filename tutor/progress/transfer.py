"""The learner's memory as values that can be taken elsewhere and brought back, and parts of it made to be forgotten.

What is brought in is merged: nothing that is there already is lost, and the same file twice changes nothing.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import translate
from tutor.progress.schema import SCHEMA

if TYPE_CHECKING:
    from tutor.progress.cards import CardStore
    from tutor.progress.database import Database
    from tutor.progress.sqlite_file import Statement

Rows = list[dict[str, Any]]
Tables = dict[str, Rows]

FORMAT: Final = "tutor-progress"

_TEXTS: Final = frozenset(
    {"key", "lesson", "question", "kind", "given", "language", "quiz", "runs", "anchor", "scope", "state", "card"}
    | {"lab", "goal", "settings", "run"}
)
_NUMBERS: Final = frozenset(
    {"score", "confidence", "seconds", "within", "furthest", "stability", "difficulty", "value"}
)
_FLAGS: Final = frozenset({"correct", "unsure", "finished", "retired", "met"})
_MAY_MISS: Final = frozenset({"correct", "confidence", "reviewed", "step", "stability", "difficulty", "value"})
_JSON: Final = frozenset({("answers", "given"), ("answers", "runs"), ("quizzes", "state"), ("attempts", "settings")})
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "answers": ("key",), "lessons": ("lesson",), "quizzes": ("quiz",), "cards": ("card",), "attempts": ("lab", "goal"),
    "reading": ("key",),
}  # fmt: skip
_MERGES: Final = {
    "answers": "ON CONFLICT (key) DO NOTHING",
    "lessons": """ON CONFLICT (lesson) DO UPDATE SET
        block = CASE WHEN excluded.at > at THEN excluded.block ELSE block END,
        within = CASE WHEN excluded.at > at THEN excluded.within ELSE within END,
        anchor = CASE WHEN excluded.at > at THEN excluded.anchor ELSE anchor END,
        questions = CASE WHEN excluded.at > at THEN excluded.questions ELSE questions END,
        furthest = max(furthest, excluded.furthest), at = max(at, excluded.at)""",
    "quizzes": """ON CONFLICT (quiz) DO UPDATE SET state = excluded.state, at = excluded.at,
        finished = excluded.finished WHERE excluded.at > at""",
    "cards": "ON CONFLICT (card) DO NOTHING",
    # Which of two values is the better one only the goal can tell: of equally good attempts the one here stays.
    "attempts": """ON CONFLICT (lab, goal) DO UPDATE SET met = excluded.met, held = excluded.held,
        value = excluded.value, settings = excluded.settings, run = excluded.run, at = excluded.at
        WHERE excluded.met > met OR (excluded.met = met AND excluded.held > held)""",
    "reading": "ON CONFLICT (key) DO UPDATE SET seconds = max(seconds, excluded.seconds)",
}


@dataclass(frozen=True, slots=True)
class Merged:
    """What bringing something in came to.

    Args:
        added: Rows that were not there before, by table.
        known: Rows that were there, by table.
    """

    added: Mapping[str, int]
    known: Mapping[str, int]


def dump(database: Database) -> Tables:
    """Every row of every table, each as its columns by name, in the order in which they came to be."""
    tables: Tables = {}
    for table, columns in SCHEMA.columns.items():
        rows = database.read(f"SELECT {', '.join(columns)} FROM {table} ORDER BY rowid")  # noqa: S608 - our own names
        tables[table] = [dict(zip(columns, row, strict=True)) for row in rows]
    return tables


def merge(database: Database, cards: CardStore, tables: Tables) -> Merged:
    """Bring rows in, all of them or, where something fails, none.

    Args:
        database: Where to.
        cards: Brings the cards in step with what was merged.
        tables: As `read_json` or `read_csv` gave them.
    """
    there = dump(database)
    before = {table: {_key(table, row) for row in rows} for table, rows in there.items()}
    old_questions = {row["question"] for row in there["answers"]}
    statements: list[Statement] = []
    for table, columns in SCHEMA.columns.items():
        marks = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) {_MERGES[table]}"  # noqa: S608
        statements += [(sql, [row[name] for name in columns]) for row in tables.get(table, [])]
    new = [row for row in tables.get("answers", []) if _key("answers", row) not in before["answers"]]
    newest = max((row["at"] for row in there["answers"]), default=0)
    if before["answers"] and any(row["at"] < newest for row in new):
        statements += _in_order_of_time()
    database.write(*statements)
    both = {row["question"]: row["lesson"] for row in new if row["question"] in old_questions}
    # Cards of what was learnt here and there follow from both; a CSV brings no cards, so all follow from the answers.
    asked = both if "cards" in tables else {row["question"]: row["lesson"] for row in new}
    if again := cards.anew(asked.items()):
        database.write(*again)
    counts = {table: [_key(table, row) in before[table] for row in rows] for table, rows in tables.items()}
    return Merged(
        added={table: known.count(False) for table, known in counts.items()},
        known={table: known.count(True) for table, known in counts.items()},
    )


def _key(table: str, row: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(row[name] for name in _KEYS[table])


def _in_order_of_time() -> list[Statement]:
    """The newest answer to a question is the one with the largest number: what comes in late must not become it."""
    columns = ", ".join(SCHEMA.columns["answers"])
    return [
        ("CREATE TEMP TABLE sorted_answers AS SELECT * FROM answers ORDER BY at, id", ()),
        ("DELETE FROM answers", ()),
        (f"INSERT INTO answers ({columns}) SELECT {columns} FROM sorted_answers ORDER BY rowid", ()),  # noqa: S608
        ("DROP TABLE sorted_answers", ()),
    ]


def forget_item(database: Database, item: str) -> int:
    """Forget all answers to a question, or about a term, and its cards; how many answers there were."""
    return _forget(
        database,
        ("answers", "question = ? OR question GLOB ?", (item, f"term:{item}:*")),
        ("cards", "card = ? OR card GLOB ?", (item, f"term:{item}:*")),
    )


def forget_lesson(database: Database, lesson_id: str) -> int:
    """Forget everything about a lesson; how many answers there were."""
    tables = ("answers", "cards", "lessons", "quizzes", "reading")
    return _forget(database, *((table, "lesson = ?", (lesson_id,)) for table in tables))


def forget_all(database: Database) -> int:
    """Forget everything; how many answers there were."""
    return _forget(database, *((table, "1 = 1", ()) for table in SCHEMA.columns))


def _forget(database: Database, *parts: tuple[str, str, tuple[str, ...]]) -> int:
    table, condition, values = parts[0]
    count = database.read(f"SELECT count(*) FROM {table} WHERE {condition}", values)  # noqa: S608 - our own words
    database.write(*((f"DELETE FROM {table} WHERE {condition}", values) for table, condition, values in parts))  # noqa: S608
    return int(count[0][0])


# -- as text ---------------------------------------------------------------------------------------------


def to_json(tables: Tables) -> str:
    """Everything as JSON; what is JSON itself is nested."""
    nested = {
        table: [{name: _nested(table, name, value) for name, value in row.items()} for row in rows]
        for table, rows in tables.items()
    }
    content = {"format": FORMAT, "version": len(SCHEMA.migrations), **nested}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _nested(table: str, name: str, value: Any) -> Any:
    if (table, name) not in _JSON:
        return value
    try:
        inner = json.loads(value)
    except ValueError:
        return value
    # Only what comes out as it went in: whoever wrote the file by hand gets it back by hand.
    return inner if not isinstance(inner, str) and _as_kept(inner) == value else value


def _as_kept(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def to_csv(tables: Tables) -> str:
    """The answers as CSV, a line each below a line of names: for a spreadsheet."""
    text = io.StringIO()
    columns = SCHEMA.columns["answers"]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in tables["answers"]:
        writer.writerow(["" if row[name] is None else row[name] for name in columns])
    return text.getvalue()


def read_json(text: str) -> Tables:
    """What `to_json` wrote.

    Raises:
        TutorError: it is something else, or was damaged; the first fault is named by table and row.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise _refused(translate("transfer.no-json", line=line)) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _refused(translate("transfer.foreign"))
    version = content.get("version")
    if not isinstance(version, int) or version > len(SCHEMA.migrations):
        raise _refused(translate("transfer.newer"))
    tables: Tables = {}
    for table in SCHEMA.columns:
        rows = content.get(table, [])
        if not isinstance(rows, list):
            raise _refused(translate("transfer.bad-row", table=table, row=0, column="-"))
        tables[table] = [_checked(table, number, row) for number, row in enumerate(rows, 1)]
    return tables


def read_csv(text: str) -> Tables:
    """What `to_csv` wrote.

    Raises:
        TutorError: it is something else; the first fault is named by its row.
    """
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        names = next(reader, [])
        if set(names) != set(SCHEMA.columns["answers"]):
            raise _refused(translate("transfer.foreign"))
        rows = [_from_csv(number, names, row) for number, row in enumerate(reader, 2) if row]
    except csv.Error as error:
        raise _refused(translate("transfer.no-csv", line=reader.line_num)) from error
    return {"answers": rows}


def _from_csv(number: int, names: Sequence[str], cells: Sequence[str]) -> dict[str, Any]:
    if len(cells) != len(names):
        raise _refused(translate("transfer.bad-row", table="answers", row=number, column="-"))
    row: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=True):
        row[name] = None if name in _MAY_MISS and cell == "" else cell if name in _TEXTS else _number(name, cell)
    return _checked("answers", number, row)


def _number(name: str, cell: str) -> object:
    try:
        return float(cell) if name in _NUMBERS else int(cell)
    except ValueError:
        return cell  # refused, with its place, by whoever checks the row


def _checked(table: str, number: int, row: object) -> dict[str, Any]:
    """A row with exactly our columns, each of its kind."""
    found = row if isinstance(row, dict) else {}
    kept: dict[str, Any] = {}
    for name in SCHEMA.columns[table]:
        value = found.get(name)
        if (table, name) in _JSON and isinstance(value, list | dict):
            value = _as_kept(value)
        if not (name in found and _fits(table, name, value)):
            raise _refused(translate("transfer.bad-row", table=table, row=number, column=name))
        kept[name] = value
    return kept


def _fits(table: str, name: str, value: object) -> bool:
    if value is None:
        return name in _MAY_MISS
    if name in _TEXTS and (table, name) != ("cards", "state"):
        return isinstance(value, str)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if name in _FLAGS:
        return value in {0, 1}
    return name in _NUMBERS or (isinstance(value, int) and abs(value) < 2**63)


def _refused(message: str) -> TutorError:
    return TutorError(message, hint=translate("transfer.refused-hint"), exit_code=ExitCode.CANNOT_READ)


def counted(rows: Iterable[tuple[str, int]]) -> str:
    """Counts of rows in words: ``12 answers, 3 lessons``."""
    return translate("transfer.comma").join(
        translate(_COUNTED[table], count=count) for table, count in rows if count
    ) or translate("transfer.nothing")


_COUNTED = {
    "answers": "transfer.answers",
    "lessons": "transfer.lessons",
    "quizzes": "transfer.quizzes",
    "cards": "transfer.cards",
    "attempts": "transfer.attempts",
    "reading": "reading.pieces",
}
