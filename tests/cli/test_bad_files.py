"""What is no file, or far too much of one, in every place where a file is read: one sentence, at once, and no more."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tutor.cli import run
from tutor.foundation.errors import ExitCode
from tutor.runs.registry import Runs

KEPT = Path(__file__).resolve().parents[1] / "kept" / "first_edition"
KEPT_RUN = KEPT / "home" / "runs" / "20261129-224540-2934"
RUN = "20260101-120000-7f3a"


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def circle(path: Path) -> None:
    path.symlink_to(path.name)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def listener(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket must be short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def endless(path: Path) -> None:
    """One line without an end, none of it on the disk."""
    with path.open("wb") as file:
        file.truncate(40 << 20)


def soup(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 400)


KINDS: list[Callable[[Path], None]] = [pipe, folder, circle, device, listener, endless, soup]


class TooLateError(BaseException):
    """Somebody waited for what never comes. No error of the system, which a command would make a sentence of."""


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    """No command may wait for what never comes."""

    def late(_number: int, _frame: object) -> None:
        raise TooLateError

    signal.signal(signal.SIGALRM, late)
    signal.alarm(20)
    yield
    signal.alarm(0)


@pytest.fixture(autouse=True)
def no_process_for_the_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the doctor says of exercises needs a process of its own, and has nothing to do with files."""
    monkeypatch.setattr("tutor.plain.doctor._exercises", lambda: iter(()))


def put(make: Callable[[Path], None], path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        path.unlink()
    make(path)
    return path


NAMED = {
    "x.toml": [["train", "@"], ["sweep", "@", "--grid", "seed=1,2"]],
    "x.md": [["read", "@"], ["check", "@"], ["quiz", "@"]],
    "x.json": [["progress", "import", "@"]],
    "x.csv": [
        ["progress", "import", "@"],
        ["train", "--data", "@", "--target", "a"],
        ["run", "import", "@"],
        ["run", "import", "@", "--follow"],
        ["watch", "--csv", "@", "--plain"],
    ],
    "x.txt": [["train", "name-writer", "--text", "@", "--detach"]],
}


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("name", NAMED)
def test_a_file_that_was_named_is_refused_in_a_sentence(
    tmp_path: Path,
    name: str,
    make: Callable[[Path], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tutor.runs.registry.start_worker", lambda *_: None)
    path = put(make, tmp_path / name)
    for words in NAMED[name]:
        if make is endless and words[0] in {"run", "watch"}:
            continue  # of those the tests of the logs of other programs speak
        code = run([str(path) if word == "@" else word for word in words])
        out, err = capsys.readouterr()
        if name == "x.txt" and make in {endless, soup}:
            continue  # a text it is, however strange
        assert code in {ExitCode.USAGE, ExitCode.CANNOT_READ, ExitCode.FAULTS_FOUND}, (words, out, err)
        assert "x." in out + err or "import" in words, words


OURS = ("events.jsonl", "worker.lock", "control.jsonl", "spec.toml", "beside", "pinned", "source", "weights.npz")


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("name", OURS)
@pytest.mark.usefixtures("small_course")
def test_a_bad_file_in_the_folder_of_a_run_stops_that_run_alone(
    own_home: Path, name: str, make: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    for each in (RUN, "20260101-120001-0abc"):
        shutil.copytree(KEPT_RUN, own_home / "runs" / each)
    put(make, own_home / "runs" / RUN / name)
    for words in (["runs"], ["runs", "--json"], ["doctor"], ["watch", "0abc", "--plain"], ["run", "export", "0abc"]):
        assert run(words) == (ExitCode.RUN_FAILED if "watch" in words else ExitCode.OK), words
    capsys.readouterr()
    for words in (["watch", "7f3a", "--plain"], ["run", "export", "7f3a"], ["run", "pin", "7f3a"]):
        run(words)
    said = capsys.readouterr()
    if name == "events.jsonl" and make not in {endless, soup}:
        assert "cannot be read" in said.out + said.err
        run(["runs"])
        assert "cannot be read" in capsys.readouterr().out
    assert run(["run", "delete", "7f3a"]) == ExitCode.OK
    assert [entry.short_id for entry in Runs(own_home / "runs").all()] == ["0abc"]


@pytest.mark.parametrize("make", KINDS)
def test_what_stands_in_the_place_of_a_run_is_shown_as_unreadable_and_can_be_deleted(
    own_home: Path, make: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(KEPT_RUN, own_home / "runs" / "20260101-120001-0abc")
    put(make, own_home / "runs" / RUN)
    assert run(["runs"]) == ExitCode.OK
    said = capsys.readouterr().out
    assert "0abc" in said
    assert make is folder or "cannot be read" in said
    for words in (["watch", "7f3a", "--plain"], ["run", "export", "7f3a"], ["run", "pin", "7f3a"], ["run", "stop"]):
        run(words)
    assert run(["run", "delete", "7f3a"]) == ExitCode.OK
    assert [entry.short_id for entry in Runs(own_home / "runs").all()] == ["0abc"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_run_that_nobody_may_read_is_shown_and_can_be_deleted(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = own_home / "runs" / RUN
    shutil.copytree(KEPT_RUN, made)
    made.chmod(0)
    assert run(["runs"]) == ExitCode.OK
    assert "Permission denied" in capsys.readouterr().out
    assert run(["run", "delete", "7f3a"]) == ExitCode.OK
    assert not made.exists()


def test_a_run_whose_folder_cannot_be_listed_is_shown(
    own_home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(KEPT_RUN, own_home / "runs" / RUN)
    list_folder = Path.iterdir

    def forbidden(path: Path) -> Iterator[Path]:
        if path.name == RUN:
            raise PermissionError(13, "Permission denied")
        return list_folder(path)

    monkeypatch.setattr(Path, "iterdir", forbidden)
    assert run(["runs"]) == ExitCode.OK
    assert "Permission denied" in capsys.readouterr().out


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("name", ["results.jsonl", "plan.json", "worker.lock"])
def test_a_bad_file_in_the_folder_of_a_sweep_stops_no_list(
    own_home: Path, name: str, make: Callable[[Path], None]
) -> None:
    from tutor.runs.sweep.registry import Sweeps

    for each in ("0123456789ab", "20a4921fc90c"):
        shutil.copytree(KEPT / "troubled-sweep", own_home / "sweeps" / each)
    put(make, own_home / "sweeps" / "0123456789ab" / name)
    assert "20a4921fc90c" in [entry.folder.name for entry in Sweeps(own_home / "sweeps").all()]


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("place", ["settings.json", "progress.sqlite3", "runs", "sweeps", "cache", "lab", "lesson"])
def test_whatever_lies_in_the_folders_of_the_program_it_starts(
    own_home: Path, small_course: Path, place: str, make: Callable[[Path], None]
) -> None:
    places = {"lab": small_course / "labs" / "evil.toml", "lesson": small_course / "en" / "00-evil.md"}
    put(make, places.get(place, own_home / place))
    for words in (["list"], ["runs"], ["doctor"], ["progress"], ["read", "what-is-ml"], ["review", "--due"]):
        code = run(words)
        assert code == ExitCode.OK or (place == "progress.sqlite3" and code == ExitCode.CANNOT_READ), words


@pytest.mark.parametrize("variable", ["TUTOR_HOME", "TUTOR_LESSONS"])
@pytest.mark.parametrize("make", KINDS)
def test_whatever_a_variable_of_the_environment_names_there_is_a_sentence(
    tmp_path: Path, small_course: Path, variable: str, make: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a name without a folder is one in this folder
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(variable, str(put(make, tmp_path / "named")))
    for words in (["list"], ["runs"], ["doctor"], ["train", "one-lag", "--detach"]):
        assert run(words) in set(ExitCode), words


@pytest.mark.parametrize("variable", ["TUTOR_HOME", "TUTOR_LESSONS"])
@pytest.mark.usefixtures("small_course")
def test_a_variable_of_the_environment_that_names_no_folder_is_a_sentence(
    tmp_path: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("~no-such-person", "~", "/dev/null", "x" * 5000):
        monkeypatch.setenv(variable, name)
        for words in (["list"], ["runs"], ["doctor"]):
            assert run(words) in set(ExitCode), (name, words)
