"""The learner's memory under load: due list, forecast, progress report, feedback to an answer.

Run: python -m tests.bench.memory [ROWS]
"""

from __future__ import annotations

import random
import select
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from tests.bench.keys import Taken, press_until
from tests.end_to_end.terminal import terminal
from tests.tui.quiz_lessons import make_lessons
from tutor.course.catalogue import Course
from tutor.foundation import clock
from tutor.progress.database import Database
from tutor.progress.records import Answer, from_milliseconds, to_milliseconds
from tutor.progress.scheduling import study_day
from tutor.progress.store import ProgressStore
from tutor.study.report import confidence, frequent_misconceptions, overview, topics

_ANSWER = """
    INSERT INTO answers (
        key, at, lesson, question, kind, given, correct, score, unsure, confidence, hints, seconds, language, seed,
        quiz, runs, day
    ) VALUES (?, ?, 'sample', ?, 'single', ?, ?, 0, 0, ?, 0, 20, 'en', 0, '', '[]', ?)
"""
_CARD = """
    INSERT INTO cards (card, lesson, made, due, state, reviews, lapses, retired)
    VALUES (?, 'sample', ?, ?, 2, 1, 0, 0)
"""


def filled(path: Path, rows: int) -> ProgressStore:
    """A memory with ``rows`` answers and as many cards, written in one transaction."""
    database = Database(path)
    chance = random.Random(1)

    def day_of(at: int) -> str:
        return study_day(from_milliseconds(at)).isoformat()

    now = to_milliseconds(clock.utc_now())
    day = 86_400_000
    answers, cards = [], []
    for number in range(rows):
        at = now - chance.randrange(365 * day)
        question = ("mae", "diverge", f"q{number % 400}")[number % 3]
        given, said = f"[{number % 3}]", 0.5 + number % 6 / 10
        answers.append((_ANSWER, (str(number), at, question, given, number % 4 > 0, said, day_of(at))))
        cards.append((_CARD, (f"term:t{number}:meaning", at, now + chance.randrange(-20 * day, 40 * day))))
    database.write(*answers, *cards)
    return ProgressStore(database)


def milliseconds(work: Callable[[], object], times: int = 15) -> list[float]:
    """How long ``work`` took each time."""
    taken = []
    for _ in range(times):
        begin = perf_counter()
        work()
        taken.append(1000 * (perf_counter() - begin))
    return taken


def tell(name: str, taken: list[float], aim: float) -> None:
    """The middle and the slowest twentieth, beside what was asked for."""
    p95 = quantiles(taken, n=20)[-1]
    print(f"{name:<52} median {sorted(taken)[len(taken) // 2]:7.1f} ms   p95 {p95:7.1f} ms   aim {aim:g} ms")


def openings(rows: int, times: int) -> tuple[list[Taken], list[Taken]]:
    """``p`` on the map of the course that ships, in a tutor just started: until the figures show, and the chart.

    Nothing that a progress screen needs is imported or cached then: this is what a learner waits for.
    """
    figures, charts = [], []
    with tempfile.TemporaryDirectory() as home:
        filled(Path(home) / "progress.sqlite3", rows).close()
        for _ in range(times):
            with terminal(TUTOR_HOME=home) as screen:
                screen.wait("1 What learning means", "p progress")
                while select.select([screen.master], [], [], 0.5)[0]:  # until nothing is painted any more
                    screen.read()
                figure, chart = press_until(screen, b"p", f"{rows}     right", "└")
                figures.append(figure)
                charts.append(chart)
    return figures, charts


def main() -> None:
    """Measure and print."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        lessons = home / "lessons"
        make_lessons(lessons)
        store = filled(home / "progress.sqlite3", rows)
        now = clock.utc_now()
        print(f"{rows} answers, {rows} cards")
        tell("due list, its first 200", milliseconds(lambda: store.cards.due(now, 200)), 50)
        tell("how many are due", milliseconds(lambda: store.cards.count_due(now)), 50)
        tell("forecast of two weeks", milliseconds(lambda: store.cards.forecast(now)), 50)
        course = Course(lessons)
        tell("progress: the first page", milliseconds(lambda: overview(store, course, "en", now), 7), 200)
        tell("progress: by topic", milliseconds(lambda: topics(store, course, "en"), 7), 200)
        tell("progress: mix-ups", milliseconds(lambda: frequent_misconceptions(store, course, "en"), 7), 200)
        tell("progress: how sure", milliseconds(lambda: confidence(store.statistics.estimates()), 7), 200)
        answer = iter(range(10**6))
        tell(
            "an answer written, its card worked out, synced",
            milliseconds(
                lambda: store.record_answer(
                    Answer("sample", f"new{next(answer)}", "single", (0,), False, at=now - timedelta(seconds=1))
                ),
                100,
            ),
            50,
        )
        store.close()
    for what, taken in zip(("figures", "chart"), openings(rows, 7), strict=True):
        tell(f"progress screen opened, {what}", [each.wall for each in taken], 200)
        tell("  of which it computed", [each.computing for each in taken], 200)


if __name__ == "__main__":
    main()
