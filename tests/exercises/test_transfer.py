"""The learner's programs go along with an export, and an import loses none that is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tutor.course.lesson import Exercise
from tutor.exercises.files import ExerciseFile
from tutor.exercises.memory import Memory, Standing, memory_file, standing_of
from tutor.exercises.transfer import dump_programs, forget_memories, merge_programs
from tutor.progress.transfer import read_json, to_json


@pytest.fixture
def softmax(exercises: dict[str, Exercise]) -> Exercise:
    return exercises["softmax"]


def fill(exercise: Exercise, folder: Path, *programs: str) -> ExerciseFile:
    file = ExerciseFile(exercise, folder)
    folder.mkdir()
    for program in programs:
        file.keep(program)
        file.path.write_text(program, encoding="utf-8")
    Memory(hints=1, passed="abc").save(memory_file(folder, exercise.id))
    return file


def carried(folder: Path) -> object:
    """What an export says of a folder after it was written and read."""
    return read_json(to_json({}, dump_programs(folder))).programs


def texts(file: ExerciseFile) -> list[str]:
    return [each.path.read_text(encoding="utf-8") for each in file.versions()]


def test_everything_arrives_on_a_new_machine(softmax: Exercise, tmp_path: Path) -> None:
    fill(softmax, tmp_path / "old", "# 一\n", "# two\n")
    assert merge_programs(tmp_path / "new", carried(tmp_path / "old")) == 3
    file = ExerciseFile(softmax, tmp_path / "new")
    assert file.read() == "# two\n"
    assert texts(file) == ["# 一\n", "# two\n"]
    assert standing_of(tmp_path / "new", softmax.id) is Standing.PASSED


def test_a_program_that_is_there_stays_and_the_other_becomes_a_version(softmax: Exercise, tmp_path: Path) -> None:
    fill(softmax, tmp_path / "old", "# old\n")
    (tmp_path / "old" / "softmax.py").write_text("# newer than its versions\n")
    file = fill(softmax, tmp_path / "new", "# mine\n")
    programs = carried(tmp_path / "old")
    assert merge_programs(tmp_path / "new", programs) == 2
    assert file.read() == "# mine\n"
    assert set(texts(file)) == {"# old\n", "# mine\n", "# newer than its versions\n"}
    assert merge_programs(tmp_path / "new", programs) == 0


@pytest.mark.parametrize(
    "programs",
    [
        None,
        [],
        3,
        {"../evil": {"program": "x"}},
        {"softmax": []},
        {"softmax": {"program": 3, "saved": [], "versions": {"../../x.py": "x", "a.py": "x"}, "memory": "x"}},
        {"softmax": {"program": "x" * 200_000}},
        {"softmax": {"versions": {"20260101-000000-000000-ab.py": None}, "memory": {"hints": -1, "failed": 3}}},
    ],
)
def test_what_tutor_did_not_write_is_left_out(tmp_path: Path, programs: object) -> None:
    assert merge_programs(tmp_path / "in" / "new", json.loads(json.dumps(programs))) == 0
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_forgetting_keeps_the_programs(softmax: Exercise, tmp_path: Path) -> None:
    file = fill(softmax, tmp_path / "old", "# mine\n")
    forget_memories(tmp_path / "old", ["another"])
    assert standing_of(tmp_path / "old", softmax.id) is Standing.PASSED
    forget_memories(tmp_path / "old")
    assert standing_of(tmp_path / "old", softmax.id) is Standing.BEGUN
    assert texts(file) == ["# mine\n"]
