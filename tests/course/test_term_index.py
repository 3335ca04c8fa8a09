"""The terms of lesson files, cached so that the glossary opens without reading the lessons."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.course.writing import write_lesson
from tutor.course.catalogue import Course
from tutor.course.packs.installed import open_course
from tutor.foundation import paths

_TERM = "### {name}\n\n<!-- term: {id}; also: other {name} -->\n\nMeans {name}.\n\n**See** [first](#first)\n"


def _write(folder: Path, file: str, term: str) -> Path:
    name = Path(file).stem.split("-")[1]
    return write_lesson(folder, file, id=name, body=f"Text.\n\n{_TERM.format(id=term, name=term.capitalize())}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "lessons"
    _write(folder, "en/01-first.md", "first")
    _write(folder, "en/02-second.md", "second")
    return folder


def _cache() -> Path:
    (cache,) = paths.cache_folder().glob("terms-*.jsonl")
    return cache


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the lesson files that are read."""
    read: list[str] = []
    original = Course._read

    def noted(self: Course, path: Path, language: str, written_in: str) -> object:
        read.append(path.name)
        return original(self, path, language, written_in)

    monkeypatch.setattr(Course, "_read", noted)
    return read


def _names(folder: Path) -> list[str]:
    return [entry.name("en") for entry in Course(folder).glossary().entries("en")]


def test_the_terms_of_lessons_that_did_not_change_are_not_read_again(folder: Path, read: list[str]) -> None:
    before = Course(folder).glossary().entries("en")
    assert read == ["01-first.md", "02-second.md"]
    again = Course(folder)
    assert again.glossary().entries("en") == before
    assert [entry.see for entry in before] == [("first",), ("first",)]
    assert len(read) == 2
    assert not again.has_read("first", "en"), "no lesson is held for its terms"


def test_only_a_changed_file_is_read_again_and_one_that_is_gone_is_forgotten(folder: Path, read: list[str]) -> None:
    assert _names(folder) == ["First", "Second"]
    changed = _write(folder, "en/02-second.md", "fresh")
    os.utime(changed, ns=(1, 1))
    assert _names(folder) == ["First", "Fresh"]
    assert read[2:] == ["02-second.md"]
    changed.unlink()
    assert _names(folder) == ["First"]
    assert "02-second.md" not in _cache().read_text(encoding="utf-8")


def test_a_file_that_changes_after_it_was_read_is_read_again_by_the_next_start(folder: Path, read: list[str]) -> None:
    course = Course(folder)
    assert course.lesson("second", "en") is not None
    os.utime(_write(folder, "en/02-second.md", "fresh"), ns=(1, 1))
    assert [entry.name("en") for entry in course.glossary().entries("en")] == ["First", "Second"]
    assert _names(folder) == ["First", "Fresh"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"terms"', '"other"'),
        lambda text: text.replace('["other First"]', "7"),
        lambda text: text.replace('"Means First."', "{}"),
        lambda text: text.replace('"en", [[', '"en", [["x", '),
        lambda text: text.replace("]], []]", "]], [[1, 2, 3]]]"),
        lambda text: text.replace("]], []]", ']], [["only an id"]]]'),
        lambda text: "[" * 100_000 + text,
        lambda text: f"\0{text}",
        lambda text: "",
    ],
)
def test_a_damaged_cache_is_made_again(folder: Path, read: list[str], damage: object) -> None:
    assert _names(folder) == ["First", "Second"]
    whole = _cache().read_text(encoding="utf-8")
    damaged = damage(whole)  # type: ignore[operator]
    assert damaged != whole
    _cache().write_text(damaged, encoding="utf-8")
    assert _names(folder) == ["First", "Second"]
    assert len(read) > 2
    assert sorted(_cache().read_text(encoding="utf-8").splitlines()) == sorted(whole.splitlines())


def test_text_from_a_cache_is_made_harmless(folder: Path) -> None:
    _names(folder)
    text = _cache().read_text(encoding="utf-8").replace('"First"', r'"Fi\u001b[31mrst\n"')
    _cache().write_text(text, encoding="utf-8")
    assert _names(folder) == ["Fi\ufffd[31mrst ", "Second"]


def test_faults_are_found_at_every_start(folder: Path) -> None:
    (folder / "en/03-third.md").write_text("---\nid: [\n---\n", encoding="utf-8")
    for _ in range(2):
        faults = [fault for each in Course(folder).indexed_files() for fault in each.faults]
        assert {fault.place.path.name for fault in faults} == {"03-third.md"}


def test_a_folder_that_cannot_be_written_costs_nothing_but_the_cache(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(paths, "cache_folder", lambda: tmp_path / "file" / "cache")
    assert _names(folder) == ["First", "Second"]


def test_terms_of_a_pack_are_read_again_when_its_ids_mean_something_else(tmp_path: Path, read: list[str]) -> None:
    course, pack = tmp_path / "course", tmp_path / "packs" / "more"
    _write(course, "en/01-first.md", "first")
    _write(pack, "en/01-one.md", "one")
    (pack / "pack.toml").write_text('id = "more"\ntitle = "More"\nlanguages = ["en"]\n', encoding="utf-8")

    def see() -> tuple[str, ...]:
        entry = open_course(course, tmp_path / "packs").glossary().get("more:one")
        assert entry is not None
        return entry.see

    assert see() == ("first",)
    read.clear()
    assert see() == ("first",)
    assert read == []
    _write(pack, "en/02-two.md", "first")
    assert see() == ("more:first",)


def test_names_with_any_characters_survive(folder: Path, read: list[str]) -> None:
    (folder / "en/01-first.md").rename(folder / "en/03-é 学.md")
    assert _names(folder) == ["First", "Second"]
    assert _names(folder) == ["First", "Second"]
    assert len(read) == 2
    assert all(isinstance(json.loads(line), list) for line in _cache().read_text(encoding="ascii").splitlines())


@pytest.mark.parametrize("what", ["glossary", "lesson"])
def test_what_is_read_while_its_file_changes_is_not_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    course, original = Course(folder), Course._read

    def then_edited(self: Course, path: Path, language: str, written_in: str) -> object:
        found = original(self, path, language, written_in)
        if path.name == "02-second.md":
            monkeypatch.setattr(Course, "_read", original)
            self.forget(_write(folder, "en/02-second.md", "fresh"))
        return found

    def terms() -> list[str]:
        if what == "glossary":
            return [entry.id for entry in course.glossary().entries("en")]
        return [term.id for term in course.reading(folder / "en" / "02-second.md", "en").lesson.terms]  # type: ignore[union-attr]

    monkeypatch.setattr(Course, "_read", then_edited)
    assert "second" in terms()
    assert "fresh" in terms()
