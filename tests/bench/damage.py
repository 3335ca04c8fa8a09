"""What is left of 200 damaged progress files.

Each is opened as the program opens it, asked everything, written to and closed. An exception is a fault. Rows that
plain SQLite reads from either end of a table, and that the new file does not hold, are counted and shown: what is left
out has no key any more, or so many impossible values that its page belonged to another table.

Run: python -m tests.bench.damage [FILES]
"""

from __future__ import annotations

import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from pathlib import Path

from tests.progress.damages import DAMAGES, NOON, damaged, fill, plainly_readable
from tutor.foundation import clock
from tutor.progress.records import Answer
from tutor.progress.schema import SCHEMA
from tutor.progress.store import ProgressStore, open_store
from tutor.study.report import overview, topics


def ask_everything(store: ProgressStore) -> None:
    """Everything that screens and commands ask, but for the course."""
    overview(store, None, "en", clock.utc_now())
    topics(store, None, "en")
    store.answers()
    store.cards.all()
    store.cards.due(clock.utc_now())
    store.cards.forecast(clock.utc_now())
    store.reading.pieces()
    store.attempts.met()
    store.statistics.misses()
    store.statistics.items()
    store.statistics.estimates()
    store.last_lesson()
    for number in range(20):
        store.position(f"lesson-{number}")
        store.open_quiz(f"lesson:{number}")
        store.attempts.best(f"lab-{number}", "epochs < 9")


def main() -> None:
    """Damage, open, count and print."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    kinds = list(DAMAGES)
    faults = missing = 0
    kept: dict[str, list[float]] = defaultdict(list)
    slowest = 0.0
    said: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        sound = Path(name) / "sound.sqlite3"
        fill(sound)
        whole = {table: len(keys) for table, keys in plainly_readable(sound).items()}
        for number in range(files):
            kind = kinds[number % len(kinds)]
            home = Path(name) / str(number)
            home.mkdir()
            file = home / "progress.sqlite3"
            damaged(sound, file, kind, number)
            least = plainly_readable(file)
            begin = time.monotonic()
            try:
                opened = open_store(file)
                ask_everything(opened.store)
                opened.store.record_answer(Answer("new", "new", "single", (0,), correct=True, at=NOON))
                slowest = max(slowest, time.monotonic() - begin)
                tables = opened.store.dump()
                in_memory = opened.store.in_memory
                opened.store.close()
            except Exception:
                faults += 1
                print(f"{number} {kind}:")
                traceback.print_exc()
                continue
            said["in memory" if in_memory else "put aside" if list(home.glob("*.corrupt-*")) else "read as it was"] += 1
            there = {table: {row[SCHEMA.columns[table][0]] for row in rows} for table, rows in tables.items()}
            for table, keys in least.items():
                lost = keys - there[table]
                if lost:
                    missing += len(lost)
                    print(f"{number} {kind}: {len(lost)} of {len(keys)} rows of {table} left out: {list(lost)[:3]}")
            kept[kind].append(len(there["answers"]) / whole["answers"])
    print(f"{files} files: {dict(said)}; {faults} faults, {missing} rows left out, slowest opening {slowest:.1f} s")
    for kind, parts in kept.items():
        print(f"{kind:<22} answers kept: {sum(parts) / len(parts):6.1%} on average, {min(parts):6.1%} at least")


if __name__ == "__main__":
    main()
