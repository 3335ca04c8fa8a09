"""The learner's file is theirs; versions are kept; hints, the solution and verdicts are remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stores import open_store
from tutor.course.lesson import Exercise
from tutor.exercises.files import LARGEST_FILE, MOST_VERSIONS, ExerciseFile
from tutor.exercises.judge import Judge
from tutor.exercises.memory import Memory, memory_from
from tutor.exercises.session import ExerciseSession, passed_source
from tutor.foundation.errors import TutorError
from tutor.progress.store import ProgressStore

WRONG = "def softmax(z):\n    return np.exp(z) / np.exp(z).sum()\n"


@pytest.fixture
def softmax(exercises: dict[str, Exercise]) -> Exercise:
    return exercises["softmax"]


@pytest.fixture
def store() -> ProgressStore:
    return open_store().store


def session_of(exercise: Exercise, folder: Path, judge: Judge, store: ProgressStore | None = None) -> ExerciseSession:
    session = ExerciseSession(exercise, folder, judge, store)
    session.file.make("Softmax")
    return session


def test_the_file_begins_with_the_task_the_lesson_and_the_starter(
    softmax: Exercise, tmp_path: Path, judge: Judge
) -> None:
    session = session_of(softmax, tmp_path, judge)
    lines = session.file.read().split("\n")
    assert lines[0].startswith("# Turn a table of logits")
    assert lines[1] == "# Lesson: Softmax. Check it with: tutor exercise softmax"
    assert softmax.starter.strip() in session.file.read()


def test_a_file_that_is_there_is_never_written_to(softmax: Exercise, tmp_path: Path, judge: Judge) -> None:
    session = session_of(softmax, tmp_path, judge)
    session.file.path.write_text(WRONG)
    stamp = session.file.stamp()
    session.file.make("Softmax")
    session.check()
    session.next_hint()
    session_of(softmax, tmp_path, judge).check()
    assert session.file.stamp() == stamp
    assert session.file.path.read_text() == WRONG


def test_an_unchanged_text_is_not_checked_again(softmax: Exercise, tmp_path: Path, judge: Judge) -> None:
    session = session_of(softmax, tmp_path, judge)
    session.file.path.write_text(WRONG)
    assert session.check() is not None
    session.file.path.write_text(WRONG)
    assert session.check() is None
    session.file.path.write_text(softmax.solution)
    verdict = session.check()
    assert verdict is not None
    assert verdict.passed
    assert passed_source(session.exercise, session.file.path.parent) == session.file.read()


def test_a_text_that_is_too_large_is_refused_whole(softmax: Exercise, tmp_path: Path) -> None:
    file = ExerciseFile(softmax, tmp_path)
    file.make()
    before = file.read()
    with pytest.raises(TutorError, match="cannot be written"):
        file.write("é" * (LARGEST_FILE // 2) + "#", seen=before)
    assert file.read() == before
    file.write("é" * (LARGEST_FILE // 2), seen=before)
    assert len(file.read()) == LARGEST_FILE // 2


def test_versions_that_differ_are_kept(softmax: Exercise, tmp_path: Path, judge: Judge) -> None:
    session = session_of(softmax, tmp_path, judge)
    for source in (WRONG, softmax.solution, WRONG):
        session.file.path.write_text(source)
        session.check()
    assert [each.path.read_text() for each in session.versions()] == [WRONG, softmax.solution, WRONG]


def test_every_version_keeps_its_mark(softmax: Exercise, tmp_path: Path, judge: Judge) -> None:
    session = session_of(softmax, tmp_path, judge)
    for source in (softmax.solution, WRONG, softmax.solution + "\n\n# again\n"):
        session.file.path.write_text(source)
        session.check()
    fresh = session_of(softmax, tmp_path, judge)
    assert [fresh.passed_with(each) for each in fresh.versions()] == [True, False, True]
    assert memory_from({"passed": "a", "failed": ["b"]}) == Memory(passed="a", failed=("b",))


def test_no_more_than_so_many_versions_are_kept(softmax: Exercise, tmp_path: Path) -> None:
    file = ExerciseFile(softmax, tmp_path)
    for number in range(MOST_VERSIONS + 5):
        file.keep(f"# {number}")
    assert [each.path.read_text() for each in file.versions()] == [f"# {n}" for n in range(5, MOST_VERSIONS + 5)]


def test_resetting_keeps_the_old_text_beside_the_new_file(softmax: Exercise, tmp_path: Path, judge: Judge) -> None:
    session = session_of(softmax, tmp_path, judge)
    session.file.path.write_text("# mine\n")
    kept = session.reset("Softmax")
    assert kept is not None
    assert kept.read_text() == "# mine\n"
    assert softmax.starter.strip() in session.file.read()


def test_verdicts_are_recorded_when_they_say_something_new(
    softmax: Exercise, tmp_path: Path, judge: Judge, store: ProgressStore
) -> None:
    session = session_of(softmax, tmp_path, judge, store)
    session.check()  # The starter is no answer yet.
    session.next_hint()
    for source in (WRONG, WRONG + "# the same\n", softmax.solution, softmax.solution + "\n"):
        session.file.path.write_text(source)
        session.check()
    answers = store.answers(lesson_id=softmax.lesson_id)
    assert [(each.kind, each.question_id, each.correct, each.hints) for each in answers] == [
        ("code", "softmax", False, 1),
        ("code", "softmax", True, 1),
    ]
    both = softmax.mistakes[0].name, softmax.mistakes[2].name
    assert [each.given for each in answers] == [(" + ".join(both),), ("passed",)]
    assert 0 <= answers[0].score < answers[1].score == 1.0


def test_an_exercise_counts_like_a_question_and_stays_passed_whatever_is_tried_afterwards(
    softmax: Exercise, tmp_path: Path, judge: Judge, store: ProgressStore
) -> None:
    session = session_of(softmax, tmp_path, judge, store)
    session.file.path.write_text(softmax.solution)
    session.check()
    session.file.path.write_text(WRONG)
    session.check()
    assert passed_source(session.exercise, session.file.path.parent) is None
    state = store.lesson_states()[softmax.lesson_id]
    assert (state.questions_right, state.questions_answered) == (1, 1)


def test_a_pass_from_nothing_after_a_reset_counts_anew(
    softmax: Exercise, tmp_path: Path, judge: Judge, store: ProgressStore
) -> None:
    session = session_of(softmax, tmp_path, judge, store)
    session.next_hint()
    for _ in range(2):
        session.file.path.write_text(softmax.solution)
        session.check()
        session.reset()
    assert session.has_passed
    assert [(each.given, each.hints) for each in store.answers(lesson_id=softmax.lesson_id)] == [
        (("passed",), 1),
        (("passed",), 0),
    ]


def test_the_solution_is_shown_after_three_different_versions_that_failed(
    softmax: Exercise, tmp_path: Path, judge: Judge, store: ProgressStore
) -> None:
    session = session_of(softmax, tmp_path, judge, store)
    assert not session.see_solution()
    for number in range(3):
        assert session.versions_until_solution == 3 - number
        session.file.path.write_text(f"{WRONG}# {number}\n")
        session.check()
    assert session.see_solution()
    assert store.answers(lesson_id=softmax.lesson_id)[-1].given == ("solution",)


def test_hints_and_a_pass_outlive_the_session(softmax: Exercise, tmp_path: Path, judge: Judge) -> None:
    session = session_of(softmax, tmp_path, judge)
    assert session.next_hint() == softmax.hints[0]
    session.file.path.write_text(softmax.solution)
    session.check()
    later = ExerciseSession(softmax, tmp_path, judge)
    assert later.hints == softmax.hints[:1]
    assert later.has_passed
    assert later.may_see_solution
    assert later.next_hint() == softmax.hints[1]
    assert later.next_hint() is None


@pytest.mark.parametrize("kept", ["", "[]", "{", '{"hints": -1, "failed": 3, "seconds": "x"}', '{"hints": 99999999}'])
def test_damaged_memory_is_no_obstacle(softmax: Exercise, tmp_path: Path, judge: Judge, kept: str) -> None:
    file = tmp_path / ".kept" / "softmax" / "state.json"
    file.parent.mkdir(parents=True)
    file.write_text(kept)
    assert ExerciseSession(softmax, tmp_path, judge).hints == ()


def test_a_file_that_is_no_text_is_explained(softmax: Exercise, tmp_path: Path, judge: Judge) -> None:
    session = session_of(softmax, tmp_path, judge)
    session.file.path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TutorError, match="not UTF-8"):
        session.check()


def test_what_another_editor_saved_is_kept_before_the_editor_of_tutor_writes_over_it(
    softmax: Exercise, tmp_path: Path, judge: Judge
) -> None:
    session = session_of(softmax, tmp_path, judge)
    began = session.file.read()
    session.file.write("# mine\n", seen=began)
    assert session.versions() == []
    session.file.path.write_text("# from elsewhere\n")
    session.file.write("# mine, longer\n", seen="# mine\n")
    assert session.file.read() == "# mine, longer\n"
    assert [each.path.read_text() for each in session.versions()] == ["# from elsewhere\n"]
