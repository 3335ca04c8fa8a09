"""Power loss, 200 times: a real process is killed while it answers, and every acknowledged answer is there."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

from tests.stores import open_store

KILLS = 200

# One process forks the others, so that each need not import everything anew; each opens the memory by itself.
FORGE = """
    import os, random, signal, sys, time
    from pathlib import Path
    import tutor.progress.database
    from tutor.progress.records import Answer
    from tests.stores import open_store
    from tutor.progress.scheduling import Review, schedule_of

    path, kills = Path(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(20)
    schedule_of([Review(Answer("", "", "", (), True).at, False)], from_first_miss=True)  # imports FSRS
    for number in range(kills):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            store = open_store(path).store
            told = 0
            while True:
                question = f"r{number}-{told}"
                store.record_answer(Answer("lesson", question, "single", (told,), correct=told % 2 == 0))
                os.write(writer, b".")
                told += 1
        os.close(writer)
        acknowledged = 0
        wanted = chance.randrange(6)  # 0: killed while it opens the memory
        while acknowledged < wanted:
            acknowledged += len(os.read(reader, 1))
        time.sleep(chance.uniform(0.0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while piece := os.read(reader, 4096):
            acknowledged += len(piece)
        os.close(reader)
        print(acknowledged, flush=True)
"""


def test_every_acknowledged_answer_survives_200_kills_at_random_moments(tmp_path: Path) -> None:
    file = tmp_path / "progress.sqlite3"
    command = [sys.executable, "-c", textwrap.dedent(FORGE), str(file), str(KILLS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    acknowledged = [int(line) for line in done.stdout.split()]
    assert len(acknowledged) == KILLS
    assert sum(acknowledged) > KILLS, "hardly anything was answered, so nothing was tried"
    opened = open_store(file)
    assert opened.notices == ()
    answers = opened.store.answers()
    kept: dict[int, list[int]] = {}
    for answer in answers:
        name, _, told = answer.question_id[1:].partition("-")
        kept.setdefault(int(name), []).append(int(told))
    for number, count in enumerate(acknowledged):
        found = kept.get(number, [])
        assert found[:count] == list(range(count)), f"round {number} lost an acknowledged answer"
        assert len(found) - count in {0, 1}, "at most the answer being written is neither told nor lost"
    # An answer and what follows from it are one transaction: no miss is without its card, and no card without a miss.
    missed = {answer.question_id for answer in answers if not answer.correct}
    assert {card.key for card in opened.store.cards.all()} == missed
    opened.store.close()
