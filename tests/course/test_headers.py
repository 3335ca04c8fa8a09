"""The heads of all lessons, and the cache that makes a warm start quick."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.course.writing import write_lesson
from tutor.course import headers as module
from tutor.course.files import file_order, lesson_files, lesson_number
from tutor.course.front_matter import read_front_matter
from tutor.course.headers import LessonHeader, read_headers
from tutor.foundation import paths


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "lessons"
    write_lesson(folder, "en/01-first.md", id="first", part="Beginnings")
    write_lesson(folder, "en/02-second.md", id="second", needs="[first]", title='"学习率: η"')
    write_lesson(folder, "en/10-tenth.md", id="tenth", part="Later", minutes=45)
    return folder


def cache_files() -> list[Path]:
    return sorted(paths.cache_folder().glob("headers-*.json"))


class Parses:
    """Counts how often a head is parsed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.paths: list[str] = []
        original = module._read_header

        def counted(path: Path, language: str, *, every_id: bool) -> LessonHeader | None:
            self.paths.append(path.name)
            return original(path, language, every_id=every_id)

        monkeypatch.setattr(module, "_read_header", counted)


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> Parses:
    return Parses(monkeypatch)


def test_heads_are_read_in_order_with_the_part_that_each_belongs_to(folder: Path) -> None:
    assert read_headers(folder, "en") == [
        LessonHeader("first", "01-first", 1, "en", (), 10, folder / "en/01-first.md", "Beginnings"),
        LessonHeader("second", "学习率: η", 2, "en", ("first",), 10, folder / "en/02-second.md", "Beginnings"),
        LessonHeader("tenth", "10-tenth", 10, "en", (), 45, folder / "en/10-tenth.md", "Later"),
    ]


def test_a_warm_cache_says_the_same_and_parses_nothing(folder: Path, parses: Parses) -> None:
    cold = read_headers(folder, "en")
    assert len(parses.paths) == 3
    assert read_headers(folder, "en") == cold
    assert len(parses.paths) == 3


def test_a_changed_file_alone_is_read_again(folder: Path, parses: Parses) -> None:
    read_headers(folder, "en")
    parses.paths.clear()
    write_lesson(folder, "en/02-second.md", id="second", title="Changed")
    assert [header.title for header in read_headers(folder, "en")] == ["01-first", "Changed", "10-tenth"]
    assert parses.paths == ["02-second.md"]


def test_a_file_of_the_same_size_with_another_time_is_read_again(folder: Path, parses: Parses) -> None:
    read_headers(folder, "en")
    parses.paths.clear()
    path = folder / "en/01-first.md"
    path.write_text(path.read_text(encoding="utf-8").replace("Beginnings", "Beginning!"), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert read_headers(folder, "en")[0].part == "Beginning!"
    assert parses.paths == ["01-first.md"]


def test_a_removed_file_leaves_the_cache(folder: Path) -> None:
    read_headers(folder, "en")
    (folder / "en/02-second.md").unlink()
    assert [header.id for header in read_headers(folder, "en")] == ["first", "tenth"]
    assert "second" not in cache_files()[0].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"3", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"version": 999, "files": {}}',
     b'{"version": 2}', b'{"version": 2, "files": []}', b'{"version": 2, "files": {"x": 3}}'],
)  # fmt: skip
def test_a_damaged_cache_is_made_anew(folder: Path, content: bytes) -> None:
    cold = read_headers(folder, "en")
    (file,) = cache_files()
    file.write_bytes(content)
    assert read_headers(folder, "en") == cold
    assert json.loads(file.read_bytes())["version"] == 2


@pytest.mark.parametrize(
    "change",
    [{"minutes": "soon"}, {"needs": "first"}, {"number": None}, {"needs": None}, {"stamp": None}, {"stamp": [1, 2, 3]}],
)
def test_a_damaged_entry_is_read_again(folder: Path, change: dict[str, object], parses: Parses) -> None:
    cold = read_headers(folder, "en")
    (file,) = cache_files()
    content = json.loads(file.read_bytes())
    next(iter(content["files"].values())).update(change)
    file.write_text(json.dumps(content), encoding="utf-8")
    parses.paths.clear()
    assert read_headers(folder, "en") == cold
    assert parses.paths == ["01-first.md"]


def test_an_entry_without_an_id_is_read_again(folder: Path, parses: Parses) -> None:
    cold = read_headers(folder, "en")
    (file,) = cache_files()
    content = json.loads(file.read_bytes())
    del next(iter(content["files"].values()))["id"]
    file.write_text(json.dumps(content), encoding="utf-8")
    parses.paths.clear()
    assert read_headers(folder, "en") == cold
    assert parses.paths == ["01-first.md"]


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(folder: Path) -> None:
    cache = paths.cache_folder()
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.write_text("a file where the folder should be")
    assert len(read_headers(folder, "en")) == 3
    assert cache.read_text() == "a file where the folder should be"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_read_only_cache_folder_costs_nothing_but_time(folder: Path) -> None:
    cache = paths.cache_folder()
    cache.mkdir(parents=True)
    cache.chmod(0o500)
    try:
        assert len(read_headers(folder, "en")) == 3
    finally:
        cache.chmod(0o700)


def test_languages_and_folders_have_caches_of_their_own(folder: Path, tmp_path: Path) -> None:
    write_lesson(folder, "zh/01-first.md", id="first", title="第一")
    write_lesson(tmp_path / "other", "en/01-other.md", id="other")
    assert read_headers(folder, "zh")[0].title == "第一"
    assert read_headers(tmp_path / "other", "en")[0].id == "other"
    assert read_headers(folder, "en")[0].id == "first"
    assert len(cache_files()) == 3


def test_files_whose_head_cannot_be_used_are_left_out(folder: Path) -> None:
    (folder / "en/03-none.md").write_text("no front matter")
    (folder / "en/04-bytes.md").write_bytes(b"\xff\xfe\x00")
    (folder / "en/05-folder.md").mkdir()
    write_lesson(folder, "en/06-bad.md", id="Bad Id")
    assert [header.id for header in read_headers(folder, "en")] == ["first", "second", "tenth"]


def test_a_folder_that_is_not_there_has_no_lessons(tmp_path: Path) -> None:
    assert read_headers(tmp_path / "none", "en") == []


def test_only_markdown_files_but_the_readme_are_lessons(folder: Path) -> None:
    for name in ("README.md", "readme.md", "notes.txt", "01-first.md.bak"):
        (folder / "en" / name).write_text("x")
    assert [path.name for path in lesson_files(folder, "en")] == ["01-first.md", "02-second.md", "10-tenth.md"]


def test_a_pack_without_language_folders_is_read_in_any_language(tmp_path: Path) -> None:
    write_lesson(tmp_path, "01-first.md")
    assert [header.id for header in read_headers(tmp_path, "en")] == ["first"]
    assert [header.language for header in read_headers(tmp_path, "zh")] == ["zh"]


def test_a_pack_with_one_language_folder_has_nothing_in_the_other(folder: Path) -> None:
    assert lesson_files(folder, "zh") == []


def test_files_come_by_number_not_by_letters_and_those_without_one_last() -> None:
    names = ["10-b.md", "2-a.md", "notes.md", "00-zero.md", "2-b.md", "20240101-date.md", "٣.md"]
    ordered = sorted((Path(name) for name in names), key=file_order)
    assert [path.name for path in ordered] == [
        "00-zero.md", "2-a.md", "2-b.md", "10-b.md", "20240101-date.md", "notes.md", "٣.md",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "number"),
    [("03-a.md", 3), ("12.md", 12), ("9999x.md", 9999), ("12345-a.md", 0), ("a-3.md", 0), ("-3.md", 0)],
)
def test_the_number_is_what_a_file_s_name_begins_with(name: str, number: int) -> None:
    assert lesson_number(Path(name)) == number


def test_the_head_read_alone_is_the_head_of_the_whole(folder: Path) -> None:
    path = folder / "en/02-second.md"
    head = read_front_matter(path, path.read_text(encoding="utf-8").split("\n"), [])
    header = read_headers(folder, "en")[1]
    assert head is not None
    assert (head.id, head.title, head.needs, head.minutes) == (header.id, header.title, header.needs, header.minutes)


def test_a_warm_start_loads_neither_a_yaml_parser_nor_a_markdown_parser(folder: Path, own_home: Path) -> None:
    read_headers(folder, "en")
    program = (
        "import sys, pathlib\n"
        "from tutor.course.catalogue import Course\n"
        f"assert len(Course(pathlib.Path({str(folder)!r})).headers('en')) == 3\n"
        "heavy = {'yaml', 'markdown_it', 'numpy', 'tutor.course.reader', 'tutor.course.lesson'}\n"
        "print(sorted(heavy & sys.modules.keys()))\n"
    )
    environment = {**os.environ, "TUTOR_HOME": str(own_home)}
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    assert result.stdout.strip() == "[]"
