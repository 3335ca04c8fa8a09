"""Packs from folders, zip files, git repositories and Python packages: taken whole, or refused with nothing changed."""

from __future__ import annotations

import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.course.packs import MANIFEST, write_pack
from tutor.cli import run as run_command
from tutor.course.packs import intake
from tutor.course.packs.adding import add_pack, read_origin, remove_pack, update_pack
from tutor.course.packs.installed import Source, find_installed, installed_packs, open_course
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.paths import packs_folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "source")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def zipped(folder: Path, archive: Path, top: str = "") -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in contents(folder).items():
            file.writestr(f"{top}{name}", content)
    return archive


def git(folder: Path, *words: str) -> None:
    settings = ("-c", "user.name=A", "-c", "user.email=a@b", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *settings, "-C", str(folder), *words], check=True, capture_output=True)


@pytest.mark.parametrize("top", ["", "tides-main/"])
def test_a_pack_is_added_from_a_zip_file_listed_and_removed(
    top: str, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = zipped(source, tmp_path / "tides.zip", top)
    assert run_command(["pack", "add", str(archive)]) == ExitCode.OK
    assert contents(packs_folder() / "tides").keys() - {".origin.json"} == contents(source).keys()
    assert run_command(["pack", "list"]) == ExitCode.OK
    assert run_command(["list"]) == ExitCode.OK
    said = capsys.readouterr().out
    assert "tides  1.0  Tides" in said
    assert "tides:what-is-ml" in said
    assert run_command(["pack", "remove", "tides"]) == ExitCode.OK
    assert installed_packs() == []


def test_a_folder_is_added_without_hidden_files_and_only_once(source: Path) -> None:
    (source / ".git").mkdir()
    (source / ".git" / "config").write_text("[core]")
    assert add_pack(str(source), packs_folder()).pack.id == "tides"
    assert not (packs_folder() / "tides" / ".git").exists()
    with pytest.raises(TutorError, match="already"):
        add_pack(str(source), packs_folder())


def test_a_repository_is_added_and_updated_and_nothing_of_it_is_run(source: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    (source / ".gitattributes").write_text("*.md filter=evil\n*.csv filter=lfs\n")
    (source / ".hidden").write_text("hidden")
    git(source, "init", "-q")
    git(source, "config", "filter.evil.smudge", f"touch {ran}")
    for hook in ("post-checkout", "post-merge", "reference-transaction"):
        (source / ".git" / "hooks").mkdir(exist_ok=True)
        path = source / ".git" / "hooks" / hook
        path.write_text(f"#!/bin/sh\ntouch {ran}\n")
        path.chmod(0o755)
    git(source, "-c", "core.hooksPath=/dev/null", "-c", "filter.evil.smudge=cat", "add", "-A")
    git(source, "-c", "core.hooksPath=/dev/null", "commit", "-qm", "First")
    address = source.as_uri()
    ran.unlink(missing_ok=True)
    assert add_pack(address, packs_folder()).pack.version == "1.0"
    folder = packs_folder() / "tides"
    origin = read_origin(folder)
    assert origin.source == address
    assert len(origin.commit) == 40
    assert (folder / "data" / "water.csv").read_bytes() == (source / "data" / "water.csv").read_bytes()
    assert update_pack("tides", packs_folder()).same
    (source / "pack.toml").write_text(MANIFEST.replace("1.0", "1.1"), encoding="utf-8")
    git(source, "-c", "core.hooksPath=/dev/null", "commit", "-qam", "Second")
    change = update_pack("tides", packs_folder())
    assert (change.was, change.pack.version, change.same) == ("1.0", "1.1", False)
    assert not ran.exists()
    (source / "pack.toml").write_text("id = 3\n")
    git(source, "-c", "core.hooksPath=/dev/null", "commit", "-qam", "Third")
    before = contents(folder)
    with pytest.raises(TutorError, match=r"pack.toml:1: "):
        update_pack("tides", packs_folder())
    assert contents(folder) == before


def test_links_and_submodules_of_a_repository_are_refused(source: Path, tmp_path: Path) -> None:
    git(source, "init", "-q")
    (source / "en" / "link.md").symlink_to("/etc/passwd")
    git(source, "add", "-A")
    git(source, "commit", "-qm", "A link")
    with pytest.raises(TutorError, match="link"):
        add_pack(source.as_uri(), packs_folder())
    git(source, "rm", "-q", "en/link.md")
    git(source, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},inner")
    git(source, "commit", "-qm", "A submodule")
    with pytest.raises(TutorError, match="submodule"):
        add_pack(source.as_uri(), packs_folder())
    assert installed_packs() == []


@pytest.mark.parametrize("address", ["ext::sh -c touch% ran", "https://127.0.0.1:1/no.git", "--upload-pack=x"])
def test_an_address_that_cannot_be_fetched_is_told(address: str) -> None:
    with pytest.raises(TutorError):
        add_pack(address, packs_folder())
    assert [each.name for each in packs_folder().iterdir()] == [".lock"]


def test_a_failed_update_leaves_the_old_pack(source: Path) -> None:
    add_pack(str(source), packs_folder())
    before = contents(packs_folder() / "tides")
    (source / "pack.toml").write_text(MANIFEST.replace('id = "tides"', 'id = "other"'), encoding="utf-8")
    with pytest.raises(TutorError, match="is now the pack other"):
        update_pack("tides", packs_folder())
    assert contents(packs_folder() / "tides") == before
    (source / "pack.toml").write_text(
        MANIFEST.replace('id = "tides"', 'was = ["tides"]\nid = "other"'), encoding="utf-8"
    )
    assert update_pack("tides", packs_folder()).pack.id == "other"
    assert [each.id for each in installed_packs()] == ["other"]


def test_what_an_ended_program_left_is_cleared_up(source: Path) -> None:
    add_pack(str(source), packs_folder())
    (packs_folder() / "tides").rename(packs_folder() / ".old-tides")
    (packs_folder() / ".new-1").mkdir()
    assert update_pack("tides", packs_folder()).same
    assert {each.name for each in packs_folder().iterdir()} == {".lock", "tides"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../out.md", "leads out"), ("/out.md", "leads out"), ("en/../../out.md", "leads out"),
        ("a\\b.md", "leads out"),
        ("C:x.md", "leads out"), ("en/a\x1b[2J.md", "leads out"), ("EN/01-MOON.MD", "same name"),
        ("pack.toml/x", "same name"), (f"{'d/' * 9}x.md", "too deep"), (f"{'n' * 200}.md", "too long"),
    ],
)  # fmt: skip
def test_a_zip_file_with_such_a_name_is_refused(name: str, said: str, source: Path, tmp_path: Path) -> None:
    archive = zipped(source, tmp_path / "tides.zip")
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr(zipfile.ZipInfo(name), "text")
    with pytest.raises(TutorError, match=said):
        add_pack(str(archive), packs_folder())
    assert [each.name for each in packs_folder().iterdir()] == [".lock"]
    assert not (tmp_path / "out.md").exists()


def test_zip_bombs_links_and_damaged_zip_files_are_refused(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "LARGEST_FILE", 100_000)
    bomb = zipped(source, tmp_path / "bomb.zip")
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("en/bomb.md", b"0" * 1_000_000)
    link = zipped(source, tmp_path / "link.zip")
    info = zipfile.ZipInfo("en/link.md")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(link, "a") as file:
        file.writestr(info, "/etc/passwd")
    lying = tmp_path / "lying.zip"
    lying.write_bytes(zipped(source, tmp_path / "whole.zip").read_bytes()[:-40])
    fifth = tmp_path / "text.zip"
    fifth.write_text("no zip at all")
    for archive, said in ((bomb, "larger than"), (link, "no links"), (lying, "not a zip"), (fifth, "not a zip")):
        with pytest.raises(TutorError, match=said):
            add_pack(str(archive), packs_folder())
    monkeypatch.setattr(intake, "MOST_FILES", 3)
    with pytest.raises(TutorError, match="more than 3 files"):
        add_pack(str(source), packs_folder())
    assert [each.name for each in packs_folder().iterdir()] == [".lock"]


def test_links_in_a_folder_are_refused(source: Path) -> None:
    (source / "en" / "link.md").symlink_to("/etc/passwd")
    with pytest.raises(TutorError, match="no links"):
        add_pack(str(source), packs_folder())


def test_a_pack_without_lessons_or_with_a_faulty_manifest_is_refused(source: Path) -> None:
    (source / "pack.toml").write_text('id = "tides"\nname = "x"\n')
    with pytest.raises(TutorError, match=r"pack.toml:1: This pack.toml gives no title"):
        add_pack(str(source), packs_folder())
    (source / "pack.toml").unlink()
    with pytest.raises(TutorError, match="not a pack"):
        add_pack(str(source), packs_folder())


def test_a_python_package_brings_a_pack_and_is_never_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site"
    package = write_pack(site / "tides_lessons" / "inner").parent
    (package / "__init__.py").write_text("raise SystemExit('imported')\n")
    about = site / "tides_lessons-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: tides-lessons\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[tutor.packs]\ntides = tides_lessons.inner\n")
    assert installed_packs() == []
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    for _ in range(2):  # found by searching, then in the cache
        (found,) = find_installed()
        assert (found.source, found.folder) == (Source.PACKAGE, package / "inner")
    assert open_course().header("tides:water", "en") is not None
    with pytest.raises(TutorError, match="came with a Python package"):
        remove_pack("tides", packs_folder())
    assert run_command(["pack", "list"]) == ExitCode.OK
    assert "from a Python package" in capsys.readouterr().out


def test_a_pack_that_requires_another_says_so(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (source / "pack.toml").write_text(f'requires = ["sea"]\n{MANIFEST}', encoding="utf-8")
    assert run_command(["pack", "add", str(source)]) == ExitCode.OK
    assert "tides requires packs that are not here: sea" in capsys.readouterr().err
