"""``tutor check`` of a pack: alone, with the shipped course and installed packs as what it may refer to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.packs import MANIFEST, write_pack, write_shipped
from tests.course.writing import write_lesson
from tutor.course.packs.adding import add_pack
from tutor.foundation import paths
from tutor.foundation.errors import ExitCode
from tutor.plain.check import check


@pytest.fixture(autouse=True)
def shipped(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = write_shipped(tmp_path / "shipped")
    monkeypatch.setattr(paths, "shipped_lessons", lambda: folder)
    return folder


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "tides")


def said_by_check(folder: Path, capsys: pytest.CaptureFixture[str], code: int = ExitCode.OK) -> str:
    capsys.readouterr()
    assert check(str(folder), run_labs=False, jobs=1) == code
    return capsys.readouterr().out


def test_links_needs_and_labs_may_lead_to_the_shipped_course_and_to_other_packs(
    pack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = said_by_check(pack, capsys)
    assert "1 of 2" in said  # a missing translation is told, and no fault
    other = write_pack(tmp_path / "other", MANIFEST.replace('id = "tides"', 'id = "sea"\nrequires = ["tides"]'))
    body = (
        "[a](#tides:pull) [b](#core:learning-rate) [c](#sea:pull) [d](#learning-rate)\n\n"
        '```toml lab\nuse = "tides:ball"\n```\n\n```toml lab\nuse = "core:ball"\n```\n'
    )
    write_lesson(other, "en/03-more.md", body, id="more", needs="[tides:water, core:what-is-ml, sea:water]")
    said = said_by_check(other, capsys, ExitCode.FAULTS_FOUND)
    assert "pack.toml:1:1: The pack requires tides, which is not installed." in said
    assert "tides:water" in said
    add_pack(str(pack), paths.packs_folder())
    said_by_check(other, capsys)
    write_lesson(other, "en/03-more.md", "[a](#tides:nothing) [b](#gone)", id="more", needs="[core:water]")
    said = said_by_check(other, capsys, ExitCode.FAULTS_FOUND)
    assert all(each in said for each in ("tides:nothing", "#gone", "core:water"))


def test_ids_that_vanished_since_the_last_check_are_told_unless_was_names_them(
    pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said_by_check(pack, capsys)
    for path in pack.glob("*/01-moon.md"):
        path.write_text(path.read_text().replace("q: ready", "q: set").replace("#ready", "#set"))
    (pack / "labs" / "ball.toml").rename(pack / "labs" / "high.toml")
    water = pack / "en" / "02-water.md"
    water.write_text(water.read_text().replace('use = "ball"', 'use = "high"'))
    said = said_by_check(pack, capsys)
    assert "a question has vanished: what-is-ml/ready" in said
    assert "a lab has vanished: ball" in said
    assert "vanished" not in said_by_check(pack, capsys)
    for path in pack.glob("*/01-moon.md"):
        path.write_text(path.read_text().replace("q: set", "q: go; was: set").replace("#set", "#go"))
    assert "vanished" not in said_by_check(pack, capsys)
    water.write_text(water.read_text().replace("id: water", "id: sea"))
    assert "a lesson has vanished: water" in said_by_check(pack, capsys)


def test_faults_of_the_manifest_and_its_languages_are_told(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (pack / "pack.toml").write_text(
        MANIFEST.replace('languages = ["en", "zh"]', 'languages = ["en", "eo"]').replace("licence", "license"),
        encoding="utf-8",
    )
    said = said_by_check(pack, capsys, ExitCode.FAULTS_FOUND)
    assert "pack.toml:2:1:" in said
    assert "Did you mean" in said
    assert "lessons in zh" in said
    assert "eo" in said


def test_a_file_of_a_pack_is_checked_with_what_it_may_refer_to(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said_by_check(pack / "en" / "01-moon.md", capsys)
