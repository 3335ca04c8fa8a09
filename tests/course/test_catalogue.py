"""The lessons of a folder, in all their languages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest

from tests.course.writing import ANSWERS, messages, said, write_lesson
from tutor.course import reader
from tutor.course.catalogue import Course
from tutor.course.lesson import Lesson
from tutor.foundation.paths import data_file, lessons_folder


@pytest.fixture
def course(tmp_path: Path) -> Course:
    term = "## {}\n\n<!-- term: rate -->\n\n{}\n\n"
    question = f"## Q\n\n<!-- q: q1 -->\n\n{ANSWERS}"
    write_lesson(tmp_path, "en/01-first.md", term.format("Rate", "How far.") + question, part="One")
    write_lesson(tmp_path, "zh/01-first.md", term.format("学习率", "步长。") + question, title="第一", part="一")
    write_lesson(tmp_path, "en/02-second.md")
    write_lesson(tmp_path, "zh/03-third.md", title="第三")
    return Course(tmp_path)


def lesson(course: Course, name: str, language: str) -> Lesson:
    found = course.lesson(name, language)
    assert found is not None
    return found


def test_a_lesson_is_found_by_id_and_by_number(course: Course) -> None:
    for name in ("first", "1", "01", "001"):
        assert lesson(course, name, "en").id == "first"


@pytest.mark.parametrize("name", ["", "none", "4", "0", "-1", "1.0", "١", "First", "9" * 5000])
def test_what_names_no_lesson_finds_none(course: Course, name: str) -> None:
    assert course.lesson(name, "en") is None
    assert course.header(name, "en") is None


def test_a_lesson_missing_in_a_language_is_read_in_the_other(course: Course) -> None:
    assert [(each.id, each.language) for each in course.headers("zh")] == [
        ("first", "zh"), ("second", "en"), ("third", "zh"),
    ]  # fmt: skip
    assert [(each.id, each.language) for each in course.headers("en")] == [
        ("first", "en"), ("second", "en"), ("third", "zh"),
    ]  # fmt: skip
    assert lesson(course, "third", "en").language == "zh"


def test_a_lesson_is_read_once(course: Course) -> None:
    assert lesson(course, "first", "en") is lesson(course, "1", "en")


def test_threads_that_want_a_lesson_at_once_share_one_reading(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    read, paths = reader.read_lesson, list[Path]()

    def slowly(path: Path, language: str, *, written_in: str | None = None) -> reader.Reading:
        paths.append(path)
        sleep(0.02)
        return read(path, language, written_in=written_in)

    monkeypatch.setattr(reader, "read_lesson", slowly)
    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(lambda _: course.lesson("first", "en"), range(2))
    assert one is other
    assert len(paths) == 1


def test_a_lesson_speaks_the_language_asked_for(course: Course) -> None:
    assert lesson(course, "first", "zh").title == "第一"
    assert lesson(course, "first", "en").title == "01-first"


def test_a_single_file_is_opened_by_its_path(course: Course, tmp_path: Path) -> None:
    path = write_lesson(tmp_path / "elsewhere", "draft.md", "Text.\n")
    opened = lesson(course, str(path), "zh")
    assert (opened.id, opened.number, opened.language) == ("draft", 0, "zh")


def test_a_single_file_in_a_language_folder_speaks_that_language(course: Course, tmp_path: Path) -> None:
    assert lesson(course, str(tmp_path / "zh/01-first.md"), "en").language == "zh"


def test_a_path_that_leads_nowhere_finds_none(course: Course, tmp_path: Path) -> None:
    path = tmp_path / "none.md"
    assert course.lesson(str(path), "en") is None
    assert messages(course.reading(path, "en").faults) == [said("unreadable", reason="No such file or directory")]


def test_a_question_is_found_wherever_it_stands(course: Course) -> None:
    found = course.question("q1", "zh")
    assert found is not None
    assert found.place.path.parent.name == "zh"
    assert course.question("none", "en") is None


def test_a_term_in_two_languages_is_one_entry(course: Course) -> None:
    glossary = course.glossary()
    entry = glossary.get("rate")
    assert len(glossary) == 1
    assert entry is not None
    assert (entry.name("en"), entry.name("zh"), entry.definition("zh")) == ("Rate", "学习率", "步长。")
    assert course.glossary() is glossary


def test_a_lab_of_its_own_hides_only_the_shipped_one_of_that_name(course: Course, tmp_path: Path) -> None:
    for name in ("labs", "data"):
        (tmp_path / name).mkdir()
    (tmp_path / "labs" / "ball.toml").write_text("")
    assert course.labs.path("ball") == tmp_path / "labs" / "ball.toml"
    assert course.labs.path("one-lag") == lessons_folder() / "labs" / "one-lag.toml"
    assert course.data_folder == tmp_path / "data"
    assert data_file(course.data_folder, "iris.csv") == lessons_folder() / "data" / "iris.csv"


def test_a_course_without_labs_and_data_uses_those_that_ship(course: Course) -> None:
    shipped = lessons_folder()
    assert course.labs.names() == sorted(path.stem for path in (shipped / "labs").glob("*.toml"))
    assert course.data_folder == shipped / "data"


def test_a_broken_lesson_leaves_the_others_intact(course: Course, tmp_path: Path) -> None:
    (tmp_path / "en/00-broken.md").write_bytes(b"---\nid: broken\ntitle: A\nminutes: 3\n---\n\xff\n")
    (tmp_path / "en/04-headless.md").write_text("nothing")
    assert [each.id for each in course.headers("en")] == ["broken", "first", "second", "third"]
    assert course.lesson("broken", "en") is None
    assert lesson(course, "first", "en").questions
    assert [each.id for each in course.lessons()] == ["first", "second", "first", "third"]
    assert messages(course.faults()) == [said("not-utf8"), said("no-front-matter")]


def test_a_pack_of_one_language_may_drop_the_language_folder(tmp_path: Path) -> None:
    write_lesson(tmp_path / "pack", "01-only.md", "## 学习率\n\n<!-- term: rate -->\n\n步长。\n")
    course = Course(tmp_path / "pack")
    for language in ("en", "zh"):
        assert [each.id for each in course.headers(language)] == ["only"]
        assert lesson(course, "only", language).language == language
        assert [mention.term_id for mention in course.glossary().find_mentions("学习率", language)] == ["rate"]
    assert len(course.lessons()) == 1
    assert course.faults() == []


def test_an_empty_folder_is_a_course_without_lessons(tmp_path: Path) -> None:
    course = Course(tmp_path / "none")
    assert (course.headers("en"), course.lessons(), course.faults(), len(course.glossary())) == ([], [], [], 0)
