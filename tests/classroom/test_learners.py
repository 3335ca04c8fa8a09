"""Keys in ``authorized_keys``, the report of a class, and watching a learner's run."""

from __future__ import annotations

import base64
import shutil
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tutor.classroom.authorized_keys import key_line
from tutor.classroom.report import as_csv, class_report
from tutor.cli import run
from tutor.foundation.errors import ExitCode
from tutor.progress.records import Answer
from tutor.progress.store import open_store


def public_key(kind: str = "ssh-ed25519", *parts: bytes) -> str:
    blob = b"".join(struct.pack("!I", len(part)) + part for part in (kind.encode(), *(parts or (b"k" * 32,))))
    return f"{kind} {base64.b64encode(blob).decode()}"


def add(tmp_path: Path, name: str, text: str, *more: str) -> int:
    (tmp_path / "key.pub").write_text(text)
    return run([
        "class", "add", name, str(tmp_path / "key.pub"), "--folder", str(tmp_path / "class"),
        "--authorized-keys", str(tmp_path / "ssh" / "authorized_keys"), *more,
    ])  # fmt: skip


def test_each_learner_gets_one_line_and_everything_else_stays(tmp_path: Path) -> None:
    keys = tmp_path / "ssh" / "authorized_keys"
    keys.parent.mkdir()
    mine = f"# mine\n{public_key('ssh-ed25519', b'm' * 32)} teacher@home"
    keys.write_text(mine)
    keys.chmod(0o644)
    assert add(tmp_path, "anna", f"{public_key()} anna@laptop\n") == ExitCode.OK
    assert add(tmp_path, "李雷", f"\ufeff# his\r\n{public_key('ssh-ed25519', b'l' * 32)}\r\n") == ExitCode.OK
    text = keys.read_text()
    assert text.startswith(mine + "\n")
    _, _, anna, li = text.splitlines()
    assert anna.startswith('restrict,pty,command="')
    assert f'class session anna --folder {tmp_path}/class" {public_key()} tutor:anna' in anna
    assert li.endswith(" tutor:李雷")
    assert keys.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "class" / "learners" / "anna").stat().st_mode & 0o777 == 0o700
    assert add(tmp_path, "anna", public_key("ssh-ed25519", b"2" * 32)) == ExitCode.USAGE, "a second key by mistake"
    assert add(tmp_path, "eve", public_key()) == ExitCode.USAGE, "somebody else's key"
    assert keys.read_text() == text
    assert add(tmp_path, "anna", public_key("ssh-ed25519", b"2" * 32), "--also") == ExitCode.OK
    assert keys.read_text().startswith(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("../eve", public_key()),
        ("e" * 33, public_key()),
        ('e"e', public_key()),
        ("-eve", public_key()),
        ("eve", f'command="sh" {public_key()}'),
        ("eve", f"{public_key()}\n{public_key('ssh-ed25519', b'2' * 32)}"),
        ("eve", f"{public_key()}\\\nno-pty"),
        ("eve", "-----BEGIN OPENSSH PRIVATE KEY-----\nx"),
        ("eve", public_key("ssh-dss", b"x" * 64)),
        ("eve", public_key("ssh-rsa", b"\1\0\1", b"\x7f" * 128)),
        ("eve", public_key("ssh-ed25519", b"short")),
        ("eve", public_key().replace("ssh-ed25519", "ecdsa-sha2-nistp256")),
        ("eve", "ssh-ed25519 AAAA"),
        ("eve", ""),
    ],
)
def test_no_other_name_and_no_other_key_is_written(name: str, text: str, tmp_path: Path) -> None:
    assert add(tmp_path, name, text) == ExitCode.USAGE
    assert not (tmp_path / "ssh").exists()


def test_a_command_that_the_file_cannot_hold_is_refused() -> None:
    with pytest.raises(Exception, match="authorized_keys cannot hold"):
        key_line("anna", public_key(), ["tutor", '--folder=a"b'])


WHEN = datetime(2026, 5, 1, 12, tzinfo=UTC)


def answer(question: str, *, correct: bool) -> Answer:
    return Answer("lesson", question, "single", (0,), correct, at=WHEN)


def test_the_report_gathers_what_the_homes_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    homes = tmp_path / "learners"
    for name in ("李雷", "anna"):
        (homes / name).mkdir(parents=True)
    (homes / "link").symlink_to(homes / "anna")
    (homes / "anna" / "runs" / "20260101-120000-7f3a").mkdir(parents=True)
    (homes / "李雷" / "progress.sqlite3").write_bytes(b"damaged")
    store = open_store(homes / "anna" / "progress.sqlite3").store
    store.record_answer(answer("a", correct=True))
    store.record_answer(answer("b", correct=False))
    assert store.close()
    anna, li = class_report(tmp_path)
    assert (anna.name, anna.lessons, anna.answers, anna.right, anna.runs) == ("anna", 1, 2, 1, 1)
    assert anna.last_active == WHEN
    assert (li.name, li.answers, li.last_active) == ("李雷", 0, None)
    assert as_csv([anna, li]).splitlines()[1].startswith("anna,1,2,1,1,20")
    assert run(["class", "report", str(tmp_path)]) == ExitCode.OK
    assert "answers    2,  50% right" in capsys.readouterr().out
    assert run(["class", "report", str(tmp_path / "nowhere")]) == ExitCode.USAGE
    assert run(["watch", "--of", "../x", "--folder", str(tmp_path)]) == ExitCode.USAGE


def test_a_learners_run_is_watched_and_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = Path(__file__).resolve().parents[1] / "kept" / "first_edition" / "home" / "runs" / "20261129-224538-39ad"
    home = tmp_path / "learners" / "anna"
    shutil.copytree(kept, home / "runs" / kept.name)
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    assert run(["watch", "--of", "anna", "--folder", str(tmp_path), "--plain"]) == ExitCode.OK
    assert "epoch" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before
