"""``tutor new``: a lesson that is sound as it stands, never over another one, in a pack of any form."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tutor.course.catalogue import Course
from tutor.course.lesson import Lesson
from tutor.foundation.errors import ExitCode, TutorError
from tutor.foundation.translate import use_language
from tutor.labs.lab_files import load_lab
from tutor.plain.check import check
from tutor.plain.new_lesson import new_lab, new_lesson
from tutor.runs.worker.adapter import TrainingAdapter


def lesson_of(pack: Path, path: str, language: str = "en") -> Lesson:
    reading = Course(pack).reading(pack / path, language)
    assert reading.lesson is not None, reading.faults
    return reading.lesson


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_skeleton_of_each_language_passes_the_check_with_its_runs(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use_language(language)
    assert new_lesson("Why sums?", str(tmp_path)) == ExitCode.OK
    written = capsys.readouterr().out.splitlines()
    assert written[0].endswith("01-why-sums.md")
    assert "tutor read --watch" in written[1]
    assert check(str(tmp_path), run_labs=True, jobs=1) == ExitCode.OK
    out = capsys.readouterr().out
    assert "2" in out
    lesson = lesson_of(tmp_path, "01-why-sums.md", language)
    assert (lesson.id, lesson.title) == ("why-sums", "Why sums?")
    assert (len(lesson.questions), len(lesson.terms), len(lesson.labs)) == (3, 1, 1)


def test_a_pack_in_both_languages_gets_the_lesson_in_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("en", "zh"):
        (tmp_path / name).mkdir()
    (tmp_path / "en" / "07-older.md").write_text('---\nid: older\ntitle: "Older"\nminutes: 1\n---\n\nText.\n')
    (tmp_path / "zh" / "07-older.md").write_text('---\nid: older\ntitle: "旧"\nminutes: 1\n---\n\n文字。\n')
    new_lesson("Sums", str(tmp_path))
    assert lesson_of(tmp_path, "en/08-sums.md").id == lesson_of(tmp_path, "zh/08-sums.md", "zh").id == "sums"
    capsys.readouterr()
    assert check(str(tmp_path), run_labs=False, jobs=1) == ExitCode.OK


def test_without_a_folder_it_goes_into_lessons_below_or_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    new_lesson("First", None)
    (tmp_path / "lessons").mkdir()
    new_lesson("Second", None)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.md")) == [
        "01-first.md",
        "lessons/01-second.md",
    ]


def test_a_title_of_other_letters_gets_a_numbered_id(tmp_path: Path) -> None:
    new_lesson("为什么求和", str(tmp_path))
    lesson = lesson_of(tmp_path, "01-lesson-1.md")
    assert lesson.title == "为什么求和"


@pytest.mark.parametrize(
    ("title", "file"), [("Über π", "01-uber.md"), ("3 sums", "01-lesson-1.md"), ("../up/../..", "01-up.md")]
)
def test_a_file_is_named_by_latin_letters_in_its_folder(title: str, file: str, tmp_path: Path) -> None:
    new_lesson(title, str(tmp_path))
    assert [path.name for path in tmp_path.rglob("*.md")] == [file]


def test_a_lesson_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    new_lesson("Sums", str(tmp_path))
    path = tmp_path / "01-sums.md"
    path.write_text(path.read_text().replace("Open with a question", "My own words"))
    with pytest.raises(TutorError, match=r"already a lesson “sums”") as told:
        new_lesson("Sums", str(tmp_path))
    assert "another title" in told.value.hint
    assert "My own words" in path.read_text()


@pytest.mark.parametrize(
    ("title", "folder", "said", "code"),
    [
        ("Sums", "nowhere", "There is no folder", ExitCode.CANNOT_READ),
        ("!?", "", "needs at least one letter", ExitCode.USAGE),
        ("", "", "needs at least one letter", ExitCode.USAGE),
    ],
)
def test_what_cannot_be_begun_is_told(title: str, folder: str, said: str, code: ExitCode, tmp_path: Path) -> None:
    with pytest.raises(TutorError, match=said) as told:
        new_lesson(title, str(tmp_path / folder))
    assert told.value.exit_code == code
    assert not list(tmp_path.rglob("*.md"))


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, mode: str = "r", **options: str) -> object:
        if "x" in mode:
            raise PermissionError(13, "Permission denied")
        return open(path, mode, **options)  # type: ignore[call-overload]  # noqa: PTH123

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(TutorError, match=r"cannot be written.*Permission denied") as told:
        new_lesson("Sums", str(tmp_path))
    assert told.value.exit_code == ExitCode.CANNOT_WRITE


@given(st.text(max_size=80))
@example("No")
@example("null")
@example('Sums: a "quoted" \\ title # 1')
def test_any_title_gives_a_sound_lesson_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
    pack = tmp_path_factory.mktemp("pack")
    try:
        new_lesson(title, str(pack))
    except TutorError:
        assert not list(pack.iterdir())
        return
    (path,) = pack.iterdir()
    reading = Course(pack).reading(path, "en")
    assert reading.lesson is not None, reading.faults
    assert check(str(pack), run_labs=False, jobs=1) == ExitCode.OK


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_new_lab_passes_the_check_and_trains(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    use_language(language)
    (tmp_path / "01-a.md").write_text('---\nid: a\ntitle: "A"\nminutes: 1\n---\n\n```toml lab\nuse = "my-lab"\n```\n')
    assert new_lab("my-lab", str(tmp_path)) == ExitCode.OK
    path = tmp_path / "labs" / "my-lab.toml"
    assert str(path) in capsys.readouterr().out
    assert (check(str(path), run_labs=False, jobs=1), check(str(tmp_path), run_labs=False, jobs=1)) == (0, 0)
    training = TrainingAdapter(load_lab("my-lab", path.parent, {"train.epochs": 2}), None)
    assert len(list(training.epochs())) == 2
    with pytest.raises(TutorError):
        new_lab("my-lab", str(tmp_path))
    with pytest.raises(TutorError):
        new_lab("../my-lab", str(tmp_path))
