"""What the learner does is nobody else's business: 0700 and 0600 under any umask, and what was open is closed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stores import open_store
from tutor.foundation import paths
from tutor.labs.lab_files import load_lab
from tutor.progress.records import Answer
from tutor.progress.settings import Settings, save_settings
from tutor.runs.registry import Runs


@pytest.fixture(autouse=True)
def lax_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "new" / "home"
    monkeypatch.setenv("TUTOR_HOME", str(folder))
    return folder


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def learn() -> None:
    store = open_store().store
    store.record_answer(Answer("lesson", "question", "single", (0,), correct=True))


def test_a_new_home_is_the_learners_alone(home: Path) -> None:
    save_settings(Settings(language="zh"))
    learn()
    run = Runs(paths.runs_folder()).make(load_lab("ball", paths.lessons_folder() / "labs"))
    files = sorted(path for path in home.iterdir() if path.is_file())
    assert {"progress.sqlite3", "progress.sqlite3-wal", "progress.sqlite3-shm", "settings.json"} <= {
        path.name for path in files
    }
    assert {mode(path) for path in files} == {"0o600"}
    assert mode(home) == mode(home / "runs") == mode(run) == "0o700"


def test_what_an_older_tutor_left_open_is_closed(home: Path) -> None:
    learn()
    (home / "runs").mkdir()
    for name in ("progress.sqlite3.corrupt-1", "progress-before-reset-1.json", "crash.txt", "settings.json"):
        (home / name).write_text("{}", encoding="utf-8")
    home.chmod(0o755)
    for path in home.iterdir():
        path.chmod(0o755 if path.is_dir() else 0o644)
    learn()
    assert mode(home) == mode(home / "runs") == "0o700"
    assert {mode(path) for path in home.iterdir() if path.is_file()} == {"0o600"}


def test_a_folder_with_other_things_in_it_stays_as_it_is_but_our_files_do_not(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "web-site").mkdir()
    (home / "notes.txt").write_text("mine", encoding="utf-8")
    (home / "progress-link").symlink_to(home / "notes.txt")
    for path in (home, home.parent, home / "web-site"):
        path.chmod(0o755)
    learn()
    assert mode(home) == mode(home.parent) == mode(home / "web-site") == "0o755"
    assert mode(home / "notes.txt") == "0o644", "nor what a link of our name leads to"
    assert mode(home / "progress.sqlite3") == "0o600"


def test_the_usual_places_are_closed_and_the_folders_above_them_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TUTOR_HOME")
    share, config = tmp_path / "share", tmp_path / "config"
    monkeypatch.setenv("XDG_DATA_HOME", str(share))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(config))
    for folder in (share, share / "tutor", config):
        folder.mkdir()
        folder.chmod(0o755)
    save_settings(Settings())
    learn()
    assert mode(share) == mode(config) == "0o755"
    assert mode(share / "tutor") == mode(config / "tutor") == "0o700"
