"""The best attempts at labs in the learner's memory."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tests.stores import open_store
from tutor.progress.activity import LabAttempt

ONE = LabAttempt("one-lag", "updates < 5", False, 0, 7.0, {"data.lags": 7, "model.hidden": [4]}, "run-1")


def test_the_best_attempt_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite3"
    store = open_store(path).store
    assert store.attempts.best("one-lag", "updates < 5") is None
    store.attempts.keep(ONE)
    store.attempts.keep(replace(ONE, met=True, held=1, value=3.0))
    store.close()
    again = open_store(path).store
    best = again.attempts.best("one-lag", "updates < 5")
    assert best is not None
    assert (best.met, best.value, best.settings, best.run) == (True, 3.0, ONE.settings, "run-1")
    assert again.attempts.best("one-lag", "updates < 4") is None, "another goal is another challenge"
    assert again.attempts.met() == {"one-lag": True}


def test_settings_that_a_hand_has_spoilt_are_none(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite3"
    store = open_store(path).store
    store.attempts.keep(replace(ONE, value=None))
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE attempts SET settings = '[1'")
    best = open_store(path).store.attempts.best("one-lag", "updates < 5")
    assert best is not None
    assert (best.settings, best.value) == ({}, None)
