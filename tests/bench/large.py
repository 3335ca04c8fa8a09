"""Large inputs, as ratios of processor time: a table of a million cells, and an import of 100,000 answers.

    python -m tests.bench.large [ANSWERS]

The table is compared with `numpy.loadtxt`. The import, with its reading, is compared with the export of the same file.
The last column is the most memory that this process has taken so far.
"""

from __future__ import annotations

import io
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from tests.stores import open_store
from tutor.progress.records import Answer
from tutor.progress.transfer import read_export, to_json, write_json
from tutor.tables.reader import read_table

_REPEATS = 3


def seconds(work: Callable[[], object]) -> float:
    """The least processor time of a few calls."""
    taken = []
    for _ in range(_REPEATS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def tell(what: str, ratio: float) -> None:
    """One line of the report."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:<40} {ratio:6.2f} {peak:6.0f} MB")


def tables(folder: Path) -> None:
    """Numbers with decimals, and whole numbers of which many are the same."""
    draw = np.random.default_rng(1).normal(size=(100_000, 10))
    names = ",".join(f"c{number}" for number in range(10))
    for name, values, form in (("decimals", draw, "%.4f"), ("whole", 100 * draw, "%d")):
        path = folder / f"{name}.csv"
        np.savetxt(path, values, fmt=form, delimiter=",", header=names, comments="")
        least = seconds(lambda path=path: np.loadtxt(path, delimiter=",", skiprows=1))  # type: ignore[misc]
        mine = seconds(lambda path=path: read_table(path, sample_seed=1))  # type: ignore[misc]
        tell(f"a million cells, {name}, to loadtxt", mine / least)


def imports(folder: Path, answers: int) -> None:
    """An import into an empty memory."""
    start = datetime(2025, 1, 1, tzinfo=UTC)
    source = open_store(folder / "from.sqlite3").store
    for number in range(200):
        source.record_answer(Answer("one", f"q{number}", "single", (number % 4,), number % 3 > 0, at=start))
    made = source.dump()
    first = made["answers"]
    made["answers"] = [
        first[number % 200] | {"key": f"{number:x}", "at": first[0]["at"] + number * 480_000}
        for number in range(answers)
    ]
    content = to_json(made).encode()

    def bring_in() -> None:
        with tempfile.TemporaryDirectory() as home:
            other = open_store(Path(home) / "to.sqlite3").store
            found = read_export(io.BytesIO(content))
            assert found is not None
            other.merge(found.tables)
            assert other.close()

    least = seconds(lambda: list(write_json((table, [rows]) for table, rows in made.items())))
    tell(f"import of {answers:,} answers, to writing them", seconds(bring_in) / least)
    assert source.close()


def main() -> None:
    """Measure, and print a line each."""
    with tempfile.TemporaryDirectory() as folder:
        tables(Path(folder))
        imports(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)


if __name__ == "__main__":
    main()
