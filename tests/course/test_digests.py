"""What is known of lessons that are not in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.writing import write_lesson
from tutor.course import reader
from tutor.course.catalogue import Course
from tutor.foundation import paths

_TERM = """
## Terms

### Pace

<!-- term: pace; also: stride -->

The length of a step.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "lessons"
    write_lesson(folder, "en/01-first.md", id="first")
    path = folder / "en/02-second.md"
    write_lesson(folder, "en/02-second.md", id="second")
    path.write_text(path.read_text(encoding="utf-8") + _TERM, encoding="utf-8")
    return folder


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read."""
    names: list[str] = []
    original = reader.read_lesson

    def counted(path: Path, language: str, *, written_in: str | None = None) -> reader.Reading:
        names.append(path.name)
        return original(path, language, written_in=written_in)

    monkeypatch.setattr(reader, "read_lesson", counted)
    return names


def test_terms_are_known_at_the_next_start_without_reading_lessons(folder: Path, read: list[str]) -> None:
    before = Course(folder).glossary().entries("en")
    assert [(each.id, each.also["en"], each.definition("en")) for each in before] == [
        ("pace", ("stride",), "The length of a step.")
    ]
    assert read == ["01-first.md", "02-second.md"]
    course = Course(folder)
    assert course.glossary().entries("en") == before
    assert read == ["01-first.md", "02-second.md"]
    assert not course.has_read("first", "en")


def test_only_a_file_that_has_changed_is_read_again(folder: Path, read: list[str]) -> None:
    list(Course(folder).digests())
    path = folder / "en/02-second.md"
    path.write_text(path.read_text(encoding="utf-8").replace("a step", "each step"), encoding="utf-8")
    read.clear()
    entry = Course(folder).glossary().get("pace")
    assert entry is not None
    assert entry.definition("en") == "The length of each step."
    assert read == ["02-second.md"]


def test_faults_are_found_at_every_start(folder: Path) -> None:
    (folder / "en/03-third.md").write_text("---\nid: [\n---\n", encoding="utf-8")
    for _ in range(2):
        faults = [fault for digest in Course(folder).digests() for fault in digest.faults]
        assert {fault.place.path.name for fault in faults} == {"03-third.md"}


@pytest.mark.parametrize("spoilt", ['"terms": [[1]]', '"terms": 3', '"language": 4'])
def test_a_spoilt_cache_is_read_over(folder: Path, spoilt: str, read: list[str]) -> None:
    before = Course(folder).glossary().entries("en")
    (file,) = paths.cache_folder().glob("digests-en-*.json")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"language": "en", "terms"', f'{spoilt}, "x"'), encoding="utf-8")
    read.clear()
    assert Course(folder).glossary().entries("en") == before
    assert read == ["01-first.md", "02-second.md"]
