"""Several tutors on one file: none loses an answer, and none waits for another for long."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from tests.progress.files import questions, record
from tests.stores import open_store, store_on
from tutor.progress.statistics import Accuracy
from tutor.progress.store import ProgressStore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "progress.sqlite3"


WRITER = """
    import sys
    from pathlib import Path
    from tutor.progress.records import Answer
    from tests.stores import open_store

    path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    store = open_store(path).store
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(count):
        store.record_answer(Answer("lesson", f"{name}{number}", "single", (number,), correct=True))
        if len(sys.argv) > 4:
            print(number, flush=True)
    assert not store.in_memory, store.take_notices()
    store.close()
"""


def start_writer(path: Path, name: str, count: int, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(path), name, str(count), *more]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_four_tutors_interleave_10000_writes_and_lose_none(file: Path) -> None:
    writers = [start_writer(file, name, 2500) for name in "abcd"]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=120)
        assert writer.returncode == 0
    found = questions(file)
    assert sorted(found) == sorted(f"{name}{number}" for name in "abcd" for number in range(2500))
    turns = sum(one[0] != next_[0] for one, next_ in pairwise(found))
    assert turns > 100, "they never met, so nothing was tried"
    store = open_store(file).store
    assert store.statistics.lessons() == {"lesson": Accuracy(10_000, 10_000)}
    store.close()


def test_a_write_returns_when_the_disk_has_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bytes] = []
    monkeypatch.setattr("os.fdatasync", lambda descriptor: synced.append(Path(f"/dev/fd/{descriptor}").read_bytes()))
    store = open_store(file).store
    for number, name in enumerate(("first-question", "second-question"), 1):
        record(store, name)
        assert len(synced) == number
        assert name.encode() in synced[-1]
    store.close()


def test_nobody_waits_for_the_disk_of_another_tutor(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = open_store(file).store, open_store(file).store
    slow, go_on = threading.Event(), threading.Event()

    def sync(_descriptor: int) -> None:
        if threading.current_thread() is writer:
            slow.set()
            assert go_on.wait(60)

    monkeypatch.setattr("os.fdatasync", sync)
    writer = threading.Thread(target=lambda: record(first, "slow"))
    writer.start()
    assert slow.wait(60)
    record(second, "quick")
    assert writer.is_alive()
    assert questions(file) == ["slow", "quick"]
    go_on.set()
    writer.join()
    assert not first.in_memory
    assert not second.in_memory


def test_what_was_acknowledged_survives_kill_9(file: Path) -> None:
    for round_ in range(5):
        name = f"r{round_}-"
        writer = start_writer(file, name, 100_000, "tell")
        assert writer.stdin is not None
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        writer.stdin.write("go\n")
        writer.stdin.flush()
        for _ in range(7 + 5 * round_):
            writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        told = 7 + 5 * round_ + len(writer.communicate()[0].split("\n")[:-1])
        mine = [question for question in questions(file) if question.startswith(name)]
        assert mine[:told] == [f"{name}{number}" for number in range(told)]
        assert len(mine) - told in {0, 1}
        assert open_store(file).notices == ()


def test_threads_of_one_tutor_share_the_store(file: Path) -> None:
    store = open_store(file).store

    def record_fifty(name: str) -> None:
        for number in range(50):
            record(store, f"{name}{number}")

    threads = [threading.Thread(target=record_fifty, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(questions(file))) == 200


def test_a_tutor_that_holds_the_file_is_waited_for(file: Path) -> None:
    store = open_store(file).store
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.6, lambda: other.execute("COMMIT")).start()
    record(store, "patient")
    assert not store.in_memory
    assert questions(file) == ["patient"]
    other.close()


def test_a_file_held_for_ever_is_given_up_for_memory_and_saved_when_it_is_free(file: Path) -> None:
    store = store_on(file, patience=0.05)
    record(store, "before")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    record(store, "during")
    record(store, "during too")
    assert [str(file) in notice for notice in store.take_notices()] == [True]
    assert [answer.question_id for answer in store.answers()] == ["before", "during", "during too"]
    assert questions(file) == ["before"]
    other.close()
    assert store.close() is True
    assert questions(file) == ["before", "during", "during too"]


def open_into(stores: list[ProgressStore], file: Path) -> None:
    stores.append(open_store(file).store)


def test_two_tutors_that_start_on_a_new_home_at_once_both_get_a_store(tmp_path: Path) -> None:
    for round_ in range(5):
        file = tmp_path / f"home{round_}" / "progress.sqlite3"
        stores: list[ProgressStore] = []
        threads = [threading.Thread(target=partial(open_into, stores, file)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [store.in_memory for store in stores] == [False] * 4
        for number, store in enumerate(stores):
            record(store, f"q{number}")
            store.close()
        assert sorted(questions(file)) == ["q0", "q1", "q2", "q3"]
