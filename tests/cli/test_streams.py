"""The program itself, with a standard output that is full, closed, left by its reader or without Unicode."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tutor.foundation.errors import ExitCode

PROGRAM = [sys.executable, "-m", "tutor"]
FULL = Path("/dev/full")


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*PROGRAM, *words], env={**os.environ, **environment}, capture_output=True, check=False, timeout=60
    )


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("words", [["list"], ["--help"], ["--version"], ["train", "ball", "--json"]])
def test_an_output_that_cannot_be_written_is_one_sentence(words: list[str]) -> None:
    with FULL.open("w") as full:
        result = subprocess.run([*PROGRAM, *words], stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
    assert result.returncode == ExitCode.CANNOT_WRITE
    assert result.stderr == b"tutor: Something could not be written or read: No space left on device.\n"


@pytest.mark.parametrize("words", ["--help", "train ball --json"])
def test_a_reader_that_leaves_is_all_well(words: str) -> None:
    script = f"set -o pipefail; {sys.executable} -m tutor {words} | true"
    result = subprocess.run(["bash", "-c", script], capture_output=True, check=False, timeout=60)
    assert (result.returncode, result.stderr) == (ExitCode.OK, b"")


def test_a_closed_output_is_no_failure() -> None:
    result = subprocess.run(
        ["sh", "-c", f"exec {sys.executable} -m tutor list >&-"], capture_output=True, check=False, timeout=60
    )
    assert (result.returncode, result.stderr) == (ExitCode.OK, b"")


def test_an_encoding_without_our_signs_shows_ascii_ones() -> None:
    refused = run("nonsense", PYTHONIOENCODING="ascii")
    assert refused.returncode == ExitCode.USAGE
    assert refused.stderr.startswith(b'tutor: "nonsense" is neither')


@pytest.mark.parametrize("words", [["list"], ["--help"], ["train", "ball", "--plain", "--set", "train.epochs=2"]])
def test_chinese_in_an_encoding_without_it_is_no_traceback(words: list[str]) -> None:
    result = run(*words, LANG="zh_CN.GB2312", LC_ALL="zh_CN.GB2312", PYTHONIOENCODING="latin-1")
    assert (result.returncode, result.stderr) == (ExitCode.OK, b"")
    assert b"?" in result.stdout


def test_a_broken_settings_file_is_left_for_the_screens_to_tell_of(own_home: Path) -> None:
    settings = own_home / "settings.json"
    settings.write_text("{broken")
    assert run("list").returncode == ExitCode.OK
    assert settings.read_text() == "{broken"
